#include "scenarios/yaml/step_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "checks/kinds.hpp"
#include "config/nearest.hpp"
#include "language/lines/expectations.hpp"
#include "language/values/json.hpp"
#include "net/http/http_connections.hpp"
#include "scenarios/hurl/parser.hpp"
#include "scenarios/run/check_step.hpp"
#include "scenarios/run/substitute.hpp"
#include "scenarios/yaml/reader.hpp"
#include "scenarios/yaml/rows.hpp"

namespace vedette::scenarios::yaml {

namespace {

constexpr std::array<std::string_view, 10> kThresholdNames{
    "total", "resolve", "connect", "tls", "processing", "transfer", "redirect", "poll_wait", "attempts", "size"};

bool is_id(std::string_view text) {
  constexpr std::size_t kMaxLength = 64;
  return !text.empty() && text.size() <= kMaxLength && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Whether what is wrong may be the fault of a placeholder that is not known yet.
bool is_at_placeholder(const YAML::Node& node, const config::Place& place) {
  if (node.IsScalar()) {
    return language::has_placeholder(node.Scalar()) && node.Mark().line + 1 == place.line &&
           node.Mark().column + 1 == place.column;
  }
  if (!node.IsMap() && !node.IsSequence()) return false;
  for (const auto& item : node) {
    if (is_at_placeholder(node.IsMap() ? item.second : item, place)) return true;
  }
  return false;
}

/// A key that a step of any kind may have.
bool is_common(std::string_view key) {
  constexpr std::array<std::string_view, 14> kCommon{"id",       "name",    "when",           "delay",     "timeout",
                                                     "severity", "on_fail", "tags",           "retry",     "poll",
                                                     "expect",   "capture", "capture_always", "thresholds"};
  return std::find(kCommon.begin(), kCommon.end(), key) != kCommon.end();
}

constexpr const char* kLoopHint = "in: ${ items }, in: [a, b], or file: rows.csv";

class StepReader;

/// What a step may be: a key, and what reads its value.
struct StepKind {
  std::string_view name;
  void (StepReader::*read)(config::Mapping& section, const StepKind& kind, Step& out);
  language::Vocabulary vocabulary = language::kOnlyVariables;
  const Kind* check = nullptr;
  bool leaf = true;  ///< it holds no other steps
};

/// Whether somebody looks at what the target says.
bool looks_at_text(const Step& step) {
  const auto looks = [](const Line& line) {
    return language::looks_at_body(line.assert.query) ||
           std::any_of(line.alternatives.begin(), line.alternatives.end(),
                       [](const Line& other) { return language::looks_at_body(other.assert.query); });
  };
  const bool polls = step.poll && (std::any_of(step.poll->until.begin(), step.poll->until.end(), looks) ||
                                   std::any_of(step.poll->abort_if.begin(), step.poll->abort_if.end(), looks));
  return polls || std::any_of(step.expect.begin(), step.expect.end(), looks) ||
         std::any_of(step.captures.begin(), step.captures.end(),
                     [](const NamedCapture& one) { return language::looks_at_body(one.capture.query); });
}

std::span<const StepKind> step_kinds();

class StepReader {
 public:
  StepReader(StepContext& shared, int depth) : shared_(shared), context_(shared.context), depth_(depth) {}

  std::optional<Step> read(const config::Value& value) {
    config::Mapping section(value, "step", context_);
    if (!value.is_mapping()) return std::nullopt;
    Step out;
    out.origin = Origin::at(section.place());
    read_id(section, out);
    const auto* kind = read_kind(section, value.node());
    if (kind == nullptr) return std::nullopt;
    ++shared_.steps;
    out.kind = kind->name;
    out.timeout = shared_.timeout;
    read_common(section, out);
    read_lines_of(section, *kind, out);
    (this->*kind->read)(section, *kind, out);
    const auto* http = std::get_if<HttpAction>(&out.action);
    if (kind->leaf) {
      const bool sends = http != nullptr || std::holds_alternative<CheckAction>(out.action);
      out.retry =
          read_retry(section, sends ? shared_.retry : Retry(), http == nullptr || net::is_idempotent(http->method));
      out.thresholds = read_thresholds(section, kThresholdNames);
    }
    section.finish();
    return out;
  }

 private:
  /// The mapping at `key`; `example` is what might stand in it.
  std::optional<config::Mapping> mapping_of(config::Mapping& section, std::string_view key, std::string_view example) {
    const auto value = section.take(key);
    if (!value) return std::nullopt;
    if (value->is_mapping()) return config::Mapping(*value, fmt::format("step.{}", key), context_);
    section.error(key, fmt::format("step.{} must be a mapping, not {}", key, value->what()),
                  fmt::format("write {}: {{{}}}", key, example));
    return std::nullopt;
  }

  /// What is asked of the answer.
  static void read_lines_of(config::Mapping& section, const StepKind& kind, Step& out) {
    if (!kind.leaf) return;
    out.poll = read_poll(section, kind.vocabulary);
    if (kind.name != "assert") out.expect = read_lines(section, "expect", kind.vocabulary);
    read_captures(section, "capture", kind.vocabulary, false, out.captures);
    read_captures(section, "capture_always", kind.vocabulary, true, out.captures);
  }

  void read_id(config::Mapping& section, Step& out) {
    if (!section.read("id", out.id)) {
      section.error("id", "a step needs an id", "it becomes a label of metrics: a short name that stays");
      return;
    }
    if (!is_id(out.id)) {
      section.error("id", fmt::format("\"{}\" cannot be the id of a step", out.id),
                    "1 to 64 of a-z, 0-9, _ and -: it becomes a label of metrics, and holds no placeholder");
    }
    const auto [known, fresh] = shared_.ids.emplace(out.id, section.place_of("id"));
    if (!fresh) {
      section.error("id", fmt::format("there is a step {} already", out.id),
                    fmt::format("the first one is at {}", known->second.text()));
    }
  }

  void report_no_kind(const config::Mapping& section, const YAML::Node& keys) {
    std::vector<std::string_view> names;
    for (const auto& kind : step_kinds()) names.push_back(kind.name);
    for (const auto& pair : keys) {
      const auto key = pair.first.IsScalar() ? pair.first.Scalar() : std::string();
      const auto meant = is_common(key) ? std::nullopt : config::nearest(key, names);
      if (!meant) continue;
      if (*meant == key) return section.error_at_key(key, fmt::format("{} has no value", key));
      return section.error_at_key(key, fmt::format("there is no kind of step {}", key),
                                  fmt::format("did you mean {}?", *meant));
    }
    section.error("id", "the step does nothing", fmt::format("it needs one of: {}", fmt::join(names, ", ")));
  }

  const StepKind* read_kind(config::Mapping& section, const YAML::Node& keys) {
    const StepKind* out = nullptr;
    for (const auto& kind : step_kinds()) {
      if (!section.has(kind.name)) continue;
      if (out != nullptr) {
        section.error_at_key(kind.name, fmt::format("a step is one thing: this is {} already", out->name));
        section.take(kind.name);
        continue;
      }
      out = &kind;
    }
    if (out == nullptr) report_no_kind(section, keys);
    return out;
  }

  void read_common(config::Mapping& section, Step& out) {
    section.read("name", out.name);
    out.when = read_expression(section, "when", out.when_origin);
    read_text(section, "delay", out.delay);
    config::Duration timeout{};
    if (read_duration(section, "timeout", timeout, std::chrono::milliseconds(1), kMaxDeadline)) out.timeout = timeout;
    constexpr std::array<std::string_view, 2> kSeverities{"fail", "warn"};
    std::string word;
    if (section.read_choice("severity", word, kSeverities) && word == "warn") out.severity = Verdict::kWarn;
    constexpr std::array<std::string_view, 2> kOnFail{"stop", "continue"};
    if (section.read_choice("on_fail", word, kOnFail)) out.stops = word == "stop";
    std::vector<std::string> tags;  // for people who read the file
    section.read("tags", tags);
  }

  void read_http_step(config::Mapping& section, const StepKind& /*kind*/, Step& out) {
    out.action = HttpAction();
    if (auto http = mapping_of(section, "http", "url: https://shop.example/")) {
      out.action = read_http(*http, shared_.http, out.timeout);
    }
  }

  void read_sleep(config::Mapping& section, const StepKind& /*kind*/, Step& out) {
    SleepAction sleep;
    read_text(section, "sleep", sleep.duration);
    const bool known = !sleep.duration.empty() && sleep.duration.text.is_constant();
    if (known) {
      if (const auto parsed = config::parse_duration(sleep.duration.text.text()); !parsed)
        section.error("sleep", parsed.error());
    }
    out.action = std::move(sleep);
  }

  void read_set(config::Mapping& section, const StepKind& /*kind*/, Step& out) {
    SetAction set;
    set.values = read_variables(section, "set");
    out.action = std::move(set);
  }

  void read_assert(config::Mapping& section, const StepKind& kind, Step& out) {
    out.expect = read_lines(section, "assert", kind.vocabulary);
    out.action = AssertAction{};
  }

  void read_check_step(config::Mapping& section, const StepKind& kind, Step& out) {
    const auto value = section.take(kind.name);
    CheckAction action{.kind = kind.check, .section = value.value_or(config::Value(YAML::Node(), nullptr))};
    out.action = action;
    if (!value) return;
    action.listens = looks_at_text(out);
    action.constant = !has_placeholders(value->node());
    if (kind.check->step->sum_up != nullptr && value->is_mapping()) read_repetition(*value, action);
    // What placeholders are missing in is judged when they are known; all else is judged now.
    config::Diagnostics found;
    config::Context own{found};
    own.known_keys = context_.known_keys;
    auto decoded = read_check(action, *value, own);
    for (const auto& diagnostic : found.sorted()) {
      const auto& place = diagnostic.place;
      const bool of_section = place.line == value->place().line && place.column == value->place().column;
      const bool unknown =
          !action.constant && (is_at_placeholder(value->node(), place) || of_section || place.line == 0);
      if (unknown) continue;
      if (diagnostic.severity == config::Severity::kError) {
        context_.diagnostics.error(diagnostic.place, diagnostic.message, diagnostic.hint);
      } else {
        context_.diagnostics.warning(diagnostic.place, diagnostic.message, diagnostic.hint);
      }
    }
    action.settings = std::move(decoded.settings);
    action.target = std::move(decoded.target);
    out.action = std::move(action);
  }

  void read_repetition(const config::Value& value, CheckAction& out) {
    // Read by themselves: the kind's own section has no such keys.
    YAML::Node own(YAML::NodeType::Map);
    for (const auto& pair : value.node()) {
      const auto key = pair.first.Scalar();
      if (key == "count" || key == "interval") own.force_insert(pair.first, pair.second);
    }
    config::Mapping mapping(config::Value(own, value.source()), std::string(out.kind->name), context_);
    std::int64_t count = 1;
    constexpr std::int64_t kMax = 20;
    mapping.read_integer("count", count, 1, kMax);
    out.count = static_cast<int>(count);
    config::Duration pause = std::chrono::milliseconds(200);
    read_duration(mapping, "interval", pause, std::chrono::milliseconds(10), std::chrono::seconds(10));
    out.pause = pause;
    mapping.finish();
  }

  bool enter(const config::Mapping& section, std::string_view key) {
    if (depth_ < kDeepestNesting) return true;
    section.error(key, fmt::format("groups, loops and calls are nested at most {} deep", kDeepestNesting));
    return false;
  }

  void read_group(config::Mapping& section, const StepKind& kind, Step& out) {
    GroupAction group;
    if (enter(section, kind.name)) {
      group.steps = std::make_shared<const Steps>(read_steps(section, kind.name, shared_, depth_ + 1));
    } else {
      section.take(kind.name);
      group.steps = std::make_shared<const Steps>();
    }
    if (kind.name == "parallel") {
      std::int64_t max = 8;
      constexpr std::int64_t kMax = 32;
      section.read_integer("max_parallel", max, 1, kMax);
      group.parallel = static_cast<int>(max);
    }
    out.action = std::move(group);
  }

  void read_loop(config::Mapping& section, const StepKind& /*kind*/, Step& out) {
    ForEachAction loop;
    loop.steps = std::make_shared<const Steps>();
    auto mapping = mapping_of(section, "for_each", "in: [a, b], steps: [...]");
    if (!mapping) return;
    loop.origin = Origin::at(mapping->place());
    if (const auto items = mapping->take("in")) {
      loop.origin = items->is_scalar() ? Origin::scalar(*items) : Origin::at(items->place());
      loop.items = tree_of(*items, context_);
      const bool list = items->is_sequence() || (items->is_scalar() && language::has_placeholder(items->scalar()));
      if (!list) mapping->error("in", fmt::format("for_each goes over a list, not {}", items->what()), kLoopHint);
    }
    std::string file;
    if (mapping->read("file", file)) {
      loop.rows = read_rows(*mapping, file);
    } else if (!loop.items) {
      mapping->error("in", "for_each needs a list to go over", kLoopHint);
    }
    loop.as = "item";
    mapping->read("as", loop.as);
    if (!is_name(loop.as)) mapping->error("as", fmt::format("\"{}\" cannot be the name of a variable", loop.as));
    mapping->read_integer("max", loop.max, 1, kMaxItems);
    if (enter(*mapping, "steps")) {
      loop.steps = std::make_shared<const Steps>(read_steps(*mapping, "steps", shared_, depth_ + 1));
    } else {
      mapping->take("steps");
    }
    mapping->finish();
    out.action = std::move(loop);
  }

  std::vector<language::Value> read_rows(const config::Mapping& section, const std::string& file) {
    const auto source = read_source(file, section.place_of("file"), shared_);
    if (!source) return {};
    auto rows = rows_of(file, (*source)->text);
    if (rows) return std::move(*rows);
    section.error("file", fmt::format("{}: {}", file, rows.error()), "CSV with a line of names, or a JSON list");
    return {};
  }

  void read_call(config::Mapping& section, const StepKind& /*kind*/, Step& out) {
    CallAction call;
    call.steps = std::make_shared<const Steps>();
    auto mapping = mapping_of(section, "call", "file: login.yaml");
    if (!mapping) return;
    std::string file;
    if (!mapping->read("file", file)) mapping->error("file", "call needs a file");
    call.arguments = read_variables(*mapping, "with");
    mapping->read("export", call.exports);
    mapping->finish();
    const auto path = (std::filesystem::path(shared_.folder) / file).lexically_normal().string();
    const bool again = std::find(shared_.callers.begin(), shared_.callers.end(), path) != shared_.callers.end();
    if (again) mapping->error("file", fmt::format("{} calls itself", file));
    if (!file.empty() && !again && enter(*mapping, "file")) {
      if (const auto source = read_source(file, mapping->place_of("file"), shared_)) read_fragment(*source, path, call);
    }
    out.action = std::move(call);
  }

  void read_fragment(const TextFile& source, const std::string& path, CallAction& call) {
    const auto parsed = config::parse_yaml(source, context_.diagnostics);
    if (!parsed) return;
    config::Mapping fragment(*parsed, "fragment", context_);
    StepContext inner{.context = context_,
                      .folder = std::filesystem::path(path).parent_path().string(),
                      .http = shared_.http,
                      .retry = shared_.retry,
                      .timeout = shared_.timeout,
                      .sources = shared_.sources,
                      .callers = shared_.callers};
    inner.callers.push_back(path);
    call.folder = inner.folder;
    std::string ignored;
    fragment.read("description", ignored);
    call.vars = read_variables(fragment, "vars");
    call.steps = std::make_shared<const Steps>(read_steps(fragment, "steps", inner, depth_ + 1));
    shared_.steps += inner.steps;
    fragment.finish();
  }

  void read_hurl(config::Mapping& section, const StepKind& /*kind*/, Step& out) {
    CallAction call;
    call.steps = std::make_shared<const Steps>();
    const auto value = section.take("hurl");
    std::string file;
    if (value && value->is_scalar()) {
      file = value->scalar();
    } else if (value) {
      config::Mapping mapping(*value, "hurl", context_);
      if (!mapping.read("file", file)) mapping.error("file", "hurl needs a file");
      call.arguments = read_variables(mapping, "with");
      mapping.read("export", call.exports);
      mapping.finish();
    }
    call.folder = (std::filesystem::path(shared_.folder) / file).parent_path().string();
    if (const auto source = file.empty() ? std::nullopt : read_source(file, value->place(), shared_)) {
      auto entries = hurl::parse(*source);
      if (entries) {
        for (auto& entry : *entries) {
          ++shared_.steps;
          if (const auto* http = std::get_if<HttpAction>(&entry.action)) refuse_unbounded(*http);
        }
        call.steps = std::make_shared<const Steps>(std::move(*entries));
      } else {
        context_.diagnostics.error(Origin::whole(*source).place(entries.error().at),
                                   fmt::format("{}: {}", entries.error().title, entries.error().message),
                                   entries.error().hint);
      }
    }
    out.action = std::move(call);
  }

  void refuse_unbounded(const HttpAction& action) {
    for (const auto& option : action.options) {
      const auto* value = std::get_if<language::Value>(&option.value);
      const bool endless = value != nullptr && value->get<std::int64_t>() != nullptr &&
                           *value->get<std::int64_t>() < 0 &&
                           (option.option == Option::kRetry || option.option == Option::kRepeat);
      if (endless)
        context_.diagnostics.error(option.origin.place(option.span.begin),
                                   "without end: a scheduled run needs a bound");
    }
  }

  friend std::span<const StepKind> step_kinds();

  StepContext& shared_;
  config::Context& context_;
  int depth_;
};

std::span<const StepKind> step_kinds() {
  static const auto kAll = [] {
    std::vector<StepKind> out{{"http", &StepReader::read_http_step, language::kHttpVocabulary}};
    for (const auto* kind : check_kinds()) {
      if (kind->step) out.push_back({kind->name, &StepReader::read_check_step, kind->vocabulary, kind});
    }
    out.insert(out.end(), {{"sleep", &StepReader::read_sleep},
                           {"set", &StepReader::read_set},
                           {"assert", &StepReader::read_assert},
                           {.name = "group", .read = &StepReader::read_group, .leaf = false},
                           {.name = "parallel", .read = &StepReader::read_group, .leaf = false},
                           {.name = "for_each", .read = &StepReader::read_loop, .leaf = false},
                           {.name = "call", .read = &StepReader::read_call, .leaf = false},
                           {.name = "hurl", .read = &StepReader::read_hurl, .leaf = false}});
    return out;
  }();
  return kAll;
}

}  // namespace

Steps read_steps(config::Mapping& section, std::string_view key, StepContext& shared, int depth) {
  Steps out;
  const auto errors = section.context().diagnostics.errors();
  const auto items = section.take_list(key);
  const bool none = items.empty() && section.context().diagnostics.errors() == errors;
  if (none && (section.has(key) ? key != "teardown" : key == "steps")) {
    section.error(key, "there are no steps", "each is one item: - {id: wait, sleep: 1s}");
  }
  for (const auto& item : items) {
    if (auto step = StepReader(shared, depth).read(item)) out.push_back(std::move(*step));
  }
  return out;
}

std::optional<TextFile> read_source(const std::string& path, const config::Place& place, StepContext& shared) {
  const auto full = (std::filesystem::path(shared.folder) / path).lexically_normal().string();
  auto text = config::read_small_file(full, kLargestFile);
  if (!text) {
    shared.context.diagnostics.error(place, text.error(), "files are looked for beside the one that names them");
    return std::nullopt;
  }
  auto source = std::make_shared<const config::Source>(config::Source{full, std::move(*text), true});
  shared.sources.push_back(source);
  return source;
}

std::vector<std::pair<std::string, JsonTree>> read_variables(config::Mapping& section, std::string_view key) {
  std::vector<std::pair<std::string, JsonTree>> out;
  auto mapping = section.take_mapping(key);
  if (!mapping) return out;
  for (const auto& [name, value] : mapping->take_all()) {
    if (!is_name(name)) {
      mapping->error_at_key(name, fmt::format("\"{}\" cannot be the name of a variable", name),
                            "letters, digits and _, not beginning with a digit");
    }
    out.emplace_back(name, tree_of(value, section.context()));
  }
  return out;
}

}  // namespace vedette::scenarios::yaml
