#include "probe/config/config_source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checks/check.hpp"
#include "config/secret.hpp"
#include "probe/config/config_files.hpp"

namespace vedette {

std::optional<Config> FileSource::load(config::Diagnostics& diagnostics) {
  auto config = load_config(path_, diagnostics);
  if (!config) return config;
  std::vector<std::string> files;
  for (const auto& source : config->sources) files.push_back(source->path);
  for (const auto& source : config->further) files.push_back(source->path);
  files.insert(files.end(), config->secret_files.begin(), config->secret_files.end());
  const std::lock_guard lock(mutex_);
  files_ = std::move(files);
  patterns_ = config->patterns;
  return config;
}

std::uint64_t FileSource::stamp() const {
  std::unique_lock lock(mutex_);
  const auto files = files_;
  const auto patterns = patterns_;
  lock.unlock();
  std::string contents;
  // A file that has gone is a change as well.
  for (const auto& path : files) contents += config::read_small_file(path, kMaxConfigFile).value_or("") + '\n';
  for (const auto& pattern : patterns) contents += fmt::format("{}\n", fmt::join(matching_files(pattern), "\n"));
  return stable_hash(contents);
}

}  // namespace vedette
