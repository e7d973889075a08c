#pragma once

// The agent's endpoints: status page, metrics, health, reload, and the API.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probe/agent/agent.hpp"
#include "probe/agent/reloader.hpp"
#include "probe/web/pages.hpp"
#include "probe/web/probe_endpoint.hpp"
#include "probe/web/web_origin.hpp"
#include "probe/web/web_server.hpp"

namespace vedette {

struct EndpointOptions {
  ProbeOptions probe;
  std::string external_url;
  std::string route_prefix;  ///< as route_prefix() gives it
  std::vector<std::string> allowed_hosts{};
};

/// Where the endpoints begin, without a slash at its end (so empty for /): `flag`, or else the path of `external_url`.
std::string route_prefix(const std::string& flag, const std::string& external_url);

class Endpoints {
 public:
  Endpoints(Agent& agent, Reloader& reloader, const boost::asio::any_io_executor& executor, EndpointOptions options)
      : agent_(agent),
        reloader_(reloader),
        executor_(executor),
        options_(std::move(options)),
        hosts_(options_.allowed_hosts, options_.external_url),
        probes_(agent, executor, options_.probe),
        pages_(executor) {}

  boost::asio::awaitable<WebResponse> handle(WebRequest request);

 private:
  /// What lies outside the prefix; nothing for what lies within, whose path is cut.
  std::optional<WebResponse> outside(WebRequest& request) const;
  boost::asio::awaitable<WebResponse> answer(WebRequest request);
  /// One of the pages that may be large.
  boost::asio::awaitable<WebResponse> page(const WebRequest& request);
  [[nodiscard]] WebResponse healthy() const;
  [[nodiscard]] WebResponse ready() const;
  boost::asio::awaitable<WebResponse> reload();
  WebResponse show_check(const std::string& name) const;
  boost::asio::awaitable<WebResponse> run_check(std::string name, std::string instance);

  Agent& agent_;
  Reloader& reloader_;
  boost::asio::any_io_executor executor_;
  const EndpointOptions options_;
  const AllowedHosts hosts_;
  ProbeEndpoint probes_;
  Pages pages_;
};

}  // namespace vedette
