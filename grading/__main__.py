"""Grade a class with nbgrader, one submission at a time: `python -m grading ASSIGNMENT`.

A submission that cannot be graded is named and left alone; it stops nobody else. The gradebook,
the feedback and the export are nbgrader's.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from grading.submissions import Submission, collected


def nbgrader(*arguments: str) -> str:
    """Run one of nbgrader's commands; returns its last complaint, or an empty string."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    complaints = [line for line in done.stderr.splitlines() if line.startswith("[")]
    return (complaints or done.stderr.strip().splitlines() or ["no reason given"])[-1]


def grade(submission: Submission, assignment: str) -> str:
    """The submission's status: graded, or in a sentence why not."""
    if submission.trouble:
        return submission.trouble
    options = [assignment, f"--student={submission.student}", "--force"]
    problem = nbgrader("autograde", *options) or nbgrader("generate_feedback", *options)
    return f"not graded: {problem}" if problem else "graded"


def main() -> int:
    parser = argparse.ArgumentParser(prog="grading", description=__doc__.splitlines()[0])
    parser.add_argument("assignment", help="its name in source/, e.g. 01_normal_convolution")
    assignment = parser.parse_args().assignment
    known = sorted(path.name for path in Path("source").glob("*") if path.is_dir())
    if assignment not in known:
        sys.exit(
            f"There is no assignment {assignment!r} in source/; there are: {', '.join(known)}."
        )
    if not Path("gradebook.db").exists():
        sys.exit("There is no gradebook yet. Run `make release` first.")
    class_of = collected(Path(), assignment)
    if not class_of:
        sys.exit(f"Nothing to grade: put notebooks in submitted/STUDENT/{assignment}/.")
    statuses = []
    for number, submission in enumerate(class_of, 1):
        statuses.append(grade(submission, assignment))
        print(f"[{number}/{len(class_of)}] {submission.student}: {statuses[-1]}", flush=True)
    problem = nbgrader("export")
    if problem:
        sys.exit(f"The marks are in the gradebook, but grades.csv was not written: {problem}")
    print(f"{statuses.count('graded')} of {len(statuses)} graded; marks are in grades.csv.")
    return 0 if statuses.count("graded") == len(statuses) else 1


if __name__ == "__main__":
    sys.exit(main())
