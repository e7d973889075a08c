#pragma once

// The definition of a check: what to look at and when. Immutable once loaded and shared by everyone who needs it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
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

  /// Names of labels that people gave to what the settings find out.
  [[nodiscard]] virtual std::vector<std::string> label_names() const { return {}; }
  /// The host that every run asks for, whatever the target is; empty: the target's.
  [[nodiscard]] virtual std::string fixed_host() const { return {}; }
  /// How long a run may take, and how often it is to be, when the settings themselves say so; zero: they do not.
  [[nodiscard]] virtual std::chrono::nanoseconds own_timeout() const { return {}; }
  [[nodiscard]] virtual std::chrono::nanoseconds own_interval() const { return {}; }
};

/// Upper bounds in seconds, ascending. Shared: most checks have the same.
using Buckets = std::shared_ptr<const std::vector<double>>;

enum class MetricsLevel { kFull, kBasic };

struct Check {
  std::string name;
  std::string target;
  std::string instance;  ///< the target as it may be shown: a password in a URL is masked
  std::string module;    ///< the module's name; empty for settings written inline
  std::string hostname;  ///< instead of the target's: the host to ask for and to verify; empty: the target's
  const Kind* kind = nullptr;
  std::shared_ptr<const Settings> settings;
  std::string unusable;  ///< why no run can use the settings; empty: they can be used

  std::chrono::nanoseconds interval{};
  std::chrono::nanoseconds timeout{};
  std::chrono::nanoseconds connect_timeout{};   ///< until a request can be sent; zero: the timeout alone counts
  std::chrono::nanoseconds failing_interval{};  ///< zero: the interval does not change while the check fails
  std::chrono::nanoseconds retry_interval{};
  int retries = 0;  ///< runs after a failed one before the failure counts

  std::vector<std::pair<std::string, std::string>> labels;
  MetricsLevel metrics = MetricsLevel::kFull;
  Buckets buckets;  ///< of the latency histogram

  std::uint64_t fingerprint = 0;  ///< equal for definitions that a reload may keep

  std::uint64_t key = 0;   ///< key_of(name, target)
  std::uint64_t grid = 0;  ///< what its place on the grid is computed from: the key, and whose grid it is
};

/// What tells the checks of a configuration apart: a hash of name and target, since several targets share a name. The
/// same on every machine.
std::uint64_t key_of(std::string_view name, std::string_view target);

/// A hash of `text` that is the same on every machine and in every version.
std::uint64_t stable_hash(std::string_view text);

using CheckPtr = std::shared_ptr<const Check>;

}  // namespace vedette
