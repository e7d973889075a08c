#include "language/line_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "config/ascii.hpp"
#include "config/nearest.hpp"
#include "language/filters.hpp"
#include "language/literal_parser.hpp"

namespace vedette::language {

namespace {

enum class Argument : std::uint8_t { kNone, kText, kPattern, kJsonPath, kXPath, kCookie, kCertificate, kPhase };

constexpr auto kHttp = static_cast<unsigned>(Vocabulary::kHttp);
constexpr auto kDns = static_cast<unsigned>(Vocabulary::kDns);
constexpr auto kTls = static_cast<unsigned>(Vocabulary::kTls);
constexpr auto kTcp = static_cast<unsigned>(Vocabulary::kTcp);
constexpr auto kOverTls = kHttp | kTls | kTcp;
constexpr auto kAll = kOverTls | kDns;

struct QueryName {
  std::string_view name;
  QueryKind kind;
  Argument argument;
  unsigned of;  ///< whose it is
};

constexpr std::array kQueries{
    QueryName{"additional", QueryKind::kFact, Argument::kNone, kDns},
    QueryName{"alpn", QueryKind::kFact, Argument::kNone, kOverTls},
    QueryName{"answers", QueryKind::kFact, Argument::kNone, kDns},
    QueryName{"authority", QueryKind::kFact, Argument::kNone, kDns},
    QueryName{"banner", QueryKind::kFact, Argument::kNone, kTcp},
    QueryName{"body", QueryKind::kBody, Argument::kNone, kHttp},
    QueryName{"bytes", QueryKind::kBytes, Argument::kNone, kHttp | kTcp},
    QueryName{"certificate", QueryKind::kCertificate, Argument::kCertificate, kOverTls},
    QueryName{"cipher", QueryKind::kFact, Argument::kNone, kOverTls},
    QueryName{"cookie", QueryKind::kCookie, Argument::kCookie, kHttp},
    QueryName{"duration", QueryKind::kDuration, Argument::kNone, kAll},
    QueryName{"flags", QueryKind::kFact, Argument::kNone, kDns},
    QueryName{"header", QueryKind::kHeader, Argument::kText, kHttp},
    QueryName{"ip", QueryKind::kIp, Argument::kNone, kAll},
    QueryName{"jsonpath", QueryKind::kJsonPath, Argument::kJsonPath, kHttp},
    QueryName{"md5", QueryKind::kMd5, Argument::kNone, kHttp},
    QueryName{"ocsp", QueryKind::kFact, Argument::kNone, kOverTls},
    QueryName{"rcode", QueryKind::kFact, Argument::kNone, kDns},
    QueryName{"redirects", QueryKind::kRedirects, Argument::kNone, kHttp},
    QueryName{"regex", QueryKind::kRegex, Argument::kPattern, kHttp | kTcp},
    QueryName{"sha256", QueryKind::kSha256, Argument::kNone, kHttp},
    QueryName{"size", QueryKind::kFact, Argument::kNone, kDns},
    QueryName{"status", QueryKind::kStatus, Argument::kNone, kHttp},
    QueryName{"timing", QueryKind::kTiming, Argument::kPhase, kAll},
    QueryName{"tls_version", QueryKind::kFact, Argument::kNone, kOverTls},
    QueryName{"url", QueryKind::kUrl, Argument::kNone, kHttp},
    QueryName{"version", QueryKind::kVersion, Argument::kNone, kHttp},
    QueryName{"xpath", QueryKind::kXPath, Argument::kXPath, kHttp},
};

enum class Operands : std::uint8_t { kNone, kOne, kTwo, kList, kPattern };

struct PredicateName {
  std::string_view name;
  PredicateKind kind;
  Operands operands;
};

// Those that begin like others come first.
constexpr std::array kOperators{
    PredicateName{"==", PredicateKind::kEqual, Operands::kOne},
    PredicateName{"!=", PredicateKind::kNotEqual, Operands::kOne},
    PredicateName{">=", PredicateKind::kGreaterOrEqual, Operands::kOne},
    PredicateName{"<=", PredicateKind::kLessOrEqual, Operands::kOne},
    PredicateName{">", PredicateKind::kGreater, Operands::kOne},
    PredicateName{"<", PredicateKind::kLess, Operands::kOne},
};

constexpr std::array kPredicates{
    PredicateName{"between", PredicateKind::kBetween, Operands::kTwo},
    PredicateName{"contains", PredicateKind::kContains, Operands::kOne},
    PredicateName{"endsWith", PredicateKind::kEndsWith, Operands::kOne},
    PredicateName{"exists", PredicateKind::kExists, Operands::kNone},
    PredicateName{"in", PredicateKind::kIn, Operands::kList},
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
    PredicateName{"startsWith", PredicateKind::kStartsWith, Operands::kOne},
};

constexpr std::array<std::string_view, 6> kCertificateFacts{"Subject",     "Issuer",        "Start-Date",
                                                            "Expire-Date", "Serial-Number", "Subject-Alt-Name"};
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

std::string hint_for(std::string_view word, const std::vector<std::string_view>& known) {
  const auto close = config::nearest(word, known);
  return close ? fmt::format("did you mean {}?", *close) : fmt::format("known: {}", fmt::join(known, ", "));
}

class LineParser {
 public:
  LineParser(std::string_view text, Vocabulary vocabulary)
      : text_(text), vocabulary_(static_cast<unsigned>(vocabulary)), reader_(text), literals_(reader_) {}

  tl::expected<Assert, SyntaxError> whole() {
    Assert out;
    out.text = text_;
    reader_.skip_blanks();
    out.query = query();
    while (!literals_.failed()) {
      need_blank();
      const auto before = reader_.at();
      const auto word = reader_.take_word();
      const auto* info = find_filter(word);
      if (info == nullptr) {
        reader_.back_to(before);
        break;
      }
      out.filters.push_back(filter(*info));
    }
    if (!literals_.failed()) out.predicate = predicate();
    reader_.skip_blanks();
    if (!literals_.failed() && !reader_.at_end()) {
      literals_.fail(reader_.at(), "the line should end here", "a line is: query filter... predicate");
    }
    if (literals_.failed()) return tl::make_unexpected(literals_.error());
    return out;
  }

 private:
  /// Words are set apart by blanks.
  void need_blank() {
    const auto before = reader_.at();
    reader_.skip_blanks();
    if (reader_.at() == before && !reader_.at_end() && !literals_.failed()) {
      literals_.fail(before, "here should be a blank");
    }
  }

  Query query() {
    Query out;
    const auto begin = reader_.at();
    const auto word = reader_.take_word();
    const auto* known = find_name(kQueries, word);
    if (known == nullptr || (known->of & vocabulary_) == 0) {
      std::vector<std::string_view> names;
      for (const auto& entry : kQueries) {
        if ((entry.of & vocabulary_) != 0) names.push_back(entry.name);
      }
      literals_.fail(begin,
                     word.empty()       ? "here should be a query"
                     : known == nullptr ? fmt::format("there is no query {}", word)
                                        : fmt::format("checks of this kind have no {}", word),
                     hint_for(word, names));
      return out;
    }
    out.kind = known->kind;
    if (known->kind == QueryKind::kFact) out.argument = word;
    if (known->argument != Argument::kNone) {
      need_blank();
      take_argument(known->argument, out);
    }
    return out;
  }

  void take_argument(Argument kind, Query& out) {
    const auto at = reader_.at();
    if (kind == Argument::kPattern) {
      out.prepared = prepared(Parameter::kPattern);
      return;
    }
    if (kind == Argument::kJsonPath) {
      out.prepared = prepared(Parameter::kJsonPath);
      return;
    }
    if (kind == Argument::kXPath) {
      out.prepared = prepared(Parameter::kXPath);
      return;
    }
    out.argument = literals_.quoted();
    if (literals_.failed()) return;
    if (kind == Argument::kCookie) split_cookie(at, out);
    const bool known_phase = std::find(kPhases.begin(), kPhases.end(), out.argument) != kPhases.end();
    if (kind == Argument::kPhase && !known_phase) {
      literals_.fail(at, fmt::format("there is no phase '{}'", out.argument),
                     hint_for(out.argument, {kPhases.begin(), kPhases.end()}));
    }
    const bool known_fact =
        std::find(kCertificateFacts.begin(), kCertificateFacts.end(), out.argument) != kCertificateFacts.end();
    if (kind == Argument::kCertificate && !known_fact) {
      literals_.fail(at, fmt::format("a certificate has no '{}'", out.argument),
                     hint_for(out.argument, {kCertificateFacts.begin(), kCertificateFacts.end()}));
    }
  }

  /// `name[Attribute]`.
  void split_cookie(std::size_t at, Query& out) {
    const auto open = out.argument.find('[');
    if (open == std::string::npos) return;
    if (!out.argument.ends_with(']')) {
      literals_.fail(at, "a cookie's attribute stands in brackets", "write \"session[Expires]\"");
      return;
    }
    out.attribute = lower_case(out.argument.substr(open + 1, out.argument.size() - open - 2));
    out.argument.resize(open);
    if (std::find(kCookieAttributes.begin(), kCookieAttributes.end(), out.attribute) == kCookieAttributes.end()) {
      literals_.fail(at, fmt::format("a cookie has no attribute '{}'", out.attribute),
                     "known: Value, Expires, Max-Age, Domain, Path, Secure, HttpOnly, SameSite");
    }
  }

  /// A path or a pattern, compiled.
  Prepared prepared(Parameter parameter) {
    const auto at = reader_.at();
    if (parameter == Parameter::kPattern) {
      auto pattern = literals_.pattern();
      return pattern ? Prepared(std::move(*pattern)) : Prepared();
    }
    const auto text = literals_.quoted();
    if (literals_.failed()) return {};
    if (parameter == Parameter::kJsonPath) {
      auto path = JsonPath::parse(text);
      if (path) return std::move(*path);
      literals_.fail(at + 1 + path.error().at, "not a JSONPath: " + path.error().message, "RFC 9535: $.items[0].name");
      return {};
    }
    auto path = XPath::compile(text);
    if (path) return std::move(*path);
    literals_.fail(at, path.error());
    return {};
  }

  Filter filter(const FilterInfo& info) {
    Filter out;
    out.info = &info;
    for (const auto parameter : info.parameters) {
      if (literals_.failed()) break;
      need_blank();
      if (parameter == Parameter::kText) {
        out.arguments.emplace_back(literals_.quoted());
      } else if (parameter == Parameter::kInteger) {
        out.arguments.emplace_back(literals_.integer());
      } else {
        out.prepared = prepared(parameter);
      }
    }
    return out;
  }

  Predicate predicate() {
    Predicate out;
    if (reader_.take("not ") || reader_.take("not\t")) {
      out.negated = true;
      reader_.skip_blanks();
    }
    const auto* known = predicate_name();
    if (known == nullptr) return out;
    out.kind = known->kind;
    if (known->operands != Operands::kNone) reader_.skip_blanks();
    if (known->operands == Operands::kPattern) out.pattern = literals_.pattern();
    if (known->operands == Operands::kList) out.operands = literals_.list();
    if (known->operands == Operands::kOne || known->operands == Operands::kTwo)
      out.operands.push_back(literals_.value());
    if (known->operands == Operands::kTwo) {
      need_blank();
      out.operands.push_back(literals_.value());
    }
    return out;
  }

  const PredicateName* predicate_name() {
    for (const auto& entry : kOperators) {
      if (reader_.take(entry.name)) return &entry;
    }
    const auto at = reader_.at();
    const auto word = reader_.take_word();
    const auto* known = find_name(kPredicates, word);
    if (known == nullptr && reader_.peek() == '=') {
      literals_.fail(at, "here should be a predicate", "did you mean ==?");
    } else if (known == nullptr) {
      auto all = names_of(kPredicates);
      for (const auto& info : all_filters()) all.push_back(info.name);
      literals_.fail(
          at, word.empty() ? "here should be a predicate" : fmt::format("there is no filter or predicate {}", word),
          word.empty() ? "such as == 200, exists or contains \"x\"" : hint_for(word, all));
    }
    return known;
  }

  std::string_view text_;
  unsigned vocabulary_;
  Reader reader_;
  LiteralParser literals_;
};

}  // namespace

tl::expected<Assert, SyntaxError> parse_assert(std::string_view text, Vocabulary vocabulary) {
  return LineParser(text, vocabulary).whole();
}

}  // namespace vedette::language
