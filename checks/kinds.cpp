#include "checks/kinds.hpp"

#include <array>

namespace vedette {

#define VEDETTE_KIND(room) \
  namespace room {         \
  extern const Kind kKind; \
  }
#include "checks/kinds.def"
#undef VEDETTE_KIND

std::span<const Kind* const> check_kinds() {
  static constexpr std::array kKinds{
#define VEDETTE_KIND(room) &room::kKind,
#include "checks/kinds.def"
#undef VEDETTE_KIND
  };
  return kKinds;
}

}  // namespace vedette
