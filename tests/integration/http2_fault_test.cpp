// HTTP/2 against servers that misbehave, written frame by frame (RFC 9113 section 4.1).

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <atomic>

#include "checks/http/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

namespace {

enum Type : char { kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPushPromise = 5, kGoaway = 7 };
constexpr char kEndStream = 1;
constexpr char kEndHeaders = 4;

std::string frame(Type type, char flags, char stream, const std::string& payload) {
  std::string out{'\0', static_cast<char>(payload.size() >> 8U), static_cast<char>(payload.size() & 0xffU)};
  out += {static_cast<char>(type), flags, '\0', '\0', '\0', stream};
  return out + payload;
}

/// HPACK's index of `:status: 200`, and a literal `x: ` with `value`.
const std::string kStatus200 = "\x88";
std::string field(const std::string& value) {
  return std::string("\0\1x", 3) + static_cast<char>(value.size()) + value;
}
std::string four(unsigned number) {
  return {'\0', '\0', '\0', static_cast<char>(number)};
}

/// The client's preface and its frames up to the request's headers.
void read_request(Peer& peer) {
  peer.read_bytes(24);
  for (int type = -1; type != kHeaders;) {
    const auto head = peer.read_bytes(9);
    if (head.size() < 9) return;
    type = static_cast<unsigned char>(head[3]);
    peer.read_bytes(static_cast<unsigned char>(head[1]) * 256U + static_cast<unsigned char>(head[2]));
  }
}

int choose_h2(SSL* /*ssl*/, const unsigned char** out, unsigned char* size, const unsigned char* /*in*/,
              unsigned int /*in_size*/, void* /*argument*/) {
  static const unsigned char kH2[] = {'h', '2'};
  *out = kH2;
  *size = sizeof kH2;
  return SSL_TLSEXT_ERR_OK;
}

struct World {
  Authority authority;
  TemporaryFile ca{authority.certificate()};
  std::shared_ptr<SSL_CTX> context = server_context(authority.issue());

  World() { SSL_CTX_set_alpn_select_cb(context.get(), &choose_h2, nullptr); }

  /// A run against a server that greets, waits for the request's frames and then says `answer`.
  [[nodiscard]] Result run(const std::function<void(Peer&)>& answer, const std::string& settings = "",
                           const std::string& timeout = "5s") const {
    const FaultServer server([&](Peer& peer) {
      if (!peer.accept_tls(context.get())) return;
      peer.write(frame(kSettings, 0, 0, ""));
      read_request(peer);
      answer(peer);
    });
    return run_check(fmt::format(
        "{{name: t, kind: http, target: 'https://{}/', timeout: {}, http: {{tls_config: {{ca_file: {}}}{}}}}}",
        server.address(), timeout, ca.path(), settings.empty() ? "" : ", " + settings));
  }
  [[nodiscard]] Result says(const std::string& answer) const {
    return run([&](Peer& peer) {
      peer.write(answer);
      peer.read_bytes(1000);
    });
  }
};

}  // namespace

TEST_CASE("a response over HTTP/2, whole and in pieces") {
  const World world;
  const auto response = frame(kHeaders, kEndHeaders, 1,
                              "\x08\x03"
                              "103") +
                        frame(kHeaders, kEndHeaders, 1, kStatus200 + field("one")) + frame(kData, 0, 1, "hel") +
                        frame(kData, 0, 1, "lo") + frame(kHeaders, kEndHeaders | kEndStream, 1, field("trailer"));
  for (const bool slowly : {false, true}) {
    const auto result = world.run([&](Peer& peer) {
      if (!slowly) peer.write(response);
      for (const char c : response) {
        if (slowly) peer.write({&c, 1});
      }
      peer.read_bytes(1000);
    });
    INFO(result.message);
    CHECK(result.verdict == Verdict::kPass);
    CHECK(result.value_of(http::kHttpStatusCode) == 200);
    CHECK(result.value_of(http::kHttpVersion) == 2);
    CHECK(result.value_of(http::kHttpUncompressedBodyLength) == 5);
  }
}

TEST_CASE("processing time over HTTP/2 is that of the response, not of settings") {
  const World world;
  const auto result = world.run([](Peer& peer) {
    ::usleep(150000);
    peer.write(frame(kHeaders, kEndHeaders, 1, kStatus200));
    ::usleep(100000);
    peer.write(frame(kData, kEndStream, 1, "hello"));
    peer.read_bytes(1000);
  });
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.total_of(Phase::kProcessing) >= 150ms);
  CHECK(result.total_of(Phase::kTransfer) >= 95ms);
}

TEST_CASE("a request that the server did not work on is sent again once") {
  const World world;
  const auto twice = [&](const std::string& first) {
    std::atomic<int> asked{0};
    const auto result = world.run([&](Peer& peer) {
      const bool refuses = asked++ == 0;
      peer.write(refuses ? first : frame(kHeaders, kEndHeaders | kEndStream, 1, kStatus200));
      peer.read_bytes(1000);
    });
    INFO(result.message);
    CHECK(result.verdict == Verdict::kPass);
    CHECK(asked == 2);
  };
  twice(frame(kReset, 0, 1, four(7)));
  twice(frame(kGoaway, 0, 0, four(0) + four(0)));
}

TEST_CASE("a request that was answered is not sent again, whatever the server says") {
  const World world;
  std::atomic<int> asked{0};
  const auto result = world.run([&](Peer& peer) {
    ++asked;
    peer.write(frame(kHeaders, kEndHeaders, 1, kStatus200) + frame(kData, 0, 1, "hello") +
               frame(kReset, 0, 1, four(7)));
    peer.read_bytes(1000);
  });
  CHECK(result.reason == Reason::kHttpProtocol);
  CHECK(asked == 1);
}

TEST_CASE("blanks around a value are left out") {
  const World world;
  const auto answer = frame(kHeaders, kEndHeaders | kEndStream, 1, kStatus200 + field(" blank\t"));
  const auto result = world.run(
      [&](Peer& peer) {
        peer.write(answer);
        peer.read_bytes(1000);
      },
      "expect: ['header \"x\" == \"blank\"']");
  INFO(result.message);
  CHECK(result.verdict == Verdict::kPass);
}

TEST_CASE("faults of HTTP/2 have their reasons") {
  const World world;
  CHECK(world.says(frame(kReset, 0, 1, four(7))).message == "HTTP/2: REFUSED_STREAM");
  CHECK(world.says(frame(kReset, 0, 1, four(7))).reason == Reason::kHttpProtocol);
  CHECK(world.says(frame(kGoaway, 0, 0, four(0) + four(2))).reason == Reason::kHttpProtocol);
  CHECK(world.says("HTTP/1.1 400 Bad Request\r\n\r\n").reason == Reason::kHttpProtocol);
  CHECK(world.says(frame(kHeaders, kEndHeaders | kEndStream, 1, "\xff\xff\xff\xff\xff\xff\xff")).reason ==
        Reason::kHttpProtocol);
  CHECK(world.run([](Peer&) {}).reason == Reason::kClosedProcessing);
  // What the client has sent meanwhile is not read, so that the kernel may reset the connection instead.
  const auto gone = world.run([](Peer& peer) { peer.write(frame(kHeaders, kEndHeaders, 1, kStatus200)); }).reason;
  CHECK((gone == Reason::kClosedTransfer || gone == Reason::kResetTransfer));
  CHECK(world.run([](Peer& peer) { peer.stall(); }, "", "1s").reason == Reason::kTimeoutProcessing);
  CHECK(world
            .run(
                [](Peer& peer) {
                  peer.write(frame(kHeaders, kEndHeaders, 1, kStatus200));
                  peer.stall();
                },
                "", "1s")
            .reason == Reason::kTimeoutTransfer);
}

TEST_CASE("a response that the server pushes breaks the protocol, also before it has acknowledged the settings") {
  const World world;
  // GET, /, https, and an authority.
  const auto promise = frame(kPushPromise, kEndHeaders, 1, four(2) + "\x82\x84\x87\x41\x01\x61");
  const auto result = world.says(promise + frame(kHeaders, kEndHeaders | kEndStream, 1, kStatus200));
  CHECK(result.reason == Reason::kHttpProtocol);
  CHECK(result.message == "HTTP/2: the server pushed a response, which our settings do not allow");
}

TEST_CASE("headers and bodies without end are cut off over HTTP/2") {
  const World world;
  const auto headers = world.run([](Peer& peer) {
    for (int i = 0; i < 1000; ++i) {
      std::string block = i == 0 ? kStatus200 : "";
      for (int j = 0; j < 10; ++j) block += field(std::string(100, 'x'));
      if (!peer.write(frame(kHeaders, kEndHeaders, 1, block))) break;
    }
  });
  CHECK(headers.verdict == Verdict::kFail);
  const auto body = world.run(
      [](Peer& peer) {
        peer.write(frame(kHeaders, kEndHeaders, 1, kStatus200));
        for (int i = 0; i < 100 && peer.write(frame(kData, 0, 1, std::string(1000, 'x'))); ++i) continue;
        peer.read_bytes(100000);
      },
      "body_size_limit: 50KB");
  CHECK(body.reason == Reason::kBodyTooLarge);
}
