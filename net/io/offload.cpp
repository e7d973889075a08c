#include "net/io/offload.hpp"

#include <exception>

#include "base/workers.hpp"
#include "net/io/errors.hpp"
#include "net/io/event.hpp"
#include "net/io/services.hpp"

namespace vedette::net {

boost::asio::awaitable<Problem> offload(Activity& context, std::function<void()> work) {
  if (context.stopped) co_return cancelled();
  Event ended(context.services.executor);
  std::exception_ptr error;
  const auto job =
      Job::start(Workers::shared(), context.services.executor, std::move(work), [&](const std::exception_ptr& escaped) {
        error = escaped;
        ended.notify();
      });
  if (!job) co_return Failure{Reason::kLocalResources, "too many large answers are being looked at"};
  const bool done = co_await ended.wait();
  context.slice.restart();
  if (!done) {
    job->abandon();
    if (!context.overdue) co_return cancelled();
    co_return Failure{Reason::kTimeoutExpect, "the deadline passed while the answer was being looked at"};
  }
  if (error) std::rethrow_exception(error);
  co_return std::nullopt;
}

}  // namespace vedette::net
