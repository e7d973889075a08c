#include "probe/web/endpoints.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <mutex>

#include "base/accept.hpp"
#include "base/rfc3339.hpp"
#include "checks/kind.hpp"
#include "exporters/log/log.hpp"
#include "exporters/reports/result_json.hpp"
#include "net/io/event.hpp"
#include "probe/web/gzip.hpp"
#include "probe/web/status_page.hpp"

namespace vedette {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kChecksPath = "/api/v1/checks";
constexpr std::string_view kRunSuffix = "/run";
/// A loop that has not turned for so long does not come back by itself, most likely.
constexpr std::chrono::seconds kStandsStill{5};

WebResponse json(int status, const boost::json::value& value) {
  return {status, "application/json", json_text(value) + "\n", {}};
}

WebResponse json_error(int status, std::string message) {
  return json(status, boost::json::object{{"error", std::move(message)}});
}

WebResponse not_allowed(std::string_view allowed) {
  auto response = text_response(405, fmt::format("This endpoint takes {} requests.\n", allowed));
  response.headers.emplace_back("Allow", allowed);
  return response;
}

boost::json::value json_or_null(const Check& check, const ResultPtr& result) {
  if (!result) return nullptr;
  return to_json(check, *result);
}

boost::json::object summary(const CheckView& view) {
  boost::json::object labels;
  for (const auto& [name, value] : view.check->labels) labels[name] = value;
  boost::json::object out{
      {"check", view.check->name},
      {"kind", view.check->kind->name},
      {"instance", view.check->instance},
      {"module", view.check->module},
      {"labels", std::move(labels)},
      {"interval_seconds", seconds(view.check->interval)},
      {"timeout_seconds", seconds(view.check->timeout)},
      {"verdict", view.last ? boost::json::value(name_of(view.last->verdict)) : boost::json::value(nullptr)},
      {"reason", view.last ? boost::json::value(name_of(view.last->reason)) : boost::json::value(nullptr)},
      {"runs", view.runs},
      {"failures", view.failures},
  };
  if (view.last) {
    out["since"] = rfc3339(view.since, true);
    out["last_run"] = rfc3339(view.last->started, true);
    out["duration_seconds"] = seconds(view.last->duration);
  }
  return out;
}

WebResponse list_checks(const std::vector<CheckView>& views) {
  boost::json::array checks;
  for (const auto& view : views) checks.emplace_back(summary(view));
  return json(200, boost::json::object{{"checks", std::move(checks)}});
}

bool is_run(const std::string& path) {
  return path.starts_with(kChecksPath) && path.ends_with(kRunSuffix) &&
         path.size() > kChecksPath.size() + kRunSuffix.size();
}

/// What pages of other sites may do with an endpoint.
Access access_of(const WebRequest& request) {
  const auto& path = request.path;
  if (path == "/metrics" || path == "/-/healthy" || path == "/-/ready") return Access::kOpen;
  if (path == "/probe" || path == "/-/reload") return Access::kAction;
  return is_run(path) ? Access::kPrivateAction : Access::kPrivate;
}

/// Results of runs that go on at the same time, gathered for the one coroutine that waits.
struct Gathering {
  Gathering(asio::any_io_executor on, std::size_t count) : executor(std::move(on)), done(executor), left(count) {}

  void add(const Check& check, const Result& result) {
    const std::lock_guard lock(mutex);
    results.emplace_back(to_json(check, result));
    if (--left == 0) asio::post(executor, [this] { done.notify(); });
  }

  asio::any_io_executor executor;
  net::Event done;
  std::mutex mutex;
  std::size_t left;
  boost::json::array results;
};

}  // namespace

std::string route_prefix(const std::string& flag, const std::string& external_url) {
  auto prefix = flag;
  if (prefix.empty()) {
    const auto scheme = external_url.find("://");
    const auto path = external_url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    if (path != std::string::npos) prefix = external_url.substr(path, external_url.find_first_of("?#", path) - path);
  }
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix.empty() || prefix.starts_with('/') ? prefix : "/" + prefix;
}

std::optional<WebResponse> Endpoints::outside(WebRequest& request) const {
  const auto& prefix = options_.route_prefix;
  if (prefix.empty()) return std::nullopt;
  const auto redirect = [](int status, const std::string& where) {
    auto response = text_response(status, "");
    response.headers.emplace_back("Location", where);
    return response;
  };
  if (request.path == "/") return redirect(302, options_.external_url.empty() ? prefix + "/" : options_.external_url);
  if (request.path == prefix) return redirect(301, prefix + "/");
  if (!request.path.starts_with(prefix + "/"))
    return text_response(404, fmt::format("The endpoints are under {}/\n", prefix));
  request.path.erase(0, prefix.size());
  return std::nullopt;
}

asio::awaitable<WebResponse> Endpoints::handle(WebRequest request) {
  if (auto redirection = outside(request)) co_return std::move(*redirection);
  if (auto refusal = refuse_foreign_page(request, access_of(request), hosts_)) co_return std::move(*refusal);
  co_return co_await answer(std::move(request));
}

asio::awaitable<WebResponse> Endpoints::answer(WebRequest request) {
  const bool get = request.method == "GET" || request.method == "HEAD";
  const auto& path = request.path;
  if (path == "/-/reload") {
    if (request.method != "POST") co_return not_allowed("POST");
    co_return co_await reload();
  }
  if (is_run(path)) {
    if (request.method != "POST") co_return not_allowed("POST");
    const auto begin = kChecksPath.size() + 1;
    co_return co_await run_check(path.substr(begin, path.size() - begin - kRunSuffix.size()),
                                 request.parameter("instance"));
  }
  // As blackbox_exporter does, whatever the method is.
  if (path == "/probe") co_return co_await probes_.probe(std::move(request));
  if (path == "/-/healthy") co_return healthy();
  if (path == "/-/ready") co_return ready();
  if (!get) co_return not_allowed("GET");
  if (path == "/logs") co_return probes_.logs(request);
  if (path.starts_with(kChecksPath) && path.size() > kChecksPath.size() && path[kChecksPath.size()] == '/') {
    co_return show_check(path.substr(kChecksPath.size() + 1));
  }
  if (path.starts_with("/api/") && path != kChecksPath) co_return json_error(404, "there is no such endpoint");
  co_return co_await page(request);
}

asio::awaitable<WebResponse> Endpoints::page(const WebRequest& request) {
  const bool compressed = accept_weight(request.accept_encoding, "gzip") > 0;
  const auto& path = request.path;
  if (path == "/metrics") {
    const auto format = negotiate(request.accept);
    auto response = co_await pages_.get(fmt::format("{} {}", path, content_type(format)), compressed, [this, format] {
      return WebResponse{200, std::string(content_type(format)), agent_.metrics_page(format), {}};
    });
    agent_.scraped(response.status);
    co_return response;
  }
  if (path == "/config") {
    co_return co_await pages_.get(path, compressed, [this] { return text_response(200, agent_.configuration()); });
  }
  if (path == kChecksPath) {
    co_return co_await pages_.get(path, compressed, [this] { return list_checks(agent_.recent().all()); });
  }
  // As with blackbox_exporter, every other path shows the front page.
  co_return co_await pages_.get("/", compressed, [this, probes = probes_.history().all()] {
    return status_page(agent_.in_force()->settings, agent_.recent().all(), probes, options_.route_prefix);
  });
}

WebResponse Endpoints::healthy() const {
  const auto still = agent_.standing_still(kStandsStill);
  if (still.empty()) return text_response(200, "Healthy\n");
  return text_response(503,
                       fmt::format("Not healthy: the event loop of shard {} stands still\n", fmt::join(still, ", ")));
}

WebResponse Endpoints::ready() const {
  if (!agent_.ready()) return text_response(503, "Not ready: starting or stopping\n");
  const auto still = agent_.standing_still(kStandsStill);
  if (still.empty()) return text_response(200, "Ready\n");
  return text_response(503,
                       fmt::format("Not ready: the event loop of shard {} stands still\n", fmt::join(still, ", ")));
}

asio::awaitable<WebResponse> Endpoints::reload() {
  if (agent_.stopping()) co_return text_response(503, "the agent is stopping\n");
  const auto outcome = co_await reloader_.reload();
  // Without the lines of the file: a misspelt key's value may be a secret, and anybody may ask.
  const auto problems = outcome->diagnostics.places();
  if (outcome->in_force) co_return text_response(200, problems);
  co_return text_response(500, "failed to reload config:\n" + problems);
}

WebResponse Endpoints::show_check(const std::string& name) const {
  boost::json::array instances;
  for (const auto& view : agent_.recent().named(name)) {
    auto entry = summary(view);
    entry["last"] = json_or_null(*view.check, view.last);
    entry["last_failure"] = json_or_null(*view.check, view.last_failure);
    instances.emplace_back(std::move(entry));
  }
  if (instances.empty()) return json_error(404, fmt::format("there is no check called {}", name));
  return json(200, boost::json::object{{"instances", std::move(instances)}});
}

asio::awaitable<WebResponse> Endpoints::run_check(std::string name, std::string instance) {
  auto views = agent_.recent().named(name);
  if (!instance.empty()) std::erase_if(views, [&](const CheckView& view) { return view.check->instance != instance; });
  if (views.empty()) co_return json_error(404, fmt::format("there is no check called {}", name));
  const auto gathering = std::make_shared<Gathering>(executor_, views.size());
  std::size_t refused = 0;
  for (const auto& view : views) {
    const auto check = view.check;
    if (!agent_.run_now(check, [gathering, check](const Result& result) { gathering->add(*check, result); })) ++refused;
  }
  if (refused > 0) {
    const std::lock_guard lock(gathering->mutex);
    gathering->left -= refused;
    if (gathering->left == 0) gathering->done.notify();
  }
  co_await gathering->done.wait();
  boost::json::object out{{"results", std::move(gathering->results)}};
  if (refused > 0) out["refused"] = refused;
  auto response = json(refused == views.size() ? 429 : 200, out);
  if (refused > 0) response.headers.emplace_back("Retry-After", "1");
  co_return response;
}

}  // namespace vedette
