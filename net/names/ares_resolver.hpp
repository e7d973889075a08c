#pragma once

// The Resolver on c-ares: hosts file, /etc/resolv.conf, no search domains, one channel for the system's servers and one
// for each server that a check names. A lookup that fails or stalls delays nobody else's.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "net/io/resolver.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

class AresResolver final : public Resolver {
 public:
  /// `sockets` outlives it: their policy decides which servers checks may name.
  AresResolver(const boost::asio::any_io_executor& executor, const SocketSet& sockets);
  ~AresResolver() override;
  AresResolver(const AresResolver&) = delete;
  AresResolver& operator=(const AresResolver&) = delete;

  boost::asio::awaitable<tl::expected<Resolution, Failure>> resolve(const std::string& host,
                                                                    const AddressSettings& settings) override;

 private:
  class Channel;
  class HostsFile;
  Channel* channel_for(const std::string& server);

  boost::asio::any_io_executor executor_;
  const SocketSet& sockets_;
  std::unique_ptr<HostsFile> hosts_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
};

}  // namespace vedette::net
