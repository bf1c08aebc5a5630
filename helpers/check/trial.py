"""One part of an exercise, tried on one function: what is wrong, and which mistake it is."""

import contextlib
import io
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from contract import calling
from contract.verdicts import CheckFailed, Finding, NotAttempted
from helpers.check import structure
from helpers.check.answers import Array, WrongType, as_numbers
from helpers.check.diagnosis import Diagnosis
from helpers.check.pictures import Comparison

VISIBLE = 0
"""The seed of the cases that a student sees; with any other one they are hidden."""

WITHOUT_ARGUMENTS: dict[tuple, Any] = {}
"""What we answer to a call without arguments, as for a model: kept, for it never changes."""


ANOTHER_CALLS = Diagnosis(
    "an answer to another call",
    "this is the right answer to another call.",
    "Does your function keep something from call to call, in a global variable?",
)
TWO_ANSWERS = Diagnosis(
    "two answers to one call",
    "asked the same again, your function gives another answer.",
    "Is chance in it, or something that it keeps from call to call, as a default `[]` is kept?",
)
ONE_TO_ALL = Diagnosis(
    "one answer to all",
    "your function gives the same answer, whatever it is given.",
    "Where do its arguments come in?",
)
ONE_TO_ALL_OTHERS = Diagnosis(
    "one answer to all",
    "your function knows the case that you see, and has one answer to all others.",
    "Work it out from the arguments.",
)


def agree(one: Any, other: Any) -> bool:
    """Whether two answers of the same function are the same, but for rounding."""
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(agree, one, other))
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, equal_nan=True)
    return bool(one == other) or bool(one != one and other != other)  # NaN is NaN again


class Trial:
    def __init__(self, exercise: Any, function: Callable, part: str, seed: int = VISIBLE):
        self.exercise, self.function, self.part, self.seed = exercise, function, part, seed
        self.cases, self.together, self._known = exercise.asked(part, seed)

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
        if self.seed != VISIBLE:
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
                problem.finding = self.named(problem, case)
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

    # ------------------------------------------------------------ what it is

    def named(self, problem: calling.Problem, case: dict) -> Finding:
        """The same card, with the mistake's name where the mistake stops in the same way."""
        for m in self.exercise.misconceptions if problem.stopped_by else ():
            try:
                self.exercise.answer(m.wrong, case, self.part)
            except calling.Problem as same:
                if same.stopped_by == problem.stopped_by:
                    headline, *rest = problem.finding.lines
                    lines = (m.sentence, f"  {headline}", *rest, f"  {m.look}")
                    return replace(problem.finding, lines=lines, misconception=m.name)
            except calling.Unattempted:
                continue
        return problem.finding

    def known(self, case: dict, answer: Any) -> Any:
        """What is wrong in a teacher's words: a Misconception or a Diagnosis, or None."""
        meets = any(case is one for one in self.together)
        listed = None if meets else self.listed_where(case, answer)
        if listed or self.shows_by_itself(case, answer):
            return listed
        return (
            self.two_answers(case)
            or self.whatever_is_asked(case, answer)
            or self.examined(case, answer)
            or self.looked_into(case, answer)
            or self.listed(case, answer)
        )

    def shows_by_itself(self, case: dict, answer: Any) -> bool:
        """Whether the first line of the card says it already, as of an output that is all zeros."""
        kind = self.exercise.parts[self.part].answer
        if not isinstance(kind, Array):
            return False
        return bool(kind.plain(answer, self.right(case), self.slack(case)))

    def listed_where(self, case: dict, answer: Any) -> Any:
        """The listed mistake; where it is made in some calls only, with what is true of these."""
        mistake = self.listed(case, answer)
        if not mistake or not isinstance(self.exercise.parts[self.part].answer, Array):
            return mistake
        plainer = [other for other in self.cases if other.keys() <= case.keys()]
        answered = {self.beside(mistake, other) for other in plainer}
        if "otherwise" in answered:
            return None  # this one agrees by chance, or there is another mistake
        place = structure.place(self) if "rightly" in answered else ""
        if not place:
            return mistake
        return Diagnosis(mistake.name, f"where {place}, {mistake.sentence}", mistake.look)

    def beside(self, mistake: Any, case: dict) -> str:
        """How a case is answered: "as mistaken", "rightly" where the mistake differs, or "otherwise"."""
        made, yours = self.mistaken(mistake, case), self.quietly(self.answer, case)
        if made is None or yours is None:
            return "not at all"
        if self.same(yours, made, case):
            return "as mistaken"
        return "rightly" if self.same(yours, self.right(case), case) else "otherwise"

    def likened(self, look: Callable, case: dict, answer: Any) -> Diagnosis | None:
        """What ``look`` sees in the two arrays; None where the answer is none of the kind."""
        kind, yours = self.exercise.parts[self.part].answer, as_numbers(answer)
        if not isinstance(kind, Array) or yours is None:
            return None
        return look(
            yours, self.right(case), kind.axes, kind.room(np.max(self.slack(case), initial=0))
        )

    def two_answers(self, case: dict) -> Diagnosis | None:
        """Where the same call, asked again, is answered otherwise."""
        given = [self.quietly(self.answer, case) for _ in range(2)] if case else [None]
        if any(answer is None for answer in given):
            return None
        with contextlib.suppress(Exception):  # an answer may be anything
            return None if agree(*given) else TWO_ANSWERS
        return None

    def looked_into(self, case: dict, answer: Any) -> Diagnosis | None:
        try:
            return structure.looked_into(self, case, answer)
        except Exception:  # it asks much of a function that may be anything
            return None

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the arguments that have no default."""
        return self.exercise.required

    def listed(self, case: dict, answer: Any) -> Any:
        """The mistake whose answer this is: of several the one that explains most other cases.

        One number can agree with a mistake by chance, so a mistake must explain all of them.
        """
        fitting = [m for m in self.exercise.misconceptions if self.explains(m, case, answer)]
        by_chance = self.exercise.parts[self.part].answer.agrees_by_chance
        if not fitting or (len(fitting) == 1 and not by_chance):
            return fitting[0] if fitting else None
        others = [other for other in self.cases if other is not case]
        answers = [self.quietly(self.answer, other) for other in others]

        def explained(m) -> int:
            return sum(self.equals(m, c, a) for c, a in zip(others, answers, strict=True))

        best = max(fitting, key=explained)
        return None if by_chance and explained(best) < len(others) else best

    def examined(self, case: dict, answer: Any) -> Diagnosis | None:
        """What the part itself finds when it looks at the answer, or asks for more."""
        part = self.exercise.parts[self.part]
        try:
            found = part.diagnose(answer, case) if part.diagnose else None
            if part.probe and not found:
                found = part.probe(case, answer, partial(self.quietly, self.answer))
            return found
        except Exception:  # an answer may be anything; the card has its numbers all the same
            return None

    def explains(self, m: Any, case: dict, answer: Any) -> bool:
        """Same answer as the mistake gives, where the mistake makes a difference."""
        if not self.equals(m, case, answer):
            return False
        return bool(self.difference(self.mistaken(m, case), case))

    def equals(self, m: Any, case: dict, answer: Any) -> bool:
        wrong = self.mistaken(m, case)
        return wrong is not None and answer is not None and self.same(answer, wrong, case)

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

    def whatever_is_asked(self, case: dict, answer: Any) -> Diagnosis | None:
        """A mistake that any exercise can have: the answer does not depend on what was asked."""
        kind = self.exercise.parts[self.part].answer
        if not (isinstance(kind, Array) or kind.agrees_by_chance):
            return None
        names, seed = structure.alike(self), structure.SEEDS[0]  # by chance a few may agree
        more = [other for name in names for other in self.exercise.asked(name, seed)[0]]
        others = [other for other in (*self.cases, *more) if other is not case]
        if isinstance(kind, Array) and any(self.same(answer, self.right(o), case) for o in others):
            return ANOTHER_CALLS
        given = [(self.quietly(self.answer, other), other) for other in others]
        given = [(yours, other) for yours, other in given if yours is not None]
        off = [yours for yours, other in given if not self.same(yours, self.right(other), other)]
        known_by_chance = len(given) - len(off)  # or by heart
        if len(given) < 2 or 4 * known_by_chance > len(given):
            return None
        if not all(self.same(answer, yours, case) for yours in off):
            return None
        return ONE_TO_ALL if self.seed == VISIBLE else ONE_TO_ALL_OTHERS

    # ------------------------------------------------------------ what the card says

    def card(self, case: dict, answer: Any, lines: tuple[str, ...]) -> Finding:
        where, comparison = self.exercise.called_as(case), self.comparison(case, answer)
        if comparison:
            lines = (*lines, *self.sum_at(case, comparison.at))
        known = self.known(case, answer)
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
