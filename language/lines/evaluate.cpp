#include "language/lines/evaluate.hpp"

#include <fmt/format.h>

#include "language/lines/predicates.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

namespace {

/// A filter whose arguments are ready.
tl::expected<Filter, Fault> ready(const Filter& filter, Scope& scope) {
  if (filter.sources.empty()) return filter;
  Filter out{.info = filter.info, .span = filter.span, .strict_hurl = filter.strict_hurl};
  for (std::size_t i = 0; i < filter.sources.size(); ++i) {
    auto text = filter.sources[i].render(scope);
    if (!text) return tl::make_unexpected(text.error());
    const auto parameter = filter.info->parameters[i];
    if (parameter == Parameter::kText) {
      out.arguments.push_back(std::move(*text));
    } else if (parameter == Parameter::kInteger) {
      out.arguments.emplace_back(std::stoll(text_in(*text)));
    } else {
      auto prepared = compile(parameter, text_in(*text), filter.strict_hurl);
      if (!prepared) {
        const auto kind = parameter == Parameter::kJsonPath ? FaultKind::kInvalidJsonPath
                          : parameter == Parameter::kXPath  ? FaultKind::kInvalidXPath
                                                            : FaultKind::kInvalidRegex;
        return tl::make_unexpected(Fault{.kind = kind, .span = filter.sources[i].span, .message = prepared.error()});
      }
      out.prepared = std::move(*prepared);
    }
  }
  return out;
}

Looked filtered(const Value& input, const Filter& filter, const Reading& reading, Scope& scope) {
  auto usable = ready(filter, scope);
  if (!usable) return tl::make_unexpected(usable.error());
  usable->reading = reading;
  auto output = usable->info->apply(input, *usable);
  if (output) {
    if (*output) return (*output)->as_secret(input.is_secret());
    return Found();
  }
  const auto& trouble = output.error();
  return tl::make_unexpected(Fault{.kind = trouble.kind,
                                   .span = filter.span,
                                   .message = fmt::format("{}: {}", filter.info->name, trouble.message),
                                   .limit = trouble.limit});
}

/// A predicate whose operands are ready.
tl::expected<Predicate, Fault> ready(const Predicate& predicate, Scope& scope) {
  Predicate out = predicate;
  out.sources.clear();
  for (const auto& source : predicate.sources) {
    auto value = value_of(source, scope);
    if (!value) return tl::make_unexpected(value.error());
    out.operands.push_back(std::move(*value));
  }
  if (predicate.kind == PredicateKind::kMatches && !out.pattern) {
    const auto* text = out.operands.front().get<std::string>();
    auto pattern = compile_strictly(text == nullptr ? "" : *text);
    if (!pattern) {
      return tl::make_unexpected(Fault{.kind = FaultKind::kInvalidRegex,
                                       .span = predicate.span,
                                       .message = "the regular expression is not valid: " + pattern.error()});
    }
    out.pattern = std::move(*pattern);
    out.operands.clear();
  }
  if (predicate.kind == PredicateKind::kMatchesJson && !predicate.sources.empty()) {
    const auto* text = out.operands.front().get<std::string>();
    auto value = parse_json(text == nullptr ? "" : *text);
    if (!value) {
      return tl::make_unexpected(Fault{.kind = FaultKind::kInvalidJson,
                                       .span = predicate.span,
                                       .message = "what is expected is not JSON: " + value.error().message});
    }
    out.operands = {std::move(*value)};
  }
  return out;
}

void for_each_name(const Query& query, const std::vector<Filter>& filters, const TakeName& take) {
  query.argument.for_each_name(take);
  for (const auto& filter : filters) {
    for (const auto& source : filter.sources) source.for_each_name(take);
  }
}

void for_each_name(const Operand& operand, const TakeName& take) {
  if (const auto* text = std::get_if<Template>(&operand)) text->for_each_name(take);
  if (const auto* expression = std::get_if<Expression>(&operand)) expression->for_each_name(take);
  if (const auto* file = std::get_if<FileOperand>(&operand)) file->path.for_each_name(take);
}

}  // namespace

Looked look(const Query& query, const std::vector<Filter>& filters, const Subject& subject, Scope& scope) {
  auto found = find(query, subject, scope);
  for (const auto& filter : filters) {
    if (!found) return found;
    if (!*found) {
      return tl::make_unexpected(Fault{.kind = FaultKind::kFilter,
                                       .span = filter.span,
                                       .message = fmt::format("{}: there is no value to work on", filter.info->name)});
    }
    found = filtered(**found, filter, subject.reading, scope);
  }
  return found;
}

std::optional<Fault> judge(const Assert& line, const Subject& subject, Scope& scope) {
  const auto found = look(line.query, line.filters, subject, scope);
  if (!found) return found.error();
  std::optional<Unmet> unmet;
  bool secret = *found && (*found)->is_secret();
  if (line.predicate.sources.empty()) {
    unmet = judge(line.predicate, *found);
  } else {
    const auto predicate = ready(line.predicate, scope);
    if (!predicate) return predicate.error();
    for (const auto& operand : predicate->operands) secret = secret || operand.is_secret();
    unmet = judge(*predicate, *found);
  }
  if (!unmet) return std::nullopt;
  if (secret) {
    unmet->actual = *found ? fmt::format("{} <***>", kind_of(**found)) : unmet->actual;
    unmet->expected = "what may not be shown";
  }
  return Fault{.kind = FaultKind::kAssertFailure,
               .span = line.span,
               .message = {},
               .actual = std::move(unmet->actual),
               .expected = std::move(unmet->expected),
               .type_mismatch = unmet->type_mismatch};
}

tl::expected<Value, Fault> take(const Capture& capture, const Subject& subject, Scope& scope) {
  auto found = look(capture.query, capture.filters, subject, scope);
  if (found && *found) return std::move(**found);
  const bool missing = found || found.error().kind == FaultKind::kFilter;
  if (capture.otherwise && missing) return value_of(*capture.otherwise, scope);
  if (!found) return tl::make_unexpected(found.error());
  return tl::make_unexpected(
      Fault{.kind = FaultKind::kNoQueryResult, .span = capture.query.span, .message = "the query gives nothing"});
}

tl::expected<Value, Fault> value_of(const Operand& operand, Scope& scope) {
  if (const auto* value = std::get_if<Value>(&operand)) return *value;
  if (const auto* text = std::get_if<Template>(&operand)) return text->render(scope);
  if (const auto* expression = std::get_if<Expression>(&operand)) {
    auto value = expression->evaluate(scope);
    if (value && value->is_secret()) {
      if (const auto text = plain_text(*value)) scope.keep_secret(*text);
    }
    return value;
  }
  const auto& file = std::get<FileOperand>(operand);
  auto path = file.path.render(scope);
  if (!path) return path;
  auto content = scope.read_file(text_in(*path));
  if (content) return Value(Bytes{std::move(*content)});
  auto fault = content.error();
  fault.span = file.path.span;
  return tl::make_unexpected(std::move(fault));
}

void for_each_name(const Assert& line, const TakeName& take) {
  for_each_name(line.query, line.filters, take);
  for (const auto& source : line.predicate.sources) for_each_name(source, take);
}

void for_each_name(const Capture& capture, const TakeName& take) {
  for_each_name(capture.query, capture.filters, take);
  if (capture.otherwise) for_each_name(*capture.otherwise, take);
}

}  // namespace vedette::language
