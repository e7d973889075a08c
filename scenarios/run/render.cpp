#include "scenarios/run/render.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "checks/http/token_settings.hpp"
#include "config/mapping.hpp"
#include "language/values/json.hpp"
#include "scenarios/http/http_plan.hpp"
#include "scenarios/run/substitute.hpp"

namespace vedette::scenarios {

namespace {

using language::Fault;
using language::FaultKind;
using language::Value;

template <typename T>
tl::unexpected<Problem> wrong(tl::expected<T, Fault>&& of, const Origin& origin) {
  return tl::make_unexpected(Problem{std::move(of.error()), origin});
}

constexpr std::size_t kShown = 200;

/// Of a file, with the span of its name.
Rendered<std::string> read(const Text& name, Frame& frame) {
  auto path = render_text(name, frame);
  if (!path) return path;
  auto text = frame.read_file(*path);
  if (text) return std::move(*text);
  text.error().span = name.text.span;
  return wrong(std::move(text), name.origin);
}

std::string in_quotes(const std::string& text) {
  return language::to_json(Value(text));
}

/// Form encoding of query parameters (https://url.spec.whatwg.org/#application/x-www-form-urlencoded).
std::string form_encoded(std::string_view text) {
  auto out = percent_encoded(text, " *");
  std::replace(out.begin(), out.end(), ' ', '+');
  for (auto at = out.find('~'); at != std::string::npos; at = out.find('~', at + 1)) out.replace(at, 1, "%7E");
  return out;
}

Rendered<std::string> form_of(const std::vector<Field>& fields, Frame& frame) {
  std::string out;
  for (const auto& field : fields) {
    auto name = render_text(field.name, frame);
    if (!name) return name;
    auto value = render_text(field.value, frame);
    if (!value) return value;
    if (!out.empty()) out += '&';
    out += percent_encoded(*name) + "=" + percent_encoded(*value);
  }
  return out;
}

/// What a file of this name most likely is.
std::string_view media_type_of(const std::string& path) {
  const auto extension = lower_case(std::filesystem::path(path).extension().string());
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".gif", "image/gif"},       {".jpg", "image/jpeg"},      {".jpeg", "image/jpeg"},       {".png", "image/png"},
      {".svg", "image/svg+xml"},   {".txt", "text/plain"},      {".htm", "text/html"},         {".html", "text/html"},
      {".pdf", "application/pdf"}, {".xml", "application/xml"}, {".json", "application/json"}, {".csv", "text/csv"},
  };
  for (const auto& [name, type] : kTypes) {
    if (extension == name) return type;
  }
  return "application/octet-stream";
}

std::string in_header(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const std::string_view with = c == '"' ? "%22" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : "";
    if (with.empty()) continue;
    text.replace(at, 1, with);
    at += with.size() - 1;
  }
  return text;
}

/// RFC 7578.
Rendered<std::string> multipart_of(const std::vector<Part>& parts, Frame& frame, std::string& content_type) {
  const auto boundary = fmt::format("------------------------{:016x}", frame.random());
  content_type = "multipart/form-data; boundary=" + boundary;
  std::string out;
  for (const auto& part : parts) {
    auto name = render_text(part.name, frame);
    if (!name) return name;
    out += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", boundary, in_header(*name));
    std::string type;
    if (part.content_type) {
      auto given = render_text(*part.content_type, frame);
      if (!given) return given;
      type = std::move(*given);
    }
    if (part.file) {
      auto path = render_text(*part.file, frame);
      if (!path) return path;
      auto content = read(*part.file, frame);
      if (!content) return content;
      if (type.empty()) type = media_type_of(*path);
      const auto file_name = std::filesystem::path(*path).filename().string();
      out += fmt::format("; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n", in_header(file_name), in_header(type));
      out += *content + "\r\n";
      continue;
    }
    auto value = render_text(part.value, frame);
    if (!value) return value;
    if (!type.empty()) out += "\r\nContent-Type: " + in_header(type);
    out += "\r\n\r\n" + *value + "\r\n";
  }
  return out + fmt::format("--{}--\r\n", boundary);
}

Rendered<std::string> graphql_of(const Body& body, Frame& frame) {
  auto query = render_text(body.text, frame);
  if (!query) return query;
  std::string variables;
  if (body.tree) {
    auto value = render(*body.tree, frame);
    if (!value) return tl::make_unexpected(std::move(value.error()));
    variables = language::to_json(*value);
  } else if (!body.json.parts.empty()) {
    auto text = render(body.json, body.origin, frame);
    if (!text) return text;
    variables = std::move(*text);
  }
  const auto text = in_quotes(std::string(trim(*query)));
  if (variables.empty()) return fmt::format(R"({{"query":{}}})", text);
  return fmt::format(R"({{"query":{},"variables":{}}})", text, variables);
}

}  // namespace

Rendered<Value> render(const Text& text, Frame& frame) {
  const Session::Cpu cpu(frame.session());
  auto out = text.text.render(frame);
  if (!out) return wrong(std::move(out), text.origin);
  return std::move(*out);
}

Rendered<std::string> render_text(const Text& text, Frame& frame) {
  if (text.text.is_constant()) return text.text.text();
  auto out = render(text, frame);
  if (!out) return tl::make_unexpected(std::move(out.error()));
  return language::text_in(*out);
}

Rendered<Value> render(const JsonTree& tree, Frame& frame) {
  if (tree.shape == JsonTree::Shape::kList) {
    language::List out;
    for (const auto& item : tree.items) {
      auto value = render(item, frame);
      if (!value) return value;
      out.push_back(std::move(*value));
    }
    return Value::list(std::move(out));
  }
  if (tree.shape == JsonTree::Shape::kObject) {
    language::Object out;
    for (const auto& [name, member] : tree.members) {
      auto key = render_text(name, frame);
      if (!key) return tl::make_unexpected(std::move(key.error()));
      auto value = render(member, frame);
      if (!value) return value;
      out.emplace_back(std::move(*key), std::move(*value));
    }
    return Value::object(std::move(out));
  }
  if (!tree.text) return tree.constant;
  const Session::Cpu cpu(frame.session());
  auto out = tree.text->text.value(frame);
  if (!out) return wrong(std::move(out), tree.text->origin);
  return std::move(*out);
}

Rendered<std::string> render(const JsonText& text, const Origin& origin, Frame& frame) {
  const Session::Cpu cpu(frame.session());
  std::string out;
  for (const auto& part : text.parts) {
    if (!part.expression) {
      out += part.text;
      continue;
    }
    auto value = part.expression->evaluate(frame);
    if (!value) return wrong(std::move(value), origin);
    if (value->is_secret()) frame.keep_secret(language::plain_text(*value).value_or(""));
    if (!part.in_string) {
      // A text is JSON itself, as in Hurl: "a" in quotes, or 1, or a whole object.
      const auto* json = value->get<std::string>();
      if (json != nullptr && !language::parse_json(*json)) {
        return tl::make_unexpected(Problem{{.kind = FaultKind::kInvalidJson,
                                            .span = part.expression->span(),
                                            .message = fmt::format("actual value is <{}>", printable(*json, kShown))},
                                           origin});
      }
      out += json != nullptr ? *json : language::to_json(*value);
      continue;
    }
    const auto plain = language::plain_text(*value);
    if (!plain) {
      return tl::make_unexpected(
          Problem{{.kind = FaultKind::kUnrenderable,
                   .span = part.expression->span(),
                   .message = fmt::format("expecting a renderable value, it is {}", language::described(*value))},
                  origin});
    }
    const auto quoted = in_quotes(*plain);
    out += quoted.substr(1, quoted.size() - 2);
  }
  return out;
}

Rendered<std::optional<std::string>> render_body(const Body& body, Frame& frame, std::string& content_type) {
  content_type = body.content_type;
  Rendered<std::string> out;
  switch (body.shape) {
    case Body::Shape::kNone:
      return std::optional<std::string>();
    case Body::Shape::kText:
      out = render_text(body.text, frame);
      break;
    case Body::Shape::kJsonText:
      out = render(body.json, body.origin, frame);
      break;
    case Body::Shape::kJsonTree: {
      auto value = render(*body.tree, frame);
      if (!value) return tl::make_unexpected(std::move(value.error()));
      out = language::to_json(*value);
      break;
    }
    case Body::Shape::kGraphQl:
      out = graphql_of(body, frame);
      break;
    case Body::Shape::kBytes:
      return std::optional<std::string>(body.bytes);
    case Body::Shape::kFile:
      out = read(body.text, frame);
      break;
    case Body::Shape::kForm:
      content_type = "application/x-www-form-urlencoded";
      out = form_of(body.form, frame);
      break;
    case Body::Shape::kMultipart:
      out = multipart_of(body.parts, frame, content_type);
      break;
  }
  if (!out) return tl::make_unexpected(std::move(out.error()));
  return std::optional<std::string>(std::move(*out));
}

namespace {

/// Adds the rendered fields to `out`.
std::optional<Problem> add(const std::vector<Field>& fields, Frame& frame, net::Headers& out) {
  for (const auto& field : fields) {
    auto name = render_text(field.name, frame);
    if (!name) return std::move(name.error());
    auto value = render_text(field.value, frame);
    if (!value) return std::move(value.error());
    // A line break in a value would begin a header of its own.
    const bool breaks = value->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos ||
                        name->find_first_of(std::string_view("\r\n\0: ", 5)) != std::string::npos;
    if (breaks) {
      return Problem{{.kind = FaultKind::kUnrenderable,
                      .span = field.value.text.span,
                      .message = fmt::format("the header {} may not hold a line break", printable(*name, 60))},
                     field.value.origin};
    }
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

std::optional<Problem> add_query(const HttpAction& action, Frame& frame, std::string& url) {
  if (action.query.empty()) return std::nullopt;
  std::string fragment;
  if (const auto at = url.find('#'); at != std::string::npos) {
    fragment = url.substr(at);
    url.erase(at);
  }
  for (const auto& field : action.query) {
    auto name = render_text(field.name, frame);
    if (!name) return std::move(name.error());
    auto value = render_text(field.value, frame);
    if (!value) return std::move(value.error());
    const bool first = url.find('?') == std::string::npos;
    if (first || (url.back() != '?' && url.back() != '&')) url += first ? '?' : '&';
    url += form_encoded(*name) + "=" + form_encoded(*value);
  }
  url += fragment;
  return std::nullopt;
}

std::optional<Problem> add_cookies(const HttpAction& action, Frame& frame, std::string& out) {
  for (const auto& field : action.cookies) {
    auto name = render_text(field.name, frame);
    if (!name) return std::move(name.error());
    auto value = render_text(field.value, frame);
    if (!value) return std::move(value.error());
    if (!out.empty()) out += "; ";
    out += *name + "=" + *value;
  }
  return std::nullopt;
}

std::optional<Problem> add_basic_auth(const HttpAction& action, Frame& frame, net::Headers& out) {
  if (!action.basic_auth) return std::nullopt;
  auto user = render_text(action.basic_auth->name, frame);
  if (!user) return std::move(user.error());
  auto password = render(action.basic_auth->value, frame);
  if (!password) return std::move(password.error());
  const auto encoded = encode_base64(*user + ":" + language::text_in(*password));
  if (password->is_secret()) frame.keep_secret(encoded);
  out.emplace_back("Authorization", "Basic " + encoded);
  return std::nullopt;
}

/// Decoded anew for each request, since its placeholders may be another's.
tl::expected<std::shared_ptr<const http::TokenSettings>, Problem> token_settings(const config::Value& section,
                                                                                 Frame& frame) {
  auto rendered = substitute(section, frame);
  if (!rendered) return tl::make_unexpected(std::move(rendered.error()));
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  config::Mapping mapping(*rendered, "oauth2", context);
  auto out = http::decode_token_settings(mapping);
  if (!diagnostics.has_errors()) return out;
  return tl::make_unexpected(
      Problem{{.kind = FaultKind::kInvalidOption, .message = diagnostics.first_error()}, Origin::at(section.place())});
}

}  // namespace

Rendered<RenderedRequest> render_request(const HttpAction& action, const HttpOptions& options, Frame& frame) {
  RenderedRequest out{plan_of(options, action.hurl)};
  auto& plan = out.plan;
  plan.method = action.method;
  auto url = render_text(action.url, frame);
  if (!url) return tl::make_unexpected(std::move(url.error()));
  out.url = std::move(*url);
  // The headers of the options come last.
  net::Headers headers;
  auto problem = add(action.headers, frame, headers);
  if (!problem) problem = add_query(action, frame, out.url);
  if (!problem) problem = add_basic_auth(action, frame, headers);
  if (!problem) problem = add_cookies(action, frame, plan.cookies);
  if (problem) return tl::make_unexpected(std::move(*problem));
  plan.headers.insert(plan.headers.begin(), headers.begin(), headers.end());
  if (action.oauth2) {
    auto settings = token_settings(*action.oauth2, frame);
    if (!settings) return tl::make_unexpected(std::move(settings.error()));
    out.oauth2 = std::move(*settings);
  }
  std::string content_type;
  auto body = render_body(action.body, frame, content_type);
  if (!body) return tl::make_unexpected(std::move(body.error()));
  plan.body = std::move(*body);
  if (plan.body && !content_type.empty()) plan.usual_headers.emplace_back("Content-Type", std::move(content_type));
  return out;
}

}  // namespace vedette::scenarios
