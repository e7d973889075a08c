#include "net/addresses/target.hpp"

#include <fmt/format.h>
#include <idn2.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <memory>

#include "base/ascii.hpp"

namespace vedette::net {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::optional<std::string> ascii_host(std::string_view host) {
  const bool international =
      std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (!international) return lower_case(host);
  char* made = nullptr;
  if (idn2_to_ascii_8z(std::string(host).c_str(), &made, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
    return std::nullopt;
  const std::unique_ptr<char, void (*)(void*)> owned(made, &idn2_free);
  return lower_case(made);
}

bool is_plausible_host(std::string_view host) {
  constexpr std::size_t kMaxLength = 255;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:%").find(c) != std::string_view::npos;
  };
  return !host.empty() && host.size() <= kMaxLength && std::all_of(host.begin(), host.end(), allowed);
}

std::optional<HostPort> split_host_port(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
    if (!is_address(std::string(host))) return std::nullopt;
    if (!rest.empty() && port.empty()) return std::nullopt;
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(host.size() + 1);
    if (port.empty()) return std::nullopt;
  } else if (text.find(':') != std::string_view::npos && !is_address(std::string(text))) {
    return std::nullopt;
  }
  const auto name = ascii_host(host);
  if (!name || !is_plausible_host(*name)) return std::nullopt;
  if (port.empty()) {
    if (default_port == 0) return std::nullopt;
    return HostPort{*name, default_port};
  }
  const auto number = parse_port(port);
  if (!number) return std::nullopt;
  return HostPort{*name, *number};
}

std::string join_host_port(std::string_view host, std::uint16_t port) {
  return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port)
                                                  : fmt::format("[{}]:{}", host, port);
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace vedette::net
