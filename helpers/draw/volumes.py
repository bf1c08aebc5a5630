"""The three-dimensional pictures: which inputs, which filters, which outputs belong together."""

import numpy as np

from helpers.draw.canvas import (
    ACROSS,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    LARGE,
    NORMAL,
    OUTPUT,
    UP,
    WIDEST,
    Canvas,
    by,
    corners_of,
    number,
    oblique,
)
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric, position

UNIT = 0.2  # inches a cell, small enough for four filters above each other
TALLEST = 6.0  # inches, for as many filters as there are
REACH = 1.05  # inches between the columns of a picture, for the lines
LISTED = 8  # as many outputs as the alternative text still lists


@drawn
def normal_convolution(image: np.ndarray, kernels: np.ndarray, at=(0, 0)) -> Picture:
    """Every filter spans all input channels, and makes one output map.

    ``image`` (H, W, C), ``kernels`` (kh, kw, C, F) as Keras has them, ``at`` the output position
    (row, column) that is highlighted: the window it reads in every channel, and the one number
    that each filter makes of it. ValueError where the channels or the position do not fit.
    """
    image, kernels = numeric(image, "image"), numeric(kernels, "kernels")
    if image.ndim != 3 or kernels.ndim != 4 or image.shape[2] != kernels.shape[2]:
        raise ValueError(
            "The image is (H, W, C) and the kernels are (kh, kw, C, F) with the same C; "
            f"these are {image.shape} and {kernels.shape}."
        )
    *kernel, filters = kernels.shape
    kh, kw = kernel[:2]
    output = (image.shape[0] - kh + 1, image.shape[1] - kw + 1)
    if min(output) < 1:
        raise ValueError(f"A window of {kh} × {kw} does not fit on an image of {by(image.shape)}.")
    row, column = at = position(at, output)
    block = image[row : row + kh, column : column + kw]
    sums = np.tensordot(block, kernels, axes=3)

    some = "1 filter" if filters == 1 else f"{filters} filters, each"
    maps = "1 output map" if filters == 1 else f"{filters} output maps, each"
    page = Page(
        [("input", image.shape, INPUT), (some, kernel, KERNEL), (maps, (*output, 1), OUTPUT)],
        rows=filters,
    )
    window = page.volume(0, page.height / 2, marked=(at, (kh, kw)))
    for f in range(filters):
        middle = (f + 0.5) * page.row
        filter_y = page.volume(1, middle)
        map_y = page.volume(2, middle, marked=(at, (1, 1)))
        page.beam(window, (kh, kw), page.corner(1, filter_y))
        page.pointer(1, filter_y, oblique(page.left(2), map_y, row + 0.5, column + 0.04))
        height = oblique(0, map_y, row + 0.5, column + 0.5)[1]
        page.value(2, height, f"= {number(sums[f])}")
    page.captions([by(image.shape), by(kernel), by(output)])
    made = f": {', '.join(map(number, sums))}" if filters <= LISTED else ""
    return page.canvas.done(
        f"Normal convolution: an input of {by(image.shape)}, {some} {by(kernel)}, "
        f"{maps} {by(output)}. The {by(kernel)} block whose top left corner is at row {row}, "
        f"column {column} meets every filter; each sum of {block.size} products is one number, "
        f"at row {row}, column {column} of that filter's map{made}."
    )


class Page:
    """Columns of volumes from left to right, each under the other and with words below.

    A column is (what, shape, colour); a sibling of `normal_convolution` is another list of columns
    and other lines between them.
    """

    def __init__(self, columns, rows: int):
        self.columns = columns
        heights = [shape[0] + UP * shape[1] for _, shape, _ in columns]
        self.row = max(heights[1:]) + 1.3
        self.height = max(rows * self.row, heights[0])
        cell = min(UNIT, TALLEST / self.height)
        drawn = sum(width_of(shape) for _, shape, _ in columns)
        cell = min(cell, (WIDEST - REACH * len(columns)) / drawn)
        self.canvas = Canvas(cell)
        self.spans = []
        x = 0.0
        for what, shape, _ in columns:
            width = max(width_of(shape), 0.68 * LARGE * len(what) / 72 / cell)
            self.spans.append((x, width))
            x += max(width + 0.3 / cell, (width + width_of(shape)) / 2 + REACH / cell)

    def left(self, column: int) -> float:
        (x, width), shape = self.spans[column], self.columns[column][1]
        return x + (width - width_of(shape)) / 2

    def volume(self, column: int, middle: float, marked=None) -> float:
        """A stack of channel sheets, the first one in front; returns its y.

        ``marked`` is ((row, column), (rows, columns)): a block through all the sheets.
        """
        (rows, columns, channels), colour = self.columns[column][1:]
        y = middle - (rows - UP * columns) / 2
        at, size = marked or ((0, 0), (0, 0))
        cells = {(at[0] + a, at[1] + b) for a, b in np.ndindex(size)}
        behind = None
        for c in reversed(range(channels)):
            x = self.left(column) + c * gap(columns)
            corners = corners_of(x, y, at, size)
            if behind and marked:
                for start, end in zip(corners, behind, strict=True):
                    self.canvas.line([start, end], HIGHLIGHT, linewidth=0.9, zorder=1)
            self.canvas.sheet(x, y, rows, columns, colour, 0.16 + 0.1 * (c % 3), cells)
            if marked:
                self.canvas.polygon(corners, line=HIGHLIGHT, linewidth=1.6)
            behind = corners
        if not marked:
            return y
        return y if column else self.corner(0, y, at, last=True)

    def corner(self, column: int, y: float, at=(0, 0), last: bool = False):
        """Where a cell's top left corner lies on the first or the last sheet."""
        _, columns, channels = self.columns[column][1]
        x = self.left(column) + (gap(columns) * (channels - 1) if last else 0)
        return oblique(x, y, *at)

    def beam(self, window, size, target) -> None:
        """What the window holds goes to a filter: a band of light to its first sheet's edge."""
        rows, columns = size
        right = (window[0] + ACROSS * columns, window[1] - UP * columns)
        band = [right, target, (target[0], target[1] + rows), (right[0], right[1] + rows)]
        self.canvas.polygon(band, HIGHLIGHT, line="none", alpha=0.07, zorder=2)
        for start, end in (band[:2], band[:1:-1]):
            self.canvas.line([start, end], HIGHLIGHT, linewidth=0.7, alpha=0.7, zorder=2)

    def pointer(self, column: int, y: float, end) -> None:
        """A line from the right edge of a column's volume to one cell."""
        rows, columns, channels = self.columns[column][1]
        x = self.left(column) + gap(columns) * (channels - 1)
        start = oblique(x, y, rows / 2, columns)
        self.canvas.line([start, end], HIGHLIGHT, linewidth=1.2, zorder=3)

    def value(self, column: int, y: float, text: str) -> None:
        """A number to the right of a volume."""
        x = self.left(column) + width_of(self.columns[column][1]) + 0.08 / self.canvas.cell
        self.canvas.words(x, y, text, NORMAL, ha="left", color=HIGHLIGHT, weight="bold")

    def captions(self, sizes) -> None:
        cell = self.canvas.cell
        y = self.height + 0.25 / cell
        for (x, width), (what, _, _), size in zip(self.spans, self.columns, sizes, strict=True):
            self.canvas.words(x + width / 2, y, what, LARGE - 1, weight="bold")
            self.canvas.words(x + width / 2, y + 0.22 / cell, size, NORMAL)


def gap(columns: int) -> float:
    """How far apart the sheets of a volume stand: each must show most of its window."""
    return max(1.9, 0.8 * ACROSS * columns + 0.5)


def width_of(shape) -> float:
    return ACROSS * shape[1] + gap(shape[1]) * (shape[2] - 1)
