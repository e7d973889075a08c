#pragma once

// Whether an attempt is made again, and when.

#include <random>

#include "scenarios/model/record.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

/// Whether an attempt that ended so is of one of the classes; `status` is zero when nothing was answered.
bool is_one_of(const std::vector<Transient>& classes, Reason reason, int status, bool failed);

/// The time before attempt `next`, which is the second or a later one.
Duration wait_before(const Backoff& backoff, std::int64_t next, std::mt19937_64& random);

/// What a Retry-After header asks for (RFC 9110 section 10.2.3), in seconds; nothing when it is a date or nonsense.
std::optional<Duration> retry_after(const net::Headers& headers);

std::string_view name_of(Transient transient);

}  // namespace vedette::scenarios
