#include "scenarios/import/sensitive.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace vedette::scenarios {

namespace {

/// What stands behind `name=` in a header, without its quotes; empty when there is none.
std::string parameter(std::string_view header, std::string_view name) {
  const auto wanted = std::string(name) + "=";
  for (auto field : split(header, ';')) {
    field = trim(field);
    if (!same_ignoring_case(field.substr(0, wanted.size()), wanted)) continue;
    field.remove_prefix(wanted.size());
    if (field.size() >= 2 && field.starts_with('"') && field.ends_with('"')) field = field.substr(1, field.size() - 2);
    return std::string(field);
  }
  return {};
}

/// The name in the headers of a part.
std::string name_of_part(std::string_view headers) {
  for (const auto line : split(headers, '\n')) {
    constexpr std::string_view kField = "content-disposition:";
    if (same_ignoring_case(line.substr(0, kField.size()), kField)) return parameter(trim(line), "name");
  }
  return {};
}

}  // namespace

bool is_sensitive(std::string_view name) {
  constexpr std::array<std::string_view, 4> kAnywhere{"password", "passwd", "passphrase", "secret"};
  constexpr std::array<std::string_view, 11> kAtEnd{"pwd",        "token",     "apikey",   "authkey",
                                                    "accesskey",  "sessionid", "xsession", "privatekey",
                                                    "credential", "signature", "jwt"};
  std::string letters;
  for (const char c : lower_case(name)) {
    if (c >= 'a' && c <= 'z') letters += c;
  }
  return letters == "pass" || letters == "xauth" || letters == "sig" || letters == "session" || letters == "key" ||
         std::any_of(kAnywhere.begin(), kAnywhere.end(),
                     [&](std::string_view word) { return letters.find(word) != std::string::npos; }) ||
         std::any_of(kAtEnd.begin(), kAtEnd.end(), [&](std::string_view word) { return letters.ends_with(word); });
}

bool holds_secret(const language::Value& value) {
  if (const auto* list = value.list()) return std::any_of(list->begin(), list->end(), &holds_secret);
  const auto* object = value.object();
  return object != nullptr && std::any_of(object->begin(), object->end(), [](const auto& member) {
           return is_sensitive(member.first) || holds_secret(member.second);
         });
}

std::string boundary_of(const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& [name, value] : headers) {
    if (same_ignoring_case(name, "Content-Type") && lower_case(value).starts_with("multipart/")) {
      return parameter(value, "boundary");
    }
  }
  return {};
}

std::vector<RecordedPart> parts_of(std::string_view body, std::string_view boundary) {
  const auto fence = "--" + std::string(boundary);
  std::vector<RecordedPart> out;
  auto at = body.find(fence);
  while (at != std::string_view::npos) {
    const auto next = body.find("\n" + fence, at + fence.size());
    if (next == std::string_view::npos) break;
    const auto part = body.substr(at, next - at);
    const auto crlf = part.find("\r\n\r\n");
    const auto lf = part.find("\n\n");
    const auto head = std::min(crlf, lf);
    if (head != std::string_view::npos) {
      const auto begin = head + (crlf < lf ? 4 : 2);
      const auto name = name_of_part(part.substr(0, head));
      const auto size = part.size() - begin - (part.size() > begin && part.ends_with('\r') ? 1 : 0);
      if (!name.empty()) out.push_back({name, at + begin, size});
    }
    at = next + 1;
  }
  return out;
}

}  // namespace vedette::scenarios
