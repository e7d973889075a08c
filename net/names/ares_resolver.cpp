#include "net/names/ares_resolver.hpp"

#include <ares.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "net/addresses/target.hpp"
#include "net/io/epoll_set.hpp"
#include "net/io/errors.hpp"
#include "net/io/event.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

/// The default receive buffer drops answers when some hundred lookups are in flight on one channel.
constexpr int kReceiveBuffer = 4 << 20;
constexpr int kTryMilliseconds = 1500;
constexpr int kTries = 3;
/// Reads for one event: c-ares reads until nothing is left, which a server that floods never lets happen.
constexpr int kMaxReads = 64;
/// Channels for servers that checks name; more than this many different servers share by being reopened.
constexpr std::size_t kMaxChannels = 64;

void init_library() {
  static std::once_flag once;
  std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
}

/// One family's part of a lookup.
struct Part {
  bool done = false;
  int status = ARES_SUCCESS;
  std::optional<Resolution> found;
};

/// A lookup in flight. c-ares cannot drop a single query, so it holds a share and finds the waiter gone.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : settled(executor) {}

  Part v4;
  Part v6;
  bool prefer_v6 = true;
  Event settled;

  [[nodiscard]] const Part& preferred() const { return prefer_v6 ? v6 : v4; }
  [[nodiscard]] const Part& other() const { return prefer_v6 ? v4 : v6; }
  void check_settled() {
    if (preferred().found || (preferred().done && other().done)) settled.notify();
  }
};

struct Callback {
  std::shared_ptr<Lookup> lookup;
  bool v6 = false;
};

asio::ip::address address_of(const ares_addrinfo_node& node) {
  if (node.ai_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(node.ai_addr);
    return asio::ip::address_v4(ntohl(in->sin_addr.s_addr));
  }
  const auto* in = reinterpret_cast<const sockaddr_in6*>(node.ai_addr);
  asio::ip::address_v6::bytes_type bytes{};
  std::copy(std::begin(in->sin6_addr.s6_addr), std::end(in->sin6_addr.s6_addr), bytes.begin());
  return asio::ip::address_v6(bytes, in->sin6_scope_id);
}

void on_addrinfo(void* argument, int status, int /*timeouts*/, ares_addrinfo* info) noexcept {
  const std::unique_ptr<Callback> callback(static_cast<Callback*>(argument));
  auto& part = callback->v6 ? callback->lookup->v6 : callback->lookup->v4;
  part.done = true;
  part.status = status;
  if (info != nullptr) {
    if (status == ARES_SUCCESS && info->nodes != nullptr) {
      part.found = Resolution{address_of(*info->nodes), info->nodes->ai_ttl};
    }
    ares_freeaddrinfo(info);
  }
  callback->lookup->check_settled();
}

Failure failure_of_status(int status, const std::string& host) {
  const auto text = fmt::format("{}: {}", host, ares_strerror(status));
  switch (status) {
    case ARES_ENOTFOUND:
      return {Reason::kResolveNxdomain, text};
    case ARES_SUCCESS:
    case ARES_ENODATA:
      return {Reason::kResolveNoAddress, fmt::format("{}: no address of the wanted family", host)};
    case ARES_ESERVFAIL:
      return {Reason::kResolveServfail, text};
    case ARES_EREFUSED:
    case ARES_ECONNREFUSED:
      return {Reason::kResolveRefused, text};
    case ARES_ETIMEOUT:
      return {Reason::kTimeoutResolve, text};
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
      return cancelled();
    case ARES_ENOMEM:
      return {Reason::kLocalResources, text};
    default:
      return {Reason::kResolveFailed, text};
  }
}

/// What is wrong with asking a server that a check names. The system's own are not bounded: clouds put them beside the
/// metadata services.
std::optional<Failure> refuses_server(const EgressPolicy& egress, const std::string& server) {
  const auto parts = server.empty() ? std::nullopt : split_host_port(server, 53);
  if (!parts) return std::nullopt;
  boost::system::error_code error;
  const auto address = asio::ip::make_address(parts->host, error);
  if (error) return std::nullopt;
  auto refused = egress.refuses({{}, address, parts->port});
  if (refused) refused->message = "the resolver: " + refused->message;
  return refused;
}

/// Of two failed families, the one that says more.
int worse_status(int a, int b) {
  const auto weight = [](int status) { return status == ARES_ENODATA || status == ARES_SUCCESS ? 0 : 1; };
  return weight(a) >= weight(b) ? a : b;
}

}  // namespace

/// One c-ares channel with its sockets and its timer on the loop.
class AresResolver::Channel {
 public:
  Channel(const asio::any_io_executor& executor, const std::string& server)
      : timer_(executor), sockets_(executor, [this](int fd, std::uint32_t events) {
          process(fd, events);
          arm();
        }) {
    int status = open(server, ARES_FLAG_NOSEARCH);
    // c-ares answers SERVFAIL and REFUSED by asking the next server and, without one, by forgetting the code.
    if (status == ARES_SUCCESS && server_count() < 2) {
      ares_destroy(channel_);
      status = open(server, ARES_FLAG_NOSEARCH | ARES_FLAG_NOCHECKRESP);
    }
    if (status != ARES_SUCCESS) throw std::runtime_error(fmt::format("c-ares: {}", ares_strerror(status)));
  }

  ~Channel() { ares_destroy(channel_); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void ask(const std::string& host, const std::shared_ptr<Lookup>& lookup, bool v6) {
    ares_addrinfo_hints hints{};
    hints.ai_family = v6 ? AF_INET6 : AF_INET;
    hints.ai_flags = ARES_AI_NOSORT;
    auto callback = std::make_unique<Callback>(Callback{lookup, v6});
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &on_addrinfo, callback.release());
    arm();
  }

 private:
  int open(const std::string& server, int flags) {
    ares_options options{};
    options.flags = flags;
    options.timeout = kTryMilliseconds;
    options.tries = kTries;
    options.sock_state_cb = &Channel::on_socket_state;
    options.sock_state_cb_data = this;
    std::string lookups = "b";
    options.lookups = lookups.data();
    const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS;
    int status = ares_init_options(&channel_, &options, mask);
    if (status == ARES_SUCCESS) ares_set_socket_functions(channel_, &kSocketFunctions, this);
    if (status == ARES_SUCCESS && !server.empty()) {
      const auto parts = split_host_port(server, 53);
      status =
          parts ? ares_set_servers_ports_csv(channel_, join_host_port(parts->host, parts->port).c_str()) : ARES_EBADSTR;
    }
    if (status != ARES_SUCCESS && channel_ != nullptr) ares_destroy(channel_);
    return status;
  }

  [[nodiscard]] int server_count() const {
    ares_addr_port_node* servers = nullptr;
    if (ares_get_servers_ports(channel_, &servers) != ARES_SUCCESS) return 0;
    int count = 0;
    for (auto* at = servers; at != nullptr; at = at->next) ++count;
    ares_free_data(servers);
    return count;
  }

  static void on_socket_state(void* self, ares_socket_t fd, int readable, int writable) noexcept {
    const std::uint32_t events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
    static_cast<Channel*>(self)->sockets_.watch(fd, events);
  }

  static ares_socket_t make_socket(int family, int type, int protocol, void* /*self*/) noexcept {
    const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
    return fd;
  }
  static int close_socket(ares_socket_t fd, void* /*self*/) noexcept { return ::close(fd); }
  static int connect_socket(ares_socket_t fd, const sockaddr* address, ares_socklen_t size, void* /*self*/) noexcept {
    return ::connect(fd, address, size);
  }
  static ares_ssize_t receive(ares_socket_t fd, void* data, std::size_t size, int flags, sockaddr* from,
                              ares_socklen_t* from_size, void* self) noexcept {
    if (--static_cast<Channel*>(self)->reads_left_ >= 0) return ::recvfrom(fd, data, size, flags, from, from_size);
    errno = EAGAIN;
    return -1;
  }
  static ares_ssize_t send(ares_socket_t fd, const iovec* parts, int count, void* /*self*/) noexcept {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = static_cast<std::size_t>(count);
    return ::sendmsg(fd, &message, MSG_NOSIGNAL);
  }
  static constexpr ares_socket_functions kSocketFunctions{&make_socket, &close_socket, &connect_socket, &receive,
                                                          &send};

  void process(int fd, std::uint32_t events) {
    reads_left_ = kMaxReads;
    const bool trouble = (events & (EPOLLERR | EPOLLHUP)) != 0;
    ares_process_fd(channel_, (events & EPOLLIN) != 0 || trouble ? fd : ARES_SOCKET_BAD,
                    (events & EPOLLOUT) != 0 ? fd : ARES_SOCKET_BAD);
  }

  /// Sleeps until c-ares wants to be called for its next retry or timeout.
  void arm() {
    timeval wait{};
    if (ares_timeout(channel_, nullptr, &wait) == nullptr) {
      timer_.cancel();
      return;
    }
    timer_.expires_after(std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec) +
                         std::chrono::milliseconds(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      reads_left_ = kMaxReads;
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm();
    });
  }

  asio::steady_timer timer_;
  EpollSet sockets_;
  ares_channel channel_ = nullptr;
  int reads_left_ = kMaxReads;  ///< until the loop turns
};

/// The hosts file alone, asked before the DNS. c-ares could do both in one go, but loses memory (1.18) when a name is
/// in the file with an address of the other family only.
class AresResolver::HostsFile {
 public:
  HostsFile() {
    std::string lookups = "f";
    ares_options options{};
    options.lookups = lookups.data();
    const int status = ares_init_options(&channel_, &options, ARES_OPT_LOOKUPS);
    if (status != ARES_SUCCESS) throw std::runtime_error(fmt::format("c-ares: {}", ares_strerror(status)));
  }
  ~HostsFile() { ares_destroy(channel_); }
  HostsFile(const HostsFile&) = delete;
  HostsFile& operator=(const HostsFile&) = delete;

  /// The address of `host` that the settings want; nothing when the file does not have the name.
  std::optional<Resolution> find(const std::string& host, const AddressSettings& settings) {
    ares_addrinfo_hints hints{};
    hints.ai_family = settings.fallback ? AF_UNSPEC : settings.prefer_v6 ? AF_INET6 : AF_INET;
    hints.ai_flags = ARES_AI_NOSORT;
    Search search{settings.prefer_v6, std::nullopt};
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &HostsFile::on_addrinfo, &search);
    return search.found;
  }

 private:
  struct Search {
    bool prefer_v6;
    std::optional<Resolution> found;
  };

  /// Called before ares_getaddrinfo() returns: reading a file needs no socket.
  static void on_addrinfo(void* argument, int status, int /*timeouts*/, ares_addrinfo* info) noexcept {
    auto& search = *static_cast<Search*>(argument);
    if (info == nullptr) return;
    for (const auto* node = status == ARES_SUCCESS ? info->nodes : nullptr; node != nullptr; node = node->ai_next) {
      const bool preferred = (node->ai_family == AF_INET6) == search.prefer_v6;
      if (!search.found || (preferred && search.found->address.is_v6() != search.prefer_v6)) {
        search.found = Resolution{address_of(*node), 0};
      }
    }
    ares_freeaddrinfo(info);
  }

  ares_channel channel_ = nullptr;
};

AresResolver::AresResolver(const asio::any_io_executor& executor, const SocketSet& sockets)
    : executor_(executor), sockets_(sockets) {
  init_library();
  hosts_ = std::make_unique<HostsFile>();
}

AresResolver::~AresResolver() = default;

AresResolver::Channel* AresResolver::channel_for(const std::string& server) {
  auto found = channels_.find(server);
  if (found == channels_.end()) {
    if (channels_.size() >= kMaxChannels) channels_.erase(std::prev(channels_.end()));
    found = channels_.emplace(server, std::make_unique<Channel>(executor_, server)).first;
  }
  return found->second.get();
}

asio::awaitable<tl::expected<Resolution, Failure>> AresResolver::resolve(const std::string& host,
                                                                         const AddressSettings& settings) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) {
    if (!settings.fallback && literal.is_v6() != settings.prefer_v6) {
      co_return tl::make_unexpected(
          Failure{Reason::kResolveNoAddress, fmt::format("{} is not of the wanted address family", host)});
    }
    co_return Resolution{literal, 0};
  }

  if (auto refused = refuses_server(sockets_.egress(), settings.resolver)) {
    co_return tl::make_unexpected(std::move(*refused));
  }
  if (settings.resolver.empty()) {
    if (const auto found = hosts_->find(host, settings)) co_return *found;
  }
  const auto lookup = std::make_shared<Lookup>(executor_);
  lookup->prefer_v6 = settings.prefer_v6;
  auto* channel = channel_for(settings.resolver);
  const bool both = settings.fallback;
  if (!both) (settings.prefer_v6 ? lookup->v4 : lookup->v6).done = true;
  if (both || settings.prefer_v6) channel->ask(host, lookup, true);
  if (both || !settings.prefer_v6) channel->ask(host, lookup, false);
  if (!co_await lookup->settled.wait()) co_return tl::make_unexpected(cancelled());

  if (lookup->preferred().found) co_return *lookup->preferred().found;
  if (lookup->other().found) co_return *lookup->other().found;
  const int status =
      both ? worse_status(lookup->preferred().status, lookup->other().status) : lookup->preferred().status;
  co_return tl::make_unexpected(failure_of_status(status, host));
}

}  // namespace vedette::net
