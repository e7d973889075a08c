import os
import signal
import socket
import unittest

from tests.e2e.support import Workspace, free_port, get, run, samples, value, wait_for


class RunningAgent(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.ca = self.work.authority()
        self.port, self.tls_port = free_port(), free_port()
        self.work.write("www/index.html", "fine")
        self.work.nginx(f"""
            server {{ listen 127.0.0.1:{self.port}; location /broken {{ return 503 "<b>no</b>"; }} }}
            server {{ listen 127.0.0.1:{self.tls_port} ssl http2; ssl_protocols TLSv1.3;
              ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key; }}""")

    def config(self, extra="", interval="300ms"):
        return f"""
agent: {{region: lab, labels: {{site: a}}, shutdown_grace: 2s}}
defaults: {{interval: {interval}, timeout: 250ms, labels: {{team: core}}}}
checks:
  - {{name: web, kind: http, target: "http://127.0.0.1:{self.port}/"}}
  - {{name: broken, kind: http, target: "http://127.0.0.1:{self.port}/broken"}}
  - name: secure
    kind: http
    target: https://127.0.0.1:{self.tls_port}/
    timeout: 200ms
    http: {{tls_config: {{ca_file: {self.ca}}}}}
  - {{name: port, kind: tcp, target: "127.0.0.1:{self.port}"}}
  - {{name: cheap, kind: http, metrics: basic, target: "https://127.0.0.1:{self.tls_port}/", http: {{tls_config: {{ca_file: {self.ca}}}}}}}
{extra}"""

    def test_results_become_series_in_both_formats(self):
        agent = self.work.agent(self.config())
        agent.wait_for("probe_success", 1, check="secure")
        agent.wait_for("probe_success", 0, check="broken")
        agent.wait_for("vedette_checks", 0, state="pending")
        page = agent.page()
        labels = dict(check="web", instance=f"http://127.0.0.1:{self.port}/", team="core", region="lab", site="a")
        self.assertEqual(value(page, "probe_http_status_code", **labels), 200)
        self.assertGreater(value(page, "probe_http_duration_seconds", phase="processing", **labels), 0)
        self.assertEqual(value(page, "vedette_check_failures_total", check="broken", reason="http_status") > 0, True)
        self.assertEqual(value(page, "probe_http_version", check="secure"), 2)
        status, headers, open_metrics = get(agent.url + "/metrics", {"Accept": "application/openmetrics-text;version=1.0.0",
                                                                     "Accept-Encoding": "gzip"})
        self.assertEqual(headers["Content-Encoding"], "gzip")
        self.assertTrue(headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"))
        self.assertTrue(open_metrics.endswith("# EOF\n"))
        # Families of the last run come and go with it; these are always there.
        lasting = lambda text: {n for n, _ in samples(text) if not n.startswith("probe_") or n == "probe_success"}
        self.assertEqual(lasting(page), lasting(open_metrics))

    def test_series_are_within_their_budget(self):
        agent = self.work.agent(self.config())
        for name in ("web", "broken", "secure", "port", "cheap"):
            agent.wait_for("probe_success", check=name)
        count = lambda name: sum(("check", name) in labels for _, labels in samples(agent.page()))
        self.assertLessEqual(count("secure"), 45)
        self.assertGreaterEqual(count("secure"), 40)
        self.assertLessEqual(count("broken"), 45)
        self.assertLessEqual(count("port"), 30)
        self.assertLessEqual(count("cheap"), 20)

    def test_a_reload_keeps_what_did_not_change(self):
        agent = self.work.agent(self.config())
        agent.wait_for("probe_success", 1, check="web")
        agent.wait_for("probe_success", check="port")
        before = value(agent.page(), "vedette_check_runs_total", check="web")
        agent.config.write_text(self.config().replace("name: port", "name: renamed"))
        status, _, _ = get(agent.url + "/-/reload", method="POST")
        self.assertEqual(status, 200)
        page = agent.page()
        self.assertGreaterEqual(value(page, "vedette_check_runs_total", check="web"), before)
        self.assertIsNone(value(page, "probe_success", check="port"))
        agent.wait_for("probe_success", check="renamed")
        self.assertEqual(value(agent.page(), "vedette_config_generation"), 2)

    def test_a_bad_file_changes_nothing_and_says_where_it_is_wrong(self):
        agent = self.work.agent(self.config())
        agent.wait_for("probe_success", 1, check="web")
        agent.config.write_text(self.config().replace("interval:", "intervall:"))
        status, _, body = get(agent.url + "/-/reload", method="POST")
        self.assertEqual(status, 500)
        self.assertIn("vedette.yml:3:", body)
        self.assertIn("did you mean interval?", body)
        self.assertEqual(value(agent.page(), "vedette_config_last_reload_successful"), 0)
        agent.signal(signal.SIGHUP)
        wait_for(lambda: agent.log().count("was not reloaded") == 2, "SIGHUP")
        self.assertEqual(value(agent.page(), "probe_success", check="web"), 1)
        agent.config.write_text(self.config())
        agent.signal(signal.SIGHUP)
        agent.wait_for("vedette_config_last_reload_successful", 1)

    def test_the_api_shows_and_runs_checks(self):
        agent = self.work.agent(self.config(interval="1h").replace("timeout: 200ms", "timeout: 5s").replace("timeout: 250ms", "timeout: 5s"))
        status, found = agent.api("")
        self.assertEqual(status, 200)
        self.assertEqual([c["check"] for c in found["checks"]], ["web", "broken", "secure", "port", "cheap"])
        status, found = agent.api("/broken/run", "POST")
        self.assertEqual(status, 200)
        self.assertEqual(found["results"][0]["reason"], "http_status")
        self.assertEqual(found["results"][0]["evidence"]["excerpt"], "<b>no</b>")
        self.assertEqual(value(agent.page(), "vedette_on_demand_runs_total"), 1)
        # A run on demand is no run of the schedule.
        self.assertEqual(value(agent.page(), "vedette_check_runs_total", check="broken"), 0)
        self.assertEqual(agent.api("/none/run", "POST")[0], 404)
        self.assertEqual(agent.api("/none")[0], 404)
        self.assertEqual(get(agent.url + "/api/v1/checks/broken/run")[0], 405)
        self.assertEqual(get(agent.url + "/-/reload")[0], 405)
        self.assertIn("<title>", get(agent.url + "/nothing")[2])
        self.assertEqual(get(agent.url + "/api/nothing")[0], 404)

    def test_the_api_keeps_the_last_failure_with_its_evidence(self):
        agent = self.work.agent(self.config())
        agent.wait_for("probe_success", 0, check="broken")
        failure = agent.api("/broken")[1]["instances"][0]["last_failure"]
        self.assertEqual(failure["evidence"]["facts"]["status"], 503)
        self.assertTrue(failure["evidence"]["log"])

    def test_on_demand_runs_have_a_budget(self):
        # A server that never answers: no run ends before the next one is asked for.
        silent = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.addCleanup(silent.close)
        targets = ", ".join(f"'http://127.0.0.1:{silent.getsockname()[1]}/{i}'" for i in range(20))
        config = self.config(f"  - {{name: many, kind: http, targets: [{targets}], interval: 1h, timeout: 2s}}")
        agent = self.work.agent(config.replace("{region: lab", "{limits: {on_demand: 8}, region: lab"))
        status, found = agent.api("/many/run", "POST")
        self.assertEqual(status, 200)
        self.assertGreater(len(found["results"]), 0)
        self.assertEqual(found["refused"] + len(found["results"]), 20)
        self.assertEqual(value(agent.page(), "vedette_on_demand_refused_total"), found["refused"])

    def test_the_status_page_escapes_what_targets_say(self):
        agent = self.work.agent(self.config())
        agent.wait_for("probe_success", 0, check="broken")
        agent.wait_for("probe_success", 1, check="web")
        status, headers, page = get(agent.url + "/")
        self.assertEqual(status, 200)
        self.assertIn("script-src 'sha256-", headers["Content-Security-Policy"])
        self.assertIn("http_status", page)
        self.assertIn("&lt;b&gt;no&lt;/b&gt;", page)
        self.assertNotIn("<b>no</b>", page)
        # What is wrong comes first.
        self.assertLess(page.index('data-state="fail" data-text'), page.index('data-state="pass" data-text'))
        self.assertNotRegex(page, r'(src|href)="https?://')

    def test_state_changes_are_logged_and_runs_on_request(self):
        agent = self.work.agent(self.config(), "--log.format", "json", "--log.runs")
        agent.wait_for("probe_success", 0, check="broken")
        wait_for(lambda: '"msg":"check changed state","check":"broken"' in agent.log(), "the change")
        wait_for(lambda: '"msg":"check ran"' in agent.log(), "a run")

    def test_sigterm_lets_runs_end_and_exits_with_0(self):
        slow = f"  - {{name: slow, kind: tcp, target: '127.0.0.1:{self.port}', interval: 1s, timeout: 900ms, tcp: {{query_response: [{{expect: never}}]}}}}"
        agent = self.work.agent(self.config(slow))
        agent.wait_for("probe_success", 1, check="web")
        self.assertEqual(get(agent.url + "/-/healthy")[0], 200)
        self.assertEqual(get(agent.url + "/-/ready")[0], 200)
        agent.signal()
        self.assertEqual(agent.process.wait(15), 0)
        self.assertIn("msg=stopped", agent.log())
        self.assertNotIn("reason=cancelled", agent.log())

    def test_a_start_that_cannot_succeed_says_why(self):
        self.assertEqual(run("agent", "--config.file", "/nonexistent.yml").returncode, 1)
        good = self.work.write("good.yml", self.config())
        busy = run("agent", "--config.file", good, "--web.listen-address", f"127.0.0.1:{self.port}")
        self.assertEqual(busy.returncode, 1)
        self.assertIn("cannot listen", busy.stderr)
        wrong = run("agent", "--config.file", good, "--web.listen-address", "nonsense")
        self.assertIn("is not an address to listen on", wrong.stderr)
        self.assertEqual(run("agent", "--config.file", good, "--config.check").returncode, 0)
        self.assertEqual(run("agent", "--config.file", good, "--log.level", "loud").returncode, 1)

    def test_secrets_appear_nowhere(self):
        os.environ["CANARY"] = "canary-secret-77"
        self.addCleanup(os.environ.pop, "CANARY")
        secret = f"  - {{name: s, kind: http, target: 'http://user:canary-secret-77@127.0.0.1:{self.port}/broken', http: {{headers: {{X-Key: '${{CANARY}}'}}}}}}"
        agent = self.work.agent(self.config(secret), "--log.level", "debug", "--log.runs")
        agent.wait_for("probe_success", 0, check="s")
        everything = [agent.page(), get(agent.url + "/")[2], get(agent.url + "/api/v1/checks")[2],
                      get(agent.url + "/api/v1/checks/s")[2], get(agent.url + "/api/v1/checks/s/run", method="POST")[2]]
        for text in everything:
            self.assertNotIn("canary-secret-77", text)
        self.assertIn("the target holds a password", agent.log())
        self.assertNotIn("canary-secret-77", agent.log())

    def test_requests_that_are_not_http_do_no_harm(self):
        agent = self.work.agent(self.config())
        host, port = agent.url[7:].split(":")
        for garbage in (b"\x16\x03\x01\x00\xa5", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100000):
            with socket.create_connection((host, int(port)), timeout=10) as client:
                try:
                    client.sendall(garbage)
                    client.shutdown(socket.SHUT_WR)
                    client.recv(1000)
                except OSError:
                    pass
        self.assertEqual(get(agent.url + "/-/healthy")[0], 200)


if __name__ == "__main__":
    unittest.main()
