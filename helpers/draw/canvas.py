"""The primitives: grids of numbered cells, sheets in oblique projection, frames, lines, words.

Coordinates count cells, x to the right and y down. Figures are as large as what is drawn on them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from helpers.draw.picture import Picture

# One palette, by meaning: after Okabe and Ito, safe for colour-blind readers.
INPUT = "#0072B2"
KERNEL = "#E69F00"
OUTPUT = "#009E73"
PADDING = "#9A9A9A"
GRADIENT = "#CC79A7"
HIGHLIGHT = "#D55E00"
INK = "#222222"
FAINT = "#BBBBBB"

# One sign for each meaning: a size, a product (of numbers or of matrices), a convolution (as
# libraries have it: the kernel is not flipped).
BY, TIMES, CONVOLVED = "×", "·", "∗"

SMALL, NORMAL, LARGE = 9, 10, 12  # points
CELL = 0.36  # inches
MARGIN = 0.14  # inches of white around a picture
WIDEST = 8.5  # inches: what a notebook's column shows at real size

Point = tuple[float, float]


def tint(colour: str, strength: float) -> tuple[float, ...]:
    """The colour on white paper; strength 1 is the full colour."""
    from matplotlib.colors import to_rgb

    return tuple(1 - strength * (1 - channel) for channel in to_rgb(colour))


def number(value: float) -> str:
    """An integer as an integer, anything else with two decimals, and a true minus sign."""
    value = round(float(value), 9)  # forget the noise of floating point
    text = f"{int(value)}" if value.is_integer() else decimals(value)
    return text.replace("-", "−")


def decimals(value: float) -> str:
    """Two decimals, a true minus sign, and no minus zero."""
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")


def numbers(values: np.ndarray) -> np.ndarray:
    """The texts of a whole array: integers where all of them are, else two decimals throughout."""
    whole = bool(np.all(np.isnan(values) | (np.round(values, 9) % 1 == 0)))
    texts = ["" if np.isnan(v) else number(v) if whole else decimals(v) for v in values.ravel()]
    return np.array(texts, dtype=object).reshape(values.shape)


def by(shape) -> str:
    return f" {BY} ".join(map(str, shape))


def some(many: int, what: str) -> str:
    return f"1 {what}" if many == 1 else f"{many} {what}s"


def each(many: int, what: str) -> str:
    return some(many, what) + (", each" if many > 1 else "")


def signed(value: float) -> str:
    """A term or a factor inside a sum: negative ones in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def times(one: float, other: float) -> str:
    """A product inside a sum."""
    return f"{signed(one)}{TIMES}{signed(other)}"


class Canvas:
    """A sheet of paper that grows with what is put on it."""

    def __init__(self, cell: float = CELL):
        from matplotlib.figure import Figure

        self.cell = cell
        self.figure = Figure()
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.corners: list[Point] = []

    def reach(self, *points: Point) -> None:
        self.corners += points

    def polygon(self, points: Sequence[Point], fill: Any = None, line: Any = INK, **style) -> None:
        from matplotlib.patches import Polygon

        style = {"linewidth": 0.8, "joinstyle": "round", **style}
        self.axes.add_patch(
            Polygon(points, closed=True, facecolor=fill or "none", edgecolor=line, **style)
        )
        self.reach(*points)

    def frame(self, x: float, y: float, width: float, height: float, **style) -> None:
        """A bold outline around cells: where the window is."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygon(corners, **{"line": HIGHLIGHT, "linewidth": 2.4, "zorder": 4, **style})

    def disc(self, x: float, y: float, radius: float, colour: Any, strength: float = 0.35) -> None:
        from matplotlib.patches import Circle

        self.axes.add_patch(
            Circle((x, y), radius, facecolor=tint(colour, strength), edgecolor=colour, zorder=3)
        )
        self.reach((x - radius, y - radius), (x + radius, y + radius))

    def square(self, x: float, y: float, fill: Any, line: Any = INK, **style) -> None:
        self.polygon([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], fill, line, **style)

    def words(self, x: float, y: float, text: str, size: float = NORMAL, **style) -> None:
        style = {"ha": "center", "va": "center", "color": INK, "zorder": 5, **style}
        self.axes.text(x, y, text, fontsize=size, **style)
        points = self.cell * 72
        lines = text.split("\n")
        letter = 0.68 if style.get("weight") == "bold" else 0.58
        width = letter * size * max(map(len, lines)) / points
        height = 1.3 * size * len(lines) / points
        if style.get("rotation") == 90:
            width, height = height, width
        left = {"center": x - width / 2, "left": x, "right": x - width}[style["ha"]]
        top = {"center": y - height / 2, "top": y, "bottom": y - height}.get(style["va"], y)
        self.reach((left, top), (left + width, top + height))

    def sign(self, x: float, y: float, sign: str) -> None:
        """What stands between two grids: `TIMES`, `CONVOLVED`, or "="."""
        self.words(x, y, sign, LARGE + (14 if sign == TIMES else 4))

    def line(self, points: Iterable[Point], colour: Any = INK, **style) -> None:
        xs, ys = zip(*points, strict=True)
        style = {"linewidth": 0.8, "solid_capstyle": "round", **style}
        self.axes.plot(xs, ys, color=colour, **style)

    def arrow(self, start: Point, end: Point, colour: Any = INK) -> None:
        style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.1, "mutation_scale": 10}
        self.axes.annotate(
            "", xy=end, xytext=start, arrowprops={**style, "shrinkA": 0, "shrinkB": 0}
        )
        self.reach(start, end)

    def grid(
        self, x: float, y: float, values: np.ndarray, colour: Any, title: str = "", size: str = ""
    ) -> None:
        """A matrix under its title; ``size`` is what to write below, (H, W) unless given."""
        rows, columns = values.shape
        self.cells(x, y, values, colour)
        if title:
            self.words(x + columns / 2, y - 0.6, title, weight="bold")
        self.words(x + columns / 2, y + rows + 0.5, size or by(values.shape), SMALL)

    def cells(self, x: float, y: float, values: np.ndarray, colour: Any, ink: Any = INK) -> None:
        """Numbered cells; ``colour`` is one for all or a function of (row, column).

        NaN cells stay blank: what is not known yet.
        """
        rows, columns = values.shape
        texts = numbers(values)
        points = min(NORMAL, 0.84 * self.cell * 72 / max(map(ems, texts.ravel()), default=1))
        for i, j in np.ndindex(rows, columns):
            fill = colour(i, j) if callable(colour) else tint(colour, 0.22)
            blank = not texts[i, j]
            self.square(x + j, y + i, "white" if blank else fill, line=FAINT if blank else ink)
            if not blank:
                self.words(x + j + 0.5, y + i + 0.52, texts[i, j], points, color=ink)

    def sheet(
        self,
        x: float,
        y: float,
        rows: int,
        columns: int,
        colour: str,
        strength: float = 0.2,
        marked=(),
        **style,
    ) -> None:
        """One channel, seen at an angle: columns run away from the reader.

        ``marked`` cells are filled in the highlight's tint.
        """
        for i, j in np.ndindex(rows, columns):
            fill = tint(HIGHLIGHT, 0.6) if (i, j) in marked else tint(colour, strength)
            corners = [oblique(x, y, i + a, j + b) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))]
            self.polygon(corners, fill, line=tint(colour, 0.9), linewidth=0.6, **style)
        edge = corners_of(x, y, (0, 0), (rows, columns))
        self.polygon(edge, line=colour, linewidth=1.4, **style)

    def done(self, alt: str) -> Picture:
        """Cut the paper to size, and scale it down where it is wider than a notebook's column."""
        margin = MARGIN / self.cell
        (left, top), (right, bottom) = np.min(self.corners, axis=0), np.max(self.corners, axis=0)
        width, height = right - left + 2 * margin, bottom - top + 2 * margin
        shrink = min(1, WIDEST / (width * self.cell))
        for text in self.axes.texts:
            text.set_fontsize(text.get_fontsize() * shrink)
        self.cell *= shrink
        self.figure.set_size_inches(width * self.cell, height * self.cell)
        self.axes.set_xlim(left - margin, right + margin)
        self.axes.set_ylim(bottom + margin, top - margin)
        return Picture(self.figure, alt)


def ems(text: str) -> float:
    """How wide a number is in DejaVu Sans, in units of its size."""
    return sum({".": 0.32, "−": 0.84}.get(character, 0.64) for character in text) or 0.64


ACROSS, UP = 0.55, 0.32  # how far one column runs to the right and up in a sheet


def oblique(x: float, y: float, row: float, column: float) -> Point:
    """Where a sheet's corner (row, column) falls on the paper."""
    return x + ACROSS * column, y + row - UP * column


def corners_of(x: float, y: float, at, size) -> list[Point]:
    """The four corners of a block of cells on a sheet: top left, top right, bottom right, ..."""
    (i, j), (rows, columns) = at, size
    ends = ((i, j), (i, j + columns), (i + rows, j + columns), (i + rows, j))
    return [oblique(x, y, row, column) for row, column in ends]
