"""Grade a class: `python -m grading ASSIGNMENT`, or `make grade ASSIGNMENT=…`.

Every submission in submitted/ ends as a row with a status. Marks go into nbgrader's gradebook;
results/ASSIGNMENT/ gets the report, the tables and what a run that was stopped goes on from.
"""

import argparse
import contextlib
import errno
import gc
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grading import importing
from grading.class_run.outcomes import STATUSES, UNGRADED, Outcome

STOPPED = 130  # as a shell says of a program that was interrupted


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    check_assignment(options.assignment)
    with importing():
        from grading.boundary import bubblewrap
        from grading.class_run import gradebook
        from grading.class_run.configuration import configuration
        from grading.class_run.pool import NoCluster
        from grading.class_run.run import Classroom

    try:
        if not options.scheduler:  # else it is the cluster's machines that need one
            bubblewrap.required(options.unsafe)
        with alone():
            classroom = Classroom(configuration(), options.assignment, options.unsafe)
            if not classroom.homes:
                sys.exit(
                    f"Nothing to grade: put notebooks in submitted/STUDENT/{options.assignment}/."
                )
            return graded(classroom, options)
    except (gradebook.NoGradebook, bubblewrap.NoSandbox, NoCluster, FileNotFoundError) as reason:
        sys.exit(str(reason))
    except OSError as error:
        sys.exit(trouble(error))
    except KeyboardInterrupt:
        print("\nStopped. What is graded is kept: the same command goes on from here.")
        return STOPPED


def check_assignment(name: str | None) -> None:
    """Ends with a sentence, unless this folder is a course that has the assignment."""
    if not Path("nbgrader_config.py").exists():
        sys.exit("This folder is no course, for it has no nbgrader_config.py; run this in one.")
    known = sorted(path.name for path in Path("source").glob("*") if path.is_dir())
    there_are = f"there are: {', '.join(known) or 'none'}."
    if not name:
        sys.exit(f"Which assignment? make grade ASSIGNMENT=NAME; {there_are}")
    if name not in known:
        sys.exit(f"There is no assignment {name!r} in source/; {there_are}")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Inside the block no other run grades in this folder: they would write the same files."""
    from filelock import FileLock, Timeout

    Path("results").mkdir(exist_ok=True)
    lock = FileLock(Path("results", ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        sys.exit("Another run is grading in this folder. Wait until it ends, then run this again.")
    try:
        yield
    finally:
        lock.release()


def trouble(error: OSError) -> str:
    """What the system said to a file of ours, and what to do."""
    if error.errno == errno.ENOSPC:
        return "The disk is full. Make room, then run this again: what is graded is kept."
    what = f"{error.filename}: " if error.filename else ""
    return f"{what}{error.strerror or error}. Put that right, then run this again; it goes on from here."


def parser() -> argparse.ArgumentParser:
    said = argparse.ArgumentParser(
        prog="grading", description="Grade a class: every submission in submitted/, in parallel."
    )
    said.add_argument(
        "assignment", nargs="?", help="its name in source/, e.g. 01_normal_convolution"
    )
    said.add_argument("--again", action="store_true", help="grade unchanged submissions anew, too")
    said.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help="examine on a Dask cluster, e.g. tcp://10.0.0.1:8786; this machine still records",
    )  # fmt: skip
    said.add_argument(
        "--unsafe", action="store_true",
        help="grade without a sandbox: only where you trust every submission",
    )  # fmt: skip
    said.add_argument(
        "--examiners",
        type=int,
        metavar="N",
        help="so many at once; else as many as there are cores",
    )
    said.add_argument("--no-feedback", action="store_true", help="leave out the feedback pages")
    return said


def graded(classroom, options: argparse.Namespace) -> int:
    from grading.boundary import bubblewrap
    from grading.class_run import gradebook
    from grading.class_run.pool import examiners
    from grading.class_run.progress import Progress
    from grading.class_run.run import is_graded
    from grading.reports import feedback, tables
    from grading.reports import page as report

    layers = bubblewrap.layers(options.unsafe)
    for layer in layers if not options.scheduler else ():
        print(f"{'on ' if layer.on else 'OFF'}  {layer.name}: {layer.what}")
    begun = time.monotonic()
    total = len(classroom.homes) + len(classroom.absent)
    with Progress(total) as progress, examiners(options.scheduler, options.examiners) as executor:
        outcomes = classroom.run(executor, options.again, progress.tell)
    seconds = time.monotonic() - begun
    with gradebook.opened(classroom.course) as book:
        written = tables.write(outcomes, gradebook.students(book), classroom.folder)
        shown = gradebook.on_pages(book, options.assignment)
    page = classroom.folder / "report.html"
    report.write(
        outcomes,
        page,
        assignment=options.assignment,
        layers=() if options.scheduler else layers,
        seconds=seconds,
    )
    if not options.no_feedback:
        marks = {o.student: shown.get(o.student, "") for o in outcomes if is_graded(o)}
        for problem in feedback.written(options.assignment, marks, options.again):
            print(problem)
    nbgrader_export(classroom)
    said(outcomes, page, written[0])
    # Who handed in nothing, or nothing that can be read, is a row like any other.
    return 0 if all(o.recorded or o.status in UNGRADED for o in outcomes) else 1


def said(outcomes: list[Outcome], page: Path, table: Path) -> None:
    counts = Counter(outcome.status for outcome in outcomes)
    print(", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status]) + ".")
    here = Path.cwd()
    print(f"Marks: {relative(table, here)} and grades.csv. Report: {relative(page, here)}")


def relative(path: Path, here: Path) -> str:
    return os.path.relpath(path, here)


def nbgrader_export(classroom) -> None:
    """grades.csv: nbgrader's own table of all assignments."""
    from nbgrader.apps import ExportApp

    app = ExportApp(config=classroom.api.config)
    app.log_level = logging.ERROR
    app.initialize([])
    app.start()


if __name__ == "__main__":
    status = main()
    gc.freeze()  # Python would look at all that there is before it ends: almost a second
    sys.exit(status)
