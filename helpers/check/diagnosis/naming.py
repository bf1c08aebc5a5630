"""What a wrong answer is, in a teacher's words: what is surest first, and the plainest of it."""

import contextlib
from functools import partial
from typing import Any

import numpy as np

from helpers.check.answers import Array, as_numbers
from helpers.check.diagnosis import Diagnosis, structure
from helpers.check.diagnosis.mistakes import listed

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

OVERFLOW = (
    "A number gets too large for its type: np.exp(710) is inf, and inf / inf and inf - inf are NaN. "
    "Does np.exp meet a large number?"
)


def agree(one: Any, other: Any) -> bool:
    """Whether two answers of the same function are the same, but for rounding."""
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(agree, one, other))
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, equal_nan=True)
    return bool(one == other) or bool(one != one and other != other)  # NaN is NaN again


def known(trial: Any, case: dict, answer: Any) -> Any:
    """What is wrong in a teacher's words: a Misconception or a Diagnosis, or None."""
    meets = any(case is one for one in trial.together)
    mistake = None if meets else listed_where(trial, case, answer)
    if mistake:
        return mistake
    if shows_by_itself(trial, case, answer):
        return too_large(trial, case, answer)
    return (
        two_answers(trial, case)
        or whatever_is_asked(trial, case, answer)
        or examined(trial, case, answer)
        or looked_into(trial, case, answer)
        or listed(trial, case, answer)
    )


def shows_by_itself(trial: Any, case: dict, answer: Any) -> bool:
    """Whether the first line of the card says it already, as of an output that is all zeros."""
    kind = trial.exercise.parts[trial.part].answer
    if not isinstance(kind, Array):
        return False
    return bool(kind.plain(answer, trial.right(case), trial.slack(case)))


def too_large(trial: Any, case: dict, answer: Any) -> Diagnosis | None:
    """Where NaN or infinite numbers come of large ones: the same call with small ones is answered rightly."""
    yours = as_numbers(answer)
    floats = [n for n, v in case.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    if yours is None or np.all(np.isfinite(yours)) or not floats:
        return None
    largest = max(np.abs(case[name]).max(initial=0) for name in floats)
    for names in (*([name] for name in floats), floats):
        small = {**case, **{name: case[name] / max(largest, 1) for name in names}}
        try:
            made = trial.quietly(trial.answer, small)
            if made is None or trial.apart().difference(made, small):
                continue
        except Exception:  # an answer of another kind, or no such call
            continue
        which = " and ".join(f"`{name}`" for name in names)
        return Diagnosis(
            "too large for a float",
            f"there are NaN or infinite numbers in the output; with smaller numbers in {which} it is right.",
            OVERFLOW,
        )
    return None


def listed_where(trial: Any, case: dict, answer: Any) -> Any:
    """The listed mistake; where it is made in some calls only, with what is true of these."""
    mistake = listed(trial, case, answer)
    if not mistake or not isinstance(trial.exercise.parts[trial.part].answer, Array):
        return mistake
    plainer = [other for other in trial.cases if other.keys() <= case.keys()]
    answered = {beside(trial, mistake, other) for other in plainer}
    if "otherwise" in answered:
        return None  # this one agrees by chance, or there is another mistake
    place = structure.place(trial) if "rightly" in answered else ""
    if not place:
        return mistake
    return Diagnosis(mistake.name, f"where {place}, {mistake.sentence}", mistake.look)


def beside(trial: Any, mistake: Any, case: dict) -> str:
    """How a case is answered: "as mistaken", "rightly" where the mistake differs, or "otherwise"."""
    made, yours = trial.mistaken(mistake, case), trial.quietly(trial.answer, case)
    if made is None or yours is None:
        return "not at all"
    if trial.same(yours, made, case):
        return "as mistaken"
    return "rightly" if trial.same(yours, trial.right(case), case) else "otherwise"


def two_answers(trial: Any, case: dict) -> Diagnosis | None:
    """Where the same call, asked again, is answered otherwise."""
    given = [trial.quietly(trial.answer, case) for _ in range(2)] if case else [None]
    if any(answer is None for answer in given):
        return None
    with contextlib.suppress(Exception):  # an answer may be anything
        return None if agree(*given) else TWO_ANSWERS
    return None


def whatever_is_asked(trial: Any, case: dict, answer: Any) -> Diagnosis | None:
    """A mistake that any exercise can have: the answer does not depend on what was asked."""
    kind = trial.exercise.parts[trial.part].answer
    if not (isinstance(kind, Array) or kind.agrees_by_chance):
        return None
    names, seed = structure.alike(trial), structure.SEEDS[0]  # by chance a few may agree
    more = [other for name in names for other in trial.exercise.asked(name, seed)[0]]
    others = [other for other in (*trial.cases, *more) if other is not case]
    if isinstance(kind, Array) and any(trial.same(answer, trial.right(o), case) for o in others):
        return ANOTHER_CALLS
    given = [(trial.quietly(trial.answer, other), other) for other in others]
    given = [(yours, other) for yours, other in given if yours is not None]
    off = [yours for yours, other in given if not trial.same(yours, trial.right(other), other)]
    known_by_chance = len(given) - len(off)  # or by heart
    if len(given) < 2 or 4 * known_by_chance > len(given):
        return None
    if not all(trial.same(answer, yours, case) for yours in off):
        return None
    return ONE_TO_ALL if trial.visible else ONE_TO_ALL_OTHERS


def examined(trial: Any, case: dict, answer: Any) -> Diagnosis | None:
    """What the part ittrial finds when it looks at the answer, or asks for more."""
    part = trial.exercise.parts[trial.part]
    try:
        found = part.diagnose(answer, case) if part.diagnose else None
        if part.probe and not found:
            found = part.probe(case, answer, partial(trial.quietly, trial.answer))
        return found
    except Exception:  # an answer may be anything; the card has its numbers all the same
        return None


def looked_into(trial: Any, case: dict, answer: Any) -> Diagnosis | None:
    try:
        return structure.looked_into(trial, case, answer)
    except Exception:  # it asks much of a function that may be anything
        return None
