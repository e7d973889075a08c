"""Where the agent lets /probe connect to."""

import re
import unittest
import urllib.parse
from pathlib import Path

from tests.e2e.support import Workspace, free_port, get, samples
from tests.lint.layers import ROOMS


class Paths(unittest.TestCase):
    def test_every_path_that_connects_asks_the_policy(self):
        """The calls to the kernel that connect: those of runs are in Socket, which asks."""
        root = Path(__file__).resolve().parents[2]
        call = re.compile(r"(?<!\w)::connect\(|(?<!\w)::sendto\(|async_connect\(")
        found = {}
        for room in ROOMS:
            for file in (root / room).rglob("*.?pp"):
                if calls := call.findall(file.read_text()):
                    found[str(file.relative_to(root))] = len(calls)
        self.assertEqual(found, {
            "net/io/socket.cpp": 3,         # a run's connection, its Unix socket, and a UDP socket that is disconnected
            "net/names/ares_resolver.cpp": 1,  # to the servers of resolv.conf, and those of `resolver:`, for which it asks
            "net/io/clock.cpp": 1,          # of the program to itself, to see whether the kernel stamps
        })


class Egress(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.port, self.other = free_port(), free_port()
        self.work.nginx(f"""
            server {{ listen 127.0.0.1:{self.port}; listen unix:@FOLDER@/web.sock; location / {{ return 200; }}
              location /metadata {{ return 302 http://169.254.169.254/latest/meta-data/; }}
              location /other {{ return 302 http://127.0.0.1:{self.other}/; }} }}
            server {{ listen 127.0.0.1:{self.other}; location / {{ return 200; }} }}""")

    def agent(self, agent):
        return self.work.agent(f"agent: {agent}\n" + """
modules:
  http_2xx: {prober: http, timeout: 2s, http: {preferred_ip_protocol: ip4}}
  tcp: {prober: tcp, timeout: 2s, tcp: {preferred_ip_protocol: ip4}}
  dns: {prober: dns, timeout: 2s, dns: {query_name: a.example, preferred_ip_protocol: ip4}}
  icmp: {prober: icmp, timeout: 2s, icmp: {preferred_ip_protocol: ip4}}
  grpc: {prober: grpc, timeout: 2s, grpc: {preferred_ip_protocol: ip4}}
  websocket: {prober: websocket, timeout: 2s, websocket: {preferred_ip_protocol: ip4}}
  unix: {prober: unix, timeout: 2s}
""")

    def reason(self, agent, module, target):
        status, _, page = get(f"{agent.url}/probe?" + urllib.parse.urlencode({"module": module, "target": target}))
        if status != 200:
            return status
        return ([dict(labels)["reason"] for name, labels in samples(page) if name == "vedette_probe_reason"] or ["none"])[0]

    def test_metadata_is_denied_by_default_also_behind_a_redirect(self):
        agent = self.agent("{}")
        base = f"http://127.0.0.1:{self.port}"
        self.assertEqual(self.reason(agent, "http_2xx", base), "none")
        for module, target in (("http_2xx", "http://169.254.169.254/"), ("http_2xx", base + "/metadata"), ("tcp", "169.254.169.254:80"),
                               ("http_2xx", "http://[::ffff:169.254.169.254]/"), ("http_2xx", "http://metadata.google.internal/"),
                               ("dns", "169.254.169.253"), ("icmp", "169.254.1.1"), ("grpc", "169.254.169.254:80"),
                               ("websocket", "ws://169.254.169.254/")):
            with self.subTest(target=target, module=module):
                self.assertEqual(self.reason(agent, module, target), "egress_denied")
        self.assertIn("audit: a connection was refused by agent.egress", agent.log())
        self.assertIn("169.254.0.0/16", agent.log())

    def test_lists(self):
        agent = self.agent(f"{{egress: {{allow: {{ports: ['{self.port}'], sockets: [/run/*]}}, deny: {{names: [localhost], networks: [127.0.0.2]}}}}}}")
        base = f"http://127.0.0.1:{self.port}"
        self.assertEqual(self.reason(agent, "http_2xx", base), "none")
        for module, target in (("http_2xx", base + "/other"), ("http_2xx", f"http://127.0.0.1:{self.other}/"),
                               ("http_2xx", f"http://localhost:{self.port}/"), ("tcp", f"127.0.0.2:{self.port}"),
                               ("unix", f"{self.work.folder}/web.sock"), ("dns", "127.0.0.1")):
            with self.subTest(target=target, module=module):
                self.assertEqual(self.reason(agent, module, target), "egress_denied")
        # A reload changes it for what runs from then on.
        agent.config.write_text(agent.config.read_text().replace("localhost", "other.example"))
        self.assertEqual(get(agent.url + "/-/reload", method="POST")[0], 200)
        self.assertEqual(self.reason(agent, "http_2xx", f"http://localhost:{self.port}/"), "none")

    def test_targets_of_a_module(self):
        agent = self.agent(f"{{probe_targets: {{http_2xx: ['http://127\\.0\\.0\\.1:{self.port}/.*']}}}}")
        self.assertEqual(self.reason(agent, "http_2xx", f"http://127.0.0.1:{self.port}/x"), "none")
        self.assertEqual(self.reason(agent, "http_2xx", f"http://127.0.0.1:{self.other}/"), 403)
        self.assertEqual(self.reason(agent, "http_2xx", f"http://evil/?http://127.0.0.1:{self.port}/"), 403)
        self.assertEqual(self.reason(agent, "tcp", f"127.0.0.1:{self.other}"), "none")
        self.assertIn("audit: a probe was refused by agent.probe_targets", agent.log())


if __name__ == "__main__":
    unittest.main()
