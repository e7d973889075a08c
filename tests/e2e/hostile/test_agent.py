"""An agent that watches sixty healthy targets and every fault at the same time: the healthy ones must not notice.

Each fault is looked at in one of its ways, so that all kinds of checks are there."""

import json
import os
import subprocess
import threading
import time
import unittest
from unittest import mock

from tests.e2e.hostile.expected import all_expected
from tests.e2e.hostile.faults import FAULTS, all_faults
from tests.e2e.hostile.memory import Memory
from tests.e2e.hostile.running import raise_descriptor_limit, start_faults
from tests.e2e.hostile.ways import ENVIRONMENT, WAYS
from tests.e2e.support import Workspace, free_port, get, samples, wait_for

HEALTHY = 60
SECONDS = 20
GRACE, BEYOND_GRACE = 3, 5  # seconds that runs have at the end, and that the agent has beyond it
ANSWER = 5                  # seconds in which /-/healthy must answer
MOST_MEGABYTES = 400
REST = 8, 1.1, 60            # seconds of a window, in which all of the costly bodies come once; growth from one to the next; patience
TIMEOUT = "1s"
# Hostile servers are machines of their own: some hundred threads of theirs must not take the agent's processor.
SERVERS_NICE = 19
# Bodies that take a second of a processor each come less often: there are more of them than processors.
COSTLY, INTERVALS = ("body", "compressed"), ("1s", "2s")
COSTLY_INTERVAL = "8s"


def hostile_checks(addresses):
    ways = {}
    for fault, way in all_expected():
        ways.setdefault(fault, []).append(way)
    checks = []
    for number, (fault, names) in enumerate(sorted(ways.items())):
        way = WAYS[names[number % len(names)]]
        interval = COSTLY_INTERVAL if FAULTS[fault].protocol in COSTLY else INTERVALS[number % 2]
        address = addresses[fault, way.transport]
        checks.append(way.check(address, f"bad-{fault}@{way.name}", TIMEOUT, interval=interval))
    return checks


def total(page, name, check):
    """The sum of a counter over the checks whose name begins so."""
    return sum(v for (n, labels), v in samples(page).items()
               if n == name and dict(labels).get("check", "").startswith(check))


def quantile(page, name, part):
    """The upper bound of the bucket in which that part of a histogram ends."""
    buckets = sorted((float(dict(labels)["le"]), v) for (n, labels), v in samples(page).items()
                     if n == name + "_bucket")
    return next((bound for bound, count in buckets if count >= part * buckets[-1][1]), None)


class Poller(threading.Thread):
    """Asks /-/healthy again and again; keeps how long each answer took, or what went wrong."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.answers, self.wrong, self.ends = url, [], [], threading.Event()
        self.start()

    def run(self):
        while not self.ends.wait(0.25):
            began = time.monotonic()
            try:
                status = get(self.url + "/-/healthy")[0]
            except OSError as error:
                status = repr(error)
            self.answers.append(time.monotonic() - began)
            if status != 200:
                self.wrong.append(status)


# A sanitizer makes the agent some ten times as slow: then it has more to do than it can, and says so by skipping.
at_full_speed = unittest.skipIf("VEDETTE_SANITIZED" in os.environ, "the agent is slowed down by a sanitizer")


class HostileTargets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise_descriptor_limit()
        cls.enterClassContext(mock.patch.dict(os.environ, ENVIRONMENT))
        work = cls.enterClassContext(Workspace())
        addresses = start_faults(work, all_faults(), niceness=SERVERS_NICE)
        port = free_port()
        work.nginx(f"server {{ listen 127.0.0.1:{port} backlog=1024; location / {{ return 200 ok; }} }}")
        healthy = [{"name": f"ok-{i}", "kind": "http", "target": f"http://127.0.0.1:{port}/{i}", "interval": "1s",
                    "timeout": TIMEOUT} for i in range(HEALTHY)]
        config = work.write("hostile.json", json.dumps({"agent": {"shards": 2, "shutdown_grace": f"{GRACE}s"},
                                                        "checks": healthy + hostile_checks(addresses)}))
        cls.agent = work.agent(config)
        cls.memory = Memory(cls.agent.process.pid)
        cls.poller = Poller(cls.agent.url)
        wait_for(lambda: total(cls.agent.page(), "vedette_check_runs_total", "ok-") > 0, "the first runs")
        cls.first, began = cls.agent.page(), time.monotonic()
        time.sleep(SECONDS)
        cls.last = cls.agent.page()
        cls.seconds = time.monotonic() - began
        # A sanitizer keeps what is freed for a while.
        cls.rested = "VEDETTE_SANITIZED" in os.environ or cls.memory.comes_to_rest(*REST)
        cls.poller.ends.set()
        cls.poller.join(ANSWER)
        ending = time.monotonic()
        cls.agent.signal()
        try:
            cls.code = cls.agent.process.wait(GRACE + BEYOND_GRACE + 20)
        except subprocess.TimeoutExpired:
            cls.code = None
        cls.ending = time.monotonic() - ending

    def difference(self, name, check):
        return total(self.last, name, check) - total(self.first, name, check)

    @at_full_speed
    def test_healthy_runs_all_happened(self):
        self.assertEqual(total(self.last, "vedette_check_skipped_total", "ok-"), 0)
        ran = self.difference("vedette_check_runs_total", "ok-")
        # One more or less of each, by where in its second the pages were made.
        self.assertGreaterEqual(ran, HEALTHY * (self.seconds - 1))
        self.assertLessEqual(ran, HEALTHY * (self.seconds + 1))
        self.assertEqual(total(self.last, "probe_success", "ok-"), HEALTHY)

    @at_full_speed
    def test_healthy_runs_all_passed(self):
        failures = {dict(labels)["reason"]: v for (n, labels), v in samples(self.last).items()
                    if n == "vedette_check_failures_total" and dict(labels)["check"].startswith("ok-")}
        self.assertEqual(failures, {})

    def test_hostile_runs_ended(self):
        self.assertGreater(self.difference("vedette_check_runs_total", "bad-"), 0)
        # A defect of ours is no way to look at a target.
        internal = [dict(labels)["check"] for (n, labels), _ in samples(self.last).items()
                    if n == "vedette_check_failures_total" and dict(labels).get("reason") == "internal"]
        self.assertEqual(internal, [])

    @at_full_speed
    def test_memory_is_bounded_and_does_not_grow(self):
        self.assertLess(self.memory.most(), MOST_MEGABYTES)
        self.assertTrue(self.rested, f"{self.memory.usual(0.2, 0.6):.0f} MB in the middle, {self.memory.usual(0.8, 1):.0f} MB at the end")

    def test_the_endpoints_answered(self):
        self.assertEqual(self.poller.wrong, [])
        self.assertLess(max(self.poller.answers), ANSWER)

    def test_sigterm_ends_it(self):
        # 3: a run did not end within the grace, which a sanitizer may make too short.
        self.assertIn(self.code, (0, 3) if "VEDETTE_SANITIZED" in os.environ else (0,))
        self.assertLess(self.ending, GRACE + BEYOND_GRACE)

    @classmethod
    def tearDownClass(cls):
        lateness = quantile(cls.last, "vedette_schedule_lateness_seconds", 0.99)
        print(f"\nlateness p99 at most {lateness} s; healthy runs {cls.report('ok-')}; "
              f"hostile runs {cls.report('bad-')}; memory {cls.memory.most():.0f} MB; "
              f"/-/healthy at most {max(cls.poller.answers):.2f} s; end after {cls.ending:.1f} s")

    @classmethod
    def report(cls, check):
        ran, skipped = (total(cls.last, f"vedette_check_{what}_total", check) for what in ("runs", "skipped"))
        return f"{ran:.0f} and {skipped:.0f} skipped"


if __name__ == "__main__":
    unittest.main()
