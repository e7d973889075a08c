"""Which rooms may include which, and that no folders include each other in a circle.

    python3 -m tests.lint.layers [FOLDER]    the tree to look at, by default this one

A room is a folder at the top, with all folders in it. docs/design.md says what each is for."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path, PurePosixPath

ROOMS = {
    "base": set(),
    "config": {"base"},
    "cel": {"base", "config"},
    "language": {"base", "config"},
    "net": {"base", "config"},
    "checks": {"base", "config", "cel", "language", "net"},
    "scenarios": {"base", "config", "language", "net", "checks"},
    "scheduler": {"net", "checks"},
    "exporters": {"base", "config", "checks"},
    "probe": {"base", "config", "language", "net", "checks", "scenarios", "scheduler", "exporters"},
}
# A line has filters, whose arguments are templates, whose expressions have filters.
CIRCLES = [{"language/expressions", "language/filters", "language/lines"}]


def includes_of(root):
    """The pairs (file, file that it includes) among the sources of the rooms, as paths from the root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.cpp", "*.hpp"], cwd=root, capture_output=True,
                            text=True, check=True).stdout.split()
    sources = {name for name in listed if name.split("/")[0] in ROOMS and (root / name).exists()}
    for name in sorted(sources):
        for included in re.findall(r'^#include "([^"]+)"', (root / name).read_text(), re.M):
            if included in sources:
                yield name, included


def circles_of(graph):
    """The sets of folders that reach each other."""
    reached = {}
    for start in graph:
        seen, ahead = set(), [start]
        while ahead:
            new = set(graph.get(ahead.pop(), ())) - seen
            seen |= new
            ahead += new
        reached[start] = seen
    return {frozenset(other for other in graph if other in reached[one] and one in reached.get(other, ())) for one in graph} - {frozenset()}


def problems_of(root):
    graph = defaultdict(set)
    for name, included in includes_of(root):
        room, other = name.split("/")[0], included.split("/")[0]
        if room != other and other not in ROOMS[room]:
            yield f"{name} includes {included}: {room} does not know {other}"
        folders = str(PurePosixPath(name).parent), str(PurePosixPath(included).parent)
        if folders[0] != folders[1]:
            graph[folders[0]].add(folders[1])
    for circle in circles_of(graph):
        if not any(circle <= allowed for allowed in CIRCLES):
            yield f"these folders include each other: {', '.join(sorted(circle))}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems = list(problems_of(root))
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
