"""A drawing together with the words for those who cannot see it."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 100  # one CSS pixel is 1/100 inch of the figure; drawn twice as dense, it stays crisp
COLOURS = 128  # a drawing loses nothing that the eye can see, and its file halves


@contextmanager
def plain_style() -> Iterator[None]:
    """matplotlib's own defaults, whatever the reader's rcParams are; they are back afterwards."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield


def drawn(function: Callable[..., "Picture"]) -> Callable[..., "Picture"]:
    """A drawing that looks the same under every reader's settings."""

    @wraps(function)
    def in_plain_style(*args, **options) -> "Picture":
        with plain_style():
            return function(*args, **options)

    return in_plain_style


@dataclass(frozen=True)
class Picture:
    """What every function of `helpers.draw` returns: a figure and its alternative text.

    As the last line of a cell it shows itself. The text is also the picture's ``text/plain``, so
    that re-executing a notebook compares what was drawn in words, where pixels may differ.
    """

    figure: "Figure"
    alt: str

    photographic: bool = False  # many shades: kept as they are, less dense to stay small

    @cached_property
    def png(self) -> bytes:
        from PIL import Image

        drawn, small = io.BytesIO(), io.BytesIO()
        density = 1.25 if self.photographic else 2
        with plain_style():
            self.figure.savefig(drawn, format="png", dpi=density * DPI, facecolor="white")
        picture = Image.open(drawn).convert("RGB")
        if not self.photographic:
            picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(small, "png", optimize=True)
        return small.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the picture as a PNG file."""
        Path(path).write_bytes(self.png)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        import base64

        width, height = (round(inches * DPI) for inches in self.figure.get_size_inches())
        size = {"width": width, "height": height, "alt": self.alt}
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": self.alt}
        return data, {"image/png": size}
