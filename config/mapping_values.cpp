// Values of a mapping, each of its type.

#include "config/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "config/nearest.hpp"
#include "config/scalar.hpp"

namespace vedette::config {

bool Mapping::read(std::string_view key, std::string& out) {
  const auto* entry = scalar(key);
  if (entry != nullptr) out = entry->value.scalar();
  return entry != nullptr;
}

bool Mapping::read(std::string_view key, bool& out) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  const auto value = boolean_of(entry->value);
  if (!value) {
    error(key, fmt::format("{} must be true or false", full_name(key)),
          entry->value.is_quoted() ? "without quotes" : "");
    return false;
  }
  out = *value;
  return true;
}

bool Mapping::read_go_duration(std::string_view key, Duration& out) {
  const auto* entry = scalar(key);
  if (entry != nullptr && whole_of(entry->value)) {
    error(key, fmt::format("{}: '{}' is not a duration", full_name(key), entry->value.scalar()),
          "write it with a unit: 0s, 500ms, 5s");
    return false;
  }
  if (entry != nullptr && entry->value.scalar().find_first_of("dw") != std::string::npos) {
    error(key, fmt::format("{}: '{}' is not a duration of Go", full_name(key), entry->value.scalar()),
          "write it in hours: 24h for a day");
    return false;
  }
  return read(key, out);
}

bool Mapping::read(std::string_view key, Duration& out) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  const auto value = parse_duration(entry->value.scalar());
  if (!value) {
    error(key, fmt::format("{}: {}", full_name(key), value.error()));
    return false;
  }
  out = *value;
  return true;
}

bool Mapping::read(std::string_view key, Secret& out) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  auto value = secret_of(entry->value, *context_);
  if (value) out = std::move(*value);
  return value.has_value();
}

bool Mapping::read(std::string_view key, std::optional<Pattern>& out) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  out = pattern_of(entry->value, *context_);
  return out.has_value();
}

bool Mapping::read(std::string_view key, std::vector<std::string>& out) {
  if (!take(key)) return false;
  std::vector<std::string> texts;
  for (const auto& item : take_list(key)) {
    if (item.is_null() && context_->lenient) {
      texts.emplace_back();
      continue;
    }
    if (!item.is_scalar()) {
      context_->diagnostics.error(item.place(),
                                  fmt::format("{} must hold single values, not {}", full_name(key), item.what()));
      return false;
    }
    texts.push_back(item.scalar());
  }
  out = std::move(texts);
  return true;
}

bool Mapping::read(std::string_view key, std::vector<Pattern>& out) {
  if (!take(key)) return false;
  out.clear();
  for (const auto& item : take_list(key)) {
    if (!item.is_scalar()) {
      context_->diagnostics.error(item.place(), fmt::format("{} must hold regular expressions", full_name(key)));
      continue;
    }
    if (auto pattern = pattern_of(item, *context_)) out.push_back(std::move(*pattern));
  }
  return true;
}

bool Mapping::read_late(std::string_view key, std::vector<Pattern>& out, std::string& problem) {
  std::vector<std::string> texts;
  if (!read(key, texts)) return false;
  out.clear();
  for (const auto& text : texts) {
    if (auto pattern = Pattern::compile(text)) {
      out.push_back(std::move(*pattern));
    } else {
      problem = fmt::format("{}: '{}' is not a regular expression: {}", full_name(key), text, pattern.error());
      late(key, problem);
    }
  }
  return true;
}

bool Mapping::read_integer(std::string_view key, std::int64_t& out, std::int64_t min, std::int64_t max) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  const auto whole = whole_of(entry->value);
  if (!whole || whole->value < min || whole->value > max || (whole->cut && !context_->lenient)) {
    error(key, fmt::format("{} must be a whole number from {} to {}", full_name(key), min, max));
    return false;
  }
  if (whole->cut) warning(key, fmt::format("{} is cut to {}", full_name(key), whole->value));
  out = whole->value;
  return true;
}

bool Mapping::read_number(std::string_view key, double& out, double min, double max) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  const auto value = number_of(entry->value);
  if (!value || !(*value >= min) || !(*value <= max)) {
    error(key, fmt::format("{} must be a number from {} to {}", full_name(key), min, max));
    return false;
  }
  out = *value;
  return true;
}

bool Mapping::read_integers(std::string_view key, std::vector<int>& out) {
  if (!take(key)) return false;
  out.clear();
  for (const auto& item : take_list(key)) {
    const auto whole = whole_of(item);
    constexpr auto kMax = std::numeric_limits<int>::max();
    if (!whole || whole->cut || std::abs(whole->value) > kMax) {
      context_->diagnostics.error(item.place(), fmt::format("{} must hold whole numbers", full_name(key)));
      return false;
    }
    out.push_back(static_cast<int>(whole->value));
  }
  return true;
}

bool Mapping::read_numbers(std::string_view key, std::vector<double>& out) {
  if (!take(key)) return false;
  out.clear();
  for (const auto& item : take_list(key)) {
    const auto value = number_of(item);
    if (!value) {
      context_->diagnostics.error(item.place(), fmt::format("{} must hold numbers", full_name(key)));
      return false;
    }
    out.push_back(*value);
  }
  return true;
}

bool Mapping::read_size(std::string_view key, std::int64_t& out) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  const auto value = parse_size(entry->value.scalar());
  if (!value) {
    error(key, fmt::format("{}: {}", full_name(key), value.error()));
    return false;
  }
  out = *value;
  return true;
}

bool Mapping::read_choice(std::string_view key, std::string& out, std::span<const std::string_view> choices) {
  const auto* entry = scalar(key);
  if (entry == nullptr) return false;
  const auto text = entry->value.scalar();
  if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
    const auto close = nearest(text, choices);
    error(key, fmt::format("{} must be one of {}", full_name(key), fmt::join(choices, ", ")),
          close ? fmt::format("did you mean {}?", *close) : "");
    return false;
  }
  out = text;
  return true;
}

}  // namespace vedette::config
