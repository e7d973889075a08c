import json
import os
import signal
import socket
import subprocess
import threading
import unittest
import xml.etree.ElementTree

from tests.e2e.support import VEDETTE, Workspace, free_port, run


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.port = free_port()
        self.work.nginx(f"server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 'hello'; }}"
                        "location /broken { return 503 'no'; } }")
        self.url = f"http://127.0.0.1:{self.port}"

    def config(self):
        return self.work.write("c.yml", f"""
checks:
  - {{name: good, kind: http, target: "{self.url}/"}}
  - {{name: good-too, kind: tcp, target: "127.0.0.1:{self.port}"}}
  - {{name: bad, kind: http, target: "{self.url}/broken"}}
  - {{name: blind, kind: http, target: "{self.url}/", http: {{body_file: /nonexistent}}}}
""")

    def test_lines_that_must_hold(self):
        self.assertEqual(run("http", self.url, "--assert", 'body == "hello"', "--assert", "status == 200").returncode, 0)
        self.assertEqual(run("http", self.url + "/broken", "--assert", "status == 503").returncode, 0)
        fails = run("http", self.url, "--assert", 'body contains "a # b: c"')
        self.assertEqual(fails.returncode, 1)
        self.assertIn('body contains "a # b: c": it is string <hello>, expected contains string <a # b: c>', fails.stdout)
        wrong = run("http", self.url, "--assert", "status = 200")
        self.assertEqual((wrong.returncode, wrong.stderr), (2, "vedette: expected a predicate\n  in: status = 200\n  hint: did you mean ==?\n"))
        self.assertEqual(run("tcp", f"127.0.0.1:{self.port}", "--assert", 'ip == "127.0.0.1"').returncode, 0)

    def test_exit_codes_say_what_happened(self):
        self.assertEqual(run("http", self.url).returncode, 0)
        self.assertEqual(run("http", self.url + "/broken").returncode, 1)
        self.assertEqual(run("http").returncode, 2)
        self.assertEqual(run("http", "ftp://x/").returncode, 2)
        self.assertEqual(run("http", self.url, "--set", "nonsense=1").returncode, 2)
        self.assertEqual(run("http", self.url, "--source", "192.0.2.1").returncode, 3)
        self.assertEqual(run("nonsense").returncode, 2)
        self.assertEqual(run("--help").returncode, 0)
        self.assertIn("vedette 0.", run("--version").stdout)

    def test_configured_checks_run_by_name_and_pattern(self):
        config = self.config()
        self.assertEqual(run("check", "--config.file", config, "good*").returncode, 0)
        bad = run("check", "--config.file", config, "good", "bad")
        self.assertEqual(bad.returncode, 1)
        self.assertIn("http_status: status 503, expected 200 to 299", bad.stdout)
        self.assertIn("2 checks: 1 pass, 1 fail", bad.stdout)
        self.assertEqual(run("check", "--config.file", config, "blind").returncode, 3)
        missing = run("check", "--config.file", config, "no-such")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("is called no-such", missing.stderr)

    def test_output_is_plain_in_a_pipe(self):
        self.assertNotIn("\033", run("http", self.url + "/broken").stdout)

    def test_sockets_of_dns_checks_are_used_again_with_other_ports(self):
        """A reply that comes too late for its run must not reach the next one, on the same socket."""
        server = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        server.bind(("127.0.0.1", 0))
        late = threading.Event()

        def answer():
            waiting = []
            while not late.is_set():
                server.settimeout(0.1)
                try:
                    query, peer = server.recvfrom(512)
                except TimeoutError:
                    continue
                # Answers go out when the next query has come, which is after their run's end.
                for old, to in waiting:
                    server.sendto(old[:2] + b"\x84\x00" + old[4:], to)
                waiting = [(query, peer)]

        thread = threading.Thread(target=answer)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(late.set)
        out = run("dns", "late.example", f"@127.0.0.1:{server.getsockname()[1]}", "--repeat", "5", "--timeout", "200ms", "--output", "jsonl")
        rows = [json.loads(line) for line in out.stdout.splitlines()]
        self.assertEqual([row["reason"] for row in rows], ["timeout_request"] * 5)
        self.assertEqual(len({row["local_port"] for row in rows}), 5)

    def test_repeated_runs_print_what_they_have_in_common(self):
        text = run("http", self.url, "--repeat", "50", "--concurrency", "5")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("50 runs in", text.stdout)
        self.assertIn("50 pass", text.stdout)
        for row in ("connect", "processing", "duration", "overhead"):
            self.assertRegex(text.stdout, rf"(?m)^  {row} .*s")
        bad = run("http", self.url + "/broken", "--repeat", "3")
        self.assertEqual(bad.returncode, 1)
        self.assertIn("3 http_status: status 503", bad.stdout)
        numbers = json.loads(run("tcp", f"127.0.0.1:{self.port}", "--repeat", "20", "--output", "json").stdout)
        self.assertEqual(numbers["runs"], 20)
        self.assertEqual(numbers["phases_seconds"]["connect"]["count"], 20)
        self.assertLessEqual(numbers["duration_seconds"]["p50"], numbers["duration_seconds"]["p99"])

    def test_every_run_is_a_line(self):
        out = run("http", self.url + "/?n={run}", "--repeat", "7", "--concurrency", "3", "--output", "jsonl")
        lines = [json.loads(line) for line in out.stdout.splitlines()]
        self.assertEqual({line["instance"] for line in lines}, {f"{self.url}/?n={n}" for n in range(7)})
        for line in lines:
            self.assertEqual((line["verdict"], line["reason"], line["disturbed"]), ("pass", "none", "none"))
            self.assertAlmostEqual(sum(line["phases"].values()), line["duration_seconds"], places=7)
            self.assertGreater(line["local_port"], 0)
            self.assertRegex(line["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
        configured = run("check", "--config.file", self.config(), "good*", "--repeat", "2", "--output", "jsonl")
        self.assertEqual(sorted(json.loads(line)["check"] for line in configured.stdout.splitlines()),
                         ["good", "good", "good-too", "good-too"])

    def test_a_rate_is_kept_and_what_exceeds_the_concurrency_is_skipped(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        out = run("http", f"http://127.0.0.1:{silent.getsockname()[1]}/", "--timeout", "2s", "--repeat", "10",
                  "--rate", "100", "--concurrency", "4", "--output", "json")
        numbers = json.loads(out.stdout)
        self.assertEqual((numbers["runs"], numbers["skipped"]), (4, 6))
        self.assertEqual(numbers["reasons"], {"timeout_processing": 4})

    def test_repetition_refuses_what_makes_no_sense(self):
        self.assertEqual(run("http", self.url, "--repeat", "0").returncode, 2)
        self.assertEqual(run("http", self.url, "--rate", "-1").returncode, 2)
        self.assertEqual(run("http", self.url, "--repeat", "2", "--output", "junit").returncode, 2)

    def test_json_holds_the_documented_fields(self):
        result = json.loads(run("http", self.url + "/broken", "--output", "json").stdout)[0]
        self.assertEqual(result["verdict"], "fail")
        self.assertEqual(result["reason"], "http_status")
        self.assertEqual(result["evidence"]["facts"]["status"], 503)
        self.assertEqual(result["evidence"]["excerpt"], "no")
        total = sum(part["seconds"] for part in result["phases"])
        self.assertAlmostEqual(total, result["duration_seconds"], places=9)
        with open("docs/results.md") as page:
            documented = page.read()
        for field in result:
            self.assertIn(f"`{field}`", documented)

    def test_junit_is_read_by_an_xml_parser(self):
        report = run("check", "--config.file", self.config(), "--output", "junit")
        suite = xml.etree.ElementTree.fromstring(report.stdout).find("testsuite")
        self.assertEqual(suite.get("tests"), "4")
        self.assertEqual(suite.get("failures"), "1")
        self.assertEqual(suite.get("errors"), "1")

    def test_validate_shows_every_mistake(self):
        bad = self.work.write("bad.yml", "checks:\n  - {name: a, knd: tcp, target: 'h'}\n  - {name: b, kind: tcp, target: h}\n")
        result = run("validate", bad)
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean kind?", result.stderr)
        self.assertIn(f"{bad}:3:", result.stderr)
        good = run("validate", self.config())
        self.assertEqual(good.returncode, 0)
        self.assertIn("valid, 4 checks", good.stdout)

    def test_flags_become_settings(self):
        self.assertEqual(run("http", self.url, "--match", "^hello$").returncode, 0)
        self.assertEqual(run("http", self.url, "--no-match", "hello").returncode, 1)
        self.assertEqual(run("http", self.url + "/broken", "--status", "503,504").returncode, 0)
        self.assertEqual(run("http", self.url, "--set", "fail_if_not_ssl=true").returncode, 1)
        self.assertEqual(run("http", self.url, "-H", "X-A: b", "-H", "X-C: d", "-X", "POST", "-d", "x").returncode, 0)
        self.assertEqual(run("http", self.url, "-6").returncode, 1)

    def test_headers_are_sent_as_they_are_given(self):
        def sent(*headers):
            heard = []
            with socket.create_server(("127.0.0.1", 0)) as server:
                def serve():
                    client, _ = server.accept()
                    heard.append(client.recv(4096).decode())
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    client.close()
                thread = threading.Thread(target=serve, daemon=True)
                thread.start()
                flags = [part for header in headers for part in ("-H", header)]
                self.assertEqual(run("http", f"http://127.0.0.1:{server.getsockname()[1]}/", *flags).returncode, 0)
                thread.join(5)
            return heard[0].lower()
        self.assertIn("x-empty: \r\n", sent("X-Empty:"))
        self.assertIn("x-a: 1\r\nx-a: 2\r\n", sent("X-A: 1", "x-a:2"))
        self.assertIn("host: shop.example\r\n", sent("Host: shop.example"))
        for wrong in ("nonsense", ": x", "a b: c"):
            self.assertEqual(run("http", self.url, "-H", wrong).returncode, 2, wrong)

    def test_ctrl_c_cancels_what_runs(self):
        config = self.work.write("slow.yml", "checks: [{name: slow, kind: tcp, target: '127.0.0.1:%d', timeout: 50s,"
                                 " tcp: {query_response: [{expect: never}]}}]" % self.port)
        process = subprocess.Popen([VEDETTE, "check", "--config.file", config], stdout=subprocess.PIPE, text=True)
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 3)
        self.assertIn("cancelled", out)

    def test_a_secret_is_taken_from_the_environment_and_shown_nowhere(self):
        config = self.work.write("s.yml", "checks: [{name: a, kind: http, target: '%s/broken', http: {bearer_token: '${CANARY}'}}]" % self.url)
        missing = run("check", "--config.file", config)
        self.assertEqual(missing.returncode, 2)
        for output in ("text", "json", "junit"):
            result = run("check", "--config.file", config, "--output", output, "--verbose", env={"CANARY": "canary-42x"})
            self.assertEqual(result.returncode, 1)
            self.assertNotIn("canary-42x", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
