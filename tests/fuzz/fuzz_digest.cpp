// Challenges of hostile servers for Digest authentication.
//
// Input: a WWW-Authenticate header a line.

#include <algorithm>

#include "checks/http/digest_auth.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

/// Whether every quote that is opened is closed again.
bool quotes_match(std::string_view text) {
  bool within = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (within && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      within = !within;
    }
  }
  return !within;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  using namespace vedette::fuzz;
  Input input(data, size);
  std::vector<std::string> challenges;
  while (!input.empty()) challenges.emplace_back(input.until("\n"));
  const std::string password = "the password";
  // What the server has said itself comes back to it.
  const bool known = std::any_of(challenges.begin(), challenges.end(),
                                 [&](const auto& challenge) { return challenge.find(password) != std::string::npos; });
  const http::DigestRequest request{"GET", "/a?b=\"c", "user\\name", password, "0123456789abcdef"};
  const auto answer = http::digest_authorization(challenges, request);
  if (!answer) return 0;
  require(answer->starts_with("Digest username="), "the answer is not one of Digest");
  require(answer->find('\n') == std::string::npos, "the answer breaks the line");
  require(known || answer->find(password) == std::string::npos, "the answer tells the password");
  require(quotes_match(*answer), "a challenge gets out of its quotes");
  return 0;
}
