#include "language/lines/queries.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "base/digests.hpp"
#include "language/values/charset.hpp"
#include "language/values/date.hpp"

namespace vedette::language {

namespace {

std::vector<std::string> header_values(const Subject& subject, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [other, value] : subject.headers) {
    if (same_ignoring_case(other, name)) out.push_back(value);
  }
  return out;
}

std::string content_type(const Subject& subject) {
  const auto values = header_values(subject, "Content-Type");
  return values.empty() ? std::string() : values.front();
}

Looked header(const std::string& name, const Subject& subject) {
  auto values = header_values(subject, name);
  if (values.empty()) return Found();
  if (values.size() == 1) return Value(std::move(values.front()));
  List items;
  for (auto& value : values) items.emplace_back(std::move(value));
  return Value::list(std::move(items));
}

/// The parts of a Set-Cookie header: name and value, then its attributes (RFC 6265 section 4.1).
std::vector<std::pair<std::string, std::optional<std::string>>> cookie_parts(std::string_view text) {
  std::vector<std::pair<std::string, std::optional<std::string>>> out;
  while (true) {
    const auto part = text.substr(0, text.find(';'));
    const auto equals = part.find('=');
    const auto name = trim(part.substr(0, equals));
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = trim(part.substr(equals + 1));
    out.emplace_back(name, std::move(value));
    if (part.size() == text.size()) return out;
    text.remove_prefix(part.size() + 1);
  }
}

Looked attribute_of(const std::string& name, const std::string& value) {
  if (name == "expires") {
    for (const auto* format : {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT"}) {
      if (const auto date = parse_date(value, format)) return Value(*date);
    }
    // Under the title that Hurl has for it.
    return tl::make_unexpected(
        Fault{.kind = FaultKind::kHttpConnection,
              .message = fmt::format("could not parse Cookie Expires attribute value <{}>", value)});
  }
  if (name == "max-age") {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size()) return Value(seconds);
    return Found();
  }
  if (name == "secure" || name == "httponly") return Value(Unit());
  return Value(value);
}

Looked cookie(const Query& query, const std::string& name, const Subject& subject) {
  for (const auto& header : header_values(subject, "Set-Cookie")) {
    const auto parts = cookie_parts(header);
    if (parts.front().first != name || !parts.front().second) continue;
    if (query.attribute.empty() || query.attribute == "value") return Value(*parts.front().second);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (!same_ignoring_case(parts[i].first, query.attribute)) continue;
      auto out = attribute_of(query.attribute, parts[i].second.value_or(""));
      // The cookie's name, behind its quote.
      const auto at = query.argument.span.begin + 1;
      if (!out) out.error().span = {at, at + name.size()};
      return out;
    }
    return Found();
  }
  return Found();
}

tl::unexpected<Fault> fault(FaultKind kind, std::string message) {
  return tl::make_unexpected(Fault{.kind = kind, .message = std::move(message)});
}

tl::unexpected<Fault> fault(const Trouble& trouble) {
  return tl::make_unexpected(Fault{.kind = trouble.kind, .message = trouble.message, .limit = trouble.limit});
}

const tl::expected<std::string, Fault>& body_text(const Subject& subject) {
  auto& read = subject.read.text;
  if (read) return *read;
  if (subject.body_problem) {
    read = tl::make_unexpected(*subject.body_problem);
    return *read;
  }
  const auto charset = charset_of(content_type(subject));
  auto text = decode_charset(subject.body, charset);
  if (text) {
    read = std::move(*text);
  } else {
    read = fault(is_charset(charset) ? FaultKind::kInvalidDecoding : FaultKind::kInvalidCharset,
                 "the body cannot be read: " + text.error());
  }
  return *read;
}

const tl::expected<Value, Fault>& body_json(const Subject& subject) {
  auto& read = subject.read.json;
  if (read) return *read;
  const auto& text = body_text(subject);
  if (!text) {
    read = tl::make_unexpected(text.error());
    return *read;
  }
  auto root = parse_json(*text, subject.reading.json_depth);
  if (root) {
    read = std::move(*root);
  } else {
    const auto& error = root.error();
    read = fault(Trouble(error.limit.empty() ? FaultKind::kInvalidJson : FaultKind::kLimit,
                         "the body is not JSON: " + error.message, error.limit));
  }
  return *read;
}

tl::expected<std::string, Fault> body_bytes(const Subject& subject) {
  if (subject.body_problem) return tl::make_unexpected(*subject.body_problem);
  return subject.body;
}

Looked digest(const Subject& subject, std::string_view algorithm) {
  auto bytes = body_bytes(subject);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return Value(Bytes{*digest_of(algorithm, *bytes)});
}

Looked in_text(const Query& query, const Prepared& prepared, const Subject& subject) {
  const auto& text = body_text(subject);
  if (!text) return tl::make_unexpected(text.error());
  if (query.kind == QueryKind::kRegex) {
    const auto groups = std::get<config::Pattern>(prepared).groups(*text);
    return groups.size() < 2 ? Found() : Found(Value(groups[1]));
  }
  auto& document = subject.read.markup;
  if (!document) {
    const bool html = content_type(subject).find("text/html") != std::string::npos;
    document = read_markup(*text, html ? Markup::kHtml : Markup::kXml, subject.reading);
  }
  if (!*document) return fault(document->error());
  auto found = std::get<XPath>(prepared).evaluate(**document, subject.reading);
  if (found) return std::move(*found);
  return fault(found.error());
}

Looked in_json(const Prepared& prepared, const Subject& subject) {
  const auto& root = body_json(subject);
  if (!root) return tl::make_unexpected(root.error());
  auto found = found_by(std::get<JsonPath>(prepared), *root, subject.reading);
  if (found) return std::move(*found);
  return fault(found.error());
}

Looked certificate(const Query& query, const Subject& subject) {
  if (!subject.certificate) return Found();
  const auto& facts = *subject.certificate;
  if (query.name == "Subject") return Value(facts.subject);
  if (query.name == "Issuer") return Value(facts.issuer);
  if (query.name == "Start-Date") return Value(facts.start);
  if (query.name == "Expire-Date") return Value(facts.expire);
  if (query.name == "Serial-Number") return Value(facts.serial_number);
  if (query.name == "Value") return facts.pem.empty() ? Found() : Found(Value(facts.pem));
  return facts.subject_alt_name.empty() ? Found() : Found(Value(facts.subject_alt_name));
}

Looked timing(const Query& query, const Subject& subject) {
  std::optional<double> total;
  for (const auto& [phase, milliseconds] : subject.phases) {
    if (phase == query.name || query.name == "total") total = total.value_or(0) + milliseconds;
  }
  return total ? Found(Value(*total)) : Found();
}

Looked redirects(const Subject& subject) {
  List items;
  for (const auto& redirect : subject.redirects) items.emplace_back(redirect);
  return Value::list(std::move(items));
}

/// What a query looks for by its argument: a name, or what it was compiled to.
struct Sought {
  std::string name{};
  Prepared prepared{};
};

FaultKind invalid(QueryKind kind) {
  return kind == QueryKind::kJsonPath ? FaultKind::kInvalidJsonPath
         : kind == QueryKind::kXPath  ? FaultKind::kInvalidXPath
                                      : FaultKind::kInvalidRegex;
}

tl::expected<Sought, Fault> sought(const Query& query, Scope& scope) {
  Sought out{.prepared = query.prepared};
  const bool compiled = !std::holds_alternative<std::monostate>(query.prepared);
  const bool compiles =
      query.kind == QueryKind::kJsonPath || query.kind == QueryKind::kXPath || query.kind == QueryKind::kRegex;
  if (compiled || (query.argument.empty() && !compiles)) return out;
  auto text = query.argument.render(scope);
  if (!text) return tl::make_unexpected(text.error());
  out.name = text_in(*text);
  if (!compiles) return out;
  const auto parameter = query.kind == QueryKind::kJsonPath ? Parameter::kJsonPath
                         : query.kind == QueryKind::kXPath  ? Parameter::kXPath
                                                            : Parameter::kPattern;
  auto prepared = compile(parameter, out.name, query.strict_hurl);
  if (!prepared) {
    return tl::make_unexpected(
        Fault{.kind = invalid(query.kind), .span = query.argument.span, .message = prepared.error()});
  }
  out.prepared = std::move(*prepared);
  return out;
}

Looked found(const Query& query, const Sought& sought, const Subject& subject, Scope& scope) {
  switch (query.kind) {
    case QueryKind::kStatus:
      return Value(std::int64_t{subject.status});
    case QueryKind::kVersion:
      return Value(subject.version);
    case QueryKind::kUrl:
      return Value(subject.url);
    case QueryKind::kHeader:
      return header(sought.name, subject);
    case QueryKind::kCookie:
      return cookie(query, sought.name, subject);
    case QueryKind::kBody: {
      const auto& text = body_text(subject);
      if (!text) return tl::make_unexpected(text.error());
      return Value(*text);
    }
    case QueryKind::kBytes: {
      auto bytes = body_bytes(subject);
      if (!bytes) return tl::make_unexpected(bytes.error());
      return Value(Bytes{std::move(*bytes)});
    }
    case QueryKind::kRawBytes:
      return Value(Bytes{subject.raw_body.empty() ? subject.body : subject.raw_body});
    case QueryKind::kSha256:
      return digest(subject, "sha256");
    case QueryKind::kMd5:
      return digest(subject, "md5");
    case QueryKind::kJsonPath:
      return in_json(sought.prepared, subject);
    case QueryKind::kXPath:
    case QueryKind::kRegex:
      return in_text(query, sought.prepared, subject);
    case QueryKind::kVariable: {
      const auto* value = scope.variable(sought.name);
      return value == nullptr ? Found() : Found(*value);
    }
    case QueryKind::kDuration:
      return Value(subject.duration_ms);
    case QueryKind::kCertificate:
      return certificate(query, subject);
    case QueryKind::kIp:
      return subject.ip.empty() ? Found() : Found(Value(subject.ip));
    case QueryKind::kRedirects:
      return redirects(subject);
    case QueryKind::kTiming:
      return timing(query, subject);
    case QueryKind::kFact: {
      const auto fact = subject.facts.find(query.name);
      return fact == subject.facts.end() ? Found() : Found(fact->second);
    }
  }
  return Found();
}

}  // namespace

Looked find(const Query& query, const Subject& subject, Scope& scope) {
  const auto by = sought(query, scope);
  if (!by) return tl::make_unexpected(by.error());
  auto out = found(query, *by, subject, scope);
  // An expression that does not work points at itself, what the answer is not at the whole query.
  // Some know their place already.
  if (!out && out.error().span.end == 0) {
    out.error().span = out.error().kind == FaultKind::kInvalidXPath ? query.argument.span : query.span;
  }
  return out;
}

}  // namespace vedette::language
