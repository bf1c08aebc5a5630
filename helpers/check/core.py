"""An exercise, declared once: its cases, the oracle's answer, and the mistakes people make.

Nothing here knows what a convolution is. `exercises/normal.py` shows how one is declared, and
`trial.py` what happens when a function is judged.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from contract import calling, rules
from contract.verdicts import CheckFailed, Finding, NotAttempted, passed
from helpers.check import oracle, pictures
from helpers.check.answers import Answer, WrongType
from helpers.check.diagnosis import Diagnosis
from helpers.check.trial import VISIBLE, Trial

calling.not_the_students(Path(__file__).parents[1])
NUMPY_ONLY = calling.Terms(others=(*rules.LIBRARIES, ("helpers.check", rules.CHECKS)))

Case = dict[str, Any]  # the keyword arguments of one call


@dataclass(frozen=True)
class Misconception:
    """A mistake as a few lines of code, and what a teacher would say to it."""

    name: str
    wrong: Callable  # takes what the exercise takes, answers as someone with this mistake would
    sentence: str
    look: str


def whole(answer: Any, case: Case) -> Any:
    return answer


@cache
def required(function: Callable) -> tuple[str, ...]:
    """The names of the arguments that have no default."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(p.name for p in parameters if p.default is p.empty and p.kind != p.VAR_KEYWORD)


@dataclass(frozen=True)
class Part:
    """One idea of an exercise, small enough for one test cell.

    ``cases`` draws its calls from a generator. ``view`` is what this part looks at in the answer to
    a case: all of it, one item of a tuple, or a number that is worked out from it; it raises
    WrongType where that is not there. ``slack`` says for a case how large the numbers are that are
    added up, and so how large rounding errors may be; else it is found from absolute values.
    ``sum_at`` is the sum, as one writes it, that the right answer to a case has at an index.
    ``diagnose`` is asked about a wrong answer that is no listed mistake: with the viewed answer and
    the case it returns a Diagnosis, or None. ``probe`` finds one by asking more: with the case, the
    viewed answer and ``ask``, which takes another case and returns the viewed answer to it, None
    where there is none. ``together`` draws cases in which several options meet;
    they are asked where every other part is right, for a mistake is paid for once. One part has them.
    ``hints`` are for this part alone, from a small one to the last step; else the exercise's are given.
    """

    cases: Callable[[np.random.Generator], list[Case]]
    answer: Answer
    view: Callable[[Any, Case], Any] = whole
    slack: Callable[[Case], Any] | None = None
    sum_at: Callable[..., str] | None = None
    diagnose: Callable[[Any, Case], Diagnosis | None] | None = None
    probe: Callable[[Case, Any, Callable[[Case], Any]], Diagnosis | None] | None = None
    together: Callable[[np.random.Generator], list[Case]] | None = None
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """``check(function)`` judges every part, ``check(function, part=…)`` one; a new seed, new cases.

    Right answers print one line. Anything else raises CheckFailed or NotAttempted. A function that
    calls an earlier exercise (one of ``builds_on``) is right when it is right with a right version
    of that: a mistake is paid for once.
    """

    name: str
    oracle: Callable
    parts: Mapping[str, Part]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, ...]
    builds_on: tuple["Exercise", ...] = ()
    terms: calling.Terms = NUMPY_ONLY
    _hints_given: dict[str | None, int] = field(default_factory=dict)
    _asked: dict[tuple, tuple[list[Case], list[Case], dict]] = field(default_factory=dict)

    def __call__(self, function: Callable, part: str | None = None, seed: int = 0) -> None:
        self.must_have(part)
        if not callable(function):
            raise NotAttempted(self.name, part or "")
        for name in [part] if part else self.parts:
            with oracle.settings():
                trial = Trial(self, function, name, seed)
                try:
                    supplied = trial.judge()
                except CheckFailed as failed:
                    pictures.show(failed.picture)
                    raise
            passed(self.name, name, len(trial.cases) + len(trial.together), supplied)

    def must_have(self, part: str | None) -> None:
        if part is not None and part not in self.parts:
            raise ValueError(f"{self.name} has no part {part!r}; it has {', '.join(self.parts)}.")

    @property
    def required(self) -> tuple[str, ...]:
        return required(self.oracle)

    def mistakes(self, *names: str) -> tuple[Misconception, ...]:
        """Some of this exercise's misconceptions by name, for a sibling that shares them."""
        by_name = {m.name: m for m in self.misconceptions}
        return tuple(by_name[name] for name in names)

    def cases(self, part: str, seed: int) -> list[Case]:
        """The calls of a part: the same for the same seed, on every machine."""
        rng = np.random.default_rng([seed, *part.encode()])
        return self.shuffled(self.parts[part].cases(rng), rng, seed)

    def together(self, part: str, seed: int) -> list[Case]:
        """Those in which options meet, none in most parts."""
        rng = np.random.default_rng([seed, *b"together", *part.encode()])
        draw = self.parts[part].together
        return self.shuffled(draw(rng), rng, seed) if draw else []

    @staticmethod
    def shuffled(cases: list[Case], rng: np.random.Generator, seed: int) -> list[Case]:
        if seed != VISIBLE:  # in an order of their own, or counting the calls would tell them apart
            rng.shuffle(cases)
        return cases

    def asked(self, part: str, seed: int) -> tuple[list[Case], list[Case], dict]:
        """The calls of a part, those in which options meet, and what is known of the right answers
        so far: for a class, once.
        """
        if (part, seed) not in self._asked:
            self._asked[part, seed] = self.cases(part, seed), self.together(part, seed), {}
        return self._asked[part, seed]

    def called_as(self, case: Case) -> str:
        return f"  called as {calling.signature(self.name, case)}"

    def answer(
        self, function: Callable, case: Case, part: str, terms: calling.Terms | None = None
    ) -> Any:
        """What this part looks at in the function's answer; required arguments go by position.

        A student's function is called on the exercise's terms, one of ours on none.
        """
        answer = calling.call(function, case, self.required, terms)
        with self.readable(case):
            return self.parts[part].view(answer, case)

    def right(self, case: Case, part: str) -> Any:
        return self.parts[part].view(self.oracle(**case), case)

    def slack(self, case: Case, part: str) -> Any:
        """What the sum of absolute values is: rounding errors are a small share of it."""
        if self.parts[part].slack:
            return self.parts[part].slack(case)
        if not any(isinstance(value, np.ndarray) for value in case.values()):
            return None
        absolute = {k: np.abs(v) if isinstance(v, np.ndarray) else v for k, v in case.items()}
        return self.right(absolute, part)

    def difference(
        self, answer: Any, right: Any, slack: Any, case: Case, part: str
    ) -> tuple[str, ...]:
        """The lines that tell an answer from the right one; a Problem if it cannot be read."""
        with self.readable(case):
            return self.parts[part].answer.difference(answer, right, slack)

    @contextlib.contextmanager
    def readable(self, case: Case) -> Iterator[None]:
        """A Problem that says why, where an answer is of a wrong type or fails when looked at."""
        try:
            yield
        except WrongType as wrong:
            headline, *lines = wrong.lines
        except Exception as error:  # whatever a student's object does when it is looked at
            headline, lines = (
                f"what your function returned stopped with {calling.describe(error)}",
                [],
            )
        else:
            return
        raise calling.Problem(Finding("type", (headline, self.called_as(case), *lines)))

    def hint(self, part: str | None = None) -> None:
        """Print the next, larger hint: on one part, or on the exercise as a whole."""
        self.must_have(part)
        hints = (self.parts[part].hints if part else ()) or self.hints
        title = f"{self.name}, {part}" if part else self.name
        step = self._hints_given.get(part, 0)
        if step == len(hints):
            print(
                f"{title}: that was the last hint. Here it is again: {hints[-1]}{self.more(part)}"
            )
            return
        self._hints_given[part] = step + 1
        print(f"{title}, hint {step + 1} of {len(hints)}: {hints[step]}")

    def more(self, part: str | None) -> str:
        """Where to find hints on a part, for who has read those on the whole."""
        last = [name for name, one in self.parts.items() if one.hints][-1:]
        if part or not last:
            return ""
        return f' (There are more on each part: check.hint("{self.name}", part="{last[0]}").)'
