#include "config/pattern.hpp"

#include <re2/re2.h>

namespace vedette::config {

namespace {

/// RE2's default of 8 MiB refuses large patterns that Go accepts.
constexpr std::int64_t kMaxMemory = 64LL << 20;

}  // namespace

tl::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!compiled->ok()) return tl::make_unexpected(compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::vector<std::string> Pattern::groups(std::string_view text) const {
  const int count = compiled_->NumberOfCapturingGroups() + 1;
  std::vector<re2::StringPiece> pieces(count);
  const re2::StringPiece subject(text.data(), text.size());
  if (!compiled_->Match(subject, 0, subject.size(), re2::RE2::UNANCHORED, pieces.data(), count)) return {};
  std::vector<std::string> out;
  out.reserve(count);
  for (const auto& piece : pieces) out.emplace_back(piece.data() != nullptr ? piece.as_string() : std::string());
  return out;
}

int Pattern::group_number(const std::string& name) const {
  const auto& groups = compiled_->NamedCapturingGroups();
  const auto found = groups.find(name);
  return found == groups.end() ? -1 : found->second;
}

const std::string& Pattern::text() const {
  return compiled_->pattern();
}

}  // namespace vedette::config
