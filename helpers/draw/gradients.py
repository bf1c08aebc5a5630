"""The backward pass in numbers: the same gradient handed out, and collected."""

import numpy as np

from helpers.draw.canvas import (
    GRADIENT,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    SMALL,
    TIMES,
    Canvas,
    by,
    number,
    signed,
    some,
    tint,
)
from helpers.draw.grids import below, in_words, one_sum
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import Slide, numeric, position


@drawn
def backward(dy, kernel, at=(0, 0), stride=1) -> Picture:
    """An output hands its gradient to the pixels that it read: a scatter, one output at a time.

    ``dy`` (oh, ow), ``kernel`` (kh, kw), padding "valid". Output ``at`` adds its share to its
    window of dx; dx is shown with the shares of all outputs up to this one. ValueError where
    something does not fit.
    """
    dy, kernel = fitting(dy, kernel, stride)
    at = position(at, dy.shape)
    share, (kh, kw) = dy[at] * kernel, kernel.shape
    top, left = at[0] * stride, at[1] * stride
    dx = scattered(dy, kernel, stride, upto=at)
    canvas, middle = Canvas(), dx.shape[0] / 2

    def fill(i, j):
        inside = top <= i < top + kh and left <= j < left + kw
        return tint(HIGHLIGHT, 0.35) if inside else tint(GRADIENT, 0.22)

    canvas.grid(0, middle - dy.shape[0] / 2, dy, GRADIENT, "dy")
    canvas.frame(at[1], middle - dy.shape[0] / 2 + at[0], 1, 1)
    x = dy.shape[1] + 1.6
    canvas.sign(x - 0.8, middle, TIMES)
    canvas.grid(x, middle - kh / 2, kernel, KERNEL, "kernel")
    x += kw + 1.6
    canvas.sign(x - 0.8, middle, "=")
    times = f"{signed(dy[at])} · kernel"
    canvas.grid(x, middle - kh / 2, share, lambda i, j: tint(HIGHLIGHT, 0.35), "its share")
    x += kw + 2.4
    canvas.arrow((x - 2.1, middle), (x - 0.3, middle))
    canvas.words(x - 1.25, middle - 0.45, "add", SMALL)
    canvas.grid(x, 0, dx, fill, "dx so far")
    canvas.frame(x + left, top, kw, kh)
    code = f"dx[{top}:{top + kh}, {left}:{left + kw}] += {times}"
    below(canvas, (x + dx.shape[1]) / 2, dx.shape[0] + 1.2, code, x + dx.shape[1])
    return canvas.done(
        f"dy at row {at[0]}, column {at[1]} is {number(dy[at])}. That times the kernel, "
        f"{in_words(share)}, is added to the {by(kernel.shape)} window of dx that this output "
        f"read: {code}. dx so far: {in_words(dx)}."
    )


@drawn
def transposed(dy, kernel, at=(0, 0), stride=1) -> Picture:
    """A pixel collects from all outputs that read it: a window with the flipped kernel on dy.

    ``dy`` (oh, ow), ``kernel`` (kh, kw), padding "valid": stride - 1 zeros are put between the
    numbers of dy, and zeros around it, both hatched. ``at`` is a position (row, column) in dx, of
    which what comes after is still blank. ValueError where something does not fit.
    """
    dy, kernel = fitting(dy, kernel, stride)
    (kh, kw), (oh, ow) = kernel.shape, dy.shape
    spread = np.zeros(((oh - 1) * stride + 2 * kh - 1, (ow - 1) * stride + 2 * kw - 1), dy.dtype)
    numbers = (slice(kh - 1, 1 - kh or None, stride), slice(kw - 1, 1 - kw or None, stride))
    spread[numbers] = dy
    added = np.ones(spread.shape, bool)
    added[numbers] = False
    slide = Slide.of(spread, kernel[::-1, ::-1])
    at = position(at, slide.shape)
    canvas = Canvas()
    names = "dy and zeros", "flipped kernel", "dx"
    one_sum(canvas, slide, at, added, names, (GRADIENT, KERNEL, GRADIENT))
    between = f" with {some(stride - 1, 'zero')} between neighbours and" if stride > 1 else " with"
    return canvas.done(
        f"dy of {by(dy.shape)}{between} zeros around it, {by(spread.shape)}, under the flipped "
        f"kernel of {by(kernel.shape)}: dx of {by(slide.shape)}. At row {at[0]}, column {at[1]}: "
        f"{slide.arithmetic(at)}."
    )


@drawn
def kernel_gradient(dy, image, at=(0, 0)) -> Picture:
    """A weight collects from all outputs: the image under a window that holds dy.

    ``dy`` (oh, ow), ``image`` (H, W), padding "valid", stride 1. ``at`` is a position (row, column)
    in dkernel, of which what comes after is still blank. ValueError where something does not fit.
    """
    slide = Slide.of(image, dy)
    at = position(at, slide.shape)
    canvas, nothing = Canvas(), np.zeros(slide.padded.shape, bool)
    names = "image", "dy", "dkernel"
    one_sum(canvas, slide, at, nothing, names, (INPUT, GRADIENT, GRADIENT))
    return canvas.done(
        f"The image of {by(slide.image.shape)} under dy of {by(slide.kernel.shape)} as a window: "
        f"dkernel of {by(slide.shape)}. At row {at[0]}, column {at[1]}: {slide.arithmetic(at)}."
    )


def fitting(dy, kernel, stride) -> tuple[np.ndarray, np.ndarray]:
    dy, kernel = numeric(dy, "dy"), numeric(kernel, "kernel")
    if dy.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            f"dy is (oh, ow), the kernel (kh, kw); these are {dy.shape}, {kernel.shape}."
        )
    if not isinstance(stride, (int, np.integer)) or stride < 1:
        raise ValueError(f"Stride is a whole number from 1 up, not {stride!r}.")
    return dy, kernel


def scattered(dy, kernel, stride: int, upto) -> np.ndarray:
    """dx with the shares of all outputs up to one, row by row."""
    sizes = [(o - 1) * stride + k for o, k in zip(dy.shape, kernel.shape, strict=True)]
    dx = np.zeros(sizes, np.result_type(dy, kernel))
    for i, j in np.ndindex(dy.shape):
        if (i, j) <= tuple(upto):
            top, left = i * stride, j * stride
            dx[top : top + kernel.shape[0], left : left + kernel.shape[1]] += dy[i, j] * kernel
    return dx
