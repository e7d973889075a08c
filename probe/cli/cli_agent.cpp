#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include "base/version.hpp"
#include "exporters/log/log.hpp"
#include "net/addresses/target.hpp"
#include "net/tls/key_decoder.hpp"
#include "probe/agent/agent.hpp"
#include "probe/agent/descriptor_limit.hpp"
#include "probe/agent/reloader.hpp"
#include "probe/agent/service_manager.hpp"
#include "probe/cli/cli.hpp"
#include "probe/web/endpoints.hpp"
#include "probe/web/web_gate.hpp"
#include "probe/web/web_server.hpp"

namespace vedette::cli {

namespace asio = boost::asio;

namespace {

/// For the last lines of a log that is slow to be read.
constexpr std::chrono::milliseconds kLogPatience{1000};

struct AgentFlags {
  std::string config_file = "vedette.yml";
  bool log_runs = false;
  std::vector<std::string> listen_addresses{":9115"};
  bool systemd_socket = false;
  std::string web_config;
  std::string external_url;
  std::string route_prefix;
  double timeout_offset = 0.5;
  std::size_t history_limit = 100;
  std::vector<std::string> allowed_hosts;
  bool auto_reload = false;
  double auto_reload_interval = 30;
  std::string log_level = "info";
  std::string log_format = "logfmt";
  std::string log_prober = "info";
  bool check_only = false;
};

void configure_log(const AgentFlags& flags) {
  const std::map<std::string, log::Level> levels{{"debug", log::Level::kDebug},
                                                 {"info", log::Level::kInfo},
                                                 {"warn", log::Level::kWarn},
                                                 {"error", log::Level::kError}};
  log::configure(levels.at(flags.log_level), flags.log_format == "json" ? log::Format::kJson : log::Format::kLogfmt,
                 levels.at(flags.log_prober));
}

Duration duration_of(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

EndpointOptions endpoint_options(const AgentFlags& flags) {
  EndpointOptions out;
  out.probe = {duration_of(flags.timeout_offset), flags.history_limit};
  out.external_url = flags.external_url;
  out.route_prefix = route_prefix(flags.route_prefix, flags.external_url);
  out.allowed_hosts = flags.allowed_hosts;
  return out;
}

/// The agent as a process: signals, service manager, and the loop of the endpoints.
class Process {
 public:
  explicit Process(const AgentFlags& flags)
      : agent_(std::make_unique<FileSource>(flags.config_file), flags.log_runs),
        reloader_(agent_, loop_.get_executor()),
        endpoints_(agent_, reloader_, loop_.get_executor(), endpoint_options(flags)),
        flags_(flags),
        gate_(flags.web_config.empty() ? WebGate() : WebGate(loop_.get_executor(), flags.web_config)),
        hangup_(loop_, SIGHUP),
        end_(loop_, SIGINT, SIGTERM),
        watchdog_(loop_),
        refresh_(loop_),
        clock_watch_(loop_),
        patience_(loop_) {}

  int run() {
    config::Diagnostics diagnostics;
    const bool loaded = agent_.load(diagnostics);
    fmt::print(stderr, "{}", render_all(diagnostics, ::isatty(STDERR_FILENO) != 0));
    if (!loaded) {
      log::error("the configuration has errors; the agent does not start");
      log::flush(kLogPatience);
      return kNotStarted;
    }
    listen();
    if (const auto why = net::use_fast_key_decoder(); !why.empty()) {
      log::info("certificates are decoded the slower way", {{"detail", why}});
    }
    wait_for_hangup();
    wait_for_end();
    if (service_manager::watchdog_interval()) feed_watchdog();
    refresh_tls();
    if (flags_.auto_reload) reloader_.watch_files(duration_of(flags_.auto_reload_interval));
    watch_clock(ClockGuard());
    service_manager::ready(fmt::format("{} checks", agent_.in_force()->checks));
    loop_.run();
    agent_.flush();
    if (!drained_) log::error("runs that do not end, or a shard that stands still, were left behind");
    log::info("stopped");
    log::flush(kLogPatience);
    // What cannot be waited for goes with the process: a shard that stands still, a reload that goes on.
    if (!drained_ || reloader_.busy()) std::_Exit(drained_ ? kAllPassed : kCouldNotLook);
    return kAllPassed;
  }

 private:
  void listen() {
    server_.emplace(loop_, gate_, [this](WebRequest request) { return endpoints_.handle(std::move(request)); });
    if (flags_.systemd_socket) {
      const auto sockets = service_manager::sockets();
      if (sockets.empty()) throw std::runtime_error("--web.systemd-socket: systemd has passed no socket");
      for (const int socket : sockets) server_->adopt(socket);
    } else {
      for (const auto& address : flags_.listen_addresses) server_->listen(address);
    }
    server_->start();
    for (const auto& endpoint : server_->endpoints()) {
      log::info("listening", {{"address", net::join_host_port(endpoint.address().to_string(), endpoint.port())},
                              {"version", std::string(kVersion)},
                              {"pid", fmt::format("{}", ::getpid())}});
    }
  }

  void wait_for_hangup() {
    hangup_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      reloader_.request();
      wait_for_hangup();
    });
  }

  void wait_for_end() {
    end_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      // A second signal ends the agent at once.
      if (stopping_) return loop_.stop();
      stop();
      wait_for_end();
    });
  }

  /// The endpoints answer until all is done.
  void stop() {
    constexpr std::chrono::seconds kBeyondGrace{3};
    stopping_ = true;
    reloader_.close();
    const auto grace = agent_.in_force()->settings.shutdown_grace;
    service_manager::stopping();
    log::info("stopping", {{"grace", config::format_duration(grace)}});
    agent_.stop([this] {
      asio::post(loop_, [this] {
        drained_ = true;
        loop_.stop();
      });
    });
    patience_.expires_after(grace + kBeyondGrace);
    patience_.async_wait([this](const boost::system::error_code& error) {
      if (!error) loop_.stop();
    });
  }

  void feed_watchdog() {
    const auto interval = *service_manager::watchdog_interval();
    if (agent_.standing_still(2 * interval).empty()) service_manager::alive();
    watchdog_.expires_after(interval);
    watchdog_.async_wait([this](const boost::system::error_code& error) {
      if (!error) feed_watchdog();
    });
  }

  void refresh_tls() {
    constexpr std::chrono::seconds kEvery{5};
    refresh_.expires_after(kEvery);
    refresh_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      agent_.refresh_tls();
      refresh_tls();
    });
  }

  void watch_clock(ClockGuard guard) {
    constexpr std::chrono::seconds kEvery{1};
    clock_watch_.expires_after(kEvery);
    clock_watch_.async_wait([this, guard](const boost::system::error_code& error) {
      if (error) return;
      if (guard.stepped()) agent_.clock_stepped();
      watch_clock(ClockGuard());
    });
  }

  asio::io_context loop_{1};
  Agent agent_;
  Reloader reloader_;
  Endpoints endpoints_;
  const AgentFlags flags_;
  WebGate gate_;
  std::optional<WebServer> server_;
  asio::signal_set hangup_;
  asio::signal_set end_;
  asio::steady_timer watchdog_;
  asio::steady_timer refresh_;
  asio::steady_timer clock_watch_;
  asio::steady_timer patience_;
  bool stopping_ = false;
  bool drained_ = false;
};

/// Left alone, glibc raises the size from which memory goes straight back to the system to 32 MiB at the first large
/// block it frees. Then what large answers took stays, in pieces, and the process is as large as its worst moments.
void give_back_large_memory() {
  constexpr int kLarge = 256 << 10;
  ::mallopt(M_MMAP_THRESHOLD, kLarge);
}

int run_agent(const AgentFlags& flags) {
  configure_log(flags);
  if (flags.check_only) {
    config::Diagnostics diagnostics;
    auto config = load_config(flags.config_file, diagnostics);
    if (!flags.web_config.empty() && !load_web_config(flags.web_config, diagnostics)) config.reset();
    fmt::print(stderr, "{}", render_all(diagnostics, ::isatty(STDERR_FILENO) != 0));
    return config ? kAllPassed : kNotStarted;
  }
  raise_descriptor_limit();
  give_back_large_memory();
  log::write_behind();
  Process process(flags);
  return process.run();
}

}  // namespace

void add_agent(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("agent", "Run checks on their schedule and expose the results to Prometheus");
  const auto flags = std::make_shared<AgentFlags>();
  command->add_option("--config.file", flags->config_file, "The configuration")->capture_default_str();
  command->add_flag("--config.check", flags->check_only, "Check the configuration and exit");
  command->add_flag("--config.enable-auto-reload,!--no-config.enable-auto-reload", flags->auto_reload,
                    "Reload the configuration when its files have changed");
  command
      ->add_option("--config.auto-reload-interval", flags->auto_reload_interval, "Seconds between looks at the files")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
  command->add_option("--web.listen-address", flags->listen_addresses, "Where to serve the endpoints; repeatable")
      ->allow_extra_args(false)
      ->capture_default_str();
  command->add_flag("--web.systemd-socket", flags->systemd_socket, "Serve on the sockets that systemd passes");
  command->add_option("--web.config.file", flags->web_config, "Who may use the endpoints: TLS, users, headers, rate");
  command->add_option("--web.external-url", flags->external_url, "The URL that people reach the endpoints by");
  command->add_option("--web.route-prefix", flags->route_prefix,
                      "Where the endpoints begin; default: the path of the external URL");
  command
      ->add_option("--web.allowed-hosts", flags->allowed_hosts,
                   "Host names that the endpoints may be reached by, beside addresses, localhost, the machine's own "
                   "and that of the external URL; *.example.com, or * for all")
      ->delimiter(',');
  command->add_option("--timeout-offset", flags->timeout_offset, "Seconds taken off Prometheus' timeout for /probe")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command->add_option("--history.limit", flags->history_limit, "How many probes of /probe to keep for /logs")
      ->check(CLI::Range(std::size_t{0}, std::size_t{100000}))
      ->capture_default_str();
  const auto levels = CLI::IsMember({"debug", "info", "warn", "error"});
  command->add_option("--log.level", flags->log_level, "The least level to log")->check(levels)->capture_default_str();
  command->add_option("--log.format", flags->log_format, "How to write log lines")
      ->check(CLI::IsMember({"logfmt", "json"}))
      ->capture_default_str();
  command->add_option("--log.prober", flags->log_prober, "The least level to log of single probes of /probe")
      ->check(levels)
      ->capture_default_str();
  command->add_flag("--log.runs", flags->log_runs, "Log every run, not only changes of state");
  command->set_version_flag("--version", fmt::format("vedette {}", kVersion));
  command->callback([flags, &exit_code] { exit_code = run_agent(*flags); });
}

}  // namespace vedette::cli
