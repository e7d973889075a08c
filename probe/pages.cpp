#include "probe/pages.hpp"

#include <algorithm>
#include <exception>

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

void Pages::forget_old() {
  auto next = Clock::time_point::max();
  const auto now = Clock::now();
  std::erase_if(pages_, [&](const auto& entry) {
    const auto& page = *entry.second;
    if (!page.done) return false;
    if (page.good_until > now) next = std::min(next, page.good_until);
    return page.good_until <= now;
  });
  if (next == Clock::time_point::max()) return;
  forgetting_.expires_at(next);
  forgetting_.async_wait([this](const boost::system::error_code& error) {
    if (!error) forget_old();
  });
}

asio::awaitable<std::shared_ptr<Pages::Page>> Pages::find_or_make(std::string key, bool compressed,
                                                                  std::function<WebResponse()> make) {
  forget_old();
  const auto now = Clock::now();
  const auto known = pages_.find(key);
  auto page = known == pages_.end() ? nullptr : known->second;
  net::Event ready(home_);
  if (!page) {
    if (bytes_under_way() > kMaxBytes) co_return nullptr;
    page = std::make_shared<Page>();
    const auto job = Job::start(
        maker_, home_,
        [page, compressed, make = std::move(make)] {
          page->response = make();
          make_shareable(page->response, compressed);
        },
        [this, page, now](const std::exception_ptr& error) {
          const auto end = Clock::now();
          page->done = true;
          page->good_until = end + (end - now);
          if (error) {
            page->response = {500, "text/plain; charset=utf-8", "This page could not be made\n", {}};
            log::error("a page could not be made; please report it");
          } else {
            under_way_.emplace_back(page->response.shared);
          }
          for (auto* event : page->waiting) event->notify();
          page->waiting.clear();
          forget_old();
        });
    if (!job) co_return nullptr;
    pages_[key] = page;
  }
  if (!page->done) {
    page->waiting.push_back(&ready);
    co_await ready.wait();
  }
  co_return page;
}

asio::awaitable<WebResponse> Pages::get(std::string key, bool compressed, std::function<WebResponse()> make) {
  key += compressed ? " gzip" : "";
  const auto page = co_await find_or_make(std::move(key), compressed, std::move(make));
  co_return page ? page->response : too_busy();
}

}  // namespace vedette
