#pragma once

// `/probe` and what belongs to it: blackbox_exporter's way to run a module against a target on demand. On the web
// server's thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probe/agent/agent.hpp"
#include "probe/web/probe_history.hpp"
#include "probe/web/web_server.hpp"

namespace vedette {

struct ProbeOptions {
  config::Duration timeout_offset = std::chrono::milliseconds(500);  ///< taken off the scraper's timeout
  std::size_t history = 100;
};

class ProbeEndpoint {
 public:
  ProbeEndpoint(Agent& agent, boost::asio::any_io_executor executor, ProbeOptions options)
      : agent_(agent), executor_(std::move(executor)), options_(options), history_(options.history) {}

  /// A run that fails is an answer like any other: status 200. The run ends when the client goes away.
  boost::asio::awaitable<WebResponse> probe(WebRequest request);
  /// The log of a kept probe, by `id` or `target` and `module`.
  [[nodiscard]] WebResponse logs(const WebRequest& request) const;
  [[nodiscard]] const ProbeHistory& history() const { return history_; }

 private:
  Agent& agent_;
  boost::asio::any_io_executor executor_;
  const ProbeOptions options_;
  ProbeHistory history_;
};

}  // namespace vedette
