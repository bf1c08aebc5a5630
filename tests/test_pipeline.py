"""nbgrader's pipeline from end to end, in a course of its own: release, submit, grade, feedback."""

import csv
import os
import re
import shutil
import subprocess
import sys
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


def run(course: Path, module: str, *arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, timeout=500
    )


def submit(course: Path, student: str, notebook, name: str = f"{NAME}.ipynb") -> None:
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    (folder / name).write_text(text, encoding="utf-8")


def answered(course: Path, answers: dict[str, str] | None = None):
    """The released notebook with solutions filled in; ``answers`` replace some of them."""
    released = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    solved = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
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
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "source", course / "source")
    made = run(course, "nbgrader", "generate_assignment", NAME)
    assert made.returncode == 0, made.stderr
    submit(course, "right", answered(course))
    submit(course, "wrong", answered(course, {"conv2d": FLIPPED}))
    submit(course, "noisy", answered(course, {"output_length": NOISY}))
    blank = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    submit(course, "blank", blank)
    skipped = nbformat.from_dict(blank)
    for cell in skipped.cells:
        cell.metadata["tags"] = ["skip-execution"]
    skipped.cells = [cell for cell in skipped.cells if cell.id != "conv2d_window"]
    submit(course, "tampered", skipped)
    submit(course, "misnamed", answered(course), name="my_homework.ipynb")
    submit(course, "not_json", "<<<<<<< HEAD\n{")
    done = run(course, "grading", NAME)
    assert done.returncode == 1 and done.stderr == "", done.stderr
    (course / "said.txt").write_text(done.stdout)
    return course


@pytest.fixture(scope="module")
def scores(course):
    with (course / "grades.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {row["student_id"]: float(row["score"] or 0) for row in rows}, rows


def test_marks(scores):
    marks, rows = scores
    assert {float(row["max_score"]) for row in rows} == {POINTS}
    assert marks["right"] == POINTS - BY_HAND
    assert marks["blank"] == 0
    # Flipped, without options: all ten of conv2d's points are gone, no other exercise pays for it.
    assert marks["wrong"] == POINTS - BY_HAND - 10
    assert marks["noisy"] == POINTS - BY_HAND, "a warning on stderr is no mistake"
    assert marks["tampered"] == 0, "skipped or deleted test cells earn nothing"


def feedback(course: Path, student: str) -> str:
    html = (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    return re.sub(r"<[^>]+>", "", html)


def test_feedback_says_what_is_wrong_and_hides_the_hidden(course):
    wrong = feedback(course, "wrong")
    assert "your kernel is flipped: this is the mathematician's convolution." in wrong.replace(
        "&#39;", "'"
    )
    assert "HIDDEN TESTS" not in wrong and "seed=" not in wrong
    assert "Traceback (most recent call last)" not in wrong


def test_a_blank_submission_reads_not_attempted(course):
    graded = nbformat.read(course / "autograded/blank" / NAME / f"{NAME}.ipynb", as_version=4)
    tests = [cell for cell in graded.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    errors = [
        output.ename
        for cell in tests
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]
    assert errors == ["NotAttempted"] * len([cell for cell in tests if cell.cell_type == "code"])
    assert "conv2d: not attempted yet." in feedback(course, "blank")


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
