#pragma once

// The last probes that somebody asked for over `/probe`, and beyond them the last that failed, in memory. For one
// thread, the web server's.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "probe/config/module.hpp"

namespace vedette {

struct KeptProbe {
  std::uint64_t id = 0;
  CheckPtr check;
  std::shared_ptr<const Module> module;
  ResultPtr result;
};

class ProbeHistory {
 public:
  /// Keeps `limit` probes and as many older ones that failed.
  explicit ProbeHistory(std::size_t limit) : limit_(limit) {}

  void add(CheckPtr check, std::shared_ptr<const Module> module, ResultPtr result);

  /// Newest first.
  [[nodiscard]] std::vector<KeptProbe> all() const;
  [[nodiscard]] std::optional<KeptProbe> find(std::uint64_t id) const;
  /// The oldest that is kept of a target, of any module when `module` is empty.
  [[nodiscard]] std::optional<KeptProbe> find(const std::string& target, const std::string& module) const;

 private:
  const std::size_t limit_;
  std::uint64_t next_id_ = 0;
  std::deque<KeptProbe> recent_;
  std::deque<KeptProbe> failures_;  ///< all older than the recent ones
};

/// What `debug=true` and `/logs` show: the steps of the run, its metrics, and the module's configuration.
std::string debug_text(const KeptProbe& probe);

}  // namespace vedette
