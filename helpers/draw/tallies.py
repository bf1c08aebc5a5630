"""The confusion matrix: which class is taken for which."""

from collections.abc import Sequence

import numpy as np

from helpers.draw.canvas import HIGHLIGHT, LARGE, NORMAL, OUTPUT, SMALL, Canvas, tint
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric

ROOM = 0.42  # inches a cell: four digits


@drawn
def confusion(table, names: Sequence | None = None, alt: str | None = None) -> Picture:
    """A (classes, classes) table of counts, rows the truth and columns what it was taken for.

    Right answers are green, mistakes the more orange the more there are; 0 is left blank. ``names``
    are the classes' names, 0, 1, … unless given; ``alt`` stands in for the words that list the
    mistakes. ValueError for a table that is not square, or not of counts.
    """
    table = numeric(table, "table")
    square = table.ndim == 2 and table.shape[0] == table.shape[1]
    if not square or (table < 0).any() or (table % 1 != 0).any():
        raise ValueError(f"A confusion matrix is a square table of counts, not {table.shape}.")
    classes = len(table)
    names = [str(name) for name in (range(classes) if names is None else names)]
    mistakes = table * (1 - np.eye(classes))
    most = max(mistakes.max(), 1)

    def colour(i, j):
        if i == j:
            return tint(OUTPUT, 0.3)
        return tint(HIGHLIGHT, 0.12 + 0.6 * table[i, j] / most)

    canvas = Canvas(ROOM)
    canvas.cells(0, 0, np.where(table == 0, np.nan, table), colour)
    for place, name in enumerate(names):
        canvas.words(-0.4, place + 0.52, name, NORMAL, weight="bold")
        canvas.words(place + 0.5, -0.35, name, NORMAL, weight="bold")
    canvas.words(classes / 2, -0.95, "taken for", LARGE - 1)
    canvas.words(-1.0, classes / 2, "truth", LARGE - 1, rotation=90)
    right = int(np.trace(table))
    canvas.words(classes / 2, classes + 0.4, f"{right:,} of {int(table.sum()):,} right", SMALL)
    return canvas.done(alt or in_words(mistakes, names, right, int(table.sum())))


def in_words(mistakes: np.ndarray, names: list[str], right: int, total: int) -> str:
    order = [place for place in np.argsort(-mistakes, axis=None)[:5] if mistakes.flat[place]]
    pairs = [(divmod(int(place), len(names)), int(mistakes.flat[place])) for place in order]
    listed = ", ".join(f"{names[i]} for {names[j]} ({n})" for (i, j), n in pairs)
    most = f" Most often taken: {listed}." if listed else ""
    return f"Confusion matrix: {right:,} of {total:,} right.{most}"
