#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "checks/expect/lines.hpp"
#include "checks/kind.hpp"
#include "checks/lookup.hpp"
#include "checks/tls/expectations.hpp"
#include "checks/tls/settings.hpp"
#include "checks/tls_families.hpp"
#include "net/addresses/target.hpp"
#include "net/starttls/starttls.hpp"
#include "net/stream/stream.hpp"

namespace vedette::tls {

namespace asio = boost::asio;

namespace {

using Takes = CommandOption::Takes;

CommandOptions handshake_options() {
  return {
      {"--starttls", "starttls", "smtp, imap, pop3, ftp, postgres, mysql, ldap or xmpp"},
      {"--alpn", "alpn", "Application protocols to offer", Takes::kList},
      {"--pin", "pinned_keys", "Fail unless a certificate has one of these keys (SHA-256)", Takes::kList},
      {"--min-version", "tls_config.min_version", "TLS10, TLS11, TLS12 or TLS13"},
      {"--max-version", "tls_config.max_version", "TLS10, TLS11, TLS12 or TLS13"},
  };
}

const Family kTlsDuration{"vedette_tls_duration_seconds", "Duration of a TLS check by phase", {"phase"}};

bool handshakes(const std::string& /*target*/, const Settings& /*settings*/) {
  return true;
}

asio::awaitable<net::Problem> speak_before_tls(RunContext& context, const TlsCheckSettings& settings,
                                               net::Stream& stream, const std::string& host) {
  if (settings.starttls.empty()) co_return std::nullopt;
  context.enter(Phase::kStarttls);
  const auto began = net::Moment::now();
  net::LineReader reader(stream);
  auto problem = co_await net::start_tls(settings.starttls, stream, reader, host);
  if (problem) {
    context.result.evidence.excerpt = printable(reader.heard(), 1024);
  } else {
    context.add_phase(Phase::kStarttls, net::elapsed(context, began, stream.last_arrival()));
  }
  co_return problem;
}

/// Connects, speaks STARTTLS, shakes hands. The handshake is lenient: a bad certificate is judged afterwards, so that
/// all facts are known. Nothing is sent behind it but close_notify.
asio::awaitable<net::Problem> reach(RunContext& context, const TlsCheckSettings& settings, net::Stream& stream,
                                    net::TlsMaterialPtr material, net::HostPort target) {
  const auto found = co_await look_up(context, target.host, settings.address);
  if (!found) co_return found.error();
  const auto opening = settings.starttls.empty() ? net::Opening::kSpeaks : net::Opening::kListens;
  const net::Endpoint to{found->address, target.port, target.host};
  if (auto problem = co_await stream.connect(to, settings.address, opening)) co_return problem;
  context.add_phase(Phase::kConnect, stream.connect_time());
  if (auto problem = co_await speak_before_tls(context, settings, stream, target.host)) co_return problem;
  net::HandshakeOptions options;
  options.name = settings.tls.name_for(target.host);
  options.alpn = settings.alpn;
  options.lenient = true;
  if (auto problem = co_await stream.handshake(std::move(material), options)) co_return problem;
  context.add_phase(Phase::kTls, stream.tls_time());
  co_return std::nullopt;
}

void judge(RunContext& context, const TlsCheckSettings& settings, const net::Stream& stream, bool verifies) {
  const auto& record = stream.tls();
  if (verifies) {
    if (auto failure = net::verification_failure(record)) context.fail(std::move(*failure));
  }
  if (record.facts) expect_certificates(context, settings, *record.facts);
}

asio::awaitable<void> expect_lines(RunContext& context, const TlsCheckSettings& settings, const net::Stream& stream) {
  if (!wants_answer(context, settings.lines)) co_return;
  language::Subject subject;
  subject.ip = stream.peer_address();
  if (stream.tls().facts) describe_tls(*stream.tls().facts, subject);
  co_await expect_lines(context, settings.lines, std::move(subject));
}

asio::awaitable<void> run(RunContext& context) {
  const auto& settings = static_cast<const TlsCheckSettings&>(*context.check->settings);
  if (!context.usable()) co_return;
  const auto port = settings.starttls.empty() ? 443 : net::starttls_port(settings.starttls);
  const auto target = net::split_host_port(context.check->target, port);
  const auto material = settings.tls.material();
  if (!target || !material) {
    context.fail(target ? Failure{Reason::kLocalFile, material.error()}
                        : Failure{Reason::kTargetInvalid, "the target is not host[:port]"});
    co_return;
  }
  net::Stream stream(context);
  if (auto problem = co_await reach(context, settings, stream, *material, *target)) {
    context.fail(*problem);
  } else {
    judge(context, settings, stream, (*material)->verifies());
    if (!context.failed()) co_await expect_lines(context, settings, stream);
  }
  if (context.wants_evidence() && !stream.peer().empty()) context.result.evidence.facts["address"] = stream.peer();
  for (const auto& part : context.result.phases) {
    context.measure(kTlsDuration, seconds(part.duration), labels_of(part.phase));
  }
  if (!stream.tls().facts) co_return;
  measure_tls(context, *stream.tls().facts, {});
  if (context.wants_evidence()) {
    auto& facts = context.result.evidence.facts;
    facts["tls"] = net::to_json(*stream.tls().facts);
    boost::json::array errors;
    for (const int error : stream.tls().errors) errors.emplace_back(X509_verify_cert_error_string(error));
    facts["verification_errors"] = std::move(errors);
  }
}

}  // namespace

extern const Kind kKind{
    .name = "tls",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kTlsDuration,
                 &kEarliestCertExpiry, &kLastChainExpiry, &kLastChainInfo, &kTlsVersionInfo, &kTlsCipherInfo},
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .command = Command{.help = "Run one TLS check: shows versions and certificates",
                       .operand = "HOST:PORT",
                       .operand_help = "Without a port: 443, or the port of --starttls",
                       .options = joined({handshake_options(), tls_options(), days_left_options()}),
                       .verbose = true},
    .step = StepForm{.target = "host",
                     .port = StepForm::Port::kOptional,
                     .keys = {{"sni", "tls_config.server_name"}, {"ip_version", "preferred_ip_protocol"}}},
};

}  // namespace vedette::tls
