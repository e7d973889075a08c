#pragma once

// What an expression may reach for while it is evaluated. One for each run; single-threaded.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/values/fault.hpp"
#include "language/values/reading.hpp"
#include "language/values/value.hpp"

namespace vedette::language {

class Scope {
 public:
  virtual ~Scope() = default;

  /// nullptr when it is not defined.
  [[nodiscard]] virtual const Value* variable(std::string_view name) const = 0;
  /// What became of an earlier step: an object with `state`, `status`, `duration`, `attempts`; nothing when there is
  /// none of that name, or it has not run.
  [[nodiscard]] virtual Found step(std::string_view /*id*/) const { return std::nullopt; }
  /// 64 random bits, the same ones for the same seed.
  virtual std::uint64_t random() = 0;
  /// The content of a file, as far as the scope lets it be read; the fault has no span.
  virtual tl::expected<std::string, Fault> read_file(const std::string& path) = 0;
  /// Told of every text that was made of a secret, so that it can be masked wherever it turns up.
  virtual void keep_secret(const std::string& /*text*/) {}
  /// How many nodes of expressions may still be evaluated, and how long a text may become.
  [[nodiscard]] virtual std::size_t max_nodes() const { return 10'000; }
  [[nodiscard]] virtual std::size_t longest_text() const { return std::size_t{256} << 10; }
  /// What filters of expressions may cost.
  [[nodiscard]] virtual Reading reading() const { return {}; }
};

/// Nothing is defined and no file may be read: of checks that have no variables.
class EmptyScope final : public Scope {
 public:
  [[nodiscard]] const Value* variable(std::string_view /*name*/) const override { return nullptr; }
  std::uint64_t random() override { return 0; }
  tl::expected<std::string, Fault> read_file(const std::string& path) override {
    return tl::make_unexpected(Fault{.kind = FaultKind::kFileRead, .message = path + " cannot be read here"});
  }
};

}  // namespace vedette::language
