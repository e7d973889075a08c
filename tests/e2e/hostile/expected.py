"""What Vedette says of each fault: for each way to look at it, the reasons that are right. A row with several is one
where either is right: because what comes first depends on how fast the two sides are, or because both are true.

The rows are in expected_*.py. `none` is a run that passes: what is odd, but a good answer."""

import functools
import importlib
import re
from pathlib import Path

MODULES = ("http1", "bodies", "http2", "dialogues", "tls", "names")
REASONS = Path(__file__).resolve().parents[3] / "docs" / "reasons.md"

EXPECTED: dict[tuple[str, str], frozenset[str]] = {}  # by fault and way
QUIET: set[tuple[str, str]] = set()                   # runs that only wait for their deadline


class Table:
    """Rows for the faults of a protocol."""

    def __init__(self, protocol):
        self.protocol = protocol

    def __call__(self, faults, ways, reasons):
        for fault in faults.split():
            for way in ways.split():
                key = f"{self.protocol}.{fault}", way
                if key in EXPECTED:
                    raise ValueError(f"two rows for {key}")
                EXPECTED[key] = frozenset(reasons.split())

    def waits(self, faults, ways, reasons):
        """The same for faults that cost neither side anything until the deadline comes: many may be tried at once."""
        self(faults, ways, reasons)
        QUIET.update((f"{self.protocol}.{fault}", way) for fault in faults.split() for way in ways.split())


def all_expected():
    for module in MODULES:
        importlib.import_module(f"tests.e2e.hostile.expected_{module}")
    return EXPECTED


@functools.cache
def verdicts():
    """Of each reason, as the documentation has it."""
    return {"none": "pass", **dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", REASONS.read_text(), re.M))}
