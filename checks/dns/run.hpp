#pragma once

// One run of a DNS check: its own packet on its own connected socket.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "checks/dns/message.hpp"
#include "checks/dns/settings.hpp"
#include "checks/kind.hpp"
#include "net/io/clock.hpp"
#include "net/stream/stream.hpp"

namespace vedette::dns {

class DnsRun {
 public:
  explicit DnsRun(RunContext& context);

  boost::asio::awaitable<void> go();

 private:
  boost::asio::awaitable<void> ask(boost::asio::ip::address address, std::uint16_t port);
  boost::asio::awaitable<net::Problem> ask_udp(boost::asio::ip::address address, std::uint16_t port);
  boost::asio::awaitable<net::Problem> ask_tcp(boost::asio::ip::address address, std::uint16_t port, bool over_tls);
  boost::asio::awaitable<net::Problem> exchange_framed(net::Stream& stream);
  /// Takes `wire` as the reply when it is one to our query; nothing otherwise, and `other_` says what was wrong.
  bool take_reply(std::string_view wire, net::Problem& problem);
  void measure();
  void add_evidence();

  RunContext& context_;
  const DnsSettings& settings_;
  std::string host_;
  std::string query_;  ///< in wire format
  bool resolved_ = false;
  std::uint16_t id_ = 0;
  net::Problem other_;  ///< a datagram came that was not our reply
  std::optional<Reply> reply_;
  std::string transport_ = "udp";
};

extern const Family kDnsDuration;
extern const Family kDnsAnswerRrs;
extern const Family kDnsAuthorityRrs;
extern const Family kDnsAdditionalRrs;
extern const Family kDnsQuerySucceeded;
extern const Family kDnsSerial;

}  // namespace vedette::dns
