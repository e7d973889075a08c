#pragma once

// The turn of the loop that a busy run gives to others.

#include <boost/asio/awaitable.hpp>

#include "net/io/activity.hpp"

namespace vedette::net {

/// Lets the loop serve timers, sockets and other activities once; false when this one was stopped meanwhile.
boost::asio::awaitable<bool> let_others(Activity& context);

}  // namespace vedette::net
