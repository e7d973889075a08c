#include "tests/bench/truth.hpp"

#include <fmt/format.h>

#include <iterator>

namespace vedette::bench {

std::string Truth::text() const {
  std::string out;
  const auto sink = std::back_inserter(out);
  for (const auto& [id, kept] : by_id_) fmt::format_to(sink, "id {} {}\n", id, kept.count());
  for (const auto& [port, all] : by_port_) {
    for (const auto kept : all) fmt::format_to(sink, "port {} {}\n", port, kept.count());
  }
  return out;
}

}  // namespace vedette::bench
