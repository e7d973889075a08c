// What a check costs at the least: one loop around epoll that does nothing else.
//
//   floor_client http|dns|tls|tcp PORT [--repeat N] [--concurrency C] [--delay MICROSECONDS] [--ca-file FILE]
//
// `http` and `dns` ask the delay server (delay_server.cpp) for the delay; `tls` shakes hands, with one SSL_CTX for all,
// verified; `tcp` connects and closes. Prints one line of JSON: CPU of all runs, and for http and dns what each
// measured by the kernel's receive stamp, in seconds, by its number.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "net/io/clock.hpp"
#include "net/tls/tls_name.hpp"
#include "net/tls/tls_verify.hpp"
#include "probe/agent/descriptor_limit.hpp"
#include "tests/bench/program.hpp"

namespace vedette::bench {

namespace {

using net::Stamp;

struct Options {
  std::string kind;
  std::uint16_t port = 0;
  std::size_t repeat = 1000;
  std::size_t concurrency = 64;
  std::int64_t delay = 0;
  std::string ca_file;
};

struct Attempt {
  std::size_t id = 0;
  bool asked = false;
  Stamp sent{};
  SSL* ssl = nullptr;
};

std::string dns_question(std::int64_t delay, std::size_t id) {
  std::string out("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  for (const auto& label : {std::to_string(delay), std::to_string(id), std::string("delay"), std::string("test")}) {
    out += static_cast<char>(label.size());
    out += label;
  }
  return out + std::string("\0\0\1\0\1", 5);
}

class FloorClient {
 public:
  explicit FloorClient(Options options) : options_(std::move(options)), measured_(options_.repeat) {
    address_.sin_family = AF_INET;
    address_.sin_port = htons(options_.port);
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (options_.kind != "tls") return;
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context_, options_.ca_file.c_str(), nullptr) != 1) {
      throw std::runtime_error("cannot use " + options_.ca_file);
    }
  }

  void run() {
    while (next_ < options_.repeat && open_ < options_.concurrency) start();
    std::array<epoll_event, 256> events{};
    while (open_ > 0) {
      const int found = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < found; ++i) {
        const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
        if (!go_on(fd, attempts_.at(static_cast<std::size_t>(fd)))) continue;
        finish(fd);
        if (next_ < options_.repeat) start();
      }
    }
  }

  [[nodiscard]] const std::vector<double>& measured() const { return measured_; }

 private:
  void start() {
    const bool datagram = options_.kind == "dns";
    const int fd = ::socket(AF_INET, (datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
    if (options_.kind != "tcp") net::enable_stamps(fd);
    std::ignore = ::connect(fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    if (attempts_.size() <= static_cast<std::size_t>(fd)) attempts_.resize(static_cast<std::size_t>(fd) + 1);
    auto& attempt = attempts_[static_cast<std::size_t>(fd)];
    attempt = {next_++};
    ++open_;
    if (datagram) send(fd, attempt, dns_question(options_.delay, attempt.id));
    epoll_event event{};
    event.events = datagram ? EPOLLIN | EPOLLET : EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  static void send(int fd, Attempt& attempt, const std::string& text) {
    attempt.asked = true;
    attempt.sent = net::now_real();
    ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  }

  /// True when it is done.
  bool go_on(int fd, Attempt& attempt) {
    if (options_.kind == "tcp") return true;
    if (options_.kind == "tls") return shake_hands(fd, attempt);
    if (!attempt.asked) {
      send(fd, attempt,
           fmt::format("GET /d/{}/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", options_.delay,
                       attempt.id));
      return false;
    }
    std::array<char, 4096> buffer{};
    Stamp arrived{};
    if (net::receive_stamped(fd, buffer.data(), buffer.size(), arrived) <= 0) return false;
    measured_[attempt.id] = std::chrono::duration<double>(arrived - attempt.sent).count();
    return true;
  }

  bool shake_hands(int fd, Attempt& attempt) {
    if (attempt.ssl == nullptr) {
      attempt.ssl = SSL_new(context_);
      SSL_set_fd(attempt.ssl, fd);
      net::expect_name(SSL_get0_param(attempt.ssl), "127.0.0.1");
    }
    const int result = SSL_connect(attempt.ssl);
    if (result == 1) return true;
    const int error = SSL_get_error(attempt.ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return false;
    throw std::runtime_error("a handshake failed");
  }

  void finish(int fd) {
    SSL_free(attempts_[static_cast<std::size_t>(fd)].ssl);
    attempts_[static_cast<std::size_t>(fd)].ssl = nullptr;
    ::close(fd);
    --open_;
  }

  const Options options_;
  std::vector<double> measured_;
  sockaddr_in address_{};
  SSL_CTX* context_ = nullptr;
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Attempt> attempts_;  ///< by descriptor
  std::size_t next_ = 0;
  std::size_t open_ = 0;
};

int measure(int argc, char** argv) {
  CLI::App app("What a check costs at the least");
  Options options;
  app.add_option("kind", options.kind)->required()->check(CLI::IsMember({"http", "dns", "tls", "tcp"}));
  app.add_option("port", options.port)->required();
  app.add_option("--repeat", options.repeat);
  app.add_option("--concurrency", options.concurrency);
  app.add_option("--delay", options.delay, "microseconds");
  app.add_option("--ca-file", options.ca_file);
  CLI11_PARSE(app, argc, argv);
  raise_descriptor_limit();
  FloorClient client(options);
  const double before = cpu_seconds();
  client.run();
  const double used = cpu_seconds() - before;
  fmt::print("{{\"cpu_seconds\":{:.9f},\"measured\":[{:.9f}]}}\n", used, fmt::join(client.measured(), ","));
  return 0;
}

}  // namespace

}  // namespace vedette::bench

int main(int argc, char** argv) {
  return vedette::bench::run_program("floor_client", vedette::bench::measure, argc, argv);
}
