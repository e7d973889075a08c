#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "probe/agent/agent_metrics.hpp"

namespace vedette {

namespace {

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  metric.counter.value = value;
  return {std::move(name), std::move(help), type, {metric}};
}

/// The fields of /proc/self/stat behind the command's name, which may hold blanks itself; field 3 is the first.
std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream rest(line.substr(std::min(line.size(), line.rfind(')') + 2)));
  std::vector<std::string> out;
  for (std::string field; rest >> field;) out.push_back(field);
  return out;
}

double open_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  // Without `.`, `..` and the descriptor that reads the folder.
  return count - 3;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics() {
  // Numbering of proc(5): field 3 is index 0.
  constexpr std::size_t kUtime = 11;
  constexpr std::size_t kStime = 12;
  constexpr std::size_t kThreads = 17;
  constexpr std::size_t kStart = 19;
  constexpr std::size_t kVsize = 20;
  constexpr std::size_t kRss = 21;
  const auto fields = stat_fields();
  if (fields.size() <= kRss) return {};
  const auto number = [&](std::size_t index) { return std::stod(fields[index]); };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  using prometheus::MetricType;
  return {
      family("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", MetricType::Counter,
             (number(kUtime) + number(kStime)) / ticks),
      family("process_max_fds", "Maximum number of open file descriptors.", MetricType::Gauge,
             static_cast<double>(limit.rlim_cur)),
      family("process_open_fds", "Number of open file descriptors.", MetricType::Gauge, open_descriptors()),
      family("process_resident_memory_bytes", "Resident memory size in bytes.", MetricType::Gauge,
             number(kRss) * static_cast<double>(::sysconf(_SC_PAGESIZE))),
      family("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", MetricType::Gauge,
             boot_time() + number(kStart) / ticks),
      family("process_threads", "Number of OS threads in the process.", MetricType::Gauge, number(kThreads)),
      family("process_virtual_memory_bytes", "Virtual memory size in bytes.", MetricType::Gauge, number(kVsize)),
  };
}

}  // namespace vedette
