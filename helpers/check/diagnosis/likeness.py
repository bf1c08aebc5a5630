"""How a wrong array is like the right one: turned, cut, moved, summed or scaled along an axis.

Each sentence was tried: with what it says undone, your numbers are the right ones.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import combinations, permutations, product

import numpy as np

from helpers.check.diagnosis import Diagnosis

Axes = Sequence[str]
FEW = 3
"""An array of fewer different numbers is like many others by chance."""
LISTED = 4
"""So many factors, or differences, are written out."""


def likeness(
    yours: np.ndarray,
    right: np.ndarray,
    axes: Axes,
    room: float,
    bias: np.ndarray | None = None,
    padded: bool = False,
    x: np.ndarray | None = None,
) -> Diagnosis | None:
    """What was done to the right numbers to make yours, where it is one thing; else None.

    ``room`` is by how much two numbers may differ and still be the same; ``padded`` says whether
    zeros were put around an image; ``x`` is the input, which some functions only put in order.
    """

    def same(a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and bool(np.all(np.abs(a - b) <= room))

    if len(np.unique(right)) < FEW or not np.all(np.isfinite(yours)):
        return None
    if bias is not None and (
        found := bias_times(yours, right, bias, same)
        or bias_of_another(yours, right, bias, axes, same)
    ):
        return found
    looks = (
        (turned, cut_anew, summed, too_short_or_long)
        if yours.shape != right.shape
        else (turned, cut_anew, mirrored, partial(moved, x=x), another_order, scaled, raised)
    )
    found = next(filter(None, (look(yours, right, axes, same) for look in looks)), None)
    if found and padded and found.name == "too short or too long":
        return replace(
            found,
            look="How many zeros stand in front along that axis, how many behind? How many stops follow?",
        )
    return found


# ---------------------------------------------------------------- the same numbers elsewhere


def turned(yours, right, axes, same) -> Diagnosis | None:
    if sorted(yours.shape) != sorted(right.shape):
        return None
    for order in permutations(range(right.ndim)):
        if order != tuple(range(right.ndim)) and same(yours.transpose(order), right):
            names = [axes[order.index(k)] for k in range(right.ndim)]
            return Diagnosis(
                "axes in another order",
                f"your numbers are right, but your axes are in another order: ({', '.join(names)}).",
                f"({', '.join(axes)}) is asked for.",
            )
    return None


def cut_anew(yours, right, axes, same) -> Diagnosis | None:
    """The right numbers in a row, or in another order of axes, cut into another shape."""
    if yours.size != right.size:
        return None
    if same(yours.reshape(right.shape), right):
        gone = yours.ndim < right.ndim and 1 in right.shape
        swapped = [n for n, a, b in zip(axes, yours.shape, right.shape, strict=False) if a != b]
        only = "only the shape is another"
        if yours.ndim == right.ndim and len(swapped) == 2:
            only = f"only {swapped[0]} and {swapped[1]} have changed places in the shape"
        only = "an axis of length 1 is missing" if gone else only
        return Diagnosis(
            "another shape",
            f"your numbers are right, and in their order; {only}.",
            f"Shape {right.shape} is asked for: ({', '.join(axes)}).",
        )
    for order in permutations(range(right.ndim)):
        moved = right.transpose(order)
        if order != tuple(range(right.ndim)) and same(yours.ravel(), moved.ravel()):
            names = ", ".join(axes[k] for k in order)
            return Diagnosis(
                "axes mixed up by a reshape",
                f"your numbers are the right ones in the order ({names}), cut into another shape.",
                "A reshape does not exchange axes: transpose does.",
            )
    return None


def mirrored(yours, right, axes, same) -> Diagnosis | None:
    for many in range(1, right.ndim + 1):
        for some in combinations(range(right.ndim), many):
            if same(np.flip(yours, some), right):
                names = " and ".join(axes[k] for k in some)
                return Diagnosis(
                    "mirrored",
                    f"your numbers are right, but back to front along the {names} axis.",
                    "In which direction do you read, and in which do you write?",
                )
    return None


def another_order(yours, right, axes, same) -> Diagnosis | None:
    """Slices along one axis that stand elsewhere, or several times."""
    for axis, name in enumerate(axes):
        mine, wanted = (np.moveaxis(a, axis, 0) for a in (yours, right))
        if not 1 < len(wanted) <= 64:
            continue
        source = found_in(mine, wanted, same)
        if not all(source):
            continue
        at, other = next((i, js[0]) for i, js in enumerate(source) if i not in js)
        again = len({js[0] for js in source}) < len(source)
        return Diagnosis(
            "slices of an axis in another order",
            f"your {name} {at} is the right {name} {other}"
            + (", which is there more than once." if again else "; the others are there, too."),
            f"In order, your {name}s are the right {in_a_row([js[0] for js in source])}. "
            f"Follow {name} {at} through your function: where is it read, where is it put?",
        )
    return None


def moved(yours, right, axes, same, x) -> Diagnosis | None:
    """Of a function that puts slices of its input in order: in which order yours are, and the right ones."""
    if x is None or not yours.shape == right.shape == x.shape:
        return None
    for axis, name in enumerate(axes):
        mine, wanted, given = (np.moveaxis(a, axis, 0) for a in (yours, right, x))
        if not 1 < len(given) <= 64:
            continue
        source, order = (found_in(a, given, same) for a in (mine, wanted))
        if all(len(js) == 1 for js in (*source, *order)) and source != order:
            here, there = (in_a_row([js[0] for js in some]) for some in (source, order))
            return Diagnosis(
                "slices of the input in another order",
                f"your {name}s are the input's {here}; right is {there}.",
                "Follow one of them through your function: where is it read, where is it put?",
            )
    return None


def found_in(some: np.ndarray, others: np.ndarray, same: Callable) -> list[list[int]]:
    """For each slice the numbers of all that it equals."""
    return [[j for j, other in enumerate(others) if same(one, other)] for one in some]


def in_a_row(numbers: Sequence, most: int = 12) -> str:
    return ", ".join(map(str, numbers[:most])) + (", …" if len(numbers) > most else "")


# ---------------------------------------------------------------- more or fewer numbers


def summed(yours, right, axes, same) -> Diagnosis | None:
    """A sum over axes that should stay, or a sum that was left out."""
    for some in subsets(yours.ndim):
        if same(yours.sum(axis=some), right):
            lengths = " and ".join(f"{k} (of length {yours.shape[k]})" for k in some)
            return Diagnosis(
                "a sum left out",
                f"a sum is left out: added up over your axis {lengths}, your numbers are right.",
                f"Only ({', '.join(axes)}) stays.",
            )
    for some, keep in product(subsets(right.ndim), (False, True)):
        for what, said in ((np.sum, "add up"), (np.mean, "average")):
            if same(yours, np.asarray(what(right, axis=some, keepdims=keep))):
                stay = f"{listed([axes[k] for k in some])}, which should stay"
                over = stay if len(some) < right.ndim else "everything; no axis is left"
                return Diagnosis(
                    "a sum too many",
                    f"you {said} over {over}.",
                    f"({', '.join(axes)}) is asked for.",
                )
    return None


def listed(names: Sequence[str]) -> str:
    """ "rows and columns" """
    *most, last = [f"{name}s" for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def subsets(many: int) -> Iterator[tuple[int, ...]]:
    for size in range(1, many + 1):
        yield from combinations(range(many), size)


def too_short_or_long(yours, right, axes, same) -> Diagnosis | None:
    """Right in what both have, with more or less of it along an axis or two."""
    if yours.ndim != right.ndim:
        return None
    common = [min(pair) for pair in zip(yours.shape, right.shape, strict=True)]
    if 0 in common or np.prod(common) < FEW:
        return None
    more = [abs(m - n) for m, n in zip(yours.shape, right.shape, strict=True)]
    if sum(n > 0 for n in more) > 2 or max(more) > 64:
        return None
    for start in product(*(range(n + 1) for n in more)):
        mine, wanted = (part(a, common, start) for a in (yours, right))
        if same(mine, wanted):
            said = " and ".join(
                surplus(axis, m - n, s)
                for axis, m, n, s in zip(axes, yours.shape, right.shape, start, strict=True)
                if m != n
            )
            return Diagnosis(
                "too short or too long",
                f"yours {said}; all the others are right.",
                "Where does your loop begin, and where does it end?",
            )
    return None


def part(array: np.ndarray, shape: Sequence[int], start: Sequence[int]) -> np.ndarray:
    """So much of the array, from ``start`` on where there is more of it."""
    at = zip(array.shape, shape, start, strict=True)
    return array[tuple(slice(s, s + few) if many > few else slice(None) for many, few, s in at)]


def surplus(axis: str, more: int, start: int) -> str:
    """ "has 1 column too many, at the end": ``start`` of them are in front."""
    many = f"{abs(more)} {axis}{'s' if abs(more) > 1 else ''}"
    where = {0: "at the end", abs(more): "at the start"}.get(start, "on both sides")
    return f"has {many} too many, {where}" if more > 0 else f"lacks {many}, {where}"


# ---------------------------------------------------------------- the same change to every number


def scaled(yours, right, axes, same) -> Diagnosis | None:
    """Multiplied by one number, or along an axis by one for each place."""
    used = np.abs(right) > 1e-6 * np.abs(right).max()
    for axis in (None, *range(right.ndim)):
        with np.errstate(all="ignore"):
            factor = steady(np.where(used, yours / right, np.nan), axis, np.nanmedian)
        if np.all(np.isfinite(factor)) and same(right * factor, yours):
            few = few_wrong(yours, right, axis, same)
            if few:
                return one_place("scaled", few, factor, axes[axis], factored)
            return changed("scaled", "{} times the right ones", factor, axis, axes, ratio)
    return None


def raised(yours, right, axes, same) -> Diagnosis | None:
    """The same number added everywhere, or along an axis one for each place."""
    for axis in (None, *range(right.ndim)):
        step = steady(yours - right, axis, np.median)
        if same(right + step, yours):
            few = few_wrong(yours, right, axis, same)
            if few:
                return one_place("raised", few, step, axes[axis], enlarged)
            too = "too small" if step.max() < 0 else "too large"
            by = -step if step.max() < 0 else step
            return changed("raised", too + " by {}", by, axis, axes, "{:.4g}".format)
    return None


def bias_times(yours, right, bias, same) -> Diagnosis | None:
    """Where all that is wrong is how often the bias was added."""
    if yours.shape != right.shape or bias.shape != right.shape[-1:] or not bias.all():
        return None
    more = float(np.median((yours - right) / bias))
    if not same(right + more * bias, yours):
        return None
    often = "is left out" if abs(more + 1) < 1e-6 else f"is added {ratio(more + 1)} times"
    return Diagnosis("bias not once", f"the bias {often}.", "It is added once, to every number.")


def bias_of_another(yours, right, bias, axes, same) -> Diagnosis | None:
    """Where each filter got a number of the bias, or none, but not its own."""
    if yours.shape != right.shape or bias.shape != right.shape[-1:] or len(np.unique(bias)) < FEW:
        return None
    step = steady(yours - right, right.ndim - 1, np.median).ravel()
    if not same(right + step, yours):
        return None
    taken = []
    for at, number in enumerate(bias + step):
        fitting = [j for j, b in enumerate(bias) if same(number, b)]
        if not fitting and not same(number, np.float64(0)):
            return None
        taken.append(at if at in fitting else fitting[0] if fitting else None)
    wrong = [at for at, j in enumerate(taken) if j != at]
    if not wrong:
        return None
    at, name = wrong[0], axes[-1]
    got = "no bias" if taken[at] is None else f"bias[{taken[at]}]"
    row = ["none" if j is None else f"bias[{j}]" for j in taken]
    return Diagnosis(
        "the bias of another",
        f"your {name} {at} gets {got}; bias[{at}] belongs there.",
        f"In order, your {name}s get {in_a_row(row)}.",
    )


def few_wrong(yours, right, axis: int | None, same) -> list[int]:
    """The places along an axis that are wrong where most are right, and too many to be listed; else []."""
    if axis is None or right.shape[axis] <= LISTED:
        return []
    pairs = zip(np.moveaxis(yours, axis, 0), np.moveaxis(right, axis, 0), strict=True)
    wrong = [at for at, (mine, wanted) in enumerate(pairs) if not same(mine, wanted)]
    return wrong if 4 * len(wrong) <= right.shape[axis] else []


def one_place(name: str, wrong: list[int], by: np.ndarray, axis: str, said: Callable) -> Diagnosis:
    """Which place along an axis is wrong, and how; the others are right."""
    at = wrong[0]
    how = said(by.ravel()[at])
    alike = all(said(by.ravel()[other]) == how for other in wrong)
    if len(wrong) == 1:
        which = f"your {axis} {at} is {how}; all other {axis}s are right."
    elif alike:
        *most, last = map(str, wrong)
        which = f"your {axis}s {', '.join(most)} and {last} are {how}; all others are right."
    else:
        which = f"your {axis} {at} is {how}; wrong are only the {axis}s {in_a_row(wrong)}."
    return Diagnosis(name, which, f"What does your function do otherwise at {axis} {at}?")


def factored(by: float) -> str:
    return "0" if abs(by) < 1e-9 else f"{ratio(by)} times what it should be"


def enlarged(by: float) -> str:
    return f"too {'large' if by > 0 else 'small'} by {abs(by):.4g}"


def steady(values: np.ndarray, axis: int | None, middle: Callable) -> np.ndarray:
    """One value for all, or one for each place along an axis."""
    others = tuple(k for k in range(values.ndim) if k != axis)
    if axis is not None and values.shape[axis] in (1, values.size):  # then one fits whatever it is
        return np.full((1,) * values.ndim, np.nan)
    return np.asarray(middle(values, axis=others, keepdims=True))


def changed(name, how, by, axis, axes, written) -> Diagnosis:
    shown = in_a_row([written(v) for v in by.ravel()], LISTED)
    said = how.format(shown)
    sentence = (
        f"all your numbers are {said}."
        if axis is None
        else f"your numbers are {said}, from {axes[axis]} to {axes[axis]}."
    )
    return Diagnosis(name, sentence, "What comes in too often, or not often enough?")


def ratio(value: float) -> str:
    near = Fraction(value).limit_denominator(1000)
    exact = abs(float(near) - value) < 1e-7 * max(abs(value), 1)
    return str(near) if exact and near.denominator <= 1000 else f"{value:.4g}"


# ---------------------------------------------------------------- wrong in one place only


def confined(yours: np.ndarray, right: np.ndarray, axes: Axes, room: float) -> Diagnosis | None:
    """Where the wrong numbers are, if that is a place with a name; else None."""
    off = np.abs(yours - right) > room
    places = [place for k, axis in enumerate(axes) if (place := along(off, k, axis))]
    if not places and at_the_edges(off, axes):
        places = ["rows and columns at the edges"]
    if not places or scattered(off, (yours != 0) | (right != 0)):
        return None
    nothing = "" if yours[off].any() else ", and 0 there"
    return Diagnosis(
        "never filled" if nothing else "wrong in one place",
        f"yours is wrong in {' and '.join(places)} only{nothing}; the rest is right.",
        "Does your loop come there, and with what?",
    )


def scattered(off: np.ndarray, counts: np.ndarray) -> bool:
    """Whether most of what is there is right all the same: then the place is chance, and no rule."""
    there = counts
    for k in range(off.ndim):
        others = tuple(n for n in range(off.ndim) if n != k)
        there = there & off.any(axis=others, keepdims=True)
    return bool(2 * off.sum() < there.sum())


def along(off: np.ndarray, axis: int, name: str) -> str:
    """Which places along an axis have wrong numbers, in words; "" where all have, or no rule is seen."""
    places = np.flatnonzero(off.any(axis=tuple(k for k in range(off.ndim) if k != axis)))
    many = off.shape[axis]
    if many < FEW - 1 or len(places) == many:
        return ""
    known = {
        (many - 1,): f"the last {name}",
        (0,): f"the first {name}",
        tuple(range(1, many)): f"every {name} but the first",
        tuple(range(many - 1)): f"every {name} but the last",
        tuple(range(1, many, 2)): f"every second {name}",
        tuple(range(0, many, 2)): f"every second {name}, from the first on",
    }
    found = tuple(int(place) for place in places)
    if found in known or len(found) == 1:
        return known.get(found, f"{name} {found[0]}")
    if found == tuple(range(found[0], many)):
        return f"the {name}s from {found[0]} on"
    return f"the {name}s up to {found[-1]}" if found == tuple(range(found[-1] + 1)) else ""


def at_the_edges(off: np.ndarray, axes: Axes) -> bool:
    inner = tuple(slice(1, -1) if name in ("row", "column") else slice(None) for name in axes)
    return {"row", "column"} <= set(axes) and off[inner].size > 0 and not off[inner].any()
