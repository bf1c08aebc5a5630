"""Charts: lines over an axis, bars from a baseline. Names and values stand on what they name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from helpers.draw.canvas import (
    FAINT,
    GRADIENT,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    NORMAL,
    OUTPUT,
    PADDING,
    SMALL,
    Canvas,
    Point,
    numbers,
    tint,
)
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric

WIDE, HIGH, INSET = 15.0, 7.5, 0.5  # cells: the field of the lines, and its white left and right
LONGEST, THICK, APART = 11.0, 0.72, 0.6  # cells: the longest bar, how thick one is, white between
LINE = 0.58  # cells from one line of words to the next
MANY = 16  # more points than this get no dots, and are not all listed in words
FEW = 9  # as many ticks on the axis of x; a single line of so few points shows its values
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # behind words that cross a line
SERIES = (  # in this order; the shape is for those who see no colours
    (INPUT, "o"),
    (HIGHLIGHT, "s"),
    (OUTPUT, "^"),
    (GRADIENT, "D"),
    (KERNEL, "v"),
)


@drawn
def lines(
    x,
    *,
    x_label: str = "",
    y_label: str = "",
    log_x: bool = False,
    log_y: bool = False,
    levels: dict[str, float] | None = None,
    marks: dict[str, float] | None = None,
    alt: str | None = None,
    **named,
) -> Picture:
    """Lists of numbers as lines over the increasing numbers ``x``, each named at its end.

    ``levels`` are dashed horizontal lines, {name: y}; ``marks`` vertical ones, {name: x}. The axis
    of y begins at 0 unless it is logarithmic. A single line of few points shows every value,
    several show their last. ``alt`` stands in for the words that list the numbers, where these
    differ from run to run. ValueError for lengths that do not fit, more than five lines, or the
    logarithm of what is not above 0.
    """
    x, levels, marks = vector(x, "x"), heights(levels), heights(marks)
    series = named_vectors(named, len(x), "lines(x, error=ys)")
    if np.any(np.diff(x) <= 0):
        raise ValueError("x increases from each number to the next.")
    across = Scale.over([*x, *marks.values()], INSET, WIDE - INSET, log_x)
    shown = [*np.concatenate([*series.values()]), *levels.values(), *([] if log_y else [0])]
    ticks = Scale.over(shown, HIGH, 0, log_y).ticks()
    up = Scale.over(ticks, HIGH, 0, log_y)
    canvas = Canvas()
    x_axis(canvas, across, x, x_label)
    y_axis(canvas, up, ticks, y_label, -0.5 - LINE * (len(marks) + 0.6))
    vertical_lines(canvas, across, marks)

    few = len(series) == 1 and len(x) <= FEW
    ends = [((WIDE, up(y)), name, PADDING) for name, y in levels.items()]
    for (name, ys), (colour, shape) in zip(series.items(), SERIES, strict=False):
        points = [(across(a), up(b)) for a, b in zip(x, ys, strict=True)]
        dots = {"marker": shape, "markersize": 4.5} if len(x) <= MANY else {}
        canvas.line(points, colour, linewidth=1.8, zorder=3, **dots)
        if few:
            values_above(canvas, points, numbers(ys))
        ends.append((points[-1], name if few else f"{name}: {numbers(ys)[-1]}", colour))
    for (_, y), _, colour in ends[: len(levels)]:
        canvas.line([(0, y), (WIDE, y)], colour, linewidth=1.1, linestyle=(0, (4, 3)))
    names_at_ends(canvas, ends)
    return canvas.done(alt or lines_in_words(x, series, x_label, y_label, levels, marks))


@drawn
def bars(of: Sequence[str], *, label: str = "", unit: str = "", alt=None, **named) -> Picture:
    """For each name in ``of`` a group of bars, one of each named list of numbers from 0 up.

    ``label`` says what the numbers are, ``unit`` follows each of them. ``alt`` stands in for the
    words that list the numbers, where these are measured and differ from run to run. ValueError for
    lengths that do not fit, more than five lists, or a number below 0.
    """
    groups = list(map(str, of))
    series = named_vectors(named, len(groups), 'bars(["one", "two"], seconds=[1, 2])')
    if min(values.min() for values in series.values()) < 0:
        raise ValueError("Bars begin at 0 and show numbers from 0 up.")
    longest = max(values.max() for values in series.values()) or 1
    shown = {name: [text + unit for text in numbers(ys)] for name, ys in series.items()}
    canvas, height = Canvas(), len(series) * THICK
    for group, name in enumerate(groups):
        top = group * (height + APART)
        canvas.words(-0.35, top + height / 2, name, NORMAL, weight="bold", ha="right")
        for row, (what, values) in enumerate(series.items()):
            y, width = top + row * THICK, LONGEST * values[group] / longest
            corners = [(0, y), (width, y), (width, y + THICK), (0, y + THICK)]
            canvas.polygon(corners, tint(SERIES[row][0], 0.75), line="white", linewidth=1.2)
            said = shown[what][group] + (f"  {what}" if group == 0 else "")
            canvas.words(width + 0.2, y + THICK / 2, said, SMALL, ha="left")
    bottom = len(groups) * (height + APART) - APART
    canvas.line([(0, -0.15), (0, bottom + 0.15)], zorder=4)
    canvas.words(0, -0.75, label, NORMAL, ha="left")
    return canvas.done(alt or bars_in_words(groups, shown, label))


# ---------------------------------------------------------------- what may be drawn


def vector(values, what: str) -> np.ndarray:
    array = numeric(values, what).astype(float)
    if array.ndim != 1:
        raise ValueError(f"{what} is a list of numbers, not an array of {array.shape}.")
    return array


def named_vectors(named: dict, length: int, example: str) -> dict[str, np.ndarray]:
    """The lists by their names, where there are some and all have the same length."""
    series = {name.replace("_", " "): vector(ys, name) for name, ys in named.items()}
    if not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"Name one to {len(SERIES)} lists of numbers: {example}.")
    for name, ys in series.items():
        if len(ys) != length:
            raise ValueError(f"{name} has {len(ys)} numbers where {length} are needed.")
    return series


def heights(named: dict[str, float] | None) -> dict[str, float]:
    return {name: vector([value], name)[0] for name, value in (named or {}).items()}


# ---------------------------------------------------------------- axes


@dataclass(frozen=True)
class Scale:
    """Numbers from ``low`` to ``high`` on the paper from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    log: bool

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float, log: bool) -> "Scale":
        low, high = min(values), max(values)
        if log and low <= 0:
            raise ValueError(f"A logarithmic axis shows numbers above 0, not {low:g}.")
        return cls(low, high, start, end, log)

    def __call__(self, value: float) -> float:
        low, high, value = (log10(v) if self.log else v for v in (self.low, self.high, value))
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """A few round numbers; the first is at most ``low``, the last at least ``high``."""
        if not self.log:
            from matplotlib.ticker import MaxNLocator

            return MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(self.low, self.high).tolist()
        first, last = floor(log10(self.low)), ceil(log10(self.high))
        factors = (1, 2, 5) if last - first <= 3 else (1,)
        steps = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        below = max(step for step in steps if step <= self.low)
        above = min(step for step in steps if step >= self.high)
        return [step for step in steps if below <= step <= above]


def on_axis(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


def x_axis(canvas: Canvas, across: Scale, x: np.ndarray, label: str) -> None:
    """The baseline; its ticks are the numbers of x themselves where there are few."""
    inside = [tick for tick in across.ticks() if across.low <= tick <= across.high]
    ticks = x[:: ceil(len(x) / FEW)] if len(x) <= MANY else inside
    canvas.line([(0, HIGH), (WIDE, HIGH)])
    for tick in ticks:
        canvas.line([(across(tick), HIGH), (across(tick), HIGH + 0.15)])
        canvas.words(across(tick), HIGH + 0.55, on_axis(tick), SMALL)
    canvas.words(WIDE / 2, HIGH + 1.35, label, NORMAL)


def y_axis(canvas: Canvas, up: Scale, ticks: list[float], label: str, top: float) -> None:
    """A faint line for each tick; the label stands upright above them."""
    for tick in ticks:
        canvas.line([(0, up(tick)), (WIDE, up(tick))], FAINT, linewidth=0.5, zorder=0.5)
        canvas.words(-0.25, up(tick), on_axis(tick), SMALL, ha="right")
    canvas.words(0, top, label, NORMAL, ha="left")


# ---------------------------------------------------------------- names and values


def vertical_lines(canvas: Canvas, across: Scale, marks: dict[str, float]) -> None:
    """Each with its name on top, on a line of its own."""
    for row, (name, at) in enumerate(marks.items(), start=1):
        x, top = across(at), -LINE * row
        ends = [(x, HIGH), (x, top + LINE / 2)]
        canvas.line(ends, PADDING, linewidth=1.1, linestyle=(0, (4, 3)))
        canvas.words(x, top, name, SMALL, bbox=PAPER)


def values_above(canvas: Canvas, points: Sequence[Point], texts: Iterable[str]) -> None:
    """Each value on the side of its point where the line is not."""
    falls = points[-1][1] >= points[0][1]
    for (x, y), text in zip(points, texts, strict=True):
        side = {"ha": "left"} if falls else {"ha": "right"}
        canvas.words(x - 0.05 if falls else x + 0.05, y - 0.5, text, SMALL, bbox=PAPER, **side)


def names_at_ends(canvas: Canvas, ends: Sequence[tuple[Point, str, str]]) -> None:
    """To the right of the field, each as near to its line as the others allow."""
    wanted = [y for (_, y), _, _ in ends]
    for ((x, y), name, colour), at in zip(ends, spread(wanted, LINE), strict=True):
        canvas.line([(x, y), (WIDE + 0.2, y), (WIDE + 0.7, at)], colour, linewidth=0.8)
        canvas.words(WIDE + 0.85, at, name, SMALL, ha="left")


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places at least ``gap`` apart in the order of what is wanted, as near to it as can be.

    Less ``gap`` for each rank, places need only not decrease: whatever would is averaged.
    """
    order = np.argsort(wanted, kind="stable")
    blocks: list[list[float]] = []
    for rank, index in enumerate(order):
        blocks.append([wanted[index] - gap * rank])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    places = [float(np.mean(block)) for block in blocks for _ in block]
    found = np.empty(len(wanted))
    found[order] = np.add(places, gap * np.arange(len(wanted)))
    return found.tolist()


# ---------------------------------------------------------------- in words


def lines_in_words(x, series, x_label, y_label, levels, marks) -> str:
    axis = f"{x_label or 'x'} = {listed(x)}"
    words = [f"{name}: {listed(ys)}" for name, ys in series.items()]
    words += [f"level {name}: {numbers(np.array([y]))[0]}" for name, y in levels.items()]
    words += [f"mark {name}: {numbers(np.array([at]))[0]}" for name, at in marks.items()]
    return f"Lines of {y_label or 'y'} over {axis}. {'; '.join(words)}."


def listed(values: np.ndarray) -> str:
    """All of them, or the first and the last of many."""
    texts = numbers(values)
    return ", ".join(texts) if len(texts) <= MANY else f"{texts[0]} to {texts[-1]}"


def bars_in_words(groups: list[str], shown: dict[str, list[str]], label: str) -> str:
    words = [
        f"{name}: " + ", ".join(f"{what} {texts[group]}" for what, texts in shown.items())
        for group, name in enumerate(groups)
    ]
    return f"Bars{label and f' of {label}'}. {'; '.join(words)}."
