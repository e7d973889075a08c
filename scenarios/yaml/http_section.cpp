#include "scenarios/yaml/http_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "checks/http/token_settings.hpp"
#include "language/filters/filters.hpp"
#include "scenarios/model/limits.hpp"
#include "scenarios/run/substitute.hpp"
#include "scenarios/yaml/reader.hpp"

namespace vedette::scenarios::yaml {

namespace {

using language::Value;

void set(std::vector<OptionSetting>& out, Option option, Value value, const config::Place& place) {
  OptionSetting setting;
  setting.option = option;
  setting.value = std::move(value);
  setting.origin = Origin::at(place);
  out.push_back(std::move(setting));
}

void set(std::vector<OptionSetting>& out, Option option, Text text) {
  OptionSetting setting;
  setting.option = option;
  setting.origin = text.origin;
  setting.value = std::move(text);
  out.push_back(std::move(setting));
}

void read_option(config::Mapping& section, std::string_view key, Option option, std::vector<OptionSetting>& out) {
  Text text;
  if (read_text(section, key, text)) set(out, option, std::move(text));
}

void read_flag(config::Mapping& section, std::string_view key, Option option, std::vector<OptionSetting>& out) {
  bool flag = false;
  const auto place = section.place_of(key);
  if (section.read(key, flag)) set(out, option, Value(flag), place);
}

/// One text or several.
void read_options(config::Mapping& section, std::string_view key, Option option, std::vector<OptionSetting>& out) {
  const auto value = section.take(key);
  if (!value) return;
  const auto add = [&](const config::Value& one) {
    if (auto text = text_of(one, section.context())) set(out, option, std::move(*text));
  };
  if (!value->is_sequence()) return add(*value);
  for (const auto& item : value->node()) add(config::Value(item, value->source()));
}

void read_tls(config::Mapping& section, std::vector<OptionSetting>& out) {
  auto tls = section.take_mapping("tls");
  if (!tls) return;
  read_option(*tls, "ca", Option::kCaCert, out);
  read_option(*tls, "cert", Option::kCert, out);
  read_option(*tls, "key", Option::kKey, out);
  read_option(*tls, "pin", Option::kPinnedPubKey, out);
  read_option(*tls, "sni", Option::kServerName, out);
  read_flag(*tls, "insecure", Option::kInsecure, out);
  constexpr std::array<std::string_view, 4> kVersions{"1.0", "1.1", "1.2", "1.3"};
  std::string min;
  const auto place = tls->place_of("min");
  if (tls->read_choice("min", min, kVersions)) set(out, Option::kMinTls, Value(min), place);
  tls->finish();
}

void read_versions(config::Mapping& section, std::vector<OptionSetting>& out) {
  constexpr std::array<std::string_view, 3> kHttp{"1.0", "1.1", "2"};
  std::string version;
  auto place = section.place_of("http_version");
  if (section.read_choice("http_version", version, kHttp)) {
    set(out,
        version == "1.0" ? Option::kHttp10
        : version == "2" ? Option::kHttp2
                         : Option::kHttp11,
        Value(true), place);
  }
  constexpr std::array<std::string_view, 2> kIp{"4", "6"};
  place = section.place_of("ip_version");
  if (section.read_choice("ip_version", version, kIp)) {
    set(out, version == "4" ? Option::kIpv4 : Option::kIpv6, Value(true), place);
  }
}

void read_transport(config::Mapping& section, std::vector<OptionSetting>& out, config::Duration& timeout) {
  config::Duration duration{};
  if (read_duration(section, "timeout", duration, std::chrono::milliseconds(1), kMaxDeadline)) timeout = duration;
  const auto connect_place = section.place_of("connect_timeout");
  if (read_duration(section, "connect_timeout", duration, std::chrono::milliseconds(1), kMaxDeadline)) {
    set(out, Option::kConnectTimeout,
        Value(static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count())),
        connect_place);
  }
  const auto follow_place = section.place_of("follow");
  std::int64_t number = 0;
  if (section.read_integer("follow", number, 0, kMaxRedirects)) {
    set(out, Option::kLocation, Value(number > 0), follow_place);
    set(out, Option::kMaxRedirs, Value(number), follow_place);
  }
  const auto body_place = section.place_of("max_body");
  if (section.read_size("max_body", number)) {
    constexpr std::int64_t kMax = std::int64_t{16} << 20;
    if (number < 1 || number > kMax) section.error("max_body", "max_body must be from 1B to 16MiB");
    set(out, Option::kMaxBody, Value(number), body_place);
  }
  read_versions(section, out);
  read_tls(section, out);
  read_flag(section, "compressed", Option::kCompressed, out);
  read_flag(section, "reuse", Option::kReuse, out);
  read_flag(section, "path_as_is", Option::kPathAsIs, out);
  read_option(section, "proxy", Option::kProxy, out);
  read_option(section, "no_proxy", Option::kNoProxy, out);
  read_option(section, "unix_socket", Option::kUnixSocket, out);
  read_options(section, "resolve", Option::kResolve, out);
  read_options(section, "connect_to", Option::kConnectTo, out);
}

/// `user` and `password` as one text with a colon between.
Text joined(const Text& user, const Text& password) {
  Text out = user;
  out.text.parts.push_back({":"});
  out.text.parts.insert(out.text.parts.end(), password.text.parts.begin(), password.text.parts.end());
  return out;
}

void read_user(config::Mapping& section, std::string_view user_key, std::string_view password_key, Text& user,
               Text& password) {
  if (!read_text(section, user_key, user))
    section.error(user_key, fmt::format("{} needs {}", section.path(), user_key));
  if (!read_text(section, password_key, password))
    section.error(password_key, fmt::format("{} needs {}", section.path(), password_key));
}

void read_auth(config::Mapping& section, HttpAction& out) {
  auto auth = section.take_mapping("auth");
  if (!auth) return;
  int kinds = 0;
  if (auto basic = auth->take_mapping("basic")) {
    ++kinds;
    Field field;
    read_user(*basic, "user", "password", field.name, field.value);
    out.basic_auth = std::move(field);
    basic->finish();
  }
  if (auto digest = auth->take_mapping("digest")) {
    ++kinds;
    Text user;
    Text password;
    read_user(*digest, "user", "password", user, password);
    set(out.options, Option::kUser, joined(user, password));
    set(out.options, Option::kDigest, Value(true), digest->place());
    digest->finish();
  }
  Text bearer;
  if (read_text(*auth, "bearer", bearer)) {
    ++kinds;
    set(out.options, Option::kBearer, std::move(bearer));
  }
  if (auto sigv4 = auth->take_mapping("sigv4")) {
    ++kinds;
    Text key;
    Text secret;
    read_user(*sigv4, "access_key", "secret_key", key, secret);
    Text provider;
    if (!read_text(*sigv4, "provider", provider))
      sigv4->error("provider", "sigv4 needs a provider", "such as aws:amz:eu-central-1:s3");
    set(out.options, Option::kUser, joined(key, secret));
    set(out.options, Option::kAwsSigV4, std::move(provider));
    sigv4->finish();
  }
  if (const auto oauth2 = auth->take("oauth2")) {
    ++kinds;
    out.oauth2 = *oauth2;
    if (!has_placeholders(oauth2->node())) {
      config::Mapping mapping(*oauth2, "oauth2", section.context());
      http::decode_token_settings(mapping);
    }
  }
  for (const std::string_view other : {"ntlm", "negotiate"}) {
    if (auth->take(other))
      auth->error_at_key(other, fmt::format("{} is not supported", other), "basic, bearer, digest, sigv4 or oauth2");
  }
  if (kinds > 1) section.error("auth", "a request has one way to authenticate");
  auth->finish();
}

Part read_part(const std::string& name, const config::Value& value, config::Mapping& section) {
  Part out;
  out.name = {language::Template::constant(name), Origin::at(value.place())};
  if (value.is_scalar()) {
    if (auto text = text_of(value, section.context())) out.value = std::move(*text);
    return out;
  }
  config::Mapping mapping(value, "multipart", section.context());
  Text text;
  if (read_text(mapping, "file", text)) out.file = std::move(text);
  Text type;
  if (read_text(mapping, "content_type", type)) out.content_type = std::move(type);
  const bool has_value = read_text(mapping, "value", out.value);
  if (has_value == out.file.has_value()) mapping.error("file", "a part has a value or a file");
  mapping.finish();
  return out;
}

void read_multipart(config::Mapping& section, Body& out) {
  auto mapping = section.take_mapping("multipart");
  if (!mapping) return;
  for (const auto& [name, value] : mapping->take_all()) {
    if (!value.is_sequence()) {
      out.parts.push_back(read_part(name, value, section));
      continue;
    }
    for (const auto& item : value.node()) {
      out.parts.push_back(read_part(name, config::Value(item, value.source()), section));
    }
  }
}

void read_bytes(config::Mapping& section, std::string_view key, Body& out) {
  std::string text;
  if (!section.read(key, text)) return;
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  if (key == "base64") {
    const auto bytes = language::base64_decode(Value(text), {});
    if (!bytes) return section.error(key, "this is not base64");
    out.bytes = (*bytes)->get<language::Bytes>()->data;
    return;
  }
  const bool hex = text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](char c) {
                     return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                   });
  if (!hex) return section.error(key, "this is not pairs of hexadecimal digits");
  constexpr int kHex = 16;
  for (std::size_t i = 0; i < text.size(); i += 2)
    out.bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, kHex));
}

void read_body(config::Mapping& section, Body& out) {
  using Shape = Body::Shape;
  constexpr std::array<std::pair<std::string_view, Shape>, 9> kShapes{{{"json", Shape::kJsonTree},
                                                                       {"form", Shape::kForm},
                                                                       {"multipart", Shape::kMultipart},
                                                                       {"graphql", Shape::kGraphQl},
                                                                       {"xml", Shape::kText},
                                                                       {"text", Shape::kText},
                                                                       {"hex", Shape::kBytes},
                                                                       {"base64", Shape::kBytes},
                                                                       {"file", Shape::kFile}}};
  std::string_view first;
  for (const auto& [key, shape] : kShapes) {
    if (!section.has(key)) continue;
    if (!first.empty()) {
      section.error_at_key(key, fmt::format("a request has one body: there is {} already", first));
    }
    first = key;
    out.shape = shape;
    out.origin = Origin::at(section.place_of(key));
  }
  if (const auto json = section.take("json")) out.tree = tree_of(*json, section.context());
  if (out.shape == Shape::kJsonTree) out.content_type = "application/json";
  out.form = read_fields(section, "form");
  read_multipart(section, out);
  if (auto graphql = section.take_mapping("graphql")) {
    if (!read_text(*graphql, "query", out.text)) graphql->error("query", "graphql needs a query");
    if (const auto variables = graphql->take("variables")) out.tree = tree_of(*variables, section.context());
    graphql->finish();
    out.content_type = "application/json";
  }
  if (read_text(section, "xml", out.text)) out.content_type = "application/xml";
  if (read_text(section, "text", out.text)) out.content_type = "text/plain; charset=utf-8";
  read_bytes(section, "hex", out);
  read_bytes(section, "base64", out);
  if (read_text(section, "file", out.text)) out.content_type = "application/octet-stream";
}

}  // namespace

HttpDefaults read_http_defaults(config::Mapping& section) {
  HttpDefaults out;
  read_transport(section, out.options, out.timeout);
  out.headers = read_fields(section, "headers");
  section.finish();
  return out;
}

namespace {

/// As far as it can be told before its placeholders are known.
bool may_be_url(const language::Template& text) {
  const auto& first = text.parts.front();
  if (first.expression) return true;
  constexpr std::array<std::string_view, 2> kSchemes{"http://", "https://"};
  return std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view scheme) {
    return first.text.starts_with(scheme) || (!text.is_constant() && scheme.starts_with(first.text));
  });
}

}  // namespace

HttpAction read_http(config::Mapping& section, const HttpDefaults& defaults, config::Duration& timeout) {
  HttpAction out;
  if (timeout == config::Duration::zero()) timeout = defaults.timeout;
  out.options = defaults.options;
  read_transport(section, out.options, timeout);
  section.read("method", out.method);
  const bool word = !out.method.empty() && std::all_of(out.method.begin(), out.method.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  if (!word)
    section.error("method", fmt::format("\"{}\" is no method", out.method), "capital letters, such as GET or POST");
  if (!read_text(section, "url", out.url) && !section.has("url")) section.error("url", "http needs a url");
  if (!out.url.empty() && !may_be_url(out.url.text)) {
    section.error("url", "a URL begins with http:// or https://", "write https://shop.example/ or \"${ base }/\"");
  }
  out.headers = read_fields(section, "headers");
  for (const auto& header : defaults.headers) {
    const auto name = header.name.text.text();
    const bool given = std::any_of(out.headers.begin(), out.headers.end(),
                                   [&](const Field& own) { return same_ignoring_case(own.name.text.text(), name); });
    if (!given) out.headers.push_back(header);
  }
  out.query = read_fields(section, "query");
  out.cookies = read_fields(section, "cookies");
  read_auth(section, out);
  read_body(section, out.body);
  section.finish();
  return out;
}

}  // namespace vedette::scenarios::yaml
