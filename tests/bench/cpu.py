"""CPU per check beside blackbox_exporter: http, https (ECDSA and RSA), dns, tcp, tls; and HTTPS with a large bundle.

In each of ROUNDS rounds the peer and ours take turns, with 64 checks in flight; the ratio is taken within the round. Ours is the
command line with --repeat: the agent's engine, recorder and series. What it takes to start is measured and taken off.
"""

import os
import time

from tests.bench.lab import OTHERS, Driver, Ours, cpu_of, figure, median, start_peer
from tests.e2e.support import Workspace, free_port

ROUNDS = 5
IN_FLIGHT = 64

# name: kind, the target, what our command line adds, the peer's module, counts of ours and of the peer, goal
CASES = {
    "http": ("http", "http://127.0.0.1:{http}/", [], "http", 6000, 1000, 0.15),
    "https_ecdsa": ("http", "https://127.0.0.1:{https}/", ["--ca-file", "{ca}"], "https", 1000, 500, 0.65),
    "https_rsa": ("http", "https://127.0.0.1:{https_rsa}/", ["--ca-file", "{ca}"], "https", 1000, 500, 0.65),
    "dns": ("dns", "bench.example", ["@127.0.0.1:{dns}"], "dns", 15000, 1000, 0.06),
    "tcp": ("tcp", "127.0.0.1:{http}", [], "tcp", 4000, 1000, 0.12),
    "tls": ("tls", "127.0.0.1:{https}", ["--ca-file", "{ca}"], "tls", 1000, 500, 0.65),
}


def start_targets(work):
    """nginx and NSD on all cores but the first; their ports and the authority's file."""
    at = {"ca": str(work.authority()), **{name: free_port() for name in ("http", "https", "https_rsa", "dns")}}
    work.leaf("rsa", ["-newkey", "rsa:2048"])
    before = os.sched_getaffinity(0)
    OTHERS()
    tls = "ssl_protocols TLSv1.3; ssl_session_cache off; ssl_session_tickets off; location / { return 200 'hello'; }"
    work.nginx(f"""
        server {{ listen 127.0.0.1:{at['http']} backlog=4096; location / {{ return 200 'hello'; }} }}
        server {{ listen 127.0.0.1:{at['https']} ssl backlog=4096; ssl_certificate @FOLDER@/leaf.pem;
                  ssl_certificate_key @FOLDER@/leaf.key; {tls} }}
        server {{ listen 127.0.0.1:{at['https_rsa']} ssl backlog=4096; ssl_certificate @FOLDER@/rsa.pem;
                  ssl_certificate_key @FOLDER@/rsa.key; {tls} }}""")
    work.nsd("bench.example", "@ IN SOA a a 1 2 3 4 5\n@ IN NS a\n@ IN A 192.0.2.1\na IN A 127.0.0.1\n", at["dns"])
    os.sched_setaffinity(0, before)
    return at


def modules(at):
    ip4 = {"preferred_ip_protocol": "ip4"}
    tls = {"tls_config": {"ca_file": at["ca"]}}
    return {
        "http": {"prober": "http", "http": ip4},
        "https": {"prober": "http", "http": {**ip4, **tls}},
        "dns": {"prober": "dns", "dns": {**ip4, "query_name": "bench.example", "query_type": "A"}},
        "tcp": {"prober": "tcp", "tcp": ip4},
        "tls": {"prober": "tcp", "tcp": {**ip4, "tls": True, **tls}},
    }


def cost_of_peer(process, port, path, count):
    """Microseconds of CPU for each of `count` probes; all must succeed."""
    driver = Driver(port, IN_FLIGHT)
    driver.run([path] * IN_FLIGHT)
    before = cpu_of(process.pid)
    pages = driver.run([path] * count)
    used = cpu_of(process.pid) - before
    failed = sum("\nprobe_success 1" not in page for page in pages.values())
    if failed:
        raise RuntimeError(f"{failed} of {count} probes of the peer failed: {path}")
    return used / count * 1e6


def cost_of_ours(work, kind, target, flags, count):
    """Microseconds of CPU for each of `count` runs; all must pass."""
    start = Ours(work, kind, target, *flags, repeat=2, concurrency=1, output="json").cpu
    ours = Ours(work, kind, target, *flags, repeat=count, concurrency=IN_FLIGHT, output="json")
    passed = ours.report()["verdicts"]["pass"]
    if passed != count:
        raise RuntimeError(f"only {passed} of {count} runs passed: {target}")
    return (ours.cpu - start) / count * 1e6


def compare(name):
    kind, target, flags, module, count, peer_count, goal = CASES[name]
    with Workspace() as work:
        at = start_targets(work)
        target, flags = target.format(**at), [flag.format(**at) for flag in flags]
        asked = target if name != "dns" else f"127.0.0.1:{at['dns']}"
        process, port = start_peer(work, modules(at))
        ours, peer = [], []
        for _ in range(ROUNDS):
            peer.append(cost_of_peer(process, port, f"/probe?module={module}&target={asked}", peer_count))
            ours.append(cost_of_ours(work, kind, target, flags, count))
            time.sleep(0.2)
        ratios = [a / b for a, b in zip(ours, peer)]
    figure(f"cpu.{name}", median(ratios), "ratio", goal, rounds=ratios, ours_us=median(ours), peer_us=median(peer))


def bundle():
    """HTTPS with 150 authorities in the bundle against the same with two."""
    with Workspace() as work:
        at = start_targets(work)
        large = work.write("large.pem", (work.folder / "ca.pem").read_text() + "".join(work.other_authority(i) for i in range(149)))
        small = work.write("small.pem", (work.folder / "ca.pem").read_text() + work.other_authority(0))
        target = f"https://127.0.0.1:{at['https']}/"
        costs = {path: [] for path in (small, large)}
        for _ in range(ROUNDS):
            for path, found in costs.items():
                found.append(cost_of_ours(work, "http", target, ["--ca-file", path], 800))
        ratios = [a / b for a, b in zip(costs[large], costs[small])]
    figure("cpu.bundle_150", median(ratios), "ratio", 1.05, rounds=ratios)


def run(names):
    for name in names or [*CASES, "bundle"]:
        bundle() if name == "bundle" else compare(name)
