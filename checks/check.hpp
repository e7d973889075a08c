#pragma once

// The definition of a check: what to look at and when. Immutable once loaded and shared by everyone who needs it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vedette {

struct Kind;

/// The settings of one kind; each kind derives its own and is the only one that reads it.
struct Settings {
  Settings() = default;
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  virtual ~Settings() = default;
};

enum class MetricsLevel { kFull, kBasic };

struct Check {
  std::string name;
  std::string target;
  std::string instance;  ///< the target as it may be shown: a password in a URL is masked
  std::string module;    ///< the module's name; empty for settings written inline
  const Kind* kind = nullptr;
  std::shared_ptr<const Settings> settings;

  std::chrono::nanoseconds interval{};
  std::chrono::nanoseconds timeout{};
  std::chrono::nanoseconds failing_interval{};  ///< zero: the interval does not change while the check fails
  std::chrono::nanoseconds retry_interval{};
  int retries = 0;  ///< runs after a failed one before the failure counts

  std::vector<std::pair<std::string, std::string>> labels;
  MetricsLevel metrics = MetricsLevel::kFull;
  std::vector<double> buckets;  ///< upper bounds in seconds, ascending

  std::uint64_t fingerprint = 0;  ///< equal for definitions that a reload may keep

  /// Unique in a configuration: several targets share a name.
  [[nodiscard]] std::string id() const { return name + '\n' + target; }
};

using CheckPtr = std::shared_ptr<const Check>;

}  // namespace vedette
