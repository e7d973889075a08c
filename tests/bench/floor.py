"""CPU per check beside a bare loop that does nothing else (floor_client.cpp), against the delay server without a delay."""

import json
import subprocess

from tests.bench.cpu import IN_FLIGHT, cost_of_ours
from tests.bench.lab import BUILD, PROBER, DelayServer, figure, median
from tests.e2e.support import Workspace

ROUNDS = 5
COUNTS = {"http": 1000, "dns": 8000, "tcp": 1000, "tls": 800}


def cost_of_floor(kind, port, count, ca):
    out = subprocess.run([f"{BUILD}/tests/bench/floor_client", kind, str(port), "--repeat", str(count), "--concurrency", str(IN_FLIGHT),
                          "--ca-file", ca], stdout=subprocess.PIPE, check=True, preexec_fn=PROBER)
    return json.loads(out.stdout)["cpu_seconds"] / count * 1e6


def run(_):
    with Workspace() as work:
        ca = work.authority()
        server = DelayServer(work, "--certificate", work.folder / "leaf.pem", "--key", work.folder / "leaf.key")
        ports = {**server.ports, "tcp": server.ports["http"]}
        targets = {
            "http": ("http", f"http://127.0.0.1:{ports['http']}/d/0/1", []),
            "dns": ("dns", "0.1.delay.test", [f"@127.0.0.1:{ports['dns']}"]),
            "tcp": ("tcp", f"127.0.0.1:{ports['tcp']}", []),
            "tls": ("tls", f"127.0.0.1:{ports['tls']}", ["--ca-file", ca]),
        }
        for name, count in COUNTS.items():
            kind, target, flags = targets[name]
            ours, floor = [], []
            for _ in range(ROUNDS):
                floor.append(cost_of_floor(name, ports[name], count, ca))
                ours.append(cost_of_ours(work, kind, target, flags, count))
            ratios = [a / b for a, b in zip(ours, floor)]
            figure(f"floor.{name}", median(ratios), "ratio", None, rounds=ratios, ours_us=median(ours),
                   floor_us=median(floor))
