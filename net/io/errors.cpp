#include "net/io/errors.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstring>

namespace vedette::net {

Failure cancelled() {
  return {Reason::kCancelled, "cancelled"};
}

Failure failure_of(int error, Phase phase) {
  const std::string text = std::strerror(error);
  switch (error) {
    case ECANCELED:
      return cancelled();
    case ECONNREFUSED:
      return {phase == Phase::kRequest ? Reason::kResetRequest : Reason::kConnectRefused, text};
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EACCES:
    case EPERM:
      return {Reason::kConnectUnreachable, text};
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      return {reset_in(phase), text};
    case ETIMEDOUT:
      return {timeout_in(phase), text};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
      return {phase == Phase::kConnect ? Reason::kConnectUnreachable : Reason::kInternal, text};
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
      return {Reason::kLocalResources, text};
    default:
      return {Reason::kConnectFailed, fmt::format("{} (in phase {})", text, name_of(phase))};
  }
}

Failure failure_of(const boost::system::error_code& error, Phase phase) {
  if (error == boost::asio::error::operation_aborted) return cancelled();
  return failure_of(error.value(), phase);
}

}  // namespace vedette::net
