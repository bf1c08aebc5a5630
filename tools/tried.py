"""Answers of `tests/corpus` in their assignments: tried live, and graded by nbgrader."""

import contextlib
import io
import linecache
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tests.corpus import Answer, answers
from tools.notebooks import assignments, read

SECONDS = 1
"""After so long an answer counts as one that does not come to an end; students are given more."""


# ---------------------------------------------------------------- the assignments' own cells


@dataclass(frozen=True)
class Assignment:
    """What an answer meets: the cells before it, and the test cells of its exercise by their ids."""

    source: Path
    given: list[str]
    tests: dict[str, dict[str, str]]

    @classmethod
    def of(cls, source: Path) -> "Assignment":
        given, tests = [], {}
        for cell in read(source).cells:
            if cell.cell_type != "code":
                continue
            if cell.metadata.get("nbgrader", {}).get("grade"):
                exercise = cell.source.partition("check.")[2].partition("(")[0]
                tests.setdefault(exercise, {})[cell.id] = cell.source
            elif cell.source.startswith("import") or "def " in cell.source:
                given.append(re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source))
        return cls(source, given, tests)


@cache
def course() -> tuple[Assignment, ...]:
    return tuple(map(Assignment.of, assignments()))


def assignment_of(exercise: str) -> Assignment:
    return next(a for a in course() if exercise in a.tests)


def answers_to(exercise: str) -> list[Answer]:
    return [answer for answer in answers() if answer.exercise == exercise]


# ---------------------------------------------------------------- live

Cards = dict[str, dict[str, str]]
"""Of each answer, by its name, what each test cell stopped with; "" where it passed."""


def live(exercise: str) -> Cards:
    """What a student sees."""
    from contract import limits

    limits.SECONDS = SECONDS
    tests, names = assignment_of(exercise).tests[exercise], before(exercise)
    return {answer.name: cards(answer, tests, names) for answer in answers_to(exercise)}


def before(exercise: str) -> dict:
    """The names of its assignment's notebook, with every exercise solved."""
    names: dict = {"__name__": "__main__"}
    with unheard():
        for source in assignment_of(exercise).given:
            run(source, names)
    return names


def cards(answer: Answer, tests: dict[str, str], names: dict) -> dict[str, str]:
    names = dict(names)
    with unheard():
        run(f"{answer.before}\n{answer.code}", names)
        return {cell: card(test, names) for cell, test in tests.items()}


def card(test: str, names: dict) -> str:
    from helpers.check import CheckFailed

    try:
        run(test, names)
    except CheckFailed as failed:
        return str(failed)
    return ""


def run(source: str, names: dict) -> None:
    """As a notebook runs a cell, so that a card can show its lines."""
    name = f"<cell {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), names)


@contextlib.contextmanager
def unheard():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


# ---------------------------------------------------------------- nbgrader


def graded(number: int) -> dict[str, Cards]:
    """The same by nbgrader: an assignment in which every answer has its exercise's cells.

    Released, handed in, graded and given back like any other; a card that the feedback page does
    not show counts as none, and so does one that leaves the cell its points.
    """
    from tests.nbgrader_course import Course

    assignment = course()[number]
    with tempfile.TemporaryDirectory() as folder:
        made = Course.released(Path(folder), assignment.source.parent.name, repeated(assignment))
        made.submit("everyone", made.answered())
        for step in ("autograde", "generate_feedback"):
            done = made.nbgrader(step)
            if done.returncode != 0:
                raise SystemExit(f"nbgrader could not {step} {made.assignment}: {done.stderr}")
        points, cards = made.points("everyone"), made.cards("everyone")
        page = " ".join(made.feedback("everyone").split())
        found: dict[str, Cards] = {}
        for exercise, answer, cell, copied in copies(assignment):
            said, (score, most) = cards[copied], points[copied]
            if said and (score or " ".join(said.split()) not in page):
                said = "this card costs nothing, or is not on the feedback page"
            elif not said and score != most:
                said = "no card, and no points either"
            found.setdefault(exercise, {}).setdefault(answer.name, {})[cell] = said
        return found


def copies(assignment: Assignment) -> Iterable[tuple[str, Answer, str, str]]:
    """(exercise, answer, test cell, id of that cell's copy for the answer)."""
    for exercise, tests in assignment.tests.items():
        for number, answer in enumerate(answers_to(exercise)):
            for cell in tests:
                yield exercise, answer, cell, f"{cell}__{number}"


def repeated(assignment: Assignment):
    """A source notebook with the exercises' own test cells, once for each answer."""
    from nbformat.v4 import new_code_cell, new_notebook

    original = {cell.id: cell for cell in read(assignment.source).cells}
    limit = f"from contract import limits\nlimits.SECONDS = {SECONDS}"
    cells = [new_code_cell(source) for source in (*assignment.given, limit)]
    for exercise, tests in assignment.tests.items():
        for number, answer in enumerate(answers_to(exercise)):
            if answer.before:
                cells.append(new_code_cell(answer.before))
            solution = f"### BEGIN SOLUTION\n{answer.code}### END SOLUTION"
            for name, source in ((exercise, solution), *tests.items()):
                copied = new_code_cell(source, id=f"{name}__{number}")
                copied.metadata = {"nbgrader": dict(original[name].metadata["nbgrader"])}
                copied.metadata["nbgrader"]["grade_id"] = copied.id
                cells.append(copied)
    return new_notebook(cells=cells, metadata=read(assignment.source).metadata)


# ---------------------------------------------------------------- several at once

ONE_THREAD = (
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
)


def in_processes(function: Callable, items: Iterable, processes: int = 2) -> list:
    """Each item in one of a few processes, which keep to a thread each: the cores are shared."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(function, items))
