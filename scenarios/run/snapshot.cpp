#include "scenarios/run/snapshot.hpp"

namespace vedette::scenarios {

Snapshot::Snapshot(const Frame& frame)
    : variables_(frame.variables),
      steps_(frame.session().step_facts),
      random_(frame.session().random()),
      file_root_(frame.file_root()),
      max_nodes_(frame.max_nodes()),
      longest_text_(frame.longest_text()),
      reading_(frame.reading()) {}

const language::Value* Snapshot::variable(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? nullptr : &found->second;
}

language::Found Snapshot::step(std::string_view id) const {
  const auto found = steps_.find(id);
  return found == steps_.end() ? language::Found() : language::Found(found->second);
}

tl::expected<std::string, language::Fault> Snapshot::read_file(const std::string& path) {
  return read_file_under(file_root_, path);
}

}  // namespace vedette::scenarios
