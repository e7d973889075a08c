#pragma once

// The `agent:` section: who this agent is and how much it may do.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/labels.hpp"
#include "config/mapping.hpp"
#include "net/io/egress.hpp"
#include "net/io/run_memory.hpp"
#include "scheduler/scheduler.hpp"

namespace vedette {

struct AgentSettings {
  std::string name;                               ///< default: the host's name
  std::string region;                             ///< becomes a label of every check's series
  std::string grid;                               ///< whose grid its checks are on; empty: the one that all share
  Labels labels;                                  ///< of every check's series
  std::size_t shards = 0;                         ///< zero: one per core
  AdmissionLimits limits;                         ///< in_flight is for the whole agent
  std::size_t on_demand = 1000;                   ///< runs at a time
  std::size_t memory = RunMemory::kDefaultLimit;  ///< bytes that all runs may hold of answers
  config::Duration shutdown_grace = std::chrono::seconds(10);
  net::EgressSettings egress;
  /// Targets that `/probe` takes for a module, as patterns of the whole target; modules that are not here take any.
  std::map<std::string, std::vector<config::Pattern>> probe_targets;

  /// The labels that stand behind each check's own.
  [[nodiscard]] Labels common_labels() const;
};

/// Reads the section; wrong values go to its diagnostics.
AgentSettings decode_agent(config::Mapping& section);

/// The defaults when there is no section.
AgentSettings default_agent();

bool is_label_name(std::string_view name);

/// Whether a family has a label of that name: Prometheus refuses a whole page on which a series has one twice. It is
/// the same for every kind, so that a label does not become wrong when a check of another kind is added.
bool is_reserved_label(std::string_view name);

/// Reads a mapping of label names to values; names that the program itself uses are refused.
Labels decode_labels(config::Mapping& section, std::string_view key);

}  // namespace vedette
