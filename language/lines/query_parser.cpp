#include "language/lines/query_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/reason.hpp"
#include "language/lines/arguments.hpp"

namespace vedette::language {

namespace {

enum class Argument : std::uint8_t { kNone, kText, kPattern, kJsonPath, kXPath, kCookie, kCertificate, kPhase };

struct QueryName {
  std::string_view name;
  QueryKind kind;
  Argument argument;
  Topic topic;
  bool beyond = false;  ///< not Hurl's
};

constexpr std::array kQueries{
    QueryName{"alpn", QueryKind::kFact, Argument::kNone, Topic::kTls, true},
    QueryName{"body", QueryKind::kBody, Argument::kNone, Topic::kHttp},
    QueryName{"bytes", QueryKind::kBytes, Argument::kNone, Topic::kText},
    QueryName{"certificate", QueryKind::kCertificate, Argument::kCertificate, Topic::kTls},
    QueryName{"chain", QueryKind::kFact, Argument::kNone, Topic::kTls, true},
    QueryName{"cipher", QueryKind::kFact, Argument::kNone, Topic::kTls, true},
    QueryName{"cookie", QueryKind::kCookie, Argument::kCookie, Topic::kHttp},
    QueryName{"duration", QueryKind::kDuration, Argument::kNone, Topic::kAnswer},
    QueryName{"header", QueryKind::kHeader, Argument::kText, Topic::kHttp},
    QueryName{"ip", QueryKind::kIp, Argument::kNone, Topic::kAnswer},
    QueryName{"jsonpath", QueryKind::kJsonPath, Argument::kJsonPath, Topic::kHttp},
    QueryName{"md5", QueryKind::kMd5, Argument::kNone, Topic::kHttp},
    QueryName{"ocsp", QueryKind::kFact, Argument::kNone, Topic::kTls, true},
    QueryName{"rawbytes", QueryKind::kRawBytes, Argument::kNone, Topic::kHttp},
    QueryName{"redirects", QueryKind::kRedirects, Argument::kNone, Topic::kHttp},
    QueryName{"regex", QueryKind::kRegex, Argument::kPattern, Topic::kText},
    QueryName{"sha256", QueryKind::kSha256, Argument::kNone, Topic::kHttp},
    QueryName{"status", QueryKind::kStatus, Argument::kNone, Topic::kHttp},
    QueryName{"timing", QueryKind::kTiming, Argument::kPhase, Topic::kAnswer, true},
    QueryName{"tls_version", QueryKind::kFact, Argument::kNone, Topic::kTls, true},
    QueryName{"url", QueryKind::kUrl, Argument::kNone, Topic::kHttp},
    QueryName{"variable", QueryKind::kVariable, Argument::kText, Topic::kVariable},
    QueryName{"version", QueryKind::kVersion, Argument::kNone, Topic::kHttp},
    QueryName{"xpath", QueryKind::kXPath, Argument::kXPath, Topic::kHttp},
};

constexpr std::array<std::string_view, 7> kCertificateFacts{
    "Subject", "Issuer", "Start-Date", "Expire-Date", "Serial-Number", "Subject-Alt-Name", "Value"};
constexpr std::array<std::string_view, 8> kCookieAttributes{"value", "expires", "max-age",  "domain",
                                                            "path",  "secure",  "httponly", "samesite"};

std::vector<std::string_view> phase_names() {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < kPhases; ++i) out.push_back(name_of(static_cast<Phase>(i)));
  out.emplace_back("total");
  return out;
}

class QueryParser {
 public:
  explicit QueryParser(LiteralParser& literals) : literals_(literals), reader_(literals.reader()) {}

  Query read() {
    Query out;
    const auto begin = reader_.at();
    if (literals_.failed()) return out;
    const auto word = reader_.take_word();
    const auto* known = find(word);
    out.strict_hurl = strict();
    if (known != nullptr && vocabulary().has(known->topic)) {
      out.kind = known->kind;
      if (known->kind == QueryKind::kFact) out.name = word;
      if (known->argument != Argument::kNone) {
        need_blank(literals_);
        if (!literals_.failed()) take_argument(known->argument, out);
        literals_.harden();
      }
    } else if (is_fact(word)) {
      out.kind = QueryKind::kFact;
      out.name = word;
    } else {
      literals_.fail_softly(begin,
                            word.empty()       ? "expected a query"
                            : known == nullptr ? fmt::format("there is no query {}", word)
                                               : fmt::format("checks of this kind have no {}", word),
                            hint_for(word, names()), "Parsing query");
      return out;
    }
    out.span = {begin, reader_.at()};
    return out;
  }

 private:
  [[nodiscard]] bool strict() const { return literals_.dialect().strict_hurl; }
  [[nodiscard]] const Vocabulary& vocabulary() const { return literals_.dialect().vocabulary; }

  /// Whether the dialect has the query, for whichever kind.
  [[nodiscard]] bool is_spoken(const QueryName& entry) const {
    const bool no_variables = literals_.dialect().placeholders == Placeholders::kNone;
    return !(entry.beyond && strict()) && !(entry.kind == QueryKind::kVariable && no_variables);
  }

  [[nodiscard]] const QueryName* find(std::string_view word) const {
    for (const auto& entry : kQueries) {
      if (entry.name == word && is_spoken(entry)) return &entry;
    }
    return nullptr;
  }

  [[nodiscard]] bool is_fact(std::string_view word) const {
    const auto facts = vocabulary().facts;
    return !strict() && std::find(facts.begin(), facts.end(), word) != facts.end();
  }

  /// All that may stand here.
  [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> out;
    for (const auto& entry : kQueries) {
      if (vocabulary().has(entry.topic) && is_spoken(entry)) out.push_back(entry.name);
    }
    if (!strict()) out.insert(out.end(), vocabulary().facts.begin(), vocabulary().facts.end());
    std::sort(out.begin(), out.end());
    return out;
  }

  void take_argument(Argument kind, Query& out) {
    const auto at = reader_.at();
    switch (kind) {
      case Argument::kPattern:
        out.argument = read_pattern(literals_, out.prepared);
        return;
      case Argument::kJsonPath:
        out.argument = read_path(literals_, Parameter::kJsonPath, out.prepared);
        return;
      case Argument::kXPath:
        out.argument = read_path(literals_, Parameter::kXPath, out.prepared);
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
    const auto names = phase ? phase_names() : std::vector(kCertificateFacts.begin(), kCertificateFacts.end());
    if (std::find(names.begin(), names.end(), text) == names.end()) {
      const auto what = phase ? "there is no phase" : "a certificate has no";
      literals_.fail(strict() ? reader_.at() : at, fmt::format("{} '{}'", what, text), hint_for(text, names));
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

  LiteralParser& literals_;
  Reader& reader_;
};

}  // namespace

Query read_query(LiteralParser& literals) {
  return QueryParser(literals).read();
}

}  // namespace vedette::language
