"""An assignment as its students have it, with the answers to its exercises; and what one hands in."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.boundary.cells import about, grade_id, is_test


@dataclass(frozen=True)
class Made:
    """What a student handed in, and how grading it ends.

    ``status`` is one of `grading.class_run.outcomes.STATUSES`. ``points`` are those of the tests; written
    answers are marked by hand and count as none. They are None where nothing can be graded.
    """

    what: str
    status: str
    points: float | None
    misconceptions: tuple[str, ...] = ()  # that the checks name


@dataclass(frozen=True)
class Task:
    """An assignment as its students have it, with the answers to its exercises."""

    name: str
    released: NotebookNode
    solutions: dict[str, str]  # the text of each cell that is to be written
    tests: dict[str, list[str]]  # the test cells of each exercise
    points: dict[str, float]  # of each test cell

    @property
    def finished(self) -> str:
        """The status of a submission in which nothing is wrong."""
        return "needs hand marking" if self.solutions.keys() - self.tests.keys() else "graded"

    def worth(self, exercises: Iterable[str] | None = None) -> float:
        """The points of some of the exercises, or of all."""
        names = self.tests if exercises is None else exercises
        return sum(self.points[test] for name in names for test in self.tests[name])

    def answered(self, answers: dict[str, str]) -> NotebookNode:
        """The notebook with these answers in it."""
        notebook = deepcopy(self.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        return notebook


def task(course: Path, assignment: str) -> Task:
    """Read an assignment from a course's source/ and release/."""
    file = Path(assignment) / f"{assignment}.ipynb"
    source = nbformat.read(course / "source" / file, as_version=4)
    released = nbformat.read(course / "release" / file, as_version=4)
    solutions = {
        grade_id(cell): solution(cell.source)
        for cell in source.cells
        if about(cell).get("solution")
    }
    tests: dict[str, list[str]] = {}
    points: dict[str, float] = {}
    for cell in released.cells:
        if is_test(cell):
            exercise = re.search(r"check\.(\w+)\(", cell.source)[1]
            tests.setdefault(exercise, []).append(grade_id(cell))
            points[grade_id(cell)] = float(cell.metadata.nbgrader.points)
    return Task(assignment, released, solutions, tests, points)


def solution(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if "### " not in line)
