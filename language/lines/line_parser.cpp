#include "language/lines/line_parser.hpp"

#include <fmt/format.h>

#include "language/filters/filters.hpp"
#include "language/lines/arguments.hpp"
#include "language/lines/literal_parser.hpp"
#include "language/lines/predicate_parser.hpp"
#include "language/lines/query_parser.hpp"

namespace vedette::language {

namespace {

std::vector<std::string_view> filter_names() {
  std::vector<std::string_view> out;
  for (const auto& info : all_filters()) out.push_back(info.name);
  return out;
}

class LineParser {
 public:
  explicit LineParser(LiteralParser& literals) : literals_(literals), reader_(literals.reader()) {}

  Assert line() {
    Assert out;
    const auto begin = reader_.at();
    out.query = read_query(literals_);
    out.filters = filters();
    if (reader_.at_end() && !literals_.failed()) {
      literals_.fail_softly(reader_.at(), "expected a predicate", "such as == 200, exists or contains \"x\"",
                            "Parsing space");
    }
    need_blank(literals_);
    if (!literals_.failed()) out.predicate = read_predicate(literals_);
    out.text = reader_.since(begin);
    out.span = {begin, reader_.at()};
    return out;
  }

  Capture capture() {
    Capture out;
    const auto begin = reader_.at();
    out.query = read_query(literals_);
    out.filters = filters();
    if (!strict() && take_keyword("default")) out.otherwise = literals_.operand();
    out.redact = take_keyword("redact");
    out.text = reader_.since(begin);
    out.span = {begin, reader_.at()};
    return out;
  }

  Filter filter(const FilterInfo& info, std::size_t begin) {
    Filter out;
    out.info = &info;
    out.strict_hurl = strict();
    bool ready = true;
    for (const auto parameter : info.parameters) {
      if (literals_.failed()) break;
      need_blank(literals_);
      literals_.harden();
      ready = argument(parameter, out) && ready;
    }
    if (ready) out.sources.clear();
    if (!ready) out.arguments.clear();
    out.span = {begin, reader_.at()};
    return out;
  }

 private:
  [[nodiscard]] bool strict() const { return literals_.dialect().strict_hurl; }

  bool take_keyword(std::string_view word) {
    if (literals_.failed()) return false;
    const auto before = reader_.at();
    reader_.skip_blanks();
    const bool apart = reader_.at() != before;
    const auto at = reader_.at();
    if (apart && reader_.take_word() == word) {
      reader_.skip_blanks();
      return true;
    }
    reader_.back_to(at);
    if (apart) reader_.back_to(before);
    return false;
  }

  std::vector<Filter> filters() {
    std::vector<Filter> out;
    while (!literals_.failed()) {
      const auto before = reader_.at();
      reader_.skip_blanks();
      const auto begin = reader_.at();
      const auto* info = begin == before ? nullptr : find_filter(reader_.take_word());
      if (info == nullptr || (info->beyond && strict())) {
        reader_.back_to(before);
        break;
      }
      out.push_back(filter(*info, begin));
    }
    return out;
  }

  /// False when it has to be made ready when the line runs.
  bool argument(Parameter parameter, Filter& out) {
    if (parameter == Parameter::kInteger) {
      const auto number = literals_.integer();
      out.arguments.emplace_back(number);
      out.sources.push_back(Template::constant(std::to_string(number)));
      return true;
    }
    if (parameter == Parameter::kText) {
      auto text = literals_.quoted();
      const bool constant = text.is_constant();
      if (constant) out.arguments.emplace_back(text.text());
      out.sources.push_back(std::move(text));
      return constant;
    }
    auto text = parameter == Parameter::kPattern ? read_pattern(literals_, out.prepared)
                                                 : read_path(literals_, parameter, out.prepared);
    out.sources.push_back(std::move(text));
    return !std::holds_alternative<std::monostate>(out.prepared);
  }

  LiteralParser& literals_;
  Reader& reader_;
};

/// What stands behind a line, or a capture, that is complete.
void report_rest(LiteralParser& literals, bool capture) {
  auto& reader = literals.reader();
  const auto at = reader.at();
  const auto word = reader.take_word();
  if (!capture) {
    const bool both = word == "and" || reader.rest().starts_with("&&");
    const bool either = word == "or" || reader.rest().starts_with("||");
    return literals.fail(at, "the line should end here",
                         both     ? "a line asks one thing: write the rest as a line of its own"
                         : either ? "a line asks one thing: write both as lines under any_of"
                                  : "a line is: query filter... predicate");
  }
  const bool judges = word.empty() || word == "not" || is_predicate(word);
  if (judges) return literals.fail(at, "a capture has no predicate", "what should hold is a line of expect");
  auto known = filter_names();
  known.insert(known.end(), {"default", "redact"});
  literals.fail(at, fmt::format("there is no filter {}", word), hint_for(word, known));
}

/// What a line of its own holds, and nothing behind it.
template <typename Line>
tl::expected<Line, SyntaxError> whole_line(std::string_view text, const Dialect& dialect, Line (LineParser::*read)()) {
  Reader reader(text);
  LiteralParser literals(reader, dialect);
  reader.skip_blanks();
  Line out = (LineParser(literals).*read)();
  reader.skip_blanks();
  if (!literals.failed() && !reader.at_end()) report_rest(literals, std::is_same_v<Line, Capture>);
  if (literals.failed()) return tl::make_unexpected(literals.error());
  out.text = text;
  return out;
}

}  // namespace

Assert read_assert(LiteralParser& literals) {
  return LineParser(literals).line();
}

Capture read_capture(LiteralParser& literals) {
  return LineParser(literals).capture();
}

tl::expected<Assert, SyntaxError> parse_assert(std::string_view text, const Dialect& dialect) {
  return whole_line(text, dialect, &LineParser::line);
}

tl::expected<Capture, SyntaxError> parse_capture(std::string_view text, const Dialect& dialect) {
  return whole_line(text, dialect, &LineParser::capture);
}

tl::expected<Filter, SyntaxError> parse_filter(Reader& reader, const Dialect& dialect) {
  LiteralParser literals(reader, dialect);
  const auto begin = reader.at();
  const auto word = reader.take_word();
  const auto* info = find_filter(word);
  if (info == nullptr)
    return tl::make_unexpected(
        SyntaxError{begin, fmt::format("there is no filter {}", word), hint_for(word, filter_names())});
  auto out = LineParser(literals).filter(*info, begin);
  if (literals.failed()) return tl::make_unexpected(literals.error());
  return out;
}

}  // namespace vedette::language
