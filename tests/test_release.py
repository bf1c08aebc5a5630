"""`make release`: whole or not at all, with nothing given away, and with a word on marks that there are."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader_course import SECOND

from tools import release
from tools.notebooks import NotebookError

NAME = "words"


@pytest.fixture
def course(tmp_path):
    return shutil.copytree(SECOND, tmp_path / "course")


def changed(course: Path, *added, **sources: str) -> Path:
    """The assignment's source, with other texts in some cells and more cells at the end."""
    path = course / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    notebook.cells += added
    nbformat.write(notebook, path)
    return path


def generated(course: Path) -> Path:
    """A release without a gradebook, which takes its time."""
    source = course / "source" / NAME / f"{NAME}.ipynb"
    release.generate(NAME, course / "release", database=False, course=course)
    return source


def test_a_release_that_gives_something_away_is_refused_and_the_one_before_stays(course):
    generated(course)
    before = {path: path.read_bytes() for path in (course / "release").rglob("*.ipynb")}
    solution = "def words(text):\n    return text.split()"
    source = changed(course, new_code_cell(solution, id="forgotten"))
    with pytest.raises(NotebookError, match=r"a student would see 'return text.split\(\)'"):
        release.make(source, course)
    assert {path: path.read_bytes() for path in before} == before
    assert not (course / "gradebook.db").exists(), "nothing was noted of it"
    assert not [path for path in course.iterdir() if path.name.startswith(".release")]


def test_a_refused_first_release_is_not_left_on_disk(course):
    changed(course, new_markdown_cell("text:\n```\nreturn text.split()\n```", id="forgotten"))
    with pytest.raises(NotebookError):
        release.make(course / "source" / NAME / f"{NAME}.ipynb", course)
    assert not (course / "release").exists()


def test_what_nbgrader_cannot_release_leaves_the_release_from_before(course):
    generated(course)
    broken = new_code_cell("### BEGIN SOLUTION\nx = 1", id="broken")
    broken.metadata["nbgrader"] = {
        "grade": False, "grade_id": "broken", "locked": False, "schema_version": 3,
        "solution": True, "task": False,
    }  # fmt: skip
    source = changed(course, broken)
    with pytest.raises(NotebookError, match="nbgrader could not make the release of words"):
        release.make(source, course)
    assert (course / "release" / NAME / f"{NAME}.ipynb").exists()


SOLVED = """
from fractions import Fraction
def half(n):
    ### BEGIN SOLUTION
    from fractions import Fraction
    part = Fraction(n, 2)
    return part.limit_denominator()
    ### END SOLUTION
"""


@pytest.mark.parametrize(
    ("shown", "refused"),
    [
        ("from fractions import Fraction", False),
        ("part = Fraction(n, 2)", False),  # one line of three
        ("def half(n):\n    part = Fraction(n, 2)\n    from fractions import Fraction", True),
        ("def half(n):\n    part = Fraction(n, 2)\n    return part.limit_denominator()", True),
    ],
)  # fmt: skip
def test_a_line_that_a_solution_shares_with_what_is_shown_is_no_leak(shown, refused, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell(SOLVED, id="half")])
    notebook.cells.append(new_code_cell(shown, id="shown"))
    nbformat.write(notebook, tmp_path / "source.ipynb")
    stub = re.sub("(?s)### BEGIN.*### END SOLUTION", "raise NotImplementedError", SOLVED)
    given = nbformat.v4.new_notebook(cells=[new_code_cell(stub), new_code_cell(shown)])
    nbformat.write(given, tmp_path / "released.ipynb")
    found = release.leaks(tmp_path / "source.ipynb", tmp_path / "released.ipynb")
    assert bool(found) == refused, found
