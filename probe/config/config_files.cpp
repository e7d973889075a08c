#include "probe/config/config_files.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <filesystem>

#include "config/text_file.hpp"

namespace vedette {

namespace {

constexpr int kMaxDepth = 8;

}  // namespace

std::vector<std::string> matching_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> out;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return out;
}

void ConfigFiles::read(const std::string& path) {
  read(path, {}, 0);
}

void ConfigFiles::include(const std::string& pattern, const std::string& from, const config::Place& place, int depth) {
  const auto base = std::filesystem::path(from).parent_path();
  const auto full = (base / pattern).lexically_normal().string();
  if (pattern.find_first_of("*?[") == std::string::npos) {
    read(full, place, depth);
    return;
  }
  patterns_.push_back(full);
  const auto matches = matching_files(full);
  if (matches.empty()) diagnostics_.warning(place, fmt::format("no file matches {}", full));
  for (const auto& match : matches) read(match, place, depth);
}

void ConfigFiles::read(const std::string& path, const config::Place& asked_at, int depth) {
  const auto place_or_file = [&] {
    return asked_at.source ? asked_at : config::Place{std::make_shared<config::Source>(config::Source{path, {}}), 0, 0};
  };
  if (depth > kMaxDepth) {
    diagnostics_.error(place_or_file(), "includes are nested too deeply");
    return;
  }
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(path, error).string();
  if (!seen_.insert(error ? path : canonical).second) {
    diagnostics_.error(place_or_file(), fmt::format("{} is included twice", path));
    return;
  }
  auto text = config::read_text_file(path, kMaxConfigFile);
  if (!text && text.error().line == 0) {
    diagnostics_.error(place_or_file(), text.error().message);
    return;
  }
  if (!text) {
    const auto& problem = text.error();
    diagnostics_.error({std::make_shared<config::Source>(config::Source{path, {}}), problem.line, problem.column},
                       problem.message);
    return;
  }
  const auto source = std::make_shared<config::Source>(config::Source{path, std::move(*text)});
  sources_.push_back(source);
  const auto value = config::parse_yaml(source, diagnostics_);
  if (!value) return;
  auto& document = documents_.emplace_back(*value, "", context_);
  // Reading included files adds documents, which may move this one.
  const auto includes = document.take_list("include");
  for (const auto& item : includes) {
    if (!item.is_scalar()) {
      diagnostics_.error(item.place(), "include takes names of files");
    } else {
      include(item.scalar(), path, item.place(), depth + 1);
    }
  }
}

}  // namespace vedette
