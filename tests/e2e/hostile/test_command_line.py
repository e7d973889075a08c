"""Every fault, looked at by every kind of check that speaks its protocol, each in a run of the binary of its own: the
run ends in time, says the right reason, and stays small. HOSTILE_ONLY=PATTERN in the environment takes a part of them,
such as `http2.*@grpc`."""

import fnmatch
import json
import os
import re
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.hostile.expected import QUIET, all_expected, verdicts
from tests.e2e.hostile.faults import all_faults
from tests.e2e.hostile.running import PATIENCE, run_watched, start_faults
from tests.e2e.hostile.ways import MAIN, SECRET, WAYS
from tests.e2e.support import Workspace

DEADLINE = 2  # seconds: TIMEOUT of the ways
LATE = 1      # seconds that a run may take beyond it
MOST_OVERHEAD = 0.7  # seconds, on a machine that is busy with the faults
MOST_MEGABYTES = 400
# Sanitizers make a program slow, so that a deadline strikes in an earlier phase or finds the loop late, and they keep what
# it has freed.
SANITIZED = "VEDETTE_SANITIZED" in os.environ
# What is too much only when it has come: a peer or a machine that is slow has not sent it by the deadline.
BY_AMOUNT = {"peer_flood", "limit", "body_too_large", "http_headers_too_large", "line_too_long", "http_redirect_limit", "grpc_protocol"}
MOST_OUTPUT = 512 << 10
AT_ONCE, QUIET_AT_ONCE = 4, 12
EXIT_CODES = {"pass": 0, "warn": 0, "fail": 1, "unknown": 3}
# A terminal obeys these: C0 without tab and line feed, DEL, and C1 as UTF-8 has it.
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
ODD_TEXTS = ("http1.escapes@http", "http1.not_utf8@http", "http1.not_utf8@scenario",
             "http1.escapes_instead_of_http@http", "lines.escapes@tcp_banner", "lines.not_utf8@tcp_banner",
             "smtp.escapes@smtp", "websocket.escapes@websocket", "dns.escapes@dns", "redirect.not_utf8@http",
             "redirect.not_utf8@scenario_redirects", "connect.refuses_with_escapes@proxy",
             "tls.certificate_with_escapes@tls", "token.refuses_with_escapes@token",
             "grpc.status_text_with_escapes@grpc")


def label(pair):
    return "@".join(pair)


def chosen():
    pattern = os.environ.get("HOSTILE_ONLY", "*")
    return [pair for pair in all_expected() if fnmatch.fnmatchcase(label(pair), pattern)]


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = cls.enterClassContext(Workspace())
        cls.pairs = chosen()
        odd = [tuple(text.split("@")) for text in ODD_TEXTS]
        cls.addresses = start_faults(cls.work, {fault for fault, _ in cls.pairs + odd})

    def command(self, pair, folder):
        fault, way = pair
        return WAYS[way].command(self.addresses[fault, WAYS[way].transport], folder / "vedette.json")

    def try_one(self, pair):
        folder = Path(tempfile.mkdtemp(dir=self.work.folder))
        return run_watched(self.command(pair, folder), folder)

    def try_all(self, pairs):
        """Each with how it ended."""
        busy = [pair for pair in pairs if pair not in QUIET]
        waiting = [pair for pair in pairs if pair in QUIET]
        with ThreadPoolExecutor(AT_ONCE) as few, ThreadPoolExecutor(QUIET_AT_ONCE) as many:
            ended = [(pair, few.submit(self.try_one, pair)) for pair in busy]
            ended += [(pair, many.submit(self.try_one, pair)) for pair in waiting]
            return [(pair, future.result()) for pair, future in ended]

    def judge(self, pair, ended):
        self.assertIsNotNone(ended.code, f"it did not end within {PATIENCE} s")
        if not SANITIZED:
            self.assertLess(ended.megabytes, MOST_MEGABYTES, "memory")
        self.assertLess(len(ended.output), MOST_OUTPUT, "output")
        self.assertEqual(CONTROL.findall(ended.output + ended.errors), [], "bytes that a terminal obeys")
        self.assertNotIn(SECRET.encode(), ended.output + ended.errors, "a secret that was sent")
        self.assertNotIn(b"root:x:0:0", ended.output, "a file of this machine")
        result, = json.loads(ended.output.decode("utf-8"))
        said = f"{result['verdict']} {result['reason']}: {result['message'][:300]}"
        right = all_expected()[pair]
        slow = result["reason"].startswith("timeout_") or result["reason"] == "agent_paused"
        if not (slow and (SANITIZED or (right & BY_AMOUNT and result["reason"] != "agent_paused"))):
            self.assertIn(result["reason"], right, said)
        self.assertEqual(result["verdict"], verdicts().get(result["reason"]), said)
        self.assertEqual(ended.code, EXIT_CODES[result["verdict"]], said)
        if not SANITIZED:
            self.assert_waits_have_phases(result)
        self.assertLessEqual(result["duration_seconds"] + result["overhead_seconds"], DEADLINE + (3 if SANITIZED else 1) * LATE, said)

    def test_every_fault_in_every_way(self):
        began = time.monotonic()
        failed = 0
        for pair, ended in self.try_all(self.pairs):
            with self.subTest(fault=pair[0], way=pair[1], seconds=round(ended.seconds, 1),
                              megabytes=round(ended.megabytes)):
                failed += 1
                self.judge(pair, ended)
                failed -= 1
        print(f"{len(self.pairs)} runs in {time.monotonic() - began:.0f} s, {failed} of them wrong")

    def assert_waits_have_phases(self, result):
        """Whatever was waited for is in a phase; what the agent took for itself is little."""
        parts = sum(part["seconds"] for part in result["phases"])
        if result["kind"] != "scenario":
            self.assertAlmostEqual(parts, result["duration_seconds"], delta=1e-6)
        if result["reason"].startswith(("timeout_", "closed_")) and result["reason"] != "timeout_expect":
            self.assertLess(result["overhead_seconds"], MOST_OVERHEAD, result["reason"])

    def test_no_output_moves_the_cursor_or_holds_markup(self):
        """Texts of targets in the outputs that people and pages of a build server show."""
        for text in ODD_TEXTS:
            folder = Path(tempfile.mkdtemp(dir=self.work.folder))
            command = self.command(tuple(text.split("@")), folder)
            at = command.index("--output")
            for output in (["text", "--verbose"], ["jsonl"], ["junit"]):
                if output == ["jsonl"] and command[0] == "check":
                    continue
                ended = run_watched([*command[:at], *command[at + 2:], "--output", *output], folder)
                with self.subTest(fault=text, output=output[0]):
                    self.assertEqual(CONTROL.findall(ended.output + ended.errors), [])
                    ended.output.decode("utf-8")
                    if output == ["junit"]:
                        self.assertNotIn(b"<script>", ended.output)


class Table(unittest.TestCase):
    def test_every_fault_is_expected_in_the_main_ways_of_its_protocol(self):
        expected = all_expected()
        for name, fault in all_faults().items():
            with self.subTest(fault=name):
                self.assertTrue(any(pair[0] == name for pair in expected))
                for way in MAIN[fault.protocol]:
                    self.assertIn((name, way), expected)

    def test_every_row_is_of_a_fault_and_a_way(self):
        for fault, way in all_expected():
            with self.subTest(fault=fault, way=way):
                self.assertIn(fault, all_faults())
                self.assertIn(way, WAYS)

    def test_every_reason_is_documented(self):
        for pair, reasons in all_expected().items():
            with self.subTest(pair=label(pair)):
                self.assertLessEqual(reasons, verdicts().keys())


if __name__ == "__main__":
    unittest.main()
