"""What becomes of each byte of an image, and of each digit of the labels.

A right answer is a function of the byte: the same everywhere, whatever else there is. What a wrong
one does to a byte is read off the answer, and asked for again with all 256 of them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from helpers.check.answers import Array, as_numbers
from helpers.check.diagnosis import Diagnosis
from helpers.check.diagnosis.likeness import likeness

AXES = ("image", "row", "column", "channel")
ROOM = 1e-5
"""By how much two numbers for the same byte may differ, the largest being 1."""


class Pixels(Array):
    """Numbers of two kinds only are no lost decimals: `levels` looks at them."""

    def plain(self, answer: Any, right: np.ndarray, slack: Any) -> str:
        yours = as_numbers(answer)
        if yours is not None and yours.shape == right.shape and len(np.unique(yours)) == 2:
            return ""
        return super().plain(answer, right, slack)


# ---------------------------------------------------------------- images


def levels(case: dict[str, Any], answer: Any, ask: Callable) -> Diagnosis | None:
    images, yours = case["images"], as_numbers(answer)
    if yours is None or yours.shape != (*images.shape, 1) or not np.all(np.isfinite(yours)):
        return None
    right = images[..., np.newaxis] / 255
    if np.allclose(np.sort(yours.ravel()), np.sort(right.ravel()), atol=ROOM):
        return likeness(yours, right, AXES, ROOM) or ELSEWHERE
    table = table_of(images, yours)
    if table is None:
        return by_groups(images, yours)
    other = ask({**case, "images": all_bytes(len(images))})
    whole = None if other is None else table_of(all_bytes(len(images)), as_numbers(other))
    if whole is None:
        return None
    if not same(table, {byte: whole[byte] for byte in table}):
        return hangs_on_others(table, whole)
    return of_a_byte(table, whole)


ELSEWHERE = Diagnosis(
    "pixels elsewhere",
    "your numbers are the right ones, at other places.",
    "reshape keeps the order in memory; transpose exchanges axes. Only a new axis is needed.",
)


def all_bytes(images: int) -> np.ndarray:
    """Images with every byte, the darkest first."""
    return np.resize(np.arange(256, dtype=np.uint8), (images, 28, 28))


def table_of(images: np.ndarray, yours: np.ndarray | None) -> dict[int, float] | None:
    """What becomes of each byte; None where it is not one and the same number everywhere."""
    if yours is None or yours.size != images.size:
        return None
    flat, numbers = images.ravel(), yours.ravel()
    bytes_there, first, inverse = np.unique(flat, return_index=True, return_inverse=True)
    if np.abs(numbers - numbers[first][inverse.ravel()]).max() > room(numbers):
        return None
    return {int(byte): float(numbers[at]) for byte, at in zip(bytes_there, first, strict=True)}


def room(numbers: np.ndarray) -> float:
    return ROOM * float(np.abs(numbers).max(initial=0))


def same(table: dict[int, float], other: dict[int, float]) -> bool:
    mine, theirs = (np.array([t[byte] for byte in table]) for t in (table, other))
    return bool(np.abs(mine - theirs).max() <= room(mine))


def becomes(byte: int, number: float) -> str:
    return f"{byte} becomes {number:.4g}; {byte} / 255 = {byte / 255:.4g} is right".replace(
        "-", "−"
    )


def of_a_byte(table: dict[int, float], whole: dict[int, float]) -> Diagnosis | None:
    """A wrong number for a byte, the same wherever and with whatever else it stands."""
    numbers = np.array(list(table.values()))
    few = len(np.unique(numbers))
    if 2 * few <= len(numbers):
        return Diagnosis(
            "grey levels cut",
            f"your grey levels are cut: these images have {len(numbers)} different bytes, your x "
            f"has {few} different numbers.",
            f"Keep them all, as fractions: {becomes(*example(table))}.",
        )
    return of_a_scale(whole) or from_a_byte_on(whole) or some_wrong(table)


def example(table: dict[int, float]) -> tuple[int, float]:
    """A byte that becomes a wrong number, and the number; the brightest of them."""
    byte = max(b for b in table if abs(table[b] - b / 255) > ROOM)
    return byte, table[byte]


def of_a_scale(whole: dict[int, float]) -> Diagnosis | None:
    """Where all bytes are multiplied by one number, and perhaps moved by another."""
    black, white = whole[0], whole[255]
    line = {byte: black + (white - black) * byte / 255 for byte in whole}
    if black == white or not same(whole, line):
        return None
    said = becomes(153, whole[153])
    divisor = 255 / (white - black)
    if abs(black) > ROOM * abs(white):
        ends = f"0 becomes {black:.4g} and 255 becomes {white:.4g}".replace("-", "−")
        return Diagnosis("another scale", f"{ends}; they should become 0 and 1.", f"{said}.")
    how = f"divide by {divisor:.5g}" if abs(divisor) >= 1 else f"multiply by {1 / divisor:.5g}"
    how = "divide by 255 twice" if abs(divisor / 255**2 - 1) < ROOM else how
    return Diagnosis(
        "another scale", f"you {how}: {said}.".replace("-", "−"), "Divide by 255, once."
    )


def from_a_byte_on(whole: dict[int, float]) -> Diagnosis | None:
    """Where bytes are right up to one, and wrong above; or the other way round."""
    wrong = [byte for byte, number in whole.items() if abs(number - byte / 255) > ROOM]
    first, last = min(wrong), max(wrong)
    # the two ends of the scale may well agree by chance
    dark, bright = first <= 1 and last < 250, first > 5 and last == 255
    if len(wrong) != last - first + 1 or not (dark or bright):
        return None
    if dark:
        said = f"bytes below {last + 1} become wrong numbers, all others are right"
        return Diagnosis("dark bytes", f"{said}: {becomes(last, whole[last])}.", "Divide by 255.")
    what = "negative" if max(whole[byte] for byte in wrong) < 0 else "wrong numbers"
    type_ends = first == 128 and what == "negative"
    look = "int8 ends at 127: make float32 of the bytes, nothing else." if type_ends else ""
    return Diagnosis(
        "bright bytes",
        f"bytes above {first - 1} become {what}, all others are right: {becomes(first, whole[first])}.",
        look or "What is done to bright bytes, and not to others?",
    )


def some_wrong(table: dict[int, float]) -> Diagnosis:
    return Diagnosis(
        "wrong numbers for bytes",
        f"each byte becomes the same number everywhere, but a wrong one: {becomes(*example(table))}.",
        "One division by 255, and nothing else.",
    )


def hangs_on_others(table: dict[int, float], whole: dict[int, float]) -> Diagnosis:
    byte = max(table, key=lambda b: abs(table[b] - whole[b]))
    return Diagnosis(
        "a scale that hangs on the images",
        f"what becomes of a byte hangs on the other pixels: {byte} becomes {table[byte]:.4g} here, "
        f"and {whole[byte]:.4g} in brighter images.".replace("-", "−"),
        "One and the same scale for all images, today's and tomorrow's: x / 255.",
    )


# ---------------------------------------------------------------- images, rows, columns by themselves

GROUPS = (
    ("image", (1, 2)), ("row of an image", (2,)), ("column of an image", (1,)),
    ("row of all images", (0, 2)), ("column of all images", (0, 1)),
)  # fmt: skip
"""What may have a scale of its own, by the axes that are inside of it."""
DIVISORS = {
    "its largest byte": np.max, "its sum": np.sum, "its mean": np.mean,
    "its length, the root of its sum of squares": lambda b, axis, keepdims: np.sqrt(
        np.sum(b**2, axis=axis, keepdims=keepdims)
    ),
}  # fmt: skip


def by_groups(images: np.ndarray, yours: np.ndarray) -> Diagnosis | None:
    """Where each image, or row, or column is divided by a number of its own, or stretched."""
    pixels, numbers = images.astype(float), yours[..., 0]
    for what, axes in GROUPS:
        if not along_a_line(pixels, numbers, axes):
            continue
        divisors = {said: f(pixels, axis=axes, keepdims=True) for said, f in DIVISORS.items()}
        by = [said for said, d in divisors.items() if np.allclose(numbers * d, pixels, rtol=1e-4)]
        how = f"is divided by {by[0]}" if by else "has a scale of its own"
        here = (0, *np.unravel_index(np.argmax(np.abs(numbers[0] - pixels[0] / 255)), (28, 28)))
        byte, number = int(images[here]), float(numbers[here])
        return Diagnosis(
            "a scale for each part",
            f"each {what} {how}; all should be divided by 255.",
            f"At {list(map(int, here))}: {becomes(byte, number)}.",
        )
    return None


def along_a_line(pixels: np.ndarray, numbers: np.ndarray, axes: tuple[int, ...]) -> bool:
    """Whether in each group the numbers are the bytes, multiplied and moved by two numbers of its own."""
    mean = partial(np.mean, axis=axes, keepdims=True)
    off, from_mean = numbers - mean(numbers), pixels - mean(pixels)
    slope = mean(off * from_mean) / np.maximum(mean(from_mean**2), 1e-9)
    return bool(np.abs(off - slope * from_mean).max() <= 1e-4 * np.abs(numbers).max())


# ---------------------------------------------------------------- labels


def one_hot(case: dict[str, Any], answer: Any, ask: Callable) -> Diagnosis | None:
    labels, yours = case["labels"], as_numbers(answer)
    if yours is None or yours.ndim != 2:
        return None
    if yours.shape != (len(labels), 10):
        return always_so_long(case, yours, ask)
    rows = {}
    for digit, row in zip(labels.tolist(), yours, strict=True):
        if not np.array_equal(rows.setdefault(digit, row), row):
            return Diagnosis(
                "two rows for a digit",
                f"the digit {digit} is there twice, and your rows for it differ.",
                "A label's row hangs on its digit, and on nothing else.",
            )
    wrong = sorted(
        digit for digit, row in rows.items() if not np.array_equal(row, np.eye(10)[digit])
    )
    digit = wrong[0]
    return of_a_digit(digit, rows[digit], moved(rows))


def always_so_long(case: dict[str, Any], yours: np.ndarray, ask: Callable) -> Diagnosis | None:
    """Where as many rows, or columns, are made for other labels."""
    few = {name: values[:1] for name, values in case.items()}
    other = as_numbers(ask(few))
    if other is None or other.ndim != 2:
        return None
    if len(case["labels"]) != yours.shape[0] == other.shape[0] != 1:
        return Diagnosis(
            "always as many rows",
            f"y has {yours.shape[0]:,} rows, however many labels there are.",
            "One row for each: len(labels) of them.",
        )
    if yours.shape[1] == other.shape[1] != 10 and yours.shape[0] == len(case["labels"]):
        return Diagnosis(
            "always as many columns",
            f"y has {yours.shape[1]} columns, whatever the labels are; the digits 0 to 9 are ten.",
            "Ten columns: number 9 is the last.",
        )
    return None


def moved(rows: dict[int, np.ndarray]) -> set[int]:
    """By how much the ones stand too far to the right."""
    return {(int(row.argmax()) - digit) % 10 for digit, row in rows.items()}


def of_a_digit(digit: int, row: np.ndarray, steps: set[int]) -> Diagnosis:
    places = np.flatnonzero(row)
    number = row[digit]
    look = f"np.eye(10)[{digit}] is the row for a {digit}."
    if not len(places):
        said = f"the row of the digit {digit} is all zeros."
    elif len(places) > 1:
        said = (
            f"the row of the digit {digit} has {len(places)} numbers that are not 0; one is right."
        )
    elif places[0] == digit:
        said = f"in the row of the digit {digit} stands {number:.4g} where 1 should stand."
    else:
        said = f"the digit {digit} has its {row[places[0]]:g} at place {places[0]}."
        look = (
            f"{look} Yours are all {steps.pop()} places too far right." if len(steps) == 1 else look
        )
    return Diagnosis("a digit's row", said, look)
