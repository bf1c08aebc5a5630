"""nbgrader's pipeline from end to end, in a course of its own: release, submit, grade, feedback."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import nbformat
import pytest
from nbgrader_course import Course, run

pytestmark = pytest.mark.sandbox
NAME = "01_normal_convolution"
# output_length, same_padding, slide, conv2d, costs, model, receptive_field, backward, by hand
POINTS = 4 + 3 + 2 + 10 + 4 + 3 + 3 + 8 + 3
BY_HAND = 3

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
    course = Course.released(tmp_path_factory.mktemp("course"), NAME)
    course.submit("right", course.answered())
    course.submit("wrong", course.answered(conv2d=FLIPPED))
    course.submit("noisy", course.answered(output_length=NOISY))
    course.submit("blank", course.untouched())
    skipped = nbformat.from_dict(course.untouched())
    for cell in skipped.cells:
        cell.metadata["tags"] = ["skip-execution"]
    skipped.cells = [cell for cell in skipped.cells if cell.id != "conv2d_window"]
    course.submit("tampered", skipped)
    course.submit("misnamed", course.answered(), file="my_homework.ipynb")
    course.submit("not_json", "<<<<<<< HEAD\n{")
    done = course.grade()
    assert done.returncode == 0 and done.stderr == "", done.stderr
    course.said = done.stdout.splitlines()
    return course


def test_marks(course):
    marks, points = course.marks()
    assert points == {POINTS}
    assert marks["right"] == POINTS - BY_HAND
    assert marks["blank"] == 0
    # Flipped, without options: all ten of conv2d's points are gone, no other exercise pays for it.
    assert marks["wrong"] == POINTS - BY_HAND - 10
    assert marks["noisy"] == POINTS - BY_HAND, "a warning on stderr is no mistake"
    # Deleted test cells are back, and tags mean nothing: untouched answers earn nothing.
    assert marks["tampered"] == 0


def test_feedback_says_what_is_wrong_and_hides_the_hidden(course):
    wrong = course.feedback("wrong")
    assert "your kernel is flipped: this is the mathematician's convolution." in wrong
    assert "HIDDEN TESTS" not in wrong and "seed=" not in wrong
    assert "Traceback (most recent call last)" not in wrong


def test_the_notebook_that_is_given_back_hides_the_hidden(course):
    returned = course.folder / "feedback" / "wrong" / NAME / f"{NAME}.ipynb"
    text = returned.read_text(encoding="utf-8")
    assert "HIDDEN TESTS" not in text and "seed=" not in text
    assert "your kernel is flipped: this is the mathematician's convolution." in text
    assert '"image/png"' in text, "the right output beside the student's"


def test_a_blank_submission_reads_not_attempted(course):
    assert set(course.errors("blank")) == {"NotAttempted"}
    assert "conv2d: not attempted yet." in course.feedback("blank")


def test_what_cannot_be_graded_is_named_and_stops_nobody(course):
    rows = dict(re.match(r"\[\d/7\] (\w+): (.*)", s).groups() for s in course.said if s[0] == "[")
    assert rows == {
        "blank": "wrong: 0 of 40 points, 0 of 26 tests passed.",
        "misnamed": f"missing: wrong file name: rename my_homework.ipynb to {NAME}.ipynb.",
        "noisy": "needs hand marking: 37 of 40 points.",
        "not_json": "unreadable: not a notebook (its text is not JSON); ask for the file again.",
        "right": "needs hand marking: 37 of 40 points.",
        "tampered": rows["tampered"],
        "wrong": "wrong: 27 of 40 points, 21 of 26 tests passed.",
    }
    assert rows["tampered"].startswith(
        "tampered: 0 of 40 points, 0 of 26 tests passed; put right: "
    )
    assert course.said[-2] == (
        "1 missing, 1 unreadable, 1 tampered, 2 wrong, 2 needs hand marking."
    )


def test_nbgraders_own_command_gives_the_same_marks(course):
    """No class run beside it, and the same two steps."""
    before = course.points("wrong")
    done = run(course.folder, "nbgrader", "autograde", NAME, "--student=wrong", "--force")
    assert done.returncode == 0, done.stderr
    assert "on  namespaces: no network, no other process, a system to read only" in done.stderr
    assert course.points("wrong") == before
    assert sum(score for score, _ in before.values()) == POINTS - BY_HAND - 10


def test_formgraders_button_gives_the_same_marks(course, tmp_path):
    graded = course.folder / "autograded" / "wrong" / NAME / f"{NAME}.ipynb"
    before, written = course.points("wrong"), graded.stat().st_mtime_ns
    with jupyter_server(course.folder, tmp_path) as ask:
        page = ask("GET", f"formgrader/manage_submissions/{NAME}")
        said = json.loads(ask("POST", f"formgrader/api/submission/{NAME}/wrong/autograde"))
    assert "Manage Submissions" in page
    assert said["success"], said
    assert "on  namespaces: no network, no other process, a system to read only" in said["log"]
    assert graded.stat().st_mtime_ns > written and course.points("wrong") == before


@contextmanager
def jupyter_server(folder, runtime):
    """A server of the course on loopback; ``ask`` is what a browser would ask of it."""
    options = {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_TOKEN": secrets.token_hex()}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--ip=127.0.0.1"]
    command += ["--ServerApp.port=0", f"--ServerApp.root_dir={folder}", "--allow-root"]
    with (runtime / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **options}, stdout=log, stderr=log
        )
    try:
        until = time.monotonic() + 120
        while not (found := list(runtime.glob("jpserver-*.json"))):
            assert server.poll() is None and time.monotonic() < until, (runtime / "log").read_text()
            time.sleep(0.2)
        about = json.loads(found[0].read_text())

        def ask(method: str, path: str) -> str:
            header = {"Authorization": f"token {about['token']}"}
            request = urllib.request.Request(about["url"] + path, None, header, method=method)
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.read().decode()

        yield ask
    finally:
        server.terminate()
        server.wait(60)


def test_every_layer_is_named_and_on(course):
    assert [line[:4] for line in course.said[:5]] == ["on  "] * 5


def test_an_unknown_assignment_or_a_missing_gradebook_gets_a_sentence(tmp_path):
    assert run(tmp_path, "grading", NAME).stderr == (
        "This folder is no course, for it has no nbgrader_config.py; run this in one.\n"
    )
    (tmp_path / "source" / NAME).mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    assert run(tmp_path, "grading").stderr == (
        f"Which assignment? make grade ASSIGNMENT=NAME; there are: {NAME}.\n"
    )
    unknown = run(tmp_path, "grading", "1_normal")
    assert unknown.returncode == 1
    assert unknown.stderr == f"There is no assignment '1_normal' in source/; there are: {NAME}.\n"
    assert "Run `make release` first." in run(tmp_path, "grading", NAME).stderr
