#pragma once

// The line language as trees: `query filter* predicate`, as in Hurl (https://hurl.dev/docs/asserting-response.html).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/pattern.hpp"
#include "language/jsonpath/jsonpath.hpp"
#include "language/lines/reader.hpp"
#include "language/lines/template.hpp"
#include "language/lines/vocabulary.hpp"
#include "language/markup/xpath.hpp"
#include "language/values/reading.hpp"
#include "language/values/value.hpp"

namespace vedette::language {

enum class QueryKind : std::uint8_t {
  kStatus,
  kVersion,
  kUrl,
  kHeader,
  kCookie,
  kBody,
  kBytes,
  kRawBytes,
  kSha256,
  kMd5,
  kJsonPath,
  kXPath,
  kRegex,
  kVariable,
  kDuration,
  kCertificate,
  kIp,
  kRedirects,
  kTiming,  ///< of a phase; beyond Hurl
  kFact,    ///< one of Subject::facts; beyond Hurl
};

/// What a line is written in.
struct Dialect {
  Vocabulary vocabulary = kHttpVocabulary;
  Placeholders placeholders = Placeholders::kNone;
  /// Hurl and nothing more. Its paths and patterns in quotes are judged when they are used, as Hurl does.
  bool strict_hurl = false;
};

/// What of an argument is ready before the line runs: a path or a pattern that is compiled.
using Prepared = std::variant<std::monostate, JsonPath, XPath, config::Pattern>;

struct Query {
  QueryKind kind = QueryKind::kStatus;
  Span span{};
  Template argument{};      ///< a header's, cookie's or variable's name, a path, a pattern in quotes
  std::string name{};       ///< of a fact, a phase, an attribute of the certificate; what an argument names
  std::string attribute{};  ///< of a cookie, lower case
  Prepared prepared{};
  bool strict_hurl = false;  ///< its argument is what Hurl's is, and nothing more
};

struct FilterInfo;

struct Filter {
  const FilterInfo* info = nullptr;
  Span span{};
  std::vector<Value> arguments{};
  Prepared prepared{};
  /// As they were written, when one of them has a placeholder or could not be compiled: `arguments` and `prepared` are
  /// made of them when the line runs.
  std::vector<Template> sources{};
  bool strict_hurl = false;  ///< its input is what Hurl's is, and nothing more
  Reading reading{};         ///< the subject's, when the line runs
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
  kIn,           ///< of a list; beyond Hurl
  kBetween,      ///< two values, both included; beyond Hurl
  kMatchesJson,  ///< holds all of a JSON value, whatever else; beyond Hurl
};

/// `file,name;`
struct FileOperand {
  Template path;
  Span span;
};

/// What stands behind a predicate.
using Operand = std::variant<Value, Template, Expression, FileOperand>;

struct Predicate {
  PredicateKind kind = PredicateKind::kExists;
  Span span{};
  bool negated = false;
  std::vector<Value> operands{};
  std::optional<config::Pattern> pattern{};  ///< of matches
  std::vector<Operand> sources{};            ///< as with Filter::sources
};

struct Assert {
  std::string text;  ///< as it was written
  Span span{};
  Query query;
  std::vector<Filter> filters;
  Predicate predicate;
};

/// `query filter* ["default" value] ["redact"]`
struct Capture {
  std::string text;
  Span span{};
  Query query;
  std::vector<Filter> filters;
  std::optional<Operand> otherwise;  ///< when there is no value
  bool redact = false;
};

}  // namespace vedette::language
