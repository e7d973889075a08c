#pragma once

// The agent's endpoints: status page, metrics, health, reload, and the API.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probe/agent.hpp"
#include "probe/probe_endpoint.hpp"
#include "probe/web_server.hpp"

namespace vedette {

struct EndpointOptions {
  ProbeOptions probe;
  std::string external_url;
  std::string route_prefix;  ///< as route_prefix() gives it
};

/// Where the endpoints begin, without a slash at its end (so empty for /): `flag`, or else the path of `external_url`.
std::string route_prefix(const std::string& flag, const std::string& external_url);

class Endpoints {
 public:
  Endpoints(Agent& agent, const boost::asio::any_io_executor& executor, EndpointOptions options)
      : agent_(agent), executor_(executor), options_(std::move(options)), probes_(agent, executor, options_.probe) {}

  boost::asio::awaitable<WebResponse> handle(WebRequest request);

 private:
  /// What lies outside the prefix; nothing for what lies within, whose path is cut.
  std::optional<WebResponse> outside(WebRequest& request) const;
  WebResponse status() const;
  WebResponse metrics(const WebRequest& request);
  WebResponse ready() const;
  WebResponse reload();
  WebResponse list_checks() const;
  WebResponse show_check(const std::string& name) const;
  boost::asio::awaitable<WebResponse> run_check(std::string name, std::string instance);

  Agent& agent_;
  boost::asio::any_io_executor executor_;
  const EndpointOptions options_;
  ProbeEndpoint probes_;
};

}  // namespace vedette
