#include "scenarios/import/curl_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/ascii.hpp"
#include "base/percent.hpp"

namespace vedette::scenarios {

namespace {

constexpr std::string_view kGlobs = "{}[]";

/// `[::1]` behind the scheme.
bool is_address_at(const std::string& url, std::size_t at, const std::string& before) {
  const auto close = url.find(']', at);
  return close != std::string::npos && url.substr(at, close - at).find(':') != std::string::npos &&
         (before.empty() || before.ends_with("//") || before.ends_with('@'));
}

tl::expected<std::string, std::string> without_globs(const std::string& url) {
  std::string out;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    if (c == '\\' && i + 1 < url.size() && kGlobs.find(url[i + 1]) != std::string_view::npos) {
      out += url[++i];
      continue;
    }
    const bool range = c == '[' && url.compare(i, 2, "[]") != 0 && !is_address_at(url, i, out);
    if (c == '{' || range) {
      return tl::make_unexpected(
          fmt::format("{}: curl makes several URLs of it: write them one by one, or -g when there is one", url));
    }
    out += c;
  }
  return out;
}

/// Where the path ends.
std::size_t end_of_path(const std::string& url) {
  return std::min(url.find_first_of("?#"), url.size());
}

}  // namespace

tl::expected<std::string, std::string> curl_url(const std::string& url, bool globs, const std::string& query) {
  auto out = globs ? without_globs(url) : tl::expected<std::string, std::string>(url);
  if (!out) return out;
  const auto host_begin = out->find("://");
  // One that stands in a path or a query belongs to another URL.
  if (host_begin == std::string::npos || host_begin > out->find_first_of("/?#")) {
    out->insert(0, "http://");
  }
  const auto scheme = lower_case(out->substr(0, out->find("://")));
  if (scheme != "http" && scheme != "https") {
    return tl::make_unexpected(fmt::format("{}: a scenario asks for http and https", url));
  }
  if (query.empty()) return out;
  const auto fragment = std::min(out->find('#'), out->size());
  const auto mark = out->find('?');
  const std::string joint = mark >= fragment ? "?" : mark + 1 == fragment ? "" : "&";
  out->insert(fragment, joint + query);
  return out;
}

std::string upload_url(std::string url, const std::string& file) {
  const auto host = url.find("://") + 3;
  const auto path = std::min(url.find('/', host), url.size());
  const auto end = end_of_path(url);
  if (path < end && url[end - 1] != '/') return url;
  const auto name = percent_encoded(file.substr(file.rfind('/') + 1));
  return url.insert(end, (path >= end ? "/" : "") + name);
}

}  // namespace vedette::scenarios
