"""Feedback pages for a class, by nbgrader, on as many cores as there are."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import ClearHiddenTests

from grading.class_run.bounded import Bounded, Ended
from grading.class_run.configuration import configuration

PAGE_SECONDS = 120


def written(assignment: str, students: Sequence[str], again: bool = False) -> Iterator[str]:
    """Writes a page for each student, where the one there is older than the marks.

    Yields a sentence for each page that could not be written.
    """
    stale = [student for student in students if again or is_stale(assignment, student)]
    if not stale:
        return
    cores, here = min(os.cpu_count() or 1, len(stale)), os.getcwd()
    with Bounded(cores, PAGE_SECONDS) as pool:  # processes: nbgrader changes its working folder
        for student, asked in [(s, pool.submit(page_in, here, assignment, s)) for s in stale]:
            try:
                trouble = pool.result(asked)
            except Ended as why:
                trouble = f"{student}: no feedback was written: {why}."
            if trouble:
                yield trouble


def page_in(course: str, assignment: str, student: str) -> str:
    os.chdir(course)
    return page(assignment, student)


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
