// The resolver against a DNS server that answers some names, fails others and drops the rest.

#include "net/names/ares_resolver.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "checks/dns/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// Answers `v4.example` with an A record, `both.example` with A and AAAA, `servfail.example` and `refused.example` with
/// their codes, drops `silent.example`, and does not know any other name.
std::vector<std::string> answer(const std::string& query) {
  auto reply = query;
  reply[2] = static_cast<char>(0x80 | (query[2] & 0x01));
  reply[3] = static_cast<char>(0x80);
  const bool aaaa = query.find("\x07"s + "example\0\0\x1c"s) != std::string::npos;
  const auto is = [&](const std::string& label) {
    return query.find(static_cast<char>(label.size()) + label + "\x07"s) == 12;
  };
  if (is("silent")) return {};
  if (is("servfail")) {
    reply[3] |= 2;
  } else if (is("refused")) {
    reply[3] |= 5;
  } else if (is("both") || is("v4")) {
    if (aaaa && is("v4")) return {reply};
    reply.resize(12 + query.substr(12).find('\0') + 5);
    reply[7] = 1;
    reply[11] = 0;
    reply += "\xc0\x0c\x00"s + (aaaa ? "\x1c"s : "\x01"s) + "\x00\x01\x00\x00\x00\x3c\x00"s +
             (aaaa ? "\x10"s + std::string(15, '\0') + "\x01" : "\x04\x7f\x00\x00\x01"s);
  } else {
    reply[3] |= 3;
  }
  return {reply};
}

struct Answer {
  tl::expected<net::Resolution, Failure> found = tl::make_unexpected(Failure{Reason::kInternal, "not run"});
  Duration took{};
};

Answer resolve(const std::string& name, net::AddressSettings settings) {
  boost::asio::io_context loop(1);
  Answer out;
  const auto began = std::chrono::steady_clock::now();
  {
    const net::SocketSet sockets(loop.get_executor());
    net::AresResolver resolver(loop.get_executor(), sockets);
    boost::asio::co_spawn(
        loop,
        [](net::AresResolver& r, std::string host, net::AddressSettings s, Answer& a) -> boost::asio::awaitable<void> {
          a.found = co_await r.resolve(host, s);
        }(resolver, name, std::move(settings), out),
        [&loop](const std::exception_ptr&) { loop.stop(); });
    loop.run();
  }
  out.took = std::chrono::steady_clock::now() - began;
  return out;
}

}  // namespace

TEST_CASE("the preferred family is taken, the other as a fallback") {
  const DatagramServer server(&answer);
  net::AddressSettings settings;
  settings.resolver = server.address();
  CHECK(resolve("both.example", settings).found->address.to_string() == "::1");
  CHECK(resolve("both.example", settings).found->ttl == 60);
  CHECK(resolve("v4.example", settings).found->address.to_string() == "127.0.0.1");
  settings.prefer_v6 = false;
  CHECK(resolve("both.example", settings).found->address.to_string() == "127.0.0.1");
  settings.prefer_v6 = true;
  settings.fallback = false;
  CHECK(resolve("v4.example", settings).found.error().reason == Reason::kResolveNoAddress);
}

TEST_CASE("each failure of the DNS has its own reason") {
  const DatagramServer server(&answer);
  net::AddressSettings settings;
  settings.resolver = server.address();
  CHECK(resolve("nothere.example", settings).found.error().reason == Reason::kResolveNxdomain);
  CHECK(resolve("servfail.example", settings).found.error().reason == Reason::kResolveServfail);
  CHECK(resolve("refused.example", settings).found.error().reason == Reason::kResolveRefused);
  settings.resolver = fmt::format("127.0.0.1:{}", closed_port());
  // c-ares loses the refusal when its second question meets it while sending, and then waits for its own timeout.
  const auto nobody = resolve("v4.example", settings).found.error().reason;
  CHECK((nobody == Reason::kResolveRefused || nobody == Reason::kTimeoutResolve));
}

TEST_CASE("literals are answered at once, of the right family only") {
  net::AddressSettings settings;
  CHECK(resolve("192.0.2.1", settings).found->address.to_string() == "192.0.2.1");
  settings.fallback = false;
  CHECK(resolve("192.0.2.1", settings).found.error().reason == Reason::kResolveNoAddress);
}

TEST_CASE("the hosts file is honoured") {
  net::AddressSettings settings;
  settings.prefer_v6 = false;
  CHECK(resolve("localhost", settings).found->address.is_loopback());
}

TEST_CASE("a server that is silent is a timeout of the run") {
  const DatagramServer server(&answer);
  const auto result = run_check(
      fmt::format("{{name: t, kind: tcp, target: 'silent.example:80', timeout: 300ms, tcp: {{resolver: '{}'}}}}",
                  server.address()));
  CHECK(result.reason == Reason::kTimeoutResolve);
  CHECK(result.duration >= 290ms);
  const auto missing = run_check(
      fmt::format("{{name: t, kind: http, target: 'http://nothere.example/', timeout: 5s, http: {{resolver: '{}'}}}}",
                  server.address()));
  CHECK(missing.reason == Reason::kResolveNxdomain);
}
