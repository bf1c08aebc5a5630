"""A class in which 15 files are broken, each as in real classes: all rows, no abort, nothing lost.

With `pytest --long` it has 300 students.
"""

import pytest
from nbgrader_course import Course

from grading.class_run.outcomes import UNGRADED
from grading.example.classes import broken_class

pytestmark = pytest.mark.sandbox
NAME = "02_depthwise_convolution"
BROKEN, SHORT, LONG = 15, 30, 300


@pytest.fixture(scope="module")
def graded(tmp_path_factory, request):
    """The class, what each student handed in, and the rows of its table."""
    course = Course.released(tmp_path_factory.mktemp("broken"), NAME)
    count = LONG if request.config.getoption("--long") else SHORT
    made = broken_class(course.folder, NAME, count, share=BROKEN / count)
    assert len(made) == count
    done = course.grade("--no-feedback", "--examiners", "2", seconds=1500)
    assert done.stderr == "", done.stderr
    assert done.returncode == 0, "whoever cannot be graded is a row"
    return course, made, course.rows()


def test_every_student_is_a_row(graded):
    _, made, rows = graded
    assert rows.keys() == made.keys()


def test_fifteen_are_broken_and_no_two_in_the_same_way(graded):
    _, made, _ = graded
    broken = [one.what for one in made.values() if one.what.startswith("broken")]
    assert len(broken) == len(set(broken)) == BROKEN


def test_each_ends_as_its_file_says(graded):
    _, made, rows = graded
    ended = {student: rows[student]["status"] for student in made}
    assert ended == {student: one.status for student, one in made.items()}


def test_every_answer_that_can_be_read_keeps_its_marks(graded):
    course, made, rows = graded
    for student, one in made.items():
        if one.points is None:
            assert rows[student]["status"] in UNGRADED
            assert rows[student]["points"] == ""
            assert rows[student]["sentence"].endswith("."), "it says what to do"
            continue
        assert float(rows[student]["points"]) == one.points, (student, one)
    marks, _ = course.marks()
    assert {s: marks[s] for s in marks} == {
        student: one.points for student, one in made.items() if one.points is not None
    }
