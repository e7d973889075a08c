#include "checks/http/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <charconv>
#include <vector>

#include "checks/net/target.hpp"
#include "config/ascii.hpp"

namespace vedette::http {

namespace urls = boost::urls;

namespace {

tl::expected<Url, std::string> from_view(const urls::url_view_base& view) {
  Url out;
  const std::string scheme = view.scheme();
  if (view.scheme_id() != urls::scheme::http && view.scheme_id() != urls::scheme::https) {
    return tl::make_unexpected(fmt::format("the scheme {} is not http or https", scheme));
  }
  out.secure = view.scheme_id() == urls::scheme::https;
  out.host = lower_case(view.host_address());
  if (out.host.empty()) return tl::make_unexpected(std::string("there is no host"));
  // Percent-encoding could bring a line break into the Host header.
  if (!net::is_plausible_host(out.host))
    return tl::make_unexpected(std::string("the host is not a name or an address"));
  out.port = out.secure ? 443 : 80;
  if (view.has_port() && !view.port().empty()) {
    const std::string port(view.port());
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc() || end != port.data() + port.size() || out.port == 0) {
      return tl::make_unexpected(fmt::format("the port {} is not from 1 to 65535", port));
    }
  }
  out.path = std::string(view.encoded_path().data(), view.encoded_path().size());
  if (out.path.empty()) out.path = "/";
  // Boost.URL 1.81 takes the second @ of http://a@b@ for a path.
  if (!out.path.starts_with('/')) return tl::make_unexpected(std::string("it is not a URL"));
  if (view.has_query()) out.path += "?" + std::string(view.encoded_query().data(), view.encoded_query().size());
  out.has_userinfo = view.has_userinfo();
  out.user = view.user();
  out.password = view.password();
  return out;
}

constexpr std::array<bool, 256> kUnwise = [] {
  std::array<bool, 256> out{};
  for (const char c : std::string_view(" \"<>\\^`{|}")) out.at(static_cast<unsigned char>(c)) = true;
  for (std::size_t byte = 0x80; byte < out.size(); ++byte) out.at(byte) = true;
  return out;
}();

bool is_unwise(char c) {
  return kUnwise[static_cast<unsigned char>(c)];
}

/// People and servers write blanks and letters of all kinds into URLs; RFC 3986 wants them percent-encoded.
std::string escape_unwise(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), &is_unwise)) return std::string(text);
  std::string out;
  for (const char c : text) {
    if (is_unwise(c)) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string Url::authority() const {
  if (port == (secure ? 443 : 80)) return host.find(':') == std::string::npos ? host : "[" + host + "]";
  return net::join_host_port(host, port);
}

std::string Url::text() const {
  return (secure ? "https://" : "http://") + authority() + path;
}

tl::expected<Url, std::string> parse_url(std::string_view text) {
  auto whole = escape_unwise(text);
  if (whole.find("://") == std::string::npos) whole = "http://" + whole;
  const auto parsed = urls::parse_uri(whole);
  if (!parsed) {
    return tl::make_unexpected(std::string("it is not a URL (international names of hosts are written as punycode)"));
  }
  return from_view(*parsed);
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
  const auto escaped = escape_unwise(location);
  const auto reference = urls::parse_uri_reference(escaped);
  if (!reference) return tl::make_unexpected(std::string("it is not a URL"));
  const auto base_text = base.text();
  const auto parsed_base = urls::parse_uri(base_text);
  urls::url out;
  if (!parsed_base || !urls::resolve(*parsed_base, *reference, out)) {
    return tl::make_unexpected(std::string("it cannot be resolved against the page's URL"));
  }
  return from_view(out);
}

}  // namespace vedette::http
