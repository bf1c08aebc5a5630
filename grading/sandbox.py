"""The box that student code runs in: bubblewrap, limits, and a process to fork in it.

In it there are the system's libraries and this Python, to read; a scratch folder in memory, to
write; no network, no other process, no variable of the instructor's environment, and of the course
only what a student's cells import. `layers` says what of that is on.
"""

import atexit
import contextlib
import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from grading import worker

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/fonts",
          "/etc/localtime", "/etc/alternatives")  # fmt: skip
MUTE = ("check", "draw")
HOME, SCRATCH = "/course", "/scratch"
SCRATCH_BYTES = 256 * 2**20
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
# Ways to another process's memory, to memory that counts as nobody's, to the kernel's keys and
# shared memory, to new namespaces.
FORBIDDEN_CALLS = """
    ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd perf_event_open bpf userfaultfd
    memfd_create memfd_secret keyctl add_key request_key
    shmget shmat shmctl msgget msgsnd msgrcv semget semop semtimedop mq_open
    unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen
    io_uring_setup io_uring_enter io_uring_register
    setpriority sched_setaffinity sched_setscheduler sched_setattr ioprio_set fanotify_init
    quotactl reboot kexec_load init_module finit_module delete_module swapon swapoff acct
    settimeofday
""".split()  # noqa: SIM905
CLONE_NEWUSER = 0x10000000  # clone(2)
DESKS = 64  # of one process: fewer than this, each with a sandbox
UID = 2**24
"""As root, sandbox number n runs as this user plus n, which needs no entry anywhere."""


class NoSandbox(Exception):
    """Student code cannot be kept apart on this machine; the text says what to do."""


@dataclass(frozen=True)
class Layer:
    name: str
    on: bool
    what: str


@cache
def layers(unsafe: bool = False) -> tuple[Layer, ...]:
    """What keeps student code apart, each tried on this machine."""
    boxed = not unsafe and works()
    linux = sys.platform == "linux"
    return (
        Layer("process", True, "student code never runs where the tests and the marks are"),
        Layer("namespaces", boxed, "no network, no other process, a system to read only"),
        Layer("scratch", boxed, "256 MB of memory to write to, emptied after every submission"),
        Layer("system calls", boxed and filtered() is not None, "none that reaches out"),
        Layer("limits", linux, "time, memory, processes, file size and output have an end"),
    )


def required(unsafe: bool) -> None:
    """NoSandbox, where bubblewrap does not work and nobody said that this does not matter."""
    if unsafe or works():
        return
    found = shutil.which("bwrap")
    why = "it does not work here" if found else "it is not installed"
    todo = (
        "Try `bwrap --ro-bind / / true` to see why; in a container it needs --privileged."
        if found
        else "On Debian or Ubuntu: apt install bubblewrap."
    )
    if sys.platform != "linux":
        why, todo = "it is for Linux only", "Grade in a Linux container or virtual machine."
    raise NoSandbox(
        f"Student code is kept apart by bubblewrap, and {why}. {todo} "
        "To grade without it, only where you trust every submission: --unsafe."
    )


@cache
def works() -> bool:
    if shutil.which("bwrap") is None or sys.platform != "linux":
        return False
    tried = subprocess.run([*box(0), "/usr/bin/env", "true"], capture_output=True)
    return tried.returncode == 0


@cache
def filtered() -> bytes | None:
    """A program for the kernel that refuses FORBIDDEN_CALLS; None where there is no libseccomp."""
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    new_user = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", new_user)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags cannot be seen; clone's can
    for name in FORBIDDEN_CALLS:
        try:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
        except (ValueError, OSError, RuntimeError):
            continue  # this kernel or processor has no such call
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def box(number: int) -> list[str]:
    """bubblewrap's command line for sandbox ``number``, up to the program that runs in it."""
    command = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
               "--unshare-cgroup-try", "--as-pid-1", "--die-with-parent", "--new-session",
               "--clearenv", "--hostname", "grading"]  # fmt: skip
    as_root = os.geteuid() == 0
    if not as_root:  # a user of its own, who is nobody outside
        command += ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
        command += ["--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for path in SYSTEM:
        command += ["--ro-bind-try", path, path]
    for path in pythons():
        for folder in reversed(Path(path).parents[:-1]):  # or they would be for root alone
            command += ["--perms", "0755", "--dir", str(folder)]
        command += ["--ro-bind", path, path]
    command += ["--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", SCRATCH]
    command += ["--chdir", SCRATCH]
    if as_root:
        user = str(UID + number)
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        return [*command, "--remount-ro", "/dev", "--remount-ro", "/", *drop]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def pythons() -> list[str]:
    """The folders of this Python and of its packages, where the system's do not hold them."""
    folders = {os.path.realpath(sys.base_prefix), sys.base_prefix, sys.prefix}
    return sorted(f for f in folders if not f.startswith("/usr/") and f != "/usr")


@cache
def home() -> Path:
    """The part of the course that a student's cells may import, without any check or answer."""
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("__init__", "models", "shell", "wire", "worker"):
        copied(ROOT / "grading" / f"{name}.py", folder / "grading" / f"{name}.py")
    for path in (ROOT / "helpers").rglob("*"):
        inside = path.relative_to(ROOT / "helpers")
        if path.is_file() and "__pycache__" not in inside.parts and inside.parts[0] not in MUTE:
            copied(path, folder / "helpers" / inside)
    checks = folder / "helpers" / "check"
    for name in MUTE:
        copied(ROOT / "grading" / "mute.py", folder / "helpers" / name / "__init__.py")
    for name in ("limits", "rules", "student", "verdicts"):
        copied(ROOT / "helpers" / "check" / f"{name}.py", checks / f"{name}.py")
    return folder


def copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


class Sandbox:
    """One box with one warm process, for one submission at a time."""

    def __init__(self, number: int = 0, unsafe: bool = False):
        required(unsafe)
        self.number, self.boxed = number, not unsafe
        self.process: subprocess.Popen | None = None
        self.ended_for = ""  # "memory", where the submission took too much of it

    # ------------------------------------------------------------ the process

    def start(self) -> None:
        """Start the process and wait until it is warm; once for very many submissions."""
        self.launch()
        self.ready()

    def launch(self) -> None:
        """Start the process, which imports Keras: some seconds, in which others can do the same.

        To be called in the main thread: the kernel ends a sandbox with the thread that began it.
        """
        self.control, theirs = socket.socketpair()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the process runs
        self.folder = None if self.boxed else tempfile.TemporaryDirectory(prefix="grading-")
        scratch = SCRATCH if self.boxed else self.folder.name
        place = HOME if self.boxed else str(home())
        begin = (
            f"import sys; sys.path.insert(0, {place!r}); from grading import worker; worker.run()"
        )
        program = [sys.executable, "-I", "-c", begin, str(theirs.fileno()), scratch]
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
        if self.answer() != worker.READY:
            raise NoSandbox(f"The worker did not start: {self.last_words()}")

    def in_box(self, program: list[str], handed: list[int]) -> tuple[list[str], list[int]]:
        command = box(self.number)
        environment = []
        for name, value in self.environment(SCRATCH).items():
            environment += ["--setenv", name, value]
        environment += ["--ro-bind", str(home()), HOME]
        calls = filtered()
        if calls is not None:
            self.filter = tempfile.TemporaryFile()  # noqa: SIM115  bubblewrap reads it
            self.filter.write(calls)
            self.filter.seek(0)
            environment += ["--seccomp", str(self.filter.fileno())]
            handed = [*handed, self.filter.fileno()]
        at = command.index("--clearenv") + 1
        return [*command[:at], *environment, *command[at:], *program], handed

    def environment(self, scratch: str) -> dict[str, str]:
        """All that student code finds in its environment: nothing of the instructor's."""
        kept = {name: os.environ[name] for name in ("KERAS_BACKEND",) if name in os.environ}
        return {
            **ONE_THREAD, **QUIET, **kept,
            "PATH": "/usr/bin:/bin", "HOME": scratch, "LANG": "C.UTF-8", "TMPDIR": scratch,
            "MPLBACKEND": "agg", "MPLCONFIGDIR": f"{scratch}/matplotlib",
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
                socket.send_fds(self.control, [worker.BEGIN], [theirs.fileno()])
                begun = self.answer() == worker.BEGIN
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
            self.control.send(worker.END)
            ended = self.answer() == worker.END
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
    spread = sum(divmod(number, DESKS))  # the process's number and the desk's
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
