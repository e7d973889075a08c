#include "scenarios/http/curl.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace vedette::scenarios {

namespace {

/// One word of the shell. A secret in it is left to the shell's own variable.
std::string word(std::string_view text, const SecretNames& secrets) {
  std::string out = "'";
  const bool bytes = !is_utf8(text) || text.find_first_of(std::string_view("\0\n\r\t", 4)) != std::string_view::npos;
  if (bytes) out = "$'";
  while (!text.empty()) {
    // An empty one begins everywhere, and nothing would be taken off.
    const auto secret = std::find_if(secrets.begin(), secrets.end(), [&](const auto& pair) {
      return !pair.second.empty() && text.starts_with(pair.second);
    });
    if (secret != secrets.end()) {
      out += fmt::format("'\"${{{}}}\"{}", secret->first, bytes ? "$'" : "'");
      text.remove_prefix(secret->second.size());
      continue;
    }
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'') {
      out += bytes ? "\\'" : "'\\''";
    } else if (bytes && (c == '\\' || byte < 0x20 || byte >= 0x7f)) {
      out += c == '\n' ? "\\n" : c == '\\' ? "\\\\" : fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
    text.remove_prefix(1);
  }
  return out + "'";
}

}  // namespace

std::string curl_command(const std::string& method, const std::string& url, const net::Headers& headers,
                         const std::string& body, const HttpOptions& options, const SecretNames& secrets) {
  std::string out = "curl";
  const auto add = [&](std::string_view flag, std::string_view value) {
    out += fmt::format(" {} {}", flag, word(value, secrets));
  };
  const bool usual = (method == "GET" && body.empty()) || (method == "POST" && !body.empty());
  if (method == "HEAD") out += " --head";
  if (!usual && method != "HEAD") add("--request", method);
  for (const auto& [name, value] : headers) {
    const bool own = same_ignoring_case(name, "Host") || same_ignoring_case(name, "Content-Length") ||
                     (same_ignoring_case(name, "Accept") && value == "*/*") ||
                     (same_ignoring_case(name, "User-Agent") && value.starts_with("Vedette/"));
    if (!own) add("--header", value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  if (!body.empty()) add("--data-binary", body);
  if (options.insecure) out += " --insecure";
  if (!options.ca_file.empty()) add("--cacert", options.ca_file);
  if (!options.cert_file.empty()) {
    add("--cert", options.key_passphrase.empty() ? options.cert_file
                                                 : fmt::format("{}:{}", options.cert_file, options.key_passphrase));
  }
  if (!options.key_file.empty()) add("--key", options.key_file);
  if (!options.pinned_key.empty()) add("--pinnedpubkey", options.pinned_key);
  if (options.follow) out += " --location";
  if (!options.proxy.empty()) add("--proxy", options.proxy);
  for (const auto& header : options.proxy_headers) add("--proxy-header", header);
  for (const auto& rule : options.connect_to) {
    const auto colons = std::count(rule.begin(), rule.end(), ':');
    add("--connect-to", colons < 3 ? "::" + rule : rule);
  }
  for (const auto& rule : options.resolve) add("--resolve", rule);
  if (!options.unix_socket.empty()) add("--unix-socket", options.unix_socket);
  if (options.version == HttpVersion::k10) out += " --http1.0";
  if (options.version == HttpVersion::k11) out += " --http1.1";
  if (options.version == HttpVersion::k2) out += " --http2";
  if (options.version == HttpVersion::k2PriorKnowledge) out += " --http2-prior-knowledge";
  return out + " " + word(url, secrets);
}

}  // namespace vedette::scenarios
