#include "probe/web/status_page.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/rfc3339.hpp"
#include "base/utf8.hpp"
#include "base/version.hpp"
#include "checks/kind.hpp"
#include "exporters/reports/report.hpp"
#include "exporters/reports/result_json.hpp"
#include "probe/web/status_page_assets.hpp"

namespace vedette {

namespace {

constexpr std::array<std::string_view, 5> kStates{"fail", "unknown", "warn", "pending", "pass"};
constexpr std::size_t kEvidenceBytes = 2000;

std::string_view state_of(const CheckView& view) {
  return view.last ? name_of(view.last->verdict) : "pending";
}

std::size_t rank_of(const CheckView& view) {
  return static_cast<std::size_t>(std::find(kStates.begin(), kStates.end(), state_of(view)) - kStates.begin());
}

std::string ago(std::chrono::system_clock::time_point time) {
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now() - time).count();
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  constexpr std::int64_t kDay = 86400;
  if (s < 2 * kMinute) return fmt::format("{} s", std::max<std::int64_t>(0, s));
  if (s < 2 * kHour) return fmt::format("{} min", s / kMinute);
  if (s < 2 * kDay) return fmt::format("{} h", s / kHour);
  return fmt::format("{} d", s / kDay);
}

/// The last runs as bars: their height is the latency, against the largest of them.
std::string sparkline(const std::vector<CheckView::Point>& points) {
  if (points.empty()) return "<span></span>";
  constexpr int kHeight = 26;
  constexpr int kStep = 3;
  float max = 0;
  for (const auto& point : points) max = std::max(max, point.seconds);
  std::string good;
  std::string bad;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& point = points[i];
    const int height = max > 0 ? std::max(1, static_cast<int>(point.seconds / max * kHeight)) : 1;
    const bool passed = point.verdict == Verdict::kPass || point.verdict == Verdict::kWarn;
    (passed ? good : bad) += fmt::format("M{} {}v-{}", 1 + kStep * static_cast<int>(i), kHeight, height);
  }
  return fmt::format(
      "<svg width=\"124\" height=\"{0}\" role=\"img\" aria-label=\"latency of the last {1} runs, at most {2}\">"
      "<path d=\"{3}\" stroke=\"var(--spark)\" stroke-width=\"2\"/><path d=\"{4}\" stroke=\"var(--fail)\" "
      "stroke-width=\"2\"/></svg>",
      kHeight, points.size(), format_latency(std::chrono::duration_cast<Duration>(std::chrono::duration<float>(max))),
      good, bad);
}

std::string evidence(const CheckView& view) {
  const auto& failure = *view.last_failure;
  auto out = fmt::format(
      "<div class=\"evidence\"><b>Last failure</b> {} ago (<time>{}</time>): <b>{}</b> {}<br><span "
      "class=\"dim\">{}</span>",
      ago(failure.started), rfc3339(failure.started, true), name_of(failure.reason), escape_markup(failure.message),
      info_of(failure.reason).meaning);
  std::string details;
  for (const auto& part : failure.phases)
    details += fmt::format("{:<12} {:>10}\n", name_of(part.phase), format_latency(part.duration));
  if (failure.evidence.account.empty()) {
    for (const auto& line : failure.evidence.log) details += line + '\n';
  }
  const auto told = told_text(failure.evidence);
  if (!told.empty()) details += '\n' + valid_utf8(told.substr(0, kEvidenceBytes));
  if (!failure.evidence.excerpt.empty())
    details += "\nThe target said:\n" + failure.evidence.excerpt.substr(0, kEvidenceBytes);
  return out + "<pre>" + escape_markup(details) + "</pre></div>";
}

std::string row(const CheckView& view) {
  const auto& check = *view.check;
  const auto state = state_of(view);
  std::string labels;
  for (const auto& [name, value] : check.labels) labels += fmt::format(" {}={}", name, value);
  std::string why;
  if (view.last && view.last->reason != Reason::kNone) {
    why = fmt::format("<b>{}</b> {}", name_of(view.last->reason), escape_markup(view.last->message));
  } else if (view.last) {
    why = fmt::format("<span class=\"dim\">for {}</span>", ago(view.since));
  } else {
    why = "<span class=\"dim\">first run to come</span>";
  }
  const auto text = lower_case(check.name + " " + check.instance + " " + std::string(check.kind->name) + labels);
  const auto cells = fmt::format(
      "<b class=\"{0}\">{0}</b><span class=\"name\">{1}<small>{2}{3}</small></span><span class=\"dim\">{4}</span>{5}"
      "<span class=\"num\">{6}</span><span class=\"why\">{7}</span>",
      state, escape_markup(check.name), escape_markup(check.instance), escape_markup(labels), check.kind->name,
      sparkline(view.recent), view.last ? format_latency(view.last->duration) : "", why);
  const auto attributes = fmt::format("class=\"row\" data-state=\"{}\" data-text=\"{}\"", state, escape_markup(text));
  if (!view.last_failure) return fmt::format("<div {}><div class=\"plain\">{}</div></div>\n", attributes, cells);
  return fmt::format("<details {}><summary>{}</summary>{}</details>\n", attributes, cells, evidence(view));
}

std::string probe_row(const KeptProbe& probe, const std::string& prefix) {
  const auto& result = *probe.result;
  const auto state = name_of(result.verdict);
  const auto why = result.reason == Reason::kNone
                       ? fmt::format("<span class=\"dim\">{} ago</span>", ago(result.started))
                       : fmt::format("<b>{}</b> {}", name_of(result.reason), escape_markup(result.message));
  const auto text = escape_markup(lower_case(probe.module->name + " " + probe.check->instance));
  return fmt::format(
      "<div class=\"row\" data-state=\"{0}\" data-text=\"{1}\"><div class=\"plain\"><b class=\"{0}\">{0}</b><span "
      "class=\"name\">{2}<small>{3}</small></span><span class=\"dim\">{4}</span><a "
      "href=\"{5}/logs?id={6}\">log</a><span "
      "class=\"num\">{7}</span><span class=\"why\">{8}</span></div></div>\n",
      state, text, escape_markup(probe.module->name), escape_markup(probe.check->instance), probe.check->kind->name,
      escape_markup(prefix), probe.id, format_latency(result.duration), why);
}

std::string recent_probes(const std::vector<KeptProbe>& probes, const std::string& prefix) {
  if (probes.empty()) return {};
  std::string out = "<h2>Recent probes</h2>\n";
  for (const auto& probe : probes) out += probe_row(probe, prefix);
  return out;
}

/// The page's own script and no other may run.
std::string script_hash() {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(kScript.data(), kScript.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::array<unsigned char, 48> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

}  // namespace

WebResponse status_page(const AgentSettings& agent, const std::vector<CheckView>& checks,
                        const std::vector<KeptProbe>& probes, const std::string& prefix) {
  std::vector<const CheckView*> order;
  std::array<std::size_t, kStates.size()> counts{};
  for (const auto& view : checks) {
    order.push_back(&view);
    ++counts[rank_of(view)];
  }
  std::sort(order.begin(), order.end(), [](const CheckView* a, const CheckView* b) {
    const auto rank_a = rank_of(*a);
    const auto rank_b = rank_of(*b);
    // Views lie in the order of the configuration.
    return rank_a != rank_b ? rank_a < rank_b : a < b;
  });
  std::string page = fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">"
      "<title>{0} – Vedette</title><link rel=\"icon\" href=\"data:,\"><style>{1}</style></head><body>"
      "<header><h1>{0}</h1><span class=\"dim\">{2}</span><span class=\"dim\" id=\"shown\">{3} "
      "checks</span></header><nav>",
      escape_markup(agent.name), kStyle, agent.region.empty() ? "" : "region " + escape_markup(agent.region),
      checks.size());
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    page += fmt::format("<button class=\"{0}\" data-state=\"{0}\" aria-pressed=\"false\">{1} {0}</button>", kStates[i],
                        counts[i]);
  }
  page +=
      "<input type=\"search\" placeholder=\"Filter by name, target, kind or label\" "
      "aria-label=\"Filter\"></nav><main>\n";
  if (checks.empty() && probes.empty())
    page += "<p>No checks are configured. <code>checks:</code> in the configuration file lists them.</p>";
  for (const auto* view : order) page += row(*view);
  page += recent_probes(probes, prefix);
  page += fmt::format(
      "</main><footer>Vedette {0} · <a href=\"{2}/metrics\">metrics</a> · "
      "<a href=\"{2}/config\">configuration</a> · <a href=\"{2}/api/v1/checks\">API</a></footer>"
      "<script>{1}</script></body></html>\n",
      kVersion, kScript, escape_markup(prefix));
  WebResponse response{200, "text/html; charset=utf-8", std::move(page), {}};
  static const auto policy = fmt::format(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{}'", script_hash());
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace vedette
