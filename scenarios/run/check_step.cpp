#include "scenarios/run/check_step.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

#include "checks/kind.hpp"
#include "language/lines/template.hpp"
#include "scenarios/run/substitute.hpp"

namespace vedette::scenarios {

namespace {

constexpr std::size_t kShown = 100;

std::string text_of(config::Mapping& step, std::string_view key) {
  const auto value = step.take(key);
  return value && value->is_scalar() ? value->scalar() : std::string();
}

bool is_port(const std::string& text) {
  std::uint16_t number = 0;
  const auto* end = text.data() + text.size();
  return std::from_chars(text.data(), end, number) == std::from_chars_result{end, std::errc()} && number > 0;
}

std::string host_and_port(const std::string& host, const std::string& port) {
  if (port.empty()) return host;
  const bool v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return fmt::format("{}:{}", v6 ? "[" + host + "]" : host, port);
}

/// `4` and `6` are the only families, `ip4` and `ip6` those to prefer.
void read_family(config::Mapping& step, const config::Value& given, YAML::Node& section) {
  const auto text = given.is_scalar() ? given.scalar() : std::string();
  const bool strict = text == "4" || text == "6";
  if (!strict && text != "ip4" && text != "ip6" && !language::has_placeholder(text)) {
    return step.error("ip_version", fmt::format("\"{}\" is no IP version", text), "4 or 6; ip4 or ip6 only prefers it");
  }
  section["preferred_ip_protocol"] = strict ? "ip" + text : text;
  if (strict) section["ip_protocol_fallback"] = "false";
}

/// What a check expects in its section, a step expects beside it.
void refuse_lines(config::Mapping& step) {
  if (!step.take("expect")) return;
  step.error_at_key("expect", fmt::format("the lines of a step do not stand in {}", step.path()),
                    "write expect: beside it, as a key of the step");
}

/// Adds what the section knows by the same name. A mapping that a short key has begun is filled; what is there already
/// is said twice.
void add_rest(const config::Mapping& step, const YAML::Node& rest, const YAML::Node& section) {
  for (const auto& pair : rest) {
    const auto key = pair.first.Scalar();
    const YAML::Node known = section[key];
    if (!known.IsDefined()) {
      YAML::Node(section).force_insert(pair.first, pair.second);
    } else if (known.IsMap() && pair.second.IsMap()) {
      add_rest(step, pair.second, known);
    } else {
      step.context().diagnostics.error(step.place_of(key),
                                       fmt::format("{} is set by another key of the step, too", key));
    }
  }
}

/// The target of a step; nothing when what is wrong with it has been said.
std::optional<std::string> target_of(config::Mapping& step, const StepForm& form) {
  auto target = text_of(step, form.target);
  if (target.empty()) {
    step.error(form.target, fmt::format("{} needs a {}", step.path(), form.target));
    return std::nullopt;
  }
  if (form.port == StepForm::Port::kNone) return target;
  const auto port = text_of(step, "port");
  if (port.empty() && form.port == StepForm::Port::kNeeded) {
    step.error("port", fmt::format("{} needs a port", step.path()));
    return std::nullopt;
  }
  if (!port.empty() && !is_port(port) && !language::has_placeholder(port)) {
    step.error("port", "a port is from 1 to 65535");
    return std::nullopt;
  }
  return host_and_port(target, port);
}

}  // namespace

DecodedCheck read_check(const CheckAction& action, const config::Value& value, config::Context& context) {
  const auto& kind = *action.kind;
  const auto& form = *kind.step;
  DecodedCheck out;
  config::Mapping step(value, std::string(kind.name), context);
  // Nothing at all lacks a target, which is said below.
  if (!value.is_mapping() && !value.is_null()) return out;
  auto target = target_of(step, form);
  YAML::Node section(YAML::NodeType::Map);
  if (form.adapt != nullptr) {
    std::string changed = target.value_or("");
    form.adapt(step, changed, section);
    if (target) target = std::move(changed);
  }
  refuse_lines(step);
  for (const auto& [key, name] : form.keys) {
    const auto given = step.take(key);
    if (!given) continue;
    if (step.has(name)) step.error(key, fmt::format("{} and {} are the same setting", key, name));
    if (key == "ip_version") {
      read_family(step, *given, section);
    } else {
      node_at(section, name) = given->node();
    }
  }
  // How often a step runs its check is read by itself.
  if (form.sum_up != nullptr) {
    step.take("count");
    step.take("interval");
  }
  if (action.listens && form.listen != nullptr && !step.has("query_response")) form.listen(section);
  add_rest(step, step.take_rest(), section);
  config::Mapping mapping(config::Value(section, value.source()), std::string(kind.name), context);
  // Hints have the names that steps have.
  mapping.call("", form.target);
  if (form.port != StepForm::Port::kNone) mapping.call("", "port");
  for (const auto* key : {"count", "interval"}) {
    if (form.sum_up != nullptr) mapping.call("", key);
  }
  mapping.hide("expect");
  for (const auto& [key, name] : form.keys) mapping.call(name.find('.') == std::string_view::npos ? name : "", key);
  out.settings = kind.decode(mapping);
  mapping.finish();
  if (!target) return out;
  out.target = std::move(*target);
  if (const auto problem = kind.check_target(out.target, *out.settings)) {
    context.diagnostics.error(value.place(), fmt::format("\"{}\": {}", printable(out.target, kShown), *problem));
  }
  return out;
}

tl::expected<DecodedCheck, Problem> decode_check(const CheckAction& action, language::Scope& scope) {
  auto section = substitute(action.section, scope);
  if (!section) return tl::make_unexpected(std::move(section.error()));
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  auto out = read_check(action, *section, context);
  if (!diagnostics.has_errors()) return out;
  return tl::make_unexpected(
      Problem{{.kind = language::FaultKind::kInvalidOption, .message = diagnostics.sorted().front().message},
              Origin::at(action.section.place())});
}

}  // namespace vedette::scenarios
