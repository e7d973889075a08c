#include "probe/config/check_decoder.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "config/masked.hpp"
#include "config/nearest.hpp"
#include "config/reference.hpp"
#include "probe/config/kinds.hpp"
#include "probe/config/module_defaults.hpp"
#include "scheduler/grid.hpp"

namespace vedette {

namespace {

using config::Duration;

constexpr Duration kDefaultTimeout = std::chrono::seconds(10);
constexpr Duration kMaxTimeout = std::chrono::hours(1);
constexpr std::size_t kMaxBuckets = 60;

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> out;
  for (const auto* kind : all_kinds()) out.push_back(kind->name);
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& words) {
  const auto close = config::nearest(word, words);
  return close ? fmt::format("did you mean {}?", *close) : fmt::format("known: {}", fmt::join(words, ", "));
}

/// Appends text that is equal for equal nodes and no others. An emitter of YAML would take a quarter of loading.
void append_text(std::string& out, const YAML::Node& node) {
  if (node.IsMap()) {
    out += '{';
    for (const auto& pair : node) {
      append_text(out, pair.first);
      append_text(out, pair.second);
    }
    out += '}';
  } else if (node.IsSequence()) {
    out += '[';
    for (const auto& item : node) append_text(out, item);
    out += ']';
  } else if (node.IsScalar()) {
    out += fmt::format("{}:{}{}", node.Scalar().size(), node.Tag(), node.Scalar());
  } else {
    out += '~';
  }
}

std::string dump(const config::Value& value) {
  std::string out;
  append_text(out, value.node());
  return out;
}

/// All of a check's section but its targets: one that comes or goes changes nothing for the others.
std::string dump_without_targets(const config::Value& value) {
  std::string out;
  for (const auto& pair : value.node()) {
    const bool targets = pair.first.IsScalar() && (pair.first.Scalar() == "target" || pair.first.Scalar() == "targets");
    if (targets) continue;
    append_text(out, pair.first);
    append_text(out, pair.second);
  }
  return out;
}

bool in_range(config::Mapping& section, std::string_view key, Duration value, Duration min, Duration max) {
  if (value >= min && value <= max) return true;
  section.error(
      key, fmt::format("{} must be from {} to {}", key, config::format_duration(min), config::format_duration(max)));
  return false;
}

void read_buckets(config::Mapping& section, Buckets& out) {
  std::vector<double> buckets;
  if (!section.read_numbers("buckets", buckets)) return;
  const bool ascending = std::adjacent_find(buckets.begin(), buckets.end(), std::greater_equal<>()) == buckets.end();
  if (buckets.empty() || buckets.size() > kMaxBuckets || buckets.front() <= 0 || !ascending) {
    section.error("buckets", fmt::format("buckets must be 1 to {} ascending numbers of seconds above 0", kMaxBuckets));
    return;
  }
  out = std::make_shared<const std::vector<double>>(std::move(buckets));
}

/// A kind lives for ever, and so do its bounds.
Buckets default_buckets_of(const Kind& kind) {
  return {Buckets(), &kind.buckets};
}

}  // namespace

void CheckDecoder::read_schedule(config::Mapping& section, Schedule& out) {
  Duration value{};
  if (section.read("interval", value) && in_range(section, "interval", value, kMinInterval, kMaxInterval)) {
    out.interval = value;
  }
  if (section.read("timeout", value) &&
      in_range(section, "timeout", value, std::chrono::milliseconds(1), kMaxTimeout)) {
    out.timeout = value;
  }
  if (section.read("failing_interval", value) &&
      in_range(section, "failing_interval", value, kMinInterval, kMaxInterval)) {
    out.failing_interval = value;
  }
  if (section.read("retry_interval", value) && in_range(section, "retry_interval", value, {}, kMaxTimeout)) {
    out.retry_interval = value;
  }
  constexpr std::int64_t kMaxRetries = 10;
  section.read_integer("retries", out.retries, 0, kMaxRetries);
  constexpr std::array<std::string_view, 2> kLevels{"full", "basic"};
  section.read_choice("metrics", out.metrics, kLevels);
  read_buckets(section, out.buckets);
  auto labels = decode_labels(section, "labels");
  for (auto& label : labels) {
    std::erase_if(out.labels, [&](const auto& other) { return other.first == label.first; });
    out.labels.push_back(std::move(label));
  }
}

void CheckDecoder::read_defaults(config::Mapping& section) {
  read_schedule(section, defaults_);
  section.finish();
  const auto& d = defaults_;
  defaults_text_ = fmt::format("{} {} {} {} {} {} {} {}", d.interval.count(), d.timeout.count(),
                               d.failing_interval.count(), d.retry_interval.count(), d.retries, d.metrics,
                               fmt::join(d.buckets ? *d.buckets : std::vector<double>(), ","), d.labels.size());
  for (const auto& [name, value] : d.labels) defaults_text_ += fmt::format("{}\n{}\n", name, value);
}

void CheckDecoder::read_module(const std::string& name, const config::Value& value) {
  config::Mapping section(value, "module", context_);
  Module module;
  module.name = name;
  context_.revealed.clear();
  context_.unusable.clear();
  // What blackbox_exporter finds out when it probes must not keep the agent from starting.
  context_.lenient = true;
  const bool has_prober = section.read("prober", module.prober);
  section.read_go_duration("timeout", module.timeout);
  module.timeout = std::max(module.timeout, Duration::zero());
  module.kind = find_kind(module.prober);
  if (!has_prober && !value.is_null()) section.error("prober", "prober is missing", "name the kind of the module");
  if (has_prober && module.kind == nullptr) {
    section.error("prober", fmt::format("'{}' is not a kind of check", module.prober),
                  did_you_mean(module.prober, kind_names()));
  }
  for (const auto* kind : all_kinds()) {
    const auto part = section.take(kind->name);
    if (!part && kind != module.kind) continue;
    auto mapping = part ? config::Mapping(*part, std::string(kind->name), context_)
                        : config::Mapping(section.place(), std::string(kind->name), context_);
    const auto other_problems = context_.unusable;
    auto settings = kind->decode(mapping);
    if (kind == module.kind) {
      module.settings = std::move(settings);
    } else {
      // A section that no run will use.
      context_.unusable = other_problems;
    }
  }
  section.finish();
  context_.lenient = false;
  module.unusable = std::exchange(context_.unusable, {});
  module.fingerprint = dump(value) + context_.revealed;
  module.text = config::masked_yaml(with_defaults(value.node()));
  modules_[name] = std::make_shared<const Module>(std::move(module));
}

bool CheckDecoder::read_identity(config::Mapping& section, std::string& name) {
  if (!section.read("name", name) || name.empty()) {
    section.error("name", "a check needs a name");
    return false;
  }
  const bool plain =
      std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (name.size() > kLongestName || !plain) {
    section.error("name", fmt::format("a name has at most {} characters and no control characters", kLongestName));
    return false;
  }
  const auto [known, fresh] = names_.emplace(name, section.place_of("name"));
  if (!fresh) {
    section.error(
        "name", fmt::format("there is a check called {} already", name),
        fmt::format("the first one is at {}; several targets go under one name as `targets:`", known->second.text()));
  }
  return true;
}

const Module* CheckDecoder::read_module_name(config::Mapping& section) {
  std::string name;
  if (!section.read("module", name)) return nullptr;
  const auto found = modules_.find(name);
  if (found == modules_.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, module] : modules_) names.emplace_back(known);
    section.error("module", fmt::format("there is no module {}", name),
                  names.empty() ? "modules are defined under `modules:`" : did_you_mean(name, names));
    return nullptr;
  }
  if (found->second->kind == nullptr) {
    section.error("module", fmt::format("module {} is empty: it has no prober", name));
    return nullptr;
  }
  if (!found->second->unusable.empty()) {
    section.error("module", fmt::format("module {} cannot be used: {}", name, found->second->unusable));
  }
  return found->second.get();
}

bool CheckDecoder::read_settings(config::Mapping& section, Check& check, Duration& timeout, std::string& fingerprint) {
  const bool names_module = section.has("module");
  const auto* module = read_module_name(section);
  std::string kind_name;
  const bool names_kind = section.read("kind", kind_name);
  const auto names = kind_names();
  if (names_kind) check.kind = find_kind(kind_name);
  if (names_kind && check.kind == nullptr) {
    section.error("kind", fmt::format("'{}' is not a kind of check", kind_name), did_you_mean(kind_name, names));
  }
  if (!names_kind && !names_module) {
    // The section says what kind it is.
    for (const auto* kind : all_kinds()) {
      if (section.has(kind->name)) check.kind = kind;
    }
    if (check.kind == nullptr)
      section.error("kind", "a check needs a kind or a module", fmt::format("kinds: {}", fmt::join(names, ", ")));
  }
  if (module != nullptr) {
    if (names_kind && check.kind != nullptr && check.kind != module->kind) {
      section.error("kind", fmt::format("module {} is of kind {}", module->name, module->kind->name), "leave kind out");
    }
    check.kind = module->kind;
    check.module = module->name;
    check.settings = module->settings;
    timeout = module->timeout;
    fingerprint = module->fingerprint;
  }
  for (const auto* kind : all_kinds()) {
    auto inline_section = section.take(kind->name);
    if (inline_section && (kind != check.kind || names_module)) {
      section.error(kind->name, names_module ? "a check has a module or settings of its own, not both"
                                             : fmt::format("a check of kind {} has no {} settings",
                                                           check.kind != nullptr ? check.kind->name : "?", kind->name));
    } else if (kind == check.kind && !names_module) {
      auto mapping = inline_section ? config::Mapping(*inline_section, std::string(kind->name), context_)
                                    : config::Mapping(section.place(), std::string(kind->name), context_);
      const auto before = context_.diagnostics.errors();
      check.settings = kind->decode(mapping);
      if (!inline_section && context_.diagnostics.errors() > before) {
        section.error("kind", fmt::format("a check of kind {} needs its settings under `{}:`", kind->name, kind->name));
      }
    }
  }
  return check.kind != nullptr && check.settings != nullptr;
}

std::vector<CheckDecoder::Target> CheckDecoder::read_targets(config::Mapping& section, const Check& check) {
  std::vector<Target> out;
  const bool targetless = check.kind != nullptr && check.kind->targetless;
  if (targetless && !section.has("target") && !section.has("targets")) return {{check.name, section.place_of("name")}};
  std::string single;
  if (section.read("target", single)) out.push_back({single, section.place_of("target")});
  for (const auto& item : section.take_list("targets")) {
    if (item.is_scalar()) {
      out.push_back({item.scalar(), item.place()});
    } else {
      context_.diagnostics.error(item.place(), fmt::format("a target is a text, not {}", item.what()));
    }
  }
  if (section.has("target") && section.has("targets"))
    section.error("targets", "target and targets exclude each other");
  if (out.empty() && !section.has("target") && !section.has("targets")) {
    section.error("target", "a check needs a target or a list of targets");
  }
  return out;
}

bool takes_hostname(const Kind& kind) {
  return kind.name == "http" || kind.name == "tcp";
}

std::string conflicting_host(const Settings& settings, const std::string& hostname) {
  auto fixed = settings.fixed_host();
  return hostname.empty() || fixed == hostname ? std::string() : fixed;
}

void CheckDecoder::read_hostname(config::Mapping& section, Check& check) {
  if (!section.read("hostname", check.hostname) || !check.settings) return;
  if (!takes_hostname(*check.kind)) {
    section.error("hostname", fmt::format("a check of kind {} takes no hostname", check.kind->name),
                  "set tls_config.server_name to verify another name");
  }
  if (const auto other = conflicting_host(*check.settings, check.hostname); !other.empty()) {
    section.error("hostname", fmt::format("the settings ask for the host {} already", other),
                  "leave one of the two out");
  }
}

void CheckDecoder::set_timeout(const config::Mapping& section, Duration module_timeout, const Schedule& schedule,
                               Check& check) {
  const bool own = section.has("timeout");
  const auto needed = check.settings->own_timeout();
  if (needed > Duration::zero()) {
    check.timeout = needed;
    if (own)
      section.error("timeout", "the deadlines of a scenario stand in the scenario",
                    "schedule: {deadline: …, teardown_deadline: …}");
    return;
  }
  if (own || module_timeout == Duration::zero()) {
    check.timeout = schedule.timeout;
  } else {
    check.timeout = module_timeout;
  }
  if (check.timeout == Duration::zero()) {
    check.timeout = std::min(kDefaultTimeout, check.interval * 4 / 5);
  } else if (check.timeout >= check.interval) {
    section.warning(
        own ? "timeout" : "interval",
        fmt::format("the timeout of {} is not below the interval of {}: a stalled run makes the next one skip",
                    config::format_duration(check.timeout), config::format_duration(check.interval)));
  }
}

void CheckDecoder::add(const Check& base, const Target& target, std::uint64_t fingerprint) {
  auto check = std::make_shared<Check>(base);
  check->target = target.text;
  check->instance = config::mask_userinfo(target.text);
  if (config::has_reference(target.text)) {
    context_.diagnostics.error(target.place, "a target becomes a label, so it cannot hold a reference to a secret");
    return;
  }
  if (const auto problem = check->kind->check_target(target.text, *check->settings)) {
    context_.diagnostics.error(target.place, fmt::format("'{}' cannot be the target of a check of kind {}: {}",
                                                         check->instance, check->kind->name, *problem));
    return;
  }
  if (check->instance != check->target) {
    context_.diagnostics.warning(target.place,
                                 "the target holds a password; it is masked in labels, but it stands in this file",
                                 "use basic_auth with a reference such as ${file:PATH}");
  }
  check->key = key_of(check->name, check->target);
  check->grid = check->key;
  const auto [known, fresh] = keys_.emplace(check->key, target.place);
  if (!fresh) {
    context_.diagnostics.error(target.place, fmt::format("{} is a target of this check already", check->instance),
                               fmt::format("the first one is at {}", known->second.text()));
    return;
  }
  check->fingerprint = stable_hash(fmt::format("{} {}", fingerprint, target.text));
  checks_.push_back(std::move(check));
}

void CheckDecoder::read_check(const config::Value& value) {
  config::Mapping section(value, "check", context_);
  Check check;
  Schedule schedule = defaults_;
  Duration module_timeout{};
  std::string module_fingerprint;
  bool enabled = true;
  context_.revealed.clear();
  const bool named = read_identity(section, check.name);
  section.read("enabled", enabled);
  read_schedule(section, schedule);
  const bool usable = read_settings(section, check, module_timeout, module_fingerprint);
  read_hostname(section, check);
  const auto targets = read_targets(section, check);
  section.finish();
  if (!named || !usable) return;
  const auto own_interval = check.settings->own_interval();
  check.interval = own_interval > Duration::zero() && !section.has("interval") ? own_interval : schedule.interval;
  check.failing_interval = schedule.failing_interval;
  check.retry_interval = schedule.retry_interval;
  check.retries = static_cast<int>(schedule.retries);
  check.labels = schedule.labels;
  for (const auto& name : check.settings->label_names()) {
    const bool ours = name == "check" || name == "instance";
    const bool taken =
        std::any_of(check.labels.begin(), check.labels.end(), [&](const auto& label) { return label.first == name; });
    if (!ours && !taken) continue;
    section.warning("name", fmt::format("the dialogue's label {} is one that the check has itself", name),
                    fmt::format("it becomes exported_{}", name));
  }
  check.metrics = schedule.metrics == "basic" ? MetricsLevel::kBasic : MetricsLevel::kFull;
  check.buckets = schedule.buckets ? schedule.buckets : default_buckets_of(*check.kind);
  set_timeout(section, module_timeout, schedule, check);
  const auto fingerprint = stable_hash(dump_without_targets(value) + '\n' + defaults_text_ + '\n' + module_fingerprint +
                                       '\n' + context_.revealed);
  const auto before = checks_.size();
  for (const auto& target : targets) add(check, target, fingerprint);
  // Validated like any other, but not run.
  if (!enabled) checks_.resize(before);
}

}  // namespace vedette
