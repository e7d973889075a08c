#include "probe/web/gzip.hpp"

#include "checks/http/body.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

TEST_CASE("a compressed page decompresses to itself") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "probe_success{check=\"" + std::to_string(i) + "\"} 1\n";
  const auto compressed = gzip(text);
  CHECK(compressed.size() < text.size() / 5);
  http::BodySink sink(http::Compression::kGzip, 0, text.size());
  sink.take(compressed);
  sink.finish();
  CHECK(sink.text() == text);
}
