#include "scenarios/yaml/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "language/lines/line_parser.hpp"
#include "language/values/json.hpp"
#include "scenarios/run/attempts.hpp"

namespace vedette::scenarios::yaml {

namespace {

constexpr int kDeepestTree = 64;

language::Dialect dialect_of(const language::Vocabulary& vocabulary) {
  return {.vocabulary = vocabulary, .placeholders = language::Placeholders::kDollar};
}

void report(const config::Value& value, const language::SyntaxError& error, config::Context& context) {
  context.diagnostics.error(Origin::scalar(value).place(error.at), error.message, error.hint);
}

/// What YAML itself has made of a line that should have stood in quotes.
void report_no_line(const config::Value& value, std::string_view what, config::Context& context) {
  context.diagnostics.error(value.place(), fmt::format("{} is a text, not {}", what, value.what()),
                            value.is_mapping() ? "a line that holds ': ' must stand in quotes" : "");
}

language::Value plain_scalar(const config::Value& value) {
  const auto text = value.scalar();
  if (value.is_quoted()) return language::Value(text);
  if (value.is_null() || text == "~") return {};
  if (auto json = language::parse_json(text); json && json->list() == nullptr && json->object() == nullptr)
    return std::move(*json);
  return language::Value(text);
}

std::optional<Line> line_of(const config::Value& value, const language::Vocabulary& vocabulary,
                            config::Context& context) {
  if (!value.is_scalar()) {
    report_no_line(value, "a line", context);
    return std::nullopt;
  }
  auto parsed = language::parse_assert(value.scalar(), dialect_of(vocabulary));
  if (!parsed) {
    auto error = parsed.error();
    // A # behind a blank ends a plain text.
    const bool cut =
        !value.is_quoted() && value.place().source->line(value.place().line).find(" #") != std::string_view::npos;
    if (cut && error.hint.empty()) error.hint = "a line that holds ' #' must stand in quotes";
    report(value, error, context);
    return std::nullopt;
  }
  Line out;
  out.assert = std::move(*parsed);
  out.origin = Origin::scalar(value);
  return out;
}

/// `{any_of: […]}`, or `{line: …, severity: warn}`.
std::optional<Line> line_of_mapping(const config::Value& value, std::string path,
                                    const language::Vocabulary& vocabulary, config::Context& context) {
  config::Mapping section(value, std::move(path), context);
  if (!section.has("any_of") && !section.has("line")) {
    report_no_line(value, "a line", context);
    return std::nullopt;
  }
  std::optional<Line> out;
  for (const auto& item : section.take_list("any_of")) {
    auto line = line_of(item, vocabulary, context);
    if (!line) continue;
    if (out) {
      out->alternatives.push_back(std::move(*line));
    } else {
      out = std::move(line);
    }
  }
  if (const auto line = section.take("line")) out = line_of(*line, vocabulary, context);
  std::string severity = "fail";
  constexpr std::array<std::string_view, 2> kSeverities{"fail", "warn"};
  section.read_choice("severity", severity, kSeverities);
  if (out && severity == "warn") out->severity = Verdict::kWarn;
  section.finish();
  return out;
}

Backoff read_backoff(config::Mapping& section, Backoff out) {
  config::Duration duration{};
  if (read_duration(section, "interval", duration, {}, kMaxPollTime)) out.interval = duration;
  auto backoff = section.take_mapping("backoff");
  if (!backoff) return out;
  out.factor = 2;
  constexpr double kMaxFactor = 10;
  backoff->read_number("factor", out.factor, 1, kMaxFactor);
  if (read_duration(*backoff, "max", duration, {}, kMaxPollTime)) out.max = duration;
  backoff->read_number("jitter", out.jitter, 0, 1);
  backoff->finish();
  return out;
}

std::vector<Transient> read_classes(config::Mapping& section, std::string_view key, std::vector<Transient> out) {
  std::vector<std::string> names;
  if (!section.read(key, names)) return out;
  constexpr std::array kAll{Transient::kResolve, Transient::kConnect, Transient::kTls, Transient::kTimeout,
                            Transient::kReset,   Transient::k5xx,     Transient::k429, Transient::kAny};
  out.clear();
  for (const auto& name : names) {
    const auto found = std::find_if(kAll.begin(), kAll.end(), [&](Transient one) { return name_of(one) == name; });
    if (found == kAll.end()) {
      section.error(key, fmt::format("\"{}\" is no class of failures", name),
                    "one of: resolve, connect, tls, timeout, reset, 5xx, 429, any");
    } else {
      out.push_back(*found);
    }
  }
  return out;
}

}  // namespace

std::optional<Text> text_of(const config::Value& value, config::Context& context) {
  if (!value.is_scalar()) {
    context.diagnostics.error(value.place(), fmt::format("this is a text, not {}", value.what()),
                              value.is_mapping() ? "a text with ${ … } inside { } must stand in quotes" : "");
    return std::nullopt;
  }
  auto parsed = language::parse_template(value.scalar());
  if (!parsed) {
    report(value, parsed.error(), context);
    return std::nullopt;
  }
  return Text{std::move(*parsed), Origin::scalar(value)};
}

bool read_text(config::Mapping& section, std::string_view key, Text& out) {
  const auto value = section.take(key);
  if (!value) return false;
  auto text = text_of(*value, section.context());
  if (!text) return false;
  out = std::move(*text);
  return true;
}

std::vector<Field> read_fields(config::Mapping& section, std::string_view key) {
  std::vector<Field> out;
  auto mapping = section.take_mapping(key);
  if (!mapping) return out;
  for (const auto& [name, value] : mapping->take_all()) {
    const Text name_text{language::Template::constant(name), Origin::at(mapping->place_of(name))};
    const auto add = [&](const config::Value& one) {
      if (auto text = text_of(one, section.context())) out.push_back({name_text, std::move(*text)});
    };
    if (value.is_sequence()) {
      for (const auto& item : value.node()) add(config::Value(item, value.source()));
    } else {
      add(value);
    }
  }
  return out;
}

JsonTree tree_of(const config::Value& value, config::Context& context, int depth) {
  JsonTree out;
  if (depth > kDeepestTree) {
    context.diagnostics.error(value.place(), fmt::format("values are nested more than {} deep", kDeepestTree));
  } else if (value.is_null()) {
    return out;
  } else if (value.is_sequence()) {
    out.shape = JsonTree::Shape::kList;
    for (const auto& item : value.node())
      out.items.push_back(tree_of(config::Value(item, value.source()), context, depth + 1));
  } else if (value.is_mapping()) {
    out.shape = JsonTree::Shape::kObject;
    for (const auto& pair : value.node()) {
      const config::Value key(pair.first, value.source());
      if (auto name = text_of(key, context)) {
        out.members.emplace_back(std::move(*name),
                                 tree_of(config::Value(pair.second, value.source()), context, depth + 1));
      }
    }
  } else if (language::has_placeholder(value.scalar()) || value.scalar().find("$${") != std::string::npos) {
    out.text = text_of(value, context);
  } else {
    out.constant = plain_scalar(value);
  }
  return out;
}

std::optional<language::Expression> read_expression(config::Mapping& section, std::string_view key, Origin& origin) {
  const auto value = section.take(key);
  if (!value) return std::nullopt;
  if (!value->is_scalar()) {
    report_no_line(*value, key, section.context());
    return std::nullopt;
  }
  origin = Origin::scalar(*value);
  const auto text = value->scalar();
  // Whoever writes ${ … } here means the same.
  if (text.starts_with("${") && text.ends_with("}")) {
    const auto parsed = language::parse_template(text);
    if (parsed && parsed->parts.size() == 1 && parsed->parts.front().expression)
      return parsed->parts.front().expression;
  }
  auto out = language::Expression::parse_all(text);
  if (out) return std::move(*out);
  report(*value, out.error(), section.context());
  return std::nullopt;
}

std::vector<Line> read_lines(config::Mapping& section, std::string_view key, const language::Vocabulary& vocabulary) {
  std::vector<Line> out;
  const auto path = fmt::format("{}.{}", section.path(), key);
  for (const auto& item : section.take_list(key)) {
    auto line = item.is_mapping() ? line_of_mapping(item, path, vocabulary, section.context())
                                  : line_of(item, vocabulary, section.context());
    if (line) out.push_back(std::move(*line));
  }
  return out;
}

void read_captures(config::Mapping& section, std::string_view key, const language::Vocabulary& vocabulary, bool always,
                   std::vector<NamedCapture>& out) {
  auto mapping = section.take_mapping(key);
  if (!mapping) return;
  for (const auto& [name, value] : mapping->take_all()) {
    if (!is_name(name)) {
      mapping->error_at_key(name, fmt::format("\"{}\" cannot be the name of a variable", name),
                            "letters, digits and _, not beginning with a digit");
    }
    if (!value.is_scalar()) {
      report_no_line(value, "a capture", section.context());
      continue;
    }
    auto parsed = language::parse_capture(value.scalar(), dialect_of(vocabulary));
    if (!parsed) {
      report(value, parsed.error(), section.context());
      continue;
    }
    NamedCapture capture;
    capture.name = {language::Template::constant(name), Origin::at(mapping->place_of(name))};
    capture.capture = std::move(*parsed);
    capture.origin = Origin::scalar(value);
    capture.always = always;
    out.push_back(std::move(capture));
  }
}

Retry read_retry(config::Mapping& section, const Retry& otherwise, bool idempotent) {
  Retry out = otherwise;
  const auto connecting = [](Transient one) {
    return one == Transient::kResolve || one == Transient::kConnect || one == Transient::kTls;
  };
  // What may have been done once must not be done twice, unless the step itself says so.
  if (!idempotent) std::erase_if(out.on, [&](Transient one) { return !connecting(one); });
  const auto value = section.take("retry");
  if (!value) return out;
  if (value->is_scalar() && value->scalar() == "none") return {};
  config::Mapping mapping(*value, "retry", section.context());
  out = {.max = 1,
         .on = {Transient::kResolve, Transient::kConnect, Transient::kTls},
         .backoff = {.interval = std::chrono::milliseconds(250)}};
  constexpr std::int64_t kMax = 100;
  mapping.read_integer("max", out.max, 0, kMax);
  out.on = read_classes(mapping, "on", std::move(out.on));
  out.backoff = read_backoff(mapping, out.backoff);
  mapping.finish();
  return out;
}

std::optional<Poll> read_poll(config::Mapping& section, const language::Vocabulary& vocabulary) {
  auto mapping = section.take_mapping("poll");
  if (!mapping) return std::nullopt;
  const auto errors = section.context().diagnostics.errors();
  Poll out;
  out.tolerate = {Transient::kConnect, Transient::kTimeout, Transient::kReset};
  out.until = read_lines(*mapping, "until", vocabulary);
  out.abort_if = read_lines(*mapping, "abort_if", vocabulary);
  out.backoff = read_backoff(*mapping, out.backoff);
  mapping->read_integer("max_attempts", out.max_attempts, 1, kMaxPollAttempts);
  config::Duration duration{};
  if (read_duration(*mapping, "max_time", duration, std::chrono::milliseconds(1), kMaxPollTime))
    out.max_time = duration;
  out.tolerate = read_classes(*mapping, "tolerate", std::move(out.tolerate));
  const bool judged = out.until.empty() && section.context().diagnostics.errors() == errors;
  if (!mapping->has("until") || judged) {
    mapping->error("until", "a poll needs the lines that it waits for", "until: [jsonpath \"$.state\" == \"READY\"]");
  }
  mapping->finish();
  return out;
}

namespace {

/// A duration, or a number where the quantity is one.
std::optional<double> read_bound(config::Mapping& section, std::string_view key, bool counts) {
  if (!section.has(key)) return std::nullopt;
  if (counts) {
    double out = 0;
    constexpr double kMax = 1e15;
    return section.read_number(key, out, 0, kMax) ? std::optional(out) : std::nullopt;
  }
  config::Duration out{};
  return section.read(key, out) ? std::optional(std::chrono::duration<double>(out).count()) : std::nullopt;
}

}  // namespace

std::vector<Threshold> read_thresholds(config::Mapping& section, std::span<const std::string_view> names) {
  std::vector<Threshold> out;
  for (const auto& item : section.take_list("thresholds")) {
    config::Mapping mapping(item, "thresholds", section.context());
    Threshold threshold;
    if (!mapping.read_choice("of", threshold.of, names) && !mapping.has("of"))
      mapping.error("of", "a threshold needs `of`");
    const bool counts = threshold.of == "attempts" || threshold.of == "size" || threshold.of == "scenario_requests";
    threshold.warn = read_bound(mapping, "warn", counts);
    threshold.fail = read_bound(mapping, "fail", counts);
    threshold.warn_below = read_bound(mapping, "warn_below", counts);
    threshold.fail_below = read_bound(mapping, "fail_below", counts);
    threshold.origin = Origin::at(item.place());
    const bool any = threshold.warn || threshold.fail || threshold.warn_below || threshold.fail_below;
    if (!any) mapping.error("of", "a threshold needs a bound", "one of warn, fail, warn_below, fail_below");
    if (threshold.warn && threshold.fail && *threshold.warn > *threshold.fail) {
      mapping.error("warn", "warn is above fail, so that it would never be reached");
    }
    mapping.finish();
    out.push_back(std::move(threshold));
  }
  return out;
}

bool read_duration(config::Mapping& section, std::string_view key, config::Duration& out, config::Duration min,
                   config::Duration max) {
  if (!section.read(key, out)) return false;
  if (out >= min && out <= max) return true;
  section.error(
      key, fmt::format("{} must be from {} to {}", key, config::format_duration(min), config::format_duration(max)));
  return false;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace vedette::scenarios::yaml
