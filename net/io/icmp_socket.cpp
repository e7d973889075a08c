#include "net/io/icmp_socket.hpp"

#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <openssl/rand.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "net/io/errors.hpp"
#include "net/io/services.hpp"
#include "net/io/turn.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kIdAt = 4;
constexpr std::size_t kSequenceAt = 6;

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

char high(std::uint16_t number) {
  return static_cast<char>(number >> 8U);
}

char low(std::uint16_t number) {
  return static_cast<char>(number & 0xffU);
}

std::uint16_t number_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(text[at]) << 8U |
                                    static_cast<unsigned char>(text[at + 1]));
}

/// RFC 1071.
std::uint16_t checksum(std::string_view data) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) sum += number_at(data, i);
  if (data.size() % 2 == 1) sum += static_cast<std::uint32_t>(static_cast<unsigned char>(data.back())) << 8U;
  while (sum > 0xffffU) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

std::uint16_t random_number() {
  std::uint16_t out = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&out), sizeof out);
  return out;
}

std::optional<int> hop_limit_in(msghdr& message) {
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    const bool four = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TTL;
    const bool six = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_HOPLIMIT;
    if (!four && !six) continue;
    int value = 0;
    std::memcpy(&value, CMSG_DATA(header), sizeof value);
    return value;
  }
  return std::nullopt;
}

}  // namespace

IcmpSocket::IcmpSocket(Activity& context) : socket_(context.services.sockets), context_(context) {}

/// Without it a raw socket would be woken by every ICMP message that reaches the host, other runs' replies among them.
void IcmpSocket::filter() const {
  const std::uint8_t reply = v6_ ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
  // IPv4's raw sockets see the IP header: its length goes to X. IPv6's begin at the ICMP message.
  std::array<sock_filter, 6> code{{
      v6_ ? sock_filter BPF_STMT(BPF_LDX | BPF_IMM, 0) : sock_filter BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, reply, 0, 2),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, kIdAt),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id_, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  std::array<sock_filter, 7> whole{};
  std::copy(code.begin(), code.end(), whole.begin());
  whole.back() = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
  const sock_fprog program{whole.size(), whole.data()};
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

Problem IcmpSocket::open(const Endpoint& to, const AddressSettings& settings, const IcmpOptions& options) {
  v6_ = to.address.is_v6();
  id_ = random_number();
  sequence_ = random_number();
  if (auto problem = socket_.connect(Transport::kIcmp, {to.address, 0, to.name}, settings, Opening::kSpeaks))
    return problem;
  const int fd = socket_.fd();
  int type = 0;
  socklen_t size = sizeof type;
  ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
  raw_ = type == SOCK_RAW;
  if (raw_) {
    filter();
  } else {
    // The kernel sets the id of unprivileged sockets: it is their port.
    id_ = local_endpoint_of(fd).second;
  }
  if (v6_) {
    set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    if (options.hop_limit > 0) set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, options.hop_limit);
  } else {
    set(fd, IPPROTO_IP, IP_RECVTTL, 1);
    set(fd, IPPROTO_IP, IP_RECVERR, 1);
    if (options.hop_limit > 0) set(fd, IPPROTO_IP, IP_TTL, options.hop_limit);
    set(fd, IPPROTO_IP, IP_MTU_DISCOVER, options.dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT);
  }
  return std::nullopt;
}

Problem IcmpSocket::send(std::string_view payload) {
  payload_ = payload;
  std::string message{static_cast<char>(v6_ ? ICMP6_ECHO_REQUEST : ICMP_ECHO),
                      0,
                      0,
                      0,
                      high(id_),
                      low(id_),
                      high(sequence_),
                      low(sequence_)};
  message += payload;
  // IPv6's is the kernel's to make, as it covers addresses.
  if (!v6_) {
    const auto sum = checksum(message);
    message[2] = high(sum);
    message[3] = low(sum);
  }
  sent_ = Moment::now();
  if (::send(socket_.fd(), message.data(), message.size(), MSG_NOSIGNAL) >= 0) return std::nullopt;
  if (errno == EMSGSIZE) {
    return Failure{Reason::kLocalResources,
                   fmt::format("{} bytes with their headers exceed the MTU of the interface", payload.size())};
  }
  return failure_of(errno, Phase::kConnect);
}

bool IcmpSocket::is_reply(std::string_view message) const {
  if (raw_ && !v6_ && !message.empty()) {
    const std::size_t words = static_cast<unsigned char>(message[0]) & 0x0fU;
    const auto header = words * 4;
    message.remove_prefix(std::min(header, message.size()));
  }
  if (message.size() < kHeader) return false;
  const auto type = static_cast<unsigned char>(message[0]);
  return type == (v6_ ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) && number_at(message, kIdAt) == id_ &&
         number_at(message, kSequenceAt) == sequence_ && message.substr(kHeader) == payload_;
}

asio::awaitable<Problem> IcmpSocket::receive() {
  constexpr std::size_t kMax = 65535;
  thread_local std::array<char, kMax> buffer;
  while (!context_.stopped) {
    if (context_.slice.used_up() && !co_await let_others(context_)) break;
    const bool sleeps = !socket_.has_news(false);
    if (!co_await socket_.readable()) break;
    if (sleeps) context_.slice.restart();
    alignas(cmsghdr) std::array<char, 256> control{};
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto got = ::recvmsg(socket_.fd(), &message, 0);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      if (errno == EMSGSIZE) {
        co_return Failure{Reason::kConnectFailed,
                          "the packet exceeds the MTU of a link on the way, and may not be split"};
      }
      // An ICMP error came instead: no route, or the hop limit was used up.
      co_return failure_of(errno, Phase::kConnect);
    }
    socket_.try_again();
    if (!is_reply({buffer.data(), static_cast<std::size_t>(got)})) continue;
    arrival_ = stamp_in(message);
    if (came_too_late(context_, arrival_)) break;
    reply_hop_limit_ = hop_limit_in(message);
    co_return std::nullopt;
  }
  co_return cancelled();
}

}  // namespace vedette::net
