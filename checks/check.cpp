#include "checks/check.hpp"

namespace vedette {

namespace {

/// FNV-1a, 64 bits.
constexpr std::uint64_t kSeed = 14695981039346656037ULL;

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

/// FNV's low bits are weak for short texts that differ in their last character only.
std::uint64_t finish(std::uint64_t hash) {
  hash ^= hash >> 32U;
  hash *= 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29U);
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
  return finish(mix(kSeed, text));
}

std::uint64_t key_of(std::string_view name, std::string_view target) {
  return finish(mix(mix(mix(kSeed, name), "\n"), target));
}

}  // namespace vedette
