#include "net/io/timings.hpp"

namespace vedette::net {

Duration Timings::total_of(Phase phase, int hop) const {
  Duration total{};
  for (const auto& part : phases) {
    if (part.phase == phase && part.hop == hop) total += part.duration;
  }
  return total;
}

Duration Timings::total_of(Phase phase) const {
  Duration total{};
  for (const auto& part : phases) {
    if (part.phase == phase) total += part.duration;
  }
  return total;
}

}  // namespace vedette::net
