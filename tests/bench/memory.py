"""Memory: an agent with ten checks, an idle check among 100,000, a check in flight; and how long 100,000 checks take to load."""

import time

from tests.bench.lab import DelayServer, Driver, Ours, figure, median, memory_of, start_peer
from tests.bench.timing import modules
from tests.e2e import support
from tests.e2e.support import Agent, Workspace, get, value

MANY = 100_000
IN_FLIGHT = 1000
WAIT = 2_000_000  # microseconds that the server takes, so that all are in flight at once


def config(count, port, interval):
    checks = "".join(f"  - {{name: c{i}, module: m, target: '127.0.0.1:{port}'}}\n" for i in range(count))
    return f"agent: {{shards: 1}}\ndefaults: {{interval: {interval}, timeout: 5s}}\nmodules: {{m: {{prober: tcp}}}}\nchecks:\n{checks}"


def resident_after_all_ran(work, count, port, interval):
    agent = Agent(work, config(count, port, interval))
    while (value(agent.page(), "vedette_runs_total", verdict="pass") or 0) < count:
        time.sleep(1)
    time.sleep(1)
    return memory_of(agent.process.pid, "VmRSS")


def at_rest():
    with Workspace() as work:
        server = DelayServer(work)
        with Workspace() as turn:
            few = resident_after_all_ran(turn, 10, server.ports["http"], "1s")
        with Workspace() as turn:
            peer, _ = start_peer(turn, modules(None))
            figure("memory.rest_10_checks", few / 1e6, "MB", 20, peer=memory_of(peer.pid, "VmRSS") / 1e6)
        with Workspace() as turn:
            many = resident_after_all_ran(turn, MANY, server.ports["http"], "7s")
    figure("memory.idle_check", (many - few) / MANY / 1024, "KiB", 4)


def start():
    with Workspace() as work:
        path = work.write("many.yml", config(MANY, 9, "60s"))
        loads = []
        for _ in range(3):
            with Workspace() as turn:
                began = time.monotonic()
                agent = Agent(turn, path, ())
                while get(agent.url + "/-/ready")[0] != 200:
                    time.sleep(0.02)
                loads.append(time.monotonic() - began)
        validations = []
        for _ in range(3):
            began = time.monotonic()
            out = support.run("validate", path)
            validations.append(time.monotonic() - began)
            if out.returncode != 0:
                raise RuntimeError(out.stderr)
    figure("start.load_100000", median(loads), "s", 3)
    figure("start.validate_100000", median(validations), "s", 3)


def in_flight():
    with Workspace() as work:
        ca = work.authority()
        server = DelayServer(work, "--certificate", work.folder / "leaf.pem", "--key", work.folder / "leaf.key")
        for kind, flags, goal in (("http", [], 20), ("https", ["--ca-file", ca], 70)):
            target = f"{kind}://127.0.0.1:{server.ports[kind]}/d/{WAIT}/1"
            few = Ours(work, "http", target, *flags, repeat=10, concurrency=10, output="json", watch_memory=True).peak
            many = Ours(work, "http", target, *flags, repeat=IN_FLIGHT, concurrency=IN_FLIGHT, output="json", watch_memory=True).peak
            with Workspace() as turn:
                peer, port = start_peer(turn, modules(ca))
                asked = f"/probe?module={kind}&target={target}"
                Driver(port, 10).run([asked] * 10)
                before = memory_of(peer.pid, "VmHWM")
                Driver(port, IN_FLIGHT).run([asked] * IN_FLIGHT)
                peers = (memory_of(peer.pid, "VmHWM") - before) / IN_FLIGHT / 1000
            figure(f"memory.in_flight_{kind}", (many - few) / IN_FLIGHT / 1000, "KB", goal, peer=peers)


def run(_):
    at_rest()
    in_flight()


def run_start(_):
    start()
