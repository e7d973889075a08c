#include "scenarios/run/substitute.hpp"

#include "language/lines/template.hpp"

namespace vedette::scenarios {

namespace {

using language::Fault;
using language::FaultKind;

class Substitution {
 public:
  Substitution(std::shared_ptr<const config::Source> source, language::Scope& scope)
      : source_(std::move(source)), scope_(scope) {}

  /// A tree of its own, down to its leaves and keys: nodes that touch are freed together, and what joins them is safe
  /// on one thread only. The section belongs to the runs of all threads.
  YAML::Node copy(const YAML::Node& node) {
    YAML::Node out;
    if (problem) return out;
    if (node.IsMap()) {
      out = YAML::Node(YAML::NodeType::Map);
      for (const auto& pair : node) out.force_insert(copy_scalar(pair.first), copy(pair.second));
    } else if (node.IsSequence()) {
      out = YAML::Node(YAML::NodeType::Sequence);
      for (const auto& item : node) out.push_back(copy(item));
    } else if (node.IsScalar() && language::has_placeholder(node.Scalar())) {
      out = YAML::Node(rendered(node));
    } else if (node.IsScalar()) {
      out = copy_scalar(node);
    }
    return out;
  }

  std::optional<Problem> problem;

 private:
  static YAML::Node copy_scalar(const YAML::Node& node) {
    YAML::Node out(node.Scalar());
    out.SetTag(node.Tag());
    return out;
  }

  std::string rendered(const YAML::Node& node) {
    const auto origin = Origin::scalar(config::Value(node, source_));
    const auto text = language::parse_template(node.Scalar());
    if (!text) {
      problem = Problem{{.kind = FaultKind::kExpression, .message = text.error().message}, origin};
      return {};
    }
    auto value = text->render(scope_);
    if (!value) {
      problem = Problem{std::move(value.error()), origin};
      return {};
    }
    auto out = language::text_in(*value);
    if (language::has_placeholder(out)) {
      problem =
          Problem{{.kind = FaultKind::kUnrenderable, .span = text->span, .message = "what is put here may not hold ${"},
                  origin};
    }
    return out;
  }

  std::shared_ptr<const config::Source> source_;
  language::Scope& scope_;
};

}  // namespace

tl::expected<config::Value, Problem> substitute(const config::Value& section, language::Scope& scope) {
  Substitution substitution(section.source(), scope);
  auto node = substitution.copy(section.node());
  if (substitution.problem) return tl::make_unexpected(std::move(*substitution.problem));
  return config::Value(node, section.source());
}

bool has_placeholders(const YAML::Node& node) {
  if (node.IsScalar()) return language::has_placeholder(node.Scalar());
  if (!node.IsMap() && !node.IsSequence()) return false;
  for (const auto& item : node) {
    if (node.IsMap() ? has_placeholders(item.second) : has_placeholders(item)) return true;
  }
  return false;
}

}  // namespace vedette::scenarios
