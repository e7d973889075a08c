"""`vedette import prometheus`: what it writes probes what a real Prometheus with the same file scrapes, with the same modules, host names,
labels and times; or says what it left out."""

import json
import re
import subprocess
import unittest
import urllib.parse

from tests.e2e.support import Workspace, free_port, get, listens, run, wait_for

BLACKBOX = """
modules:
  http_2xx: {prober: http, timeout: 5s}
  http_slow: {prober: http, timeout: 30s}
  tcp_connect: {prober: tcp}
  icmp: {prober: icmp}
"""
USUAL = """
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: '127.0.0.1:1'}"""
# One job for each kind of rule. Prometheus says what becomes of each target.
JOBS = {
    "written_out": """
    params: {module: [http_2xx]}
    static_configs: [{targets: ["http://a.example"]}]
    relabel_configs:
      - {source_labels: [__address__], separator: ";", regex: (.*), target_label: __param_target, replacement: $1, action: replace}
      - {source_labels: [__param_target], separator: ";", regex: (.*), target_label: instance, replacement: $1, action: replace}
      - {separator: ";", regex: (.*), target_label: __address__, replacement: "127.0.0.1:1", action: replace}""",
    "modules_by_label": """
    params: {module: [http_2xx]}
    static_configs:
      - targets: ["http://a.example"]
      - {targets: ["b.example:22"], labels: {module: tcp_connect, team: net}}
    relabel_configs:
      - {source_labels: [module], target_label: __param_module}""" + USUAL,
    "kept_and_dropped": """
    static_configs: [{targets: ["http://a.example", "http://gone.example", "http://b.example:81"], labels: {env: live}}]
    relabel_configs:
      - {source_labels: [__address__], regex: '.*gone.*', action: Drop}
      - {source_labels: [env, __address__], separator: "@", regex: 'live@http://[ab].*', action: keep}""" + USUAL,
    "anchored": """
    static_configs: [{targets: ["http://gone.example", "gone"]}]
    relabel_configs:
      - {source_labels: [__address__], regex: gone, action: drop}""" + USUAL,
    "rewritten": """
    params: {module: [http_2xx]}
    static_configs: [{targets: [a.example, "b.example:8443"]}]
    relabel_configs:
      - {source_labels: [__address__], regex: '(?P<host>[^:]*)(:.*)?', replacement: 'https://${host}$2/health', target_label: __param_target}
      - {source_labels: [__address__], regex: '(.*)', replacement: '$1', target_label: __param_hostname}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: '127.0.0.1:1'}""",
    "short_names": """
    static_configs: [{targets: ["http://a.example"], labels: {instance: shop, check: x}}, {targets: ["http://b.example"]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {target_label: __address__, replacement: '127.0.0.1:1'}""",
    "of_labels": """
    static_configs: [{targets: ["http://a.example"], labels: {__meta_city: Paris, shard_a: x, tmp_b: y, Name: MiXed, keep: k}}]
    relabel_configs:
      - {regex: '__meta_(.+)', action: labelmap}
      - {regex: 'tmp_.*', action: labeldrop}
      - {regex: 'shard_(.*)', replacement: 'part_$1', action: labelmap}
      - {source_labels: [Name], target_label: low, action: lowercase}
      - {source_labels: [Name, keep], separator: '', target_label: up, action: uppercase}
      - {source_labels: [__address__], modulus: 7, target_label: mod, action: hashmod}
      - {source_labels: [keep], regex: (.*), replacement: '', target_label: keep}
      - {source_labels: [nothing], regex: (.+), replacement: z, target_label: never}
      - {source_labels: [Name], regex: '(M)iX(?P<rest>.*)', replacement: '$$-$1x-${1}x-$rest-${rest}-$9', target_label: expanded}
      - {source_labels: [Name], regex: '(M).*', replacement: v, target_label: 'named_$1'}""" + USUAL,
    "only_these": """
    static_configs: [{targets: ["http://a.example"], labels: {a: x, b: y}}]
    relabel_configs:""" + USUAL + """
      - {regex: '__.*|job|instance|a', action: labelkeep}""",
    "equal": """
    static_configs:
      - {targets: ["http://a.example"], labels: {a: x, b: x}}
      - {targets: ["http://b.example"], labels: {a: x, b: y}}
      - {targets: ["http://c.example"], labels: {a: y, b: y, c: y}}
    relabel_configs:
      - {source_labels: [a], target_label: b, action: keepequal}
      - {source_labels: [a], target_label: c, action: dropequal}""" + USUAL,
    "own_parameter": """
    params: {module: [tcp_connect, icmp], target: ["a.example:1", "b.example:1"], debug: ["true"], other: [x]}
    static_configs: [{targets: ["127.0.0.1:1"]}]""",
    "removed_parameter": """
    params: {module: [tcp_connect]}
    static_configs: [{targets: ["a.example:1"]}]
    relabel_configs:""" + USUAL + """
      - {regex: __param_module, action: labeldrop}""",
    "merged": """
    params: &p {module: [tcp_connect]}
    static_configs:
      - {targets: ["a.example:1"], labels: &lab {dc: x}}
      - {targets: ["b.example:1"], labels: {<<: *lab, role: ssh}}
    relabel_configs:""" + USUAL,
    "times": """
    scrape_interval: 20s
    params: {module: [http_slow]}
    static_configs: [{targets: ["http://a.example", "http://b.example"]}]
    relabel_configs:
      - {source_labels: [__address__], regex: .*b.example, target_label: __scrape_timeout__, replacement: 4s}
      - {source_labels: [__address__], regex: .*b.example, target_label: __scrape_interval__, replacement: 1m30s}""" + USUAL,
    "short_interval": """
    scrape_interval: 5s
    static_configs: [{targets: ["http://a.example"]}]
    relabel_configs:""" + USUAL,
    "of_files": """
    file_sd_configs: [{files: [targets/*.json]}]
    relabel_configs:
      - {source_labels: [__meta_filepath], regex: '.*/(.*).json', target_label: file}""" + USUAL,
    "path_by_rule": """
    metrics_path: /metrics
    static_configs: [{targets: ["http://a.example"]}, {targets: ["b.example:9100"], labels: {node: "1"}}]
    relabel_configs:
      - {source_labels: [node], regex: '', target_label: __metrics_path__, replacement: /a/probe}
      - {source_labels: [__metrics_path__, __address__], regex: '/a/probe;(.*)', target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: '127.0.0.1:1'}""",
}
OFFSET = 0.5  # seconds that blackbox_exporter takes off the scrape's timeout
MODULE_TIMEOUTS = {"http_2xx": 5, "http_slow": 30, "tcp_connect": None, "icmp": None}


def seconds(text):
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
    return round(sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|s|m|h|d)", text)), 3)


class Import(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.work = self.enterContext(Workspace())
        self.blackbox = self.work.write("blackbox.yml", BLACKBOX)

    def imported(self, text, name="prometheus.yml"):
        return run("import", "prometheus", self.work.write(name, text), "--blackbox", self.blackbox)

    def checks(self, out):
        """What the result holds, by its own words, once `validate` has taken it."""
        made = self.work.write("made.yml", out.stdout)
        checked = run("validate", made)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        import yaml
        return yaml.safe_load(out.stdout)["checks"] or []

    def job(self, name, body):
        path = "" if "metrics_path" in body else "\n    metrics_path: /probe"
        return f"\n  - job_name: {name}{path}{body}"

    def scraped(self, config):
        """(module, target, hostname, labels, interval, timeout of the probe) of each target of a Prometheus."""
        port = free_port()
        self.work.process(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.work.folder}/tsdb",
                           f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(port), "Prometheus")

        def targets():
            status, _, text = get(f"http://127.0.0.1:{port}/api/v1/targets?state=active")
            found = json.loads(text)["data"]["activeTargets"] if status == 200 else []
            pools = {target["scrapePool"] for target in found}
            return found if pools == set(JOBS) | {"of_a_file"} else None
        out = []
        for target in wait_for(targets, "targets of all jobs"):
            url = urllib.parse.urlsplit(target["scrapeUrl"])
            if not url.path.endswith("/probe"):
                continue
            parameter = urllib.parse.parse_qs(url.query)
            module = parameter.get("module", ["http_2xx"])[0]
            labels = dict(target["labels"])
            # Without a rule the instance is the exporter, which is of no use to anybody.
            if labels.get("instance") in (parameter["target"][0], "127.0.0.1:1"):
                del labels["instance"]
            labels = {"exported_" + name if name in ("instance", "check") else name: value for name, value in labels.items()}
            timeout = min(MODULE_TIMEOUTS[module] or 1e9, seconds(target["scrapeTimeout"]) - OFFSET)
            out.append((module, parameter["target"][0], parameter.get("hostname", [None])[0], json.dumps(labels, sort_keys=True),
                        seconds(target["scrapeInterval"]), timeout))
        return sorted(out, key=str)

    def test_it_probes_what_prometheus_scrapes(self):
        self.work.write("targets/web.json", json.dumps([{"targets": ["http://f.example"], "labels": {"team": "files"}}]))
        self.work.write("more/a.yml", "scrape_configs:" + self.job("of_a_file", """
    static_configs: [{targets: ["http://more.example"]}]
    relabel_configs:""" + USUAL))
        text = ("global: {scrape_interval: 15s}\nscrape_config_files: [more/*.yml]\nscrape_configs:"
                + "".join(self.job(name, body) for name, body in JOBS.items()))
        # Files of further jobs are younger than the Prometheus of Debian 12: it gets the same jobs in one file.
        whole = text.replace("scrape_config_files: [more/*.yml]\n", "") + self.job("of_a_file", """
    static_configs: [{targets: ["http://more.example"]}]
    relabel_configs:""" + USUAL)
        theirs = self.scraped(self.work.write("whole.yml", whole))
        out = self.imported(text)
        self.assertEqual(out.returncode, 0, out.stderr)
        ours = []
        for check in self.checks(out):
            labels = json.dumps(check["labels"], sort_keys=True)
            labels = labels.replace('"exported_instance": "127.0.0.1:1", ', "").replace('"exported_instance": "127.0.0.1:1"', "")
            timeout = seconds(check["timeout"]) if "timeout" in check else MODULE_TIMEOUTS[check["module"]]
            ours += [(check["module"], target, check.get("hostname"), labels, seconds(check["interval"]), timeout) for target in check["targets"]]
        self.assertEqual(sorted(ours, key=str), theirs)
        said = re.findall(r"warning: (.*)", out.stderr)
        self.assertEqual(sorted(said), sorted([
            "job short_names: the label check became exported_check", "job short_names: the label instance became exported_instance",
            f"job of_files: the targets of {self.work.folder}/targets/web.json were read now; later changes to it do not count"]))

    def test_one_check_for_targets_that_differ_in_nothing_else(self):
        checks = self.checks(self.imported("scrape_configs:" + self.job("web", """
    static_configs: [{targets: ["http://a.example", "http://b.example", "http://a.example"]}, {targets: ["http://c.example"], labels: {team: x}}]
    relabel_configs:""" + USUAL)))
        self.assertEqual([(check["name"], check["targets"]) for check in checks],
                         [("web", ["http://a.example", "http://b.example"]), ("web-2", ["http://c.example"])])

    def test_a_host_name_that_nobody_looks_at(self):
        checks = self.checks(self.imported("scrape_configs:" + self.job("pings", """
    params: {module: [icmp], hostname: [shop.example]}
    static_configs: [{targets: [a.example]}]
    relabel_configs:""" + USUAL)))
        self.assertEqual([(check["targets"], check.get("hostname")) for check in checks], [(["a.example"], None)])

    def test_defaults_of_yaml_are_read(self):
        out = self.imported("x: &usual {metrics_path: /probe, params: {module: [icmp]}}\nscrape_configs:\n  - job_name: a\n    <<: *usual"
                            "\n    static_configs: [{targets: [h]}]\n    relabel_configs:" + USUAL)
        self.assertEqual([check["module"] for check in self.checks(out)], ["icmp"])

    def test_what_prometheus_takes_as_well(self):
        self.work.write("none.json", "[]")
        out = self.imported("scrape_configs:\n  - job_name: a\n    metrics_path: probe\n    params: {module: [icmp]}"
                            "\n    file_sd_configs: [{files: [none.json]}]"
                            "\n    static_configs: [{targets: [h]}]\n    relabel_configs:" + USUAL)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual([check["targets"] for check in self.checks(out)], [["h"]])

    def test_what_cannot_be_said_is_left_out(self):
        for name, body, message in (
                ("no module", "\n    params: {module: [none]}\n    static_configs: [{targets: [a]}]\n    relabel_configs:" + USUAL,
                 "there is no module none in the file of --blackbox"),
                ("no target", "\n    static_configs: [{targets: [a]}]", "the exporter is sent no parameter target"),
                ("no such action", "\n    static_configs: [{targets: [a]}]\n    relabel_configs: [{action: dropp}]", "there is no action dropp"),
                ("no regex", "\n    static_configs: [{targets: [a]}]\n    relabel_configs: [{regex: '(', action: drop}]", "the regex is none"),
                ("no modulus", "\n    static_configs: [{targets: [a]}]\n    relabel_configs: [{action: hashmod, target_label: x}]", "hashmod needs a modulus"),
                ("no label", "\n    static_configs: [{targets: [a]}]\n    relabel_configs: [{source_labels: [x]}]", "replace needs a target_label"),
                ("discovery", "\n    kubernetes_sd_configs: [{role: pod}]", "targets of kubernetes_sd_configs were left out"),
                ("a mapping of targets", "\n    static_configs: [{targets: {a: b}}]", "targets must be a list of texts"),
                ("a text of labels", "\n    static_configs: [{targets: [a], labels: x}]", "labels must be a mapping"),
                ("a list of params", "\n    params: [a]", "params must be a mapping"),
                ("a text of a parameter", "\n    params: {module: icmp}", "the parameter module must be a list of texts"),
                ("a mapping of rules", "\n    relabel_configs: {a: b}", "relabel_configs must be a list of mappings"),
                ("a mapping of labels of a rule", "\n    relabel_configs: [{source_labels: {a: b}}]", "source_labels must be a list of texts"),
                ("no file", "\n    file_sd_configs: [{files: [none/*.yml]}]", "no file matches"),
                ("a file of something else", "\n    file_sd_configs: [{files: [blackbox.yml]}]", "is not a list of targets"),
                ("a reference", "\n    static_configs: [{targets: ['http://${env:HOME}/']}]\n    relabel_configs:" + USUAL, "cannot hold a reference"),
                ("no port", "\n    params: {module: [tcp_connect]}\n    static_configs: [{targets: [a]}]\n    relabel_configs:" + USUAL, "port"),
                ("an interval", "\n    scrape_interval: 50ms\n    static_configs: [{targets: ['http://a/']}]\n    relabel_configs:" + USUAL,
                 "50ms is no interval of a check")):
            with self.subTest(name):
                # What can be said is there all the same.
                out = self.imported("scrape_configs:" + self.job("bad", body)
                                    + self.job("good", "\n    static_configs: [{targets: ['http://good.example']}]\n    relabel_configs:" + USUAL))
                self.assertEqual(out.returncode, 1, out.stderr)
                self.assertIn(message, out.stderr)
                self.assertRegex(out.stderr, r"prometheus\.yml:\d+:\d+: ")
                self.assertEqual([check["targets"] for check in self.checks(out)], [["http://good.example"]])

    def test_the_host_that_the_parameter_names_is_asked_for(self):
        port = free_port()
        self.work.nginx(f"""server {{ listen 127.0.0.1:{port} default_server; return 404; }}
            server {{ listen 127.0.0.1:{port}; server_name shop.example; location / {{ return 200 fine; }} }}""")
        out = self.imported("scrape_configs:" + self.job("by_host", f"""
    params: {{target: ["http://127.0.0.1:{port}/"]}}
    static_configs: [{{targets: ["127.0.0.1:1"], labels: {{__param_hostname: shop.example}}}}, {{targets: ["127.0.0.1:2"]}}]"""))
        made = self.work.write("made.yml", out.stdout)
        self.assertEqual(run("check", "--config.file", made, "by_host").returncode, 0)
        self.assertEqual(run("check", "--config.file", made, "by_host-2").returncode, 1)

    def test_merges_without_end(self):
        for text in ("scrape_configs:\n- &x\n  job_name: j\n  <<: *x\n",
                     "a0: &a0 {b: c}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}}}\n" for i in range(1, 20_000)) + "scrape_configs: [*a19999]\n",
                     "a0: &a0 {b: c}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40)) + "scrape_configs: [*a39]\n"):
            out = self.imported(text)
            self.assertEqual(out.returncode, 1, out.stderr)
        for text, message in (("scrape_configs: {a: b}", "scrape_configs must be a list"), ("scrape_configs: [x]", "it is no mapping"), ("scrape_configs: [{metrics_path: /probe}]", "it has no job_name"),
                              ("scrape_config_files: {a: b}", "scrape_config_files must be a list")):
            out = self.imported(text)
            self.assertEqual((out.returncode, message in out.stderr), (1, True), out.stderr)

    def test_jobs_that_probe_nothing(self):
        out = self.imported("scrape_configs:\n  - {job_name: node, static_configs: [{targets: [localhost:9100]}]}\n  - job_name: empty")
        self.assertEqual(out.returncode, 1)
        self.assertIn("job node does not scrape /probe", out.stderr)
        self.assertEqual(self.checks(out), [])


if __name__ == "__main__":
    unittest.main()
