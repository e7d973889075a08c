#pragma once

// A scenario as the executor knows it, whichever language it was written in. Immutable once loaded, shared by its runs.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "checks/result.hpp"
#include "config/value.hpp"
#include "language/lines/expectations.hpp"
#include "language/lines/syntax.hpp"
#include "scenarios/model/limits.hpp"
#include "scenarios/model/origin.hpp"

namespace vedette {
struct Kind;
struct Settings;
}  // namespace vedette

namespace vedette::scenarios {

/// A text with placeholders, and where it stands.
struct Text {
  language::Template text;
  Origin origin;

  [[nodiscard]] bool empty() const { return text.empty(); }
};

struct Field {
  Text name;
  Text value;
};

/// JSON whose blanks are kept, with placeholders in its texts and instead of values: a Hurl file's.
struct JsonText {
  struct Part {
    std::string text{};
    std::optional<language::Expression> expression{};
    bool in_string = false;
  };
  std::vector<Part> parts;
};

/// JSON as a tree of YAML, with placeholders in its texts; one that is nothing but a placeholder keeps its type.
struct JsonTree {
  language::Value constant{};                        ///< of a leaf without placeholders
  std::optional<Text> text{};                        ///< of a leaf with them
  std::vector<JsonTree> items{};                     ///< of a list
  std::vector<std::pair<Text, JsonTree>> members{};  ///< of an object
  enum class Shape : std::uint8_t { kLeaf, kList, kObject } shape = Shape::kLeaf;
};

struct Part {
  Text name;
  Text value{};
  std::optional<Text> file{};
  std::optional<Text> content_type{};
};

struct Body {
  enum class Shape : std::uint8_t {
    kNone,
    kText,
    kJsonText,
    kJsonTree,
    kGraphQl,
    kBytes,
    kFile,
    kForm,
    kMultipart,
  };
  Shape shape = Shape::kNone;
  language::Span span{};
  Origin origin{};
  Text text{};                     ///< a text, the query of GraphQL, or the name of a file
  JsonText json{};                 ///< the same, or the variables of GraphQL
  std::optional<JsonTree> tree{};  ///< the same, written in YAML
  std::string bytes{};
  std::vector<Field> form{};
  std::vector<Part> parts{};
  std::string content_type{};  ///< when the request has none of its own
};

/// The settings of a request beyond what it says; Hurl's `[Options]` and the keys of `http:` alike.
enum class Option : std::uint8_t {
  kAwsSigV4,
  kCaCert,
  kCert,
  kCompressed,
  kConnectTimeout,
  kConnectTo,
  kDelay,
  kDigest,
  kFailWithBody,
  kHeader,
  kHttp10,
  kHttp11,
  kHttp2,
  kHttp3,
  kInsecure,
  kIpv4,
  kIpv6,
  kKey,
  kLimitRate,
  kLocation,
  kLocationTrusted,
  kMaxRedirs,
  kMaxTime,
  kNegotiate,
  kNetrc,
  kNetrcFile,
  kNetrcOptional,
  kNoHeader,
  kNoJsonPathCoercion,
  kNoProxy,
  kNtlm,
  kOutput,
  kPathAsIs,
  kPinnedPubKey,
  kProxy,
  kRepeat,
  kResolve,
  kRetry,
  kRetryInterval,
  kSkip,
  kUnixSocket,
  kUser,
  kVariable,
  kVerbose,
  kVerbosity,
  kVeryVerbose,
  // Beyond Hurl.
  kBearer,
  kUserAgent,
  kMaxBody,
  kMinTls,
  kHttp2PriorKnowledge,
  kProxyHeader,
  kReuse,
  kServerName,
};

/// One option, with its value or what makes it.
struct OptionSetting {
  Option option = Option::kVerbose;
  std::variant<language::Value, Text, language::Expression> value{};
  std::string name{};  ///< of a variable
  language::Span span{};
  Origin origin{};
};

struct HttpAction {
  std::string method = "GET";
  Text url;
  language::Span method_span{};
  std::vector<Field> headers;
  std::vector<Field> query;
  std::vector<Field> cookies;
  std::optional<Field> basic_auth;
  Body body;
  std::vector<OptionSetting> options;
  std::optional<config::Value> oauth2;  ///< decoded when its placeholders are known
  std::string cookie_storage_set;       ///< a line of Netscape's file; of a Hurl file's comment
  bool cookie_storage_clear = false;
  bool hurl = false;  ///< redirects, defaults and file names are Hurl's
};

/// A step that is one of the other kinds of check: its section is decoded with placeholders replaced.
struct CheckAction {
  const Kind* kind = nullptr;
  config::Value section;
  bool constant = false;  ///< there are no placeholders: `settings` and `target` are ready
  std::shared_ptr<const Settings> settings{};
  std::string target{};
  bool listens = false;  ///< its lines look at what the target says first
  int count = 1;         ///< of runs
  std::chrono::nanoseconds pause{};
};

struct SleepAction {
  Text duration;
};

struct SetAction {
  std::vector<std::pair<std::string, JsonTree>> values;
};

struct AssertAction {};

struct Step;
using Steps = std::vector<Step>;

struct GroupAction {
  std::shared_ptr<const Steps> steps;
  int parallel = 0;  ///< so many at once; zero: one after the other
};

struct ForEachAction {
  std::optional<language::Expression> list;  ///< or `rows`
  std::optional<JsonTree> items;
  std::vector<language::Value> rows;
  std::string as;
  std::int64_t max = 20;
  Origin origin;
  std::shared_ptr<const Steps> steps;
};

/// A fragment, or a Hurl file: steps with variables of their own.
struct CallAction {
  std::shared_ptr<const Steps> steps;
  std::vector<std::pair<std::string, JsonTree>> arguments;
  std::vector<std::pair<std::string, JsonTree>> vars;
  std::vector<std::string> exports;
  std::string folder;  ///< that its files are looked for in
};

using Action =
    std::variant<HttpAction, CheckAction, SleepAction, SetAction, AssertAction, GroupAction, ForEachAction, CallAction>;

/// A line, and where it stands; one of several of which one must hold when `alternatives` has the others.
struct Line {
  language::Assert assert;
  Origin origin;
  std::vector<Line> alternatives{};
  Verdict severity = Verdict::kFail;
};

struct NamedCapture {
  Text name;  ///< constant, but in a Hurl file
  language::Capture capture;
  Origin origin;
  bool always = false;  ///< also when the status is not as expected
};

/// What a Hurl file says of a response beside its sections.
struct ImplicitAsserts {
  std::string version;  ///< empty: any
  language::Span version_span{};
  std::optional<std::int64_t> status;
  language::Span status_span{};
  std::vector<Field> headers;
  Body body;
};

enum class Transient : std::uint8_t { kResolve, kConnect, kTls, kTimeout, kReset, k5xx, k429, kAny };

struct Backoff {
  std::chrono::nanoseconds interval = std::chrono::milliseconds(250);
  double factor = 1;
  std::chrono::nanoseconds max = std::chrono::seconds(60);
  double jitter = 0;
};

/// Attempts after one that failed for a cause that may pass by itself.
struct Retry {
  std::int64_t max = 0;  ///< -1: without end
  std::vector<Transient> on;
  Backoff backoff;
};

/// Attempts until something has become so.
struct Poll {
  std::vector<Line> until;
  std::vector<Line> abort_if;
  Backoff backoff{.interval = std::chrono::seconds(1)};
  std::int64_t max_attempts = 30;
  std::chrono::nanoseconds max_time = std::chrono::seconds(60);
  std::vector<Transient> tolerate;
};

struct Threshold {
  std::string of;  ///< total, a phase, poll_wait, attempts, size; of a scenario scenario_total, scenario_requests
  std::optional<double> warn, fail;              ///< upper bounds: seconds, or a number
  std::optional<double> warn_below, fail_below;  ///< lower ones
  Origin origin;
};

struct Step {
  std::string id;
  std::string name;                ///< for people; empty: the id
  std::string_view kind = "http";  ///< the key that says what it does; lives as long as the program
  Origin origin;
  std::optional<language::Expression> when;
  Origin when_origin;
  Text delay;
  std::chrono::nanoseconds timeout{};  ///< of an attempt; zero: unset
  Retry retry;
  std::optional<Poll> poll;
  Action action = AssertAction{};
  std::vector<Line> expect;
  std::optional<ImplicitAsserts> implicit;
  std::vector<NamedCapture> captures;
  std::vector<Threshold> thresholds;
  Verdict severity = Verdict::kFail;
  bool stops = true;  ///< what follows does not run when it failed
};

struct SecretSource {
  std::string name;
  enum class From : std::uint8_t { kEnvironment, kFile, kCredential, kValue } from = From::kEnvironment;
  std::string where;  ///< or the value itself, which the command line gave
  Origin origin;
};

enum class PhaseMetrics : std::uint8_t { kNone, kTotal, kAll };

struct Scenario {
  std::string name;
  std::string description;
  std::shared_ptr<const config::Source> source;
  bool hurl = false;

  // When the scenario says so itself; a check's own schedule counts for more.
  std::chrono::nanoseconds every{};
  std::chrono::nanoseconds deadline = std::chrono::seconds(30);
  std::chrono::nanoseconds teardown_deadline = std::chrono::seconds(10);

  std::vector<std::pair<std::string, JsonTree>> vars;
  std::vector<SecretSource> secrets;
  Steps steps;
  Steps teardown;
  std::vector<Threshold> thresholds;
  bool teardown_counts = false;
  PhaseMetrics phases = PhaseMetrics::kAll;
  Limits limits;
  std::string folder;  ///< that files are looked for in, and must be under
};

using ScenarioPtr = std::shared_ptr<const Scenario>;

}  // namespace vedette::scenarios
