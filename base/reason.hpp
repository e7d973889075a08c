#pragma once

// Why a run did not pass: a closed list. A reason becomes a label, so it never holds free text.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vedette {

enum class Verdict : std::uint8_t {
  kPass,
  kWarn,
  kFail,     ///< the target is wrong
  kUnknown,  ///< we could not look: our own fault, never the target's
};

std::string_view name_of(Verdict verdict);

/// A timed part of a run.
enum class Phase : std::uint8_t {
  kResolve,
  kConnect,
  kTls,
  kStarttls,
  kRequest,
  kProcessing,
  kTransfer,
  kDialogue,
  kRtt,
  kToken,
};

constexpr std::size_t kPhases = 10;

std::string_view name_of(Phase phase);

enum class Reason : std::uint8_t {
  kNone,
  // Name resolution.
  kResolveNxdomain,
  kResolveNoAddress,
  kResolveServfail,
  kResolveRefused,
  kResolveFailed,
  // Connecting.
  kConnectRefused,
  kConnectUnreachable,
  kConnectReset,
  kConnectFailed,
  // The deadline, by the phase it struck in.
  kTimeoutResolve,
  kTimeoutConnect,
  kTimeoutTls,
  kTimeoutStarttls,
  kTimeoutRequest,
  kTimeoutProcessing,
  kTimeoutTransfer,
  kTimeoutDialogue,
  kTimeoutRtt,
  kTimeoutExpect,
  // The peer reset the connection, by phase.
  kResetTls,
  kResetStarttls,
  kResetRequest,
  kResetProcessing,
  kResetTransfer,
  kResetDialogue,
  // The peer closed the connection before it had said everything, by phase.
  kClosedTls,
  kClosedStarttls,
  kClosedRequest,
  kClosedProcessing,
  kClosedTransfer,
  kClosedDialogue,
  // The peer sends without end what carries nothing.
  kPeerFlood,
  // TLS.
  kTlsHandshake,
  kTlsVersion,
  kTlsClientCertificate,
  kTlsVerifyExpired,
  kTlsVerifyNotYetValid,
  kTlsVerifyName,
  kTlsVerifySelfSigned,
  kTlsVerifyUnknownCa,
  kTlsVerifyOther,
  kCertificateExpiring,
  kCertificateName,
  kCertificatePin,
  kCertificateWeakKey,
  kStarttlsRefused,
  // HTTP.
  kHttpProtocol,
  kHttpStatus,
  kHttpVersion,
  kHttpHeader,
  kHttpRedirectInvalid,
  kHttpRedirectLimit,
  kHttpTlsForbidden,
  kHttpTlsRequired,
  kHttpHeadersTooLarge,
  kHttpProxy,
  kBodyMismatch,
  kBodyTooLarge,
  kBodyDecode,
  kJsonMismatch,
  kExpectUnmet,
  kHttpToken,
  // DNS.
  kDnsRcode,
  kDnsMalformed,
  kDnsWrongId,
  kDnsWrongQuestion,
  kDnsTruncated,
  kDnsAnswer,
  kDnsAuthority,
  kDnsAdditional,
  // Send/expect dialogues.
  kExpectMismatch,
  kLineTooLong,
  // gRPC and WebSocket.
  kGrpcStatus,
  kGrpcNotServing,
  kGrpcProtocol,
  kWebsocketUpgrade,
  kWebsocketProtocol,
  // Scenarios.
  kAnswerUnreadable,
  kThreshold,
  kPollTimeout,
  kPollAbort,
  kDeadline,
  kLimit,
  // Our own fault: verdict unknown.
  kTemplate,
  kTargetInvalid,
  kSettingsInvalid,
  kEgressDenied,
  kSourceAddress,
  kLocalFile,
  kLocalResources,
  kAgentPaused,
  kCancelled,
  kInternal,
  kCount_,
};

struct ReasonInfo {
  std::string_view name;
  Verdict verdict;           ///< what a run with this reason amounts to, unless an expectation says warn
  std::string_view meaning;  ///< one sentence for an administrator
};

const ReasonInfo& info_of(Reason reason);
inline std::string_view name_of(Reason reason) {
  return info_of(reason).name;
}

/// All reasons but none, in the order of the documentation.
std::span<const Reason> all_reasons();

/// The reason for a deadline, a reset or an early close in `phase`; connecting and resolving have fewer of them.
Reason timeout_in(Phase phase);
Reason reset_in(Phase phase);
Reason closed_in(Phase phase);

}  // namespace vedette
