"""Compares what came to the targets with what the agent says it did.

A check's runs are due on a grid of one point each interval. Between two readings of /metrics, every point must have
become a run or a skipped run. Whatever came to the target must be a run that was counted, and no two of them may
belong to one point.

A run that goes on while a reading is taken is only counted after it. Therefore the numbers of a window may differ by
one. Several readings are taken at either end, and a check is judged by the pair that fits it best.
"""

import collections
import dataclasses
import math
import time

from tests.e2e.soak.configurations import CORE_INTERVAL
from tests.e2e.support import samples

EDGE = 1       # runs that go on at the edge of a window
EARLY = 0.25   # intervals: how far the grid as it is guessed may lie behind the real one
LATE = 4.0     # seconds at most from a point of the grid until its run comes to the target, suspensions included


@dataclasses.dataclass
class Reading:
    """The counters of one page, with the moment it was asked for."""
    time: float
    runs: dict
    skipped: dict
    failures: dict         # by check
    local_resources: int   # failures of all checks for this reason
    skipped_by_reason: dict

    def passed(self, name):
        return self.runs.get(name, 0) - self.failures.get(name, 0)


def reading_of(page, moment):
    by_name = {"vedette_check_runs_total": collections.Counter(), "vedette_check_skipped_total": collections.Counter(),
               "vedette_check_failures_total": collections.Counter()}
    reasons, local = {}, 0
    for (name, labels), number in samples(page).items():
        labels = dict(labels)
        if name in by_name:
            by_name[name][labels["check"]] += int(number)
            if labels.get("reason") == "local_resources":
                local += int(number)
        elif name == "vedette_runs_skipped_total":
            reasons[labels["reason"]] = int(number)
    return Reading(moment, *by_name.values(), local, reasons)


def take_reading(subject):
    begin = time.monotonic()
    page = subject.get("/metrics")[2]
    return reading_of(page, (begin + time.monotonic()) / 2)


def take_readings(subject):
    """The readings at one end of a window."""
    out = [take_reading(subject)]
    for _ in range(3):
        time.sleep(0.4)
        out.append(take_reading(subject))
    return out


def grid_phase(arrivals, interval):
    """Where in the interval the grid lies. Most runs come to their target soon after their point: it is where the
    arrivals begin to crowd."""
    offsets = sorted(moment % interval for moment in arrivals)
    around = offsets + [offset + interval for offset in offsets]
    crowd = lambda first: sum(first <= other < first + interval / 10 for other in around)
    return max(offsets, key=crowd, default=0.0)


def points_between(begin, end, phase, interval):
    """How many points of the grid lie behind `begin` and not behind `end`."""
    return math.floor((end - phase) / interval) - math.floor((begin - phase) / interval)


def doubled(arrivals, phase, interval, late=LATE):
    """How many arrivals are too many. Each takes the point it came at; when that is taken, a free one before it, as a
    late run of that point."""
    taken, others = set(), []
    for moment in sorted(arrivals):
        point = math.floor((moment - phase) / interval + EARLY)
        if point in taken:
            others.append(point)
        taken.add(point)
    too_many = 0
    reach = math.ceil(late / interval)
    for point in others:
        earlier = next((p for p in range(point - 1, point - 1 - reach, -1) if p not in taken), None)
        if earlier is None:
            too_many += 1
        else:
            taken.add(earlier)
    return too_many


@dataclasses.dataclass
class Account:
    """The numbers of one check in one window."""
    name: str
    due: int
    run: int
    skipped: int
    seen: int
    passed: int
    doubled: int

    @property
    def lost(self):
        """Points without a run; negative when there were more runs than points."""
        off = self.due - self.run - self.skipped
        return int(math.copysign(max(0, abs(off) - EDGE), off))

    def complaints(self):
        if self.lost > 0:
            yield f"{self.name}: {self.lost} due runs are neither counted as run nor as skipped"
        if self.lost < 0:
            yield f"{self.name}: {-self.lost} more runs are counted than were due"
        if self.doubled:
            yield f"{self.name}: {self.doubled} runs came to the target though their turn had been taken"
        if self.seen > self.run + EDGE:
            yield f"{self.name}: {self.seen} runs came to the target, but only {self.run} are counted"
        if self.passed > self.seen + EDGE:
            yield f"{self.name}: {self.passed} runs are said to have passed, but only {self.seen} came to the target"


def account(name, arrivals, starts, ends, interval=CORE_INTERVAL):
    """The account of a check between that pair of readings which fits best."""
    inside = [moment for moment in arrivals if starts[0].time < moment <= ends[-1].time]
    phase = grid_phase(inside, interval)

    def between(start, end):
        seen = [moment for moment in inside if start.time < moment <= end.time]
        grew = lambda before, after: after.get(name, 0) - before.get(name, 0)
        return Account(name, points_between(start.time, end.time, phase, interval), grew(start.runs, end.runs),
                       grew(start.skipped, end.skipped), len(seen), end.passed(name) - start.passed(name),
                       doubled(seen, phase, interval))
    pairs = [between(start, end) for start in starts for end in reversed(ends)]
    return min(pairs, key=lambda pair: (len(list(pair.complaints())), abs(pair.due - pair.run - pair.skipped)))
