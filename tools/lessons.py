"""Re-execute the lessons and compare every output: `python -m tools.lessons`.

Lesson 4 trains five networks. It does so here on fewer digits than MNIST has, drawn from fonts:
as many as its own assertions need. ``--whole`` gives it what a student has.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tools.notebooks import ROOT

TRAIN, TEST, VALIDATION = 24_000, 4_000, 5_000
SECONDS = 1500  # for a cell
# What the lesson prints of their number, in nbval's own words.
SAME = f"""
[training images]
regex: \\b{TRAIN}\\b
replace: 60000

[test images]
regex: \\b{TEST}\\b
replace: 10000

[images to train with]
regex: \\b{TRAIN - VALIDATION:,}\\b
replace: 55,000
"""


def fewer_digits(folder: Path) -> dict[str, str]:
    """The variable that names a small stand-in for MNIST, drawn into the folder."""
    from helpers.data import drawn_digits

    train, test = drawn_digits(TRAIN, seed=1), drawn_digits(TEST, seed=2)
    arrays = dict(zip(("x_train", "y_train", "x_test", "y_test"), (*train, *test), strict=True))
    np.savez(folder / "digits.npz", **arrays)
    return {"MNIST_NPZ": str(folder / "digits.npz")}


def main() -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--nbval"]
    command += [f"--nbval-cell-timeout={SECONDS}", "notebooks"]
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ)
        if "--whole" not in sys.argv[1:]:
            environment |= fewer_digits(Path(folder))
            same = Path(folder, "same.cfg")
            same.write_text(SAME, encoding="utf-8")
            command += [f"--nbval-sanitize-with={same}"]
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
