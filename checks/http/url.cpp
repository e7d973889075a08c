#include "checks/http/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "net/addresses/target.hpp"

namespace vedette::http {

namespace {

using Problem = tl::unexpected<std::string>;

Problem problem(std::string text) {
  return Problem(std::move(text));
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// What stands before a colon at the front of `text` when that can be a scheme; empty otherwise.
std::string_view scheme_of(std::string_view text) {
  const auto end = text.find(':');
  if (end == std::string_view::npos || end == 0) return {};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto later = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
  const auto scheme = text.substr(0, end);
  return letter(scheme[0]) && std::all_of(scheme.begin(), scheme.end(), later) ? scheme : std::string_view();
}

/// People and servers write blanks and letters of all kinds into paths and queries. These are percent-encoded, as
/// browsers do it; `[ ] { } | ^` and a % that is no escape go out as they are, as curl sends them.
std::string escaped(std::string_view text) {
  constexpr std::string_view kUnwise = " \"<>\\`";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (kUnwise.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

tl::expected<std::uint16_t, std::string> port_of(std::string_view text, bool secure) {
  std::uint16_t port = secure ? 443 : 80;
  if (text.empty()) return port;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) {
    return problem(fmt::format("the port {} is not from 1 to 65535", text));
  }
  return port;
}

/// An address in brackets, whose zone may be written as RFC 6874 has it (%25eth0) or as people do (%eth0).
tl::expected<std::string, std::string> address_of(std::string_view text) {
  std::string out(text);
  const auto zone = out.find("%25");
  if (zone != std::string::npos) out.erase(zone + 1, 2);
  if (out.find(':') == std::string::npos || !net::is_address(out)) {
    return problem(fmt::format("[{}] is not an IPv6 address", text));
  }
  return lower_case(out);
}

tl::expected<std::string, std::string> name_of(std::string_view text) {
  const auto name = net::ascii_host(percent_decoded(text));
  // Percent-encoding could bring a line break into the Host header.
  const bool plausible = name && net::is_plausible_host(*name) && name->find_first_of(":%") == std::string::npos;
  if (!plausible) return problem("the host is not a name or an address");
  return *name;
}

tl::expected<void, std::string> take_authority(std::string_view text, Url& out) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto userinfo = text.substr(0, at);
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    out.has_userinfo = true;
    out.user = percent_decoded(userinfo.substr(0, colon));
    out.password = percent_decoded(userinfo.substr(std::min(colon + 1, userinfo.size())));
    text.remove_prefix(at + 1);
  }
  const bool brackets = text.starts_with('[');
  const auto host_end = brackets ? text.find(']') : std::min(text.rfind(':'), text.size());
  if (host_end == std::string_view::npos) return problem("the ] after the address is missing");
  auto port_text = text.substr(brackets ? host_end + 1 : host_end);
  if (!port_text.empty() && port_text[0] != ':') return problem("behind the ] stands no port");
  if (!port_text.empty()) port_text.remove_prefix(1);
  const auto host_text = text.substr(brackets ? 1 : 0, brackets ? host_end - 1 : host_end);
  if (host_text.empty()) return problem("there is no host");
  auto host = brackets ? address_of(host_text) : name_of(host_text);
  if (!host) return problem(host.error());
  const auto port = port_of(port_text, out.secure);
  if (!port) return problem(port.error());
  out.host = std::move(*host);
  out.port = *port;
  return {};
}

std::string in_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string Url::authority() const {
  // A zone means something on this machine only.
  const auto name = in_brackets(host.substr(0, host.find('%')));
  return port == (secure ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::text() const {
  const auto zone = host.find('%');
  auto out = authority();
  if (zone != std::string::npos) out.insert(out.find(']'), "%25" + host.substr(zone + 1));
  return (secure ? "https://" : "http://") + out + path;
}

tl::expected<Url, std::string> parse_url(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), &is_control)) return problem("it holds a control character");
  Url out;
  const auto scheme = scheme_of(text);
  if (!scheme.empty() && text.substr(scheme.size()).starts_with("://")) {
    const auto lower = lower_case(scheme);
    if (lower != "http" && lower != "https") {
      return problem(fmt::format("the scheme {} is not http or https", scheme));
    }
    out.secure = lower == "https";
    text.remove_prefix(scheme.size() + 3);
  }
  const auto authority = text.substr(0, text.find_first_of("/?#"));
  if (auto taken = take_authority(authority, out); !taken) return problem(taken.error());
  text.remove_prefix(authority.size());
  const auto path = escaped(text.substr(0, text.find('#')));
  out.path = path.starts_with('/') ? path : "/" + path;
  return out;
}

std::string without_dots(const std::string& path) {
  const auto question = path.find('?');
  std::string_view rest = std::string_view(path).substr(0, question);
  std::vector<std::string> segments;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto segment = rest.substr(0, rest.find('/'));
    const bool last = segment.size() == rest.size();
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (segment != ".") {
      segments.emplace_back(segment);
    }
    if (last && (segment == "." || segment == "..")) segments.emplace_back();
    rest.remove_prefix(segment.size());
  }
  std::string out;
  for (const auto& segment : segments) out += "/" + segment;
  if (out.empty()) out = "/";
  return question == std::string::npos ? out : out + path.substr(question);
}

tl::expected<Url, std::string> resolve_location(const Url& base, std::string_view location) {
  if (std::any_of(location.begin(), location.end(), &is_control)) return problem("it holds a control character");
  location = trim(location);
  location = location.substr(0, location.find('#'));
  const auto scheme = scheme_of(location);
  const bool absolute = !scheme.empty() || location.starts_with("//");
  if (!scheme.empty() && !location.substr(scheme.size()).starts_with("://")) {
    return problem(fmt::format("the scheme {} is not http or https", scheme));
  }
  if (absolute) {
    auto out =
        parse_url(scheme.empty() ? (base.secure ? "https:" : "http:") + std::string(location) : std::string(location));
    if (out) out->path = without_dots(out->path);
    return out;
  }
  // RFC 3986 section 5.2.2.
  Url out = base;
  out.has_userinfo = false;
  out.user.clear();
  out.password.clear();
  const auto old_path = base.path.substr(0, base.path.find('?'));
  if (location.starts_with('/')) {
    out.path = escaped(location);
  } else if (location.starts_with('?')) {
    out.path = old_path + escaped(location);
  } else if (!location.empty()) {
    out.path = old_path.substr(0, old_path.rfind('/') + 1) + escaped(location);
  }
  out.path = without_dots(out.path);
  return out;
}

}  // namespace vedette::http
