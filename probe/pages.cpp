#include "probe/pages.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "exporters/log.hpp"
#include "probe/gzip.hpp"

namespace vedette {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

WebResponse too_busy() {
  return {503, "text/plain; charset=utf-8", "Too many large pages are being sent\n", {{"Retry-After", "1"}}};
}

/// Moves the body to where many responses may share it.
void make_shareable(WebResponse& response, bool compressed) {
  constexpr std::size_t kWorthCompressing = 1024;
  if (compressed && response.body.size() >= kWorthCompressing) {
    response.body = gzip(response.body);
    response.gzipped = true;
  }
  response.shared = std::make_shared<const std::string>(std::move(response.body));
  response.body.clear();
}

}  // namespace

std::size_t Pages::bytes_under_way() {
  std::size_t out = 0;
  std::erase_if(under_way_, [&](const auto& page) {
    const auto held = page.lock();
    out += held ? held->size() : 0;
    return !held;
  });
  return out;
}

void Pages::begin(Queues::iterator queue) {
  const auto page = std::exchange(queue->second.next, nullptr);
  const auto began = Clock::now();
  const auto job = Job::start(
      maker_, home_,
      [page, compressed = queue->first.second, make = std::move(queue->second.make)] {
        page->response = make();
        make_shareable(page->response, compressed);
      },
      [this, page, queue, began](const std::exception_ptr& error) {
        if (error) {
          page->response = {500, "text/plain; charset=utf-8", "This page could not be made\n", {}};
          log::error("a page could not be made; please report it");
        } else {
          under_way_.emplace_back(page->response.shared);
        }
        finish(*page);
        rest(queue, Clock::now() - began);
      });
  if (job) return;
  page->response = too_busy();
  finish(*page);
  queues_.erase(queue);
}

void Pages::rest(Queues::iterator queue, Clock::duration time) {
  queue->second.rest.expires_after(time);
  queue->second.rest.async_wait([this, queue](const boost::system::error_code& error) {
    if (error) return;
    if (queue->second.next) {
      begin(queue);
    } else {
      queues_.erase(queue);
    }
  });
}

void Pages::finish(Page& page) {
  page.done = true;
  for (auto* event : std::exchange(page.waiting, {})) event->notify();
}

asio::awaitable<WebResponse> Pages::get(std::string key, bool compressed, std::function<WebResponse()> make) {
  const auto [queue, first] = queues_.try_emplace({std::move(key), compressed}, home_);
  if (!queue->second.next) {
    if (bytes_under_way() > kMaxBytes) {
      if (first) queues_.erase(queue);
      co_return too_busy();
    }
    queue->second.next = std::make_shared<Page>();
  }
  const auto page = queue->second.next;
  queue->second.make = std::move(make);
  net::Event ready(home_);
  page->waiting.push_back(&ready);
  if (first) begin(queue);
  if (!page->done) co_await ready.wait();
  co_return page->response;
}

}  // namespace vedette
