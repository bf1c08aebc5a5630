"""Zeros around an axis: whether their number is wrong, or only how they are shared between the ends.

Asked with the options of the call that is wrong, and no others: what these do together is another
question.
"""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

from helpers.check import oracle
from helpers.check.diagnosis import Diagnosis
from helpers.check.diagnosis.structure import Tried, relation, where

VALUES = {
    "n": (14, 15, 18, 23, 36),
    "k": (1, 2, 3, 4, 5, 7),
    "stride": (2, 3, 4),
    "dilation": (2, 3, 4),
}
"""What the arguments are in the calls that are tried."""


def zeros(case: dict[str, Any], answer: Any, ask: Callable) -> Diagnosis | None:
    tried = [one(dict(zip(case, row, strict=True)), ask) for row in product(*map(VALUES.get, case))]
    if any(t.yours is None for t in tried):
        return None
    return (
        regardless(tried, [name for name in case if name != "k"])
        or all_on_each_side(tried)
        or always_even(tried)
        or halves(tried)
        or total(tried)
    )


def one(case: dict[str, Any], ask: Callable) -> Tried:
    yours, right = ask(case), right_zeros(**case)
    whole = isinstance(yours, tuple | list) and len(yours) == 2 and all(int(n) == n for n in yours)
    yours = tuple(map(int, yours)) if whole else None
    return Tried(case, yours, right, yours != right)


right_zeros = cache(oracle.same_padding)


def regardless(tried: list[Tried], names: list[str]) -> Diagnosis | None:
    """Arguments that your numbers do not hang on, and the right ones do."""
    same = [
        name
        for name in names
        if changes(tried, name, "right") and not changes(tried, name, "yours")
    ]
    if not same:
        return None
    said = " and ".join(f"`{name}`" for name in same)
    return Diagnosis(
        "an argument without effect",
        f"your zeros are the same whatever {said} {'is' if len(same) == 1 else 'are'}.",
        "They are there for the last stop: see where it ends, and how far that is beyond cell n.",
    )


def changes(tried: list[Tried], name: str, whose: str) -> bool:
    """Whether with another value for one argument the numbers are others."""
    found: dict[tuple, set] = {}
    for t in tried:
        rest = tuple(value for key, value in t.case.items() if key != name)
        found.setdefault(rest, set()).add(getattr(t, whose))
    return any(len(numbers) > 1 for numbers in found.values())


def all_on_each_side(tried: list[Tried]) -> Diagnosis | None:
    if any(t.yours != (sum(t.right),) * 2 for t in tried):
        return None
    return Diagnosis(
        "all zeros on each side",
        "each side gets all of the zeros, so that there are twice as many.",
        "Split the total: before = total // 2, after = total - before.",
    )


def always_even(tried: list[Tried]) -> Diagnosis | None:
    if any(t.yours != (sum(t.right) // 2,) * 2 for t in tried):
        return None
    return Diagnosis(
        "a zero lost",
        "your two numbers are always the same: where the right total is odd, one zero is lost.",
        "before = total // 2, and after is all the rest: total - before.",
    )


def halves(tried: list[Tried]) -> Diagnosis | None:
    """Where the total is right in every call, and its halves are not."""
    wrong = [t for t in tried if t.wrong]
    if any(sum(t.yours) != sum(t.right) for t in tried):
        return None
    first = min(wrong, key=lambda t: sum(t.right))
    (before, after), right = first.yours, first.right
    at = where(tried)
    if {id(t) for t in wrong} == {id(t) for t in tried if sum(t.right) % 4 == 3}:
        look = "Where the total is 1 you are right: round() goes to the even number, // goes down."
    elif d := common(tried):
        look = f"All of your numbers are multiples of `{d}`: halve at the very end."
    else:
        look = f"So it is where {at}." if at else "total // 2 before, the rest after."
    return Diagnosis(
        "halves",
        f"here your total is right, its halves are not: {sum(right)} zeros are {right[0]} + {right[1]}, "
        f"and yours {before} + {after}.",
        look,
    )


def common(tried: list[Tried]) -> str:
    """An argument that divides all of your numbers, and not all right ones; or ""."""
    for name in ("dilation", "stride"):
        divides = [[n % t.case.get(name, 1) for n in t.yours] == [0, 0] for t in tried]
        if all(divides) and any(t.case.get(name, 1) > 1 for t in tried):
            return name
    return ""


def total(tried: list[Tried]) -> Diagnosis | None:
    """By how much the total is wrong, where any zeros are needed; and in which calls."""
    wrong = [t for t in tried if sum(t.yours) != sum(t.right)]
    needed = [t for t in wrong if sum(t.right)]
    if not wrong:
        return None
    if not needed:
        example = wrong[0]
        called = ", ".join(f"{name}={value}" for name, value in example.case.items())
        return Diagnosis(
            "zeros that are not needed",
            "where zeros are needed your total is right; where none are, you add some.",
            f"With {called} the last stop ends on the axis: yours are {sum(example.yours)}, right is 0.",
        )
    how = relation(*[list(side) for side in zip(*map(totals, needed), strict=True)])
    if not how:
        return None
    which = [t for t in tried if sum(t.right)]
    place = "" if len(which) == len(needed) else where([marked(t) for t in which])
    if len(which) > len(needed) and not place:
        return None
    at = f"where {place}, " if place else ""
    only = ", wherever zeros are needed" if len(which) < len(tried) and not place else ""
    return Diagnosis(
        "the total",
        f"{at}your total, `before` + `after`, is {how}{only}.",
        "How many stops are there, where does the last one start, and where does it end?",
    )


def totals(t: Tried) -> tuple[dict[str, Any], int, int]:
    return t.case, sum(t.yours), sum(t.right)


def marked(t: Tried) -> Tried:
    return Tried(t.case, t.yours, t.right, sum(t.yours) != sum(t.right))
