#include "probe/web/probe_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>

#include "base/text.hpp"
#include "exporters/log/log.hpp"
#include "exporters/prometheus/probe_page.hpp"
#include "net/io/event.hpp"
#include "probe/web/probe_request.hpp"

namespace vedette {

namespace asio = boost::asio;

namespace {

/// The one result that a request waits for. Outlives the request: a client may go away before the run has ended.
struct Waiting {
  explicit Waiting(asio::any_io_executor on) : executor(std::move(on)), done(executor) {}

  asio::any_io_executor executor;
  net::Event done;
  ResultPtr result;
};

bool is_permitted(const AgentSettings& settings, const Check& check) {
  const auto found = settings.probe_targets.find(check.module);
  return found == settings.probe_targets.end() ||
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const config::Pattern& pattern) { return pattern.found_in(check.target); });
}

void log_probe(const Check& check, const Result& result) {
  if (!result.passed()) {
    log::probe(log::Level::kError, "Probe failed",
               {{"module", check.module},
                {"target", check.instance},
                {"reason", std::string(name_of(result.reason))},
                {"detail", result.message},
                {"duration_seconds", fmt::format("{}", seconds(result.duration))}});
  } else {
    log::probe(log::Level::kDebug, "Probe succeeded",
               {{"module", check.module},
                {"target", check.instance},
                {"duration_seconds", fmt::format("{}", seconds(result.duration))}});
  }
}

}  // namespace

asio::awaitable<WebResponse> ProbeEndpoint::probe(WebRequest request) {
  const auto now = agent_.in_force();
  auto asked = read_probe_request(request, now->modules, options_.timeout_offset);
  if (!asked) {
    if (asked.error().unknown_module) agent_.unknown_module();
    co_return text_response(asked.error().status, asked.error().text);
  }
  if (!is_permitted(now->settings, *asked->check)) {
    log::warn("audit: a probe was refused by agent.probe_targets",
              {{"module", asked->check->module}, {"target", asked->check->instance}});
    co_return text_response(403, "agent.probe_targets does not allow this target for the module\n");
  }
  const auto waiting = std::make_shared<Waiting>(executor_);
  auto cancel = agent_.run_now(asked->check, [waiting](Result result) {
    asio::post(waiting->executor, [waiting, shared = std::make_shared<const Result>(std::move(result))] {
      waiting->result = shared;
      waiting->done.notify();
    });
  });
  if (!cancel) {
    auto response = text_response(429, "Too many probes are going on: agent.limits.on_demand allows no more\n");
    response.headers.emplace_back("Retry-After", "1");
    co_return response;
  }
  request.when_client_leaves(*cancel);
  co_await waiting->done.wait();
  log_probe(*asked->check, *waiting->result);
  const KeptProbe probe{0, asked->check, asked->module, waiting->result};
  history_.add(probe.check, probe.module, probe.result);
  if (asked->debug) co_return text_response(200, visible(debug_text(probe)));
  const auto format = negotiate_probe(request.accept);
  co_return WebResponse{200, std::string(content_type(format)), probe_page(*probe.check, *probe.result, format), {}};
}

WebResponse ProbeEndpoint::logs(const WebRequest& request) const {
  const auto id_text = request.parameter("id");
  const auto target = request.parameter("target");
  if (id_text.empty() && target.empty()) {
    return text_response(400, "Probe id or target must be defined as http query parameters\n");
  }
  if (!id_text.empty() && !target.empty()) {
    return text_response(400, "Probe id and target can't be defined at the same time\n");
  }
  std::optional<KeptProbe> found;
  if (!target.empty()) {
    found = history_.find(target, request.parameter("module"));
    if (!found) return text_response(404, "Probe target not found\n");
  } else {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(id_text.data(), id_text.data() + id_text.size(), id);
    if (error != std::errc() || end != id_text.data() + id_text.size()) return text_response(400, "Invalid probe id\n");
    found = history_.find(id);
    if (!found) return text_response(404, "Probe id not found\n");
  }
  return text_response(200, visible(debug_text(*found)));
}

}  // namespace vedette
