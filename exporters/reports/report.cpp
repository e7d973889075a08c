#include "exporters/reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "base/ascii.hpp"
#include "checks/kind.hpp"

namespace vedette {

namespace {

std::string paint(const TextStyle& style, std::string_view code, std::string_view text) {
  return style.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "1;32";
    case Verdict::kWarn:
      return "1;33";
    case Verdict::kFail:
      return "1;31";
    case Verdict::kUnknown:
      return "1;35";
  }
  return "0";
}

std::string waterfall(const Result& result, const TextStyle& style) {
  const double total = seconds(result.duration);
  const int bar_width = std::clamp(style.width - 36, 10, 60);
  const bool hops = !result.phases.empty() && result.phases.back().hop > 0;
  std::string out;
  double at = 0;
  for (const auto& part : result.phases) {
    const double taken = seconds(part.duration);
    const double scale = total > 0 ? bar_width / total : 0;
    const auto before = std::min(bar_width - 1, static_cast<int>(std::lround(at * scale)));
    const auto length = std::clamp(static_cast<int>(std::lround(taken * scale)), 1, bar_width - before);
    const auto name =
        hops ? fmt::format("{} #{}", name_of(part.phase), part.hop + 1) : std::string(name_of(part.phase));
    std::string bar;
    for (int i = 0; i < length; ++i) bar += "█";
    out += fmt::format("  {:<14} {:>10}  {}{}\n", name, format_latency(part.duration), std::string(before, ' '),
                       paint(style, "36", bar));
    at += taken;
  }
  return out;
}

void append_facts(std::string& out, const boost::json::object& facts, const std::string& indent,
                  const TextStyle& style);

void append_fact(std::string& out, std::string_view name, const boost::json::value& value, const std::string& indent,
                 const TextStyle& style) {
  const auto label = paint(style, "2", fmt::format("{}: ", name));
  if (value.is_object()) {
    out += fmt::format("{}{}\n", indent, label);
    append_facts(out, value.get_object(), indent + "  ", style);
  } else if (value.is_array() && !value.get_array().empty()) {
    out += fmt::format("{}{}\n", indent, label);
    for (const auto& item : value.get_array()) {
      if (item.is_object()) {
        out += indent + "  -\n";
        append_facts(out, item.get_object(), indent + "    ", style);
      } else if (item.is_string()) {
        out += fmt::format("{}  - {}\n", indent, one_line(std::string(item.get_string())));
      } else if (item.is_array() && item.get_array().size() == 2) {
        // A header: its name and value.
        out += fmt::format("{}  {}: {}\n", indent, std::string_view(item.get_array()[0].as_string()),
                           one_line(std::string(item.get_array()[1].as_string())));
      } else {
        out += fmt::format("{}  - {}\n", indent, boost::json::serialize(item));
      }
    }
  } else if (value.is_string()) {
    out += fmt::format("{}{}{}\n", indent, label, one_line(std::string(value.get_string())));
  } else if (!value.is_array()) {
    out += fmt::format("{}{}{}\n", indent, label, boost::json::serialize(value));
  }
}

void append_facts(std::string& out, const boost::json::object& facts, const std::string& indent,
                  const TextStyle& style) {
  for (const auto& [name, value] : facts) append_fact(out, name, value, indent, style);
}

/// What happened, in the words of the kind or as facts and steps.
void append_told(std::string& out, const Evidence& evidence, const TextStyle& style) {
  if (!evidence.account.empty()) {
    for (const auto line : split(trim(evidence.account), '\n'))
      out += line.empty() ? "\n" : fmt::format("  {}\n", line);
    return;
  }
  append_facts(out, evidence.facts, "  ", style);
  if (evidence.log.empty()) return;
  out += paint(style, "2", "  steps:") + '\n';
  for (const auto& line : evidence.log) out += "    " + line + '\n';
}

}  // namespace

std::string told_text(const Evidence& evidence) {
  if (!evidence.account.empty()) return evidence.account;
  std::string out;
  append_facts(out, evidence.facts, "", {});
  return out;
}

std::string format_latency(Duration duration) {
  const double value = seconds(duration);
  if (value >= 1) return fmt::format("{:.3f} s", value);
  if (value >= 1e-3) return fmt::format("{:.2f} ms", value * 1e3);
  return fmt::format("{:.0f} us", value * 1e6);
}

std::string to_report(const Check& check, const Result& result, const TextStyle& style) {
  auto out =
      fmt::format("{} {} {} {} in {}\n", paint(style, colour_of(result.verdict), upper_case(name_of(result.verdict))),
                  check.kind->name, paint(style, "1", visible(check.name)),
                  check.name == check.instance ? "" : visible(check.instance), format_latency(result.duration));
  if (result.reason != Reason::kNone) {
    out += fmt::format("  {}: {}\n", paint(style, colour_of(result.verdict), name_of(result.reason)), result.message);
    out += fmt::format("  {}\n", paint(style, "2", info_of(result.reason).meaning));
  }
  if (result.attempts > 1) out += fmt::format("  after {} attempts\n", result.attempts);
  out += waterfall(result, style);
  out += fmt::format("  {:<14} {:>10}  {}\n", "overhead", format_latency(result.overhead),
                     paint(style, "2", "(what the agent added; not part of the latency)"));
  if (!style.verbose && result.verdict == Verdict::kPass) return out;
  append_told(out, result.evidence, style);
  if (!result.evidence.excerpt.empty()) {
    out += paint(style, "2", "  the target said:") + '\n';
    std::string_view rest = result.evidence.excerpt;
    constexpr int kShownLines = 20;
    for (int i = 0; i < kShownLines && !rest.empty(); ++i) {
      const auto line = rest.substr(0, rest.find('\n'));
      out += fmt::format("    | {}\n", line);
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
  return out;
}

}  // namespace vedette
