"""The pictures of linear algebra: a convolution as a matrix, and as a product of matrices."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from helpers.draw.canvas import (
    CELL,
    FAINT,
    HIGHLIGHT,
    INK,
    INPUT,
    KERNEL,
    LARGE,
    NORMAL,
    OUTPUT,
    SMALL,
    TIMES,
    WIDEST,
    Canvas,
    by,
    number,
    times,
    tint,
)
from helpers.draw.grids import below, colour_of
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import Slide, numeric, position

AXIS, APART = 0.9, 0.42  # inches: for the words at the left of matrices, from one to the next


@drawn
def im2col(image, kernel, at=(0, 0)) -> Picture:
    """Each window as a row of a matrix: the convolution is one matrix product.

    ``image`` (H, W), ``kernel`` (kh, kw), padding "valid", stride 1; the patch matrix is
    (oh·ow, kh·kw). ``at`` is the output position whose window is followed. ValueError where
    something does not fit.
    """
    slide = Slide.of(image, kernel)
    at = position(at, slide.shape)
    patches = np.array([[slide.padded[c] for c in slide.cells(p)] for p in np.ndindex(slide.shape)])
    row, taps = at[0] * slide.shape[1] + at[1], slide.kernel.size
    (h, w), (kh, kw), taken = slide.image.shape, slide.kernel.shape, set(slide.cells(at))
    middle = max(h, len(patches), taps) / 2
    canvas, y = Canvas(), middle - len(patches) / 2

    def pixel(i, j):
        return tint(HIGHLIGHT, 0.35) if (i, j) in taken else tint(INPUT, 0.2)

    def patch(i, j):
        return tint(HIGHLIGHT, 0.35) if i == row else tint(INPUT, 0.2)

    canvas.grid(0, middle - h / 2, slide.image, pixel, "image")
    canvas.frame(at[1], middle - h / 2 + at[0], kw, kh)
    x = w + 2.0
    start = (w + 0.25, middle - h / 2 + at[0] + kh / 2)
    canvas.arrow(start, (x - 0.2, y + row + 0.5), HIGHLIGHT)
    canvas.grid(x, y, patches, patch, "one row per window")
    canvas.frame(x, y + row, taps, 1)
    x += taps + 1.4
    canvas.sign(x - 0.7, middle, TIMES)
    canvas.grid(x, middle - taps / 2, slide.kernel.reshape(-1, 1), KERNEL, "kernel")
    x += 2.4
    canvas.sign(x - 0.7, middle, "=")
    canvas.grid(x, y, slide.output.reshape(-1, 1), OUTPUT, "output")
    canvas.frame(x, y + row, 1, 1)
    return canvas.done(
        f"The {len(patches)} windows of the image as rows of a {by(patches.shape)} matrix, times "
        f"the kernel as a column of {taps}. Row {row}: {slide.arithmetic(at)}."
    )


@drawn
def as_matrix(kernel, size) -> Picture:
    """The weights between all pixels of an image and all outputs: a row for each output.

    ``kernel`` (kh, kw), ``size`` (H, W) of the image, padding "valid", stride 1. A pixel that an
    output does not read is blank. ValueError where the kernel does not fit.
    """
    slide = Slide.of(np.zeros(size), kernel)
    weights = np.full((slide.output.size, slide.image.size), np.nan)
    for row, at in enumerate(np.ndindex(slide.shape)):
        for (i, j), weight in slide.products(at):
            weights[row, i * size[1] + j] = weight
    canvas = Canvas()
    canvas.cells(0, 0, weights, KERNEL)
    for row, (i, j) in enumerate(np.ndindex(slide.shape)):
        canvas.words(-0.5, row + 0.5, f"output {i}, {j}", SMALL, ha="right")
    for i in range(size[0]):
        canvas.words((i + 0.5) * size[1], -0.6, f"image row {i}", SMALL)
        canvas.frame(i * size[1], 0, size[1], len(weights), line=INPUT, linewidth=1.6)
    linked, (rows, columns) = int(np.sum(~np.isnan(weights))), weights.shape
    words = (
        f"Dense: {rows} × {columns} = {weights.size} weights. "
        f"Convolution: {linked} links that share {slide.kernel.size} weights"
    )
    canvas.words(columns / 2, rows + 0.8, words, NORMAL)
    return canvas.done(
        f"A {by(slide.kernel.shape)} kernel on a {by(size)} image as a matrix, a row for each "
        f"output, a column for each pixel: {words}."
    )


@drawn
def product(at=None, gives: str = "output", **named) -> Picture:
    """Two named matrices, (n, k) and (k, p), and their product (n, p) under the name ``gives``.

    ``at`` is a (row, column) of the product whose arithmetic is followed. Colours as in `arrays`.
    ValueError where the matrices do not fit.
    """
    (left, a), (right, b) = factors(named)
    result = a @ b
    canvas, middle = Canvas(), max(len(a), len(b)) / 2
    x = 0.0
    places = []
    signs = (TIMES, "=", "")
    for name, matrix, sign in zip((left, right, gives), (a, b, result), signs, strict=True):
        wide = max(matrix.shape[1], 0.68 * NORMAL * len(name) / 72 / CELL)
        place = x + (wide - matrix.shape[1]) / 2, middle - len(matrix) / 2
        canvas.grid(*place, matrix, colour_of(name), name)
        places.append(place)
        canvas.sign(x + wide + 0.8, middle, sign)
        x += wide + 1.6
    words = f"{left} {by(a.shape)} times {right} {by(b.shape)} gives {gives} {by(result.shape)}"
    if at is None:
        return canvas.done(f"{words}: {in_rows(result)}.")
    row, column = position(at, result.shape)
    (ax, ay), (bx, by_), (x, y) = places
    canvas.frame(ax, ay + row, a.shape[1], 1)
    canvas.frame(bx + column, by_, 1, len(b))
    canvas.frame(x + column, y + row, 1, 1)
    terms = [times(p, q) for p, q in zip(a[row], b[:, column], strict=True)]
    sums = f"{' + '.join(terms)} = {number(result[row, column])}"
    right_edge = x + result.shape[1]
    below(canvas, right_edge / 2, 2 * middle + 1.3, sums, right_edge)
    return canvas.done(f"{words}. At row {row}, column {column}: {sums}.")


def factors(named) -> list[tuple[str, np.ndarray]]:
    """Both matrices with their names, where the inner sizes agree."""
    pair = [(name.replace("_", " "), numeric(matrix, name)) for name, matrix in named.items()]
    shapes = [matrix.shape for _, matrix in pair]
    if len(pair) != 2 or any(len(s) != 2 for s in shapes) or shapes[0][1] != shapes[1][0]:
        raise ValueError(
            "Name two matrices, (n, k) and (k, p): product(pixels=a, weights=b); "
            f"these are {', '.join(map(str, shapes)) or 'none'}."
        )
    return pair


def in_rows(matrix: np.ndarray) -> str:
    return str([[number(v) for v in row] for row in matrix]).replace("'", "").replace("−", "-")


@drawn
def kernels(kernel: np.ndarray) -> Picture:
    """A normal kernel (kh, kw, C, F) as a table of small ones: a row per channel, a column per map.

    Blocks of zeros are pale: there the map does not see the channel. ValueError for another
    number of dimensions.
    """
    kernel = numeric(kernel, "kernel")
    if kernel.ndim != 4:
        raise ValueError(f"The kernel is (kh, kw, C, F); this is {kernel.shape}.")
    kh, kw, channels, filters = kernel.shape
    across, down = kw + 0.7, kh + 0.7
    canvas = Canvas(min(CELL, (WIDEST - 1.2) / (filters * across)))
    for f in range(filters):
        canvas.words(f * across + kw / 2, -0.55, f"map {f}", NORMAL, weight="bold")
    for c in range(channels):
        canvas.words(-0.5, c * down + kh / 2, f"channel {c}", NORMAL, weight="bold", ha="right")
        for f in range(filters):
            block = kernel[:, :, c, f]
            colour, ink = (KERNEL, INK) if block.any() else ("white", FAINT)
            canvas.cells(f * across, c * down, block, colour, ink)
    return canvas.done(
        f"A kernel of {by(kernel.shape)}, one block of {kh} × {kw} for each channel and map: "
        f"{who_sees_whom(kernel)}."
    )


def who_sees_whom(kernel: np.ndarray) -> str:
    seen = kernel.any(axis=(0, 1))
    if seen.all():
        return "every map sees every channel"
    return "; ".join(
        f"map {f} sees {channel_list(np.flatnonzero(column).tolist(), len(seen))}"
        for f, column in enumerate(seen.T)
    )


def channel_list(seen: list[int], channels: int) -> str:
    if len(seen) == channels:
        return "every channel"
    several = "channels " if len(seen) > 1 else "channel "
    return several + " and ".join(map(str, seen)) if seen else "no channel"


@drawn
def connectivity(size, **layers) -> Picture:
    """Which inputs each output sees: channel by channel above, number by number below.

    ``size`` (H, W) is the image's; each named layer is a normal kernel (kh, kw, C, F), or several
    that follow each other, as a tuple. Below is the linear operator itself, the matrix that takes
    the image as a column of C·H·W numbers to F·H·W (padding "same"): a dot for each weight that
    connects two numbers, as dark as the weight is large; for several layers their product, too.
    ValueError where something does not fit.
    """
    panels = {name.replace("_", " "): chain(kernels) for name, kernels in layers.items()}
    if not panels:
        raise ValueError("Name the layers to compare: connectivity((3, 4), normal=kernel).")
    matrices = {name: shown(kernels, size) for name, kernels in panels.items()}
    gaps = sum(len(ms) for ms in matrices.values()) - 1
    cells = sum(m.shape[1] for ms in matrices.values() for m in ms)
    tallest = max(len(m) for ms in matrices.values() for m in ms)
    canvas, x = Canvas(min((WIDEST - AXIS - gaps * APART) / cells, 0.05)), 0.0
    inch = 1 / canvas.cell
    canvas.words(-0.32 * inch, tallest / 2, "output numbers, map by map", SMALL, rotation=90)
    words = []
    for name, kernels in panels.items():
        *steps, last = matrices[name]
        left, weights = x, [int(np.count_nonzero(k)) for k in kernels]
        connections = [int(np.count_nonzero(operator(k, size))) for k in kernels]
        for matrix in matrices[name]:
            y = (tallest - len(matrix)) / 2
            dots(canvas, x, y, matrix, size)
            x += matrix.shape[1] + APART * inch
            if matrix is not last:
                sign = "=" if matrix is steps[-1] and len(kernels) > 1 else TIMES
                canvas.sign(x - 0.68 * APART * inch, tallest / 2, sign)
        factors = sum(m.shape[1] for m in matrices[name][: len(kernels)])
        middle = left + (factors + (len(kernels) - 1) * APART * inch) / 2
        canvas.words(middle, -2.6 * inch, name, LARGE, weight="bold")
        graph(canvas, middle, -1.58 * inch, kernels)
        counted = f"{plus(weights)} weights\n{plus(connections)} connections"
        canvas.words(middle, tallest + 0.3 * inch, counted, SMALL, linespacing=1.5)
        words.append(f"{name}, {plus(weights)} weights in {plus(connections)} connections")
        if steps:
            middle, many = x - APART * inch - last.shape[1] / 2, int(np.count_nonzero(last))
            text = f"both in one:\n{many:,} connections"
            canvas.words(middle, tallest + 0.3 * inch, text, SMALL, linespacing=1.5)
            words[-1] += f", whose product has {many:,}"
    middle = (x - APART * inch) / 2
    canvas.words(middle, -0.42 * inch, "input numbers, channel by channel", SMALL)
    return canvas.done(
        f"What an output sees of an image of {by(size)} pixels, as channels and as a matrix with a "
        f"row for each output number and a column for each input number: {'; '.join(words)}."
    )


def shown(kernels: Sequence[np.ndarray], size) -> list[np.ndarray]:
    """The matrices of layers that follow each other, the last to act first; of several the product, too."""
    matrices = [operator(kernel, size) for kernel in reversed(kernels)]
    return [*matrices, np.linalg.multi_dot(matrices)] if len(matrices) > 1 else matrices


def chain(kernels) -> list[np.ndarray]:
    """One layer or several as a list of (kh, kw, C, F), where the channels fit."""
    steps = [numeric(k, "kernel") for k in (kernels if isinstance(kernels, tuple) else (kernels,))]
    fits = all(k.ndim == 4 for k in steps) and all(
        before.shape[3] == after.shape[2] for before, after in pairwise(steps)
    )
    if not fits:
        raise ValueError(
            "A layer is a kernel (kh, kw, C, F), or a tuple of kernels in which each takes as many "
            f"channels as the one before makes; these are {', '.join(str(k.shape) for k in steps)}."
        )
    return steps


def operator(kernel: np.ndarray, size) -> np.ndarray:
    """(F·H·W, C·H·W): the matrix of a convolution with padding "same", channel after channel."""
    kh, kw, channels, filters = kernel.shape
    h, w = position(size, (10**6, 10**6))
    matrix = np.zeros((filters, h, w, channels, h, w))
    for i, j, a, b in np.ndindex(h, w, kh, kw):
        row, column = i + a - (kh - 1) // 2, j + b - (kw - 1) // 2
        if 0 <= row < h and 0 <= column < w:
            matrix[:, i, j, :, row, column] = kernel[a, b].T
    return matrix.reshape(filters * h * w, channels * h * w)


def graph(canvas: Canvas, x: float, y: float, kernels: Sequence[np.ndarray]) -> None:
    """Channels as discs in columns, a line wherever a map sees a channel; centred on (x, y)."""
    inch = 1 / canvas.cell
    layers = [kernels[0].shape[2], *(k.shape[3] for k in kernels)]
    apart, between = 0.36 * inch, 0.85 * inch
    left = x - between * len(kernels) / 2

    def place(layer: int, channel: int) -> tuple[float, float]:
        return left + between * layer, y + apart * (channel - (layers[layer] - 1) / 2)

    for layer, kernel in enumerate(kernels):
        for c, f in np.ndindex(kernel.shape[2:]):
            if kernel[:, :, c, f].any():
                canvas.line([place(layer, c), place(layer + 1, f)], KERNEL, linewidth=1.5, zorder=1)
        middle = (place(layer, 0)[0] + place(layer + 1, 0)[0]) / 2
        canvas.words(middle, y + 0.85 * inch, by(kernel.shape[:2]), SMALL)
    for layer, channels in enumerate(layers):
        colour = OUTPUT if layer == len(kernels) else INPUT
        for channel in range(channels):
            canvas.disc(*place(layer, channel), 0.1 * inch, colour)
            canvas.words(*place(layer, channel), f"{channel}", SMALL)


def dots(canvas: Canvas, x: float, y: float, matrix: np.ndarray, size) -> None:
    """A matrix as an image, with lines and numbers where a channel or a map is."""
    from matplotlib.colors import LinearSegmentedColormap

    rows, columns = matrix.shape
    shades = LinearSegmentedColormap.from_list("weights", ["white", tint(KERNEL, 0.35), KERNEL])
    strength = np.abs(matrix) / np.abs(matrix).max()
    strength = np.where(matrix != 0, 0.3 + 0.7 * strength, 0)
    extent = (x, x + columns, y + rows, y)
    options = {"cmap": shades, "vmin": 0, "vmax": 1, "interpolation": "nearest", "aspect": "auto"}
    canvas.axes.imshow(strength, extent=extent, zorder=1, **options)
    pixels, aside = size[0] * size[1], 0.1 / canvas.cell
    for f, row in enumerate(range(0, rows, pixels)):
        canvas.line([(x, y + row), (x + columns, y + row)], FAINT, linewidth=0.7, zorder=2)
        canvas.words(x - aside, y + row + pixels / 2, f"{f}", SMALL, color=OUTPUT)
    for c, column in enumerate(range(0, columns, pixels)):
        canvas.line([(x + column, y), (x + column, y + rows)], FAINT, linewidth=0.7, zorder=2)
        canvas.words(x + column + pixels / 2, y - aside, f"{c}", SMALL, color=INPUT)
    canvas.frame(x, y, columns, rows, line=INK, linewidth=0.8)


def plus(numbers: Sequence[int]) -> str:
    return " + ".join(f"{n:,}" for n in numbers)
