#include "scenarios/run/check_step.hpp"

#include <fmt/format.h>

#include <charconv>

#include "checks/kind.hpp"
#include "language/lines/template.hpp"
#include "scenarios/run/substitute.hpp"

namespace vedette::scenarios {

namespace {

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

DecodedCheck read_check(const Kind& kind, const config::Value& value, config::Context& context) {
  const auto& form = *kind.step;
  DecodedCheck out;
  config::Mapping step(value, std::string(kind.name), context);
  auto target = target_of(step, form);
  YAML::Node section(YAML::NodeType::Map);
  if (form.adapt != nullptr) {
    std::string changed = target.value_or("");
    form.adapt(step, changed, section);
    if (target) target = std::move(changed);
  }
  for (const auto& [key, name] : form.keys) {
    if (const auto given = step.take(key)) node_at(section, name) = given->node();
  }
  // How often a step runs its check is read by itself.
  if (form.sum_up != nullptr) {
    step.take("count");
    step.take("interval");
  }
  for (const auto& pair : step.take_rest()) section.force_insert(pair.first, pair.second);
  config::Mapping mapping(config::Value(section, value.source()), std::string(kind.name), context);
  // Hints have the names that steps have.
  mapping.call("", form.target);
  if (form.port != StepForm::Port::kNone) mapping.call("", "port");
  for (const auto& [key, name] : form.keys) mapping.call(name.find('.') == std::string_view::npos ? name : "", key);
  out.settings = kind.decode(mapping);
  mapping.finish();
  if (!target) return out;
  out.target = std::move(*target);
  if (const auto problem = kind.check_target(out.target, *out.settings)) {
    context.diagnostics.error(value.place(), *problem);
  }
  return out;
}

tl::expected<DecodedCheck, Problem> decode_check(const CheckAction& action, language::Scope& scope) {
  auto section = substitute(action.section, scope);
  if (!section) return tl::make_unexpected(std::move(section.error()));
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  auto out = read_check(*action.kind, *section, context);
  if (!diagnostics.has_errors()) return out;
  return tl::make_unexpected(
      Problem{{.kind = language::FaultKind::kInvalidOption, .message = diagnostics.sorted().front().message},
              Origin::at(action.section.place())});
}

}  // namespace vedette::scenarios
