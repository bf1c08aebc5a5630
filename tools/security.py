"""The attacks of tests/hostile.py, by stock nbgrader and by this course: `make proof-security`.

Stock nbgrader grades each attack, and an honest student after it, in a throw-away box of its own
with 1 GB to write to, so that whatever it does is done to nobody. `docs/security.md` holds what was
found. Stops with 1 where an attack succeeds against this course.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grading.boundary import bubblewrap
from grading.plain import shown
from tests import hostile
from tests.hostile import ALL_POINTS, ATTACKS, HONEST_POINTS, NAME, Attack, HurriedExaminer
from tools.notebooks import ROOT

PAGE = ROOT / "docs" / "security.md"
SECONDS = 240
"""For stock nbgrader to grade two submissions; a cell is given 30."""
ATTACKER, AFTER = "m_attacker", "z_after"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = 30
"""
# Runs where stock nbgrader has graded, and says what came out.
READ = """
import json, sys, nbformat
from pathlib import Path
from nbgrader.api import Gradebook, MissingEntry
name, found, text = sys.argv[1], {}, ""
with Gradebook("sqlite:///gradebook.db") as book:
    for student in sys.argv[2:]:
        try:
            submission = book.find_submission(name, student)
            graded = Path("autograded", student, name, f"{name}.ipynb").exists()
            found[student] = submission.score if graded else None
        except MissingEntry:
            found[student] = None
path = Path("autograded", sys.argv[2], name, f"{name}.ipynb")
size = path.stat().st_size if path.exists() else 0
if path.exists():
    for cell in nbformat.read(path, 4).cells:
        text += "".join(str(o.get("text", ""))[:9999] for o in cell.get("outputs", []))
        if cell.cell_type == "markdown" and "<script>" in cell.source:
            text += "\\nSCRIPT there\\n"
print("FOUND" + json.dumps({"scores": found, "text": text[:99999], "bytes": size}))
"""
# What an attack prints when it got hold of something, and what that was.
TAKEN = {
    "CANARY": "reads the hidden tests",
    "OTHERS": "reads the submissions of others",
    "SECRET": "reads the grader's environment",
    "DONE": "reaches out of its process",
    "WRITTEN": "writes into the gradebook",
    "PLANTED": "leaves files elsewhere",
    "SCRIPT": "its script runs where it is marked",
}
IN_VAIN = ("0", "False", "[]")

NOT_COVERED = """
## What is not covered

- **"NumPy only" is a rule, not a wall.** The watch runs in the student's own process. Who switches it
  off and lets Keras compute the answer has a right answer by a forbidden way, and gets the marks.
- **A change of an argument can be hidden.** Whether a function altered its input is seen in the
  worker, which the student's code can alter. The answer itself is always judged elsewhere.
- **What is asked is seen.** The functions get the hidden cases' arguments, or they could not be
  called; what they leave in their output is in the student's feedback. Expected values never cross.
- **The checks are public.** `helpers` is on every student's machine, with the cases' generators and
  the oracles. What is hidden of a hidden test is its seed, and
  the order of its calls.
- **The kernel is trusted.** The worker shares the machine's kernel. A hole in it is a way out.
- **No cgroups.** Memory is looked at ten times a second and may be exceeded in between; memory that
  the kernel holds (full sockets and pipes) is limited by the number of processes and files only.
- **A submission can cost time**: 20 minutes at most, whatever it does, of one examiner. The others
  wait for a free one, and lose nothing.
- **One machine, one load.** Two submissions that run at once can signal to each other by how busy they
  keep the processor, memory or disk, and by the kernel's wait queues on a library that both have
  loaded. Files, locks, terminals, sockets and the network are closed to it.
- **The time of handing in** is in `timestamp.txt`, which whoever collects writes. In a folder that came
  from a student as it is, it is the student's: `c.Restore.timestamps = False` leaves it out.
- **A submission can spoil its own marks**: cells that ran before are run again in each new process, and
  a cell that answers in the grader's place makes nonsense of the rest of its own notebook.
- **Text is text, whatever it says.** Outputs reach the marker as text, raster images and plain tables,
  and what a browser would run or fetch in a Markdown answer is made plain. What it asks of the marker
  in words, and where a link leads that somebody clicks, is up to the marker.
- **Without bubblewrap** (`--unsafe`) nothing of this holds but that tests run in another process.
"""


# ---------------------------------------------------------------- stock nbgrader


@dataclass(frozen=True)
class Found:
    attack: Attack
    stock: str
    ours: str
    gained: float  # points that ours gave for nothing


def template(folder: Path) -> None:
    """A course of stock nbgrader with this assignment, and an honest student."""
    (folder / "source" / NAME).mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (folder / "read.py").write_text(READ)
    nbformat.write(hostile.source(trains=True), folder / "source" / NAME / f"{NAME}.ipynb")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", NAME]
    environment = {**os.environ, "PATH": path()}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"nbgrader made no release: {done.stderr[-500:]}")
    submit(folder, AFTER, nbformat.writes(hostile.honest(solved=True)))


def path() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def submit(folder: Path, student: str, text: str) -> None:
    to = folder / "submitted" / student / NAME
    to.mkdir(parents=True)
    (to / f"{NAME}.ipynb").write_text(text, encoding="utf-8")


def by_stock(attack: Attack, course: Path) -> str:
    """What stock nbgrader makes of an attack, in words."""
    if attack.not_under_stock:
        return attack.not_under_stock
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(course, folder, dirs_exist_ok=True)
        submit(Path(folder), ATTACKER, attack.text())
        steps = (
            f"cp -r {folder}/. /tmp/course && cd /tmp/course && "
            f"timeout {SECONDS} nbgrader autograde {NAME} >/dev/null 2>&1; "
            f"python read.py {NAME} {ATTACKER} {AFTER}"
        )
        box = in_a_box(folder, steps)
        try:
            done = subprocess.run(box, capture_output=True, text=True, timeout=SECONDS + 60)
        except subprocess.TimeoutExpired:  # it has stopped the box's first process
            return "**the grader is stopped for good: no marks for anybody**"
    _, told, found = done.stdout.partition("FOUND")
    return in_words(json.loads(found)) if told else "**the grader is ended: no marks for anybody**"


def in_a_box(course: str, steps: str) -> list[str]:
    """bubblewrap's command for ``steps``: 1 GB to write to, and no process of others in sight."""
    return [
        *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid"),
        *("--unshare-ipc", "--die-with-parent", "--cap-drop", "ALL"),
        *("--size", str(2**30), "--tmpfs", "/tmp", "--ro-bind", course, course),
        *("--dir", "/tmp/course", "--dir", "/tmp/home", "--setenv", "HOME", "/tmp/home"),
        *("--setenv", "PATH", path(), "--setenv", "HOSTILE_SECRET", "5f3a"),
        *("--setenv", "TF_CPP_MIN_LOG_LEVEL", "3", "--setenv", "CUDA_VISIBLE_DEVICES", "-1"),
        *("sh", "-c", f"ulimit -v {10 * 2**20}; {steps}"),
    ]


def in_words(found: dict) -> str:
    scores = found["scores"]
    mark, other = scores[ATTACKER], scores[AFTER]
    said = []
    if mark is None:
        said.append("it gets no mark")
    elif mark > HONEST_POINTS:
        said.append(f"**{mark - HONEST_POINTS:+g} points**")
    elif mark < HONEST_POINTS:
        said.append(f"it loses {HONEST_POINTS - mark:g} right points")
    if other is None:
        said.append("**those after it are not graded**")
    elif other != ALL_POINTS:
        said.append("**others lose marks**")
    said += [f"**{what}**" for what in taken(found["text"])]
    if found["bytes"] > 10 * 2**20:
        said.append(f"{found['bytes'] / 2**20:.0f} MB are stored")
    return "; ".join(said) or "nothing"


def taken(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        word, _, what = line.partition(" ")
        in_vain = what == "[]" or what.split(" ")[0] in IN_VAIN
        if word in TAKEN and not in_vain and TAKEN[word] not in found:
            found.append(TAKEN[word])
    return found


# ---------------------------------------------------------------- this course


def by_us(attack: Attack, examiner: HurriedExaminer) -> tuple[str, float]:
    """What this course makes of an attack, in words, and the points that it gives for nothing."""
    begun = time.monotonic()
    points, outputs, changes = hostile.graded(examiner, attack.text())
    seconds = time.monotonic() - begun
    attacked, honest = hostile.split(points)
    after, _, _ = hostile.graded(examiner, nbformat.writes(hostile.honest(solved=True)))
    said = [f"**{attacked:+g} points**"] if attacked else []
    if honest < HONEST_POINTS:
        said.append(f"it loses {HONEST_POINTS - honest} right points")
    if sum(after.values()) != ALL_POINTS:
        said.append("**others lose marks**")
    said += [f"**{what}**" for what in taken(hostile.printed(outputs))]
    said += ["nothing"] if not said else []
    reported = [*changes.tampered, *changes.mended]
    said += [f"reported: {shown(reported[0], 80).rstrip('.')}"] if reported else []
    said += [f"ended after {seconds:.0f} s"] if seconds > 2 else []
    return "; ".join(said), attacked


def tried(attacks: list[Attack]) -> list[Found]:
    examiner = HurriedExaminer()
    os.environ["HOSTILE_SECRET"] = "5f3a"
    try:
        hostile.graded(examiner, nbformat.writes(hostile.honest()))  # starts it
        ours = [by_us(attack, examiner) for attack in attacks]
    finally:
        examiner.close()
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        template(course)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            stock = list(pool.map(lambda attack: by_stock(attack, course), attacks))
    return [
        Found(attack, theirs, words, gained)
        for attack, theirs, (words, gained) in zip(attacks, stock, ours, strict=True)
    ]


# ---------------------------------------------------------------- the page


def known() -> list[Found]:
    """The rows that the page has: of attacks that are still there, and what became of them."""
    by_name = {attack.name: attack for attack in ATTACKS}
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return [
        Found(by_name[row[0]], row[2], row[3], 0.0)
        for row in rows
        if len(row) == 4 and row[0] in by_name
    ]


def merged(old: list[Found], new: list[Found]) -> list[Found]:
    """Every attack's row, the new ones in place of the old, in the order of ATTACKS."""
    by_name = {found.attack.name: found for found in (*old, *new)}
    return [by_name[attack.name] for attack in ATTACKS if attack.name in by_name]


def page(found: list[Found]) -> str:
    harmed = [f for f in found if "**" in f.stock]
    lines = [
        f"# {len(found)} attacks",
        "",
        "Made by `make proof-security`; the attacks are in `tests/hostile.py`, each a notebook in which",
        f"exercises worth {HONEST_POINTS} points are honestly solved and those worth "
        f"{ALL_POINTS - HONEST_POINTS} have no right answer (two more, of networks, are there for those "
        "that attack them).",
        "Each is graded by nbgrader as it comes and by this course, and an honest student after it.",
        "Points are those beyond the honest ones.",
        "",
        f"Stock nbgrader: {len(harmed)} of {len(found)} earn points, read what is not theirs or harm "
        f"others. This course: {sum('**' in f.ours for f in found)}.",
        "",
        "| attack | what it tries | stock nbgrader | this course |",
        "| --- | --- | --- | --- |",
        *(f"| {f.attack.name} | {f.attack.tries} | {f.stock} | {f.ours} |" for f in found),
    ]
    return "\n".join(lines) + "\n" + NOT_COVERED


def main() -> int:
    options = argparse.ArgumentParser(description="Score every attack by stock nbgrader and by us.")
    options.add_argument("--write", action="store_true", help="write docs/security.md")
    options.add_argument(
        "--only",
        action="append",
        help="attacks with this in their name; other rows stay as they are",
    )
    chosen = options.parse_args()
    if not bubblewrap.works():
        sys.exit("This needs bubblewrap: stock nbgrader is given attacks that it does not stop.")
    asked = chosen.only or [""]
    attacks = [attack for attack in ATTACKS if any(part in attack.name for part in asked)]
    found = tried(attacks)
    if chosen.write:
        rows = merged(known() if chosen.only else [], found)
        PAGE.write_text(page(rows), encoding="utf-8")
    else:
        print(page(found))
    wrong = [f.attack.name for f in found if f.gained or "**" in f.ours]
    for name in wrong:
        print(f"It succeeds: {name}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
