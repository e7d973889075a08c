#pragma once

// From what the operating system says to a reason.

#include <boost/system/error_code.hpp>

#include "base/failure.hpp"

namespace vedette::net {

/// The failure that errno value `error` means in `phase`.
Failure failure_of(int error, Phase phase);
Failure failure_of(const boost::system::error_code& error, Phase phase);

/// The failure for a wait that was cancelled; a run replaces it by a timeout when its deadline was the cause.
Failure cancelled();

}  // namespace vedette::net
