#pragma once

// Masks secrets in whatever leaves a run: each secret however its letters are encoded, and what it looks like in base64
// and hex. Targets echo what they were sent in any of these forms.

#include <string>
#include <string_view>
#include <vector>

#include "checks/encoded_match.hpp"

namespace vedette {

class Redactor {
 public:
  /// Shorter secrets are masked only as they are, and where they stand as a word: everything would be masked else.
  static constexpr std::size_t kMinLength = 4;

  void add(std::string_view secret);
  /// The credentials in the value of an Authorization header: what stands behind the scheme.
  void add_authorization(std::string_view value);
  /// The value of a header: all of it; what stands behind the scheme of credentials, and what Basic has encoded; the
  /// values of cookies.
  void add_header(std::string_view name, std::string_view value);
  /// Of a URL or a setting. A user without a password is often a token.
  void add_userinfo(const std::string& user, const std::string& password);
  /// `text` with each form of each secret as ***, also where printable() cut the text off within one.
  [[nodiscard]] std::string masked(std::string text) const;
  [[nodiscard]] bool empty() const { return secrets_.empty() && words_.empty(); }

 private:
  void derive_forms() const;
  void add_form(std::string form) const;
  void add_base64(const std::string& text) const;
  void add_escaped(const std::string& text) const;
  [[nodiscard]] std::size_t length_at(std::string_view text, std::size_t at) const;
  void mask_letters(std::string& text) const;
  bool mask_cut(std::string& text, std::size_t end) const;
  void mask_cuts(std::string& text) const;
  [[nodiscard]] std::string with_masked_words(const std::string& text) const;

  std::vector<std::string> secrets_;
  std::vector<std::string> words_;  ///< secrets that are shorter
  /// Made when something is to be masked, which most runs never need.
  mutable std::vector<EncodedSecret> encoded_;  ///< of the secrets that have been derived
  /// By the byte with which they begin: forms in base64 whose signs may be escaped, and secrets in hex.
  mutable std::vector<std::vector<EncodedSecret>> escaped_;
  mutable std::vector<std::vector<std::size_t>> in_hex_;
  mutable std::vector<bool> starts_;        ///< by byte: whether one of them, or a form, may begin with it
  mutable std::size_t longest_ = 0;         ///< bytes that one of them may take in a text
  mutable std::vector<std::string> forms_;  ///< in base64, hex and one case, the longest first
};

}  // namespace vedette
