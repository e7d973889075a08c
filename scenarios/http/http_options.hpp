#pragma once

// The options of one request, when all placeholders are known.

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "language/lines/scope.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

enum class HttpVersion : std::uint8_t { kAny, k10, k11, k2, k2PriorKnowledge, k3 };
enum class IpVersion : std::uint8_t { kAny, k4, k6 };

struct HttpOptions {
  std::string aws_sigv4;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string key_passphrase;
  std::string pinned_key;
  std::string server_name;
  int min_tls = 0;
  bool insecure = false;
  bool compressed = false;
  std::chrono::milliseconds connect_timeout{300'000};
  std::chrono::milliseconds max_time{300'000};
  std::vector<std::string> connect_to;
  std::vector<std::string> resolve;
  std::string unix_socket;
  HttpVersion version = HttpVersion::kAny;
  IpVersion ip_version = IpVersion::kAny;
  std::string user_agent;  ///< empty: Vedette's own
  std::vector<std::string> headers;
  std::vector<std::string> no_headers;
  std::int64_t limit_rate = 0;
  bool follow = false;
  bool trusted = false;
  std::int64_t max_redirects = 50;  ///< -1: without end
  std::string proxy;
  std::string no_proxy;
  std::vector<std::string> proxy_headers;  ///< "Name: value", seen by the proxy alone where it makes a tunnel
  std::string user;
  std::string bearer;
  bool digest = false;
  bool unsupported_auth = false;  ///< NTLM or Negotiate
  bool netrc = false;
  bool netrc_optional = false;
  std::string netrc_file;
  bool path_as_is = false;
  bool node_lists = false;  ///< what a JSONPath finds stays a list
  bool reuse = true;
  std::int64_t max_body = 0;  ///< zero: the scenario's limit
  std::string output;

  // Of the step rather than the request.
  std::chrono::milliseconds delay{};
  std::optional<std::int64_t> repeat;
  std::optional<std::int64_t> retry;
  std::chrono::milliseconds retry_interval{1000};
  bool skip = false;
};

/// Sets one option to a value of its type.
void apply(Option option, const language::Value& value, HttpOptions& out);

/// The value of a setting; the fault has its place in the setting's text.
tl::expected<language::Value, language::Fault> value_of(const OptionSetting& setting, language::Scope& scope);

}  // namespace vedette::scenarios
