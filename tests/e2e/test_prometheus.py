"""A real Prometheus scrapes the agent; promtool reads its page."""

import json
import os
import subprocess
import unittest
import urllib.parse

from tests.e2e.support import Workspace, free_port, get, samples, wait_for

SCRAPES = int(os.environ.get("SCRAPES", "60"))  # one a second: a minute


class Prometheus(unittest.TestCase):
    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.port = free_port()
        self.work.nginx(f"server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 hi; }} location /b {{ return 500; }} }}")
        self.agent = self.work.agent(f"""
defaults: {{interval: 500ms, timeout: 400ms}}
checks:
  - {{name: web, kind: http, targets: ["http://127.0.0.1:{self.port}/", "http://127.0.0.1:{self.port}/b"]}}
  - {{name: port, kind: tcp, target: "127.0.0.1:{self.port}"}}
  - {{name: nobody, kind: dns, target: "127.0.0.1:{free_port()}", dns: {{query_name: example.org}}}}
""")
        for name in ("web", "port", "nobody"):
            self.agent.wait_for("probe_success", check=name)

    def test_promtool_has_nothing_to_say(self):
        result = subprocess.run(["promtool", "check", "metrics"], input=self.agent.page(), capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_every_sample_is_ingested(self):
        target = self.agent.url[7:]
        config = self.work.write("prometheus.yml", f"""
global: {{scrape_interval: 1s}}
scrape_configs:
  - {{job_name: vedette, honor_labels: true, static_configs: [{{targets: ["{target}"]}}]}}
""")
        subprocess.run(["promtool", "check", "config", config], check=True, capture_output=True)
        port = free_port()
        self.work.process(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.work.folder}/data",
                           f"--web.listen-address=127.0.0.1:{port}"], stderr=(self.work.folder / "prometheus.log").open("w"))
        api = f"http://127.0.0.1:{port}/api/v1/query?query="

        def query(expression):
            try:
                return json.loads(get(api + urllib.parse.quote(expression))[2])["data"]["result"]
            except (OSError, KeyError, ValueError):
                return []
        wait_for(lambda: query("count_over_time(up[10m])") and
                 float(query("count_over_time(up[10m])")[0]["value"][1]) >= SCRAPES, "the scrapes",
                 patience=4 * SCRAPES)
        self.assertEqual(float(query("min_over_time(up[10m])")[0]["value"][1]), 1)
        scraped = float(query("scrape_samples_scraped")[0]["value"][1])
        kept = float(query("scrape_samples_post_metric_relabeling")[0]["value"][1])
        self.assertEqual(scraped, kept)
        self.assertEqual(scraped, len(samples(self.agent.page())))
        for reason in ("scrape_samples_out_of_order", "target_scrapes_sample_duplicate_timestamp", "target_scrapes_sample_out_of_bounds",
                       "target_scrapes_sample_out_of_order"):
            page = get(f"http://127.0.0.1:{port}/metrics")[2]
            for line in page.splitlines():
                if line.startswith(f"prometheus_{reason}_total "):
                    self.assertEqual(line.split()[1], "0")
        # `instance` is the target of the check, as honor_labels keeps it.
        found = query('probe_success{check="web"}')
        self.assertEqual({f["metric"]["instance"]: f["value"][1] for f in found},
                         {f"http://127.0.0.1:{self.port}/": "1", f"http://127.0.0.1:{self.port}/b": "0"})
        rate = query('sum by (reason) (increase(vedette_check_failures_total{check="web"}[1m])) > 0')
        self.assertEqual([r["metric"]["reason"] for r in rate], ["http_status"])
        self.assertTrue(query('histogram_quantile(0.9, rate(vedette_check_duration_seconds_bucket{check="port"}[1m])) > 0'))
        self.assertNotIn("level=warn", (self.work.folder / "prometheus.log").read_text().replace("level=warn component=web", ""))

    def test_the_readme_s_scrape_configuration_is_valid(self):
        for page in ("README.md", "docs/deployment.md"):
            with open(page) as text:
                block = next(b.split("```")[0] for b in text.read().split("```yaml\n") if b.startswith("scrape_configs:"))
            path = self.work.write("readme.yml", block)
            subprocess.run(["promtool", "check", "config", path], check=True, capture_output=True)


if __name__ == "__main__":
    unittest.main()
