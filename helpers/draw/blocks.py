"""The blocks of later networks: channels in groups, volumes that grow wide and narrow, a gate."""

from collections.abc import Sequence

import numpy as np

from helpers.draw.canvas import (
    ACROSS,
    FAINT,
    HIGHLIGHT,
    INK,
    INPUT,
    KERNEL,
    LARGE,
    NORMAL,
    OUTPUT,
    SMALL,
    UP,
    WIDEST,
    Canvas,
    by,
    decimals,
    number,
    tint,
)
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric

DISC, DOWN, ALONG = 0.1, 0.34, 1.05  # inches: a channel, from one to the next, from layer to layer
GROUPED, SHUFFLE = "grouped", "shuffle"


# ---------------------------------------------------------------- channels in groups


@drawn
def groups(channels: int, groups: int, follow: int = 0, **named) -> Picture:
    """Which channels hear of which, where layers work in groups of channels.

    Each named sequence is a panel of steps, "grouped" (each map sees the channels of its own group)
    or "shuffle" (the channels change places, nothing is added up). In red is all that map
    ``follow`` of the last layer hears of. ValueError where the groups do not divide the channels.
    """
    if channels % groups or not 0 <= follow < channels:
        raise ValueError(
            f"The groups divide the channels, and one of these is followed; "
            f"these are {groups} groups of {channels} channels, and channel {follow}."
        )
    panels = {name.replace("_", " "): list(steps) for name, steps in named.items()}
    if not panels or any(set(steps) - {GROUPED, SHUFFLE} for steps in panels.values()):
        raise ValueError(f'Name lists of steps: groups(6, 2, two=["{GROUPED}", "{SHUFFLE}"]).')
    canvas, x, said = Canvas(1.0), 0.0, []
    for name, steps in panels.items():
        heard = heard_by(follow, steps, channels, groups)
        panel(canvas, x, steps, heard, channels, groups)
        canvas.words(x + ALONG * len(steps) / 2, -0.75, name, LARGE, weight="bold")
        x += ALONG * len(steps) + 1.5
        said.append(f"{name}: map {follow} hears of channels {', '.join(map(str, heard[0]))}")
    return canvas.done(
        f"{channels} channels in {groups} groups of {channels // groups}. {'; '.join(said)}."
    )


def sources(step: str, channel: int, channels: int, groups: int) -> list[int]:
    """The channels that one channel after a step is made of."""
    size = channels // groups
    if step == SHUFFLE:  # (groups, size) read by columns
        return [channel % groups * size + channel // groups]
    first = channel // size * size
    return list(range(first, first + size))


def heard_by(follow: int, steps: Sequence[str], channels: int, groups: int) -> list[list[int]]:
    """For the input and after each step: the channels that the last layer's one hears of."""
    heard = [[follow]]
    for step in reversed(steps):
        made = {c for one in heard[0] for c in sources(step, one, channels, groups)}
        heard.insert(0, sorted(made))
    return heard


def panel(canvas: Canvas, x: float, steps, heard, channels: int, groups: int) -> None:
    size = channels // groups

    def place(layer: int, channel: int) -> tuple[float, float]:
        gaps = channel // size * 0.14
        return x + ALONG * layer, DOWN * channel + gaps

    for layer, step in enumerate(steps):
        colour = KERNEL if step == GROUPED else INK
        for channel in range(channels):
            for source in sources(step, channel, channels, groups):
                ends = [place(layer, source), place(layer + 1, channel)]
                followed = channel in heard[layer + 1]
                canvas.line(
                    ends,
                    HIGHLIGHT if followed else colour,
                    linewidth=1.8 if followed else 1.0,
                    zorder=2 if followed else 1,
                    alpha=1 if followed else 0.55,
                )
        middle = x + ALONG * (layer + 0.5)
        canvas.words(middle, -0.4, step, SMALL)
    for layer, those in enumerate(heard):
        for channel in range(channels):
            colour = OUTPUT if layer == len(steps) else INPUT
            spot = place(layer, channel)
            canvas.disc(*spot, DISC, HIGHLIGHT if channel in those else colour)
    for channel in range(channels):
        canvas.words(x - 0.25, place(0, channel)[1], str(channel), SMALL)
        canvas.words(x + ALONG * len(steps) + 0.25, place(0, channel)[1], str(channel), SMALL)


# ---------------------------------------------------------------- volumes, wide and narrow

ROOM = 1.05  # inches between two volumes, for the words
HALF = 0.56  # inches above a row's middle: two lines of words, and the shortcut above them


@drawn
def bottleneck(shortcut: bool = True, **named) -> Picture:
    """Blocks as the volumes that their layers make, one block a row, all of them to one scale.

    Each block is a list of sizes (H, W, C) with a text between two of them: what makes one of the
    other. With ``shortcut``, where the last volume has the size of the first, a line leads past the
    layers to a +. ValueError for another order.
    """
    blocks = {name.replace("_", " "): list(steps) for name, steps in named.items()}
    sizes = {name: [tuple(size) for size in steps[::2]] for name, steps in blocks.items()}
    right = all(
        len(steps) % 2
        and all(isinstance(text, str) for text in steps[1::2])
        and all(len(size) == 3 for size in sizes[name])
        for name, steps in blocks.items()
    )
    if not blocks or not right:
        raise ValueError(
            'Sizes and words in turn: bottleneck(block=[(4, 4, 2), "1 × 1", (4, 4, 8)]).'
        )
    canvas = Canvas(largest(sizes.values()))
    inch, y, said = 1 / canvas.cell, 0.0, []
    for name, steps in blocks.items():
        texts, half = steps[1::2], half_of(sizes[name])
        canvas.words(0, y, name, LARGE, weight="bold", ha="left")
        middle = y + 0.2 * inch + max(half, HALF * inch)
        row(canvas, middle, sizes[name], texts, shortcut)
        y = middle + half + 0.75 * inch
        past = " and a shortcut past them" if joined(sizes[name], shortcut) else ""
        made = ", ".join(f"{t} to {by(s)}" for t, s in zip(texts, sizes[name][1:], strict=True))
        said.append(f"{name}: {by(sizes[name][0])}, {made}{past}")
    return canvas.done(f"Volumes to one scale. {'; '.join(said)}.")


def half_of(sizes: Sequence[tuple]) -> float:
    """Half the height of the tallest volume as it is drawn."""
    return max(height + UP * width for height, width, _ in sizes) / 2


def joined(sizes: Sequence[tuple], shortcut: bool) -> bool:
    return shortcut and sizes[0] == sizes[-1]


def largest(rows) -> float:
    """Inches a cell: the widest row fits into a notebook's column."""
    rows = list(rows)
    room = min(WIDEST - 0.6 - ROOM * (len(row) - 1) for row in rows)
    return min(0.06, room / max(sum(c + ACROSS * w for _, w, c in row) for row in rows))


def row(canvas: Canvas, middle: float, sizes, texts, shortcut: bool) -> None:
    inch, x = 1 / canvas.cell, 0.0
    starts, ends = [], []
    for place, (height, width, channels) in enumerate(sizes):
        top = middle - (height - UP * width) / 2
        colour = INPUT if place == 0 else OUTPUT
        prism(canvas, x, top, height, width, channels, colour)
        right = x + channels + ACROSS * width
        words = top + height + 0.17 * inch
        canvas.words(x + channels / 2, words, by((height, width, channels)), SMALL)
        starts.append(right), ends.append(x)
        x = right + ROOM * inch
    for left, right, text in zip(starts, ends[1:], texts, strict=False):
        canvas.arrow((left + 0.08 * inch, middle), (right - 0.08 * inch, middle))
        centre = (left + right) / 2
        canvas.words(centre, middle - 0.08 * inch, text.replace(", ", "\n"), SMALL, va="bottom")
    if joined(sizes, shortcut):
        past(canvas, middle, sizes, starts)


def past(canvas: Canvas, middle: float, sizes, starts) -> None:
    """The line that leads past the layers, and the + that it ends in."""
    inch = 1 / canvas.cell
    high = middle - max(half_of(sizes) + 0.12 * inch, (HALF - 0.08) * inch)
    begin, plus = starts[0] + 0.04 * inch, starts[-1] + 0.28 * inch
    path = [(begin, middle), (begin, high), (plus, high), (plus, middle - 0.11 * inch)]
    canvas.line(path[:3], HIGHLIGHT, linewidth=1.4)
    canvas.arrow(path[2], path[3], HIGHLIGHT)
    canvas.line([(starts[-1] + 0.06 * inch, middle), (plus - 0.11 * inch, middle)], INK)
    canvas.disc(plus, middle, 0.11 * inch, HIGHLIGHT)
    canvas.words(plus, middle, "+", NORMAL, weight="bold")


def prism(canvas: Canvas, x, y, height, width, channels, colour) -> None:
    """A volume's front (channels to the right), top and right side; (x, y) is its top left corner."""
    right, bottom, away = x + channels, y + height, (ACROSS * width, -UP * width)

    def behind(point):
        return point[0] + away[0], point[1] + away[1]

    front = [(x, y), (right, y), (right, bottom), (x, bottom)]
    top = [(x, y), (right, y), behind((right, y)), behind((x, y))]
    side = [(right, y), (right, bottom), behind((right, bottom)), behind((right, y))]
    for face, strength in ((front, 0.35), (top, 0.2), (side, 0.55)):
        canvas.polygon(face, tint(colour, strength), line=colour, linewidth=0.8)


# ---------------------------------------------------------------- a gate for each channel


@drawn
def squeeze_excite(x, w1, b1, w2, b2) -> Picture:
    """One image through squeeze and excite: a mean, and then a gate from 0 to 1, for each channel.

    ``x`` (H, W, C), ``w1`` (C, R), ``b1`` (R,), ``w2`` (R, C), ``b2`` (C,). ValueError where they do
    not fit.
    """
    x = numeric(x, "x")
    w1, b1, w2, b2 = (numeric(a, n) for a, n in ((w1, "w1"), (b1, "b1"), (w2, "w2"), (b2, "b2")))
    hidden = w1.shape[-1]
    if x.ndim != 3 or w1.shape != (x.shape[2], hidden) or w2.shape != w1.shape[::-1]:
        raise ValueError(
            f"x is (H, W, C), w1 (C, R), w2 (R, C); these are {x.shape}, {w1.shape}, {w2.shape}."
        )
    means = x.mean(axis=(0, 1))
    inside = np.maximum(means @ w1 + b1, 0)
    gates = 1 / (1 + np.exp(-(inside @ w2 + b2)))
    height, width, channels = x.shape
    canvas, step = Canvas(0.46), height + 0.6
    middles = [step * c + height / 2 for c in range(channels)]
    at_means, at_hidden, at_gates = width + 1.6, width + 4.6, width + 7.6
    at_output = at_gates + 2.6
    inner = np.mean(middles) + 1.7 * (np.arange(hidden) - (hidden - 1) / 2)
    fan(canvas, at_means + 1, middles, at_hidden, inner)
    fan(canvas, at_hidden + 1, inner, at_gates, middles)
    for c, middle in enumerate(middles):
        canvas.cells(0, step * c, x[..., c], INPUT)
        canvas.arrow((width + 0.2, middle), (at_means - 0.15, middle))
        one(canvas, at_means, middle, means[c], tint(INPUT, 0.4))
        one(canvas, at_gates, middle, gates[c], tint(HIGHLIGHT, 0.1 + 0.6 * gates[c]))
        canvas.arrow((at_gates + 1.15, middle), (at_output - 0.2, middle), HIGHLIGHT)
        canvas.cells(at_output, step * c, gates[c] * x[..., c], OUTPUT)
    for value, middle in zip(inside, inner, strict=True):
        one(canvas, at_hidden, middle, value, tint(KERNEL, 0.3))
    bottom = step * channels + 0.15
    names = (f"input\n{by(x.shape)}", "squeeze\nmeans", "w1, b1\nReLU", "w2, b2\nsigmoid: gates",
             "output\ngate · channel")  # fmt: skip
    places = (width / 2, at_means + 0.5, at_hidden + 0.5, at_gates + 0.5, at_output + width / 2)
    for place, name in zip(places, names, strict=True):
        canvas.words(place, bottom, name, NORMAL, va="top")
    listed = ", ".join(map(decimals, gates))
    return canvas.done(
        f"Squeeze and excite of {by(x.shape)}: the means {', '.join(map(number, means))} go through "
        f"{hidden} numbers ({', '.join(map(number, inside))}) to the gates {listed}, by which the "
        f"channels are multiplied."
    )


def one(canvas: Canvas, x: float, middle: float, value: float, colour) -> None:
    canvas.cells(x, middle - 0.5, np.array([[value]]), lambda i, j: colour)


def fan(canvas: Canvas, x, tops, end, bottoms) -> None:
    """Every number of one column to every number of the next."""
    for top in tops:
        for bottom in bottoms:
            canvas.line([(x, top), (end, bottom)], FAINT, linewidth=0.9, zorder=1)
