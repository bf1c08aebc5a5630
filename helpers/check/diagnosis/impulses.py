"""Which products a linear function adds up: one number is 1, the others 0, and the rest can be told apart.

A convolution is linear in the image and in the kernel. With a single weight set, every number of the
output is one pixel, and says which: the pixel that this weight should have met, or another one.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from helpers.check.diagnosis import Diagnosis
from helpers.check.diagnosis.facts import AXES

PLACES = 6
"""So many weights are tried: the first, the last, and some in between."""
CLOSE = {"rtol": 1e-5, "atol": 1e-7}
NAME = "other products"

Index = tuple[int, ...]


def single(trial: Any, case: dict) -> Diagnosis | None:
    """What a wrong function makes of a single weight; None where it is not linear, or does all right."""
    arrays = [name for name, value in case.items() if isinstance(value, np.ndarray)]
    arrays = [name for name in arrays if matters(trial, case, name)]
    if not arrays or not all(is_linear(trial, case, name) for name in arrays if name != "bias"):
        return None
    if found := not_from_these(trial, case, arrays):
        return found
    labelled = max(arrays, key=lambda name: case[name].size)
    if "bias" in arrays:
        bare = {
            n: np.zeros(np.shape(v)) if n in arrays and n != "bias" else v for n, v in case.items()
        }
        tried = [(told_apart(bare, "bias"), "")]
    else:
        tried = weights(trial, told_apart(case, labelled), [n for n in arrays if n != labelled])
    for made, one in tried:
        yours, right = trial.quietly(trial.answer, made), trial.exercise.right(made, trial.part)
        yours = np.asarray(yours, dtype=float)
        if yours.shape != right.shape:
            return None
        if not np.allclose(yours, right, **CLOSE):
            name = "bias" if "bias" in arrays else labelled
            alone = (
                instead(yours, right, made[name], name) if arrays == [name] != ["bias"] else None
            )
            return alone or said(yours, right, made[name], name, one)
    return None


def not_from_these(trial: Any, case: dict, arrays: list[str]) -> Diagnosis | None:
    """Numbers that are there although all weights and pixels are 0."""
    made = {n: np.zeros(np.shape(v)) if n in arrays else v for n, v in case.items()}
    yours, right = trial.quietly(trial.answer, made), trial.exercise.right(made, trial.part)
    yours = np.asarray(yours, dtype=float)
    if yours.shape != right.shape or np.allclose(yours, right, **CLOSE):
        return None
    at = tuple(int(i) for i in np.argwhere(yours)[0])
    names = " and ".join(f"`{name}`" for name in arrays)
    return Diagnosis(
        "something added",
        f"where {names} hold nothing but zeros, your {written('output', at)} is {yours[at]:.4g}, not 0.",
        "Is something added, or left from the start, that was not asked for?",
    )


def is_linear(trial: Any, case: dict, name: str) -> bool:
    """Whether twice the array makes the right answer twice as large."""
    plain = {n: v for n, v in case.items() if n != "bias"}
    once = trial.exercise.right(plain, trial.part)
    twice = trial.exercise.right({**plain, name: 2 * plain[name]}, trial.part)
    return isinstance(once, np.ndarray) and np.allclose(2 * once, twice, **CLOSE)


def matters(trial: Any, case: dict, name: str) -> bool:
    """Whether the right answer depends on the array at all: a kernel's gradient does not on the kernel."""
    rights = [trial.exercise.right({**case, name: n * case[name]}, trial.part) for n in (1, 2)]
    return not np.array_equal(*rights)


def told_apart(case: dict, name: str) -> dict:
    """With numbers between 1 and 2 in an array, of which no two agree."""
    values = np.random.default_rng(0).permutation(np.linspace(1, 2, np.size(case[name])))
    return {**case, name: values.reshape(np.shape(case[name]))}


def weights(trial: Any, case: dict, names: list[str]) -> Iterator[tuple[dict, str]]:
    """The case with one weight set in each of these arrays, and these weights as one writes them."""
    rng, found = np.random.default_rng(0), 0
    sizes = [case[name].size for name in names]
    places = [tuple(0 for _ in sizes), tuple(size - 1 for size in sizes)]
    places += [tuple(int(rng.integers(size)) for size in sizes) for _ in range(40)]
    for flat in dict.fromkeys(places):
        made, said = dict(case), []
        for name, at in zip(names, flat, strict=True):
            made[name] = np.zeros(case[name].shape)
            made[name].flat[at] = 1
            said.append(written(name, np.unravel_index(at, case[name].shape)))
        if trial.exercise.right(made, trial.part).any():  # else these two never meet
            found += 1
            yield made, " · ".join(said)
        if found == PLACES:
            return


def written(name: str, index: Any) -> str:
    return f"{name}[{', '.join(str(int(i)) for i in index)}]"


def instead(
    yours: np.ndarray, right: np.ndarray, labels: np.ndarray, name: str
) -> Diagnosis | None:
    """Of a function that moves the numbers of its one array: which stands where another should."""
    at = tuple(int(i) for i in np.argwhere(~np.isclose(yours, right, **CLOSE))[0])
    mine, wanted = met(yours[at], labels), met(right[at], labels)
    if wanted is None:
        return None
    here, there = (f"`{written(name, index)}`" if index else "0" for index in (mine, wanted))
    if mine is None:
        here = f"{yours[at]:.4g}, which is no number of `{name}`"
    return Diagnosis(
        NAME,
        f"your {written('output', at)} is {here}; it should be {there}.",
        f"No two numbers of `{name}` agree in this call.",
    )


def said(
    yours: np.ndarray, right: np.ndarray, labels: np.ndarray, name: str, one: str
) -> Diagnosis:
    """Of the first number that is wrong: what is in it, and what should be."""
    what = f"`{one or name}`"
    look = f"Only {what} is 1 in this call, the other weights are 0." if one else "The rest is 0."
    if not yours.any():
        return Diagnosis(NAME, f"{what} is never used: with it alone, your output is all 0.", look)
    at = tuple(int(i) for i in np.argwhere(~np.isclose(yours, right, **CLOSE))[0])
    place = written("output", at)
    mine, wanted = met(yours[at], labels), met(right[at], labels)
    here, there = (f"`{written(name, index)}`" if index else "" for index in (mine, wanted))
    with np.errstate(all="ignore"):
        times = yours[right != 0] / right[right != 0]
    if right[at] and mine is None and np.allclose(times, times[0], **CLOSE):
        return Diagnosis(NAME, f"{what} counts {times[0]:.4g} times.", look)
    if mine is None:
        should = f"it should be {there} alone" if wanted else "it should be 0"
        sums = f"a sum of several numbers of `{name}`; {should}"
        return Diagnosis(NAME, f"with {what} alone, your {place} is {sums}.", look)
    if not one:
        return Diagnosis(NAME, f"your {place} is {here or 0}; it should be {there or 0}.", look)
    if not mine:
        return Diagnosis(NAME, f"your {place} leaves {there} out, which {what} belongs to.", look)
    if not wanted:
        only = f"your {place} has {what} in it, with {here}; nothing of it belongs there."
        return Diagnosis(NAME, only, look)
    off, mixed = shift(mine, wanted, name)
    meets = f"{what} meets {here} in your {place}; it should meet {there}{off}."
    return Diagnosis(NAME, meets, MIXED if mixed else look)


MIXED = "Is a reshape where axes should be exchanged, or are two things flattened in two orders?"


def met(value: float, labels: np.ndarray) -> Index | None:
    """The index of the number that it is; () for none, None where it is no single one."""
    if np.isclose(value, 0, **CLOSE):
        return ()
    found = np.argwhere(np.isclose(labels, value, **CLOSE))
    return tuple(int(i) for i in found[0]) if len(found) == 1 else None


DIRECTIONS = {"H": ("row", "low", "high"), "W": ("column", "far right", "far left")}
OTHERS = {"N": "image", "C": "channel", "F": "filter", "m": "multiplier", "h": "row", "w": "column"}


def shift(mine: Index, wanted: Index, name: str) -> tuple[str, bool]:
    """How far apart the two are, ": 1 row too low", and whether in several axes, channels among them."""
    said = []
    for axis, m, w in zip(AXES.get(name, ""), mine, wanted, strict=False):
        if m != w and axis in DIRECTIONS:
            noun, more, less = DIRECTIONS[axis]
            many = f"{abs(m - w)} {noun}{'s' if abs(m - w) > 1 else ''}"
            said.append(f"you are {many} too {more if m > w else less}")
        elif m != w and axis in OTHERS:
            said.append(f"it is another {OTHERS[axis]}")
    mixed = len(said) > 1 and any("another" in one for one in said)
    return (f": {' and '.join(said)}" if said else ""), mixed
