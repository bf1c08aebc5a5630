"""Where student code runs: a process that holds no test, no answer and no other submission.

`main` imports what the course says that its notebooks import, lets none of it work, and forks itself
once for each submission (`session`). It is the first process of its sandbox, cannot be traced, and
between two submissions kills whatever else runs there and empties the scratch folder.
"""

import contextlib
import ctypes
import gc
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

from contract import calling, limits
from grading import importing
from grading.boundary.protocol import Line
from grading.boundary.settings import Settings
from grading.boundary.worker import silent
from grading.boundary.worker.session import Session
from grading.boundary.worker.shell import Shell

PROCESSES, FILES, FILE_BYTES, ADDRESSES = 128, 256, 64 * 2**20, 8 * 2**30
SET_DUMPABLE, SET_CHILD_SUBREAPER = 4, 36  # prctl(2)
READY, BEGIN, END = b"r", b"b", b"e"


# ---------------------------------------------------------------- the process that is forked


def run() -> None:
    """`main`, whose last words go to whoever started it."""
    try:
        main()
    except Exception:
        traceback.print_exc()
        sys.exit(1)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    scratch, settings = Path(sys.argv[2]), Settings.read(sys.argv[3])
    os.chdir(scratch)
    cannot_be_traced()
    takes_orphans()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(
            number, signal.SIG_DFL
        )  # the kernel keeps these from a sandbox's first process
    sys.meta_path.insert(0, Silencer(settings.silent))
    with importing():
        exec(settings.preload, {"__name__": "worker"})
        shell = Shell.made()
    calling.not_the_students(Path(__file__).parents[3])  # the folder of all that we put here
    empty(scratch)
    gc.collect()
    gc.freeze()  # so that collecting in a fork copies no page
    untouched = condition()
    control.send(READY)
    while True:
        request, handed, *_ = socket.recv_fds(control, 1, 1)
        if request == BEGIN:
            if condition() != untouched:  # a submission reached out of its process
                sys.exit("the worker is not as it was")
            if os.fork() == 0:
                control.close()
                alone(socket.socket(fileno=handed[0]), shell, scratch, settings.seeds)
            os.close(handed[0])
        else:
            kill_all()
            empty(scratch)
        if not request:
            return
        control.send(request)


class Silencer:
    """Puts `silent` in the place of modules that hold tests or answers, and of all inside of them."""

    def __init__(self, names: Sequence[str]):
        self.names = names

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if not any(f"{name}.".startswith(f"{one}.") for one in self.names):
            return None
        return spec_from_file_location(name, silent.__file__, submodule_search_locations=[])


def cannot_be_traced() -> None:
    """Not even a process of the same user may read its memory or stop it (ptrace, /proc/PID/mem)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0)


def takes_orphans() -> None:
    """Whose parent has ended is a child of this process, so that `kill_all` finds it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def condition() -> tuple:
    """What a fork inherits and another process could have changed.

    Threads come first: a fork of a process whose framework has begun to work hangs.
    """
    kinds = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return (
        threads(),
        [resource.getrlimit(kind) for kind in kinds],
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None,
        os.getpriority(os.PRIO_PROCESS, 0),
    )


def threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def kill_all() -> None:
    """Everything that a submission has started, however it has hidden itself."""
    if os.getpid() == 1:  # of a sandbox: then "all" is all that is in it
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
        return
    import psutil

    while running := psutil.Process().children(recursive=True):  # until none was begun meanwhile
        for process in running:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def empty(folder: Path) -> None:
    """Leaves nothing of a submission behind, whatever it did to the permissions."""
    with contextlib.suppress(PermissionError):  # where the folder itself is somebody else's
        os.chmod(folder, 0o700)
    for at, folders, _ in os.walk(folder):  # from the top: each is opened before it is entered
        for name in folders:
            if not os.path.islink(os.path.join(at, name)):
                os.chmod(os.path.join(at, name), 0o700)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def alone(connection: socket.socket, shell: Shell, scratch: Path, seeds: str) -> None:
    """The forked process: bounded, silent, and gone when it has served one submission."""
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setpgid(0, 0)
        bound(resource.RLIMIT_NPROC, PROCESSES)
        bound(resource.RLIMIT_FSIZE, FILE_BYTES)
        bound(resource.RLIMIT_NOFILE, FILES)
        bound(resource.RLIMIT_CORE, 0)
        bound(resource.RLIMIT_AS, limits.taken() + ADDRESSES)
        os.chdir(scratch)
        sys.path.insert(0, "")  # as a kernel has it: `%%writefile` makes modules
        Session(Line(connection), shell, seeds).serve()
    finally:
        os._exit(0)


def bound(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
