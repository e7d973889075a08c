#include "checks/dns/expectations.hpp"

#include "checks/expect/lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vedette::dns {

namespace {

bool matches_any(const std::vector<config::Pattern>& patterns, const Record& record) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& p) { return p.found_in(record.text); });
}

/// The first record and pattern that do not match.
std::string first_mismatch(const std::vector<config::Pattern>& patterns, const std::vector<Record>& records) {
  for (const auto& record : records) {
    for (const auto& pattern : patterns) {
      if (!pattern.found_in(record.text)) {
        return fmt::format("'{}' does not match /{}/", printable(record.text, 200), pattern.text());
      }
    }
  }
  return {};
}

}  // namespace

bool expects_anything(const SectionExpectations& expected) {
  return !expected.fail_if_matches.empty() || !expected.fail_if_all_match.empty() ||
         !expected.fail_if_not_matches.empty() || !expected.fail_if_none_matches.empty();
}

std::string section_problem(const SectionExpectations& expected, const std::vector<Record>& records) {
  for (const auto& record : records) {
    for (const auto& pattern : expected.fail_if_matches) {
      if (pattern.found_in(record.text)) {
        return fmt::format("'{}' matches /{}/", printable(record.text, 200), pattern.text());
      }
    }
  }
  if (auto problem = first_mismatch(expected.fail_if_all_match, records); !problem.empty()) return problem;
  if (!expected.fail_if_not_matches.empty()) {
    if (records.empty()) return "there are no records";
    if (auto problem = first_mismatch(expected.fail_if_not_matches, records); !problem.empty()) return problem;
  }
  if (!expected.fail_if_none_matches.empty()) {
    const auto matches = [&](const Record& record) { return matches_any(expected.fail_if_none_matches, record); };
    if (std::none_of(records.begin(), records.end(), matches)) {
      return fmt::format("none of {} records matches", records.size());
    }
  }
  return {};
}

void expect_reply(RunContext& context, const DnsSettings& settings, const Reply& reply) {
  const auto& valid = settings.valid_rcodes;
  const auto unknown = std::find_if_not(valid.begin(), valid.end(), is_rcode);
  if (unknown != valid.end()) {
    context.fail(Reason::kSettingsInvalid, fmt::format("no reply has the return code '{}'", *unknown));
    return;
  }
  const auto is_valid = [&](std::string_view name) {
    return std::find(valid.begin(), valid.end(), name) != valid.end();
  };
  if (!is_valid(reply.rcode) && !(reply.rcode == "BADVERS" && is_valid("BADSIG"))) {
    const auto why = printable(reply.extended_errors(), 200);
    context.fail(Reason::kDnsRcode,
                 fmt::format("return code {}{}, expected {}", reply.rcode, why.empty() ? "" : " (" + why + ")",
                             valid.empty() ? "none" : fmt::format("{}", fmt::join(valid, ", "))));
    return;
  }
  if (reply.tc && settings.fail_if_truncated) context.fail(Reason::kDnsTruncated, "the reply is truncated");
  const auto check = [&](const SectionExpectations& expected, Section section, Reason reason, std::string_view name) {
    if (!expected.problem.empty()) context.fail(Reason::kSettingsInvalid, expected.problem);
    if (!expects_anything(expected)) return;
    auto problem = section_problem(expected, reply.records(section));
    if (!problem.empty()) context.fail(reason, fmt::format("{}: {}", name, problem));
  };
  check(settings.answer, Section::kAnswer, Reason::kDnsAnswer, "answer");
  check(settings.authority, Section::kAuthority, Reason::kDnsAuthority, "authority");
  check(settings.additional, Section::kAdditional, Reason::kDnsAdditional, "additional");
}

namespace {

/// `name.⇥ttl⇥class⇥type⇥rdata` as an object.
language::Value object_of(const Record& record) {
  const std::string_view text = record.text;
  const auto name = text.substr(0, text.find('\t'));
  auto data = text;
  for (int field = 0; field < 4 && !data.empty(); ++field) {
    const auto tab = data.find('\t');
    data.remove_prefix(tab == std::string_view::npos ? data.size() : tab + 1);
  }
  return language::Value::object({{"name", language::Value(std::string(name))},
                                  {"type", language::Value(record.type)},
                                  {"ttl", language::Value(std::int64_t{record.ttl})},
                                  {"data", language::Value(std::string(data))}});
}

language::Value list_of(const std::vector<Record>& records) {
  language::List items;
  for (const auto& record : records) items.push_back(object_of(record));
  return language::Value::list(std::move(items));
}

language::Value flags_of(const Reply& reply) {
  language::List out;
  const auto add = [&](bool set, const char* name) {
    if (set) out.emplace_back(std::string(name));
  };
  add(reply.aa, "aa");
  add(reply.tc, "tc");
  add(reply.rd, "rd");
  add(reply.ra, "ra");
  add(reply.ad, "ad");
  add(reply.cd, "cd");
  return language::Value::list(std::move(out));
}

}  // namespace

boost::asio::awaitable<void> expect_lines(RunContext& context, const DnsSettings& settings, const Reply& reply,
                                          std::string address) {
  if (!wants_answer(context, settings.lines)) co_return;
  language::Subject subject;
  subject.ip = address;
  subject.facts["rcode"] = language::Value(reply.rcode);
  subject.facts["answers"] = list_of(reply.records(Section::kAnswer));
  subject.facts["authority"] = list_of(reply.records(Section::kAuthority));
  subject.facts["additional"] = list_of(reply.records(Section::kAdditional));
  subject.facts["flags"] = flags_of(reply);
  subject.facts["size"] = language::Value(static_cast<std::int64_t>(reply.size));
  co_await expect_lines(context, settings.lines, std::move(subject));
}

}  // namespace vedette::dns
