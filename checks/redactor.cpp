#include "checks/redactor.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/hex.hpp"

namespace vedette {

namespace {

constexpr std::string_view kMask = "***";
/// How far before a cut its secret may begin.
constexpr std::size_t kMaxPart = 4096;
/// Shorter secrets are not looked for in base64 of base64.
constexpr std::size_t kMinEncodedTwice = 6;

/// What is the same of a secret in the base64 of any text that holds it `before` bytes behind a multiple of three.
std::string inner_base64(std::string_view secret, std::size_t before) {
  constexpr std::size_t kBytes = 3;
  const auto encoded = encode_base64(std::string(before, '\0') + std::string(secret));
  // The letters that hold bits of what stands before it and behind it are not its own.
  const auto first = (before * 4 + kBytes - 1) / kBytes;
  const auto last = (before + secret.size()) * 4 / kBytes;
  return first < last ? encoded.substr(first, last - first) : std::string();
}

/// For each place that the secret may have in a group of three bytes.
std::array<std::string, 3> inner_base64_forms(std::string_view secret) {
  return {inner_base64(secret, 0), inner_base64(secret, 1), inner_base64(secret, 2)};
}

std::string url_safe(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace

void Redactor::add_form(std::string form) const {
  if (form.size() < kMinLength || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  const auto place =
      std::find_if(forms_.begin(), forms_.end(), [&](const std::string& other) { return other.size() < form.size(); });
  starts_[static_cast<unsigned char>(form[0])] = true;
  longest_ = std::min(kMaxPart, std::max(longest_, form.size()));
  forms_.insert(place, std::move(form));
}

void Redactor::add(std::string_view secret) {
  constexpr std::size_t kMaxSecrets = 500;
  // A token of a megabyte would be as dear to look for as to make; its first part is all that evidence has room for.
  constexpr std::size_t kWhole = 4096;
  constexpr std::size_t kPiece = 1024;
  constexpr std::size_t kMaxPieces = 16;
  if (secret.size() > kWhole) {
    for (std::size_t i = 0; i < kMaxPieces && i * kPiece < secret.size(); ++i) add(secret.substr(i * kPiece, kPiece));
    return;
  }
  auto& known = secret.size() < kMinLength ? words_ : secrets_;
  if (secret.empty() || known.size() >= kMaxSecrets) return;
  if (std::find(known.begin(), known.end(), secret) == known.end()) known.emplace_back(secret);
}

void Redactor::add_authorization(std::string_view value) {
  const auto blank = value.find(' ');
  add(blank == std::string_view::npos ? value : value.substr(blank + 1));
}

void Redactor::add_header(std::string_view name, std::string_view value) {
  add(value);
  const auto key = lower_case(name);
  if (key == "cookie") {
    for (const auto pair : split(value, ';')) {
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos) add(trim(pair.substr(equals + 1)));
    }
  }
  const auto blank = value.find(' ');
  if (blank == std::string_view::npos) return;
  const auto scheme = value.substr(0, blank);
  const bool basic = same_ignoring_case(scheme, "Basic");
  const bool credentials = basic || same_ignoring_case(scheme, "Bearer") || same_ignoring_case(scheme, "Token") ||
                           key.find("auth") != std::string::npos;
  if (!credentials) return;
  const auto rest = trim(value.substr(blank));
  add(rest);
  if (!basic) return;
  const auto plain = decode_base64(rest).value_or("");
  const auto colon = plain.find(':');
  add(plain);
  if (colon != std::string::npos) add(std::string_view(plain).substr(colon + 1));
}

void Redactor::add_userinfo(const std::string& user, const std::string& password) {
  add(password.empty() ? user : password);
  add(encode_base64(user + ":" + password));
}

void Redactor::add_base64(const std::string& text) const {
  add_form(text);
  if (text.find_first_of("+/") != std::string::npos) add_form(url_safe(text));
}

/// For base64 with signs that are escaped in URLs and in JSON.
void Redactor::add_escaped(const std::string& text) const {
  if (text.size() < kMinLength || text.find_first_of("+/") == std::string::npos) return;
  const bool sign = text[0] == '+' || text[0] == '/';
  for (const char byte : sign ? std::string("+/%\\&") : text.substr(0, 1)) {
    const auto at = static_cast<unsigned char>(byte);
    starts_[at] = true;
    escaped_[at].emplace_back(text);
  }
}

void Redactor::derive_forms() const {
  // No letter is written with more: `&amp;#x0000e9;` and the like.
  constexpr std::size_t kMaxLetter = 16;
  constexpr std::size_t kBytes = 256;
  starts_.resize(kBytes);
  escaped_.resize(kBytes);
  in_hex_.resize(kBytes);
  const auto mark = [this](std::string_view bytes) {
    for (const char byte : bytes) starts_[static_cast<unsigned char>(byte)] = true;
  };
  while (encoded_.size() < secrets_.size()) {
    const auto& secret = secrets_[encoded_.size()];
    encoded_.emplace_back(secret);
    const auto first = secret.substr(0, 1);
    mark(first);
    longest_ = std::min(kMaxPart, std::max(longest_, secret.size() * kMaxLetter));
    // Its escapes, and what is shown in its place.
    mark("%\\&.\xef");
    if (first == " ") mark("+");
    const auto lead = static_cast<unsigned char>(first[0]);
    if (lead == 0xc2 || lead == 0xc3) std::fill(starts_.begin() + 0x80, starts_.end(), true);
    for (const auto& encoded : inner_base64_forms(secret)) {
      add_base64(encoded);
      add_escaped(encoded);
      // Of a short secret too few letters are left to tell them from others.
      if (secret.size() < kMinEncodedTwice) continue;
      for (const auto& once : {encoded, url_safe(encoded)}) {
        for (const auto& twice : inner_base64_forms(once)) add_base64(twice);
      }
    }
    add_form(lower_case(secret));
    add_form(upper_case(secret));
    // Whole ones are found by hex_length_at(): these are for what was cut off.
    const auto hex = to_hex(secret);
    add_form(hex);
    add_form(upper_case(hex));
    std::string begins = hex.substr(0, 1) + upper_case(hex).substr(0, 1) + "0";
    std::sort(begins.begin(), begins.end());
    begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
    mark(begins);
    for (const char byte : begins) in_hex_[static_cast<unsigned char>(byte)].push_back(encoded_.size() - 1);
  }
}

/// How many bytes of `text` from `at` are a secret in whatever form it is written letter by letter.
std::size_t Redactor::length_at(std::string_view text, std::size_t at) const {
  const auto first = static_cast<unsigned char>(text[at]);
  std::size_t longest = 0;
  for (const auto& secret : encoded_) longest = std::max(longest, secret.length_at(text, at));
  for (const auto& secret : escaped_[first]) longest = std::max(longest, secret.length_at(text, at));
  for (const auto secret : in_hex_[first]) longest = std::max(longest, hex_length_at(text, at, secrets_[secret]));
  return longest;
}

void Redactor::mask_letters(std::string& text) const {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!starts_[static_cast<unsigned char>(text[at])]) continue;
    const auto length = length_at(text, at);
    if (length == 0) continue;
    text.replace(at, length, kMask);
    at += kMask.size() - 1;
  }
}

/// Takes away what is left of a secret that was cut off at `end`.
bool Redactor::mask_cut(std::string& text, std::size_t end) const {
  const auto before = std::string_view(text).substr(0, end);
  for (auto at = end - std::min(end, longest_); at + kMinLength <= end; ++at) {
    if (!starts_[static_cast<unsigned char>(before[at])]) continue;
    const auto rest = before.substr(at);
    const bool part =
        std::any_of(encoded_.begin(), encoded_.end(),
                    [&](const EncodedSecret& secret) { return secret.breaks_off(before, at, kMinLength); }) ||
        std::any_of(forms_.begin(), forms_.end(), [&](const std::string& form) { return form.starts_with(rest); });
    if (!part) continue;
    text.replace(at, end - at, kMask);
    return true;
  }
  return false;
}

/// Binary data is shown as dots, and every three of them may be the mark of a cut. The mark is the end of its row of
/// dots; a text with more rows than evidence ever cuts is not worth the time.
void Redactor::mask_cuts(std::string& text) const {
  constexpr int kMaxCuts = 1000;
  constexpr std::size_t kMark = 3;
  int cuts = 0;
  for (auto at = text.find("..."); at != std::string::npos; at = text.find("...", at)) {
    if (++cuts > kMaxCuts) {
      text.replace(at, std::string::npos, kMask);
      return;
    }
    const auto row_end = std::min(text.find_first_not_of('.', at), text.size());
    const auto behind = text.size() - row_end;
    // A sentence may end behind the mark.
    if (!mask_cut(text, row_end - kMark) && row_end - at > kMark) mask_cut(text, at);
    at = text.size() - behind;
  }
}

std::string Redactor::with_masked_words(const std::string& text) const {
  std::string out;
  const auto part_of_word = [&](std::size_t at) {
    return at < text.size() && ((text[at] >= '0' && text[at] <= '9') || (text[at] >= 'a' && text[at] <= 'z') ||
                                (text[at] >= 'A' && text[at] <= 'Z') || static_cast<unsigned char>(text[at]) >= 0x80);
  };
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || !part_of_word(at) || !part_of_word(at - 1);
    const auto word = std::find_if(words_.begin(), words_.end(), [&](const std::string& one) {
      const auto end = at + one.size();
      return begins && text.compare(at, one.size(), one) == 0 && !(part_of_word(end - 1) && part_of_word(end));
    });
    out += word == words_.end() ? text.substr(at, 1) : std::string(kMask);
    at += word == words_.end() ? 1 : word->size();
  }
  return out;
}

std::string Redactor::masked(std::string text) const {
  if (empty() || text.empty()) return text;
  if (!words_.empty()) text = with_masked_words(text);
  if (secrets_.empty()) return text;
  derive_forms();
  mask_letters(text);
  for (const auto& form : forms_) {
    for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at + kMask.size())) {
      text.replace(at, form.size(), kMask);
    }
  }
  mask_cuts(text);
  return text;
}

}  // namespace vedette
