"""What the course's commands need beside Python: Debian packages, installed where that is allowed.

`tools/environment.py` asks for them before there is an environment: standard library only.
"""

import glob
import os
import shutil
import subprocess

# Debian's package: a program of it, and what nobody can do without it.
PACKAGES = {
    "bubblewrap": ("bwrap", "the sandbox that student code is graded in"),
    "postgresql": ("initdb", "a server for a gradebook that is no file"),
}
NEEDED = {"test": ("bubblewrap", "postgresql"), "grade": ("bubblewrap",)}
ELSEWHERE = "/usr/lib/postgresql/*/bin"  # where Debian puts programs that are not on PATH


def found(program):
    """The path of a program, or None."""
    places = [os.environ.get("PATH", ""), *sorted(glob.glob(ELSEWHERE))]
    return shutil.which(program, path=os.pathsep.join(places))


def missing(packages):
    return [name for name in packages if not found(PACKAGES[name][0])]


def run(command):
    """Whether a command succeeds; nobody sees what it says."""
    silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    try:
        return subprocess.run(command, **silent).returncode == 0
    except OSError:
        return False


def as_root():
    """How a command begins that runs as root and asks nobody; None where that is not allowed."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if run(["sudo", "-n", "true"]) else None


def install(packages):
    """Install Debian packages; False where there is no apt, or it may not, or it does not succeed."""
    before = as_root()
    if before is None or not shutil.which("apt-get"):
        return False
    print(f"Installing with apt: {', '.join(packages)}.", flush=True)
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    get = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return run(get) or (run([*apt, "update"]) and run(get))


def lacking(command):
    """What `make COMMAND` misses after all that could be done, in a sentence; empty where nothing."""
    gone = missing(NEEDED[command])
    if gone and install(gone):
        gone = missing(gone)
    if not gone:
        return ""
    what = " and ".join(f"{name} ({PACKAGES[name][1]})" for name in gone)
    todo = f"On Debian or Ubuntu: sudo apt install {' '.join(gone)}."
    then = " Tests that need it are skipped, and counted at the end." if command == "test" else ""
    return f"Not on this machine: {what}. {todo}{then}"
