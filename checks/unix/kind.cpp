#include "checks/kind.hpp"
#include "checks/tcp/conversation.hpp"
#include "checks/tls_families.hpp"
#include "config/mapping.hpp"

namespace vedette::unix_socket {

namespace asio = boost::asio;

namespace {

const Family kUnixDuration{"vedette_unix_duration_seconds", "Duration of a check of a Unix socket by phase", {"phase"}};

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<tcp::TcpSettings>();
  tcp::decode_dialogue(section, *out);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& /*settings*/) {
  if (!target.empty()) return std::nullopt;
  return "it is not the path of a socket";
}

bool handshakes(const std::string& /*target*/, const Settings& settings) {
  return static_cast<const tcp::TcpSettings&>(settings).tls.operator bool();
}

asio::awaitable<net::Problem> talk(RunContext& context, const tcp::TcpSettings& settings, net::Stream& stream) {
  const auto& path = context.check->target;
  if (auto problem = stream.connect(path)) co_return problem;
  context.add_phase(Phase::kConnect, stream.connect_time());
  context.log("connected to " + path);
  // Without a name in the settings the certificate must be for the path: as with blackbox_exporter, that never is.
  auto name = settings.tls.name_for(path);
  co_return co_await tcp::converse(context, settings, stream, std::move(name));
}

asio::awaitable<void> run(RunContext& context) {
  if (!context.usable()) co_return;
  const auto& settings = static_cast<const tcp::TcpSettings&>(*context.check->settings);
  net::Stream stream(context);
  if (auto problem = co_await talk(context, settings, stream)) {
    context.fail(*problem);
  }
  for (const auto phase : {Phase::kConnect, Phase::kDialogue}) {
    context.measure(kUnixDuration, seconds(context.result.total_of(phase)), labels_of(phase));
  }
  tcp::measure_conversation(context, stream);
}

}  // namespace

extern const Kind kKind{
    .name = "unix",
    .families = {&kSuccess, &kDurationSeconds, &kUnixDuration, &kFailedDueToRegex, &tcp::kFailedDueToBytes,
                 &tcp::kExpectInfo, &kEarliestCertExpiry, &kLastChainExpiry, &kLastChainInfo, &kTlsVersionInfo},
    .buckets = {0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = tcp::kVocabulary,
    .command = Command{.help = "Run one check of a Unix socket",
                       .operand = "PATH",
                       .operand_help = "The path of the socket",
                       .options = joined({tcp::dialogue_options(), tls_options()}),
                       .connects = false},
    .step = StepForm{.target = "path", .keys = {{"dialogue", "query_response"}}, .listen = &tcp::listen},
};

}  // namespace vedette::unix_socket
