#pragma once

// What the steps of one run share: variables, cookies, connections, secrets, budgets. On the shard's thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "checks/http/cookie_jar.hpp"
#include "checks/kind.hpp"
#include "checks/run.hpp"
#include "language/lines/scope.hpp"
#include "language/lines/subject.hpp"
#include "net/http/http_connections.hpp"
#include "net/io/event.hpp"
#include "scenarios/http/curl.hpp"
#include "scenarios/http/http_call.hpp"
#include "scenarios/model/record.hpp"

namespace vedette::scenarios {

/// Is told of a run as it goes on, on the shard's thread.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void step_began(const StepRecord& /*step*/) {}
  virtual void step_ended(const StepRecord& /*step*/) {}
  virtual void run_ended(const RunRecord& /*run*/) {}
};

/// What a run is given beside its scenario.
struct Inputs {
  std::map<std::string, language::Value, std::less<>> variables;
  std::vector<SecretSource> secrets;
  std::optional<std::uint64_t> seed;
  std::vector<OptionSetting> options;  ///< of every request, as flags of the command line
  std::vector<std::string> cookies;    ///< lines of Netscape's file
  bool keeps_cookies = true;           ///< of answers, for later requests
  std::string file_root;               ///< files must be under it; empty: the scenario's folder
  bool continue_on_error = false;
  bool ignore_asserts = false;
  bool may_write = false;  ///< `output` writes files
  bool keeps_details = false;
  std::size_t from_entry = 1;
  std::size_t to_entry = 0;  ///< zero: the last
  std::shared_ptr<Listener> listener;
};

/// Why nothing more of a part of a run begins.
enum class Halt : std::uint8_t { kNo, kDeadline, kCancelled };

class Session {
 public:
  Session(RunContext& context, const Scenario& scenario, const Inputs& inputs, std::uint64_t seed);

  RunContext& context;
  const Scenario& scenario;
  const Inputs& inputs;
  Limits limits;
  http::CookieJar jar;
  net::HttpConnections connections;
  Redactor redactor;
  SecretNames secret_names;
  std::mt19937_64 random;
  std::int64_t requests_left;
  std::int64_t steps_left;
  std::int64_t captured_left;
  std::map<std::string, language::Value, std::less<>> step_facts;
  Duration prepared{};  ///< what the program took for itself, such as reading authorities; no part of any step

  /// Since the run began.
  [[nodiscard]] Duration now() const { return std::chrono::steady_clock::now() - began_ - prepared; }
  /// Begins a part of the run that may take so long.
  void begin_part(Duration budget);
  [[nodiscard]] Duration left() const { return part_ends_ - now(); }
  [[nodiscard]] Halt halted();
  /// What halted() by the deadline means: it is nobody's fault but the agent's when that came to it late.
  [[nodiscard]] Failure too_late() const;

  void keep_secret(const std::string& text) { redactor.add(text); }
  [[nodiscard]] std::string masked(std::string text) const { return redactor.masked(std::move(text)); }

  /// Runs a check as part of this run, with no more time than is left. `answer` gets what was answered.
  boost::asio::awaitable<Result> run(const Kind& kind, std::shared_ptr<const Settings> settings, std::string target,
                                     Duration timeout, language::Subject& answer);
  /// The same for an HTTP request, whose connections must be made within `connect_timeout`.
  boost::asio::awaitable<Result> run(HttpCall& call, Duration timeout, Duration connect_timeout);
  /// Waits; false when the part of the run ended first.
  boost::asio::awaitable<bool> pause(Duration duration);
  /// Has a worker do `work`, which may refer only to what it owns; false when the part of the run, or `patience`, ended
  /// first, or when the workers have too much to do: then `busy` is set.
  boost::asio::awaitable<bool> elsewhere(std::function<void()> work, Duration patience, bool& busy);
  /// Waits for something that ends by itself, also when the run is cancelled; what goes on is cancelled then.
  boost::asio::awaitable<void> wait_for(net::Event& event, const bool& done);

  /// Time of the thread that was taken to evaluate; nothing more is evaluated when it is used up.
  class Cpu {
   public:
    explicit Cpu(Session& session);
    ~Cpu();
    Cpu(const Cpu&) = delete;
    Cpu& operator=(const Cpu&) = delete;

   private:
    Session& session_;
    Duration began_;
  };
  /// The same, taken by another thread.
  void use_cpu(Duration time) { cpu_used_ += time; }
  [[nodiscard]] bool cpu_used_up() const { return cpu_used_ > limits.cpu; }

 private:
  [[nodiscard]] std::shared_ptr<Check> check_of(const Kind& kind, std::string target, Duration timeout) const;
  boost::asio::awaitable<Result> run(CheckPtr check, StepRun step);

  void cancel_all();

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Duration part_ends_{};
  Duration budget_{};
  std::optional<Duration> late_;  ///< how late the part's deadline was noticed
  Duration cpu_used_{};
  bool cancelled_ = false;
  bool teardown_ = false;
  std::set<Run*> running_;
  std::set<boost::asio::steady_timer*> pausing_;
};

/// CPU time of the calling thread.
Duration thread_time();

/// Where the file at `path` is, which must be under `root`; the fault has no span.
tl::expected<std::string, language::Fault> file_under(const std::string& root, const std::string& path);
/// Its content.
tl::expected<std::string, language::Fault> read_file_under(const std::string& root, const std::string& path);

/// The variables of one level of calls.
class Frame final : public language::Scope {
 public:
  Frame(Session& session, std::string folder) : session_(session), folder_(std::move(folder)) {}

  std::map<std::string, language::Value, std::less<>> variables;

  [[nodiscard]] const language::Value* variable(std::string_view name) const override;
  [[nodiscard]] language::Found step(std::string_view id) const override;
  std::uint64_t random() override { return session_.random(); }
  tl::expected<std::string, language::Fault> read_file(const std::string& path) override;
  void keep_secret(const std::string& text) override { session_.keep_secret(text); }
  [[nodiscard]] std::size_t max_nodes() const override;
  [[nodiscard]] std::size_t longest_text() const override;
  [[nodiscard]] language::Reading reading() const override;

  /// Where a file is, if it may be used; the fault has no span.
  [[nodiscard]] tl::expected<std::string, language::Fault> path_of(const std::string& path) const;
  /// The folder that files must be under.
  [[nodiscard]] std::string file_root() const;
  /// The same for files that a person names outside of requests, such as keys: anywhere; relative to the scenario, or
  /// else to where the program runs, as Hurl has it.
  [[nodiscard]] std::string beside(const std::string& path) const;
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] Session& session() const { return session_; }

 private:
  Session& session_;
  std::string folder_;
};

}  // namespace vedette::scenarios
