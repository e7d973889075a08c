#pragma once

// Masks secrets in whatever leaves a run: each secret, and what it looks like in base64, hex, URLs, JSON and HTML.

#include <string>
#include <string_view>
#include <vector>

namespace vedette::scenarios {

class Redactor {
 public:
  /// Secrets of fewer than four bytes are not masked: everything would be.
  static constexpr std::size_t kShortest = 4;

  void add(std::string_view secret);
  [[nodiscard]] std::string masked(std::string text) const;
  [[nodiscard]] bool empty() const { return forms_.empty(); }

 private:
  void add_form(std::string form);

  std::vector<std::string> secrets_;
  std::vector<std::string> forms_;  ///< the longest first
};

}  // namespace vedette::scenarios
