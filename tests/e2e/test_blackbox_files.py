"""Which configurations are accepted and which are refused: blackbox_files.txt, beside Debian's blackbox_exporter (0.23)."""

import concurrent.futures
import os
import subprocess
import unittest
from pathlib import Path

from tests.e2e.support import VEDETTE, Workspace

CORPUS = Path(__file__).parent / "blackbox_files.txt"
PEER = "/usr/bin/prometheus-blackbox-exporter"


def cases():
    for number, line in enumerate(CORPUS.read_text(encoding="utf-8").split("\n"), 1):
        if line and not line.startswith("#"):
            yield number, line[:2], line[3:]


def content(text):
    if not text.startswith("file"):
        return f"modules:\n  m: {text}\n"
    whole = text[len("file "):].replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r")
    return whole if not whole or whole.endswith("\n") else whole + "\n"


class Files(unittest.TestCase):
    def test_each_configuration_is_judged_as_the_corpus_says(self):
        with Workspace() as work, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            wrong = [problem for problem in pool.map(lambda case: self.judge(work, *case), cases()) if problem]
        self.assertEqual(wrong, [])

    def judge(self, work, number, mark, text):
        path = work.write(f"{number}.yml", content(text))
        ours = self.accepts([VEDETTE, "agent"], path)
        theirs = self.accepts([PEER], path)
        agrees = "=" if ours == theirs else "!"
        found = ("+" if ours else "-") + agrees
        return None if found == mark else f"{CORPUS.name}:{number}: {found} {text}"

    def accepts(self, command, path):
        done = subprocess.run([*command, "--config.check", "--config.file", str(path)], capture_output=True, timeout=60,
                              check=False)
        self.assertIn(done.returncode, (0, 1), f"{path}: {done.stderr}")
        return done.returncode == 0


if __name__ == "__main__":
    unittest.main()
