"""Clients that do what they should not: they may stop or fill neither the agent nor its other clients."""

import base64
import crypt
import os
import resource
import select
import signal
import socket
import threading
import time
import unittest
import warnings

from tests.e2e.hostile.memory import resident
from tests.e2e.hostile.running import raise_descriptor_limit
from tests.e2e.support import VEDETTE, Workspace, get, value, wait_for

ANSWER = 5         # seconds in which a good request is answered, whatever others do
MANY_CHECKS = 5000
IDLE = 4500        # connections; more than the server keeps
SLOW_READERS = 60
MORE_MEGABYTES = 300


def configuration(checks, target="127.0.0.1:1"):
    """Checks that hardly ever run."""
    return "checks:\n" + "".join(f"- {{name: c-{i}, kind: tcp, target: '{target}', interval: 1h, labels: {{n: '{i}'}}}}\n" for i in range(checks))


def request(agent, text, seconds=ANSWER):
    """What the agent says to these bytes, or b"" when it closes or waits."""
    host, port = agent.url[7:].split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as client:
        try:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            out = b""
            while part := client.recv(65536):
                out += part
            return out
        except OSError:
            return b""


def status(agent, path, method="GET", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    if "Host" not in headers:
        lines += "Host: localhost\r\n"
    answer = request(agent, f"{method} {path} HTTP/1.1\r\n{lines}Content-Length: 0\r\nConnection: close\r\n\r\n".encode(), 20)
    return int(answer.split(b" ")[1]) if answer else None


class Clients(unittest.TestCase):
    def setUp(self):
        raise_descriptor_limit()
        self.work = self.enterContext(Workspace())

    def assert_answers(self, agent, seconds=ANSWER):
        began = time.monotonic()
        self.assertEqual(get(agent.url + "/-/healthy")[0], 200)
        self.assertLess(time.monotonic() - began, seconds)

    def connect(self, agent, count, text=b""):
        host, port = agent.url[7:].split(":")
        out = []
        for _ in range(count):
            client = socket.socket()
            self.addCleanup(client.close)
            client.settimeout(ANSWER)
            client.connect((host, int(port)))
            client.sendall(text)
            out.append(client)
        return out

    def test_idle_connections_make_room(self):
        if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2 * IDLE:
            self.skipTest("the limit of descriptors is too low")
        agent = self.work.agent(configuration(1))
        idle = self.connect(agent, IDLE)
        self.assert_answers(agent)
        self.assertIn("vedette_build_info", agent.page())
        closed = select.select(idle[:IDLE // 10], [], [], ANSWER)[0]
        self.assertTrue(closed, "the oldest connections were to be closed")

    def test_half_requests_hold_nobody_up(self):
        agent = self.work.agent(configuration(1))
        self.connect(agent, 500, b"GET /metrics HTTP/1.1\r\nHost: loc")
        self.connect(agent, 500, b"POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc")
        self.assert_answers(agent)

    def test_clients_that_do_not_read_share_one_page_and_are_cut(self):
        agent = self.work.agent(configuration(MANY_CHECKS))
        before = resident(agent.process.pid)
        clients = self.connect(agent, SLOW_READERS, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        most = 0
        for _ in range(8):
            most = max(most, resident(agent.process.pid))
            self.assert_answers(agent)
            time.sleep(0.5)
        self.assertLess(most, before + MORE_MEGABYTES)

        def is_cut(client):
            try:
                while client.recv(1 << 20):
                    pass
            except OSError:
                pass
            return True
        # What they have been sent lies in the kernel; behind it the connection has ended.
        wait_for(lambda: all(is_cut(client) for client in clients), "slow clients to be cut")

    def test_wrong_passwords_do_not_stop_who_is_known(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            hashed = crypt.crypt("right", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1 << 12))
        web = self.work.write("web.yml", f"basic_auth_users: {{prometheus: '{hashed}'}}\n")
        agent = self.work.agent(configuration(1), "--web.config.file", web)
        known = {"Authorization": "Basic " + base64.b64encode(b"prometheus:right").decode()}
        self.assertEqual(get(agent.url + "/metrics", known)[0], 200)
        ends, statuses = threading.Event(), []

        def guess(number):
            source = f"127.0.1.{number}"
            host, port = agent.url[7:].split(":")
            tries = 0
            while not ends.is_set():
                tries += 1
                pair = base64.b64encode(f"{'prometheus' if tries % 2 else 'nobody'}:{number}-{tries}".encode()).decode()
                with socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0)) as client:
                    client.sendall(f"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {pair}\r\nConnection: close\r\n\r\n".encode())
                    statuses.append(int(client.recv(4096).split(b" ")[1]))
        guessers = [threading.Thread(target=guess, args=(number,)) for number in range(1, 9)]
        for guesser in guessers:
            guesser.start()
        try:
            for _ in range(20):
                began = time.monotonic()
                self.assertEqual(get(agent.url + "/-/healthy", known)[0], 200)
                self.assertLess(time.monotonic() - began, ANSWER)
                time.sleep(0.1)
        finally:
            ends.set()
            for guesser in guessers:
                guesser.join()
        self.assertLessEqual(set(statuses), {401, 429})

    def test_odd_requests_do_no_harm(self):
        agent = self.work.agent(configuration(1))
        host = b"Host: localhost\r\n"
        get_ = b"GET /-/healthy HTTP/1.1\r\n" + host + b"\r\n"
        odd = {
            "smuggled by lengths": b"POST /-/reload HTTP/1.1\r\n" + host + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + get_,
            "two lengths": b"POST /-/reload HTTP/1.1\r\n" + host + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "chunk without number": b"POST /-/reload HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "chunk too large": b"POST /-/reload HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + b"a" * 200_000,
            "large headers": b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
            "many headers": b"GET / HTTP/1.1\r\n" + host + b"X: a\r\n" * 100_000 + b"\r\n",
            "long method": b"A" * 8192 + b" / HTTP/1.1\r\n" + host + b"\r\n",
            "http 0.9": b"GET /\r\n",
            "nul": b"GET /\0 HTTP/1.1\r\n" + host + b"\r\n",
            "bad escapes": b"GET /%zz%00%ff HTTP/1.1\r\n" + host + b"\r\n",
            "not a path": b"GET evil HTTP/1.1\r\n" + host + b"\r\n",
            "absolute": b"GET http://evil.example/config HTTP/1.1\r\n" + host + b"\r\n",
            "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 600,
            "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100,
            "large body": b"POST /-/reload HTTP/1.1\r\n" + host + b"Content-Length: 1000000000\r\n\r\n" + b"a" * 300_000,
            "nothing": b"",
            "pipeline": get_ * 1000,
        }
        for name, text in odd.items():
            with self.subTest(name):
                answer = request(agent, text)
                self.assertEqual(answer.count(b"HTTP/1.1 200"), {"pipeline": 1000}.get(name, answer.count(b"HTTP/1.1 200")))
                self.assert_answers(agent)
        last_chunk = self.connect(agent, 1, b"POST /-/reload HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n")[0]
        for byte in b"0\r\n\r\n":
            last_chunk.sendall(bytes([byte]))
            time.sleep(0.02)
        self.assertIn(b"200", last_chunk.recv(100))
        self.assertIsNone(agent.process.poll())

    def test_pages_of_other_sites_change_and_read_nothing(self):
        agent = self.work.agent(configuration(1), "--web.external-url", "https://status.example/", "--web.allowed-hosts", "a.example,*.mesh.example")
        run = "/api/v1/checks/c-0/run"
        for path in ("/-/reload", run):
            self.assertEqual(status(agent, path, "POST"), 200)
            self.assertEqual(status(agent, path, "POST", Origin="http://evil.example"), 403)
            self.assertEqual(status(agent, path, "POST", Origin="null"), 403)
            self.assertEqual(status(agent, path, "POST", Sec_Fetch_Site="cross-site"), 403)
            self.assertEqual(status(agent, path, "POST", Origin="http://localhost", Sec_Fetch_Site="same-origin"), 200)
        private = ("/", "/config", "/api/v1/checks", "/api/v1/checks/c-0", "/logs?id=1", "/nothing")
        for path in private:
            self.assertEqual(status(agent, path, Host="evil.example"), 403, path)
        self.assertEqual(status(agent, run, "POST", Host="evil.example"), 403)
        for path in ("/metrics", "/-/healthy", "/-/ready", "/probe?module=x&target=127.0.0.1:1"):
            self.assertNotEqual(status(agent, path, Host="evil.example"), 403, path)
        self.assertEqual(status(agent, "/-/reload", "POST", Host="evil.example"), 200)
        for host in ("127.0.0.1", "[::1]:9115", "localhost:9115", socket.gethostname(), "status.example", "a.example:1", "x.mesh.example"):
            self.assertEqual(status(agent, "/config", Host=host), 200, host)

    def test_a_body_is_as_long_for_us_as_for_a_proxy_before_us(self):
        """What one takes for data and the other for a request gets past whatever the proxy guards (CVE-2025-22871)."""
        agent = self.work.agent(configuration(1))
        post = b"POST /-/reload HTTP/1.1\r\nHost: localhost\r\n"
        second = b"GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
        bodies = {
            "a bare newline behind an extension": b"Transfer-Encoding: chunked\r\n\r\n2;x\nab\n0\n\n",
            "a bare newline behind data": b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\n0\r\n\r\n",
            "a bare newline at the end": b"Transfer-Encoding: chunked\r\n\r\n0\r\n\n",
            "blanks before a size": b"Transfer-Encoding: chunked\r\n\r\n 0\r\n\r\n",
            "another coding": b"Transfer-Encoding: gzip\r\n\r\n",
            "another coding behind chunks": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "another coding with a length": b"Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        }
        for name, body in bodies.items():
            with self.subTest(name):
                answer = request(agent, post + body + second)
                self.assertEqual(answer.count(b"HTTP/1.1 400"), 1, answer)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
        right = request(agent, post + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nT: u\r\n\r\n" + second)
        self.assertEqual(right.count(b"HTTP/1.1 200"), 2, right)

    def test_the_end_with_connections_that_wait(self):
        agent = self.work.agent(configuration(1))
        waiting = self.connect(agent, 3, b"GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for client in waiting:
            self.assertIn(b"200", client.recv(1000))
        self.connect(agent, 3, b"GET /metrics HTTP/1.1\r\nHost: loc")
        agent.signal()
        self.assertEqual(agent.process.wait(15), 0)

    def test_a_reload_while_the_agent_stops_changes_nothing(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        check = f"{{name: waits, kind: tcp, target: '127.0.0.1:{silent.getsockname()[1]}', interval: 5s, timeout: 3s, tcp: {{query_response: [{{expect: never}}]}}}}"
        agent = self.work.agent(f"agent: {{shutdown_grace: 10s}}\nchecks: [{check}]")
        self.addCleanup(silent.accept()[0].close)
        agent.signal()
        wait_for(lambda: status(agent, "/-/ready") == 503, "the agent to stop")
        agent.config.write_text("checks: []")
        agent.signal(signal.SIGHUP)
        self.assertIn(status(agent, "/-/reload", "POST"), (503, None))
        self.assertIn(status(agent, "/-/ready"), (503, None))
        self.assertEqual(agent.process.wait(10), 0)

    def test_many_hangups_and_then_the_end(self):
        agent = self.work.agent(configuration(MANY_CHECKS))
        for _ in range(20):
            agent.signal(signal.SIGHUP)
            time.sleep(0.05)
        agent.signal()
        self.assertEqual(agent.process.wait(15), 0)

    def test_a_log_that_nobody_reads_stops_no_check(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        config = self.work.write("log.yml", f"defaults: {{interval: 1s, timeout: 500ms}}\nchecks:\n" + "".join(
            f"- {{name: c-{i}, kind: tcp, target: '127.0.0.1:1', labels: {{n: '{i}'}}}}\n" for i in range(100)))
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        # A port of ours: the log, which would tell it, is not read.
        port = listener.getsockname()[1]
        listener.close()
        agent = self.work.process([VEDETTE, "agent", "--config.file", config, "--web.listen-address", f"127.0.0.1:{port}", "--log.runs"],
                                  stderr=writing)
        os.close(writing)
        url = f"http://127.0.0.1:{port}"

        def page():
            try:
                return get(url + "/metrics")[2]
            except OSError:
                return ""
        wait_for(lambda: (value(page(), "vedette_log_lines_dropped_total") or 0) > 0, "lines to be dropped")
        before = value(page(), "vedette_runs_total", verdict="fail")
        wait_for(lambda: value(page(), "vedette_runs_total", verdict="fail") > before + 200, "runs to go on")
        agent.terminate()
        self.assertEqual(agent.wait(15), 0)


if __name__ == "__main__":
    unittest.main()
