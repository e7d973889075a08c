#pragma once

// A module: a named set of a kind's settings, in blackbox_exporter's syntax. Immutable once loaded.

#include <map>
#include <memory>
#include <string>

#include "checks/check.hpp"
#include "config/duration.hpp"

namespace vedette {

struct Module {
  std::string name;
  const Kind* kind = nullptr;  ///< nullptr for a prober that this version does not have
  std::string prober;
  config::Duration timeout{};  ///< zero: unset
  std::shared_ptr<const Settings> settings;
  std::string unusable;     ///< why no run can use it, though it loads; empty: it can
  std::string fingerprint;  ///< text that changes with the settings
  std::string text;         ///< as written, with secrets masked
};

/// Whether runs of the kind look at a check's hostname.
bool takes_hostname(const Kind& kind);

/// The host that the settings ask for, if it is another than `hostname`, where there is one; empty: they go together.
std::string conflicting_host(const Settings& settings, const std::string& hostname);

using Modules = std::map<std::string, std::shared_ptr<const Module>>;

}  // namespace vedette
