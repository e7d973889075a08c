#include "scenarios/tools/explain.hpp"

#include <fmt/format.h>

#include "config/duration.hpp"
#include "language/values/json.hpp"
#include "scenarios/model/options.hpp"
#include "scenarios/run/attempts.hpp"

namespace vedette::scenarios {

namespace {

/// A text as it was written, as far as it is known: placeholders by the names they use.
std::string shown(const Text& text, std::string_view open, std::string_view close) {
  std::string out;
  for (const auto& part : text.text.parts) {
    if (!part.expression) {
      out += part.text;
      continue;
    }
    const auto name = part.expression->name();
    out += fmt::format("{}{}{}", open, name.empty() ? "…" : name, close);
  }
  return out;
}

std::string shown(const Text& text) {
  return shown(text, "${ ", " }");
}

void add_steps(const Steps& steps, int depth, std::string& out);

std::string action_text(const Step& step) {
  if (const auto* http = std::get_if<HttpAction>(&step.action))
    return fmt::format("{} {}", http->method, shown(http->url));
  if (const auto* check = std::get_if<CheckAction>(&step.action)) return check->target;
  if (const auto* sleep = std::get_if<SleepAction>(&step.action)) return shown(sleep->duration);
  if (const auto* loop = std::get_if<ForEachAction>(&step.action))
    return fmt::format("as {}, at most {} times", loop->as, loop->max);
  if (const auto* group = std::get_if<GroupAction>(&step.action); group != nullptr && group->parallel > 0) {
    return fmt::format("at most {} at once", group->parallel);
  }
  return {};
}

void add_step(const Step& step, int depth, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  const auto action = action_text(step);
  out += fmt::format("{}{}: {}{}{}\n", indent, step.id, step.kind, action.empty() ? "" : " ", action);
  const auto line = [&](const std::string& text) { out += fmt::format("{}    {}\n", indent, text); };
  if (step.when) line("only when its condition holds");
  if (step.timeout > std::chrono::nanoseconds::zero())
    line("each attempt within " + config::format_duration(step.timeout));
  if (step.retry.max != 0) {
    std::string classes;
    for (const auto one : step.retry.on) classes += fmt::format("{}{}", classes.empty() ? "" : ", ", name_of(one));
    line(fmt::format("tried again up to {} times after: {}", step.retry.max, classes));
  }
  if (step.poll) {
    line(fmt::format("polls up to {} times or {}, until:", step.poll->max_attempts,
                     config::format_duration(step.poll->max_time)));
    for (const auto& until : step.poll->until) line("  " + until.assert.text);
    for (const auto& abort : step.poll->abort_if) line("  gives up when " + abort.assert.text);
  }
  if (step.implicit && step.implicit->status) line(fmt::format("expects status {}", *step.implicit->status));
  for (const auto& expected : step.expect) {
    line(fmt::format(
        "{} {}", expected.severity == Verdict::kWarn || step.severity == Verdict::kWarn ? "warns unless" : "expects",
        expected.assert.text));
  }
  for (const auto& capture : step.captures) {
    line(fmt::format("captures {}{} from {}", shown(capture.name), capture.capture.redact ? " (secret)" : "",
                     capture.capture.text));
  }
  for (const auto& threshold : step.thresholds) {
    if (threshold.warn) line(fmt::format("warns when {} is above {:g}", threshold.of, *threshold.warn));
    if (threshold.fail) line(fmt::format("fails when {} is above {:g}", threshold.of, *threshold.fail));
  }
  if (!step.stops) line("what follows runs also when it fails");
  if (const auto* group = std::get_if<GroupAction>(&step.action)) add_steps(*group->steps, depth + 1, out);
  if (const auto* loop = std::get_if<ForEachAction>(&step.action)) add_steps(*loop->steps, depth + 1, out);
  if (const auto* call = std::get_if<CallAction>(&step.action)) add_steps(*call->steps, depth + 1, out);
}

void add_steps(const Steps& steps, int depth, std::string& out) {
  for (const auto& step : steps) add_step(step, depth, out);
}

std::size_t count(const Steps& steps) {
  std::size_t out = 0;
  for (const auto& step : steps) {
    ++out;
    if (const auto* group = std::get_if<GroupAction>(&step.action)) out += count(*group->steps);
    if (const auto* loop = std::get_if<ForEachAction>(&step.action)) out += count(*loop->steps);
    if (const auto* call = std::get_if<CallAction>(&step.action)) out += count(*call->steps);
  }
  return out;
}

class HurlWriter {
 public:
  tl::expected<std::string, std::string> write(const Scenario& scenario) {
    for (const auto& [name, tree] : scenario.vars) {
      if (tree.shape == JsonTree::Shape::kLeaf && !tree.text) {
        out_ += fmt::format("# --variable {}={}\n", name, language::plain_text(tree.constant).value_or(""));
      } else {
        refuse("vars", fmt::format("the variable {} is computed", name));
      }
    }
    for (const auto& step : scenario.steps) add(step);
    for (const auto& step : scenario.teardown) {
      out_ += "# teardown\n";
      add(step);
    }
    if (!problem_.empty()) return tl::make_unexpected(problem_);
    return out_;
  }

 private:
  void refuse(const std::string& where, const std::string& why) {
    if (problem_.empty()) problem_ = fmt::format("{}: {}, which Hurl does not have", where, why);
  }

  std::string text(const Step& step, const Text& of) {
    for (const auto& part : of.text.parts) {
      if (part.expression && part.expression->name().empty()) refuse(step.id, "it has an expression");
    }
    return shown(of, "{{", "}}");
  }

  void add_fields(const Step& step, std::string_view section, const std::vector<Field>& fields) {
    if (fields.empty()) return;
    if (!section.empty()) out_ += fmt::format("[{}]\n", section);
    for (const auto& field : fields) out_ += fmt::format("{}: {}\n", text(step, field.name), text(step, field.value));
  }

  std::string json(const Step& step, const JsonTree& tree) {
    if (tree.text) {
      const bool alone = tree.text->text.parts.size() == 1 && tree.text->text.parts.front().expression;
      return alone ? text(step, *tree.text) : fmt::format("\"{}\"", text(step, *tree.text));
    }
    std::string out;
    if (tree.shape == JsonTree::Shape::kList) {
      for (const auto& item : tree.items) out += (out.empty() ? "" : ", ") + json(step, item);
      return "[" + out + "]";
    }
    if (tree.shape == JsonTree::Shape::kObject) {
      for (const auto& [name, member] : tree.members)
        out += fmt::format("{}\"{}\": {}", out.empty() ? "" : ", ", text(step, name), json(step, member));
      return "{" + out + "}";
    }
    return language::to_json(tree.constant);
  }

  void add_body(const Step& step, const Body& body) {
    switch (body.shape) {
      case Body::Shape::kNone:
      case Body::Shape::kForm:
        return;
      case Body::Shape::kJsonTree:
        out_ += json(step, *body.tree) + "\n";
        return;
      case Body::Shape::kText:
        out_ += "```\n" + text(step, body.text) + "\n```\n";
        return;
      case Body::Shape::kFile:
        out_ += fmt::format("file,{};\n", text(step, body.text));
        return;
      default:
        refuse(step.id, "its body has no counterpart here");
    }
  }

  void add(const Step& step) {
    const auto* http = std::get_if<HttpAction>(&step.action);
    if (http == nullptr) return refuse(step.id, fmt::format("it is a step of kind {}", step.kind));
    if (step.when) refuse(step.id, "it has a condition");
    if (step.poll && !step.poll->abort_if.empty()) refuse(step.id, "its poll has abort_if");
    if (!out_.empty() && !out_.ends_with("# teardown\n")) out_ += "\n";
    out_ += fmt::format("# @id {}\n{} {}\n", step.id, http->method, text(step, http->url));
    add_fields(step, "", http->headers);
    for (const auto& setting : http->options) {
      const auto* token = setting.option == Option::kBearer ? std::get_if<Text>(&setting.value) : nullptr;
      if (token != nullptr) out_ += fmt::format("Authorization: Bearer {}\n", text(step, *token));
    }
    add_fields(step, "Query", http->query);
    add_fields(step, "Cookies", http->cookies);
    if (http->basic_auth) add_fields(step, "BasicAuth", {*http->basic_auth});
    if (http->body.shape == Body::Shape::kForm) add_fields(step, "Form", http->body.form);
    add_options(step, *http);
    add_body(step, http->body);
    out_ += "HTTP *\n";
    if (!step.captures.empty()) out_ += "[Captures]\n";
    for (const auto& capture : step.captures)
      out_ += fmt::format("{}: {}\n", shown(capture.name), capture.capture.text);
    if (!step.expect.empty() || step.poll) out_ += "[Asserts]\n";
    if (step.poll) {
      for (const auto& line : step.poll->until) out_ += line.assert.text + "\n";
    }
    for (const auto& line : step.expect) out_ += line.assert.text + "\n";
  }

  void add_options(const Step& step, const HttpAction& http) {
    std::string lines;
    for (const auto& setting : http.options) {
      std::string_view name;
      if (setting.option == Option::kBearer) continue;
      for (const auto& info : hurl_options()) {
        if (info.option == setting.option) name = info.name;
      }
      if (name.empty()) {
        refuse(step.id, "it has max_body, reuse, tls.min or tls.sni");
      } else if (const auto* value = std::get_if<language::Value>(&setting.value)) {
        lines += fmt::format("{}: {}\n", name, language::plain_text(*value).value_or(""));
      } else if (const auto* text_value = std::get_if<Text>(&setting.value)) {
        lines += fmt::format("{}: {}\n", name, text(step, *text_value));
      }
    }
    if (step.poll) {
      lines += fmt::format("retry: {}\nretry-interval: {}ms\n", step.poll->max_attempts - 1,
                           std::chrono::duration_cast<std::chrono::milliseconds>(step.poll->backoff.interval).count());
    }
    if (!lines.empty()) out_ += "[Options]\n" + lines;
  }

  std::string out_;
  std::string problem_;
};

}  // namespace

std::size_t count_steps(const Scenario& scenario) {
  return count(scenario.steps) + count(scenario.teardown);
}

std::string explain(const Scenario& scenario) {
  std::string out =
      fmt::format("{}{}{}\n", scenario.name, scenario.description.empty() ? "" : ": ", scenario.description);
  out += fmt::format("deadline {}, teardown {}; at most {} requests\n", config::format_duration(scenario.deadline),
                     config::format_duration(scenario.teardown_deadline), scenario.limits.requests);
  for (const auto& [name, tree] : scenario.vars)
    out += fmt::format("variable {}{}\n", name, tree.text ? " (computed once per run)" : "");
  for (const auto& secret : scenario.secrets) out += fmt::format("secret {}\n", secret.name);
  out += "steps:\n";
  add_steps(scenario.steps, 1, out);
  if (!scenario.teardown.empty()) out += "teardown, whatever happens:\n";
  add_steps(scenario.teardown, 1, out);
  return out;
}

tl::expected<std::string, std::string> to_hurl(const Scenario& scenario) {
  return HurlWriter().write(scenario);
}

}  // namespace vedette::scenarios
