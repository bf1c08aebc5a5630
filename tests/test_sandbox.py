"""The box that student code runs in: what it can reach, what it may take, what it leaves."""

import os
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from this_course import SETTINGS

from grading.boundary import bubblewrap, sandbox
from grading.boundary.client import numbered
from grading.boundary.home import home
from grading.boundary.remote import WorkerClient
from grading.boundary.sandbox import Sandbox
from grading.boundary.worker import process as worker
from grading.boundary.worker import session


@contextmanager
def submission(box):
    process = WorkerClient(box)
    try:
        yield process
    finally:
        process.close()


def said(process: WorkerClient, source: str) -> str:
    """What a cell prints, or the name of what it stopped with."""
    outputs = process.run(source)
    return "".join(o.get("text", o.get("ename", "")) for o in outputs).strip()


@pytest.mark.sandbox
def test_every_layer_is_on_here():
    """Grading is tested where it is safe: a machine without bubblewrap has to get it first."""
    assert [layer.name for layer in bubblewrap.layers() if not layer.on] == []
    assert [layer.name for layer in bubblewrap.layers(unsafe=True) if layer.on] == [
        "process",
        "limits",
    ]


def test_without_bubblewrap_it_refuses_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(bubblewrap, "works", lambda: False)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    with pytest.raises(bubblewrap.NoSandbox) as refused:
        Sandbox(0, SETTINGS)
    assert str(refused.value) == (
        "Student code is kept apart by bubblewrap, and it is not installed. On Debian or Ubuntu: "
        "apt install bubblewrap. To grade without it, only where you trust every submission: "
        "--unsafe."
    )
    Sandbox(0, replace(SETTINGS, unsafe=True))


REACHED = """
import os, socket
def tried(do):
    try:
        return do()
    except OSError as error:
        return type(error).__name__
print(tried(lambda: socket.create_connection(("127.0.0.1", 22), timeout=2)))
print(tried(lambda: open("/usr/new", "w")), tried(lambda: open("/.course/new", "w")))
print(tried(lambda: open("/new", "w")), tried(lambda: open("/dev/new", "w")))
print(sorted(p for p in os.listdir("/proc") if p.isdigit()) == sorted({"1", str(os.getpid())}))
print(tried(lambda: open("/proc/1/mem", "r+b")), tried(lambda: os.listdir("/proc/1/fd")))
print(os.getuid() == 0, os.path.exists("/.course/helpers/check/oracle.py"))
"""


def test_it_reaches_nothing(box):
    with submission(box) as process:
        lines = said(process, REACHED).splitlines()
    assert lines[0] in ("ConnectionRefusedError", "OSError"), "no network but its own loopback"
    assert lines[1] == lines[2] == "OSError OSError", "a read-only system"
    assert lines[3] == "True", "no other process than the first and itself"
    assert lines[4] == "PermissionError PermissionError", "and the first is none of its business"
    assert lines[5] == "False False"


def test_the_instructors_environment_stays_outside(box, monkeypatch):
    monkeypatch.setenv("GRADING_SECRET", "5f3a")
    fresh = Sandbox(numbered(), SETTINGS)
    try:
        with submission(fresh) as process:
            names = said(process, "import os; print(*sorted(os.environ))").split()
    finally:
        fresh.stop()
    assert "GRADING_SECRET" not in names and "HOME" in names
    assert not {"PYTHONPATH", "PWD_OF_INSTRUCTOR", "VIRTUAL_ENV"} & set(names)


LEFT = """
import os, subprocess, sys, time
os.makedirs("a/b"); open("a/b/file", "w").write("for the next"); os.chmod("a", 0)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
print("left")
"""


def test_nothing_is_left_for_the_next(box):
    with submission(box) as process:
        assert said(process, LEFT) == "left"
    with submission(box) as process:
        look = "import os; print(os.listdir('.'), sum(p.isdigit() for p in os.listdir('/proc')))"
        assert said(process, look) == "[] 2"


BOMB = """
import subprocess
children = []
try:
    while len(children) < 1000:
        children.append(subprocess.Popen(["/usr/bin/sleep", "60"]))
except OSError:
    pass
print(len(children))
"""
FORKS = """
import os, time
while True:
    if os.fork() == 0:
        time.sleep(60)
"""


def test_processes_files_and_output_have_an_end(box):
    with submission(box) as process:
        assert 100 < int(said(process, BOMB)) < worker.PROCESSES
    with submission(box) as process:
        assert said(process, FORKS) in ("BlockingIOError", "Ended"), "too many, or too much memory"
    with submission(box) as process:
        large = "open('large', 'wb').write(bytes(65 * 2**20))"
        assert said(process, large) == "OSError", "a file of 65 MB, where 64 are allowed"
        many = "for n in range(9):\n    open(f'f{n}', 'wb').write(bytes(60 * 2**20))"
        assert said(process, many) == "OSError", "540 MB, where 256 are allowed"
        flood = said(process, "for _ in range(100_000):\n    print('all work and no play')")
        assert len(flood) < session.OUTPUT + 100
        assert flood.endswith("… what this cell printed after that is not kept …")
        assert said(process, "print(1 + 1)") == "2"


def test_memory_has_an_end_and_the_next_fork_begins_anew(box):
    with submission(box) as process:
        process.run("kept = 'from before'")
        taken = process.run("taken = []\nwhile True:\n    taken.append(bytearray(2**26))")
        assert taken[-1]["ename"] in ("Ended", "MemoryError")
        assert said(process, "print(kept)") == "from before"


@pytest.mark.sandbox
def test_a_fork_is_refused_where_the_first_process_has_begun_to_work():
    """A fork of a process whose framework has started its threads would hang."""
    before, done = worker.condition(), threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert worker.condition()[0] == before[0] + 1
        assert worker.condition() != before
    finally:
        done.set()
        thread.join()


def test_without_a_sandbox_it_works_too_and_cleans_up():
    box = Sandbox(0, replace(SETTINGS, unsafe=True))
    try:
        with submission(box) as process:
            assert said(process, "open('file', 'w').write('x')\nimport os\nprint(os.getcwd())")
        with submission(box) as process:
            assert said(process, "import os; print(os.listdir('.'))") == "[]"
        folder = box.folder.name
    finally:
        box.stop()
    assert not os.path.exists(folder)


@pytest.mark.parametrize("folder", ["/course", "/scratch"])
def test_a_course_may_lie_in_any_folder_of_the_machine(folder):
    """The sandbox's own folders would hide it, and with it this Python."""
    assert not {bubblewrap.SCRATCH, sandbox.HOME} & {folder, *map(str, Path(folder).parents)}
    assert all(name.startswith("/.") for name in (bubblewrap.SCRATCH, sandbox.HOME))


def test_a_module_of_the_course_comes_before_another_one_of_its_name(tmp_path, monkeypatch):
    """A package that is installed may be called `helpers` too."""
    course, installed = tmp_path / "course", tmp_path / "installed"
    for folder in (course, installed):
        folder.mkdir()
        (folder / "taken.py").write_text(f"# of {folder.name}")
    monkeypatch.syspath_prepend(installed)
    found = home(("taken",), (), str(course)) / "taken.py"
    assert found.read_text() == "# of course"
