#include "scenarios/http/content_coding.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

namespace vedette::scenarios {

std::vector<std::string> codings_of(const net::Headers& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers) {
    if (!same_ignoring_case(name, "Content-Encoding")) continue;
    for (const auto part : split(value, ',')) {
      const auto coding = trim(part);
      if (!coding.empty() && !same_ignoring_case(coding, "identity")) out.emplace_back(coding);
    }
  }
  return out;
}

http::Compression compression_of(std::string_view coding) {
  if (same_ignoring_case(coding, "gzip") || same_ignoring_case(coding, "x-gzip")) return http::Compression::kGzip;
  if (same_ignoring_case(coding, "deflate")) return http::Compression::kZlib;
  if (same_ignoring_case(coding, "br")) return http::Compression::kBrotli;
  return http::Compression::kUnknown;
}

}  // namespace vedette::scenarios
