#include "scenarios/import/curl_options.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace vedette::scenarios {

namespace {

constexpr std::array<std::pair<char, std::string_view>, 42> kLetters{{
    {'#', "progress-bar"},
    {'0', "http1.0"},
    {'1', "tlsv1"},
    {'2', "sslv2"},
    {'3', "sslv3"},
    {'4', "ipv4"},
    {'6', "ipv6"},
    {'A', "user-agent"},
    {'b', "cookie"},
    {'c', "cookie-jar"},
    {'D', "dump-header"},
    {'d', "data"},
    {'E', "cert"},
    {'e', "referer"},
    {'F', "form"},
    {'f', "fail"},
    {'G', "get"},
    {'g', "globoff"},
    {'H', "header"},
    {'I', "head"},
    {'i', "include"},
    {'J', "remote-header-name"},
    {'j', "junk-session-cookies"},
    {'k', "insecure"},
    {'K', "config"},
    {'L', "location"},
    {'m', "max-time"},
    {'N', "no-buffer"},
    {'n', "netrc"},
    {'O', "remote-name"},
    {'o', "output"},
    {'q', "disable"},
    {'R', "remote-time"},
    {'r', "range"},
    {'S', "show-error"},
    {'s', "silent"},
    {'T', "upload-file"},
    {'u', "user"},
    {'v', "verbose"},
    {'w', "write-out"},
    {'X', "request"},
    {'x', "proxy"},
}};

const std::set<std::string, std::less<>> kIgnored{"progress-bar",
                                                  "fail",
                                                  "fail-with-body",
                                                  "fail-early",
                                                  "include",
                                                  "show-headers",
                                                  "remote-header-name",
                                                  "junk-session-cookies",
                                                  "no-buffer",
                                                  "buffer",
                                                  "remote-name",
                                                  "remote-name-all",
                                                  "disable",
                                                  "remote-time",
                                                  "show-error",
                                                  "silent",
                                                  "verbose",
                                                  "progress-meter",
                                                  "styled-output",
                                                  "create-dirs",
                                                  "tcp-nodelay",
                                                  "keepalive",
                                                  "parallel",
                                                  "basic",
                                                  "proxy-basic",
                                                  "trace-time",
                                                  "alpn",
                                                  "sessionid",
                                                  "clobber",
                                                  "compressed-ssh",
                                                  "http2"};
const std::set<std::string, std::less<>> kIgnoredWithValue{
    "output", "write-out",   "cookie-jar",     "dump-header",  "output-dir",       "stderr",
    "trace",  "trace-ascii", "keepalive-time", "parallel-max", "expect100-timeout"};

}  // namespace

std::string_view curl_option_of(char letter) {
  const auto known =
      std::find_if(kLetters.begin(), kLetters.end(), [&](const auto& one) { return one.first == letter; });
  return known == kLetters.end() ? std::string_view() : known->second;
}

bool is_ignored(std::string_view name) {
  return kIgnored.contains(name);
}

bool is_ignored_with_value(std::string_view name) {
  return kIgnoredWithValue.contains(name);
}

}  // namespace vedette::scenarios
