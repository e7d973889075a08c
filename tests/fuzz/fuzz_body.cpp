// Bodies in any compression: bounded, whatever comes.

#include <cstdlib>

#include "checks/http/body.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::http;
  if (size == 0) return 0;
  constexpr std::uint64_t kLimit = 1 << 20;
  BodySink sink(static_cast<Compression>(data[0] % 4), kLimit, 4096);
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto half = rest.size() / 2;
  if (sink.take(rest.substr(0, half))) sink.take(rest.substr(half));
  sink.finish();
  if (sink.size() > kLimit || sink.text().size() > 4096) std::abort();
  return 0;
}
