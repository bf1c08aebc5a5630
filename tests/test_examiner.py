"""Notebooks at a examiner: what is right passes, what is blank is told so, what kills costs itself only."""

import pytest
from nbgrader_course import ROOT
from this_course import SETTINGS

from contract import verdicts
from grading.boundary.client import ExaminerClient
from grading.boundary.examiner import headline

pytestmark = pytest.mark.sandbox
ASSIGNMENTS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def examiner():
    made = ExaminerClient(SETTINGS)
    yield made
    made.close()


def kinds(examiner: ExaminerClient, cells: list[dict]) -> dict[str, str]:
    results = examiner.examine(cells)
    return {c["id"]: results[c["id"]]["found"]["kind"] for c in cells if c["test"]}


def notebook(student: str, **tests: str) -> list[dict]:
    made = [{"id": "own", "test": False, "source": student}]
    return made + [{"id": name, "test": True, "source": test} for name, test in tests.items()]


SQUARES = """
import os

def squares(n):
    if n < 1:
        raise ValueError("n must be 1 or more")
    return [i**2 for i in range(1, n + 1)]

def leaves(n):
    os._exit(0)

def flood(n):
    print("x" * 10**7)
    return n

answer, names = 42, {"a": (1, 2.5)}
"""


def test_plain_test_cells_of_any_course_work(examiner):
    cells = notebook(
        SQUARES,
        equal="assert squares(3) == [1, 4, 9]",
        values="assert answer == 42 and names == {'a': (1, 2.5)}",
        unequal="assert squares(2) == [1, 5]",
        raises="try:\n    squares(0)\nexcept ValueError as error:\n"
        "    assert str(error) == 'n must be 1 or more'\nelse:\n    raise AssertionError",
        absent="assert cubes(2) == [1, 8]",
        noisy="assert flood(1) == 1",
    )
    assert kinds(examiner, cells) == {
        "equal": "passed",
        "values": "passed",
        "unequal": "wrong",
        "raises": "passed",
        "absent": "not attempted",
        "noisy": "passed",
    }


@pytest.mark.parametrize(
    ("test", "kind"),
    [("assert leaves(1) is None", "error"), ("import os\nos._exit(1)", "crashed")],
    ids=["the worker", "the examiner"],
)
def test_a_process_that_ends_costs_the_test_it_ended_in(test, kind, examiner):
    before, after = "assert squares(1) == [1]", "assert squares(2) == [1, 4]"
    cells = notebook(SQUARES, before=before, deadly=test, after=after)
    assert kinds(examiner, cells) == {"before": "passed", "deadly": kind, "after": "passed"}


def test_what_a_cell_shows_is_text_in_its_outputs(examiner):
    results = examiner.examine(notebook("print('one')\n{'two': 2}\n1 / 0"))["own"]["outputs"]
    assert [output["output_type"] for output in results] == ["stream", "error"]
    assert results[1]["ename"] == "ZeroDivisionError"
    (shown,) = examiner.examine(notebook("{'two': 2}"))["own"]["outputs"]
    assert shown["data"] == {"text/plain": "{'two': 2}"}


def test_the_first_line_of_a_card_is_told_whole_however_it_was_folded():
    card = verdicts.fold(
        "✗ conv2d, window: " + "a long sentence of many words " * 4, "  called as x"
    )
    assert len(card) == 3
    assert headline(card) == "✗ conv2d, window: " + ("a long sentence of many words " * 4).strip()
