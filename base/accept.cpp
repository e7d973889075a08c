#include "base/accept.hpp"

#include <cstdlib>
#include <string>

#include "base/ascii.hpp"

namespace vedette {

namespace {

Accepted read_entry(std::string_view text) {
  Accepted out;
  const auto parts = split(text, ';');
  out.name = trim(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto part = trim(parts[i]);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const auto value = part.substr(equals + 1);
    if (same_ignoring_case(part.substr(0, equals), "q")) {
      out.weight = std::strtod(std::string(value).c_str(), nullptr);
    } else {
      out.parameters.emplace_back(part.substr(0, equals), value);
    }
  }
  return out;
}

}  // namespace

std::string_view Accepted::parameter(std::string_view wanted) const {
  for (const auto& [key, value] : parameters) {
    if (same_ignoring_case(key, wanted)) return value;
  }
  return {};
}

std::vector<Accepted> read_accept(std::string_view header) {
  std::vector<Accepted> out;
  for (const auto entry : split(header, ',')) {
    if (!trim(entry).empty()) out.push_back(read_entry(entry));
  }
  return out;
}

double accept_weight(std::string_view header, std::string_view name) {
  for (const auto& entry : read_accept(header)) {
    if (same_ignoring_case(entry.name, name)) return entry.weight;
  }
  return 0;
}

}  // namespace vedette
