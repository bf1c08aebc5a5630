"""What is said of an outcome: a line for the instructor, a sentence for the student."""

from shlex import quote

from grading.class_run.outcomes import FOLLOWS, STOPPED, UNGRADED, Outcome

FOR_STUDENTS = {
    "missing": "Nothing was handed in under the assignment's name.",
    "unreadable": "Your notebook could not be read. Please save it in JupyterLab and hand it in again.",
    "tampered": "Cells of the assignment had been changed. They were put back, and your answers were "
    "graded by them.",
    "timed out": "Something in your notebook did not come to an end, and was stopped.",
    "crashed": "Something in your notebook stopped with an error.",
    "wrong": "Some answers are wrong, or not attempted.",
    "needs hand marking": "Every test passed. Your written answers are still to be read.",
    "graded": "Everything is graded.",
}
"""What each status means to the student that it is about."""
OWN = "the cell own-"  # of the student's own: what stops there is theirs, where it does no harm
OWN_CELL = {
    "time": "it did not come to an end; it was stopped.",
    "crashed": "it ended the process that it ran in.",
}
"""Why a cell of the student's own was ended."""
NO_NAME = "` is not defined"
SEE = "Your feedback page says more."


def sentence(outcome: Outcome) -> str:
    """What an instructor wants to know of it, in a line."""
    tests = [cell for cell in outcome.cells.values() if cell.kind == "passed" or cell.line]
    passed = sum(cell.kind == "passed" for cell in tests)
    said = f"{outcome.points:g} of {outcome.max_points:g} points"
    if outcome.penalty:
        said += f" after {outcome.penalty:g} off for being late"
    if passed < len(tests):
        said += f", {passed} of {len(tests)} tests passed"
    if outcome.status == "tampered":
        said += "; put right: " + " ".join(outcome.tampered[:2])
        more = len(outcome.tampered) - 2
        said += f" And {more} more." if more > 0 else ""
    troubles = [t for t in outcome.troubles if passed < len(tests) or not t.startswith(OWN)]
    troubles += [*ended(outcome), *undefined(outcome)]
    if troubles:
        more = len(troubles) - 1
        said += f"; {troubles[0].rstrip('.')}" + (f". And {more} more." if more else "")
    return said + ("" if said.endswith(".") else ".")


def undefined(outcome: Outcome) -> list[str]:
    """The names that tests did not find, where no cell that stops says why."""
    said = [cell.line for cell in outcome.cells.values() if NO_NAME in cell.line]
    return [line.partition(NO_NAME)[0] + NO_NAME for line in dict.fromkeys(said)]


def ended(outcome: Outcome) -> list[str]:
    """What stopped in a submission that is called crashed or timed out, each with its own words."""
    if outcome.status not in ("crashed", "timed out"):
        return []
    kinds = ("time",) if outcome.status == "timed out" else STOPPED
    found = {name: cell for name, cell in outcome.cells.items() if cell.kind in kinds}
    tests = [c.line.removeprefix("✗ ") or n for n, c in found.items() if c.kind != FOLLOWS]
    return [f"the cell {name}: {OWN_CELL[why]}" for name, why in outcome.stopped.items()] + tests


def left_over(outcome: Outcome, points: float) -> str:
    """Of somebody who has a mark from before, and nothing now that could be graded."""
    said = f"{outcome.sentence} The gradebook still has {points:g} points of an earlier hand-in"
    if outcome.status == "missing":
        said += f"; to take them out: nbgrader db student remove {quote(outcome.student)} --force"
    return f"{said}."


def for_student(outcome: Outcome) -> str:
    said = FOR_STUDENTS[outcome.status]
    if outcome.penalty:
        said += f" {outcome.penalty:g} points are off for being late."
    return said if outcome.status in UNGRADED else f"{said} {SEE}"
