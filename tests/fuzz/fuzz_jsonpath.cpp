// JSONPath: the text before the first line break is the path, the rest the document.

#include <cstdint>
#include <string_view>

#include "language/jsonpath/jsonpath.hpp"
#include "language/values/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::language;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto path = JsonPath::parse(text.substr(0, line));
  if (!path || line == std::string_view::npos) return 0;
  const auto document = parse_json(text.substr(line + 1));
  if (document) (void)path->select(*document);
  return 0;
}
