#include "language/lines/line_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/nearest.hpp"
#include "language/filters/filters.hpp"
#include "language/lines/literal_parser.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

namespace {

enum class Argument : std::uint8_t { kNone, kText, kPattern, kJsonPath, kXPath, kCookie, kCertificate, kPhase };

constexpr std::string_view kQueryTitle = "Parsing query";

constexpr auto kHttp = static_cast<unsigned>(Vocabulary::kHttp);
constexpr auto kDns = static_cast<unsigned>(Vocabulary::kDns);
constexpr auto kTls = static_cast<unsigned>(Vocabulary::kTls);
constexpr auto kTcp = static_cast<unsigned>(Vocabulary::kTcp);
constexpr auto kOverTls = kHttp | kTls | kTcp;
constexpr auto kIcmp = static_cast<unsigned>(Vocabulary::kIcmp);
constexpr auto kAll = kOverTls | kDns | kIcmp;
constexpr auto kEverywhere = kAll | static_cast<unsigned>(Vocabulary::kNone);

struct QueryName {
  std::string_view name;
  QueryKind kind;
  Argument argument;
  unsigned of;          ///< whose it is
  bool beyond = false;  ///< not Hurl's
};

constexpr std::array kQueries{
    QueryName{"additional", QueryKind::kFact, Argument::kNone, kDns, true},
    QueryName{"alpn", QueryKind::kFact, Argument::kNone, kOverTls, true},
    QueryName{"answers", QueryKind::kFact, Argument::kNone, kDns, true},
    QueryName{"authority", QueryKind::kFact, Argument::kNone, kDns, true},
    QueryName{"banner", QueryKind::kFact, Argument::kNone, kTcp, true},
    QueryName{"body", QueryKind::kBody, Argument::kNone, kHttp},
    QueryName{"bytes", QueryKind::kBytes, Argument::kNone, kHttp | kTcp},
    QueryName{"certificate", QueryKind::kCertificate, Argument::kCertificate, kOverTls},
    QueryName{"chain", QueryKind::kFact, Argument::kNone, kOverTls, true},
    QueryName{"cipher", QueryKind::kFact, Argument::kNone, kOverTls, true},
    QueryName{"cookie", QueryKind::kCookie, Argument::kCookie, kHttp},
    QueryName{"duration", QueryKind::kDuration, Argument::kNone, kAll},
    QueryName{"flags", QueryKind::kFact, Argument::kNone, kDns, true},
    QueryName{"header", QueryKind::kHeader, Argument::kText, kHttp},
    QueryName{"ip", QueryKind::kIp, Argument::kNone, kAll},
    QueryName{"jsonpath", QueryKind::kJsonPath, Argument::kJsonPath, kHttp},
    QueryName{"md5", QueryKind::kMd5, Argument::kNone, kHttp},
    QueryName{"ocsp", QueryKind::kFact, Argument::kNone, kOverTls, true},
    QueryName{"loss", QueryKind::kFact, Argument::kNone, kIcmp, true},
    QueryName{"rawbytes", QueryKind::kRawBytes, Argument::kNone, kHttp},
    QueryName{"rcode", QueryKind::kFact, Argument::kNone, kDns, true},
    QueryName{"redirects", QueryKind::kRedirects, Argument::kNone, kHttp},
    QueryName{"regex", QueryKind::kRegex, Argument::kPattern, kHttp | kTcp},
    QueryName{"rtt_avg", QueryKind::kFact, Argument::kNone, kIcmp, true},
    QueryName{"rtt_max", QueryKind::kFact, Argument::kNone, kIcmp, true},
    QueryName{"rtt_min", QueryKind::kFact, Argument::kNone, kIcmp, true},
    QueryName{"sha256", QueryKind::kSha256, Argument::kNone, kHttp},
    QueryName{"size", QueryKind::kFact, Argument::kNone, kDns | kHttp, true},
    QueryName{"status", QueryKind::kStatus, Argument::kNone, kHttp},
    QueryName{"timing", QueryKind::kTiming, Argument::kPhase, kAll, true},
    QueryName{"tls_version", QueryKind::kFact, Argument::kNone, kOverTls, true},
    QueryName{"url", QueryKind::kUrl, Argument::kNone, kHttp},
    QueryName{"variable", QueryKind::kVariable, Argument::kText, kEverywhere},
    QueryName{"version", QueryKind::kVersion, Argument::kNone, kHttp},
    QueryName{"xpath", QueryKind::kXPath, Argument::kXPath, kHttp},
};

enum class Operands : std::uint8_t { kNone, kOne, kOrdered, kPart, kTwo, kList, kPattern, kJson };

struct PredicateName {
  std::string_view name;
  PredicateKind kind;
  Operands operands;
  bool beyond = false;  ///< not Hurl's
};

// Those that begin like others come first.
constexpr std::array kOperators{
    PredicateName{"==", PredicateKind::kEqual, Operands::kOne},
    PredicateName{"!=", PredicateKind::kNotEqual, Operands::kOne},
    PredicateName{">=", PredicateKind::kGreaterOrEqual, Operands::kOrdered},
    PredicateName{"<=", PredicateKind::kLessOrEqual, Operands::kOrdered},
    PredicateName{">", PredicateKind::kGreater, Operands::kOrdered},
    PredicateName{"<", PredicateKind::kLess, Operands::kOrdered},
};

constexpr std::array kPredicates{
    PredicateName{"between", PredicateKind::kBetween, Operands::kTwo, true},
    PredicateName{"contains", PredicateKind::kContains, Operands::kOne},
    PredicateName{"endsWith", PredicateKind::kEndsWith, Operands::kPart},
    PredicateName{"exists", PredicateKind::kExists, Operands::kNone},
    PredicateName{"in", PredicateKind::kIn, Operands::kList, true},
    PredicateName{"includes", PredicateKind::kIncludes, Operands::kOne},
    PredicateName{"isBoolean", PredicateKind::kIsBoolean, Operands::kNone},
    PredicateName{"isCollection", PredicateKind::kIsCollection, Operands::kNone},
    PredicateName{"isDate", PredicateKind::kIsDate, Operands::kNone},
    PredicateName{"isEmpty", PredicateKind::kIsEmpty, Operands::kNone},
    PredicateName{"isFloat", PredicateKind::kIsFloat, Operands::kNone},
    PredicateName{"isInteger", PredicateKind::kIsInteger, Operands::kNone},
    PredicateName{"isIpv4", PredicateKind::kIsIpv4, Operands::kNone},
    PredicateName{"isIpv6", PredicateKind::kIsIpv6, Operands::kNone},
    PredicateName{"isIsoDate", PredicateKind::kIsIsoDate, Operands::kNone},
    PredicateName{"isList", PredicateKind::kIsList, Operands::kNone},
    PredicateName{"isNumber", PredicateKind::kIsNumber, Operands::kNone},
    PredicateName{"isObject", PredicateKind::kIsObject, Operands::kNone},
    PredicateName{"isString", PredicateKind::kIsString, Operands::kNone},
    PredicateName{"isUuid", PredicateKind::kIsUuid, Operands::kNone},
    PredicateName{"matches", PredicateKind::kMatches, Operands::kPattern},
    PredicateName{"matchesJson", PredicateKind::kMatchesJson, Operands::kJson, true},
    PredicateName{"startsWith", PredicateKind::kStartsWith, Operands::kPart},
};

constexpr std::array<std::string_view, 7> kCertificateFacts{
    "Subject", "Issuer", "Start-Date", "Expire-Date", "Serial-Number", "Subject-Alt-Name", "Value"};
constexpr std::array<std::string_view, 9> kPhases{"resolve",    "connect",  "starttls", "tls",  "request",
                                                  "processing", "transfer", "dialogue", "total"};
constexpr std::array<std::string_view, 8> kCookieAttributes{"value", "expires", "max-age",  "domain",
                                                            "path",  "secure",  "httponly", "samesite"};

template <typename Names>
std::vector<std::string_view> names_of(const Names& names) {
  std::vector<std::string_view> out;
  for (const auto& entry : names) out.push_back(entry.name);
  return out;
}

template <typename Names>
auto find_name(const Names& names, std::string_view name) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.name == name; });
  return found == names.end() ? nullptr : &*found;
}

std::vector<std::string_view> filter_names() {
  std::vector<std::string_view> out;
  for (const auto& info : all_filters()) out.push_back(info.name);
  return out;
}

std::string hint_for(std::string_view word, const std::vector<std::string_view>& known) {
  auto close = config::nearest(word, known);
  // toInteger for toInt.
  for (const auto& name : known) {
    if (!close && name.size() > 2 && word.starts_with(name)) close = name;
  }
  return close ? fmt::format("did you mean {}?", *close) : fmt::format("known: {}", fmt::join(known, ", "));
}

/// Words that stand for operators: Hurl's of old, and what people try.
std::string predicate_hint(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWords{{{"countEquals", "count =="},
                                                                                  {"eq", "=="},
                                                                                  {"equals", "=="},
                                                                                  {"ge", ">="},
                                                                                  {"greaterThan", ">"},
                                                                                  {"greaterThanOrEquals", ">="},
                                                                                  {"gt", ">"},
                                                                                  {"is", "=="},
                                                                                  {"lessThan", "<"},
                                                                                  {"lessThanOrEquals", "<="},
                                                                                  {"notEquals", "!="},
                                                                                  {"ne", "!="}}};
  for (const auto& [name, sign] : kWords) {
    if (name == word) return fmt::format("write {}", sign);
  }
  return hint_for(word, known);
}

class LineParser {
 public:
  explicit LineParser(LiteralParser& literals) : literals_(literals), reader_(literals.reader()) {}

  Assert line() {
    Assert out;
    const auto begin = reader_.at();
    out.query = query();
    out.filters = filters();
    if (reader_.at_end() && !literals_.failed()) {
      literals_.fail_softly(reader_.at(), "expected a predicate", "such as == 200, exists or contains \"x\"",
                            "Parsing space");
    }
    need_blank();
    if (!literals_.failed()) out.predicate = predicate();
    out.text = reader_.since(begin);
    out.span = {begin, reader_.at()};
    return out;
  }

  Capture capture() {
    Capture out;
    const auto begin = reader_.at();
    out.query = query();
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
      need_blank();
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

  /// Words are set apart by blanks.
  void need_blank() {
    const auto before = reader_.at();
    reader_.skip_blanks();
    if (reader_.at() == before) {
      literals_.fail_softly(before, "expected a blank", {}, "Parsing space");
    }
  }

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

  Query query() {
    Query out;
    const auto begin = reader_.at();
    if (literals_.failed()) return out;
    const auto word = reader_.take_word();
    const auto vocabulary = static_cast<unsigned>(literals_.dialect().vocabulary);
    const auto* known = find_name(kQueries, word);
    const bool no_variables = literals_.dialect().placeholders == Placeholders::kNone;
    const auto usable = [&](const QueryName& entry) {
      return !(entry.beyond && strict()) && !(entry.kind == QueryKind::kVariable && no_variables);
    };
    if (known != nullptr && !usable(*known)) known = nullptr;
    if (known == nullptr || (known->of & vocabulary) == 0) {
      std::vector<std::string_view> names;
      for (const auto& entry : kQueries) {
        if ((entry.of & vocabulary) != 0 && usable(entry)) names.push_back(entry.name);
      }
      literals_.fail_softly(begin,
                            word.empty()       ? "expected a query"
                            : known == nullptr ? fmt::format("there is no query {}", word)
                                               : fmt::format("checks of this kind have no {}", word),
                            hint_for(word, names), kQueryTitle);
      return out;
    }
    out.kind = known->kind;
    out.strict_hurl = strict();
    if (known->kind == QueryKind::kFact) out.name = word;
    if (known->argument != Argument::kNone) {
      need_blank();
      if (!literals_.failed()) take_argument(known->argument, out);
      literals_.harden();
    }
    out.span = {begin, reader_.at()};
    return out;
  }

  void take_argument(Argument kind, Query& out) {
    const auto at = reader_.at();
    switch (kind) {
      case Argument::kPattern:
        out.argument = pattern(out.prepared);
        return;
      case Argument::kJsonPath:
        out.argument = path(Parameter::kJsonPath, out.prepared);
        return;
      case Argument::kXPath:
        out.argument = path(Parameter::kXPath, out.prepared);
        return;
      case Argument::kCookie:
        out.argument = literals_.quoted();
        if (!literals_.failed()) split_cookie(at, out);
        return;
      case Argument::kText:
        out.argument = literals_.quoted();
        return;
      default:
        take_fixed(kind, at, out);
    }
  }

  /// One of a closed list of texts.
  void take_fixed(Argument kind, std::size_t at, Query& out) {
    if (!literals_.expect("\"")) return;
    const auto text = reader_.rest().substr(0, reader_.rest().find_first_of("\"\n"));
    out.name = text;
    const bool phase = kind == Argument::kPhase;
    const bool known =
        phase ? std::find(kPhases.begin(), kPhases.end(), text) != kPhases.end()
              : std::find(kCertificateFacts.begin(), kCertificateFacts.end(), text) != kCertificateFacts.end();
    if (!known) {
      literals_.fail(
          strict() ? reader_.at() : at,
          phase ? fmt::format("there is no phase '{}'", text) : fmt::format("a certificate has no '{}'", text),
          phase ? hint_for(text, {kPhases.begin(), kPhases.end()})
                : hint_for(text, {kCertificateFacts.begin(), kCertificateFacts.end()}));
      return;
    }
    reader_.skip(text.size());
    literals_.expect("\"");
  }

  /// `name[Attribute]`.
  void split_cookie(std::size_t at, Query& out) {
    const auto written = reader_.since(at);
    const auto bracket = written.find('[');
    if (bracket == std::string_view::npos || out.argument.parts.empty()) return;
    auto& last = out.argument.parts.back().text;
    const auto open = last.find('[');
    if (open == std::string::npos) return;
    const auto attribute_at = at + bracket + 1;
    out.attribute = lower_case(trim(last.substr(open + 1, last.find(']', open) - open - 1)));
    const bool closed = last.ends_with(']');
    last.resize(open);
    if (std::find(kCookieAttributes.begin(), kCookieAttributes.end(), out.attribute) == kCookieAttributes.end()) {
      literals_.fail(attribute_at, fmt::format("a cookie has no attribute '{}'", out.attribute),
                     "known: Value, Expires, Max-Age, Domain, Path, Secure, HttpOnly, SameSite",
                     "Parsing cookie attribute");
    } else if (!closed) {
      literals_.fail(at + written.size() - 1, "expecting ']'", "write \"session[Expires]\"");
    }
  }

  /// `/…/`, or a text in quotes that is compiled when it can be.
  Template pattern(Prepared& prepared) {
    const auto at = reader_.at();
    if (reader_.peek() == '/') {
      auto compiled = literals_.slashed_pattern();
      if (!compiled) return {};
      auto text = Template::constant(compiled->text());
      text.span = {at, reader_.at()};
      prepared = std::move(*compiled);
      return text;
    }
    if (reader_.peek() != '"') {
      literals_.fail(at, "expecting '\" or /'", "a pattern stands in quotes or between / and /");
      return {};
    }
    auto text = literals_.quoted();
    if (literals_.failed() || !text.is_constant()) return text;
    auto compiled = strict() ? compile_strictly(text.text()) : config::Pattern::compile(text.text());
    if (compiled) {
      prepared = std::move(*compiled);
    } else if (!strict()) {
      literals_.fail(at, "not a regular expression: " + compiled.error(),
                     "the dialect is RE2: no look-around and no back-references");
    }
    return text;
  }

  Template path(Parameter parameter, Prepared& prepared) {
    const auto at = reader_.at();
    auto text = literals_.quoted();
    if (literals_.failed() || !text.is_constant()) return text;
    if (parameter == Parameter::kJsonPath) {
      auto compiled = JsonPath::parse(text.text(), strict());
      if (compiled) {
        prepared = std::move(*compiled);
      } else if (!strict()) {
        literals_.fail(at + 1 + compiled.error().at, "not a JSONPath: " + compiled.error().message,
                       "RFC 9535: $.items[0].name");
      }
      return text;
    }
    auto compiled = XPath::compile(text.text());
    if (compiled) {
      prepared = std::move(*compiled);
    } else if (!strict()) {
      literals_.fail(at, compiled.error());
    }
    return text;
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
    auto text = parameter == Parameter::kPattern ? pattern(out.prepared) : path(parameter, out.prepared);
    out.sources.push_back(std::move(text));
    return !std::holds_alternative<std::monostate>(out.prepared);
  }

  Predicate predicate() {
    Predicate out;
    if (reader_.take("not ") || reader_.take("not\t")) {
      out.negated = true;
      reader_.skip_blanks();
    }
    const auto begin = reader_.at();
    const auto* known = predicate_name();
    if (known == nullptr) return out;
    out.kind = known->kind;
    const bool is_word = Reader::is_word(known->name.back());
    if (known->operands != Operands::kNone) {
      const auto before = reader_.at();
      reader_.skip_blanks();
      if (is_word && reader_.at() == before) {
        literals_.fail(begin, fmt::format("{} needs a value behind it", known->name), {}, "Parsing predicate");
      }
    }
    if (!literals_.failed()) operands(*known, out);
    out.span = {begin, reader_.at()};
    return out;
  }

  void operands(const PredicateName& known, Predicate& out) {
    const auto at = reader_.at();
    switch (known.operands) {
      case Operands::kNone:
        return;
      case Operands::kPattern:
        return matches(out);
      case Operands::kList:
        return keep(literals_.list(), out);
      case Operands::kJson:
        return json(out);
      case Operands::kTwo: {
        std::vector<Operand> both{literals_.operand()};
        need_blank();
        both.push_back(literals_.operand());
        return keep(std::move(both), out);
      }
      default: {
        auto operand = literals_.operand();
        if (!literals_.failed() && !fits(known.operands, operand)) {
          literals_.fail(
              at, "invalid predicate value",
              known.operands == Operands::kPart ? "a text in quotes, or bytes" : "a number or a text in quotes",
              "Parsing predicate value");
        }
        std::vector<Operand> one;
        one.push_back(std::move(operand));
        return keep(std::move(one), out);
      }
    }
  }

  static bool fits(Operands wanted, const Operand& operand) {
    const auto* value = std::get_if<Value>(&operand);
    if (wanted == Operands::kOne || value == nullptr)
      return wanted != Operands::kOrdered || !std::holds_alternative<FileOperand>(operand);
    return wanted == Operands::kPart ? value->get<Bytes>() != nullptr : value->is_number();
  }

  void keep(std::vector<Operand> operands, Predicate& out) {
    const bool ready = std::all_of(operands.begin(), operands.end(), [](const Operand& operand) {
      const auto* text = std::get_if<Template>(&operand);
      return std::holds_alternative<Value>(operand) || (text != nullptr && text->is_constant());
    });
    if (!ready) {
      out.sources = std::move(operands);
      return;
    }
    for (auto& operand : operands) {
      const auto* text = std::get_if<Template>(&operand);
      out.operands.push_back(text != nullptr ? Value(text->text()) : std::get<Value>(operand));
    }
  }

  void matches(Predicate& out) {
    Prepared prepared;
    const auto at = reader_.at();
    if (reader_.peek() != '/' && reader_.peek() != '"') {
      literals_.fail(at, "invalid predicate value", "a pattern stands in quotes or between / and /",
                     "Parsing predicate value");
      return;
    }
    auto text = pattern(prepared);
    if (auto* compiled = std::get_if<config::Pattern>(&prepared)) {
      out.pattern = std::move(*compiled);
    } else {
      out.sources.emplace_back(std::move(text));
    }
  }

  /// The rest of the line.
  void json(Predicate& out) {
    const auto at = reader_.at();
    auto text = literals_.verbatim("", false);
    reader_.back_to(at);
    const auto rest = reader_.rest();
    reader_.skip(rest.size());
    auto parsed = parse_template(rest);
    if (!parsed) {
      literals_.fail(at + parsed.error().at, parsed.error().message, parsed.error().hint);
      return;
    }
    if (!parsed->is_constant()) {
      out.sources.emplace_back(std::move(*parsed));
      return;
    }
    auto value = parse_json(parsed->text());
    if (value) {
      out.operands.push_back(std::move(*value));
    } else {
      literals_.fail(at + value.error().at, "not JSON: " + value.error().message,
                     "write matchesJson {\"state\": \"READY\"}");
    }
  }

  const PredicateName* predicate_name() {
    for (const auto& entry : kOperators) {
      if (reader_.take(entry.name)) return &entry;
    }
    const auto at = reader_.at();
    const auto word = reader_.take_word();
    const auto* known = find_name(kPredicates, word);
    if (known != nullptr && known->beyond && strict()) known = nullptr;
    if (known == nullptr && reader_.peek() == '=') {
      literals_.fail(at, "expected a predicate", "did you mean ==?", "Parsing predicate");
    } else if (known == nullptr) {
      auto all = names_of(kPredicates);
      for (const auto& info : all_filters()) all.push_back(info.name);
      literals_.fail(
          at, word.empty() ? "expected a predicate" : fmt::format("there is no filter or predicate {}", word),
          word.empty() ? "such as == 200, exists or contains \"x\"" : predicate_hint(word, all), "Parsing predicate");
    }
    return known;
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
  const bool judges = word.empty() || word == "not" || find_name(kPredicates, word) != nullptr;
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
