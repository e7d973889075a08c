#!/usr/bin/env python3
"""The bench suite: ./dev bench [PART [NAME…]]…; without a part, all of them."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../.."))
from tests.bench import cpu, floor, memory, scenarios, schedule, scrape, timing  # noqa: E402
from tests.bench.lab import raise_descriptor_limit  # noqa: E402

PARTS = {
    "cpu": cpu.run,
    "floor": floor.run,
    "timing": timing.run_http,
    "timing_dns": timing.run_dns,
    "timing_tls": timing.run_tls,
    "memory": memory.run,
    "start": memory.run_start,
    "scenarios": scenarios.run,
    "schedule": schedule.run,
    "scrape": scrape.run,
    "micro": scrape.run_micro,
}


def main():
    raise_descriptor_limit()
    wanted = []
    for word in sys.argv[1:]:
        if word in PARTS:
            wanted.append((word, []))
        elif wanted:
            wanted[-1][1].append(word)
        else:
            sys.exit(f"no such part: {word}; there are {', '.join(PARTS)}")
    for part, names in wanted or [(part, []) for part in PARTS]:
        began = time.monotonic()
        PARTS[part](names)
        print(f"# {part}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
