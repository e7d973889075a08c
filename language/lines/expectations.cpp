#include "language/lines/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "language/lines/evaluate.hpp"
#include "language/lines/line_parser.hpp"

namespace vedette::language {

namespace {

/// The place of what stands `at` bytes behind the begin of a line. A block of text, or one whose escapes take more room
/// than what they mean, is pointed at as a whole.
config::Place place_in(const config::Value& line, std::size_t at) {
  auto place = line.place();
  std::string_view written = place.source->line(place.line);
  written.remove_prefix(std::min(written.size(), static_cast<std::size_t>(place.column - 1)));
  const std::size_t quote = line.is_quoted() ? 1 : 0;
  const auto text = line.node().Scalar().substr(0, at);
  if (written.substr(std::min(written.size(), quote), text.size()) == text)
    place.column += static_cast<int>(quote + at);
  return place;
}

std::optional<Assert> decode_line(const config::Value& value, config::Mapping& section, const Vocabulary& vocabulary) {
  auto& diagnostics = section.context().diagnostics;
  if (!value.is_scalar()) {
    diagnostics.error(value.place(), fmt::format("a line must be a text, not {}", value.what()),
                      value.is_mapping() ? "a line that holds ': ' must stand in quotes" : "");
    return std::nullopt;
  }
  auto line = parse_assert(value.scalar(), {.vocabulary = vocabulary});
  if (line) return std::move(*line);
  auto hint = line.error().hint;
  // YAML has taken the rest of the line for a comment.
  const bool cut = line.error().message.ends_with("has no end") && !value.is_quoted();
  if (cut) hint = "behind a blank, # begins a comment: put the line into single quotes";
  diagnostics.error(place_in(value, line.error().at), line.error().message, hint);
  return std::nullopt;
}

/// Sessions are secrets.
bool is_secret(const Query& query) {
  const bool value = query.attribute.empty() || query.attribute == "value";
  return (query.kind == QueryKind::kCookie && value) ||
         (query.kind == QueryKind::kHeader && same_ignoring_case(query.argument.text(), "Set-Cookie"));
}

std::optional<std::string> why_not(const Assert& line, const Subject& subject) {
  EmptyScope nothing;
  const auto fault = judge(line, subject, nothing);
  if (!fault) return std::nullopt;
  return fmt::format("{}: {}", line.text, sentence_of(*fault));
}

std::optional<std::string> unmet(const Assert& line, const Subject& subject) {
  auto problem = why_not(line, subject);
  if (problem && is_secret(line.query)) return line.text + ": it is not so (values of cookies are not shown)";
  return problem;
}

template <typename Test>
bool any_query(const std::vector<Expectation>& expectations, Test test) {
  return std::any_of(expectations.begin(), expectations.end(), [&](const Expectation& expectation) {
    return std::any_of(expectation.any_of.begin(), expectation.any_of.end(),
                       [&](const Assert& line) { return test(line.query); });
  });
}

}  // namespace

std::string sentence_of(const Fault& fault) {
  if (!fault.message.empty()) return fault.message;
  return fmt::format("it is {}, expected {}{}", fault.actual, fault.expected,
                     fault.type_mismatch ? ", which such a value cannot be asked" : "");
}

std::vector<Expectation> decode_expectations(config::Mapping& section, const Vocabulary& vocabulary) {
  constexpr std::string_view kKey = "expect";
  std::vector<Expectation> out;
  for (const auto& item : section.take_list(kKey)) {
    Expectation expectation;
    if (item.is_mapping()) {
      config::Mapping choice(item, fmt::format("{}.{}", section.path(), kKey), section.context());
      for (const auto& line : choice.take_list("any_of")) {
        if (auto decoded = decode_line(line, section, vocabulary)) expectation.any_of.push_back(std::move(*decoded));
      }
      if (!choice.has("any_of")) {
        choice.error("any_of", "a line must be a text, or a list of lines under any_of:",
                     "a line that holds ': ' must stand in quotes");
      } else {
        choice.finish();
      }
    } else if (auto decoded = decode_line(item, section, vocabulary)) {
      expectation.any_of.push_back(std::move(*decoded));
    }
    if (!expectation.any_of.empty()) out.push_back(std::move(expectation));
  }
  return out;
}

bool asks_for(const std::vector<Expectation>& expectations, QueryKind kind) {
  return any_query(expectations, [&](const Query& query) { return query.kind == kind; });
}

bool looks_at_body(const Query& query) {
  const auto kind = query.kind;
  return query.name == "banner" || kind == QueryKind::kBody || kind == QueryKind::kBytes ||
         kind == QueryKind::kRawBytes || kind == QueryKind::kSha256 || kind == QueryKind::kMd5 ||
         kind == QueryKind::kJsonPath || kind == QueryKind::kXPath || kind == QueryKind::kRegex;
}

bool looks_at_body(const std::vector<Expectation>& expectations) {
  return any_query(expectations, [](const Query& query) { return looks_at_body(query); });
}

std::vector<std::string> unmet(const std::vector<Expectation>& expectations, const Subject& subject) {
  std::vector<std::string> out;
  for (const auto& expectation : expectations) {
    std::vector<std::string> problems;
    for (const auto& line : expectation.any_of) {
      if (auto problem = unmet(line, subject)) problems.push_back(std::move(*problem));
    }
    if (problems.size() == expectation.any_of.size()) out.push_back(fmt::format("{}", fmt::join(problems, "; ")));
  }
  return out;
}

}  // namespace vedette::language
