#include "checks/websocket/run.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "base/version.hpp"
#include "checks/expect/lines.hpp"
#include "checks/http/go_url.hpp"
#include "checks/lookup.hpp"
#include "checks/tcp/dialogue.hpp"
#include "checks/websocket/layer.hpp"
#include "checks/websocket/settings.hpp"
#include "config/masked.hpp"
#include "config/secret.hpp"
#include "net/addresses/target.hpp"
#include "net/http/proxy_tunnel.hpp"
#include "net/io/services.hpp"

namespace vedette::websocket {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

const Family kWebSocketStatusCode{"probe_websocket_status_code", "Response HTTP status code", {}};
const Family kWebSocketUpgraded{
    "probe_websocket_connection_upgraded", "Indicates if the websocket connection was successfully upgraded", {}};
const Family kWebSocketFailedDueToRegex{
    "probe_websocket_failed_due_to_regex", "Indicates if probe failed due to regex", {}};
const Family kWebSocketDuration{
    "probe_websocket_duration_seconds", "Duration of websocket request by phase", {"phase"}};

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxMessage = 1 << 20;
constexpr std::size_t kExcerpt = 2048;

class WebSocketRun {
 public:
  explicit WebSocketRun(RunContext& context)
      : context_(context),
        settings_(static_cast<const WebSocketSettings&>(*context.check->settings)),
        stream_(context),
        socket_(context.services.executor, stream_) {
    socket_.read_message_max(kMaxMessage);
    socket_.control_callback(
        [this](ws::frame_type, boost::beast::string_view) { socket_.next_layer().note_control_frame(); });
  }

  asio::awaitable<void> go() {
    const auto url = parse_target(context_.check->target);
    if (!url) {
      context_.fail(Reason::kTargetInvalid, "the target is not a ws:// or wss:// URL without a user");
      // What Go parses, blackbox_exporter looks up before it sees that it can make no connection of it.
      if (!http::go_url_problem(context_.check->target).empty()) co_return;
      measure_no_lookup(context_);
      resolved_ = true;
      measure();
      co_return;
    }
    if (auto problem = co_await talk(*url)) {
      context_.fail(std::move(*problem));
    }
    measure();
    if (context_.failed() || !wants_answer(context_, settings_.lines)) co_return;
    language::Subject answer;
    answer.ip = stream_.peer_address();
    answer.body = std::move(heard_);
    answer.facts["status"] = language::Value(std::int64_t{status_});
    if (!subprotocol_.empty()) answer.facts["subprotocol"] = language::Value(subprotocol_);
    if (stream_.tls().facts) describe_tls(*stream_.tls().facts, answer);
    co_await expect_lines(context_, settings_.lines, std::move(answer));
  }

 private:
  asio::awaitable<net::Problem> talk(const http::Url& url) {
    if (!context_.usable()) co_return std::nullopt;
    const auto found = co_await look_up(context_, url.host, settings_.client.address);
    if (!found) co_return found.error();
    resolved_ = true;
    if (auto problem = co_await connect(url, found->address)) co_return problem;
    if (auto problem = co_await upgrade(url)) co_return problem;
    for (const auto& step : settings_.steps) {
      if (auto problem = co_await perform(step)) co_return problem;
    }
    if (!settings_.steps.empty()) {
      context_.add_phase(Phase::kDialogue, net::elapsed(context_, began_, stream_.last_arrival()));
    }
    co_return std::nullopt;
  }

  asio::awaitable<net::Problem> connect(const http::Url& url, asio::ip::address address) {
    const auto& client = settings_.client;
    const net::Endpoint to{address, url.port, url.host};
    if (auto problem = co_await stream_.connect(to, client.address, net::Opening::kSpeaks)) co_return problem;
    connected_ = true;
    context_.add_phase(Phase::kConnect, stream_.connect_time());
    if (!url.secure) co_return std::nullopt;
    const auto material = client.tls.material();
    if (!material) co_return Failure{Reason::kLocalFile, material.error()};
    net::HandshakeOptions options;
    options.name = client.tls.name_for(url.host);
    options.alpn = {"http/1.1"};
    auto problem = co_await stream_.handshake(*material, options);
    if (!problem) context_.add_phase(Phase::kTls, stream_.tls_time());
    co_return problem;
  }

  /// The request's headers beside those of the protocol.
  tl::expected<net::Headers, Failure> headers() const {
    const auto& client = settings_.client;
    net::Headers out{{"User-Agent", fmt::format("Vedette/{}", kVersion)}};
    for (const auto& [name, secret] : client.added_headers) {
      auto value = context_.reveal_header(name, secret);
      if (!value) return tl::make_unexpected(std::move(value.error()));
      if (value->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        return tl::make_unexpected(
            Failure{Reason::kLocalFile, "the value of the header " + name + " holds a line break"});
      }
      out.emplace_back(name, std::move(*value));
    }
    if (client.credentials == http::Credentials::kNone) return out;
    const bool basic = client.credentials == http::Credentials::kBasic;
    const auto secret = context_.reveal(basic ? client.password : client.authorization);
    if (!secret) return tl::make_unexpected(secret.error());
    auto value = basic ? net::basic_authorization(client.username, *secret) : client.authorization_type + " " + *secret;
    context_.redactor.add_authorization(value);
    out.emplace_back("Authorization", std::move(value));
    return out;
  }

  asio::awaitable<net::Problem> upgrade(const http::Url& url) {
    context_.enter(Phase::kProcessing);
    const auto fields = headers();
    if (!fields) co_return fields.error();
    socket_.set_option(ws::stream_base::decorator([&fields](ws::request_type& request) {
      for (const auto& [name, value] : *fields) {
        // A host of their own stands in the place of the URL's.
        same_ignoring_case(name, "Host") ? request.set(name, value) : request.insert(name, value);
      }
    }));
    ws::response_type response;
    stream_.ask();
    const auto [error] = co_await socket_.async_handshake(response, url.authority(), url.path, kTuple);
    if (!error || error == ws::error::upgrade_declined) status_ = static_cast<int>(response.result_int());
    if (const auto& failure = socket_.next_layer().failure()) co_return failure;
    if (stream_.answer_time() > Duration::zero()) context_.add_phase(Phase::kProcessing, stream_.answer_time());
    if (error == ws::error::upgrade_declined) {
      co_return Failure{Reason::kWebsocketUpgrade, fmt::format("the server answered {}, not 101", status_)};
    }
    if (error == asio::error::eof || error == beast::http::error::end_of_stream ||
        error == beast::http::error::partial_message) {
      co_return Failure{Reason::kClosedProcessing, "the peer closed the connection"};
    }
    if (error) co_return Failure{Reason::kWebsocketUpgrade, error.message()};
    if (auto problem = refuses_protocol(*fields, response)) co_return problem;
    upgraded_ = true;
    began_ = net::Moment::now();
    context_.log("upgraded");
    co_return std::nullopt;
  }

  /// RFC 6455 section 4.1: a client fails the connection when a subprotocol is spoken that it has not asked for.
  net::Problem refuses_protocol(const net::Headers& asked, const ws::response_type& response) {
    const auto field = response.find(beast::http::field::sec_websocket_protocol);
    if (field == response.end()) return std::nullopt;
    const std::string chosen(field->value());
    for (const auto& [name, value] : asked) {
      if (!same_ignoring_case(name, "Sec-WebSocket-Protocol")) continue;
      for (const auto one : split(value, ',')) {
        if (trim(one) != chosen) continue;
        subprotocol_ = valid_utf8(chosen);
        return std::nullopt;
      }
    }
    return Failure{Reason::kWebsocketUpgrade,
                   fmt::format("the server chose the subprotocol {}, which was not asked for", printable(chosen, 60))};
  }

  /// What the server said as it closed (RFC 6455 section 7.4).
  [[nodiscard]] std::string closing_words() const {
    const auto& reason = socket_.reason();
    if (reason.code == ws::close_code::none) return "the server closed the connection";
    const std::string words(reason.reason.data(), reason.reason.size());
    return fmt::format("the server closed the connection: {}{}", static_cast<unsigned>(reason.code),
                       words.empty() ? "" : " " + printable(words, 130));
  }

  net::Problem problem_of(const boost::system::error_code& error) const {
    if (const auto& failure = socket_.next_layer().failure()) return failure;
    if (error == ws::error::closed || error == asio::error::eof) {
      return Failure{Reason::kClosedDialogue, closing_words()};
    }
    return Failure{Reason::kWebsocketProtocol, error.message()};
  }

  asio::awaitable<net::Problem> perform(const tcp::Step& step) {
    context_.enter(Phase::kDialogue);
    std::vector<std::string> groups;
    if (step.expect) {
      context_.log(fmt::format("expecting /{}/", step.expect->text()));
      beast::flat_buffer buffer;
      socket_.next_layer().begin_message();
      const auto [error, size] = co_await socket_.async_read(buffer, kTuple);
      failed_due_to_regex_ = true;
      if (error) co_return problem_of(error);
      const std::string message(static_cast<const char*>(buffer.data().data()), buffer.size());
      // Lines look at whole messages; an excerpt is enough for people.
      const auto keep = looks_at_messages() ? kMaxMessage - std::min(kMaxMessage, heard_.size()) : kExcerpt;
      heard_ += message.substr(0, keep) + "\n";
      groups = step.expect->groups(message);
      if (groups.empty()) {
        co_return Failure{Reason::kExpectMismatch,
                          fmt::format("'{}' does not match /{}/", printable(message, 100), step.expect->text())};
      }
      failed_due_to_regex_ = false;
    }
    if (step.send.empty()) co_return std::nullopt;
    auto text = context_.reveal(step.send, true);
    if (!text) co_return std::move(text.error());
    if (step.expect) text = step.expect->expanded(*text, groups);
    socket_.text(true);
    const auto [error, size] = co_await socket_.async_write(asio::buffer(*text), kTuple);
    if (error) co_return problem_of(error);
    co_return std::nullopt;
  }

  [[nodiscard]] bool looks_at_messages() const {
    return context_.answer != nullptr || language::looks_at_body(settings_.lines);
  }

  void measure() {
    auto& result = context_.result;
    const auto processing = result.total_of(Phase::kTls) + result.total_of(Phase::kProcessing);
    if (resolved_)
      context_.measure(kWebSocketDuration, seconds(result.total_of(Phase::kResolve)), labels_of(Phase::kResolve));
    if (connected_)
      context_.measure(kWebSocketDuration, seconds(result.total_of(Phase::kConnect)), labels_of(Phase::kConnect));
    if (upgraded_) context_.measure(kWebSocketDuration, seconds(processing), labels_of(Phase::kProcessing));
    if (upgraded_ && !context_.failed()) {
      context_.measure(kWebSocketDuration, seconds(result.total_of(Phase::kDialogue)), labels_of(Phase::kTransfer));
    }
    context_.measure(kWebSocketStatusCode, status_);
    context_.measure(kWebSocketUpgraded, upgraded_ ? 1 : 0);
    context_.measure(kWebSocketFailedDueToRegex, failed_due_to_regex_ ? 1 : 0);
    if (!context_.wants_evidence()) return;
    result.evidence.excerpt = printable(heard_, kExcerpt);
    if (!stream_.peer().empty()) result.evidence.facts["address"] = stream_.peer();
    if (status_ != 0) result.evidence.facts["status"] = status_;
    if (stream_.tls().facts) result.evidence.facts["tls"] = net::to_json(*stream_.tls().facts);
  }

  RunContext& context_;
  const WebSocketSettings& settings_;
  net::Stream stream_;
  ws::stream<Layer> socket_;
  net::Moment began_;
  std::string heard_;  ///< the messages, each with a line end behind it
  std::string subprotocol_;
  bool resolved_ = false;
  bool connected_ = false;
  bool upgraded_ = false;
  bool failed_due_to_regex_ = false;
  int status_ = 0;
};

}  // namespace

asio::awaitable<void> run(RunContext& context) {
  WebSocketRun run(context);
  co_await run.go();
}

}  // namespace vedette::websocket
