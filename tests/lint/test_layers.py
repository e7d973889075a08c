"""The rooms keep to their table, and the linter sees when they do not."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.lint.layers import problems_of


class Layers(unittest.TestCase):
    def tree(self, **files):
        root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        subprocess.run(["git", "init", "-q", root], check=True)
        for name, includes in files.items():
            path = root / (name.replace("__", "/") + ".hpp")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f'#include "{one}.hpp"\n' for one in includes.split()))
        return list(problems_of(root))

    def test_this_tree(self):
        self.assertEqual(list(problems_of(Path("."))), [])

    def test_a_room_that_looks_up(self):
        self.assertEqual(self.tree(net__io__socket="checks/run", checks__run="net/io/stream", net__io__stream=""),
                         ["net/io/socket.hpp includes checks/run.hpp: net does not know checks",
                          "these folders include each other: checks, net/io"])
        self.assertEqual(self.tree(exporters__log="net/clock", net__clock=""), ["exporters/log.hpp includes net/clock.hpp: exporters does not know net"])

    def test_folders_in_a_circle(self):
        self.assertEqual(self.tree(net__a__x="net/b/x", net__b__x="net/c/x", net__c__x="net/a/y", net__a__y=""),
                         ["these folders include each other: net/a, net/b, net/c"])
        self.assertEqual(self.tree(net__a__x="net/b/x", net__b__x="base/x", base__x=""), [])


if __name__ == "__main__":
    unittest.main()
