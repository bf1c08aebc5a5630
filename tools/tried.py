"""Answers of `tests/corpus` in their assignments: tried live, and graded by nbgrader."""

import contextlib
import io
import linecache
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from contract import limits
from contract.verdicts import GREEN, CheckFailed
from grading.boundary.examiner import what
from tests.corpus import Answer, answers
from tools.notebooks import ROOT, assignments, read

ENDLESS, SECONDS = "a loop that never ends", 0.3
"""Answers of this name are stopped after so long; all others have a student's time."""
OWN_LINE = r"\n  in line .*(?:\n    .*)*"
"""The line at which a loop without end is stopped is chance; all else that is said is not."""


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


@dataclass(frozen=True)
class Said:
    """What a test cell makes of an answer: what it found, its green lines, its card; true is a card."""

    found: dict
    green: tuple[str, ...] = ()
    card: str = ""

    @classmethod
    def of(cls, found: dict, printed: str, card: str) -> "Said":
        known = ("kind", "exercise", "part", "misconception", "line")
        found = {name: found[name] for name in known if found.get(name) is not None}
        card = re.sub(OWN_LINE, "", card) if found["kind"] == "time" else card
        return cls(found, tuple(re.findall(f"{re.escape(GREEN)}.*", printed)), card)

    def __bool__(self) -> bool:
        return bool(self.card)


Cells = dict[str, dict[str, Said]]
"""For each answer, by its name, what each test cell says."""


def live(exercise: str, of: Iterable[Answer] | None = None) -> Cells:
    """What a student sees: the corpus' answers to an exercise, or others."""
    tests, names = assignment_of(exercise).tests[exercise], before(exercise)
    return {answer.name: said(answer, tests, names) for answer in of or answers_to(exercise)}


def before(exercise: str) -> dict:
    """The names of its assignment's notebook, with every exercise solved."""
    names: dict = {"__name__": "__main__"}
    with unheard():
        for source in assignment_of(exercise).given:
            run(source, names)
    return names


def said(answer: Answer, tests: dict[str, str], names: dict) -> dict[str, Said]:
    names = dict(names)
    with unheard(), patience(answer):
        run(f"{answer.before}\n{answer.code}", names)
        return {cell: one(test, names) for cell, test in tests.items()}


def one(test: str, names: dict) -> Said:
    exec(seeds(), {})
    found, card, printed = {"kind": "passed"}, "", io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            run(test, names)
        except CheckFailed as failed:
            found, card = what(failed), str(failed)
    return Said.of(found, printed.getvalue(), card)


@cache
def seeds() -> str:
    """Where chance begins in a graded test cell."""
    return PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config().Examine.seeds


@contextlib.contextmanager
def patience(answer: Answer) -> Iterator[None]:
    usual = limits.SECONDS
    limits.SECONDS = SECONDS if answer.name == ENDLESS else usual
    try:
        yield
    finally:
        limits.SECONDS = usual


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


TRAINED = ("build_cnn", "build_separable_cnn", "train")
"""Exercises of which each is handed in by itself: a submission has so much time for all of it."""


def graded(number: int) -> dict[str, Cells]:
    """The same by nbgrader: an assignment in which every answer has its exercise's cells.

    Released, handed in, graded and given back like any other; a card that the feedback page does
    not show counts as none, and so does one that leaves the cell its points.
    """
    assignment = course()[number]
    alone = [[exercise] for exercise in assignment.tests if exercise in TRAINED]
    others = [exercise for exercise in assignment.tests if exercise not in TRAINED]
    found: dict[str, Cells] = {}
    for exercises in (*alone, others):
        found |= handed_in(assignment, exercises)
    return {exercise: found[exercise] for exercise in assignment.tests}


def handed_in(assignment: Assignment, exercises: list[str]) -> dict[str, Cells]:
    """What nbgrader makes of all answers to some exercises of an assignment, in one submission."""
    from tests.nbgrader_course import Course

    source = repeated(assignment, exercises)
    with tempfile.TemporaryDirectory() as folder:
        made = Course.released(Path(folder), assignment.source.parent.name, source)
        made.submit("everyone", made.answered())
        done = made.grade(seconds=1500)
        results = made.results("everyone")
        if done.stderr or not results:
            raise SystemExit(f"{made.assignment} could not be graded: {done.stderr or done.stdout}")
        points = made.points("everyone")
        page = " ".join(made.feedback("everyone").split())
        found: dict[str, Cells] = {exercise: {} for exercise in exercises}
        for exercise in exercises:
            for answer, cell, copied in copies(exercise, assignment):
                said = marked(results[copied], points[copied], page)
                found[exercise].setdefault(answer.name, {})[cell] = said
        return found


def marked(result: dict, points: tuple, page: str) -> Said:
    """What a graded test cell says, as far as its points and the feedback page bear it out."""
    printed = "".join(o.get("text", "") for o in result["outputs"])
    card = "".join(o.get("evalue", "") for o in result["outputs"])
    score, most = points
    if card and (score or " ".join(card.split()) not in page):
        card = "this card costs nothing, or is not on the feedback page"
    elif not card and score != most:
        card = "no card, and no points either"
    return Said.of(result["found"], printed, card)


def copies(exercise: str, assignment: Assignment) -> Iterable[tuple[Answer, str, str]]:
    """(answer, test cell, id of that cell's copy for the answer)."""
    for number, answer in enumerate(answers_to(exercise)):
        for cell in assignment.tests[exercise]:
            yield answer, cell, f"{cell}__{number}"


def repeated(assignment: Assignment, exercises: list[str]):
    """A source notebook with the exercises' own test cells, once for each answer."""
    from nbformat.v4 import new_code_cell, new_notebook

    original = {cell.id: cell for cell in read(assignment.source).cells}
    limit = "from contract import limits\nlimits.SECONDS = {}".format
    cells = []
    for exercise, tests in ((e, assignment.tests[e]) for e in exercises):
        cells += [new_code_cell(source) for source in assignment.given]  # all is solved again
        for number, answer in enumerate(answers_to(exercise)):
            if answer.name == ENDLESS:
                cells.append(new_code_cell(limit(SECONDS)))
            if answer.before:
                cells.append(new_code_cell(answer.before))
            solution = f"### BEGIN SOLUTION\n{answer.code}### END SOLUTION"
            for name, source in ((exercise, solution), *tests.items()):
                copied = new_code_cell(source, id=f"{name}__{number}")
                copied.metadata = {"nbgrader": dict(original[name].metadata["nbgrader"])}
                copied.metadata["nbgrader"]["grade_id"] = copied.id
                cells.append(copied)
            if answer.name == ENDLESS:
                cells.append(new_code_cell(limit(limits.SECONDS)))
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
