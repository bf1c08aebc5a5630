"""The window, step by step, with buttons: all four kinds of convolution.

They differ in one thing only, the parts that a map is made of. A part is a channel under its own
weights. A normal or a pointwise map has a part for every channel, a depthwise map has one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.draw.canvas import INPUT, KERNEL, OUTPUT, by, each, number, signed, some
from helpers.draw.sliding import Slide, numeric
from helpers.draw.tables import Area, Board, Step
from helpers.draw.volumes import fitting


@dataclass(frozen=True)
class Stepper:
    """A page made of numbers only: the same on every machine, so nbval can compare it."""

    html: str
    alt: str

    def save(self, path: str | Path) -> None:
        """Write the page as an HTML file."""
        Path(path).write_text(f'<!doctype html><meta charset="utf-8">{self.html}', "utf-8")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return {"text/html": self.html, "text/plain": self.alt}, {}


KINDS = {
    (True, False, False): "normal",
    (False, True, False): "depthwise",
    (False, False, True): "pointwise",
    (False, True, True): "separable",
}


def stepper(
    image, kernel=None, stride=1, padding="valid", dilation=1, *, depthwise=None, pointwise=None
) -> Stepper:
    """A convolution at every output position in turn, with its arithmetic, channel by channel.

    ``image`` (H, W, C) with ``kernel`` (kh, kw, C, F) is a normal convolution, with ``depthwise``
    (kh, kw, C, m) a depthwise one whose map c·m + j is made of channel c, with ``pointwise``
    (1, 1, C, F) a pointwise one. ``depthwise`` and ``pointwise`` (1, 1, C·m, F) together are a
    separable one: all steps of the first, then all of the second. An ``image`` (H, W) with a
    ``kernel`` (kh, kw) is one channel under one filter.

    ``stride``, ``padding`` and ``dilation`` as in `window`; a pointwise convolution has none of
    them. Where scripts do not run, the first step is shown. ValueError where something does not fit.
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    given = tuple(weights is not None for weights in (kernel, depthwise, pointwise))
    if given not in KINDS:
        raise ValueError(
            "Give a kernel, or depthwise=, or pointwise=, or the last two: stepper(image, kernel)."
        )
    if KINDS[given] == "pointwise" and tuple(options.values()) != (1, "valid", 1):
        raise ValueError(
            "A pointwise convolution visits every pixel: it has no stride, padding or dilation."
        )
    board, image = Board(), numeric(image, "image")
    if KINDS[given] == "normal" and image.ndim == numeric(kernel, "kernel").ndim == 2:
        words = one_channel(board, Slide.of(image, kernel, **options))
    elif KINDS[given] == "normal":
        words = normal(board, image, kernel, options)
    elif KINDS[given] == "pointwise":
        words = pixel_by_pixel(board, image, pointwise)
    elif KINDS[given] == "depthwise":
        words = channel_by_channel(board, image, depthwise, options)
    else:
        words = separable(board, image, depthwise, pointwise, options)
    page = board.html(f"{KINDS[given]} convolution, step by step")
    first = board.steps[0].sentence
    return Stepper(page, f"{some(len(board.steps), 'step')}. {words} First step: {first}")


@dataclass(frozen=True)
class Part:
    """One channel under its own weights: by their tables, and what they make of each other."""

    source: int
    weights: int
    slide: Slide
    name: str = ""


def sweep(board: Board, where: str, parts: list[Part], target: int) -> None:
    """One map, window by window.

    Maps are walked through one after the other, not position by position: a filter is seen to go
    over the whole image, as in the one-channel stepper, before the next filter does the same.
    """
    for at in np.ndindex(parts[0].slide.shape):
        frames = {target: (*at, 1, 1, 1)}
        for part in parts:
            slide = part.slide
            size, apart = slide.kernel.shape, slide.rows.dilation
            frames[part.source] = (*slide.cells(at)[0], *size, apart)
            frames[part.weights] = (0, 0, *size, 1)
        place = f"{where}row {at[0]}, column {at[1]}"
        board.steps.append(Step(frames, (target, *at), place, arithmetic(parts, at)))


def arithmetic(parts: list[Part], at: tuple[int, int]) -> list[str]:
    """The sum that makes one number: a line for each channel, or one line of one product each."""
    if len(parts) == 1:
        return [parts[0].name + parts[0].slide.arithmetic(at)]
    values = [part.slide.value(at) for part in parts]
    together = number(sum(values))
    if all(part.slide.kernel.size == 1 for part in parts):
        products = [part.slide.arithmetic(at).split(" = ")[0] for part in parts]
        return [f"{' + '.join(products)} = {together}"]
    lines = [part.name + part.slide.arithmetic(at) for part in parts]
    return [*lines, f"together: {' + '.join(map(signed, values))} = {together}"]


def one_channel(board: Board, slide: Slide) -> str:
    """One channel under one filter, side by side; returns what is shown, in words."""
    size = slide.kernel.shape
    source = input_table(board, slide, "image", (1, 1, 1, 1), "image", by(slide.padded.shape))
    board.sign((1, 2, 1, 1), "×")
    weights = board.table("kernel", slide.kernel, KERNEL, (1, 3, 1, 1), "kernel", by(size))
    board.sign((1, 4, 1, 1), "=")
    place = (1, 5, 1, 1)
    target = board.table(
        "output", slide.output, OUTPUT, place, "output", by(slide.shape), fills=True
    )
    sweep(board, "", [Part(source, weights, slide)], target)
    return (
        f"A {by(size)} kernel on a {by(slide.image.shape)} image makes an output of "
        f"{by(slide.shape)}."
    )


# With channels, a grid: words stand in the first column, then each channel has one, with a sign
# after it, and maps that need all channels stand to the right. What belongs to one channel stays
# below it. So a depthwise convolution never leaves its columns, and a normal one adds up to the
# right. Each function returns what it put down, in words.


def normal(board: Board, image, kernel, options: dict) -> str:
    image, kernel = fitting(image, kernel, "(kh, kw, C, F)")
    slides = mixed_slides(image, kernel, options)
    sources = image_row(board, slides[0], image.shape)
    return f"Normal convolution of {by(image.shape)}: {mix(board, sources, slides)}."


def pixel_by_pixel(board: Board, image, kernel) -> str:
    image, kernel = fitting(image, kernel, "(1, 1, C, F)")
    if kernel.shape[:2] != (1, 1):
        raise ValueError(f"Pointwise kernels are (1, 1, C, F); these are {kernel.shape}.")
    slides = mixed_slides(image, kernel, {})
    sources = image_row(board, slides[0], image.shape)
    return f"Pointwise convolution of {by(image.shape)}: {mix(board, sources, slides)}."


def channel_by_channel(board: Board, image, kernel, options: dict) -> str:
    image, kernel = fitting(image, kernel, "(kh, kw, C, m)")
    slides = own_slides(image, kernel, options)
    sources = image_row(board, [own[0] for own in slides], image.shape, kernel.shape[3])
    made, _ = split(board, sources, slides)
    return f"Depthwise convolution of {by(image.shape)}: {made}."


def separable(board: Board, image, depthwise, pointwise, options: dict) -> str:
    image, depthwise = fitting(image, depthwise, "(kh, kw, C, m)")
    pointwise, multiplier = numeric(pointwise, "pointwise"), depthwise.shape[3]
    maps = image.shape[2] * multiplier
    if pointwise.ndim != 4 or pointwise.shape[:3] != (1, 1, maps):
        raise ValueError(
            f"After {maps} depthwise maps the pointwise kernels are (1, 1, {maps}, F); "
            f"these are {pointwise.shape}."
        )
    slides = own_slides(image, depthwise, options)
    sources = image_row(board, [own[0] for own in slides], image.shape, multiplier)
    first, targets = split(board, sources, slides, "depthwise step, ")
    between = np.stack([slide.output for own in slides for slide in own], axis=2)
    then = mix(
        board, targets, mixed_slides(between, pointwise, {}), 4, "pointwise step, ", "output"
    )
    return f"Separable convolution of {by(image.shape)}: {first}; then {then}."


def mixed_slides(image, kernel, options: dict) -> list[list[Slide]]:
    """For each map, every channel under its weights."""
    channels, filters = kernel.shape[2:]
    return [
        [Slide.of(image[..., c], kernel[..., c, f], **options) for c in range(channels)]
        for f in range(filters)
    ]


def own_slides(image, kernel, options: dict) -> list[list[Slide]]:
    """For each channel, it alone under each of its own filters."""
    channels, multiplier = kernel.shape[2:]
    return [
        [Slide.of(image[..., c], kernel[..., c, j], **options) for j in range(multiplier)]
        for c in range(channels)
    ]


def channel_area(row: int, channel: int, wide: int = 1) -> Area:
    """Where a channel stands on the grid; ``wide`` is how many maps stand below it."""
    return row, 2 + 2 * wide * channel, 1, 2 * wide - 1


def input_table(board: Board, slide: Slide, name: str, area: Area, title: str, size="") -> int:
    zeros = slide.rows.zeros, slide.columns.zeros
    title += " and zeros" if np.any(zeros) and size else ""
    return board.table(name, slide.padded, INPUT, area, title, size, zeros=zeros)


def image_row(board: Board, slides: list[Slide], shape, wide: int = 1) -> list[int]:
    """The channels of the image, side by side."""
    zeros = "\nand zeros" if slides[0].padded.size > slides[0].image.size else ""
    board.label((1, 1, 1, 1), "image", by(shape) + zeros)
    return [
        input_table(board, slide, f"image, channel {c}", channel_area(1, c, wide), f"channel {c}")
        for c, slide in enumerate(slides)
    ]


def mix(board: Board, sources, slides, row: int = 2, stage: str = "", what: str = "map") -> str:
    """A row for each filter: it has weights for every channel, and their sums add up to its map."""
    right = 1 + 2 * len(sources)
    size, shape = (*slides[0][0].kernel.shape, len(sources)), slides[0][0].shape
    for f, by_channel in enumerate(slides):
        line, parts = row + f, []
        board.label((line, 1, 1, 1), f"filter {f}", by(size))
        for c, slide in enumerate(by_channel):
            name = f"filter {f}, channel {c}"
            weights = board.table(name, slide.kernel, KERNEL, channel_area(line, c))
            parts.append(Part(sources[c], weights, slide, f"channel {c}: "))
            last = c == len(sources) - 1
            board.sign((line, 3 + 2 * c, 1, 1), "=" if last else "+")
        values = sum(slide.output for slide in by_channel)
        name = f"{what} {f}"
        target = board.table(name, values, OUTPUT, (line, right + 1, 1, 1), fills=True)
        board.label((line, right + 2, 1, 1), name, by(shape))
        sweep(board, f"{stage}{name}, ", parts, target)
    return f"{each(len(slides), 'filter')} {by(size)}, {each(len(slides), what)} {by(shape)}"


def split(board: Board, sources, slides, stage: str = "") -> tuple[str, list[int]]:
    """Below each channel its own filters, and below each of these the map that it makes."""
    multiplier, size, shape = len(slides[0]), slides[0][0].kernel.shape, slides[0][0].shape
    maps, targets = len(slides) * multiplier, []
    board.label((2, 1, 1, 1), some(maps, "filter"), by((*size, 1)))
    board.label((3, 1, 1, 1), "between" if stage else some(maps, "map"), by((*shape, maps)))
    for c, own in enumerate(slides):
        if c:
            board.sign((1, 1 + 2 * c * multiplier, 1, 1), "")  # white between the channels
        for m, slide in enumerate(own, start=c * multiplier):
            where = channel_area(2, m), channel_area(3, m)
            weights = board.table(f"filter {m}", slide.kernel, KERNEL, where[0], f"filter {m}")
            target = board.table(f"map {m}", slide.output, OUTPUT, where[1], f"map {m}", fills=True)
            part = Part(sources[c], weights, slide, f"channel {c} alone: ")
            sweep(board, f"{stage}map {m}, ", [part], target)
            targets.append(target)
    made = f"{each(maps, 'filter')} {by((*size, 1))}, {each(maps, 'map')} {by(shape)}"
    return made, targets
