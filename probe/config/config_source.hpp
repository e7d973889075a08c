#pragma once

// Where an agent's configuration comes from.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"
#include "probe/config/config_loader.hpp"

namespace vedette {

class ConfigSource {
 public:
  virtual ~ConfigSource() = default;

  /// For people: a path, a URL.
  [[nodiscard]] virtual const std::string& name() const = 0;
  /// Reads all of it. What is wrong goes to the diagnostics; with an error among it there is no configuration. For one
  /// thread at a time.
  virtual std::optional<Config> load(config::Diagnostics& diagnostics) = 0;
  /// Changes with what the last configuration that was read was made of, as that is now. Thread-safe.
  [[nodiscard]] virtual std::uint64_t stamp() const = 0;
};

/// A file, with what it includes and names.
class FileSource final : public ConfigSource {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] const std::string& name() const override { return path_; }
  std::optional<Config> load(config::Diagnostics& diagnostics) override;
  [[nodiscard]] std::uint64_t stamp() const override;

 private:
  const std::string path_;
  mutable std::mutex mutex_;
  std::vector<std::string> files_;     ///< that the last configuration was made of
  std::vector<std::string> patterns_;  ///< that it includes
};

}  // namespace vedette
