#include "probe/status_page.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "checks/kind.hpp"
#include "checks/version.hpp"
#include "exporters/report.hpp"
#include "exporters/result_json.hpp"

namespace vedette {

namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--bg:#fbfbf9;--fg:#1d2021;--dim:#666b70;--line:#dcdcd6;--card:#fff;
--pass:#1a7f4b;--warn:#9a6700;--fail:#c4281c;--unknown:#7a4fb0;--pending:#666b70;--spark:#3b6ea5}
@media(prefers-color-scheme:dark){:root{--bg:#15181b;--fg:#e3e5e6;--dim:#979da3;--line:#2d3237;--card:#1b1f23;
--pass:#4cc38a;--warn:#e2b340;--fail:#ff7b72;--unknown:#c39af0;--pending:#979da3;--spark:#79b0e8}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.45 system-ui,sans-serif}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.2rem;display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:baseline}
h1{font-size:1.3rem;margin:0}
.dim{color:var(--dim)}
nav{max-width:76rem;margin:.8rem auto;padding:0 1rem;display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
nav button,nav input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.25rem .7rem}
nav button[aria-pressed=true]{border-color:currentColor;font-weight:600}
nav input{flex:1;min-width:10rem}
.pass{color:var(--pass)}.warn{color:var(--warn)}.fail{color:var(--fail)}.unknown{color:var(--unknown)}.pending{color:var(--pending)}
.row{background:var(--card);border:1px solid var(--line);border-radius:.5rem;margin:.3rem 0;content-visibility:auto;contain-intrinsic-size:auto 3.1rem}
summary,.plain{display:grid;grid-template-columns:5.5rem minmax(12rem,1fr) 3.5rem 130px 6.5rem 13rem;gap:.8rem;align-items:center;padding:.4rem .8rem}
summary{cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}
.name{overflow-wrap:anywhere}.name small{display:block;color:var(--dim)}
.num{text-align:right;font-variant-numeric:tabular-nums}
.why{overflow-wrap:anywhere;font-size:.9rem}
.evidence{border-top:1px solid var(--line);padding:.6rem .8rem;font-size:.9rem}
pre{margin:.4rem 0;padding:.6rem;background:var(--bg);border-radius:.4rem;overflow:auto;max-height:22rem;white-space:pre-wrap;overflow-wrap:anywhere}
svg{display:block}
.hide{display:none}
footer{padding:1rem;color:var(--dim);font-size:.9rem}footer a{color:inherit}
@media(max-width:52rem){summary,.plain{grid-template-columns:4.5rem 1fr 6rem}summary>:nth-child(3),summary>:nth-child(4),.plain>:nth-child(3),.plain>:nth-child(4){display:none}.why{grid-column:1/-1}}
)";

constexpr std::string_view kScript = R"(
const rows=[...document.querySelectorAll('.row')],box=document.querySelector('input'),buttons=[...document.querySelectorAll('nav button')];
let state='';
function show(){const words=box.value.toLowerCase().split(' ').filter(Boolean);let n=0;
for(const r of rows){const t=r.dataset.text;const ok=(!state||r.dataset.state===state)&&words.every(w=>t.includes(w));r.classList.toggle('hide',!ok);if(ok)n++}
document.querySelector('#shown').textContent=n+' of '+rows.length+' shown'}
box.addEventListener('input',show);
for(const b of buttons)b.addEventListener('click',()=>{state=state===b.dataset.state?'':b.dataset.state;for(const o of buttons)o.setAttribute('aria-pressed',o.dataset.state===state);show()});
show();
setInterval(()=>{if(!document.hidden&&!box.value&&!state&&!document.querySelector('details[open]'))location.reload()},15000);
)";

constexpr std::array<std::string_view, 5> kStates{"fail", "unknown", "warn", "pending", "pass"};
constexpr std::size_t kEvidenceBytes = 2000;

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string_view state_of(const CheckView& view) { return view.last ? name_of(view.last->verdict) : "pending"; }

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
  float most = 0;
  for (const auto& point : points) most = std::max(most, point.seconds);
  std::string good;
  std::string bad;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& point = points[i];
    const int height = most > 0 ? std::max(1, static_cast<int>(point.seconds / most * kHeight)) : 1;
    const bool passed = point.verdict == Verdict::kPass || point.verdict == Verdict::kWarn;
    (passed ? good : bad) += fmt::format("M{} {}v-{}", 1 + kStep * static_cast<int>(i), kHeight, height);
  }
  return fmt::format(
      "<svg width=\"124\" height=\"{0}\" role=\"img\" aria-label=\"latency of the last {1} runs, at most {2}\">"
      "<path d=\"{3}\" stroke=\"var(--spark)\" stroke-width=\"2\"/><path d=\"{4}\" stroke=\"var(--fail)\" stroke-width=\"2\"/></svg>",
      kHeight, points.size(), format_latency(std::chrono::duration_cast<Duration>(std::chrono::duration<float>(most))), good, bad);
}

std::string evidence(const CheckView& view) {
  const auto& failure = *view.last_failure;
  auto out = fmt::format("<div class=\"evidence\"><b>Last failure</b> {} ago (<time>{}</time>): <b>{}</b> {}<br><span class=\"dim\">{}</span>",
                         ago(failure.started), format_timestamp(failure.started), name_of(failure.reason),
                         escaped(failure.message), info_of(failure.reason).meaning);
  std::string details;
  for (const auto& part : failure.phases) details += fmt::format("{:<12} {:>10}\n", name_of(part.phase), format_latency(part.duration));
  for (const auto& line : failure.evidence.log) details += line + '\n';
  const auto facts = boost::json::serialize(failure.evidence.facts);
  if (!failure.evidence.facts.empty()) details += facts.substr(0, kEvidenceBytes) + '\n';
  if (!failure.evidence.excerpt.empty()) details += "\nThe target said:\n" + failure.evidence.excerpt.substr(0, kEvidenceBytes);
  return out + "<pre>" + escaped(details) + "</pre></div>";
}

std::string row(const CheckView& view) {
  const auto& check = *view.check;
  const auto state = state_of(view);
  std::string labels;
  for (const auto& [name, value] : check.labels) labels += " " + name + "=" + value;
  std::string why;
  if (view.last && view.last->reason != Reason::kNone) {
    why = fmt::format("<b>{}</b> {}", name_of(view.last->reason), escaped(view.last->message));
  } else if (view.last) {
    why = fmt::format("<span class=\"dim\">for {}</span>", ago(view.since));
  } else {
    why = "<span class=\"dim\">first run to come</span>";
  }
  auto text = check.name + " " + check.instance + " " + std::string(check.kind->name) + labels;
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto cells = fmt::format(
      "<b class=\"{0}\">{0}</b><span class=\"name\">{1}<small>{2}{3}</small></span><span class=\"dim\">{4}</span>{5}"
      "<span class=\"num\">{6}</span><span class=\"why\">{7}</span>",
      state, escaped(check.name), escaped(check.instance), escaped(labels), check.kind->name, sparkline(view.recent),
      view.last ? format_latency(view.last->duration) : "", why);
  const auto attributes = fmt::format("class=\"row\" data-state=\"{}\" data-text=\"{}\"", state, escaped(text));
  if (!view.last_failure) return fmt::format("<div {}><div class=\"plain\">{}</div></div>\n", attributes, cells);
  return fmt::format("<details {}><summary>{}</summary>{}</details>\n", attributes, cells, evidence(view));
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

WebResponse status_page(const AgentSettings& agent, const std::vector<CheckView>& checks) {
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
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
      "<title>{0} – Vedette</title><link rel=\"icon\" href=\"data:,\"><style>{1}</style></head><body>"
      "<header><h1>{0}</h1><span class=\"dim\">{2}</span><span class=\"dim\" id=\"shown\">{3} checks</span></header><nav>",
      escaped(agent.name), kStyle, agent.region.empty() ? "" : "region " + escaped(agent.region), checks.size());
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    page += fmt::format("<button class=\"{0}\" data-state=\"{0}\" aria-pressed=\"false\">{1} {0}</button>", kStates[i], counts[i]);
  }
  page += "<input type=\"search\" placeholder=\"Filter by name, target, kind or label\" aria-label=\"Filter\"></nav><main>\n";
  if (checks.empty()) page += "<p>No checks are configured. <code>checks:</code> in the configuration file lists them.</p>";
  for (const auto* view : order) page += row(*view);
  page += fmt::format(
      "</main><footer>Vedette {} · <a href=\"/metrics\">metrics</a> · <a href=\"/api/v1/checks\">API</a></footer><script>{}</script></body></html>\n",
      kVersion, kScript);
  WebResponse response{200, "text/html; charset=utf-8", std::move(page), {}};
  static const auto policy =
      fmt::format("default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{}'", script_hash());
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace vedette
