#include "checks/http/proxy.hpp"

#include <cstdlib>

#include "tests/support/catch.hpp"

using namespace vedette::http;

TEST_CASE("no_proxy covers names, suffixes, addresses and networks") {
  const std::string list = "example.org, .internal,10.0.0.0/8,::1,192.0.2.7";
  CHECK(bypasses_proxy(list, "example.org"));
  CHECK(bypasses_proxy(list, "www.example.org"));
  CHECK(bypasses_proxy(list, "db.internal"));
  CHECK(bypasses_proxy(list, "10.1.2.3"));
  CHECK(bypasses_proxy(list, "192.0.2.7"));
  CHECK(bypasses_proxy("*", "anything"));
  CHECK_FALSE(bypasses_proxy(list, "notexample.org"));
  CHECK_FALSE(bypasses_proxy(list, "11.0.0.1"));
  CHECK_FALSE(bypasses_proxy("", "example.org"));
}

TEST_CASE("the proxy comes from the settings or the environment") {
  const auto target = *parse_url("http://shop.example/");
  ProxySettings settings;
  CHECK_FALSE(proxy_for(settings, target));
  settings.url = vedette::config::Secret::literal("http://user:pw@proxy.example:3128");
  const auto proxy = *proxy_for(settings, target);
  CHECK(proxy.host == "proxy.example");
  CHECK(proxy.user == "user");
  CHECK(proxy.password == "pw");
  CHECK(proxy.port == 3128);
  settings.no_proxy = "shop.example";
  CHECK_FALSE(proxy_for(settings, target));

  ProxySettings environment;
  environment.from_environment = true;
  ::setenv("http_proxy", "http://env.example:8080", 1);
  ::setenv("no_proxy", "", 1);
  CHECK(proxy_for(environment, target)->host == "env.example");
  ::setenv("HTTP_PROXY", "http://capitals.example:8080", 1);
  CHECK(proxy_for(environment, target)->host == "capitals.example");
  // In a CGI it is a header of the request.
  ::setenv("REQUEST_METHOD", "GET", 1);
  CHECK(proxy_for(environment, target)->host == "env.example");
  ::unsetenv("REQUEST_METHOD");
  for (const auto* near : {"http://localhost/", "http://127.0.0.9/", "http://[::1]/"}) {
    CHECK_FALSE(proxy_for(environment, *parse_url(near)));
  }
  ::unsetenv("HTTP_PROXY");
  ::unsetenv("http_proxy");
  CHECK_FALSE(proxy_for(environment, target));
}
