"""How wrong the reported times are, against a server that knows how long it really took.

The error of a run is what it reported minus the server's own truth about that very request, which was to take 50 ms. Ours runs
with --repeat, at several numbers of checks in flight; the peer is asked for /probe over as many connections. A level's figure
is the median of its rounds.
"""

import json
import os
import shutil
import subprocess

from tests.bench.lab import BUILD, DelayServer, Driver, Ours, figure, median, percentile, start_peer
from tests.e2e.support import Workspace

DELAY = 50_000  # microseconds
# in flight: runs of ours in a round, rounds
LEVELS = {1: (60, 3), 64: (1000, 3), 256: (2000, 3), 1000: (4000, 3), 5000: (10000, 2)}
PEER_LEVELS = {1: 60, 64: 600, 256: 1000, 1000: 2500}
# The peer's p99 that ours may have at most, by checks in flight.
SHARES = {64: 1 / 100, 256: 1 / 500, 1000: 1 / 2000}
OUT = os.path.join(os.path.dirname(BUILD), "bench")


def goal_p99(in_flight):
    return 500 if in_flight >= 5000 else 200


class Lab:
    def __init__(self, work):
        self.work = work
        self.ca = work.authority()
        self.server = DelayServer(work, "--certificate", work.folder / "leaf.pem", "--key", work.folder / "leaf.key",
                                  "--tls-delay", DELAY)
        self.ports = self.server.ports

    def ours(self, kind, repeat, in_flight):
        """Errors in microseconds of all runs, and their rows."""
        ports = self.ports
        what = {
            "http": ("http", f"http://127.0.0.1:{ports['http']}/d/{DELAY}/{{run}}"),
            "https": ("http", f"https://127.0.0.1:{ports['https']}/d/{DELAY}/{{run}}", "--ca-file", self.ca),
            "dns": ("dns", f"{DELAY}.{{run}}.delay.test", f"@127.0.0.1:{ports['dns']}"),
            "tls": ("tls", f"127.0.0.1:{ports['tls']}", "--ca-file", self.ca),
        }[kind]
        phase = {"http": "processing", "https": "processing", "dns": "request", "tls": "tls"}[kind]
        self.server.reset()
        rows = Ours(self.work, *what, repeat=repeat, concurrency=in_flight).rows()
        truth = self.server.truth()
        failed = [row for row in rows if row["verdict"] != "pass"]
        if failed:
            raise RuntimeError(f"{len(failed)} runs failed, such as {failed[0]}")
        errors = []
        # Handshakes carry no number: their ports tell them apart, in the order in which they used one.
        for row in sorted(rows, key=lambda row: row["started"]):
            real = truth["port", row["local_port"]].pop(0) if kind == "tls" else truth["id", row["run"]]
            errors.append(1e6 * (row["phases"][phase] - real))
        return errors, rows

    def peer(self, kind, count, in_flight, port):
        """Errors in microseconds of the peer's processing (HTTP) or request (DNS) phase."""
        ports = self.ports
        self.server.reset()
        if kind == "dns":
            paths = [f"/probe?module=dns&target=127.0.0.1:{ports['dns']}"] * count
        else:
            scheme = {"http": "http", "https": "https"}[kind]
            paths = [f"/probe?module={kind}&target={scheme}://127.0.0.1:{ports[kind]}/d/{DELAY}/{i}" for i in range(count)]
        pages = Driver(port, in_flight).run(paths)
        truth = self.server.truth()
        name, phase = ("probe_dns_duration_seconds", "request") if kind == "dns" else ("probe_http_duration_seconds", "processing")
        errors = []
        for number, page in pages.items():
            line = next((line for line in page.splitlines() if line.startswith(f'{name}{{phase="{phase}"}}')), None)
            if line is None or "\nprobe_success 1" not in page:
                continue
            # The peer's question cannot hold a number: what was asked for has to do for the truth.
            real = DELAY / 1e6 if kind == "dns" else truth["id", number]
            errors.append(1e6 * (float(line.split()[1]) - real))
        if len(errors) < count / 2:
            raise RuntimeError(f"only {len(errors)} of {count} probes of the peer succeeded")
        return errors


def modules(ca):
    ip4 = {"preferred_ip_protocol": "ip4"}
    return {
        "http": {"prober": "http", "timeout": "20s", "http": ip4},
        "https": {"prober": "http", "timeout": "20s", "http": {**ip4, "tls_config": {"ca_file": str(ca)}}},
        "dns": {"prober": "dns", "timeout": "20s", "dns": {**ip4, "query_name": f"{DELAY}.1.delay.test", "query_type": "A"}},
    }


def measure(kind, levels=LEVELS, peer_levels=PEER_LEVELS):
    """Prints all figures of a kind; its points for the plot."""
    points = {"ours": {}, "peer": {}}
    with Workspace() as work:
        lab = Lab(work)
        for in_flight, count in peer_levels.items():
            with Workspace() as turn:
                _, port = start_peer(turn, modules(lab.ca))
                errors = lab.peer(kind, count, in_flight, port)
            points["peer"][in_flight] = [percentile(errors, 0.5), percentile(errors, 0.99)]
        for in_flight, (count, rounds) in levels.items():
            found = [lab.ours(kind, count, in_flight) for _ in range(rounds)]
            p50 = median([percentile(errors, 0.5) for errors, _ in found])
            p99 = median([percentile(errors, 0.99) for errors, _ in found])
            points["ours"][in_flight] = [p50, p99]
            name = f"timing.{kind}.{in_flight}"
            peer = points["peer"].get(in_flight)
            figure(f"{name}.p50", p50, "us", 50, **({"peer": peer[0]} if peer else {}))
            figure(f"{name}.p99", p99, "us", goal_p99(in_flight), **({"peer": peer[1]} if peer else {}))
            if peer and in_flight in SHARES:
                figure(f"{name}.p99_share", p99 / peer[1], "of peer", SHARES[in_flight])
            if in_flight == 1000 and kind == "http":
                connect = median([percentile([1e6 * row["phases"]["connect"] for row in rows], 0.99) for _, rows in found])
                figure("timing.connect.1000.p99", connect, "us", 100)
        if 5000 in levels:
            bursts = [lab.ours(kind, 5000, 5000)[0] for _ in range(3)]
            figure(f"timing.{kind}.burst_5000.p99", median([percentile(errors, 0.99) for errors in bursts]), "us", 500)
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, f"timing-{kind}.json"), "w") as file:
        json.dump(points, file)
    return points


def plot(points):
    """The error of HTTP's processing time against checks in flight, as build/bench/timing.svg."""
    if shutil.which("gnuplot") is None:
        print("# no plot: gnuplot is not installed")
        return
    blocks = []
    for who in ("peer", "ours"):
        rows = "\n".join(f"{in_flight} {p50} {p99}" for in_flight, (p50, p99) in points[who].items())
        blocks.append(f"${who} << END\n{rows}\nEND")
    script = "\n".join(blocks) + f"""
set terminal svg size 760,460 font "sans-serif,13" background "white"
set output "{OUT}/timing.svg"
set logscale xy
set xrange [0.8:7000]
set yrange [2:2000000]
set xtics (1, 64, 256, 1000, 5000)
set ytics ("1 s" 1000000, "100 ms" 100000, "10 ms" 10000, "1 ms" 1000, "100 us" 100, "10 us" 10)
set grid
set key left top
set xlabel "HTTP checks in flight, each answered after 50 ms"
set ylabel "error of the processing time"
plot $peer using 1:3 with linespoints lw 2 pt 7 lc rgb "#c2410c" title "blackbox exporter, p99", \\
     $peer using 1:2 with linespoints lw 2 dt 2 pt 6 lc rgb "#c2410c" title "blackbox exporter, p50", \\
     $ours using 1:3 with linespoints lw 2 pt 7 lc rgb "#1d4ed8" title "Vedette, p99", \\
     $ours using 1:2 with linespoints lw 2 dt 2 pt 6 lc rgb "#1d4ed8" title "Vedette, p50"
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    print(f"# plot: {OUT}/timing.svg")


def run_http(_):
    plot(measure("http"))


def run_dns(_):
    measure("dns")


def run_tls(_):
    without_5000 = {level: counts for level, counts in LEVELS.items() if level < 5000}
    measure("https", without_5000, {64: 400, 256: 600})
    measure("tls", without_5000, {})
