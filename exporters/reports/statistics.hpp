#pragma once

// What many runs of checks have in common: how their latencies are distributed, phase by phase, and how they ended.

#include <boost/json/object.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "checks/result.hpp"
#include "exporters/reports/report.hpp"

namespace vedette {

/// Exact: every value is kept. In seconds.
class Distribution {
 public:
  void add(double value) {
    values_.push_back(value);
    sorted_ = false;
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// By nearest rank; `q` from 0 (the least) to 1 (the greatest). Zero when there are none.
  [[nodiscard]] double quantile(double q) const;
  /// How many values lie in each of `bins` parts, equal on a logarithmic scale, between the least and the greatest.
  [[nodiscard]] std::vector<std::size_t> histogram(std::size_t bins) const;

 private:
  void sort() const;

  mutable std::vector<double> values_;
  mutable bool sorted_ = true;
};

class RunStatistics {
 public:
  void add(const Result& result);

  struct Circumstances {
    double elapsed = 0;       ///< seconds
    double cpu = 0;           ///< seconds of CPU time of this process in that time
    std::size_t skipped = 0;  ///< runs that were due while as many as allowed were in flight
  };
  /// A table with a line for each phase.
  [[nodiscard]] std::string to_text(const Circumstances& circumstances, const TextStyle& style) const;
  [[nodiscard]] boost::json::object to_json(const Circumstances& circumstances) const;

  [[nodiscard]] std::size_t runs() const { return duration_.size(); }
  [[nodiscard]] std::size_t count(Verdict verdict) const;
  [[nodiscard]] const Distribution& phase(Phase phase) const { return phases_.at(phase); }
  [[nodiscard]] const Distribution& duration() const { return duration_; }

 private:
  struct Ending {
    std::size_t count = 0;
    std::string message;  ///< of the last one
  };

  std::map<Verdict, std::size_t> verdicts_;
  std::map<Reason, Ending> reasons_;
  std::map<Disturbance, std::size_t> disturbed_;
  std::map<Phase, Distribution> phases_;
  Distribution duration_;
  Distribution overhead_;
};

}  // namespace vedette
