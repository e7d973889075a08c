#include "probe/agent_settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace vedette {

namespace {

bool is_label_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && (name[0] < '0' || name[0] > '9') && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 13> kReserved{"check",
                                                       "instance",
                                                       "le",
                                                       "phase",
                                                       "reason",
                                                       "version",
                                                       "cipher",
                                                       "subject",
                                                       "issuer",
                                                       "serialnumber",
                                                       "quantile",
                                                       "fingerprint_sha256",
                                                       "subjectalternative"};
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

void read_count(config::Mapping& section, std::string_view key, std::size_t& out, std::int64_t most) {
  std::int64_t value = 0;
  if (section.read_integer(key, value, 1, most)) out = static_cast<std::size_t>(value);
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

}  // namespace

Labels decode_labels(config::Mapping& section, std::string_view key) {
  Labels out;
  auto mapping = section.take_mapping(key);
  if (!mapping) return out;
  for (const auto& [name, value] : mapping->take_all()) {
    if (!is_label_name(name)) {
      mapping->error_at_key(name, fmt::format("'{}' is not a label's name", name),
                            "letters, digits and _, not beginning with a digit or __");
    } else if (is_reserved(name)) {
      mapping->error_at_key(name, fmt::format("the label {} is set by Vedette itself", name), "choose another name");
    } else if (!value.is_scalar()) {
      mapping->error(name, fmt::format("the label {} must be a single value, not {}", name, value.what()));
    } else {
      out.emplace_back(name, value.scalar());
    }
  }
  return out;
}

Labels AgentSettings::common_labels() const {
  Labels out = labels;
  const bool given =
      std::any_of(labels.begin(), labels.end(), [](const auto& label) { return label.first == "region"; });
  if (!region.empty() && !given) out.emplace_back("region", region);
  return out;
}

AgentSettings default_agent() {
  AgentSettings out;
  out.name = host_name();
  return out;
}

AgentSettings decode_agent(config::Mapping& section) {
  constexpr std::int64_t kMostShards = 256;
  constexpr std::int64_t kMostInFlight = 100000;
  constexpr std::int64_t kMostPerTurn = 10000;
  constexpr std::int64_t kMostOnDemand = 100000;
  auto out = default_agent();
  section.read("name", out.name);
  section.read("region", out.region);
  out.labels = decode_labels(section, "labels");
  read_count(section, "shards", out.shards, kMostShards);
  if (section.read("shutdown_grace", out.shutdown_grace) && out.shutdown_grace < config::Duration::zero()) {
    section.error("shutdown_grace", "shutdown_grace cannot be negative");
  }
  if (auto limits = section.take_mapping("limits")) {
    read_count(*limits, "in_flight", out.limits.in_flight, kMostInFlight);
    read_count(*limits, "starts_per_turn", out.limits.starts_per_turn, kMostPerTurn);
    read_count(*limits, "handshakes_per_turn", out.limits.handshakes_per_turn, kMostPerTurn);
    read_count(*limits, "on_demand", out.on_demand, kMostOnDemand);
    if (limits->read("max_lateness", out.limits.max_lateness) &&
        out.limits.max_lateness < std::chrono::milliseconds(5)) {
      limits->error("max_lateness", "max_lateness must be at least 5ms");
    }
    limits->finish();
  }
  section.finish();
  return out;
}

}  // namespace vedette
