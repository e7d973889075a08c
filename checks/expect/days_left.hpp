#pragma once

// The expectation `certificate_days_left: {warn: 21, fail: 7}`: the leaf and every certificate that the peer sends must
// be valid for longer.

#include <optional>

#include "checks/kind.hpp"
#include "net/tls/tls_facts.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette {

struct DaysLeft {
  std::optional<double> warn;
  std::optional<double> fail;
};

/// Reads the key from `section`.
DaysLeft decode_days_left(config::Mapping& section);

/// Fails or warns with reason `certificate_expiring`.
void expect_days_left(RunContext& context, const DaysLeft& expected, const net::TlsFacts& facts);

}  // namespace vedette
