#include "probe/import/relabel.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "probe/import/yaml_member.hpp"

namespace vedette {

namespace {

using Action = RelabelRule::Action;

constexpr std::array<std::pair<std::string_view, Action>, 11> kActions{{{"replace", Action::kReplace},
                                                                        {"keep", Action::kKeep},
                                                                        {"drop", Action::kDrop},
                                                                        {"keepequal", Action::kKeepEqual},
                                                                        {"dropequal", Action::kDropEqual},
                                                                        {"hashmod", Action::kHashMod},
                                                                        {"labelmap", Action::kLabelMap},
                                                                        {"labeldrop", Action::kLabelDrop},
                                                                        {"labelkeep", Action::kLabelKeep},
                                                                        {"lowercase", Action::kLowercase},
                                                                        {"uppercase", Action::kUppercase}}};

bool needs_target(Action action) {
  return action == Action::kReplace || action == Action::kHashMod || action == Action::kLowercase ||
         action == Action::kUppercase || action == Action::kKeepEqual || action == Action::kDropEqual;
}

void set(LabelMap& labels, const std::string& name, std::string value) {
  // A few dozen rules that double a value would fill the machine.
  constexpr std::size_t kMaxValue = std::size_t{64} << 10;
  if (value.size() > kMaxValue) value.resize(kMaxValue);
  if (value.empty()) {
    labels.erase(name);
  } else {
    labels[name] = std::move(value);
  }
}

/// The last eight bytes of the MD5 sum, as Prometheus has it.
std::uint64_t hash_of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  std::uint64_t out = 0;
  for (std::size_t i = 8; i < 16; ++i) out = out << 8 | digest.at(i);
  return out;
}

void replace(const RelabelRule& rule, const std::string& text, LabelMap& labels) {
  const auto groups = rule.regex.groups(text);
  if (groups.empty()) return;
  const auto target = rule.regex.expanded(rule.target_label, groups);
  if (target.empty()) return;
  set(labels, target, rule.regex.expanded(rule.replacement, groups));
}

template <typename Wanted>
void drop_labels(LabelMap& labels, const Wanted& wanted) {
  std::erase_if(labels, [&](const auto& label) { return !wanted(label.first); });
}

}  // namespace

tl::expected<RelabelRule, std::string> read_relabel_rule(const YAML::Node& rule) {
  const auto refused = [](std::string why) { return tl::make_unexpected(std::move(why)); };
  const auto word = lower_case(text_member(rule, "action", "replace"));
  const auto action =
      std::find_if(kActions.begin(), kActions.end(), [&](const auto& one) { return one.first == word; });
  if (action == kActions.end()) return refused(fmt::format("there is no action {}", word));
  const auto regex = text_member(rule, "regex", "(.*)");
  const auto alone = config::Pattern::compile(regex);
  auto compiled = config::Pattern::compile("^(?s:" + regex + ")$");
  if (!alone || !compiled) return refused("the regex is none: " + (alone ? compiled.error() : alone.error()));
  RelabelRule out(action->second, std::move(*compiled));
  for (const auto& name : items(member(rule, "source_labels"))) out.source_labels.push_back(name.Scalar());
  out.separator = text_member(rule, "separator", ";");
  out.target_label = text_member(rule, "target_label");
  out.replacement = text_member(rule, "replacement", "$1");
  const auto modulus = text_member(rule, "modulus", "0");
  std::from_chars(modulus.data(), modulus.data() + modulus.size(), out.modulus);
  if (out.action == Action::kHashMod && out.modulus == 0) return refused("hashmod needs a modulus");
  if (needs_target(out.action) && out.target_label.empty())
    return refused(fmt::format("{} needs a target_label", word));
  return out;
}

namespace {

/// False when the target is dropped.
bool apply(const RelabelRule& rule, LabelMap& labels) {
  std::vector<std::string> values;
  for (const auto& name : rule.source_labels) values.push_back(value_of(labels, name));
  const auto text = fmt::format("{}", fmt::join(values, rule.separator));
  switch (rule.action) {
    case Action::kReplace:
      replace(rule, text, labels);
      break;
    case Action::kKeep:
      return rule.regex.found_in(text);
    case Action::kDrop:
      return !rule.regex.found_in(text);
    case Action::kKeepEqual:
      return value_of(labels, rule.target_label) == text;
    case Action::kDropEqual:
      return value_of(labels, rule.target_label) != text;
    case Action::kHashMod:
      set(labels, rule.target_label, std::to_string(hash_of(text) % rule.modulus));
      break;
    case Action::kLabelMap: {
      const auto before = labels;
      for (const auto& [name, value] : before) {
        const auto groups = rule.regex.groups(name);
        if (!groups.empty()) set(labels, rule.regex.expanded(rule.replacement, groups), value);
      }
      break;
    }
    case Action::kLabelDrop:
      drop_labels(labels, [&](const std::string& name) { return !rule.regex.found_in(name); });
      break;
    case Action::kLabelKeep:
      drop_labels(labels, [&](const std::string& name) { return rule.regex.found_in(name); });
      break;
    case Action::kLowercase:
      set(labels, rule.target_label, lower_case(text));
      break;
    case Action::kUppercase:
      set(labels, rule.target_label, upper_case(text));
      break;
  }
  return true;
}

}  // namespace

std::string value_of(const LabelMap& labels, const std::string& name, const std::string& otherwise) {
  const auto found = labels.find(name);
  return found == labels.end() ? otherwise : found->second;
}

bool relabel(const std::vector<RelabelRule>& rules, LabelMap& labels) {
  return std::all_of(rules.begin(), rules.end(), [&](const RelabelRule& rule) { return apply(rule, labels); });
}

}  // namespace vedette
