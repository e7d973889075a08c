"""From blackbox_exporter to Vedette: one Prometheus that scrapes both answers common alerts the same, and its jobs become checks."""

import json
import subprocess
import unittest
import urllib.parse
import urllib.request

from tests.e2e.support import Workspace, free_port, get, listens, run, wait_for

PEER = "/usr/bin/prometheus-blackbox-exporter"
# As dashboards and alert rules write them; what depends on the moment is rounded.
EXPRESSIONS = [
    "probe_success",
    "probe_success == 0",
    "avg by (instance) (probe_success)",
    "probe_http_status_code",
    "probe_http_status_code <= 199 or probe_http_status_code >= 400",
    "round((probe_ssl_earliest_cert_expiry - time()) / 86400)",
    "round((last_over_time(probe_ssl_earliest_cert_expiry[1m]) - time()) / 86400) < 30",
    "probe_http_ssl == 1",
    "probe_http_redirects",
    "count by (instance) (probe_http_duration_seconds)",
    "sum by (instance) (probe_http_duration_seconds) < bool 1",
    "probe_duration_seconds < bool 1",
    "probe_ip_protocol",
    "probe_failed_due_to_regex",
    "count_values by (version) (\"v\", probe_tls_version_info)",
    "probe_http_content_length",
    "max_over_time(probe_success[10s])",
]


class Switch(unittest.TestCase):
    def setUp(self):
        self.work = work = self.enterContext(Workspace())
        self.web, self.tls, self.peer, self.prometheus = (free_port() for _ in range(4))
        ca = work.authority()
        work.nginx(f"""
            server {{ listen 127.0.0.1:{self.web}; location / {{ return 200 hello; }} location /gone {{ return 410; }}
              location /away {{ return 302 /; }} }}
            server {{ listen 127.0.0.1:{self.tls} ssl; ssl_protocols TLSv1.3; ssl_certificate @FOLDER@/leaf.pem;
              ssl_certificate_key @FOLDER@/leaf.key; location / {{ return 200 hello; }} }}""")
        self.blackbox = work.write("blackbox.yml", f"""
modules:
  http_2xx: {{prober: http, http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ca}}}}}}}
  tcp_connect: {{prober: tcp, timeout: 3s, tcp: {{preferred_ip_protocol: ip4}}}}
""")
        self.targets = [f"http://127.0.0.1:{self.web}/{path}" for path in ("", "gone", "away")] + [
            f"https://127.0.0.1:{self.tls}/", "http://127.0.0.1:1/", "http://name.invalid/"]

    def jobs(self, name, port):
        relabel = f"""
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: '127.0.0.1:{port}'}}"""
        return f"""
  - job_name: {name}
    metrics_path: /probe
    params: {{module: [http_2xx]}}
    static_configs:
      - {{targets: {json.dumps(self.targets)}, labels: {{team: shop}}}}{relabel}
  - job_name: {name}-tcp
    metrics_path: /probe
    params: {{module: [tcp_connect]}}
    file_sd_configs: [{{files: [targets/*.json]}}]{relabel}"""

    def query(self, expression, job):
        url = f"http://127.0.0.1:{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        status, _, text = get(url)
        # It listens before its storage is open, and answers 503 until then.
        found = json.loads(text)["data"]["result"] if status == 200 else []
        out = {}
        for sample in found:
            labels = {k: v for k, v in sample["metric"].items() if k != "job"}
            out[json.dumps(labels, sort_keys=True)] = sample["value"][1]
        return out

    def test_a_prometheus_that_scrapes_both_sees_the_same(self):
        self.work.process([PEER, f"--config.file={self.blackbox}", f"--web.listen-address=127.0.0.1:{self.peer}", "--log.level=error"],
                          stderr=subprocess.DEVNULL)
        agent = self.work.agent(self.blackbox)
        wait_for(lambda: listens(self.peer), "blackbox_exporter")
        self.work.write("targets/a.json", json.dumps([{"targets": [f"127.0.0.1:{self.web}"], "labels": {"team": "net"}}]))
        ours = int(agent.url.rsplit(":", 1)[1])
        answers = []
        # One after the other, so that each expression has one answer; the labels are the same.
        # With native histograms Prometheus asks for protobuf.
        for name, port, flags in (("theirs", self.peer, []), ("ours", ours, []), ("protobuf", ours, ["--enable-feature=native-histograms"])):
            config = self.work.write(f"{name}.yml", "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:" + self.jobs(name, port))
            prometheus = self.work.process(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.work.folder}/{name}",
                                            f"--web.listen-address=127.0.0.1:{self.prometheus}", "--log.level=error", *flags],
                                           stderr=subprocess.DEVNULL)
            wait_for(lambda: listens(self.prometheus), "Prometheus")
            wait_for(lambda n=name: len(self.query("probe_success", n)) == 7, "all targets")
            answers.append({text: self.query(text, name) for text in EXPRESSIONS})
            prometheus.terminate()
            prometheus.wait(20)
        protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
        request = urllib.request.Request(f"{agent.url}/probe?target=x", headers={"Accept": protobuf + ",text/plain;version=0.0.4;q=0.5"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertTrue(answer.headers["Content-Type"].startswith("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily"))
        for text, number in [(text, number) for text in EXPRESSIONS for number in (1, 2)]:
            with self.subTest(expression=text, answers=number):
                theirs, ours = answers[0][text], answers[number][text]
                if text == "probe_failed_due_to_regex":
                    # Since 0.28 there is none before a connection has been made.
                    theirs = {k: v for k, v in theirs.items() if k in ours}
                self.assertEqual(ours, theirs)
                self.assertTrue(ours, "the expression has no answer")

    def test_jobs_become_checks(self):
        self.work.write("targets/a.json", json.dumps([{"targets": ["a.example:25", "b.example:25"], "labels": {"team": "mail"}}]))
        prometheus = self.work.write("prometheus.yml", "global: {scrape_interval: 20s}\nscrape_configs:" + self.jobs("web", 9115) + """
  - job_name: node
    static_configs: [{targets: [localhost:9100]}]
  - job_name: more
    metrics_path: /probe
    params: {module: [none], hostname: [x]}
    kubernetes_sd_configs: [{role: pod}]
    relabel_configs: [{source_labels: [__meta_x], regex: yes, action: keep}]
    static_configs: [{targets: [c.example]}]
""")
        out = run("import", "prometheus", prometheus, "--blackbox", self.blackbox)
        self.assertEqual(out.returncode, 1, out.stderr)
        for message in ("job node does not scrape /probe", "targets of kubernetes_sd_configs were left out", "were read now", "2 checks with 8 targets"):
            self.assertIn(message, out.stderr)
        # It loads, and the checks are Prometheus' jobs.
        made = self.work.write("vedette.yml", out.stdout)
        checked = run("validate", made)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("8 checks", checked.stdout)
        for part in ("interval: 20s", 'name: "web"', 'name: "web-tcp"', 'team: "mail"', 'job: "web"', "timeout: 9s500ms"):
            self.assertIn(part, out.stdout)
        self.assertEqual(run("import", "prometheus", "/none.yml", "--blackbox", self.blackbox).returncode, 2)


if __name__ == "__main__":
    unittest.main()
