#include "probe/config/config_loader.hpp"

#include <fmt/format.h>

#include <map>

#include "probe/config/check_decoder.hpp"
#include "probe/config/config_files.hpp"

namespace vedette {

namespace {

/// A section that may stand in one file only.
void read_once(std::vector<config::Mapping>& documents, std::string_view key,
               const std::function<void(config::Mapping&)>& read) {
  std::optional<config::Place> first;
  for (auto& document : documents) {
    const auto place = document.place_of(key);
    auto section = document.take_mapping(key);
    if (!section) continue;
    if (first) {
      document.error(key, fmt::format("{} stands in two files", key),
                     fmt::format("the first one is at {}", first->text()));
      continue;
    }
    first = place;
    read(*section);
  }
}

void read_modules(std::vector<config::Mapping>& documents, CheckDecoder& decoder) {
  std::map<std::string, config::Place> places;
  for (auto& document : documents) {
    auto section = document.take_mapping("modules");
    if (!section) continue;
    for (const auto& [name, value] : section->take_all()) {
      const auto [known, fresh] = places.emplace(name, section->place_of(name));
      if (!fresh) {
        section->error(name, fmt::format("module {} is defined twice", name),
                       fmt::format("the first one is at {}", known->second.text()));
        continue;
      }
      decoder.read_module(name, value);
    }
  }
}

}  // namespace

std::optional<Config> load_config(const std::string& path, config::Diagnostics& diagnostics,
                                  std::set<std::string>* known_keys) {
  config::Context context{diagnostics, {}, known_keys};
  ConfigFiles files(diagnostics, context);
  files.read(path);
  auto& documents = files.documents();
  Config out;
  out.agent = default_agent();
  CheckDecoder decoder(context);
  read_once(documents, "agent", [&](config::Mapping& section) { out.agent = decode_agent(section); });
  read_once(documents, "defaults", [&](config::Mapping& section) { decoder.read_defaults(section); });
  read_modules(documents, decoder);
  for (auto& document : documents) {
    for (const auto& item : document.take_list("checks")) decoder.read_check(item);
    document.finish();
  }
  if (diagnostics.has_errors()) return std::nullopt;
  out.checks = std::move(decoder.checks());
  out.modules = decoder.modules();
  out.sources = files.sources();
  out.patterns = files.patterns();
  out.further = std::move(context.sources);
  out.secret_files = std::move(context.secret_files);
  return out;
}

std::string render_all(const config::Diagnostics& diagnostics, bool colour) {
  std::string out;
  for (const auto& diagnostic : diagnostics.sorted()) out += render(diagnostic, colour);
  return out;
}

}  // namespace vedette
