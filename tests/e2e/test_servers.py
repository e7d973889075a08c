"""The checks against real servers: nginx, openssl s_server, unbound and NSD."""

import json
import os
import shutil
import subprocess
import unittest

from tests.e2e.support import Listener, Workspace, free_port, listens, run, wait_for


def result_of(*arguments):
    return json.loads(run(*arguments, "--output", "json").stdout)[0]


class Nginx(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.ca = self.work.authority()
        self.work.write("www/page", "x" * 100000)
        self.ports = [free_port() for _ in range(3)]
        plain, modern, old = self.ports
        self.work.nginx(f"""
            gzip on; gzip_types *; gzip_min_length 10;
            ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key;
            server {{ listen 127.0.0.1:{plain}; location /to {{ return 302 https://localhost:{modern}/page; }}
                      location /loop {{ return 302 /loop; }} }}
            server {{ listen 127.0.0.1:{modern} ssl http2; ssl_protocols TLSv1.3; }}
            server {{ listen 127.0.0.1:{old} ssl; ssl_protocols TLSv1.2; }}""")

    def test_http_1_and_2_over_tls_12_and_13(self):
        plain, modern, old = self.ports
        for port, flags, version, tls in ((modern, [], "2", "TLS 1.3"), (modern, ["--http1"], "1.1", "TLS 1.3"), (old, [], "1.1", "TLS 1.2")):
            result = result_of("http", f"https://localhost:{port}/page", "-4", "--ca-file", self.ca, *flags)
            with self.subTest(port=port, flags=flags):
                self.assertEqual(result["verdict"], "pass", result["message"])
                facts = result["evidence"]["facts"]
                self.assertEqual(facts["http_version"], version)
                self.assertEqual(facts["tls"]["version"], tls)
                self.assertEqual(facts["body_bytes"], 100000)
                self.assertEqual([p["phase"] for p in result["phases"]], ["resolve", "connect", "tls", "processing", "transfer"])
        self.assertEqual(result_of("http", f"http://127.0.0.1:{plain}/page")["evidence"]["facts"]["http_version"], "1.1")

    def test_redirect_from_plain_to_tls(self):
        result = result_of("http", f"http://127.0.0.1:{self.ports[0]}/to", "-4", "--ca-file", self.ca)
        self.assertEqual(result["verdict"], "pass", result["message"])
        self.assertEqual(len(result["evidence"]["facts"]["urls"]), 2)
        self.assertEqual({p["hop"] for p in result["phases"]}, {0, 1})
        self.assertEqual(result_of("http", f"http://127.0.0.1:{self.ports[0]}/loop")["reason"], "http_redirect_limit")

    def test_compression(self):
        result = result_of("http", f"http://127.0.0.1:{self.ports[0]}/page", "--set", "compression=gzip", "-H", "Accept-Encoding: gzip",
                           "--match", "^x+$")
        self.assertEqual(result["verdict"], "pass", result["message"])
        self.assertEqual(result["evidence"]["facts"]["body_bytes"], 100000)

    def test_an_unknown_authority_is_refused(self):
        self.assertEqual(result_of("http", f"https://127.0.0.1:{self.ports[1]}/page")["reason"], "tls_verify_unknown_ca")


class OpenSsl(unittest.TestCase):
    def test_facts_are_those_that_s_server_has(self):
        work = self.enterContext(Workspace())
        ca = work.authority()
        port = free_port()
        work.process(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", work.folder / "leaf.pem", "-key",
                      work.folder / "leaf.key", "-alpn", "h2,http/1.1", "-quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "s_server")
        result = result_of("tls", f"127.0.0.1:{port}", "--ca-file", ca, "--alpn", "h2")
        self.assertEqual(result["verdict"], "pass", result["message"])
        tls = result["evidence"]["facts"]["tls"]
        self.assertEqual(tls["version"], "TLS 1.3")
        self.assertEqual(tls["alpn"], "h2")
        text = subprocess.run(["openssl", "x509", "-in", work.folder / "leaf.pem", "-noout", "-fingerprint", "-sha256", "-serial",
                               "-subject", "-nameopt", "RFC2253"], capture_output=True, text=True, check=True).stdout
        leaf = tls["certificates"][0]
        self.assertIn(leaf["sha256"].upper(), text.replace(":", ""))
        self.assertIn(leaf["serial"].upper(), text)
        self.assertIn(leaf["subject"], text)
        self.assertEqual(leaf["dns_names"], ["localhost"])
        self.assertEqual(leaf["ip_addresses"], ["127.0.0.1"])


class GnuTls(unittest.TestCase):
    def test_a_server_without_secure_renegotiation_needs_a_setting(self):
        work = self.enterContext(Workspace())
        ca = work.authority()
        port = free_port()
        work.process(["gnutls-serv", "--port", str(port), "--x509certfile", work.folder / "leaf.pem", "--x509keyfile",
                      work.folder / "leaf.key", "--http", "--quiet",
                      "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION"],
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "gnutls-serv")
        for kind, target in (("tls", f"127.0.0.1:{port}"), ("http", f"https://127.0.0.1:{port}/")):
            with self.subTest(kind=kind):
                refused = result_of(kind, target, "--ca-file", ca)
                self.assertEqual(refused["reason"], "tls_handshake")
                self.assertIn("checks accept it with allow_legacy_renegotiation", refused["message"])
                taken = result_of(kind, target, "--ca-file", ca, "--allow-legacy-renegotiation")
                self.assertEqual(taken["verdict"], "pass", taken["message"])


class NameServers(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.path = os.environ["PATH"] + ":/usr/sbin"
        os.chmod(self.work.folder, 0o777)

    def nsd(self):
        big = "".join(f"big IN TXT \"{'x' * 200}{i}\"\n" for i in range(20))
        return self.work.nsd("lab.example", "@ IN SOA ns1 hostmaster 2026112203 1 2 3 4\n@ IN NS ns1\nns1 IN A 127.0.0.1\n"
                             "www IN A 192.0.2.1\nwww IN A 192.0.2.2\nmail IN MX 10 www\n" + big)

    def test_nsd_answers_with_authority(self):
        server = f"@127.0.0.1:{self.nsd()}"
        result = result_of("dns", "www.lab.example", "A", server, "--match", r"A\t192\.0\.2\.2$")
        self.assertEqual(result["verdict"], "pass", result["message"])
        facts = result["evidence"]["facts"]
        self.assertTrue(facts["flags"]["aa"])
        self.assertEqual(len(facts["answer"]), 2)
        self.assertEqual(facts["ttls"], [60, 60])
        soa = result_of("dns", "lab.example", "SOA", server, "--tcp")
        self.assertEqual(soa["evidence"]["facts"]["soa_serial"], 2026112203)
        self.assertEqual({m["name"]: m["value"] for m in soa["measures"]}["probe_dns_serial"], 2026112203)
        self.assertEqual(result_of("dns", "none.lab.example", server)["reason"], "dns_rcode")
        self.assertEqual(result_of("dns", "none.lab.example", server, "--rcode", "NXDOMAIN")["verdict"], "pass")
        self.assertEqual(result_of("dns", "example.org", server)["message"], "return code REFUSED, expected NOERROR")

    def test_truncation_and_edns(self):
        server = f"@127.0.0.1:{self.nsd()}"
        ask = lambda *flags: result_of("dns", "big.lab.example", "TXT", server, *flags)
        self.assertTrue(ask()["evidence"]["facts"]["flags"]["tc"])
        self.assertEqual(ask("--set", "fail_if_truncated=true")["reason"], "dns_truncated")
        retried = ask("--set", "retry_over_tcp=true")
        self.assertEqual(retried["evidence"]["facts"]["transport"], "tcp")
        self.assertEqual(len(retried["evidence"]["facts"]["answer"]), 20)
        large = ask("--set", "edns_udp_size=8192")
        self.assertIn("OPT", str(large["evidence"]["facts"]["additional"]))

    def test_unbound_over_udp_and_tls(self):
        ca = self.work.authority()
        port, tls_port = free_port(), free_port()
        config = self.work.write("unbound.conf", f"""
server:
  interface: 127.0.0.1@{port}
  interface: 127.0.0.1@{tls_port}
  tls-port: {tls_port}
  tls-service-key: "{self.work.folder}/leaf.key"
  tls-service-pem: "{self.work.folder}/leaf.pem"
  username: ""
  chroot: ""
  directory: "{self.work.folder}"
  pidfile: "{self.work.folder}/unbound.pid"
  use-syslog: no
  do-daemonize: no
  module-config: "iterator"
  do-not-query-localhost: yes
  local-zone: "lab.example." static
  local-data: "www.lab.example. 120 IN A 192.0.2.9"
remote-control:
  control-enable: no
""")
        self.work.process([shutil.which("unbound", path=self.path), "-d", "-c", config], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port) and listens(tls_port), "unbound")
        udp = result_of("dns", "www.lab.example", f"@127.0.0.1:{port}")
        self.assertEqual(udp["verdict"], "pass", udp["message"])
        self.assertTrue(udp["evidence"]["facts"]["flags"]["ra"])
        over_tls = result_of("dns", "www.lab.example", f"@127.0.0.1:{tls_port}", "--tls", "--ca-file", ca)
        self.assertEqual(over_tls["verdict"], "pass", over_tls["message"])
        self.assertEqual(over_tls["evidence"]["facts"]["transport"], "tls")
        self.assertIn("tls", [p["phase"] for p in over_tls["phases"]])
        # The same server resolves names for an HTTP check.
        http = result_of("http", f"http://nosuch.lab.example:{port}/", "--resolver", f"127.0.0.1:{port}")
        self.assertEqual(http["reason"], "resolve_nxdomain")


class Pieces(unittest.TestCase):
    def test_who_writes_in_pieces_is_not_held_up(self):
        """Nagle's algorithm holds the second piece back until the first is acknowledged, which the kernel does 10 ms later at the
        soonest unless it is told to."""
        class InPieces(Listener):
            def serve(self, peer):
                peer.recv(65536)
                peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
                peer.send(b"bo")
                peer.send(b"dy")
                peer.recv(1)  # to close would send what is held back
        port = InPieces().port
        transfers = []
        for _ in range(10):
            result = result_of("http", f"http://127.0.0.1:{port}/")
            self.assertEqual(result["verdict"], "pass", result)
            transfers.append(sum(phase["seconds"] for phase in result["phases"] if phase["phase"] == "transfer"))
        # The machine may be busy; the kernel's delay would be in each of them.
        self.assertLess(min(transfers), 0.005)


if __name__ == "__main__":
    unittest.main()
