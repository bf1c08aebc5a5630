"""Charts: lines over an axis, bars from a baseline. Names and values stand on what they name."""

from collections.abc import Iterable, Sequence

import numpy as np

from helpers.draw.canvas import (
    FAINT,
    GRADIENT,
    HIGHLIGHT,
    INK,
    INPUT,
    KERNEL,
    NORMAL,
    OUTPUT,
    PADDING,
    SMALL,
    numbers,
    tint,
)
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric

WIDE, HIGH = 5.2, 2.7  # inches: the field of the lines
LEFT, RIGHT, ABOVE, BELOW = 0.55, 1.75, 0.55, 0.6  # inches around it, for words
THICK, NAMES, VALUES = 0.27, 1.15, 1.45  # inches: a bar, what stands left and right of the bars
LINE = 14.0  # points from one line of words to the next
MANY = 16  # more points than this get no dots, and are not all listed in words
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
    marks: dict[str, float] | None = None,
    named_at: float | None = None,
    alt: str | None = None,
    **named,
) -> Picture:
    """Lists of numbers as lines over the numbers ``x``, each named at its end with its last value.

    A list that was measured at some of the x only is a dictionary instead, {x: number}. ``marks``
    are dashed vertical lines, {name: x}. ``named_at`` is one of the x of every line: there each one
    has its name and value, where the ends lie on each other. The axis of y begins at 0 unless it is
    logarithmic. ``alt`` stands in for the words that list the numbers, where these differ from run
    to run. ValueError for lengths that do not fit, more than five lines, the logarithm of what is
    not above 0, or a ``named_at`` that is not in ``x``.
    """
    x, marks = vector(x, "x"), {name: float(at) for name, at in (marks or {}).items()}
    places = [vector([*ys], name) if isinstance(ys, dict) else x for name, ys in named.items()]
    values = {n: [*ys.values()] if isinstance(ys, dict) else ys for n, ys in named.items()}
    series = named_vectors(values, map(len, places), "lines(x, error=ys)")
    above_zero([*x, *marks.values()] if log_x else [])
    above_zero(np.concatenate([*series.values()]) if log_y else [])
    right = RIGHT if named_at is None else 0.2
    figure, axes = field(LEFT, BELOW, WIDE, HIGH, right, ABOVE)
    axes.set(xscale="log" if log_x else "linear", yscale="log" if log_y else "linear")
    for (name, ys), xs, (colour, shape) in zip(series.items(), places, SERIES, strict=False):
        dots = {"marker": shape, "markersize": 4.5} if len(xs) <= MANY else {}
        axes.plot(xs, ys, color=colour, linewidth=1.8, label=name, clip_on=False, zorder=3, **dots)
    for name, at in marks.items():
        axes.axvline(at, color=PADDING, linewidth=1.1, linestyle=(0, (4, 3)))
        top = axes.get_xaxis_transform()
        axes.text(at, 1.02, name, transform=top, ha="center", fontsize=SMALL, color=INK)
    if not log_y:
        axes.set_ylim(min(0, axes.dataLim.y0), max(0, 1.08 * axes.dataLim.y1))
    ticks(axes, x, log_y)
    axes.set_xlabel(x_label, fontsize=NORMAL, color=INK, labelpad=6)
    axes.set_title(y_label, fontsize=NORMAL, color=INK, loc="left", pad=22 if marks else 8)
    if named_at is None:
        names_at_ends(axes, series)
    else:
        names_on_lines(axes, places, named_at, series)
    return Picture(figure, alt or lines_in_words(x, series, x_label, y_label, marks))


@drawn
def bars(of: Iterable[str], *, label: str = "", unit: str = "", alt=None, **named) -> Picture:
    """For each name in ``of`` a group of bars, one of each named list of numbers from 0 up.

    ``label`` says what the numbers are, ``unit`` follows each of them. ``alt`` stands in for the
    words that list the numbers, where these are measured and differ from run to run. ValueError for
    lengths that do not fit, more than five lists, or a number below 0.
    """
    groups = list(map(str, of))
    series = named_vectors(
        named, len(named) * [len(groups)], 'bars(["one", "two"], seconds=[1, 2])'
    )
    if min(values.min() for values in series.values()) < 0:
        raise ValueError("Bars begin at 0 and show numbers from 0 up.")
    shown = {name: [text + unit for text in numbers(ys)] for name, ys in series.items()}
    high = THICK * len(groups) * (len(series) + 0.8)
    figure, axes = field(NAMES, 0.1, WIDE, high, VALUES, ABOVE - 0.1)
    apart = len(series) + 0.8  # in bars, from one group to the next
    for row, (name, values) in enumerate(series.items()):
        places = apart * np.arange(len(groups)) + row
        made = axes.barh(places, values, 0.92, color=tint(SERIES[row][0], 0.75), label=name)
        said = [text + (f"  {name}" if g == 0 else "") for g, text in enumerate(shown[name])]
        axes.bar_label(made, said, padding=4, fontsize=SMALL, color=INK)
    middles = apart * np.arange(len(groups)) + (len(series) - 1) / 2
    axes.set_yticks(middles, groups, fontsize=NORMAL, weight="bold", color=INK)
    axes.set_xticks([])
    axes.set(xlim=(0, None), ylim=(apart * len(groups) - 0.9, -0.9))
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
    axes.set_title(label, fontsize=NORMAL, color=INK, loc="left")
    return Picture(figure, alt or bars_in_words(groups, shown, label))


def field(left: float, bottom: float, wide: float, high: float, right: float, above: float):
    """A figure with axes of (wide, high) inches in it: one line to stand on, no box."""
    from matplotlib.figure import Figure

    across, up = left + wide + right, bottom + high + above
    figure = Figure(figsize=(across, up))
    axes = figure.add_axes((left / across, bottom / up, wide / across, high / up))
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=INK)
    return figure, axes


def ticks(axes, x: np.ndarray, log_y: bool) -> None:
    """The numbers of x themselves where there are few; a faint line at each tick of y."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

    if len(x) <= MANY:
        axes.set_xticks(x)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: on_axis(value)))
        axis.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)) if log_y else MaxNLocator(5))
    axes.grid(axis="y", color=FAINT, linewidth=0.6)


def on_axis(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


def names_at_ends(axes, series: dict[str, np.ndarray]) -> None:
    """To the right of the field, each as near to the end of its line as the others allow."""
    points = 72 / axes.figure.dpi
    edge = axes.get_xlim()[1]
    ends = [axes.transData.transform((edge, ys[-1]))[1] * points for ys in series.values()]
    for (name, ys), at, end, (colour, _) in zip(
        series.items(), spread(ends, LINE), ends, SERIES, strict=False
    ):
        axes.annotate(
            f"{name}: {numbers(ys)[-1]}",
            xy=(edge, ys[-1]),
            xytext=(16, at - end),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkB": 0},
        )


def names_on_lines(axes, places, at: float, series: dict[str, np.ndarray]) -> None:
    """Above each line's point at ``at``, to its right: a line that falls leaves room there."""
    for (name, ys), xs, (colour, _) in zip(series.items(), places, SERIES, strict=False):
        found = np.flatnonzero(xs == at)
        if not len(found):
            raise ValueError(f"Lines are named at one of the x, and {at} is none of them.")
        axes.annotate(
            f"{name}: {numbers(ys)[found[0]]}",
            xy=(at, ys[found[0]]),
            xytext=(6, 5),
            textcoords="offset points",
            fontsize=NORMAL,
            color=colour,
            weight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


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


# ---------------------------------------------------------------- what may be drawn


def vector(values, what: str) -> np.ndarray:
    array = numeric(values, what).astype(float)
    if array.ndim != 1:
        raise ValueError(f"{what} is a list of numbers, not an array of {array.shape}.")
    return array


def named_vectors(named: dict, lengths: Iterable[int], example: str) -> dict[str, np.ndarray]:
    """The lists by their names, where there are some and each has the length that it needs."""
    series = {name.replace("_", " "): vector(ys, name) for name, ys in named.items()}
    if not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"Name one to {len(SERIES)} lists of numbers: {example}.")
    for (name, ys), length in zip(series.items(), lengths, strict=True):
        if len(ys) != length:
            raise ValueError(f"{name} has {len(ys)} numbers where {length} are needed.")
    return series


def above_zero(values: Iterable[float]) -> None:
    for value in values:
        if value <= 0:
            raise ValueError(f"A logarithmic axis shows numbers above 0, not {value:g}.")


# ---------------------------------------------------------------- in words


def lines_in_words(x, series, x_label, y_label, marks) -> str:
    axis = f"{x_label or 'x'} = {listed(x)}"
    words = [f"{name}: {listed(ys)}" for name, ys in series.items()]
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
