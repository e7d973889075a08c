#include "probe/config/kinds.hpp"

#include <algorithm>
#include <array>

#include "checks/dns/kind.hpp"
#include "checks/grpc/kind.hpp"
#include "checks/http/kind.hpp"
#include "checks/icmp/kind.hpp"
#include "checks/tcp/kind.hpp"
#include "checks/tls/kind.hpp"
#include "checks/unix/kind.hpp"
#include "checks/websocket/kind.hpp"
#include "scenarios/kind.hpp"

namespace vedette {

namespace {

constexpr std::array<const Kind*, 9> kTable{
    &http::kKind, &dns::kKind,  &tls::kKind,       &tcp::kKind,       &unix_socket::kKind,
    &icmp::kKind, &grpc::kKind, &websocket::kKind, &scenarios::kKind,
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
