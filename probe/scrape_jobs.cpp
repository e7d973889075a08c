#include "probe/scrape_jobs.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "config/text_file.hpp"
#include "probe/yaml_member.hpp"

namespace vedette {

namespace {

constexpr std::size_t kMostFile = std::size_t{64} << 20;

class Reader {
 public:
  explicit Reader(config::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  std::vector<ScrapeJob> all(const config::Value& prometheus) {
    read_jobs(prometheus);
    for (const auto& pattern : member(prometheus.node(), "scrape_config_files")) {
      const config::Value at(pattern, prometheus.source());
      for (const auto& path : files_of(at)) {
        if (const auto file = read_file(at, path)) read_jobs(*file);
      }
    }
    return std::move(jobs_);
  }

 private:
  void read_jobs(const config::Value& file) {
    for (const auto& node : member(file.node(), "scrape_configs")) {
      ScrapeJob job{text_member(node, "job_name"), config::Value(node, file.source()), {}};
      read_targets(job);
      jobs_.push_back(std::move(job));
    }
  }

  void read_targets(ScrapeJob& job) {
    const auto& node = job.value.node();
    const auto& source = job.value.source();
    const auto errors = diagnostics_.errors();
    for (const auto& group : member(node, "static_configs")) add_group({group, source}, {}, job);
    for (const auto& discovery : member(node, "file_sd_configs")) {
      for (const auto& pattern : member(discovery, "files")) read_target_files({pattern, source}, job);
    }
    refuse_discoveries(job);
    job.whole = diagnostics_.errors() == errors;
  }

  static void add_group(const config::Value& group, const LabelMap& meta, ScrapeJob& job) {
    LabelMap labels = meta;
    for (const auto& label : member(group.node(), "labels")) labels[label.first.Scalar()] = label.second.Scalar();
    for (const auto& target : member(group.node(), "targets")) {
      const config::Value value(target, group.source());
      if (!value.is_scalar()) continue;
      labels["__address__"] = value.scalar();
      job.targets.push_back({labels, value.place()});
    }
  }

  void refuse_discoveries(const ScrapeJob& job) {
    if (!job.value.is_mapping()) return;
    for (const auto& pair : job.value.node()) {
      const auto key = pair.first.Scalar();
      if (!key.ends_with("_sd_configs") || key == "file_sd_configs") continue;
      diagnostics_.error(
          config::Value(pair.first, job.value.source()).place(),
          fmt::format("job {}: targets of {} were left out: only Prometheus can find them", job.name, key),
          "write them as file_sd_configs first");
    }
  }

  std::vector<std::string> files_of(const config::Value& pattern) {
    const auto folder = std::filesystem::path(pattern.source()->path).parent_path();
    const auto full = (folder / pattern.scalar()).string();
    glob_t found{};
    std::vector<std::string> out;
    if (::glob(full.c_str(), 0, nullptr, &found) == 0) out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    if (out.empty()) diagnostics_.error(pattern.place(), fmt::format("no file matches {}", full));
    return out;
  }

  std::optional<config::Value> read_file(const config::Value& at, const std::string& path) {
    auto text = config::read_text_file(path, kMostFile);
    if (!text) {
      diagnostics_.error(at.place(), text.error().text(path));
      return std::nullopt;
    }
    // JSON is YAML.
    return config::parse_yaml(std::make_shared<const config::Source>(config::Source{path, std::move(*text)}),
                              diagnostics_);
  }

  void read_target_files(const config::Value& pattern, ScrapeJob& job) {
    for (const auto& path : files_of(pattern)) {
      const auto file = read_file(pattern, path);
      if (!file) continue;
      if (!file->is_sequence()) {
        diagnostics_.error(pattern.place(), fmt::format("{} is not a list of targets", path));
        continue;
      }
      for (const auto& group : file->node()) add_group({group, file->source()}, {{"__meta_filepath", path}}, job);
      diagnostics_.warning(pattern.place(),
                           fmt::format("the targets of {} were read now; later changes to it do not count", path));
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
