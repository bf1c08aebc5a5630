"""A network as the volumes that its layers make, all of them to one scale."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.draw.canvas import (
    ACROSS,
    INPUT,
    NORMAL,
    OUTPUT,
    SMALL,
    UP,
    WIDEST,
    Canvas,
    by,
    tint,
)
from helpers.draw.picture import Picture, drawn

LARGEST, SMALLEST = 0.04, 0.01  # inches a cell; as large as fits
NORMS = ("BatchNormalization", "LayerNormalization", "GroupNormalization")
APART, BETWEEN = 0.35, 0.15  # inches: from volume to volume, and from words to words
BAR = 0.07  # inches: how high a vector is drawn
LINE = 1.5 * NORMAL / 72  # inches from one line of words to the next


@dataclass(frozen=True)
class Volume:
    """What a layer makes: (height, width, channels), a vector being 1 × 1 × its length."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    more: tuple[str, ...] = ()  # what else learns before the next volume, in words

    @property
    def size(self) -> tuple[int, int, int]:
        return self.shape if len(self.shape) == 3 else (1, 1, self.shape[0])

    @property
    def is_vector(self) -> bool:
        return self.size[:2] == (1, 1)

    @property
    def width(self) -> float:
        """In cells."""
        return self.size[2] + (0 if self.is_vector else ACROSS * self.size[1])

    @property
    def words(self) -> list[str]:
        learns = [f"{self.parameters:,} parameters"] if self.parameters else []
        return [self.name, by(f"{n:,}" for n in self.shape), *learns, *self.more]


@drawn
def network(model: Any) -> Picture:
    """What a Keras model's layers make: volumes to one scale, then vectors to one scale.

    Vectors have the volumes' scale unless the longest is wider than a notebook's column. Layers
    without kernels that keep the shape (dropout, norms, activations) make no volume of their own,
    but their parameters are named below the one before. ValueError for a model that is not built,
    or whose volumes are not (H, W, C) or vectors.
    """
    found = volumes_of(model)
    volumes, vectors = ([v for v in found if v.is_vector == flat] for flat in (False, True))
    canvas = Canvas(largest_cell(volumes))
    y = row(canvas, 0.0, volumes, 1.0)
    longest = max((vector.width for vector in vectors), default=1)
    scale = min(1.0, (WIDEST - APART) / (canvas.cell * longest))
    if scale < 1:
        words = f"vectors are drawn {1 / scale:.0f} times smaller"
        below = y + 1 + 0.8 * LINE / canvas.cell
        canvas.words(scale * longest, below, words, SMALL, ha="right")
    for line in broken(vectors, canvas.cell * scale):
        y = row(canvas, y, line, scale)
    return canvas.done(in_words(found, model.count_params(), scale))


def row(canvas: Canvas, y: float, volumes: list[Volume], scale: float) -> float:
    """Side by side with their words below, the highest from y down; returns where the next row is."""
    if not volumes:
        return y
    tall = max(v.size[0] for v in volumes)
    x, y = 0.0, y + max(0 if v.is_vector else UP * v.size[1] for v in volumes)
    line = LINE / canvas.cell
    for volume in volumes:
        top = y + tall - volume.size[0]
        bar(canvas, x, top, volume, scale) if volume.is_vector else box(canvas, x, top, volume)
        label(canvas, x, y + tall + 0.8 * line, volume)
        x += step(volume, canvas.cell, scale) / canvas.cell
    return y + tall + line * (1.5 + max(len(v.words) for v in volumes))


def volumes_of(model: Any) -> list[Volume]:
    if not model.built:
        raise ValueError("The model has no input yet: start it with keras.Input((28, 28, 1)).")
    found = [Volume("input", tuple(model.input_shape[1:]), 0)]
    for layer in model.layers:
        shape, kind = tuple(layer.output.shape[1:]), type(layer).__name__
        if len(shape) not in (1, 3):
            raise ValueError(f"{layer.name} makes {shape}, neither (H, W, C) nor a vector.")
        has_kernel = any(len(weight.shape) > 1 for weight in layer.weights)
        if shape != found[-1].shape or has_kernel:
            found.append(Volume(kind, shape, layer.count_params()))
        elif layer.count_params():
            last = found.pop()
            words = f"+ {layer.count_params():,} in a {'norm' if kind in NORMS else kind}"
            found.append(replace(last, more=(*last.more, words)))
    return found


def largest_cell(volumes: list[Volume]) -> float:
    """Inches: the largest cell with which the row fits into a notebook's column."""
    for cell in np.arange(LARGEST, SMALLEST, -0.001):
        if sum(step(volume, cell) for volume in volumes) <= WIDEST:
            return float(cell)
    return SMALLEST


def broken(vectors: list[Volume], cell: float) -> list[list[Volume]]:
    """The vectors in as many rows as a notebook's column asks for."""
    rows, used = [], WIDEST
    for vector in vectors:
        wide = step(vector, cell)
        if used + wide > WIDEST:
            rows, used = [*rows, []], 0.0
        rows[-1].append(vector)
        used += wide
    return rows


def step(volume: Volume, cell: float, scale: float = 1.0) -> float:
    """Inches from one volume to the next: past it, and past the words below it."""
    name, *numbers = volume.words
    words = max(0.68 * NORMAL * len(name), *(0.58 * SMALL * len(line) for line in numbers)) / 72
    return max(cell * scale * volume.width + APART, words + BETWEEN)


def label(canvas: Canvas, x: float, y: float, volume: Volume) -> None:
    """Its words below it, one line each; the first one is its name."""
    name, *numbers = volume.words
    canvas.words(x, y, name, NORMAL, ha="left", weight="bold")
    for place, words in enumerate(numbers, start=1):
        canvas.words(x, y + place * LINE / canvas.cell, words, SMALL, ha="left")


def box(canvas: Canvas, x: float, y: float, volume: Volume) -> None:
    """Its front, top and right side; (x, y) is the front's top left corner."""
    height, columns, channels = volume.size
    colour = colour_of(volume)
    right, bottom = x + channels, y + height
    away = (ACROSS * columns, -UP * columns)

    def behind(point):
        return point[0] + away[0], point[1] + away[1]

    front = [(x, y), (right, y), (right, bottom), (x, bottom)]
    top = [(x, y), (right, y), behind((right, y)), behind((x, y))]
    side = [(right, y), (right, bottom), behind((right, bottom)), behind((right, y))]
    for face, strength in ((front, 0.35), (top, 0.2), (side, 0.55)):
        canvas.polygon(face, tint(colour, strength), line=colour, linewidth=0.8)


def bar(canvas: Canvas, x: float, y: float, volume: Volume, scale: float) -> None:
    """A vector: as long as it has numbers."""
    right, bottom = x + scale * volume.width, y + BAR / canvas.cell
    corners = [(x, y), (right, y), (right, bottom), (x, bottom)]
    colour = colour_of(volume)
    canvas.polygon(corners, tint(colour, 0.55), line=colour, linewidth=0.8)


def colour_of(volume: Volume) -> str:
    return INPUT if volume.name == "input" else OUTPUT


def in_words(volumes: list[Volume], total: int, scale: float) -> str:
    steps = [", ".join(volume.words) for volume in volumes]
    smaller = f", vectors {1 / scale:.0f} times smaller" if scale < 1 else ""
    return f"A network of {total:,} parameters as volumes to scale{smaller}: {'; '.join(steps)}."
