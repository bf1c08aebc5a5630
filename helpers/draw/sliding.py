"""Where a window stops and which cells it reads: the numbers behind the pictures."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from operator import index

import numpy as np

from helpers.draw.canvas import number, times


def numeric(values, what: str) -> np.ndarray:
    """An array of 64-bit numbers, so that no product of small integers overflows."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.asarray(values, dtype=object)
    if array.dtype.kind not in "buif" or array.size == 0:
        raise ValueError(f"{what} is an array of numbers, not {array.dtype} of {array.shape}.")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{what} holds NaN or infinite numbers: there is nothing to draw there.")
    return array.astype(float if array.dtype.kind == "f" else np.int64)


def position(at, shape) -> tuple[int, int]:
    """``at`` as (row, column), where it lies inside an output of this shape."""
    try:
        row, column = map(index, at)
    except (TypeError, ValueError):
        raise ValueError(f"at is (row, column), two whole numbers, not {at!r}.") from None
    if not (0 <= row < shape[0] and 0 <= column < shape[1]):
        raise ValueError(f"at={(row, column)} lies outside the output of {shape[0]} × {shape[1]}.")
    return row, column


@dataclass(frozen=True)
class Axis:
    """n cells, a window of k taps; padding, stride and dilation as Keras means them."""

    n: int
    k: int
    stride: int = 1
    padding: str = "valid"
    dilation: int = 1

    def __post_init__(self):
        if self.padding not in ("valid", "same"):
            raise ValueError(f'padding is "valid" or "same", not {self.padding!r}.')
        sizes = (self.n, self.k, self.stride, self.dilation)
        if not all(isinstance(size, (int, np.integer)) and size > 0 for size in sizes):
            raise ValueError("Lengths, stride and dilation are whole numbers from 1 up.")
        if self.stops < 1:
            raise ValueError(f"A window over {self.reach} cells does not fit on {self.n}.")

    @property
    def reach(self) -> int:
        """Cells from the window's first tap to its last."""
        return (self.k - 1) * self.dilation + 1

    @property
    def zeros(self) -> tuple[int, int]:
        """(before, after): an odd zero goes to the end."""
        if self.padding == "valid":
            return 0, 0
        total = max((ceil(self.n / self.stride) - 1) * self.stride + self.reach - self.n, 0)
        return total // 2, total - total // 2

    @property
    def stops(self) -> int:
        return (self.n + sum(self.zeros) - self.reach) // self.stride + 1

    def taps(self, stop: int) -> list[int]:
        """Cells that the taps read, counted from the first real cell: padding is negative or ≥ n."""
        start = stop * self.stride - self.zeros[0]
        return [start + tap * self.dilation for tap in range(self.k)]


@dataclass(frozen=True)
class Slide:
    """A kernel (kh, kw) sliding over an image (H, W)."""

    image: np.ndarray
    kernel: np.ndarray
    rows: Axis
    columns: Axis

    @classmethod
    def of(cls, image, kernel, stride=1, padding="valid", dilation=1) -> "Slide":
        image, kernel = numeric(image, "image"), numeric(kernel, "kernel")
        if image.ndim != 2 or kernel.ndim != 2:
            raise ValueError(
                "This picture shows one channel: an image (H, W) and a kernel (kh, kw), "
                f"not {image.shape} and {kernel.shape}."
            )
        axes = [
            Axis(n, k, stride, padding, dilation)
            for n, k in zip(image.shape, kernel.shape, strict=True)
        ]
        return cls(image, kernel, *axes)

    @cached_property
    def padded(self) -> np.ndarray:
        return np.pad(self.image, (self.rows.zeros, self.columns.zeros))

    def cells(self, at: tuple[int, int]) -> list[tuple[int, int]]:
        """What the window reads at an output position, in the padded image, row by row."""
        top, left = self.rows.zeros[0], self.columns.zeros[0]
        return [
            (i + top, j + left) for i in self.rows.taps(at[0]) for j in self.columns.taps(at[1])
        ]

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.stops, self.columns.stops

    @cached_property
    def output(self) -> np.ndarray:
        return np.array(
            [[self.value((i, j)) for j in range(self.shape[1])] for i in range(self.shape[0])]
        )

    def value(self, at: tuple[int, int]):
        return sum(self.padded[cell] * w for cell, w in self.products(at))

    def products(self, at: tuple[int, int]):
        return zip(self.cells(at), self.kernel.ravel(), strict=True)

    def so_far(self, at: tuple[int, int]) -> np.ndarray:
        """The output with everything after ``at`` still blank (NaN)."""
        known = np.arange(self.output.size).reshape(self.shape) <= at[0] * self.shape[1] + at[1]
        return np.where(known, self.output, np.nan)

    def arithmetic(self, at: tuple[int, int]) -> str:
        terms = [times(self.padded[cell], w) for cell, w in self.products(at)]
        return f"{' + '.join(terms)} = {number(self.value(at))}"

    def alt(self, at: tuple[int, int]) -> str:
        h, w = self.image.shape
        kh, kw = self.kernel.shape
        return (
            f"A {kh} × {kw} kernel on a {h} × {w} image makes an output of "
            f"{self.shape[0]} × {self.shape[1]}. At row {at[0]}, column {at[1]}: {self.arithmetic(at)}."
        )
