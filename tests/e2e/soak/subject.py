"""The agent that is soaked: started, restarted, measured from outside through /proc, and stopped."""

import dataclasses
import http.client
import os
import re
import subprocess
import threading
import time

from tests.e2e.support import PATIENCE, get, wait_for

MOST_FINDINGS = 40  # that a report lists


class Unwell(Exception):
    """The agent ended or does not answer: nothing more can be learnt from this soak."""


class Findings:
    """What does not hold, in the words of the report; threads share it. Equal sentences are counted."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {}

    def add(self, sentence):
        with self.lock:
            self.counts[sentence] = self.counts.get(sentence, 0) + 1

    def sentences(self):
        with self.lock:
            found = [text if count == 1 else f"{text} ({count} times)" for text, count in self.counts.items()]
        more = len(found) - MOST_FINDINGS
        return found[:MOST_FINDINGS] + ([f"and {more} more"] if more > 0 else [])


@dataclasses.dataclass
class Footprint:
    resident_bytes: int
    threads: int
    descriptors: int


class Subject:
    """One agent at a time; `number` tells the first from those behind it. Its log is on `log_folder`."""

    def __init__(self, work, config, log_folder):
        self.work, self.config = work, config
        self.number = 0
        self.agent = None
        # The helper that starts agents opens this name.
        (work.folder / "agent.log").symlink_to(log_folder / "log")

    def start(self):
        self.agent = self.work.agent(self.config, "--log.runs")
        self.number += 1

    def restart(self):
        """As if the machine had been without power: nobody tells the agent before."""
        self.agent.process.kill()
        self.agent.process.wait(PATIENCE)
        self.start()

    @property
    def pid(self):
        return self.agent.process.pid

    def require_alive(self):
        code = self.agent.process.poll()
        if code is not None:
            raise Unwell(f"agent {self.number} ended by itself with {code}; its last lines: {self.last_lines()}")

    def last_lines(self, count=5):
        text = self.agent.log_path.read_bytes()[-20000:].replace(b"\0", b"").decode(errors="replace")
        return " | ".join(text.splitlines()[-count:])

    def get(self, path, **options):
        return get(self.agent.url + path, **options)

    def wait_for(self, condition, what):
        """Waits until the condition holds; requests that fail meanwhile do not count. `what()` is said when it does
        not come to hold."""
        def holds():
            self.require_alive()
            try:
                return condition()
            except (OSError, http.client.HTTPException):
                return None
        try:
            return wait_for(holds, "it")
        except AssertionError:
            raise Unwell(f"agent {self.number}: {what()} in {PATIENCE} s") from None

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def footprint(self):
        """Runs come and go, and their descriptors with them: the least of two seconds is what stays."""
        seen = []
        for _ in range(20):
            self.require_alive()
            with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
                status = file.read()
            number = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1])
            seen.append((number("VmRSS") * 1024, number("Threads"), self.open_descriptors()))
            time.sleep(0.1)
        return Footprint(*(min(column) for column in zip(*seen)))

    def stop(self):
        """Sends SIGTERM; the seconds until the exit and its code, which is None when it did not come."""
        begin = time.monotonic()
        self.agent.signal()
        try:
            code = self.agent.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = None
        return time.monotonic() - begin, code
