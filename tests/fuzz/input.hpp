#pragma once

// The bytes of a fuzzer's input, taken from the front. What is not there is zero or empty.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vedette::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  explicit Input(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  std::uint8_t byte() {
    const auto one = bytes(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
  }

  /// At most `count` bytes.
  std::string_view bytes(std::size_t count) {
    const auto out = rest_.substr(0, count);
    rest_.remove_prefix(out.size());
    return out;
  }

  /// What lies behind its length in two bytes, the higher one first.
  std::string_view message() {
    const std::size_t high = byte();
    return bytes(high << 8U | byte());
  }

  /// Up to the next `end`, which goes too; everything when there is none.
  std::string_view until(std::string_view end) {
    const auto at = rest_.find(end);
    const auto out = bytes(at);
    bytes(at == std::string_view::npos ? 0 : end.size());
    return out;
  }

  std::string_view rest() { return bytes(rest_.size()); }

  /// The rest in parts that `|||` sets apart; at least one.
  std::vector<std::string> parts() {
    std::vector<std::string> out;
    do {
      out.emplace_back(until("|||"));
    } while (!empty());
    return out;
  }

 private:
  std::string_view rest_;
};

}  // namespace vedette::fuzz
