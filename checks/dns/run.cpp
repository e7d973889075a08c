#include "checks/dns/run.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <boost/json/array.hpp>

#include "checks/dns/expectations.hpp"
#include "checks/lookup.hpp"
#include "net/addresses/target.hpp"
#include "net/io/errors.hpp"
#include "net/io/moment.hpp"
#include "net/io/udp_socket.hpp"
#include "net/stream/line_reader.hpp"

namespace vedette::dns {

namespace asio = boost::asio;

const Family kDnsDuration{"probe_dns_duration_seconds", "Duration of DNS request by phase", {"phase"}};
const Family kDnsAnswerRrs{"probe_dns_answer_rrs", "Returns number of entries in the answer resource record list", {}};
const Family kDnsAuthorityRrs{
    "probe_dns_authority_rrs", "Returns number of entries in the authority resource record list", {}};
const Family kDnsAdditionalRrs{
    "probe_dns_additional_rrs", "Returns number of entries in the additional resource record list", {}};
const Family kDnsQuerySucceeded{
    "probe_dns_query_succeeded", "Displays whether or not the query was executed successfully", {}};
const Family kDnsSerial{"probe_dns_serial", "Returns the serial number of the zone", {}, true};

namespace {

constexpr std::uint16_t kSoa = 6;
constexpr std::size_t kShownRecords = 50;

/// Unpredictable; drawn a bundle at a time, because drawing costs more than the rest of a query.
std::uint16_t random_id() {
  thread_local std::array<std::uint16_t, 256> ids{};
  thread_local std::size_t left = 0;
  if (left == 0) {
    RAND_bytes(reinterpret_cast<unsigned char*>(ids.data()), sizeof ids);
    left = ids.size();
  }
  return ids.at(--left);
}

std::uint16_t id_of(std::string_view wire) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(wire[0]) << 8U | static_cast<unsigned char>(wire[1]));
}

boost::json::array to_json(const std::vector<Record>& records) {
  boost::json::array out;
  for (const auto& record : records) {
    if (out.size() >= kShownRecords) break;
    out.emplace_back(printable(record.text, 1024));
  }
  return out;
}

}  // namespace

DnsRun::DnsRun(RunContext& context)
    : context_(context), settings_(static_cast<const DnsSettings&>(*context.check->settings)), id_(random_id()) {}

bool DnsRun::take_reply(std::string_view wire, net::Problem& problem) {
  if (wire.size() < 2) {
    other_ = Failure{Reason::kDnsMalformed, fmt::format("a reply of {} bytes came", wire.size())};
    return false;
  }
  if (id_of(wire) != id_) {
    other_ = Failure{Reason::kDnsWrongId, "a reply with another id came"};
    return false;
  }
  auto reply = parse_reply(wire);
  if (!reply) {
    problem = Failure{Reason::kDnsMalformed, reply.error()};
    return true;
  }
  // Only a server that could not read the query may leave it out (RFC 1035 section 4.1.1, RFC 6891 section 7).
  if (reply->is_response && !reply->has_question && reply->rcode != "FORMERR") {
    other_ = Failure{Reason::kDnsMalformed, "a reply without a question came"};
    return false;
  }
  const bool ours = reply->is_response && (!reply->has_question || same_question(wire, query_));
  if (!ours) {
    other_ = Failure{Reason::kDnsWrongQuestion, fmt::format("the reply is for {}", printable(reply->question(), 300))};
    return false;
  }
  reply_ = std::move(*reply);
  return true;
}

asio::awaitable<net::Problem> DnsRun::ask_udp(asio::ip::address address, std::uint16_t port) {
  net::UdpSocket socket(context_);
  if (auto problem = socket.connect({address, port, host_}, settings_.address)) co_return problem;
  context_.enter(Phase::kRequest);
  const auto began = net::Moment::now();
  if (auto problem = socket.send(query_)) co_return problem;
  // RFC 1035 section 2.3.4, and RFC 6891 section 6.2.3.
  constexpr std::uint16_t kWithoutEdns = 512;
  const std::size_t max = std::max(kWithoutEdns, settings_.query.edns_size);
  net::Problem problem;
  while (true) {
    const auto wire = co_await socket.receive();
    if (!wire) {
      // A deadline after wrong replies is not silence.
      co_return wire.error().reason == Reason::kCancelled&& other_ ? other_ : wire.error();
    }
    if (wire->size() > max && id_of(*wire) == id_) {
      problem = Failure{Reason::kDnsMalformed, fmt::format("the reply has {} bytes, more than {}", wire->size(), max)};
      break;
    }
    const bool first_other = !other_;
    if (take_reply(*wire, problem)) break;
    // A server that sends them without end must not fill the memory.
    if (first_other) context_.log(other_->message + "; waiting on");
  }
  context_.add_phase(Phase::kRequest, net::elapsed(context_, began, socket.last_arrival()));
  co_return problem;
}

asio::awaitable<net::Problem> DnsRun::exchange_framed(net::Stream& stream) {
  context_.enter(Phase::kRequest);
  std::string framed;
  framed += static_cast<char>(query_.size() >> 8U);
  framed += static_cast<char>(query_.size() & 0xffU);
  framed += query_;
  const auto began = net::Moment::now();
  if (auto problem = co_await stream.write_all(framed)) co_return problem;
  net::LineReader reader(stream);
  const auto length = co_await reader.bytes(2);
  if (!length) co_return length.error();
  if (length->size() < 2) co_return Failure{Reason::kClosedRequest, "the server closed the connection"};
  const auto size = id_of(*length);
  const auto wire = co_await reader.bytes(size);
  if (!wire) co_return wire.error();
  if (wire->size() < size) co_return Failure{Reason::kClosedRequest, "the server closed the connection in its reply"};
  context_.add_phase(Phase::kRequest, net::elapsed(context_, began, stream.last_arrival()));
  net::Problem problem;
  if (!take_reply(*wire, problem)) co_return other_;
  co_return problem;
}

asio::awaitable<net::Problem> DnsRun::ask_tcp(asio::ip::address address, std::uint16_t port, bool over_tls) {
  transport_ = over_tls ? "tls" : "tcp";
  net::Stream stream(context_);
  std::optional<net::TlsMaterialPtr> material;
  if (over_tls) {
    auto loaded = settings_.tls.material();
    if (!loaded) co_return Failure{Reason::kLocalFile, loaded.error()};
    material = std::move(*loaded);
  }
  const net::Endpoint to{address, port, host_};
  if (auto problem = co_await stream.connect(to, settings_.address, net::Opening::kSpeaks)) co_return problem;
  context_.add_phase(Phase::kConnect, stream.connect_time());
  if (material) {
    net::HandshakeOptions options;
    options.name = settings_.tls.name_for(host_);
    options.alpn = {"dot"};
    auto problem = co_await stream.handshake(*material, options);
    if (stream.tls().facts) context_.result.evidence.facts["tls"] = net::to_json(*stream.tls().facts);
    if (problem) co_return problem;
    context_.add_phase(Phase::kTls, stream.tls_time());
  }
  co_return co_await exchange_framed(stream);
}

asio::awaitable<void> DnsRun::ask(asio::ip::address address, std::uint16_t port) {
  net::Problem problem;
  if (settings_.transport == Transport::kUdp) {
    problem = co_await ask_udp(address, port);
    if (!problem && reply_->tc && settings_.retry_over_tcp) {
      context_.log("the reply is truncated; asking again over TCP");
      problem = co_await ask_tcp(address, port, false);
    }
  } else {
    problem = co_await ask_tcp(address, port, settings_.transport == Transport::kTls);
  }
  if (problem) {
    context_.fail(*problem);
    co_return;
  }
  context_.log([rcode = reply_->rcode, answers = reply_->answers, size = reply_->size] {
    return fmt::format("{} with {} answers in {} bytes", rcode, answers, size);
  });
  expect_reply(context_, settings_, *reply_);
  // A step of a scenario judges a reply that the settings do not expect, too.
  const bool looks = !context_.failed() || context_.answer != nullptr;
  if (looks) co_await expect_lines(context_, settings_, *reply_, address.to_string());
}

asio::awaitable<void> DnsRun::go() {
  const auto target = net::split_host_port(context_.check->target, settings_.default_port());
  if (!context_.usable()) {
    measure();
    co_return;
  }
  if (!target) {
    context_.fail(Reason::kTargetInvalid, "the target is not host[:port]");
    measure_no_lookup_of_host_port(context_);
    measure();
    co_return;
  }
  host_ = target->host;
  query_ = with_id(settings_.wire, id_);
  const auto found = co_await look_up(context_, target->host, settings_.address);
  resolved_ = found.has_value();
  if (found && !settings_.problem.empty()) {
    context_.fail(Reason::kSettingsInvalid, settings_.problem);
  } else if (found) {
    co_await ask(found->address, target->port);
  } else {
    context_.fail(found.error());
  }
  measure();
  if (context_.wants_evidence()) {
    if (found)
      context_.result.evidence.facts["address"] = net::join_host_port(found->address.to_string(), target->port);
    add_evidence();
  }
}

void DnsRun::measure() {
  const auto& result = context_.result;
  // As with blackbox_exporter, a lookup that failed is no part of these.
  const auto resolved = resolved_ ? result.total_of(Phase::kResolve) : Duration::zero();
  context_.measure(kDnsDuration, seconds(resolved), labels_of(Phase::kResolve));
  context_.measure(kDnsDuration, seconds(result.total_of(Phase::kConnect) + result.total_of(Phase::kTls)),
                   labels_of(Phase::kConnect));
  context_.measure(kDnsDuration, seconds(result.total_of(Phase::kRequest)), labels_of(Phase::kRequest));
  context_.measure(kDnsAnswerRrs, reply_ ? static_cast<double>(reply_->answers) : 0);
  context_.measure(kDnsAuthorityRrs, reply_ ? static_cast<double>(reply_->authorities) : 0);
  context_.measure(kDnsAdditionalRrs, reply_ ? static_cast<double>(reply_->additionals) : 0);
  context_.measure(kDnsQuerySucceeded, reply_ ? 1 : 0);
  if (settings_.question.type == kSoa && reply_) context_.measure(kDnsSerial, reply_->soa_serial.value_or(0));
}

void DnsRun::add_evidence() {
  auto& facts = context_.result.evidence.facts;
  facts["transport"] = transport_;
  facts["question"] =
      fmt::format("{} type {} class {}", settings_.question.name, settings_.question.type, settings_.question.klass);
  if (!reply_) return;
  facts["rcode"] = reply_->rcode;
  facts["flags"] = {{"aa", reply_->aa}, {"tc", reply_->tc}, {"rd", reply_->rd},
                    {"ra", reply_->ra}, {"ad", reply_->ad}, {"cd", reply_->cd}};
  facts["response_bytes"] = reply_->size;
  if (const auto errors = reply_->extended_errors(); !errors.empty())
    facts["extended_errors"] = printable(errors, 1000);
  const auto answer = reply_->records(Section::kAnswer);
  facts["answer"] = to_json(answer);
  facts["authority"] = to_json(reply_->records(Section::kAuthority));
  facts["additional"] = to_json(reply_->records(Section::kAdditional));
  boost::json::array ttls;
  for (const auto& record : answer) {
    if (ttls.size() < kShownRecords) ttls.emplace_back(record.ttl);
  }
  if (reply_->soa_serial) facts["soa_serial"] = *reply_->soa_serial;
  facts["ttls"] = std::move(ttls);
}

}  // namespace vedette::dns
