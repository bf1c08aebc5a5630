"""Create or mend the course's environment in .venv: `python tools/environment.py [test|grade]`.

Runs on whichever Python 3 the machine has, so it uses the standard library only and syntax
that an old interpreter can read far enough to be told that it is too old.
"""

import hashlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools import system  # noqa: E402  this may be run as a file

SUPPORTED = ((3, 11), (3, 12), (3, 13))
NEEDED_GB = 5  # 2.6 GB installed, as much again for the downloads on their way in


class SetupError(Exception):
    """One sentence for the reader: what is wrong and what to do next."""


def python_version(python):
    """(major, minor) of an interpreter, or None where it does not start."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
        return tuple(int(part) for part in found.stdout.split())
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def find_python():
    """The interpreter that was asked for if it will do, else another one on PATH."""
    names = [sys.executable] + [f"python{major}.{minor}" for major, minor in SUPPORTED]
    for name in names:
        path = shutil.which(name)
        if path and python_version(path) in SUPPORTED:
            return path
    raise SetupError(
        f"This course needs Python 3.11, 3.12 or 3.13, and {sys.executable} is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}. Install one of them and name it: "
        "make lab PYTHON=python3.12"
    )


def check_disk(folder):
    free = shutil.disk_usage(str(folder)).free / 1e9
    if free < NEEDED_GB:
        raise SetupError(
            f"The environment needs about {NEEDED_GB} GB of disk while it installs, and {folder} has "
            f"{free:.1f} GB free. Make room, then run the same command again."
        )


def fingerprint(requirements, python):
    """Changes whenever what would be installed changes."""
    parts = [requirements.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts.append(str(python_version(python)).encode())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def venv_python(venv):
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def create(venv, python):
    """A venv that answers, kept if it does: an interrupted set-up goes on where it was."""
    inside = venv_python(venv)
    works = [str(inside), "-m", "pip", "--version"]
    right_version = python_version(str(inside)) == python_version(python)
    if right_version and subprocess.run(works, capture_output=True).returncode == 0:
        return
    make = [python, "-m", "venv", "--clear", str(venv)]
    made = subprocess.run(make, capture_output=True, text=True)
    package = "python{}.{}-venv".format(*python_version(python))  # what Debian keeps apart
    if made.returncode != 0 and "ensurepip" in made.stdout and system.install([package]):
        made = subprocess.run(make, capture_output=True, text=True)
    if made.returncode != 0:
        raise SetupError(
            f"Python could not make a virtual environment in {venv}. On Debian and Ubuntu: "
            f"sudo apt install {package}, then run the same command again. Python said: "
            + " ".join((made.stdout + made.stderr).strip().splitlines()[-1:])
        )


def install(venv, requirements):
    """Install the locked packages, showing which one pip is at."""
    total = sum("==" in line for line in requirements.read_text().splitlines())
    print("Installing the course's packages: about 700 MB, a minute or two.", flush=True)
    command = [str(venv_python(venv)), "-m", "pip", "install", "--no-compile", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
    command += ["-r", str(requirements)]  # all there is, resolved already
    log = venv / "install.log"
    with log.open("w") as kept:
        pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seen = 0
        for line in pip.stdout:
            kept.write(line)
            if line.startswith(("Collecting", "Requirement already")):
                seen += 1
                show_progress(seen, total, line)
            elif line.startswith("Installing collected"):
                show_progress(total, total, "unpacking all of them")
    print()
    if pip.wait() != 0:
        raise SetupError(explain(log.read_text()))


def show_progress(seen, total, line):
    if sys.stdout.isatty():
        name = line.split("==")[0].replace("Collecting ", "").strip()[:60]
        sys.stdout.write(f"\r\033[K[{min(seen, total)}/{total}] {name}")
        sys.stdout.flush()


def explain(log):
    """pip's trouble in one sentence, and what to do next."""
    if "No space left" in log:
        return "The disk is full. Make room, then run the same command again."
    if "HASHES" in log:
        return (
            "A downloaded package is not the one that was locked (its hash differs). "
            "Nothing of it was installed; check the package index, then run the same command again."
        )
    errors = [line.strip() for line in log.splitlines() if line.startswith("ERROR")]
    offline = any(sign in log for sign in ("Connection", "Retrying", "Max retries", "resolution"))
    why = "no package index could be reached" if offline else "pip stopped"
    return (
        f"The packages could not be installed: {why}. Check the network, then run the same command "
        "again; what was downloaded is kept. pip's own words are in .venv/install.log"
        + (": " + errors[-1] if errors else ".")
    )


def install_course(venv):
    """The course's own packages, editable: instructors improve them in place."""
    command = [str(venv_python(venv)), "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-build-isolation", "--editable", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SetupError("The course's own package did not install: " + done.stderr.strip()[-500:])


def compile_bytecode(venv):
    """Once, on every core: without it each import of TensorFlow costs 20 s instead of 5.

    A few packages ship files for other Pythons; those fail to compile and are never imported.
    """
    command = [str(venv_python(venv)), "-W", "ignore", "-m", "compileall", "-q", "-j", "0"]
    ours = [str(ROOT / name) for name in ("contract", "grading", "helpers")]
    subprocess.run([*command, str(venv), *ours], capture_output=True)


def site_packages(venv):
    """Where the packages are; None before there is a venv."""
    return next(iter(venv.glob("[Ll]ib/**/site-packages")), None)


def lost(venv, stamp):
    """The files and folders of site-packages that were installed and are gone."""
    site, kept = site_packages(venv), json.loads(stamp.read_text()).get("packages", [])
    return sorted(set(kept) - {path.name for path in site.iterdir()}) if site else kept


def forget(venv, gone):
    """Drop pip's record of every package that owns something lost, so that pip installs it anew."""
    for record in site_packages(venv).glob("*.dist-info/RECORD"):
        owned = {line.replace(",", "/").split("/")[0] for line in record.read_text().splitlines()}
        if owned & set(gone):
            shutil.rmtree(str(record.parent))


def is_ready(venv, stamp, wanted):
    """Whether everything stands as it was installed; says what is missing, and lets pip see it."""
    if not stamp.exists():
        return False
    try:
        gone = lost(venv, stamp)
        if gone:
            names = ", ".join(name for name in gone if not name.endswith(".dist-info")) or gone[0]
            print(f"Missing from {venv.name}: {names}. Installing it again.", flush=True)
            forget(venv, gone)
            return False
        return json.loads(stamp.read_text())["fingerprint"] == wanted
    except (ValueError, AttributeError, KeyError, OSError):  # a stamp that something cut short
        return False


def check_machine():
    """Says beforehand what pip would say after minutes: there is no TensorFlow for this machine."""
    where = "Use Google Colab, or a Linux container (docker run -it python:3.12)."
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise SetupError(
            "TensorFlow is made for Macs with Apple silicon only; this one has an Intel processor, "
            f"or this Python is made for one. {where}"
        )
    if sys.platform == "linux" and "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        raise SetupError(f"TensorFlow is not made for Alpine Linux (musl). {where}")


def main(command=""):
    """Everything that `make COMMAND` needs; "" is Python's packages alone."""
    sentence = system.lacking(command) if command else ""
    if sentence and os.environ.get("CI"):
        raise SetupError(sentence)
    if sentence:
        print(sentence, flush=True)
    venv = ROOT / os.environ.get("VENV", ".venv")
    gpu = os.environ.get("GPU") == "1"
    requirements = ROOT / ("requirements-gpu.txt" if gpu else "requirements.txt")
    python = find_python()
    stamp = venv / "installed.json"
    wanted = fingerprint(requirements, python)
    if is_ready(venv, stamp, wanted):
        return
    check_machine()
    check_disk(ROOT)
    create(venv, python)
    stamp.unlink(missing_ok=True)
    install(venv, requirements)
    install_course(venv)
    compile_bytecode(venv)
    packages = sorted(path.name for path in site_packages(venv).iterdir())
    stamp.write_text(json.dumps({"fingerprint": wanted, "packages": packages}))
    print(f"The environment is ready in {venv.name}.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except SetupError as error:
        sys.exit(f"\n{error}\n")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Nothing is lost: run the same command again and it goes on.\n")
