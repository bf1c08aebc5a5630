"""A picture beside a card: the right output, yours, and where they differ."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Comparison:
    """The right array and a wrong one of the same shape, and where they first differ."""

    axes: tuple[str, ...]
    right: np.ndarray
    yours: np.ndarray
    at: tuple[int, ...]

    def _repr_mimebundle_(self, include=None, exclude=None):
        """How IPython shows it; nothing is drawn before somebody looks."""
        return picture(self)._repr_mimebundle_()


def show(comparison: Comparison | None) -> None:
    """In a notebook, and only there. Nothing that is drawn can block or fail a check."""
    if comparison is None:
        return
    try:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(picture(comparison))
    except Exception:
        return


def picture(comparison: Comparison):
    """The plane of rows and columns in which the first wrong number lies."""
    from helpers import draw

    plane, at, others = [], [], []
    for axis, index in zip(comparison.axes, comparison.at, strict=True):
        whole = axis in ("row", "column") or len(comparison.axes) <= 2
        plane.append(slice(None) if whole else index)
        if whole:
            at.append(index)
        else:
            others.append(f"{axis} {index}")
    arrays = (np.atleast_2d(array[tuple(plane)]) for array in (comparison.right, comparison.yours))
    position = (0, *at)[-2:]
    return draw.comparison(*arrays, at=position, what=", ".join(others))
