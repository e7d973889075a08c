#include "probe/web/web_origin.hpp"

#include <unistd.h>

#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

WebRequest request(const std::string& host, const std::string& origin = "", const std::string& site = "") {
  WebRequest out;
  out.method = "POST";
  out.host = host;
  out.origin = origin;
  out.sec_fetch_site = site;
  return out;
}

bool refused(const WebRequest& request, Access access, const AllowedHosts& hosts) {
  const auto refusal = refuse_foreign_page(request, access, hosts);
  if (refusal) CHECK(refusal->status == 403);
  return refusal.has_value();
}

}  // namespace

TEST_CASE("the hosts that private endpoints answer") {
  char name[256] = {};
  REQUIRE(::gethostname(name, sizeof name - 1) == 0);
  const AllowedHosts hosts({"probe.example", "*.mesh.example"}, "https://status.example:8443/vedette/");
  for (const std::string& host :
       {std::string("127.0.0.1:9115"), std::string("[::1]:9115"), std::string("192.0.2.7"), std::string("localhost"),
        std::string("LOCALHOST:9115"), std::string("a.localhost"), std::string(name) + ":9115",
        std::string("probe.example"), std::string("Probe.Example.:9115"), std::string("a.mesh.example"),
        std::string("status.example"), std::string("status.example:8443"), std::string()}) {
    INFO(host);
    CHECK_FALSE(refused(request(host), Access::kPrivate, hosts));
  }
  for (const auto* host :
       {"evil.example", "evil.example:9115", "mesh.example", "notprobe.example", "127.0.0.1.nip.io",
        "localhost.evil.example", "probe.example.evil.example", "[evil", "127.0.0.1@evil.example", "[::1].evil.example",
        "[::1]evil.example", "localhost:80@evil.example", "evil.example#.localhost", "evil.example/.localhost"}) {
    INFO(host);
    CHECK(refused(request(host), Access::kPrivate, hosts));
    CHECK(refused(request(host), Access::kPrivateAction, hosts));
    CHECK_FALSE(refused(request(host), Access::kOpen, hosts));
    CHECK_FALSE(refused(request(host), Access::kAction, hosts));
  }
  CHECK_FALSE(refused(request("any.example"), Access::kPrivate, AllowedHosts({"*"}, "")));
}

TEST_CASE("pages of other sites do nothing here") {
  const AllowedHosts hosts({}, "https://status.example/");
  for (const auto access : {Access::kAction, Access::kPrivateAction}) {
    CHECK_FALSE(refused(request("localhost:9115"), access, hosts));
    CHECK_FALSE(refused(request("localhost:9115", "http://localhost:9115", "same-origin"), access, hosts));
    CHECK_FALSE(refused(request("localhost:9115", "", "none"), access, hosts));
    CHECK_FALSE(refused(request("localhost:9115", "https://status.example"), access, hosts));
    CHECK(refused(request("localhost:9115", "http://evil.example"), access, hosts));
    CHECK(refused(request("localhost:9115", "http://localhost:8080"), access, hosts));
    CHECK(refused(request("localhost:9115", "null"), access, hosts));
    CHECK(refused(request("localhost:9115", "", "cross-site"), access, hosts));
  }
  CHECK_FALSE(refused(request("localhost", "http://evil.example", "cross-site"), Access::kOpen, hosts));
}

TEST_CASE("a link to a probe is followed, a picture of it is not") {
  const AllowedHosts hosts({}, "");
  auto link = request("localhost:9115", "", "cross-site");
  link.method = "GET";
  link.sec_fetch_mode = "navigate";
  link.sec_fetch_dest = "document";
  CHECK_FALSE(refused(link, Access::kAction, hosts));
  auto picture = link;
  picture.sec_fetch_mode = "no-cors";
  picture.sec_fetch_dest = "image";
  CHECK(refused(picture, Access::kAction, hosts));
  auto frame = link;
  frame.sec_fetch_dest = "iframe";
  CHECK(refused(frame, Access::kAction, hosts));
}
