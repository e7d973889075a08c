#include "exporters/reports/result_line.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <iterator>

#include "checks/kind.hpp"
#include "exporters/reports/result_json.hpp"

namespace vedette {

namespace {

std::string quoted(std::string_view text) {
  return json_text(boost::json::value(text));
}

void append_time(std::string& out, std::chrono::system_clock::time_point time) {
  // Taking a time apart costs more than the rest of the line, and most runs begin in the second of the one before.
  thread_local std::time_t second = -1;
  thread_local std::string text;
  const auto since_epoch = std::chrono::duration_cast<Duration>(time.time_since_epoch());
  const auto now = std::chrono::floor<std::chrono::seconds>(since_epoch);
  if (now.count() != second) {
    second = now.count();
    text = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(second));
  }
  fmt::format_to(std::back_inserter(out), "\"{}.{:09}Z\"", text, (since_epoch - now).count());
}

}  // namespace

void append_result_line(std::string& out, std::size_t run, const Check& check, const Result& result) {
  const auto sink = std::back_inserter(out);
  fmt::format_to(sink, R"({{"run":{},"check":{},"kind":"{}","instance":{},"started":)", run, quoted(check.name),
                 check.kind->name, quoted(check.instance));
  append_time(out, result.started);
  fmt::format_to(sink, R"(,"verdict":"{}","reason":"{}",)", name_of(result.verdict), name_of(result.reason));
  if (!result.message.empty()) fmt::format_to(sink, R"("message":{},)", quoted(result.message));
  fmt::format_to(sink, R"("duration_seconds":{:.9f},"overhead_seconds":{:.9f},"disturbed":"{}","local_port":{},)",
                 seconds(result.duration), seconds(result.overhead), name_of(result.disturbed), result.local_port);
  out += "\"phases\":{";
  bool first = true;
  for (auto part = result.phases.begin(); part != result.phases.end(); ++part) {
    const bool written =
        std::any_of(result.phases.begin(), part, [&](const auto& p) { return p.phase == part->phase; });
    if (written) continue;
    fmt::format_to(sink, R"({}"{}":{:.9f})", first ? "" : ",", name_of(part->phase),
                   seconds(result.total_of(part->phase)));
    first = false;
  }
  out += "}}\n";
}

}  // namespace vedette
