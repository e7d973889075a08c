#include "probe/web/probe_history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.hpp"
#include "exporters/prometheus/probe_page.hpp"
#include "exporters/reports/report.hpp"
#include "exporters/reports/result_json.hpp"

namespace vedette {

void ProbeHistory::add(CheckPtr check, std::shared_ptr<const Module> module, ResultPtr result) {
  recent_.push_back({next_id_++, std::move(check), std::move(module), std::move(result)});
  if (recent_.size() <= limit_) return;
  auto oldest = std::move(recent_.front());
  recent_.pop_front();
  if (oldest.result->passed()) return;
  failures_.push_back(std::move(oldest));
  if (failures_.size() > limit_) failures_.pop_front();
}

std::vector<KeptProbe> ProbeHistory::all() const {
  std::vector<KeptProbe> out(recent_.rbegin(), recent_.rend());
  out.insert(out.end(), failures_.rbegin(), failures_.rend());
  return out;
}

std::optional<KeptProbe> ProbeHistory::find(std::uint64_t id) const {
  for (const auto* probes : {&failures_, &recent_}) {
    const auto found = std::find_if(probes->begin(), probes->end(), [&](const auto& probe) { return probe.id == id; });
    if (found != probes->end()) return *found;
  }
  return std::nullopt;
}

std::optional<KeptProbe> ProbeHistory::find(const std::string& target, const std::string& module) const {
  for (const auto* probes : {&failures_, &recent_}) {
    const auto found = std::find_if(probes->begin(), probes->end(), [&](const auto& probe) {
      return probe.check->target == target && (module.empty() || probe.module->name == module);
    });
    if (found != probes->end()) return *found;
  }
  return std::nullopt;
}

namespace {

/// So that no line of what a target said can be taken for one of ours.
std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    out += fmt::format("    | {}\n", line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return out;
}

}  // namespace

std::string debug_text(const KeptProbe& probe) {
  const auto& check = *probe.check;
  const auto& result = *probe.result;
  std::string out = "Logs for the probe:\n";
  out += fmt::format("time={} level=DEBUG msg=\"Beginning probe\" module={} target={} timeout_seconds={}\n",
                     rfc3339(result.started, true), probe.module->name, check.instance, seconds(check.timeout));
  for (const auto& line : result.evidence.log) out += line + '\n';
  for (const auto& part : result.phases) {
    out += fmt::format("phase={} hop={} duration={}\n", name_of(part.phase), part.hop, format_latency(part.duration));
  }
  if (result.passed()) {
    out += fmt::format("level=DEBUG msg=\"Probe succeeded\" duration_seconds={}\n", seconds(result.duration));
  } else {
    out += fmt::format("level=ERROR msg=\"Probe failed\" reason={} detail=\"{}\" duration_seconds={}\n",
                       name_of(result.reason), result.message, seconds(result.duration));
  }
  out += told_text(result.evidence);
  if (!result.evidence.excerpt.empty()) out += "The target said:\n" + indented(result.evidence.excerpt);
  out += "\n\n\nMetrics that would have been returned:\n" + probe_page(check, result);
  out += "\n\n\nModule configuration:\n" + probe.module->text;
  return out;
}

}  // namespace vedette
