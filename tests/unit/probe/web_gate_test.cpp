#include "probe/web/web_gate.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace vedette;
using namespace vedette::testing;

namespace {

/// alice's password is `secret`, at the least cost that there is.
const char* const kConfig =
    R"(basic_auth_users: {alice: "$2b$10$EB.2WEhVaDfdjaIcJRFLr.95UCQ9m8z2Y.kUn5C0Fv78rOXE8Jp.6"})";

struct World {
  TemporaryFile file{kConfig};
  boost::asio::io_context loop;
  WebGate gate{loop.get_executor(), file.path()};

  /// The statuses of requests that come at the same time; 200 for those that may have an answer.
  std::vector<int> ask(const std::vector<std::pair<std::string, std::string>>& requests) {
    std::vector<int> out(requests.size(), 0);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      WebRequest request;
      request.client = requests[i].first;
      request.authorization = requests[i].second;
      boost::asio::co_spawn(loop, ask_one(std::move(request), out[i]), boost::asio::detached);
    }
    while (std::count(out.begin(), out.end(), 0) > 0) {
      loop.restart();
      loop.run_for(std::chrono::milliseconds(5));
    }
    return out;
  }

 private:
  boost::asio::awaitable<void> ask_one(WebRequest request, int& out) {
    const auto refusal = co_await gate.refuse(request);
    out = refusal ? refusal->status : 200;
  }
};

const char* const kRight = "Basic YWxpY2U6c2VjcmV0";        // alice:secret
const char* const kWrong = "Basic YWxpY2U6d3Jvbmc=";        // alice:wrong
const char* const kUnknown = "Basic bWFsbG9yeTpzZWNyZXQ=";  // mallory:secret

}  // namespace

TEST_CASE("the right password opens, also when many ask for the first time at once") {
  World world;
  const std::vector<std::pair<std::string, std::string>> many(20, {"192.0.2.1", kRight});
  CHECK(world.ask(many) == std::vector<int>(20, 200));
  CHECK(world.ask({{"192.0.2.1", kWrong}, {"192.0.2.2", kUnknown}, {"192.0.2.3", ""}, {"192.0.2.4", "Basic %%%"}}) ==
        std::vector<int>{401, 401, 401, 401});
}

TEST_CASE("an address that guesses has to wait, and whoever is known does not") {
  World world;
  CHECK(world.ask({{"192.0.2.1", kRight}}) == std::vector<int>{200});
  int refused = 0;
  for (int i = 0; i < 8; ++i) refused += world.ask({{"192.0.2.1", kWrong}}).front() == 429 ? 1 : 0;
  CHECK(refused >= 2);
  CHECK(world.ask({{"192.0.2.1", kRight}}) == std::vector<int>{200});
  CHECK(world.ask({{"192.0.2.9", kUnknown}}) == std::vector<int>{401});
  // One customer's network of IPv6 is one address.
  for (int i = 0; i < 8; ++i) world.ask({{"2001:db8::" + std::to_string(i + 1), kWrong}});
  CHECK(world.ask({{"2001:db8::77", kWrong}}) == std::vector<int>{429});
}
