"""What is wrong with a function, found by asking it more: where it is wrong, and by how much.

No list of mistakes: what is said here was tried on the function, and holds for every call that was
tried. A number can agree by chance, so many calls are tried, of all parts and with other seeds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from contract import calling
from helpers.check.answers import Array, Count, Counts, as_numbers
from helpers.check.diagnosis import Diagnosis, impulses
from helpers.check.diagnosis.facts import facts, numbers, terms
from helpers.check.diagnosis.likeness import confined, likeness
from helpers.check.diagnosis.mistakes import listed

SEEDS = (811, 812)
"""Of the calls that are tried besides those that are asked."""
FEW = 3
"""So many calls must show what is said of where a function is wrong, and so many must not."""


@dataclass(frozen=True)
class Tried:
    case: dict[str, Any]
    yours: Any
    right: Any
    wrong: bool


def looked_into(trial: Any, case: dict, answer: Any) -> Diagnosis | None:
    """What there is to say of a wrong answer that is no listed mistake; None where nothing is sure."""
    kind = trial.exercise.parts[trial.part].answer
    counts = isinstance(kind, Count | Counts)
    padded = case.get("padding") == "same"
    like = partial(likeness, bias=case.get("bias"), padded=padded, x=case.get("x"))
    found = meeting(trial.apart(), case) or likened(trial, like, case, answer)
    if found:
        return found
    place = likened(trial, confined, case, answer)
    if place and place.name == "never filled":
        return place
    found = another_question(trial) if counts else a_single_weight(trial, case)
    if found:
        return found
    for tried in (every(trial), every(trial, (trial.part,))):
        when = where(tried)
        how = amount(trial, [t for t in tried if t.wrong]) if counts else ""
        if when or how:
            return told(when, how, all(t.wrong for t in tried))
    return effect(trial.apart(), [t.case for t in tried if t.wrong]) if counts else place


def likened(trial: Any, look: Callable, case: dict, answer: Any) -> Diagnosis | None:
    """What ``look`` sees in the two arrays; None where the answer is none of the kind."""
    kind, yours = trial.exercise.parts[trial.part].answer, as_numbers(answer)
    if not isinstance(kind, Array) or yours is None:
        return None
    return look(
        yours, trial.right(case), kind.axes, kind.room(np.max(trial.slack(case), initial=0))
    )


def a_single_weight(trial: Any, case: dict) -> Diagnosis | None:
    """In the call without the options that it is wrong without, too; these are named."""
    few, _ = shortened(trial.apart(), case)
    found = impulses.single(trial.apart(), few)
    left_out = [f"`{name}`" for name in case if name not in few]
    if not found or not left_out:
        return found
    return replace(found, sentence=f"even without {' and '.join(left_out)}, {found.sentence}")


def alike(trial: Any) -> list[str]:
    """The parts that look at the same of an answer."""
    parts, own = trial.exercise.parts, trial.exercise.parts[trial.part]
    return [name for name, p in parts.items() if p.view is own.view and p.answer == own.answer]


def every(trial: Any, parts: Sequence[str] = ()) -> list[Tried]:
    """The function's answers to the calls of these parts, or of all that look at the same of it."""
    cases = [*trial.cases, *trial.together]
    for seed in SEEDS:
        for name in parts or alike(trial):
            one_by_one, together, _ = trial.exercise.asked(name, seed)
            cases += [*one_by_one, *together]
    calling.expect(trial.function, cases)
    found = []
    for case in cases:
        yours, right = trial.quietly(trial.answer, case), trial.right(case)
        try:
            wrong = yours is None or bool(trial.difference(yours, case))
        except Exception:  # an answer of another kind
            wrong = True
        found.append(Tried(case, yours, right, wrong))
    return found


# ---------------------------------------------------------------- options that meet


def meeting(trial: Any, case: dict) -> Diagnosis | None:
    """Options that are each right alone and wrong together, found by leaving one out at a time."""
    alone, kept = shortened(trial, case)
    if len(kept) < 2:
        return None
    names = ", ".join(f"`{name}`" for name in kept[:-1]) + f" and `{kept[-1]}`"
    known = listed(trial, alone, trial.quietly(trial.answer, alone))
    if known:
        return Diagnosis(known.name, f"where {names} come together, {known.sentence}", known.look)
    return Diagnosis(
        "options together",
        f"with {names} together it is wrong, and right with each of them left out.",
        "Follow a call with all of them through your function: which line sees only one?",
    )


def shortened(trial: Any, case: dict) -> tuple[dict, list[str]]:
    """The call without the options that it is wrong without, too; and the options that are left."""
    options = [name for name in case if name not in trial.exercise.required]

    def is_wrong(kept: list[str]) -> bool:
        asked = {k: v for k, v in case.items() if k in kept or k not in options}
        try:
            trial.right(asked)
        except Exception:  # there is no such call: a dy of another stride, say
            return False
        yours = trial.quietly(trial.answer, asked)
        return yours is None or bool(trial.difference(yours, asked))

    kept = list(options)
    for name in options:
        less = [other for other in kept if other != name]
        kept = less if less != kept and is_wrong(less) else kept
    return {k: v for k, v in case.items() if k in kept or k not in options}, kept


# ---------------------------------------------------------------- where, and by how much


def where(tried: list[Tried]) -> str:
    """What is true of every call that is wrong, and of no other; "" where nothing is, or all are wrong."""
    wrong = np.array([t.wrong for t in tried])
    if wrong.sum() < FEW or (~wrong).sum() < FEW:
        return ""
    said = [facts(t.case, t.right) for t in tried]
    names = list(dict.fromkeys(name for one in said for name in one))
    true = np.array([[one.get(name, False) for one in said] for name in names])
    sentences = [*names, *map(negated, names)]
    true = np.concatenate([true, ~true])
    of_all = [n for n in range(len(sentences)) if true[n][wrong].all()]  # only these can be meant
    for n in of_all:
        if not true[n][~wrong].any():
            return sentences[n]
    for one, other in combinations(of_all, 2):
        if not (true[one] & true[other])[~wrong].any():
            return f"{sentences[one]} and {sentences[other]}"
    return ""


def negated(fact: str) -> str:
    for yes, no in ((" is ", " is not "), (" has ", " has not "), (" holds ", " does not hold "),
                    (" divides ", " does not divide "), (" sums ", " does not sum ")):  # fmt: skip
        if yes in fact:
            return fact.replace(yes, no, 1)
    return f"not: {fact}"


def place(trial: Any) -> str:
    """`where`, in all calls that look at the same of an answer, or else in those of this part."""
    return where(every(trial)) or where(every(trial, (trial.part,)))


def told(place: str, how: str, always: bool) -> Diagnosis:
    if place and how:
        sentence = f"where {place}, yours is {how}."
    elif place:
        sentence = f"yours is wrong exactly where {place}."
    else:
        sentence = f"yours is {how}{'' if always else ', wherever it is wrong'}."
    rest = (
        "In every call that was tried."
        if always
        else "In all other calls that were tried it is right."
    )
    return Diagnosis(
        "wrong in some calls" if place else "wrong by a factor or a sum", sentence, rest
    )


def amount(trial: Any, wrong: list[Tried]) -> str:
    """By how much the numbers are wrong, the same way in all calls: "3 too large", "…" """
    for yours, right, name in pairs(trial, wrong):
        said = relation([t.case for t in wrong], yours, right)
        if said:
            return f"{said} in {name}" if name else said
    return ""


def pairs(trial: Any, wrong: list[Tried]):
    """Your numbers beside the right ones; of a tuple, each of its items that is wrong, and their sums."""
    kind = trial.exercise.parts[trial.part].answer
    names = getattr(kind, "names", ("",))
    items = []
    for at, name in enumerate(names):
        yours = [whole(t.yours if not name else item_of(t.yours, at)) for t in wrong]
        right = [whole(t.right if not name else t.right[at]) for t in wrong]
        items.append((yours, right))
        if None not in yours and yours != right:
            yield yours, right, f"`{name}`" if name else ""
    if len(items) > 1 and not any(None in yours for yours, _ in items):
        yours, right = (
            [sum(row) for row in zip(*side, strict=True)] for side in zip(*items, strict=True)
        )
        if yours != right:
            yield yours, right, f"the sum of {' and '.join(f'`{name}`' for name in names)}"


def item_of(answer: Any, at: int) -> Any:
    return answer[at] if isinstance(answer, tuple | list) and len(answer) > at else None


def whole(number: Any) -> int | None:
    is_whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    return int(number) if is_whole else None


def relation(cases: list[dict], yours: list[int], right: list[int]) -> str:
    """How the numbers differ: by a constant, a factor, or something that was asked about."""
    off = {y - r for y, r in zip(yours, right, strict=True)}
    if len(cases) < FEW:
        return ""
    if len(off) == 1 and 0 not in off:
        (by,) = off
        return f"{abs(by):,} too {'large' if by > 0 else 'small'}"
    if 0 in right:
        return ""
    shares = {Fraction(y, r) for y, r in zip(yours, right, strict=True)}
    if len(shares) == 1 and shares != {Fraction(0)}:
        return f"{shares.pop()} times the right number"
    if shares == {Fraction(0)}:
        return "0"
    known = [terms(case) for case in cases]
    for name in known[0]:
        values = [k.get(name) for k in known]
        if None in values or len(set(values)) < 2:
            continue
        rows = list(zip(yours, right, values, strict=True))
        for fits, said in (
            (lambda y, r, v: y == r * v, f"`{name}` times the right number"),
            (lambda y, r, v: y * v == r, f"the right number divided by `{name}`"),
            (lambda y, r, v: y == r + v, f"too large by `{name}`"),
            (lambda y, r, v: y == r - v, f"too small by `{name}`"),
        ):
            if all(fits(*row) for row in rows):
                return said
    return ""


# ---------------------------------------------------------------- the answer to another question


def another_question(trial: Any) -> Diagnosis | None:
    """Where all wrong answers are right ones to a call with one thing changed, the same in each."""
    wrong = [t for t in every(trial) if t.wrong and t.yours is not None]
    if len(wrong) < FEW:
        return None
    for said, change in changes(wrong[0].case):
        others = [change(t.case) for t in wrong]
        changed = all(o != t.case for o, t in zip(others, wrong, strict=True))
        if changed and answered(trial, wrong, others):
            look = f"You answer {calling.signature(trial.exercise.name, others[0])}."
            return Diagnosis("the answer to another question", f"yours is right for {said}.", look)
    return None


def answered(trial: Any, wrong: list[Tried], others: list[dict]) -> bool:
    """Whether your answers are the right ones to the other calls."""
    for t, other in zip(wrong, others, strict=True):
        try:
            right = trial.exercise.right(other, trial.part)
        except Exception:  # no such call: a kernel of no rows, say
            return False
        if right != t.yours:  # most end here, at the first one
            return False
    return True


Change = Callable[[dict], dict]


def changes(case: dict) -> Iterator[tuple[str, Change]]:
    """What a call could be taken for: one more, one less, turned round, squared, exchanged."""
    for name in dict.fromkeys([*numbers(case), "dilation", "stride", "depth_multiplier"]):
        for by, said in ((1, "one more"), (-1, "one less")):
            yield f"{said} `{name}`", partial(shifted, name=name, by=by)
    for names in (("kernel_size",), ("input_size",), ("kernel_size", "input_size")):
        said = " and ".join(f"`{name}`" for name in names)
        for sides, how in (((1, 0), "turned round"), ((0, 0), "square, of the height"),
                           ((1, 1), "square, of the width")):  # fmt: skip
            yield f"{said} {how}", partial(resided, names=names, sides=sides)
    for one, other in (("in_channels", "filters"), ("n", "k"), ("stride", "dilation")):
        yield f"`{one}` and `{other}` exchanged", partial(exchanged, one=one, other=other)


def shifted(case: dict, name: str, by: int) -> dict:
    """With another number for an argument, or for a side of it: "kernel_size[0]"."""
    argument, _, side = name.rstrip("]").partition("[")
    if argument not in case:
        return case
    value = case[argument]
    if side:
        moved = tuple(n + by * (i == int(side)) for i, n in enumerate(value))
        return {**case, argument: moved}
    return {**case, argument: value + by}


def resided(case: dict, names: Sequence[str], sides: tuple[int, int]) -> dict:
    return {k: tuple(v[i] for i in sides) if k in names else v for k, v in case.items()}


def exchanged(case: dict, one: str, other: str) -> dict:
    if one not in case and other not in case:
        return case
    return {**case, one: case.get(other, 1), other: case.get(one, 1)}


# ---------------------------------------------------------------- what one argument does

IN_TURN = ("depth_multiplier", "kernel_size", "in_channels", "filters", "n", "k", "dilation",
           "stride", "input_size")  # fmt: skip
"""The arguments in the order in which they are looked at."""


def effect(trial: Any, cases: list[dict]) -> Diagnosis | None:
    """An argument whose effect on your number is another than on the right one, in every call."""
    names = sorted(numbers(cases[0]), key=lambda name: IN_TURN.index(name.partition("[")[0]))
    steps = [(f"one more `{name}`", partial(shifted, name=name, by=1)) for name in names]
    for what, change in (("`use_bias`", biased), *steps):
        said = [line for c in cases[:12] if (line := compared(trial, c, what, change)) is not None]
        if len(said) >= FEW and "" not in said:
            return Diagnosis("the effect of an argument", said[0], "Change it alone, and compare.")
    return None


def biased(case: dict) -> dict:
    """With biases where there were none; the other way round it would be a number less."""
    return {k: v for k, v in case.items() if k != "use_bias"} if "use_bias" in case else case


def compared(trial: Any, case: dict, what: str, change: Change) -> str | None:
    """What a change does to both numbers; "" where the same, None where there is nothing to change."""
    other = change(case)
    if other == case:
        return None
    answers = [whole(trial.quietly(trial.answer, asked)) for asked in (case, other)]
    if None in answers:
        return None
    rights = [int(trial.exercise.right(asked, trial.part)) for asked in (case, other)]
    ours, theirs = rights[1] - rights[0], answers[1] - answers[0]
    if ours == theirs:
        return ""
    does = f"changes yours by {theirs:+,}" if theirs else "leaves yours as it is"
    return f"{what} {does}; it should change it by {ours:+,}."
