"""The class run: every submission examined, on as many cores as there are, and every one a row.

Examining needs nothing but the notebook's cells, so it happens anywhere (`pool`). Recording is
nbgrader's own autograding, in this process alone, with the results in hand. Each result is kept in
a file of its own before it is recorded; a run that is killed goes on from these files.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

import contract
import grading
from grading.boundary.bubblewrap import NoSandbox
from grading.boundary.cells import about, code_cells, fingerprint, grade_id, is_test
from grading.boundary.home import places
from grading.boundary.settings import Settings
from grading.boundary.steps import Examine
from grading.class_run import gradebook
from grading.class_run.outcomes import UNGRADED, Cell, Outcome, load, save, status_of
from grading.class_run.pool import examine
from grading.submissions import collecting, reading, restoring
from grading.submissions.steps import released_notebook

RESULTS = "results"
AHEAD = 200
"""Submissions on their way: enough for a large cluster, and no more memory for more students."""


@dataclass(frozen=True)
class Job:
    """A submission that is to be examined: what an examiner needs, and what comes with the result."""

    student: str
    key: str
    notebook: NotebookNode
    cells: list[dict]
    changes: restoring.Changes


@cache
def version(settings: Settings) -> str:
    """Of the code that grades, the course's own with it: another one, and all is graded again."""
    names = {name.partition(".")[0] for name in (*settings.importable, *settings.silent)}
    course = [place for name in sorted(names) for place in places(name, settings.root)]
    ours = [Path(package.__file__).parent for package in (contract, grading)]
    files = [file for place in (*ours, *course) for file in sorted(place.rglob("*.py")) or [place]]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


class Classroom:
    """One assignment of a course, as nbgrader's configuration in its folder describes it."""

    def __init__(self, config: Config, assignment: str, unsafe: bool = False):
        self.assignment = assignment
        self.api = NbGraderAPI(config=config)
        self.api.log_level = "ERROR"
        self.course: CourseDirectory = self.api.coursedir
        self.settings = Examine(config=config).settings(unsafe)
        self.folder = Path(self.course.root) / RESULTS / assignment
        with gradebook.opened(self.course) as book:
            released = released_notebook(
                self.course, {"assignment": assignment, "notebook": assignment}
            )
            self.released = gradebook.with_hidden_tests(book, released, assignment)
            known = set(gradebook.students(book))
            self.marks = gradebook.marks(book, assignment)
        self.collected = collecting.collected(Path(self.course.root), assignment)
        self.absent = sorted(known - {submission.student for submission in self.collected})

    # ------------------------------------------------------------ the run

    def run(
        self, executor: Executor, again: bool = False, tell: Callable[[Outcome], None] = print
    ) -> list[Outcome]:
        """Every student's outcome, in their order; ``tell`` is called as each of them is known."""
        outcomes: dict[str, Outcome] = {}
        running: dict[Future, Job] = {}

        def known(outcome: Outcome) -> None:
            outcomes[outcome.student] = outcome
            tell(outcome)

        def come() -> None:
            """At least one of those that are running."""
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                known(self.examined(running.pop(future), future))

        for outcome in self.without_notebook():
            known(outcome)
        for job in self.jobs():
            outcome, results = (None, None) if again else self.kept(job)
            if outcome is None:
                running[executor.submit(examine, job.cells, self.settings)] = job
            else:
                known(outcome if outcome.recorded else self.record(job, results))
            if len(running) == AHEAD:
                come()
        while running:
            come()
        return [outcomes[student] for student in sorted(outcomes)]

    def examined(self, job: Job, future: Future) -> Outcome:
        """The outcome of a result that has come; one that does not come costs its own row."""
        try:
            results = future.result()
        except NoSandbox:  # then nobody's will
            raise
        except Exception as error:  # a cluster's machine was lost again and again, say
            why = f"it was not examined ({type(error).__name__}); grade again."
            return Outcome(job.student, self.assignment, "crashed", why)
        self.keep(self.outcome(job, results), results)
        return self.record(job, results)

    def jobs(self) -> Iterator[Job]:
        """The submissions that can be graded, restored."""
        for submission in self.collected:
            if submission.status:
                continue
            right, changes = restoring.restored(reading.read(submission.path), self.released)
            cells = code_cells(right)
            texts = [cell.source for cell in right.cells]
            key = fingerprint([*cells, *texts, version(self.settings)], self.settings)
            yield Job(submission.student, key, right, cells, changes)

    def without_notebook(self) -> Iterator[Outcome]:
        """The rows of those who handed in nothing that can be graded."""
        for submission in self.collected:
            if submission.status:
                yield Outcome(
                    submission.student, self.assignment, submission.status, submission.sentence
                )
        for student in self.absent:
            yield Outcome(student, self.assignment, "missing", "missing: nothing was handed in.")

    # ------------------------------------------------------------ what is kept

    def file(self, student: str) -> Path:
        return self.folder / f"{student}.json"

    def keep(self, outcome: Outcome, results: dict[str, dict]) -> None:
        save(outcome, self.file(outcome.student), {"results": results})

    def kept(self, job: Job) -> tuple[Outcome | None, dict | None]:
        """What an earlier run made of the same notebook, and whether it is in the gradebook still."""
        found = load(self.file(job.student))
        if found is None or found[0].key != job.key:
            return None, None
        outcome, results = found[0], found[1]["results"]
        there = job.student in self.marks and self.autograded(job.student).exists()
        if outcome.recorded and there:
            return self.marked(outcome, self.marks[job.student]), results
        outcome.recorded = False
        return outcome, results

    def autograded(self, student: str) -> Path:
        folder = self.course.format_path(self.course.autograded_directory, student, self.assignment)
        return Path(folder) / f"{self.assignment}.ipynb"

    def record(self, job: Job, results: dict[str, dict]) -> Outcome:
        """Let nbgrader grade the submission, with the results in hand; what it then has of it.

        nbgrader is given the notebook that was restored, and nothing else that was handed in.
        """
        outcome = self.outcome(job, results)
        known_by = fingerprint(job.cells, self.settings)
        Examine.ready[known_by] = results
        try:
            with self.handed_in(job):
                done = self.api.autograde(self.assignment, job.student)
        finally:
            del Examine.ready[known_by]
        if not done["success"]:
            lines = (done.get("error") or done.get("log") or "no reason given").strip().splitlines()
            outcome.status, outcome.sentence = "crashed", f"nbgrader did not record it: {lines[-1]}"
            return outcome
        with gradebook.opened(self.course) as book:
            outcome = self.marked(
                outcome, gradebook.marks(book, self.assignment, job.student)[job.student]
            )
        outcome.recorded = True
        self.keep(outcome, results)
        return outcome

    @contextlib.contextmanager
    def handed_in(self, job: Job) -> Iterator[None]:
        """Inside the block, nbgrader finds the restored notebook where submissions are."""
        submitted = Path(self.course.root) / self.course.submitted_directory
        place = self.folder / "restored"
        folder = place / job.student / self.assignment
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(job.notebook, folder / f"{self.assignment}.ipynb")
        stamp = submitted / job.student / self.assignment / "timestamp.txt"
        if stamp.is_file() and not stamp.is_symlink():
            shutil.copy(stamp, folder)  # a late hand-in is late
        before = self.course.submitted_directory
        self.course.submitted_directory = os.path.relpath(place, self.course.root)
        try:
            yield
        finally:
            self.course.submitted_directory = before
            shutil.rmtree(place)

    # ------------------------------------------------------------ what is said

    def outcome(self, job: Job, results: dict[str, dict]) -> Outcome:
        """What the tests found; the marks are nbgrader's, and come later."""
        cells = {}
        for cell in self.released.cells:
            name, said = grade_id(cell), about(cell)
            if not said.get("grade"):
                continue
            if not is_test(cell):
                cells[name] = Cell("by hand", 0.0, float(said["points"]))
                continue
            result = results[cell["id"]]
            found = result["found"] or {"kind": "error"}
            cells[name] = Cell(
                found["kind"], 0.0, float(said["points"]), result["seconds"],
                found.get("exercise") or self.exercise(name), found.get("part") or "",
                found.get("misconception"), found.get("line") or "",
            )  # fmt: skip
        seconds = sum(result["seconds"] for result in results.values())
        changes = job.changes
        return Outcome(
            job.student, self.assignment, "", "", seconds, cells,
            stopped(job.cells, results), changes.tampered, changes.mended, job.key,
        )  # fmt: skip

    def exercise(self, test: str) -> str:
        """What a test that does not say it tests: the answer whose name its own name begins with."""
        answers = [grade_id(cell) for cell in self.released.cells if about(cell).get("solution")]
        return max((name for name in answers if test.startswith(f"{name}_")), key=len, default=test)

    def marked(self, outcome: Outcome, marks: dict[str, gradebook.Mark]) -> Outcome:
        """The outcome with the gradebook's points, its status and its sentence."""
        for name, cell in outcome.cells.items():
            mark = marks.get(name)
            if mark is None:
                continue
            cell.points, cell.max_points = mark.points, mark.max_points
            if cell.kind in ("by hand", "marked", "not attempted") and not cell.exercise:
                cell.kind = (
                    "marked" if mark.by_hand else "by hand" if mark.waits else "not attempted"
                )
        kinds = [cell.kind for cell in outcome.cells.values()]
        kinds += outcome.stopped.values()
        outcome.status = status_of(kinds, outcome.tampered)
        outcome.sentence = sentence(outcome)
        return outcome


def stopped(cells: list[dict], results: dict[str, dict]) -> dict[str, str]:
    """The student's own cells that had to be ended, and why: "time" or "crashed"."""
    found = {cell["id"]: results[cell["id"]]["found"] for cell in cells if not cell["test"]}
    return {name: what["kind"] for name, what in found.items() if what}


def sentence(outcome: Outcome) -> str:
    """What an instructor wants to know of it, in a line."""
    tests = [cell for cell in outcome.cells.values() if cell.kind == "passed" or cell.line]
    passed = sum(cell.kind == "passed" for cell in tests)
    said = f"{outcome.points:g} of {outcome.max_points:g} points"
    if passed < len(tests):
        said += f", {passed} of {len(tests)} tests passed"
    if outcome.status == "tampered":
        said += "; put right: " + " ".join(outcome.tampered[:2])
        more = len(outcome.tampered) - 2
        said += f" And {more} more." if more > 0 else ""
    if outcome.status in ("crashed", "timed out"):
        kinds = ("time",) if outcome.status == "timed out" else ("crashed", "memory", "error")
        names = [name for name, cell in outcome.cells.items() if cell.kind in kinds]
        names = [*outcome.stopped, *names]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        said += f"; look at {', '.join(names[:3])}{more}"
    return said + ("" if said.endswith(".") else ".")


def is_graded(outcome: Outcome) -> bool:
    return outcome.status not in UNGRADED and outcome.recorded
