#include "scenarios/import/secret_spans.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::scenarios;

namespace {

/// The body with each secret in brackets.
std::string marked(const std::string& body, std::string_view content_type = {}) {
  std::string out;
  std::size_t done = 0;
  for (const auto& span : secret_spans(body, content_type)) {
    out += body.substr(done, span.begin - done) + "[" + body.substr(span.begin, span.size) + "]";
    done = span.begin + span.size;
  }
  return out + body.substr(done);
}

std::string part(const std::string& headers, const std::string& value) {
  return "--B\r\n" + headers + "\r\n\r\n" + value + "\r\n";
}

}  // namespace

TEST_CASE("parts of a multipart body are known by their names, however those are written") {
  for (const auto* headers :
       {R"(Content-Disposition: form-data; name="password")", R"(Content-Disposition: form-data; name=password)",
        R"(content-disposition : form-data; filename="x;name=y"; name = "api_token")",
        R"(Content-Disposition: form-data; name="x;password")",
        R"(Content-Disposition: form-data; name="a\";b_password")",
        R"(Content-Disposition: form-data; name*=UTF-8''pass%77ord)",
        "Content-Disposition: form-data;\r\n name=\"password\"\r\nContent-Type: text/plain"}) {
    INFO(headers);
    const auto body = part(R"(Content-Disposition: form-data; name="user")", "bob");
    CHECK(marked(body + part(headers, "hunter22") + "--B--\r\n") == body + part(headers, "[hunter22]") + "--B--\r\n");
  }
}

TEST_CASE("multipart bodies that are cut off, or whose boundary is not where it should be") {
  const std::string head = "Content-Disposition: form-data; name=password";
  CHECK(marked("--B\r\n" + head + "\r\n\r\nhunter22") == "--B\r\n" + head + "\r\n\r\n[hunter22]");
  CHECK(marked("--B\r" + head + "\r\rhunter22\r--B--\r") == "--B\r" + head + "\r\r[hunter22]\r--B--\r");
  CHECK(marked("--B\n" + head + "\n\nhunter22\n--B--\n") == "--B\n" + head + "\n\n[hunter22]\n--B--\n");
  // What only looks like a boundary is part of the value.
  CHECK(marked(part(head, "a\r\n--Bx\r\nb") + "--B--") == part(head, "[a\r\n--Bx\r\nb]") + "--B--");
  const auto preamble = "read me\r\n" + part(head, "hunter22") + "--B--\r\n";
  CHECK(marked(preamble, "multipart/form-data; boundary=B").find("[hunter22]") != std::string::npos);
  CHECK(marked(part(head, "hunter22"), "multipart/form-data; boundary=other").find("[hunter22") != std::string::npos);
  CHECK(marked("--a b;=\r\n" + head + "\r\n\r\nx1\r\n--a b;=--", R"(multipart/mixed; boundary="a b;=")") ==
        "--a b;=\r\n" + head + "\r\n\r\n[x1]\r\n--a b;=--");
}

TEST_CASE("members of JSON, also when it is broken, and of JSON in parts") {
  CHECK(marked(R"({"user": "bob", "password": "hunt\"er", "pin": 5})") ==
        R"({"user": "bob", "password": "[hunt\"er]", "pin": 5})");
  CHECK(marked(R"({"password": 1234, "n": 5})") == R"({"password": [1234], "n": 5})");
  CHECK(marked(R"({"secret": {"a": ["x", 7], "b": {"c": "y"}}, "d": "z"})") ==
        R"({"secret": {"a": ["[x]", [7]], "b": {"c": "[y]"}}, "d": "z"})");
  CHECK(marked(R"({"password":"hunter22)") == R"({"password":"[hunter22])");
  CHECK(marked("{\"password\":\"a1\"}\n{\"token\" : \"b2\"}\n") == "{\"password\":\"[a1]\"}\n{\"token\" : \"[b2]\"}\n");
  CHECK(marked(R"({"password": null, "a": "x"})") == R"({"password": null, "a": "x"})");
  const std::string head = "Content-Disposition: form-data; name=data";
  CHECK(marked(part(head, R"({"token": "hunter22"})") + "--B--") == part(head, R"({"token": "[hunter22]"})") + "--B--");
}

TEST_CASE("fields of forms") {
  CHECK(marked("user=bob&pass%77ord=hunt%20er&x=&token=") == "user=bob&pass%77ord=[hunt%20er]&x=&token=");
  CHECK(marked("no form at all").find('[') == std::string::npos);
  CHECK(secret_spans("").empty());
}
