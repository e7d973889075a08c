// Scenarios in YAML: read, explained, written as Hurl.

#include <cstdint>
#include <memory>
#include <string>

#include "scenarios/tools/explain.hpp"
#include "scenarios/tools/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  const auto source = std::make_shared<const config::Source>(
      config::Source{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)});
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  const auto value = config::parse_yaml(source, diagnostics);
  if (!value) return 0;
  // A folder that is not there: nothing of the machine is read.
  const auto loaded = scenarios::decode(*value, "/nonexistent", {}, context);
  for (const auto& diagnostic : diagnostics.sorted()) (void)render(diagnostic, false);
  if (!loaded) return 0;
  (void)scenarios::explain(*loaded->scenario);
  (void)scenarios::to_hurl(*loaded->scenario);
  return 0;
}
