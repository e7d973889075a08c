#include "scenarios/import/shell_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace vedette::scenarios {

namespace {

bool is_name_begin(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Shell {
 public:
  explicit Shell(std::string_view text) : text_(text) {}

  tl::expected<std::vector<std::string>, std::string> words() {
    while (!ended_ && problem_.empty() && !text_.empty()) step();
    if (!problem_.empty()) return tl::make_unexpected(problem_);
    end_word();
    if (drops_next_) return tl::make_unexpected(std::string("a redirection has no file"));
    return std::move(words_);
  }

 private:
  void step() {
    const char c = text_.front();
    if (c == ' ' || c == '\t' || c == '\r') {
      skip(1);
      end_word();
    } else if (c == '\n') {
      skip(1);
      end_word();
      ended_ = !words_.empty();
    } else if (c == '#' && !in_word_) {
      skip(std::min(text_.find('\n'), text_.size()));
    } else if (c == '|' || c == ';' || c == '(' || c == ')' || (c == '&' && !text_.starts_with("&>"))) {
      end_word();
      ended_ = true;
    } else if (c == '>' || c == '<' || c == '&') {
      redirect();
    } else {
      read_word_part();
    }
  }

  /// `>file`, `2>&1`, `&>file` and the like: the file's name is no word of the command.
  void redirect() {
    const bool number = in_word_ && std::all_of(word_.begin(), word_.end(), &is_digit);
    if (number) {
      word_.clear();
      in_word_ = false;
    }
    end_word();
    if (text_.starts_with("<<")) return fail("a here-document is the shell's: write the text into the command");
    if (text_.front() == '&') skip(1);
    const auto length = std::min(text_.find_first_not_of("<>&|"), text_.size());
    skip(length);
    drops_next_ = true;
  }

  void read_word_part() {
    in_word_ = true;
    const char c = text_.front();
    if (text_.starts_with("$'")) {
      skip(2);
      read_escaped();
    } else if (text_.starts_with("$\"")) {
      skip(1);
    } else if (c == '\'') {
      skip(1);
      const auto end = text_.find('\'');
      if (end == std::string_view::npos) return fail("a quote is not closed");
      word_ += text_.substr(0, end);
      skip(end + 1);
    } else if (c == '"') {
      skip(1);
      read_double_quotes();
    } else if (c == '\\') {
      skip(1);
      read_escape_outside();
    } else {
      read_plain();
    }
  }

  /// Behind a backslash outside quotes: the next character as it is, and a continued line is one line.
  void read_escape_outside() {
    if (text_.starts_with("\r\n")) skip(1);
    if (text_.empty()) {
      word_ += '\\';
      return;
    }
    if (text_.front() == '\n') {
      in_word_ = !word_.empty();
    } else {
      word_ += text_.front();
    }
    skip(1);
  }

  void read_double_quotes() {
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\' && text_.size() > 1) {
        const char next = text_[1];
        if (std::string_view("\"\\$`\n").find(next) == std::string_view::npos) word_ += '\\';
        if (next != '\n') word_ += next;
        skip(2);
      } else {
        read_plain();
        if (!problem_.empty()) return;
      }
    }
    if (text_.empty()) return fail("a quote is not closed");
    skip(1);
  }

  /// One character, unless it is the shell's own.
  void read_plain() {
    const char c = text_.front();
    if (c == '`') return fail("`…` is the shell's: write what it gives into the command");
    if (c == '$' && text_.size() > 1) {
      const char next = text_[1];
      if (next == '(') return fail("$(…) is the shell's: write what it gives into the command");
      if (is_digit(next) || std::string_view("@*#?-$!").find(next) != std::string_view::npos) {
        return fail(fmt::format("${} is the shell's: put the text in single quotes", next));
      }
      if (is_name_begin(next) || next == '{') {
        const auto from = next == '{' ? 2U : 1U;
        const auto rest = text_.substr(from);
        const auto end =
            std::find_if(rest.begin(), rest.end(), [](char d) { return !is_name_begin(d) && !is_digit(d); });
        return fail(
            fmt::format("the value of {} is the shell's: write it into the command, or put the text in single quotes",
                        std::string_view(rest.begin(), end)));
      }
    }
    word_ += c;
    skip(1);
  }

  /// `$'…'`: the escapes of C, and characters by number.
  void read_escaped() {
    while (!text_.empty() && text_.front() != '\'') {
      const char c = text_.front();
      skip(1);
      if (c != '\\' || text_.empty()) {
        word_ += c;
      } else {
        read_c_escape();
      }
    }
    if (text_.empty()) return fail("a quote is not closed");
    skip(1);
  }

  void read_c_escape() {
    constexpr std::string_view kEscapes = "abeEfnrtv";
    constexpr std::string_view kMeanings = "\a\b\x1b\x1b\f\n\r\t\v";
    const char c = text_.front();
    if (const auto at = kEscapes.find(c); at != std::string_view::npos) {
      word_ += kMeanings[at];
      skip(1);
    } else if (c == 'x') {
      skip(1);
      if (const auto number = read_number(16, 2)) add_byte(*number);
    } else if (c == 'u' || c == 'U') {
      skip(1);
      if (const auto number = read_number(16, c == 'u' ? 4 : 8)) append_utf8(word_, *number);
    } else if (c >= '0' && c <= '7') {
      add_byte(*read_number(8, 3));
    } else if (c == 'c' && text_.size() > 1) {
      word_ += static_cast<char>(text_[1] & 0x1f);
      skip(2);
    } else {
      if (std::string_view("\\'\"?").find(c) == std::string_view::npos) word_ += '\\';
      word_ += c;
      skip(1);
    }
  }

  void add_byte(std::uint32_t number) {
    if (number == 0) return fail("a program gets no byte of zero from its command line");
    word_ += static_cast<char>(number);
  }

  std::optional<std::uint32_t> read_number(std::uint32_t base, std::size_t max) {
    std::uint32_t out = 0;
    std::size_t count = 0;
    for (; count < max && count < text_.size(); ++count) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto lower = lower_case(text_.substr(count, 1));
      const auto digit = kDigits.find(lower);
      if (digit == std::string_view::npos || digit >= base) break;
      out = out * base + static_cast<std::uint32_t>(digit);
    }
    skip(count);
    if (count == 0) return std::nullopt;
    return out;
  }

  void end_word() {
    if (in_word_ && !drops_next_) words_.push_back(std::move(word_));
    if (in_word_) drops_next_ = false;
    word_.clear();
    in_word_ = false;
  }

  void skip(std::size_t count) { text_.remove_prefix(count); }
  void fail(std::string problem) { problem_ = std::move(problem); }

  std::string_view text_;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
  bool drops_next_ = false;
  bool ended_ = false;
  std::string problem_;
};

}  // namespace

tl::expected<std::vector<std::string>, std::string> shell_words(std::string_view text) {
  return Shell(text).words();
}

}  // namespace vedette::scenarios
