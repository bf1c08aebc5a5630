"""What the course's commands need beside Python: Debian packages, installed where that is allowed.

`python tools/system.py test` looks for what `make test` needs. Runs on whichever Python 3 the
machine has, before there is an environment: standard library only.
"""

import glob
import os
import shutil
import subprocess
import sys

# Debian's package: a program of it, and what nobody can do without it.
PACKAGES = {
    "bubblewrap": ("bwrap", "the sandbox that student code is graded in"),
    "postgresql": ("initdb", "a server for a gradebook that is no file"),
}
NEEDED = {"test": ("bubblewrap", "postgresql"), "grade": ("bubblewrap",)}
ELSEWHERE = "/usr/lib/postgresql/*/bin"  # where Debian puts programs that are not on PATH


def found(program):
    """The path of a program, or an empty string."""
    places = os.pathsep.join([os.environ.get("PATH", ""), *sorted(glob.glob(ELSEWHERE))])
    return shutil.which(program, path=places) or ""


def missing(packages):
    return [name for name in packages if not found(PACKAGES[name][0])]


def as_root():
    """The beginning of a command that runs as root without asking anybody; None where none does."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return []
    asked = shutil.which("sudo") and run(["sudo", "-n", "true"])
    return ["sudo", "-n"] if asked else None


def run(command):
    """Whether a command succeeds; nobody sees or hears it."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    try:
        return subprocess.run(command, stderr=subprocess.DEVNULL, **options).returncode == 0
    except OSError:
        return False


def install(packages):
    """Install Debian packages through apt; False where there is no apt, or it may not or cannot."""
    before = as_root()
    if before is None or not shutil.which("apt-get"):
        return False
    print("Installing {} (apt).".format(", ".join(packages)), flush=True)
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    get = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return run(get) or (run([*apt, "update"]) and run(get))


def lacking(packages):
    """What is still missing after all that could be done, in a sentence; empty where nothing is."""
    gone = missing(packages)
    if gone and install(gone):
        gone = missing(packages)
    if not gone:
        return ""
    what = " and ".join(f"{name} ({PACKAGES[name][1]})" for name in gone)
    return "Not on this machine: {}. On Debian or Ubuntu: sudo apt install {}.".format(
        what, " ".join(gone)
    )


def main(command):
    sentence = lacking(NEEDED[command])
    if sentence and command == "test":
        sentence += " Tests that need it are skipped, and counted at the end."
    if sentence:
        print(sentence, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
