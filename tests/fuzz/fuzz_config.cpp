// A whole configuration file: anything gives checks or diagnostics.

#include <cstdlib>

#include "probe/config/check_decoder.hpp"
#include "probe/config/config_loader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  const auto source =
      std::make_shared<config::Source>(config::Source{"fuzz", std::string(reinterpret_cast<const char*>(data), size)});
  config::Diagnostics diagnostics;
  config::Context context{diagnostics, {}, nullptr};
  const auto value = config::parse_yaml(source, diagnostics);
  if (value) {
    config::Mapping document(*value, "", context);
    CheckDecoder decoder(context);
    if (auto agent = document.take_mapping("agent")) decode_agent(*agent);
    if (auto defaults = document.take_mapping("defaults")) decoder.read_defaults(*defaults);
    if (auto modules = document.take_mapping("modules")) {
      for (const auto& [name, module] : modules->take_all()) decoder.read_module(name, module);
    }
    for (const auto& item : document.take_list("checks")) decoder.read_check(item);
    document.finish();
    for (const auto& check : decoder.checks()) {
      if (check->settings == nullptr || check->timeout <= Duration::zero()) std::abort();
    }
  } else if (!diagnostics.has_errors()) {
    std::abort();
  }
  render_all(diagnostics, true);
  return 0;
}
