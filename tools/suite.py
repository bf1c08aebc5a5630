"""Every test of the course, side by side: `make test`.

Two rows of parts share the cores; what a part printed is shown as it ends, and all of them once more
in the last lines. ``--only NAME`` runs one of them.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.notebooks import ROOT
from tools.tried import ONE_THREAD

PYTHON = (sys.executable, "-m")


@dataclass(frozen=True)
class Part:
    name: str
    command: tuple[str, ...]
    one_thread: bool = False  # in each of its processes, of which there are several


ROWS = (
    (Part("tests", (*PYTHON, "pytest", "-q", "-n", "3", "--dist", "loadfile", "-r", "s"), True),),
    (
        Part("style", (*PYTHON, "ruff", "check", ".")),
        Part("format", (*PYTHON, "ruff", "format", "--check", ".")),
        Part(
            "solutions",
            (*PYTHON, "pytest", "-q", "--nbval-lax", "--nbval-cell-timeout=300", "source"),
        ),
        Part("lessons", (*PYTHON, "tools.lessons")),
        Part("proof", (*PYTHON, "tools.proof")),
        Part("changes", (*PYTHON, "tools.mutants")),
    ),
)
"""The first row waits more than it works; the second one works."""
SKIPPED = r"^SKIPPED \[(\d+)\] (?:tests/\S+: )?(.*)"
"""As pytest says it."""


@dataclass(frozen=True)
class Result:
    part: Part
    status: int
    seconds: float
    printed: str

    @property
    def line(self) -> str:
        said = "ok" if self.status == 0 else f"FAILED ({self.status})"
        skipped = re.search(r"(\d+) skipped", self.printed)
        more = f", {skipped[1]} skipped" if skipped else ""
        return f"{self.part.name:10} {self.seconds:5.0f} s  {said}{more}"


def run(part: Part) -> Result:
    begun = time.monotonic()
    with tempfile.TemporaryFile() as file:
        environment = os.environ | (dict.fromkeys(ONE_THREAD, "1") if part.one_thread else {})
        silent = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": file}
        done = subprocess.run(part.command, cwd=ROOT, env=environment, **silent)
        file.seek(0)
        printed = file.read().decode(errors="replace")
    return Result(part, done.returncode, time.monotonic() - begun, printed)


def results(parts: tuple[Part, ...]) -> list[Result]:
    """A row, part after part; each is shown as it ends."""
    found = []
    for part in parts:
        found.append(run(part))
        print(f"\n───── {part.name}\n{found[-1].printed.rstrip()}", flush=True)
    return found


def skipped(found: list[Result]) -> Iterator[str]:
    """Why something was left out, and how many tests that were."""
    counts: Counter[str] = Counter()
    for result in found:
        for count, why in re.findall(SKIPPED, result.printed, re.MULTILINE):
            counts[why] += int(count)
    for why, count in counts.items():
        yield f"skipped    {count:5}: {why}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="suite", description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="PART", choices=[p.name for row in ROWS for p in row])
    only = parser.parse_args().only
    rows = [tuple(p for p in row if only in (None, p.name)) for row in ROWS]
    begun = time.monotonic()
    print("Running " + ", ".join(p.name for row in rows for p in row) + ".", flush=True)
    with ThreadPoolExecutor(len(rows)) as pool:
        found = [result for row in pool.map(results, rows) for result in row]
    print("\n─────")
    print("\n".join([*(result.line for result in found), *skipped(found)]))
    print(f"together   {time.monotonic() - begun:5.0f} s")
    return 1 if any(result.status for result in found) else 0


if __name__ == "__main__":
    sys.exit(main())
