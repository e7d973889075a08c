#include "scenarios/import/secret_spans.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "scenarios/import/sensitive.hpp"

namespace vedette::scenarios {

namespace {

constexpr int kMaxDepth = 4;

using Spans = std::vector<SecretSpan>;

Spans spans_of(std::string_view body, std::string_view content_type, int depth);

/// The first name in the headers of a part that is sensitive: `name=x`, `name="x"`, `name*=UTF-8''x`.
std::optional<std::string> sensitive_name(std::string_view headers) {
  static const RE2 kName(R"re((?i)(?:^|[;\s])name\*?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+)))re");
  re2::StringPiece rest(headers.data(), headers.size());
  std::string quoted;
  std::string plain;
  while (RE2::FindAndConsume(&rest, kName, &quoted, &plain)) {
    auto name = percent_decoded(quoted.empty() ? plain : quoted);
    if (is_sensitive(name)) return name;
  }
  return std::nullopt;
}

/// The boundary in the header, if the body has it, else that of the body's first line; empty when it is not multipart.
std::string fence_of(std::string_view body, std::string_view content_type) {
  static const RE2 kBoundary(R"re((?i)boundary\s*=\s*(?:"([^"]*)"|([^;\s]+)))re");
  std::string quoted;
  std::string plain;
  const bool named =
      RE2::PartialMatch(re2::StringPiece(content_type.data(), content_type.size()), kBoundary, &quoted, &plain);
  auto fence = "--" + (quoted.empty() ? plain : quoted);
  if (named && body.find(fence) != std::string_view::npos) return fence;
  const auto line = body.substr(0, std::min(body.find_first_of("\r\n"), body.size()));
  return line.size() > 2 && line.starts_with("--") && line.size() < body.size() ? std::string(trim(line))
                                                                                : std::string();
}

/// Where the next line begins that is a fence; the end of the body when there is none.
std::size_t next_fence(std::string_view body, const std::string& fence, std::size_t from) {
  for (auto at = body.find(fence, from); at != std::string_view::npos; at = body.find(fence, at + 1)) {
    const auto behind = body.substr(at + fence.size());
    const bool begins_line = at == 0 || body[at - 1] == '\n' || body[at - 1] == '\r';
    if (begins_line && (behind.empty() || behind.starts_with("--") || behind.find_first_of(" \t\r\n") == 0)) return at;
  }
  return body.size();
}

Spans spans_of_parts(std::string_view body, const std::string& fence, int depth) {
  Spans out;
  for (auto at = next_fence(body, fence, 0); at < body.size();) {
    const auto end = next_fence(body, fence, at + fence.size());
    const auto part = body.substr(at, end - at);
    at = end;
    std::size_t begin = std::string_view::npos;
    for (const std::string_view empty_line : {"\r\n\r\n", "\n\n", "\r\r"}) {
      const auto found = part.find(empty_line);
      if (found != std::string_view::npos) begin = std::min(begin, found + empty_line.size());
    }
    if (begin == std::string_view::npos) continue;
    auto value = part.substr(begin);
    if (end < body.size() && value.ends_with('\n')) value.remove_suffix(1);
    if (end < body.size() && value.ends_with('\r')) value.remove_suffix(1);
    const auto place = static_cast<std::size_t>(value.data() - body.data());
    if (const auto name = sensitive_name(part.substr(0, begin)); name && !value.empty()) {
      out.push_back({*name, place, value.size()});
      continue;
    }
    for (auto span : spans_of(value, part.substr(0, begin), depth + 1)) {
      span.begin += place;
      out.push_back(std::move(span));
    }
  }
  return out;
}

Spans spans_of_form(std::string_view body) {
  Spans out;
  for (const auto field : split(body, '&')) {
    const auto equals = field.find('=');
    if (equals == std::string_view::npos || equals + 1 == field.size()) continue;
    auto name = percent_decoded(field.substr(0, equals));
    const auto value = field.substr(equals + 1);
    if (is_sensitive(name))
      out.push_back({std::move(name), static_cast<std::size_t>(value.data() - body.data()), value.size()});
  }
  return out;
}

/// Texts and numbers that go by a sensitive name, and all those within an object or a list that does.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Spans read() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        read_text();
      } else if (c == '{' || c == '[') {
        ++depth_;
        if (named_ && !within_) within_ = depth_;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (within_ == depth_) within_.reset();
        --depth_;
        if (!within_) named_ = false;
        ++at_;
      } else if (c == ',') {
        if (!within_) named_ = false;
        ++at_;
      } else if ((c >= '0' && c <= '9') || c == '-') {
        const auto end = std::min(text_.find_first_not_of("0123456789+-.eE", at_), text_.size());
        add(at_, end - at_);
        at_ = end;
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  void add(std::size_t begin, std::size_t size) {
    if (named_ && size > 0) out_.push_back({name_, begin, size});
  }

  /// A key, if a colon follows, else a value.
  void read_text() {
    const auto begin = at_ + 1;
    auto end = begin;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    end = std::min(end, text_.size());
    at_ = std::min(end + 1, text_.size());
    const auto colon = text_.find_first_not_of(" \t\r\n", at_);
    if (colon == std::string_view::npos || text_[colon] != ':') return add(begin, end - begin);
    if (within_) return;
    const auto key = text_.substr(begin, end - begin);
    named_ = is_sensitive(key);
    if (named_) name_ = key;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<int> within_;  ///< the depth at which something with a sensitive name began
  bool named_ = false;         ///< what comes goes by `name_`
  std::string name_;
  Spans out_;
};

Spans spans_of(std::string_view body, std::string_view content_type, int depth) {
  if (depth > kMaxDepth) return {};
  if (const auto fence = fence_of(body, content_type); !fence.empty()) return spans_of_parts(body, fence, depth);
  const bool form = body.find_first_of("\r\n\"{<") == std::string_view::npos;
  return form ? spans_of_form(body) : JsonReader(body).read();
}

}  // namespace

Spans secret_spans(std::string_view body, std::string_view content_type) {
  return spans_of(body, content_type, 0);
}

}  // namespace vedette::scenarios
