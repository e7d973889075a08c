#pragma once

// The files of a configuration: the one named on the command line and what its `include:` lists name.

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config/mapping.hpp"
#include "config/value.hpp"

namespace vedette {

constexpr std::size_t kMaxConfigFile = std::size_t{256} << 20;  ///< bytes of one file

/// The files that match `pattern` now, in their order; empty when none does.
std::vector<std::string> matching_files(const std::string& pattern);

class ConfigFiles {
 public:
  explicit ConfigFiles(config::Diagnostics& diagnostics, config::Context& context)
      : diagnostics_(diagnostics), context_(context) {}

  /// Reads `path` and everything that it includes; what cannot be read goes to the diagnostics.
  void read(const std::string& path);

  /// The top level of every file, in the order read. `include` has been taken from them.
  [[nodiscard]] std::vector<config::Mapping>& documents() { return documents_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const config::Source>>& sources() const { return sources_; }
  /// The patterns that were included: a file that matches one later belongs to the configuration, too.
  [[nodiscard]] const std::vector<std::string>& patterns() const { return patterns_; }

 private:
  void read(const std::string& path, const config::Place& asked_at, int depth);
  void include(const std::string& pattern, const std::string& from, const config::Place& place, int depth);

  config::Diagnostics& diagnostics_;
  config::Context& context_;
  std::set<std::string> seen_;
  std::vector<config::Mapping> documents_;
  std::vector<std::shared_ptr<const config::Source>> sources_;
  std::vector<std::string> patterns_;
};

}  // namespace vedette
