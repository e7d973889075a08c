#include "checks/http/lines.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "checks/text.hpp"

namespace vedette::http {

namespace {

constexpr std::size_t kLongestProblem = 500;

language::Date date_of(std::chrono::system_clock::time_point time) {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count()};
}

language::Certificate certificate_of(const net::Certificate& leaf) {
  std::vector<std::string> names;
  for (const auto& name : leaf.dns_names) names.push_back("DNS:" + name);
  for (const auto& address : leaf.ip_addresses) names.push_back("IP Address:" + address);
  return {leaf.subject,
          leaf.issuer,
          leaf.serial,
          fmt::format("{}", fmt::join(names, ", ")),
          date_of(leaf.not_before),
          date_of(leaf.not_after)};
}

language::Subject subject_of(RunContext& context, const net::HttpExchange& response, const BodySink& body,
                             const Journey& journey) {
  language::Subject out;
  out.status = response.status;
  out.version = response.version;
  out.url = journey.url;
  out.headers = response.headers;
  out.body = body.text();
  out.ip = journey.ip;
  out.redirects = journey.redirects;
  Duration total{};
  for (const auto& phase : context.result.phases) total += phase.duration;
  out.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(total).count();
  if (response.tls && !response.tls->chain.empty()) out.certificate = certificate_of(*response.tls->chain.front());
  return out;
}

}  // namespace

void expect_lines(RunContext& context, const std::vector<language::Expectation>& lines,
                  const net::HttpExchange& response, const BodySink& body, const Journey& journey) {
  if (lines.empty()) return;
  if (language::looks_at_body(lines) && !body.whole()) {
    context.fail(Reason::kBodyTooLarge,
                 fmt::format("the body has {} bytes, more than expectations can look at", body.size()));
    return;
  }
  auto problems = language::unmet(lines, subject_of(context, response, body, journey));
  if (problems.empty()) return;
  boost::json::array shown;
  for (auto& problem : problems) {
    problem = journey.redacted(printable(problem, kLongestProblem));
    shown.emplace_back(problem);
  }
  context.result.evidence.facts["unmet"] = std::move(shown);
  const auto more = problems.size() > 1 ? fmt::format(" (and {} more)", problems.size() - 1) : "";
  context.fail(Reason::kExpectUnmet, problems.front() + more);
}

}  // namespace vedette::http
