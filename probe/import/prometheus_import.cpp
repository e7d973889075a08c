#include "probe/import/prometheus_import.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "checks/kind.hpp"
#include "config/duration.hpp"
#include "config/reference.hpp"
#include "probe/config/agent_settings.hpp"
#include "probe/config/check_decoder.hpp"
#include "probe/import/relabel.hpp"
#include "probe/import/scrape_jobs.hpp"
#include "probe/import/yaml_member.hpp"
#include "probe/web/probe_request.hpp"

namespace vedette {

namespace {

/// What blackbox_exporter takes off Prometheus' timeout.
constexpr std::chrono::milliseconds kOffset{500};

/// The first value of a parameter: the only one that blackbox_exporter reads.
std::string first_of(const YAML::Node& values) {
  const auto all = items(values);
  return all.empty() || !all.front().IsScalar() ? std::string() : all.front().Scalar();
}

/// A check's name from a job's.
std::string name_from(std::string job) {
  std::replace_if(job.begin(), job.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  constexpr std::size_t kRoomForNumber = 20;
  if (job.size() > kLongestName - kRoomForNumber) job.resize(kLongestName - kRoomForNumber);
  return job.empty() ? "job" : job;
}

class Importer {
 public:
  Importer(const config::Value& prometheus, const Modules& modules, config::Diagnostics& diagnostics)
      : prometheus_(prometheus), modules_(modules), diagnostics_(diagnostics) {}

  std::vector<ImportedCheck> all() {
    for (const auto& job : read_scrape_jobs(prometheus_, diagnostics_)) read_job(job);
    return std::move(checks_);
  }

 private:
  /// Once for each job. `lost`: what Prometheus probes is not in the result.
  void say(bool lost, const config::Place& place, const std::string& message, std::string hint = {}) {
    if (!said_.insert(message).second) return;
    if (lost) {
      diagnostics_.error(place, message, std::move(hint));
    } else {
      diagnostics_.warning(place, message, std::move(hint));
    }
  }

  void read_job(const ScrapeJob& job) {
    said_.clear();
    of_job_.clear();
    seen_.clear();
    std::vector<RelabelRule> rules;
    for (const auto& node : items(member(job.value.node(), "relabel_configs"))) {
      auto rule = read_relabel_rule(node);
      if (!rule) {
        say(true, config::Value(node, job.value.source()).place(),
            fmt::format("job {} was left out: Prometheus refuses its rule: {}", job.name, rule.error()));
        return;
      }
      rules.push_back(std::move(*rule));
    }
    const auto defaults = labels_of(job);
    // Rules may make a probe of what is none.
    bool probes = is_probe(value_of(defaults, "__metrics_path__"));
    const bool may_probe =
        probes || std::any_of(rules.begin(), rules.end(), [](const RelabelRule& rule) {
          return rule.target_label == "__metrics_path__" || rule.target_label.find('$') != std::string::npos;
        });
    for (const auto& problem : may_probe ? job.problems : std::vector<TargetProblem>()) {
      say(true, problem.place, fmt::format("job {}: {}", job.name, problem.message), problem.hint);
    }
    for (const auto& [place, path] : may_probe ? job.files : std::vector<std::pair<config::Place, std::string>>()) {
      say(false, place,
          fmt::format("job {}: the targets of {} were read now; later changes to it do not count", job.name, path));
    }
    for (const auto& target : job.targets) {
      auto labels = target.labels;
      labels.insert(defaults.begin(), defaults.end());
      if (!relabel(rules, labels)) continue;
      if (!is_probe(value_of(labels, "__metrics_path__"))) continue;
      probes = true;
      add(job, target, labels);
    }
    if (!probes) {
      say(false, job.value.place(), fmt::format("job {} does not scrape /probe and was left out", job.name));
    } else if (job.targets.empty() && job.problems.empty()) {
      say(false, job.value.place(), fmt::format("job {} has no targets", job.name));
    }
    if (!member(job.value.node(), "metric_relabel_configs").IsNull() && probes) {
      say(false, job.value.place(),
          fmt::format("job {}: metric_relabel_configs stay with Prometheus: move them to the job that scrapes Vedette",
                      job.name));
    }
  }

  static bool is_probe(const std::string& path) { return ("/" + path).ends_with("/probe"); }

  /// What Prometheus gives each target of the job before its rules run.
  [[nodiscard]] LabelMap labels_of(const ScrapeJob& job) const {
    const auto& node = job.value.node();
    const auto global = member(prometheus_.node(), "global");
    const auto interval = text_member(node, "scrape_interval", text_member(global, "scrape_interval", "1m"));
    const auto shorter = [](const std::string& a, const std::string& b) {
      const auto first = config::parse_duration(a);
      const auto second = config::parse_duration(b);
      return first && second && *second < *first ? b : a;
    };
    const auto usual = shorter("10s", text_member(global, "scrape_interval", "1m"));
    const auto timeout =
        text_member(node, "scrape_timeout", shorter(text_member(global, "scrape_timeout", usual), interval));
    LabelMap out{{"job", job.name},
                 {"__scheme__", text_member(node, "scheme", "http")},
                 {"__metrics_path__", text_member(node, "metrics_path", "/metrics")},
                 {"__scrape_interval__", interval},
                 {"__scrape_timeout__", timeout}};
    for (const auto& [name, values] : pairs(member(node, "params"))) {
      if (auto first = first_of(values); !first.empty()) out["__param_" + name] = first;
    }
    return out;
  }

  /// As it arrives at the exporter: a label that the rules have removed leaves the job's own parameter.
  [[nodiscard]] static std::string parameter(const ScrapeJob& job, const LabelMap& labels, const std::string& name) {
    return value_of(labels, "__param_" + name, first_of(member(member(job.value.node(), "params"), name)));
  }

  void add(const ScrapeJob& job, const ScrapeTarget& target, const LabelMap& labels) {
    ImportedCheck check;
    check.module = parameter(job, labels, "module");
    if (check.module.empty()) check.module = "http_2xx";
    check.hostname = parameter(job, labels, "hostname");
    check.interval = value_of(labels, "__scrape_interval__");
    const auto address = parameter(job, labels, "target");
    if (const auto why = why_not(check, address, value_of(labels, "__scrape_timeout__")); !why.empty()) {
      say(true, target.place,
          fmt::format("job {}: {} was left out: {}", job.name,
                      one_line(visible(value_of(target.labels, "__address__"))), one_line(visible(why))));
      return;
    }
    check.labels = labels_for(job, target, labels, address);
    const auto key = std::make_tuple(check.module, check.hostname, check.interval, check.timeout, check.labels);
    const auto [known, fresh] = of_job_.emplace(key, checks_.size());
    if (fresh) {
      check.name = name_for(job.name);
      checks_.push_back(std::move(check));
    }
    if (seen_.emplace(known->second, address).second) checks_[known->second].targets.push_back(address);
  }

  /// Why there can be no check that does as Prometheus does; empty when there can. Then the check has its timeout, and
  /// no host name that nobody looks at.
  std::string why_not(ImportedCheck& check, const std::string& address, const std::string& scrape_timeout) {
    const auto found = modules_.find(check.module);
    if (found == modules_.end()) return fmt::format("there is no module {} in the file of --blackbox", check.module);
    const auto& module = *found->second;
    if (module.kind == nullptr) return fmt::format("there is no prober {}", module.prober);
    if (!module.unusable.empty()) return fmt::format("module {} cannot be used: {}", check.module, module.unusable);
    if (address.empty()) return "the exporter is sent no parameter target";
    if (config::has_reference(address)) return "a target cannot hold a reference";
    if (const auto problem = module.kind->check_target(address, *module.settings)) return *problem;
    // The probers of other kinds take no notice of it.
    if (!takes_hostname(*module.kind)) check.hostname.clear();
    if (const auto other = conflicting_host(*module.settings, check.hostname); !other.empty()) {
      return fmt::format("the parameter hostname is {}, and module {} asks for {}", check.hostname, check.module,
                         other);
    }
    const auto interval = config::parse_duration(check.interval);
    const auto timeout = config::parse_duration(scrape_timeout);
    if (!interval || *interval < kMinInterval || *interval > kMaxInterval) {
      return fmt::format("{} is no interval of a check", check.interval);
    }
    if (!timeout || *timeout > *interval) return fmt::format("{} is no timeout for its interval", scrape_timeout);
    const auto effective = probe_timeout(std::chrono::duration<double>(*timeout).count(), module.timeout, kOffset);
    if (effective != module.timeout) check.timeout = config::format_duration(effective);
    return {};
  }

  /// The labels that Prometheus would give the series. Those that a check has itself become exported_…, as they would
  /// where an exporter has them.
  Labels labels_for(const ScrapeJob& job, const ScrapeTarget& target, const LabelMap& labels,
                    const std::string& address) {
    Labels out;
    for (const auto& [name, value] : labels) {
      if (name.starts_with("__")) continue;
      if (name == "instance" && value == address) continue;
      if (!is_label_name(name)) {
        say(false, target.place,
            fmt::format("job {}: the label {} was left out: it is no name of a label", job.name, name));
      } else if (is_reserved_label(name)) {
        auto renamed = "exported_" + name;
        while (labels.contains(renamed)) renamed.insert(0, "exported_");
        say(false, target.place, fmt::format("job {}: the label {} became {}", job.name, name, renamed),
            name == "instance" ? "a check's instance is its target" : "Vedette has a label of that name");
        out.emplace_back(std::move(renamed), value);
      } else {
        out.emplace_back(name, value);
      }
    }
    return out;
  }

  std::string name_for(const std::string& job) {
    const auto base = name_from(job);
    auto name = base;
    while (!names_.insert(name).second) name = fmt::format("{}-{}", base, ++numbers_[base] + 1);
    return name;
  }

  const config::Value& prometheus_;
  const Modules& modules_;
  config::Diagnostics& diagnostics_;
  std::set<std::string> names_;
  std::map<std::string, int> numbers_;  ///< how many names have a number, by what stands before it
  std::vector<ImportedCheck> checks_;
  /// Of the present job: what was said, where its checks are, and the targets that each has.
  std::set<std::string> said_;
  std::map<std::tuple<std::string, std::string, std::string, std::string, Labels>, std::size_t> of_job_;
  std::set<std::pair<std::size_t, std::string>> seen_;
};

}  // namespace

std::vector<ImportedCheck> import_prometheus(const config::Value& prometheus, const Modules& modules,
                                             config::Diagnostics& diagnostics) {
  return Importer(prometheus, modules, diagnostics).all();
}

std::string to_yaml(const std::vector<ImportedCheck>& checks, const std::string& modules_file) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "include" << YAML::Value << YAML::Flow << YAML::BeginSeq << modules_file
      << YAML::EndSeq;
  out << YAML::Key << "checks" << YAML::Value << YAML::BeginSeq;
  for (const auto& check : checks) {
    out << YAML::BeginMap;
    out << YAML::Key << "name" << YAML::Value << YAML::DoubleQuoted << check.name;
    out << YAML::Key << "module" << YAML::Value << YAML::DoubleQuoted << check.module;
    out << YAML::Key << "interval" << YAML::Value << check.interval;
    if (!check.timeout.empty()) out << YAML::Key << "timeout" << YAML::Value << check.timeout;
    if (!check.hostname.empty()) out << YAML::Key << "hostname" << YAML::Value << YAML::DoubleQuoted << check.hostname;
    out << YAML::Key << "labels" << YAML::Value << YAML::BeginMap;
    for (const auto& [name, value] : check.labels)
      out << YAML::Key << name << YAML::Value << YAML::DoubleQuoted << value;
    out << YAML::EndMap << YAML::Key << "targets" << YAML::Value << YAML::BeginSeq;
    for (const auto& target : check.targets) out << YAML::DoubleQuoted << target;
    out << YAML::EndSeq << YAML::EndMap;
  }
  out << YAML::EndSeq << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

}  // namespace vedette
