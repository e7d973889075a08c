#include "language/queries.hpp"

#include <openssl/evp.h>

#include <array>
#include <charconv>

#include "config/ascii.hpp"
#include "config/secret.hpp"
#include "language/charset.hpp"
#include "language/date.hpp"

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

Outcome header(const Query& query, const Subject& subject) {
  auto values = header_values(subject, query.argument);
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
    const auto name = config::trim(part.substr(0, equals));
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = config::trim(part.substr(equals + 1));
    out.emplace_back(name, std::move(value));
    if (part.size() == text.size()) return out;
    text.remove_prefix(part.size() + 1);
  }
}

Outcome attribute_of(const std::string& name, const std::string& value) {
  if (name == "expires") {
    for (const auto* format : {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT"}) {
      if (const auto date = parse_date(value, format)) return Value(*date);
    }
    return tl::make_unexpected("the cookie's Expires is no date: " + value.substr(0, 100));
  }
  if (name == "max-age") {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size()) return Value(seconds);
    return tl::make_unexpected("the cookie's Max-Age is no number: " + value.substr(0, 100));
  }
  if (name == "secure" || name == "httponly") return Value(Unit());
  return Value(value);
}

Outcome cookie(const Query& query, const Subject& subject) {
  for (const auto& header : header_values(subject, "Set-Cookie")) {
    const auto parts = cookie_parts(header);
    if (parts.front().first != query.argument || !parts.front().second) continue;
    if (query.attribute.empty() || query.attribute == "value") return Value(*parts.front().second);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (same_ignoring_case(parts[i].first, query.attribute))
        return attribute_of(query.attribute, parts[i].second.value_or(""));
    }
    return Found();
  }
  return Found();
}

Outcome body_text(const Subject& subject) {
  auto text = decode_charset(subject.body, charset_of(content_type(subject)));
  if (!text) return tl::make_unexpected("the body cannot be read: " + text.error());
  return Value(std::move(*text));
}

Outcome digest(const std::string& bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr);
  return Value(Bytes{std::string(reinterpret_cast<const char*>(out.data()), size)});
}

Outcome in_document(const Query& query, const Subject& subject) {
  auto text = body_text(subject);
  if (!text) return text;
  const auto& body = *text.value()->get<std::string>();
  if (query.kind == QueryKind::kRegex) {
    const auto groups = std::get<config::Pattern>(query.prepared).groups(body);
    return groups.size() < 2 ? Found() : Found(Value(groups[1]));
  }
  if (query.kind == QueryKind::kXPath) {
    const bool html = content_type(subject).find("text/html") != std::string::npos;
    auto found = std::get<XPath>(query.prepared).evaluate(body, html ? Markup::kHtml : Markup::kXml);
    if (!found) return tl::make_unexpected(found.error());
    return std::move(*found);
  }
  const auto root = parse_json(body);
  if (!root) return tl::make_unexpected("the body is not JSON: " + root.error().message);
  return found_by(std::get<JsonPath>(query.prepared), *root);
}

Outcome certificate(const Query& query, const Subject& subject) {
  if (!subject.certificate) return Found();
  const auto& facts = *subject.certificate;
  if (query.argument == "Subject") return Value(facts.subject);
  if (query.argument == "Issuer") return Value(facts.issuer);
  if (query.argument == "Start-Date") return Value(facts.start);
  if (query.argument == "Expire-Date") return Value(facts.expire);
  if (query.argument == "Serial-Number") return Value(facts.serial_number);
  return facts.subject_alt_name.empty() ? Found() : Found(Value(facts.subject_alt_name));
}

Outcome timing(const Query& query, const Subject& subject) {
  std::optional<double> total;
  for (const auto& [phase, milliseconds] : subject.phases) {
    if (phase == query.argument || query.argument == "total") total = total.value_or(0) + milliseconds;
  }
  return total ? Found(Value(*total)) : Found();
}

Outcome redirects(const Subject& subject) {
  List items;
  for (const auto& redirect : subject.redirects) items.emplace_back(redirect);
  return Value::list(std::move(items));
}

}  // namespace

Outcome find(const Query& query, const Subject& subject) {
  switch (query.kind) {
    case QueryKind::kStatus:
      return Value(std::int64_t{subject.status});
    case QueryKind::kVersion:
      return Value(subject.version);
    case QueryKind::kUrl:
      return Value(subject.url);
    case QueryKind::kHeader:
      return header(query, subject);
    case QueryKind::kCookie:
      return cookie(query, subject);
    case QueryKind::kBody:
      return body_text(subject);
    case QueryKind::kBytes:
      return Value(Bytes{subject.body});
    case QueryKind::kSha256:
      return digest(subject.body, EVP_sha256());
    case QueryKind::kMd5:
      return digest(subject.body, EVP_md5());
    case QueryKind::kJsonPath:
    case QueryKind::kXPath:
    case QueryKind::kRegex:
      return in_document(query, subject);
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
      const auto fact = subject.facts.find(query.argument);
      return fact == subject.facts.end() ? Found() : Found(fact->second);
    }
  }
  return Found();
}

}  // namespace vedette::language
