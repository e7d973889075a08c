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

TEST_CASE("base64 that was made safe for URLs, or escaped, is masked") {
  Redactor redactor;
  constexpr std::string_view kSigns = "ab?>~x~?9/+>ZZpw";
  redactor.add(kSigns);
  const auto plain = encode_base64(std::string(kSigns));
  REQUIRE(plain.find('+') != std::string::npos);
  const auto replaced = [&](const std::string& sign, const std::string& by) {
    std::string out;
    for (const char c : plain) out += sign[0] == c ? by : std::string(1, c);
    return redactor.masked("x=" + out + ";");
  };
  CHECK(replaced("+", "%2B").find("Pn54") == std::string::npos);
  CHECK(replaced("/", "\\/").find("Pn54") == std::string::npos);
  CHECK(replaced("+", "&#43;").find("Pn54") == std::string::npos);
  const auto twice = encode_base64(encode_base64_url("{\"t\":\"" + std::string(kSigns) + "\"}"));
  CHECK(redactor.masked(twice).find("***") != std::string::npos);
}

TEST_CASE("hex of a secret is masked as dumps have it") {
  CHECK(masked("= 7333637265742d746f6b656e;") == "= ***;");
  CHECK(masked("= 73:33:63:72:65:74:2d:74:6f:6b:65:6e;") == "= ***;");
  CHECK(masked("= 73:33:63:72:65:74:2D:74:6F:6B:65:6E;") == "= ***;");
  CHECK(masked("0000 73 33 63 72 65 74 2d 74  6f 6b 65 6e 20") == "0000 *** 20");
  CHECK(masked("0000 7333 6372 6574 2d74 6f6b 656e 20") == "0000 *** 20");
  CHECK(masked("{0x73, 0x33, 0x63, 0x72, 0x65, 0x74, 0x2d, 0x74, 0x6f, 0x6b, 0x65, 0x6e}") == "{***}");
  CHECK(masked("73 33 63 72 65 74 2d 74 6f 6b 65 6f") == "73 33 63 72 65 74 2d 74 6f 6b 65 6f");
}

TEST_CASE("what stands behind the scheme of credentials is masked, and what Basic encodes") {
  const auto of_header = [](std::string_view name, std::string_view value, const std::string& text) {
    Redactor redactor;
    redactor.add_header(name, value);
    return redactor.masked(text);
  };
  CHECK(of_header("Authorization", "Bearer abcdefTOKEN", "bad abcdefTOKEN") == "bad ***");
  CHECK(of_header("X-Auth", "Key abcdefTOKEN", "bad abcdefTOKEN") == "bad ***");
  CHECK(of_header("X-Note", "Token abcdefTOKEN", "bad abcdefTOKEN") == "bad ***");
  CHECK(of_header("X-Note", "hello world", "bad world") == "bad world");
  CHECK(of_header("authorization", "Basic dXNlcjpzM2NyZXRwYXNz", "it is s3cretpass, not user") ==
        "it is ***, not user");
  CHECK(of_header("Cookie", "session=abcdefTOKEN; theme=dark", "bad abcdefTOKEN") == "bad ***");
}
