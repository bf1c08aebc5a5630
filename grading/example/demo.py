"""`make demo`: a class of 30 is made on the spot and graded before your eyes.

It is a course of its own in demo/, made anew each time; your own course is not touched.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from grading.example.classes import example_class

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "demo"
ASSIGNMENT = "01_normal_convolution"


def main() -> int:
    folder = Path(FOLDER)
    if folder.exists() and not (folder / "nbgrader_config.py").exists():
        sys.exit(f"{FOLDER}/ is there already, and not a demo: rename it, then try again.")
    shutil.rmtree(folder, ignore_errors=True)
    released(folder)
    made = example_class(folder, ASSIGNMENT)
    kinds = Counter(one.what.partition(":")[0] for one in made.values())
    print(f"A class of {len(made)} in {FOLDER}/submitted/: ", end="")
    print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) + ".\n", flush=True)
    subprocess.run([sys.executable, "-m", "grading", ASSIGNMENT], cwd=folder)
    page = os.path.join(FOLDER, "results", ASSIGNMENT, "report.html")
    print(f"\nOpen {page} in a browser.")
    return 0 if Path(page).exists() else 1


def released(folder: Path) -> None:
    """A course with one assignment, entered in a gradebook of its own."""
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["nbgrader gave no reason"]
        sys.exit(f"The demo's assignment could not be released: {lines[-1]}")


if __name__ == "__main__":
    sys.exit(main())
