#include "net/io/run_memory.hpp"

#include "checks/http/body.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

/// The limit of the process for as long as a test takes.
struct Limit {
  explicit Limit(std::size_t bytes) { RunMemory::shared().set_limit(bytes); }
  ~Limit() { RunMemory::shared().set_limit(RunMemory::kDefaultLimit); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
};

}  // namespace

TEST_CASE("holders share what runs may hold, and give it back") {
  const Limit limit(10 << 20);
  {
    Held first;
    Held second;
    CHECK(first.grow_to(8 << 20));
    CHECK_FALSE(second.grow_to(4 << 20));
    CHECK(second.grow_to(1 << 20));
    CHECK(second.grow_to(Held::kUncounted));
    first.release();
    CHECK(second.grow_to(9 << 20));
    CHECK(RunMemory::shared().used() >= std::size_t{9} << 20);
  }
  CHECK(RunMemory::shared().used() == 0);
}

TEST_CASE("a body that is kept counts, and one too many is our own fault") {
  const Limit limit(4 << 20);
  const std::string mebibyte(1 << 20, 'x');
  http::BodySink kept(http::Compression::kNone, 0, 16 << 20);
  for (int i = 0; i < 5; ++i) kept.take(mebibyte);
  REQUIRE(kept.failure());
  CHECK(kept.failure()->reason == Reason::kLocalResources);
  CHECK(info_of(kept.failure()->reason).verdict == Verdict::kUnknown);
  http::BodySink counted(http::Compression::kNone, 0, 2048);
  for (int i = 0; i < 100; ++i) CHECK(counted.take(mebibyte));
}
