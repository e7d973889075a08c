#pragma once

// What the lines of one kind of check may ask for.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace vedette::language {

/// What a query is about.
enum class Topic : std::uint8_t {
  kVariable = 1,  ///< the variables of a scenario
  kAnswer = 2,    ///< any answer: `ip`, `duration`, `timing`
  kTls = 4,       ///< the connection's certificate and cipher
  kText = 8,      ///< a text that was received: `bytes`, `regex`
  kHttp = 16,     ///< a response of HTTP
};

struct Vocabulary {
  unsigned topics = 0;
  /// Queries of the kind's own, each the name of a fact in the subject: `rcode`, `serving_status`.
  std::span<const std::string_view> facts{};

  [[nodiscard]] constexpr bool has(Topic topic) const { return (topics & static_cast<unsigned>(topic)) != 0; }
};

/// The vocabulary of an answer with these topics and facts, beside what every answer has.
template <typename... Topics>
constexpr Vocabulary vocabulary_of(std::span<const std::string_view> facts, Topics... topics) {
  const auto common = static_cast<unsigned>(Topic::kVariable) | static_cast<unsigned>(Topic::kAnswer);
  return {(common | ... | static_cast<unsigned>(topics)), facts};
}

/// Of what has no answer: a scenario's `assert`.
inline constexpr Vocabulary kOnlyVariables{static_cast<unsigned>(Topic::kVariable)};

inline constexpr std::array<std::string_view, 1> kHttpFacts{"size"};
/// Also Hurl's.
inline constexpr Vocabulary kHttpVocabulary = vocabulary_of(kHttpFacts, Topic::kHttp, Topic::kTls, Topic::kText);

}  // namespace vedette::language
