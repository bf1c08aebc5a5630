"""Work that can be ended, and a class that nothing that is handed in stops."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from filelock import FileLock
from nbgrader_course import BIN, Course

from grading.__main__ import trouble
from grading.boundary import client
from grading.boundary.client import ExaminerClient
from grading.boundary.settings import Settings
from grading.class_run import bounded
from grading.class_run.bounded import Bounded, Ended


def answer(number: int) -> int:
    return number + 1


def all_memory() -> None:
    bytearray(bounded.BYTES)


def stop() -> None:
    raise ValueError("half of it\nand more")


@pytest.mark.parametrize(
    ("function", "arguments", "why"),
    [
        (time.sleep, (60,), "it took longer than 2 seconds"),
        (all_memory, (), "it took more memory than it may"),
        (os._exit, (3,), "it ended the process that worked on it"),
        (stop, (), "it stopped with ValueError: half of it"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_work_that_does_not_come_to_its_end_costs_itself_alone(function, arguments, why):
    with Bounded(1, 2) as processes:
        before = processes.submit(answer, 1)
        asked = processes.submit(function, *arguments)
        after = processes.submit(answer, 2)
        assert processes.result(before) == 2
        with pytest.raises(Ended) as ended:
            processes.result(asked)
        assert str(ended.value) == why
        assert processes.result(after) == 3


# ---------------------------------------------------------------- an examiner

STUCK = """
import sys, time, socket
from grading.boundary.examiner import send
from grading.boundary.protocol import Line
line = Line(socket.socket(fileno=int(sys.argv[1])))
send(line, {"ready": True})
time.sleep(1000)
"""


def test_a_submission_has_one_bound_for_all_that_is_done_with_it(monkeypatch):
    """Building a model can take for ever in a library, where no timer of Python's is heard."""
    for name, seconds in (("CELL_SECONDS", 0.5), ("WHOLE_SECONDS", 1.0), ("PATIENCE", 0.1)):
        monkeypatch.setattr(client, name, seconds)
    stuck = ExaminerClient(Settings())
    stuck.program = STUCK
    cells = [{"id": f"test{n}", "test": True, "source": ""} for n in range(9)]
    found = [stuck.examine(cells)[f"test{n}"]["found"] for n in range(9)]
    assert {one["kind"] for one in found} == {"crashed"}
    assert found[0]["line"] == "the examiner was ended while it looked at this."
    assert found[8]["line"] == "it was not looked at: the time for all of it was over."
    assert stuck.process is None


# ---------------------------------------------------------------- a class


def code(source: str = "x = 1", **also) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []} | also


def raw(*cells: dict, **also) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | also)


def nested(depth: int) -> list:
    return [nested(depth - 1)] if depth else []


SMALL_FILES = {
    "a number without end": raw(code(), nbformat_minor=1e999),
    "a heading without end": raw({"cell_type": "heading", "level": 1e999, "source": "a"}),
    "tags in tags": raw(code(metadata={"tags": nested(490)})),
    "a list in a list": "[" * 100_000,
    "merge markers": "<<<<<<< a\n=======\n" * 3000,
    "300,000 cells": raw(*[{"cell_type": "code", "source": ""}] * 300_000),
    "two million empty lines": raw(code("\n" * 2_000_000)),
    "20,000 Markdown cells": raw(*[{"cell_type": "markdown", "source": "a"}] * 20_000),
    "a large code cell": raw(code("x = '" + "y" * 12_000_000 + "'")),
    "half a letter": raw(code("'\ud800'")),
    "a number of many digits": '{"nbformat": ' + "9" * 5000 + "}",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A class in which everybody but ada and zoe hands in a file that once stopped it."""
    course = Course.words(tmp_path_factory.mktemp("hostile"))
    for student in ("ada", "zoe"):
        course.submit(
            student,
            course.answered(
                a_word=f"# {student}\ndef a_word(text):\n    return random.choice(words(text))"
            ),
        )
    for number, text in enumerate(SMALL_FILES.values()):
        course.submit(f"m{number:02}", text)
    course.submit("😀" * 60, course.answered())
    course.submit("stamped", course.answered())
    stamp = course.folder / "submitted" / "stamped" / "words" / "timestamp.txt"
    stamp.touch()
    os.truncate(stamp, 20 * 2**30)  # of nothing; copied, it would fill the disk
    course.done = course.grade()
    return course


@pytest.mark.sandbox
def test_small_files_stop_nobody(hostile):
    rows = hostile.rows()
    assert len(rows) == len(SMALL_FILES) + 4
    assert rows["ada"]["points"] == rows["zoe"]["points"] == rows["stamped"]["points"] == "8"
    ungraded = {
        name: row["sentence"] for name, row in rows.items() if row["status"] == "unreadable"
    }
    assert len(ungraded) == len(SMALL_FILES) + 1 - 2, "the tags and the half letter are read past"
    assert all(said.startswith("unreadable: ") and said.endswith(".") for said in ungraded.values())
    assert hostile.done.stderr == ""


def names_below(pid: int) -> set[str]:
    found = set()
    for process in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.add(process.name())
    return found


@pytest.mark.sandbox
def test_a_run_that_is_killed_leaves_no_process_behind(tmp_path):
    course = Course.words(tmp_path)
    for number in range(4):
        slow = f"import time; time.sleep(20)\ndef words(text): return text.split()  # {number}"
        course.submit(f"student{number}", course.answered(words=slow))
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.Popen(
        [sys.executable, "-m", "grading", "words", "--no-feedback"], cwd=course.folder,
        env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while "bwrap" not in names_below(run.pid):
            assert time.monotonic() < until, "no sandbox was begun"
            time.sleep(0.1)
        begun = psutil.Process(run.pid).children(recursive=True)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    _, alive = psutil.wait_procs(begun, timeout=20)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.sandbox
def test_a_second_run_in_the_same_folder_says_so_and_touches_nothing(tmp_path):
    course = Course.words(tmp_path)
    course.submit("ada", course.answered())
    (tmp_path / "results").mkdir()
    with FileLock(tmp_path / "results" / ".lock"):
        second = course.grade()
        assert second.returncode == 1 and second.stdout == ""
        assert second.stderr == (
            "Another run is grading in this folder. Wait until it ends, then run this again.\n"
        )
    assert not (tmp_path / "autograded").exists()


@pytest.mark.sandbox
def test_a_folder_that_cannot_be_written_gets_a_sentence(tmp_path):
    course = Course.words(tmp_path)
    course.submit("ada", course.answered())
    (tmp_path / "results").write_text("a file in its place")
    done = course.grade()
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "results" in done.stderr and "run this again" in done.stderr
    assert "full. Make room" in trouble(OSError(errno.ENOSPC, "No space left on device"))
