"""One submission recorded: nbgrader autogrades it, with the results in hand.

Runs in the one process that writes the gradebook (`bounded`).
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI

from grading.boundary.cells import fingerprint
from grading.boundary.settings import Settings
from grading.boundary.steps import Examine
from grading.class_run.configuration import configuration


@dataclass(frozen=True)
class Restored:
    """A submission as it is recorded: nbgrader is given this, and nothing else that was handed in."""

    student: str
    assignment: str
    text: str  # the notebook, as JSON
    stamp: str  # timestamp.txt; empty where there is none


def record(
    restored: Restored, cells: list[dict], results: dict[str, dict], settings: Settings
) -> str:
    """Let nbgrader grade it; empty, or nbgrader's own words where it did not."""
    api = api_of(settings.root)
    known_by = fingerprint(cells, settings)
    Examine.ready[known_by] = results
    try:
        with handed_in(restored, api):
            done = api.autograde(restored.assignment, restored.student)
    finally:
        del Examine.ready[known_by]
    if done["success"]:
        return ""
    return (done.get("error") or done.get("log") or "no reason given").strip().splitlines()[-1]


@cache
def api_of(root: str) -> NbGraderAPI:
    os.chdir(root)
    api = NbGraderAPI(config=configuration())
    api.log_level = "ERROR"
    return api


@contextlib.contextmanager
def handed_in(restored: Restored, api: NbGraderAPI) -> Iterator[None]:
    """Inside the block, nbgrader finds the restored notebook where submissions are."""
    course = api.coursedir
    place = Path(course.root) / "results" / restored.assignment / "restored"
    folder = place / restored.student / restored.assignment
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{restored.assignment}.ipynb").write_text(restored.text, encoding="utf-8")
    if restored.stamp:
        (folder / "timestamp.txt").write_text(restored.stamp)  # a late hand-in is late
    before = course.submitted_directory
    course.submitted_directory = os.path.relpath(place, course.root)
    try:
        yield
    finally:
        course.submitted_directory = before
        shutil.rmtree(place)
