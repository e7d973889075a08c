#include "config/pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "base/utf8.hpp"

namespace vedette::config {

namespace {

/// RE2's default of 8 MiB refuses large patterns that Go accepts.
constexpr std::int64_t kMaxMemory = 64LL << 20;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Go's dialect and that of this RE2 differ in few places: Go has (?<name>…) too, and neither \C nor names of groups
/// with letters beyond ASCII.
class GoDialect {
 public:
  explicit GoDialect(std::string_view text) : text_(text) {}

  tl::expected<std::string, std::string> translated() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        if (text_.substr(at_).starts_with("\\C"))
          return tl::make_unexpected(std::string("invalid escape sequence: \\C"));
        take_escape();
      } else if (text_[at_] == '[') {
        take_class();
      } else if (text_[at_] == '(') {
        if (!take_group()) return tl::make_unexpected(std::string("invalid name of a group"));
      } else {
        take(1);
      }
    }
    return std::move(out_);
  }

 private:
  void take(std::size_t count) {
    out_ += text_.substr(at_, count);
    at_ = std::min(at_ + count, text_.size());
  }

  void take_escape() {
    if (!text_.substr(at_).starts_with("\\Q")) return take(2);
    const auto end = text_.find("\\E", at_);
    take(end == std::string_view::npos ? text_.size() - at_ : end + 2 - at_);
  }

  void take_class() {
    take(text_.substr(at_).starts_with("[^") ? 2 : 1);
    // A bracket that comes first stands for itself.
    if (at_ < text_.size() && text_[at_] == ']') take(1);
    while (at_ < text_.size() && text_[at_] != ']') {
      const auto end = text_.substr(at_).starts_with("[:") ? text_.find(":]", at_) : std::string_view::npos;
      take(end != std::string_view::npos ? end + 2 - at_ : text_[at_] == '\\' ? 2 : 1);
    }
    take(1);
  }

  bool take_group() {
    const auto rest = text_.substr(at_);
    const bool named = rest.starts_with("(?P<");
    const bool short_named = rest.starts_with("(?<") && !rest.starts_with("(?<=") && !rest.starts_with("(?<!");
    if (!named && !short_named) {
      take(1);
      return true;
    }
    const auto name = rest.substr(0, rest.find('>')).substr(named ? 4 : 3);
    out_ += "(?P<";
    at_ += named ? 4 : 3;
    return std::all_of(name.begin(), name.end(), &is_word);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

/// To Go a byte that is no UTF-8 is a character like others, U+FFFD; to RE2 it ends every match.
class Subject {
 public:
  explicit Subject(std::string_view text) : text_(text) {
    if (is_utf8(text)) return;
    repaired_ = valid_utf8(text);
    text_ = repaired_;
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  [[nodiscard]] re2::StringPiece piece() const { return {text_.data(), text_.size()}; }

 private:
  std::string repaired_;
  std::string_view text_;
};

std::string group_value(std::string_view name, const Pattern& pattern, const std::vector<std::string>& groups) {
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) number = pattern.group_number(std::string(name));
  return number >= 0 && static_cast<std::size_t>(number) < groups.size() ? groups[static_cast<std::size_t>(number)]
                                                                         : "";
}

}  // namespace

tl::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
  const auto translated = GoDialect(text).translated();
  if (!translated) return tl::make_unexpected(translated.error());
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<const re2::RE2>(*translated, options);
  if (!compiled->ok()) return tl::make_unexpected(compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(Subject(text).piece(), *compiled_);
}

std::vector<std::string> Pattern::groups(std::string_view text) const {
  const int count = compiled_->NumberOfCapturingGroups() + 1;
  std::vector<re2::StringPiece> pieces(count);
  const Subject subject(text);
  if (!compiled_->Match(subject.piece(), 0, subject.piece().size(), re2::RE2::UNANCHORED, pieces.data(), count))
    return {};
  std::vector<std::string> out;
  out.reserve(count);
  for (const auto& piece : pieces) out.emplace_back(piece.data() != nullptr ? piece.as_string() : std::string());
  return out;
}

std::string Pattern::expanded(std::string_view text, const std::vector<std::string>& groups) const {
  std::string out;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out += '$';
      text.remove_prefix(1);
      continue;
    }
    const bool braced = text.starts_with('{');
    const auto rest = braced ? text.substr(1) : text;
    const auto stop = std::find_if_not(rest.begin(), rest.end(), &is_word);
    const auto name = rest.substr(0, static_cast<std::size_t>(stop - rest.begin()));
    const bool closed = !braced || (name.size() < rest.size() && rest[name.size()] == '}');
    if (name.empty() || !closed) {
      out += '$';
      continue;
    }
    out += group_value(name, *this, groups);
    text.remove_prefix(name.size() + (braced ? 2 : 0));
  }
  return out;
}

std::string Pattern::replaced(std::string_view text, std::string_view with) const {
  const Subject subject(text);
  const auto whole = subject.piece();
  const int count = compiled_->NumberOfCapturingGroups() + 1;
  std::vector<re2::StringPiece> pieces(static_cast<std::size_t>(count));
  std::string out;
  std::size_t at = 0;
  while (at <= whole.size() && compiled_->Match(whole, at, whole.size(), re2::RE2::UNANCHORED, pieces.data(), count)) {
    const auto begin = static_cast<std::size_t>(pieces[0].data() - whole.data());
    out.append(whole.data() + at, begin - at);
    std::vector<std::string> groups;
    for (const auto& piece : pieces) groups.emplace_back(piece.data() != nullptr ? piece.as_string() : std::string());
    out += expanded(with, groups);
    at = begin + pieces[0].size();
    if (!pieces[0].empty()) continue;
    // Behind an empty match the next character is passed over, so that there is an end.
    const auto next = at < whole.size() ? utf8_length({whole.data() + at, whole.size() - at}) : 1;
    if (at < whole.size()) out.append(whole.data() + at, next);
    at += next;
  }
  if (at < whole.size()) out.append(whole.data() + at, whole.size() - at);
  return out;
}

int Pattern::group_number(const std::string& name) const {
  const auto& groups = compiled_->NamedCapturingGroups();
  const auto found = groups.find(name);
  return found == groups.end() ? -1 : found->second;
}

const std::string& Pattern::text() const {
  return compiled_->pattern();
}

}  // namespace vedette::config
