#include "language/values/fault.hpp"

namespace vedette::language {

std::string_view title_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kAssertFailure:
      return "Assert failure";
    case FaultKind::kAssertBody:
      return "Assert body value";
    case FaultKind::kAssertHeader:
      return "Assert header value";
    case FaultKind::kAssertStatus:
      return "Assert status code";
    case FaultKind::kAssertVersion:
      return "Assert HTTP version";
    case FaultKind::kFilter:
      return "Filter error";
    case FaultKind::kDecompression:
      return "Decompression error";
    case FaultKind::kInvalidCharset:
      return "Invalid charset";
    case FaultKind::kInvalidDecoding:
      return "Invalid decoding";
    case FaultKind::kInvalidJson:
      return "Invalid JSON";
    case FaultKind::kInvalidJsonPath:
      return "Invalid JSONPath";
    case FaultKind::kInvalidRegex:
      return "Invalid regex";
    case FaultKind::kInvalidUrl:
      return "Invalid URL";
    case FaultKind::kInvalidXml:
      return "Invalid XML";
    case FaultKind::kInvalidXPath:
      return "Invalid XPath expression";
    case FaultKind::kNoQueryResult:
      return "No query result";
    case FaultKind::kHeaderNotFound:
      return "Header not found";
    case FaultKind::kUndefinedVariable:
      return "Undefined variable";
    case FaultKind::kUnrenderable:
      return "Unrenderable expression";
    case FaultKind::kInvalidType:
      return "Invalid expression type";
    case FaultKind::kInvalidOption:
      return "Invalid option value";
    case FaultKind::kInvalidSecret:
      return "Invalid secret type";
    case FaultKind::kInvalidRedacted:
      return "Invalid redacted secret";
    case FaultKind::kFileRead:
      return "File read access";
    case FaultKind::kFileWrite:
      return "File write access";
    case FaultKind::kUnauthorizedFile:
      return "Unauthorized file access";
    case FaultKind::kHttpConnection:
      return "HTTP connection";
    case FaultKind::kHttpVersion:
      return "Unsupported HTTP version";
    case FaultKind::kExpression:
      return "Expression error";
    case FaultKind::kLimit:
      return "Limit exceeded";
  }
  return "";
}

bool is_assert(FaultKind kind) {
  return kind == FaultKind::kAssertFailure || kind == FaultKind::kAssertBody || kind == FaultKind::kAssertHeader ||
         kind == FaultKind::kAssertStatus || kind == FaultKind::kAssertVersion;
}

}  // namespace vedette::language
