#pragma once

// What something took on the network, part by part.

#include <cstdint>
#include <vector>

#include "base/failure.hpp"

namespace vedette {

/// One timed part. Durations are corrected: they hold what the target took, not what the agent added.
struct PhaseTime {
  Phase phase = Phase::kResolve;
  Duration duration{};
  int hop = 0;  ///< counts redirects; 0 is the first request
};

namespace net {

struct Timings {
  std::vector<PhaseTime> phases;
  Duration duration{};           ///< what the target took: the sum of the phases
  std::uint16_t local_port = 0;  ///< of the last connection or socket; zero: there was none

  /// The sum over all hops.
  [[nodiscard]] Duration total_of(Phase phase) const;
  /// Of one hop.
  [[nodiscard]] Duration total_of(Phase phase, int hop) const;
};

}  // namespace net

}  // namespace vedette
