"""What a scenario costs beside the requests that it makes, and many of them at once."""

import json
import resource
import statistics
import subprocess
import time
from pathlib import Path

from tests.e2e.support import VEDETTE, Workspace, free_port

STEPS = 5
RUNS = 4000
ROUNDS = 3


def cpu_of(command):
    """CPU seconds of a command, and its peak resident memory in MiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def configs(work, port):
    url = f"http://127.0.0.1:{port}/page"
    steps = "".join(f"""
          - id: s{n}
            http: {{url: "{url}", reuse: {{reuse}}}}
            expect: [status == 200, body contains "Welcome"]""" for n in range(STEPS))
    scenario = "checks:\n  - name: scenario\n    scenario:\n      inline:\n        scenario: five\n        steps:" + steps
    checks = "checks:\n" + "".join(f"""
  - name: c{n}
    kind: http
    target: {url}
    http: {{expect: [status == 200, body contains "Welcome"]}}""" for n in range(STEPS))
    return {"scenario": work.write("scenario.yml", scenario.replace("{reuse}", "false")),
            "scenario, connections kept": work.write("kept.yml", scenario.replace("{reuse}", "true")),
            "checks": work.write("checks.yml", checks)}


def run(_):
    with Workspace() as work:
        port = free_port()
        work.nginx(f"server {{ listen 127.0.0.1:{port}; keepalive_requests 1000000; location / {{ return 200 '<h1>Welcome</h1>'; }} }}")
        files = configs(work, port)
        taken = {name: [] for name in files}
        for _ in range(ROUNDS):
            for name, path in files.items():
                taken[name].append(cpu_of([VEDETTE, "check", "--config.file", path, "--repeat", str(RUNS), "--concurrency", "4", "--output", "json"]))
        base = statistics.median(taken["checks"])
        for name, seconds in taken.items():
            mean = statistics.median(seconds)
            print(f"{name}: {mean / RUNS * 1e6:.0f} us CPU for {STEPS} requests, {mean / base:.2f} of the same as single checks")
        many(work, port)


def many(work, port, count=1000):
    path = work.write("many.yml", f"""checks:
  - name: many
    scenario:
      inline:
        scenario: many
        steps:
          - {{id: a, http: {{url: "http://127.0.0.1:{port}/page"}}}}
          - {{id: b, sleep: 3s}}
          - {{id: c, http: {{url: "http://127.0.0.1:{port}/page"}}, expect: [status == 200]}}
""")
    began = time.monotonic()
    process = subprocess.Popen([VEDETTE, "check", "--config.file", path, "--repeat", str(count), "--concurrency", str(count), "--output", "json"],
                               stdout=subprocess.PIPE, text=True)
    time.sleep(2)
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    out, _ = process.communicate()
    print(f"{count} in flight: {status['Threads'].strip()} threads, {status['VmRSS'].strip()}, done in {time.monotonic() - began:.1f} s, {json.loads(out).get('verdicts', out[:200])}")
