#include "probe/web/shared_body.hpp"

#include <algorithm>

namespace vedette {

void SharedBody::end_readers(Clock::time_point before) {
  for (auto& reading : readings_) {
    if (reading.ended || reading.progress >= before) continue;
    reading.ended = true;
    reading.end();
  }
  given_up_ = !readings_.empty() &&
              std::all_of(readings_.begin(), readings_.end(), [](const Reading& reading) { return reading.ended; });
}

}  // namespace vedette
