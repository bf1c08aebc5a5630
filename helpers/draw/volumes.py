"""The three-dimensional pictures: which inputs, which filters, which outputs belong together.

Four siblings, one silhouette: a page of columns, and lines from what is read to what it makes.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from helpers.draw.canvas import (
    ACROSS,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    LARGE,
    NORMAL,
    OUTPUT,
    SMALL,
    TIMES,
    UP,
    WIDEST,
    Canvas,
    by,
    corners_of,
    each,
    number,
    oblique,
    some,
)
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric, position

UNIT = 0.2  # inches a cell, small enough for four filters above each other
TALLEST = 6.0  # inches, for as many volumes as there are above each other
REACH = 1.05  # inches between the columns of a picture, for the lines
LISTED = 8  # as many outputs as the alternative text still lists


@drawn
def normal_convolution(image: np.ndarray, kernels: np.ndarray, at=(0, 0)) -> Picture:
    """Every filter spans all input channels, and makes one output map.

    ``image`` (H, W, C), ``kernels`` (kh, kw, C, F) as Keras has them, ``at`` the output position
    (row, column) that is highlighted: the window it reads in every channel, and the one number
    that each filter makes of it. ValueError where the channels or the position do not fit.
    """
    image, kernels = fitting(image, kernels, "(kh, kw, C, F)")
    page, at, sums = every_filter_meets_the_block(image, kernels, at)
    *size, filters = kernels.shape
    return page.done(
        f"Normal convolution: an input of {by(image.shape)}, "
        f"{each(filters, 'filter')} {by(size)}, {each(filters, 'output map')} "
        f"{by(output_size(image, kernels))}. The {by(size)} block whose top left corner is at row "
        f"{at[0]}, column {at[1]} meets every filter; each sum of {prod(size)} products is one "
        f"number, at row {at[0]}, column {at[1]} of that filter's map{listed(sums)}."
    )


def every_filter_meets_the_block(image, kernels, at):
    """The page of a normal convolution, pointwise or not; the position, and what the filters made."""
    *size, filters = kernels.shape
    at, block = window_at(image, kernels, at)
    sums, output = np.tensordot(block, kernels, axes=3), output_size(image, kernels)
    page = Page(
        Column("input", by(image.shape), image.shape, INPUT),
        Column(each(filters, "filter"), by(size), size, KERNEL, filters),
        Column(each(filters, "output map"), by(output), (*output, 1), OUTPUT, filters),
    )
    page.volume(0, 0, at, size[:2])
    for f in range(filters):
        page.volume(1, f)
        page.volume(2, f, at)
        page.beam((0, 0), (1, f), at, size[:2])
        page.pointer((1, f), (2, f), at)
        page.value(f, sums[f], at)
    return page, at, sums


@drawn
def depthwise_convolution(image: np.ndarray, kernels: np.ndarray, at=(0, 0)) -> Picture:
    """Every input channel has filters of its own: they see no other channel.

    ``image`` (H, W, C), ``kernels`` (kh, kw, C, m) as Keras has them, ``at`` the output position
    (row, column) that is highlighted. Map c·m + j is made of channel c; where m is more than 1,
    each channel, filter and map has its index. ValueError where the channels or the position do not
    fit.
    """
    image, kernels = fitting(image, kernels, "(kh, kw, C, m)")
    *size, channels, multiplier = kernels.shape
    at, block = window_at(image, kernels, at)
    sums = np.einsum("abc,abcj->cj", block, kernels).ravel()
    output, maps = output_size(image, kernels), channels * multiplier

    page = Page(
        Column("input", by(image.shape), (*image.shape[:2], 1), INPUT, channels),
        Column(each(maps, "filter"), by((*size, 1)), (*size, 1), KERNEL, maps),
        Column(each(maps, "output map"), by(output), (*output, 1), OUTPUT, maps),
    )
    for c in range(channels):
        page.volume(0, c, at, size, shade=c)
        for f in range(c * multiplier, (c + 1) * multiplier):
            page.volume(1, f, shade=c)
            page.volume(2, f, at)
            page.beam((0, c), (1, f), at, size)
            page.pointer((1, f), (2, f), at)
            page.value(f, sums[f], at)
    if multiplier > 1:
        page.indices(multiplier)
    return page.done(
        f"Depthwise convolution: an input of {by(image.shape)}, its channels apart; "
        f"{each(maps, 'filter')} {by((*size, 1))}, {each(maps, 'output map')} {by(output)}. "
        f"In each channel the {by(size)} window whose top left corner is at row {at[0]}, column "
        f"{at[1]} meets only the {some(multiplier, 'filter')} of that channel; each sum of "
        f"{size[0] * size[1]} products is one number of that filter's map{listed(sums)}."
        + (
            f" Map c{TIMES}{multiplier} + j comes from filter j of channel c."
            if multiplier > 1
            else ""
        )
    )


@drawn
def pointwise_convolution(image: np.ndarray, kernels: np.ndarray, at=(0, 0)) -> Picture:
    """Every filter mixes the channels of one pixel, and looks at no neighbour.

    ``image`` (H, W, C), ``kernels`` (1, 1, C, F) as Keras has them, ``at`` the pixel (row, column)
    that is highlighted. ValueError where the channels or the position do not fit.
    """
    if np.shape(kernels)[:2] != (1, 1):
        raise ValueError(f"Pointwise kernels are (1, 1, C, F); these are {np.shape(kernels)}.")
    image, kernels = fitting(image, kernels, "(1, 1, C, F)")
    page, at, sums = every_filter_meets_the_block(image, kernels, at)
    *size, filters = kernels.shape
    return page.done(
        f"Pointwise convolution: an input of {by(image.shape)}, {each(filters, 'filter')} "
        f"{by(size)}, {each(filters, 'output map')} {by(image.shape[:2])}. The {size[2]} channels "
        f"of the pixel at row {at[0]}, column {at[1]} meet every filter; each sum of {size[2]} "
        f"products is the same pixel of that filter's map{listed(sums)}."
    )


@drawn
def separable_convolution(
    image: np.ndarray, depthwise: np.ndarray, pointwise: np.ndarray, at=(0, 0)
) -> Picture:
    """First each channel is filtered by itself, then the channels of each pixel are mixed.

    ``image`` (H, W, C), ``depthwise`` (kh, kw, C, m), ``pointwise`` (1, 1, C*m, F) as Keras has
    them, ``at`` the output position (row, column) that is highlighted. ValueError where something
    does not fit.
    """
    image, depthwise = fitting(image, depthwise, "(kh, kw, C, m)")
    *size, channels, multiplier = depthwise.shape
    pointwise, between = numeric(pointwise, "pointwise"), channels * multiplier
    if pointwise.ndim != 4 or pointwise.shape[:3] != (1, 1, between):
        raise ValueError(
            f"After {channels} channels with multiplier {multiplier} the pointwise kernels are "
            f"(1, 1, {between}, F); these are {pointwise.shape}."
        )
    at, block = window_at(image, depthwise, at)
    sums = np.einsum("abc,abcj->cj", block, depthwise).ravel() @ pointwise[0, 0]
    output, filters = output_size(image, depthwise), pointwise.shape[3]

    page = Page(
        Column("input", by(image.shape), (*image.shape[:2], 1), INPUT, channels),
        Column(each(between, "filter"), by((*size, 1)), (*size, 1), KERNEL, between),
        Column("in between", by((*output, between)), (*output, between), INPUT),
        Column(each(filters, "filter"), by((1, 1, between)), (1, 1, between), KERNEL, filters),
        Column(each(filters, "map"), by(output), (*output, 1), OUTPUT, filters),
    )
    for c in range(channels):
        page.volume(0, c, at, size, shade=c)
        for j in range(c * multiplier, (c + 1) * multiplier):
            page.volume(1, j, shade=c)
            page.beam((0, c), (1, j), at, size)
            page.pointer((1, j), (2, 0), at, sheet=j)
    page.volume(2, 0, at, alike=multiplier)
    for f in range(filters):
        page.volume(3, f)
        page.volume(4, f, at)
        page.beam((2, 0), (3, f), at, (1, 1))
        page.pointer((3, f), (4, f), at)
        page.value(f, sums[f], at)
    return page.done(
        f"Separable convolution of an input of {by(image.shape)}: a depthwise step with "
        f"{each(between, 'filter')} {by((*size, 1))}, which makes {by((*output, between))}, then a "
        f"pointwise step with {each(filters, 'filter')} {by((1, 1, between))}, which makes "
        f"{each(filters, 'map')} {by(output)}. At row {at[0]}, column {at[1]}{listed(sums)}."
    )


def fitting(image, kernels, axes: str) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays of numbers, where their channels agree."""
    image, kernels = numeric(image, "image"), numeric(kernels, "kernels")
    if image.ndim != 3 or kernels.ndim != 4 or image.shape[2] != kernels.shape[2]:
        raise ValueError(
            f"The image is (H, W, C) and the kernels are {axes} with the same C; "
            f"these are {image.shape} and {kernels.shape}."
        )
    return image, kernels


def output_size(image: np.ndarray, kernels: np.ndarray) -> tuple[int, int]:
    h, w = (n - k + 1 for n, k in zip(image.shape[:2], kernels.shape[:2], strict=True))
    if min(h, w) < 1:
        raise ValueError(
            f"A window of {by(kernels.shape[:2])} does not fit on an image of {by(image.shape)}."
        )
    return h, w


def window_at(image, kernels, at) -> tuple[tuple[int, int], np.ndarray]:
    """The output position, and the block (kh, kw, C) that is read there."""
    row, column = position(at, output_size(image, kernels))
    kh, kw = kernels.shape[:2]
    return (row, column), image[row : row + kh, column : column + kw]


def listed(sums) -> str:
    return f": {', '.join(map(number, sums))}" if len(sums) <= LISTED else ""


@dataclass(frozen=True)
class Column:
    """So many equal volumes (rows, columns, channels) above each other, and the words below."""

    what: str
    size: str
    shape: tuple[int, ...]
    colour: str
    copies: int = 1

    @property
    def height(self) -> float:
        """In cells, as is everything here."""
        return self.shape[0] + UP * self.shape[1]

    @property
    def width(self) -> float:
        return ACROSS * self.shape[1] + self.gap * (self.shape[2] - 1)

    @property
    def gap(self) -> float:
        """How far apart the sheets of a volume stand: each must show most of its window."""
        return max(min(0.85 + 0.35 * self.shape[1], 1.9), 0.8 * ACROSS * self.shape[1] + 0.5)

    def depth(self, sheet: int) -> float:
        """Where a sheet lies between the paper (1) and the lines (2): the first one is in front."""
        return 2 - 0.9 * (sheet + 1) / self.shape[2]


class Page:
    """Columns from left to right. A volume is named by its place: (column, copy)."""

    def __init__(self, *columns: Column):
        self.columns = columns
        self.height = max(column.copies * (column.height + 1.3) for column in columns)
        cell = min(UNIT, TALLEST / self.height)
        widths = sum(column.width for column in columns)
        self.canvas = Canvas(min(cell, (WIDEST - REACH * len(columns)) / widths))
        self.spans = []
        x = 0.0
        for column in columns:
            words = max(len(column.what), 0.8 * len(column.size))
            width = max(column.width, 0.68 * LARGE * words / 72 / self.canvas.cell)
            self.spans.append((x, width))
            reach = REACH / self.canvas.cell
            x += max(width + 0.3 * reach, (width + column.width) / 2 + reach)

    def corner(self, place: tuple[int, int], sheet: int = 0) -> tuple[float, float]:
        """Where the top left corner of one of a volume's sheets lies; sheet 0 is in front."""
        index, copy = place
        column, (x, width) = self.columns[index], self.spans[index]
        middle = (copy + 0.5) * self.height / column.copies
        left = x + (width - column.width) / 2 + sheet * column.gap
        return left, middle - (column.shape[0] - UP * column.shape[1]) / 2

    def volume(
        self, index: int, copy: int, at=None, size=(1, 1), shade: int = 0, alike: int = 1
    ) -> None:
        """A stack of channel sheets; a block of ``size`` ``at`` (row, column) goes through them all.

        So many neighbours as ``alike`` says have the same shade: they come from the same channel.
        """
        column = self.columns[index]
        rows, columns, channels = column.shape
        marked = {(at[0] + a, at[1] + b) for a, b in np.ndindex(*size)} if at else set()
        behind = None
        for c in reversed(range(channels)):
            x, y = self.corner((index, copy), c)
            strength, depth = 0.16 + 0.1 * ((c // alike + shade) % 3), column.depth(c)
            if at:
                corners = corners_of(x, y, at, size)
                for start, end in zip(corners, behind or corners, strict=True):
                    self.canvas.line([start, end], HIGHLIGHT, linewidth=0.9, zorder=depth)
                behind = corners
            self.canvas.sheet(x, y, rows, columns, column.colour, strength, marked, zorder=depth)
            if at:
                self.canvas.polygon(corners, line=HIGHLIGHT, linewidth=1.6, zorder=depth)

    def beam(self, source, target, at, size) -> None:
        """What the window holds goes to a filter: a band of light to its first sheet's edge."""
        column = self.columns[source[0]]
        x, y = oblique(*self.corner(source, column.shape[2] - 1), at[0], at[1] + size[1])
        left, top = self.corner(target)
        bottom = top + self.columns[target[0]].shape[0]
        band = [(x, y), (left, top), (left, bottom), (x, y + size[0])]
        self.canvas.polygon(band, HIGHLIGHT, line="none", alpha=0.07, zorder=2)
        for start, end in (band[:2], band[:1:-1]):
            self.canvas.line([start, end], HIGHLIGHT, linewidth=0.7, alpha=0.7, zorder=2)

    def pointer(self, source, target, at, sheet: int = 0) -> None:
        """A line from the right edge of a filter to the one cell that it makes.

        Where sheets of the target hide it, it goes on in dots; a point marks its end.
        """
        column, depth = self.columns[source[0]], self.columns[target[0]].depth(sheet)
        last = self.corner(source, column.shape[2] - 1)
        start = oblique(*last, column.shape[0] / 2, column.shape[1])
        end = oblique(*self.corner(target, sheet), at[0] + 0.5, at[1] + 0.04)
        self.canvas.line([start, end], HIGHLIGHT, linewidth=1.2, zorder=depth + 0.01)
        if sheet:
            dots = {"linewidth": 1.7, "linestyle": (0, (0.1, 1.6)), "dash_capstyle": "round"}
            self.canvas.line([start, end], HIGHLIGHT, zorder=3, **dots)
        self.canvas.disc(*end, 0.02 / self.canvas.cell, HIGHLIGHT, strength=1)

    def value(self, copy: int, value: float, at) -> None:
        """The number that a filter made, to the right of the last column."""
        place, column = (len(self.columns) - 1, copy), self.columns[-1]
        x, y = self.corner(place)
        height = oblique(x, y, at[0] + 0.5, at[1] + 0.5)[1]
        self.canvas.words(
            x + column.width + 0.08 / self.canvas.cell,
            height,
            f"= {number(value)}",
            NORMAL,
            ha="left",
            color=HIGHLIGHT,
            weight="bold",
        )

    def indices(self, multiplier: int) -> None:
        """Channel c, its filter j, and the map c·m + j that they make; on the page of a depthwise one."""
        inch = 1 / self.canvas.cell
        for f in range(self.columns[1].copies):
            c, j = divmod(f, multiplier)
            if not j:
                self.below((0, c), f"c = {c}")
            self.below((1, f), f"j = {j}")
            (x, y), column = self.corner((2, f)), self.columns[2]
            height = oblique(x, y, column.shape[0] - 0.5, column.shape[1])[1]
            text = f"map {c}{TIMES}{multiplier} + {j} = {f}"
            self.canvas.words(x + column.width + 0.08 * inch, height, text, SMALL, ha="left")

    def below(self, place: tuple[int, int], text: str) -> None:
        (x, y), column = self.corner(place), self.columns[place[0]]
        middle = y + column.shape[0] + 0.02 / self.canvas.cell
        self.canvas.words(x + 0.6 * column.width, middle, text, SMALL, ha="left", va="center")

    def done(self, alt: str) -> Picture:
        cell = self.canvas.cell
        y = self.height + 0.25 / cell
        for (x, width), column in zip(self.spans, self.columns, strict=True):
            self.canvas.words(x + width / 2, y, column.what, LARGE - 1, weight="bold")
            self.canvas.words(x + width / 2, y + 0.22 / cell, column.size, NORMAL)
        return self.canvas.done(alt)
