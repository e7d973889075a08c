#include "config/reference.hpp"

#include <cstdlib>

#include "config/secret.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace vedette::config;

TEST_CASE("references to the environment and to files are expanded") {
  ::setenv("VEDETTE_TEST_TOKEN", "s3cret", 1);
  const vedette::testing::TemporaryFile file("from file\n");
  CHECK(expand_references("a ${VEDETTE_TEST_TOKEN} b")->text == "a s3cret b");
  CHECK(expand_references("${env:VEDETTE_TEST_TOKEN}")->text == "s3cret");
  CHECK(expand_references("${file:" + file.path() + "}")->text == "from file");
  CHECK(has_reference("x${VEDETTE_TEST_TOKEN}"));
}

TEST_CASE("what is no reference stays as it is written") {
  for (const auto* text : {"", "$", "${", "${name}", "$1", "${1}", "a$$b", "${}", "${other:thing}", "${env:}"}) {
    INFO(text);
    CHECK(expand_references(text)->text == text);
    CHECK_FALSE(has_reference(text));
  }
  CHECK(expand_references("$${VEDETTE_TEST_TOKEN}")->text == "${VEDETTE_TEST_TOKEN}");
}

TEST_CASE("a reference that cannot be resolved names itself, not a value") {
  ::unsetenv("VEDETTE_TEST_MISSING");
  CHECK(expand_references("${VEDETTE_TEST_MISSING}").error().find("VEDETTE_TEST_MISSING") != std::string::npos);
  CHECK_FALSE(expand_references("${file:/nonexistent/secret}"));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(expand_references("${credential:db}").error().find("LoadCredential") != std::string::npos);
}

TEST_CASE("systemd's credentials are read from their folder and cannot leave it") {
  const vedette::testing::TemporaryFile file("pw");
  const auto slash = file.path().rfind('/');
  ::setenv("CREDENTIALS_DIRECTORY", file.path().substr(0, slash).c_str(), 1);
  CHECK(expand_references("${credential:" + file.path().substr(slash + 1) + "}")->text == "pw");
  CHECK_FALSE(expand_references("${credential:../etc/passwd}"));
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("a secret prints as stars and reveals its file's present content") {
  const vedette::testing::TemporaryFile file("one\n");
  const auto secret = Secret::file(file.path());
  CHECK(*secret.reveal() == "one");
  file.rewrite("two");
  CHECK(*secret.reveal() == "two");
  CHECK(fmt::format("{}", secret) == "***");
  CHECK(fmt::format("{}", Secret::literal("visible?")) == "***");
  CHECK(Secret::file("/nonexistent").reveal().error().find("/nonexistent") != std::string::npos);
}
