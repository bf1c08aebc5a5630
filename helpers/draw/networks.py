"""A network as the volumes that its layers make, all of them to one scale."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.draw.canvas import (
    ACROSS,
    INK,
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

LONGEST = 150  # numbers: a longer vector is drawn with a gap in it
LARGEST, SMALLEST = 0.04, 0.01  # inches a cell; as large as fits
APART, BETWEEN = 0.35, 0.15  # inches: from volume to volume, and from words to words
LINE = 1.5 * NORMAL / 72  # inches from one line of words to the next


@dataclass(frozen=True)
class Volume:
    """What a layer makes: (height, width, channels), a vector being 1 × 1 × its length."""

    name: str
    shape: tuple[int, ...]
    parameters: int

    @property
    def size(self) -> tuple[int, int, int]:
        return self.shape if len(self.shape) == 3 else (1, 1, self.shape[0])

    @property
    def length(self) -> int:
        """Cells to the right; a vector's gap shortens it."""
        return min(self.size[2], LONGEST) if self.size[0] == 1 else self.size[2]

    @property
    def width(self) -> float:
        return self.length + ACROSS * self.size[1]

    @property
    def words(self) -> list[str]:
        learns = [f"{self.parameters:,} parameters"] if self.parameters else []
        return [self.name, by(f"{n:,}" for n in self.shape), *learns]


@drawn
def network(model: Any) -> Picture:
    """The volumes that a Keras model's layers make, height, width and channels to one scale.

    Layers without kernels that keep the shape (dropout, norms, activations) make no volume of their
    own, but their parameters are counted with the one before. ValueError for a model that is not
    built, or whose volumes are not (H, W, C) or vectors.
    """
    volumes = volumes_of(model)
    rows = [[v for v in volumes if v.size[0] > 1], [v for v in volumes if v.size[0] == 1]]
    rows = [row for row in rows if row]
    canvas = Canvas(largest_cell(rows))
    line, y = LINE / canvas.cell, 0.0
    for row in rows:
        tall = max(v.size[0] for v in row)
        rises = max(UP * v.size[1] for v in row)
        x, y = 0.0, y + rises
        for volume in row:
            box(canvas, x, y + tall - volume.size[0], volume)
            label(canvas, x, y + tall + 0.8 * line, volume)
            x += step(volume, canvas.cell) / canvas.cell
        y += tall + 4.5 * line
    return canvas.done(in_words(volumes, model.count_params()))


def volumes_of(model: Any) -> list[Volume]:
    if not model.built:
        raise ValueError("The model has no input yet: start it with keras.Input((28, 28, 1)).")
    found = [Volume("input", tuple(model.input_shape[1:]), 0)]
    for layer in model.layers:
        shape = tuple(layer.output.shape[1:])
        if len(shape) not in (1, 3):
            raise ValueError(f"{layer.name} makes {shape}, neither (H, W, C) nor a vector.")
        has_kernel = any(len(weight.shape) > 1 for weight in layer.weights)
        if shape != found[-1].shape or has_kernel:
            found.append(Volume(type(layer).__name__, shape, layer.count_params()))
        elif layer.count_params():
            last = found.pop()
            found.append(Volume(last.name, shape, last.parameters + layer.count_params()))
    return found


def largest_cell(rows: list[list[Volume]]) -> float:
    """Inches: the largest cell with which every row fits into a notebook's column."""
    for cell in np.arange(LARGEST, SMALLEST, -0.001):
        if all(sum(step(volume, cell) for volume in row) <= WIDEST for row in rows):
            return float(cell)
    return SMALLEST


def step(volume: Volume, cell: float) -> float:
    """Inches from one volume to the next: past it, and past the words below it."""
    name, *numbers = volume.words
    words = max(0.68 * NORMAL * len(name), *(0.58 * SMALL * len(line) for line in numbers)) / 72
    return max(cell * volume.width + APART, words + BETWEEN)


def label(canvas: Canvas, x: float, y: float, volume: Volume) -> None:
    """Its words below it, one line each; the first one is its name."""
    name, *numbers = volume.words
    canvas.words(x, y, name, NORMAL, ha="left", weight="bold")
    for place, words in enumerate(numbers, start=1):
        canvas.words(x, y + place * LINE / canvas.cell, words, SMALL, ha="left")


def box(canvas: Canvas, x: float, y: float, volume: Volume) -> None:
    """Its front, top and right side; (x, y) is the front's top left corner."""
    height, columns, _ = volume.size
    colour = INPUT if volume.name == "input" else OUTPUT
    right, bottom = x + volume.length, y + height
    away = (ACROSS * columns, -UP * columns)

    def behind(point):
        return point[0] + away[0], point[1] + away[1]

    front = [(x, y), (right, y), (right, bottom), (x, bottom)]
    top = [(x, y), (right, y), behind((right, y)), behind((x, y))]
    side = [(right, y), (right, bottom), behind((right, bottom)), behind((right, y))]
    for face, strength in ((front, 0.35), (top, 0.2), (side, 0.55)):
        canvas.polygon(face, tint(colour, strength), line=colour, linewidth=0.8)
    if volume.size[2] > volume.length:
        gap(canvas, x + 0.55 * volume.length, y, bottom)


def gap(canvas: Canvas, x: float, top: float, bottom: float) -> None:
    """Two slanted strokes on white: here is more than can be drawn."""
    lean, half, over = 1.5, 2.0, 2.2
    corners = [(x - half + lean, top - over), (x + half + lean, top - over)]
    corners += [(x + half - lean, bottom + over), (x - half - lean, bottom + over)]
    canvas.polygon(corners, "white", line="none", zorder=6)
    for start, end in ((corners[0], corners[3]), (corners[1], corners[2])):
        canvas.line([start, end], INK, linewidth=1.0, zorder=7)


def in_words(volumes: list[Volume], total: int) -> str:
    steps = [", ".join(volume.words) for volume in volumes]
    return f"A network of {total:,} parameters as volumes to scale: {'; '.join(steps)}."
