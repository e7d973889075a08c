#pragma once

// Finds a secret in a text however its letters are written there: as they are, in percent encoding, as escapes of JSON
// and of JavaScript, as entities of HTML and XML, some of them twice, and as evidence shows what cannot be shown.

#include <string>
#include <string_view>
#include <vector>

namespace vedette {

class EncodedSecret {
 public:
  /// `secret` is not empty.
  explicit EncodedSecret(std::string_view secret);

  /// How many bytes of `text` from `at` are the secret; zero when it is not there.
  [[nodiscard]] std::size_t length_at(std::string_view text, std::size_t at) const;
  /// Whether `text`, cut off at its end, breaks off within the secret that begins at `at`, after `least` letters.
  [[nodiscard]] bool breaks_off(std::string_view text, std::size_t at, std::size_t min) const;

 private:
  struct Letter {
    std::string bytes;  ///< in UTF-8; a byte that is none is a letter of its own
    char32_t code;
  };

  static std::size_t match(std::string_view text, const Letter& letter);
  /// How many letters are at `at`, which moves behind them.
  std::size_t letters_at(std::string_view text, std::size_t& at) const;

  std::vector<Letter> letters_;
};

/// How many bytes of `text` from `at` are `secret` in hex, as dumps and fingerprints have it: in either case, with at
/// most two signs or blanks between two bytes, and perhaps `0x` before each. Zero when it is not there.
std::size_t hex_length_at(std::string_view text, std::size_t at, std::string_view secret);

}  // namespace vedette
