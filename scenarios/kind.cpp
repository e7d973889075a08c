#include "scenarios/kind.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "config/mapping.hpp"
#include "language/values/json.hpp"
#include "scenarios/reports/record_json.hpp"
#include "scenarios/reports/report.hpp"
#include "scenarios/run/executor.hpp"
#include "scenarios/tools/load.hpp"
#include "scenarios/yaml/reader.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

namespace {

const Family kScenarioSuccess{"probe_scenario_success", "Whether the scenario passed", {"scenario"}};
const Family kState{
    "probe_scenario_state", "What became of the scenario: 0 pass, 1 warn, 2 fail, 3 error", {"scenario"}};
const Family kDuration{"probe_scenario_duration_seconds", "How long the steps took, without teardown", {"scenario"}};
const Family kRequests{
    "probe_scenario_requests", "HTTP requests of the last run, with retries, polls and redirects", {"scenario"}};
const Family kFailedStep{
    "probe_scenario_failed_step_info", "The step that made the scenario fail, and why", {"scenario", "step", "reason"}};
const Family kTeardown{"probe_scenario_teardown_success", "Whether all of the teardown passed", {"scenario"}};
const Family kStepState{"probe_scenario_step_state",
                        "What became of a step: 0 pass, 1 warn, 2 fail, 3 error",
                        {"scenario", "step", "kind"}};
const Family kStepDuration{"probe_scenario_step_duration_seconds",
                           "How long a step took: in all, and the phases of its last attempt",
                           {"scenario", "step", "phase"}};
const Family kAttempts{"probe_scenario_step_attempts", "How often a step was tried", {"scenario", "step"}};
const Family kPollWait{
    "probe_scenario_step_poll_wait_seconds", "How long a poll waited between its attempts", {"scenario", "step"}};
const Family kAsserts{
    "probe_scenario_step_asserts", "Lines of a step, by what became of them", {"scenario", "step", "result"}};
const Family kStatus{
    "probe_scenario_step_http_status_code", "The status of a step's last answer", {"scenario", "step"}};
const Family kBodySize{"probe_scenario_step_body_size_bytes", "The size of a step's last answer", {"scenario", "step"}};
const Family kCertExpiry{"probe_scenario_step_cert_expiry_timestamp_seconds",
                         "When the first certificate of a step's last answer expires, in unixtime",
                         {"scenario", "step"}};
const Family kThreshold{"probe_scenario_step_threshold_exceeded",
                        "That a step went beyond a threshold",
                        {"scenario", "step", "of", "level"}};

/// A step's id without the numbers of loops, which would be series without end.
std::string label_of(const std::string& id) {
  std::string out;
  bool inside = false;
  for (const char c : id) {
    if (c == '[') inside = true;
    if (!inside) out += c;
    if (c == ']') inside = false;
  }
  return out;
}

/// What the rounds of a loop have in common.
struct StepSum {
  const StepRecord* last = nullptr;
  State worst = State::kPass;
  Duration duration{};
  Duration poll_wait{};
  std::size_t attempts = 0;
  std::map<std::string, int> asserts{{"fail", 0}, {"pass", 0}, {"warn", 0}};
  std::map<std::pair<std::string, std::string>, int> thresholds;
};

std::vector<std::pair<std::string, StepSum>> sums_of(const RunRecord& record) {
  std::vector<std::pair<std::string, StepSum>> out;
  std::map<std::string, std::size_t> known;
  for (const auto& step : record.steps) {
    // What did not run has no numbers: old ones would be taken for new.
    if (step.state == State::kSkipped) continue;
    const auto label = label_of(step.id);
    const auto [at, fresh] = known.emplace(label, out.size());
    if (fresh) out.emplace_back(label, StepSum());
    auto& sum = out[at->second].second;
    sum.last = &step;
    if (severity_of(step.state) > severity_of(sum.worst)) sum.worst = step.state;
    sum.duration += step.duration;
    sum.poll_wait += step.poll_wait;
    sum.attempts += step.attempts.size();
    for (const auto& line : step.asserts) ++sum.asserts[line.holds ? "pass" : line.warns ? "warn" : "fail"];
    for (const auto& threshold : step.thresholds) ++sum.thresholds[{threshold.of, threshold.fails ? "fail" : "warn"}];
  }
  return out;
}

void measure_step(RunContext& context, const Scenario& scenario, const std::string& id, const StepSum& sum) {
  const auto& step = *sum.last;
  const auto labels = labelled({scenario.name, id});
  context.measure(kStepState, severity_of(sum.worst), labelled({scenario.name, id, std::string(step.kind)}));
  if (scenario.phases != PhaseMetrics::kNone) {
    context.measure(kStepDuration, seconds(sum.duration), labelled({scenario.name, id, "total"}));
  }
  if (!step.leaf) return;
  if (scenario.phases == PhaseMetrics::kAll && !step.attempts.empty()) {
    std::vector<Phase> seen;
    for (const auto& part : step.attempts.back().phases) {
      if (std::find(seen.begin(), seen.end(), part.phase) != seen.end()) continue;
      seen.push_back(part.phase);
      context.measure(kStepDuration, seconds(step.total_of(part.phase)),
                      labelled({scenario.name, id, std::string(name_of(part.phase))}));
    }
  }
  context.measure(kAttempts, static_cast<double>(sum.attempts), labels);
  if (step.polled) context.measure(kPollWait, seconds(sum.poll_wait), labels);
  for (const auto& [result, count] : sum.asserts)
    context.measure(kAsserts, count, labelled({scenario.name, id, result}));
  for (const auto& [key, count] : sum.thresholds)
    context.measure(kThreshold, 1, labelled({scenario.name, id, key.first, key.second}));
  if (step.attempts.empty() || step.attempts.back().calls.empty()) return;
  const auto& call = step.attempts.back().calls.back();
  context.measure(kStatus, call.status, labels);
  context.measure(kBodySize, static_cast<double>(call.bytes), labels);
  if (call.certificate_expiry) {
    context.measure(kCertExpiry, std::chrono::duration<double>(call.certificate_expiry->time_since_epoch()).count(),
                    labels);
  }
}

void measure(RunContext& context, const Scenario& scenario, const RunRecord& record) {
  const auto labels = labelled({scenario.name});
  context.measure(kScenarioSuccess, record.state == State::kPass || record.state == State::kWarn ? 1 : 0, labels);
  context.measure(kState, severity_of(record.state), labels);
  context.measure(kDuration, seconds(record.duration), labels);
  context.measure(kRequests, static_cast<double>(record.requests), labels);
  if (!record.failed_step.empty() && record.reason != Reason::kNone) {
    context.measure(kFailedStep, 1,
                    labelled({scenario.name, label_of(record.failed_step), std::string(name_of(record.reason))}));
  }
  if (record.teardown != State::kSkipped) {
    context.measure(kTeardown, record.teardown == State::kPass || record.teardown == State::kWarn ? 1 : 0, labels);
  }
  for (const auto& [id, sum] : sums_of(record)) measure_step(context, scenario, id, sum);
}

/// The parts of all requests together: what a person sees of the run as a whole.
void add_phases(RunContext& context, const RunRecord& record) {
  auto& phases = context.result.phases;
  for (const auto& step : record.steps) {
    if (step.attempts.empty()) continue;
    for (const auto& part : step.attempts.back().phases) {
      const auto known =
          std::find_if(phases.begin(), phases.end(), [&](const auto& other) { return other.phase == part.phase; });
      if (known == phases.end()) {
        phases.push_back({part.phase, part.duration, 0});
      } else {
        known->duration += part.duration;
      }
    }
  }
  if (phases.empty()) phases.push_back({Phase::kProcessing, record.duration, 0});
  // Whatever was cut off has been counted.
  context.in_phase = false;
}

std::string log_line(const StepRecord& step) {
  if (step.state == State::kSkipped) return fmt::format("{}: skipped ({})", step.id, name_of(step.skipped));
  auto out = fmt::format("{}: {} in {:.3f} s", step.id, name_of(step.state), seconds(step.duration));
  if (step.attempts.size() > 1) out += fmt::format(", {} attempts", step.attempts.size());
  return step.message.empty() ? out : out + ": " + step.message;
}

asio::awaitable<void> run(RunContext& context) {
  const auto& settings = static_cast<const ScenarioSettings&>(*context.check->settings);
  if (!context.usable()) co_return;
  const auto began = std::chrono::steady_clock::now();
  auto inputs = settings.inputs;
  inputs.keeps_details = context.detail == Detail::kAlways;
  inputs.variables.emplace("target", language::Value(context.check->target));
  const auto record = co_await execute(context, *settings.scenario, inputs);
  context.result.duration = record.duration;
  context.untimed = std::chrono::steady_clock::now() - began - record.duration;
  add_phases(context, record);
  measure(context, *settings.scenario, record);
  if (record.state == State::kFail || record.state == State::kError) {
    context.fail(record.reason == Reason::kNone ? Reason::kInternal : record.reason, record.message);
  } else if (record.state == State::kWarn) {
    context.warn(record.reason, record.message);
  }
  if (!context.wants_evidence()) co_return;
  for (const auto& step : record.steps) context.log(log_line(step));
  auto& evidence = context.result.evidence;
  evidence.facts = to_json(record);
  const TextStyle style{.verbose = inputs.keeps_details};
  evidence.account = findings_text(record, style) + to_text(record, style);
}

void read_vars(config::Mapping& section, ScenarioSettings& out) {
  auto vars = section.take_mapping("vars");
  if (!vars) return;
  for (const auto& [name, value] : vars->take_all()) {
    if (!yaml::is_name(name)) vars->error_at_key(name, fmt::format("\"{}\" cannot be the name of a variable", name));
    const auto tree = yaml::tree_of(value, section.context());
    const bool plain = tree.shape == JsonTree::Shape::kLeaf && !tree.text;
    if (!plain) {
      vars->error(name, "a variable of a check is a text, a number or a boolean",
                  "placeholders stand in the scenario itself");
      continue;
    }
    out.inputs.variables[name] = tree.constant;
  }
}

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<ScenarioSettings>();
  auto empty = std::make_shared<Scenario>();
  out->scenario = empty;
  read_vars(section, *out);
  out->inputs.secrets = read_secrets(section);
  std::set<std::string> given{"target"};
  for (const auto& [name, value] : out->inputs.variables) given.insert(name);
  for (const auto& secret : out->inputs.secrets) given.insert(secret.name);
  const auto place = section.place();
  const auto folder = std::filesystem::path(place.source ? place.source->path : "").parent_path();
  std::string file;
  section.read("file", file);
  const auto inline_scenario = section.take("inline");
  // The keys of scenarios are documented by themselves.
  auto* const known_keys = std::exchange(section.context().known_keys, nullptr);
  std::optional<Loaded> loaded;
  if (inline_scenario && !file.empty()) {
    section.error("inline", "file and inline exclude each other");
  } else if (!file.empty()) {
    const auto path = (folder / file).lexically_normal().string();
    if (std::filesystem::is_regular_file(path)) {
      loaded = load_file(path, given, section.context());
    } else {
      section.error("file", fmt::format("there is no file {}", path), "files are looked for beside the configuration");
    }
  }
  if (inline_scenario && file.empty()) {
    loaded = scenarios::decode(*inline_scenario, folder.empty() ? "." : folder.string(), given, section.context());
  }
  section.context().known_keys = known_keys;
  if (!inline_scenario && file.empty()) section.error("file", "a scenario needs a file, or its steps under inline");
  section.finish();
  if (!loaded) return out;
  for (const auto& source : loaded->sources) {
    section.context().revealed += source->text;
    section.context().sources.push_back(source);
  }
  if (loaded->scenario->name.empty()) loaded->scenario->name = "scenario";
  out->scenario = std::move(loaded->scenario);
  return out;
}

std::optional<std::string> check_target(const std::string& /*target*/, const Settings& /*settings*/) {
  return std::nullopt;
}

bool handshakes(const std::string& /*target*/, const Settings& /*settings*/) {
  return true;
}

}  // namespace

std::chrono::nanoseconds ScenarioSettings::own_timeout() const {
  // Its own two deadlines end it; this one is for what they cannot.
  return scenario->deadline + scenario->teardown_deadline + std::chrono::seconds(2);
}

const Kind kKind{
    .name = "scenario",
    .families = {&kSuccess, &kDurationSeconds, &kScenarioSuccess, &kState, &kDuration, &kRequests, &kFailedStep,
                 &kTeardown, &kStepState, &kStepDuration, &kAttempts, &kPollWait, &kAsserts, &kStatus, &kBodySize,
                 &kCertExpiry, &kThreshold},
    .buckets = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .targetless = true,
    .heavy = true,
};

}  // namespace vedette::scenarios
