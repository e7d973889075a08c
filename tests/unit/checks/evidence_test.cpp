#include "checks/evidence.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

const Family kInfo{"probe_test_info", "of a test", {"text"}};

std::string all_texts(const Result& result) {
  std::string out = result.message + boost::json::serialize(result.evidence.facts) + result.evidence.excerpt;
  for (const auto& line : result.evidence.log) out += line;
  for (const auto& measure : result.measures) out += measure.labels->values.front();
  return out + result.evidence.account;
}

}  // namespace

TEST_CASE("no text of a sealed result holds a secret") {
  Redactor redactor;
  redactor.add("s3cret-token");
  Result result;
  result.message = "it said s3cret-token";
  result.measures.push_back({&kInfo, 1, labelled({"you sent s3cret-token"})});
  result.evidence.facts["headers"] = boost::json::array{"X", "S3CRET-TOKEN", {{"deep", "czNjcmV0LXRva2Vu"}}};
  result.evidence.log = {"sent %73%33%63%72%65%74%2d%74%6f%6b%65%6e", "s3cret-token"};
  result.evidence.excerpt = "{\"a\": \"s3cret-token\"}";
  result.evidence.account = "s3cret-token";
  seal(result, redactor);
  const auto text = all_texts(result);
  INFO(text);
  for (const auto* form : {"s3cret", "S3CRET", "czNjcmV0", "%73%33"}) CHECK(text.find(form) == std::string::npos);
}

TEST_CASE("a secret that a bound cuts in two is masked as well") {
  Redactor redactor;
  redactor.add("s3cret-token");
  CHECK(redactor.masked("it said s3cret-to...: bad") == "it said ***...: bad");
  CHECK(redactor.masked("it said s3c...") == "it said s3c...");  // too little to be told
  CHECK(redactor.masked("first 's3cret...', then S3CRET-T....") == "first '***...', then ***....");
  CHECK(redactor.masked("..........s3cret-t...") == "..........***...");
  Result result;
  result.message = std::string(kMaxEvidenceText - 5, 'x') + "s3cret-token";
  seal(result, redactor);
  CHECK(result.message.find("s3cre") == std::string::npos);
}

TEST_CASE("a text that is nothing but cuts is not looked at to its end") {
  Redactor redactor;
  redactor.add("s3cret-token");
  std::string dots;
  for (int i = 0; i < 2000; ++i) dots += "s...";
  const auto masked = redactor.masked(dots + "s3cret...");
  CHECK(masked.find("s3cret") == std::string::npos);
  CHECK(masked.starts_with("s...s..."));
  CHECK(masked.ends_with("s***"));
}

TEST_CASE("evidence is bounded, whatever it is made of") {
  Result result;
  result.message = std::string(1 << 20, 'm');
  boost::json::array urls;
  for (int i = 0; i < 1000; ++i) urls.emplace_back(std::string(1 << 20, 'u'));
  result.evidence.facts["urls"] = urls;
  for (int i = 0; i < 1000; ++i) result.evidence.log.emplace_back(1 << 20, 'l');
  result.evidence.account = std::string(4 << 20, 'a');
  result.measures.push_back({&kInfo, 1, labelled({std::string(1 << 20, 'v')})});
  seal(result, {});
  CHECK(all_texts(result).size() < 3 * kMaxEvidence);
  CHECK(result.evidence.facts["urls"].as_array().size() == kMaxEvidenceItems + 1);
  CHECK(result.evidence.log.back() == "(and 800 more)");
}

TEST_CASE("evidence is UTF-8, also where it was cut off") {
  Result result;
  result.message = "caf\xe9";
  result.evidence.facts["header"] = "\x80\xff";
  std::string long_text;
  while (long_text.size() < kMaxEvidenceText + 10) long_text += "ü";
  result.evidence.excerpt = "x" + long_text;
  seal(result, {});
  CHECK(is_utf8(all_texts(result)));
  CHECK(result.evidence.excerpt.ends_with("ü..."));
}
