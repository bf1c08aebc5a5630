"""What a check can answer: a green line, or one card in place of a traceback."""

from dataclasses import dataclass

GREEN, RED, YELLOW, RESET = "\033[32m", "\033[31m", "\033[33m", "\033[0m"


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer: its kind for the report, its lines for the student."""

    kind: str  # "wrong", "crashed", "type", "mutated"
    lines: tuple[str, ...]
    misconception: str | None = None


class CheckFailed(AssertionError):
    """The answer is wrong. Its text is the whole card; the traceback would add nothing.

    ``exercise``, ``part``, ``kind`` and ``misconception`` are for whoever counts mistakes.
    """

    def __init__(self, exercise: str, part: str, finding: Finding):
        self.exercise, self.part = exercise, part
        self.kind, self.misconception = finding.kind, finding.misconception
        self.title = f"✗ {exercise}, {part}: {finding.lines[0]}"
        self.body = finding.lines[1:]
        super().__init__("\n".join((self.title, *self.body)))

    colour = RED

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines instead of a traceback."""
        return [f"{self.colour}{self.title}{RESET}", *self.body]


class NotAttempted(CheckFailed):
    """The exercise still holds its stub: a state of its own, not a mistake."""

    colour = YELLOW

    def __init__(self, exercise: str):
        self.exercise, self.part, self.kind, self.misconception = (
            exercise,
            "",
            "not attempted",
            None,
        )
        self.title = f"○ {exercise}: not attempted yet."
        self.body = (f'  When you would like a nudge: check.hint("{exercise}")',)
        AssertionError.__init__(self, "\n".join((self.title, *self.body)))


def passed(exercise: str, part: str, cases: int) -> None:
    several = f"all {cases} cases" if cases > 1 else "its case"
    print(f"{GREEN}✓ {exercise}, {part}: right in {several}.{RESET}")
