"""The pictures in numbers: windows, matrices and axes, cell by cell."""

import textwrap

import numpy as np

from helpers.draw.canvas import (
    CELL,
    CONVOLVED,
    GRADIENT,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    NORMAL,
    OUTPUT,
    PADDING,
    SMALL,
    WIDEST,
    Canvas,
    by,
    numbers,
    tint,
)
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import Axis, Slide, numeric, position


@drawn
def window(image, kernel, at=(0, 0), stride=1, padding="valid", dilation=1) -> Picture:
    """A window on an image, and the sum that makes one output number.

    ``image`` (H, W), ``kernel`` (kh, kw), ``at`` the output position (row, column). Outputs after
    ``at`` are still blank. Zeros of padding are hatched: "same" is Keras', an odd zero at the bottom
    and right. ValueError where something does not fit.
    """
    slide = Slide.of(image, kernel, stride, padding, dilation)
    at = position(at, slide.shape)
    (top, left), (h, w) = (slide.rows.zeros[0], slide.columns.zeros[0]), slide.image.shape
    added = np.ones(slide.padded.shape, bool)
    added[top : top + h, left : left + w] = False
    names = "image and zeros" if added.any() else "image", "kernel", "output"
    canvas = Canvas()
    one_sum(canvas, slide, at, added, names, (INPUT, KERNEL, OUTPUT))
    return canvas.done(slide.alt(at))


def one_sum(canvas: Canvas, slide: Slide, at, added: np.ndarray, names, colours) -> None:
    """A framed window on what is read, the kernel, the outputs so far, the arithmetic below.

    ``added`` says which cells are zeros that were put there: they are hatched. ``names`` and
    ``colours`` are those of the three grids.
    """
    right = read_cells(canvas, slide, at, added, names[0], colours[0])
    middle = slide.padded.shape[0] / 2
    shown = (slide.kernel, slide.so_far(at))
    for array, sign, name, colour in zip(
        shown, CONVOLVED + "=", names[1:], colours[1:], strict=True
    ):
        wide = max(array.shape[1], 0.68 * NORMAL * len(name) / 72 / CELL - 1)
        canvas.sign(right + 0.8, middle, sign)
        x, y = right + 1.6 + (wide - array.shape[1]) / 2, middle - array.shape[0] / 2
        canvas.grid(x, y, array, colour, name)
        right += 1.6 + wide
    canvas.frame(x + at[1], y + at[0], 1, 1)
    below(canvas, right / 2, slide.padded.shape[0] + 1.3, slide.arithmetic(at), right)


def read_cells(canvas: Canvas, slide: Slide, at, added, name: str, colour: str) -> float:
    """What the window slides over, with its place framed; returns where the right edge is."""
    taps = set(slide.cells(at))

    def fill(i, j):
        if (i, j) in taps:
            return tint(HIGHLIGHT, 0.35)
        return "white" if added[i, j] else tint(colour, 0.2)

    canvas.grid(0, 0, slide.padded, fill, name)
    for i, j in np.argwhere(added):
        canvas.square(j, i, None, line=PADDING, hatch="///", linewidth=0, alpha=0.35)
    (y, x), (bottom, right) = min(taps), max(taps)
    canvas.frame(x, y, right - x + 1, bottom - y + 1)
    return slide.padded.shape[1]


def below(canvas: Canvas, x: float, y: float, text: str, width: float) -> None:
    """A line of arithmetic under a picture, broken where it would be wider than the picture."""
    characters = max(int(width * canvas.cell * 72 / (0.56 * NORMAL)), 40)
    lines = textwrap.wrap(text, characters, break_long_words=False)
    canvas.words(x, y + 0.35 * len(lines), "\n".join(lines), NORMAL, linespacing=1.5)


MEANING = dict.fromkeys(("kernel", "filter", "weights", "depthwise", "pointwise"), KERNEL)
MEANING |= dict.fromkeys(("output", "convolution", "correlation", "y", "yours", "target"), OUTPUT)
MEANING |= dict.fromkeys(("dx", "dy", "dkernel", "dbias", "dimage", "gradient"), GRADIENT)


@drawn
def arrays(**named) -> Picture:
    """Arrays side by side as numbered grids, each under its name.

    One or two dimensions, in as many lines as the width of a notebook needs. A name that ends in
    kernel, output, dx … has that thing's colour, any other the input's. ValueError for no array,
    an empty one or more dimensions.
    """
    shown = {name.replace("_", " "): numeric(array, name) for name, array in named.items()}
    if not shown or any(array.ndim not in (1, 2) for array in shown.values()):
        raise ValueError("Name the arrays to draw, each of one or two dimensions: arrays(image=x).")
    canvas, y = Canvas(), 0.0
    for line in lines_of(shown, WIDEST / CELL - 1):
        tallest = max(np.atleast_2d(shown[name]).shape[0] for name in line)
        x = 0.0
        for name in line:
            array = shown[name]
            table = np.atleast_2d(array).astype(float)
            rows, columns = table.shape
            left = x + (width_of(name, array) - columns) / 2
            top = y + (tallest - rows) / 2
            canvas.grid(left, top, table, colour_of(name), name, by(array.shape))
            x += width_of(name, array) + APART
        y += tallest + 2.6
    words = [f"{name} = {in_words(array)}" for name, array in shown.items()]
    return canvas.done("; ".join(words) + ".")


def colour_of(name: str) -> str:
    return MEANING.get(name.split()[-1], INPUT)


APART = 1.2  # cells between two arrays


def width_of(name: str, array: np.ndarray) -> float:
    """In cells: the grid or the name above it, whichever is wider."""
    return max(array.shape[-1], 0.68 * NORMAL * len(name) / 72 / CELL)


def lines_of(shown: dict[str, np.ndarray], widest: float) -> list[list[str]]:
    """The names, broken into lines no wider than so many cells."""
    lines, x = [], np.inf
    for name, array in shown.items():
        width = width_of(name, array)
        if x + width > widest:
            lines.append([])
            x = 0.0
        lines[-1].append(name)
        x += width + APART
    return lines


def in_words(array: np.ndarray) -> str:
    """Nested lists; numbers as the picture shows them, the same on every machine."""
    texts = np.vectorize(lambda text: text.replace("−", "-"))(numbers(array.astype(float)))
    return str(texts.tolist()).replace("'", "")


@drawn
def pooling(feature_map, size=2) -> Picture:
    """Max pooling: every block of ``size`` × ``size`` numbers in a colour of its own, and the
    largest of each in the same colour.

    ``feature_map`` (H, W), both multiples of ``size``; the number that is kept is framed.
    ValueError where something does not fit.
    """
    feature_map = numeric(feature_map, "feature_map").astype(float)
    if feature_map.ndim != 2 or any(length % size for length in feature_map.shape):
        raise ValueError(
            f"Blocks of {by((size, size))} do not fill an array of {by(feature_map.shape)}."
        )
    rows, columns = (length // size for length in feature_map.shape)
    blocks = feature_map.reshape(rows, size, columns, size).swapaxes(1, 2)
    pooled = blocks.max(axis=(2, 3))
    canvas, gap = Canvas(), 0.3  # cells between two blocks
    wide, tall = columns * (size + gap) - gap, rows * (size + gap) - gap

    def fill(i, j):
        return tint(BLOCKS[(i * columns + j) % len(BLOCKS)], 0.3)

    for i, j in np.ndindex(rows, columns):
        x, y = j * (size + gap), i * (size + gap)
        canvas.cells(x, y, blocks[i, j], lambda *_, i=i, j=j: fill(i, j))
        down, right = np.unravel_index(blocks[i, j].argmax(), (size, size))
        canvas.frame(x + right, y + down, 1, 1)
    canvas.words(wide / 2, -0.6, "feature map", weight="bold")
    canvas.words(wide / 2, tall + 0.5, by(feature_map.shape), SMALL)
    canvas.arrow((wide + 0.5, tall / 2), (wide + 2.0, tall / 2))
    canvas.grid(wide + 2.5, tall / 2 - rows / 2, pooled, fill, "largest of each block")
    return canvas.done(
        f"Max pooling in blocks of {by((size, size))}: feature map = {in_words(feature_map)}; "
        f"largest of each block = {in_words(pooled)}."
    )


BLOCKS = (INPUT, KERNEL, OUTPUT, GRADIENT, PADDING, HIGHLIGHT)  # here without their meaning


@drawn
def stops(n, k, stride=1, padding="valid", dilation=1) -> Picture:
    """Every stop of a window of ``k`` taps along ``n`` cells, one row each.

    Zeros of padding are hatched, cells that no stop reads are crossed out. ValueError for a window
    that does not fit.
    """
    axis = Axis(n, k, stride, padding, dilation)
    before, after = axis.zeros
    read = {tap for stop in range(axis.stops) for tap in axis.taps(stop)}
    missed = [cell for cell in range(n) if cell not in read]
    canvas = Canvas()
    for cell in (*range(-before, 0), *range(n, n + after)):
        canvas.square(cell, 0, "white", line=PADDING, hatch="////", zorder=0.5)
    for cell in range(n):
        canvas.square(cell, 0, "white" if cell in missed else tint(INPUT, 0.25))
        if cell in missed:
            for ends in ([(cell, 0), (cell + 1, 1)], [(cell, 1), (cell + 1, 0)]):
                canvas.line(ends, HIGHLIGHT, linewidth=1.2, solid_capstyle="butt")
        box = {"facecolor": "white", "edgecolor": "none", "boxstyle": "circle,pad=0.15"}
        canvas.words(cell + 0.5, 0.52, str(cell), bbox=box if cell in missed else None)
    for stop in range(axis.stops):
        taps, y = axis.taps(stop), 1.5 + 1.1 * stop
        canvas.line([(taps[0] + 0.5, y + 0.4), (taps[-1] + 0.5, y + 0.4)], HIGHLIGHT, linewidth=1.2)
        for tap in taps:
            canvas.polygon(
                [(tap + 0.06, y), (tap + 0.94, y), (tap + 0.94, y + 0.8), (tap + 0.06, y + 0.8)],
                tint(HIGHLIGHT, 0.45),
                zorder=3,
            )
        canvas.words(-before - 0.6, y + 0.4, f"stop {stop}", SMALL, ha="right")
    title = sentence(axis, missed)
    canvas.words((n + after - before) / 2, -0.8, title, NORMAL + 1, weight="bold")
    return canvas.done(title + ".")


def sentence(axis: Axis, missed: list[int]) -> str:
    options = [f"n = {axis.n}", f"k = {axis.k}"]
    options += [f"stride {axis.stride}"] if axis.stride > 1 else []
    options += [f"dilation {axis.dilation}"] if axis.dilation > 1 else []
    before, after = axis.zeros
    options += [f"{before} + {after} zeros"] if before + after else []
    many = "stop" if axis.stops == 1 else "stops"
    cells = "cell" if len(missed) == 1 else "cells"
    never = f", {len(missed)} {cells} never read" if missed else ""
    return f"{', '.join(options)}: {axis.stops} {many}{never}"
