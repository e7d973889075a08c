#pragma once

// From `modules:`, `defaults:` and `checks:` to Check values.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "checks/check.hpp"
#include "config/mapping.hpp"
#include "probe/config/agent_settings.hpp"
#include "probe/config/module.hpp"

namespace vedette {

constexpr std::size_t kLongestName = 200;  ///< of a check, in bytes
constexpr config::Duration kMinInterval = std::chrono::milliseconds(100);
constexpr config::Duration kMaxInterval = std::chrono::hours(24 * 366);

/// When and how often; what `defaults:` gives and each check may change.
struct Schedule {
  config::Duration interval = std::chrono::seconds(60);
  config::Duration timeout{};  ///< zero: unset
  config::Duration failing_interval{};
  config::Duration retry_interval = std::chrono::seconds(1);
  std::int64_t retries = 0;
  std::string metrics = "full";
  Buckets buckets;
  Labels labels;
};

class CheckDecoder {
 public:
  explicit CheckDecoder(config::Context& context) : context_(context) {}

  void read_defaults(config::Mapping& section);
  void read_module(const std::string& name, const config::Value& value);
  /// Appends the checks of one entry of `checks:`, one per target, to checks().
  void read_check(const config::Value& value);

  [[nodiscard]] std::vector<CheckPtr>& checks() { return checks_; }
  [[nodiscard]] const Modules& modules() const { return modules_; }

 private:
  struct Target {
    std::string text;
    config::Place place;
  };

  /// Reads the schedule's keys over what `out` holds already.
  void read_schedule(config::Mapping& section, Schedule& out);
  bool read_identity(config::Mapping& section, std::string& name);
  static void read_hostname(config::Mapping& section, Check& check);
  /// The kind and its settings, from the module named or the section written inline.
  bool read_settings(config::Mapping& section, Check& check, config::Duration& timeout, std::string& fingerprint);
  const Module* read_module_name(config::Mapping& section);
  std::vector<Target> read_targets(config::Mapping& section, const Check& check);
  void set_timeout(const config::Mapping& section, config::Duration module_timeout, const Schedule& schedule,
                   Check& check);
  /// `fingerprint` is of all that the targets of a check share.
  void add(const Check& base, const Target& target, std::uint64_t fingerprint);

  config::Context& context_;
  Schedule defaults_;
  std::string defaults_text_;
  Modules modules_;
  std::map<std::string, config::Place> names_;
  std::unordered_map<std::uint64_t, config::Place> keys_;  ///< of checks, with the place of the target
  std::vector<CheckPtr> checks_;
};

}  // namespace vedette
