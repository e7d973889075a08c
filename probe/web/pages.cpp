#include "probe/web/pages.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "exporters/log/log.hpp"
#include "probe/web/gzip.hpp"

namespace vedette {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

WebResponse too_busy() {
  return {503, "text/plain; charset=utf-8", "Too many pages are being made\n", {{"Retry-After", "1"}}};
}

/// Moves the body to where many responses may share it.
void make_shareable(WebResponse& response, bool compressed) {
  constexpr std::size_t kWorthCompressing = 1024;
  if (compressed && response.body.size() >= kWorthCompressing) {
    response.body = gzip(response.body);
    response.gzipped = true;
  }
  response.shared = std::make_shared<SharedBody>(std::move(response.body));
  response.body.clear();
}

}  // namespace

void Pages::send(const std::shared_ptr<SharedBody>& newest) {
  std::erase_if(under_way_, [](const auto& page) { return page.expired(); });
  std::vector<std::shared_ptr<SharedBody>> others;
  for (const auto& page : under_way_) others.push_back(page.lock());
  const auto too_many = [&] {
    auto bytes = newest->text().size();
    for (const auto& page : others) bytes += page->given_up() ? 0 : page->text().size();
    return bytes > limits_.bytes;
  };
  if (too_many()) {
    for (const auto& page : others) page->end_readers(Clock::now() - limits_.stall);
  }
  for (const auto& page : others) {
    if (!too_many()) break;
    page->end_readers();
  }
  under_way_.push_back(newest);
}

void Pages::make_next() {
  if (busy_ || order_.empty()) return;
  const auto key = std::move(order_.front());
  order_.pop_front();
  const auto page = std::move(next_.extract(key).mapped());
  const auto took = std::make_shared<Clock::duration>();
  busy_ = true;
  const auto job = Job::start(
      maker_, home_,
      [page, took, compressed = key.second] {
        const auto began = Clock::now();
        page->response = page->make();
        make_shareable(page->response, compressed);
        *took = Clock::now() - began;
      },
      [this, page, took](const std::exception_ptr& error) {
        if (error) {
          page->response = {500, "text/plain; charset=utf-8", "This page could not be made\n", {}};
          log::error("a page could not be made; please report it");
        } else {
          send(page->response.shared);
        }
        finish(*page);
        rest_.expires_after(*took);
        rest_.async_wait([this](const boost::system::error_code& cancelled) {
          if (cancelled) return;
          busy_ = false;
          make_next();
        });
      });
  if (job) return;
  busy_ = false;
  page->response = too_busy();
  finish(*page);
}

void Pages::finish(Page& page) {
  page.done = true;
  for (auto* event : std::exchange(page.waiting, {})) event->notify();
}

asio::awaitable<WebResponse> Pages::get(std::string key, bool compressed, std::function<WebResponse()> make) {
  auto& next = next_[{key, compressed}];
  if (!next) {
    next = std::make_shared<Page>();
    order_.emplace_back(std::move(key), compressed);
  }
  const auto page = next;
  page->make = std::move(make);
  net::Event ready(home_);
  page->waiting.push_back(&ready);
  make_next();
  if (!page->done) co_await ready.wait();
  co_return page->response;
}

}  // namespace vedette
