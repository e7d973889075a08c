#include "probe/prometheus_import.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "config/duration.hpp"
#include "config/secret.hpp"

namespace vedette {

namespace {

constexpr std::size_t kMostFile = std::size_t{64} << 20;
/// What blackbox_exporter takes off Prometheus' timeout.
constexpr std::chrono::milliseconds kOffset{500};

/// Targets that share their labels.
struct Group {
  std::vector<std::string> targets;
  std::vector<std::pair<std::string, std::string>> labels;
};

std::string text_of(const YAML::Node& node, const std::string& otherwise = {}) {
  return node.IsDefined() && node.IsScalar() ? node.Scalar() : otherwise;
}

Group group_of(const YAML::Node& node) {
  Group out;
  for (const auto& target : node["targets"]) out.targets.push_back(text_of(target));
  for (const auto& label : node["labels"]) out.labels.emplace_back(text_of(label.first), text_of(label.second));
  return out;
}

class Importer {
 public:
  Importer(const config::Value& prometheus, const Modules& modules, config::Diagnostics& diagnostics)
      : source_(prometheus.source()), root_(prometheus.node()), modules_(modules), diagnostics_(diagnostics) {}

  std::vector<ImportedCheck> all() {
    for (const auto& job : root_["scrape_configs"]) read_job(job);
    return std::move(checks_);
  }

 private:
  void warn(const YAML::Node& at, std::string message, std::string hint = {}) {
    diagnostics_.warning(config::Value(at, source_).place(), std::move(message), std::move(hint));
  }

  [[nodiscard]] static bool is_blackbox(const YAML::Node& job) {
    const auto path = text_of(job["metrics_path"]);
    return path == "/probe" || path.ends_with("/probe");
  }

  void read_job(const YAML::Node& job) {
    const auto name = text_of(job["job_name"]);
    if (!is_blackbox(job)) {
      warn(job, fmt::format("job {} does not scrape /probe and was left out", name));
      return;
    }
    std::vector<std::string> modules;
    for (const auto& module : job["params"]["module"]) modules.push_back(text_of(module));
    if (modules.empty()) modules.emplace_back("http_2xx");
    if (modules.size() > 1) warn(job["params"], "Prometheus sends all of these modules, and the first one counts");
    read_params(job);
    read_relabelling(job, name);
    refuse_discovery(job, name);
    int number = 0;
    for (auto& group : groups_of(job)) {
      if (group.targets.empty()) continue;
      ++number;
      add(job, number == 1 ? name : fmt::format("{}-{}", name, number), modules.front(), std::move(group));
    }
    if (number == 0) warn(job, fmt::format("job {} has no targets that could be read", name));
  }

  void read_params(const YAML::Node& job) {
    for (const auto& param : job["params"]) {
      const auto key = text_of(param.first);
      if (key == "module" || key == "debug") continue;
      warn(param.first, fmt::format("the parameter {} was not turned", key),
           key == "hostname" ? "set headers: {Host: …} in a module of its own" : "");
    }
  }

  /// The three usual rules make a target the parameter and the label instance, and the exporter the address.
  void read_relabelling(const YAML::Node& job, const std::string& name) {
    for (const auto& rule : job["relabel_configs"]) {
      const auto label = text_of(rule["target_label"]);
      const auto action = text_of(rule["action"], "replace");
      std::string from;
      for (const auto& source : rule["source_labels"]) from += text_of(source) + ";";
      const bool usual = action == "replace" && !rule["regex"].IsDefined() &&
                         ((label == "__param_target" && from == "__address__;") ||
                          (label == "instance" && (from == "__param_target;" || from == "__address__;")) ||
                          (label == "__address__" && from.empty()));
      if (!usual)
        warn(rule, fmt::format("a relabelling rule of job {} ({} to {}) was not turned", name, action, label));
    }
    if (job["metric_relabel_configs"].IsDefined()) {
      warn(job["metric_relabel_configs"],
           "metric_relabel_configs stay with Prometheus: move them to the job that scrapes Vedette");
    }
  }

  void refuse_discovery(const YAML::Node& job, const std::string& name) {
    for (const auto& pair : job) {
      const auto key = text_of(pair.first);
      if (key.ends_with("_sd_configs") && key != "file_sd_configs") {
        warn(pair.first, fmt::format("job {}: targets of {} were not turned", name, key),
             "write them as file_sd_configs first");
      }
    }
  }

  std::vector<Group> groups_of(const YAML::Node& job) {
    std::vector<Group> out;
    for (const auto& node : job["static_configs"]) out.push_back(group_of(node));
    for (const auto& discovery : job["file_sd_configs"]) {
      for (const auto& pattern : discovery["files"]) read_files(pattern, out);
    }
    return out;
  }

  void read_files(const YAML::Node& pattern, std::vector<Group>& out) {
    const auto full = (std::filesystem::path(source_->path).parent_path() / text_of(pattern)).string();
    glob_t found{};
    if (::glob(full.c_str(), 0, nullptr, &found) != 0) warn(pattern, fmt::format("no file matches {}", full));
    for (std::size_t i = 0; i < found.gl_pathc; ++i) read_file(pattern, found.gl_pathv[i], out);
    ::globfree(&found);
  }

  void read_file(const YAML::Node& at, const std::string& path, std::vector<Group>& out) {
    const auto text = config::read_small_file(path, kMostFile);
    try {
      // JSON is YAML.
      const auto node = YAML::Load(text.value_or(""));
      if (!text || !node.IsSequence()) return warn(at, fmt::format("{} is not a list of targets", path));
      for (const auto& group : node) out.push_back(group_of(group));
      warn(at, fmt::format("the targets of {} were read now; later changes to it do not count", path));
    } catch (const YAML::Exception& error) {
      warn(at, fmt::format("{}: {}", path, error.msg));
    }
  }

  [[nodiscard]] std::string setting(const YAML::Node& job, const char* key, const char* otherwise) const {
    return text_of(job[key], text_of(root_["global"][key], otherwise));
  }

  void add(const YAML::Node& job, std::string name, const std::string& module, Group group) {
    ImportedCheck check;
    const auto found = modules_.find(module);
    if (found == modules_.end()) {
      warn(job["params"], fmt::format("there is no module {} in the file of --blackbox", module));
    }
    check.module = module;
    check.interval = setting(job, "scrape_interval", "1m");
    if (found != modules_.end() && found->second->timeout == config::Duration::zero()) {
      const auto timeout = config::parse_duration(setting(job, "scrape_timeout", "10s"));
      if (timeout && *timeout > kOffset) check.timeout = config::format_duration(*timeout - kOffset);
    }
    while (!names_.insert(name).second) name += "-more";
    check.name = std::move(name);
    std::set<std::string> seen;
    for (auto& target : group.targets) {
      if (seen.insert(target).second) check.targets.push_back(std::move(target));
    }
    check.labels = std::move(group.labels);
    const bool has_job =
        std::any_of(check.labels.begin(), check.labels.end(), [](const auto& label) { return label.first == "job"; });
    if (!has_job) check.labels.emplace_back("job", text_of(job["job_name"]));
    checks_.push_back(std::move(check));
  }

  std::shared_ptr<const config::Source> source_;
  const YAML::Node root_;
  const Modules& modules_;
  config::Diagnostics& diagnostics_;
  std::set<std::string> names_;
  std::vector<ImportedCheck> checks_;
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
