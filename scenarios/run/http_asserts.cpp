#include "scenarios/run/http_asserts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"
#include "language/lines/expectations.hpp"
#include "language/lines/queries.hpp"
#include "language/values/json.hpp"

namespace vedette::scenarios {

namespace {

using language::Fault;
using language::FaultKind;
using language::Span;

/// Each with its newline, so that a last line without one is another line.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    out.push_back(text.substr(0, text.find('\n')));
    if (out.back().size() < text.size()) out.back() = text.substr(0, out.back().size() + 1);
    text.remove_prefix(out.back().size());
  }
  return out;
}

/// What differs between two texts, as one hunk of lines; `first` is the line of `expected` at which it begins.
std::vector<std::string> difference(std::string_view expected, std::string_view actual, std::size_t& first) {
  const auto old_lines = lines_of(expected);
  const auto new_lines = lines_of(actual);
  const auto shorter = std::min(old_lines.size(), new_lines.size());
  std::size_t before = 0;
  while (before < shorter && old_lines[before] == new_lines[before]) ++before;
  std::size_t behind = 0;
  while (behind < shorter - before &&
         old_lines[old_lines.size() - 1 - behind] == new_lines[new_lines.size() - 1 - behind])
    ++behind;
  std::vector<std::string> out;
  constexpr std::size_t kMax = 40;
  constexpr std::size_t kMaxLength = 400;
  const auto add = [&](char mark, std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (out.size() < kMax) out.push_back(mark + printable(line, kMaxLength));
  };
  for (auto i = before; i + behind < old_lines.size(); ++i) add('-', old_lines[i]);
  for (auto i = before; i + behind < new_lines.size(); ++i) add('+', new_lines[i]);
  const bool inserted = before + behind >= old_lines.size();
  first = inserted && before > 0 ? before - 1 : before;
  return out;
}

const std::string* header(const language::Subject& subject, std::string_view name, const std::string& wanted,
                          std::vector<std::string>& all) {
  const std::string* out = nullptr;
  for (const auto& [key, value] : subject.headers) {
    if (!same_ignoring_case(key, name)) continue;
    all.push_back(value);
    if (value == wanted || out == nullptr) out = &value;
  }
  return out;
}

}  // namespace

void check_version_and_status(const ImplicitAsserts& asserts, const Origin& origin, const language::Subject& subject,
                              std::vector<Problem>& out) {
  const auto wanted = asserts.version.empty() ? std::string() : "HTTP/" + asserts.version;
  if (!asserts.version.empty() && asserts.version != subject.version) {
    out.push_back({{.kind = FaultKind::kAssertVersion,
                    .span = asserts.version_span,
                    .actual = "HTTP/" + subject.version,
                    .expected = wanted},
                   origin});
  }
  if (asserts.status && *asserts.status != subject.status) {
    out.push_back({{.kind = FaultKind::kAssertStatus,
                    .span = asserts.status_span,
                    .actual = std::to_string(subject.status),
                    .expected = std::to_string(*asserts.status)},
                   origin});
  }
}

void check_headers(const ImplicitAsserts& asserts, const language::Subject& subject, Frame& frame,
                   std::vector<Problem>& out) {
  for (const auto& field : asserts.headers) {
    auto name = render_text(field.name, frame);
    auto value = render_text(field.value, frame);
    if (!name || !value) {
      out.push_back(!name ? std::move(name.error()) : std::move(value.error()));
      return;
    }
    std::vector<std::string> all;
    const auto* found = header(subject, *name, *value, all);
    if (found == nullptr) {
      out.push_back({{.kind = FaultKind::kHeaderNotFound, .span = field.name.text.span}, field.name.origin});
    } else if (*found != *value) {
      std::string actual = *found;
      if (all.size() > 1) {
        actual = fmt::format("[\"{}\"]", fmt::join(all, "\", \""));
      }
      out.push_back(
          {{.kind = FaultKind::kAssertHeader, .span = field.value.text.span, .actual = actual, .expected = *value},
           field.value.origin});
    }
  }
}

void check_body(const ImplicitAsserts& asserts, const language::Subject& subject, Frame& frame,
                std::vector<Problem>& out, std::vector<std::string>& diff) {
  const auto& body = asserts.body;
  if (body.shape == Body::Shape::kNone) return;
  std::string type;
  auto wanted = render_body(body, frame, type);
  if (!wanted) {
    out.push_back(std::move(wanted.error()));
    return;
  }
  const bool bytes = body.shape == Body::Shape::kBytes || body.shape == Body::Shape::kFile;
  const language::Query query{.kind = bytes ? language::QueryKind::kBytes : language::QueryKind::kBody,
                              .span = body.span};
  const auto found = language::find(query, subject, frame);
  if (!found) {
    auto fault = found.error();
    fault.span = body.span;
    out.push_back({std::move(fault), body.origin});
    return;
  }
  if (bytes) {
    const auto& actual = (*found)->get<language::Bytes>()->data;
    if (actual == **wanted) return;
    out.push_back({{.kind = FaultKind::kAssertBody,
                    .span = body.span,
                    .actual = to_hex(actual.substr(0, 64)),
                    .expected = to_hex((*wanted)->substr(0, 64))},
                   body.origin});
    return;
  }
  const auto& actual = language::text_in(**found);
  if (actual == **wanted) return;
  const Fault differs{.kind = FaultKind::kAssertBody,
                      .span = body.span,
                      .actual = printable(actual, 400),
                      .expected = printable(**wanted, 400)};
  if (actual.find('\n') == std::string::npos && (*wanted)->find('\n') == std::string::npos) {
    out.push_back({differs, body.origin});
    return;
  }
  std::size_t first = 0;
  diff = difference(**wanted, actual, first);
  // The lines of the body in the file are those of the text, but behind a fence's first line.
  std::size_t begin = body.span.begin;
  const std::string_view text =
      frame.session().scenario.source ? frame.session().scenario.source->text : std::string_view();
  if (text.substr(std::min(begin, text.size())).starts_with("```")) {
    const auto end = text.find('\n', begin);
    if (end != std::string_view::npos && end < body.span.end) begin = end + 1;
  }
  for (; first > 0; --first) {
    const auto end = text.find('\n', begin);
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  out.push_back({differs, body.origin});
  out.back().fault.span = {begin, begin + 1};
}

}  // namespace vedette::scenarios
