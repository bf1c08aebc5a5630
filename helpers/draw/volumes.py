"""The three-dimensional pictures: which inputs, which filters, which outputs belong together."""

import numpy as np

from helpers.draw.canvas import (
    ACROSS,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    LARGE,
    OUTPUT,
    SMALL,
    UP,
    Canvas,
    oblique,
)
from helpers.draw.picture import Picture

UNIT = 0.19  # inches a cell, small enough for four filters above each other


def volume(canvas: Canvas, x: float, y: float, shape, colour: str, marked=()) -> None:
    """A stack of channel sheets, the first one in front, at the left."""
    rows, columns, channels = shape
    for c in reversed(range(channels)):
        canvas.sheet(x + c * gap(columns), y, rows, columns, colour, 0.16 + 0.1 * (c % 3), marked)


def gap(columns: int) -> float:
    """How far apart the sheets of a volume stand: each must show most of its window."""
    return max(1.9, 0.72 * ACROSS * columns + 0.5)


def width_of(shape) -> float:
    return ACROSS * shape[1] + gap(shape[1]) * (shape[2] - 1)


def normal_convolution(image: np.ndarray, kernels: np.ndarray, at=(0, 0)) -> Picture:
    """Every filter spans all input channels, and makes one output map.

    ``image`` (H, W, C), ``kernels`` (kh, kw, C, F) as Keras has them, ``at`` the output position
    (row, column) that is highlighted. ValueError where the channels or the position do not fit.
    """
    image, kernels = np.asarray(image), np.asarray(kernels)
    if image.ndim != 3 or kernels.ndim != 4 or image.shape[2] != kernels.shape[2]:
        raise ValueError(
            "The image is (H, W, C) and the kernels are (kh, kw, C, F) with the same C; "
            f"these are {image.shape} and {kernels.shape}."
        )
    kh, kw, channels, filters = kernels.shape
    output = (image.shape[0] - kh + 1, image.shape[1] - kw + 1)
    if not (0 <= at[0] < output[0] and 0 <= at[1] < output[1]):
        raise ValueError(f"at={at} lies outside the output of {output[0]} × {output[1]}.")
    canvas = Canvas(min(UNIT, 6.5 / (filters * (max(output[0], kh) + UP * output[1] + 1.4))))

    kernel_shape, map_shape = (kh, kw, channels), (*output, 1)
    row_height = max(output[0] + UP * output[1], kh + UP * kw) + 1.3
    height = filters * row_height
    kernels_x = width_of(image.shape) + 7
    maps_x = kernels_x + width_of(kernel_shape) + 6
    image_y = (height - image.shape[0] + UP * image.shape[1]) / 2

    window = {(at[0] + a, at[1] + b) for a, b in np.ndindex(kh, kw)}
    volume(canvas, 0, image_y, image.shape, INPUT, window)
    last_sheet = ((channels - 1) * gap(image.shape[1]), image_y)
    last_kernel = kernels_x + (channels - 1) * gap(kw)
    for f in range(filters):
        middle = (f + 0.5) * row_height
        kernel_y = middle - (kh - UP * kw) / 2
        map_y = middle - (output[0] - UP * output[1]) / 2
        link_window(canvas, last_sheet, at, (kh, kw), (kernels_x, kernel_y))
        volume(canvas, kernels_x, kernel_y, kernel_shape, KERNEL)
        canvas.sheet(maps_x, map_y, *output, OUTPUT, marked={tuple(at)})
        out_of_kernel = oblique(last_kernel, kernel_y, kh / 2, kw)
        into_cell = oblique(maps_x, map_y, at[0] + 0.5, at[1] + 0.5)
        canvas.line([out_of_kernel, into_cell], HIGHLIGHT, linewidth=1, zorder=3)

    below = max(height, image_y + image.shape[0]) + 1.2
    name(canvas, width_of(image.shape) / 2, below, "input", image.shape)
    some = "1 filter" if filters == 1 else f"{filters} filters, each"
    name(canvas, kernels_x + width_of(kernel_shape) / 2, below, some, kernel_shape)
    maps = "1 output map" if filters == 1 else f"{filters} output maps, each"
    name(canvas, maps_x + width_of(map_shape) / 2, below, maps, output)
    numbers = kh * kw * channels
    return canvas.done(
        f"Normal convolution: an input of {by(image.shape)}, {some} {by(kernel_shape)}, "
        f"{maps} {by(output)}. The {by(kernel_shape)} block "
        f"whose top left corner is at row {at[0]}, column {at[1]} meets every filter; each sum of "
        f"{numbers} products is one number, at row {at[0]}, column {at[1]} of that filter's map."
    )


def link_window(canvas: Canvas, sheet, at, size, kernel) -> None:
    """Two thin lines from the window's far edge to a filter."""
    for a in (0, size[0]):
        start = oblique(*sheet, at[0] + a, at[1] + size[1])
        canvas.line([start, oblique(*kernel, a, 0)], HIGHLIGHT, linewidth=0.7, alpha=0.8, zorder=2)


def name(canvas: Canvas, x: float, y: float, what: str, shape) -> None:
    canvas.words(x, y + 0.3, what, LARGE)
    canvas.words(x, y + 1.9, by(shape), SMALL + 1)


def by(shape) -> str:
    return " × ".join(map(str, shape))
