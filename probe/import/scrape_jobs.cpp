#include "probe/import/scrape_jobs.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "config/text_file.hpp"
#include "probe/import/yaml_member.hpp"

namespace vedette {

namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20;

/// What of a job Prometheus would not take, because it is a list, a mapping or a text where it must not be.
std::optional<std::string> wrong_shape(const YAML::Node& job) {
  using Is = bool (YAML::Node::*)() const;
  const auto all = [](const YAML::Node& list, Is is) {
    const auto each = items(list);
    return list.IsNull() ||
           (list.IsSequence() && std::all_of(each.begin(), each.end(), [&](const auto& item) { return (item.*is)(); }));
  };
  const Is map = &YAML::Node::IsMap;
  const Is scalar = &YAML::Node::IsScalar;
  if (!job.IsMap()) return "it is no mapping";
  if (text_member(job, "job_name").empty()) return "it has no job_name";
  for (const auto* key : {"static_configs", "file_sd_configs", "relabel_configs", "metric_relabel_configs"}) {
    if (!all(member(job, key), map)) return fmt::format("{} must be a list of mappings", key);
  }
  for (const auto& group : items(member(job, "static_configs"))) {
    if (!all(member(group, "targets"), scalar)) return "targets must be a list of texts";
    const auto labels = member(group, "labels");
    if (!labels.IsNull() && !labels.IsMap()) return "labels must be a mapping";
  }
  for (const auto& discovery : items(member(job, "file_sd_configs"))) {
    if (!all(member(discovery, "files"), scalar)) return "files must be a list of texts";
  }
  for (const auto& rule : items(member(job, "relabel_configs"))) {
    if (!all(member(rule, "source_labels"), scalar)) return "source_labels must be a list of texts";
  }
  const auto params = member(job, "params");
  if (!params.IsNull() && !params.IsMap()) return "params must be a mapping";
  for (const auto& [name, values] : pairs(params)) {
    if (!all(values, scalar)) return fmt::format("the parameter {} must be a list of texts", name);
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(config::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  std::vector<ScrapeJob> all(const config::Value& prometheus) {
    for (const auto* key : {"scrape_configs", "scrape_config_files"}) {
      const auto list = member(prometheus.node(), key);
      if (!list.IsNull() && !list.IsSequence()) {
        diagnostics_.error(config::Value(list, prometheus.source()).place(), fmt::format("{} must be a list", key));
      }
    }
    read_jobs(prometheus);
    for (const auto& pattern : items(member(prometheus.node(), "scrape_config_files"))) {
      const config::Value at(pattern, prometheus.source());
      const auto paths = files_of(at);
      if (!paths) diagnostics_.error(at.place(), paths.error());
      for (const auto& path : paths.value_or(std::vector<std::string>())) {
        const auto file = read_file(path);
        file ? read_jobs(*file) : diagnostics_.error(at.place(), file.error());
      }
    }
    return std::move(jobs_);
  }

 private:
  void read_jobs(const config::Value& file) {
    for (const auto& node : items(member(file.node(), "scrape_configs"))) {
      if (const auto wrong = wrong_shape(node)) {
        diagnostics_.error(
            config::Value(node, file.source()).place(),
            fmt::format("job {} was left out: {}", text_member(node, "job_name", "without a name"), *wrong));
        continue;
      }
      ScrapeJob job{text_member(node, "job_name"), config::Value(node, file.source()), {}, {}, {}};
      read_targets(job);
      jobs_.push_back(std::move(job));
    }
  }

  static void read_targets(ScrapeJob& job) {
    const auto& node = job.value.node();
    const auto& source = job.value.source();
    for (const auto& group : items(member(node, "static_configs"))) add_group({group, source}, {}, job);
    for (const auto& discovery : items(member(node, "file_sd_configs"))) {
      for (const auto& pattern : items(member(discovery, "files"))) read_target_files({pattern, source}, job);
    }
    refuse_discoveries(job);
  }

  static void add_group(const config::Value& group, const LabelMap& meta, ScrapeJob& job) {
    LabelMap labels = meta;
    for (const auto& [name, value] : pairs(member(group.node(), "labels")))
      labels[name] = value.IsScalar() ? value.Scalar() : "";
    for (const auto& target : items(member(group.node(), "targets"))) {
      const config::Value value(target, group.source());
      if (!value.is_scalar()) continue;
      labels["__address__"] = value.scalar();
      job.targets.push_back({labels, value.place()});
    }
  }

  static void refuse_discoveries(ScrapeJob& job) {
    for (const auto& [key, value] : pairs(job.value.node())) {
      if (!key.ends_with("_sd_configs") || key == "file_sd_configs") continue;
      job.problems.push_back({config::Value(value, job.value.source()).place(),
                              fmt::format("targets of {} were left out: only Prometheus can find them", key),
                              "write them as file_sd_configs first"});
    }
  }

  static tl::expected<std::vector<std::string>, std::string> files_of(const config::Value& pattern) {
    const auto folder = std::filesystem::path(pattern.source()->path).parent_path();
    const auto full = (folder / pattern.scalar()).string();
    glob_t found{};
    std::vector<std::string> out;
    if (::glob(full.c_str(), 0, nullptr, &found) == 0) out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    if (out.empty()) return tl::make_unexpected(fmt::format("no file matches {}", full));
    return out;
  }

  /// A file in YAML, of which JSON is a part.
  static tl::expected<config::Value, std::string> read_file(const std::string& path) {
    auto text = config::read_text_file(path, kMaxFile);
    if (!text) return tl::make_unexpected(text.error().text(path));
    config::Diagnostics wrong;
    auto value =
        config::parse_yaml(std::make_shared<const config::Source>(config::Source{path, std::move(*text)}), wrong);
    if (wrong.has_errors() || !value) return tl::make_unexpected(fmt::format("{}: {}", path, wrong.first_error()));
    return std::move(*value);
  }

  static void read_target_files(const config::Value& pattern, ScrapeJob& job) {
    const auto paths = files_of(pattern);
    if (!paths) job.problems.push_back({pattern.place(), paths.error(), {}});
    for (const auto& path : paths.value_or(std::vector<std::string>())) {
      const auto file = read_file(path);
      if (!file || !file->is_sequence()) {
        job.problems.push_back({pattern.place(), file ? path + " is not a list of targets" : file.error(), {}});
        continue;
      }
      for (const auto& group : items(file->node()))
        add_group({group, file->source()}, {{"__meta_filepath", path}}, job);
      job.files.emplace_back(pattern.place(), path);
    }
  }

  config::Diagnostics& diagnostics_;
  std::vector<ScrapeJob> jobs_;
};

}  // namespace

std::vector<ScrapeJob> read_scrape_jobs(const config::Value& prometheus, config::Diagnostics& diagnostics) {
  return Reader(diagnostics).all(prometheus);
}

}  // namespace vedette
