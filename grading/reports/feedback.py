"""Feedback pages for a class, by nbgrader, on as many cores as there are."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import ClearHiddenTests

from grading.class_run.bounded import Bounded, Ended
from grading.class_run.configuration import configuration

PAGE_SECONDS = 120


def written(assignment: str, marks: Mapping[str, str], again: bool = False) -> Iterator[str]:
    """Writes a page for each student, where the one there is of another notebook or other marks.

    ``marks`` says for each student what the gradebook has to show (`gradebook.on_pages`). Yields a
    sentence for each page that could not be written.
    """
    shown = made_of(assignment)
    stale = [
        student
        for student, mark in marks.items()
        if again or shown.get(student) != mark or is_stale(assignment, student)
    ]
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
            else:
                shown[student] = marks[student]
    kept = file_of(assignment)
    kept.with_suffix(".part").write_text(json.dumps(shown), encoding="utf-8")
    os.replace(kept.with_suffix(".part"), kept)


def made_of(assignment: str) -> dict[str, str]:
    """Of which marks each student's page was made; nothing where that is not known."""
    try:
        found = json.loads(file_of(assignment).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def file_of(assignment: str) -> Path:
    return Path("results", assignment, ".feedback.json")


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
