"""What can be said of a call in words: "`stride` divides `n`", "there is one channel"."""

from collections.abc import Iterator
from itertools import permutations
from math import prod
from typing import Any

import numpy as np

AXES = {
    "x": "NHWC", "image": "HW", "kernel": "hwCF", "depthwise_kernel": "hwCm", "dy": "NHWF",
    "pointwise_kernel": "..CF", "logits": "NK",
}  # fmt: skip
"""The axes of the arguments, by their names; lower case h and w are the kernel's."""
ONE = {
    "N": "there is one image", "H": "the image has one row", "W": "the image has one column",
    "h": "the kernel has one row", "w": "the kernel has one column", "C": "there is one channel",
    "F": "there is one filter", "m": "there is one map for each channel",
}  # fmt: skip


def numbers(case: dict[str, Any]) -> dict[str, int]:
    """The numbers that are asked about, by their names as one writes them."""
    found: dict[str, int] = {}
    for name, value in case.items():
        if isinstance(value, tuple) and all(isinstance(side, int) for side in value):
            found |= {f"{name}[{i}]": side for i, side in enumerate(value)}
        elif isinstance(value, int) and not isinstance(value, bool):
            found[name] = value
    return found


def facts(case: dict[str, Any], right: Any = None) -> dict[str, bool]:
    """Sentences about a call and its answer, and whether they are true; the plainest come first."""
    return dict(
        [*of_options(case), *of_size(right), *of_arrays(case), *of_windows(case), *of_numbers(case)]
    )


def of_size(right: Any) -> Iterator[tuple[str, bool]]:
    if isinstance(right, int):
        yield "the right number is above 2,147,483,647, the last of 32 bits", right >= 2**31
    elif isinstance(right, tuple) and all(isinstance(number, int) for number in right):
        yield "the right total is 0", sum(right) == 0
        yield "the right total is odd", sum(right) % 2 == 1


def of_options(case: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    yield "a bias is given", case.get("bias") is not None
    yield "`use_bias` is False", case.get("use_bias") is False
    yield '`padding` is "same"', case.get("padding") == "same"
    yield "`epsilon` is 0", case.get("epsilon") == 0
    for name in ("stride", "dilation", "depth_multiplier"):
        yield f"`{name}` is above 1", case.get(name, 1) > 1


def of_arrays(case: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    sizes: dict[str, int] = {}
    for name, value in case.items():
        if isinstance(value, np.ndarray):
            sizes |= dict(zip(AXES.get(name, ""), value.shape, strict=False))
            yield f"`{name}` holds whole numbers", value.dtype.kind in "iu"
            if name == "x":
                yield "`x` holds no number above 0", value.max(initial=-1) <= 0
    if isinstance(case.get("bias"), np.ndarray):
        yield "the bias sums to less than 0", case["bias"].sum() < 0
    for axis, said in ONE.items():
        if axis in sizes:
            yield said, sizes[axis] == 1
    if {"H", "h"} <= sizes.keys():
        yield "the kernel is as high as the image", sizes["H"] == sizes["h"]
        yield "the kernel is as wide as the image", sizes["W"] == sizes["w"]


def of_windows(case: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Of windows that lie side by side, as in pooling."""
    if "x" in case and case.keys() <= {"dy", "x", "size"}:
        for side, name in zip(case["x"].shape[1:3], ("height", "width"), strict=True):
            yield f"`size` divides the {name}", side % case.get("size", 2) == 0


def of_numbers(case: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    known = numbers(case)
    for name, value in known.items():
        yield f"`{name}` is even", value % 2 == 0
        for size in range(1, 6):
            yield f"`{name}` is {size}", value == size
    for name, other in permutations(known, 2):
        if name in ("stride", "dilation"):
            yield f"`{name}` divides `{other}`", known[other] % known[name] == 0
            yield f"`{name}` is above `{other}`", known[name] > known[other]
    if {"n", "k", "stride"} <= known.keys():
        free = known["n"] - (known["k"] - 1) * known.get("dilation", 1) - 1
        yield "the stride divides what the window leaves free", free % known["stride"] == 0


def terms(case: dict[str, Any]) -> dict[str, int]:
    """What a count can be wrong by: numbers that are asked about, their squares, products of two."""
    known = {name: value for name, value in numbers(case).items() if value > 1}
    for name, value in case.items():
        if isinstance(value, tuple) and all(isinstance(side, int) for side in value):
            known[f"{name}[0]·{name}[1]"] = prod(value)
    pairs = {
        f"{a}·{b}": known[a] * known[b]
        for a in known
        for b in known
        if a <= b and not (a[:-3] == b[:-3] and a != b)
    }
    return known | pairs
