#include "base/workers.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <utility>

namespace vedette {

namespace asio = boost::asio;

namespace {

std::atomic<Workers*> shared_workers{nullptr};

}  // namespace

struct Workers::Pool {
  Pool(std::size_t count, std::size_t max) : max_jobs(max), threads(count) {}

  const std::size_t max_jobs;
  std::atomic<std::size_t> jobs{0};
  asio::thread_pool threads;
};

Workers::Workers(std::size_t threads, std::size_t max_jobs) : pool_(std::make_unique<Pool>(threads, max_jobs)) {}

Workers::~Workers() {
  pool_->threads.join();
}

Workers& Workers::shared() {
  // As many as keep a core free for the loops on the smallest machine; waiting jobs hold their answers in memory.
  constexpr std::size_t kThreads = 2;
  constexpr std::size_t kMaxJobs = 64;
  static auto* const instance = [] {
    auto* const made = new Workers(kThreads, kMaxJobs);
    shared_workers = made;
    return made;
  }();
  return *instance;
}

bool Workers::end_shared() {
  auto* const workers = shared_workers.load();
  if (workers == nullptr) return true;
  if (workers->jobs() > 0) return false;
  workers->pool_->threads.join();
  return true;
}

bool Workers::submit(std::function<void()> job) {
  auto& pool = *pool_;
  if (pool.jobs.fetch_add(1) >= pool.max_jobs) {
    --pool.jobs;
    return false;
  }
  asio::post(pool.threads, [&pool, job = std::move(job)]() mutable {
    job();
    // What the job owns goes before it counts as gone.
    job = nullptr;
    --pool.jobs;
  });
  return true;
}

std::size_t Workers::jobs() const {
  return pool_->jobs.load();
}

std::shared_ptr<Job> Job::start(Workers& workers, const asio::any_io_executor& executor, std::function<void()> work,
                                std::function<void(std::exception_ptr)> done) {
  auto job = std::make_shared<Job>();
  job->done_ = std::move(done);
  const bool started = workers.submit([job, executor, work = std::move(work)]() mutable {
    std::exception_ptr error;
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    work = nullptr;
    const std::lock_guard lock(job->mutex_);
    if (!job->done_) return;
    asio::post(executor, [job, error] {
      const auto tell = std::exchange(job->done_, nullptr);
      if (tell) tell(error);
    });
  });
  return started ? job : nullptr;
}

void Job::abandon() {
  const std::lock_guard lock(mutex_);
  done_ = nullptr;
}

}  // namespace vedette
