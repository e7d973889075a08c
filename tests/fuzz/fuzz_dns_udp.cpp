// Replies of a DNS server over UDP. A good reply comes after them, so that every run ends at once.
//
// Input: the peer's manner over TCP; a byte of flags (1: replies get the id of the query, 2: the check allows large
// replies, 4: the check asks again over TCP when a reply was truncated); the replies, each behind its length in two
// bytes.

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/fuzz/dns_speech.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;
namespace asio = boost::asio;
using asio::ip::udp;
using namespace std::string_view_literals;

/// More would not fit into a socket's buffer beside the good reply.
constexpr std::size_t kMaxReplies = 32;
constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kIdBytes = 2;
/// The query's question: www.example. with its type and class.
constexpr std::size_t kQuestionBytes = 17;

/// `reply` with the id of `query`.
std::string in_answer_to(std::string_view query, std::string reply) {
  if (reply.size() >= kIdBytes && query.size() >= kIdBytes) reply.replace(0, kIdBytes, query.substr(0, kIdBytes));
  return reply;
}

/// One address for the question of `query`.
std::string good_reply(std::string_view query) {
  std::string out(query.substr(0, kIdBytes));
  out += "\x81\x80\0\1\0\1\0\0\0\0"sv;
  out += query.substr(kHeaderBytes, kQuestionBytes);
  out += "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"sv;
  return out;
}

class DatagramPeer {
 public:
  explicit DatagramPeer(Harness& harness)
      : socket_(harness.loop(), udp::endpoint(asio::ip::address_v4::loopback(), harness.port())) {
    asio::co_spawn(harness.loop(), serve(), asio::detached);
  }

  void play(std::vector<std::string> replies, bool with_id) {
    replies_ = std::move(replies);
    with_id_ = with_id;
  }

 private:
  asio::awaitable<void> serve() {
    std::array<char, 2048> buffer{};
    while (true) {
      udp::endpoint from;
      const auto [error, size] =
          co_await socket_.async_receive_from(asio::buffer(buffer), from, asio::as_tuple(asio::use_awaitable));
      if (error || size < kHeaderBytes + kQuestionBytes) continue;
      const std::string_view query(buffer.data(), size);
      boost::system::error_code ignored;
      for (const auto& reply : replies_) {
        socket_.send_to(asio::buffer(with_id_ ? in_answer_to(query, reply) : reply), from, 0, ignored);
      }
      socket_.send_to(asio::buffer(good_reply(query)), from, 0, ignored);
    }
  }

  udp::socket socket_;
  std::vector<std::string> replies_;
  bool with_id_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& harness = Harness::get();
  static auto& peer = *new DatagramPeer(harness);
  static const std::string kQuestion = "query_name: www.example, query_type: A, expect: ['answers count > 0']";
  static const auto kSmall = harness.check("dns", "PEER", kQuestion);
  static const auto kLarge = harness.check("dns", "PEER", kQuestion + ", edns_udp_size: 4096");
  static const auto kAgain = harness.check("dns", "PEER", kQuestion + ", retry_over_tcp: true");
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto wishes = input.byte();
  const bool with_id = (wishes & 1U) != 0;
  const std::string framed(input.rest());
  std::vector<std::string> replies;
  for (Input rest(framed); replies.size() < kMaxReplies && !rest.empty();) replies.emplace_back(rest.message());
  peer.play(std::move(replies), with_id);
  const auto& check = (wishes & 2U) != 0 ? kLarge : (wishes & 4U) != 0 ? kAgain : kSmall;
  harness.run(check, manner, dns_over_tcp(framed, with_id));
  return 0;
}
