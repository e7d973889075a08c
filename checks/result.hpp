#pragma once

// What one run of a check found: the only thing that exporters see. A plain value; whoever holds it owns it.

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/failure.hpp"
#include "base/labels.hpp"
#include "base/text.hpp"
#include "net/io/timings.hpp"

namespace vedette {

/// A family of samples, as Prometheus means it. Families are constants that live for ever: compare them by address.
struct Family {
  std::string_view name;
  std::string_view help;
  std::vector<std::string_view> labels;  ///< the names of its own labels, before those of the check
  bool basic = false;                    ///< also exported with `metrics: basic`
};

/// One label with the phase's name.
const MeasureLabels& labels_of(Phase phase);
/// The name of the `i`th label.
std::string_view label_name(const Family& family, const LabelValues& labels, std::size_t i);

/// One number that a run produced.
struct Measure {
  const Family* family = nullptr;
  double value = 0;
  MeasureLabels labels;
};

/// What a person needs to believe a failure.
struct Evidence {
  boost::json::object facts;     ///< by kind: addresses, status, flags, certificates, … (docs/results.md)
  std::vector<std::string> log;  ///< the steps of the run, in order
  std::string excerpt;           ///< the beginning of what the target said, printable and bounded
  std::string account{};         ///< lines for a person in place of facts and log, from kinds that know better
};

/// What makes a run's numbers less trustworthy than others.
enum class Disturbance : std::uint8_t {
  kNone,
  kOverhead,  ///< the agent itself added more than kDisturbingOverhead
  kClock,     ///< the real-time clock was set: durations are the user clock's
};

std::string_view name_of(Disturbance disturbance);

/// With more overhead than this a run counts as disturbed.
constexpr std::chrono::milliseconds kDisturbingOverhead{100};

/// A loop that comes so late to a deadline stood still: the process was stopped, or had no processor.
constexpr std::chrono::milliseconds kStandstill{100};

struct Result;
/// Results are shared by everyone who is told of them, and so they never change.
using ResultPtr = std::shared_ptr<const Result>;

struct Result : net::Timings {
  Verdict verdict = Verdict::kUnknown;
  Reason reason = Reason::kNone;
  std::string message;
  std::chrono::system_clock::time_point started;
  Duration overhead{};  ///< what the agent itself added: the user clock's total minus `duration`
  Disturbance disturbed = Disturbance::kNone;
  std::vector<Measure> measures;
  Evidence evidence;
  int attempts = 1;  ///< more than one when a failure was confirmed by retries

  [[nodiscard]] bool passed() const { return verdict == Verdict::kPass || verdict == Verdict::kWarn; }
  /// The value of the first measure of `family`, or `otherwise`.
  [[nodiscard]] double value_of(const Family& family, double otherwise = 0) const;
};

/// Families that every kind gives.
extern const Family kSuccess;
extern const Family kDurationSeconds;
/// Families of more than one kind.
extern const Family kFailedDueToRegex;

}  // namespace vedette
