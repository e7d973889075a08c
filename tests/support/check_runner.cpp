#include "tests/support/check_runner.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <stdexcept>

#include "checks/run.hpp"
#include "net/names/system_services.hpp"
#include "probe/config/check_decoder.hpp"
#include "probe/config/config_loader.hpp"

namespace vedette::testing {

CheckPtr make_check(const std::string& yaml) {
  const auto source = std::make_shared<config::Source>(config::Source{"test", yaml});
  config::Diagnostics diagnostics;
  config::Context context{diagnostics, {}, nullptr};
  const auto value = config::parse_yaml(source, diagnostics);
  CheckDecoder decoder(context);
  if (value) decoder.read_check(*value);
  if (diagnostics.has_errors() || decoder.checks().size() != 1)
    throw std::runtime_error(render_all(diagnostics, false));
  return decoder.checks().front();
}

namespace {

Result run_on(net::Services& services, boost::asio::io_context& loop, const CheckPtr& check,
              const std::function<void(std::function<void()>)>& during) {
  std::optional<Result> out;
  const auto run = start_run(services, check, Detail::kAlways, [&](Result result) {
    out = std::move(result);
    loop.stop();
  });
  // The function may outlive the loop, and a run must not.
  const std::weak_ptr<Run> weak = run;
  if (during) {
    during([&loop, weak] {
      boost::asio::post(loop, [weak] {
        if (const auto held = weak.lock()) held->cancel();
      });
    });
  }
  loop.run();
  return std::move(*out);
}

}  // namespace

Result run_check(const CheckPtr& check, const std::function<void(std::function<void()>)>& during) {
  boost::asio::io_context loop(1);
  net::SystemServices services(loop.get_executor());
  return run_on(services, loop, check, during);
}

Result run_check(const CheckPtr& check, std::unique_ptr<net::Resolver> resolver) {
  boost::asio::io_context loop(1);
  net::Services services(loop.get_executor());
  services.resolver = std::move(resolver);
  return run_on(services, loop, check, {});
}

TimedResult run_timed(const std::string& yaml) {
  const auto check = make_check(yaml);
  const auto began = std::chrono::steady_clock::now();
  auto result = run_check(check);
  return {std::move(result), std::chrono::steady_clock::now() - began};
}

}  // namespace vedette::testing
