"""What the instructor runs. `python -m grading --help`."""

import ctypes
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SET_PDEATHSIG = 1  # prctl(2)


@contextmanager
def importing() -> Iterator[None]:
    """Inside the block Python does not look for garbage: importing makes none, and it all stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def ends_with_parent() -> None:
    """A run that is killed leaves no process behind: on Linux this one is killed with it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
