// Expressions of CEL over JSON: the text before the first line break is the expression, the rest the body.

#include <cstdint>
#include <string_view>

#include "cel/program.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::cel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto program = Program::compile(text.substr(0, line), "body");
  if (!program) return 0;
  const auto body = from_json(line == std::string_view::npos ? "null" : text.substr(line + 1));
  if (body) (void)program->run(*body);
  return 0;
}
