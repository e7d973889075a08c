"""A soak test of the agent: `python3 -m tests.e2e.soak [MINUTES]`, from the project's folder. VEDETTE names the
binary.

All kinds of checks run against real servers and a handful of hostile ones, while the configuration is reloaded each
second, clients scrape all the time, and the agent is disturbed: no descriptors, a full disk, a suspension, a death. At
the end a table says what was due, what ran and what came to the targets, and the exit code is 1 when something does
not hold. Only counts are judged, never how fast anything is, so that it may run on a busy machine.
"""

import argparse
import http.client
import math
import os
import signal
import sys
import time

from tests.e2e.soak import report
from tests.e2e.soak.accounting import take_readings
from tests.e2e.soak.configurations import configurations
from tests.e2e.soak.disturbances import Disturbances, mount_small_disk
from tests.e2e.soak.reloads import Reloads
from tests.e2e.soak.scrapes import Scrapes
from tests.e2e.soak.subject import Findings, Subject, Unwell
from tests.e2e.soak.targets import Targets
from tests.e2e.soak.timeline import Timeline
from tests.e2e.support import VEDETTE, Workspace

WARM_UP = 15         # seconds until memory is measured
REST = 3             # seconds between disturbances
LONGEST_LIFE = 600   # seconds after which an agent is killed
STANDS_STILL = 5     # seconds without a run after which a core check is said to stand still


class Soak:
    def __init__(self, work, seconds, gentle):
        self.work, self.seconds = work, seconds
        self.begin = time.monotonic()
        self.findings, self.timeline, self.segments = Findings(), Timeline(), []
        self.exit = None  # seconds from SIGTERM to the end, and its code
        self.targets = Targets(work, gentle)
        files = configurations(self.targets)
        self.disk = mount_small_disk(work)
        self.subject = Subject(work, work.write("vedette.yml", files[0].text), self.disk or work.folder)
        self.reloads = Reloads(self.subject, files, self.timeline, self.findings)
        self.scrapes = Scrapes(self.subject, self.targets, self.timeline, self.findings)
        self.disturbances = Disturbances(self.subject, self.targets.core(), self.timeline, self.findings, self.disk)

    def say(self, text):
        print(f"{time.monotonic() - self.begin:6.1f} s  {text}", flush=True)

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.subject.require_alive()
            time.sleep(0.1)

    def run(self):
        """Everything but the report. An agent that is past help ends it early."""
        try:
            self.subject.start()
            self.reloads.start()
            self.scrapes.start()
            self.begin = time.monotonic()
            lives = max(2, math.ceil(self.seconds / LONGEST_LIFE))
            for number in range(1, lives + 1):
                self.live_through(self.begin + self.seconds * number / lives)
                if number < lives:
                    self.say("kill -9 and a new start")
                    self.disturbances.kill_and_restart(self.reloads)
            self.say("SIGTERM")
            self.reloads.stop()
            self.end()
        except Unwell as error:
            self.give_up(str(error))
        except (OSError, http.client.HTTPException, AssertionError) as error:
            self.give_up(f"agent {self.subject.number} does not do as it must: {error or type(error).__name__}")
        finally:
            self.reloads.abandon()
            self.scrapes.stop()

    def give_up(self, why):
        """Tells also which checks stand still: it may be those of one thread."""
        since = time.monotonic() - STANDS_STILL
        silent = [name for name, times in self.targets.arrivals().items() if not times or times[-1] < since]
        if silent and self.subject.number:
            why += f"; nobody has come for {STANDS_STILL} s to the targets of {', '.join(silent)}"
        self.findings.add(why)
        self.say(f"given up: {why}")

    def live_through(self, end):
        """The life of one agent until `end` or, when that is too soon, until each disturbance has come once."""
        segment = report.Segment(self.subject.number)
        self.segments.append(segment)
        self.say(f"agent {self.subject.number} warms up")
        self.rest(WARM_UP)
        self.disturbances.wait_until_well()
        segment.before = self.subject.footprint()
        segment.starts = take_readings(self.subject)
        first_round = True
        while first_round or time.monotonic() < end:
            for what, disturb, seconds in self.round():
                if not first_round and time.monotonic() + seconds + 2 * REST > end:
                    self.rest(max(0, end - time.monotonic()))
                    break
                self.say(what)
                disturb(seconds)
                self.rest(REST)
            first_round = False
        self.say("a clean point")
        self.disturbances.wait_until_well()
        segment.ends = take_readings(self.subject)
        segment.after = self.subject.footprint()

    def round(self):
        yield "no descriptors for 4 s", self.disturbances.exhaust_descriptors, 4
        if self.disk:
            yield "a full disk for 4 s", self.disturbances.fill_disk, 4
        yield "suspended for 2 s", self.disturbances.suspend, 2

    def end(self):
        self.subject.require_alive()
        with self.timeline.during("stopping"):
            self.exit = self.subject.stop()
            self.scrapes.stop()
        code = self.exit[1]
        if code is None:
            self.findings.add("the agent did not end after SIGTERM")
        elif code != 0:
            self.findings.add(f"the agent ended with {code} after SIGTERM")

    def report(self):
        arrivals = self.targets.arrivals()
        for segment in self.segments:
            if segment.whole():
                report.print_segment(segment, arrivals, self.findings)
            else:
                print(f"\nagent {segment.number} did not come to a second clean point: its runs are not accounted for")
        report.print_reloads(self.reloads)
        report.print_scrapes(self.scrapes, self.timeline)
        report.print_disturbances(self.disturbances, self.timeline)
        if self.exit:
            print(f"\nexit on SIGTERM after {self.exit[0]:.2f} s with {self.exit[1]}")
        if self.targets.pinged is None:
            print("pings were left out: counting them takes CAP_NET_RAW")


def main():
    parser = argparse.ArgumentParser(prog="python3 -m tests.e2e.soak", description=__doc__.partition("\n\n")[0])
    parser.add_argument("minutes", nargs="?", type=float, default=2, metavar="MINUTES",
                        help="how long, 2 unless given; each disturbance comes twice, which takes 105 s at least")
    parser.add_argument("--gentle", action="store_true",
                        help="targets that send without end pause in between")
    options = parser.parse_args()
    if not os.access(VEDETTE, os.X_OK):
        parser.error(f"{VEDETTE} is not there: build it, or name another in VEDETTE")
    # SIGTERM ends this process as Ctrl-C does, together with all that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Workspace() as work:
        try:
            soak = Soak(work, options.minutes * 60, options.gentle)
            soak.run()
            soak.report()
        finally:
            # A second Ctrl-C must not leave processes behind. Stopping them is bounded.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
    reasons = soak.findings.sentences()
    for reason in reasons:
        print(f"wrong: {reason}")
    print(f"\nthe soak has failed for {len(reasons)} reasons" if reasons else "\nthe soak has passed")
    return 1 if reasons else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
