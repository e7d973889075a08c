#pragma once

// Small things that scenario files hold: texts with placeholders, lines, captures, trees, bounds. What is wrong with
// one goes to the diagnostics, at its place.

#include <optional>
#include <string>
#include <vector>

#include "config/mapping.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios::yaml {

/// A scalar as a text with placeholders.
std::optional<Text> text_of(const config::Value& value, config::Context& context);
bool read_text(config::Mapping& section, std::string_view key, Text& out);

/// A pair for each item; a list gives its name several times.
std::vector<Field> read_fields(config::Mapping& section, std::string_view key);

/// A tree of JSON; plain scalars are typed by their spelling, as in JSON.
JsonTree tree_of(const config::Value& value, config::Context& context, int depth = 0);

std::optional<language::Expression> read_expression(config::Mapping& section, std::string_view key, Origin& origin);

std::vector<Line> read_lines(config::Mapping& section, std::string_view key, const language::Vocabulary& vocabulary);
void read_captures(config::Mapping& section, std::string_view key, const language::Vocabulary& vocabulary, bool always,
                   std::vector<NamedCapture>& out);

Retry read_retry(config::Mapping& section, const Retry& otherwise, bool idempotent);
std::optional<Poll> read_poll(config::Mapping& section, const language::Vocabulary& vocabulary);
std::vector<Threshold> read_thresholds(config::Mapping& section, std::span<const std::string_view> names);

/// A duration from `least` to `most`.
bool read_duration(config::Mapping& section, std::string_view key, config::Duration& out, config::Duration min,
                   config::Duration max);

/// Letters, digits and _, not beginning with a digit: what a variable may be called.
bool is_name(std::string_view text);

}  // namespace vedette::scenarios::yaml
