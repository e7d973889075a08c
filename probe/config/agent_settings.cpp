#include "probe/config/agent_settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/ascii.hpp"
#include "net/addresses/target.hpp"
#include "probe/config/kinds.hpp"

namespace vedette {

namespace {

void read_count(config::Mapping& section, std::string_view key, std::size_t& out, std::int64_t max) {
  std::int64_t value = 0;
  if (section.read_integer(key, value, 1, max)) out = static_cast<std::size_t>(value);
}

void read_memory(config::Mapping& limits, std::size_t& out) {
  constexpr std::int64_t kMin = std::int64_t{16} << 20;
  constexpr std::int64_t kMax = std::int64_t{1} << 40;
  std::int64_t bytes = 0;
  if (!limits.read_size("memory", bytes)) return;
  if (bytes < kMin || bytes > kMax) {
    limits.error("memory", "memory must be from 16MiB to 1TiB", "one large answer takes up to 45 times its bytes");
  } else {
    out = static_cast<std::size_t>(bytes);
  }
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

void read_ports(config::Mapping& section, net::EgressRules& out) {
  std::vector<std::string> texts;
  section.read("ports", texts);
  for (const auto& text : texts) {
    const auto dash = text.find('-');
    const auto from = parse_port(std::string_view(text).substr(0, dash));
    const auto to = dash == std::string::npos ? from : parse_port(std::string_view(text).substr(dash + 1));
    if (from && to && *from <= *to) {
      out.ports.emplace_back(*from, *to);
    } else {
      section.error("ports", fmt::format("'{}' is not a port or a range of them", text), "write 443 or 8000-8999");
    }
  }
}

void read_rules(config::Mapping& egress, std::string_view key, net::EgressRules& out) {
  auto section = egress.take_mapping(key);
  if (!section) return;
  std::vector<std::string> networks;
  section->read("networks", networks);
  for (const auto& text : networks) {
    if (auto network = net::Network::parse(text)) {
      out.networks.push_back(std::move(*network));
    } else {
      section->error("networks", fmt::format("'{}' is not an address or a network", text),
                     "write 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32");
    }
  }
  section->read("names", out.names);
  for (auto& name : out.names) {
    const std::size_t begin = name.starts_with("*.") ? 2 : 0;
    const auto rest = net::ascii_host(name.substr(begin)).value_or("");
    name.replace(begin, std::string::npos, rest);
    if (rest.empty() || rest.find('*') != std::string::npos || net::is_address(name)) {
      section->error("names", fmt::format("'{}' is not a name", name),
                     "write shop.example or *.example; addresses go to networks");
    }
  }
  read_ports(*section, out);
  section->read("sockets", out.sockets);
  section->finish();
}

void read_egress(config::Mapping& section, net::EgressSettings& out) {
  out.built_in = true;
  auto egress = section.take_mapping("egress");
  if (!egress) return;
  read_rules(*egress, "allow", out.allow);
  read_rules(*egress, "deny", out.deny);
  egress->read("deny_metadata", out.built_in);
  egress->finish();
}

void read_probe_targets(config::Mapping& section, AgentSettings& out) {
  auto targets = section.take_mapping("probe_targets");
  if (!targets) return;
  for (const auto& [module, value] : targets->take_all()) {
    auto& patterns = out.probe_targets[module];
    if (!value.is_sequence()) {
      targets->error(module, fmt::format("the targets of {} must be a list of patterns, not {}", module, value.what()));
      continue;
    }
    for (const auto& item : value.node()) {
      const config::Value text(item, value.source());
      auto pattern = config::Pattern::compile("^(?:" + (text.is_scalar() ? text.scalar() : std::string("(")) + ")$");
      if (pattern) {
        patterns.push_back(std::move(*pattern));
      } else {
        section.context().diagnostics.error(text.place(), "a target is a pattern: " + pattern.error());
      }
    }
  }
}

}  // namespace

bool is_label_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && (name[0] < '0' || name[0] > '9') && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool is_reserved_label(std::string_view name) {
  static const auto names = [] {
    std::set<std::string_view> out{"check", "instance", "le", "quantile", "reason"};
    for (const auto* kind : all_kinds()) {
      for (const auto* family : kind->families) out.insert(family->labels.begin(), family->labels.end());
    }
    return out;
  }();
  return names.contains(name);
}

Labels decode_labels(config::Mapping& section, std::string_view key) {
  Labels out;
  auto mapping = section.take_mapping(key);
  if (!mapping) return out;
  for (const auto& [name, value] : mapping->take_all()) {
    if (!is_label_name(name)) {
      mapping->error_at_key(name, fmt::format("'{}' is not a label's name", name),
                            "letters, digits and _, not beginning with a digit or __");
    } else if (is_reserved_label(name)) {
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
  out.egress.built_in = true;
  return out;
}

AgentSettings decode_agent(config::Mapping& section) {
  constexpr std::int64_t kMaxShards = 256;
  constexpr std::int64_t kMaxInFlight = 100000;
  constexpr std::int64_t kMaxPerTurn = 10000;
  constexpr std::int64_t kMaxOnDemand = 100000;
  auto out = default_agent();
  const bool named = section.read("name", out.name);
  section.read("region", out.region);
  bool aligned = false;
  section.read("aligned", aligned);
  // The default name is the machine's: a check that moves to another machine of its region keeps its points.
  if (!aligned) out.grid = named ? out.name : out.region;
  out.labels = decode_labels(section, "labels");
  read_count(section, "shards", out.shards, kMaxShards);
  if (section.read("shutdown_grace", out.shutdown_grace) && out.shutdown_grace < config::Duration::zero()) {
    section.error("shutdown_grace", "shutdown_grace cannot be negative");
  }
  read_egress(section, out.egress);
  read_probe_targets(section, out);
  if (auto limits = section.take_mapping("limits")) {
    read_count(*limits, "in_flight", out.limits.in_flight, kMaxInFlight);
    read_count(*limits, "scenarios", out.limits.heavy_in_flight, kMaxInFlight);
    read_count(*limits, "starts_per_turn", out.limits.starts_per_turn, kMaxPerTurn);
    read_count(*limits, "handshakes_per_turn", out.limits.handshakes_per_turn, kMaxPerTurn);
    read_count(*limits, "on_demand", out.on_demand, kMaxOnDemand);
    read_memory(*limits, out.memory);
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
