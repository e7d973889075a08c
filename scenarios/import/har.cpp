#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "language/values/json.hpp"
#include "scenarios/import/import.hpp"
#include "scenarios/import/secret_spans.hpp"
#include "scenarios/import/written_request.hpp"
#include "scenarios/model/limits.hpp"

namespace vedette::scenarios {

namespace {

using language::Value;

std::string text_of(const Value& value, std::string_view name) {
  const auto* member = value.member(name);
  const auto* out = member == nullptr ? nullptr : member->get<std::string>();
  return out == nullptr ? std::string() : *out;
}

const language::List& list_of(const Value& value, std::string_view name) {
  static const language::List kNone;
  const auto* member = value.member(name);
  return member == nullptr || member->list() == nullptr ? kNone : *member->list();
}

/// What a browser adds by itself, and what belongs to the connection.
bool is_left_out(const std::string& name) {
  static const std::set<std::string> kNames{"host",
                                            "connection",
                                            "content-length",
                                            "accept-encoding",
                                            "user-agent",
                                            "referer",
                                            "origin",
                                            "accept-language",
                                            "dnt",
                                            "pragma",
                                            "upgrade-insecure-requests",
                                            "te",
                                            "cache-control",
                                            "priority",
                                            "if-none-match",
                                            "if-modified-since",
                                            "x-client-data"};
  return kNames.contains(name) || name.starts_with(':') || name.starts_with("sec-");
}

bool is_decoration(const Value& response) {
  const auto* content = response.member("content");
  const auto type = content == nullptr ? std::string() : text_of(*content, "mimeType");
  return type.starts_with("image/") || type.starts_with("font/") || type.starts_with("text/css") ||
         type.find("javascript") != std::string::npos;
}

/// The fields of a form, or the parts of a multipart body.
void read_params(const language::List& params, bool multipart, WrittenRequest& out) {
  for (const auto& param : params) {
    const auto name = text_of(param, "name");
    if (!multipart) {
      out.form.emplace_back(name, text_of(param, "value"));
      continue;
    }
    WrittenPart part{name, text_of(param, "value"), {}, text_of(param, "contentType")};
    // A recording may have the name of a file alone.
    if (part.value.empty()) part.file = text_of(param, "fileName");
    out.parts.push_back(std::move(part));
  }
  if (!multipart) return;
  // The boundary is chosen anew.
  std::erase_if(out.headers, [](const auto& header) { return same_ignoring_case(header.first, "Content-Type"); });
}

/// False when a body was sent that the recording does not have.
bool read_body(const Value& from, WrittenRequest& out) {
  const auto* data = from.member("postData");
  const auto* size = from.member("bodySize");
  const auto* bytes = size == nullptr ? nullptr : size->get<std::int64_t>();
  if (data == nullptr) return bytes == nullptr || *bytes <= 0;
  const auto type = text_of(*data, "mimeType");
  if (!type.empty()) set_default_header(out, "Content-Type", type);
  out.body = text_of(*data, "text");
  out.base64 = text_of(*data, "encoding") == "base64";
  const auto& params = list_of(*data, "params");
  if (out.body.empty()) read_params(params, lower_case(type).starts_with("multipart/"), out);
  return !out.body.empty() || !params.empty() || bytes == nullptr || *bytes <= 0;
}

/// Whether a body that can only be written in base64 has something in it that should be a secret.
bool holds_binary_secret(const WrittenRequest& request) {
  const auto bytes = request.base64 ? decode_base64(request.body).value_or("") : request.body;
  return !is_utf8(bytes) && !secret_spans(bytes).empty();
}

}  // namespace

tl::expected<std::string, std::string> from_har(const std::string& text) {
  const auto json = language::parse_json(text);
  if (!json) return tl::make_unexpected("this is no JSON: " + json.error().message);
  const auto* log = json->member("log");
  if (log == nullptr || log->member("entries") == nullptr || log->member("entries")->list() == nullptr) {
    return tl::make_unexpected(std::string("there is no log.entries: this is no HAR"));
  }
  std::vector<WrittenRequest> requests;
  for (const auto& entry : list_of(*log, "entries")) {
    const auto* from = entry.member("request");
    const auto* response = entry.member("response");
    if (from == nullptr || (response != nullptr && is_decoration(*response))) continue;
    WrittenRequest request;
    request.url = text_of(*from, "url");
    request.url.resize(std::min(request.url.find('#'), request.url.size()));
    const auto scheme = lower_case(request.url.substr(0, request.url.find("://")));
    if (scheme != "http" && scheme != "https") continue;
    take_userinfo(request, "basic");
    if (const auto method = text_of(*from, "method"); !method.empty()) request.method = upper_case(method);
    for (const auto& header : list_of(*from, "headers")) {
      const auto name = text_of(header, "name");
      if (!is_left_out(lower_case(name))) request.headers.emplace_back(name, text_of(header, "value"));
    }
    if (!read_body(*from, request)) {
      return tl::make_unexpected(
          fmt::format("{} {}: the recording does not have the body that was sent; record it again "
                      "with bodies, or take the entry out",
                      request.method, request.url.substr(0, request.url.find('?'))));
    }
    if (holds_binary_secret(request)) {
      return tl::make_unexpected(
          fmt::format("{} {}: the body is binary and holds a password or the like, which cannot become a secret there; "
                      "take the entry out",
                      request.method, request.url.substr(0, request.url.find('?'))));
    }
    const auto* status = response == nullptr ? nullptr : response->member("status");
    if (const auto* number = status == nullptr ? nullptr : status->get<std::int64_t>()) {
      // Without validators a page that had not changed comes as a whole.
      constexpr int kNotModified = 304;
      const bool known = *number >= 100 && *number <= 599 && *number != kNotModified;
      request.status = known ? static_cast<int>(*number) : 0;
    }
    requests.push_back(std::move(request));
  }
  if (requests.empty()) {
    return tl::make_unexpected(std::string("there is no request in it but for pictures, styles and scripts"));
  }
  const auto steps =
      std::find_if(all_limits().begin(), all_limits().end(), [](const auto& one) { return one.name == "steps"; });
  if (requests.size() > static_cast<std::size_t>(steps->max)) {
    return tl::make_unexpected(
        fmt::format("there are {} requests in it, and a scenario has at most {}: record less, or take "
                    "entries out",
                    requests.size(), steps->max));
  }
  return write_scenario("from-har", requests);
}

}  // namespace vedette::scenarios
