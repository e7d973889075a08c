"""Reloads the agent each second: configuration A, configuration B, a broken one, by SIGHUP and POST /-/reload in turn.

A good file must come into force with exactly its checks. A broken one must be refused and change nothing. While
descriptors are exhausted a reload may fail for want of them; then all that counts is that it ends.
"""

import collections
import itertools
import json
import re
import signal
import threading
import time

from tests.e2e.support import PATIENCE


class Reloads:
    """A thread; whoever holds `lock` knows that no reload is under way."""

    def __init__(self, subject, configurations, timeline, findings):
        self.subject, self.configurations, self.timeline, self.findings = subject, configurations, timeline, findings
        self.lock = threading.Lock()
        self.over, self.abandoned = threading.Event(), threading.Event()
        self.outcomes = collections.Counter()  # (good, refused or unclear; SIGHUP or POST)
        self.names = configurations[0].names   # of the configuration in force; None when that is not known
        self.thread = threading.Thread(target=self.repeat, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        """Lets the reload that is under way come to its end."""
        self.over.set()
        if self.thread.is_alive():
            self.thread.join(3 * PATIENCE)

    def abandon(self):
        """Stops without waiting for what the agent makes of its last signal."""
        self.abandoned.set()
        self.stop()

    def total(self, outcome, method=None):
        return sum(count for (how, by), count in self.outcomes.items() if how == outcome and method in (None, by))

    def write_good(self):
        """Puts back a file that an agent can start with; the caller holds the lock."""
        self.subject.config.write_text(self.configurations[0].text)
        self.names = self.configurations[0].names

    def repeat(self):
        # Three files and two methods: after six steps each file has come by each method.
        turns = zip(itertools.cycle(self.configurations), itertools.cycle(("SIGHUP", "POST")))
        while not self.over.wait(1):
            with self.lock:
                self.step(*next(turns))

    def step(self, configuration, method):
        begin = time.monotonic()
        try:
            before = self.state()
            # A second refusal cannot be told from the first one by the gauges, but by the answer.
            if configuration.names is None and not before[1]:
                method = "POST"
            self.subject.config.write_text(configuration.text)
            reload = self.by_post if method == "POST" else self.by_signal
            wrong = reload(configuration, before) or self.wrong_names(configuration)
        except Exception as error:  # whatever it is, it is the report that must tell of it
            wrong = str(error) or type(error).__name__
        outcome = "refused" if configuration.names is None else "good"
        if wrong:
            outcome = "unclear"
            self.names = None
            if not self.timeline.excuse(begin, time.monotonic()):
                self.findings.add(f"reload of configuration {configuration.label} by {method}: {wrong}")
        self.outcomes[outcome, method] += 1

    def state(self):
        """The generation of the configuration in force, and whether the last reload was successful."""
        page = self.subject.get("/metrics")[2]
        generation = re.search(r"^vedette_config_generation (\S+)$", page, re.M)
        successful = re.search(r"^vedette_config_last_reload_successful (\S+)$", page, re.M)
        return float(generation[1]), float(successful[1]) == 1

    def by_post(self, configuration, before):
        """What is wrong with how the agent took the file; None when nothing is."""
        wanted = 500 if configuration.names is None else 200
        status = self.subject.get("/-/reload", method="POST")[0]
        if status != wanted:
            return f"status {status} instead of {wanted}"
        return self.wrong_state(configuration, before)

    def by_signal(self, configuration, before):
        self.subject.agent.signal(signal.SIGHUP)
        begin = time.monotonic()
        wrong = "no answer"
        while wrong and time.monotonic() < begin + PATIENCE and not self.abandoned.is_set():
            try:
                wrong = self.wrong_state(configuration, before)
            except OSError as error:
                wrong = str(error)
            # What began in a disturbance may never come true; some seconds after it that is plain.
            if wrong and time.monotonic() > begin + 5 and self.timeline.excuse(begin, begin):
                if not self.timeline.excuse(time.monotonic(), time.monotonic()):
                    break
            time.sleep(0.05)
        return wrong

    def wrong_state(self, configuration, before):
        refused = configuration.names is None
        wanted = (before[0] + (0 if refused else 1), not refused)
        found = self.state()
        return None if found == wanted else f"generation and success are {found} instead of {wanted}"

    def wrong_names(self, configuration):
        """Compares the checks that the agent has with those that it must have."""
        wanted = configuration.names or self.names
        found = {check["check"] for check in json.loads(self.subject.get("/api/v1/checks")[2])["checks"]}
        if wanted and found != wanted:
            return f"there are the checks {sorted(found - wanted)} too many and {sorted(wanted - found)} too few"
        self.names = found
        return None
