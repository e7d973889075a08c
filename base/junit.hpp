#pragma once

// Reports in JUnit's XML, which CI systems read.

#include <string>
#include <vector>

namespace vedette {

struct JunitCase {
  enum class Outcome { kPassed, kFailure, kError, kSkipped };

  std::string classname;
  std::string name;
  double seconds = 0;
  Outcome outcome = Outcome::kPassed;
  std::string type{};     ///< of a failure or an error: the reason
  std::string message{};  ///< why it did not pass
  std::string details{};  ///< lines of text
};

struct JunitSuite {
  std::string name;
  double seconds = 0;
  std::vector<JunitCase> cases;
};

/// The whole document.
std::string to_junit(const std::vector<JunitSuite>& suites);

}  // namespace vedette
