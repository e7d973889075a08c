#pragma once

// The line language as trees: `query filter* predicate`, as in Hurl (https://hurl.dev/docs/asserting-response.html).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/pattern.hpp"
#include "language/jsonpath.hpp"
#include "language/reader.hpp"
#include "language/value.hpp"
#include "language/xpath.hpp"

namespace vedette::language {

enum class QueryKind : std::uint8_t {
  kStatus,
  kVersion,
  kUrl,
  kHeader,
  kCookie,
  kBody,
  kBytes,
  kSha256,
  kMd5,
  kJsonPath,
  kXPath,
  kRegex,
  kDuration,
  kCertificate,
  kIp,
  kRedirects,
  kTiming,  ///< of a phase; beyond Hurl
  kFact,    ///< one of Subject::facts; beyond Hurl
};

/// Whose queries a line may use; a set.
enum class Vocabulary : std::uint8_t { kHttp = 1, kDns = 2, kTls = 4, kTcp = 8 };

/// What of an argument is ready before the line runs: a path or a pattern that is compiled.
using Prepared = std::variant<std::monostate, JsonPath, XPath, config::Pattern>;

struct Query {
  QueryKind kind = QueryKind::kStatus;
  std::string argument;   ///< a header's or a cookie's name, an attribute of the certificate, a phase, a fact
  std::string attribute;  ///< of a cookie, lower case
  Prepared prepared;
};

struct FilterInfo;

struct Filter {
  const FilterInfo* info = nullptr;
  std::vector<Value> arguments;
  Prepared prepared;
};

enum class PredicateKind : std::uint8_t {
  kEqual,
  kNotEqual,
  kGreater,
  kGreaterOrEqual,
  kLess,
  kLessOrEqual,
  kStartsWith,
  kEndsWith,
  kContains,
  kIncludes,
  kMatches,
  kExists,
  kIsEmpty,
  kIsBoolean,
  kIsInteger,
  kIsFloat,
  kIsNumber,
  kIsString,
  kIsCollection,
  kIsList,
  kIsObject,
  kIsDate,
  kIsIsoDate,
  kIsIpv4,
  kIsIpv6,
  kIsUuid,
  kIn,       ///< of a list; beyond Hurl
  kBetween,  ///< two values, both included; beyond Hurl
};

struct Predicate {
  PredicateKind kind = PredicateKind::kExists;
  bool negated = false;
  std::vector<Value> operands;
  std::optional<config::Pattern> pattern;  ///< of matches
};

struct Assert {
  std::string text;  ///< as it was written
  Query query;
  std::vector<Filter> filters;
  Predicate predicate;
};

}  // namespace vedette::language
