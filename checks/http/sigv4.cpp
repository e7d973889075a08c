#include "checks/http/sigv4.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/ascii.hpp"
#include "base/digests.hpp"
#include "base/hex.hpp"
#include "base/percent.hpp"

namespace vedette::http {

namespace {

std::string capitalized(std::string text) {
  if (!text.empty()) text[0] = upper_case(text.substr(0, 1))[0];
  return text;
}

/// Names sorted, then values; encoded once.
std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& part : split(query, '&')) {
    const auto equals = part.find('=');
    const auto encode = [](std::string_view text) { return percent_encoded(percent_decoded(text)); };
    pairs.emplace_back(encode(part.substr(0, equals)),
                       equals == std::string::npos ? "" : encode(part.substr(equals + 1)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

std::string keyed(const std::string& key, std::string_view text) {
  return *hmac_of("sha256", key, text);
}

}  // namespace

tl::expected<void, std::string> sign(const SigV4& settings, const Url& url, const std::string& method,
                                     const std::string& body, net::Headers& headers) {
  const auto provider_scope = lower_case(settings.scope);
  const auto names = split(provider_scope, ':');
  const auto& provider = names[0];
  if (provider.empty())
    return tl::make_unexpected(std::string("the provider is missing; write aws:amz:REGION:SERVICE"));
  const auto second = names.size() > 1 && !names[1].empty() ? names[1] : provider;
  // Otherwise they are the labels of the host: service.region.…
  const auto labels = split(url.host, '.');
  const auto service = names.size() > 3 ? names[3] : labels[0];
  if (names.size() < 3 && labels.size() < 2)
    return tl::make_unexpected(std::string("the region is missing; write aws:amz:REGION:SERVICE"));
  const auto region = names.size() > 2 ? names[2] : labels[1];
  const auto date = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(settings.when));
  const auto day = date.substr(0, 8);
  headers.emplace_back(fmt::format("X-{}-Date", capitalized(std::string(second))), date);

  std::vector<std::pair<std::string, std::string>> signed_headers;
  for (const auto& [name, value] : headers) {
    const auto lower = lower_case(name);
    const bool counts = lower == "host" || lower == "content-type" || lower.starts_with("x-");
    if (counts) signed_headers.emplace_back(lower, trim(value));
  }
  std::sort(signed_headers.begin(), signed_headers.end());
  std::string lines;
  std::string list;
  for (const auto& [name, value] : signed_headers) {
    lines += fmt::format("{}:{}\n", name, value);
    if (!list.empty()) list += ';';
    list += name;
  }
  const auto question = url.path.find('?');
  const auto path = url.path.substr(0, question);
  const auto query = question == std::string::npos ? std::string() : url.path.substr(question + 1);
  // Every service but S3 wants the path encoded once more.
  const auto canonical_path = service == "s3" ? path : percent_encoded(path, "/");
  const auto payload = to_hex(*digest_of("sha256", body));
  const auto canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", method, canonical_path, canonical_query(query), lines, list, payload);
  const auto kind = fmt::format("{}4_request", provider);
  const auto scope = fmt::format("{}/{}/{}/{}", day, region, service, kind);
  const auto algorithm = fmt::format("{}4-HMAC-SHA256", upper_case(provider));
  const auto to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, date, scope, to_hex(*digest_of("sha256", canonical)));
  auto key = keyed(fmt::format("{}4{}", upper_case(provider), settings.secret), day);
  key = keyed(keyed(keyed(key, region), service), kind);
  headers.emplace_back("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                                                    settings.key_id, scope, list, to_hex(keyed(key, to_sign))));
  return {};
}

}  // namespace vedette::http
