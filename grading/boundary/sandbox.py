"""One box with one warm process in it, for one submission at a time."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil

from grading.boundary import bubblewrap
from grading.boundary.bubblewrap import SCRATCH, NoSandbox
from grading.boundary.home import home
from grading.boundary.settings import Settings
from grading.boundary.worker.process import BEGIN, END, READY
from grading.boundary.worker.shell import BACKEND

HOME = "/.course"  # as bubblewrap.SCRATCH: a name of our own
PROGRAM = """import sys; sys.path.insert(0, {!r})
from grading import importing
with importing():
    from grading.boundary.worker import process
process.run()"""
TOLD = ("preload", "silent", "seeds")
"""Of the course's settings, all that is said where student code runs."""
MEMORY_BYTES = 3 * 2**30
"""What a submission may take beyond the libraries that it shares with the process it came from."""
LOOKED_AFTER = 0.1  # seconds between two looks at the memory
START_SECONDS = 180
# Where a worker may take one core, more threads than one only get into each other's way.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
     "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1",
)  # fmt: skip
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
# Else the same sum has other last digits there than here, and on some processors wrong ones.
ARITHMETIC = ("KERAS_BACKEND", "OPENBLAS_")
SANDBOXES = 64  # of one process: fewer than this


class Sandbox:
    """One box with one warm process, for one submission at a time."""

    def __init__(self, number: int, settings: Settings):
        bubblewrap.required(settings.unsafe)
        self.number, self.settings, self.boxed = number, settings, not settings.unsafe
        self.process: subprocess.Popen | None = None
        self.ended_for = ""  # "memory", where the submission took too much of it

    # ------------------------------------------------------------ the process

    def start(self) -> None:
        """Start the process and wait until it is warm; once for very many submissions."""
        self.launch()
        self.ready()

    def launch(self) -> None:
        """Start the process, which imports what is preloaded: some seconds, in which others can do the same.

        To be called in the main thread: the kernel ends a sandbox with the thread that began it.
        """
        self.control, theirs = socket.socketpair()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the process runs
        self.folder = None if self.boxed else tempfile.TemporaryDirectory(prefix="grading-")
        scratch = SCRATCH if self.boxed else self.folder.name
        begin = PROGRAM.format(HOME if self.boxed else str(self.home()))
        program = [sys.executable, "-I", "-c", begin, str(theirs.fileno()), scratch]
        program.append(Settings(**{name: getattr(self.settings, name) for name in TOLD}).text())
        handed = [theirs.fileno()]
        command = program
        if self.boxed:
            command, handed = self.in_box(program, handed)
        with on_one_core(self.number):
            self.process = subprocess.Popen(
                command,
                pass_fds=handed,
                env=self.environment(scratch),
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                start_new_session=True,
            )
        theirs.close()

    def ready(self) -> None:
        self.control.settimeout(START_SECONDS)
        if self.answer() != READY:
            raise NoSandbox(f"The worker did not start: {self.last_words()}")

    def in_box(self, program: list[str], handed: list[int]) -> tuple[list[str], list[int]]:
        command = bubblewrap.box(self.number)
        environment = []
        for name, value in self.environment(SCRATCH).items():
            environment += ["--setenv", name, value]
        environment += ["--ro-bind", str(self.home()), HOME]
        calls = bubblewrap.filtered()
        if calls is not None:
            self.filter = tempfile.TemporaryFile()  # noqa: SIM115  bubblewrap reads it
            self.filter.write(calls)
            self.filter.seek(0)
            environment += ["--seccomp", str(self.filter.fileno())]
            handed = [*handed, self.filter.fileno()]
        at = command.index("--clearenv") + 1
        return [*command[:at], *environment, *command[at:], *program], handed

    def home(self) -> Path:
        return home(self.settings.importable, self.settings.silent, self.settings.root)

    def environment(self, scratch: str) -> dict[str, str]:
        """All that student code finds in its environment: nothing of the instructor's."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(ARITHMETIC)}
        return {
            **ONE_THREAD, **QUIET, **kept,
            "PATH": "/usr/bin:/bin", "HOME": scratch, "LANG": "C.UTF-8", "TMPDIR": scratch,
            "MPLBACKEND": BACKEND,
            "MPLCONFIGDIR": f"{scratch}/matplotlib",
            "USER": "student", "LOGNAME": "student",
            "KERAS_HOME": f"{scratch}/keras", "IPYTHONDIR": f"{scratch}/ipython",
            "NBGRADER_EXECUTION": "autograde",
        }  # fmt: skip

    def answer(self) -> bytes:
        try:
            return self.control.recv(1)
        except OSError:
            return b""

    def last_words(self) -> str:
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it gave no reason."

    # ------------------------------------------------------------ one submission

    def begin(self) -> socket.socket:
        """A fresh process for a submission, with nothing of the one before; the line to it."""
        for _ in range(2):
            if self.process is None or self.process.poll() is not None:
                self.start()
            ours, theirs = socket.socketpair()
            self.ended_for = ""
            self.control.settimeout(30)
            try:
                socket.send_fds(self.control, [BEGIN], [theirs.fileno()])
                begun = self.answer() == BEGIN
            except OSError:
                begun = False
            theirs.close()
            if begun:
                self.watched = threading.Event()
                threading.Thread(target=self.look_after, args=(self.watched,), daemon=True).start()
                return ours
            ours.close()
            self.stop()
        raise NoSandbox(f"No worker would start: {self.last_words()}")

    def end(self) -> None:
        """Kill all that the submission started and empty its folder; start anew if that fails."""
        self.watched.set()
        try:
            self.control.settimeout(30)
            self.control.send(END)
            ended = self.answer() == END
        except OSError:
            ended = False
        if not ended:
            self.stop()

    def look_after(self, done: threading.Event) -> None:
        """Ends a submission that takes more memory than it may, however it is spread."""
        while not done.wait(LOOKED_AFTER):
            running = self.running()
            # once it is ended, so is what it began meanwhile: that would hold the line open
            if self.ended_for or sum(map(private, running)) > MEMORY_BYTES:
                self.ended_for = "memory"
                for process in running:
                    try:
                        process.kill()
                    except psutil.Error:
                        continue

    def running(self) -> list[psutil.Process]:
        """What the submission has running; not the process that it was forked from."""
        try:
            first = psutil.Process(self.process.pid)
            while self.boxed and not is_python(first):  # bubblewrap, and who drops the user
                first = first.children()[0]
            return first.children(recursive=True)
        except (psutil.Error, IndexError):
            return []

    def stop(self) -> None:
        if self.process is not None:
            self.control.close()
            self.process.kill()
            self.process.wait()
            self.process = None
            if self.folder is not None:
                self.folder.cleanup()


@contextlib.contextmanager
def on_one_core(number: int) -> Iterator[None]:
    """What is started inside the block has one core and may not leave it (FORBIDDEN_CALLS).

    A hundred processes of one submission would else take the time of the one beside it.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)  # of this thread
    spread = sum(divmod(number, SANDBOXES))  # the process's number and the sandbox's
    os.sched_setaffinity(0, {sorted(before)[spread % len(before)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def is_python(process: psutil.Process) -> bool:
    return "bwrap" not in process.name()


def private(process: psutil.Process) -> int:
    """Bytes that this process holds, pages that it shares on purpose among them; files are not."""
    status = Path(f"/proc/{process.pid}/status")
    if sys.platform != "linux":
        return 0
    try:
        lines = status.read_text().splitlines()
    except OSError:  # it has ended
        return 0
    sizes = [line.split()[1] for line in lines if line.startswith(("RssAnon:", "RssShmem:"))]
    return sum(int(size) * 1024 for size in sizes)
