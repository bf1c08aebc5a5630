"""What the releases of an assignment were, so that an answer to an earlier one is no tampering.

They are kept beside the gradebook, in `releases.json`: for each release a mark of every cell that
is not the student's to change. `make release` and every class run add the one that there is.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from grading.boundary.cells import about, grade_id, is_test, visible

FILE = "releases.json"
FLAGS = ("grade", "solution", "locked", "task", "points")
MOST = 2**53
"""A larger number of points is somebody's joke, and not every one has a float."""
Release = dict[str, str]  # a cell's mark, by its grade_id


def release_of(notebook: NotebookNode) -> Release:
    return {grade_id(cell): mark(cell) for cell in notebook.cells if grade_id(cell)}


def mark(cell: NotebookNode) -> str:
    """Of what nbgrader says of a cell, and of its text where that is the assignment's."""
    said = [about(cell).get(flag) for flag in FLAGS]
    said = [float(one) if isinstance(one, int | float) and abs(one) < MOST else one for one in said]
    text = visible(cell.source) if is_test(cell) else ""
    return hashlib.sha256(json.dumps([said, text]).encode("utf-8", "replace")).hexdigest()[:16]


def known(course: Path, assignment: str) -> list[Release]:
    """All releases of an assignment that are remembered, the first one first."""
    return everything(course).get(assignment, [])


def everything(course: Path) -> dict[str, list[Release]]:
    try:
        found = json.loads((course / FILE).read_text(encoding="utf-8"))
    except (
        OSError,
        ValueError,
    ):  # none yet, or one that somebody broke: then nothing is remembered
        return {}
    return found if isinstance(found, dict) else {}


def remember(course: Path, assignment: str, released: NotebookNode) -> None:
    """Adds a release, where it is a new one; whole or not at all."""
    found, release = everything(course), release_of(released)
    if release in found.setdefault(assignment, []):
        return
    found[assignment].append(release)
    unfinished = course / f"{FILE}.part"
    unfinished.write_text(json.dumps(found, indent=1), encoding="utf-8")
    os.replace(unfinished, course / FILE)


def is_of_another(submitted: NotebookNode, current: Release, releases: Iterable[Release]) -> bool:
    """Whether a submission is, cell for cell, a release that is not the current one."""
    theirs = release_of(submitted)
    if current.items() <= theirs.items():
        return False
    return any(release != current and release.items() <= theirs.items() for release in releases)
