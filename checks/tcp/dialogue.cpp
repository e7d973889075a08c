#include "checks/tcp/dialogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vedette::tcp {

namespace asio = boost::asio;

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string group_value(std::string_view name, const config::Pattern& pattern, const std::vector<std::string>& groups) {
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) number = pattern.group_number(std::string(name));
  return number >= 0 && static_cast<std::size_t>(number) < groups.size() ? groups[static_cast<std::size_t>(number)]
                                                                         : "";
}

}  // namespace

std::string expand_groups(std::string_view text, const config::Pattern& pattern,
                          const std::vector<std::string>& groups) {
  std::string out;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out += '$';
      text.remove_prefix(1);
      continue;
    }
    const bool braced = text.starts_with('{');
    const auto rest = braced ? text.substr(1) : text;
    const auto stop = std::find_if_not(rest.begin(), rest.end(), is_word);
    const auto name = rest.substr(0, static_cast<std::size_t>(stop - rest.begin()));
    const bool closed = !braced || (name.size() < rest.size() && rest[name.size()] == '}');
    if (name.empty() || !closed) {
      out += '$';
      continue;
    }
    out += group_value(name, pattern, groups);
    text.remove_prefix(name.size() + (braced ? 2 : 0));
  }
  return out;
}

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
    labels_.emplace_back(label, printable(expand_groups(value, *step.expect, groups), 256));
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
  context_.phase = Phase::kDialogue;
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
    auto text = step.send.reveal();
    if (!text) co_return Failure{Reason::kLocalFile, text.error()};
    if (step.expect) text = expand_groups(*text, *step.expect, groups);
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
