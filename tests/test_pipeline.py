"""nbgrader's pipeline from end to end, in a course of its own: release, submit, grade, feedback.

Each assignment is a group of its own, so that they are graded on several cores.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
NAME = "01_normal_convolution"
POINTS = (
    35  # 4 output_length + 3 same_padding + 10 conv2d + 4 costs + 3 model + 8 backward + 3 by hand
)
BY_HAND = 3
BIN = Path(sys.executable).parent
FIRST = pytest.mark.xdist_group(NAME)


def run(course: Path, module: str, *arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, timeout=500
    )


def released_course(course: Path, name: str) -> Path:
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "source" / name, course / "source" / name)
    made = run(course, "nbgrader", "generate_assignment", name)
    assert made.returncode == 0, made.stderr
    return course


def submit(course: Path, student: str, notebook, name: str = NAME, file: str = "") -> None:
    folder = course / "submitted" / student / name
    folder.mkdir(parents=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    (folder / (file or f"{name}.ipynb")).write_text(text, encoding="utf-8")


def untouched(course: Path, name: str = NAME):
    return nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4)


def answered(course: Path, answers: dict[str, str] | None = None, name: str = NAME):
    """The released notebook with solutions filled in; ``answers`` replace some of them."""
    released = untouched(course, name)
    solved = nbformat.read(course / "source" / name / f"{name}.ipynb", as_version=4)
    solutions = {cell.id: cell.source for cell in solved.cells}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = (answers or {}).get(cell.id, solutions[cell.id])
    return released


FLIPPED = """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kernel = kernel[::-1, ::-1]
    kh, kw = kernel.shape[:2]
    y = np.zeros((len(x), x.shape[1] - kh + 1, x.shape[2] - kw + 1, kernel.shape[3]))
    for i, j in np.ndindex(y.shape[1:3]):
        y[:, i, j] = np.tensordot(x[:, i : i + kh, j : j + kw], kernel, axes=3)
    return y
"""
NOISY = """
import sys, warnings
def output_length(n, k, stride=1, padding="valid", dilation=1):
    warnings.warn("this is no mistake")
    print("nor is this", file=sys.stderr)
    return -(-n // stride) if padding == "same" else (n - (k - 1) * dilation - 1) // stride + 1
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class: right, blank, wrong, noisy, tampered, and two that cannot be graded."""
    course = released_course(tmp_path_factory.mktemp("course"), NAME)
    submit(course, "right", answered(course))
    submit(course, "wrong", answered(course, {"conv2d": FLIPPED}))
    submit(course, "noisy", answered(course, {"output_length": NOISY}))
    blank = untouched(course)
    submit(course, "blank", blank)
    skipped = nbformat.from_dict(blank)
    for cell in skipped.cells:
        cell.metadata["tags"] = ["skip-execution"]
    skipped.cells = [cell for cell in skipped.cells if cell.id != "conv2d_window"]
    submit(course, "tampered", skipped)
    submit(course, "misnamed", answered(course), file="my_homework.ipynb")
    submit(course, "not_json", "<<<<<<< HEAD\n{")
    done = run(course, "grading", NAME)
    assert done.returncode == 1 and done.stderr == "", done.stderr
    (course / "said.txt").write_text(done.stdout)
    return course


def graded(course: Path) -> tuple[dict[str, float], set[float]]:
    """Each student's marks, and how many points there were."""
    with (course / "grades.csv").open() as file:
        rows = list(csv.DictReader(file))
    marks = {row["student_id"]: float(row["score"] or 0) for row in rows}
    return marks, {float(row["max_score"]) for row in rows}


@FIRST
def test_marks(course):
    marks, points = graded(course)
    assert points == {POINTS}
    assert marks["right"] == POINTS - BY_HAND
    assert marks["blank"] == 0
    # Flipped, without options: all ten of conv2d's points are gone, no other exercise pays for it.
    assert marks["wrong"] == POINTS - BY_HAND - 10
    assert marks["noisy"] == POINTS - BY_HAND, "a warning on stderr is no mistake"
    assert marks["tampered"] == 0, "skipped or deleted test cells earn nothing"


def feedback(course: Path, student: str, name: str = NAME) -> str:
    html = (course / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
    return unescape(re.sub(r"<[^>]+>", "", html))


def errors(course: Path, student: str, name: str = NAME) -> list[str]:
    """What each test cell of a graded notebook stopped with; "" where it did not."""
    path = course / "autograded" / student / name / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    tests = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade") and "outputs" in c]
    return [next((o.ename for o in c.outputs if o.output_type == "error"), "") for c in tests]


@FIRST
def test_feedback_says_what_is_wrong_and_hides_the_hidden(course):
    wrong = feedback(course, "wrong")
    assert "your kernel is flipped: this is the mathematician's convolution." in wrong
    assert "HIDDEN TESTS" not in wrong and "seed=" not in wrong
    assert "Traceback (most recent call last)" not in wrong


@FIRST
def test_a_blank_submission_reads_not_attempted(course):
    assert set(errors(course, "blank")) == {"NotAttempted"}
    assert "conv2d: not attempted yet." in feedback(course, "blank")


@FIRST
def test_what_cannot_be_graded_is_named_and_stops_nobody(course):
    said = (course / "said.txt").read_text().splitlines()
    assert said == [
        "[1/7] blank: graded",
        f"[2/7] misnamed: wrong file name: rename my_homework.ipynb to {NAME}.ipynb.",
        "[3/7] noisy: graded",
        "[4/7] not_json: unreadable: not a notebook (its text is not JSON); ask for the file again.",
        "[5/7] right: graded",
        "[6/7] tampered: graded",
        "[7/7] wrong: graded",
        "5 of 7 graded; marks are in grades.csv.",
    ]


def test_an_unknown_assignment_or_a_missing_gradebook_gets_a_sentence(tmp_path):
    (tmp_path / "source" / NAME).mkdir(parents=True)
    unknown = run(tmp_path, "grading", "1_normal")
    assert unknown.returncode == 1
    assert unknown.stderr == f"There is no assignment '1_normal' in source/; there are: {NAME}.\n"
    assert "Run `make release` first." in run(tmp_path, "grading", NAME).stderr


# ---------------------------------------------------------------- the later assignments


@dataclass(frozen=True)
class Assignment:
    """What a class gets in an assignment: everything, nothing, and all but what one mistake costs."""

    name: str
    points: int
    by_hand: int
    mistake: dict[str, str]
    lost: int
    sentence: str


OTHER_ORDER = """
def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid"):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    y = np.einsum("nijcab,abcm->nijmc", windows, kernel)
    return y.reshape(*y.shape[:3], -1)
"""
# separable_conv2d calls pointwise_conv2d, and is right for all that.
AVERAGED = """
def pointwise_conv2d(x, kernel, bias=None):
    y = x @ kernel[0, 0] / x.shape[3]
    return y if bias is None else y + bias
"""
LATER = (
    Assignment(
        "02_depthwise_convolution",
        33,  # 9 depthwise_conv2d + 4 costs + 4 as_normal_kernel + 7 backward + 6 test + 3 by hand
        3,
        {"depthwise_conv2d": OTHER_ORDER},
        9,
        "the maps are in another order: yours is j·C + c.",
    ),
    Assignment(
        "03_pointwise_convolution",
        35,  # 4 pointwise + 6 separable + 4 costs + 3 compose + 7 factor + 8 count + 3 by hand
        3,
        {"pointwise_conv2d": AVERAGED},
        4,
        "you average over the channels.",
    ),
)


@pytest.mark.parametrize(
    "assignment",
    [pytest.param(a, id=a.name, marks=pytest.mark.xdist_group(a.name)) for a in LATER],
)
def test_a_later_assignment(assignment, tmp_path):
    name = assignment.name
    course = released_course(tmp_path, name)
    submit(course, "right", answered(course, name=name), name)
    submit(course, "blank", untouched(course, name), name)
    submit(course, "wrong", answered(course, assignment.mistake, name), name)
    done = run(course, "grading", name)
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    marks, points = graded(course)
    assert points == {assignment.points}
    full = assignment.points - assignment.by_hand
    assert marks == {"right": full, "blank": 0, "wrong": full - assignment.lost}
    assert set(errors(course, "blank", name)) == {"NotAttempted"}
    wrong = feedback(course, "wrong", name)
    assert assignment.sentence in wrong
    assert "HIDDEN TESTS" not in wrong and "seed=" not in wrong
