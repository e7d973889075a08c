#include "scenarios/tools/schema.hpp"

#include <boost/json.hpp>

#include "checks/kinds.hpp"
#include "scenarios/model/limits.hpp"

namespace vedette::scenarios {

namespace json = boost::json;

namespace {

json::object text() {
  return {{"type", "string"}};
}
json::object flag() {
  return {{"type", "boolean"}};
}
json::object number() {
  return {{"type", "number"}};
}
json::object whole(std::int64_t min, std::int64_t max) {
  return {{"type", "integer"}, {"minimum", min}, {"maximum", max}};
}
json::object duration() {
  return {{"type", json::array{"string", "integer"}}, {"description", "a duration, such as 250ms, 5s or 2m"}};
}
json::object size() {
  return {{"type", json::array{"string", "integer"}}, {"description", "a size, such as 64KiB"}};
}
json::object any() {
  return {};
}
json::object ref(const char* name) {
  return {{"$ref", std::string("#/$defs/") + name}};
}
json::object list_of(json::object items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}
json::object map_of(json::object values) {
  return {{"type", "object"}, {"additionalProperties", std::move(values)}};
}
json::object scalar() {
  return {{"type", json::array{"string", "number", "boolean", "null"}}};
}

json::object one_of(std::initializer_list<const char*> words) {
  json::array out;
  for (const auto* word : words) out.push_back(json::string(word));
  return {{"enum", std::move(out)}};
}

json::object either(std::initializer_list<json::value> of) {
  json::array all;
  for (const auto& one : of) all.push_back(one);
  return {{"anyOf", std::move(all)}};
}

json::object closed(json::object properties, json::array required = {}) {
  json::object out{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

void merge(json::object& into, const json::object& more) {
  for (const auto& [key, value] : more) into[key] = value;
}

/// What `http:` has in common with `defaults: {http: …}`.
json::object transport() {
  return {{"timeout", duration()},
          {"connect_timeout", duration()},
          {"follow", whole(0, kMaxRedirects)},
          {"max_body", size()},
          {"http_version", either({one_of({"1.0", "1.1", "2"}), number()})},
          {"ip_version", either({one_of({"4", "6"}), number()})},
          {"tls", closed({{"ca", text()},
                          {"cert", text()},
                          {"key", text()},
                          {"pin", text()},
                          {"sni", text()},
                          {"insecure", flag()},
                          {"min", either({one_of({"1.0", "1.1", "1.2", "1.3"}), number()})}})},
          {"compressed", flag()},
          {"reuse", flag()},
          {"path_as_is", flag()},
          {"proxy", text()},
          {"no_proxy", text()},
          {"unix_socket", text()},
          {"resolve", either({text(), list_of(text())})},
          {"connect_to", either({text(), list_of(text())})},
          {"headers", map_of(either({scalar(), list_of(scalar())}))}};
}

json::object http() {
  auto out = transport();
  const auto fields = map_of(either({scalar(), list_of(scalar())}));
  const auto user = closed({{"user", text()}, {"password", text()}}, {"user", "password"});
  const auto part = either({scalar(), closed({{"value", scalar()}, {"file", text()}, {"content_type", text()}})});
  merge(out, {{"method", text()},
              {"url", text()},
              {"query", fields},
              {"cookies", fields},
              {"auth", closed({{"basic", user},
                               {"digest", user},
                               {"bearer", text()},
                               {"sigv4", closed({{"provider", text()}, {"access_key", text()}, {"secret_key", text()}},
                                                {"provider", "access_key", "secret_key"})},
                               {"oauth2", json::object{{"type", "object"}}}})},
              {"json", any()},
              {"form", fields},
              {"multipart", map_of(either({part, list_of(part)}))},
              {"graphql", closed({{"query", text()}, {"variables", any()}}, {"query"})},
              {"xml", text()},
              {"text", text()},
              {"hex", text()},
              {"base64", text()},
              {"file", text()}});
  return closed(std::move(out), {"url"});
}

json::object backoff() {
  return closed({{"factor", number()}, {"max", duration()}, {"jitter", number()}});
}

json::object classes() {
  return list_of(either({one_of({"resolve", "connect", "tls", "timeout", "reset", "5xx", "429", "any"}), number()}));
}

json::object step() {
  const auto steps = list_of(ref("step"));
  json::object out{
      {"id", json::object{{"type", "string"}, {"pattern", "^[a-z0-9_-]{1,64}$"}}},
      {"name", text()},
      {"when", either({text(), flag()})},
      {"delay", duration()},
      {"timeout", duration()},
      {"severity", one_of({"fail", "warn"})},
      {"on_fail", one_of({"stop", "continue"})},
      {"tags", list_of(text())},
      {"retry", ref("retry")},
      {"poll", closed({{"until", ref("lines")},
                       {"abort_if", ref("lines")},
                       {"interval", duration()},
                       {"backoff", backoff()},
                       {"max_attempts", whole(1, kMaxPollAttempts)},
                       {"max_time", duration()},
                       {"tolerate", classes()}},
                      {"until"})},
      {"expect", ref("lines")},
      {"capture", map_of(text())},
      {"capture_always", map_of(text())},
      {"thresholds", ref("thresholds")},
      {"max_parallel", whole(1, 32)},
      {"http", http()},
      {"sleep", duration()},
      {"set", map_of(any())},
      {"assert", ref("lines")},
      {"group", steps},
      {"parallel", steps},
      {"for_each",
       closed({{"in", any()}, {"file", text()}, {"as", text()}, {"max", whole(1, kMaxItems)}, {"steps", steps}},
              {"steps"})},
      {"call", closed({{"file", text()}, {"with", map_of(any())}, {"export", list_of(text())}}, {"file"})},
      {"hurl",
       either({text(), closed({{"file", text()}, {"with", map_of(any())}, {"export", list_of(text())}}, {"file"})})},
  };
  std::vector<std::string_view> names{"http",     "sleep",    "set",  "assert", "group",
                                      "parallel", "for_each", "call", "hurl"};
  for (const auto* kind : check_kinds()) {
    if (!kind->step) continue;
    json::array required{kind->step->target};
    if (kind->step->port == StepForm::Port::kNeeded) required.emplace_back("port");
    out[kind->name] = json::object{{"type", "object"}, {"required", std::move(required)}};
    names.push_back(kind->name);
  }
  auto all = closed(std::move(out), {"id"});
  json::array kinds;
  for (const auto name : names) kinds.push_back(json::object{{"required", json::array{name}}});
  all["oneOf"] = std::move(kinds);
  return all;
}

json::object definitions() {
  const auto line =
      either({text(), closed({{"any_of", list_of(text())}, {"line", text()}, {"severity", one_of({"fail", "warn"})}})});
  const auto bound = either({text(), number()});
  return {
      {"step", step()},
      {"lines", list_of(line)},
      {"retry",
       either({one_of({"none"}),
               closed({{"max", whole(0, 100)}, {"on", classes()}, {"interval", duration()}, {"backoff", backoff()}})})},
      {"thresholds",
       list_of(closed({{"of", text()}, {"warn", bound}, {"fail", bound}, {"warn_below", bound}, {"fail_below", bound}},
                      {"of"}))}};
}

json::object limits() {
  json::object out{{"cpu", duration()}};
  for (const auto& info : all_limits()) out[info.name] = info.bytes ? size() : whole(1, info.max);
  return closed(std::move(out));
}

}  // namespace

std::string schema_text() {
  auto defaults = transport();
  json::object schema = closed(
      {{"version", whole(1, 1)},
       {"scenario", text()},
       {"description", text()},
       {"labels", map_of(scalar())},
       {"schedule", closed({{"every", duration()},
                            {"jitter", duration()},
                            {"deadline", duration()},
                            {"teardown_deadline", duration()}})},
       {"vars", map_of(any())},
       {"secrets", map_of(closed({{"env", text()}, {"file", text()}, {"credential", text()}}))},
       {"defaults", closed({{"http", closed(std::move(defaults))}, {"timeout", duration()}, {"retry", ref("retry")}})},
       {"steps", list_of(ref("step"))},
       {"teardown", list_of(ref("step"))},
       {"thresholds", ref("thresholds")},
       {"teardown_counts", flag()},
       {"metrics", closed({{"phases", one_of({"none", "total", "all"})}})},
       {"limits", limits()}},
      {"steps"});
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "A scenario of Vedette";
  schema["$defs"] = definitions();
  return json::serialize(schema);
}

}  // namespace vedette::scenarios
