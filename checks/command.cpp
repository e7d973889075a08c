#include "checks/command.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/ascii.hpp"

namespace vedette {

using Takes = CommandOption::Takes;

CommandOptions joined(std::initializer_list<CommandOptions> parts) {
  CommandOptions out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::pair<std::string, std::string> split_header(const std::string& text) {
  const auto colon = text.find(':');
  const auto value = colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1);
  return {text.substr(0, colon), std::string(trim(value))};
}

std::string header_problem(const std::string& text) {
  const bool named = text.find(':') != std::string::npos && !text.starts_with(':');
  return named ? "" : fmt::format("takes 'Name: value', not '{}'", text);
}

YAML::Node node_at(const YAML::Node& section, std::string_view key) {
  YAML::Node at = section;
  for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
    at.reset(at[std::string(key.substr(0, dot))]);
    key.remove_prefix(dot + 1);
  }
  return at[std::string(key)];
}

YAML::Node yaml_text(const std::string& text) {
  YAML::Node out(text);
  out.SetTag("!");
  return out;
}

CommandOptions tls_options(const std::string& mapping) {
  return {
      {"-k,--insecure", mapping + ".insecure_skip_verify", "Accept any certificate", Takes::kNothing, "true"},
      {"--ca-file", mapping + ".ca_file", "Trust these authorities (PEM) instead of the system's"},
      {"--cert-file", mapping + ".cert_file", "Client certificate (PEM)"},
      {"--key-file", mapping + ".key_file", "Key of the client certificate (PEM)"},
      {"--server-name", mapping + ".server_name", "The name for SNI and verification"},
      {"--allow-legacy-renegotiation", mapping + ".allow_legacy_renegotiation",
       "Accept a server that does not know secure renegotiation", Takes::kNothing, "true"},
  };
}

CommandOptions days_left_options() {
  return {
      {"--warn-days", "certificate_days_left.warn", "Warn when a certificate has no more days left than this",
       Takes::kNumber},
      {"--fail-days", "certificate_days_left.fail", "Fail when a certificate has no more days left than this",
       Takes::kNumber},
  };
}

}  // namespace vedette
