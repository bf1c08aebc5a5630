"""One part of an exercise, tried on one function: what is wrong, and which mistake it is."""

import contextlib
import io
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import numpy as np

from contract import calling
from contract.verdicts import CheckFailed, Finding, NotAttempted
from helpers.check.answers import Array, WrongType
from helpers.check.diagnosis import mistakes, naming
from helpers.check.pictures import Comparison

VISIBLE = 0
"""The seed of the cases that a student sees; with any other one they are hidden."""

WITHOUT_ARGUMENTS: dict[tuple, Any] = {}
"""What we answer to a call without arguments, as for a model: kept, for it never changes."""


class Trial:
    def __init__(self, exercise: Any, function: Callable, part: str, seed: int = VISIBLE):
        self.exercise, self.function, self.part, self.seed = exercise, function, part, seed
        self.cases, self.together, self._known = exercise.asked(part, seed)
        self.visible = seed == VISIBLE

    def judge(self) -> set[str]:
        """CheckFailed or NotAttempted, or the earlier exercises that had to be supplied."""
        failure = self.failure()
        if not failure:
            return set()
        right_versions = {exercise.name: exercise.oracle for exercise in self.exercise.builds_on}
        if failure.kind == "time" and not failure.within & right_versions.keys():
            raise failure  # it would only take as long again
        used, again = self.with_right(right_versions)
        misfit = again is not None and again.kind == "crashed"  # perhaps only of our version
        if not used or misfit or str(again) == str(failure):
            raise failure
        wanted = self.wanted(used, right_versions, again)
        if again is None:
            return wanted
        raise self.with_right({name: right_versions[name] for name in wanted}, wanted)[1]

    def with_right(
        self, versions: dict[str, Callable], said: Collection[str] = ()
    ) -> tuple[set[str], CheckFailed | None]:
        """Which right versions of earlier exercises are used where they can be, and what fails then."""
        unheard = contextlib.redirect_stdout(io.StringIO())
        with calling.supplied(self.function, versions) as used, unheard:
            failure = self.failure(said) if used is not None else None
        return used or set(), failure

    def wanted(
        self, used: set[str], versions: dict[str, Callable], outcome: CheckFailed | None
    ) -> set[str]:
        """Those without which it would end otherwise: the student's own ones are wrong."""
        wanted = set(used)
        for name in sorted(used):
            fewer = {other: versions[other] for other in wanted - {name}}
            if fewer and str(self.with_right(fewer)[1]) == str(outcome):
                wanted -= {name}
        return wanted

    def passes(self) -> bool:
        """Whether every case is answered rightly; nothing is said about it."""
        try:
            return self.right_in(self.cases) and (
                not self.together or not self.others_pass() or self.right_in(self.together)
            )
        except (calling.Problem, calling.Unattempted):
            return False

    def right_in(self, cases: list[dict]) -> bool:
        calling.expect(self.function, cases)
        return not any(self.difference(self.answer(case), case) for case in cases)

    def others_pass(self) -> bool:
        """Whether each option is right by itself, as far as the other parts ask."""
        others = (name for name in self.exercise.parts if name != self.part)
        trials = [Trial(self.exercise, self.function, name, self.seed) for name in others]
        with contextlib.redirect_stdout(io.StringIO()):
            return all(trial.passes() for trial in trials)

    def failure(self, supplied: Collection[str] = ()) -> CheckFailed | None:
        """What there is to say of the first wrong answer."""
        name, within = self.exercise.name, set()
        try:
            finding = self.first_wrong()
        except calling.Unattempted as unattempted:
            called = "" if unattempted.stub else self.not_yet()
            return NotAttempted(name, self.part, unattempted.stub, called)
        except calling.Problem as problem:
            finding, within = problem.finding, problem.within
        if not finding:
            return None
        if not self.visible:
            others = "  The case that you see is right; this one is like it, with other numbers."
            finding = replace(finding, lines=(*finding.lines, others), picture=None)
        return CheckFailed(name, self.part, finding, supplied, within)

    def not_yet(self) -> str:
        """The first call that is not attempted, where the function answers those of other parts."""
        others = [self.exercise.asked(name, self.seed)[0][0] for name in self.exercise.parts]
        if all(self.quietly(self.answer, other) is None for other in others):
            return ""
        return next((self.exercise.called_as(c) for c in self.cases if not self.attempted(c)), "")

    def attempted(self, case: dict) -> bool:
        try:
            self.answer(case)
        except calling.Unattempted:
            return False
        except calling.Problem:
            pass
        return True

    def first_wrong(self) -> Finding | None:
        finding = self.first_wrong_in(self.cases)
        if finding or not self.together or not self.others_pass():
            return finding
        return self.first_wrong_in(self.together)

    def first_wrong_in(self, cases: list[dict]) -> Finding | None:
        calling.expect(self.function, cases)
        for case in cases:
            try:
                answer = self.answer(case)
            except calling.Problem as problem:
                problem.finding = mistakes.stopped_alike(self, problem, case)
                raise
            lines = self.difference(answer, case)
            if lines:
                return self.card(case, answer, lines)
        return None

    def answer(self, case: dict) -> Any:
        """The student's, on the exercise's terms."""
        return self.exercise.answer(self.function, case, self.part, terms=self.exercise.terms)

    def apart(self) -> "Trial":
        """The same, for calls that are made up on the way: what is known of them is not kept."""
        other = Trial(self.exercise, self.function, self.part, self.seed)
        other._known = {}
        return other

    # ------------------------------------------------------------ each asked once

    def once(self, what: str, case: dict, work: Callable[[], Any]) -> Any:
        if not case:
            key, known = (self.exercise.name, self.part, what), WITHOUT_ARGUMENTS
        else:
            key, known = (what, id(case)), self._known
        if key not in known:
            known[key] = case, work()  # the case with it: no other one gets its id
        return known[key][1]

    def right(self, case: dict) -> Any:
        return self.once("right", case, lambda: self.exercise.right(case, self.part))

    def slack(self, case: dict) -> Any:
        return self.once("slack", case, lambda: self.exercise.slack(case, self.part))

    def mistaken(self, m: Any, case: dict) -> Any:
        """What someone with this mistake answers."""

        def answer(case: dict) -> Any:
            return self.exercise.answer(m.wrong, case, self.part)

        return self.once(f"mistake {m.name}", case, lambda: self.quietly(answer, case))

    def difference(self, answer: Any, case: dict) -> tuple[str, ...]:
        right, slack = self.right(case), self.slack(case)
        return self.exercise.difference(answer, right, slack, case, self.part)

    def same(self, answer: Any, other: Any, case: dict) -> bool:
        slack, kind = self.slack(case), self.exercise.parts[self.part].answer
        if isinstance(slack, np.ndarray):  # the other may have another shape
            slack = np.broadcast_to(slack.max(), np.shape(other))
        try:
            if isinstance(kind, Array):  # and may be the student's: lists, or nothing of the kind
                other = np.asarray(other, dtype=float)
            return not kind.difference(answer, other, slack)
        except (WrongType, ValueError, TypeError):
            return False

    def quietly(self, answer: Callable[[dict], Any], case: dict) -> Any:
        """An answer for the diagnosis, or None: the student does not see this call's prints."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return answer(case)
        except (calling.Problem, calling.Unattempted):
            return None

    # ------------------------------------------------------------ what the card says

    def card(self, case: dict, answer: Any, lines: tuple[str, ...]) -> Finding:
        where, comparison = self.exercise.called_as(case), self.comparison(case, answer)
        if comparison:
            lines = (*lines, *self.sum_at(case, comparison.at))
        known = naming.known(self, case, answer)
        name, sentence, look = (known.name, known.sentence, known.look) if known else (None, "", "")
        if not sentence:
            return Finding("wrong", (*lines[:1], where, *lines[1:]), None, comparison)
        detail = lines[1:] or (f"  {lines[0]}",)
        detail = [line for line in detail if line.strip() != sentence]
        return Finding("wrong", (sentence, where, *detail, f"  {look}"), name, comparison)

    def comparison(self, case: dict, answer: Any) -> Comparison | None:
        right, kind = self.right(case), self.exercise.parts[self.part].answer
        if not isinstance(kind, Array):
            return None
        at = kind.first_off(answer, right, self.slack(case))
        return None if at is None else Comparison(kind.axes, right, np.asarray(answer), at)

    def sum_at(self, case: dict, at: tuple[int, ...]) -> tuple[str, ...]:
        write = self.exercise.parts[self.part].sum_at
        return (f"  right there: {write(*at, **case)}",) if write else ()
