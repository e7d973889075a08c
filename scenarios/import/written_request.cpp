#include "scenarios/import/written_request.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"
#include "language/values/json.hpp"
#include "scenarios/import/secret_spans.hpp"
#include "scenarios/import/sensitive.hpp"
#include "scenarios/model/limits.hpp"

namespace vedette::scenarios {

namespace {

using language::Value;

constexpr auto kUsualSteps = static_cast<std::size_t>(Limits().steps);

/// What `${` means here: a placeholder that nobody has written.
std::string escaped(std::string_view text) {
  std::string out;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${")) {
    out += text.substr(0, at);
    out += "$${";
    text.remove_prefix(at + 2);
  }
  out += text;
  return out;
}

/// JSON without what stands between its signs.
std::string without_blanks(const std::string& json) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && i + 1 < json.size()) out += json[i++];
    if (quoted || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += json[i];
  }
  return out;
}

/// Whether all secrets of a JSON body are texts: a placeholder is one.
bool all_texts(std::string_view body, const std::vector<SecretSpan>& spans) {
  return std::all_of(spans.begin(), spans.end(),
                     [&](const SecretSpan& span) { return span.begin > 0 && body[span.begin - 1] == '"'; });
}

std::string content_type_of(const WrittenRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (same_ignoring_case(name, "Content-Type")) return value;
  }
  return {};
}

class Writer {
 public:
  std::string write(const std::string& name, const std::vector<WrittenRequest>& requests) {
    YAML::Emitter steps;
    steps << YAML::BeginSeq;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      add(steps, requests.size() == 1 ? "request" : fmt::format("r{}", i + 1), requests[i]);
    }
    steps << YAML::EndSeq;
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "version" << YAML::Value << 1 << YAML::Key << "scenario" << YAML::Value
        << name;
    if (requests.size() > kUsualSteps) {
      out << YAML::Key << "limits" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "steps" << YAML::Value
          << requests.size() << YAML::Key << "requests" << YAML::Value << 2 * requests.size() << YAML::EndMap;
    }
    if (!secrets_.empty()) {
      out << YAML::Key << "secrets" << YAML::Value << YAML::BeginMap;
      for (const auto& secret : secrets_) {
        out << YAML::Key << secret << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "env" << YAML::Value
            << upper_case(secret) << YAML::EndMap;
      }
      out << YAML::EndMap;
    }
    out << YAML::EndMap;
    return std::string(out.c_str()) + "\nsteps:\n" + indented(steps.c_str()) + "\n";
  }

 private:
  static std::string indented(const std::string& text) {
    std::string out = "  ";
    for (const char c : text) {
      out += c;
      if (c == '\n') out += "  ";
    }
    return out;
  }

  /// A placeholder for `value`. Equal values share a secret; another value of that name has a number behind it.
  std::string secret(std::string_view wanted, const std::string& value) {
    std::string base;
    for (const char c : lower_case(wanted)) base += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
    if (base.empty() || (base[0] >= '0' && base[0] <= '9')) base.insert(0, "s_");
    auto [known, fresh] = names_.try_emplace({base, value});
    if (fresh) {
      // Another name may end in a number of its own.
      auto name = base;
      while (!taken_.insert(name).second) name = fmt::format("{}_{}", base, ++numbers_[base] + 1);
      known->second = name;
      secrets_.push_back(std::move(name));
    }
    return "${ " + known->second + " }";
  }

  static void pair(YAML::Emitter& out, const std::string& key, const std::string& value) {
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  }

  std::string shown(const std::string& name, const std::string& value) {
    return is_sensitive(name) && !value.empty() ? secret(name, value) : escaped(value);
  }

  std::string shown_header(const std::string& name, const std::string& value) {
    const auto key = lower_case(name);
    if (key == "authorization" || key == "proxy-authorization") {
      const auto blank = value.find(' ');
      if (blank == std::string::npos) return secret("token", value);
      return escaped(value.substr(0, blank + 1)) + secret("token", value.substr(blank + 1));
    }
    if (key == "cookie") return secret("cookie", value);
    if (key == "referer") return shown_url(value);
    if (key.ends_with("key")) return secret(name, value);
    return shown(name, value);
  }

  /// Names and values; a name that comes several times has a list.
  template <typename Show>
  static void add_fields(YAML::Emitter& out, const char* key,
                         const std::vector<std::pair<std::string, std::string>>& fields, const Show& show) {
    if (fields.empty()) return;
    std::vector<std::string> names;
    std::map<std::string, std::vector<std::string>> values;
    for (const auto& [name, value] : fields) {
      if (!values.contains(name)) names.push_back(name);
      values[name].push_back(show(name, value));
    }
    out << YAML::Key << key << YAML::Value << YAML::BeginMap;
    for (const auto& name : names) {
      const auto& all = values[name];
      if (all.size() == 1) {
        pair(out, escaped(name), all.front());
      } else {
        out << YAML::Key << escaped(name) << YAML::Value << YAML::BeginSeq;
        for (const auto& one : all) out << YAML::DoubleQuoted << one;
        out << YAML::EndSeq;
      }
    }
    out << YAML::EndMap;
  }

  void emit(YAML::Emitter& out, const Value& value, const std::string& name = {}) {
    if (const auto* list = value.list()) {
      out << YAML::BeginSeq;
      for (const auto& item : *list) emit(out, item, name);
      out << YAML::EndSeq;
    } else if (const auto* object = value.object()) {
      out << YAML::BeginMap;
      for (const auto& [key, member] : *object) {
        out << YAML::Key << YAML::DoubleQuoted << escaped(key) << YAML::Value;
        emit(out, member, is_sensitive(name) ? name : key);
      }
      out << YAML::EndMap;
    } else if (const auto* text = value.get<std::string>()) {
      out << YAML::DoubleQuoted << shown(name, *text);
    } else if (value.get<language::Null>() != nullptr) {
      out << YAML::Null;
    } else {
      out << language::to_json(value);
    }
  }

  void add_part(YAML::Emitter& out, const WrittenPart& part) {
    if (part.file.empty() && part.content_type.empty()) {
      out << YAML::DoubleQuoted << shown(part.name, part.value);
      return;
    }
    out << YAML::BeginMap;
    if (part.file.empty()) {
      pair(out, "value", shown(part.name, part.value));
    } else {
      pair(out, "file", escaped(part.file));
    }
    if (!part.content_type.empty()) pair(out, "content_type", escaped(part.content_type));
    out << YAML::EndMap;
  }

  /// Those of a name stand together, where the first of them is.
  void add_parts(YAML::Emitter& out, const std::vector<WrittenPart>& parts) {
    if (parts.empty()) return;
    out << YAML::Key << "multipart" << YAML::Value << YAML::BeginMap;
    std::set<std::string> written;
    for (const auto& part : parts) {
      if (!written.insert(part.name).second) continue;
      const auto same = [&](const WrittenPart& other) { return other.name == part.name; };
      const bool list = std::count_if(parts.begin(), parts.end(), same) > 1;
      out << YAML::Key << escaped(part.name) << YAML::Value;
      if (list) out << YAML::BeginSeq;
      for (const auto& one : parts) {
        if (same(one)) add_part(out, one);
      }
      if (list) out << YAML::EndSeq;
    }
    out << YAML::EndMap;
  }

  void add_body(YAML::Emitter& out, const WrittenRequest& request) {
    add_parts(out, request.parts);
    add_fields(out, "form", request.form, [&](const auto& name, const auto& value) { return shown(name, value); });
    if (request.body_file) pair(out, "file", escaped(*request.body_file));
    if (request.body.empty()) return;
    const auto bytes = request.base64 ? decode_base64(request.body) : std::optional(request.body);
    if (!bytes || !is_utf8(*bytes)) return pair(out, "base64", bytes ? encode_base64(*bytes) : request.body);
    const auto spans = secret_spans(*bytes, content_type_of(request));
    if (const auto json = language::parse_json(*bytes);
        json && (json->list() != nullptr || json->object() != nullptr) && all_texts(*bytes, spans) &&
        language::to_json(*json) == without_blanks(*bytes)) {
      out << YAML::Key << "json" << YAML::Value;
      emit(out, *json);
      return;
    }
    if (const auto form = as_form(*bytes); !form.empty()) {
      add_fields(out, "form", form, [&](const auto& name, const auto& value) { return shown(name, value); });
      return;
    }
    pair(out, "text", masked(*bytes, spans));
  }

  /// A body as it was recorded, but for its secrets.
  std::string masked(const std::string& body, const std::vector<SecretSpan>& spans) {
    std::string out;
    std::size_t done = 0;
    for (const auto& span : spans) {
      out += escaped(body.substr(done, span.begin - done)) + secret(span.name, body.substr(span.begin, span.size));
      done = span.begin + span.size;
    }
    return out + escaped(body.substr(done));
  }

  /// Values of sensitive names in what is nearly a form, such as the query of a URL, as they are written there.
  std::string masked_form(const std::string& text) {
    std::string out;
    for (const auto field : split(text, '&')) {
      if (!out.empty() || field.data() != text.data()) out += '&';
      const auto equals = field.find('=');
      const auto name = std::string(field.substr(0, equals));
      if (equals == std::string_view::npos) {
        out += escaped(name);
      } else {
        out += escaped(name) + "=";
        const auto value = std::string(field.substr(equals + 1));
        out += is_sensitive(percent_decoded(name)) ? shown(percent_decoded(name), value) : escaped(value);
      }
    }
    return out;
  }

  std::string shown_url(const std::string& url) {
    const auto query = url.find('?');
    if (query == std::string::npos) return escaped(url);
    const auto fragment = std::min(url.find('#', query), url.size());
    return escaped(url.substr(0, query + 1)) + masked_form(url.substr(query + 1, fragment - query - 1)) +
           escaped(url.substr(fragment));
  }

  std::string shown(const WrittenSetting& setting) {
    if (setting.secret.empty()) return escaped(setting.value);
    return escaped(setting.before) + secret(setting.secret, setting.value);
  }

  /// Keys in the order of their first mention; the first one is the whole.
  struct Member {
    std::string name;
    std::vector<std::string> values;
    std::vector<std::size_t> members;  ///< of the tree
  };
  using Tree = std::vector<Member>;

  static std::size_t member_of(Tree& tree, std::size_t at, std::string_view name) {
    for (const auto member : tree[at].members) {
      if (tree[member].name == name) return member;
    }
    tree[at].members.push_back(tree.size());
    tree.push_back({std::string(name), {}, {}});
    return tree.size() - 1;
  }

  static void emit_tree(YAML::Emitter& out, const Tree& tree, std::size_t at) {
    for (const auto index : tree[at].members) {
      const auto& member = tree[index];
      out << YAML::Key << member.name << YAML::Value;
      if (!member.members.empty()) {
        out << YAML::BeginMap;
        emit_tree(out, tree, index);
        out << YAML::EndMap;
      } else if (member.values.size() == 1 && member.name != "on") {
        out << member.values.front();
      } else {
        out << YAML::BeginSeq;
        for (const auto& value : member.values) out << value;
        out << YAML::EndSeq;
      }
    }
  }

  void add_settings(YAML::Emitter& out, const std::vector<WrittenSetting>& settings) {
    Tree tree(1);
    for (const auto& setting : settings) {
      std::size_t at = 0;
      for (const auto name : split(setting.key, '.')) at = member_of(tree, at, name);
      tree[at].values.push_back(shown(setting));
    }
    emit_tree(out, tree, 0);
  }

  void add(YAML::Emitter& out, const std::string& id, const WrittenRequest& request) {
    out << YAML::BeginMap << YAML::Key << "id" << YAML::Value << id << YAML::Key << "http" << YAML::Value
        << YAML::BeginMap;
    if (request.method != "GET") out << YAML::Key << "method" << YAML::Value << request.method;
    pair(out, "url", shown_url(request.url));
    add_fields(out, "headers", request.headers,
               [&](const auto& name, const auto& value) { return shown_header(name, value); });
    add_settings(out, request.settings);
    add_body(out, request);
    out << YAML::EndMap;
    if (!request.retry.empty()) {
      out << YAML::Key << "retry" << YAML::Value << YAML::BeginMap;
      add_settings(out, request.retry);
      out << YAML::EndMap;
    }
    out << YAML::Key << "expect" << YAML::Value << YAML::BeginSeq;
    out << (request.status == 0 ? std::string("status < 400") : fmt::format("status == {}", request.status));
    out << YAML::EndSeq << YAML::EndMap;
  }

  std::vector<std::string> secrets_;                                  ///< their names, in the order of their first use
  std::map<std::pair<std::string, std::string>, std::string> names_;  ///< by what was wanted, and the value
  std::set<std::string> taken_;
  std::map<std::string, int> numbers_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> as_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string again;
  std::map<std::string, int> seen;
  for (const auto field : split(text, '&')) {
    const auto equals = field.find('=');
    if (equals == std::string_view::npos) return {};
    auto name = percent_decoded(field.substr(0, equals));
    auto value = percent_decoded(field.substr(equals + 1));
    if (!is_utf8(name) || !is_utf8(value)) return {};
    // A list of a name's values stands in one place.
    if (seen[name]++ > 0 && out.back().first != name) return {};
    again += (again.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    out.emplace_back(std::move(name), std::move(value));
  }
  if (again != text) return {};
  return out;
}

void set_default_header(WrittenRequest& request, const std::string& name, const std::string& value) {
  const bool given = std::any_of(request.headers.begin(), request.headers.end(),
                                 [&](const auto& header) { return same_ignoring_case(header.first, name); });
  if (!given) request.headers.emplace_back(name, value);
}

void take_userinfo(WrittenRequest& request, const std::string& auth) {
  const auto scheme = request.url.find("://");
  if (scheme == std::string::npos) return;
  const auto begin = scheme + 3;
  const auto host_end = std::min(request.url.find_first_of("/?#", begin), request.url.size());
  const auto at = request.url.rfind('@', host_end);
  if (at == std::string::npos || at < begin) return;
  const auto info = request.url.substr(begin, at - begin);
  request.url.erase(begin, at + 1 - begin);
  const bool given = std::any_of(request.settings.begin(), request.settings.end(),
                                 [](const auto& setting) { return setting.key.starts_with("auth."); });
  if (given) return;
  const auto colon = std::min(info.find(':'), info.size());
  request.settings.push_back({"auth." + auth + ".user", percent_decoded(info.substr(0, colon)), {}, {}});
  request.settings.push_back(
      {"auth." + auth + ".password", percent_decoded(info.substr(std::min(colon + 1, info.size()))), "password", {}});
}

std::string write_scenario(const std::string& name, const std::vector<WrittenRequest>& requests) {
  return Writer().write(name, requests);
}

}  // namespace vedette::scenarios
