#pragma once

// Structured logs on standard error: a message and fields, as logfmt or JSON, one line each. Thread-safe. A reader that
// does not read holds nobody up: lines that cannot be written are dropped and counted.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace vedette::log {

enum class Format { kLogfmt, kJson };
enum class Level { kDebug, kInfo, kWarn, kError };

using Field = std::pair<std::string_view, std::string>;

/// Call once, before other threads log. Lines of single probes below `probes` are not written.
void configure(Level level, Format format, Level probes = Level::kInfo);

/// From now on lines are written by a thread of their own, from a queue of bounded length. For processes whose threads
/// must not wait for a file.
void write_behind();
/// Waits until what was logged has been written, at most for `patience`.
void flush(std::chrono::milliseconds patience);
/// How many lines could not be written.
std::uint64_t dropped();

bool enabled(Level level);
void write(Level level, std::string_view message, std::initializer_list<Field> fields);

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::kDebug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::kInfo, message, fields);
}
inline void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::kWarn, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::kError, message, fields);
}

/// A line that tells of one probe over `/probe`: there may be thousands of them.
void probe(Level level, std::string_view message, std::initializer_list<Field> fields);

/// A line as write() would put it out, without time and newline; for tests.
std::string format_line(Format format, std::string_view level, std::string_view message,
                        std::initializer_list<Field> fields);

}  // namespace vedette::log
