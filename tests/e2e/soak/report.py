"""The table of figures at the end, and what of them does not hold."""

from tests.e2e.soak.accounting import account

MOST_GROWTH = 1.25
MOST_GROWTH_BYTES = 30 << 20
MOST_MORE_DESCRIPTORS = 20


class Segment:
    """What was measured of one agent between two clean points."""

    def __init__(self, number):
        self.number = number
        self.starts, self.ends = [], []      # readings
        self.before, self.after = None, None  # footprints

    def whole(self):
        return bool(self.ends) and self.after is not None

    def accounts(self, arrivals):
        return [account(name, times, self.starts, self.ends) for name, times in sorted(arrivals.items())]

    def skipped_by_reason(self):
        first, last = self.starts[0].skipped_by_reason, self.ends[-1].skipped_by_reason
        return {reason: last[reason] - first.get(reason, 0) for reason in sorted(last)}

    def complaints(self):
        """What of its footprint has grown too much."""
        before, after = self.before, self.after
        if after.resident_bytes > before.resident_bytes * MOST_GROWTH + MOST_GROWTH_BYTES:
            yield f"memory grew from {mebibytes(before)} to {mebibytes(after)}"
        if after.threads > before.threads:
            yield f"threads grew from {before.threads} to {after.threads}"
        if after.descriptors > before.descriptors + MOST_MORE_DESCRIPTORS:
            yield f"descriptors grew from {before.descriptors} to {after.descriptors}"


def mebibytes(footprint):
    return f"{footprint.resident_bytes / (1 << 20):.1f} MiB"


def print_segment(segment, arrivals, findings):
    print(f"\nagent {segment.number}, {segment.ends[-1].time - segment.starts[0].time:.0f} s between its clean points")
    print(f"  {'check':16}{'due':>7}{'run':>7}{'skipped':>9}{'at target':>11}{'passed':>8}{'lost':>6}{'doubled':>9}")
    rows = segment.accounts(arrivals)
    columns = ("due", "run", "skipped", "seen", "passed", "lost", "doubled")
    line = "  {:16}{:7}{:7}{:9}{:11}{:8}{:6}{:9}"
    for row in rows:
        print(line.format(row.name, *(getattr(row, column) for column in columns)))
        for complaint in row.complaints():
            findings.add(f"agent {segment.number}: {complaint}")
    print(line.format("all", *(sum(getattr(row, column) for row in rows) for column in columns)))
    reasons = ", ".join(f"{reason} {count}" for reason, count in segment.skipped_by_reason().items())
    print(f"  skipped by reason, all checks: {reasons}")
    before, after = segment.before, segment.after
    print(f"  memory {mebibytes(before)} to {mebibytes(after)}, threads {before.threads} to {after.threads}, "
          f"descriptors {before.descriptors} to {after.descriptors}")
    for complaint in segment.complaints():
        findings.add(f"agent {segment.number}: {complaint}")


def print_reloads(reloads):
    print("\nreloads")
    for outcome, meaning in (("good", "in force"), ("refused", "broken and refused"),
                             ("unclear", "failed in a disturbance, or wrong")):
        total, signals = reloads.total(outcome), reloads.total(outcome, "SIGHUP")
        print(f"  {meaning:36}{total:6}, of them {signals} by SIGHUP and {total - signals} by POST")


def print_scrapes(scrapes, timeline):
    print(f"\n  {'scrapes and other requests':40}{'ok':>7}{'failed':>8}")
    for kind, meaning in ((None, "at all other times"), ("descriptors", "without descriptors"),
                          ("killed", "while the agent was dead"), ("stopping", "while the agent stopped")):
        seconds = f", {timeline.seconds(kind):.1f} s" if kind else ""
        print(f"  {meaning + seconds:40}{scrapes.outcomes['ok', kind]:7}{scrapes.outcomes['failed', kind]:8}")


def print_disturbances(disturbances, timeline):
    print("\ndisturbances")
    for kind, meaning in (("descriptors", "descriptors exhausted"), ("disk", "disk full"), ("suspended", "suspended"),
                          ("killed", "killed")):
        print(f"  {meaning:24}{timeline.count(kind):4} times, {timeline.seconds(kind):.1f} s")
    print(f"  runs that failed with local_resources: {disturbances.failed_for_resources}")
    if disturbances.disk is None:
        print("  the full disk was left out: this process may not mount a tmpfs")
