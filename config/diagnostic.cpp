#include "config/diagnostic.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "config/masked.hpp"

namespace vedette::config {

namespace {

/// Of a longer line, a window around the place is shown.
constexpr std::size_t kShownLine = 160;
constexpr std::size_t kShownBefore = 60;

/// Columns count bytes, as the YAML reader does; a tab before the caret stays a tab so that the caret stands right.
std::string caret_line(std::string_view line, int column) {
  std::string out;
  const auto before = std::min<std::size_t>(line.size(), column > 0 ? column - 1 : 0);
  for (std::size_t i = 0; i < before; ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte & 0xC0U) != 0x80U) out += byte == '\t' ? '\t' : ' ';
  }
  return out + '^';
}

/// The line with what looks like a secret starred out, letter for letter, so that columns stay: diagnostics end up in
/// logs and in responses.
std::string masked(std::string line) {
  static const re2::RE2 kSecret(
      // Misspelt keys too: those are what diagnostics are about.
      R"((?i)(?:pas+w[a-z]*|passphrase|cred[a-z]*|secr[a-z]*|authori[a-z]*|cookie|)"
      R"([\w-]*tok[a-z]{0,3}|[\w-]*api[_-]?key|\bkey))"
      R"(["']?\s*:\s*)"
      R"(((?:"[^"]*"?|'[^']*'?|\[[^\]]*|[^\s,}\[{"'$][^,}]*)))");
  // A user without a password is often a token.
  static const re2::RE2 kUserinfo(R"(://(?:[^/@:"']*:)?([^@"'\s]+)@)");
  for (const auto* pattern : {&kSecret, &kUserinfo}) {
    re2::StringPiece rest(line);
    re2::StringPiece value;
    while (re2::RE2::FindAndConsume(&rest, *pattern, &value)) {
      // A reference is no secret, and whoever mistyped it must see it.
      if (value.starts_with("\"${") || value.starts_with("'${") || value.starts_with("${") ||
          value.starts_with("[${") || value.starts_with("[\"${"))
        continue;
      std::fill_n(line.begin() + (value.data() - line.data()), value.size(), '*');
    }
  }
  return line;
}

}  // namespace

std::string_view Source::line(int number) const {
  std::string_view rest = text;
  for (int i = 1; i < number; ++i) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  auto found = rest.substr(0, rest.find('\n'));
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  return found;
}

std::string Place::text() const {
  const std::string path = source ? source->path : "<unknown>";
  return line > 0 ? fmt::format("{}:{}:{}", path, line, column) : path;
}

std::string shown_line(const Place& place) {
  if (!place.source || place.line < 1) return {};
  return masked(std::string(place.source->line(place.line)));
}

std::string render(const Diagnostic& diagnostic, bool colour) {
  const auto paint = [colour](std::string_view code, std::string_view text) {
    return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
  };
  std::string out = diagnostic.place.text() + ": ";
  if (diagnostic.severity == Severity::kWarning) out += paint("33", "warning: ");
  out += paint("1", diagnostic.message) + '\n';
  if (diagnostic.place.source && diagnostic.place.line > 0) {
    auto line = shown_line(diagnostic.place);
    // Where bytes are no letters the reader of YAML may count them otherwise.
    auto column = std::min(static_cast<std::size_t>(std::max(1, diagnostic.place.column)), line.size() + 1);
    if (line.size() > kShownLine) {
      const auto begin = column > kShownBefore ? column - kShownBefore : 0;
      line = line.substr(begin, kShownLine);
      column -= begin;
      // Not in the middle of a letter.
      while (!line.empty() && (static_cast<unsigned char>(line[0]) & 0xc0U) == 0x80U) {
        line.erase(0, 1);
        --column;
      }
      if (begin > 0) line = "..." + line;
      if (begin > 0) column += 3;
    }
    if (!line.empty()) {
      out += fmt::format("{:>5} | {}\n{:>8}{}\n", diagnostic.place.line, line, "| ",
                         paint("31", caret_line(line, static_cast<int>(column))));
    }
  }
  if (!diagnostic.hint.empty()) out += fmt::format("      = hint: {}\n", diagnostic.hint);
  return out;
}

void Diagnostics::error(const Place& place, std::string message, std::string hint) {
  add({Severity::kError, place, std::move(message), std::move(hint)});
}

void Diagnostics::warning(const Place& place, std::string message, std::string hint) {
  add({Severity::kWarning, place, std::move(message), std::move(hint)});
}

void Diagnostics::add(Diagnostic diagnostic) {
  // A module that many checks use is decoded once for each: say the same thing about the same place once.
  const auto same = [&](const Diagnostic& other) {
    return other.place.line == diagnostic.place.line && other.place.column == diagnostic.place.column &&
           other.place.source == diagnostic.place.source && other.message == diagnostic.message;
  };
  if (std::any_of(all_.begin(), all_.end(), same)) return;
  if (diagnostic.severity == Severity::kError) ++errors_;
  all_.push_back(std::move(diagnostic));
}

std::string Diagnostics::first_error() const {
  for (const auto& diagnostic : sorted()) {
    if (diagnostic.severity == Severity::kError) return diagnostic.place.text() + ": " + diagnostic.message;
  }
  return {};
}

std::string Diagnostics::places() const {
  std::string out;
  for (const auto& diagnostic : sorted()) {
    const auto* kind = diagnostic.severity == Severity::kWarning ? "warning: " : "";
    out += fmt::format("{}: {}{}", diagnostic.place.text(), kind, mask_userinfo(diagnostic.message));
    out += diagnostic.hint.empty() ? "\n" : fmt::format(" ({})\n", diagnostic.hint);
  }
  return out;
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  // By place; those of one place stay in the order they were found.
  std::vector<std::size_t> order(all_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    const auto key = [this](std::size_t i) {
      const auto& place = all_[i].place;
      return std::make_tuple(place.source ? std::string_view(place.source->path) : std::string_view(), place.line,
                             place.column, i);
    };
    return key(a) < key(b);
  });
  std::vector<Diagnostic> out;
  out.reserve(order.size());
  for (const auto i : order) out.push_back(all_[i]);
  return out;
}

}  // namespace vedette::config
