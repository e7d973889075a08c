#pragma once

// The agent's endpoints: status page, metrics, health, reload, and the API.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "probe/agent.hpp"
#include "probe/web_server.hpp"

namespace vedette {

class Endpoints {
 public:
  Endpoints(Agent& agent, boost::asio::any_io_executor executor) : agent_(agent), executor_(std::move(executor)) {}

  boost::asio::awaitable<WebResponse> handle(WebRequest request);

 private:
  WebResponse status() const;
  WebResponse metrics(const WebRequest& request);
  WebResponse ready() const;
  WebResponse reload();
  WebResponse list_checks() const;
  WebResponse show_check(const std::string& name) const;
  boost::asio::awaitable<WebResponse> run_check(std::string name, std::string instance);

  Agent& agent_;
  boost::asio::any_io_executor executor_;
};

}  // namespace vedette
