"""Punctuality: 100,000 checks that do nothing, and HTTPS checks at twice what a core can do."""

import json
import subprocess

from tests.bench.cpu import start_targets
from tests.bench.lab import BUILD, PROBER, figure, median
from tests.e2e.support import Workspace

ROUNDS = 3
OFFERED = 4000  # HTTPS checks a second


def schedule(*arguments):
    out = subprocess.run([f"{BUILD}/tests/bench/schedule", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         check=True, preexec_fn=PROBER)
    return json.loads(out.stdout)


def run(_):
    idle = [schedule("--idle", 100_000, "--seconds", 5) for _ in range(ROUNDS)]
    figure("schedule.lateness_p50", 1e3 * median([r["lateness_p50"] for r in idle]), "ms")
    figure("schedule.lateness_p99", 1e3 * median([r["lateness_p99"] for r in idle]), "ms", 2)
    figure("schedule.cpu", 100 * median([r["cpu_share"] for r in idle]), "% core", 3, rounds=[100 * r["cpu_share"] for r in idle])
    with Workspace() as work:
        at = start_targets(work)
        checks = "".join(f"  - {{name: c{i}, module: m, target: 'https://127.0.0.1:{at['https']}/'}}\n" for i in range(2 * OFFERED))
        config = work.write("saturated.yml", f"""
agent: {{shards: 1}}
defaults: {{interval: 2s, timeout: 1900ms}}
modules: {{m: {{prober: http, http: {{tls_config: {{ca_file: {at['ca']}}}}}}}}}
checks:
{checks}""")
        full = [schedule("--config", config, "--seconds", 5) for _ in range(ROUNDS)]
    skipped = [sum(r["skipped"].values()) for r in full]
    figure("schedule.saturated_lateness_p99", 1e3 * median([r["lateness_p99"] for r in full]), "ms", 20,
           started=median([r["started"] for r in full]), skipped=median(skipped), cpu=median([r["cpu_share"] for r in full]))
