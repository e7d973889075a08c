// Texts with expressions in them, evaluated.

#include <cstdint>
#include <map>
#include <string>

#include "language/lines/template.hpp"

namespace {

using namespace vedette::language;

class FuzzScope final : public Scope {
 public:
  FuzzScope() {
    variables_["n"] = Value(std::int64_t{7});
    variables_["s"] = Value(std::string("a text")).as_secret();
    variables_["l"] = Value::list({Value(std::int64_t{1}), Value(std::string("b"))});
    variables_["o"] = Value::object({{"a", Value(1.5)}});
  }
  [[nodiscard]] const Value* variable(std::string_view name) const override {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : &found->second;
  }
  std::uint64_t random() override { return 4; }
  tl::expected<std::string, Fault> read_file(const std::string& path) override {
    return tl::make_unexpected(Fault{.kind = FaultKind::kFileRead, .message = path});
  }

 private:
  std::map<std::string, Value, std::less<>> variables_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_template(text);
  if (!parsed) return 0;
  FuzzScope scope;
  (void)parsed->value(scope);
  (void)parsed->render(scope);
  return 0;
}
