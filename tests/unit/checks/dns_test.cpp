#include "checks/dns/expectations.hpp"
#include "checks/dns/message.hpp"
#include "checks/dns/names.hpp"
#include "checks/dns/record_text.hpp"
#include "tests/support/catch.hpp"

using namespace vedette::dns;
using vedette::config::Pattern;

namespace {

std::vector<Record> records(std::initializer_list<const char*> texts) {
  std::vector<Record> out;
  for (const auto* text : texts) out.push_back({text, "A", 300});
  return out;
}

std::vector<Pattern> patterns(std::initializer_list<const char*> texts) {
  std::vector<Pattern> out;
  for (const auto* text : texts) out.push_back(*Pattern::compile(text));
  return out;
}

}  // namespace

TEST_CASE("types and classes are mnemonics in capitals or numbers") {
  CHECK(type_number("A", Numbered::kAllowed) == 1);
  CHECK(type_number("SOA", Numbered::kAllowed) == 6);
  CHECK(type_number("ANY", Numbered::kAllowed) == 255);
  CHECK(type_number("HTTPS", Numbered::kAllowed) == 65);
  CHECK(type_number("TYPE65280", Numbered::kAllowed) == 65280);
  CHECK_FALSE(type_number("a", Numbered::kAllowed));
  CHECK_FALSE(type_number("NOSUCH", Numbered::kAllowed));
  CHECK_FALSE(type_number("TYPE70000", Numbered::kAllowed));
  CHECK_FALSE(type_number("TYPE65280", Numbered::kRefused));
  CHECK(class_number("CH", Numbered::kAllowed) == 3);
  CHECK_FALSE(class_number("XX", Numbered::kAllowed));
}

TEST_CASE("records are written as blackbox_exporter does") {
  const auto text = [](const std::string& type_and_data) {
    const auto whole = record_text("x.\t60\tIN\t" + type_and_data);
    return whole.starts_with("x.\t60\tIN\t") ? whole.substr(9) : whole;
  };
  CHECK(text("DS\t1 8 2 0aff") == "DS\t1 8 2 0AFF");
  CHECK(text("SSHFP\t4 2 0aff") == "SSHFP\t4 2 0AFF");
  CHECK(text("NSEC3PARAM\t1 0 12 aabb") == "NSEC3PARAM\t1 0 12 AABB");
  CHECK(text("L64\t10 2001:0db8:1140:1000") == "L64\t10 2001:0DB8:1140:1000");
  CHECK(text("HTTPS\t1 . alpn=h2,h3 no-default-alpn port=\"1\"") ==
        "HTTPS\t1 . alpn=\"h2,h3\" no-default-alpn=\"\" port=\"1\"");
  CHECK(text("HTTPS\t0 svc.x.") == "HTTPS\t0 svc.x.");
  CHECK(text("CERT\tPKIX 1 8 AQID") == "CERT\tPKIX 1 RSASHA256 AQID");
  CHECK(text("X25\t\"311\"") == "X25\t311");
  CHECK(text("TYPE65280\t\\# 1 0a") == "x.\t60\tCLASS1\tTYPE65280\t\\# 1 0a");
  CHECK(text("TXT\t\"A b\"") == "TXT\t\"A b\"");
  CHECK(record_text("no record") == "no record");
}

TEST_CASE("a query reads back as what was asked") {
  const Question question{"Example.org.", 1, 1};
  const auto wire = *build_query(question, {true, 1232, true}, 4711);
  const auto parsed = *parse_reply(wire);
  CHECK(parsed.id == 4711);
  CHECK(parsed.rd);
  CHECK_FALSE(parsed.is_response);
  CHECK(parsed.question() == "Example.org. 1 1");
  const auto asked = [](Question other) { return *build_query(other, {}, 1); };
  CHECK(same_question(wire, asked(question)));
  CHECK(same_question(wire, asked({"example.ORG.", 1, 1})));
  CHECK_FALSE(same_question(wire, asked({"example.org.", 28, 1})));
  CHECK_FALSE(same_question(wire, asked({"example.org.", 1, 3})));
  CHECK_FALSE(same_question(wire, asked({"other.org.", 1, 1})));
  CHECK_FALSE(same_question(wire.substr(0, 20), asked(question)));
  CHECK(with_id(wire, 1) == *build_query(question, {true, 1232, true}, 1));
  CHECK(parsed.additionals == 1);
  REQUIRE(parsed.records(Section::kAdditional).size() == 1);
  CHECK(parsed.records(Section::kAdditional)[0].type == "OPT");
  CHECK_FALSE(build_query({"a..b.", 1, 1}, {}, 1));
}

TEST_CASE("garbage is malformed, not a crash") {
  CHECK_FALSE(parse_reply(""));
  CHECK_FALSE(parse_reply("short"));
  CHECK_FALSE(parse_reply(std::string(12, '\xff')));
}

TEST_CASE("a message with two signatures is malformed") {
  std::string wire = *build_query({"a.", 1, 1}, {}, 1);
  const std::string tsig("\x00\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x00", 11);
  wire[11] = 2;
  CHECK(parse_reply(wire + tsig + tsig).error() == "more than one TSIG record");
}

TEST_CASE("section expectations follow blackbox_exporter") {
  const auto two = records({"www.\t300\tIN\tA\t192.0.2.1", "www.\t300\tIN\tA\t192.0.2.2"});
  const std::vector<Record> none;
  SectionExpectations expected;
  expected.fail_if_matches = patterns({"192\\.0\\.2\\.1$"});
  CHECK_FALSE(section_problem(expected, two).empty());
  CHECK(section_problem(expected, none).empty());

  expected = {};
  expected.fail_if_not_matches = patterns({"192\\.0\\.2\\."});
  CHECK(section_problem(expected, two).empty());
  CHECK_FALSE(section_problem(expected, none).empty());
  expected.fail_if_not_matches = patterns({"\\.1$"});
  CHECK_FALSE(section_problem(expected, two).empty());

  expected = {};
  expected.fail_if_none_matches = patterns({"\\.2$"});
  CHECK(section_problem(expected, two).empty());
  expected.fail_if_none_matches = patterns({"\\.3$"});
  CHECK_FALSE(section_problem(expected, two).empty());
  CHECK_FALSE(section_problem(expected, none).empty());

  // Despite its name it fails when some record does not match.
  expected = {};
  expected.fail_if_all_match = patterns({"192\\.0\\.2\\."});
  CHECK(section_problem(expected, two).empty());
  CHECK(section_problem(expected, none).empty());
  expected.fail_if_all_match = patterns({"\\.1$"});
  CHECK_FALSE(section_problem(expected, two).empty());
}
