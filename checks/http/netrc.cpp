#include "checks/http/netrc.hpp"

#include <sstream>

namespace vedette::http {

namespace {

/// A word; one in quotes may hold blanks, and escapes its quotes with a backslash (as curl reads them since 7.84).
bool next_word(std::istringstream& text, std::string& out) {
  out.clear();
  text >> std::ws;
  if (text.peek() == '#') {
    // Up to the end of its line.
    std::getline(text, out);
    return next_word(text, out);
  }
  if (text.peek() != '"') return static_cast<bool>(text >> out);
  text.get();
  for (int c = text.get(); text && c != '"'; c = text.get()) {
    if (c == '\\') c = text.get();
    if (text) out += static_cast<char>(c);
  }
  return true;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> netrc_entry(std::string_view text, std::string_view host) {
  std::istringstream words{std::string(text)};
  std::string word;
  std::string value;
  bool wanted = false;
  bool found = false;
  std::pair<std::string, std::string> out;
  while (next_word(words, word)) {
    if (word == "machine" || word == "default") {
      if (found) break;
      wanted = word == "default" || (next_word(words, value) && value == host);
      found = wanted;
    } else if (word == "login" || word == "password") {
      next_word(words, value);
      if (wanted) (word == "login" ? out.first : out.second) = value;
    }
  }
  return found ? std::optional(out) : std::nullopt;
}

}  // namespace vedette::http
