#include "checks/http/connect_rules.hpp"

#include <charconv>

#include "base/ascii.hpp"

namespace vedette::http {

namespace {

/// The parts between colons; those in brackets do not count, and the brackets go.
std::vector<std::string> parts_of(const std::string& rule) {
  std::vector<std::string> out;
  std::string part;
  int brackets = 0;
  for (const char c : rule + ":") {
    if (c == '[') ++brackets;
    if (c == ']') --brackets;
    if (c == ':' && brackets == 0) {
      if (part.starts_with('[')) part = part.substr(1, part.size() - 2);
      out.push_back(std::move(part));
      part.clear();
    } else {
      part += c;
    }
  }
  return out;
}

std::uint16_t port_of(const std::string& text, std::uint16_t otherwise) {
  std::uint16_t out = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

net::HostPort at(const std::string& host, const std::string& port, const net::HostPort& otherwise) {
  return {host.empty() ? otherwise.host : host, port_of(port, otherwise.port)};
}

}  // namespace

net::HostPort connected_to(const std::vector<std::string>& rules, const net::HostPort& to) {
  for (const auto& rule : rules) {
    const auto parts = parts_of(rule);
    if (parts.size() == 2) return at(parts[0], parts[1], to);
    if (parts.size() != 4) continue;
    const bool host = parts[0].empty() || lower_case(parts[0]) == to.host;
    const bool port = parts[1].empty() || port_of(parts[1], 0) == to.port;
    if (host && port) return at(parts[2], parts[3], to);
  }
  return to;
}

std::optional<boost::asio::ip::address> resolved_to(const std::vector<std::string>& rules, const net::HostPort& to) {
  for (auto rule : rules) {
    if (rule.starts_with('+')) rule.erase(0, 1);
    const auto first = rule.find(':');
    const auto second = first == std::string::npos ? first : rule.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto host = lower_case(rule.substr(0, first));
    const auto port = rule.substr(first + 1, second - first - 1);
    if ((host != to.host && host != "*") || (port != "*" && port != std::to_string(to.port))) continue;
    auto address = rule.substr(second + 1);
    address = address.substr(0, address.find(','));
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    boost::system::error_code error;
    auto out = boost::asio::ip::make_address(address, error);
    if (!error) return out;
  }
  return std::nullopt;
}

}  // namespace vedette::http
