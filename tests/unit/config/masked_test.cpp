#include "config/masked.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::config;

TEST_CASE("a password in a URL is masked") {
  CHECK(mask_userinfo("https://user:s3cret@shop.example/x@y") == "https://user:***@shop.example/x@y");
  CHECK(mask_userinfo("https://token@shop.example/") == "https://***@shop.example/");
  CHECK(mask_userinfo("https://a user:s3cret@shop.example/") == "https://a user:***@shop.example/");
  CHECK(mask_userinfo("https://shop.example/a:b@c") == "https://shop.example/a:b@c");
  CHECK(mask_userinfo("host:25") == "host:25");
  CHECK(mask_userinfo("a http://u:p@h b socks5://v:q@i c", "xxxxx") == "a http://u:xxxxx@h b socks5://v:xxxxx@i c");
}

TEST_CASE("a configuration is shown without what is secret in it") {
  const auto text = masked_yaml(YAML::Load(R"(
modules:
  m:
    prober: http
    http:
      proxy_url: http://me:hush1@proxy:3128
      proxy_connect_header: {X-Pass: [hush2]}
      headers: {X-Key: hush3, Accept: text/html}
      http_headers: {X-Token: {values: [hush4], secrets: [hush5], files: [/run/token]}}
      basic_auth: {username: u, password: hush6}
      oauth2: {client_id: i, client_secret: hush7, token_url: 'https://x:hush8@h/', endpoint_params: {pin: hush9}}
      bearer_token: ${file:/run/bearer}
      tls_config: {key: hush10, key_file: /etc/key.pem}
  g: {prober: grpc, grpc: {metadata: {authorization: [hush11]}}}
checks: [{name: a, target: 'https://u:hush12@h/', module: m}]
)"));
  INFO(text);
  CHECK(text.find("hush") == std::string::npos);
  for (const auto* shown : {"text/html", "/run/token", "username: u", "${file:/run/bearer}", "/etc/key.pem",
                            "http://me:xxxxx@proxy:3128", "client_id: i", "X-Key: <secret>", "name: a"}) {
    CHECK(text.find(shown) != std::string::npos);
  }
}
