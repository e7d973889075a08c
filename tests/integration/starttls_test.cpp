// The eight STARTTLS dialogues of TLS checks, and servers that refuse them.

#include <fmt/format.h>

#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::string_literals;

namespace {

using Script = std::function<void(Peer&)>;

const Authority& authority() {
  static const Authority instance;
  return instance;
}

Result check(const std::string& protocol, const Script& script, bool willing) {
  const auto context = server_context(authority().issue());
  const TemporaryFile ca(authority().certificate());
  const FaultServer server([&](Peer& peer) {
    script(peer);
    if (willing) peer.accept_tls(context.get());
    peer.read_bytes(1);
  });
  return run_check(fmt::format(
      "{{name: t, kind: tls, target: '{}', timeout: 3s, tls: {{starttls: {}, tls_config: {{ca_file: {}}}}}}}",
      server.address(), protocol, ca.path()));
}

}  // namespace

TEST_CASE("each protocol's dialogue leads to a handshake") {
  const std::vector<std::pair<std::string, Script>> servers{
      {"smtp",
       [](Peer& p) {
         p.write("220-one\r\n220 two\r\n");
         p.read_until("\r\n");
         p.write("250-mail\r\n250-STARTTLS\r\n250 HELP\r\n");
         p.read_until("STARTTLS\r\n");
         p.write("220 go\r\n");
       }},
      {"imap",
       [](Peer& p) {
         p.write("* OK ready\r\n");
         p.read_until("a1 CAPABILITY\r\n");
         p.write("* CAPABILITY IMAP4rev1 STARTTLS\r\n* CAPABILITY AUTH=PLAIN\r\na1 OK\r\n");
         p.read_until("a2 STARTTLS\r\n");
         p.write("* more\r\na2 OK begin\r\n");
       }},
      {"pop3",
       [](Peer& p) {
         p.write("+OK ready\r\n");
         p.read_until("STLS\r\n");
         p.write("+OK begin\r\n");
       }},
      {"ftp",
       [](Peer& p) {
         p.write("220 ftp\r\n");
         p.read_until("AUTH TLS\r\n");
         p.write("234 go\r\n");
       }},
      {"postgres",
       [](Peer& p) {
         p.read_bytes(8);
         p.write("S");
       }},
      {"mysql",
       [](Peer& p) {
         const auto body = "\x0a"s + "8.0.36\0"s + std::string(4, 'i') + std::string(8, 's') + "\0"s + "\xff\xff"s +
                           std::string(40, 'x');
         p.write(""s + static_cast<char>(body.size()) + "\0\0\0"s + body);
         p.read_bytes(36);
       }},
      {"ldap",
       [](Peer& p) {
         p.read_bytes(31);
         p.write("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"s);
       }},
      {"xmpp",
       [](Peer& p) {
         p.read_until("version='1.0'>");
         p.write(
             "<?xml version='1.0'?><stream:stream><stream:features><starttls "
             "xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>");
         p.read_until("/>");
         p.write("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
       }},
  };
  for (const auto& [protocol, script] : servers) {
    const auto result = check(protocol, script, true);
    INFO(protocol << ": " << result.message);
    CHECK(result.verdict == Verdict::kPass);
    CHECK(result.total_of(Phase::kStarttls) > Duration::zero());
    CHECK(result.total_of(Phase::kTls) > Duration::zero());
  }
}

TEST_CASE("replies of many lines, and words in any case") {
  const std::vector<std::pair<std::string, Script>> servers{
      {"ftp",
       [](Peer& p) {
         p.write("120 in a minute\r\n");
         p.write("220-Microsoft FTP Service\r\nany text\r\n  220 padded\r\n220 ready\r\n");
         p.read_until("\r\n");
         p.write("234-it is\r\nnow\r\n234 go\r\n");
       }},
      {"smtp",
       [](Peer& p) {
         p.write("220 a\r\n");
         p.read_until("\r\n");
         p.write("250-mx\r\n250-StartTLS\r\n250 size\r\n");
         p.read_until("STARTTLS\r\n");
         p.write("220 go\r\n");
       }},
      {"imap",
       [](Peer& p) {
         p.write("* ok [capability IMAP4rev1 StartTLS] ready\r\n");
         p.read_until("a2 STARTTLS\r\n");
         p.write("a2 ok begin\r\n");
       }},
      {"pop3",
       [](Peer& p) {
         p.write("+ok ready\r\n");
         p.read_until("STLS\r\n");
         p.write("+Ok begin\r\n");
       }},
      {"xmpp",
       [](Peer& p) {
         p.read_until("'1.0'>");
         p.write("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>");
         p.read_until("/>");
         p.write("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>");
       }},
  };
  for (const auto& [protocol, script] : servers) {
    const auto result = check(protocol, script, true);
    INFO(protocol << ": " << name_of(result.reason) << " " << result.message);
    CHECK(result.verdict == Verdict::kPass);
  }
}

TEST_CASE("what the server says before TLS is shown whole, and at once") {
  const auto postgres = check(
      "postgres",
      [](Peer& p) {
        p.read_bytes(8);
        p.write("E\0\0\0\x1fSFATAL\0C53300\0Mtoo many\0\0\0\0"s.substr(0, 32));
      },
      false);
  CHECK(postgres.message == "the server said: too many");
  const auto smtp = check(
      "smtp",
      [](Peer& p) {
        p.write("220 a\r\n");
        p.read_until("\r\n");
        p.write("250-mx\r\n250 SIZE\r\n");
      },
      false);
  CHECK(smtp.message.find("offers no STARTTLS") != std::string::npos);
  const auto xmpp = check(
      "xmpp",
      [](Peer& p) {
        p.read_until("'1.0'>");
        p.write("<stream:stream><stream:error><host-unknown xmlns='x'/></stream:error>");
        p.stall();
      },
      false);
  CHECK(xmpp.message == "the server said: host-unknown");
}

TEST_CASE("a refusal is told with the server's words") {
  const std::vector<std::pair<std::string, Script>> servers{
      {"smtp",
       [](Peer& p) {
         p.write("220 a\r\n");
         p.read_until("\r\n");
         p.write("250 only this\r\n");
       }},
      {"imap",
       [](Peer& p) {
         p.write("* OK a\r\n");
         p.read_until("\r\n");
         p.write("a1 BAD unknown\r\n");
       }},
      {"imap",
       [](Peer& p) {
         p.write("* OK a\r\n");
         p.read_until("\r\n");
         p.write("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\na1 OK\r\n");
       }},
      {"imap", [](Peer& p) { p.write("* OK [CAPABILITY IMAP4rev1] no STARTTLS here\r\n"); }},
      {"imap", [](Peer& p) { p.write("* OK [CAPABILITY XSTARTTLS STARTTLSX] a\r\n"); }},
      {"imap",
       [](Peer& p) {
         p.write("* OK a\r\n");
         p.read_until("\r\n");
         p.write("* BAD syntax\r\n");
       }},
      {"imap",
       [](Peer& p) {
         p.write("* OK a\r\n");
         p.read_until("\r\n");
         p.write("a1 OK\r\n");
         p.read_until("\r\n");
         p.write("* BYE too late\r\n");
       }},
      {"pop3",
       [](Peer& p) {
         p.write("+OK a\r\n");
         p.read_until("\r\n");
         p.write("-ERR no\r\n");
       }},
      {"ftp",
       [](Peer& p) {
         p.write("220 a\r\n");
         p.read_until("\r\n");
         p.write("500 what\r\n");
       }},
      {"postgres",
       [](Peer& p) {
         p.read_bytes(8);
         p.write("N");
       }},
      {"mysql", [](Peer& p) { p.write("\x05\0\0\0\x09xxxx"s); }},
      {"ldap",
       [](Peer& p) {
         p.read_bytes(31);
         p.write("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00"s);
       }},
      {"xmpp",
       [](Peer& p) {
         p.read_until("'1.0'>");
         p.write("<stream:features></stream:features>");
       }},
  };
  for (const auto& [protocol, script] : servers) {
    const auto result = check(protocol, script, false);
    INFO(protocol << ": " << name_of(result.reason) << " " << result.message);
    CHECK(result.reason == Reason::kStarttlsRefused);
  }
}

TEST_CASE("data smuggled in before the handshake is not taken for secured") {
  const auto result = check(
      "pop3",
      [](Peer& p) {
        p.write("+OK a\r\n");
        p.read_until("\r\n");
        p.write("+OK go\r\n+OK injected\r\n");
      },
      false);
  CHECK(result.reason == Reason::kStarttlsRefused);
}

TEST_CASE("stalls, closes and endless replies during the dialogue") {
  CHECK(check("smtp", [](Peer& p) { p.stall(); }, false).reason == Reason::kTimeoutStarttls);
  CHECK(check(
            "smtp",
            [](Peer& p) {
              p.write("220 a\r\n");
              p.read_until("\r\n");
              p.reset();
            },
            false)
            .reason == Reason::kResetStarttls);
  CHECK(check(
            "smtp",
            [](Peer& p) {
              while (p.write("220-more\r\n")) {
              }
            },
            false)
            .reason == Reason::kPeerFlood);
}
