"""What the instructor runs. `python -m grading --help`."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Inside the block Python does not look for garbage: importing makes none, and it all stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
