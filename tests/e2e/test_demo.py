"""What `./dev run` starts: the example configuration against its demo targets."""

import json
import subprocess
import unittest
from pathlib import Path

from tests.e2e.support import listens, run, wait_for

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


if __name__ == "__main__":
    unittest.main()
