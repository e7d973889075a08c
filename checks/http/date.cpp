#include "checks/http/date.hpp"

namespace vedette::http {

std::optional<std::time_t> parse_http_date(const std::string& text) {
  // The program never sets a locale, so that the names of days and months are English.
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm time{};
    const char* end = ::strptime(text.c_str(), form, &time);
    if (end == nullptr || *end != '\0') continue;
    // strptime() takes days of one digit, which RFC 9110 section 5.6.7 has in asctime's form only.
    if (text.size() > 6 && text[3] == ',' && text[6] == ' ') continue;
    return ::timegm(&time);
  }
  return std::nullopt;
}

}  // namespace vedette::http
