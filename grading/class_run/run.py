"""The class run: every submission examined, on as many cores as there are, and every one a row.

A submission is read and restored where that can be ended (`bounded`). Examining needs nothing but
the notebook's cells, so it happens anywhere (`pool`). Recording is nbgrader's own autograding, in
one process that can be ended, with the results in hand. Each result is kept in a file of its own
before it is recorded; a run that is killed goes on from these files.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
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
from grading.class_run.bounded import Bounded, Ended
from grading.class_run.outcomes import UNGRADED, Cell, Outcome, load, save, status_of
from grading.class_run.pool import examine
from grading.class_run.recording import Restored, record
from grading.class_run.sentences import OWN_CELL, left_over, sentence
from grading.submissions import collecting, releases
from grading.submissions.opening import Opened, opened
from grading.submissions.steps import Restore, released_notebook

RESULTS = "results"
AHEAD = 200
"""Submissions on their way: enough for a large cluster, and no more memory for more students."""


READ_SECONDS, RECORD_SECONDS, READ_AHEAD = 60, 60, 20


@dataclass(frozen=True)
class Job:
    """A submission that is to be examined: what an examiner needs, and what comes with the result."""

    opened: Opened
    key: str
    cells: list[dict]


@cache
def version(settings: Settings) -> str:
    """Of the code that grades, the course's own with it: another one, and all is graded again."""
    names = {name.partition(".")[0] for name in (*settings.importable, *settings.silent)}
    course = [place for name in sorted(names) for place in places(name, settings.root)]
    ours = [Path(package.__file__).parent for package in (contract, grading)]
    files = [file for place in (*ours, *course) for file in sorted(place.rglob("*.py")) or [place]]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def terms(book: Gradebook, config: Config, assignment: str) -> list[str]:
    """What else a mark depends on: points, the due date, the penalty. Changed, all is graded again."""
    found = book.find_assignment(assignment)
    cells = [
        c for notebook in found.notebooks for c in (*notebook.grade_cells, *notebook.task_cells)
    ]
    points = sorted(f"{cell.name}: {cell.max_score:g}" for cell in cells)
    late = [repr(config.get(name)) for name in ("AssignLatePenalties", "LateSubmissionPlugin")]
    return [*points, str(found.duedate), *late]


class Classroom:
    """One assignment of a course, as nbgrader's configuration in its folder describes it."""

    def __init__(self, config: Config, assignment: str, unsafe: bool = False):
        self.assignment = assignment
        self.api = NbGraderAPI(config=config)
        self.api.log_level = "ERROR"
        self.course: CourseDirectory = self.api.coursedir
        self.settings = Examine(config=config).settings(unsafe)
        self.timestamps = Restore(config=config).timestamps
        self.folder = Path(self.course.root) / RESULTS / assignment
        with gradebook.opened(self.course) as book:
            released = released_notebook(
                self.course, {"assignment": assignment, "notebook": assignment}
            )
            releases.remember(Path(self.course.root), assignment, released)
            self.released = gradebook.with_hidden_tests(book, released, assignment)
            known = set(gradebook.students(book))
            self.marks = gradebook.marks(book, assignment)
            self.penalties = gradebook.penalties(book, assignment)
            self.terms = terms(book, config, assignment)
            self.due = book.find_assignment(assignment).duedate
        self.homes = collecting.homes(Path(self.course.root))
        self.absent = sorted(known - set(map(collecting.student_of, self.homes)))

    # ------------------------------------------------------------ the run

    def run(
        self, executor: Executor, again: bool = False, tell: Callable[[Outcome], None] = print
    ) -> list[Outcome]:
        """Every student's outcome, in their order; ``tell`` is called as each of them is known."""
        outcomes: dict[str, Outcome] = {}
        running: dict[Future, Job] = {}

        def known(outcome: Outcome) -> None:
            before = self.marks.get(outcome.student)
            if before and outcome.status in UNGRADED:
                late = self.penalties[outcome.student]
                points = max(0.0, sum(mark.points for mark in before.values()) - late)
                outcome.sentence = left_over(outcome, points)
            outcomes[outcome.student] = outcome
            tell(outcome)

        def come() -> None:
            """At least one of those that are running."""
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                known(self.examined(running.pop(future), future))

        with Bounded(1, RECORD_SECONDS) as self.recorder:
            for student in self.absent:
                sentence = "missing: nothing was handed in."
                known(Outcome(student, self.assignment, "missing", sentence))
            for opened in self.opened():
                if opened.status:
                    sentence = opened.sentence
                    known(Outcome(opened.student, self.assignment, opened.status, sentence))
                    continue
                job = self.job(opened)
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

    def opened(self) -> Iterator[Opened]:
        """Every submission, read and restored where that can be ended; in the students' order."""
        released, root = nbformat.writes(self.released), Path(self.course.root)
        waiting: deque[tuple[Path, Future]] = deque()
        with Bounded(os.cpu_count() or 1, READ_SECONDS) as readers:

            def first() -> Opened:
                home, future = waiting.popleft()
                try:
                    return readers.result(future)
                except Ended as why:
                    sentence = f"unreadable: {why}; ask for the file again."
                    return Opened(collecting.student_of(home), "unreadable", sentence)

            for home in self.homes:
                asked = readers.submit(
                    opened, home, self.assignment, root, released, self.due, self.timestamps
                )
                waiting.append((home, asked))
                if len(waiting) == READ_AHEAD:
                    yield first()
            while waiting:
                yield first()

    def examined(self, job: Job, future: Future) -> Outcome:
        """The outcome of a result that has come; one that does not come costs its own row."""
        try:
            results = future.result()
        except NoSandbox:  # then nobody's will
            raise
        except Exception as error:  # a cluster's machine was lost again and again, say
            why = f"it was not examined ({type(error).__name__}); grade again."
            return Outcome(job.opened.student, self.assignment, "crashed", why)
        self.keep(self.outcome(job, results), results)
        return self.record(job, results)

    def job(self, opened: Opened) -> Job:
        notebook = nbformat.reads(opened.text, as_version=4)
        cells = code_cells(notebook)
        texts = [cell.source for cell in notebook.cells]
        parts = [
            *cells,
            *texts,
            version(self.settings),
            self.terms,
            opened.stamp,
            opened.changes.noted,
        ]
        key = fingerprint(parts, self.settings)
        return Job(opened, key, cells)

    # ------------------------------------------------------------ what is kept

    def file(self, student: str) -> Path:
        return self.folder / f"{student}.json"

    def keep(self, outcome: Outcome, results: dict[str, dict]) -> None:
        save(outcome, self.file(outcome.student), {"results": results})

    def kept(self, job: Job) -> tuple[Outcome | None, dict | None]:
        """What an earlier run made of the same notebook, and whether it is in the gradebook still."""
        found = load(self.file(job.opened.student))
        if found is None or found[0].key != job.key:
            return None, None
        outcome, results = found[0], found[1]["results"]
        there = job.opened.student in self.marks and self.autograded(job.opened.student).exists()
        if outcome.recorded and there:
            student = job.opened.student
            return self.marked(outcome, self.marks[student], self.penalties[student]), results
        outcome.recorded = False
        return outcome, results

    def autograded(self, student: str) -> Path:
        folder = self.course.format_path(self.course.autograded_directory, student, self.assignment)
        return Path(folder) / f"{self.assignment}.ipynb"

    def record(self, job: Job, results: dict[str, dict]) -> Outcome:
        """Let nbgrader grade the submission, with the results in hand; what it then has of it."""
        outcome, opened = self.outcome(job, results), job.opened
        restored = Restored(opened.student, self.assignment, opened.text, opened.stamp)
        try:
            asked = self.recorder.submit(record, restored, job.cells, results, self.settings)
            trouble = self.recorder.result(asked)
        except Ended as why:
            trouble = f"{why}."
        if trouble:
            outcome.status, outcome.sentence = "crashed", f"nbgrader did not record it: {trouble}"
            return outcome
        with gradebook.opened(self.course) as book:
            student = opened.student
            marks = gradebook.marks(book, self.assignment, student)[student]
            penalty = gradebook.penalties(book, self.assignment, student)[student]
        outcome = self.marked(outcome, marks, penalty)
        outcome.recorded = True
        self.keep(outcome, results)
        return outcome

    # ------------------------------------------------------------ what is said

    def outcome(self, job: Job, results: dict[str, dict]) -> Outcome:
        """What the tests found; the marks are nbgrader's, and come later."""
        cells = {}
        for cell in self.released.cells:
            name, said = grade_id(cell), about(cell)
            if not (said.get("grade") or said.get("task")):
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
        changes = job.opened.changes
        troubles = [*stopping(job.cells, results), *changes.noted]
        return Outcome(
            job.opened.student, self.assignment, "", "", seconds, cells,
            stopped(job.cells, results), troubles, changes.tampered, changes.mended, job.key,
        )  # fmt: skip

    def exercise(self, test: str) -> str:
        """What a test that does not say it tests: the answer whose name its own name begins with."""
        answers = [grade_id(cell) for cell in self.released.cells if about(cell).get("solution")]
        return max((name for name in answers if test.startswith(f"{name}_")), key=len, default=test)

    def marked(self, outcome: Outcome, marks: dict[str, gradebook.Mark], penalty: float) -> Outcome:
        """The outcome with the gradebook's points, its status and its sentence."""
        outcome.penalty = penalty
        for name, cell in outcome.cells.items():
            mark = marks.get(name)
            if mark is None:
                continue
            cell.points, cell.max_points = mark.points, mark.max_points
            if cell.kind in ("passed", "partial"):
                part = mark.points < mark.max_points and not mark.by_hand
                said = f"partial credit: {mark.points:g} of {mark.max_points:g} points."
                cell.kind, cell.line = ("partial", said) if part else ("passed", "")
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
    return {name: what["kind"] for name, what in found.items() if what and what["kind"] in OWN_CELL}


def stopping(cells: list[dict], results: dict[str, dict]) -> list[str]:
    """The student's own cells that did not run to their end, and what Python said."""
    found = {cell["id"]: results[cell["id"]]["found"] for cell in cells if not cell["test"]}
    kinds = ("syntax", "raised")
    return [
        f"the cell {name} {what['line']}"
        for name, what in found.items()
        if what and what["kind"] in kinds
    ]


def is_graded(outcome: Outcome) -> bool:
    return outcome.status not in UNGRADED and outcome.recorded
