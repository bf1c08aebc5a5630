"""Which pixel of a window was taken, or got the gradient: rules, tried on all windows of several calls."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from helpers.check import oracle
from helpers.check.diagnosis import Diagnosis, impulses

Case = dict[str, Any]
FEW = 3
"""So many windows must show what is said of where a function is wrong, and so many must not."""
GIVEN = "Every window passes its gradient back, to its first largest number, whatever that is."
NTH = ("", "second ", "third ", "fourth ")


def windows(x, size=2) -> np.ndarray:
    """(N, oh, ow, C, size * size): the numbers of each window, row by row."""
    n, height, width, channels = x.shape
    oh, ow = height // size, width // size
    whole = x[:, : oh * size, : ow * size].reshape(n, oh, size, ow, size, channels)
    return whole.transpose(0, 1, 3, 5, 2, 4).reshape(n, oh, ow, channels, size * size)


def images(case: Case) -> Iterator[np.ndarray]:
    """Its own image, and others of its shape: of both signs, above 0, below 0; with ties if it has some."""
    x, rng = np.asarray(case["x"], dtype=float), np.random.default_rng(811)
    made = rng.normal(size=x.shape)
    yield from (x, made, np.abs(made), -np.abs(made))
    if len(np.unique(x)) < x.size:
        yield np.maximum(made - 0.7, 0)


# ---------------------------------------------------------------- forward


def forward(case: Case, answer: Any, ask: Any) -> Diagnosis | None:
    """One rule by which the function takes a number of each window, in every call."""
    size, calls = case.get("size", 2), []
    for x in images(case):
        yours, numbers = ask({**case, "x": x}), windows(x, size)
        if yours is None or np.shape(yours) != numbers.shape[:-1]:
            return None
        calls.append((x, np.asarray(yours, dtype=float), numbers))
    numbers = np.concatenate([n.reshape(-1, size * size) for _, _, n in calls])
    yours = np.concatenate([y.ravel() for _, y, _ in calls])
    said = by_rank(numbers, yours) or by_place(numbers, yours, size) or by_neighbours(calls, size)
    if not said:
        return None
    look = beside(case, ask, "x", lambda **made: windows(**made).max(axis=-1))
    return Diagnosis(
        "another pixel of the window", said, look or "The largest of all is asked for."
    )


def same(one, other) -> bool:
    return np.allclose(one, other, rtol=1e-5, atol=1e-7)


def by_rank(numbers: np.ndarray, yours: np.ndarray) -> str:
    """Where it is the second largest, or the largest but for its sign."""
    for key, what in (
        (numbers, "{}largest number"),
        (np.abs(numbers), "number with the {}largest absolute value"),
    ):
        down = np.take_along_axis(numbers, np.argsort(-key, axis=1, kind="stable"), axis=1)
        for nth, column in zip(NTH, down.T, strict=False):
            if same(column, yours):
                return f"you take the {what.format(nth)} of each window."
    return ""


def by_place(numbers: np.ndarray, yours: np.ndarray, size: int) -> str:
    """Where some pixels of each window are never looked at: it is the largest of the others."""
    seen = [p for p in range(size * size) if np.all(numbers[:, p] <= yours + 1e-6)]
    if not 0 < len(seen) < size * size or not same(numbers[:, seen].max(axis=1), yours):
        return ""
    if len(seen) == 1:
        return f"you keep pixel {divmod(seen[0], size)} of each window, whatever is in the others."
    missed = [p for p in range(size * size) if p not in seen]
    if len(missed) < len(seen):
        return f"of each window you never look at {places(missed, size)}."
    return f"of each window you look at {places(seen, size)} only."


def places(some: list[int], size: int) -> str:
    """ "pixels (0, 0) and (1, 1)" """
    *most, last = [str(divmod(p, size)) for p in some]
    return f"pixels {', '.join(most)} and {last}" if most else f"pixel {last}"


def by_neighbours(calls: list, size: int) -> str:
    """Where the pixels of a window are not neighbours, or it begins elsewhere."""
    oh, ow = calls[0][1].shape[1:3]

    def lines(many: int) -> list[np.ndarray]:
        """Which rows (or columns) are in each window: side by side, spread out, one pixel apart."""
        at, tap = np.arange(many)[:, None], np.arange(size)
        return [at * size + tap, at + many * tap, at + tap]

    for rows, columns in list(product(lines(oh), lines(ow)))[1:]:
        if all(same(gathered(x, rows, columns), yours) for x, yours, _ in calls):
            here = f"rows {joined(rows[-1])} and columns {joined(columns[-1])}"
            there = f"rows {joined(lines(oh)[0][-1])} and columns {joined(lines(ow)[0][-1])}"
            return f"your window ({oh - 1}, {ow - 1}) is made of {here}; right are {there}."
    return ""


def gathered(x: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return x[:, rows[:, :, None, None], columns].max(axis=(2, 4))


def joined(numbers: np.ndarray) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def beside(case: Case, ask: Any, name: str, right: Callable) -> str:
    """One number as an example, in a call in which no two numbers of ``name`` agree."""
    made = impulses.told_apart(case, name)
    yours, wanted = np.asarray(ask(made), dtype=float), right(**made)
    found = None if same(yours, wanted) else impulses.instead(yours, wanted, made[name], name)
    return f"{found.sentence[0].upper()}{found.sentence[1:]} {found.look}" if found else ""


# ---------------------------------------------------------------- backward


def backward(case: Case, answer: Any, ask: Any) -> Diagnosis | None:
    """What is true of the windows whose gradient goes astray, or of the pixel that gets it, in every call."""
    size, rng = case.get("size", 2), np.random.default_rng(812)
    mine, wanted, numbers = [], [], []
    for k, x in enumerate(images(case)):
        dy = case["dy"] if k == 0 else rng.normal(size=np.shape(case["dy"]))
        yours = ask({**case, "x": x, "dy": dy})
        if yours is None or np.shape(yours) != x.shape:
            return None
        seen = windows(x, size)
        first = np.arange(size * size) == seen.argmax(axis=-1)[..., None]
        mine.append(windows(np.asarray(yours, dtype=float), size) / dy[..., None])
        wanted.append(first.astype(float))
        numbers.append(seen)
    shares, right, numbers = (np.concatenate(a) for a in (mine, wanted, numbers))
    if found := which_windows(shares, right, numbers):
        return found
    said = which_pixel(shares, right, size)
    look = said and beside(case, ask, "dy", oracle.max_pool_backward)
    return Diagnosis("another pixel of the window", said, look or GIVEN) if said else None


def which_windows(shares, right, numbers) -> Diagnosis | None:
    """A fact that is true of every window that is wrong, and of no other."""
    wrong = ~np.isclose(shares, right, rtol=1e-4, atol=1e-6).all(axis=-1)
    if wrong.sum() < FEW or (~wrong).sum() < FEW:
        return None
    top = numbers.max(axis=-1)
    facts = {
        "holds no number above 0": top <= 0,
        "holds nothing but negative numbers": top < 0,
        "holds nothing but zeros": (numbers == 0).all(axis=-1),
        "holds a negative number": numbers.min(axis=-1) < 0,
        "holds its largest number more than once": (numbers == top[..., None]).sum(axis=-1) > 1,
    }
    for fact, true in facts.items():
        if np.array_equal(true, wrong):
            how = (
                "passes nothing back"
                if not shares[wrong].any()
                else "passes its gradient back wrongly"
            )
            return Diagnosis(
                "wrong in some windows",
                f"a window that {fact} {how}; all other windows are right.",
                GIVEN,
            )
    return None


def which_pixel(shares, right, size: int) -> str:
    """Where each window gives all to one pixel: a rule for which."""
    if not np.allclose(np.sort(shares, axis=-1)[..., :-1], 0, atol=1e-6):
        return ""
    if not np.allclose(shares.max(axis=-1), 1, rtol=1e-4):
        return ""
    mine, wanted = shares.argmax(axis=-1), right.argmax(axis=-1)
    rules = {
        "row and column of the pixel have changed places inside the window.": (
            wanted % size * size + wanted // size
        ),
        "all channels give to the pixel that is the largest in channel 0.": wanted[..., :1],
        "all channels give to the pixel that is the largest in the last channel.": wanted[..., -1:],
        "the pixel is counted from the window's end and not from its start.": size * size
        - 1
        - wanted,
        "the rows of the window are counted from its end.": (
            (size - 1 - wanted // size) * size + wanted % size
        ),
        "the columns of the window are counted from its end.": (
            wanted // size * size + size - 1 - wanted % size
        ),
    }
    for said, rule in rules.items():
        rule = np.broadcast_to(rule, mine.shape)
        if np.array_equal(mine, rule) and not np.array_equal(rule, wanted):
            return said
    return ""
