#include "scenarios/import.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>

#include "config/ascii.hpp"
#include "config/secret.hpp"
#include "language/json.hpp"

namespace vedette::scenarios {

namespace {

using language::Value;

struct Request {
  std::string id;
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string user;
  std::vector<std::pair<std::string, std::string>> parts;
  std::vector<std::pair<std::string, std::string>> settings;  ///< of the section, as YAML
  int status = 0;
};

/// Splits a command as a shell does: quotes, backslashes, continued lines.
tl::expected<std::vector<std::string>, std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  bool any = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool more = i + 1 < text.size();
    if (quote == '\'') {
      c == '\'' ? void(quote = 0) : word.push_back(c);
    } else if (c == '\\' && more) {
      ++i;
      const bool kept =
          quote == '"' && text[i] != '"' && text[i] != '\\' && text[i] != '$' && text[i] != '`' && text[i] != '\n';
      if (kept) word += c;
      if (text[i] != '\n') word += text[i];
      any = any || text[i] != '\n';
    } else if (quote == '"') {
      c == '"' ? void(quote = 0) : word.push_back(c);
    } else if (c == '\'' || c == '"') {
      quote = c;
      any = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (any || !word.empty()) out.push_back(std::move(word));
      word.clear();
      any = false;
    } else {
      word += c;
    }
  }
  if (quote != 0) return tl::make_unexpected(std::string("a quote is not closed"));
  if (any || !word.empty()) out.push_back(std::move(word));
  return out;
}

/// Flags without values that are written together, such as -sSL, as one each.
std::vector<std::string> apart(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (auto word : words) {
    while (word.size() > 2 && word[0] == '-' && std::string("sSvifgkLIG#").find(word[1]) != std::string::npos) {
      out.push_back(word.substr(0, 2));
      word.erase(1, 1);
    }
    out.push_back(std::move(word));
  }
  return out;
}

/// What `${` means here: a placeholder that nobody has written.
std::string escaped(std::string text) {
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at + 3)) text.insert(at, "$");
  return text;
}

class Writer {
 public:
  std::string write(const std::string& name, const std::vector<Request>& requests) {
    YAML::Emitter steps;
    steps << YAML::BeginSeq;
    for (const auto& request : requests) add(steps, request);
    steps << YAML::EndSeq;
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "version" << YAML::Value << 1 << YAML::Key << "scenario" << YAML::Value
        << name;
    if (!secrets_.empty()) {
      out << YAML::Key << "secrets" << YAML::Value << YAML::BeginMap;
      for (const auto& secret : secrets_) {
        out << YAML::Key << secret << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "env" << YAML::Value
            << upper(secret) << YAML::EndMap;
      }
      out << YAML::EndMap;
    }
    out << YAML::EndMap;
    return std::string(out.c_str()) + "\nsteps:\n" + indented(steps.c_str()) + "\n";
  }

 private:
  static std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
  }

  static std::string indented(const std::string& text) {
    std::string out = "  ";
    for (const char c : text) {
      out += c;
      if (c == '\n') out += "  ";
    }
    return out;
  }

  std::string secret(const std::string& name) {
    if (std::find(secrets_.begin(), secrets_.end(), name) == secrets_.end()) secrets_.push_back(name);
    return "${ " + name + " }";
  }

  static void pair(YAML::Emitter& out, const std::string& key, const std::string& value) {
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  }

  void add_headers(YAML::Emitter& out, const Request& request) {
    if (request.headers.empty()) return;
    // A name that comes several times has a list.
    std::vector<std::string> names;
    std::map<std::string, std::vector<std::string>> values;
    for (const auto& [name, value] : request.headers) {
      const auto key = lower_case(name);
      if (!values.contains(key)) names.push_back(name);
      const bool sensitive =
          key == "authorization" || key == "cookie" || key == "x-api-key" || key == "proxy-authorization";
      auto shown = escaped(value);
      if (sensitive) {
        const auto blank = key == "authorization" ? value.find(' ') : std::string::npos;
        shown = blank == std::string::npos ? secret(key == "cookie" ? "cookie" : "token")
                                           : value.substr(0, blank + 1) + secret("token");
      }
      values[key].push_back(shown);
    }
    out << YAML::Key << "headers" << YAML::Value << YAML::BeginMap;
    for (const auto& name : names) {
      const auto& all = values[lower_case(name)];
      if (all.size() == 1) {
        pair(out, name, all.front());
      } else {
        out << YAML::Key << name << YAML::Value << YAML::BeginSeq;
        for (const auto& one : all) out << YAML::DoubleQuoted << one;
        out << YAML::EndSeq;
      }
    }
    out << YAML::EndMap;
  }

  static void emit(YAML::Emitter& out, const Value& value) {
    if (const auto* list = value.list()) {
      out << YAML::BeginSeq;
      for (const auto& item : *list) emit(out, item);
      out << YAML::EndSeq;
    } else if (const auto* object = value.object()) {
      out << YAML::BeginMap;
      for (const auto& [name, member] : *object) {
        out << YAML::Key << YAML::DoubleQuoted << escaped(name) << YAML::Value;
        emit(out, member);
      }
      out << YAML::EndMap;
    } else if (const auto* text = value.get<std::string>()) {
      out << YAML::DoubleQuoted << escaped(*text);
    } else {
      out << language::to_json(value);
    }
  }

  void add_body(YAML::Emitter& out, const Request& request) {
    if (!request.parts.empty()) {
      out << YAML::Key << "multipart" << YAML::Value << YAML::BeginMap;
      for (const auto& [name, value] : request.parts) {
        if (value.starts_with('@')) {
          out << YAML::Key << name << YAML::Value << YAML::BeginMap;
          pair(out, "file", escaped(value.substr(1, value.find(';') - 1)));
          out << YAML::EndMap;
        } else {
          pair(out, name, escaped(value));
        }
      }
      out << YAML::EndMap;
    }
    if (request.body.empty()) return;
    if (const auto json = language::parse_json(request.body);
        json && (json->list() != nullptr || json->object() != nullptr)) {
      out << YAML::Key << "json" << YAML::Value;
      emit(out, *json);
      return;
    }
    pair(out, "text", escaped(request.body));
  }

  void add(YAML::Emitter& out, const Request& request) {
    out << YAML::BeginMap << YAML::Key << "id" << YAML::Value << request.id << YAML::Key << "http" << YAML::Value
        << YAML::BeginMap;
    if (request.method != "GET") out << YAML::Key << "method" << YAML::Value << request.method;
    pair(out, "url", escaped(request.url));
    add_headers(out, request);
    if (!request.user.empty()) {
      out << YAML::Key << "auth" << YAML::Value << YAML::BeginMap << YAML::Key << "basic" << YAML::Value
          << YAML::BeginMap;
      pair(out, "user", escaped(request.user.substr(0, request.user.find(':'))));
      pair(out, "password", secret("password"));
      out << YAML::EndMap << YAML::EndMap;
    }
    for (const auto& [key, value] : request.settings) {
      const auto dot = key.find('.');
      if (dot == std::string::npos) {
        out << YAML::Key << key << YAML::Value << value;
      } else {
        out << YAML::Key << key.substr(0, dot) << YAML::Value << YAML::BeginMap << YAML::Key << key.substr(dot + 1)
            << YAML::Value << value << YAML::EndMap;
      }
    }
    add_body(out, request);
    out << YAML::EndMap << YAML::Key << "expect" << YAML::Value << YAML::BeginSeq;
    out << (request.status == 0 ? std::string("status < 400") : fmt::format("status == {}", request.status));
    out << YAML::EndSeq << YAML::EndMap;
  }

  std::vector<std::string> secrets_;
};

}  // namespace

tl::expected<std::string, std::string> from_curl(const std::string& command) {
  const auto words = words_of(command);
  if (!words) return tl::make_unexpected(words.error());
  return from_curl(*words);
}

tl::expected<std::string, std::string> from_curl(const std::vector<std::string>& given) {
  const auto words = apart(given);
  Request request;
  request.id = "request";
  bool get = false;
  bool method_given = false;
  std::size_t i = !words.empty() && words.front() == "curl" ? 1 : 0;
  const std::set<std::string> ignored{"-s",        "--silent",  "-S", "--show-error", "-v",     "--verbose", "-i",
                                      "--include", "--globoff", "-g", "-f",           "--fail", "-#"};
  for (; i < words.size(); ++i) {
    auto word = words[i];
    std::string value;
    const auto next = [&] {
      if (!value.empty()) return value;
      return i + 1 < words.size() ? words[++i] : std::string();
    };
    if (word.size() > 2 && word[0] == '-' && word[1] != '-' &&
        std::string("XHdFubAem").find(word[1]) != std::string::npos) {
      value = word.substr(2);
      word = word.substr(0, 2);
    } else if (word.starts_with("--") && word.find('=') != std::string::npos) {
      value = word.substr(word.find('=') + 1);
      word = word.substr(0, word.find('='));
    }
    if (!word.starts_with('-')) {
      request.url = word;
    } else if (word == "--url") {
      request.url = next();
    } else if (word == "-X" || word == "--request") {
      request.method = next();
      method_given = true;
    } else if (word == "-H" || word == "--header") {
      const auto header = next();
      const auto colon = header.find(':');
      if (colon != std::string::npos)
        request.headers.emplace_back(header.substr(0, colon), std::string(config::trim(header.substr(colon + 1))));
    } else if (word == "-d" || word == "--data" || word == "--data-raw" || word == "--data-binary" ||
               word == "--data-ascii" || word == "--json") {
      if (!request.body.empty()) request.body += '&';
      request.body += next();
      const bool typed = std::any_of(request.headers.begin(), request.headers.end(),
                                     [](const auto& h) { return same_ignoring_case(h.first, "Content-Type"); });
      if (word == "--json" && !typed) request.headers.emplace_back("Content-Type", "application/json");
    } else if (word == "-F" || word == "--form") {
      const auto part = next();
      const auto equals = part.find('=');
      request.parts.emplace_back(part.substr(0, equals), equals == std::string::npos ? "" : part.substr(equals + 1));
    } else if (word == "-u" || word == "--user") {
      request.user = next();
    } else if (word == "-b" || word == "--cookie") {
      request.headers.emplace_back("Cookie", next());
    } else if (word == "-A" || word == "--user-agent") {
      request.headers.emplace_back("User-Agent", next());
    } else if (word == "-e" || word == "--referer") {
      request.headers.emplace_back("Referer", next());
    } else if (word == "-m" || word == "--max-time") {
      request.settings.emplace_back("timeout", next() + "s");
    } else if (word == "--connect-timeout") {
      request.settings.emplace_back("connect_timeout", next() + "s");
    } else if (word == "-L" || word == "--location") {
      request.settings.emplace_back("follow", "10");
    } else if (word == "-k" || word == "--insecure") {
      request.settings.emplace_back("tls.insecure", "true");
    } else if (word == "--compressed") {
      request.settings.emplace_back("compressed", "true");
    } else if (word == "-x" || word == "--proxy") {
      request.settings.emplace_back("proxy", next());
    } else if (word == "-I" || word == "--head") {
      request.method = "HEAD";
      method_given = true;
    } else if (word == "-G" || word == "--get") {
      get = true;
    } else if (word == "-o" || word == "--output" || word == "-w" || word == "--write-out") {
      next();
    } else if (!ignored.contains(word)) {
      return tl::make_unexpected(fmt::format("{} has no counterpart in a scenario", word));
    }
  }
  if (request.url.empty()) return tl::make_unexpected(std::string("the command has no URL"));
  if (request.url.find("://") == std::string::npos) request.url = "http://" + request.url;
  if (get && !request.body.empty()) {
    request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + request.body;
    request.body.clear();
  }
  const bool sends = !request.body.empty() || !request.parts.empty();
  if (sends && !method_given) request.method = "POST";
  const bool typed = std::any_of(request.headers.begin(), request.headers.end(),
                                 [](const auto& h) { return same_ignoring_case(h.first, "Content-Type"); });
  if (!request.body.empty() && !typed)
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return Writer().write("from-curl", {request});
}

tl::expected<std::string, std::string> from_har(const std::string& text) {
  const auto json = language::parse_json(text);
  if (!json) return tl::make_unexpected("this is no JSON: " + json.error().message);
  const auto* log = json->member("log");
  const auto* entries = log == nullptr ? nullptr : log->member("entries");
  if (entries == nullptr || entries->list() == nullptr)
    return tl::make_unexpected(std::string("there is no log.entries: this is no HAR"));
  const auto text_of = [](const Value* value) {
    const auto* out = value == nullptr ? nullptr : value->get<std::string>();
    return out == nullptr ? std::string() : *out;
  };
  const std::set<std::string> left_out{"host",
                                       "connection",
                                       "content-length",
                                       "accept-encoding",
                                       "user-agent",
                                       "referer",
                                       "origin",
                                       "accept-language",
                                       "upgrade-insecure-requests",
                                       "dnt",
                                       "pragma",
                                       "cache-control",
                                       "te"};
  std::vector<Request> requests;
  for (const auto& entry : *entries->list()) {
    const auto* from = entry.member("request");
    const auto* response = entry.member("response");
    if (from == nullptr) continue;
    std::string type;
    if (response != nullptr) {
      if (const auto* content = response->member("content")) type = text_of(content->member("mimeType"));
    }
    const bool decoration = type.starts_with("image/") || type.starts_with("font/") || type.starts_with("text/css") ||
                            type.find("javascript") != std::string::npos;
    Request request;
    request.url = text_of(from->member("url"));
    if (decoration || !request.url.starts_with("http")) continue;
    request.method = text_of(from->member("method"));
    request.id = fmt::format("r{}", requests.size() + 1);
    if (const auto* headers = from->member("headers"); headers != nullptr && headers->list() != nullptr) {
      for (const auto& header : *headers->list()) {
        const auto name = text_of(header.member("name"));
        const auto lower = lower_case(name);
        if (left_out.contains(lower) || name.starts_with(':') || lower.starts_with("sec-")) continue;
        request.headers.emplace_back(name, text_of(header.member("value")));
      }
    }
    if (const auto* data = from->member("postData")) request.body = text_of(data->member("text"));
    if (const auto* status = response == nullptr ? nullptr : response->member("status")) {
      if (const auto* number = status->get<std::int64_t>()) request.status = static_cast<int>(*number);
    }
    requests.push_back(std::move(request));
  }
  if (requests.empty())
    return tl::make_unexpected(std::string("there is no request in it but for pictures, styles and scripts"));
  return Writer().write("from-har", requests);
}

}  // namespace vedette::scenarios
