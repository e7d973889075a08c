#pragma once

// What a frame holds at a moment, for evaluating on another thread: the frame goes on to change meanwhile.

#include <map>
#include <random>
#include <string>
#include <vector>

#include "language/lines/scope.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::scenarios {

class Snapshot final : public language::Scope {
 public:
  /// Draws once from the session's random numbers.
  explicit Snapshot(const Frame& frame);

  [[nodiscard]] const language::Value* variable(std::string_view name) const override;
  [[nodiscard]] language::Found step(std::string_view id) const override;
  std::uint64_t random() override { return random_(); }
  tl::expected<std::string, language::Fault> read_file(const std::string& path) override;
  void keep_secret(const std::string& text) override { secrets_.push_back(text); }
  [[nodiscard]] std::size_t max_nodes() const override { return max_nodes_; }
  [[nodiscard]] std::size_t longest_text() const override { return longest_text_; }
  [[nodiscard]] language::Reading reading() const override { return reading_; }

  /// What was made of secrets, to be masked by the session.
  [[nodiscard]] const std::vector<std::string>& secrets() const { return secrets_; }

 private:
  using Values = std::map<std::string, language::Value, std::less<>>;

  Values variables_;
  Values steps_;
  std::mt19937_64 random_;
  std::string file_root_;
  std::size_t max_nodes_;
  std::size_t longest_text_;
  language::Reading reading_;
  std::vector<std::string> secrets_;
};

}  // namespace vedette::scenarios
