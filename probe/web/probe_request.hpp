#pragma once

// What `/probe` was asked for: from the request's parameters to a check, by blackbox_exporter's rules.

#include <string>
#include <tl/expected.hpp>

#include "checks/check.hpp"
#include "probe/config/module.hpp"
#include "probe/web/web_server.hpp"

namespace vedette {

struct ProbeRequest {
  CheckPtr check;  ///< called after its module
  std::shared_ptr<const Module> module;
  bool debug = false;
};

struct ProbeRefusal {
  int status = 400;
  std::string text;
  bool unknown_module = false;
};

/// The parameters are looked at in blackbox_exporter's order, and so the first one that is wrong decides.
/// `timeout_offset` is taken off the scraper's timeout.
tl::expected<ProbeRequest, ProbeRefusal> read_probe_request(const WebRequest& request, const Modules& modules,
                                                            config::Duration timeout_offset);

/// Prometheus' timeout less `offset`, or the module's when that is smaller or the difference is negative.
/// `scrape_timeout` in seconds; zero: Prometheus did not say.
config::Duration probe_timeout(double scrape_timeout, config::Duration module_timeout, config::Duration offset);

}  // namespace vedette
