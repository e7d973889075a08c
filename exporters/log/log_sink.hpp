#pragma once

// The log as an exporter: a line per change of a check's state and, on request, one per run.

#include "exporters/sink.hpp"

namespace vedette {

/// Writes down, whatever the log's level for runs is, that the egress policy has refused a run.
void audit(const Check& check, const Result& result);

class LogSink final : public Sink {
 public:
  /// `every_run`: also a line for runs whose verdict is the one before.
  explicit LogSink(bool every_run) : every_run_(every_run) {}

  void retried(const CheckPtr& check, const Result& result) override;
  void finished(const CheckPtr& check, const ResultPtr& result, std::optional<Verdict> before) override;

 private:
  const bool every_run_;
};

}  // namespace vedette
