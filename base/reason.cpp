#include "base/reason.hpp"

#include <array>
#include <cstddef>

namespace vedette {

namespace {

constexpr auto kFail = Verdict::kFail;
constexpr auto kUnknown = Verdict::kUnknown;
constexpr auto kCount = static_cast<std::size_t>(Reason::kCount_);

constexpr std::array<ReasonInfo, kCount> kInfos{{
    {"none", Verdict::kPass, "The run passed."},
    {"resolve_nxdomain", kFail, "The name does not exist in the DNS."},
    {"resolve_no_address", kFail, "The name exists but has no address of the wanted family."},
    {"resolve_servfail", kFail, "The name server could not answer (SERVFAIL)."},
    {"resolve_refused", kFail, "The name server refuses to answer us, or nothing listens at its address."},
    {"resolve_failed", kFail, "The name could not be resolved for another cause; the message has it."},
    {"connect_refused", kFail, "Nothing listens at the address and port, or a firewall rejects."},
    {"connect_unreachable", kFail, "There is no route to the network or host."},
    {"connect_reset", kFail, "The connection was reset while it was being made."},
    {"connect_failed", kFail, "Connecting failed for another cause; the message has it."},
    {"timeout_resolve", kFail, "The deadline came while the name was being resolved."},
    {"timeout_connect", kFail, "The deadline came before the peer accepted the connection."},
    {"timeout_tls", kFail, "The deadline came during the TLS handshake."},
    {"timeout_starttls", kFail, "The deadline came during the dialogue before TLS."},
    {"timeout_request", kFail, "The deadline came before the DNS server answered."},
    {"timeout_processing", kFail, "The deadline came before the first byte of the answer."},
    {"timeout_transfer", kFail, "The deadline came before the end of the body."},
    {"timeout_dialogue", kFail, "The deadline came while waiting for what a dialogue expects."},
    {"timeout_rtt", kFail, "The deadline came before the reply to a ping."},
    {"timeout_expect", kFail, "The deadline came while expectations were being asked of a large answer."},
    {"reset_tls", kFail, "The peer reset the connection during the TLS handshake."},
    {"reset_starttls", kFail, "The peer reset the connection during the dialogue before TLS."},
    {"reset_request", kFail, "The DNS server reset the connection."},
    {"reset_processing", kFail, "The peer reset the connection before the first byte of the answer."},
    {"reset_transfer", kFail, "The peer reset the connection in the middle of the body."},
    {"reset_dialogue", kFail, "The peer reset the connection during the dialogue."},
    {"closed_tls", kFail, "The peer closed the connection during the TLS handshake."},
    {"closed_starttls", kFail, "The peer closed the connection during the dialogue before TLS."},
    {"closed_request", kFail, "The DNS server closed the connection without a whole answer."},
    {"closed_processing", kFail, "The peer closed the connection without an answer."},
    {"closed_transfer", kFail, "The peer closed the connection before the end of the body."},
    {"closed_dialogue", kFail, "The peer closed the connection before the expected text came."},
    {"peer_flood", kFail,
     "The peer sent more than any real server of what carries nothing: interim responses, empty frames, lines."},
    {"tls_handshake", kFail, "The TLS handshake failed: an alert, or something that is not TLS."},
    {"tls_version", kFail, "Peer and check have no TLS version in common."},
    {"tls_client_certificate", kFail, "The peer demands a client certificate, or refuses ours."},
    {"tls_verify_expired", kFail, "A certificate of the chain has expired."},
    {"tls_verify_not_yet_valid", kFail, "A certificate of the chain is not valid yet (or our clock is wrong)."},
    {"tls_verify_name", kFail, "The certificate is not for the name that was asked for."},
    {"tls_verify_self_signed", kFail, "The certificate is self-signed and not trusted."},
    {"tls_verify_unknown_ca", kFail,
     "No trusted authority stands behind the certificate, or an intermediate is missing."},
    {"tls_verify_other", kFail, "The chain is refused for another cause (purpose, constraint, weak signature)."},
    {"certificate_expiring", kFail, "A certificate has fewer days left than expected."},
    {"certificate_name", kFail, "The certificate does not have an expected name."},
    {"certificate_pin", kFail, "No certificate of the chain has a pinned key."},
    {"certificate_weak_key", kFail, "The certificate's key is smaller than expected."},
    {"starttls_refused", kFail, "The server does not offer or refuses STARTTLS."},
    {"http_protocol", kFail, "What came is not valid HTTP."},
    {"http_status", kFail, "The status code is not an expected one."},
    {"http_version", kFail, "The HTTP version is not an expected one."},
    {"http_header", kFail, "A header matches what it must not, or does not match what it must."},
    {"http_redirect_invalid", kFail, "A redirect leads nowhere: its Location is not a usable URL."},
    {"http_redirect_limit", kFail, "More redirects than allowed."},
    {"http_tls_forbidden", kFail, "The final answer came over TLS though fail_if_ssl is set."},
    {"http_tls_required", kFail, "The final answer came without TLS though fail_if_not_ssl is set."},
    {"http_headers_too_large", kFail, "The answer's headers exceed the limit."},
    {"http_proxy", kFail, "The proxy refused or failed; the message has its answer."},
    {"body_mismatch", kFail, "The body matches what it must not, or does not match what it must."},
    {"body_too_large", kFail, "The decoded body exceeds the limit."},
    {"body_decode", kFail, "The body is not in the compression that the check expects."},
    {"json_mismatch", kFail, "An expression on the body's JSON is false, or the body is not JSON."},
    {"expect_unmet", kFail, "An assertion of `expect` failed."},
    {"http_token", kFail, "The OAuth 2.0 token was not given; the message has the endpoint's answer."},
    {"dns_rcode", kFail, "The reply's return code is not an expected one."},
    {"dns_malformed", kFail, "The reply is not a valid DNS message."},
    {"dns_wrong_id", kFail, "Only replies with another id came."},
    {"dns_wrong_question", kFail, "The reply answers another question."},
    {"dns_truncated", kFail, "The reply is truncated and fail_if_truncated is set."},
    {"dns_answer", kFail, "The answer section is not as expected."},
    {"dns_authority", kFail, "The authority section is not as expected."},
    {"dns_additional", kFail, "The additional section is not as expected."},
    {"expect_mismatch", kFail, "The peer said something other than what the dialogue expects."},
    {"line_too_long", kFail, "A line of the dialogue exceeds the limit."},
    {"grpc_status", kFail, "The call ended with another status than OK; the message has it."},
    {"grpc_not_serving", kFail, "The health service says that the service is not serving."},
    {"grpc_protocol", kFail, "What came is not an answer in gRPC's protocol."},
    {"websocket_upgrade", kFail, "The server did not switch to the WebSocket protocol; the message has its status."},
    {"websocket_protocol", kFail, "What came after the upgrade is not valid in the WebSocket protocol."},
    {"answer_unreadable", kFail,
     "The answer of a step cannot be read as it is looked at, or lacks what is to be captured."},
    {"threshold", kFail, "A step, or the whole scenario, went beyond a threshold that fails."},
    {"poll_timeout", kFail, "A poll did not see what it waits for in its time or attempts."},
    {"poll_abort", kFail, "A poll saw what can become nothing else any more."},
    {"deadline", kFail, "The scenario's deadline came before its steps had ended."},
    {"limit", kFail, "A run of a scenario reached one of its limits; the message names it."},
    {"template", kUnknown, "A placeholder, an expression or an option of a step cannot be evaluated."},
    {"target_invalid", kUnknown, "The target cannot be understood for this kind of check."},
    {"settings_invalid", kUnknown, "The module's settings load but cannot be used; the message says which."},
    {"egress_denied", kUnknown, "The agent's egress policy does not let us connect there."},
    {"source_address", kUnknown, "The source address is not one of this machine, or of the wrong family."},
    {"local_file", kUnknown, "A file that the check needs (certificate, key, body, password) cannot be read or used."},
    {"local_resources", kUnknown,
     "The agent is out of descriptors, ports or memory, or the run would exceed agent.limits.memory."},
    {"agent_paused", kUnknown,
     "The agent stood still when the deadline passed (a stopped process, a suspended machine, no processor), and the "
     "answer had not come by then."},
    {"cancelled", kUnknown, "The run was stopped before it ended: shutdown, or its client went away."},
    {"internal", kUnknown, "A defect in Vedette: please report it with the log line."},
}};

constexpr auto kAll = [] {
  std::array<Reason, kCount - 1> out{};
  for (std::size_t i = 1; i < kCount; ++i) out[i - 1] = static_cast<Reason>(i);
  return out;
}();

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kWarn:
      return "warn";
    case Verdict::kFail:
      return "fail";
    case Verdict::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kResolve:
      return "resolve";
    case Phase::kConnect:
      return "connect";
    case Phase::kTls:
      return "tls";
    case Phase::kStarttls:
      return "starttls";
    case Phase::kRequest:
      return "request";
    case Phase::kProcessing:
      return "processing";
    case Phase::kTransfer:
      return "transfer";
    case Phase::kDialogue:
      return "dialogue";
    case Phase::kRtt:
      return "rtt";
    case Phase::kToken:
      return "token";
  }
  return "unknown";
}

const ReasonInfo& info_of(Reason reason) {
  return kInfos[static_cast<std::size_t>(reason)];
}

std::span<const Reason> all_reasons() {
  return kAll;
}

Reason timeout_in(Phase phase) {
  switch (phase) {
    case Phase::kResolve:
      return Reason::kTimeoutResolve;
    case Phase::kConnect:
      return Reason::kTimeoutConnect;
    case Phase::kTls:
      return Reason::kTimeoutTls;
    case Phase::kStarttls:
      return Reason::kTimeoutStarttls;
    case Phase::kRequest:
      return Reason::kTimeoutRequest;
    case Phase::kProcessing:
      return Reason::kTimeoutProcessing;
    case Phase::kTransfer:
      return Reason::kTimeoutTransfer;
    case Phase::kDialogue:
      return Reason::kTimeoutDialogue;
    case Phase::kRtt:
      return Reason::kTimeoutRtt;
    case Phase::kToken:
      return Reason::kHttpToken;
  }
  return Reason::kInternal;
}

Reason reset_in(Phase phase) {
  switch (phase) {
    case Phase::kResolve:
      return Reason::kResolveFailed;
    case Phase::kConnect:
      return Reason::kConnectReset;
    case Phase::kTls:
      return Reason::kResetTls;
    case Phase::kStarttls:
      return Reason::kResetStarttls;
    case Phase::kRequest:
      return Reason::kResetRequest;
    case Phase::kProcessing:
      return Reason::kResetProcessing;
    case Phase::kTransfer:
      return Reason::kResetTransfer;
    case Phase::kDialogue:
      return Reason::kResetDialogue;
    case Phase::kRtt:
      return Reason::kConnectFailed;
    case Phase::kToken:
      return Reason::kHttpToken;
  }
  return Reason::kInternal;
}

Reason closed_in(Phase phase) {
  switch (phase) {
    case Phase::kResolve:
      return Reason::kResolveFailed;
    case Phase::kConnect:
      return Reason::kConnectReset;
    case Phase::kTls:
      return Reason::kClosedTls;
    case Phase::kStarttls:
      return Reason::kClosedStarttls;
    case Phase::kRequest:
      return Reason::kClosedRequest;
    case Phase::kProcessing:
      return Reason::kClosedProcessing;
    case Phase::kTransfer:
      return Reason::kClosedTransfer;
    case Phase::kDialogue:
      return Reason::kClosedDialogue;
    case Phase::kRtt:
      return Reason::kConnectFailed;
    case Phase::kToken:
      return Reason::kHttpToken;
  }
  return Reason::kInternal;
}

}  // namespace vedette
