#pragma once

// What one run of a scenario did: the source of every report. Plain values. Texts that a target or a secret may be in
// are masked when they are put here.

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/result.hpp"
#include "config/diagnostic.hpp"
#include "language/values/fault.hpp"
#include "net/http/http_exchange.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

enum class State : std::uint8_t {
  kPass,
  kWarn,
  kFail,   ///< an assertion or a threshold
  kError,  ///< it could not be looked at: a connection, a placeholder, an answer that cannot be read
  kSkipped,
};
std::string_view name_of(State state);
/// Zero for what is well or was skipped, then the worse the greater.
int severity_of(State state);

/// Why a step did not run.
enum class Skip : std::uint8_t {
  kNo,
  kEarlierFailure,
  kDeadline,
  kCancelled,
  kWhen,    ///< its condition is false
  kOption,  ///< Hurl's `skip`
};
std::string_view name_of(Skip skip);

/// One thing that is wrong, with its place.
struct Finding {
  language::FaultKind kind = language::FaultKind::kAssertFailure;
  Reason reason = Reason::kNone;
  config::Place place;
  std::string line;  ///< of the file at `place`, as it may be shown
  int width = 1;
  std::string message;
  std::string actual;
  std::string expected;
  bool type_mismatch = false;
  std::vector<std::string> diff;  ///< lines with - and + in front
  std::string limit;              ///< its name, for the reason `limit`
  bool warns = false;             ///< does not fail the step
};

/// One request and its answer; a redirect is one of its own.
struct CallRecord {
  std::string method;
  std::string url;
  net::Headers request_headers;
  std::size_t request_bytes = 0;
  int status = 0;
  std::string version;
  net::Headers headers;
  std::size_t bytes = 0;
  std::string content_type;
  std::string excerpt;
  std::string ip;
  bool reused = false;
  std::optional<std::chrono::system_clock::time_point> certificate_expiry;
};

struct AttemptRecord {
  Duration began{};  ///< since the run began
  Duration duration{};
  std::vector<PhaseTime> phases;
  std::vector<CallRecord> calls;
  Reason reason = Reason::kNone;
  std::string message;
};

struct AssertRecord {
  std::string text;
  config::Place place;
  bool holds = false;
  bool warns = false;
  std::string message;  ///< why not
};

struct CaptureRecord {
  std::string name;
  std::string kind;
  std::string value;  ///< *** when it is a secret
  bool redacted = false;
};

struct ExceededThreshold {
  std::string of;
  bool fails = false;
  double value = 0;
  double bound = 0;
  config::Place place;
};

struct StepRecord {
  std::string id;    ///< with those of the groups it is in: `cart/add`
  std::string name;  ///< for people
  std::string_view kind = "http";
  config::Place place;
  std::string request_line;  ///< of a Hurl file, for its errors
  int request_line_number = 0;
  State state = State::kSkipped;
  Reason reason = Reason::kNone;
  std::string message;  ///< why it is not pass
  Skip skipped = Skip::kNo;
  Duration began{};
  Duration duration{};
  Duration poll_wait{};
  bool polled = false;
  std::vector<AttemptRecord> attempts;
  std::vector<AssertRecord> asserts;
  std::vector<CaptureRecord> captures;
  std::vector<ExceededThreshold> thresholds;
  std::vector<Finding> findings;
  std::string curl;  ///< the command that does the same, with secrets as names
  bool teardown = false;
  bool leaf = true;  ///< not a group

  [[nodiscard]] bool bad() const { return state == State::kFail || state == State::kError; }
  /// Of the last attempt, over all its calls.
  [[nodiscard]] Duration total_of(Phase phase) const;
};

struct RunRecord {
  std::string id;
  std::uint64_t seed = 0;
  std::string scenario;
  std::string file;
  bool hurl = false;
  State state = State::kPass;
  Reason reason = Reason::kNone;
  std::string message;
  std::string failed_step;
  State teardown = State::kSkipped;
  std::chrono::system_clock::time_point started;
  Duration duration{};  ///< of the steps, without teardown
  std::int64_t requests = 0;
  std::vector<StepRecord> steps;  ///< in the order they began, those of teardown last
  std::vector<ExceededThreshold> thresholds;
  std::string cookies;  ///< what there is at the end, as lines of Netscape's file; for the command line alone
};

}  // namespace vedette::scenarios
