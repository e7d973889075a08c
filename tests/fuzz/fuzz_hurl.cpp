// Hurl files.

#include <cstdint>
#include <memory>
#include <string>

#include "scenarios/hurl/parser.hpp"
#include "scenarios/reports/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  const auto source = std::make_shared<const config::Source>(
      config::Source{"fuzz.hurl", std::string(reinterpret_cast<const char*>(data), size)});
  const auto steps = scenarios::hurl::parse(source);
  if (!steps) (void)scenarios::syntax_error_text(source, steps.error(), false);
  return 0;
}
