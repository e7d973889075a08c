#include "scenarios/run/findings.hpp"

#include "language/lines/expectations.hpp"

namespace vedette::scenarios {

using language::FaultKind;

Reason reason_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kAssertFailure:
    case FaultKind::kAssertBody:
    case FaultKind::kAssertHeader:
    case FaultKind::kAssertStatus:
    case FaultKind::kAssertVersion:
    case FaultKind::kHeaderNotFound:
      return Reason::kExpectUnmet;
    case FaultKind::kFilter:
    case FaultKind::kDecompression:
    case FaultKind::kInvalidCharset:
    case FaultKind::kInvalidDecoding:
    case FaultKind::kInvalidJson:
    case FaultKind::kInvalidXml:
    case FaultKind::kNoQueryResult:
      return Reason::kAnswerUnreadable;
    case FaultKind::kInvalidJsonPath:
    case FaultKind::kInvalidRegex:
    case FaultKind::kInvalidXPath:
    case FaultKind::kInvalidUrl:
    case FaultKind::kUndefinedVariable:
    case FaultKind::kUnrenderable:
    case FaultKind::kInvalidType:
    case FaultKind::kInvalidOption:
    case FaultKind::kInvalidSecret:
    case FaultKind::kInvalidRedacted:
    case FaultKind::kExpression:
      return Reason::kTemplate;
    case FaultKind::kFileRead:
    case FaultKind::kFileWrite:
    case FaultKind::kUnauthorizedFile:
      return Reason::kLocalFile;
    case FaultKind::kHttpConnection:
    case FaultKind::kHttpVersion:
      return Reason::kConnectFailed;
    case FaultKind::kLimit:
      return Reason::kLimit;
  }
  return Reason::kInternal;
}

Finding finding_of(const Session& session, const Problem& problem) {
  const auto& fault = problem.fault;
  Finding out;
  out.kind = fault.kind;
  out.reason = reason_of(fault.kind);
  out.place = problem.origin.place(fault.span.begin);
  out.width = problem.origin.width(fault.span);
  out.message = session.masked(fault.message);
  out.actual = session.masked(fault.actual);
  out.expected = session.masked(fault.expected);
  out.type_mismatch = fault.type_mismatch;
  out.limit = fault.limit;
  return out;
}

std::string sentence_of(const Finding& finding) {
  return language::sentence_of({.kind = finding.kind,
                                .message = finding.message,
                                .actual = finding.actual,
                                .expected = finding.expected,
                                .type_mismatch = finding.type_mismatch});
}

}  // namespace vedette::scenarios
