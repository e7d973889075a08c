#include "scheduler/grid.hpp"

#include "checks/check.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace vedette;
using namespace std::chrono_literals;

namespace {

const MonotonicTime kBegin{1000h};
const WallOffset kOffset{kBegin, std::chrono::system_clock::time_point(490000h)};

}  // namespace

TEST_CASE("the hash and so every phase is the same for ever") {
  CHECK(stable_hash("shop") == 0x6d3f514f4c34b504ULL);
  CHECK(phase_of(stable_hash("shop"), 60s) == phase_of(stable_hash("shop"), 60s));
  CHECK(phase_of(stable_hash("shop"), 60s) != phase_of(stable_hash("shop2"), 60s));
}

TEST_CASE("due times are points of the absolute grid, each after the last") {
  const auto interval = 10s;
  const auto phase = phase_of(stable_hash("a"), interval);
  auto due = next_due(kBegin, phase, interval, kOffset);
  CHECK(due > kBegin);
  CHECK(due <= kBegin + interval);
  CHECK((kOffset.wall(due) - phase) % interval == 0ns);
  CHECK(next_due(due, phase, interval, kOffset) == due + interval);
  CHECK(next_due(due - 1ns, phase, interval, kOffset) == due);
}

TEST_CASE("a process that starts later meets the same grid") {
  const auto later = kBegin + 12345678ms;
  const WallOffset offset(later, std::chrono::system_clock::time_point(490000h + 12345678ms));
  const auto phase = phase_of(stable_hash("a"), 30s);
  CHECK(offset.wall(next_due(later, phase, 30s, offset)) == kOffset.wall(next_due(later, phase, 30s, kOffset)));
}

TEST_CASE("phases share few instants, and every interval has one") {
  for (const auto interval : {100ms, 1'000ms, 60'000ms, 7ms, 3ms}) {
    const auto phase = phase_of(stable_hash("a"), interval);
    CHECK(phase % 4ms == 0ns);
    CHECK(phase < interval);
  }
}

TEST_CASE("phases spread evenly") {
  std::vector<int> slots(10);
  for (int i = 0; i < 10000; ++i)
    ++slots[static_cast<std::size_t>(phase_of(stable_hash("check-" + std::to_string(i)), 10s) / 1s)];
  for (const int count : slots) {
    CHECK(count > 850);
    CHECK(count < 1150);
  }
}
