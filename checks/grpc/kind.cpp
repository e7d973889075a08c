#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "base/version.hpp"
#include "checks/expect/lines.hpp"
#include "checks/grpc/health_message.hpp"
#include "checks/grpc/settings.hpp"
#include "checks/kind.hpp"
#include "checks/lookup.hpp"
#include "checks/tls_families.hpp"
#include "config/masked.hpp"
#include "net/http/http_client.hpp"
#include "net/io/clock.hpp"

namespace vedette::grpc {

namespace asio = boost::asio;

namespace {

void add_metadata(const std::vector<std::string>& given, YAML::Node& section) {
  for (const auto& text : given) {
    const auto [key, value] = split_header(text);
    section["metadata"][lower_case(key)].push_back(yaml_text(value));
  }
}

CommandOptions call_options() {
  using Takes = CommandOption::Takes;
  return {
      {"--service", "service", "The service to ask about; the server itself without it"},
      {"--tls", "tls", "Call over TLS", Takes::kNothing, "true"},
      {.flags = "-H,--metadata",
       .key = "metadata",
       .help = "Metadata of the call, 'name: value'; may be repeated",
       .takes = Takes::kTexts,
       .apply = &add_metadata,
       .problem = &header_problem},
  };
}

const Family kGrpcDuration{"probe_grpc_duration_seconds", "Duration of gRPC request by phase", {"phase"}};
const Family kGrpcSsl{"probe_grpc_ssl", "Indicates if SSL was used for the connection", {}};
const Family kGrpcStatusCode{"probe_grpc_status_code", "Response gRPC status code", {}};
const Family kHealthcheckResponse{
    "probe_grpc_healthcheck_response", "Response HealthCheck response", {"serving_status"}};

constexpr std::size_t kMaxWords = 300;  // bytes of grpc-message that are shown
constexpr std::size_t kMaxMessage = 64 << 10;
constexpr int kSecondsAtMost = 99999999;  // the protocol allows eight digits

// Codes of https://grpc.github.io/grpc/core/md_doc_statuscodes.html
constexpr int kUnknownCode = 2;
constexpr int kDeadlineExceeded = 4;
constexpr int kInternal = 13;
constexpr int kUnavailable = 14;

bool handshakes(const std::string& /*target*/, const Settings& settings) {
  return static_cast<const GrpcSettings&>(settings).tls.operator bool();
}

/// What a status of HTTP stands for when gRPC says none (grpc/doc/http-grpc-status-mapping.md).
int code_of_http(int status) {
  switch (status) {
    case 400:
      return kInternal;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 12;
    case 429:
    case 502:
    case 503:
    case 504:
      return kUnavailable;
    default:
      return kUnknownCode;
  }
}

class GrpcRun {
 public:
  explicit GrpcRun(RunContext& context)
      : context_(context), settings_(static_cast<const GrpcSettings&>(*context.check->settings)) {}

  asio::awaitable<void> go() {
    if (auto problem = co_await check()) {
      context_.fail(std::move(*problem));
    }
    measure();
    // A step of a scenario judges a service that does not serve, too.
    const bool looks = serving_ && (!context_.failed() || context_.answer != nullptr);
    if (!looks || !wants_answer(context_, settings_.lines)) co_return;
    language::Subject answer;
    answer.ip = ip_;
    answer.facts["serving_status"] = language::Value(std::string(serving_status_name(*serving_)));
    if (response_.tls) describe_tls(*response_.tls, answer);
    co_await expect_lines(context_, settings_.lines, std::move(answer));
  }

 private:
  asio::awaitable<net::Problem> check() {
    if (!context_.usable()) {
      code_ = kInternal;
      co_return std::nullopt;
    }
    const auto target = parse_target(context_.check->target, settings_.tls.operator bool());
    if (!target) {
      measure_no_lookup_of_host_port(context_);
      co_return Failure{Reason::kTargetInvalid, "the target is not host[:port]"};
    }
    const auto found = co_await look_up(context_, target->host, settings_.address);
    if (!found) co_return found.error();
    called_ = true;
    ip_ = found->address.to_string();
    net::HttpRequest request;
    if (auto problem = prepare(*target, found->address, request)) co_return problem;
    auto problem = co_await net::perform(context_, request, response_, 0);
    if (response_.status == 0) code_ = context_.stopped || context_.overdue ? kDeadlineExceeded : kUnavailable;
    if (problem) co_return problem;
    co_return judge();
  }

  net::Problem prepare(const net::HostPort& target, asio::ip::address address, net::HttpRequest& request) {
    request.secure = settings_.tls.operator bool();
    if (request.secure) {
      auto material = settings_.tls.material();
      if (!material) return Failure{Reason::kLocalFile, material.error()};
      request.tls = std::move(*material);
    }
    request.host = target.host;
    request.port = target.port;
    request.address = address;
    request.connect_as = &settings_.address;
    request.only_http2 = true;
    request.verify_name = settings_.tls.name_for(target.host);
    request.method = "POST";
    request.target = "/grpc.health.v1.Health/Check";
    request.headers = {{"Host", net::join_host_port(target.host, target.port)},
                       {"content-type", "application/grpc"},
                       {"te", "trailers"},
                       {"user-agent", fmt::format("vedette/{}", kVersion)},
                       {"grpc-timeout", timeout_text()}};
    for (const auto& [key, secret] : settings_.metadata) {
      auto value = context_.reveal_header(key, secret);
      if (!value) return std::move(value.error());
      request.headers.emplace_back(key, std::move(*value));
    }
    request.body = health_request(settings_.service);
    request.on_body = [this](std::string_view part) {
      body_ += part;
      return body_.size() <= kMaxMessage;
    };
    return std::nullopt;
  }

  [[nodiscard]] std::string timeout_text() const {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(context_.check->timeout).count();
    return milliseconds <= kSecondsAtMost ? fmt::format("{}m", milliseconds) : fmt::format("{}S", milliseconds / 1000);
  }

  /// What the server has said of the call: in the trailers, or in the headers when there was nothing else.
  [[nodiscard]] const std::string* said(std::string_view name) const {
    for (const auto* fields : {&response_.trailers, &response_.headers}) {
      for (const auto& [key, value] : *fields) {
        if (key == name) return &value;
      }
    }
    return nullptr;
  }

  /// Of an answer that is not the service's: what somebody in between has sent.
  [[nodiscard]] std::string what_it_is() const {
    const auto* type = said("content-type");
    return type == nullptr ? "no content type" : printable(*type, 60);
  }

  bool parse_status(const std::string& text) {
    const auto* end = text.data() + text.size();
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return digits && std::from_chars(text.data(), end, code_).ec == std::errc();
  }

  net::Problem judge() {
    const auto* code = said("grpc-status");
    const auto* type = response_.header("content-type");
    // Whatever speaks gRPC answers 200 and says so in the type (grpc/doc/PROTOCOL-HTTP2.md).
    const bool is_grpc = type != nullptr && type->starts_with("application/grpc");
    code_ = code_of_http(response_.status);
    if (response_.status == 200 && (code == nullptr || !is_grpc)) {
      return Failure{Reason::kGrpcProtocol, fmt::format("the answer has no {}; it is of the type {}",
                                                        is_grpc ? "grpc-status" : "type of gRPC", what_it_is())};
    }
    if (response_.status == 200 && !parse_status(*code)) {
      code_ = kUnknownCode;
      return Failure{Reason::kGrpcProtocol, fmt::format("the grpc-status '{}' is no number", printable(*code, 20))};
    }
    if (response_.status != 200) {
      return Failure{
          Reason::kGrpcStatus,
          fmt::format("the call ended with {} ({}), by the HTTP status {}: what answered with {} is no gRPC service",
                      status_name(code_), code_, response_.status, what_it_is())};
    }
    if (code_ != 0) {
      const auto* message = said("grpc-message");
      // Percent-encoded UTF-8 (PROTOCOL-HTTP2 of gRPC).
      const auto words =
          message == nullptr ? "" : ": " + one_line(visible(percent_decoded(*message).substr(0, kMaxWords)));
      return Failure{Reason::kGrpcStatus,
                     fmt::format("the call ended with {} ({}){}", status_name(code_), code_, words)};
    }
    const auto status = health_response(body_);
    if (!status) {
      code_ = kInternal;
      return Failure{Reason::kGrpcProtocol, status.error()};
    }
    serving_ = *status;
    context_.log("the service is " + serving_status_name(*serving_));
    if (*serving_ == 1) return std::nullopt;
    return Failure{Reason::kGrpcNotServing, fmt::format("the service is {}", serving_status_name(*serving_))};
  }

  void measure() {
    static const auto kCheck = labelled({"check"});
    const auto& result = context_.result;
    const auto resolved = result.total_of(Phase::kResolve);
    context_.measure(kGrpcDuration, called_ ? seconds(resolved) : 0, labels_of(Phase::kResolve));
    if (called_) context_.measure(kGrpcDuration, seconds(result.duration - resolved), kCheck);
    context_.measure(kGrpcSsl, response_.tls && response_.status != 0 ? 1 : 0);
    context_.measure(kGrpcStatusCode, code_);
    if (called_) {
      for (int status = 0; status < 4; ++status) {
        context_.measure(kHealthcheckResponse, serving_ == status ? 1 : 0, labelled({serving_status_name(status)}));
      }
      if (serving_ && (*serving_ < 0 || *serving_ > 3)) {
        context_.measure(kHealthcheckResponse, 1, labelled({serving_status_name(*serving_)}));
      }
    }
    if (response_.tls) measure_tls(context_, *response_.tls, {.chain_expiry = false, .cipher = false});
    if (!context_.wants_evidence()) return;
    auto& facts = context_.result.evidence.facts;
    if (!ip_.empty()) facts["address"] = ip_;
    facts["grpc_status"] = status_name(code_);
    if (serving_) facts["serving_status"] = serving_status_name(*serving_);
    if (response_.status != 0) facts["http_status"] = response_.status;
    if (response_.tls) facts["tls"] = net::to_json(*response_.tls);
  }

  RunContext& context_;
  const GrpcSettings& settings_;
  net::HttpExchange response_;
  std::string body_;
  std::string ip_;
  bool called_ = false;
  int code_ = 0;
  std::optional<int> serving_;
};

asio::awaitable<void> run(RunContext& context) {
  GrpcRun run(context);
  co_await run.go();
}

}  // namespace

extern const Kind kKind{
    .name = "grpc",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kGrpcDuration,
                 &kGrpcSsl, &kGrpcStatusCode, &kHealthcheckResponse, &kEarliestCertExpiry, &kLastChainInfo,
                 &kTlsVersionInfo},
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .command = Command{.help = "Run one gRPC check: asks the health service",
                       .operand = "HOST:PORT",
                       .operand_help = "Without a port: 80, or 443 with --tls",
                       .options = joined({call_options(), tls_options()})},
    .step = StepForm{.target = "host",
                     .port = StepForm::Port::kOptional,
                     .keys = {{"ip_version", "preferred_ip_protocol"}},
                     .judged_by_lines = Reason::kGrpcNotServing},
};

}  // namespace vedette::grpc
