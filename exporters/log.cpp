#include "exporters/log.hpp"

#include <fmt/chrono.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <chrono>
#include <memory>

#include "config/utf8.hpp"

namespace vedette::log {

namespace {

struct State {
  std::shared_ptr<spdlog::logger> logger;
  Format format = Format::kLogfmt;
  Level probes = Level::kInfo;
};

State& state() {
  static State instance = [] {
    State made;
    made.logger = std::make_shared<spdlog::logger>("vedette", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.logger->set_pattern("%v");
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

std::string time_text() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     milliseconds);
}

}  // namespace

void configure(Level level, Format format, Level probes) {
  state().probes = probes;
  state().format = format;
  state().logger->set_level(to_spdlog(level));
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
  const auto text = format == Format::kJson ? fmt::format("{{\"time\":\"{}\",{}}}", time_text(), line)
                                            : fmt::format("time={} {}", time_text(), line);
  state().logger->log(to_spdlog(level), text);
}

}  // namespace vedette::log
