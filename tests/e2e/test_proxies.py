"""HTTP checks through real proxies: tinyproxy and microsocks."""

import json
import subprocess
import unittest

from tests.e2e.support import Workspace, free_port, listens, run, wait_for


class Proxies(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.ca = self.work.authority()
        self.plain, self.secure = free_port(), free_port()
        self.work.nginx(f"""
            ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key;
            server {{ listen 127.0.0.1:{self.plain}; location / {{ return 200 "from $remote_addr"; }} }}
            server {{ listen 127.0.0.1:{self.secure} ssl http2; location / {{ return 200 hello; }} }}""")

    def check(self, url, proxy, *settings):
        more = [part for setting in settings for part in ("--set", setting)]
        out = run("http", url, "-4", "--ca-file", self.ca, "--set", f"proxy_url={proxy}", *more, "--output", "json").stdout
        return json.loads(out)[0]

    def targets(self):
        return f"http://localhost:{self.plain}/", f"https://localhost:{self.secure}/"

    def test_tinyproxy(self):
        port = free_port()
        config = self.work.write("tinyproxy.conf", f"Port {port}\nListen 127.0.0.1\nTimeout 10\nBasicAuth user pass\nDisableViaHeader Yes\n")
        self.work.process(["tinyproxy", "-d", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "tinyproxy")
        for url in self.targets():
            with self.subTest(url=url):
                result = self.check(url, f"http://user:pass@127.0.0.1:{port}")
                self.assertEqual(result["verdict"], "pass", result["message"])
                self.assertEqual(self.check(url, f"http://user:pass@127.0.0.1:{port}", "skip_resolve_phase_with_proxy=true")["verdict"],
                                 "pass")
        self.assertEqual(result["evidence"]["facts"]["http_version"], "2")
        self.assertEqual([p["phase"] for p in result["phases"]], ["resolve", "connect", "tls", "processing", "transfer"])
        refused = self.check(self.targets()[1], f"http://user:wrong@127.0.0.1:{port}")
        self.assertEqual(refused["reason"], "http_proxy")
        self.assertNotIn("wrong", json.dumps(refused))

    def test_a_proxy_over_tls(self):
        plain, port = free_port(), free_port()
        config = self.work.write("tinyproxy.conf", f"Port {plain}\nListen 127.0.0.1\nTimeout 10\nDisableViaHeader Yes\n")
        self.work.process(["tinyproxy", "-d", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        leaf = self.work.folder / "leaf"
        self.work.process(["socat", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,verify=0,cert={leaf}.pem,key={leaf}.key",
                           f"TCP:127.0.0.1:{plain}"], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(plain) and listens(port), "tinyproxy behind TLS")
        for url in self.targets():
            with self.subTest(url=url):
                result = self.check(url, f"https://localhost:{port}")
                self.assertEqual(result["verdict"], "pass", result["message"])
        # The certificate of the server, not that of the proxy, is the result's; TLS goes through TLS.
        self.assertEqual(result["evidence"]["facts"]["http_version"], "2")
        self.assertGreater(result["phases"][1]["seconds"], 0)
        refused = self.check(self.targets()[0], f"https://localhost:{port}", f"tls_config={{ca_file: {self.ca}, server_name: other.example}}")
        self.assertEqual(refused["reason"], "http_proxy", refused["message"])
        self.assertIn("the certificate is not for other.example", refused["message"])

    def test_microsocks(self):
        port = free_port()
        self.work.process(["microsocks", "-i", "127.0.0.1", "-p", str(port), "-u", "user", "-P", "pass"], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "microsocks")
        for scheme in ("socks5", "socks5h"):
            for url in self.targets():
                with self.subTest(scheme=scheme, url=url):
                    result = self.check(url, f"{scheme}://user:pass@127.0.0.1:{port}")
                    self.assertEqual(result["verdict"], "pass", result["message"])
        refused = self.check(self.targets()[0], f"socks5://user:wrong@127.0.0.1:{port}")
        self.assertEqual(refused["reason"], "http_proxy")
        self.assertIn("refused name and password", refused["message"])
        self.assertEqual(self.check(self.targets()[0], f"socks5://127.0.0.1:{port}")["reason"], "http_proxy")
        closed = self.check(f"http://127.0.0.1:{free_port()}/", f"socks5://user:pass@127.0.0.1:{port}")
        self.assertEqual(closed["reason"], "http_proxy")
        self.assertIn("refused", closed["message"])


if __name__ == "__main__":
    unittest.main()
