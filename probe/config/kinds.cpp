#include "probe/config/kinds.hpp"

#include <algorithm>
#include <vector>

#include "checks/kinds.hpp"
#include "scenarios/kind.hpp"

namespace vedette {

std::span<const Kind* const> all_kinds() {
  static const auto kAll = [] {
    const auto checks = check_kinds();
    std::vector<const Kind*> out(checks.begin(), checks.end());
    out.push_back(&scenarios::kKind);
    return out;
  }();
  return kAll;
}

const Kind* find_kind(std::string_view name) {
  const auto all = all_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Kind* kind) { return kind->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace vedette
