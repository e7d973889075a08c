#include "scenarios/run/data_flow.hpp"

#include <fmt/format.h>

#include "config/nearest.hpp"
#include "language/lines/evaluate.hpp"

namespace vedette::scenarios {

namespace {

using Names = std::set<std::string>;

class DataFlow {
 public:
  DataFlow(Names defined, config::Diagnostics& diagnostics) : defined_(std::move(defined)), diagnostics_(diagnostics) {}

  void walk(const std::vector<std::pair<std::string, JsonTree>>& values) {
    for (const auto& [name, tree] : values) {
      use(tree);
      defined_.insert(name);
    }
  }

  void walk(const Steps& steps) {
    collect(steps);
    for (const auto& step : steps) walk(step);
  }

 private:
  void walk(const Step& step) {
    if (step.when) step.when->for_each_name(taker(step.when_origin));
    use(step.delay);
    std::visit([&](const auto& action) { use(action); }, step.action);
    if (step.poll) {
      for (const auto* lines : {&step.poll->until, &step.poll->abort_if}) use(*lines);
    }
    // Captures are taken before the lines are asked, but for those of the status.
    for (const auto& capture : step.captures) {
      language::for_each_name(capture.capture, taker(capture.origin));
      define(capture.name);
    }
    use(step.expect);
    ids_.insert(step.id);
  }

  void use(const HttpAction& action) {
    use(action.url);
    for (const auto* fields : {&action.headers, &action.query, &action.cookies}) use(*fields);
    if (action.basic_auth) use(std::vector<Field>{*action.basic_auth});
    for (const auto& option : action.options) {
      if (const auto* text = std::get_if<Text>(&option.value)) use(*text);
      if (const auto* expression = std::get_if<language::Expression>(&option.value))
        expression->for_each_name(taker(option.origin));
      if (option.option == Option::kVariable) defined_.insert(option.name);
    }
    if (action.oauth2) use(*action.oauth2);
    use(action.body);
  }

  void use(const Body& body) {
    use(body.text);
    use(body.form);
    if (body.tree) use(*body.tree);
    for (const auto& part : body.json.parts) {
      if (part.expression) part.expression->for_each_name(taker(body.origin));
    }
    for (const auto& part : body.parts) {
      use(part.name);
      use(part.value);
      if (part.file) use(*part.file);
      if (part.content_type) use(*part.content_type);
    }
  }

  void use(const CheckAction& action) { use(action.section); }
  void use(const SleepAction& action) { use(action.duration); }
  void use(const SetAction& action) { walk(action.values); }
  void use(const AssertAction& /*action*/) {}

  void use(const GroupAction& action) {
    if (action.parallel == 0) return walk(*action.steps);
    // Branches cannot rely on each other: what follows can on all of them.
    const auto before = defined_;
    auto after = defined_;
    collect(*action.steps);
    for (const auto& step : *action.steps) {
      defined_ = before;
      walk(step);
      after.insert(defined_.begin(), defined_.end());
    }
    defined_ = std::move(after);
  }

  void use(const ForEachAction& action) {
    if (action.items) use(*action.items);
    const bool known = defined_.contains(action.as);
    defined_.insert(action.as);
    walk(*action.steps);
    if (!known) defined_.erase(action.as);
  }

  void use(const CallAction& action) {
    Names inner;
    for (const auto& [name, tree] : action.arguments) {
      use(tree);
      inner.insert(name);
    }
    DataFlow own(std::move(inner), diagnostics_);
    own.walk(action.vars);
    own.walk(*action.steps);
    defined_.insert(action.exports.begin(), action.exports.end());
  }

  void use(const Text& text) { text.text.for_each_name(taker(text.origin)); }

  void use(const std::vector<Field>& fields) {
    for (const auto& field : fields) {
      use(field.name);
      use(field.value);
    }
  }

  void use(const JsonTree& tree) {
    if (tree.text) use(*tree.text);
    for (const auto& item : tree.items) use(item);
    for (const auto& [name, member] : tree.members) {
      use(name);
      use(member);
    }
  }

  void use(const std::vector<Line>& lines) {
    for (const auto& line : lines) {
      language::for_each_name(line.assert, taker(line.origin));
      use_asked(line);
      use(line.alternatives);
    }
  }

  /// A variable that a line asks for, unless it asks whether there is one.
  void use_asked(const Line& line) {
    const auto& query = line.assert.query;
    const bool asks = query.kind == language::QueryKind::kVariable && query.argument.is_constant() &&
                      line.assert.predicate.kind != language::PredicateKind::kExists;
    if (asks) taker(line.origin)(query.argument.text(), query.argument.span, false);
  }

  void use(const config::Value& value) {
    if (value.is_scalar()) {
      const auto origin = Origin::scalar(value);
      const auto text = language::parse_template(value.node().Scalar());
      if (text) {
        text->for_each_name(taker(origin));
      } else {
        diagnostics_.error(origin.place(text.error().at), text.error().message, text.error().hint);
      }
    }
    if (!value.is_mapping() && !value.is_sequence()) return;
    for (const auto& item : value.node()) use(config::Value(value.is_mapping() ? item.second : item, value.source()));
  }

  void define(const Text& name) {
    if (name.text.is_constant()) defined_.insert(name.text.text());
  }

  /// What later steps capture, to say so.
  void collect(const Steps& steps) {
    for (const auto& step : steps) {
      for (const auto& capture : step.captures) {
        if (capture.name.text.is_constant()) later_.emplace(capture.name.text.text(), step.id);
      }
      if (const auto* group = std::get_if<GroupAction>(&step.action)) collect(*group->steps);
      if (const auto* loop = std::get_if<ForEachAction>(&step.action)) collect(*loop->steps);
    }
  }

  language::TakeName taker(const Origin& origin) {
    return [this, origin](std::string_view name, language::Span span, bool step) {
      if (step) return take_step(name, origin.place(span.begin));
      if (defined_.contains(std::string(name))) return;
      const auto later = later_.find(std::string(name));
      std::string hint;
      if (later != later_.end()) {
        hint = fmt::format("step {} captures it, which may not have run before", later->second);
      } else {
        std::vector<std::string_view> known(defined_.begin(), defined_.end());
        const auto close = config::nearest(name, known);
        hint = close           ? fmt::format("did you mean {}?", *close)
               : known.empty() ? std::string("no variable is defined here")
                               : fmt::format("defined here: {}", fmt::join(known, ", "));
      }
      diagnostics_.error(origin.place(span.begin), fmt::format("the variable {} is not defined", name), hint);
    };
  }

  void take_step(std::string_view name, const config::Place& place) {
    if (ids_.contains(std::string(name))) return;
    std::vector<std::string_view> known(ids_.begin(), ids_.end());
    const auto close = config::nearest(name, known);
    diagnostics_.error(place, fmt::format("no step {} has run before", name),
                       close ? fmt::format("did you mean {}?", *close) : "");
  }

  Names defined_;
  Names ids_;
  std::map<std::string, std::string> later_;
  config::Diagnostics& diagnostics_;
};

}  // namespace

void check_data_flow(const Scenario& scenario, const std::set<std::string>& given, config::Diagnostics& diagnostics) {
  Names defined = given;
  for (const auto& secret : scenario.secrets) defined.insert(secret.name);
  DataFlow flow(std::move(defined), diagnostics);
  flow.walk(scenario.vars);
  flow.walk(scenario.steps);
  flow.walk(scenario.teardown);
}

}  // namespace vedette::scenarios
