#include "net/io/egress.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::net;

namespace {

namespace ip = boost::asio::ip;

std::vector<Network> networks(std::initializer_list<const char*> texts) {
  std::vector<Network> out;
  for (const auto* text : texts) {
    const auto network = Network::parse(text);
    REQUIRE(network);
    out.push_back(*network);
  }
  return out;
}

bool refuses(const EgressPolicy& policy, const char* address, std::uint16_t port = 80) {
  return policy.refuses({{}, ip::make_address(address), port}).has_value();
}

bool refuses_named(const EgressPolicy& policy, const char* address, std::string_view name) {
  return policy.refuses({name, ip::make_address(address), 80}).has_value();
}

/// What somebody else resolves.
bool refuses_unresolved(const EgressPolicy& policy, std::string_view name) {
  return policy.refuses({name, std::nullopt, 80}).has_value();
}

}  // namespace

TEST_CASE("networks hold their addresses and no others") {
  const auto ten = *Network::parse("10.0.0.0/7");
  CHECK(ten.holds(ip::make_address("10.255.255.255")));
  CHECK(ten.holds(ip::make_address("11.0.0.1")));
  CHECK_FALSE(ten.holds(ip::make_address("12.0.0.1")));
  CHECK_FALSE(ten.holds(ip::make_address("::a00:1")));
  CHECK(Network::parse("0.0.0.0/0")->holds(ip::make_address("255.1.2.3")));
  CHECK(Network::parse("2001:db8::/33")->holds(ip::make_address("2001:db8:7fff::1")));
  CHECK_FALSE(Network::parse("2001:db8::/33")->holds(ip::make_address("2001:db8:8000::1")));
  for (const auto* wrong : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "x", "::1/129", "10.0.0.0/-1", "10.0.0.0/8x"}) {
    CHECK_FALSE(Network::parse(wrong));
  }
}

TEST_CASE("metadata services and link-local networks are refused in every form") {
  const EgressPolicy policy(EgressSettings{{}, {}, true});
  for (const auto* address :
       {"169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1", "fe80::1", "fe80::1%1", "fd00:ec2::254", "100.100.100.200",
        // SIIT, local translation in its four places, Teredo's server and client, ISATAP.
        "::ffff:0:169.254.169.254", "64:ff9b:1::169.254.169.254", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:a9:fe:a9fe::",
        "64:ff9b:1:0:a9:fea9:fe00:0", "2001:0:a9fe:a9fe::", "2001:0:808:808::5601:5601",
        "2001:db8::5efe:169.254.169.254", "2001:db8::200:5efe:169.254.169.254"}) {
    INFO(address);
    CHECK(refuses(policy, address));
  }
  for (const auto* address : {"127.0.0.1", "::1", "192.168.1.1", "8.8.8.8", "2001:db8::1", "100.100.100.201"}) {
    INFO(address);
    CHECK_FALSE(refuses(policy, address));
  }
  CHECK(policy.refuses_name("Metadata.Google.Internal."));
  CHECK_FALSE(refuses(EgressPolicy(), "169.254.169.254"));
}

TEST_CASE("what is denied counts for more than what is allowed") {
  EgressSettings settings;
  settings.allow.networks = networks({"10.0.0.0/8"});
  settings.deny.networks = networks({"10.1.0.0/16"});
  const EgressPolicy policy(settings);
  CHECK_FALSE(refuses_named(policy, "10.2.0.1", "a"));
  CHECK(refuses_named(policy, "10.1.0.1", "a"));
  CHECK(refuses(policy, "::ffff:10.1.0.1"));
  CHECK(refuses_named(policy, "192.0.2.1", "a"));
}

TEST_CASE("the unspecified addresses count as loopback") {
  EgressSettings settings;
  settings.deny.networks = networks({"127.0.0.0/8", "::1/128"});
  const EgressPolicy policy(settings);
  for (const auto* address : {"0.0.0.0", "::", "::ffff:0.0.0.0", "0.1.2.3", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"}) {
    INFO(address);
    CHECK(refuses(policy, address));
  }
  CHECK_FALSE(refuses(policy, "192.0.2.1"));
  CHECK_FALSE(refuses(EgressPolicy(EgressSettings{{}, {}, true}), "0.0.0.0"));
  EgressSettings only;
  only.allow.networks = networks({"127.0.0.0/8"});
  CHECK_FALSE(refuses(EgressPolicy(only), "0.0.0.0"));
  only.allow.networks = networks({"10.0.0.0/8"});
  CHECK(refuses(EgressPolicy(only), "0.0.0.0"));
}

TEST_CASE("an address within another is denied with it, and not allowed by it") {
  EgressSettings settings;
  settings.allow.networks = networks({"10.0.0.0/8"});
  const EgressPolicy policy(settings);
  CHECK_FALSE(refuses(policy, "::ffff:10.0.0.1"));
  for (const auto* address : {"64:ff9b::10.0.0.1", "2002:a00:1::1", "2001:db8::5efe:10.0.0.1"}) {
    INFO(address);
    CHECK(refuses(policy, address));
  }
}

TEST_CASE("what a proxy resolves is judged by its name, or as the address that it is") {
  EgressSettings settings;
  settings.deny.networks = networks({"127.0.0.0/8", "::1"});
  settings.built_in = true;
  settings.allow.names = {"shop.example"};
  const EgressPolicy policy(settings);
  for (const auto* name : {"2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "127.1", "017700000001",
                           "127.0.0.1.", "::1", "localhost", "LOCALHOST.", "a.localhost", "other.example"}) {
    INFO(name);
    CHECK(refuses_unresolved(policy, name));
  }
  CHECK_FALSE(refuses_unresolved(policy, "shop.example"));
  EgressSettings decimal;
  decimal.deny.networks = networks({"177.0.0.0/8"});
  CHECK(refuses_unresolved(EgressPolicy(decimal), "0177.0.0.1"));
  // Without rules for networks, names are as good as any.
  const EgressPolicy default_policy(EgressSettings{{}, {}, true});
  CHECK_FALSE(refuses_unresolved(default_policy, "10.0.0.1.nip.io"));
  CHECK_FALSE(refuses_unresolved(default_policy, "localhost"));
  CHECK(refuses_unresolved(default_policy, "0xa9fea9fe"));
  CHECK(refuses_unresolved(default_policy, "metadata.google.internal"));
}

TEST_CASE("an address may belong to a name that is allowed") {
  EgressSettings settings;
  settings.allow.networks = networks({"10.0.0.0/8"});
  settings.allow.names = {"shop.example", "*.cdn.example"};
  const EgressPolicy policy(settings);
  CHECK_FALSE(refuses_named(policy, "192.0.2.1", "SHOP.example."));
  CHECK_FALSE(refuses_named(policy, "192.0.2.1", "a.b.cdn.example"));
  CHECK(refuses_named(policy, "192.0.2.1", "cdn.example"));
  CHECK(refuses_named(policy, "192.0.2.1", "evilcdn.example"));
  CHECK(refuses_named(policy, "192.0.2.1", "192.0.2.1"));
  settings.allow.networks.clear();
  CHECK(EgressPolicy(settings).refuses_name("other.example"));
  CHECK_FALSE(EgressPolicy(settings).refuses_name("shop.example"));
}

TEST_CASE("ports are ranges") {
  EgressSettings settings;
  settings.allow.ports = {{80, 80}, {8000, 8999}};
  settings.deny.ports = {{8080, 8080}};
  const EgressPolicy policy(settings);
  CHECK_FALSE(refuses(policy, "192.0.2.1", 80));
  CHECK_FALSE(refuses(policy, "192.0.2.1", 8999));
  CHECK(refuses(policy, "192.0.2.1", 8080));
  CHECK(refuses(policy, "192.0.2.1", 22));
  CHECK_FALSE(refuses(policy, "192.0.2.1", 0));
}

TEST_CASE("sockets are patterns of plain paths") {
  EgressSettings settings;
  settings.allow.sockets = {"/run/*.sock"};
  settings.deny.sockets = {"/run/docker.sock"};
  const EgressPolicy policy(settings);
  CHECK_FALSE(policy.refuses_socket("/run/php.sock"));
  for (const auto* path : {"/run/docker.sock", "/run/a/b.sock", "/run/../run/docker.sock", "/run//docker.sock",
                           "/run/./docker.sock", "run/php.sock", "/var/x.sock"}) {
    INFO(path);
    CHECK(policy.refuses_socket(path));
  }
  CHECK_FALSE(EgressPolicy().refuses_socket("/run/docker.sock"));
  // A list of what is allowed allows nothing else, of whatever kind it is.
  EgressSettings only_networks;
  only_networks.allow.networks = networks({"10.0.0.0/8"});
  CHECK(EgressPolicy(only_networks).refuses_socket("/run/php.sock"));
}
