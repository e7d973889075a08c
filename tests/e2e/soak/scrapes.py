"""Those who ask the agent all the time: scrapes in three forms, the status page, the API, probes of good and hostile
targets."""

import collections
import itertools
import json
import threading
import time
import urllib.parse

from tests.e2e.support import samples, value

OPEN_METRICS = "application/openmetrics-text;version=1.0.0"


class Wrong(Exception):
    """The agent answered, but not as it must."""


def require(holds, sentence):
    if not holds:
        raise Wrong(sentence)


class Scrapes:
    """Threads of clients, each of which asks again and again. `outcomes` counts by whether it went well and by the
    disturbance in which it might have gone wrong, None without one."""

    def __init__(self, subject, targets, timeline, findings):
        self.subject, self.targets, self.timeline, self.findings = subject, targets, timeline, findings
        self.outcomes = collections.Counter()
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.counted = (0, {})  # number of the agent, runs of each core check: they only grow
        clients = [(0.3, self.text), (0.5, self.open_metrics), (0.5, self.compressed), (1.0, self.status_page),
                   (1.0, self.api), (0.5, self.good_probe)]
        clients += [(0.3, step) for step in self.hostile_probes()]
        self.threads = [threading.Thread(target=self.repeat, args=client, daemon=True) for client in clients]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(25)

    def repeat(self, period, step):
        while not self.over.wait(period):
            begin = time.monotonic()
            wrong = None
            try:
                step()
            except Exception as error:  # whatever it is, it is the report that must tell of it
                wrong = str(error) or type(error).__name__
            excuse = self.timeline.excuse(begin, time.monotonic())
            if wrong and not excuse:
                self.findings.add(f"{step.__name__.replace('_', ' ')}: {wrong}")
            with self.lock:
                self.outcomes["failed" if wrong else "ok", excuse] += 1

    def fetch(self, path, accept="", encoding=""):
        status, headers, text = self.subject.get(path, headers={"Accept": accept, "Accept-Encoding": encoding})
        require(status == 200, f"status {status} for {path.partition('?')[0]}")
        return headers, text

    def text(self):
        """Also sees to it that the counters of the core checks are there and only grow."""
        number = self.subject.number
        page = samples(self.fetch("/metrics")[1])
        runs = {dict(labels)["check"]: count for (family, labels), count in page.items()
                if family == "vedette_check_runs_total"}
        if number != self.subject.number:
            return
        before = self.counted[1] if self.counted[0] == number else {}
        self.counted = (number, {name: runs[name] for name in self.targets.core() if name in runs})
        for name in self.targets.core():
            require(name in runs or name not in before, f"the series of {name} have gone")
            require(runs.get(name, 0) >= before.get(name, 0), f"the runs of {name} went back")

    def open_metrics(self):
        headers, page = self.fetch("/metrics", accept=OPEN_METRICS)
        content_type = headers["Content-Type"]
        require(content_type.startswith("application/openmetrics-text; version=1.0.0"), f"content type {content_type}")
        require(page.endswith("\n# EOF\n"), "the page has no end")

    def compressed(self):
        headers, page = self.fetch("/metrics", encoding="gzip")
        require(headers["Content-Encoding"] == "gzip", "the page is not compressed")
        require(page.endswith("\n"), "the page has no end")

    def status_page(self):
        require(self.fetch("/")[1].rstrip().endswith("</html>"), "the page has no end")

    def api(self):
        found = {check["check"] for check in json.loads(self.fetch("/api/v1/checks")[1])["checks"]}
        require(found >= set(self.targets.core()), "core checks are missing")

    def probe(self, module, target, success):
        page = self.fetch("/probe?" + urllib.parse.urlencode({"module": module, "target": target}))[1]
        require(value(page, "probe_success") == success, f"probe_success of module {module} is not {success}")

    def good_probe(self):
        self.probe("good", f"http://127.0.0.1:{self.targets.port['web']}/", 1)

    def hostile_probes(self):
        """Two clients, since each probe lasts until its deadline."""
        ports = self.targets.hostile
        turns = itertools.cycle(("silent", "body", "drip"))

        def hostile_http_probe():
            self.probe("hostile_http", f"http://127.0.0.1:{ports[next(turns)]}/", 0)

        def hostile_tcp_probe():
            self.probe("hostile_tcp", f"127.0.0.1:{ports['lines']}", 0)
        return [hostile_http_probe, hostile_tcp_probe]
