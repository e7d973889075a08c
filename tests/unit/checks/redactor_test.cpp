#include "checks/redactor.hpp"

#include "base/base64.hpp"
#include "language/values/value.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

constexpr std::string_view kSecret = "s3cret-token";

std::string masked(const std::string& text) {
  Redactor redactor;
  redactor.add(kSecret);
  return redactor.masked(text);
}

}  // namespace

TEST_CASE("base64 of a secret is masked at each place of a group, also when it was encoded twice") {
  for (std::size_t before = 0; before < 6; ++before) {
    const auto once = encode_base64(std::string(before, 'x') + std::string(kSecret) + "and more");
    CHECK(masked(once).find("***") != std::string::npos);
    CHECK(masked(encode_base64(once)).find("***") != std::string::npos);
  }
  CHECK(masked(encode_base64("another text of this length")).find("***") == std::string::npos);
}

TEST_CASE("hex of a secret is masked with whatever stands between its bytes") {
  CHECK(masked("= 7333637265742d746f6b656e;") == "= ***;");
  CHECK(masked("= 73:33:63:72:65:74:2d:74:6f:6b:65:6e;") == "= ***;");
  CHECK(masked("= 73:33:63:72:65:74:2D:74:6F:6B:65:6E;") == "= ***;");
  CHECK(masked("0000 73 33 63 72 65 74 2d 74 6f 6b 65 6e 20") == "0000 *** 20");
  CHECK(masked("= 73-33-63-72-65-74-2D-74-6F-6B-65-6E;") == "= ***;");
}
