#include "config/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/nearest.hpp"
#include "config/reference.hpp"

namespace vedette::config {

namespace {

constexpr int kMaxMergeDepth = 16;

}  // namespace

std::optional<Secret> secret_of(const Value& value, Context& context) {
  const auto text = value.scalar();
  if (!has_reference(text)) return Secret::literal(text);
  auto expanded = expand_references(text);
  if (!expanded) {
    context.diagnostics.error(value.place(), std::move(expanded.error()),
                              "references are ${NAME}, ${env:NAME}, ${file:PATH} and ${credential:NAME}");
    return std::nullopt;
  }
  context.revealed += expanded->text;
  context.revealed += '\0';
  context.secret_files.insert(expanded->files.begin(), expanded->files.end());
  return Secret::literal(std::move(expanded->text), std::move(expanded->values));
}

std::optional<Pattern> pattern_of(const Value& value, Context& context) {
  auto pattern = Pattern::compile(value.scalar());
  if (!pattern) {
    context.diagnostics.error(value.place(), fmt::format("not a regular expression: {}", pattern.error()),
                              "the dialect is RE2: no look-around and no back-references");
    return std::nullopt;
  }
  return std::move(*pattern);
}

Mapping::Mapping(const Value& value, std::string path, Context& context)
    : path_(std::move(path)), context_(&context), place_(value.place()) {
  if (value.is_null()) return;
  if (!value.is_mapping()) {
    context.diagnostics.error(
        place_, fmt::format("{} must be a mapping, not {}", path_.empty() ? "the file" : path_, value.what()));
    return;
  }
  add(value, false, 0);
}

void Mapping::add(const Value& mapping, bool merged, int depth) {
  std::vector<Value> merges;
  for (const auto& pair : mapping.node()) {
    const Value key(pair.first, mapping.source());
    const Value value(pair.second, mapping.source());
    if (!key.is_scalar()) {
      context_->diagnostics.error(key.place(), "a key must be a plain text");
      continue;
    }
    const auto name = key.node().Scalar();
    if (name == "<<" && !key.is_quoted()) {
      merges.push_back(value);
      continue;
    }
    const auto* known = find(name);
    if (known != nullptr && merged) continue;
    if (known != nullptr) {
      context_->diagnostics.error(key.place(), fmt::format("key {} is written twice", full_name(name)),
                                  fmt::format("the first one is at line {}", known->key_value.place().line));
      continue;
    }
    entries_.push_back({name, key, value});
  }
  for (const auto& merge : merges) {
    if (depth >= kMaxMergeDepth) {
      context_->diagnostics.error(merge.place(), "merge keys are nested too deeply");
    } else if (merge.is_mapping()) {
      add(merge, true, depth + 1);
    } else if (merge.is_sequence()) {
      for (const auto& item : merge.node()) {
        if (item.IsMap()) add(Value(item, merge.source()), true, depth + 1);
      }
    } else {
      context_->diagnostics.error(merge.place(), "a merge key (<<) takes a mapping or a list of mappings");
    }
  }
}

Mapping::Entry* Mapping::find(std::string_view key) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.key == key; });
  return found == entries_.end() ? nullptr : &*found;
}

const Mapping::Entry* Mapping::find(std::string_view key) const {
  return const_cast<Mapping*>(this)->find(key);
}

std::string Mapping::full_name(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::optional<Value> Mapping::take(std::string_view key) {
  known_.emplace_back(key);
  if (context_->known_keys != nullptr) context_->known_keys->insert(full_name(key));
  auto* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  entry->used = true;
  if (entry->value.is_null()) return std::nullopt;
  return entry->value;
}

Mapping::Entry* Mapping::scalar(std::string_view key) {
  const auto value = take(key);
  if (!value) return nullptr;
  if (!value->is_scalar()) {
    error(key, fmt::format("{} must be a single value, not {}", full_name(key), value->what()));
    return nullptr;
  }
  if (value->is_broken_binary()) {
    error(key, fmt::format("{} is !!binary, but no base64", full_name(key)));
    return nullptr;
  }
  return find(key);
}

std::optional<Mapping> Mapping::take_mapping(std::string_view key) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  return Mapping(*value, full_name(key), *context_);
}

std::vector<Value> Mapping::take_list(std::string_view key) {
  const auto value = take(key);
  if (!value) return {};
  if (!value->is_sequence()) {
    error(key, fmt::format("{} must be a list, not {}", full_name(key), value->what()),
          fmt::format("write {}: [...] or one `- item` a line", key));
    return {};
  }
  std::vector<Value> items;
  items.reserve(value->node().size());
  for (const auto& item : value->node()) items.emplace_back(item, value->source());
  return items;
}

std::vector<std::pair<std::string, Value>> Mapping::take_all() {
  std::vector<std::pair<std::string, Value>> out;
  out.reserve(entries_.size());
  for (auto& entry : entries_) {
    entry.used = true;
    out.emplace_back(entry.key, entry.value);
  }
  return out;
}

YAML::Node Mapping::take_rest() {
  YAML::Node out(YAML::NodeType::Map);
  for (auto& entry : entries_) {
    if (!entry.used) out.force_insert(entry.key_value.node(), entry.value.node());
    entry.used = true;
  }
  return out;
}

bool Mapping::has(std::string_view key) const {
  const auto* entry = find(key);
  return entry != nullptr && !entry->value.is_null();
}

Place Mapping::place_of(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr) return place_;
  return entry->value.is_null() ? entry->key_value.place() : entry->value.place();
}

void Mapping::error(std::string_view key, std::string message, std::string hint) const {
  context_->diagnostics.error(place_of(key), std::move(message), std::move(hint));
}

void Mapping::error_at_key(std::string_view key, std::string message, std::string hint) const {
  const auto* entry = find(key);
  context_->diagnostics.error(entry == nullptr ? place_ : entry->key_value.place(), std::move(message),
                              std::move(hint));
}

void Mapping::warning(std::string_view key, std::string message, std::string hint) const {
  context_->diagnostics.warning(place_of(key), std::move(message), std::move(hint));
}

void Mapping::late(std::string_view key, std::string message, std::string hint) const {
  if (!context_->lenient) return error(key, std::move(message), std::move(hint));
  warning(key, message + ": the module loads, but no run can pass", std::move(hint));
}

void Mapping::unusable(std::string_view key, const std::string& message, std::string hint) const {
  if (context_->lenient && context_->unusable.empty()) context_->unusable = message;
  late(key, message, std::move(hint));
}

void Mapping::finish() {
  if (std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.used; })) return;
  std::vector<std::string_view> known;
  for (const auto& [key, name] : called_) {
    if (key.empty()) known.push_back(name);
  }
  for (const auto& asked : known_) {
    const auto called =
        std::find_if(called_.begin(), called_.end(), [&](const auto& entry) { return entry.first == asked; });
    const std::string_view key = called == called_.end() ? std::string_view(asked) : called->second;
    // A reader may ask for a key twice.
    if (!key.empty() && std::find(known.begin(), known.end(), key) == known.end()) known.emplace_back(key);
  }
  for (const auto& entry : entries_) {
    if (entry.used) continue;
    const auto close = nearest(entry.key, known);
    context_->diagnostics.error(
        entry.key_value.place(),
        path_.empty() ? fmt::format("unknown key {}", entry.key)
                      : fmt::format("unknown key {} in {}", entry.key, path_),
        close ? fmt::format("did you mean {}?", *close) : fmt::format("known keys: {}", fmt::join(known, ", ")));
  }
}

}  // namespace vedette::config
