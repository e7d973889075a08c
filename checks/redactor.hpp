#pragma once

// Masks secrets in whatever leaves a run: each secret, and what it looks like in base64, hex, URLs, JSON and HTML.
// Targets echo what they were sent in any of these forms.

#include <string>
#include <string_view>
#include <vector>

namespace vedette {

class Redactor {
 public:
  /// Secrets of fewer than four bytes are not masked: everything would be.
  static constexpr std::size_t kShortest = 4;

  void add(std::string_view secret);
  /// `text` with each form of each secret as ***, also where `text` was cut off within one.
  [[nodiscard]] std::string masked(std::string text) const;
  [[nodiscard]] bool empty() const { return secrets_.empty(); }

 private:
  void derive_forms() const;
  void add_form(std::string form) const;

  std::vector<std::string> secrets_;
  /// Made when something is to be masked, which most runs never need.
  mutable std::vector<std::string> forms_;  ///< the longest first
  mutable std::size_t derived_ = 0;         ///< how many of the secrets have their forms
};

}  // namespace vedette
