#include "scenarios/model/limits.hpp"

#include <fmt/format.h>

#include <array>

#include "config/mapping.hpp"

namespace vedette::scenarios {

namespace {

constexpr std::int64_t kMega = std::int64_t{1} << 20;

constexpr std::array kLimits{
    LimitInfo{"requests", &Limits::requests, 500, false},
    LimitInfo{"steps", &Limits::steps, 200, false},
    LimitInfo{"body", &Limits::body, 16 * kMega, true},
    LimitInfo{"inflated", &Limits::inflated, 64 * kMega, true},
    LimitInfo{"inflation", &Limits::inflation, 1000, false},
    LimitInfo{"json_depth", &Limits::json_depth, 256, false},
    LimitInfo{"xml_depth", &Limits::xml_depth, 256, false},
    LimitInfo{"jsonpath_nodes", &Limits::jsonpath_nodes, 1'000'000, false},
    LimitInfo{"xpath_operations", &Limits::xpath_operations, 1'000'000, false},
    LimitInfo{"captured_value", &Limits::captured_value, kMega, true},
    LimitInfo{"captured_bytes", &Limits::captured_bytes, 4 * kMega, true},
    LimitInfo{"template_output", &Limits::template_output, kMega, true},
    LimitInfo{"expression_nodes", &Limits::expression_nodes, 100'000, false},
};

}  // namespace

std::span<const LimitInfo> all_limits() {
  return kLimits;
}

Limits decode_limits(config::Mapping& section) {
  Limits out;
  for (const auto& info : kLimits) {
    std::int64_t value = 0;
    const auto read =
        info.bytes ? section.read_size(info.name, value) : section.read_integer(info.name, value, 1, info.max);
    if (!read) continue;
    if (value < 1 || value > info.max) {
      section.error(info.name, fmt::format("{} must be from 1B to {}MiB", info.name, info.max / kMega));
      continue;
    }
    out.*info.field = value;
  }
  config::Duration cpu{};
  if (section.read("cpu", cpu)) {
    if (cpu < std::chrono::milliseconds(1) || cpu > kMaxCpu) {
      section.error("cpu", "cpu must be from 1ms to 5s");
    } else {
      out.cpu = cpu;
    }
  }
  section.finish();
  return out;
}

Limits generous_limits() {
  Limits out;
  for (const auto& info : kLimits) out.*info.field = info.max;
  constexpr std::int64_t kMany = 1'000'000;
  out.requests = kMany;
  out.steps = kMany;
  out.inflation = kMany;
  out.body = 64 * kMega;
  out.cpu = std::chrono::seconds(60);
  return out;
}

}  // namespace vedette::scenarios
