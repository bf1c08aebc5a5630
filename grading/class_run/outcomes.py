"""What became of a submission: one status, one sentence, and a line for each graded cell."""

import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grading.plain import Told

STATUSES = {
    "missing": "there is no notebook of this assignment's name",
    "unreadable": "its file is not a notebook",
    "tampered": "test cells or their flags were changed; it was put right and graded",
    "timed out": "something did not come to an end",
    "crashed": "a cell or a function stopped",
    "wrong": "some answers are wrong, or not attempted",
    "needs hand marking": "every test passed; written answers are waiting",
    "graded": "every test passed and nothing is left to do",
}
"""The worst first: a submission has the first one that is true of it."""

UNGRADED = ("missing", "unreadable")
FOLLOWS = "does not run"
"""Of a test that failed because a cell before it does not run: there is the trouble to look at."""
STOPPED = ("crashed", "memory", "error", FOLLOWS)
DONE = ("passed", "by hand", "marked")


@dataclass
class Cell(Told):
    """A graded cell. ``kind`` is "passed", "partial", "by hand" or "marked", or what was found: "wrong", …"""

    kind: str
    points: float
    max_points: float
    seconds: float = 0.0
    exercise: str = ""
    part: str = ""
    misconception: str | None = None
    line: str = ""  # the headline of its card


@dataclass
class Outcome(Told):
    """A row of the class: how a submission ended, in the words of STATUSES."""

    student: str
    assignment: str
    status: str
    sentence: str = ""
    seconds: float = 0.0  # of examining it
    cells: dict[str, Cell] = field(default_factory=dict)  # by grade_id
    stopped: dict[str, str] = field(default_factory=dict)  # the student's own cells, and why
    troubles: list[str] = field(
        default_factory=list
    )  # cells that did not run, and what else explains
    tampered: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    key: str = ""  # of what was graded: another one, and it is graded again
    recorded: bool = False  # in the gradebook
    penalty: float = 0.0  # points that nbgrader took off for being late

    @property
    def points(self) -> float:
        """As nbgrader counts them: never fewer than none."""
        return max(0.0, sum(cell.points for cell in self.cells.values()) - self.penalty)

    @property
    def max_points(self) -> float:
        return sum(cell.max_points for cell in self.cells.values())


def status_of(kinds: Collection[str], tampered: list[str]) -> str:
    """The worst that is true, by the kinds of the cells."""
    if tampered:
        return "tampered"
    if "time" in kinds:
        return "timed out"
    if any(kind in STOPPED for kind in kinds):
        return "crashed"
    if any(kind not in DONE for kind in kinds):
        return "wrong"
    return "needs hand marking" if "by hand" in kinds else "graded"


def save(outcome: Outcome, path: Path, more: dict[str, Any] | None = None) -> None:
    """Whole or not at all: a run that is killed leaves the file from before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(asdict(outcome) | (more or {})), encoding="utf-8")
    os.replace(unfinished, path)


def load(path: Path) -> tuple[Outcome, dict[str, Any]] | None:
    """What was saved, and what with it; None where there is nothing that can be read."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        names = Outcome.__dataclass_fields__
        outcome = Outcome(**{name: saved.pop(name) for name in names})
        outcome.cells = {name: Cell(**cell) for name, cell in outcome.cells.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return outcome, saved
