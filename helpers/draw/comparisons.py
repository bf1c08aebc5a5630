"""A right array and a wrong one side by side."""

import numpy as np

from helpers.draw.canvas import CELL, FAINT, GRADIENT, HIGHLIGHT, OUTPUT, SMALL, Canvas, some, tint
from helpers.draw.picture import Picture, drawn
from helpers.draw.sliding import numeric

GAP = 1.5  # cells between two panels
WIDE = 9.0  # inches for all three panels


@drawn
def comparison(right, yours, at=None, what: str = "") -> Picture:
    """Two (rows, columns) arrays in shades of one scale, and the places where they differ.

    Green is above 0, pink below; in the third panel, the larger the difference the stronger.
    ``at`` (row, column) is framed in all three, ``what`` says in words which numbers these are.
    ValueError for arrays of other dimensions or of two shapes.
    """
    right, yours = numeric(right, "right"), numeric(yours, "yours")
    if right.ndim != 2 or right.shape != yours.shape:
        raise ValueError(
            f"Two arrays of one shape (rows, columns), not {right.shape}, {yours.shape}."
        )
    rows, columns = right.shape
    difference = np.abs(right - yours)
    canvas = Canvas(min(0.7 * CELL, WIDE / (3 * (columns + GAP))))
    panels = (
        ("right", shades(right, np.abs(right).max())),
        ("yours", shades(yours, max(np.abs(right).max(), np.abs(yours).max()))),
        ("difference", differing(difference)),
    )
    for number, (title, colour) in enumerate(panels):
        left = number * (columns + max(GAP, 7 - columns))
        for i, j in np.ndindex(rows, columns):
            canvas.square(left + j, i, colour(i, j), line=FAINT, linewidth=0.4)
        canvas.words(left + columns / 2, -0.3 / canvas.cell * 0.7, title, weight="bold")
        if at is not None:
            canvas.frame(left + at[1], at[0], 1, 1)
    if what:
        canvas.words(0, rows + 0.25 / canvas.cell, what, SMALL, ha="left")
    off = int((difference > 0).sum())
    first = f", the first at row {at[0]}, column {at[1]}" if at is not None else ""
    prefix = f"{what}: " if what else ""
    return canvas.done(
        f"{prefix}right and yours differ in {off} of {some(right.size, 'number')}{first}."
    )


def shades(values: np.ndarray, largest: float):
    def colour(i, j):
        strength = step(0.85 * abs(values[i, j]) / (largest or 1))
        return tint(OUTPUT if values[i, j] > 0 else GRADIENT, strength)

    return colour


def step(strength: float) -> float:
    """One of twenty shades: more of them would leave no colour for the words."""
    return round(20 * strength) / 20


def differing(difference: np.ndarray):
    largest = difference.max() or 1

    def colour(i, j):
        if difference[i, j] <= 1e-6 * largest:
            return "white"
        return tint(HIGHLIGHT, step(0.15 + 0.75 * difference[i, j] / largest))

    return colour
