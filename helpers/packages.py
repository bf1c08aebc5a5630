"""One sentence, in place of a traceback, where the notebook's Python lacks a package."""

import sys
from importlib.util import find_spec

from helpers.sentences import Sentence


class MissingPackage(Sentence, ImportError):
    """A package that the course needs is not there; the text says what to do next."""

    def __init__(self, name: str):
        super().__init__(
            f"The package {name} is missing from {sys.prefix}, where this notebook runs. "
            "Run `make lab` in the course's folder: it installs what is missing. "
            "Then restart the kernel and run this cell again.",
            name=name,
        )


def require(*names: str) -> None:
    """Raise MissingPackage for the first of these that cannot be imported; imports none."""
    for name in names:
        if find_spec(name) is None:
            raise MissingPackage(name)
