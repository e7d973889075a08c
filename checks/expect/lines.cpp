#include "checks/expect/lines.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address_v6.hpp>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "net/io/offload.hpp"
#include "net/io/run_memory.hpp"

namespace vedette {

namespace {

constexpr std::size_t kLongestProblem = 500;

language::Date date_of(std::chrono::system_clock::time_point time) {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count()};
}

/// An IPv6 address as OpenSSL writes one: all groups, in capitals.
std::string long_address(const std::string& text) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v6(text, error);
  if (error) return text;
  std::vector<std::string> groups;
  const auto bytes = address.to_bytes();
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    groups.push_back(fmt::format("{:X}", bytes[i] << 8U | bytes[i + 1]));
  return fmt::format("{}", fmt::join(groups, ":"));
}

/// 0f4e1d as 0f:4e:1d.
std::string with_colons(const std::string& hex) {
  const std::size_t sign = hex.starts_with('-') ? 1 : 0;
  std::string out = hex.substr(0, sign);
  for (auto i = sign; i < hex.size(); i += 2) out += (i == sign ? "" : ":") + hex.substr(i, 2);
  return out;
}

/// The texts are those that libcurl has, and so Hurl.
language::Certificate certificate_of(const net::Certificate& leaf) {
  std::vector<std::string> names;
  for (const auto& name : leaf.dns_names) names.push_back("DNS:" + name);
  for (const auto& address : leaf.ip_addresses) names.push_back("IP Address:" + long_address(address));
  return {leaf.subject_line,
          leaf.issuer_line,
          with_colons(leaf.serial),
          fmt::format("{}", fmt::join(names, ", ")),
          date_of(leaf.not_before),
          date_of(leaf.not_after),
          leaf.pem};
}

language::Value texts(const std::vector<std::string>& items) {
  language::List out;
  for (const auto& item : items) out.emplace_back(item);
  return language::Value::list(std::move(out));
}

/// The names are those of the evidence.
language::Value object_of(const net::Certificate& certificate) {
  return language::Value::object({{"subject", language::Value(certificate.subject)},
                                  {"issuer", language::Value(certificate.issuer)},
                                  {"serial", language::Value(certificate.serial)},
                                  {"dns_names", texts(certificate.dns_names)},
                                  {"ip_addresses", texts(certificate.ip_addresses)},
                                  {"not_before", language::Value(date_of(certificate.not_before))},
                                  {"not_after", language::Value(date_of(certificate.not_after))},
                                  {"sha256", language::Value(certificate.sha256)},
                                  {"key_sha256", language::Value(certificate.key_sha256)},
                                  {"key_type", language::Value(certificate.key_type)},
                                  {"key_bits", language::Value(std::int64_t{certificate.key_bits})},
                                  {"signature_algorithm", language::Value(certificate.signature_algorithm)}});
}

}  // namespace

void describe_tls(const net::TlsFacts& facts, language::Subject& subject) {
  if (!facts.chain.empty()) subject.certificate = certificate_of(*facts.chain.front());
  language::List chain;
  for (const auto& certificate : facts.chain) chain.push_back(object_of(*certificate));
  subject.facts["chain"] = language::Value::list(std::move(chain));
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) subject.facts[name] = language::Value(value);
  };
  constexpr std::string_view kPrefix = "TLS ";
  add("tls_version", facts.version.starts_with(kPrefix) ? facts.version.substr(kPrefix.size()) : facts.version);
  add("cipher", facts.cipher);
  add("alpn", facts.alpn);
  add("ocsp", facts.ocsp);
}

namespace {

std::size_t cost_of(const std::vector<language::Expectation>& lines, std::size_t body) {
  const bool tree = language::asks_for(lines, language::QueryKind::kXPath) ||
                    language::asks_for(lines, language::QueryKind::kJsonPath);
  return body * (tree ? net::kTreeCost : net::kTextCost);
}

}  // namespace

bool wants_answer(const RunContext& context, const std::vector<language::Expectation>& lines) {
  return context.answer != nullptr || !lines.empty();
}

boost::asio::awaitable<void> expect_lines(RunContext& context, const std::vector<language::Expectation>& lines,
                                          language::Subject subject) {
  if (!wants_answer(context, lines)) co_return;
  Duration total{};
  for (const auto& phase : context.result.phases) {
    total += phase.duration;
    subject.phases.emplace_back(name_of(phase.phase), seconds(phase.duration) * 1e3);
  }
  subject.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(total).count();
  if (context.answer != nullptr) {
    *context.answer = std::move(subject);
    co_return;
  }
  std::vector<std::string> problems;
  if (subject.body.size() <= net::kSmallAnswer) {
    problems = language::unmet(lines, subject);
  } else {
    // The check owns the lines; the job, a share in it.
    struct Asked {
      CheckPtr check;
      std::shared_ptr<const language::Subject> subject;
      std::vector<std::string> problems{};
      Held held{};
    };
    const auto cost = cost_of(lines, subject.body.size());
    const auto asked = std::make_shared<Asked>(context.check, freed_by_worker(std::move(subject)));
    if (!asked->held.grow_to(cost)) co_return context.fail(memory_used_up());
    auto failure =
        co_await net::offload(context, [asked, &lines] { asked->problems = language::unmet(lines, *asked->subject); });
    if (failure) co_return context.fail(std::move(*failure));
    problems = std::move(asked->problems);
  }
  if (problems.empty()) co_return;
  boost::json::array shown;
  for (auto& problem : problems) {
    problem = printable(problem, kLongestProblem);
    shown.emplace_back(problem);
  }
  context.result.evidence.facts["unmet"] = std::move(shown);
  const auto more = problems.size() > 1 ? fmt::format(" (and {} more)", problems.size() - 1) : "";
  context.fail(Reason::kExpectUnmet, problems.front() + more);
}

}  // namespace vedette
