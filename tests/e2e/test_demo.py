"""What `./dev run` starts: the example configuration against its demo targets."""

import json
import os
import signal
import subprocess
import unittest
from pathlib import Path

from tests.e2e.support import VEDETTE, free_port, get, listens, run, value, wait_for

PORTS = (18080, 18443, 18444, 18053)


class Demo(unittest.TestCase):
    def test_one_check_fails_on_purpose_and_the_others_pass(self):
        # The example names its files relative to the checkout.
        folder = Path("build/demo")
        already = folder.joinpath("nginx.pid").exists() and all(map(listens, PORTS))
        if not already:
            subprocess.run(["examples/demo/targets", "start", folder], check=True)
            self.addCleanup(subprocess.run, ["examples/demo/targets", "stop", folder])
        wait_for(lambda: all(map(listens, PORTS)), "the demo targets")
        result = run("check", "--config.file", "examples/vedette.yml", "--output", "json")
        verdicts = {(r["check"], r["instance"]): (r["verdict"], r["reason"]) for r in json.loads(result.stdout)}
        self.assertEqual(len(verdicts), 8)
        bad = {check: why for (check, _), why in verdicts.items() if why[0] != "pass"}
        self.assertEqual(bad, {"expired-on-purpose": ("fail", "tls_verify_expired")})
        self.assertEqual(result.returncode, 1)


    @unittest.skipUnless(VEDETTE.endswith("build/release/vedette"), "./dev run builds the release")
    def test_dev_run_stops_everything_on_ctrl_c(self):
        port = free_port()
        process = subprocess.Popen(["./dev", "run"], env={**os.environ, "PORT": str(port)}, start_new_session=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_for(lambda: listens(port), "the agent", patience=240)
        wait_for(lambda: value(get(f"http://127.0.0.1:{port}/metrics")[2], "vedette_checks", state="pending") == 0, "results")
        page = get(f"http://127.0.0.1:{port}/metrics")[2]
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output)
        self.assertIn(f"http://127.0.0.1:{port}/metrics", output)
        self.assertEqual(value(page, "vedette_checks", state="fail"), 1)
        wait_for(lambda: not any(map(listens, PORTS)), "the demo targets to stop")


if __name__ == "__main__":
    unittest.main()
