#include "probe/web/pages.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <list>
#include <thread>

#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

struct World {
  explicit World(Pages::Limits limits = {}) : pages(loop.get_executor(), limits) {}

  boost::asio::io_context loop;
  Pages pages;
  std::vector<WebResponse> answers;

  void ask(const std::string& key, bool compressed, std::function<WebResponse()> make) {
    boost::asio::co_spawn(loop, ask_one(key, compressed, std::move(make)), boost::asio::detached);
  }
  void run_until(std::size_t count) {
    while (answers.size() < count) {
      loop.restart();
      loop.run_for(std::chrono::milliseconds(2));
    }
  }

 private:
  boost::asio::awaitable<void> ask_one(std::string key, bool compressed, std::function<WebResponse()> make) {
    answers.push_back(co_await pages.get(std::move(key), compressed, std::move(make)));
  }
};

WebResponse page(std::string text) {
  return {200, "text/plain", std::move(text), {}};
}

}  // namespace

TEST_CASE("all who ask while a page is being made share the next one") {
  World world;
  std::promise<void> go_on;
  const auto goes_on = go_on.get_future().share();
  int made = 0;
  const auto make = [&] {
    goes_on.wait();
    ++made;
    return page(std::string(5000, 'x'));
  };
  for (int i = 0; i < 60; ++i) world.ask("/metrics", false, make);
  world.loop.poll();
  go_on.set_value();
  world.run_until(60);
  CHECK(made == 2);
  for (const auto& answer : world.answers) {
    CHECK(answer.status == 200);
    CHECK((&answer == &world.answers.front() || answer.shared == world.answers.back().shared));
  }
}

TEST_CASE("nobody gets a page that tells of a time before they asked") {
  World world;
  std::atomic<int> state = 0;
  std::promise<void> reads;
  std::promise<void> go_on;
  const auto goes_on = go_on.get_future().share();
  const auto slow = [&] {
    const auto seen = state.load();
    if (seen == 0) reads.set_value();
    goes_on.wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return page(std::to_string(seen));
  };
  world.ask("/metrics", false, slow);
  world.loop.poll();
  reads.get_future().wait();
  // While the page of state 0 is being made:
  state = 1;
  world.ask("/metrics", false, slow);
  world.loop.poll();
  go_on.set_value();
  world.run_until(2);
  CHECK(world.answers[0].shared->text() == "0");
  CHECK(world.answers[1].shared->text() == "1");
  // At once after it.
  state = 2;
  world.ask("/metrics", false, slow);
  world.run_until(3);
  CHECK(world.answers[2].shared->text() == "2");
}

TEST_CASE("compressed and plain pages are two") {
  World world;
  int made = 0;
  const auto make = [&] { return page(std::string(5000, static_cast<char>('a' + made++))); };
  world.ask("/", false, make);
  world.ask("/", true, make);
  world.run_until(2);
  CHECK(made == 2);
  CHECK(world.answers[0].gzipped != world.answers[1].gzipped);
}

TEST_CASE("whoever holds on to the oldest of too many large pages is cut, and the newest is always there") {
  World world({.bytes = 3000, .stall = std::chrono::hours(1)});
  std::vector<bool> cut(5);
  std::list<SharedBody::Reader> readers;
  const auto make = [] { return page(std::string(1000, 'x')); };
  for (std::size_t i = 0; i < cut.size(); ++i) {
    world.ask("/" + std::to_string(i), false, make);
    world.run_until(i + 1);
    readers.emplace_back(*world.answers.back().shared, [&cut, i] { cut[i] = true; });
    CHECK(world.answers.back().status == 200);
  }
  CHECK(cut == std::vector<bool>{true, true, false, false, false});
}

TEST_CASE("whoever takes nothing is cut before those that read an older page") {
  World world({.bytes = 3000});
  std::vector<bool> cut(3);
  std::list<SharedBody::Reader> readers;
  const auto make = [] { return page(std::string(1000, 'x')); };
  for (std::size_t i = 0; i < 3; ++i) {
    world.ask("/" + std::to_string(i), false, make);
    world.run_until(i + 1);
    readers.emplace_back(*world.answers.back().shared, [&cut, i] { cut[i] = true; });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  readers.front().progressed();
  world.ask("/3", false, make);
  world.run_until(4);
  CHECK(cut == std::vector<bool>{false, true, true});
}

TEST_CASE("a page that cannot be made is an error, once") {
  World world;
  world.ask("/", false, []() -> WebResponse { throw std::runtime_error("no"); });
  world.run_until(1);
  CHECK(world.answers.front().status == 500);
}
