"""The count of an inverted residual taken apart: which numbers are counted how often, and where.

A count of layers is a sum of products of sizes. Asked for blocks of many sizes, an answer shows how
often each of these products is in it.
"""

from itertools import product
from math import ceil
from typing import Any

import numpy as np

from helpers.check.diagnosis import Diagnosis
from helpers.check.exercises.counting_probe import Ask, Case, whole

SIZES = (
    *((7, 9, 2, 3), (7, 12, 3, 5), (8, 9, 5, 4), (9, 7, 4, 7), (10, 13, 3, 8), (11, 8, 6, 5)),
    *((12, 9, 7, 2), (13, 11, 5, 9), (9, 14, 8, 3), (8, 15, 2, 9), (15, 7, 9, 4), (11, 13, 4, 6)),
)
"""Height, width, channels and filters of the blocks that are asked about."""
EXPANSIONS = (2, 3, 5)

PARAMETERS = {
    "C · wide": (lambda c, w, f: c * w, 1, "the weights of the layer that expands"),
    "wide · filters": (lambda c, w, f: w * f, 1, "the weights of the projection"),
    "wide": (
        lambda c, w, f: w,
        13,
        "9 weights of a kernel of 3 × 3, and 2 numbers in each of two norms",
    ),
    "filters": (lambda c, w, f: f, 2, "scale and shift of the last norm"),
    "C": (lambda c, w, f: c, 0, ""),
    "wide · wide": (lambda c, w, f: w * w, 0, ""),
    "C · filters": (lambda c, w, f: c * f, 0, ""),
    "1": (lambda c, w, f: 1, 0, ""),
}
"""Products of sizes, how often they are in the right number, and what they are; wide = expansion · C."""
WORK = {
    **PARAMETERS,
    "wide": (lambda c, w, f: w, 9, "one for each weight of a kernel of 3 × 3"),
    "filters": (lambda c, w, f: f, 0, ""),
}
"""The same of the multiply-adds at one position."""


def parameters(case: Case, answer: Any, ask: Ask) -> Diagnosis | None:
    """How often each product is in the number of parameters."""
    return apart(ask, PARAMETERS, False)


def multiply_adds(case: Case, answer: Any, ask: Ask) -> Diagnosis | None:
    """How often each product is in the multiply-adds at one position, at stride 1."""
    return apart(ask, WORK, True)


def apart(ask: Ask, terms: dict, at_positions: bool) -> Diagnosis | None:
    rows, yours = [], []
    for (h, w, c, f), t in product(SIZES, EXPANSIONS):
        made = whole(ask({"input_size": (h, w, c), "filters": f, "expansion": t}))
        if made is None or (at_positions and made % (h * w)):
            return None
        rows.append([of(c, t * c, f) for of, _, _ in terms.values()])
        yours.append(made // (h * w) if at_positions else made)
    rows, yours = np.array(rows), np.array(yours)
    often = np.rint(np.linalg.lstsq(rows.astype(float), yours.astype(float), rcond=None)[0])
    right = np.array([times for _, times, _ in terms.values()])
    if not np.array_equal(rows @ often, yours) or is_multiple(often, right):
        return None  # another kind of number, or the right one several times
    for name, (_, times, what), n in zip(terms, terms.values(), often.astype(int), strict=True):
        if n != times:
            return told(name, times, what, n, " at each position" if at_positions else "")
    return None


def is_multiple(often: np.ndarray, right: np.ndarray) -> bool:
    times = often[0] / right[0]
    return bool(np.array_equal(often, times * right))


def told(name: str, times: int, what: str, n: int, place: str) -> Diagnosis:
    counted = f"you count {n} · {name}" if n else f"you leave {name} out"
    if name == "1":
        sentence = f"you count {n}{place} that belong to none of the layers."
    elif times == 0:
        many = name if n == 1 else f"{n} · {name}"
        sentence = f"you count {many}{place}, which no layer of the block has."
    else:
        sentence = f"{counted}{place}; {times} · {name} is right: {what}."
    return Diagnosis("layers", sentence, "Here wide is expansion · C, and C the input's channels.")


# ---------------------------------------------------------------- where each layer works

POSITIONS = {
    "every input pixel": lambda h, w, s: h * w,
    "the output's positions": lambda h, w, s: ceil(h / s) * ceil(w / s),
    "positions strided along the height only": lambda h, w, s: ceil(h / s) * w,
    "positions strided along the width only": lambda h, w, s: h * ceil(w / s),
    "the output's positions, with sides rounded down": lambda h, w, s: (h // s) * (w // s),
    "the output's positions, strided once more": lambda h, w, s: ceil(h / s / s) * ceil(w / s / s),
}
RIGHT = ("every input pixel", "the output's positions", "the output's positions")
LAYERS = ("the layer that expands", "the depthwise layer", "the projection")


def strided(case: Case, answer: Any, ask: Ask) -> Diagnosis | None:
    """At which positions each layer is counted, with the stride of the case."""
    stride, calls = case["stride"], []
    for h, w, c, f in SIZES:
        made = whole(ask({"input_size": (h, w, c), "filters": f, "stride": stride}))
        if made is None:
            return None
        calls.append((made, (c * 6 * c, 9 * 6 * c, 6 * c * f), (h, w, stride)))
    for names in product(POSITIONS, repeat=3):
        if names != RIGHT and all(made == total(names, layers, at) for made, layers, at in calls):
            layer = next(n for n in range(3) if names[n] != RIGHT[n])
            same = [LAYERS[n] for n in range(3) if names[n] == names[layer] != RIGHT[n]]
            return Diagnosis(
                "positions",
                f"you count {' and '.join(same)} at {names[layer]}.",
                "The first layer works at every input pixel, the other two at the output's positions.",
            )
    return None


def total(names, layers, at) -> int:
    return sum(POSITIONS[name](*at) * weights for name, weights in zip(names, layers, strict=True))
