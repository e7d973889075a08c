#pragma once

// The settings of a TCP check: blackbox_exporter's `tcp:` section and our additions. The target is host:port.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "checks/command.hpp"
#include "config/pattern.hpp"
#include "config/secret.hpp"
#include "language/lines/expectations.hpp"
#include "net/addresses/address.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::tcp {

/// One step of a dialogue: what is expected, then what is sent, then an upgrade to TLS.
struct Step {
  std::optional<config::Pattern> expect;  ///< skips lines until one matches
  std::string expect_bytes;
  config::Secret send;
  std::vector<std::pair<std::string, std::string>> labels;  ///< of probe_expect_info; values may hold $1 or ${name}
  bool starttls = false;
};

struct TcpSettings final : Settings {
  [[nodiscard]] std::vector<std::string> label_names() const override;

  bool tls_first = false;
  std::vector<Step> steps;
  std::vector<language::Expectation> lines;
  net::AddressSettings address;
  net::TlsClient tls;
};

/// Reads `query_response`.
std::vector<Step> decode_steps(config::Mapping& section);

/// Reads what does not depend on the transport: `tls`, `tls_config` and `query_response`.
void decode_dialogue(config::Mapping& section, TcpSettings& out);

inline constexpr std::array<std::string_view, 1> kFacts{"banner"};
inline constexpr auto kVocabulary = language::vocabulary_of(kFacts, language::Topic::kTls, language::Topic::kText);

/// On the command line: what is sent and expected, and whether over TLS.
CommandOptions message_options();
CommandOptions dialogue_options();
/// Makes a section without a dialogue wait for the first line, whatever it is.
void listen(YAML::Node& section);

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

}  // namespace vedette::tcp
