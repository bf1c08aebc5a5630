"""What grading costs: `make bench-grading`, or `python -m tools.bench.grading --help`.

Stock nbgrader and the class run grade the same submissions on the same machine, one after the
other, and their marks are compared. Then: what a submission costs in a small class and in a large
one, how much memory that takes, and what is left of a run that is killed again and again.
"""

import argparse
import csv
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tools.notebooks import ROOT

BIN = Path(sys.executable).parent
KERAS, NUMPY = "01_normal_convolution", "02_depthwise_convolution"
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = 120
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "."
"""
LOOKS = 25  # submissions between two looks at the memory
LINE = re.compile(r"\[(\d+)/(\d+)\] ")


class Course:
    """A class of honest submissions, all right and no two the same, in a folder of its own."""

    def __init__(self, folder: Path, assignment: str, count: int, config: str = ""):
        self.folder, self.assignment = folder, assignment
        folder.mkdir()
        shutil.copytree(ROOT / "source" / assignment, folder / "source" / assignment)
        text = config or (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        (folder / "nbgrader_config.py").write_text(text, encoding="utf-8")
        subprocess.run(self.command("nbgrader", "generate_assignment"), check=True, **self.silent())
        self.hand_in(count)

    def hand_in(self, count: int) -> None:
        import nbformat

        file = f"{self.assignment}.ipynb"
        solved, released = (
            nbformat.read(self.folder / stage / self.assignment / file, 4)
            for stage in ("source", "release")
        )
        solutions = {cell.id: cell.source for cell in solved.cells}
        for number in range(count):
            for cell in released.cells:
                about = cell.metadata.get("nbgrader", {})
                if about.get("solution"):
                    ending = f"\n# {number}" if cell.cell_type == "code" else ""
                    cell.source = solutions[cell.id] + ending
            target = self.folder / "submitted" / f"student{number:04}" / self.assignment
            target.mkdir(parents=True)
            nbformat.write(released, target / file)

    def command(self, module: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", module, *arguments, self.assignment]

    def silent(self) -> dict:
        environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        nowhere = subprocess.DEVNULL
        return {"cwd": self.folder, "env": environment, "stdout": nowhere, "stderr": nowhere}

    def start(self) -> subprocess.Popen:
        options = self.silent() | {"stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen([*self.command("grading"), "--no-feedback"], **options)

    def marks(self) -> dict[str, str]:
        """Each student's points, as nbgrader exports them."""
        subprocess.run([sys.executable, "-m", "nbgrader", "export"], check=True, **self.silent())
        with (self.folder / "grades.csv").open() as file:
            return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


def stock(course: Course) -> float:
    """Seconds per submission of `nbgrader autograde`."""
    begun = time.monotonic()
    subprocess.run(course.command("nbgrader", "autograde"), check=True, **course.silent())
    return (time.monotonic() - begun) / students(course)


def students(course: Course) -> int:
    return len(list((course.folder / "submitted").iterdir()))


def ours(course: Course) -> tuple[float, float, float]:
    """Seconds per submission: of the whole run, and once it is warm; and MB at the highest."""
    begun, process = time.monotonic(), course.start()
    watched, stamps, most = psutil.Process(process.pid), [], 0
    for line in process.stdout:
        if LINE.match(line):
            stamps.append(time.monotonic())
            if len(stamps) % LOOKS == 5:  # a look takes time from what is measured
                most = max(most, memory(watched))
    process.wait()
    warm = stamps[2 * (os.cpu_count() or 1) - 1 :]  # each examiner has had two
    return (
        (time.monotonic() - begun) / len(stamps),
        (warm[-1] - warm[0]) / (len(warm) - 1),
        most / 2**20,
    )


def memory(process: psutil.Process) -> int:
    """Bytes of the run and all that it started, shared pages counted once where they can be."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue
    return total


def compared(folder: Path, assignment: str, count: int, stock_count: int) -> None:
    theirs = Course(folder / f"stock-{assignment}", assignment, stock_count, STOCK)
    mine = Course(folder / f"ours-{assignment}", assignment, count)
    whole, warm, _ = ours(mine)
    plain = stock(theirs)
    print(f"{assignment}: stock {plain:.2f} s a submission ({stock_count} of them)")
    print(f"  ours {whole:.2f} s a submission, start included ({count} of them), {warm:.2f} s warm")
    print(f"  ratio {plain / whole:.1f}, warm {plain / warm:.1f}")
    marks, wanted = mine.marks(), theirs.marks()
    same = all(marks[student] == wanted[student] for student in wanted)
    print(f"  the same marks for all {stock_count} that both graded: {'yes' if same else 'NO'}")


def flat(folder: Path, sizes: list[int]) -> None:
    for size in sizes:
        times = -(-50 // size)  # six submissions alone would say little
        runs = [ours(Course(folder / f"{size}-{n}", NUMPY, size)) for n in range(times)]
        warm, most = statistics.mean(run[1] for run in runs), max(run[2] for run in runs)
        print(
            f"{NUMPY}, a class of {size} ({times} times): {warm:.3f} s a submission warm, "
            f"{most:,.0f} MB at most",
            flush=True,
        )


def killed(folder: Path, count: int, times: int) -> None:
    """SIGKILL at random moments; then the marks are those of a run that nobody disturbed."""
    course, chance, deaths = Course(folder / "killed", NUMPY, count), random.Random(6), 0
    while deaths < times:
        process = course.start()
        try:
            process.communicate(timeout=chance.uniform(2, 12))
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            deaths += 1
    course.start().communicate()
    undisturbed = Course(folder / "undisturbed", NUMPY, count)
    undisturbed.start().communicate()
    same = course.marks() == undisturbed.marks()
    rows = len(course.marks())
    print(f"killed {deaths} times, then run to its end: {rows} of {count} rows, ", end="")
    print(f"the marks of an undisturbed run: {'yes' if same else 'NO'}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=100, help="submissions graded by ours")
    options.add_argument("--stock", type=int, default=100, help="of these, graded by stock, too")
    options.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000])
    options.add_argument("--kills", type=int, default=20)
    asked = options.parse_args()
    print(f"on {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for assignment in (KERAS, NUMPY) if asked.count else ():
            compared(folder, assignment, asked.count, asked.stock)
        flat(folder, asked.sizes)
        if asked.kills:
            killed(folder, 100, asked.kills)


if __name__ == "__main__":
    main()
