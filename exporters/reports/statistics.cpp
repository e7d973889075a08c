#include "exporters/reports/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace vedette {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 5> kShown{
    {{"min", 0}, {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}}};
constexpr std::size_t kBins = 16;

std::string bars(const std::vector<std::size_t>& counts) {
  constexpr std::array<std::string_view, 9> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto max = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string out;
  for (const auto count : counts) {
    // What is there at all is to be seen.
    out += kBlocks[count == 0 ? 0 : std::max<std::size_t>(1, count * 8 / max)];
  }
  return out;
}

std::string row(std::string_view name, const Distribution& distribution) {
  auto out = fmt::format("  {:<12}", name);
  for (const auto& [label, q] : kShown) {
    const auto value = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(distribution.quantile(q)));
    out += fmt::format(" {:>10}", format_latency(value));
  }
  return fmt::format("{}  {}\n", out, bars(distribution.histogram(kBins)));
}

boost::json::object distribution_json(const Distribution& distribution) {
  boost::json::object out{{"count", distribution.size()}};
  for (const auto& [label, q] : kShown) out[label] = distribution.quantile(q);
  return out;
}

double per(double amount, std::size_t runs) {
  return runs == 0 ? 0 : amount / static_cast<double>(runs);
}

}  // namespace

void Distribution::sort() const {
  if (!sorted_) std::sort(values_.begin(), values_.end());
  sorted_ = true;
}

double Distribution::quantile(double q) const {
  if (values_.empty()) return 0;
  sort();
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values_.size())));
  return values_[std::clamp<std::size_t>(rank, 1, values_.size()) - 1];
}

std::vector<std::size_t> Distribution::histogram(std::size_t bins) const {
  std::vector<std::size_t> out(bins);
  if (values_.empty()) return out;
  sort();
  constexpr double kLeast = 1e-7;  // a tenth of a microsecond: logarithms want something
  const double low = std::log(std::max(kLeast, values_.front()));
  const double width = std::log(std::max(kLeast, values_.back())) - low;
  for (const double value : values_) {
    const double at = width > 0 ? (std::log(std::max(kLeast, value)) - low) / width : 0;
    ++out[std::min(bins - 1, static_cast<std::size_t>(at * static_cast<double>(bins)))];
  }
  return out;
}

void RunStatistics::add(const Result& result) {
  ++verdicts_[result.verdict];
  if (result.reason != Reason::kNone) {
    auto& ending = reasons_[result.reason];
    ++ending.count;
    ending.message = result.message;
  }
  if (result.disturbed != Disturbance::kNone) ++disturbed_[result.disturbed];
  for (std::size_t i = 0; i < result.phases.size(); ++i) {
    const auto phase = result.phases[i].phase;
    const bool counted = std::any_of(result.phases.begin(), result.phases.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const PhaseTime& other) { return other.phase == phase; });
    if (!counted) phases_[phase].add(seconds(result.total_of(phase)));
  }
  duration_.add(seconds(result.duration));
  overhead_.add(seconds(result.overhead));
}

std::size_t RunStatistics::count(Verdict verdict) const {
  const auto found = verdicts_.find(verdict);
  return found == verdicts_.end() ? 0 : found->second;
}

std::string RunStatistics::to_text(const Circumstances& circumstances, const TextStyle& style) const {
  auto out = fmt::format("{} runs in {:.3f} s", runs(), circumstances.elapsed);
  for (const auto& [verdict, count] : verdicts_) out += fmt::format(", {} {}", count, name_of(verdict));
  if (circumstances.skipped > 0) out += fmt::format(", {} skipped (budget)", circumstances.skipped);
  out += '\n';
  for (const auto& [reason, ending] : reasons_) {
    out += fmt::format("  {} {}: {}\n", ending.count, name_of(reason), ending.message);
  }
  out += fmt::format("  {:<12}", "");
  for (const auto& [label, q] : kShown) out += fmt::format(" {:>10}", label);
  out += '\n';
  for (const auto& [phase, distribution] : phases_) out += row(name_of(phase), distribution);
  out += row("duration", duration_);
  out += row("overhead", overhead_);
  const std::string_view dim = style.colour ? "\033[2m" : "";
  const std::string_view plain = style.colour ? "\033[0m" : "";
  out += fmt::format("  {}overhead is what the agent added; it is in no latency{}\n", dim, plain);
  for (const auto& [disturbance, count] : disturbed_) {
    out += fmt::format("  {} runs were disturbed ({})\n", count, name_of(disturbance));
  }
  out += fmt::format("  {:.1f} runs a second, {:.0f} us of CPU time each\n",
                     circumstances.elapsed > 0 ? static_cast<double>(runs()) / circumstances.elapsed : 0,
                     per(circumstances.cpu, runs()) * 1e6);
  return out;
}

boost::json::object RunStatistics::to_json(const Circumstances& circumstances) const {
  boost::json::object verdicts;
  for (const auto& [verdict, count] : verdicts_) verdicts[name_of(verdict)] = count;
  boost::json::object reasons;
  for (const auto& [reason, ending] : reasons_) reasons[name_of(reason)] = ending.count;
  boost::json::object disturbed;
  for (const auto& [disturbance, count] : disturbed_) disturbed[name_of(disturbance)] = count;
  boost::json::object phases;
  for (const auto& [phase, distribution] : phases_) phases[name_of(phase)] = distribution_json(distribution);
  return {{"runs", runs()},
          {"skipped", circumstances.skipped},
          {"elapsed_seconds", circumstances.elapsed},
          {"cpu_seconds_per_run", per(circumstances.cpu, runs())},
          {"verdicts", std::move(verdicts)},
          {"reasons", std::move(reasons)},
          {"disturbed", std::move(disturbed)},
          {"phases_seconds", std::move(phases)},
          {"duration_seconds", distribution_json(duration_)},
          {"overhead_seconds", distribution_json(overhead_)}};
}

}  // namespace vedette
