"""Digits drawn from fonts, for where MNIST cannot be had: the same shapes and types, no network.

Of a glyph only its spine is taken, the middle of its strokes. An image shows how far each pixel is
from the spine, seen through a random warp: ink is what is nearer than half a random pen's width.
As in MNIST, a digit fills 20 pixels and its centre of mass is the centre of the image.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

SIZE, FILLED = 28, 20  # pixels: an image, and the longer side of the digit in it

FONTS = (
    *("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSerif-Italic"),
    *("STIXGeneral", "STIXGeneralItalic", "cmr10", "cmss10", "cmti10", "cmtt10"),
)
# Half of the images of some digits are letters: people write those digits as fonts print these.
LETTERS = {1: "Il|", 4: "Чч", 6: "b", 9: "qꟼᑫ"}
LETTER_FONTS = ("DejaVuSans", "DejaVuSans-Oblique")

# Lengths are in heights of the glyph from here on.
REACH = 0.8  # a glyph's field spans -REACH..REACH both ways,
FINE, CELLS = 96, 48  # in so many cells when its spine is looked for, and when it is stored
THIN, THICK = 0.03, 0.10  # half the width of the pen
LEAN, TURN, STRETCH = (0.1, 0.2), (0.0, 0.13), (0.0, 0.35)  # mean and spread; radians, log width
KNOTS, ELASTIC = 6, 0.15  # the elastic warp: KNOTS × KNOTS random shifts and their spread
AT_ONCE = 5000  # images; more would take more memory and no less time


def drawn_digits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images (count, 28, 28) and labels (count,), both uint8; the same for the same seed.

    ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"Draw at least one digit, not {count}.")
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count, dtype=np.uint8)
    parts = [draw(labels[i : i + AT_ONCE], rng) for i in range(0, count, AT_ONCE)]
    return np.concatenate(parts), labels


def draw(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) -> (n, 28, 28) uint8, in two looks: the first finds out where to look."""
    glyphs, ink = choose(labels, rng), random_hand(len(labels), rng)
    centre, side = np.zeros((len(labels), 2)), np.full(len(labels), 2 * REACH)
    first = ink(glyphs, centre, side)
    return np.rint(255 * ink(glyphs, *framed(first, side))).astype(np.uint8)


def choose(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each label the number of one of its glyphs."""
    chances = rng.random(len(labels))
    options = [choices()[label] for label in labels]
    return np.array([o[int(c * len(o))] for o, c in zip(options, chances, strict=True)])


def random_hand(n: int, rng: np.random.Generator) -> Callable:
    """How n glyphs are written. ``ink(glyphs, centre, side)`` looks at them through windows."""
    thickness = rng.uniform(THIN, THICK, (n, 1, 1))
    lean, turn, stretch = (
        rng.normal(*spread, n)[:, None, None] for spread in (LEAN, TURN, STRETCH)
    )
    shift_x, shift_y = (smooth(rng.normal(0, ELASTIC, (n, KNOTS, KNOTS))) for _ in range(2))
    cos, sin, wide = np.cos(turn), np.sin(turn), np.exp(stretch)

    def ink(glyphs: np.ndarray, centre: np.ndarray, side: np.ndarray) -> np.ndarray:
        """(n, 28, 28) in 0..1: square windows with such centres (n, 2), as y and x, and sides (n,)."""
        pixel = side / SIZE
        across = (np.arange(SIZE) - (SIZE - 1) / 2) * pixel[:, None]
        y = (across + centre[:, :1])[:, :, None]
        x = (across + centre[:, 1:])[:, None, :]
        turned_y, turned_x = cos * y - sin * x, sin * y + cos * x
        leaning_x = (turned_x + lean * turned_y) * wide
        inside = thickness - distance(glyphs, turned_y + shift_y, leaning_x + shift_x)
        return np.clip(0.5 + inside / pixel[:, None, None], 0, 1)

    return ink


def framed(ink: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (n, 2) and side (n,) of the window that shows each digit as MNIST does."""
    extents = []
    for axis in (2, 1):
        marked = ink.max(axis=axis) > 0.3
        extents.append(SIZE - marked.argmax(axis=1) - marked[:, ::-1].argmax(axis=1))
    mass = ink.sum(axis=(1, 2)) + 1e-6
    places = (np.arange(SIZE) - (SIZE - 1) / 2) / SIZE
    centre = [(ink.sum(axis=axis) @ places) / mass * side for axis in (2, 1)]
    return np.stack(centre, axis=1), side * np.maximum(*extents) / FILLED


def smooth(knots: np.ndarray) -> np.ndarray:
    """(n, g, g) -> (n, 28, 28): weighted means of the knots nearby, so that no stroke breaks."""
    places, at = np.linspace(0, 1, SIZE)[:, None], np.linspace(0, 1, knots.shape[1])
    weights = np.exp(-0.5 * ((places - at) * (knots.shape[1] - 1) / 0.6) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ knots @ weights.T


def distance(glyphs: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """How far such points (n, h, w) are from the spines of n glyphs: bilinear between cells."""
    cells, scale = fields().ravel(), CELLS / (2 * REACH)
    row, column = (np.clip((u + REACH) * scale - 0.5, 0, CELLS - 1.001) for u in (y, x))
    i, j = row.astype(np.intp), column.astype(np.intp)
    corner, down, right = (glyphs[:, None, None] * CELLS + i) * CELLS + j, row - i, column - j
    above = cells[corner] * (1 - right) + cells[corner + 1] * right
    below = cells[corner + CELLS] * (1 - right) + cells[corner + CELLS + 1] * right
    return above * (1 - down) + below * down


# ---------------------------------------------------------------- the glyphs


@dataclass(frozen=True)
class Glyph:
    """A character of a font, and the digit that it stands for."""

    digit: int
    font: str
    character: str


def alphabet() -> list[Glyph]:
    """Every glyph that is drawn, in the order of `fields`."""
    printed = [(d, font, str(d)) for d in range(10) for font in FONTS]
    written = [(d, font, c) for d, cs in LETTERS.items() for font in LETTER_FONTS for c in cs]
    return [Glyph(*glyph) for glyph in printed + written]


@cache
def choices() -> list[list[int]]:
    """For each digit the numbers of its glyphs; letters are repeated to be half of them."""
    numbers = []
    for digit in range(10):
        own = [n for n, glyph in enumerate(alphabet()) if glyph.digit == digit]
        letters = [n for n in own if not alphabet()[n].character.isdecimal()]
        repeats = len(own) // len(letters) - 1 if letters else 0
        numbers.append(own + repeats * letters)
    return numbers


@cache
def fields() -> np.ndarray:
    """(glyphs, CELLS, CELLS) float32: how far each cell is from the spine of each glyph."""
    return np.stack([far_from(spine(outline(glyph))) for glyph in alphabet()]).astype(np.float32)


def outline(glyph: Glyph) -> list[np.ndarray]:
    """Closed polygons (points, 2) as y and x, y downwards, in a box of height 1 around (0, 0)."""
    import matplotlib
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    file = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{glyph.font}.ttf")
    path = TextPath((0, 0), glyph.character, size=1, prop=FontProperties(fname=file))
    polygons = [polygon[:, ::-1] * (-1, 1) for polygon in path.to_polygons()]
    points = np.concatenate(polygons)
    low, high = points.min(axis=0), points.max(axis=0)
    return [(polygon - (low + high) / 2) / (high - low)[0] for polygon in polygons]


def spine(polygons: list[np.ndarray]) -> np.ndarray:
    """(points, 2): where the distance to the outline stops growing."""
    inside = depth(polygons)
    slopes = np.gradient(inside, 2 * REACH / FINE)  # 1 all the way up to the spine
    slope = np.hypot(*slopes)
    ridge = [inside >= np.maximum(np.roll(inside, 1, a), np.roll(inside, -1, a)) for a in (0, 1)]
    found = (slope < 0.8) | ((slope < 0.9) & (ridge[0] | ridge[1]))
    return middles(FINE)[(inside > 0) & found]


def far_from(points: np.ndarray) -> np.ndarray:
    """(CELLS, CELLS): the distance of each cell's middle to the nearest of the points."""
    y, x = ((middle(CELLS)[:, np.newaxis] - axis) ** 2 for axis in points.T)
    return np.sqrt((y[:, np.newaxis] + x).min(axis=2))


def middles(cells: int) -> np.ndarray:
    """(cells, cells, 2): the middle of each cell as y and x."""
    return np.stack(np.meshgrid(middle(cells), middle(cells), indexing="ij"), axis=2)


def middle(cells: int) -> np.ndarray:
    """(cells,): the middles along one axis."""
    return ((np.arange(cells) + 0.5) / cells * 2 - 1) * REACH


def depth(polygons: list[np.ndarray]) -> np.ndarray:
    """(FINE, FINE): how far inside the outline each cell's middle is; no more than 0 outside."""
    starts = np.concatenate([polygon[:-1] for polygon in polygons])
    steps = np.concatenate([np.diff(polygon, axis=0) for polygon in polygons])
    starts, steps = (a[np.any(steps != 0, axis=1)] for a in (starts, steps))
    margin = 0.1  # some cells around the glyph; further out no one asks
    near = np.all(np.abs(middles(FINE)) < np.abs(starts).max(axis=0) + margin, axis=2)
    (start_y, start_x), (step_y, step_x) = starts.T, steps.T
    y, x = middles(FINE)[near].T[:, :, np.newaxis]
    along = ((y - start_y) * step_y + (x - start_x) * step_x) / (step_y**2 + step_x**2)
    along = np.clip(along, 0, 1)
    far_y, far_x = y - (start_y + along * step_y), x - (start_x + along * step_x)
    far = np.sqrt((far_y**2 + far_x**2).min(axis=1))
    inside = np.zeros((FINE, FINE))
    inside[near] = np.where(is_inside(y, x, starts, steps), far, -far)
    return inside


def is_inside(y: np.ndarray, x: np.ndarray, starts: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Whether a ray to the right crosses the outline an odd number of times."""
    (start_y, start_x), (step_y, step_x) = starts.T, steps.T
    crossed = (start_y > y) != (start_y + step_y > y)
    with np.errstate(divide="ignore", invalid="ignore"):  # a level edge is never crossed
        at = start_x + (y - start_y) * step_x / step_y
    return (crossed & (x < at)).sum(axis=1) % 2 == 1
