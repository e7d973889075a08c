#include "scenarios/redactor.hpp"

#include <algorithm>

#include "checks/text.hpp"
#include "config/ascii.hpp"
#include "language/base64.hpp"
#include "language/json.hpp"
#include "language/percent.hpp"
#include "language/value.hpp"

namespace vedette::scenarios {

namespace {

/// What is the same of a secret in the base64 of any text that holds it `before` bytes behind a multiple of three.
std::string inner_base64(std::string_view secret, std::size_t before) {
  constexpr std::size_t kBytes = 3;
  const auto encoded = language::encode_base64(std::string(before, '\0') + std::string(secret));
  // The letters that hold bits of what stands before it and behind it are not its own.
  const auto first = (before * 4 + kBytes - 1) / kBytes;
  const auto last = (before + secret.size()) * 4 / kBytes;
  return first < last ? encoded.substr(first, last - first) : std::string();
}

std::string url_safe(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

/// Without the quotes.
std::string in_json(std::string_view text) {
  const auto quoted = language::to_json(language::Value(std::string(text)));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

void Redactor::add_form(std::string form) {
  if (form.size() < kShortest || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  const auto place =
      std::find_if(forms_.begin(), forms_.end(), [&](const std::string& other) { return other.size() < form.size(); });
  forms_.insert(place, std::move(form));
}

void Redactor::add(std::string_view secret) {
  if (secret.size() < kShortest || std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return;
  constexpr std::size_t kMostSecrets = 500;
  if (secrets_.size() >= kMostSecrets) return;
  secrets_.emplace_back(secret);
  add_form(std::string(secret));
  for (std::size_t before = 0; before < 3; ++before) {
    const auto encoded = inner_base64(secret, before);
    add_form(encoded);
    add_form(url_safe(encoded));
  }
  add_form(language::percent_encoded(secret));
  add_form(lower_case(language::percent_encoded(secret)));
  add_form(language::percent_encoded(secret, "/"));
  auto form = language::percent_encoded(secret, " ");
  std::replace(form.begin(), form.end(), ' ', '+');
  add_form(form);
  const auto json = in_json(secret);
  add_form(json);
  add_form(in_json(json));
  add_form(language::to_hex(secret));
  add_form(upper_case(language::to_hex(secret)));
  add_form(escape_markup(secret));
  // As evidence shows it.
  add_form(printable(secret, secret.size()));
}

std::string Redactor::masked(std::string text) const {
  constexpr std::string_view kMask = "***";
  for (const auto& form : forms_) {
    for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at + kMask.size())) {
      text.replace(at, form.size(), kMask);
    }
  }
  return text;
}

}  // namespace vedette::scenarios
