"""A submission opened: found, read and restored in one go, from its folder to the notebook that is graded."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.submissions import collecting, reading, releases, restoring, stamps


@dataclass(frozen=True)
class Opened:
    """What a student handed in: the restored notebook, or a status and a sentence."""

    student: str
    status: str  # empty where it can be graded
    sentence: str
    text: str = ""  # the notebook, as JSON
    changes: restoring.Changes = field(default_factory=restoring.Changes)
    stamp: str = ""  # of handing it in, as nbgrader's exchange writes it


def opened(
    home: Path,
    assignment: str,
    course: Path,
    released: str,
    due: datetime | None = None,
    timestamps: bool = True,
) -> Opened:
    """Opens one student's submission; ``released`` is the assignment's notebook, as JSON.

    ``due`` is in UTC; ``timestamps`` says whether the time that lies beside the notebook is looked at.
    """
    submission = collecting.submission(home, assignment, course, names_of(released))
    if submission.status:
        return Opened(submission.student, submission.status, submission.sentence)
    earlier = releases.known(course, assignment)
    right, changes = restoring.restored(reading.read(submission.path), parsed(released), earlier)
    stamp, left_out = stamps.of(submission.path.parent, due) if timestamps else ("", "")
    changes.mended += [left_out] if left_out else []
    copies = collecting.copies(submission.path)
    changes.noted += [f"beside it lies {name}, which is not graded" for name in copies]
    return Opened(submission.student, "", "", nbformat.writes(right), changes, stamp)


@cache
def parsed(released: str) -> NotebookNode:
    return nbformat.reads(released, as_version=4)


@cache
def names_of(released: str) -> frozenset[str]:
    return frozenset(collecting.names(parsed(released)))
