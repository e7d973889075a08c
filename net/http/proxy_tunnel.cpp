#include "net/http/proxy_tunnel.hpp"

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "net/addresses/target.hpp"
#include "net/io/moment.hpp"
#include "net/stream/line_reader.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxOfReply = std::size_t{16} << 10;

Failure refused(std::string message) {
  return {Reason::kHttpProxy, std::move(message)};
}

asio::awaitable<Problem> ask_http(Stream& stream, LineReader& reader, const HttpRequest& request) {
  const auto& proxy = *request.proxy;
  const auto target = join_host_port(request.host, request.port);
  auto text = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
  if (!proxy.user.empty()) {
    text += fmt::format("Proxy-Authorization: {}\r\n", basic_authorization(proxy.user, proxy.password));
  }
  for (const auto& [name, value] : proxy.connect_headers) text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n";
  if (auto problem = co_await stream.write_all(text)) co_return problem;
  const auto head = co_await reader.until("\r\n\r\n");
  if (!head) co_return head.error();
  const auto line = head->substr(0, head->find('\r'));
  const auto space = line.find(' ');
  if (!line.starts_with("HTTP/1.") || space == std::string::npos || line.compare(space + 1, 1, "2") != 0) {
    co_return refused(fmt::format("it answered CONNECT with '{}'", printable(line, 100)));
  }
  co_return std::nullopt;
}

/// A string with its length in one byte before it, as SOCKS writes names.
std::string counted(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())) + std::string(text);
}

/// `count` bytes of the proxy; a failure when it ended before.
asio::awaitable<tl::expected<std::string, Failure>> answer(LineReader& reader, std::size_t count) {
  auto bytes = co_await reader.bytes(count);
  if (bytes && bytes->size() < count) {
    co_return tl::make_unexpected(refused("it closed the connection while speaking SOCKS"));
  }
  co_return bytes;
}

constexpr char kVersion = 5;
constexpr char kNoAuthentication = 0;
constexpr char kPassword = 2;

asio::awaitable<Problem> greet_socks(Stream& stream, LineReader& reader, const HttpProxy& proxy) {
  std::string greeting{kVersion, proxy.user.empty() ? '\1' : '\2', kNoAuthentication};
  if (!proxy.user.empty()) greeting += kPassword;
  if (auto problem = co_await stream.write_all(greeting)) co_return problem;
  const auto chosen = co_await answer(reader, 2);
  if (!chosen) co_return chosen.error();
  if ((*chosen)[0] != kVersion) co_return refused("it does not speak SOCKS 5");
  if ((*chosen)[1] == kNoAuthentication) co_return std::nullopt;
  if ((*chosen)[1] != kPassword || proxy.user.empty())
    co_return refused("it wants an authentication that is not given");
  if (proxy.user.size() > 255 || proxy.password.size() > 255) co_return refused("name or password exceed 255 bytes");
  const auto credentials = "\1" + counted(proxy.user) + counted(proxy.password);
  if (auto problem = co_await stream.write_all(credentials)) co_return problem;
  const auto verdict = co_await answer(reader, 2);
  if (!verdict) co_return verdict.error();
  if ((*verdict)[1] != 0) co_return refused("it refused name and password");
  co_return std::nullopt;
}

/// Address type and address as a SOCKS request has them.
std::string socks_address(const HttpRequest& request) {
  if (!request.address) return "\3" + counted(request.host);
  if (request.address->is_v4()) {
    const auto bytes = request.address->to_v4().to_bytes();
    return "\1" + std::string(bytes.begin(), bytes.end());
  }
  const auto bytes = request.address->to_v6().to_bytes();
  return "\4" + std::string(bytes.begin(), bytes.end());
}

std::string_view socks_error(char code) {
  constexpr std::array<std::string_view, 9> kTexts{"no error",
                                                   "a general failure",
                                                   "not allowed by its rules",
                                                   "the network is unreachable",
                                                   "the host is unreachable",
                                                   "the connection was refused",
                                                   "the TTL expired",
                                                   "it does not know CONNECT",
                                                   "it does not know the type of address"};
  const auto index = static_cast<std::size_t>(static_cast<unsigned char>(code));
  return index < kTexts.size() ? kTexts.at(index) : "an unknown error";
}

asio::awaitable<Problem> ask_socks(Stream& stream, LineReader& reader, const HttpRequest& request) {
  if (auto problem = co_await greet_socks(stream, reader, *request.proxy)) co_return problem;
  std::string connect{kVersion, '\1', '\0'};
  connect += socks_address(request);
  connect += static_cast<char>(request.port >> 8U);
  connect += static_cast<char>(request.port & 0xffU);
  if (auto problem = co_await stream.write_all(connect)) co_return problem;
  const auto head = co_await answer(reader, 5);
  if (!head) co_return head.error();
  if ((*head)[1] != 0) co_return refused(std::string(socks_error((*head)[1])));
  // The rest of its own address, of which one byte has been read, and two bytes of port.
  const std::size_t rest = (*head)[3] == 1 ? 3 : (*head)[3] == 4 ? 15 : static_cast<unsigned char>((*head)[4]);
  const auto bound = co_await answer(reader, rest + 2);
  if (!bound) co_return bound.error();
  co_return std::nullopt;
}

}  // namespace

std::string basic_authorization(const std::string& user, const std::string& password) {
  return "Basic " + encode_base64(user + ":" + password);
}

asio::awaitable<Problem> open_tunnel(Activity& context, Stream& stream, const HttpRequest& request, Duration& taken) {
  const bool socks = request.proxy->type == HttpProxy::Type::kSocks5;
  if (!socks && !request.secure) co_return std::nullopt;
  const auto asked = Moment::now();
  LineReader reader(stream, kMaxOfReply);
  auto problem = co_await (socks ? ask_socks(stream, reader, request) : ask_http(stream, reader, request));
  taken += elapsed(context, asked, stream.last_arrival());
  if (!problem && !reader.empty()) problem = refused("it sent more than its answer");
  co_return problem;
}

}  // namespace vedette::net
