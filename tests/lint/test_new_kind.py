"""A new kind of check is one folder and one line: tests/lint/toy is added to a copy of this tree, built with the objects
that are there, and asked in every way that a check can be asked.

    BUILD=build/release python3 -m unittest tests.lint.test_new_kind

The copy is an overlay over this tree in a mount namespace, so that the build finds the same paths."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.e2e import support

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD", ROOT / "build/release")).resolve()
ADD = """
set -e
mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$COPY/changes,workdir=$COPY/work" "$ROOT"
cd "$ROOT"
cp -r tests/lint/toy checks/toy
echo 'VEDETTE_KIND(toy)' >> checks/kinds.def
cmake --build "$BUILD" --target vedette
cp "$BUILD/vedette" "$COPY/vedette"
"""


class NewKind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.copy = Path(tempfile.mkdtemp(prefix="vedette-kind-"))
        cls.addClassCleanup(shutil.rmtree, cls.copy)
        (cls.copy / "changes").mkdir()
        (cls.copy / "work").mkdir()
        namespace = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
        built = subprocess.run([*namespace, "sh", "-c", ADD], capture_output=True, text=True,
                               env={**os.environ, "ROOT": str(ROOT), "BUILD": str(BUILD), "COPY": str(cls.copy)})
        assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
        support.VEDETTE, ours = str(cls.copy / "vedette"), support.VEDETTE
        cls.addClassCleanup(setattr, support, "VEDETTE", ours)
        cls.file = cls.copy / "greeting"
        cls.file.write_text("hello, world\n")

    def test_the_tree_itself_did_not_change(self):
        self.assertFalse((ROOT / "checks/toy").exists())
        self.assertNotIn("toy", (ROOT / "checks/kinds.def").read_text())

    def test_command_line(self):
        self.assertIn("--contains", support.run("toy", "--help").stdout)
        self.assertEqual(support.run("toy", self.file, "--contains", "world", "--assert", "size == 13").returncode, 0)
        failed = support.run("toy", self.file, "--contains", "moon")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("expect_mismatch: the file does not hold 'moon'", failed.stdout)
        self.assertIn("it is not an absolute path", support.run("toy", "greeting").stderr)

    def test_configuration(self):
        config = self.copy / "vedette.yml"
        config.write_text(f"checks:\n  - {{name: a, kind: toy, target: {self.file}, toy: {{contains: hello}}}}\n")
        self.assertEqual(support.run("check", "--config.file", config).returncode, 0)
        config.write_text(f"checks:\n  - {{name: a, kind: toy, target: {self.file}, toy: {{contain: hello}}}}\n")
        self.assertIn("did you mean contains?", support.run("validate", config).stderr)

    def test_scenario_step(self):
        scenario = self.copy / "scenario.yaml"
        scenario.write_text(f"""steps:
  - id: look
    toy: {{path: "{self.copy}/${{ name }}", holds: hello}}
    expect: [size == 13, 'regex /(w.+)/ == "world"']
    capture: {{length: size}}
  - id: compare
    assert: ['variable "length" == 13']
vars: {{name: greeting}}
""")
        ran = support.run("scenario", "run", scenario, "-o", "json")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn('"toy"', ran.stdout)
        self.assertIn("toy", json.loads(support.run("scenario", "schema").stdout)["$defs"]["step"]["properties"])
        scenario.write_text("steps: [{id: look, toy: {hold: hello}}]")
        self.assertIn("toy needs a path", support.run("scenario", "lint", scenario).stderr)

    def test_agent(self):
        with support.Workspace() as workspace:
            agent = workspace.agent(f"""modules: {{file: {{prober: toy, toy: {{contains: hello}}}}}}
checks: [{{name: a, module: file, target: {self.file}, interval: 1s}}]
""")
            agent.wait_for("probe_success", 1, check="a")
            _, _, page = support.get(agent.url + f"/probe?module=file&target={self.file}")
            self.assertEqual(support.value(page, "toy_size_bytes"), 13)


if __name__ == "__main__":
    unittest.main()
