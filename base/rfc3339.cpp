#include "base/rfc3339.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace vedette {

std::string rfc3339(std::chrono::system_clock::time_point time, bool milliseconds) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  auto out = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(second)));
  if (milliseconds) {
    out += fmt::format(".{:03}", std::chrono::floor<std::chrono::milliseconds>(time - second).count());
  }
  return out + "Z";
}

}  // namespace vedette
