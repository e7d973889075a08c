#include "checks/http/netrc.hpp"

#include <sstream>

namespace vedette::http {

std::optional<std::pair<std::string, std::string>> netrc_entry(std::string_view text, std::string_view host) {
  std::istringstream words{std::string(text)};
  std::string word;
  bool wanted = false;
  bool found = false;
  std::pair<std::string, std::string> out;
  while (words >> word) {
    if (word == "machine" || word == "default") {
      if (found) break;
      std::string name;
      wanted = word == "default" || (words >> name && name == host);
      found = wanted;
    } else if (word == "login") {
      words >> word;
      if (wanted) out.first = word;
    } else if (word == "password") {
      words >> word;
      if (wanted) out.second = word;
    }
  }
  return found ? std::optional(out) : std::nullopt;
}

}  // namespace vedette::http
