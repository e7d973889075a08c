#include "checks/tcp/conversation.hpp"
#include "checks/tls_families.hpp"

#include "base/utf8.hpp"
#include "checks/expect/lines.hpp"
#include "checks/tcp/dialogue.hpp"

namespace vedette::tcp {

namespace asio = boost::asio;

const Family kExpectInfo{"probe_expect_info", "Explicit content matched", {}};
const Family kFailedDueToBytes{"probe_failed_due_to_bytes", "Indicates if probe failed due to bytes mismatch", {}};

namespace {

asio::awaitable<net::Problem> handshake(RunContext& context, const TcpSettings& settings, net::Stream& stream,
                                        std::string name) {
  const auto material = settings.tls.material();
  if (!material) co_return Failure{Reason::kLocalFile, material.error()};
  net::HandshakeOptions options;
  options.name = std::move(name);
  auto problem = co_await stream.handshake(*material, options);
  if (!problem) context.add_phase(Phase::kTls, stream.tls_time());
  co_return problem;
}

asio::awaitable<void> expect_lines(RunContext& context, const TcpSettings& settings, const net::Stream& stream,
                                   const std::string& heard) {
  if (!wants_answer(context, settings.lines)) co_return;
  language::Subject subject;
  subject.ip = stream.peer_address();
  subject.body = heard;
  if (!heard.empty()) {
    auto banner = heard.substr(0, heard.find('\n'));
    if (banner.ends_with('\r')) banner.pop_back();
    subject.facts["banner"] = language::Value(valid_utf8(banner));
  }
  if (stream.tls().facts) describe_tls(*stream.tls().facts, subject);
  co_await expect_lines(context, settings.lines, std::move(subject));
}

}  // namespace

asio::awaitable<net::Problem> converse(RunContext& context, const TcpSettings& settings, net::Stream& stream,
                                       std::string name) {
  if (settings.tls_first) {
    if (auto problem = co_await handshake(context, settings, stream, name)) co_return problem;
  }
  Dialogue dialogue(context, settings, stream, name);
  auto problem = co_await dialogue.go();
  context.measure(kFailedDueToRegex, dialogue.failed_due_to_regex() ? 1 : 0);
  context.measure(kFailedDueToBytes, dialogue.failed_due_to_bytes() ? 1 : 0);
  if (!dialogue.labels().empty()) {
    LabelValues labels;
    for (const auto& [label, value] : dialogue.labels()) {
      labels.names.push_back(label);
      labels.values.push_back(value);
    }
    context.measure(kExpectInfo, 1, std::make_shared<const LabelValues>(std::move(labels)));
  }
  if (problem || context.detail == Detail::kAlways) {
    context.result.evidence.excerpt = printable(dialogue.heard(), 2048);
    for (const auto& [label, value] : dialogue.labels()) context.result.evidence.facts[label] = value;
  }
  if (!problem) co_await expect_lines(context, settings, stream, dialogue.heard());
  co_return problem;
}

void measure_conversation(RunContext& context, const net::Stream& stream) {
  if (!stream.tls().facts) return;
  measure_tls(context, *stream.tls().facts, {.cipher = false});
  if (context.wants_evidence()) context.result.evidence.facts["tls"] = net::to_json(*stream.tls().facts);
}

}  // namespace vedette::tcp
