#include "checks/http/go_url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vedette::http {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string escape_problem(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const auto escape = text.substr(at, 3);
    if (escape.size() < 3 || !is_hex(escape[1]) || !is_hex(escape[2])) {
      return fmt::format("'{}' is not an escape", escape);
    }
  }
  return {};
}

std::string port_problem(std::string_view text) {
  if (text.empty() || (text[0] == ':' && std::all_of(text.begin() + 1, text.end(), is_digit))) return {};
  return fmt::format("'{}' is not a port", text);
}

std::string host_problem(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.rfind(']');
    return end == std::string_view::npos ? "']' is missing after the host" : port_problem(host.substr(end + 1));
  }
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos) {
    if (auto problem = port_problem(host.substr(colon)); !problem.empty()) return problem;
  }
  constexpr std::string_view kAllowed = "!$&'()*+,;=:[]<>\"-_.~%";
  for (const char c : host) {
    const bool plain = is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    if (!plain && kAllowed.find(c) == std::string_view::npos) return fmt::format("'{}' cannot stand in a host", c);
  }
  return escape_problem(host);
}

std::string user_problem(std::string_view user) {
  constexpr std::string_view kAllowed = "-._:~!$&'()*+,;=%@";
  const bool plain = std::all_of(user.begin(), user.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || kAllowed.find(c) != std::string_view::npos;
  });
  return plain ? escape_problem(user) : "the name or the password before @ holds a character that must be escaped";
}

/// The scheme at the front of `text` without its colon; empty when there is none.
std::string_view scheme_of(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_letter(text[i])) continue;
    if (text[i] == ':') return text.substr(0, i);
    const bool later = is_digit(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.';
    if (!later || i == 0) return {};
  }
  return {};
}

}  // namespace

std::string go_url_problem(std::string_view text, PathEscapes escapes) {
  if (std::any_of(text.begin(), text.end(), is_control)) return "it holds a control character";
  if (text.starts_with(':')) return "the scheme before ':' is missing";
  text = text.substr(0, text.find('#'));
  const auto scheme = scheme_of(text);
  if (!scheme.empty()) text.remove_prefix(scheme.size() + 1);
  text = text.substr(0, text.find('?'));
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    auto authority = text.substr(0, text.find('/'));
    text.remove_prefix(authority.size());
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos) {
      if (auto problem = user_problem(authority.substr(0, at)); !problem.empty()) return problem;
      authority.remove_prefix(at + 1);
    }
    if (auto problem = host_problem(authority); !problem.empty()) return problem;
  } else if (!scheme.empty() && !text.starts_with('/')) {
    return {};  // opaque, such as p:1
  } else if (scheme.empty() && text.substr(0, text.find('/')).find(':') != std::string_view::npos) {
    return "a scheme such as http:// is missing";
  }
  return escapes == PathEscapes::kStrict ? escape_problem(text) : std::string();
}

}  // namespace vedette::http
