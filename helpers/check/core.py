"""An exercise, declared once: its cases, the oracle's answer, and the mistakes people make.

Nothing here knows what a convolution is. `helpers/check/normal.py` shows how one is declared.
"""

import contextlib
import inspect
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers.check import student
from helpers.check.answers import Answer
from helpers.check.verdicts import CheckFailed, Finding, NotAttempted, passed

Case = dict[str, Any]  # the keyword arguments of one call


@dataclass(frozen=True)
class Misconception:
    """A mistake as a few lines of code, and what a teacher would say to it."""

    name: str
    wrong: Callable  # takes what the exercise takes, answers as someone with this mistake would
    sentence: str
    look: str


@dataclass(frozen=True)
class Part:
    """One idea of an exercise, small enough for one test cell.

    ``cases`` draws its calls from a generator. ``pick`` judges one item of a returned tuple and
    leaves the others alone.
    """

    cases: Callable[[np.random.Generator], list[Case]]
    answer: Answer
    pick: int | None = None


@dataclass(frozen=True)
class Exercise:
    """``check(function)`` judges every part, ``check(function, part=…)`` one; a new seed, new cases.

    Right answers print one line. Anything else raises CheckFailed or NotAttempted.
    """

    name: str
    oracle: Callable
    parts: Mapping[str, Part]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, ...]
    returns: tuple[str, ...] = ()
    _hints_given: list[str] = field(default_factory=list)

    def __call__(self, function: Callable, part: str | None = None, seed: int = 0) -> None:
        if part is not None and part not in self.parts:
            raise ValueError(f"{self.name} has no part {part!r}; it has {', '.join(self.parts)}.")
        if not callable(function):
            raise NotAttempted(self.name, part or "")
        for name in [part] if part else self.parts:
            cases = self.cases(name, seed)
            finding = self.judge(function, name, cases)
            if finding:
                raise CheckFailed(self.name, name, finding) from None
            passed(self.name, name, len(cases))

    def cases(self, part: str, seed: int) -> list[Case]:
        """The calls of a part: the same for the same seed, on every machine."""
        return self.parts[part].cases(np.random.default_rng([seed, *part.encode()]))

    def judge(self, function: Callable, part: str, cases: list[Case]) -> Finding | None:
        """What is wrong with the first wrong answer, or None."""
        for case in cases:
            try:
                answer = self.answer(function, case, part)
                lines = self.difference(answer, self.right(case, part), case, part)
            except student.Unattempted as unattempted:
                raise NotAttempted(self.name, part, unattempted.stub) from None
            except student.Problem as problem:
                return problem.finding
            if lines:
                known = self.diagnose(function, part, case, answer, cases)
                return self.card(lines, f"  called as {student.signature(self.name, case)}", known)
        return None

    def answer(self, function: Callable, case: Case, part: str) -> Any:
        """What this part judges of the function's answer; required arguments go by position."""
        parameters = inspect.signature(self.oracle).parameters.values()
        required = [p.name for p in parameters if p.default is p.empty and p.kind != p.VAR_KEYWORD]
        return self.pick(student.call(function, case, required), part)

    def pick(self, answer: Any, part: str) -> Any:
        """The item that this part judges, or a Problem where the tuple is not what was asked."""
        index = self.parts[part].pick
        if index is None:
            return answer
        if not isinstance(answer, tuple | list) or len(answer) != len(self.returns):
            got = "None" if answer is None else f"a {type(answer).__name__}"
            many = f" of {len(answer)}" if isinstance(answer, tuple | list) else ""
            lines = (f"return the tuple ({', '.join(self.returns)}); yours is {got}{many}.",)
            raise student.Problem(Finding("type", lines))
        return answer[index]

    def right(self, case: Case, part: str) -> Any:
        answer = self.oracle(**case)
        index = self.parts[part].pick
        return answer if index is None else answer[index]

    def slack(self, case: Case, part: str) -> Any:
        """What the sum of absolute values is: rounding errors are a small share of it."""
        if not any(isinstance(value, np.ndarray) for value in case.values()):
            return None
        absolute = {k: np.abs(v) if isinstance(v, np.ndarray) else v for k, v in case.items()}
        return self.right(absolute, part)

    def difference(self, answer: Any, right: Any, case: Case, part: str) -> tuple[str, ...]:
        """The lines that tell an answer from the right one; a Problem if it cannot be read."""
        try:
            return self.parts[part].answer.difference(answer, right, self.slack(case, part))
        except Exception as error:  # whatever a student's object does when it is looked at
            lines = (
                f"what your function returned stopped with {student.describe(error)}",
                f"  called as {student.signature(self.name, case)}",
            )
            raise student.Problem(Finding("type", lines)) from None

    def diagnose(
        self, function: Callable, part: str, case: Case, answer: Any, cases: list[Case]
    ) -> Misconception | None:
        """The mistake whose answer this is: of several the one that explains most other cases.

        One number can agree with a mistake by chance, so a mistake must explain all of them.
        """
        fitting = [m for m in self.misconceptions if self.explains(m, part, case, answer)]
        by_chance = self.parts[part].answer.agrees_by_chance
        if not fitting or (len(fitting) == 1 and not by_chance):
            return fitting[0] if fitting else None
        others = [other for other in cases if other is not case]
        answers = [self.quietly(function, other, part) for other in others]

        def explained(m: Misconception) -> int:
            return sum(self.equals(m, part, c, a) for c, a in zip(others, answers, strict=True))

        best = max(fitting, key=explained)
        return None if by_chance and explained(best) < len(others) else best

    def explains(self, m: Misconception, part: str, case: Case, answer: Any) -> bool:
        """Same answer as the mistake gives, where the mistake makes a difference."""
        if not self.equals(m, part, case, answer):
            return False
        wrong = self.quietly(m.wrong, case, part)
        return bool(self.difference(wrong, self.right(case, part), case, part))

    def equals(self, m: Misconception, part: str, case: Case, answer: Any) -> bool:
        wrong = self.quietly(m.wrong, case, part)
        if wrong is None or answer is None:
            return False
        slack = self.slack(case, part)
        if isinstance(slack, np.ndarray):  # the mistake may have another shape
            slack = np.broadcast_to(slack.max(), np.shape(wrong))
        return not self.parts[part].answer.difference(answer, wrong, slack)

    def quietly(self, function: Callable, case: Case, part: str) -> Any:
        """An answer for the diagnosis, or None: the student does not see this call's prints."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return self.answer(function, case, part)
        except (student.Problem, student.Unattempted):
            return None

    def card(self, lines: tuple[str, ...], where: str, known: Misconception | None) -> Finding:
        if known is None:
            return Finding("wrong", (*lines[:1], where, *lines[1:]))
        detail = lines[1:] or (f"  {lines[0]}",)
        return Finding("wrong", (known.sentence, where, *detail, f"  {known.look}"), known.name)

    def hint(self) -> None:
        """Print the next, smaller hint."""
        step = len(self._hints_given)
        if step == len(self.hints):
            print(f"{self.name}: that was the last hint. Here it is again: {self.hints[-1]}")
            return
        self._hints_given.append(self.hints[step])
        print(f"{self.name}, hint {step + 1} of {len(self.hints)}: {self.hints[step]}")
