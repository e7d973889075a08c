"""What a check costs in exact counts, which do not depend on the machine's mood: instructions by callgrind and calls to the kernel by
strace, as differences between two numbers of runs, so that starting up does not count. Built for release only."""

import re
import subprocess
import unittest

from tests.bench.cpu import start_targets
from tests.e2e.support import VEDETTE, Workspace

# kind: most user instructions and most calls to the kernel for each check
LIMITS = {"http": (55_000, 12), "dns": (38_000, 7), "tcp": (21_000, 5.5), "tls": (3_900_000, 28), "https": (4_200_000, 37)}
# Turns of the loop: how many checks share one depends on how the answers come in.
TURNS = {"epoll_wait", "timerfd_settime", "read", "write", "futex"}
TRIES = 3
FEW, MANY = 40, 140


class Costs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = cls.enterClassContext(Workspace())
        cls.at = start_targets(cls.work)

    def command(self, kind, repeat):
        at = self.at
        what = {
            "http": ["http", f"http://127.0.0.1:{at['http']}/"],
            "https": ["http", f"https://127.0.0.1:{at['https']}/", "--ca-file", at["ca"]],
            "dns": ["dns", "bench.example", f"@127.0.0.1:{at['dns']}"],
            "tcp": ["tcp", f"127.0.0.1:{at['http']}"],
            "tls": ["tls", f"127.0.0.1:{at['https']}", "--ca-file", at["ca"]],
        }[kind]
        return [VEDETTE, *what, "--timeout", "60s", "--concurrency", "8", "--repeat", str(repeat), "--output", "json"]

    def instructions(self, kind, repeat):
        out = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *self.command(kind, repeat)],
                             capture_output=True, text=True, timeout=200)
        self.assertIn(f'"pass":{repeat}', out.stdout, out.stderr)
        return int(re.search(r"Collected : (\d+)", out.stderr)[1])

    def calls(self, kind, repeat):
        log = self.work.folder / "strace.txt"
        out = subprocess.run(["strace", "-f", "-c", "-o", log, *self.command(kind, repeat)], capture_output=True, text=True, timeout=100)
        self.assertIn(f'"pass":{repeat}', out.stdout, out.stderr)
        rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$", log.read_text(), re.M)
        return sum(int(count) for count, call in rows if call not in TURNS | {"total"})

    def test_instructions_for_each_check(self):
        for kind, (most, _) in LIMITS.items():
            with self.subTest(kind=kind):
                each = (self.instructions(kind, MANY) - self.instructions(kind, FEW)) / (MANY - FEW)
                print(f"{kind}: {each:.0f} instructions")
                self.assertLessEqual(each, most)

    def test_calls_to_the_kernel_for_each_check(self):
        for kind, (_, most) in LIMITS.items():
            with self.subTest(kind=kind):
                # On a busy machine an answer comes in more pieces than it was sent in.
                for _ in range(TRIES):
                    each = (self.calls(kind, MANY) - self.calls(kind, FEW)) / (MANY - FEW)
                    if each <= most:
                        break
                print(f"{kind}: {each:.1f} calls")
                self.assertLessEqual(each, most)


if __name__ == "__main__":
    unittest.main()
