"""The memory of a process, watched from outside."""

import statistics
import threading
import time


def resident(pid):
    """Megabytes; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmRSS:")), 0) / 1024
    except OSError:
        return 0


class Memory(threading.Thread):
    """Looks every so often, until the process has gone."""

    def __init__(self, pid, every=0.1):
        super().__init__(daemon=True)
        self.pid, self.every, self.seen = pid, every, []
        self.start()

    def run(self):
        while megabytes := resident(self.pid):
            self.seen.append(megabytes)
            time.sleep(self.every)

    def most(self, begin=0, end=1):
        """The most in a part of the time, from 0 to 1."""
        return max(self.part(begin, end), default=0)

    def usual(self, begin, end):
        """What half of the looks saw less than: large answers come and go."""
        return statistics.median(self.part(begin, end) or [0])

    def comes_to_rest(self, window, growth, patience):
        """Whether, within `patience` seconds, two windows of so many seconds that follow each other see nearly the same. What an
        allocator keeps for the next large answers grows in steps up to its bound; what leaks never rests."""
        looks, end = int(window / self.every), time.monotonic() + patience
        while True:
            seen = list(self.seen)
            if len(seen) >= 2 * looks and statistics.median(seen[-looks:]) < growth * statistics.median(seen[-2 * looks:-looks]):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(window / 4)

    def part(self, begin, end):
        seen = list(self.seen)
        return seen[int(begin * len(seen)):max(1, int(end * len(seen)))]
