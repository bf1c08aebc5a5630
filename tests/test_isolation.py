"""What keeps student code apart, one by one: `test_sandbox.py` has the whole of it."""

import os
import resource
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from this_course import SETTINGS

from grading.boundary import bubblewrap, sandbox
from grading.boundary.bubblewrap import NoSandbox
from grading.boundary.client import ExaminerClient, numbered
from grading.boundary.remote import WorkerClient
from grading.boundary.sandbox import Sandbox
from grading.boundary.settings import Settings
from grading.boundary.worker import process as worker

ROOT = Path(__file__).resolve().parent.parent


def ran(process: WorkerClient, source: str) -> str:
    """What a cell prints; what it stops with is printed too."""
    outputs = process.run(source)
    return "".join(output.get("text") or output.get("evalue", "") for output in outputs).strip()


def tried(process: WorkerClient, source: str) -> str:
    """The name of the exception that the lines stop with, or what they printed."""
    lines = "".join(f"    {line}\n" for line in source.splitlines())
    return ran(
        process, f"try:\n{lines}except BaseException as error:\n    print(type(error).__name__)"
    )


# ---------------------------------------------------------------- which layers are on


@pytest.mark.sandbox
def test_without_libseccomp_the_layer_is_off(monkeypatch):
    monkeypatch.setattr(bubblewrap, "filtered", lambda: None)
    layers = bubblewrap.layers.__wrapped__()
    assert [layer.name for layer in layers if not layer.on] == ["system calls"]


@pytest.mark.parametrize(
    ("platform", "found", "says"),
    [
        ("linux", None, ["it is not installed", "apt install bubblewrap", "--unsafe"]),
        (
            "linux",
            "/usr/bin/bwrap",
            ["it does not work here", "bwrap --ro-bind / / true", "--unsafe"],
        ),
        ("darwin", None, ["it is for Linux only", "Linux container", "--unsafe"]),
    ],
)
def test_where_there_is_no_sandbox_nothing_is_graded_and_a_sentence_says_why(
    platform, found, says, monkeypatch
):
    monkeypatch.setattr(bubblewrap, "works", lambda: False)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: found)
    monkeypatch.setattr(bubblewrap.sys, "platform", platform)
    with pytest.raises(NoSandbox) as refused:
        Sandbox(0, SETTINGS)
    assert all(part in str(refused.value) for part in says)
    assert len(str(refused.value).splitlines()) == 1
    Sandbox(0, replace(SETTINGS, unsafe=True))  # whoever says so may


def test_bubblewrap_is_looked_for_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bubblewrap.works.__wrapped__() is False
    (tmp_path / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    assert bubblewrap.works.__wrapped__() is False, "it is there, and does not work"


def test_an_examiner_without_bubblewrap_refuses_with_the_same_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    examiner = ExaminerClient(SETTINGS)
    with pytest.raises(
        NoSandbox, match="apt install bubblewrap" if sys.platform == "linux" else "Linux"
    ):
        examiner.examine([{"id": "a", "test": False, "source": "1"}])
    examiner.close()


# ---------------------------------------------------------------- one after the other

LEAVES_TRACES = """
import os, subprocess, sys, time
import numpy as np

os.environ["LEFT"] = "behind"
os.makedirs("a/b/c")
open("a/b/c/file", "w").write("left")
open(".hidden", "w").write("left")
os.symlink("/usr", "link")
os.symlink("nowhere", "a/dangling")
os.mkfifo("pipe")
os.chmod("a/b/c/file", 0)
os.chmod("a/b/c", 0)
os.chmod("a/b", 0)
subprocess.Popen(["sleep", "1000"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
np.zeros = None
left = "behind"
sys.modules["left"] = sys
"""
PROCESSES = """
import os
names = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) not in (1, os.getpid()):
        names.append(open(f"/proc/{pid}/comm").read().strip())
print(sorted(names))
"""
LOOKS_FOR_TRACES = """
import os, sys
import numpy as np
print(os.listdir("."), os.getcwd(), os.environ.get("LEFT"), callable(np.zeros))
print("left" in globals(), "left" in sys.modules)
"""


@pytest.mark.sandbox
def test_nothing_of_one_submission_is_there_for_the_next(box):
    first = WorkerClient(box)
    assert ran(first, LEAVES_TRACES) == ""
    assert ran(first, PROCESSES).count("sleep") == 1
    assert len(box.running()) >= 3
    first.close()
    assert box.running() == []
    second = WorkerClient(box)
    assert ran(second, PROCESSES) == "[]"
    assert ran(second, LOOKS_FOR_TRACES) == "[] /.scratch None True\nFalse False"
    second.close()


@pytest.mark.sandbox
def test_a_process_that_died_is_replaced(box):
    before = box.process.pid
    box.process.kill()
    box.process.wait()
    process = WorkerClient(box)
    assert ran(process, "print(6 * 7)") == "42"
    assert box.process.pid != before
    process.close()


# ---------------------------------------------------------------- what has an end


@pytest.mark.sandbox
def test_addresses_and_open_files_have_an_end(process):
    assert tried(process, "x = bytearray(12 * 2**30)") == "MemoryError"
    assert tried(process, "held = [open('/dev/null') for _ in range(300)]") == "OSError"


@pytest.mark.sandbox
def test_memory_has_an_end_however_it_is_spread(process, monkeypatch):
    assert ran(process, "import time, os\nx = bytearray(b'x') * 2**28") == ""
    monkeypatch.setattr(sandbox, "MEMORY_BYTES", 2**29)
    spread = """
for _ in range(3):
    if os.fork() == 0:
        y = bytearray(b"y") * 2**28
        time.sleep(1000)
time.sleep(1000)
"""
    assert ran(process, spread) == "your code took far too much memory; it was ended."
    assert ran(process, "print(len(x) == 2**28)") == "True", "what ran before runs again"


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", ["NPROC", "FSIZE", "NOFILE", "CORE", "AS"])
def test_a_limit_cannot_be_lifted_again(kind, process):
    lift = f"""
import resource
kind = resource.RLIMIT_{kind}
soft, hard = resource.getrlimit(kind)
assert soft == hard != resource.RLIM_INFINITY
resource.setrlimit(kind, (hard + 1, hard + 1))
"""
    assert tried(process, lift) == "ValueError"


# ---------------------------------------------------------------- what cannot be reached


@pytest.mark.sandbox
def test_there_is_no_network(process):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()  # from here there is
        inside = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 5)"
        assert tried(process, inside) in ("ConnectionRefusedError", "OSError")
        server.settimeout(5)
        server.accept()[0].close()  # ours
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert (
        tried(process, "import socket\nsocket.getaddrinfo('localhost.example', 80)") == "gaierror"
    )
    only = "import socket\nprint([name for _, name in socket.if_nameindex()])"
    assert ran(process, only) == "['lo']"


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "path", ["/x", "/usr/x", "/etc/x", "/dev/x", "/.course/x", "/.course/grading/boundary/worker/process.py",
             f"{sys.prefix}/x", os.__file__]
)  # fmt: skip
def test_the_system_is_there_to_read_only(path, process):
    assert tried(process, f"open({path!r}, 'a')") in ("OSError", "PermissionError")


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "path", [ROOT / "source", ROOT / "tests", ROOT / "helpers/check/exercises", ROOT / "grading",
             "/etc/passwd", "/etc/shadow", "/root/.ssh", "/home", "/var", "/tmp"]
)  # fmt: skip
def test_neither_the_course_nor_the_instructor_can_be_seen(path, process):
    way = [Path(p).relative_to(path) for p in bubblewrap.pythons() if Path(p).is_relative_to(path)]
    if way:  # this Python lies there: then there is the way to it, and nothing else
        names = sorted({inside.parts[0] for inside in way})
        assert ran(process, f"import os\nprint(sorted(os.listdir({str(path)!r})))") == str(names)
        return
    assert ran(process, f"import os\nprint(os.path.exists({str(path)!r}))") == "False"


@pytest.mark.sandbox
def test_the_checks_are_silent_and_their_answers_are_not_there(process):
    assert (
        ran(process, "from helpers import check, draw\nprint(check.conv2d(None, part='x'))")
        == "None"
    )
    assert ran(process, "print(check.EXERCISES['conv2d'].oracle())") != "", "there is no table"
    for name in ("helpers.check.exercises", "helpers.check.oracle", "helpers.check.verdicts"):
        assert ran(process, f"import {name}\nprint({name}.conv2d(1))") == "None", "as at home"
    assert ran(process, "import os\nprint(os.path.exists('/.course/helpers/check'))") == "False"
    for name in ("grading.boundary.examiner", "grading.boundary.remote", "grading.class_run",
                 "tests.corpus"):  # fmt: skip
        assert tried(process, f"import {name}") == "ModuleNotFoundError"


CALL = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
answer = libc.{call}
print(answer, errno.errorcode.get(ctypes.get_errno()))
"""


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "call",
    ["ptrace(16, 1, 0, 0)", "unshare(0x10000000)", "mount(b'a', b'/', b'tmpfs', 0, 0)",
     "process_vm_readv(1, 0, 0, 0, 0, 0)", "memfd_create(b'a', 0)", "chroot(b'/')",
     "setpriority(0, 0, 5)", "shmget(1, 4096, 0o1000)", "inotify_init()", "inotify_init1(0)",
     "fcntl(0, 5, 0)", "fcntl(0, 36, 0)", "fcntl(0, 1024, 0)", "fcntl(0, 1026, 1)"],
)  # fmt: skip
def test_calls_that_reach_out_are_refused(call, process):
    assert ran(process, CALL.format(call=call)) == "-1 EPERM"


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("signal", "error"),
    [
        ("fcntl.flock(open(os.__file__), fcntl.LOCK_EX)", "OSError"),  # a file that all may read
        ("open('/proc/locks').read()", "PermissionError"),
        ("os.openpty()", "FileNotFoundError OSError"),
        ("open('/dev/ptmx')", "FileNotFoundError"),
        ("os.mkdir('/dev/shm/a')", "OSError"),
    ],
)
def test_two_submissions_have_no_file_or_terminal_to_signal_by(signal, error, process):
    assert tried(process, f"import fcntl, os\n{signal}") in error.split()


@pytest.mark.sandbox
def test_libraries_that_lock_their_files_do_without(process):
    table = (
        "import sqlite3\nbase = sqlite3.connect('a.db')\nbase.execute('create table t (a)')\n"
        "base.execute('insert into t values (5)')\nbase.commit()\n"
        "print(sqlite3.connect('a.db').execute('select a from t').fetchall())"
    )
    assert ran(process, table) == "[(5,)]"
    weights = (
        "import h5py\nwith h5py.File('a.h5', 'w') as file:\n    file['x'] = [1, 2]\n"
        "print(h5py.File('a.h5')['x'][:].tolist())"
    )
    assert ran(process, weights) == "[1, 2]"
    assert ran(process, "!echo from a shell; exit 3\nprint(_exit_code)") == "from a shell\n3"


@pytest.mark.sandbox
def test_the_first_process_can_neither_be_read_nor_ended(process):
    assert tried(process, "open('/proc/1/mem', 'rb')") == "PermissionError"
    assert tried(process, "open('/proc/1/environ', 'rb').read(1)") == "PermissionError"
    ran(process, "import os, signal\nfor number in (2, 9, 15, 19):\n    os.kill(1, number)")
    assert ran(process, "print(os.getppid())") == "1"


@pytest.mark.sandbox
def test_who_runs_there_is_nobody(process):
    ids = "import os\nprint(os.getuid() == os.geteuid() > 0, os.getgroups() in ([], [os.getgid()]))"
    assert ran(process, ids) == "True True"
    # An ordinary user's sandbox has no such user at all: "invalid argument".
    assert tried(process, "import os\nos.setuid(0)") in ("PermissionError", "OSError")


# ---------------------------------------------------------------- fit to be forked


def test_a_thread_or_a_limit_changes_the_condition():
    before, done = worker.condition(), threading.Event()
    assert worker.condition() == before
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert worker.threads() == before[0] + 1
        assert worker.condition() != before
    finally:
        done.set()
        thread.join()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
    try:
        assert worker.condition() != before
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


WITH_A_THREAD = """
import sys, threading, time
sys.path.insert(0, {root!r})
from grading.boundary.worker import process as worker
emptied = []
def empty(folder):
    emptied.append(folder)
    if len(emptied) == 3:  # at the start, after the first submission, after the second
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
worker.empty = empty
worker.run()
"""


def test_a_process_that_has_begun_to_work_is_not_forked_again(tmp_path):
    ours, theirs = socket.socketpair()
    ours.settimeout(100)
    program = WITH_A_THREAD.format(root=str(ROOT))
    command = [
        sys.executable,
        "-c",
        program,
        str(theirs.fileno()),
        str(tmp_path),
        Settings().text(),
    ]
    with subprocess.Popen(
        command,
        pass_fds=[theirs.fileno()],
        env={**os.environ, **sandbox.ONE_THREAD},  # OpenBLAS would end its threads at a fork
        stderr=subprocess.PIPE,
    ) as warm:
        try:
            theirs.close()
            assert ours.recv(1) == worker.READY
            for _ in range(2):
                assert begun(ours) == worker.BEGIN
                ours.send(worker.END)
                assert ours.recv(1) == worker.END
            assert begun(ours) == b"", "it has ended in place of forking"
            assert b"the worker is not as it was" in warm.stderr.read()
            assert warm.wait(100) == 1
        finally:
            warm.kill()
    ours.close()


def begun(control: socket.socket) -> bytes:
    line, theirs = socket.socketpair()
    socket.send_fds(control, [worker.BEGIN], [theirs.fileno()])
    theirs.close()
    answer = control.recv(1)
    line.close()
    return answer


def test_a_folder_is_emptied_whatever_was_done_to_it(tmp_path):
    kept = tmp_path / "kept"
    kept.write_text("outside")
    scratch = tmp_path / "scratch"
    (scratch / "a" / "b").mkdir(parents=True)
    (scratch / "a" / "b" / "file").write_text("x")
    (scratch / "link").symlink_to(kept)
    (scratch / "folder").symlink_to(tmp_path)
    (scratch / "a" / "b").chmod(0)
    (scratch / "a").chmod(0)
    worker.empty(scratch)
    assert list(scratch.iterdir()) == [] and kept.read_text() == "outside"


# ---------------------------------------------------------------- without a sandbox


@pytest.fixture(scope="module")
def open_box():
    made = Sandbox(numbered(), replace(SETTINGS, unsafe=True))
    made.start()
    yield made
    made.stop()


OUTLIVES = """
import os, subprocess
open("file", "w").write("left")
left = subprocess.Popen(["sleep", "1000"])
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    daemon = subprocess.Popen(["sleep", "1000"])
    os.write(writer, str(daemon.pid).encode())
    os._exit(0)
pids = [left.pid, int(os.read(reader, 20))]
"""


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_without_a_sandbox_a_submission_runs_and_leaves_as_little(open_box):
    first = WorkerClient(open_box)
    assert ran(first, OUTLIVES) == ""
    pids = [int(pid) for pid in ran(first, "print(*pids)").split()]
    assert all(map(alive, pids)) and len(pids) == 2
    first.close()
    assert not any(map(alive, pids))
    second = WorkerClient(open_box)
    assert ran(second, "import os\nprint(os.listdir('.'), 'left' in globals())") == "[] False"
    assert ran(second, "from helpers import check\nprint(check.conv2d(5))") == "None"
    second.close()


def test_without_a_sandbox_a_function_is_called_and_limits_hold(open_box):
    process = WorkerClient(open_box)
    process.run("def double(x):\n    return x * 2")
    assert process.stand_ins(["double"])["double"](21) == 42
    assert tried(process, "x = bytearray(12 * 2**30)") in ("MemoryError", "")
    process.close()


def test_an_examiner_that_was_refused_is_asked_again_and_refuses_again(monkeypatch):
    wrong = ExaminerClient(replace(SETTINGS, preload="import nothing_of_this_name", unsafe=True))
    for _ in range(2):
        with pytest.raises(
            NoSandbox, match=r"c\.Examine\.preload .* ModuleNotFoundError|did not start"
        ):
            wrong.examine([{"id": "a", "test": False, "source": "1"}])
