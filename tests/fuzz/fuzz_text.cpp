// The small readers of what people and targets write: durations, sizes, references, addresses, captures, labels.

#include <cstdlib>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "checks/tcp/dialogue.hpp"
#include "config/duration.hpp"
#include "config/masked.hpp"
#include "config/reference.hpp"
#include "exporters/prometheus/exposition.hpp"
#include "net/addresses/target.hpp"
#include "probe/web/query_string.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto duration = config::parse_duration(text)) {
    if (config::parse_duration(config::format_duration(*duration)) != duration) std::abort();
  }
  config::parse_size(text);
  if (text.find("file:") == std::string::npos) config::expand_references(text);
  if (const auto target = net::split_host_port(text, 53)) {
    const auto again = net::split_host_port(net::join_host_port(target->host, target->port), 0);
    if (!again || again->host != target->host || again->port != target->port) std::abort();
  }
  static const auto kPattern = *config::Pattern::compile("(?P<a>.)(.)");
  (void)kPattern.expanded(text, kPattern.groups("xy"));
  const auto valid = valid_utf8(text);
  if (valid_utf8(valid) != valid) std::abort();
  printable(text, 100);
  std::string page;
  append_label(page, "l", text);
  if (page.find('\n') != std::string::npos) std::abort();
  negotiate(text);
  config::mask_userinfo(text);
  parse_query(text);
  return 0;
}
