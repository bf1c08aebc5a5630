"""Where student code runs: a process that holds no test, no answer and no other submission.

`main` imports what a notebook imports, runs no operation of it, and forks itself once for each
submission (`Session`). It is the first process of its sandbox, cannot be traced, and between two
submissions kills whatever else runs there and empties the scratch folder.
"""

import builtins
import contextlib
import ctypes
import gc
import io
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from grading import importing, models, wire
from helpers.check import limits, student
from helpers.check.verdicts import Finding

PROCESSES, FILES, FILE_BYTES, ADDRESSES = 128, 256, 64 * 2**20, 8 * 2**30
OUTPUT = 20_000
"""Characters that one cell may print; more are dropped, and a line says so."""
TOGETHER_SECONDS, TOGETHER_BYTES = 1.0, 2**17
"""Calls that are asked for together are answered together, up to so much: the rest is asked for again."""
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
    scratch = Path(sys.argv[2])
    os.chdir(scratch)
    cannot_be_traced()
    takes_orphans()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(
            number, signal.SIG_DFL
        )  # the kernel keeps these from a sandbox's first process
    with importing():
        shell = imported()
    student.NOT_THE_STUDENTS += (str(Path(__file__).parent) + os.sep,)
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
                alone(socket.socket(fileno=handed[0]), shell, scratch)
            os.close(handed[0])
        else:
            kill_all()
            empty(scratch)
        if not request:
            return
        control.send(request)


def imported() -> Any:
    """IPython's shell; Keras and the course's helpers are loaded, and no operation has run."""
    from helpers import quiet

    with quiet():
        import keras  # noqa: F401

        import helpers.networks  # noqa: F401
        from grading.shell import Shell
        from helpers import data

    data.drawn_digits(1)  # reads the fonts, once for all
    return Shell.made()


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


def alone(connection: socket.socket, shell: Any, scratch: Path) -> None:
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
        Session(wire.Line(connection), shell).serve()
    finally:
        os._exit(0)


def bound(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


# ---------------------------------------------------------------- one submission


class Standing:
    """An argument that is no plain data: a copy of it is the thing itself."""

    def __init__(self, name: str, thing: Any):
        self.name, self.thing = name, thing

    def __deepcopy__(self, memo) -> Any:
        return self.thing

    def __repr__(self) -> str:
        return standing(self.name)


def standing(name: str) -> str:
    """What a card shows of such an argument, until the examiner puts its own words there."""
    return f"⟦{name}⟧"


class Session:
    """Runs a submission's cells and calls its functions, as it is asked to over its line."""

    def __init__(self, line: wire.Line, shell: Any):
        self.line, self.shell = line, shell

    def serve(self) -> None:
        asked = {"run": self.run, "names": self.names, "calls": self.calls, "use": self.use}
        while True:
            try:
                request = self.receive()
            except wire.Closed:
                return
            self.send(asked[request.pop("ask")](**request))

    def receive(self) -> Any:
        def special(value: Any) -> Any:
            if isinstance(value, wire.Callback):
                return self.caller(value.number)
            return models.arriving(value)

        return wire.Unpacker(special).unpack(self.line.receive())

    def send(self, message: dict) -> None:
        self.line.send(wire.Packer(departing).pack(message))

    def caller(self, number: int) -> Any:
        """A function whose body is the examiner's: it asks there, and waits."""

        def layer(*args, **options):
            self.send({"callback": number, "args": list(args), "options": options})
            reply = self.receive()
            if "raised" in reply:
                raise built_in(*reply["raised"])
            return reply["returned"]

        return layer

    # ------------------------------------------------------------ what can be asked

    def run(self, source: str, seconds: float) -> dict:
        """Run a cell; its outputs, as text."""
        return {"outputs": self.shell.run(source, seconds, OUTPUT)}

    def names(self, names: list[str]) -> dict:
        """Of these names, those there are: what they stand for, or that it can be called."""
        found = {name: self.shell.user_ns[name] for name in names if name in self.shell.user_ns}
        return {
            "functions": [name for name, value in found.items() if callable(value)],
            "values": {n: self.or_its_name(v) for n, v in found.items() if not callable(v)},
        }

    def or_its_name(self, value: Any) -> Any:
        """The value, or what it is called where it cannot cross."""
        try:
            return crossing(value)
        except Exception:
            return wire.opaque(type(value).__name__, "")

    def use(self, name: str, args: list, options: dict) -> dict:
        """Call a function just so: what it returns, or raises."""
        try:
            with self.quietly():
                returned = self.shell.user_ns[name](*args, **options)
            returned = crossing(returned)
        except BaseException as error:
            return {"raised": [type(error).__name__, student.describe(error)]}
        return {"returned": returned}

    def calls(
        self, name: str, calls: list[dict], positional: list, terms: dict, versions: dict | None
    ) -> dict:
        """Call a function with one set of arguments after the other, until one has no answer."""
        terms = student.Terms(**terms | {"may_call": tuple(terms["may_call"])})
        begun, replies, size = time.monotonic(), [], 0
        for arguments in calls:
            reply = self.call(name, arguments, positional, terms, versions)
            replies.append(reply)
            if "answer" not in reply:
                break
            size += reply["answer"].bytes
            if size > TOGETHER_BYTES or time.monotonic() - begun > TOGETHER_SECONDS:
                break
        return {"replies": replies}

    def call(
        self,
        name: str,
        arguments: dict,
        positional: list,
        terms: student.Terms,
        versions: dict | None,
    ) -> dict:
        """Call a function as `helpers.check.student.call` does, and report as plainly."""
        function = self.shell.user_ns[name]
        given = {
            key: Standing(key, value) if callable(value) or models.is_model(value) else value
            for key, value in arguments.items()
        }
        self.begin_chance(terms)
        used = None
        try:
            with self.quietly(), student.supplied(function, versions or {}) as used:
                answer = student.call(function, given, positional, terms)
            reply = {"answer": crossing(answer)}
        except student.Unattempted as unattempted:
            reply = {"unattempted": unattempted.stub}
        except student.Problem as problem:
            reply = {"problem": plain(problem)}
        except wire.Refused as refused:
            lines = (f"it returned {refused}.", f"  called as {student.signature(function, given)}")
            reply = {"problem": plain(student.Problem(Finding("type", lines)))}
        except BaseException as error:  # one that even `except Exception` lets pass
            what = student.describe(error)
            finding = student.crash(what, error, function, given)
            reply = {"problem": plain(student.Problem(finding, what))}
        reply["used"] = None if used is None else sorted(used)
        reply["given"] = {
            key: value.thing
            for key, value in given.items()
            if isinstance(value, Standing) and models.is_model(value.thing)
        }
        return reply

    def begin_chance(self, terms: student.Terms) -> None:
        """Chance begins at the same place in every call, so that an answer earns one mark."""
        if not terms.numpy_only and models.keras() is not None:
            models.keras().utils.set_random_seed(1)

    @contextlib.contextmanager
    def quietly(self) -> Any:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield


def departing(value: Any) -> Any:
    """What crosses of Keras: models as their description, tensors as arrays."""
    if models.is_model(value):
        return models.departing(value)
    if models.is_tensor(value):
        return np.asarray(models.keras().ops.convert_to_numpy(value))
    return value


def crossing(value: Any) -> wire.Plain:
    """What crosses of a value; Refused where it would fill a message, while that can be said."""
    plain = wire.Packer(departing).plain(value)
    size = len(wire.packed(plain))
    if size > wire.BYTES - 2**20:
        raise wire.Refused(f"{size / 2**20:,.0f} MB")
    return wire.Plain(plain, size)


def plain(problem: student.Problem) -> dict:
    finding = problem.finding
    return {
        "kind": finding.kind,
        "lines": list(finding.lines),
        "stopped_by": problem.stopped_by,
        "within": sorted(problem.within),
    }


def built_in(name: str, message: str) -> BaseException:
    """An exception of Python's own type of this name, or the nearest there is."""
    kind = getattr(builtins, name, None)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        kind = RuntimeError
    try:
        return kind(message)
    except TypeError:  # UnicodeDecodeError wants more than a message
        return RuntimeError(message)
