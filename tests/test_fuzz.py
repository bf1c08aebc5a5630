"""Notebooks that nobody thought of: every one opens or is refused in a sentence, and none takes long.

The large form, a class of 2,000 that is graded: `python -m tests.fuzz`.
"""

import json
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader_course import SECOND, Course

from grading.boundary.cells import about, grade_id, is_test
from grading.submissions import opening, reading, restoring
from tests import fuzz
from tools.notebooks import ROOT

ASSIGNMENTS = {"words": SECOND, "01_normal_convolution": ROOT}
SPOILED = 600
"""Of each assignment."""


def opened(text: bytes, assignment: str, folder: Path, released: str) -> opening.Opened:
    place = folder / "submitted" / "ada" / assignment
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{assignment}.ipynb").write_bytes(text)
    return opening.opened(place.parent, assignment, folder, released)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_spoiled_notebook_is_the_assignment_with_answers_or_is_refused_in_a_sentence(
    assignment, tmp_path
):
    source = nbformat.read(
        ASSIGNMENTS[assignment] / "source" / assignment / f"{assignment}.ipynb", 4
    )
    released = nbformat.writes(source)
    tests = [(grade_id(cell), cell.source) for cell in source.cells if is_test(cell)]
    points = [about(cell).get("points") for cell in source.cells]
    read = 0
    for number, text in enumerate(fuzz.every(released, SPOILED, seed=3)):
        found = opened(text, assignment, tmp_path, released)
        if found.status:
            assert found.status in ("unreadable", "missing"), number
            assert found.sentence.startswith(found.status) and found.sentence.endswith("."), number
            assert "Error" not in found.sentence and found.sentence.isprintable(), number
            continue
        read += 1
        notebook = nbformat.reads(found.text, 4)
        nbformat.validate(notebook)
        graded = [cell for cell in notebook.cells if grade_id(cell)]
        assert [(grade_id(c), c.source) for c in graded if is_test(c)] == tests, number
        assert [p for p in points if p] == [p for c in graded if (p := about(c).get("points"))]
    assert SPOILED / 4 < read < 3 * SPOILED / 4, "some hold, some do not"


# ---------------------------------------------------------------- whatever JSON there is

WORDS = st.sampled_from(
    ["nbformat", "nbformat_minor", "cells", "worksheets", "metadata", "cell_type", "source", "input",
     "code", "markdown", "heading", "level", "outputs", "id", "attachments", "nbgrader", "grade_id",
     "tags", "kernelspec", "name", "words", "image/png"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS | st.text(max_size=5), inner),
    max_leaves=15,
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | VALUES},
    optional={
        "source": st.text() | st.lists(st.text()) | VALUES,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": VALUES, "tags": VALUES}) | VALUES,
        "id": st.text() | VALUES,
        "level": VALUES,
        "attachments": st.dictionaries(st.text(), st.dictionaries(WORDS, VALUES)) | VALUES,
    },
)  # fmt: skip
NOTEBOOKS = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([3, 4]) | VALUES, "cells": st.lists(CELLS, max_size=6) | VALUES},
    optional={
        "nbformat_minor": st.integers(0, 9) | VALUES,
        "metadata": st.just({}) | VALUES,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS)})) | VALUES,
    },
)  # fmt: skip
RELEASED = nbformat.read(SECOND / "source" / "words" / "words.ipynb", 4)
OFTEN = settings(
    max_examples=150, derandomize=True, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


@OFTEN
@given(NOTEBOOKS | VALUES)
def test_any_json_is_a_notebook_or_trouble(value):
    text = json.dumps(value)
    try:
        notebook = reading.upgraded(reading.parsed(text))
    except reading.Unreadable as trouble:
        assert str(trouble).endswith(".")
        return
    nbformat.validate(notebook)
    right, changes = restoring.restored(notebook, RELEASED)
    nbformat.validate(right)
    nbformat.writes(right).encode()  # no half letters
    names = [grade_id(cell) for cell in right.cells if grade_id(cell)]
    assert names == [grade_id(cell) for cell in RELEASED.cells if grade_id(cell)]
    assert all(isinstance(said, str) for said in changes.tampered + changes.mended)


@OFTEN
@given(st.binary(max_size=200), st.integers(0, 10**6), st.integers(0, 50))
def test_any_bytes_in_a_notebook_are_read_or_trouble(tmp_path, more, at, many):
    data = nbformat.writes(RELEASED).encode()
    at %= len(data)
    path = tmp_path / "spoiled.ipynb"
    path.write_bytes(data[:at] + more + data[at + many :])
    try:
        nbformat.validate(reading.read(path))
    except reading.Unreadable as trouble:
        assert str(trouble).endswith(".")


# ---------------------------------------------------------------- how much work there is


def steps(kind: str, size: int, folder: Path) -> int:
    """The calls, Python's and C's, that opening a file of this kind takes."""
    text, released, count = fuzz.GROWING[kind](size).encode(), nbformat.writes(RELEASED), 0

    def counts(frame, event, arg):
        nonlocal count
        count += event in ("call", "c_call")

    opened(text, "words", folder, released)  # imports, and what is kept of the release
    before = sys.getprofile()
    sys.setprofile(counts)
    try:
        opened(text, "words", folder, released)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("kind", sorted(fuzz.GROWING))
def test_the_work_grows_no_more_than_the_size(kind, tmp_path):
    """Counted, for a clock is noisy: `python -m tests.fuzz --growth` takes the time of larger ones."""
    size = 30_000  # below the bounds, so that all of it is read
    small, large = steps(kind, size, tmp_path), steps(kind, 2 * size, tmp_path)
    assert large < 2.2 * small + 200, (small, large)


# ---------------------------------------------------------------- a class of them


@pytest.mark.sandbox
def test_a_class_of_spoiled_notebooks_is_graded_and_the_honest_lose_nothing(tmp_path):
    course = Course.words(tmp_path)
    right = nbformat.writes(course.answered())
    for number, text in enumerate(fuzz.every(right, 15, seed=5)):
        fuzz.hand_in(course, f"spoiled{number}", text)
    course.submit("ada", right)
    course.submit("zoe", right)
    done = course.grade("--no-feedback")
    rows = course.rows()
    assert (done.returncode, done.stderr, len(rows)) == (0, "", 17)
    assert rows["ada"]["points"] == rows["zoe"]["points"] == "8"
    assert all(row["sentence"] and "did not record" not in row["sentence"] for row in rows.values())
