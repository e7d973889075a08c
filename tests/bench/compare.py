#!/usr/bin/env python3
"""CPU per check of the whole agent beside blackbox_exporter, in one run, as ratios.

    ./dev bench [http https dns tcp tls]

Both are pinned to core 0, never at work at the same time; nginx, NSD and the driver have the other cores. The agent runs
scheduled checks on one shard and is scraped every second, all of which counts. The peer (GOMAXPROCS=1) is asked for
/probe over 64 keep-alive connections. CPU is read from the process's own clock. Each figure is the median of ROUNDS
rounds in which both take turns; the machine-readable line below the table has all of them.
"""

import json
import os
import select
import socket
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../.."))
from tests.e2e.support import Workspace, free_port, get, listens, value, wait_for  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS", "3"))
CONNECTIONS = 64

# What is compared: the target, the peer's module, our settings, and how many checks the agent runs every 100 ms: more than
# it can, so that it is as busy as the peer; what it skips is shown and costs it as well.
KINDS = {
    "http": dict(target="http://127.0.0.1:{http}/", kind="http", ours="preferred_ip_protocol: ip4", checks=600),
    "https": dict(target="https://127.0.0.1:{https}/", kind="http", ours="tls_config: {{ca_file: {ca}}}", checks=100),
    "dns": dict(target="127.0.0.1:{dns}", kind="dns", ours="query_name: bench.example, query_type: A", checks=1700),
    "tcp": dict(target="127.0.0.1:{http}", kind="tcp", ours="", checks=1300),
    "tls": dict(target="127.0.0.1:{https}", kind="tls", ours="tls_config: {{ca_file: {ca}}}", checks=100),
}


def pinned(*cores):
    usable = os.sched_getaffinity(0)
    wanted = set(cores) & usable or usable
    return lambda: os.sched_setaffinity(0, wanted)


def threads_cpu(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


class Driver:
    """Keeps CONNECTIONS requests for the peer's /probe in flight."""

    def __init__(self, port, path):
        self.address = ("127.0.0.1", port)
        self.request = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Prometheus-Scrape-Timeout-Seconds: 5\r\n\r\n".encode()

    def run(self, seconds):
        """Probes done and failed in that time."""
        poll = select.epoll()
        clients = {}
        for _ in range(CONNECTIONS):
            client = socket.create_connection(self.address)
            clients[client.fileno()] = [client, b""]
            poll.register(client, select.EPOLLIN)
            client.sendall(self.request)
        done = failed = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for fd, _ in poll.poll(0.1):
                client, have = clients[fd]
                have += client.recv(65536)
                if b"\r\n0\r\n\r\n" in have or (b"Content-Length" in have and b"probe_success" in have):
                    done += 1
                    failed += b"\nprobe_success 1" not in have
                    have = b""
                    client.sendall(self.request)
                clients[fd][1] = have
        for client, _ in clients.values():
            client.close()
        return done, failed


def start_targets(work):
    ca = work.authority()
    ports = {"http": free_port(), "https": free_port(), "dns": free_port(), "ca": ca}
    pinned(1)()
    work.nginx(f"""
        server {{ listen 127.0.0.1:{ports['http']}; location / {{ return 200 'hello'; }} }}
        server {{ listen 127.0.0.1:{ports['https']} ssl; ssl_protocols TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
          ssl_certificate @FOLDER@/leaf.pem; ssl_certificate_key @FOLDER@/leaf.key; location / {{ return 200 'hello'; }} }}""")
    os.chmod(work.folder, 0o777)
    work.write("zone", "$ORIGIN bench.example.\n$TTL 60\n@ IN SOA a a 1 2 3 4 5\n@ IN NS a\n@ IN A 192.0.2.1\na IN A 127.0.0.1\n")
    config = work.write("nsd.conf", f"""
server:
  rrl-ratelimit: 0
  ip-address: 127.0.0.1@{ports['dns']}
  username: ""
  zonesdir: "{work.folder}"
  zonelistfile: "{work.folder}/zone.list"
  xfrdfile: "{work.folder}/xfrd"
  xfrdir: "{work.folder}"
  pidfile: "{work.folder}/nsd.pid"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: bench.example
  zonefile: zone
""")
    work.process(["/usr/sbin/nsd", "-d", "-c", config], stderr=open(os.devnull, "w"))
    wait_for(lambda: listens(ports["dns"]), "NSD")
    return ports


def start_peer(work, ports):
    config = work.write("blackbox.yml", f"""
modules:
  http: {{prober: http, http: {{preferred_ip_protocol: ip4}}}}
  https: {{prober: http, http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ports['ca']}}}}}}}
  dns: {{prober: dns, dns: {{query_name: bench.example, query_type: A, preferred_ip_protocol: ip4}}}}
  tcp: {{prober: tcp, tcp: {{preferred_ip_protocol: ip4}}}}
  tls: {{prober: tcp, tcp: {{preferred_ip_protocol: ip4, tls: true, tls_config: {{ca_file: {ports['ca']}}}}}}}
""")
    port = free_port()
    process = work.process(["prometheus-blackbox-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
                            "--log.level=error"], preexec_fn=pinned(0), env={**os.environ, "GOMAXPROCS": "1"},
                           stderr=open(os.devnull, "w"))
    wait_for(lambda: listens(port), "blackbox_exporter")
    return process, port


def agent_config(spec, ports):
    target, ours = spec["target"].format(**ports), spec["ours"].format(**ports)
    checks = "\n".join(f"  - {{name: c{i}, module: m, target: '{target}'}}" for i in range(spec["checks"]))
    return (f"agent: {{shards: 1, limits: {{in_flight: {CONNECTIONS}, max_lateness: 20ms}}}}\ndefaults: {{interval: 100ms, timeout: 5s}}\n"
            f"modules: {{m: {{prober: {spec['kind']}, {spec['kind']}: {{{ours}}}}}}}\nchecks:\n{checks}\n")


def measure_agent(agent):
    pid = agent.process.pid
    runs = lambda: value(agent.page(), "vedette_runs_total", verdict="pass")
    time.sleep(1)
    before, cpu = runs(), threads_cpu(pid)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        time.sleep(1)
        get(agent.url + "/metrics", {"Accept-Encoding": "gzip"})
    done = runs() - before
    used = threads_cpu(pid) - cpu
    page = agent.page()
    skipped = sum(value(page, "vedette_runs_skipped_total", reason=r) for r in ("late", "budget", "overlap"))
    bad = sum(value(page, "vedette_runs_total", verdict=v) for v in ("fail", "unknown"))
    return used / done * 1e6, done / SECONDS, bad, skipped


def measure_peer(process, driver):
    driver.run(0.5)
    cpu = threads_cpu(process.pid)
    done, failed = driver.run(SECONDS)
    return (threads_cpu(process.pid) - cpu) / done * 1e6, done / SECONDS, failed


def compare(name):
    spec = KINDS[name]
    with Workspace() as work:
        ports = start_targets(work)
        rows = []
        for _ in range(ROUNDS):
            with Workspace() as turn:
                peer, port = start_peer(turn, ports)
                peer_cpu, peer_rate, peer_failed = measure_peer(
                    peer, Driver(port, f"/probe?module={name}&target={spec['target'].format(**ports)}"))
            with Workspace() as turn:
                pinned(0)()
                agent = turn.agent(agent_config(spec, ports))
                pinned(1)()
                cpu, rate, bad, skipped = measure_agent(agent)
            rows.append(dict(agent_us=cpu, agent_rate=rate, agent_failed=bad, agent_skipped=skipped,
                             peer_us=peer_cpu, peer_rate=peer_rate, peer_failed=peer_failed, ratio=cpu / peer_cpu))
    middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    print(f"{name:6} {middle['agent_us']:9.0f} {middle['peer_us']:9.0f} {middle['ratio']:7.3f} "
          f"[{min(r['ratio'] for r in rows):.3f}..{max(r['ratio'] for r in rows):.3f}] "
          f"{middle['agent_rate']:9.0f} {middle['peer_rate']:9.0f} {middle['agent_failed']:7.0f} {middle['agent_skipped']:8.0f}")
    print(json.dumps({"bench": name, **middle, "rounds": rows}), file=sys.stderr)


def main():
    names = sys.argv[1:] or list(KINDS)
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        sys.exit(f"no such bench: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    print(f"{'':6} {'CPU us per check':^19} {'ratio':>7} {'[least..most]':15} {'checks/s':^19} {'failed':>7} {'skipped':>8}")
    print(f"{'':6} {'agent':>9} {'peer':>9} {'':7} {'':15} {'agent':>9} {'peer':>9}")
    for name in names:
        compare(name)


if __name__ == "__main__":
    main()
