"""When which disturbance was going on, so that what failed in it can be told from what failed without a cause."""

import contextlib
import math
import time

# What is done to the agent on purpose so that requests to it fail. A full disk or a suspension are no excuse.
EXCUSES = ("descriptors", "killed", "stopping")
AFTERMATH = 2  # seconds in which a failure may still come from it: the agent waits before it accepts again


class Timeline:
    def __init__(self):
        self.spans = []  # [kind, begin, end], by the monotonic clock

    @contextlib.contextmanager
    def during(self, kind):
        span = [kind, time.monotonic(), math.inf]
        self.spans.append(span)
        try:
            yield
        finally:
            span[2] = time.monotonic()

    def excuse(self, begin, end):
        """The disturbance that lets a request fail that lasted from `begin` to `end`; None without one."""
        for kind, first, last in list(self.spans):
            if kind in EXCUSES and begin <= last + AFTERMATH and end >= first:
                return kind
        return None

    def seconds(self, kind):
        return sum(last - first for name, first, last in self.spans if name == kind)

    def count(self, kind):
        return sum(name == kind for name, _, _ in self.spans)
