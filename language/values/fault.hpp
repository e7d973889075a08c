#pragma once

// What goes wrong when a text is evaluated: data with a place. Rendering is somebody else's.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vedette::language {

/// Bytes from `begin` to before `end` of the text that was parsed.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The titles are Hurl's (https://hurl.dev): tools compare them.
enum class FaultKind : std::uint8_t {
  kAssertFailure,
  kAssertBody,
  kAssertHeader,
  kAssertStatus,
  kAssertVersion,
  kFilter,
  kDecompression,
  kInvalidCharset,
  kInvalidDecoding,
  kInvalidJson,
  kInvalidJsonPath,
  kInvalidRegex,
  kInvalidUrl,
  kInvalidXml,
  kInvalidXPath,
  kNoQueryResult,
  kHeaderNotFound,
  kUndefinedVariable,
  kUnrenderable,
  kInvalidType,
  kInvalidOption,
  kInvalidSecret,
  kInvalidRedacted,
  kFileRead,
  kFileWrite,
  kUnauthorizedFile,
  kHttpConnection,
  kHttpVersion,
  kExpression,
  kLimit,
};

std::string_view title_of(FaultKind kind);

/// Whether the answer was looked at and is not as it should be; the others could not be evaluated.
bool is_assert(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::kAssertFailure;
  Span span{};
  std::string message{};  ///< one sentence; empty where `actual` and `expected` say it
  std::string actual{};
  std::string expected{};
  bool type_mismatch = false;  ///< such a value cannot be asked that
  std::string limit{};         ///< the name of the limit, for kLimit
};

/// What went wrong within a query or a filter, whose place its caller knows.
struct Trouble {
  Trouble(std::string text) : message(std::move(text)) {}  // NOLINT(google-explicit-constructor): most are that alone
  Trouble(FaultKind what, std::string text, std::string of = {})
      : kind(what), message(std::move(text)), limit(std::move(of)) {}

  FaultKind kind = FaultKind::kFilter;
  std::string message;  ///< a sentence for a person
  std::string limit;    ///< the name of the limit, for kLimit
};

}  // namespace vedette::language
