#pragma once

// Work that takes too long for the loop: a worker does it while the activity waits, which still ends at its deadline.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "net/io/activity.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

/// What an answer may have that is looked at in the loop itself; larger ones go to a worker.
constexpr std::size_t kSmallAnswer = std::size_t{32} << 10;

/// How many times a body's bytes it takes to look at it: what is made of JSON and markup is many times as large (flat
/// HTML of 15 MiB became 687 MB, JSON of 14 MiB 512 MB).
constexpr std::size_t kTextCost = 3;
constexpr std::size_t kTreeCost = 45;

/// Waits until `work` has been done by a worker. A problem when the activity was stopped first (`timeout_expect`, or
/// `cancelled`), or the workers have too much to do (`local_resources`). `work` may go on after that: it may refer only
/// to what it owns.
boost::asio::awaitable<Problem> offload(Activity& context, std::function<void()> work);

}  // namespace vedette::net
