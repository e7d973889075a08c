#include "exporters/log/log.hpp"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cerrno>
#include <chrono>
#include <climits>
#include <memory>
#include <mutex>
#include <thread>

#include "base/rfc3339.hpp"
#include "base/utf8.hpp"

namespace vedette::log {

namespace {

/// Standard error, which may be a pipe that nobody reads: what it does not take within a moment is dropped.
class Stderr final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string_view rest(message.payload.data(), message.payload.size());
    std::string line(rest);
    line += '\n';
    rest = line;
    while (!rest.empty()) {
      // A pipe that is said to be writable takes so much at once.
      const auto part = rest.substr(0, PIPE_BUF);
      if (!writable()) {
        ++dropped_;
        return;
      }
      const auto sent = ::write(STDERR_FILENO, part.data(), part.size());
      if (sent < 0 && errno != EINTR) {
        ++dropped_;
        return;
      }
      if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void flush_() override {}

 private:
  /// Waits for a reader that is slow, but not again and again for one that stands still.
  bool writable() {
    constexpr int kPatienceMilliseconds = 100;
    pollfd descriptor{STDERR_FILENO, POLLOUT, 0};
    const bool ready = ::poll(&descriptor, 1, stalled_ ? 0 : kPatienceMilliseconds) > 0;
    stalled_ = !ready;
    return ready;
  }

  bool stalled_ = false;
  std::atomic<std::uint64_t> dropped_{0};
};

struct State {
  std::shared_ptr<Stderr> sink = std::make_shared<Stderr>();
  /// Never destroyed: a line that cannot be written must not hold up the process's end.
  std::shared_ptr<spdlog::details::thread_pool>* writer = nullptr;
  std::shared_ptr<spdlog::logger> logger;
  Format format = Format::kLogfmt;
  Level probes = Level::kInfo;
};

State& state() {
  static State instance = [] {
    State made;
    made.logger = std::make_shared<spdlog::logger>("vedette", made.sink);
    return made;
  }();
  return instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kDebug:
      return "DEBUG";
    case Level::kInfo:
      return "INFO";
    case Level::kWarn:
      return "WARN";
    case Level::kError:
      return "ERROR";
  }
  return "INFO";
}

std::string quoted_json(std::string_view text) {
  return boost::json::serialize(boost::json::string(valid_utf8(text)));
}

/// A logfmt value: quoted when it holds anything but plain characters.
std::string quoted_logfmt(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '=' && c != '\\' && c != 0x7f;
  });
  return plain ? valid_utf8(text) : quoted_json(text);
}

}  // namespace

void configure(Level level, Format format, Level probes) {
  state().probes = probes;
  state().format = format;
  state().logger->set_level(to_spdlog(level));
}

void write_behind() {
  constexpr std::size_t kMaxWaiting = 8192;
  auto& the = state();
  the.writer =
      new std::shared_ptr<spdlog::details::thread_pool>(std::make_shared<spdlog::details::thread_pool>(kMaxWaiting, 1));
  const auto level = the.logger->level();
  the.logger = std::make_shared<spdlog::async_logger>("vedette", the.sink, *the.writer,
                                                      spdlog::async_overflow_policy::overrun_oldest);
  the.logger->set_level(level);
}

void flush(std::chrono::milliseconds patience) {
  const auto& writer = state().writer;
  if (writer == nullptr) return;
  const auto end = std::chrono::steady_clock::now() + patience;
  constexpr std::chrono::milliseconds kLook{2};
  while ((*writer)->queue_size() > 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(kLook);
  // The last line has left the queue and may be on its way.
  std::this_thread::sleep_for(kLook);
}

std::uint64_t dropped() {
  const auto& the = state();
  return the.sink->dropped() + (the.writer == nullptr ? 0 : (*the.writer)->overrun_counter());
}

void probe(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (level >= state().probes) write(level, message, fields);
}

bool enabled(Level level) {
  return state().logger->should_log(to_spdlog(level));
}

std::string format_line(Format format, std::string_view level, std::string_view message,
                        std::initializer_list<Field> fields) {
  std::string out;
  if (format == Format::kJson) {
    out = fmt::format("\"level\":\"{}\",\"msg\":{}", level, quoted_json(message));
    for (const auto& [name, value] : fields) out += fmt::format(",{}:{}", quoted_json(name), quoted_json(value));
  } else {
    out = fmt::format("level={} msg={}", level, quoted_logfmt(message));
    for (const auto& [name, value] : fields) out += fmt::format(" {}={}", name, quoted_logfmt(value));
  }
  return out;
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  const auto format = state().format;
  const auto line = format_line(format, name_of(level), message, fields);
  const auto text = format == Format::kJson
                        ? fmt::format("{{\"time\":\"{}\",{}}}", rfc3339(std::chrono::system_clock::now(), true), line)
                        : fmt::format("time={} {}", rfc3339(std::chrono::system_clock::now(), true), line);
  state().logger->log(to_spdlog(level), text);
}

}  // namespace vedette::log
