#pragma once

// Runs one check as the agent would, on a loop of the test's own.

#include <functional>
#include <memory>
#include <string>

#include "checks/check.hpp"
#include "checks/kind.hpp"
#include "checks/result.hpp"
#include "net/io/resolver.hpp"

namespace vedette::testing {

/// The only check of `yaml`, the text of one entry of `checks:`; fails the test by an exception when it has errors.
CheckPtr make_check(const std::string& yaml);

/// Runs it to its end. `during`, when given, is called once the run has begun and gets a function that cancels it.
Result run_check(const CheckPtr& check, const std::function<void(std::function<void()>)>& during = {});
/// The same with names as `resolver` has them.
Result run_check(const CheckPtr& check, std::unique_ptr<net::Resolver> resolver);

inline Result run_check(const std::string& yaml) {
  return run_check(make_check(yaml));
}

/// How long run_check() of `check` took by the clock on the wall, and its result.
struct TimedResult {
  Result result;
  Duration took{};
};
TimedResult run_timed(const std::string& yaml);

}  // namespace vedette::testing
