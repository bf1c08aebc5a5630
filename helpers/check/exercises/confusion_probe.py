"""What a confusion matrix does with one image, with the same one many times, and with a few.

A function that counts images can be asked for a single one: where it is counted, and how often.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from helpers.check.answers import as_numbers
from helpers.check.diagnosis import Diagnosis

Pair = tuple[int, int]
"""A class, and the one that it was taken for."""
OFTEN = (2, 3, 10, 100, 128, 256, 1000, 2**15, 2**16)
"""So many times the same pair is asked for: types of numbers end just before some of these."""
AT_MOST = 200
"""Calls, to find out how few images are enough."""
FEW = 6
"""So many different images are asked for together."""


class Table:
    """A student's function, asked for images of our choice."""

    def __init__(self, case: dict[str, Any], ask: Callable):
        self.case, self.ask, self.classes = case, ask, case.get("num_classes", 10)

    def of(self, pairs: list[Pair]) -> np.ndarray | None:
        """The answer to these images; None where there is none of the right shape."""
        truth, guess = (np.array(labels) for labels in zip(*pairs, strict=True))
        kinds = {name: self.case[name].dtype for name in ("y_true", "y_pred")}
        asked = {"y_true": truth.astype(kinds["y_true"]), "y_pred": guess.astype(kinds["y_pred"])}
        return self.readable(self.ask({**self.case, **asked}))

    def readable(self, answer: Any) -> np.ndarray | None:
        table = as_numbers(answer)
        return table if table is not None and table.shape == (self.classes,) * 2 else None

    def right(self, pairs: list[Pair]) -> np.ndarray:
        table = np.zeros((self.classes, self.classes))
        np.add.at(table, tuple(np.transpose(pairs)), 1)
        return table

    def is_wrong(self, pairs: list[Pair]) -> bool:
        table = self.of(pairs)
        return table is not None and not np.array_equal(table, self.right(pairs))


def counted(case: dict[str, Any], answer: Any, ask: Callable) -> Diagnosis | None:
    table, pairs = Table(case, ask), pairs_of(case)
    yours = table.readable(answer)
    if yours is None:
        return None
    return (
        left_out(table, pairs, yours)
        or one_by_one(table, pairs, yours)
        or many_times(table)
        or together(table, pairs)
        or added_up(yours, len(pairs))
    )


def pairs_of(case: dict[str, Any]) -> list[Pair]:
    return [(int(t), int(p)) for t, p in zip(case["y_true"], case["y_pred"], strict=True)]


# ---------------------------------------------------------------- images by their place in the list


def left_out(table: Table, pairs: list[Pair], yours: np.ndarray) -> Diagnosis | None:
    """An image that is not counted wherever its place in the list is, whatever it shows."""
    few = [(n % table.classes, (n + 1) % table.classes) for n in range(min(FEW, table.classes))]
    missing = [missed(table, order) for order in (few, few[::-1])]
    if not missing[0] or missing[0] != missing[1] or len(missing[0]) == len(few):
        return None
    for which, at, rest in (("last", -1, pairs[:-1]), ("first", 0, pairs[1:])):
        if missing[0] == {at % len(few)} and np.array_equal(yours, table.right(rest)):
            t, p = pairs[at]
            return Diagnosis(
                "an image left out",
                f"of {len(pairs)} images you do not count the {which} one.",
                f"It is of class {t}, taken for {p}. range(len(y_true)) comes to it.",
            )
    numbers = ", ".join(map(str, sorted(missing[0])))
    return Diagnosis(
        "an image left out",
        f"of {len(few)} different images, in any order, you count all but number {numbers}.",
        "The first one is number 0. Which numbers does your loop go through?",
    )


def missed(table: Table, pairs: list[Pair]) -> set[int] | None:
    """Which images of different pairs are not counted; None where anything else is wrong."""
    answer = table.of(pairs)
    if answer is None:
        return None
    off = table.right(pairs) - answer
    missing = {n for n, pair in enumerate(pairs) if off[pair] == 1}
    return missing if off.sum() == len(missing) == np.abs(off).sum() else None


# ---------------------------------------------------------------- single images


def one_by_one(table: Table, pairs: list[Pair], yours: np.ndarray) -> Diagnosis | None:
    """Where an image is counted that is asked for by itself, and which images are counted wrongly."""
    last = table.classes - 1
    chosen = sorted({n for n in (0, 1, 2, 3, 5, last - 1, last) if 0 <= n <= last})
    tried = {(t, p): table.of([(t, p)]) for t in chosen for p in chosen}
    if any(answer is None for answer in tried.values()):
        return None
    wrong = [pair for pair, one in tried.items() if not np.array_equal(one, table.right([pair]))]
    if not wrong:
        return None
    example = next((pair for pair in ((3, 5), (5, 3), (1, 2), (2, 1)) if pair in wrong), wrong[0])
    said, look = where(tried[example], example)
    which = kinds_of_pairs(last, set(wrong), set(tried))
    if which and len({where(tried[pair], pair)[0] for pair in wrong}) == 1:
        return Diagnosis("one image", f"{which} {said}.", look)
    alone = "" if explained(table, pairs, yours) else ", asked alone,"
    sentence = f"an image of class {example[0]} taken for {example[1]}{alone} {said}."
    look = f"So it is with {which.removesuffix(',')}: {look}" if which else look
    return Diagnosis("one image", sentence, moved(table, tried) or same_for_all(tried) or look)


def where(one: np.ndarray, pair: Pair) -> tuple[str, str]:
    """What is done for a single image, in words; and what to do about it."""
    t, p = pair
    places = [(int(a), int(b)) for a, b in np.argwhere(one)]
    by_hand = f"One image of class {t} taken for {p} makes 1 at [{t}, {p}], and 0 everywhere else."
    at = " and ".join(f"[{a}, {b}]" for a, b in places[:2])
    if not places:
        return "is not counted", by_hand
    if len(places) == 1:
        often = one[places[0]]
        if often == 1:
            return f"is counted at {at}", f"It belongs at [{t}, {p}]: row {t}, column {p}."
        how = {2: "twice", 3: "three times"}.get(often, f"as {often:g}")
        return f"is counted {how}, at {at}", by_hand
    if len(places) == 2 and np.all(one[one != 0] == 1):
        return f"is counted twice, at {at}", by_hand
    said = spread(one, pair)
    return said, SAME_ROWS if "every row" in said else by_hand


SAME_ROWS = "Are all rows one and the same list? [row] * n has one row, n times."


def spread(one: np.ndarray, pair: Pair) -> str:
    """What is done for an image that is counted at many places."""
    t, p = pair
    row, column = np.zeros_like(one), np.zeros_like(one)
    row[t], column[:, p] = 1, 1
    for what, shape in (
        (f"adds 1 to every row, in column {p}", column),
        (f"adds 1 to every column, in row {t}", row),
        (f"adds 1 to all of row {t} and of column {p}", np.maximum(row, column)),
        ("adds 1 everywhere", np.ones_like(one)),
    ):
        if np.array_equal(one, shape):
            return what
    return f"is counted at {np.count_nonzero(one)} places"


def kinds_of_pairs(last: int, wrong: set[Pair], tried: set[Pair]) -> str:
    """Which images are counted wrongly, where a few words say just that; "" where none do."""
    for said, holds in (
        ("an image that is taken for what it is", lambda t, p: t == p),
        ("an image that is taken for another class", lambda t, p: t != p),
        *of_class(last, "the last class"),
        *of_class(0, "class 0"),
        ("an image that is taken for a lower class", lambda t, p: p < t),
        ("an image that is taken for a higher class", lambda t, p: p > t),
    ):
        if wrong == {pair for pair in tried if holds(*pair)}:
            return said
    return ""


def of_class(n: int, name: str) -> Iterator[tuple[str, Callable[[int, int], bool]]]:
    yield f"an image of {name}", lambda t, p: t == n
    yield f"an image that is taken for {name}", lambda t, p: p == n
    yield f"an image of {name}, or taken for it,", lambda t, p: n in (t, p)


def moved(table: Table, tried: dict[Pair, np.ndarray]) -> str:
    """By how much all images are counted at a wrong place, where it is the same for all; or ""."""
    steps = set()
    for (t, p), one in tried.items():
        places = np.argwhere(one)
        if len(places) != 1:
            return ""
        steps.add(tuple(int(n) for n in (places[0] - (t, p)) % table.classes))
    if len(steps) != 1:
        return ""
    rows, columns = (n if n <= table.classes // 2 else n - table.classes for n in steps.pop())
    return (
        f"So it is with each: {rows:+} in the row, {columns:+} in the column. Classes begin at 0."
    ).replace("-", "−")


def same_for_all(tried: dict[Pair, np.ndarray]) -> str:
    first, *others = tried.values()
    if all(np.array_equal(first, one) for one in others):
        return (
            "So is any other image that is asked for alone. Its place must not hang on the others."
        )
    return ""


def explained(table: Table, pairs: list[Pair], yours: np.ndarray) -> bool:
    """Whether the wrong answer is the sum of what is said to each of its images alone."""
    different = {pair: pairs.count(pair) for pair in set(pairs)}
    if len(different) > 100:
        return False
    tables = [(table.of([pair]), often) for pair, often in different.items()]
    if any(one is None for one, _ in tables):
        return False
    return np.array_equal(sum(one * often for one, often in tables), yours)


# ---------------------------------------------------------------- several images


def many_times(table: Table) -> Diagnosis | None:
    """The same pair, more and more often."""
    pair = (0, min(1, table.classes - 1))
    wrong = next((n for n in OFTEN if table.is_wrong([pair] * n)), None)
    if wrong is None:
        return None
    right = max(n for n in (1, *OFTEN) if n < wrong)
    while wrong - right > 1:
        middle = (wrong + right) // 2
        right, wrong = (right, middle) if table.is_wrong([pair] * middle) else (middle, wrong)
    given = table.of([pair] * wrong)[pair]
    ends = {7: "int8", 8: "uint8", 15: "int16", 16: "uint16"}.get(round(np.log2(wrong)), "")
    ends = ends if 2 ** round(np.log2(wrong)) == wrong else ""
    look = "Which type has each of your numbers, and where does it end?"
    if ends:
        look = f"{ends} ends at {right:,}: count in ints, from the labels to the table."
    if right == 1:
        look = "Does your line add one for each image, or one for each pair that occurs?"
    rightly = "one image is" if right == 1 else f"{right:,} images of a pair are"
    return Diagnosis(
        "the same pair often",
        f"{rightly} counted rightly, {wrong:,} of the same pair come out as {given:,g}.",
        look,
    )


def together(table: Table, pairs: list[Pair]) -> Diagnosis | None:
    """As few images of the call as are needed for a wrong answer, each of them right by itself."""
    few = shrunk(pairs, table.is_wrong)
    if not 2 <= len(few) <= 4:
        return None
    truth, guess = ([pair[side] for pair in few] for side in (0, 1))
    shown = f"y_true={truth}, y_pred={guess}"
    answer, right = table.of(few), table.right(few)
    t, p = (int(n) for n in np.argwhere(answer != right)[0])
    return Diagnosis(
        "a few images",
        f"{len(few)} images are enough for a wrong table: {shown}.",
        f"At [{t}, {p}] yours is {answer[t, p]:g} then, right is {right[t, p]:g}; try it.",
    )


def shrunk(items: list, is_wrong: Callable[[list], bool]) -> list:
    """A shorter list that is wrong, too: pieces are left out, halves first, then single ones."""
    size, asked = len(items) // 2, 0
    while size and asked < AT_MOST:
        starts = range(0, len(items), size)
        shorter = [items[:at] + items[at + size :] for at in starts][: AT_MOST - asked]
        asked += len(shorter)
        found = next((less for less in shorter if less and is_wrong(less)), None)
        if found:
            items = found
        size = min(size, len(items) // 2) if found else size // 2
    return items


def added_up(yours: np.ndarray, images: int) -> Diagnosis | None:
    total = yours.sum()
    if total == images:
        return None
    return Diagnosis(
        "another sum",
        f"your numbers add up to {total:,g}, and there are {images:,} images.",
        "Each image counts once, at one place.",
    )
