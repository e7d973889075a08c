#include "checks/tcp/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/mapping.hpp"
#include "net/addresses/target.hpp"

namespace vedette::tcp {

namespace {

bool is_label_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  // Names that begin so are Prometheus's own.
  return !name.empty() && (name[0] < '0' || name[0] > '9') && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), allowed);
}

/// As blackbox_exporter makes one of any text.
std::string as_label_name(std::string text) {
  for (auto& c : text) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!allowed) c = '_';
  }
  while (text.starts_with("__")) text.erase(0, 1);
  return text.empty() || (text[0] >= '0' && text[0] <= '9') ? "_" + text : text;
}

/// `taken` are the names so far: all labels of a dialogue stand on one series.
void read_labels(config::Mapping& step, Step& out, std::set<std::string>& taken) {
  for (const auto& item : step.take_list("labels")) {
    config::Mapping label(item, step.path() + ".labels", step.context());
    std::string name;
    std::string value;
    label.read("name", name);
    label.read("value", value);
    label.finish();
    if (!is_label_name(name)) {
      label.warning("name", fmt::format("'{}' is not a label's name", name), "what does not belong there becomes _");
      name = as_label_name(std::move(name));
    }
    if (!taken.insert(name).second) {
      label.warning("name", fmt::format("the label {} stands twice; the first counts", name),
                    "give each a name of its own");
      continue;
    }
    out.labels.emplace_back(std::move(name), std::move(value));
  }
  if (!out.labels.empty() && !out.expect) step.warning("labels", "labels need an expect in the same step");
}

Step read_step(const config::Value& value, std::string path, config::Context& context, std::set<std::string>& taken) {
  config::Mapping step(value, std::move(path), context);
  Step out;
  step.read("expect", out.expect);
  step.read("expect_bytes", out.expect_bytes);
  if (step.has("expect") && step.has("expect_bytes")) {
    step.error("expect_bytes", "expect and expect_bytes exclude each other");
  }
  step.read("send", out.send);
  step.read("starttls", out.starttls);
  read_labels(step, out, taken);
  step.finish();
  return out;
}

void add_step(const char* key, const std::vector<std::string>& lines, YAML::Node& section) {
  for (const auto& line : lines) {
    YAML::Node step;
    step[key] = yaml_text(line);
    section["query_response"].push_back(step);
  }
}

}  // namespace

std::vector<std::string> TcpSettings::label_names() const {
  std::vector<std::string> out;
  for (const auto& step : steps) {
    for (const auto& [name, value] : step.labels) out.push_back(name);
  }
  return out;
}

void listen(YAML::Node& section) {
  if (!section["query_response"]) add_step("expect", {""}, section);
}

CommandOptions message_options() {
  return {
      {.flags = "--send",
       .key = "query_response",
       .help = "Send this first",
       .apply = [](const std::vector<std::string>& given, YAML::Node& section) { add_step("send", given, section); }},
      {.flags = "--expect",
       .key = "query_response",
       .help = "Then wait for what matches this regular expression",
       .apply = [](const std::vector<std::string>& given, YAML::Node& section) { add_step("expect", given, section); }},
  };
}

CommandOptions dialogue_options() {
  CommandOptions tls{{"--tls", "tls", "TLS from the first byte", CommandOption::Takes::kNothing, "true"}};
  return joined({tls, message_options()});
}

std::vector<Step> decode_steps(config::Mapping& section) {
  std::vector<Step> out;
  std::set<std::string> labels;
  for (const auto& item : section.take_list("query_response")) {
    out.push_back(read_step(item, section.path() + ".query_response", section.context(), labels));
  }
  return out;
}

void decode_dialogue(config::Mapping& section, TcpSettings& out) {
  section.read("tls", out.tls_first);
  net::TlsSettings tls;
  if (auto mapping = section.take_mapping("tls_config")) tls = net::decode_tls_settings(*mapping);
  out.steps = decode_steps(section);
  out.lines = language::decode_expectations(section, kVocabulary);
  if (out.steps.empty() && language::looks_at_body(out.lines)) {
    // What nobody waits for is not heard: the first line, whatever it is.
    out.steps.emplace_back();
    out.steps.back().expect = *config::Pattern::compile("");
  }
  const bool upgrades = std::any_of(out.steps.begin(), out.steps.end(), [](const Step& s) { return s.starttls; });
  if (out.tls_first && upgrades) section.warning("tls", "tls and starttls are both set: TLS would run within TLS");
  if (out.tls_first || upgrades) out.tls = net::TlsClient(tls);
}

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<TcpSettings>();
  decode_dialogue(section, *out);
  out->address = net::decode_address_settings(section);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& /*settings*/) {
  if (net::split_host_port(target, 0)) return std::nullopt;
  return "it is not host:port";
}

}  // namespace vedette::tcp
