"""What a teacher adds to an exception: of NumPy's and Python's commonest messages, in plain words.

By the message, for that is all that there is: where a library words it otherwise, nothing is added.
"""

import re
from collections.abc import Callable


def advice(error: BaseException) -> str:
    """A sentence or two on an exception, or "" where we have nothing to add."""
    try:
        message = f"{type(error).__name__}: {error}"
    except Exception:  # a student's own __str__
        return ""
    for pattern, said in KNOWN:
        found = pattern.search(message[:2000])
        if found:
            return said(*found.groups())
    return ""


def out_of_bounds(index: str, axis: str, size: str) -> str:
    where = "It is empty" if size == "0" else f"It has {size} places there, 0 to {int(size) - 1}"
    return f"{where}: the line asks for number {index} along axis {axis}."


def broadcast(first: str, second: str) -> str:
    """Which two lengths do not fit, of shapes that are laid on each other from the last axis on."""
    one, other = (sizes(shape) for shape in (first, second))
    pairs = [
        (a, b) for a, b in zip(one[::-1], other[::-1], strict=False) if a != b and 1 not in (a, b)
    ]
    if not pairs:
        return "One of the two has to be filled as a whole, and cannot take the other's shape."
    meets = " and ".join(f"{a} meets {b}" for a, b in pairs[::-1])
    return f"Shapes are laid on each other from the last axis on; here {meets}."


def sizes(shape: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", shape)]


def always(sentence: str) -> Callable[..., str]:
    return lambda *_: sentence


KNOWN = [
    (re.compile(pattern), said)
    for pattern, said in (
        (r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", out_of_bounds),
        (r"broadcast together with shapes (\([\d, ]*\)) (\([\d, ]*\))", broadcast),
        (r"could not broadcast input array from shape (\([\d, ]*\)) into shape (\([\d, ]*\))", broadcast),
        (
            r"matmul: .*size (\d+) is different from (\d+)",
            lambda b, a: f"The last axis of a ({a}) has to be as long as the last but one of b ({b}).",
        ),
        (
            r"truth value of an array with more than one element",
            always("An array is neither true nor false: ask `is not None`, `.any()` or `.all()`."),
        ),
        (
            r"Cannot cast ufunc .* from dtype\('float\d+'\) to dtype\('u?int\d+'\)",
            always("An array of whole numbers takes no decimals: np.zeros(shape) makes one that does."),
        ),
        (
            r"'NoneType' object|unsupported operand type\(s\) for .*NoneType",
            always("Something there is None: an argument that was left out, or a function without `return`."),
        ),
        (
            r"'float' object cannot be interpreted as an integer|indices must be integers",
            always("A whole number is needed there: use // where you divide, or int(…)."),
        ),
        (
            r"(?:too many indices for array: array is )(\d+)-dimensional, but (\d+) were indexed",
            lambda has, asked: f"It has {has} axes, and the line indexes {asked}.",
        ),
        (
            r"cannot reshape array of size (\d+) into shape (\([^)]*\))",
            lambda has, shape: f"A reshape keeps all numbers: {has} do not make {shape}.",
        ),
        (
            r"(?:not enough|too many) values to unpack",
            always("Count the names on the left, and the axes or items on the right."),
        ),
    )
]  # fmt: skip
