#include "checks/http/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "net/io/offload.hpp"

namespace vedette::http {

namespace asio = boost::asio;

namespace {

/// As Go names versions: `HTTP/2.0`, not `HTTP/2`.
std::string version_text(const std::string& version) {
  return "HTTP/" + (version.find('.') == std::string::npos ? version + ".0" : version);
}

std::optional<Failure> check_header(const HeaderExpectation& expected, const net::HttpExchange& response) {
  bool present = false;
  bool matched = false;
  std::string seen;
  for (const auto& [name, value] : response.headers) {
    // To Go it belongs to the message and is no header of it.
    if (!same_ignoring_case(name, expected.header) || same_ignoring_case(name, "Transfer-Encoding")) continue;
    present = true;
    if (expected.pattern.found_in(value)) matched = true;
    if (seen.empty() || matched) seen = value;
  }
  if (!present) {
    if (expected.allow_missing) return std::nullopt;
    return Failure{Reason::kHttpHeader, fmt::format("header {} is missing", expected.header)};
  }
  if (matched == expected.must_match) return std::nullopt;
  return Failure{Reason::kHttpHeader,
                 fmt::format("header {} {} /{}/: {}", expected.header, matched ? "matches" : "does not match",
                             expected.pattern.text(), printable(seen, 120))};
}

std::optional<Failure> check_body(const Expectations& expected, const BodySink& body) {
  if (body.closed()) return Failure{Reason::kBodyMismatch, "the body of a redirect that is not followed is not read"};
  if (!body.whole()) {
    return Failure{Reason::kBodyTooLarge,
                   fmt::format("the body has {} bytes, more than expectations can look at", body.size())};
  }
  for (const auto& pattern : expected.body_must_not_match) {
    if (pattern.found_in(body.text())) {
      return Failure{Reason::kBodyMismatch, fmt::format("the body matches /{}/", pattern.text())};
    }
  }
  for (const auto& pattern : expected.body_must_match) {
    if (!pattern.found_in(body.text())) {
      return Failure{Reason::kBodyMismatch, fmt::format("the body does not match /{}/", pattern.text())};
    }
  }
  return std::nullopt;
}

/// What an expression says of the body; nothing wrong when that is what is wanted.
std::optional<Failure> check_program(const cel::Program& program, const cel::Value& body, bool wanted) {
  const auto outcome = program.run(body);
  if (!outcome)
    return Failure{Reason::kJsonMismatch, fmt::format("{}: {}", program.text(), printable(outcome.error(), 200))};
  const auto* holds = outcome->get<bool>();
  if (holds == nullptr) {
    return Failure{Reason::kJsonMismatch,
                   fmt::format("{} is a {}, neither true nor false", program.text(), outcome->type_name())};
  }
  if (*holds == wanted) return std::nullopt;
  return Failure{Reason::kJsonMismatch, fmt::format("{} is {}", program.text(), *holds)};
}

std::optional<Failure> check_json(const Expectations& expected, const BodySink& body) {
  if (body.closed()) return Failure{Reason::kJsonMismatch, "the body of a redirect that is not followed is not read"};
  const auto json = body.whole()
                        ? cel::from_json(body.text())
                        : tl::expected<cel::Value, std::string>(tl::make_unexpected("it is too long to be looked at"));
  if (!json) return Failure{Reason::kJsonMismatch, fmt::format("the body is not JSON: {}", json.error())};
  if (expected.json_must_not_match) {
    if (auto failure = check_program(*expected.json_must_not_match, *json, false)) return failure;
  }
  if (!expected.json_must_match) return std::nullopt;
  return check_program(*expected.json_must_match, *json, true);
}

bool looks_by_patterns(const Expectations& expected) {
  return !expected.body_must_match.empty() || !expected.body_must_not_match.empty();
}

/// What is wrong with a body, and by which kind of expectation.
struct BodyVerdict {
  std::optional<Failure> failure{};
  Unmet unmet{};
};

BodyVerdict verdict_on(const Expectations& expected, const BodySink& body) {
  if (looks_by_patterns(expected)) {
    if (auto failure = check_body(expected, body)) return {std::move(failure), {.regex = true}};
  }
  if (expected.look_at_json()) {
    if (auto failure = check_json(expected, body)) return {std::move(failure), {.cel = true}};
  }
  return {};
}

std::string expected_status(const Expectations& expected) {
  return expected.status_codes.empty() ? "200 to 299" : fmt::format("{}", fmt::join(expected.status_codes, ", "));
}

}  // namespace

bool status_expected(const Expectations& expected, int status) {
  // A line that asks for the status says what it should be.
  if (expected.status_codes.empty() && language::asks_for(expected.lines, language::QueryKind::kStatus)) return true;
  if (expected.status_codes.empty()) return status >= 200 && status < 300;
  return std::find(expected.status_codes.begin(), expected.status_codes.end(), status) != expected.status_codes.end();
}

Unmet expect_head(RunContext& context, const Expectations& expected, const net::HttpExchange& response) {
  if (!status_expected(expected, response.status)) {
    context.fail(Reason::kHttpStatus,
                 fmt::format("status {}, expected {}", response.status, expected_status(expected)));
    return {};
  }
  for (const auto& header : expected.headers) {
    if (auto failure = check_header(header, response)) {
      context.fail(std::move(*failure));
      return {.regex = true};
    }
  }
  return {};
}

Unmet expect_whole(RunContext& context, const Expectations& expected, const BodySink& body) {
  if (!body.failure()) return {};
  const bool patterns = looks_by_patterns(expected);
  context.fail(*body.failure());
  return {.regex = patterns && body.began(), .cel = !patterns && body.began() && expected.look_at_json()};
}

asio::awaitable<Unmet> expect_content(RunContext& context, const Expectations& expected,
                                      std::shared_ptr<const BodySink> body) {
  BodyVerdict verdict;
  // One that is not there as a whole is refused without a look.
  if (!body->whole() || body->text().size() <= net::kSmallAnswer) {
    verdict = verdict_on(expected, *body);
  } else {
    struct Looked {
      CheckPtr check;  ///< owns what is expected
      std::shared_ptr<const BodySink> body;
      BodyVerdict verdict{};
      Held held{};
    };
    const auto looked = std::make_shared<Looked>(context.check, std::move(body));
    const bool fits = !expected.look_at_json() || looked->held.grow_to(looked->body->text().size() * net::kTreeCost);
    net::Problem problem = memory_used_up();
    if (fits) {
      const auto look = [looked, &expected] { looked->verdict = verdict_on(expected, *looked->body); };
      problem = co_await net::offload(context, look);
    }
    verdict = problem ? BodyVerdict{std::move(problem), {}} : std::move(looked->verdict);
  }
  if (verdict.failure) context.fail(std::move(*verdict.failure));
  co_return verdict.unmet;
}

void expect_connection(RunContext& context, const Expectations& expected, const net::HttpExchange& response,
                       bool secure) {
  const auto version = version_text(response.version);
  const auto& versions = expected.http_versions;
  if (!versions.empty() && std::find(versions.begin(), versions.end(), version) == versions.end()) {
    context.fail(Reason::kHttpVersion, fmt::format("version {}, expected {}", version, fmt::join(versions, ", ")));
  }
  if (secure && expected.fail_if_tls) context.fail(Reason::kHttpTlsForbidden, "the final response came over TLS");
  if (!secure && expected.fail_if_not_tls)
    context.fail(Reason::kHttpTlsRequired, "the final response came without TLS");
  if (response.tls) expect_days_left(context, expected.days_left, *response.tls);
}

}  // namespace vedette::http
