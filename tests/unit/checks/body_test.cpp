#include "checks/http/body.hpp"

#include <zlib.h>

#include "probe/web/gzip.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::http;

namespace {

std::string raw_deflate(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Feeds `data` in parts of `step` bytes.
void feed(BodySink& sink, const std::string& data, std::size_t step) {
  for (std::size_t at = 0; at < data.size() && sink.take(std::string_view(data).substr(at, step)); at += step) {
  }
  sink.finish();
}

}  // namespace

TEST_CASE("bodies are decoded however they are cut") {
  const std::string text(100000, 'x');
  for (const std::size_t step : {1UL, 7UL, 100000UL}) {
    BodySink gzip_sink(Compression::kGzip, 0, 1 << 20);
    feed(gzip_sink, gzip(text), step);
    CHECK_FALSE(gzip_sink.failure());
    CHECK(gzip_sink.text() == text);
    BodySink deflate_sink(Compression::kDeflate, 0, 1 << 20);
    feed(deflate_sink, raw_deflate(text), step);
    CHECK(deflate_sink.text() == text);
  }
}

TEST_CASE("gzip may have several members, and nothing else behind them") {
  BodySink two(Compression::kGzip, 0, 100);
  feed(two, gzip("one ") + gzip("two"), 5);
  CHECK_FALSE(two.failure());
  CHECK(two.text() == "one two");
  BodySink junk(Compression::kGzip, 0, 100);
  feed(junk, gzip("one") + "junk", 5);
  CHECK(junk.failure()->reason == Reason::kBodyDecode);
  CHECK(junk.began());
  BodySink none(Compression::kGzip, 0, 100);
  feed(none, "plain text", 5);
  CHECK(none.failure());
  CHECK_FALSE(none.began());
}

TEST_CASE("a body in brotli is decoded") {
  BodySink sink(Compression::kBrotli, 0, 100);
  sink.take("\x0b\x02\x80hello\x03");  // An uncompressed meta-block: RFC 7932 section 9.2.
  sink.finish();
  CHECK_FALSE(sink.failure());
  CHECK(sink.text() == "hello");
}

TEST_CASE("a bomb is stopped at the limit, not after it") {
  const auto bomb = gzip(std::string(std::size_t{50} << 20, '\0'));
  CHECK(bomb.size() < 500000);
  BodySink sink(Compression::kGzip, 1 << 20, 4096);
  feed(sink, bomb, bomb.size());
  REQUIRE(sink.failure());
  CHECK(sink.failure()->reason == Reason::kBodyTooLarge);
  CHECK(sink.size() == 1 << 20);
  CHECK(sink.text().size() == 4096);
}

TEST_CASE("a compressed body may not become any number of times as large") {
  const auto zeros = [](std::size_t mebibytes) { return raw_deflate(std::string(mebibytes << 20, '\0')); };
  BodySink page(Compression::kDeflate, 0, 100);
  feed(page, zeros(15), 4096);  // a thousand times its size, but not large
  CHECK_FALSE(page.failure());
  BodySink bomb(Compression::kDeflate, 0, 100);
  feed(bomb, zeros(20), 4096);
  REQUIRE(bomb.failure());
  CHECK(bomb.failure()->reason == Reason::kBodyTooLarge);
  CHECK(bomb.size() < std::size_t{17} << 20);
  BodySink plain(Compression::kNone, 0, 100);
  const std::string mebibyte(1 << 20, 'x');
  for (int i = 0; i < 300; ++i) CHECK(plain.take(mebibyte));
  CHECK_FALSE(plain.failure());
}

TEST_CASE("a bomb is decoded in slices") {
  const auto bomb = gzip(std::string(std::size_t{8} << 20, '\0'));
  BodySink sink(Compression::kGzip, 0, 100);
  sink.take(bomb);
  int slices = 1;
  while (sink.slice() == net::Work::kMore) ++slices;
  CHECK(slices >= 60);
  CHECK(sink.size() == std::size_t{8} << 20);
}

TEST_CASE("a body of just the limit passes, one byte more does not") {
  BodySink fits(Compression::kNone, 5, 100);
  CHECK(fits.take("12345"));
  BodySink exceeds(Compression::kNone, 5, 100);
  CHECK_FALSE(exceeds.take("123456"));
  CHECK(exceeds.size() == 5);
}

TEST_CASE("what is not compressed as expected is said to be so") {
  for (const auto compression : {Compression::kGzip, Compression::kDeflate, Compression::kBrotli}) {
    BodySink sink(compression, 0, 100);
    feed(sink, "plain text, not compressed at all", 100);
    REQUIRE(sink.failure());
    CHECK(sink.failure()->reason == Reason::kBodyDecode);
  }
  BodySink cut(Compression::kGzip, 0, 1000);
  feed(cut, gzip("a text that is cut off").substr(0, 20), 100);
  CHECK(cut.failure()->reason == Reason::kBodyDecode);
}
