"""What every part of the bench needs: targets, the peer and its driver, runs of ours, and how figures are shown.

The prober, ours or the peer, has core 0; targets and driver have the others. The two never work at the same time.
"""

import json
import os
import re
import resource
import select
import socket
import statistics
import subprocess
import sys
import time

from tests.e2e.support import VEDETTE, Workspace, free_port, get, listens, wait_for

BUILD = os.path.dirname(VEDETTE)
DEVNULL = subprocess.DEVNULL
PEER = "prometheus-blackbox-exporter"


def pinned(*cores):
    """For preexec_fn: the process gets these cores, as far as they are there."""
    usable = os.sched_getaffinity(0)
    wanted = set(cores) & usable or usable
    return lambda: os.sched_setaffinity(0, wanted)


PROBER = pinned(0)
OTHERS = pinned(*range(1, os.cpu_count()))


def figure(name, value, unit, goal=None, **more):
    """Shows one figure to a person and, on a line of its own, to a program. A goal is the most that it may be."""
    verdict = "" if goal is None else f"  goal {goal:g}: {'reached' if value <= goal else 'MISSED'}"
    details = "".join(f"  {key} {number(v)}" for key, v in more.items())
    print(f"{name:36} {number(value):>10} {unit:8}{verdict}{details}")
    print(json.dumps({"figure": name, "value": value, "unit": unit, "goal": goal, **more}), flush=True)


def number(value):
    if isinstance(value, list):
        return "[" + " ".join(map(number, value)) + "]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_of(pid):
    """Seconds of CPU of all its threads, of those that have ended too; the clock has nanoseconds."""
    # The kernel numbers the clock of a process so (clock_getcpuclockid of the C library does the same).
    return time.clock_gettime((~pid << 3) | 2)


def memory_of(pid, field):
    """Bytes, from the process's status: VmRSS (now) or VmHWM (the most so far)."""
    with open(f"/proc/{pid}/status") as file:
        found = re.search(rf"{field}:\s+(\d+) kB", file.read())
    return int(found[1]) * 1024 if found else None


def peak_until_end(pid):
    """The most memory a child had, looked at until it ends; what wait() tells holds the parent's as well."""
    peak = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = memory_of(pid, "VmHWM") or peak
        time.sleep(0.01)
    return peak


class Ours:
    """One run of the command line with --repeat: its rows, its report, its CPU and the most memory that it had."""

    def __init__(self, work, kind, target, *flags, repeat, concurrency, rate=None, output="jsonl",
                 watch_memory=False):
        self.path = work.folder / "runs.jsonl"
        command = [VEDETTE, kind, target, "--timeout", "20s", "--repeat", str(repeat), "--concurrency", str(concurrency),
                   "--output", output, *map(str, flags)]
        if rate is not None:
            command += ["--rate", str(rate)]
        with self.path.open("w") as out:
            process = subprocess.Popen(command, stdin=DEVNULL, stdout=out, stderr=subprocess.PIPE, preexec_fn=PROBER)
            self.peak = peak_until_end(process.pid) if watch_memory else None
            complaint = process.stderr.read().decode()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            process.stderr.close()
        if process.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)}: {process.returncode}: {complaint}")
        self.cpu = used.ru_utime + used.ru_stime

    def rows(self):
        with self.path.open() as file:
            return [json.loads(line) for line in file]

    def report(self):
        with self.path.open() as file:
            return json.load(file)


class Driver:
    """Asks the peer's /probe over keep-alive connections, each with one request after the other."""

    def __init__(self, port, connections=64):
        self.address = ("127.0.0.1", port)
        self.connections = connections

    def run(self, paths, seconds=3600):
        """Pages by their place in `paths`, of those that ended in time."""
        poll = select.epoll()
        clients = {}
        paths = iter(enumerate(paths))
        pages = {}
        end = time.monotonic() + seconds

        def ask(client):
            asked = next(paths, None) if time.monotonic() < end else None
            if asked is None:
                return False
            client.asked = asked[0]
            client.socket.sendall(f"GET {asked[1]} HTTP/1.1\r\nHost: peer\r\nX-Prometheus-Scrape-Timeout-Seconds: 20.5\r\n\r\n"
                                  .encode())
            return True

        for _ in range(self.connections):
            client = Client(self.address)
            if not ask(client):
                client.socket.close()
                break
            clients[client.socket.fileno()] = client
            poll.register(client.socket, select.EPOLLIN)
        while clients:
            for fd, _ in poll.poll(30):
                client = clients[fd]
                page = client.take()
                if page is None:
                    continue
                pages[client.asked] = page
                if not ask(client):
                    poll.unregister(client.socket)
                    client.socket.close()
                    del clients[fd]
        return pages


class Client:
    """One connection of the driver. The peer sends pages in chunks, cut anywhere."""

    def __init__(self, address):
        self.socket = socket.create_connection(address)
        self.have = b""
        self.asked = None

    def take(self):
        """Reads; the page when it is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the peer closed a connection of the driver")
        self.have += part
        head, found, body = self.have.partition(b"\r\n\r\n")
        if not found:
            return None
        if b"chunked" in head.lower():
            page = unchunked(body)
        else:
            size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            page = body[:size] if len(body) >= size else None
        if page is not None:
            self.have = b""
            return page.decode()
        return None


def unchunked(body):
    """The body without its chunks' sizes; None when it is not whole yet."""
    out = b""
    while True:
        size, found, body = body.partition(b"\r\n")
        if not found:
            return None
        length = int(size, 16)
        if length == 0:
            return out
        if len(body) < length + 2:
            return None
        out += body[:length]
        body = body[length + 2:]


def start_peer(work, modules):
    """blackbox_exporter on one core; its process and its port."""
    config = work.write("blackbox.yml", json.dumps({"modules": modules}))
    port = free_port()
    process = work.process([PEER, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"],
                           preexec_fn=PROBER, env={**os.environ, "GOMAXPROCS": "1"}, stderr=DEVNULL)
    wait_for(lambda: listens(port), "blackbox_exporter")
    return process, port


class DelayServer:
    """The delay server and what it knows."""

    def __init__(self, work, *flags):
        process = work.process([f"{BUILD}/tests/bench/delay_server", *map(str, flags)], stdout=subprocess.PIPE, stderr=DEVNULL,
                               preexec_fn=OTHERS)
        work.callback(process.stdout.close)
        self.ports = json.loads(process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.ports['http']}"

    def reset(self):
        get(self.url + "/reset")

    def truth(self):
        """Seconds by ("id", number), and lists of them by ("port", number) in their order."""
        out = {}
        for line in get(self.url + "/truth")[2].splitlines():
            what, key, nanoseconds = line.split()
            seconds = int(nanoseconds) / 1e9
            if what == "port":
                out.setdefault((what, int(key)), []).append(seconds)
            else:
                out[what, int(key)] = seconds
        return out


def raise_descriptor_limit():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def median(values):
    return statistics.median(values)
