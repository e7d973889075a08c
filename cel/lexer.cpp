#include "cel/lexer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/utf8.hpp"

namespace vedette::cel {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  tl::expected<std::vector<Word>, SyntaxError> all() {
    std::vector<Word> out;
    while (true) {
      skip();
      Word word;
      word.at = at_;
      if (at_ < text_.size() && !next(word)) return tl::make_unexpected(SyntaxError{at_, error_});
      const bool end = word.token == Token::kEnd;
      out.push_back(std::move(word));
      if (end) return out;
    }
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool fail(std::string message) {
    error_ = std::move(message);
    return false;
  }

  void skip() {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.size(), text_.find('\n', at_));
      } else if (std::string_view(" \t\r\n\f").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  bool next(Word& word) {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(word);
    for (std::size_t prefix = 0; prefix <= 2; ++prefix) {
      const char quote = peek(prefix);
      const auto letters = text_.substr(at_, prefix);
      const bool known = prefix == 0 || letters == "r" || letters == "R" || letters == "b" || letters == "B" ||
                         letters == "rb" || letters == "br" || letters == "Rb" || letters == "bR" || letters == "RB" ||
                         letters == "BR" || letters == "rB" || letters == "Br";
      if ((quote == '"' || quote == '\'') && known) return string(word, letters);
    }
    if (begins_name(c)) {
      const auto from = at_;
      while (begins_name(peek()) || is_digit(peek())) ++at_;
      word.token = Token::kName;
      word.text = text_.substr(from, at_ - from);
      if (word.text == "true" || word.text == "false") literal(word, Value(word.text == "true"));
      if (word.text == "null") literal(word, Value(Null()));
      return true;
    }
    for (const std::string_view mark : {"==", "!=", "<=", ">=", "&&", "||"}) {
      if (text_.substr(at_).starts_with(mark)) return take(word, mark);
    }
    if (std::string_view("()[]{}.,:?<>+-*/%!").find(c) != std::string_view::npos)
      return take(word, text_.substr(at_, 1));
    return fail("there is no such sign in an expression");
  }

  bool take(Word& word, std::string_view mark) {
    word.token = Token::kMark;
    word.text = mark;
    at_ += mark.size();
    return true;
  }

  static void literal(Word& word, Value value) {
    word.token = Token::kLiteral;
    word.literal = std::move(value);
  }

  bool number(Word& word) {
    const auto from = at_;
    const bool hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
    bool fraction = false;
    if (hex) at_ += 2;
    while (hex ? is_hex(peek()) : is_digit(peek())) ++at_;
    if (!hex && peek() == '.' && is_digit(peek(1))) {
      fraction = true;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (!hex && (peek() == 'e' || peek() == 'E')) {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (!is_digit(peek(1 + sign))) return fail("an exponent has digits");
      fraction = true;
      at_ += 1 + sign;
      while (is_digit(peek())) ++at_;
    }
    const auto digits = text_.substr(from + (hex ? 2U : 0U), at_ - from - (hex ? 2U : 0U));
    const char* end = digits.data() + digits.size();
    if (fraction) {
      double value = 0;
      std::from_chars(digits.data(), end, value);
      literal(word, Value(value));
      return true;
    }
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
    if (error != std::errc() || stop != end) return fail("the number is too large");
    if (peek() == 'u' || peek() == 'U') {
      ++at_;
      literal(word, Value(value));
      return true;
    }
    // 9223372036854775808 is a number only behind a minus; the parser sees to that.
    constexpr std::uint64_t kLeast = 1ULL << 63U;
    if (value > kLeast) return fail("the number is too large");
    literal(word, Value(static_cast<std::int64_t>(value)));
    word.text = value == kLeast ? "least" : "";
    return true;
  }

  bool string(Word& word, std::string_view letters) {
    const bool raw = letters.find_first_of("rR") != std::string_view::npos;
    const bool bytes = letters.find_first_of("bB") != std::string_view::npos;
    at_ += letters.size();
    const auto quote = text_.substr(at_, 1);
    const std::string triple(3, quote[0]);
    const bool multiline = text_.substr(at_).starts_with(triple);
    const std::string_view end = multiline ? std::string_view(triple) : quote;
    at_ += end.size();
    std::string out;
    while (!text_.substr(at_).starts_with(end)) {
      if (at_ >= text_.size() || (!multiline && (peek() == '\n' || peek() == '\r'))) return fail("the text has no end");
      if (peek() == '\\' && !raw) {
        if (!escape(out, bytes)) return false;
      } else {
        out += text_[at_++];
      }
    }
    at_ += end.size();
    literal(word, bytes ? Value(Bytes{std::move(out)}) : Value(std::move(out)));
    return true;
  }

  bool escape(std::string& out, bool bytes) {
    constexpr std::string_view kLetters = "abfnrtv\\?\"'`";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'`";
    const char c = peek(1);
    const auto plain = kLetters.find(c);
    if (plain != std::string_view::npos && c != '\0') {
      out += kMeanings[plain];
      at_ += 2;
      return true;
    }
    std::size_t digits = 0;
    std::size_t skip = 2;
    int base = 16;
    if (c == 'x' || c == 'X') digits = 2;
    if (c == 'u' && !bytes) digits = 4;
    if (c == 'U' && !bytes) digits = 8;
    if (c >= '0' && c <= '3') {
      digits = 3;
      skip = 1;
      base = 8;
    }
    const auto number = text_.substr(std::min(text_.size(), at_ + skip), digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), code, base);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (digits == 0 || number.size() != digits || error != std::errc() || end != number.data() + digits ||
        code > 0x10ffff || surrogate) {
      return fail("there is no such escape");
    }
    if (bytes) {
      out += static_cast<char>(code);
    } else {
      append_utf8(out, code);
    }
    at_ += skip + digits;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

tl::expected<std::vector<Word>, SyntaxError> split(std::string_view text) {
  return Lexer(text).all();
}

}  // namespace vedette::cel
