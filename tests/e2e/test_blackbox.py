"""The same file and the same targets for Vedette and for Debian's blackbox_exporter (0.23): the pages of /probe side by side."""

import json
import os
import re
import socket
import subprocess
import unittest
import urllib.parse
from pathlib import Path
from unittest import mock

from tests.e2e.support import VEDETTE, Listener, Workspace, free_port, get, listens, run, samples, wait_for

SERVERS = Path(__file__).parent / "servers"
PEER = "/usr/bin/prometheus-blackbox-exporter"
# What differs from run to run; only whether it is zero is compared.
TIMES = {"probe_dns_lookup_time_seconds", "probe_duration_seconds", "probe_http_duration_seconds", "probe_dns_duration_seconds",
         "probe_icmp_duration_seconds", "probe_grpc_duration_seconds"}
TLS = {"probe_ssl_earliest_cert_expiry", "probe_ssl_last_chain_info", "probe_tls_version_info", "probe_tls_cipher_info"}
# Since 0.28 there is none before a connection has been made.
BEFORE_028 = {"probe_failed_due_to_regex"}
AFTER_023 = {"probe_failed_due_to_bytes"}
UNVERIFIED = {"probe_ssl_last_chain_expiry_timestamp_seconds"}
# Ours beside the neighbour's, or of a version after 0.23.
EXTRA = {"probe_timeout_seconds", "probe_tls_cipher_info"}


class Scripted(Listener):
    """A TCP server that says its lines and answers others."""

    def __init__(self, script):
        self.script = script
        super().__init__()

    def serve(self, peer):
        with peer.makefile("rwb", buffering=0) as stream:
            self.script(stream)


def smtp(stream):
    stream.write(b"220-hello\r\n220 mail.example ESMTP ready\r\n")
    while line := stream.readline():
        stream.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250-mail.example\r\n250 HELP\r\n")


def echo(stream):
    while line := stream.readline():
        stream.write(line)


# As Go writes quotes, backslashes, tabs, zero and high bytes.
ODD_TXT = r'''"q\"b\\t\009z\000h\195\182 ;d" "second" ""'''
# Attributes in another order than Go's, several of a kind, some that it does not know, and what has to be escaped.
SUBJECT = ("/CN=first/emailAddress=a@b.example/O=Org, A/C=DE/OU=one+OU=two/ST= blank /L=#hash;<a>q/serialNumber=12/O=Ögonblick"
           "/DC=example/UID=u-1/CN=last/street=Way 1/postalCode=123")


class SideBySide(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.work = cls.enterClassContext(Workspace())
        work = cls.work
        cls.at = at = {name: free_port() for name in ("http", "https", "names", "dns", "peer", "closed")}
        ca = work.authority()
        work.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "names.key", "-out", "names.pem", "-days", "30", "-utf8", "-subj", SUBJECT,
                     "-addext", "subjectAltName=IP:127.0.0.1")
        work.write("www/index.html", "hello, world\n")
        work.write("www/data.json", '{"status": "ok", "count": 3}')
        work.nginx(f"""
            server {{ listen 127.0.0.1:{at['http']};
              location /redirect {{ return 302 /; }} location /loop {{ return 302 /loop; }}
              location /away {{ return 301 http://127.0.0.1:{at['http']}/data.json; }}
              location /no-location {{ return 304; }}
              location /host {{ return 200 $http_host; }} location /gone {{ return 410 gone; }} location /teapot {{ return 418; }}
              location /gzip {{ alias @FOLDER@/www/; gzip on; gzip_min_length 1; gzip_types *; }}
              location /chunked {{ add_header X-Kind a; add_header X-Kind b; ssi on; ssi_types *; alias @FOLDER@/www/; }} }}
            server {{ listen 127.0.0.1:{at['names']} ssl; ssl_certificate @FOLDER@/names.pem; ssl_certificate_key @FOLDER@/names.key; }}
            server {{ listen 127.0.0.1:{at['https']} ssl http2; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key; }}""")
        work.nsd("e2e.example", "@ IN SOA a a 7 2 3 4 5\n@ IN NS a\n@ IN A 192.0.2.1\n@ IN MX 10 mail\n@ IN TXT \"v=spf1 -all\"\n"
                 "odd IN TXT \"q\\\"b\\\\t\\009z\\000h\\195\\182 ;d\" second \"\"\n"
                 "a IN A 127.0.0.1\nmany IN A 192.0.2.1\nmany IN A 192.0.2.2\n", at["dns"])
        at.update(grpc=free_port(), grpcs=free_port())
        for name, tls in (("grpc", []), ("grpcs", [work.folder / "leaf.pem", work.folder / "leaf.key"])):
            work.process(["/usr/bin/python3", SERVERS / "health_over_grpc.py", str(at[name]), *tls], stderr=subprocess.DEVNULL)
            wait_for(lambda p=at[name]: listens(p), "the gRPC server")
        cls.smtp, cls.echo = Scripted(smtp), Scripted(echo)
        cls.modules = modules(str(ca))
        cls.modules["names"] = {"prober": "http", "timeout": "3s", "http": {"preferred_ip_protocol": "ip4", "tls_config": {"ca_file": str(work.folder / "names.pem")}}}
        file = work.write("blackbox.yml", json.dumps({"modules": cls.modules}))
        work.process([PEER, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{at['peer']}", "--log.level=error"],
                     stderr=subprocess.DEVNULL)
        cls.agent = work.agent(file)
        wait_for(lambda: listens(at["peer"]), "blackbox_exporter")

    def pages(self, **parameters):
        query = "/probe?" + urllib.parse.urlencode(parameters)
        return [get(base + query) for base in (f"http://127.0.0.1:{self.at['peer']}", self.agent.url)]

    def compare(self, module, target, ours_only=(), differs=(), theirs_only=(), **more):
        """The families, labels and values of both pages; what is listed may differ, and must."""
        (status, _, theirs), (our_status, headers, ours) = self.pages(module=module, target=target, **more)
        self.assertEqual((status, our_status), (200, 200), ours)
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")
        theirs, ours = comparable(theirs), comparable(ours)
        text = lambda keys: sorted(f"{n}{dict(l)}" for n, l in keys)
        known = set(ours_only) | EXTRA
        self.assertEqual(text(k for k in theirs if k not in ours and k[0] not in theirs_only), [], (module, target))
        self.assertEqual(text(k for k in ours if k not in theirs and k[0] not in known and not k[0].startswith("vedette_")), [],
                         (module, target))
        # What never began took no time.
        if not ours["probe_success", frozenset()]:
            theirs.pop(("probe_duration_seconds", frozenset()))
        if not ours.get(("probe_ip_protocol", frozenset()), 1):
            theirs = {(n, l): v for (n, l), v in theirs.items() if n != "probe_dns_lookup_time_seconds" and ("phase", "resolve") not in l}
        wrong = {f"{n}{dict(l)}": (v, ours[n, l]) for (n, l), v in theirs.items()
                 if (n, l) in ours and n not in differs and not same(v, ours[n, l])}
        self.assertEqual(wrong, {}, (module, target))
        for name in differs:
            self.assertTrue(any(ours[k] != v for k, v in theirs.items() if k[0] == name and k in ours), f"{name} does not differ")
        return ours


def comparable(page):
    """The samples, of times only whether they are zero, without what 0.23 does not say or says of itself."""
    out = {}
    for (name, labels), found in samples(page).items():
        phase = dict(labels).get("phase")
        # A body that came with the headers took no time; an UDP socket is connected without asking anybody.
        if phase == "transfer" or (name, phase) == ("probe_dns_duration_seconds", "connect"):
            found = -1
        labels = frozenset((key, text) for key, text in labels if key != "serialnumber")
        out[name, labels] = bool(found) if name in TIMES else found
    return out


def same(a, b):
    return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def modules(ca):
    ip4 = {"preferred_ip_protocol": "ip4"}
    http = lambda **settings: {"prober": "http", "timeout": "3s", "http": {**ip4, **settings}}
    tcp = lambda **settings: {"prober": "tcp", "timeout": "3s", "tcp": {**ip4, **settings}}
    dns = lambda name="e2e.example", kind="A", **settings: {
        "prober": "dns", "timeout": "3s", "dns": {**ip4, "query_name": name, "query_type": kind, **settings}}
    tls = {"tls_config": {"ca_file": ca}}
    return {
        "http_2xx": http(),
        "post": http(method="POST", body="x", headers={"Content-Type": "text/plain"}),
        "no_follow": http(follow_redirects=False),
        "status": http(valid_status_codes=[410, 418]),
        "version": http(valid_http_versions=["HTTP/2.0"]),
        "body": http(fail_if_body_not_matches_regexp=["hello"]),
        "host": http(fail_if_body_not_matches_regexp=["^shop.example$"]),
        "no_body": http(fail_if_body_matches_regexp=["wor.d"]),
        "header": http(fail_if_header_not_matches=[{"header": "x-kind", "regexp": "^b$"}]),
        "no_header": http(fail_if_header_matches=[{"header": "X-Kind", "regexp": "b", "allow_missing": True}]),
        "missing_header": http(fail_if_header_matches=[{"header": "X-None", "regexp": "b"}]),
        "coding": http(fail_if_header_not_matches=[{"header": "Transfer-Encoding", "regexp": ".*", "allow_missing": True}]),
        "no_coding": http(fail_if_header_matches=[{"header": "transfer-encoding", "regexp": "chunked"}]),
        "odd_compression": http(compression="zip"),
        "gzip": http(compression="gzip", headers={"Accept-Encoding": "gzip"}),
        "not_gzip": http(compression="gzip"),
        "limit": http(body_size_limit="5B"),
        "fits": http(body_size_limit="1KB"),
        "no_secret": http(basic_auth={"username": "u", "password_file": ca + ".none"}),
        "no_token": http(oauth2={"client_id": "a", "client_secret": "b", "token_url": "http://127.0.0.1:1/token"}),
        "fail_ssl": http(fail_if_ssl=True, **tls),
        "fail_not_ssl": http(fail_if_not_ssl=True),
        "https": http(**tls),
        "http1": http(enable_http2=False, **tls),
        "unknown_ca": http(),
        "skip_verify": http(tls_config={"insecure_skip_verify": True}),
        "wrong_name": http(tls_config={"ca_file": ca, "server_name": "other.example"}),
        "no_file": http(tls_config={"ca_file": ca + ".none"}),
        "only_ip6": {"prober": "http", "http": {"preferred_ip_protocol": "ip6", "ip_protocol_fallback": False}},
        "tcp": tcp(),
        "tcp_tls": tcp(tls=True, **tls),
        "tcp_tls_bad": tcp(tls=True),
        "smtp": tcp(query_response=[{"expect": "^220 ([^ ]+) ESMTP (.+)$", "send": "EHLO ${1}"}, {"expect": "^250 HELP"}, {"send": "QUIT"}]),
        "smtp_bad": tcp(query_response=[{"expect": "^220 ([^ ]+) ESMTP"}, {"send": "QUIT"}, {"expect": "^250 never"}]),
        "echo": tcp(query_response=[{"send": "abc"}, {"expect": "^abc$"}]),
        "source": tcp(source_ip_address="127.0.0.9"),
        "bad_source": tcp(source_ip_address="192.0.2.77"),
        "dns": dns(),
        "dns_soa": dns(kind="SOA"),
        "dns_mx": dns(kind="MX", validate_answer_rrs={"fail_if_not_matches_regexp": [r"e2e.example.\t.*\tIN\tMX\t10 mail\.e2e\.example\."]}),
        "dns_txt": dns(kind="TXT", validate_answer_rrs={"fail_if_not_matches_regexp": ["\"v=spf1 -all\""]}),
        "dns_odd_txt": dns("odd.e2e.example", kind="TXT", validate_answer_rrs={"fail_if_not_matches_regexp": [re.escape(ODD_TXT)]}),
        "dns_nx": dns("none.e2e.example"),
        "dns_nx_ok": dns("none.e2e.example", valid_rcodes=["NXDOMAIN"]),
        "dns_refused": dns("other.example"),
        "dns_tcp": dns(transport_protocol="tcp"),
        "dns_any_of": dns("many.e2e.example", validate_answer_rrs={"fail_if_none_matches_regexp": ["192.0.2.2"]}),
        "dns_all": dns("many.e2e.example", validate_answer_rrs={"fail_if_all_match_regexp": ["192.0.2"]}),
        "dns_not": dns("many.e2e.example", validate_answer_rrs={"fail_if_not_matches_regexp": ["192.0.2.2"]}),
        "dns_match": dns("many.e2e.example", validate_answer_rrs={"fail_if_matches_regexp": ["192.0.2.2"]}),
        "dns_bad_rcode": dns(valid_rcodes=["NOPE"]),
        "dns_bad_transport": dns(transport_protocol="pigeon"),
        "dns_bad_regex": dns(validate_answer_rrs={"fail_if_matches_regexp": ["("]}),
        "icmp": {"prober": "icmp", "timeout": "3s", "icmp": ip4},
        "icmp_big": {"prober": "icmp", "timeout": "3s", "icmp": {**ip4, "payload_size": 2000, "ttl": 9}},
        "icmp_source": {"prober": "icmp", "timeout": "3s", "icmp": {**ip4, "source_ip_address": "192.0.2.9"}},
        "grpc": {"prober": "grpc", "timeout": "3s", "grpc": ip4},
        "grpc_down": {"prober": "grpc", "timeout": "3s", "grpc": {**ip4, "service": "down"}},
        "grpc_denied": {"prober": "grpc", "timeout": "3s", "grpc": {**ip4, "service": "denied"}},
        "grpc_tls": {"prober": "grpc", "timeout": "3s", "grpc": {**ip4, "tls": True, **tls}},
        "dns_default": {"prober": "dns", "dns": {**ip4, "query_name": "e2e.example"}},
    }


class Pages(SideBySide):
    def test_http(self):
        base = f"http://127.0.0.1:{self.at['http']}"
        for module, path in [("http_2xx", "/"), ("http_2xx", "/none"), ("http_2xx", "/redirect"), ("http_2xx", "/away"),
                             ("http_2xx", "/loop"), ("http_2xx", "/chunked/"), ("http_2xx", "/no-location"), ("http_2xx", "/data.json"),
                             ("post", "/"), ("no_follow", "/redirect"), ("no_follow", "/"), ("status", "/gone"), ("status", "/teapot"),
                             ("status", "/"), ("version", "/"), ("body", "/"), ("body", "/data.json"), ("no_body", "/"),
                             ("header", "/chunked/"), ("header", "/"), ("no_header", "/chunked/"), ("no_header", "/"),
                             ("missing_header", "/"), ("coding", "/chunked/"), ("no_coding", "/chunked/"), ("odd_compression", "/data.json"), ("gzip", "/gzip/"), ("not_gzip", "/"), ("limit", "/"), ("fits", "/"),
                             ("fail_ssl", "/"), ("fail_not_ssl", "/"), ("only_ip6", "/")]:
            with self.subTest(module=module, path=path):
                self.compare(module, base + path)

    def test_hostname(self):
        target = f"http://127.0.0.1:{self.at['http']}/host"
        self.assertEqual(self.compare("host", target, hostname="shop.example")["probe_success", frozenset()], 1)
        self.assertEqual(self.compare("host", target)["probe_success", frozenset()], 0)
        secure = f"https://127.0.0.1:{self.at['https']}/"
        self.assertEqual(self.compare("https", secure, hostname="localhost")["probe_success", frozenset()], 1)
        self.assertEqual(self.compare("tcp_tls", f"127.0.0.1:{self.at['https']}", hostname="localhost", ours_only=AFTER_023)["probe_success", frozenset()], 1)
        # 0.23 does not know it for TCP yet.
        page = self.pages(module="tcp_tls", target=f"127.0.0.1:{self.at['https']}", hostname="other.example")[1][2]
        self.assertIn('vedette_probe_reason{reason="tls_verify_name"} 1', page)

    def test_targets(self):
        at = self.at
        for module, target in [("http_2xx", f"127.0.0.1:{at['http']}"), ("http_2xx", f"http://localhost:{at['http']}/"),
                               ("http_2xx", f"http://127.0.0.1:{at['closed']}/"), ("http_2xx", "http://name.invalid/"),
                               ("tcp", "name.invalid:1"), ("tcp", "nonsense"), ("tcp", f"127.0.0.1:{at['closed']}"),
                               ("dns", "name.invalid")]:
            with self.subTest(module=module, target=target):
                self.compare(module, target, theirs_only=BEFORE_028 if module == "tcp" else ())

    def test_families_are_there_whatever_fails(self):
        page = f"http://127.0.0.1:{self.at['http']}/"
        # It has looked the host up by then; we have not.
        for module, target in [("http_2xx", "127.0.0.1:99999"), ("no_secret", page), ("no_token", page),
                               ("dns", "127.0.0.1:99999"), ("tcp", "127.0.0.1:99999")]:
            with self.subTest(module=module, target=target):
                ours = self.compare(module, target, differs=("probe_ip_protocol", "probe_ip_addr_hash"),
                                    theirs_only=BEFORE_028 if module == "tcp" else ())
                self.assertGreater(ours["probe_duration_seconds", frozenset()], 0)
        for target in ("ftp://127.0.0.1/", "http:///x", "http://[::1", "http://127.0.0.1:abc/", "http://a b/"):
            with self.subTest(target=target):
                self.compare("http_2xx", target)

    def test_https(self):
        base = f"https://127.0.0.1:{self.at['https']}"
        for module in ("https", "http1", "fail_ssl", "skip_verify"):
            with self.subTest(module=module):
                # Nothing was verified: year 1 is no date of a chain.
                self.compare(module, base + "/", theirs_only=UNVERIFIED if module == "skip_verify" else ())
        for module in ("unknown_ca", "fail_not_ssl", "wrong_name", "no_file"):
            with self.subTest(module=module):
                # A refused certificate is shown.
                self.compare(module, base + "/", ours_only=TLS)

    def test_names_of_subjects(self):
        ours = self.compare("names", f"https://127.0.0.1:{self.at['names']}/")
        subject = next(dict(labels)["subject"] for name, labels in ours if name == "probe_ssl_last_chain_info")
        self.assertIn("OU=one+OU=two", subject)
        self.assertIn("1.2.840.113549.1.9.1=#", subject)

    def test_tcp(self):
        for module, target in [("tcp", self.at["http"]), ("tcp_tls", self.at["https"]), ("tcp_tls_bad", self.at["https"]), ("smtp", self.smtp.port),
                               ("smtp_bad", self.smtp.port), ("echo", self.echo.port),
                               ("source", self.at["http"]), ("bad_source", self.at["http"])]:
            with self.subTest(module=module):
                self.compare(module, f"127.0.0.1:{target}", theirs_only=BEFORE_028 if module in ("bad_source", "tcp_tls_bad") else (), ours_only=AFTER_023 | (TLS if module == "tcp_tls_bad" else set()))

    def test_dns(self):
        for module in self.modules:
            if module.startswith("dns"):
                with self.subTest(module=module):
                    self.compare(module, f"127.0.0.1:{self.at['dns']}")


    def test_icmp(self):
        for module, target in [("icmp", "127.0.0.1"), ("icmp", "localhost"), ("icmp_big", "127.0.0.1"), ("icmp_source", "127.0.0.1"),
                               ("icmp", "name.invalid"), ("icmp", "127.0.0.1:80")]:
            with self.subTest(module=module, target=target):
                self.compare(module, target)

    def test_grpc(self):
        for module, target in [("grpc", "grpc"), ("grpc_down", "grpc"), ("grpc_denied", "grpc"), ("grpc_tls", "grpcs"), ("grpc", "closed")]:
            with self.subTest(module=module, target=target):
                # Since then there is none without TLS.
                self.compare(module, f"127.0.0.1:{self.at[target]}", theirs_only=() if module == "grpc_tls" else {"probe_ssl_earliest_cert_expiry"})

    def test_refusals(self):
        """Requests that no probe comes of: status and text, where 0.28's are 0.23's."""
        for parameters in ({"target": "x", "module": "none"}, {"module": "tcp"}, {}):
            with self.subTest(parameters=parameters):
                (status, _, theirs), (our_status, _, ours) = self.pages(**parameters)
                self.assertEqual((our_status, ours), (status, theirs))
        for header, wanted in (("x", 500), ("10", 200)):
            headers = {"X-Prometheus-Scrape-Timeout-Seconds": header}
            for base in (f"http://127.0.0.1:{self.at['peer']}", self.agent.url):
                self.assertEqual(get(f"{base}/probe?module=tcp&target=127.0.0.1:{self.at['http']}", headers)[0], wanted)

    def test_a_client_that_leaves_ends_its_probe(self):
        silent = socket.create_server(("127.0.0.1", 0), backlog=4)
        self.addCleanup(silent.close)
        host, port = self.agent.url.removeprefix("http://").split(":")
        client = socket.create_connection((host, int(port)))
        client.sendall(f"GET /probe?target=127.0.0.1:{silent.getsockname()[1]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        peer, _ = silent.accept()
        self.addCleanup(peer.close)
        peer.settimeout(2)
        self.assertTrue(peer.recv(1000).startswith(b"GET / HTTP/1.1"))
        client.close()
        # Long before the module's timeout of 3 s.
        self.assertEqual(peer.recv(1000), b"")
        wait_for(lambda: "reason=cancelled" in self.agent.log(), "the cancelled probe")

    def test_debug_and_logs(self):
        target = f"http://127.0.0.1:{self.at['http']}/gone"
        status, headers, text = get(self.agent.url + "/probe?" + urllib.parse.urlencode({"target": target, "debug": "true"}))
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; charset=utf-8"))
        for part in ("Logs for the probe:\n", "\n\n\nMetrics that would have been returned:\n", "\n\n\nModule configuration:\n",
                     "reason=http_status", "probe_http_status_code 410"):
            self.assertIn(part, text)
        page = get(self.agent.url + "/")[2]
        self.assertIn(f"<small>{target}</small>", page)
        self.assertRegex(page, r'href="/logs\?id=\d+"')
        status, _, kept = get(self.agent.url + "/logs?" + urllib.parse.urlencode({"target": target, "module": "http_2xx"}))
        self.assertEqual(status, 200)
        self.assertIn("reason=http_status", kept)
        for query, wanted in (("", "400 Probe id or target must be defined as http query parameters\n"), ("?id=99999", "404 Probe id not found\n"),
                              ("?target=x", "404 Probe target not found\n"), ("?id=1&target=x", "400 Probe id and target can't be defined at the same time\n")):
            status, _, text = get(self.agent.url + "/logs" + query)
            self.assertEqual(f"{status} {text}", wanted)


class Flags(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.file = self.work.write("blackbox.yml", "modules: {tcp: {prober: tcp, timeout: 2s}}\n")

    def test_a_prefix_and_an_external_url(self):
        agent = self.work.agent(self.file, "--web.external-url", "https://out.example/vedette/")
        self.assertEqual(get(agent.url + "/vedette/-/healthy")[0], 200)
        self.assertEqual(get(agent.url + "/-/healthy")[0], 404)
        self.assertEqual(get(agent.url + "/vedette/probe?module=tcp&target=127.0.0.1:1")[0], 200)
        out = subprocess.run(["curl", "-si", agent.url + "/"], capture_output=True, text=True).stdout
        self.assertRegex(out, "(?s)HTTP/1.1 302 .*Location: https://out.example/vedette/")

    def test_several_addresses(self):
        port = free_port()
        agent = self.work.agent(self.file, "--web.listen-address", f"127.0.0.1:{port}")
        self.assertEqual(get(agent.url + "/-/healthy")[0], 200)
        self.assertEqual(get(f"http://127.0.0.1:{port}/-/healthy")[0], 200)

    def test_sockets_that_systemd_passes(self):
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)
        self.work.process(["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", VEDETTE, "agent", "--config.file", self.file, "--web.systemd-socket"],
                          pass_fds=[3], preexec_fn=lambda: os.dup2(listening.fileno(), 3), stderr=subprocess.DEVNULL)
        self.assertEqual(get(f"http://127.0.0.1:{listening.getsockname()[1]}/-/healthy")[0], 200)
        none = run("agent", "--config.file", self.file, "--web.systemd-socket")
        self.assertEqual((none.returncode, "systemd has passed no socket" in none.stderr), (1, True))

    def test_a_changed_file_is_read_by_itself(self):
        agent = self.work.agent(self.file, "--config.enable-auto-reload", "--config.auto-reload-interval", "0.2")
        self.file.write_text("modules: {other: {prober: tcp}}\n")
        wait_for(lambda: get(agent.url + "/probe?module=other&target=127.0.0.1:1")[0] == 200, "the new module")
        self.file.write_text("modules: {other: {prober: tpc}}\n")
        agent.wait_for("vedette_config_last_reload_successful", 0)
        self.assertEqual(get(agent.url + "/probe?module=other&target=127.0.0.1:1")[0], 200)
        self.file.write_text("modules: {other: {prober: tcp}}\n")
        agent.wait_for("vedette_config_last_reload_successful", 1)

    def test_a_rotated_secret_counts_by_itself(self):
        port = free_port()
        self.work.nginx(f"""server {{ listen 127.0.0.1:{port}; location / {{
            if ($http_x_token != "$arg_wanted") {{ return 401; }} return 200; }} }}""")
        secret, credentials = self.work.write("token", "first"), self.work.folder / "credentials"
        credential = self.work.write("credentials/token", "first")
        config = self.work.write("rotated.yml", "checks:" + "".join(f"""
  - name: {name}
    kind: http
    target: http://127.0.0.1:{port}/?wanted=second
    interval: 200ms
    timeout: 150ms
    http: {{headers: {{X-Token: "{reference}"}}}}""" for name, reference in (
            ("file", f"${{file:{secret}}}"), ("credential", "${credential:token}"))))
        with mock.patch.dict(os.environ, {"CREDENTIALS_DIRECTORY": str(credentials)}):
            agent = self.work.agent(config, "--config.enable-auto-reload", "--config.auto-reload-interval", "0.2")
        for name, path in (("file", secret), ("credential", credential)):
            agent.wait_for("probe_success", 0, check=name)
            path.write_text("second")
            agent.wait_for("probe_success", 1, check=name)

    def test_the_offset_of_the_timeout(self):
        agent = self.work.agent(self.file, "--timeout-offset", "0.2")
        headers = {"X-Prometheus-Scrape-Timeout-Seconds": "1"}
        self.assertIn("probe_timeout_seconds 0.8\n", get(agent.url + "/probe?module=tcp&target=127.0.0.1:1", headers)[2])

    def test_bad_values_of_flags(self):
        for flag, value in (("--config.auto-reload-interval", "0"), ("--timeout-offset", "-1"), ("--timeout-offset", "x"), ("--history.limit", "-1"),
                            ("--log.prober", "loud"), ("--web.listen-address", "nonsense"), ("--web.config.file", "/none.yml"), ("--no-such-flag", "1")):
            with self.subTest(flag=flag):
                out = run("agent", "--config.file", self.file, flag, value)
                self.assertEqual(out.returncode, 1)
                self.assertTrue(out.stderr)

    def test_settings_that_load_but_cannot_be_used(self):
        self.file.write_text("""modules:
  reference: {prober: tls, tls: {tls_config: {ca_ref: store/ca}}}
  header: {prober: http, http: {headers: {"a b": c}}}
  line_break: {prober: http, http: {headers: {a: "b\\nc"}}}
  name: {prober: dns, dns: {query_name: a..b}}
  algorithm: {prober: http, http: {oauth2: {client_id: a, token_url: "http://t/", grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
              client_certificate_key: k, signature_algorithm: ES256}}}
""")
        agent = self.work.agent(self.file)
        for module in ("reference", "header", "line_break", "name", "algorithm"):
            page = get(f"{agent.url}/probe?module={module}&target=127.0.0.1:1")[2]
            self.assertIn('vedette_probe_reason{reason="settings_invalid"} 1\n', page, module)
            self.assertIn("probe_success 0\n", page)

    def test_the_configuration_is_shown_with_defaults(self):
        self.file.write_text("""modules:
  a: {prober: http, http: {follow_redirects: false, bearer_token: hush}}
  b: {prober: icmp, icmp: {ttl: 9}}
""")
        peer = free_port()
        self.work.process([PEER, f"--config.file={self.file}", f"--web.listen-address=127.0.0.1:{peer}", "--log.level=error"],
                          stderr=subprocess.DEVNULL)
        agent = self.work.agent(self.file)
        wait_for(lambda: listens(peer), "blackbox_exporter")
        written = {"ip_protocol_fallback: true", "follow_redirects: false", "enable_http2: true", "ttl: 9", "ttl: 64", "recursion_desired: true"}
        for url in (agent.url, f"http://127.0.0.1:{peer}"):
            page = get(url + "/config")[2]
            self.assertEqual({line.strip() for line in page.splitlines()} & written, written, page)
            self.assertNotIn("hush", page)

    def test_few_probes_are_kept(self):
        agent = self.work.agent(self.file, "--history.limit", "1")
        for i in range(3):
            get(agent.url + "/probe?module=tcp&target=127.0.0.1:1")
        self.assertEqual([get(f"{agent.url}/logs?id={i}")[0] for i in range(3)], [404, 200, 200])

    def test_failures_are_not_logged_below_the_level(self):
        agent = self.work.agent(self.file, "--log.prober", "debug", "--log.level", "debug")
        get(agent.url + "/probe?module=tcp&target=127.0.0.1:1")
        wait_for(lambda: 'msg="Probe failed" module=tcp target=127.0.0.1:1 reason=connect_refused' in agent.log(), "a line")


del SideBySide

if __name__ == "__main__":
    unittest.main()
