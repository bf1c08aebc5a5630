"""The class as tables: ours with every status, and what Canvas and Moodle take in."""

import csv
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from nbgrader.api import Student

from grading.class_run.outcomes import UNGRADED, Outcome
from grading.class_run.sentences import for_student

NUMBER = re.compile(r"-?[0-9.]+")


def write(outcomes: Sequence[Outcome], students: dict[str, Student], folder: Path) -> list[Path]:
    """class.csv, canvas.csv and moodle.csv; the paths of these files.

    Who handed in nothing that can be graded has no number in Canvas' and Moodle's table: a blank is
    asked about, a nought is not.
    """
    tables = {"class.csv": whole, "canvas.csv": canvas, "moodle.csv": moodle}
    return [table(folder / name, make(outcomes, students)) for name, make in tables.items()]


def whole(outcomes: Sequence[Outcome], students: dict[str, Student]) -> list[list]:
    """A row for every student: status, points, what there is to say, and each cell's points."""
    cells = list(dict.fromkeys(name for outcome in outcomes for name in outcome.cells))
    head = [
        "student",
        "status",
        "points",
        "max_points",
        "late_penalty",
        "seconds",
        "sentence",
        *cells,
    ]
    return [head] + [
        [
            outcome.student,
            outcome.status,
            number(outcome, outcome.points),
            number(outcome, outcome.max_points),
            number(outcome, outcome.penalty),
            f"{outcome.seconds:.1f}" if outcome.cells else "",
            outcome.sentence,
            *(points(outcome, name) for name in cells),
        ]
        for outcome in outcomes
    ]


def canvas(outcomes: Sequence[Outcome], students: dict[str, Student]) -> list[list]:
    """Canvas' gradebook import: fixed columns, then one for the assignment, and its points."""
    most = max((outcome.max_points for outcome in outcomes), default=0.0)
    title = outcomes[0].assignment if outcomes else "assignment"
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
    possible = ["    Points Possible", "", "", "", "", f"{most:g}"]
    rows = []
    for outcome in outcomes:
        who = students.get(outcome.student)
        lms = (who and who.lms_user_id) or ""
        name = full_name(who, lambda first, last: f"{last}, {first}") or outcome.student
        rows.append([name, lms, "", outcome.student, "", number(outcome, outcome.points)])
    return [head, possible, *rows]


def moodle(outcomes: Sequence[Outcome], students: dict[str, Student]) -> list[list]:
    """Moodle's grade import: who, by user name and mail address, the points, and the feedback."""
    title = outcomes[0].assignment if outcomes else "assignment"
    rows = []
    for outcome in outcomes:
        who = students.get(outcome.student)
        name = full_name(who, lambda first, last: f"{first} {last}") or outcome.student
        mail = (who and who.email) or ""
        grade = number(outcome, outcome.points)
        rows.append([outcome.student, name, mail, grade, for_student(outcome)])
    return [["Username", "Full name", "Email address", title, "Feedback comments"], *rows]


def full_name(who: Student | None, ordered: Callable[[str, str], str]) -> str:
    if who is None or not (who.first_name and who.last_name):
        return ""
    return ordered(who.first_name, who.last_name)


def number(outcome: Outcome, value: float) -> str:
    return "" if outcome.status in UNGRADED else f"{value:g}"


def points(outcome: Outcome, name: str) -> str:
    return f"{outcome.cells[name].points:g}" if name in outcome.cells else ""


def table(path: Path, rows: Sequence[Sequence]) -> Path:
    """The rows in a file, whole or not at all; a text that a spreadsheet would run is made text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[as_text(item) for item in row] for row in rows])
    os.replace(unfinished, path)
    return path


def as_text(item: object) -> object:
    """Text that a spreadsheet would take for a formula, with the sign that says that it is text."""
    is_formula = isinstance(item, str) and item[:1] in ("=", "+", "-", "@")
    return f"'{item}" if is_formula and not NUMBER.fullmatch(item) else item
