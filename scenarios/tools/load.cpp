#include "scenarios/tools/load.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "config/text_file.hpp"
#include "scenarios/hurl/parser.hpp"
#include "scenarios/run/data_flow.hpp"
#include "scenarios/yaml/reader.hpp"
#include "scenarios/yaml/step_decoder.hpp"

namespace vedette::scenarios {

namespace {

using namespace yaml;

constexpr std::array<std::string_view, 2> kScenarioThresholds{"scenario_total", "scenario_requests"};
constexpr std::size_t kLongestName = 64;

/// Aliases make small files large: everything is counted as often as it is reached.
bool is_too_large(const YAML::Node& node, std::size_t& nodes, int depth = 0) {
  constexpr int kDeepest = 100;
  if (++nodes > kMaxNodes || depth > kDeepest) return true;
  if (!node.IsMap() && !node.IsSequence()) return false;
  for (const auto& item : node) {
    if (node.IsMap() ? is_too_large(item.second, nodes, depth + 1) : is_too_large(item, nodes, depth + 1)) return true;
  }
  return false;
}

void read_schedule(config::Mapping& section, Scenario& out) {
  auto schedule = section.take_mapping("schedule");
  if (!schedule) return;
  config::Duration duration{};
  if (read_duration(*schedule, "every", duration, std::chrono::milliseconds(100), std::chrono::hours(24 * 366)))
    out.every = duration;
  if (read_duration(*schedule, "jitter", duration, {}, std::chrono::hours(1))) {
    schedule->warning("jitter", "jitter changes nothing: each check has a phase of its own already", "leave it out");
  }
  if (read_duration(*schedule, "deadline", duration, std::chrono::milliseconds(1), kMaxDeadline))
    out.deadline = duration;
  if (read_duration(*schedule, "teardown_deadline", duration, std::chrono::milliseconds(1), kMaxTeardown)) {
    out.teardown_deadline = duration;
  }
  schedule->finish();
}

void read_defaults(config::Mapping& section, StepContext& shared) {
  auto defaults = section.take_mapping("defaults");
  if (!defaults) return;
  if (auto http = defaults->take_mapping("http")) shared.http = read_http_defaults(*http);
  read_duration(*defaults, "timeout", shared.timeout, std::chrono::milliseconds(1), kMaxDeadline);
  shared.retry = read_retry(*defaults, {}, true);
  defaults->finish();
}

/// They are for people who read the file; those of metrics are the check's.
void read_labels(config::Mapping& section) {
  auto labels = section.take_mapping("labels");
  if (!labels) return;
  for (const auto& [name, value] : labels->take_all()) {
    if (!is_name(name)) labels->error_at_key(name, fmt::format("\"{}\" cannot be the name of a label", name));
    if (!value.is_scalar() || language::has_placeholder(value.scalar())) {
      labels->error(name, "a label is a text without placeholders: it must not change, nor hold a secret");
    }
  }
}

std::optional<Loaded> load_hurl(const std::shared_ptr<const config::Source>& source, const std::string& folder,
                                config::Context& context) {
  auto steps = hurl::parse(source);
  if (!steps) {
    const auto& error = steps.error();
    context.diagnostics.error(Origin::whole(source).place(error.at), fmt::format("{}: {}", error.title, error.message),
                              error.hint);
    return std::nullopt;
  }
  Loaded out;
  out.scenario = std::make_shared<Scenario>();
  auto& scenario = *out.scenario;
  scenario.name = std::filesystem::path(source->path).stem().string();
  scenario.hurl = true;
  scenario.source = source;
  scenario.steps = std::move(*steps);
  scenario.folder = folder;
  out.sources.push_back(source);
  return out;
}

}  // namespace

std::vector<SecretSource> read_secrets(config::Mapping& section) {
  std::vector<SecretSource> out;
  auto mapping = section.take_mapping("secrets");
  if (!mapping) return out;
  for (const auto& [name, value] : mapping->take_all()) {
    SecretSource source{.name = name, .where = {}, .origin = Origin::at(mapping->place_of(name))};
    if (!is_name(name)) mapping->error_at_key(name, fmt::format("\"{}\" cannot be the name of a variable", name));
    if (!value.is_mapping()) {
      mapping->error(name, "a secret says where it comes from, and is not written here",
                     "one of {env: NAME}, {file: NAME}, {credential: NAME}");
      continue;
    }
    config::Mapping from(value, "secrets", section.context());
    int sources = 0;
    const auto read = [&](std::string_view key, SecretSource::From kind) {
      if (!from.read(key, source.where)) return;
      source.from = kind;
      ++sources;
    };
    read("env", SecretSource::From::kEnvironment);
    read("file", SecretSource::From::kFile);
    read("credential", SecretSource::From::kCredential);
    from.finish();
    if (sources != 1)
      mapping->error(name, "a secret has one source", "one of {env: NAME}, {file: NAME}, {credential: NAME}");
    out.push_back(std::move(source));
  }
  return out;
}

std::optional<Loaded> decode(const config::Value& value, const std::string& folder, const std::set<std::string>& given,
                             config::Context& context) {
  std::size_t nodes = 0;
  if (is_too_large(value.node(), nodes)) {
    context.diagnostics.error(value.place(),
                              fmt::format("the scenario has more than {} nodes, or is nested too deeply", kMaxNodes),
                              "aliases count as often as they are used");
    return std::nullopt;
  }
  const auto errors = context.diagnostics.errors();
  Loaded out;
  out.scenario = std::make_shared<Scenario>();
  auto& scenario = *out.scenario;
  config::Mapping section(value, "scenario", context);
  std::int64_t version = 1;
  section.read_integer("version", version, 1, 1);
  if (section.read("scenario", scenario.name) && (scenario.name.empty() || scenario.name.size() > kLongestName)) {
    section.error("scenario", fmt::format("the name of a scenario has 1 to {} characters", kLongestName));
  }
  section.read("description", scenario.description);
  read_labels(section);
  read_schedule(section, scenario);
  scenario.source = value.source();
  scenario.folder = folder;
  scenario.vars = read_variables(section, "vars");
  scenario.secrets = read_secrets(section);
  if (auto limits = section.take_mapping("limits")) {
    scenario.limits = decode_limits(*limits);
  }
  StepContext shared{.context = context, .folder = folder, .sources = out.sources};
  read_defaults(section, shared);
  scenario.steps = read_steps(section, "steps", shared, 0);
  scenario.teardown = read_steps(section, "teardown", shared, 0);
  scenario.thresholds = read_thresholds(section, kScenarioThresholds);
  section.read("teardown_counts", scenario.teardown_counts);
  constexpr std::array<std::string_view, 3> kPhases{"none", "total", "all"};
  std::string phases;
  if (auto metrics = section.take_mapping("metrics")) {
    metrics->read_choice("phases", phases, kPhases);
    metrics->finish();
  }
  if (phases == "none") scenario.phases = PhaseMetrics::kNone;
  if (phases == "total") scenario.phases = PhaseMetrics::kTotal;
  if (shared.steps > scenario.limits.steps) {
    section.error("steps",
                  fmt::format("the scenario has {} steps, its limit is {}", shared.steps, scenario.limits.steps),
                  "limits: {steps: …} allows up to 200");
  }
  section.finish();
  if (context.diagnostics.errors() > errors) return std::nullopt;
  check_data_flow(scenario, given, context.diagnostics);
  if (context.diagnostics.errors() > errors) return std::nullopt;
  return out;
}

std::optional<Loaded> load_file(const std::string& path, const std::set<std::string>& given, config::Context& context) {
  auto text = config::read_text_file(path == "-" ? "/dev/stdin" : path, kLargestFile);
  if (!text) {
    const auto& problem = text.error();
    context.diagnostics.error(
        {std::make_shared<const config::Source>(config::Source{path, "", true}), problem.line, problem.column},
        problem.message);
    return std::nullopt;
  }
  const auto source = std::make_shared<const config::Source>(config::Source{path, std::move(*text), true});
  auto folder = path == "-" ? std::string(".") : std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const auto extension = std::filesystem::path(path).extension();
  if (extension != ".yaml" && extension != ".yml") return load_hurl(source, folder, context);
  const auto parsed = config::parse_yaml(source, context.diagnostics);
  if (!parsed) return std::nullopt;
  auto out = decode(*parsed, folder, given, context);
  if (!out) return std::nullopt;
  if (out->scenario->name.empty()) out->scenario->name = std::filesystem::path(path).stem().string();
  out->sources.insert(out->sources.begin(), source);
  return out;
}

}  // namespace vedette::scenarios
