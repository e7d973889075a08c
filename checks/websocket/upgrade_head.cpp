#include "checks/websocket/upgrade_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/ascii.hpp"
#include "net/http/http1_head.hpp"
#include "net/io/flood.hpp"

namespace vedette::websocket {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
constexpr std::string_view kBegin = "HTTP/";
constexpr std::array<std::string_view, 5> kFields{"connection", "upgrade", "sec-websocket-accept",
                                                  "sec-websocket-extensions", "sec-websocket-protocol"};

/// The three digits behind the version; zero when they are none.
int status_of(std::string_view head) {
  const auto blank = head.find(' ');
  int out = 0;
  for (std::size_t i = 1; i <= 3; ++i) {
    const char c = blank == std::string_view::npos || blank + i >= head.size() ? 'x' : head[blank + i];
    if (c < '0' || c > '9') return 0;
    out = out * 10 + (c - '0');
  }
  const auto behind = head.substr(blank + 4, 1);
  return behind.find_first_of("0123456789") == std::string_view::npos ? out : 0;
}

/// Several lines of a name are one list (RFC 9110 section 5.3). `more` is added.
std::string joined(std::string_view head, std::string_view more) {
  const auto end = head.find("\r\n");
  std::string out(head.substr(0, end + 2));
  std::map<std::string, std::string> lists;
  for (auto line : split(head.substr(end + 2), '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = lower_case(line.substr(0, colon));
    if (std::find(kFields.begin(), kFields.end(), name) == kFields.end()) continue;
    auto& list = lists[name];
    list += (list.empty() ? "" : ", ") + std::string(trim(line.substr(colon + 1)));
  }
  for (const auto& [name, list] : lists) out += fmt::format("{}: {}\r\n", name, list);
  out += more;
  return out + "\r\n";
}

}  // namespace

net::Problem UpgradeHead::take(std::string_view part) {
  text_ += part;
  while (!whole_) {
    const auto begin = std::string_view(text_).substr(0, kBegin.size());
    whole_ = begin != kBegin.substr(0, begin.size());
    if (whole_) break;
    const auto end = net::end_of_head(text_, searched_);
    if ((end == std::string::npos ? text_.size() : end) > kMaxBytes) {
      return Failure{Reason::kHttpHeadersTooLarge,
                     fmt::format("the answer's headers have more than {} bytes", kMaxBytes)};
    }
    if (end == std::string::npos) return std::nullopt;
    searched_ = 0;
    constexpr int kSwitches = 101;
    const int status = status_of(text_);
    if (status / 100 == 1 && status != kSwitches) {
      if (++interim_ > net::kMaxInterimResponses) return net::flood(net::kMaxInterimResponses, "interim responses");
      text_.erase(0, end);
      continue;
    }
    const auto head = std::string_view(text_).substr(0, end);
    if (const auto bad = net::bad_header_in(head); !bad.empty()) {
      return Failure{Reason::kHttpProtocol, "the response is not valid HTTP: " + bad};
    }
    const auto normalized = net::normalized_head(head);
    if (!normalized) return Failure{Reason::kHttpProtocol, normalized.error()};
    // Of another answer only the head is of interest, and Beast would wait for its body.
    text_ = status == kSwitches ? joined(normalized->text, {}) + text_.substr(end)
                                : joined(normalized->text, "Content-Length: 0\r\n");
    whole_ = true;
  }
  return std::nullopt;
}

}  // namespace vedette::websocket
