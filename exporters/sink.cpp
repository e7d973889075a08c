#include "exporters/sink.hpp"

namespace vedette {

void FanOut::apply(const std::vector<CheckPtr>& checks, const Labels& common) {
  for (auto* sink : sinks_) sink->apply(checks, common);
}

void FanOut::started(const CheckPtr& check, Duration lateness) {
  for (auto* sink : sinks_) sink->started(check, lateness);
}

void FanOut::skipped(const CheckPtr& check, Skip reason) {
  for (auto* sink : sinks_) sink->skipped(check, reason);
}

void FanOut::retried(const CheckPtr& check, const Result& result) {
  for (auto* sink : sinks_) sink->retried(check, result);
}

void FanOut::finished(const CheckPtr& check, const ResultPtr& result, std::optional<Verdict> before) {
  for (auto* sink : sinks_) sink->finished(check, result, before);
}

void FanOut::stop(std::chrono::steady_clock::time_point deadline) {
  for (auto* sink : sinks_) sink->stop(deadline);
}

}  // namespace vedette
