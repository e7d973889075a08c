// Targets and redirects: what is accepted reads back to itself.

#include <cstdlib>

#include "checks/http/proxy.hpp"
#include "checks/http/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::http;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const auto kBase = *parse_url("https://example.org/a/b?c=d");
  bypasses_proxy(text, "www.example.org");
  for (const auto& url : {parse_url(text), resolve_location(kBase, text)}) {
    if (!url) continue;
    const auto again = parse_url(url->text());
    if (!again || again->text() != url->text() || again->port != url->port) std::abort();
  }
  return 0;
}
