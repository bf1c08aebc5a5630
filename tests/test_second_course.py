"""A course that shares nothing with this one, released and graded by the same commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader_course import BIN, Course

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parent.parent
NAME = "words"
POINTS, BY_HAND = 10, 2

OWN_PRINTS = """
import os, sys
print("loaded", sorted({"keras", "tensorflow", "helpers"} & sys.modules.keys()))
from texts import checks
print("check", checks.frequencies(None), checks.CASES is None)
print("answers", os.path.exists(os.path.join(os.path.dirname(texts.__file__), "checks.py")))
"""


def made(folder: Path) -> subprocess.CompletedProcess:
    """The course's release, by the same command as this course's."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "tools.release"],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The second course in a folder of its own, released, handed in by four and graded."""
    folder = tmp_path_factory.mktemp("second") / "course"
    shutil.copytree(ROOT / "tests" / "second_course", folder)
    released = made(folder)
    assert released.returncode == 0, released.stderr
    course = Course(folder, NAME)
    course.submit("right", course.answered())
    course.submit("untouched", course.untouched())
    course.submit("wrong", course.answered(words="def words(text):\n    return text.split(' ')"))
    notebook = course.answered(frequencies="def frequencies(text):\n    return checks.right(text)")
    notebook.cells.insert(2, nbformat.v4.new_code_cell(OWN_PRINTS, id="own"))
    course.submit("curious", notebook)
    done = course.grade()
    assert done.stderr == "", done.stderr
    return course


def test_its_release_holds_no_solution(course):
    text = nbformat.writes(course.untouched())
    assert "NotImplementedError" in text
    assert "split()" not in text and "a\\\\nb" not in text


def test_its_marks_are_right(course):
    marks, most = course.marks()
    assert most == {float(POINTS)}
    # "".split(" ") is [""], and a tab is no space: both tests of words, and what counts by it.
    assert marks == {"right": 8, "untouched": 0, "wrong": 2, "curious": 5}


def test_its_rows_say_what_happened(course):
    rows = course.rows()
    assert rows["right"]["sentence"] == "8 of 10 points."
    assert rows["untouched"]["sentence"] == "0 of 10 points, 0 of 4 tests passed."
    assert {row["status"] for row in rows.values()} == {"needs hand marking", "wrong"}


def test_its_own_check_speaks_through_the_contract(course):
    said = course.cards("wrong")["frequencies_counts"]
    assert said.startswith("✗ frequencies, counts: yours is {'': 1}, right is {}.")
    assert "not attempted yet" in course.cards("untouched")["frequencies_counts"]


def test_nothing_of_the_first_course_is_where_its_students_are(course):
    own = next(c for c in course.read("autograded", "curious").cells if "OWN" in c.source
               or "loaded" in c.source)  # fmt: skip
    printed = "".join(output.get("text", "") for output in own.outputs)
    assert printed == "loaded []\ncheck None False\nanswers False\n"


def test_marks_and_comments_given_by_hand_are_on_the_page_at_the_next_run(course):
    """And nobody else's page is written anew."""
    assert "well said" not in course.feedback("right")
    pages = {
        student: course.folder / "feedback" / student / NAME / f"{NAME}.html"
        for student in ("right", "wrong")
    }
    before = {student: page.stat().st_mtime_ns for student, page in pages.items()}
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        notebook = book.find_submission(NAME, "right").notebooks[0]
        (grade,) = [grade for grade in notebook.grades if grade.needs_manual_grade]
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        notebook.comments[0].manual_comment = "well said"
        book.db.commit()
    done = course.grade()
    assert done.returncode == 0, done.stderr
    assert "well said" in course.feedback("right") and "(Score: 1.5 / 2.0)" in course.feedback(
        "right"
    )
    after = {student: page.stat().st_mtime_ns for student, page in pages.items()}
    assert after["wrong"] == before["wrong"] and after["right"] > before["right"]
    row = course.rows()["right"]
    assert (row["status"], row["points"]) == ("graded", "9.5")


def test_a_test_that_is_added_when_all_is_graded_is_graded_for_everybody(course):
    """And nobody has tampered: what they answered was the release of that day."""
    about = {"grade": True, "grade_id": "words_more", "locked": True, "points": 2,
             "schema_version": 3, "solution": False, "task": False}  # fmt: skip
    path = course.folder / "source" / NAME / f"{NAME}.ipynb"
    source = nbformat.read(path, 4)
    source.cells.append(nbformat.v4.new_code_cell(
        "assert words(' a  b ') == ['a', 'b']", id="words_more", metadata={"nbgrader": about}
    ))  # fmt: skip
    (first,) = [cell for cell in source.cells if cell.id == "words_spaces"]
    first.metadata.nbgrader.points += 1
    nbformat.write(source, path)
    released = made(course.folder)
    assert released.returncode == 0, released.stderr
    assert released.stdout.splitlines() == [
        "words: there are submissions that are graded. new: words_more; other points: "
        "words_spaces (2 → 3); the next `make grade` grades them all anew, and keeps marks given "
        "by hand.",
        "released words",
    ]
    done = course.grade()
    assert done.returncode == 0, done.stderr
    rows = course.rows()
    assert {name: row["points"] for name, row in rows.items()} == {
        "right": "12.5", "untouched": "0", "wrong": "2", "curious": "8",
    }  # fmt: skip
    assert {row["max_points"] for row in rows.values()} == {"13"}
    assert "tampered" not in {row["status"] for row in rows.values()}
    assert course.marks() == ({n: float(r["points"]) for n, r in rows.items()}, {13.0})
    source.cells = [cell for cell in source.cells if cell.id != "words_spaces"]
    nbformat.write(source, path)
    refused = made(course.folder)
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert refused.stderr.startswith("words: words_spaces is gone, and there are marks in it.")
    assert "words_spaces" in nbformat.writes(course.untouched()), "the release is as it was"
