#pragma once

// Which requests may come from a browser that another site's page has sent here. A page must not change anything by a
// cross-site request, nor read what is private by a name that it made lead here (DNS rebinding). Programs send no
// `Origin` and reach us by whatever name they like (Prometheus, curl, Kubernetes), so what they use answers any host.

#include <optional>
#include <string>
#include <vector>

#include "probe/web/web_server.hpp"

namespace vedette {

/// By which hosts the endpoints may be reached, beside addresses, localhost and the machine's own names.
class AllowedHosts {
 public:
  /// `hosts`: names, `*.example.com`, or `*` for all; `external_url`, if not empty, has another one.
  AllowedHosts(std::vector<std::string> hosts, const std::string& external_url);

  /// `host` as a header has it, with or without a port.
  [[nodiscard]] bool holds(const std::string& host) const;
  /// Whether `origin` is the site that `host` and the external URL belong to.
  [[nodiscard]] bool is_own_origin(const std::string& origin, const std::string& host) const;

 private:
  std::vector<std::string> names_;
  std::string external_origin_;
};

/// What an endpoint does, as far as pages of other sites are concerned.
enum class Access {
  kOpen,     ///< answers any host, and shows nothing that a page may not see
  kPrivate,  ///< shows what is here: a page may not read it by a name of its own
  kAction,   ///< does something, for whatever host
  kPrivateAction,
};

/// Why `request` gets no answer; nothing when it may have one.
std::optional<WebResponse> refuse_foreign_page(const WebRequest& request, Access access, const AllowedHosts& hosts);

}  // namespace vedette
