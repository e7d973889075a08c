#include "scenarios/import/sensitive.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace vedette::scenarios {

bool is_sensitive(std::string_view name) {
  constexpr std::array<std::string_view, 4> kAnywhere{"password", "passwd", "passphrase", "secret"};
  constexpr std::array<std::string_view, 11> kAtEnd{"pwd",        "token",     "apikey",   "authkey",
                                                    "accesskey",  "sessionid", "xsession", "privatekey",
                                                    "credential", "signature", "jwt"};
  std::string letters;
  for (const char c : lower_case(name)) {
    if (c >= 'a' && c <= 'z') letters += c;
  }
  return letters == "pass" || letters == "xauth" || letters == "sig" || letters == "session" || letters == "key" ||
         std::any_of(kAnywhere.begin(), kAnywhere.end(),
                     [&](std::string_view word) { return letters.find(word) != std::string::npos; }) ||
         std::any_of(kAtEnd.begin(), kAtEnd.end(), [&](std::string_view word) { return letters.ends_with(word); });
}

}  // namespace vedette::scenarios
