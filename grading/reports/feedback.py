"""Feedback pages for a class, by nbgrader, on as many cores as there are."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import ClearHiddenTests

from grading.class_run.configuration import configuration


def written(assignment: str, students: Sequence[str], again: bool = False) -> Iterator[str]:
    """Writes a page for each student, where the one there is older than the marks.

    Yields a sentence for each page that could not be written.
    """
    stale = [student for student in students if again or is_stale(assignment, student)]
    if not stale:
        return
    cores = min(os.cpu_count() or 1, len(stale))
    # Processes, for nbgrader changes its working folder; spawned, for this one has threads.
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield from filter(None, pool.map(page, [assignment] * len(stale), stale))


def give_back(assignment: str, student: str) -> None:
    """The graded notebook beside its page, without what students are not to see."""
    name = f"{assignment}.ipynb"
    graded = nbformat.read(Path("autograded", student, assignment, name), as_version=4)
    cleared, _ = ClearHiddenTests().preprocess(graded, {})
    nbformat.write(cleared, Path("feedback", student, assignment, name))


def is_stale(assignment: str, student: str) -> bool:
    graded = Path("autograded", student, assignment, f"{assignment}.ipynb")
    page = Path("feedback", student, assignment, f"{assignment}.html")
    return not page.exists() or page.stat().st_mtime < graded.stat().st_mtime


def page(assignment: str, student: str) -> str:
    """Write a student's page and notebook; why not, in a sentence, or an empty string."""
    done = NbGraderAPI(config=configuration()).generate_feedback(assignment, student)
    if done["success"]:
        give_back(assignment, student)
        return ""
    lines = (done.get("error") or done.get("log") or "no reason given").strip().splitlines()
    return f"{student}: no feedback was written: {lines[-1]}"
