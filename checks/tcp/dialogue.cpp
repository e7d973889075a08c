#include "checks/tcp/dialogue.hpp"

#include <fmt/format.h>

namespace vedette::tcp {

namespace asio = boost::asio;

Dialogue::Dialogue(RunContext& context, const TcpSettings& settings, net::Stream& stream, std::string name)
    : context_(context), settings_(settings), stream_(stream), reader_(stream), name_(std::move(name)) {}

asio::awaitable<net::Problem> Dialogue::expect_line(const Step& step, std::vector<std::string>& groups) {
  context_.log(fmt::format("expecting /{}/", step.expect->text()));
  while (true) {
    const auto line = co_await reader_.line();
    if (!line) co_return line.error();
    // Behind the last newline there is no line, not even an empty one.
    const bool none = line->last && line->text.empty();
    groups = none ? std::vector<std::string>() : step.expect->groups(line->text);
    if (!groups.empty()) break;
    if (line->last) {
      failed_due_to_regex_ = true;
      co_return Failure{Reason::kExpectMismatch,
                        fmt::format("the stream ended; no line matched /{}/", step.expect->text())};
    }
  }
  for (const auto& [label, value] : step.labels) {
    labels_.emplace_back(label, printable(step.expect->expanded(value, groups), 256));
  }
  co_return std::nullopt;
}

asio::awaitable<net::Problem> Dialogue::expect_bytes(const Step& step) {
  context_.log(fmt::format("expecting {} bytes", step.expect_bytes.size()));
  const auto got = co_await reader_.bytes(step.expect_bytes.size());
  if (!got) co_return got.error();
  if (got->size() < step.expect_bytes.size()) {
    co_return Failure{Reason::kClosedDialogue, "the stream ended before the expected bytes"};
  }
  if (*got == step.expect_bytes) co_return std::nullopt;
  failed_due_to_bytes_ = true;
  co_return Failure{Reason::kExpectMismatch,
                    fmt::format("got '{}', expected '{}'", printable(*got, 100), printable(step.expect_bytes, 100))};
}

asio::awaitable<net::Problem> Dialogue::upgrade() {
  if (!reader_.empty()) co_return Failure{Reason::kStarttlsRefused, "the server sent data before the handshake"};
  const auto material = settings_.tls.material();
  if (!material) co_return Failure{Reason::kLocalFile, material.error()};
  net::HandshakeOptions options;
  options.name = name_;
  auto problem = co_await stream_.handshake(*material, options);
  if (!problem) context_.add_phase(Phase::kTls, stream_.tls_time());
  co_return problem;
}

asio::awaitable<net::Problem> Dialogue::perform(const Step& step) {
  context_.enter(Phase::kDialogue);
  std::vector<std::string> groups;
  const auto began = net::Moment::now();
  net::Problem problem;
  if (step.expect) problem = co_await expect_line(step, groups);
  if (!problem && !step.expect_bytes.empty()) problem = co_await expect_bytes(step);
  if (problem) co_return problem;
  if (step.expect || !step.expect_bytes.empty()) {
    // What had come before it was waited for cost the target no time: then the user clock tells how little it was.
    context_.add_phase(Phase::kDialogue, net::elapsed(context_, began, stream_.last_arrival()));
  }
  if (!step.send.empty()) {
    auto text = context_.reveal(step.send, true);
    if (!text) co_return std::move(text.error());
    if (step.expect) text = step.expect->expanded(*text, groups);
    context_.log(fmt::format("sending {} bytes", text->size() + 1));
    if (problem = co_await stream_.write_all(*text + "\n"); problem) co_return problem;
  }
  if (step.starttls) co_return co_await upgrade();
  co_return std::nullopt;
}

asio::awaitable<net::Problem> Dialogue::go() {
  for (const auto& step : settings_.steps) {
    if (auto problem = co_await perform(step)) co_return problem;
  }
  co_return std::nullopt;
}

}  // namespace vedette::tcp
