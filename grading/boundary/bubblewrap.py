"""What keeps student code apart on this machine: bubblewrap and the kernel's filter of system calls.

In the box there are the system's libraries and this Python, to read; a scratch folder in memory, to
write; no network, no other process and no variable of the instructor's environment. `layers` says
what of that is on.
"""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/fonts",
          "/etc/localtime", "/etc/alternatives")  # fmt: skip
SCRATCH = "/.scratch"  # a name that no machine has: a course may lie anywhere
SCRATCH_BYTES = 256 * 2**20
# Ways to another process's memory, to memory that counts as nobody's, to the kernel's keys and
# shared memory, to new namespaces; and to what others do with a file that both may read.
FORBIDDEN_CALLS = """
    ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd perf_event_open bpf userfaultfd
    memfd_create memfd_secret keyctl add_key request_key
    shmget shmat shmctl msgget msgsnd msgrcv semget semop semtimedop mq_open
    unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen
    io_uring_setup io_uring_enter io_uring_register
    setpriority sched_setaffinity sched_setscheduler sched_setattr ioprio_set fanotify_init
    inotify_init inotify_init1 inotify_add_watch
    quotactl reboot kexec_load init_module finit_module delete_module swapon swapoff acct
    settimeofday
""".split()  # noqa: SIM905
# A lock on a shared file is seen by every sandbox. Whoever asks for one is told that there are none,
# which libraries take for a file system without locks; to ask who holds one is refused, too.
LOCKS = "flock"
ASKING = {"F_GETLK": 5, "F_OFD_GETLK": 36, "F_SETLEASE": 1024, "F_NOTIFY": 1026}  # fcntl(2)
DEVICES = ("null", "zero", "full", "random", "urandom")
CLONE_NEWUSER = 0x10000000  # clone(2)
RESTRICTED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
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
    raise NoSandbox(
        f"Student code is kept apart by bubblewrap, and {why_not()} "
        "To grade without it, only where you trust every submission: --unsafe."
    )


def why_not() -> str:
    """Why there is no sandbox where it does not work, and what to do about it."""
    if sys.platform != "linux":
        return "it is for Linux only. Grade in a Linux container or virtual machine."
    if not shutil.which("bwrap"):
        return "it is not installed. On Debian or Ubuntu: apt install bubblewrap."
    if os.geteuid() and RESTRICTED.exists() and RESTRICTED.read_text().strip() == "1":
        return (
            "AppArmor lets no ordinary user have namespaces here, as on Ubuntu since 23.10. "
            "README.md, under *A mark cannot be forged*, has the profile that allows it."
        )
    return (
        "it does not work here. Try `bwrap --ro-bind / / true` to see why; in a container it needs "
        "--privileged."
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
    for command in ASKING.values():
        asks = pyseccomp.Arg(1, pyseccomp.EQ, command)
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "fcntl", asks)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), LOCKS)
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
    command += ["--proc", "/proc", "--ro-bind", "/dev/null", "/proc/locks", *devices()]
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


def devices() -> list[str]:
    """/dev with what programs cannot do without: no terminals, of which a machine counts all."""
    command = ["--tmpfs", "/dev", "--dir", "/dev/shm", "--symlink", "/proc/self/fd", "/dev/fd"]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        command += ["--symlink", f"/proc/self/fd/{number}", f"/dev/{name}"]
    for name in DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    return command


def pythons() -> list[str]:
    """The folders of this Python and of its packages, where the system's do not hold them."""
    folders = {os.path.realpath(sys.base_prefix), sys.base_prefix, sys.prefix}
    return sorted(f for f in folders if not f.startswith("/usr/") and f != "/usr")
