#pragma once

// A few threads for what must not hold up a loop: expectations that are asked of large answers, password hashes.
// Bounded in threads and in jobs that wait.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

namespace vedette {

class Workers {
 public:
  Workers(std::size_t threads, std::size_t max_jobs);
  /// Waits for the jobs that go on.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// The pool for runs. It is never destroyed: a job that nobody waits for any more must not hold up the process's end.
  static Workers& shared();
  /// At the end of the process: ends the threads of the pool for runs, if it ever had some. False when a job goes on,
  /// which nobody waits for.
  static bool end_shared();

  /// False when too many jobs go on or wait already.
  bool submit(std::function<void()> job);
  [[nodiscard]] std::size_t jobs() const;

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

/// Something large, shared: its last owner does not free it on the spot but has a worker do that, since to free what
/// was made of a large answer takes as long as many a run.
template <typename T>
std::shared_ptr<T> freed_by_worker(T thing) {
  return std::shared_ptr<T>(new T(std::move(thing)), [](T* pointer) {
    if (!Workers::shared().submit([pointer] { delete pointer; })) delete pointer;
  });
}

/// A job whose starter may stop waiting for it. The job then goes on to its end, unheard, so it may refer only to what
/// it owns.
class Job : public std::enable_shared_from_this<Job> {
 public:
  /// Starts `work` on a thread of `workers`; `done` is called on `executor`, unless abandon() was called before, with
  /// what escaped from the work. Nothing when there are too many jobs.
  static std::shared_ptr<Job> start(Workers& workers, const boost::asio::any_io_executor& executor,
                                    std::function<void()> work, std::function<void(std::exception_ptr)> done);
  /// From the executor's thread: `done` will not be called, and the executor is not used any more.
  void abandon();

 private:
  std::mutex mutex_;
  std::function<void(std::exception_ptr)> done_;
};

}  // namespace vedette
