#pragma once

// What a client says that it takes: the lists of Accept and Accept-Encoding (RFC 9110 section 12.5).

#include <string_view>
#include <utility>
#include <vector>

namespace vedette {

/// One entry: `text/plain;version=0.0.4;q=0.5`.
struct Accepted {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> parameters;  ///< but `q`
  double weight = 1;

  /// Empty when there is none of that name.
  [[nodiscard]] std::string_view parameter(std::string_view wanted) const;
};

/// The entries, which point into `header`.
std::vector<Accepted> read_accept(std::string_view header);

/// The weight of `name` in any case; zero when the list does not have it.
double accept_weight(std::string_view header, std::string_view name);

}  // namespace vedette
