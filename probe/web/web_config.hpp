#pragma once

// The file of --web.config.file, in the format of Prometheus' exporter toolkit: who may use the endpoints, and over
// what.

#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/duration.hpp"

namespace vedette {

struct WebConfig {
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< nullptr: plain HTTP
  std::vector<std::string> allowed_sans;           ///< of client certificates; empty: any
  std::map<std::string, std::string> users;        ///< name to bcrypt hash; empty: nobody has to say who they are
  std::vector<std::pair<std::string, std::string>> headers;
  config::Duration rate_interval{};  ///< zero: no limit
  std::int64_t rate_burst = 0;
  std::vector<std::string> files;  ///< that it was read from
};

/// Everything that is wrong or weak goes to `diagnostics`; with an error among it there is no configuration.
std::optional<WebConfig> load_web_config(const std::string& path, config::Diagnostics& diagnostics);

}  // namespace vedette
