#include "checks/net/http_engine.hpp"

#include <mutex>
#include <stdexcept>

#include "checks/net/errors.hpp"
#include "checks/net/http_transfer.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

constexpr auto kNever = std::chrono::steady_clock::time_point::max();
constexpr std::size_t kPooledHandles = 256;

void init_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

HttpEngine::HttpEngine(const asio::any_io_executor& executor)
    : executor_(executor),
      timer_(executor),
      multi_((init_library(), curl_multi_init())),
      sockets_(executor, [this](int fd, std::uint32_t events) { ready(fd, events); }, [this] { turn(); }) {
  if (multi_ == nullptr) throw std::runtime_error("curl_multi_init failed");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpEngine::on_watch);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpEngine::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

HttpEngine::~HttpEngine() {
  curl_multi_cleanup(multi_);
  for (CURL* easy : pool_) curl_easy_cleanup(easy);
}

bool HttpEngine::has_http3() {
  init_library();
  return (static_cast<unsigned>(curl_version_info(CURLVERSION_NOW)->features) & unsigned{CURL_VERSION_HTTP3}) != 0;
}

int HttpEngine::on_watch(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*socket*/) noexcept {
  const std::uint32_t events = ((what & CURL_POLL_IN) != 0 && what != CURL_POLL_REMOVE ? EPOLLIN : 0U) |
                               ((what & CURL_POLL_OUT) != 0 && what != CURL_POLL_REMOVE ? EPOLLOUT : 0U);
  static_cast<HttpEngine*>(self)->watch(fd, events);
  return 0;
}

int HttpEngine::on_timer(CURLM* /*multi*/, long milliseconds, void* self) noexcept {
  auto& engine = *static_cast<HttpEngine*>(self);
  engine.due_ = milliseconds == 0;
  engine.wake_at_ =
      milliseconds > 0 ? std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds) : kNever;
  return 0;
}

HttpEngine::Watched& HttpEngine::watched(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= by_fd_.size()) by_fd_.resize(index + 64);
  return by_fd_[index];
}

/// Tells the kernel only what it must know: that a socket is of no interest any more shows when it is closed, which
/// mostly comes next, or else when it becomes ready.
void HttpEngine::watch(int fd, std::uint32_t events) {
  auto& socket = watched(fd);
  socket.wanted = events;
  if (events == 0 || events == socket.told) return;
  if (socket.told == 0) {
    sockets_.add(fd, events);
  } else {
    sockets_.watch(fd, events);
  }
  socket.told = events;
}

void HttpEngine::bind(int fd, HttpTransfer* transfer) {
  watched(fd) = {transfer, 0, 0};
}

void HttpEngine::unbind(int fd) {
  watched(fd) = {};
}

void HttpEngine::ready(int fd, std::uint32_t events) {
  const bool readable = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
  auto& socket = watched(fd);
  if (socket.wanted == 0) {
    if (socket.told != 0) sockets_.watch(fd, 0);
    socket.told = 0;
    return;
  }
  if (socket.transfer != nullptr) socket.transfer->note_ready(fd, readable);
  const int mask = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) | ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                   ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
  int running = 0;
  curl_multi_socket_action(multi_, fd, mask, &running);
}

void HttpEngine::turn() {
  int running = 0;
  if (std::chrono::steady_clock::now() >= wake_at_) due_ = true;
  while (due_) {
    due_ = false;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    CURL* easy = message->easy_handle;
    HttpTransfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    transfer->complete(code);
  }
  arm();
}

/// Keeps one timer that is early enough; a wake-up that comes too early only arms it again.
void HttpEngine::arm() {
  if (wake_at_ >= armed_for_) return;
  armed_for_ = wake_at_;
  timer_.expires_at(armed_for_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_for_ = kNever;
    turn();
  });
}

CURL* HttpEngine::take_handle() {
  if (pool_.empty()) return curl_easy_init();
  CURL* easy = pool_.back();
  pool_.pop_back();
  return easy;
}

asio::awaitable<HttpExchange> HttpEngine::perform(HttpRequest request, Phase& phase) {
  CURL* easy = take_handle();
  if (easy == nullptr) {
    HttpExchange out;
    out.failure = Failure{Reason::kLocalResources, "no memory for an HTTP transfer"};
    co_return out;
  }
  HttpTransfer transfer(*this, easy, std::move(request), phase, executor_);
  curl_multi_add_handle(multi_, easy);
  turn();
  const bool completed = co_await transfer.done.wait();
  if (!completed) {
    if (transfer.exchange.timing.first_byte.known()) transfer.exchange.timing.last_byte = Moment::now();
    transfer.exchange.failure = cancelled();
    transfer.exchange.tls.on_done = nullptr;
    transfer.exchange.tls.on_ticket = nullptr;
  }
  curl_multi_remove_handle(multi_, easy);
  arm();
  if (pool_.size() < kPooledHandles) {
    curl_easy_reset(easy);
    pool_.push_back(easy);
  } else {
    curl_easy_cleanup(easy);
  }
  co_return std::move(transfer.exchange);
}

}  // namespace vedette::net
