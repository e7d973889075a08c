#include "probe/config_files.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <filesystem>

#include "config/secret.hpp"
#include "config/text_file.hpp"

namespace vedette {

namespace {

constexpr std::size_t kMaxFile = std::size_t{256} << 20;
constexpr int kMaxDepth = 8;

struct Glob {
  explicit Glob(const std::string& pattern) { status = ::glob(pattern.c_str(), 0, nullptr, &found); }
  ~Glob() { ::globfree(&found); }
  Glob(const Glob&) = delete;
  Glob& operator=(const Glob&) = delete;

  glob_t found{};
  int status = 0;
};

}  // namespace

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
  const Glob matches(full);
  if (matches.status == GLOB_NOMATCH) {
    diagnostics_.warning(place, fmt::format("no file matches {}", full));
    return;
  }
  for (std::size_t i = 0; i < matches.found.gl_pathc; ++i) read(matches.found.gl_pathv[i], place, depth);
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
  auto text = config::read_text_file(path, kMaxFile);
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
