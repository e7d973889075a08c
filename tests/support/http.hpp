#pragma once

// HTTP checks against servers of a test's own.

#include <fmt/format.h>

#include <string>

#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

namespace vedette::testing {

inline std::string yaml(const std::string& target, const std::string& settings = "",
                        const std::string& timeout = "5s") {
  return fmt::format("{{name: t, kind: http, target: '{}', timeout: {}, http: {{{}}}}}", target, timeout, settings);
}

/// A server that reads the request and says `response`.
inline FaultServer::Behaviour says(std::string response) {
  return [response = std::move(response)](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write(response);
  };
}

inline std::string ok(const std::string& body, const std::string& headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers, body);
}

inline Result run(const FaultServer& server, const std::string& settings = "", const std::string& path = "/") {
  return run_check(yaml("http://" + server.address() + path, settings));
}

}  // namespace vedette::testing
