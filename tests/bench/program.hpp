#pragma once

// What the programs of the bench have in common.

#include <fmt/format.h>
#include <time.h>

#include <cstdio>
#include <exception>

namespace vedette::bench {

/// CPU of the whole process so far, in seconds; or of this thread.
inline double cpu_seconds(clockid_t clock = CLOCK_PROCESS_CPUTIME_ID) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Runs `program(argc, argv)` and turns an exception into a message.
template <typename Program>
int run_program(const char* name, const Program& program, int argc, char** argv) {
  try {
    return program(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
    return 1;
  }
}

}  // namespace vedette::bench
