#include "net/starttls/starttls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "net/io/flood.hpp"

namespace vedette::net {

namespace asio = boost::asio;
using namespace std::string_view_literals;

namespace {

constexpr std::size_t kShownWords = 200;
constexpr std::size_t kMaxReplyLines = 100;

using Step = asio::awaitable<Problem> (*)(Stream&, LineReader&, const std::string&);

Failure refused(std::string_view words) {
  return {Reason::kStarttlsRefused, fmt::format("the server said: {}", printable(words, kShownWords))};
}

/// Whether `text` begins so, whatever the case of its letters: the protocols' words have none.
bool begins(std::string_view text, std::string_view with) {
  return same_ignoring_case(text.substr(0, with.size()), with);
}

/// Reads a reply of SMTP's or FTP's form: a line `250 text`, or lines from `250-text` up to `250 text`. What stands
/// between is any text in FTP (RFC 959 section 4.2).
asio::awaitable<tl::expected<std::string, Failure>> read_reply(LineReader& reader) {
  std::string text;
  std::string end;
  for (std::size_t i = 0; i < kMaxReplyLines; ++i) {
    const auto line = co_await reader.line();
    if (!line) co_return tl::make_unexpected(line.error());
    if (line->last) co_return tl::make_unexpected(Failure{Reason::kClosedStarttls, "the peer closed the connection"});
    text += line->text + '\n';
    if (i == 0 && (line->text.size() < 4 || line->text[3] != '-')) co_return text;
    if (i == 0) end = line->text.substr(0, 3);
    const bool ends = line->text.starts_with(end) && (line->text.size() == 3 || line->text[3] == ' ');
    if (i > 0 && ends) co_return text;
  }
  co_return tl::make_unexpected(flood(kMaxReplyLines, "lines in one reply"));
}

/// Sends `command` (unless empty) and expects a reply that begins with `code`.
asio::awaitable<Problem> exchange(Stream& stream, LineReader& reader, std::string command, std::string code,
                                  std::string* reply_out = nullptr) {
  if (!command.empty()) {
    if (auto problem = co_await stream.write_all(command)) co_return problem;
  }
  auto reply = co_await read_reply(reader);
  if (!reply) co_return reply.error();
  if (!reply->starts_with(code)) co_return refused(*reply);
  if (reply_out != nullptr) *reply_out = std::move(*reply);
  co_return std::nullopt;
}

/// Whether a reply to EHLO has the keyword; its first line greets (RFC 5321 section 4.1.1.1).
bool offers(std::string_view features, std::string_view keyword) {
  constexpr std::size_t kCode = 4;
  bool first = true;
  for (const auto line : split(features, '\n')) {
    const auto word = line.substr(std::min(kCode, line.size()));
    if (!first && same_ignoring_case(word.substr(0, word.find(' ')), keyword)) return true;
    first = false;
  }
  return false;
}

asio::awaitable<Problem> smtp(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  if (auto problem = co_await exchange(stream, reader, "", "220")) co_return problem;
  std::string features;
  if (auto problem = co_await exchange(stream, reader, "EHLO vedette.invalid\r\n", "250", &features)) co_return problem;
  if (!offers(features, "STARTTLS")) {
    co_return Failure{Reason::kStarttlsRefused,
                      "its answer to EHLO offers no STARTTLS: " + printable(features, kShownWords)};
  }
  co_return co_await exchange(stream, reader, "STARTTLS\r\n", "220");
}

asio::awaitable<Problem> ftp(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  auto greeting = co_await read_reply(reader);
  // 120: ready in a moment (RFC 959 section 5.4).
  if (greeting && greeting->starts_with("120")) greeting = co_await read_reply(reader);
  if (!greeting) co_return greeting.error();
  if (!greeting->starts_with("220")) co_return refused(*greeting);
  co_return co_await exchange(stream, reader, "AUTH TLS\r\n", "234");
}

asio::awaitable<Problem> pop3(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  for (const auto command : {""sv, "STLS\r\n"sv}) {
    if (auto problem = co_await stream.write_all(command)) co_return problem;
    const auto line = co_await reader.line();
    if (!line) co_return line.error();
    if (line->last) co_return Failure{Reason::kClosedStarttls, "the peer closed the connection"};
    if (!begins(line->text, "+OK")) co_return refused(line->text);
  }
  co_return std::nullopt;
}

/// The words behind CAPABILITY in a line of IMAP, which stands on its own or is a code of the greeting.
std::string_view capabilities_of(std::string_view line) {
  for (const std::string_view begin : {"* CAPABILITY "sv, "[CAPABILITY "sv}) {
    const auto at = upper_case(line).find(begin);
    if (at == std::string::npos) continue;
    line.remove_prefix(at + begin.size());
    return line.substr(0, line.find(']'));
  }
  return {};
}

/// Sends `tag command` and reads up to its answer, which has to be OK; `each` sees the lines before.
asio::awaitable<Problem> imap_command(Stream& stream, LineReader& reader, std::string tag, std::string command,
                                      std::function<void(std::string_view)> each) {
  if (auto problem = co_await stream.write_all(tag + " " + command + "\r\n")) co_return problem;
  for (std::size_t i = 0; i < kMaxReplyLines; ++i) {
    const auto line = co_await reader.line();
    if (!line) co_return line.error();
    if (begins(line->text, tag + " OK")) co_return std::nullopt;
    // A server that could not read the tag answers without it.
    if (begins(line->text, tag + " ") || begins(line->text, "* BYE") || begins(line->text, "* BAD")) {
      co_return refused(line->text);
    }
    if (line->last) co_return Failure{Reason::kClosedStarttls, "the peer closed the connection"};
    each(line->text);
  }
  co_return flood(kMaxReplyLines, "lines in one reply");
}

asio::awaitable<Problem> imap(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  const auto greeting = co_await reader.line();
  if (!greeting) co_return greeting.error();
  if (greeting->last) co_return Failure{Reason::kClosedStarttls, "the peer closed the connection"};
  if (!begins(greeting->text, "* OK") && !begins(greeting->text, "* PREAUTH")) co_return refused(greeting->text);
  std::string capabilities(capabilities_of(greeting->text));
  if (capabilities.empty()) {
    const auto note = [&](std::string_view line) {
      if (const auto more = capabilities_of(line); !more.empty()) capabilities += std::string(more) + " ";
    };
    if (auto problem = co_await imap_command(stream, reader, "a1", "CAPABILITY", note)) co_return problem;
  }
  const auto words = split(capabilities, ' ');
  const bool offered = std::any_of(words.begin(), words.end(),
                                   [](std::string_view word) { return same_ignoring_case(trim(word), "STARTTLS"); });
  // A server that lists nothing may know it all the same.
  if (!capabilities.empty() && !offered) {
    co_return Failure{Reason::kStarttlsRefused,
                      fmt::format("its capabilities offer no STARTTLS: {}", printable(capabilities, kShownWords))};
  }
  co_return co_await imap_command(stream, reader, "a2", "STARTTLS", [](std::string_view /*line*/) {});
}

/// The words of PostgreSQL's ErrorResponse behind its first letter: a length and fields, of which M is the message; or,
/// from servers older than that, a text up to a zero.
asio::awaitable<Problem> postgres_error(LineReader& reader) {
  constexpr std::size_t kLength = 4;
  constexpr std::size_t kMaxError = 4096;
  const auto head = co_await reader.bytes(kLength);
  if (!head) co_return head.error();
  std::size_t size = 0;
  for (const char c : *head) size = size << 8U | static_cast<unsigned char>(c);
  if (size <= kLength || size > kMaxError) {
    const auto rest = co_await reader.until("\0"sv);
    co_return refused(*head + rest.value_or(""));
  }
  const auto fields = co_await reader.bytes(size - kLength);
  if (!fields) co_return fields.error();
  for (const auto field : split(*fields, '\0')) {
    if (field.starts_with('M')) co_return refused(field.substr(1));
  }
  co_return refused(*fields);
}

/// PostgreSQL's SSLRequest: length 8, code 80877103; the answer is one byte.
asio::awaitable<Problem> postgres(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  if (auto problem = co_await stream.write_all("\x00\x00\x00\x08\x04\xd2\x16\x2f"sv)) co_return problem;
  const auto answer = co_await reader.bytes(1);
  if (!answer) co_return answer.error();
  if (answer->empty()) co_return Failure{Reason::kClosedStarttls, "the peer closed the connection"};
  if (*answer == "E") co_return co_await postgres_error(reader);
  if (*answer != "S") co_return refused(*answer == "N" ? "no TLS (N)" : *answer);
  co_return std::nullopt;
}

/// MySQL: the greeting's capability flags must hold CLIENT_SSL (0x0800); the answer is a short handshake response.
asio::awaitable<Problem> mysql(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  const auto header = co_await reader.bytes(4);
  if (!header) co_return header.error();
  if (header->size() < 4) co_return Failure{Reason::kClosedStarttls, "the peer closed the connection"};
  const auto byte = [](const std::string& text, std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[at]));
  };
  const auto size = byte(*header, 0) | byte(*header, 1) << 8U | byte(*header, 2) << 16U;
  constexpr std::size_t kMaxGreeting = 4096;
  if (size == 0 || size > kMaxGreeting) co_return refused("not a MySQL greeting");
  const auto greeting = co_await reader.bytes(size);
  if (!greeting) co_return greeting.error();
  // Protocol 10: version text, NUL, thread id (4), salt (8), filler (1), lower capability flags (2).
  const auto version_end = greeting->find('\0', 1);
  if (version_end == std::string::npos || version_end + 16 > greeting->size() || byte(*greeting, 0) != 10) {
    co_return refused(*greeting);
  }
  const auto flags = byte(*greeting, version_end + 14) | byte(*greeting, version_end + 15) << 8U;
  constexpr std::size_t kClientSsl = 0x0800;
  if ((flags & kClientSsl) == 0) co_return refused("the server's capabilities hold no TLS");
  // Capabilities PROTOCOL_41 | SSL | SECURE_CONNECTION, maximum packet 16 MB, character set utf8mb4.
  std::string request("\x20\x00\x00\x01\x00\x8a\x00\x00\x00\x00\x00\x01\x2d"sv);
  request.append(23, '\0');
  co_return co_await stream.write_all(request);
}

/// LDAP's StartTLS extended operation, OID 1.3.6.1.4.1.1466.20037 (RFC 4511 section 4.14).
asio::awaitable<Problem> ldap(Stream& stream, LineReader& reader, const std::string& /*host*/) {
  std::string request("\x30\x1d\x02\x01\x01\x77\x18\x80\x16"sv);
  request += "1.3.6.1.4.1.1466.20037";
  if (auto problem = co_await stream.write_all(request)) co_return problem;
  const auto header = co_await reader.bytes(2);
  if (!header) co_return header.error();
  if (header->size() < 2) co_return Failure{Reason::kClosedStarttls, "the peer closed the connection"};
  std::size_t size = static_cast<unsigned char>((*header)[1]);
  if ((size & 0x80U) != 0) {
    const auto length = co_await reader.bytes(size & 0x7fU);
    if (!length) co_return length.error();
    size = 0;
    for (const char c : *length) size = size << 8U | static_cast<unsigned char>(c);
  }
  constexpr std::size_t kMaxAnswer = 4096;
  if ((*header)[0] != '\x30' || size == 0 || size > kMaxAnswer) co_return refused("not LDAP");
  const auto answer = co_await reader.bytes(size);
  if (!answer) co_return answer.error();
  // The result code is the first ENUMERATED of length 1 in the answer.
  const auto code = answer->find("\x0a\x01");
  if (code == std::string::npos || code + 2 >= answer->size()) co_return refused("not an LDAP answer");
  const auto value = static_cast<int>(static_cast<unsigned char>((*answer)[code + 2]));
  if (value != 0) co_return refused(fmt::format("LDAP result code {}", value));
  co_return std::nullopt;
}

/// The name of a stream error's condition, which is the element within (RFC 6120 section 4.9.2).
std::string stream_error(std::string_view text) {
  const auto error = text.find("<stream:error");
  const auto inner = error == std::string_view::npos ? error : text.find('<', error + 1);
  if (inner == std::string_view::npos) return {};
  const auto name = text.substr(inner + 1);
  return std::string(name.substr(0, name.find_first_of(" />\"'")));
}

asio::awaitable<Problem> xmpp(Stream& stream, LineReader& reader, const std::string& host) {
  const auto opening = fmt::format(
      "<?xml version='1.0'?><stream:stream to='{}' xmlns='jabber:client' "
      "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
      host);
  if (auto problem = co_await stream.write_all(opening)) co_return problem;
  constexpr std::size_t kMaxFeatures = std::size_t{64} << 10;
  std::string features;
  // Each part ends with the > that it was read up to, so that only the end needs to be looked at.
  while (!features.ends_with("</stream:features>")) {
    const auto element = co_await reader.until(">");
    if (!element) co_return element.error();
    features += *element;
    // It ends the stream: there is nothing to wait for.
    const bool error = features.ends_with("</stream:error>") || features.ends_with("</stream:stream>");
    if (error) co_return refused(stream_error(features).empty() ? features : stream_error(features));
    if (features.size() > kMaxFeatures) co_return flood(kMaxFeatures, "bytes of stream features");
  }
  if (features.find("urn:ietf:params:xml:ns:xmpp-tls") == std::string::npos) co_return refused(features);
  if (auto problem = co_await stream.write_all("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"))
    co_return problem;
  const auto answer = co_await reader.until(">");
  if (!answer) co_return answer.error();
  if (answer->find("<proceed") == std::string::npos) co_return refused(*answer);
  // Written in two tags it is the same XML.
  if (!answer->ends_with("/>")) {
    if (const auto closing = co_await reader.until(">"); !closing) co_return closing.error();
  }
  co_return std::nullopt;
}

struct Protocol {
  std::string_view name;
  std::uint16_t port;
  Step step;
};

constexpr std::array<Protocol, 8> kProtocols{{
    {"smtp", 25, &smtp},
    {"imap", 143, &imap},
    {"pop3", 110, &pop3},
    {"ftp", 21, &ftp},
    {"postgres", 5432, &postgres},
    {"mysql", 3306, &mysql},
    {"ldap", 389, &ldap},
    {"xmpp", 5222, &xmpp},
}};

constexpr auto kNames = [] {
  std::array<std::string_view, kProtocols.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = kProtocols[i].name;
  return out;
}();

const Protocol* find(std::string_view name) {
  const auto found =
      std::find_if(kProtocols.begin(), kProtocols.end(), [&](const Protocol& p) { return p.name == name; });
  return found == kProtocols.end() ? nullptr : found;
}

}  // namespace

std::span<const std::string_view> starttls_protocols() {
  return kNames;
}

std::uint16_t starttls_port(std::string_view protocol) {
  const auto* found = find(protocol);
  return found == nullptr ? 0 : found->port;
}

asio::awaitable<Problem> start_tls(std::string protocol, Stream& stream, LineReader& reader, std::string host) {
  const auto* found = find(protocol);
  if (found == nullptr) co_return Failure{Reason::kInternal, "unknown STARTTLS protocol " + protocol};
  if (auto problem = co_await found->step(stream, reader, host)) co_return problem;
  if (!reader.empty()) {
    // Bytes that were sent before TLS began must not count as said under TLS (CVE-2011-0411).
    co_return Failure{Reason::kStarttlsRefused, "the server sent data between its consent and the handshake"};
  }
  co_return std::nullopt;
}

}  // namespace vedette::net
