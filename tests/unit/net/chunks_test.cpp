#include "net/http/http1_chunks.hpp"

#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::net;

namespace {

struct Read {
  Problem problem;
  bool done = false;
  std::string body;
  std::string left;
};

/// Gives `text` in pieces of `step` bytes.
Read read(std::string_view text, std::size_t step, ChunkReader::Lines lines = ChunkReader::Lines::kLenient) {
  Read out;
  ChunkReader reader(1000, lines);
  while (!text.empty() && !out.problem && !reader.done()) {
    auto piece = text.substr(0, step);
    text.remove_prefix(piece.size());
    out.problem = reader.take(piece, [&](std::string_view part) {
      out.body += part;
      return true;
    });
    out.left = std::string(piece) + std::string(text);
  }
  out.done = reader.done();
  return out;
}

}  // namespace

TEST_CASE("chunks are read however they are cut") {
  for (const std::size_t step : {1UL, 2UL, 3UL, 1000UL}) {
    INFO(step);
    const auto plain = read("5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\n\r\nmore", step);
    CHECK_FALSE(plain.problem);
    CHECK(plain.done);
    CHECK(plain.body == "hello world");
    CHECK(plain.left == "more");
    const auto trailers = read("A\r\n0123456789\r\n0\r\nX: y\r\nZ: w\r\n\r\n", step);
    CHECK(trailers.done);
    CHECK(trailers.body == "0123456789");
    // Bare line feeds and blanks around the size are what Go and curl take as well.
    const auto lenient = read("5 \nhello\n0\n\n", step);
    CHECK(lenient.done);
    CHECK(lenient.body == "hello");
    CHECK_FALSE(read("5\r\nhel", step).done);
  }
}

TEST_CASE("what a client sends is read as the RFC has it") {
  constexpr auto kStrict = ChunkReader::Lines::kStrict;
  for (const std::size_t step : {1UL, 2UL, 1000UL}) {
    CHECK(read("5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n", step, kStrict).done);
    for (const auto* text : {"5\nhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "0\n\r\n",
                             "0\r\n\n", "0\r\nX: y\n\r\n", "5 \r\nhello\r\n", " 5\r\nhello\r\n"}) {
      INFO(text << " in steps of " << step);
      CHECK(read(text, step, kStrict).problem);
    }
  }
}

TEST_CASE("what is not a chunk is refused") {
  for (const auto* text : {"-5\r\nhello\r\n", "x\r\n", "\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n",
                           "10000000000000000\r\n", "5\r\nhello!\r\n", "5\r\nhellox", "5\r\nhello\rx\n"}) {
    for (const std::size_t step : {1UL, 100UL}) {
      INFO(text);
      const auto refused = read(text, step);
      REQUIRE(refused.problem);
      CHECK(refused.problem->reason == Reason::kHttpProtocol);
    }
  }
}

TEST_CASE("extensions and trailers without end are bounded") {
  for (const std::size_t step : {7UL, 16384UL}) {
    const auto extension = read("5;" + std::string(100'000, 'a'), step);
    REQUIRE(extension.problem);
    CHECK(extension.problem->reason == Reason::kHttpProtocol);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 1000; ++i) trailers += "A: b\r\n";
    const auto endless = read(trailers, step);
    REQUIRE(endless.problem);
    CHECK(endless.problem->reason == Reason::kHttpHeadersTooLarge);
  }
}
