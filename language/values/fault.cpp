#include "language/values/fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vedette::language {

namespace {

/// Hurl's words.
constexpr std::array kTitles{
    std::pair(FaultKind::kAssertFailure, std::string_view("Assert failure")),
    std::pair(FaultKind::kAssertBody, std::string_view("Assert body value")),
    std::pair(FaultKind::kAssertHeader, std::string_view("Assert header value")),
    std::pair(FaultKind::kAssertStatus, std::string_view("Assert status code")),
    std::pair(FaultKind::kAssertVersion, std::string_view("Assert HTTP version")),
    std::pair(FaultKind::kFilter, std::string_view("Filter error")),
    std::pair(FaultKind::kDecompression, std::string_view("Decompression error")),
    std::pair(FaultKind::kInvalidCharset, std::string_view("Invalid charset")),
    std::pair(FaultKind::kInvalidDecoding, std::string_view("Invalid decoding")),
    std::pair(FaultKind::kInvalidJson, std::string_view("Invalid JSON")),
    std::pair(FaultKind::kInvalidJsonPath, std::string_view("Invalid JSONPath")),
    std::pair(FaultKind::kInvalidRegex, std::string_view("Invalid regex")),
    std::pair(FaultKind::kInvalidUrl, std::string_view("Invalid URL")),
    std::pair(FaultKind::kInvalidXml, std::string_view("Invalid XML")),
    std::pair(FaultKind::kInvalidXPath, std::string_view("Invalid XPath expression")),
    std::pair(FaultKind::kNoQueryResult, std::string_view("No query result")),
    std::pair(FaultKind::kHeaderNotFound, std::string_view("Header not found")),
    std::pair(FaultKind::kUndefinedVariable, std::string_view("Undefined variable")),
    std::pair(FaultKind::kUnrenderable, std::string_view("Unrenderable expression")),
    std::pair(FaultKind::kInvalidType, std::string_view("Invalid expression type")),
    std::pair(FaultKind::kInvalidOption, std::string_view("Invalid option value")),
    std::pair(FaultKind::kInvalidSecret, std::string_view("Invalid secret type")),
    std::pair(FaultKind::kInvalidRedacted, std::string_view("Invalid redacted secret")),
    std::pair(FaultKind::kFileRead, std::string_view("File read access")),
    std::pair(FaultKind::kFileWrite, std::string_view("File write access")),
    std::pair(FaultKind::kUnauthorizedFile, std::string_view("Unauthorized file access")),
    std::pair(FaultKind::kHttpConnection, std::string_view("HTTP connection")),
    std::pair(FaultKind::kHttpVersion, std::string_view("Unsupported HTTP version")),
    std::pair(FaultKind::kExpression, std::string_view("Expression error")),
    std::pair(FaultKind::kLimit, std::string_view("Limit exceeded")),
};

}  // namespace

std::string_view title_of(FaultKind kind) {
  const auto* found = std::find_if(kTitles.begin(), kTitles.end(), [&](const auto& row) { return row.first == kind; });
  return found == kTitles.end() ? std::string_view() : found->second;
}

bool is_assert(FaultKind kind) {
  return kind == FaultKind::kAssertFailure || kind == FaultKind::kAssertBody || kind == FaultKind::kAssertHeader ||
         kind == FaultKind::kAssertStatus || kind == FaultKind::kAssertVersion;
}

}  // namespace vedette::language
