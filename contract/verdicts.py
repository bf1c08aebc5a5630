"""What a check can answer: a green line, or one card in place of a traceback."""

import re
import textwrap
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

GREEN, RED, YELLOW, RESET = "\033[32m", "\033[31m", "\033[33m", "\033[0m"
WIDTH = 83  # `nbgrader validate` cuts off what is longer
UNBROKEN = "\N{NO-BREAK SPACE}"  # a space at which no line ends; shown as a plain one


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer: its kind for the report, its lines for the student."""

    kind: str  # "wrong", "crashed", "type", "mutated", "time", "memory", "rule"
    lines: tuple[str, ...]
    misconception: str | None = None
    picture: Any = None  # what IPython can show beside the card (`_repr_mimebundle_`), or None


class CheckFailed(AssertionError):
    """The answer is wrong. Its text is the whole card; the traceback would add nothing.

    ``exercise``, ``part``, ``kind`` and ``misconception`` are for whoever counts mistakes, ``lines``
    and ``picture`` for whoever shows them; ``within`` names the functions that were running.
    """

    colour = RED

    def __init__(
        self,
        exercise: str,
        part: str,
        finding: Finding,
        supplied: Collection[str] = (),
        within: Collection[str] = (),
    ):
        self.exercise, self.part = exercise, part
        self.kind, self.misconception = finding.kind, finding.misconception
        self.picture, self.within = finding.picture, set(within)
        self.lines = fold(f"✗ {exercise}, {part}: {finding.lines[0]}", *finding.lines[1:])
        if supplied:
            self.lines += fold(f"  Judged with a right {listed(supplied)} in place of yours.")
        super().__init__("\n".join(self.lines))

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines instead of a traceback."""
        return [f"{self.colour}{self.lines[0]}{RESET}", *self.lines[1:]]


class NotAttempted(CheckFailed):
    """The exercise still holds its stub, or calls one: a state of its own, not a mistake.

    ``called`` is the line of the call, where other calls are answered already.
    """

    colour = YELLOW

    def __init__(self, exercise: str, part: str = "", stub: str | None = None, called: str = ""):
        self.exercise, self.part = exercise, part
        self.kind, self.misconception = "not attempted", None
        self.picture, self.within = None, set()
        line = f'○ {exercise}: not attempted yet. Try check.hint("{exercise}")'
        if len(line) > WIDTH:  # it stays one line
            line = f"○ {exercise}: not attempted yet. Try check.hint(…)"
        if stub:
            line = f"○ {exercise}: waits for `{stub}`, which is not attempted yet."
        if called:
            line = f"○ {exercise}, {part}: this is not attempted yet; other calls are answered."
        self.lines = fold(line, *([called] if called else []))
        AssertionError.__init__(self, "\n".join(self.lines))


def fold(*lines: str) -> list[str]:
    """Lines of at most WIDTH characters, continued ones indented further; words stay whole."""
    folded = []
    for line in lines:
        indent = re.match(" *", line).group()
        rest = textwrap.wrap(
            line.strip(),
            WIDTH - len(indent),
            subsequent_indent="    ",
            break_on_hyphens=False,
            drop_whitespace=True,
            replace_whitespace=False,
        )
        folded += [indent + piece.replace(UNBROKEN, " ") for piece in rest]
    return folded


def passed(exercise: str, part: str, cases: int, supplied: Collection[str] = ()) -> None:
    several = f"all {cases} cases" if cases > 2 else "both cases" if cases == 2 else "its case"
    with_whose = f", with a right {listed(supplied)} in place of yours" if supplied else ""
    print(f"{GREEN}✓ {exercise}, {part}: right in {several}{with_whose}.{RESET}")


def listed(names: Collection[str]) -> str:
    return " and ".join(f"`{name}`" for name in sorted(names))
