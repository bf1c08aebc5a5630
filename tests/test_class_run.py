"""The class run: every submission a row, nothing run twice, nothing lost when it is killed."""

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader_course import BIN, Course, run

from grading.boundary.bubblewrap import NoSandbox
from grading.class_run import gradebook, pool
from grading.class_run import run as class_run
from grading.submissions import releases

NAME = "02_depthwise_convolution"
POINTS, BY_HAND = 33, 3
TESTS = 17


class AtOnce(Executor):
    """Says of every test cell that it passed, and counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def submit(self, function, cells, settings):
        self.asked += 1
        found = {cell["id"]: {"kind": "passed"} if cell["test"] else None for cell in cells}
        done = Future()
        done.set_result(
            {name: {"outputs": [], "found": f, "seconds": 0.5} for name, f in found.items()}
        )
        return done


@contextmanager
def at(folder: Path):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def room(course: Course) -> class_run.Classroom:
    with at(course.folder):
        app = NbGrader()
        app.load_config_file()
        return class_run.Classroom(app.config, NAME)


def ran(course: Course, executor: Executor, again: bool = False) -> dict:
    outcomes = room(course).run(executor, again, tell=lambda outcome: None)
    return {outcome.student: outcome for outcome in outcomes}


class Lost(AtOnce):
    """Loses the one submission in which a text stands, as a cluster can; the others pass."""

    def __init__(self, text: str, error: Exception):
        super().__init__()
        self.text, self.error = text, error

    def submit(self, function, cells, settings):
        if not any(self.text in cell["source"] for cell in cells):
            return super().submit(function, cells, settings)
        lost = Future()
        lost.set_exception(self.error)
        return lost


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    course = Course.released(tmp_path_factory.mktemp("class"), NAME)
    course.submit("ada", course.answered())
    course.submit("bela", course.answered(depthwise_params="# another text"))
    course.submit("chen", "<<<<<<< HEAD\n{")
    (course.folder / "submitted" / "dora").mkdir()
    return course


@pytest.fixture
def course(handed_in, tmp_path):
    """A class of four, two of whom handed in a notebook that can be graded."""
    own = copy.copy(handed_in)
    own.folder = shutil.copytree(handed_in.folder, tmp_path / "course")
    return own


def test_every_submission_is_a_row_and_the_gradebook_has_the_marks(course):
    outcomes = ran(course, AtOnce())
    assert {name: o.status for name, o in outcomes.items()} == {
        "ada": "needs hand marking",
        "bela": "needs hand marking",
        "chen": "unreadable",
        "dora": "missing",
    }
    assert outcomes["ada"].points == POINTS - BY_HAND
    assert outcomes["ada"].max_points == POINTS
    assert outcomes["ada"].sentence == "30 of 33 points."
    points = course.points("ada")
    assert sum(score for score, _ in points.values()) == POINTS - BY_HAND
    assert sum(cell.kind == "passed" for cell in outcomes["ada"].cells.values()) == TESTS


def test_a_test_that_says_nothing_of_itself_belongs_to_the_answer_that_its_name_begins_with(course):
    cells = ran(course, AtOnce())["ada"].cells
    assert cells["depthwise_params_with_bias"].exercise == "depthwise_params"
    assert cells["depthwise_conv2d_window"].exercise == "depthwise_conv2d"
    assert cells["red_and_blue"].exercise == "", "a written answer tests nothing"
    assert all(cell.exercise for name, cell in cells.items() if cell.kind == "passed")


def test_no_more_submissions_are_on_their_way_than_may_be(course, monkeypatch):
    """A class of any size takes the same memory."""
    monkeypatch.setattr(class_run, "AHEAD", 1)
    executor, told = AtOnce(), []
    room(course).run(executor, tell=lambda outcome: told.append((outcome.student, executor.asked)))
    assert told == [("ada", 1), ("bela", 2), ("chen", 2), ("dora", 2)]


@pytest.mark.skipif(sys.platform != "linux", reason="a priority is a thread's on Linux only")
def test_examiners_give_way_to_whoever_records():
    own = os.getpriority(os.PRIO_PROCESS, 0)
    with pool.examiners() as executor:
        theirs = executor.submit(os.getpriority, os.PRIO_PROCESS, 0).result()
    assert theirs == min(own + 5, 19) and os.getpriority(os.PRIO_PROCESS, 0) == own


def test_what_is_unchanged_is_not_examined_again_unless_asked(course):
    executor = AtOnce()
    ran(course, executor)
    assert executor.asked == 2
    ran(course, executor)
    assert executor.asked == 2
    shutil.rmtree(course.folder / "submitted" / "ada")
    course.submit("ada", course.answered(depthwise_macs="# yet another text"))
    ran(course, executor)
    assert executor.asked == 3
    ran(course, executor, again=True)
    assert executor.asked == 5


def test_nbgrader_records_the_results_at_hand_and_examines_nothing_itself(course):
    """Examined, bela would have two points less: depthwise_params is left out."""
    assert ran(course, AtOnce())["bela"].points == POINTS - BY_HAND
    assert sum(score for score, _ in course.points("bela").values()) == POINTS - BY_HAND


def test_a_result_that_was_not_recorded_is_recorded_and_not_examined(course):
    ran(course, AtOnce())
    kept = course.folder / "results" / NAME / "ada.json"
    saved = json.loads(kept.read_text())
    kept.write_text(json.dumps(saved | {"recorded": False}))
    shutil.rmtree(course.folder / "autograded" / "ada")
    executor = AtOnce()
    outcomes = ran(course, executor)
    assert executor.asked == 0
    assert outcomes["ada"].recorded
    assert (course.folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb").exists()


def test_a_gradebook_that_is_new_gets_its_marks_from_what_was_kept(course):
    ran(course, AtOnce())
    (course.folder / "gradebook.db").unlink()
    made = run(course.folder, "nbgrader", "generate_assignment", NAME, "--force")
    assert made.returncode == 0, made.stderr
    executor = AtOnce()
    ran(course, executor)
    assert executor.asked == 0
    assert sum(score for score, _ in course.points("bela").values()) == POINTS - BY_HAND


def test_half_a_file_from_a_killed_run_is_no_result(course):
    ran(course, AtOnce())
    kept = course.folder / "results" / NAME / "ada.json"
    kept.write_text(kept.read_text()[:100])
    executor = AtOnce()
    assert ran(course, executor)["ada"].points == POINTS - BY_HAND
    assert executor.asked == 1


def test_a_result_that_does_not_come_costs_its_own_row(course):
    outcomes = ran(course, Lost("# another text", RuntimeError("lost")))
    assert (outcomes["ada"].status, outcomes["ada"].recorded) == ("needs hand marking", True)
    bela = outcomes["bela"]
    assert (bela.status, bela.recorded, bela.points) == ("crashed", False, 0)
    assert bela.sentence == "it was not examined (RuntimeError); grade again."
    assert ran(course, AtOnce())["bela"].recorded, "the next run examines it"


def test_where_nobody_can_be_kept_apart_the_run_stops(course):
    with pytest.raises(NoSandbox):
        ran(course, Lost("# another text", NoSandbox("no box")))


def test_a_student_of_the_gradebook_who_handed_in_nothing_is_a_row(course):
    room(course)
    with at(course.folder):
        app = NbGrader()
        app.load_config_file()
        with gradebook.opened(CourseDirectory(config=app.config)) as book:
            book.add_student("emil")
    outcomes = ran(course, AtOnce())
    assert outcomes["emil"].status == "missing"
    assert outcomes["emil"].max_points == 0


def test_a_mark_given_by_hand_is_kept_and_ends_the_waiting(course):
    ran(course, AtOnce())
    with at(course.folder):
        app = NbGrader()
        app.load_config_file()
        with gradebook.opened(CourseDirectory(config=app.config)) as book:
            submission = book.find_submission(NAME, "ada")
            (grade,) = [
                grade for grade in submission.notebooks[0].grades if grade.max_score == BY_HAND
                and grade.cell.cell_type == "markdown"
            ]  # fmt: skip
            grade.manual_score, grade.needs_manual_grade = 2.0, False
            book.db.commit()
    outcome = ran(course, AtOnce())["ada"]
    assert (outcome.status, outcome.points) == ("graded", POINTS - BY_HAND + 2)


def released_again(course: Course, change) -> None:
    """The instructor changes the source notebook and releases it once more."""
    source = course.read("source")
    change(source)
    nbformat.write(source, course.folder / "source" / NAME / course.file)
    made = run(course.folder, "nbgrader", "generate_assignment", NAME, "--force")
    assert made.returncode == 0, made.stderr


def test_points_that_changed_after_grading_are_given_at_the_next_run(course):
    before = ran(course, AtOnce())["ada"]
    assert (before.points, before.max_points) == (POINTS - BY_HAND, POINTS)

    def worth_more(source):
        cell = next(c for c in source.cells if c.id == "depthwise_params_with_bias")
        cell.metadata.nbgrader.points = 4  # it was 1

    released_again(course, worth_more)
    after = ran(course, AtOnce())["ada"]
    assert (after.points, after.max_points) == (POINTS - BY_HAND + 3, POINTS + 3)
    assert after.tampered == [] and after.status == "needs hand marking"
    assert after.mended == ["it answers an earlier release; it was graded by today's tests."]
    assert sum(score for score, _ in course.points("ada").values()) == after.points


def test_who_is_late_has_in_every_table_what_the_gradebook_has(course):
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    for student, day in (("ada", "02"), ("bela", "01")):
        stamp = course.folder / "submitted" / student / NAME / "timestamp.txt"
        stamp.write_text(f"2026-01-{day} 12:00:00.000000 UTC")
    with at(course.folder), Gradebook("sqlite:///gradebook.db") as book:
        book.update_or_create_assignment(NAME, duedate="2026-01-01 23:00:00 UTC")
    outcomes = ran(course, AtOnce())
    assert (outcomes["ada"].points, outcomes["ada"].penalty) == (0, POINTS - BY_HAND)
    assert outcomes["ada"].sentence == "0 of 33 points after 30 off for being late."
    assert (outcomes["bela"].points, outcomes["bela"].penalty) == (POINTS - BY_HAND, 0)
    with at(course.folder), Gradebook("sqlite:///gradebook.db") as book:
        book.update_or_create_assignment(NAME, duedate="2026-01-03 23:00:00 UTC")
    executor = AtOnce()
    outcomes = ran(course, executor)
    assert (outcomes["ada"].points, outcomes["ada"].penalty) == (POINTS - BY_HAND, 0)
    assert executor.asked == 2, "with another due date both are graded again"


def test_a_task_that_is_marked_by_hand_counts(course):
    def with_a_task(source):
        about = {"grade": False, "grade_id": "drawing", "locked": False, "schema_version": 3,
                 "solution": False, "task": True, "points": 5}  # fmt: skip
        task = nbformat.v4.new_markdown_cell("Draw it.", id="drawing", metadata={"nbgrader": about})
        source.cells.append(task)

    releases.remember(course.folder, NAME, course.untouched())  # as `make release` did
    released_again(course, with_a_task)
    ada = ran(course, AtOnce())["ada"]
    assert (ada.points, ada.max_points) == (POINTS - BY_HAND, POINTS + 5)
    assert ada.cells["drawing"].kind == "by hand" and ada.cells["drawing"].max_points == 5
    assert ada.tampered == [], "whoever had the release without it has not deleted it"


def grade(course: Course) -> subprocess.Popen:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "grading", course.assignment, "--no-feedback"]
    return subprocess.Popen(
        command, cwd=course.folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.sandbox
def test_a_run_that_is_killed_goes_on_and_has_the_marks_of_one_that_is_not(tmp_path):
    course = Course.words(tmp_path)
    for number in range(8):  # each of the odd ones leaves `frequencies` out, 3 points of 8
        slow = {
            "words": f"import time; time.sleep(0.5)\ndef words(text): return text.split()  # {number}"
        }
        left_out = {"frequencies": "raise NotImplementedError"} if number % 2 else {}
        course.submit(f"student{number}", course.answered(**slow, **left_out))
    course.submit("broken", "{")
    first = grade(course)
    for line in first.stdout:
        if line.startswith("[4/"):  # broken, and three that were examined
            break
    first.send_signal(signal.SIGKILL)
    first.communicate()
    kept = len(list((course.folder / "results" / "words").glob("*.json")))
    assert 3 <= kept < 8, "it was killed in the middle"
    said, _ = grade(course).communicate(timeout=300)
    assert "1 unreadable, 4 wrong, 4 needs hand marking." in said, said
    rows = course.rows()
    assert len(rows) == 9 and rows["broken"]["points"] == ""
    for number in range(8):
        right = 8 - 3 * (number % 2)
        scores = course.points(f"student{number}")
        assert rows[f"student{number}"]["points"] == f"{right}"
        assert sum(score for score, _ in scores.values()) == right
        assert len(scores) == 5, "four tests and the written answer: no cell has two marks"


# ---------------------------------------------------------------- what a mark says


class Half(AtOnce):
    """Every test passes, and one of them ends with a number: nbgrader takes it for its points."""

    def __init__(self, test: str, number: str):
        super().__init__()
        self.test, self.number = test, number

    def submit(self, function, cells, settings):
        done = super().submit(function, cells, settings)
        value = {"output_type": "execute_result", "data": {"text/plain": self.number},
                 "metadata": {}, "execution_count": None}  # fmt: skip
        done.result()[self.test]["outputs"] = [value]
        return done


def test_partial_credit_is_given_as_by_nbgrader_and_is_said(course):
    test = "depthwise_conv2d_window"  # of 4 points
    ada = ran(course, Half(test, "1.25"))["ada"]
    assert ada.points == POINTS - BY_HAND - 4 + 1.25
    assert (ada.cells[test].kind, ada.cells[test].line) == (
        "partial", "partial credit: 1.25 of 4 points.",
    )  # fmt: skip
    assert ada.status == "wrong" and f"{TESTS - 1} of {TESTS} tests passed" in ada.sentence
    again = ran(course, AtOnce())["ada"]
    assert again.cells[test].kind == "partial", "as it was kept"
    whole = ran(course, Half(test, "4.0"), again=True)["ada"]
    assert (whole.points, whole.cells[test].kind) == (POINTS - BY_HAND, "passed")


def test_whoever_is_gone_leaves_no_mark_without_a_word(course):
    ran(course, AtOnce())
    submitted = course.folder / "submitted"
    (submitted / "ada").rename(submitted / "adele")
    shutil.rmtree(submitted / "bela" / NAME)
    (submitted / "bela" / NAME).mkdir()
    outcomes = ran(course, AtOnce())
    assert outcomes["adele"].points == POINTS - BY_HAND
    left = "The gradebook still has 30 points of an earlier hand-in; to take them out: nbgrader db"
    assert outcomes["ada"].sentence == (
        f"missing: nothing was handed in. {left} student remove ada --force."
    )
    assert left in outcomes["bela"].sentence
    assert "gradebook" not in outcomes["dora"].sentence, "she never had any"
    removed = run(course.folder, "nbgrader", "db", "student", "remove", "ada", "--force")
    assert removed.returncode == 0, removed.stderr
    assert "ada" not in ran(course, AtOnce())


def test_a_time_of_handing_in_that_cannot_be_is_none(course):
    for student, year in (("ada", 1999), ("bela", 2026)):
        stamp = course.folder / "submitted" / student / NAME / "timestamp.txt"
        stamp.write_text(f"{year}-01-02 12:00:00.000000 UTC")
    outcomes = ran(course, AtOnce())
    assert outcomes["ada"].recorded and outcomes["bela"].mended == []
    assert outcomes["ada"].mended == [
        "its timestamp.txt, '1999-01-02 12:00:00.000000 UTC', is no time of handing in, and does "
        "not count."
    ]
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        assert book.find_submission(NAME, "ada").timestamp is None
        assert str(book.find_submission(NAME, "bela").timestamp) == "2026-01-02 12:00:00"


def test_where_the_course_says_that_students_write_the_time_it_is_left_out(course):
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.Restore.timestamps = False\n")
    stamp = course.folder / "submitted" / "ada" / NAME / "timestamp.txt"
    stamp.write_text("2026-01-02 12:00:00.000000 UTC")
    assert ran(course, AtOnce())["ada"].recorded
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        assert book.find_submission(NAME, "ada").timestamp is None
