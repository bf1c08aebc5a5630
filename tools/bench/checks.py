"""Measure what the README states, on this machine: `make bench`."""

import contextlib
import io
import statistics
import subprocess
import sys
import time
from dataclasses import replace


def seconds(function, repeats: int = 5) -> float:
    """Median wall time of a call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def start_up(code: str) -> float:
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def main() -> None:
    empty = start_up("pass")
    helpers = start_up("from helpers import check, data, draw")
    print(f"import helpers (check, data, draw): {helpers - empty:.2f} s")

    from contract import calling
    from helpers import check

    start = time.perf_counter()
    check.conv2d.oracle(**check.conv2d.cases("window", 0)[0])
    print(f"Keras, loaded at the first check:   {time.perf_counter() - start:.1f} s")
    for name, strict in check.EXERCISES.items():
        exercise = replace(strict, terms=calling.FREE)  # our right answers are by Keras
        with contextlib.redirect_stdout(io.StringIO()):
            right = seconds(lambda exercise=exercise: exercise(exercise.oracle))
        print(f"check.{name}, every part: {1000 * right:6.0f} ms")


if __name__ == "__main__":
    main()
