"""Starts what the tests need in processes of their own: servers of faults, and single runs of the binary that are
watched from outside."""

import os
import resource
import select
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.e2e.hostile.ways import ENVIRONMENT
from tests.e2e.support import VEDETTE

PATIENCE = 20  # seconds that a single run may take before it is killed
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
STARTING = 60  # seconds until all servers must listen
MOST_READ = 1 << 20  # of what a run has printed


def raise_descriptor_limit():
    """Some hundred listeners, and the connections of a whole agent."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def start_faults(work, names, processes=2, niceness=5):
    """Serves these faults until `work` ends, in processes that share nothing with the test. Gives the address of each
    name and transport."""
    names = sorted(names)
    raise_descriptor_limit()
    started = [serve(work, names[i::processes], niceness) for i in range(processes) if names[i::processes]]
    addresses = {}
    for server in started:
        addresses.update(listeners(server))
    return addresses


def serve(work, names, niceness):
    # They are polite: what is tested gets the processor first.
    return work.process(["nice", "-n", str(niceness), sys.executable, "-m", "tests.e2e.hostile.server", *names],
                        cwd=ROOT, stdout=subprocess.PIPE, text=True)


def listeners(server):
    out = {}
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        if not select.select([server.stdout], [], [], 1)[0]:
            continue
        for line in iter(server.stdout.readline, "ready\n"):
            if not line:
                raise AssertionError("the server of faults has ended")
            name, transport, address = line.split()
            out[name, transport] = address
        return out
    raise AssertionError("the servers of faults did not come to listen")


@dataclass(frozen=True)
class Ended:
    """What a run of the binary left behind."""
    code: int | None  # None when it had to be killed
    output: bytes
    errors: bytes
    seconds: float
    megabytes: float  # of memory, at most


def run_watched(arguments, folder, patience=PATIENCE):
    """Runs the binary; its outputs go through files in `folder`, so that nothing waits for them to be read."""
    with open(folder / "out", "w+b") as out, open(folder / "err", "w+b") as err:
        began = time.monotonic()
        process = subprocess.Popen([os.path.abspath(VEDETTE), *map(str, arguments)], stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=err, env={**os.environ, **ENVIRONMENT})
        killed = False
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            if time.monotonic() - began > patience and not killed:
                process.kill()
                killed = True
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Ended(None if killed else process.returncode, out.read(MOST_READ), err.read(MOST_READ),
                     time.monotonic() - began, usage.ru_maxrss / 1024)
