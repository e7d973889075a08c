// A server that answers after as long as it is asked to, and knows how long it really took.
//
//   delay_server [--certificate FILE --key FILE] [--tls-delay MICROSECONDS]
//
// Listens on free ports of 127.0.0.1, which it prints as one line of JSON: http, https, tls, dns. HTTP and HTTPS answer
// GET /d/DELAY_US/ID, DNS answers questions for DELAY_US.ID.…; `tls` keeps the first flight of its handshake back for
// --tls-delay. Closing is left to the client: the kernel would merge what tells of the end with the answer, and stamp
// both with its arrival. GET /truth on the HTTP port gives the truth (truth.hpp), GET /reset forgets it. It has one
// thread, with real-time priority where that is allowed; whoever starts it chooses the core.

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <memory>
#include <queue>
#include <system_error>
#include <vector>

#include "probe/agent/descriptor_limit.hpp"
#include "tests/bench/delays.hpp"
#include "tests/bench/program.hpp"
#include "tests/bench/truth.hpp"

namespace vedette::bench {

namespace {

using net::Stamp;

constexpr std::chrono::microseconds kAwakeBefore{300};
constexpr int kBacklog = 8192;
constexpr int kDatagramBuffer = 16 << 20;

[[noreturn]] void stop_with(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

enum class Port { kHttp, kHttps, kTls, kDns };
constexpr std::array<std::string_view, 4> kPortNames{"http", "https", "tls", "dns"};

/// One connection. Over TLS what goes in and out passes two buffers, so that the moment of sending is ours to choose.
struct Connection {
  int fd = -1;
  std::uint64_t serial = 0;
  Port port = Port::kHttp;
  std::uint16_t peer = 0;
  SSL* ssl = nullptr;
  std::string request;
  Stamp arrived{};
  bool flight_kept = false;  ///< the first flight of a handshake has been put off

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    SSL_free(ssl);
    if (fd >= 0) ::close(fd);
  }
};

/// An answer that waits for its time.
struct Answer {
  Stamp due{};
  Stamp arrived{};
  std::optional<std::uint64_t> id;
  std::string data;
  int fd = -1;
  std::uint64_t serial = 0;  ///< of the connection; it may be gone by then
  sockaddr_in to{};          ///< DNS only

  friend bool operator<(const Answer& a, const Answer& b) { return a.due > b.due; }
};

class DelayServer {
 public:
  DelayServer(SSL_CTX* tls, std::chrono::microseconds tls_delay) : tls_(tls), tls_delay_(tls_delay) {
    for (const auto port : {Port::kHttp, Port::kHttps, Port::kTls, Port::kDns}) {
      if (tls_ != nullptr || port == Port::kHttp || port == Port::kDns) listen_on(port);
    }
  }

  [[nodiscard]] std::string ports() const {
    std::string out;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      if (listeners_[i] < 0) continue;
      out += fmt::format("{}\"{}\":{}", out.empty() ? "{" : ",", kPortNames[i],
                         net::local_endpoint_of(listeners_[i]).second);
    }
    return out + "}";
  }

  void run() {
    std::array<epoll_event, 256> events{};
    while (true) {
      send_due();
      const int found = ::epoll_pwait2(epoll_, events.data(), events.size(), until_next().get(), nullptr);
      if (found < 0 && errno != EINTR) stop_with("epoll_pwait2");
      for (int i = 0; i < found; ++i) {
        take(events[static_cast<std::size_t>(i)].data.fd);
        // What is due goes out between two requests: a batch may hold hundreds.
        send_due();
      }
    }
  }

 private:
  void listen_on(Port port) {
    const bool stream = port != Port::kDns;
    const int fd = ::socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!stream && ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kDatagramBuffer, sizeof kDatagramBuffer) != 0) {
      ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kDatagramBuffer, sizeof kDatagramBuffer);
    }
    // Accepted connections inherit it, so that not even the first byte goes without a stamp.
    net::enable_stamps(fd);
    sockaddr_in self{};
    self.sin_family = AF_INET;
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0) stop_with("bind");
    if (stream && ::listen(fd, kBacklog) != 0) stop_with("listen");
    listeners_.at(static_cast<std::size_t>(port)) = fd;
    watch(fd);
  }

  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) stop_with("epoll_ctl");
  }

  [[nodiscard]] std::unique_ptr<timespec> until_next() const {
    if (answers_.empty()) return nullptr;
    // A core that has slept sends slowly, and nobody could tell that from an error of who measures.
    const auto left = std::max(Stamp::zero(), answers_.top().due - net::now_real() - kAwakeBefore);
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    return std::make_unique<timespec>(timespec{whole.count(), (left - whole).count()});
  }

  void take(int fd) {
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      if (listeners_[i] != fd) continue;
      return static_cast<Port>(i) == Port::kDns ? take_questions() : accept_all(static_cast<Port>(i));
    }
    auto& connection = connections_.at(static_cast<std::size_t>(fd));
    if (connection && !(connection->ssl != nullptr ? take_records(*connection) : take_request(*connection))) {
      connection.reset();
    }
  }

  void accept_all(Port port) {
    while (true) {
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      const int fd = ::accept4(listeners_.at(static_cast<std::size_t>(port)), reinterpret_cast<sockaddr*>(&peer), &size,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto connection = std::make_unique<Connection>();
      connection->fd = fd;
      connection->serial = ++serial_;
      connection->port = port;
      connection->peer = ntohs(peer.sin_port);
      if (port != Port::kHttp) {
        connection->ssl = SSL_new(tls_);
        SSL_set_accept_state(connection->ssl);
        SSL_set_bio(connection->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
      }
      if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
      connections_[static_cast<std::size_t>(fd)] = std::move(connection);
      watch(fd);
    }
  }

  /// False when the connection has ended.
  bool take_request(Connection& connection) {
    std::array<char, 16384> buffer{};
    Stamp stamp{};
    const auto got = net::receive_stamped(connection.fd, buffer.data(), buffer.size(), stamp);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    connection.arrived = stamp;
    connection.request.append(buffer.data(), static_cast<std::size_t>(got));
    return answer_request(connection);
  }

  bool take_records(Connection& connection) {
    std::array<char, 16384> buffer{};
    Stamp stamp{};
    const auto got = net::receive_stamped(connection.fd, buffer.data(), buffer.size(), stamp);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    connection.arrived = stamp;
    BIO_write(SSL_get_rbio(connection.ssl), buffer.data(), static_cast<int>(got));
    ERR_clear_error();
    const int read = SSL_read(connection.ssl, buffer.data(), buffer.size());
    if (read > 0) {
      connection.request.append(buffer.data(), static_cast<std::size_t>(read));
      return answer_request(connection);
    }
    const int error = SSL_get_error(connection.ssl, read);
    // Flights of the handshake go at once, but for the first one of the port that keeps it back.
    const bool keep = connection.port == Port::kTls && !connection.flight_kept;
    connection.flight_kept = true;
    put_off(connection, keep ? tls_delay_ : std::chrono::microseconds(0), std::nullopt, encrypted(connection));
    return error == SSL_ERROR_WANT_READ;
  }

  static std::string encrypted(const Connection& connection) {
    std::string out(BIO_pending(SSL_get_wbio(connection.ssl)), '\0');
    BIO_read(SSL_get_wbio(connection.ssl), out.data(), static_cast<int>(out.size()));
    return out;
  }

  bool answer_request(Connection& connection) {
    const auto end = connection.request.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    const std::string_view head(connection.request.data(), end);
    const auto from = head.find(' ') + 1;
    const auto path = head.substr(from, head.find(' ', from) - from);
    std::string body = "ok";
    std::string_view status = "200 OK";
    const auto asked = asked_by_path(path);
    if (path == "/truth") {
      body = truth_.text();
    } else if (path == "/reset") {
      truth_.clear();
    } else if (!asked) {
      status = "404 Not Found";
    }
    auto data = fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
    if (connection.ssl != nullptr) {
      SSL_write(connection.ssl, data.data(), static_cast<int>(data.size()));
      data = encrypted(connection);
    }
    put_off(connection, asked ? asked->delay : std::chrono::microseconds(0),
            asked ? std::optional(asked->id) : std::nullopt, std::move(data));
    connection.request.clear();
    return true;
  }

  void put_off(const Connection& connection, std::chrono::microseconds delay, std::optional<std::uint64_t> id,
               std::string data) {
    if (data.empty()) return;
    answers_.push(
        {connection.arrived + delay, connection.arrived, id, std::move(data), connection.fd, connection.serial, {}});
  }

  void take_questions() {
    while (true) {
      std::array<char, 1500> buffer{};
      sockaddr_in from{};
      Stamp stamp{};
      const auto got =
          net::receive_stamped(listeners_.back(), buffer.data(), buffer.size(), stamp, 0, &from, sizeof from);
      if (got < 0) return;
      const std::string_view message(buffer.data(), static_cast<std::size_t>(got));
      const auto asked = asked_by_query(message);
      if (!asked) continue;
      answers_.push({stamp + asked->delay, stamp, asked->id, reply_to(message), -1, 0, from});
    }
  }

  void send_due() {
    while (!answers_.empty() && answers_.top().due <= net::now_real()) {
      // The queue gives its top as const; it goes right after.
      const Answer answer = std::move(const_cast<Answer&>(answers_.top()));
      answers_.pop();
      send(answer);
    }
  }

  void send(const Answer& answer) {
    if (answer.fd < 0) {
      const auto before = net::now_real();
      ::sendto(listeners_.back(), answer.data.data(), answer.data.size(), 0,
               reinterpret_cast<const sockaddr*>(&answer.to), sizeof answer.to);
      truth_.add(*answer.id, ntohs(answer.to.sin_port), before - answer.arrived);
      return;
    }
    auto& connection = connections_.at(static_cast<std::size_t>(answer.fd));
    if (!connection || connection->serial != answer.serial) return;
    std::string_view data = answer.data;
    const auto before = net::now_real();
    while (!data.empty()) {
      const auto sent = ::send(connection->fd, data.data(), data.size(), MSG_NOSIGNAL);
      // The truth itself may be larger than the socket's buffer; the reader is waiting for it.
      if (sent < 0 && errno == EAGAIN) continue;
      if (sent < 0) break;
      data.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (answer.id) truth_.add(*answer.id, connection->peer, before - answer.arrived);
    if (!answer.id && connection->port == Port::kTls && SSL_is_init_finished(connection->ssl) == 0) {
      truth_.add_for_port(connection->peer, before - answer.arrived);
    }
  }

  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  SSL_CTX* tls_;
  std::chrono::microseconds tls_delay_;
  std::array<int, 4> listeners_{-1, -1, -1, -1};
  std::vector<std::unique_ptr<Connection>> connections_;  ///< by descriptor
  std::priority_queue<Answer> answers_;
  std::uint64_t serial_ = 0;
  Truth truth_;
};

SSL_CTX* tls_context(const std::string& certificate, const std::string& key) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("cannot use " + certificate + " with " + key);
  }
  return context;
}

int serve(int argc, char** argv) {
  CLI::App app("Answers after as long as it is asked to, and knows how long it really took");
  std::string certificate;
  std::string key;
  std::int64_t tls_delay = 0;
  auto* with_certificate = app.add_option("--certificate", certificate, "PEM; without it there is no TLS");
  app.add_option("--key", key, "PEM")->needs(with_certificate);
  app.add_option("--tls-delay", tls_delay, "microseconds before the first flight of the port `tls`");
  CLI11_PARSE(app, argc, argv);
  raise_descriptor_limit();
  sched_param priority{};
  priority.sched_priority = 1;
  if (::sched_setscheduler(0, SCHED_FIFO, &priority) != 0) fmt::print(stderr, "delay_server: no real-time priority\n");
  DelayServer server(certificate.empty() ? nullptr : tls_context(certificate, key),
                     std::chrono::microseconds(tls_delay));
  fmt::print("{}\n", server.ports());
  std::fflush(stdout);
  server.run();
  return 0;
}

}  // namespace

}  // namespace vedette::bench

int main(int argc, char** argv) {
  return vedette::bench::run_program("delay_server", vedette::bench::serve, argc, argv);
}
