#include "checks/redactor.hpp"

#include <algorithm>

#include "checks/text.hpp"
#include "config/ascii.hpp"
#include "language/base64.hpp"
#include "language/json.hpp"
#include "language/percent.hpp"
#include "language/value.hpp"

namespace vedette {

namespace {

constexpr std::string_view kMask = "***";

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

std::string fully_percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += '%' + upper_case(language::to_hex(std::string_view(&c, 1)));
  return out;
}

/// Without the quotes.
std::string in_json(std::string_view text) {
  const auto quoted = language::to_json(language::Value(std::string(text)));
  return quoted.substr(1, quoted.size() - 2);
}

/// Takes away what is left of a secret that was cut off at `end`, where printable() has bounded the text.
void mask_cut(std::string& text, std::size_t end, const std::vector<std::string>& forms) {
  std::size_t most = 0;
  for (const auto& form : forms) {
    for (auto size = std::min(form.size() - 1, end); size >= Redactor::kShortest && size > most; --size) {
      if (text.compare(end - size, size, form, 0, size) == 0) most = size;
    }
  }
  if (most > 0) text.replace(end - most, most, kMask);
}

}  // namespace

void Redactor::add_form(std::string form) const {
  if (form.size() < kShortest || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  const auto place =
      std::find_if(forms_.begin(), forms_.end(), [&](const std::string& other) { return other.size() < form.size(); });
  forms_.insert(place, std::move(form));
}

void Redactor::add(std::string_view secret) {
  constexpr std::size_t kMaxSecrets = 500;
  if (secret.size() < kShortest || secrets_.size() >= kMaxSecrets) return;
  if (std::find(secrets_.begin(), secrets_.end(), secret) == secrets_.end()) secrets_.emplace_back(secret);
}

void Redactor::derive_forms() const {
  for (; derived_ < secrets_.size(); ++derived_) {
    const auto& secret = secrets_[derived_];
    add_form(secret);
    add_form(lower_case(secret));
    add_form(upper_case(secret));
    for (std::size_t before = 0; before < 3; ++before) {
      const auto encoded = inner_base64(secret, before);
      add_form(encoded);
      add_form(url_safe(encoded));
    }
    for (const auto* plain : {"", "/", " "}) {
      auto encoded = language::percent_encoded(secret, plain);
      std::replace(encoded.begin(), encoded.end(), ' ', '+');
      add_form(encoded);
      add_form(lower_case(encoded));
      add_form(language::percent_encoded(encoded));
    }
    const auto every_byte = fully_percent_encoded(secret);
    add_form(every_byte);
    add_form(lower_case(every_byte));
    const auto json = in_json(secret);
    add_form(json);
    add_form(in_json(json));
    add_form(language::to_hex(secret));
    add_form(upper_case(language::to_hex(secret)));
    add_form(escape_markup(secret));
    // As evidence shows it.
    add_form(printable(secret, secret.size()));
  }
}

std::string Redactor::masked(std::string text) const {
  if (empty() || text.empty()) return text;
  derive_forms();
  for (const auto& form : forms_) {
    for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at + kMask.size())) {
      text.replace(at, form.size(), kMask);
    }
  }
  constexpr std::string_view kCut = "...";
  for (auto at = text.find(kCut); at != std::string::npos; at = text.find(kCut, at + kCut.size())) {
    const auto before = text.size();
    mask_cut(text, at, forms_);
    at = at + text.size() - before;
  }
  return text;
}

}  // namespace vedette
