#include "checks/kinds.hpp"

#include <algorithm>
#include <array>

#include "checks/dns/kind.hpp"
#include "checks/http/kind.hpp"
#include "checks/tcp/kind.hpp"
#include "checks/tls/kind.hpp"

namespace vedette {

namespace {

constexpr std::array<const Kind*, 4> kTable{
    &http::kKind,
    &dns::kKind,
    &tls::kKind,
    &tcp::kKind,
};

}  // namespace

std::span<const Kind* const> all_kinds() {
  return kTable;
}

const Kind* find_kind(std::string_view name) {
  const auto found = std::find_if(kTable.begin(), kTable.end(), [&](const Kind* kind) { return kind->name == name; });
  return found == kTable.end() ? nullptr : *found;
}

}  // namespace vedette
