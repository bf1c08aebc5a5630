"""Every attack of tests/hostile.py, by one examiner: what it earns, what it costs, what it leaves."""

import json
import os
import time

import hostile
import nbformat
import pytest
from hostile import ATTACKS, CANARY, HONEST_POINTS, Attack, HurriedExaminer, graded, printed, split
from nbgrader_course import Course

from grading.boundary.home import home
from grading.submissions import reading, restoring
from tests.this_course import SETTINGS

pytestmark = pytest.mark.sandbox
SECONDS = 120
"""After which an attack has to have come to its end, whatever it is, on a slow machine too."""
BYTES = 1_000_000
"""What may be kept of it."""
WITNESSED = 3
"""One witness sees what so many attacks have left; `make proof-security` has one after each."""
FOUND_NOTHING = ("CANARY 0", "OTHERS 0", "SECRET False", "DONE []", "TAKEN False")


@pytest.fixture(scope="module")
def grader():
    """One examiner for all; a variable of the instructor's lies in its environment."""
    os.environ["HOSTILE_SECRET"] = "5f3a"
    made = HurriedExaminer()
    yield made
    made.close()
    del os.environ["HOSTILE_SECRET"]


@pytest.fixture(scope="module")
def undisturbed(grader):
    """What the witness finds before anybody has done anything."""
    points, outputs, _ = graded(grader, nbformat.writes(hostile.witness()))
    assert sum(points.values()) == hostile.ALL_POINTS
    return witnessed(outputs)


def witnessed(outputs: dict) -> str:
    return "".join(o["text"] for o in outputs["own-0"])


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_earns_nothing_and_leaves_nothing(attack: Attack, grader, undisturbed):
    begun = time.monotonic()
    points, outputs, _ = graded(grader, attack.text())
    assert time.monotonic() - begun < SECONDS
    attacked, honest = split(points)
    assert attacked == 0
    assert honest == HONEST_POINTS or attack.harms_itself
    assert len(json.dumps(outputs)) < BYTES
    said = printed(outputs)
    for line in FOUND_NOTHING:
        word = line.split()[0]
        assert f"{word} " not in said or line in said, said[:500]
    if attack.runs_code and ATTACKS.index(attack) % WITNESSED == 0:
        points, outputs, _ = graded(grader, nbformat.writes(hostile.witness()))
        assert sum(points.values()) == hostile.ALL_POINTS
        assert witnessed(outputs) == undisturbed


def test_there_are_at_least_45_and_each_has_a_name_of_its_own():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 45
    assert all(attack.tries for attack in ATTACKS)


def test_attacks_of_the_notebook_are_named():
    """An instructor is told of what nobody does by chance."""
    by_hand = {a.name: a for a in hostile.OF_ITSELF}
    released = hostile.released(hidden_tests=True)
    for name in (
        "tests tagged skip-execution", "a test cell pasted", "tests deleted", "cells reversed",
        "tests first", "tests emptied", "points changed", "tests unlocked", "grade ids swapped",
        "tests as text",
    ):  # fmt: skip
        handed_in = reading.upgraded(json.loads(by_hand[name].text()))
        assert restoring.restored(handed_in, released)[1].tampered, name


# ---------------------------------------------------------------- through nbgrader


THROUGH_NBGRADER = (
    "a test cell pasted", "more output than points", "os._exit in a cell", "the gradebook",
    "half a letter", "metadata of wrong kinds", "a script in the page",
    "tables and pictures with code in them", "an image that acts", "a row of another's",
)  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of attacks, with an honest student before and after them, graded as a class is."""
    course = Course.released(tmp_path_factory.mktemp("course"), hostile.NAME, hostile.source())
    chosen = [attack for attack in ATTACKS if attack.name in THROUGH_NBGRADER]
    for number, attack in enumerate(chosen):
        course.submit(f"m{number:02}", attack.text())
    course.submit("a", hostile.honest(solved=True))
    course.submit("z", hostile.honest(solved=True))
    course.said = course.grade()
    course.attacks = {f"m{number:02}": attack for number, attack in enumerate(chosen)}
    return course


def test_a_class_of_attacks_is_graded_and_nobody_gains(course):
    marks, most = course.marks()
    assert most == {float(hostile.ALL_POINTS)}
    assert marks.pop("a") == marks.pop("z") == hostile.ALL_POINTS, course.said.stdout
    assert len(marks) == len(THROUGH_NBGRADER)
    for student, points in marks.items():
        assert points == HONEST_POINTS, course.attacks[student].name


def test_hidden_tests_are_hidden_wherever_a_student_looks(course):
    for folder in ("release", "feedback", "submitted"):
        for path in (course.folder / folder).rglob("*"):
            if path.is_file():
                assert CANARY not in path.read_text(encoding="utf-8", errors="replace"), path
    held = course.folder / "source" / hostile.NAME / f"{hostile.NAME}.ipynb"
    assert CANARY in held.read_text(encoding="utf-8"), "the canary is alive"


def test_no_page_holds_anything_that_a_browser_runs(course):
    """Neither the feedback nor the class report: text of a student's is text there."""
    pages = [*(course.folder / "feedback").rglob("*.html"), *course.folder.rglob("report.html")]
    assert len(pages) > len(THROUGH_NBGRADER)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for tag in (
            "<script>document",
            "<img src=x",
            'href="javascript:',
            "<div\nonclick",
            "<!-- <scr",
            "<svg onload",
            "<table onclick",
            'src="/',
            "\x1b",
        ):
            assert tag not in text, (path, tag)


def test_the_workers_files_hold_no_test_and_no_answer():
    folder = home(SETTINGS.importable, SETTINGS.silent, SETTINGS.root)
    for path in folder.rglob("*"):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        assert CANARY not in text and "BEGIN SOLUTION" not in text
    assert {path.name for path in folder.iterdir()} == {"contract", "grading", "helpers"}
    there = {path.name for path in (folder / "helpers").iterdir()}
    assert {"data", "networks.py", "quiet.py"} < there and not there & {"check", "draw"}
    assert {path.name for path in (folder / "grading" / "boundary").iterdir()} == {
        "__init__.py", "protocol.py", "settings.py", "values", "worker"
    }  # fmt: skip
