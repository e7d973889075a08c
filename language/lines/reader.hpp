#pragma once

// A cursor over the text of a line or a file. Positions are bytes from the begin.

#include <algorithm>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace vedette::language {

/// What a text should have been, and where it is not.
struct SyntaxError {
  std::size_t at = 0;
  std::string message;
  std::string hint{};
  /// What was being read, in Hurl's words.
  std::string_view title = "Parsing literal";
  /// Nothing was begun yet that could be nothing else: in a list, what follows may be the next thing.
  bool recoverable = false;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// The byte `ahead` of the cursor; zero behind the end.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] std::string_view since(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  void skip(std::size_t bytes) { at_ += std::min(bytes, text_.size() - at_); }
  void back_to(std::size_t at) { at_ = at; }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  /// The code point under the cursor; zero behind the end.
  [[nodiscard]] std::string_view letter() const {
    return rest().substr(0, at_end() ? 0 : std::max<std::size_t>(1, utf8_length(rest())));
  }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  /// A run of letters, digits, - and _, such as the name of a query or a filter; empty when there is none.
  std::string_view take_word() {
    const auto begin = at_;
    while (is_word(peek())) ++at_;
    return since(begin);
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace vedette::language
