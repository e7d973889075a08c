"""The checks that are tried on faults. A way is a kind of check with settings that make it listen to a fault: it says
over which transport the fault is reached, and makes the check for an address.

`MAIN` are the ways of each protocol that every fault of it is tried in; the tables of expected reasons name more."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.hostile.faults import STARTTLS

TIMEOUT = "2s"
INSECURE = {"insecure_skip_verify": True}
IP4 = {"preferred_ip_protocol": "ip4", "ip_protocol_fallback": False}
SECRET = "s3cret-that-comes-back"  # it must not, in any output
ENVIRONMENT = {"HOSTILE_SECRET": SECRET}  # of every process that reads these checks
NOWHERE = "http://127.0.0.1:1/"


@dataclass(frozen=True)
class Way:
    name: str
    transport: str
    kind: str
    target: Callable    # of an address
    settings: Callable  # of an address

    def check(self, address, name, timeout=TIMEOUT, **more):
        """The check as the configuration has it."""
        settings = self.settings(address)
        if self.kind == "scenario":
            return {"name": name, "scenario": scenario_of(settings, timeout), **more}
        return {"name": name, "kind": self.kind, "target": self.target(address), "timeout": timeout,
                self.kind: settings, **more}

    def command(self, address, config):
        """The arguments of the command line that run it once; `config` is a path to write a configuration to."""
        settings = self.settings(address)
        if self.kind not in ("http", "tcp", "tls", "dns"):
            config.write_text(json.dumps({"checks": [self.check(address, "fault", interval="1m")]}))
            return ["check", "--config.file", config, "fault", "--output", "json"]
        target = [self.target(address)]
        if self.kind == "dns":
            target = [settings.pop("query_name"), settings.pop("query_type"), f"@{address}"]
        more = [part for key, value in settings.items() for part in ("--set", f"{key}={json.dumps(value)}")]
        return [self.kind, *target, "--timeout", TIMEOUT, "--output", "json", *more]


def scenario_of(step, timeout):
    return {"inline": {"scenario": "fault", "secrets": {"secret": {"env": "HOSTILE_SECRET"}},
                       "schedule": {"deadline": "20s"}, "steps": [{"id": "only", "timeout": timeout, **step}]}}


WAYS: dict[str, Way] = {}


def way(name, transport, kind, target="{}", **settings):
    """`{}` in target and settings is the address."""
    def filled(address):
        # Nobody keeps what is given out.
        return json.loads(json.dumps(settings).replace("{}", address))
    WAYS[name] = Way(name, transport, kind, lambda address: target.replace("{}", address), filled)


def http(name, transport="tcp", **settings):
    scheme = "https" if transport == "tls" else "http"
    secure = {"tls_config": INSECURE} if transport == "tls" else {}
    way(name, transport, "http", scheme + "://{}/", **IP4, **secure, **settings)


def scenario(name, transport="tcp", expect=(), **step):
    scheme = "https" if transport == "tls" else "http"
    more = {"tls": {"insecure": True}} if transport == "tls" else {}
    way(name, transport, "scenario", http={"url": scheme + "://{}/", **more, **step}, expect=list(expect))


# HTTP
http("http")
http("https", "tls")
http("http_regexp", fail_if_body_not_matches_regexp=["(a|b)*[^x]{1,500}y(c|d)+$"])
http("http_no_regexp", fail_if_body_matches_regexp=["root:.*:0:0", "(x+x+)+y"])
http("http_matches", expect=["body matches /(x+x+)+y/"])
http("http_jsonpath", expect=['jsonpath "$..a" count > 100000000'])
http("http_slice", expect=['jsonpath "$.a[?@ > 5 && @ < 4]" count > 0', 'jsonpath "$.a[::-1]" count < 0'])
http("http_cel", fail_if_body_json_not_matches_cel="body.m.all(k, body.m[k] == 1)")
http("http_xpath", expect=['xpath "count(//*[@id=\'nothing\']/preceding::*)" > 100'])
http("http_size", expect=["size == 1", "sha256 == hex,00;"])
http("http_limit", body_size_limit="1KB")
http("http_gzip", compression="gzip")
http("http_deflate", compression="deflate")
http("http_br", compression="br")
http("http_gzip_regexp", compression="gzip", fail_if_body_not_matches_regexp=["never"])
scenario("scenario")
scenario("scenario_tls", "tls")
scenario("scenario_redirects", follow=20)
scenario("scenario_packed", compressed=True, expect=['body contains "never"'])
scenario("scenario_jsonpath", expect=['jsonpath "$..a" count > 100000000'], max_body="16MiB")
scenario("scenario_xpath", expect=['xpath "count(//*[@id=\'nothing\']/preceding::*)" > 100'], max_body="16MiB")
scenario("scenario_matches", expect=["body matches /(x+x+)+y/"], max_body="16MiB")
TOKEN = {"client_id": "me", "token_url": "http://{}/token"}
way("token", "tcp", "http", NOWHERE, **IP4, oauth2={**TOKEN, "client_secret": SECRET})
way("scenario_token", "tcp", "scenario",
    http={"url": NOWHERE, "auth": {"oauth2": {**TOKEN, "client_secret": "${ secret }"}}})
way("websocket", "tcp", "websocket", "ws://{}/", **IP4, query_response=[{"expect": "never"}])
way("websocket_tls", "tls", "websocket", "wss://{}/", **IP4, http_config={"tls_config": INSECURE},
    query_response=[{"expect": "never"}])
# Behind a proxy
way("plain_by_proxy", "tcp", "http", "http://192.0.2.1/", **IP4, proxy_url="http://{}",
    skip_resolve_phase_with_proxy=True)
way("proxy", "tcp", "http", "https://192.0.2.1/", **IP4, proxy_url="http://user:" + SECRET + "@{}",
    tls_config=INSECURE)
way("socks", "tcp", "http", "http://192.0.2.1/", **IP4, proxy_url="socks5://{}")
way("scenario_proxy", "tcp", "scenario",
    http={"url": "https://192.0.2.1/", "proxy": "http://user:${ secret }@{}", "tls": {"insecure": True}})
way("scenario_socks", "tcp", "scenario", http={"url": "http://192.0.2.1/", "proxy": "socks5://{}"})
# HTTP/2 and gRPC
way("grpc", "tcp", "grpc", **IP4)
way("grpc_tls", "tls", "grpc", **IP4, tls=True, tls_config=INSECURE)
# Dialogues
EXPECT = [{"expect": "^never$"}]
SAY = [{"expect": "^220"}, {"send": "hello ${1}"}, {"expect": "^never$"}]
way("tcp", "tcp", "tcp", **IP4, query_response=EXPECT)
way("tcp_says", "tcp", "tcp", **IP4, query_response=SAY)
way("tcp_bytes", "tcp", "tcp", **IP4, query_response=[{"expect_bytes": "n" * 1000}])
way("tcp_banner", "tcp", "tcp", **IP4, expect=['banner startsWith "never"'])
way("tcp_tls", "tls", "tcp", **IP4, tls=True, tls_config=INSECURE, query_response=EXPECT)
UPGRADE = [{"expect": "^220 ", "send": "AUTH TLS\r"}, {"expect": "^234 ", "starttls": True}]
way("tcp_starttls", "tcp", "tcp", **IP4, query_response=UPGRADE, tls_config=INSECURE)
way("unix", "unix", "unix", query_response=EXPECT)
for _protocol in STARTTLS:
    way(_protocol, "tcp", "tls", **IP4, starttls=_protocol, tls_config=INSECURE)
# Faults of TLS itself, which the kinds reach over TCP
way("tls", "tcp", "tls", **IP4, tls_config=INSECURE)
way("raw_https", "tcp", "http", "https://{}/", **IP4, tls_config=INSECURE)
way("raw_tcp", "tcp", "tcp", **IP4, tls=True, tls_config=INSECURE, query_response=EXPECT)
way("raw_grpc", "tcp", "grpc", **IP4, tls=True, tls_config=INSECURE)
way("raw_websocket", "tcp", "websocket", "wss://{}/", **IP4, http_config={"tls_config": INSECURE})
way("raw_scenario", "tcp", "scenario", http={"url": "https://{}/", "tls": {"insecure": True}})
NAME = {"query_name": "hostile.test", "query_type": "A"}
way("raw_dns", "tcp", "dns", **IP4, **NAME, dns_over_tls=True, tls_config=INSECURE)
# DNS
way("dns", "udp", "dns", **IP4, **NAME)
way("dns_tcp", "tcp", "dns", **IP4, **NAME, transport_protocol="tcp")
way("dns_tls", "tls", "dns", **IP4, **NAME, dns_over_tls=True, tls_config=INSECURE)
way("resolver", "udp", "http", "http://hostile.test:1/", **IP4, resolver="{}")

MAIN = {
    "http1": ("http", "scenario"),
    "body": (),
    "redirect": ("http", "scenario_redirects"),
    "compressed": (),
    "http2": ("https", "grpc"),
    "grpc": ("grpc",),
    "lines": ("tcp", "unix"),
    **{protocol: (protocol,) for protocol in STARTTLS},
    "tls": ("tls", "raw_https"),
    "session": ("raw_https",),
    "websocket": ("websocket",),
    "dns": ("dns", "resolver"),
    "dnstcp": ("dns_tcp",),
    "connect": ("proxy",),
    "socks": ("socks",),
    "token": ("token",),
}
