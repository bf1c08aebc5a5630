"""Who does the work: where NumPy and plain Python are asked for, calls to others are noticed.

The student's function is watched while it runs, so that it does not matter by what name, or through
how many functions of its own, it gets there. Turning an array into a tensor or back is no work.
"""

import gc
import sys
import traceback
from collections.abc import Callable, Collection
from functools import cache
from types import FrameType
from typing import Any

LIBRARIES = (
    ("keras", "Keras"),
    ("tensorflow", "TensorFlow"),
    ("torch", "PyTorch"),
    ("jax", "JAX"),
    ("scipy", "SciPy"),
    ("skimage", "scikit-image"),
    ("sklearn", "scikit-learn"),
    ("cv2", "OpenCV"),
)
"""Module and name of those who could do the work in place of NumPy and plain Python."""
CHECKS = "the course's own checks"
OURS = ("contract", CHECKS)
# What is no work: questions, conversions, and what Python itself asks of an object.
NO_WORK = {"constant", "numpy", "dtype", "shape", "<module>"}
NO_WORK |= {"__array__", "__getattr__", "__new__", "__init__"}
NO_WORK_BEGINS = ("is_", "convert_to_")
# Modules whose functions are put around others: they say nothing of what is called.
PLUMBING = {"traceback_utils", "dispatch", "weak_tensor_ops"}


class Watch:
    """Notes the first call that lets one of the others do the work: who, and where it came from.

    ``others`` are pairs of a module and what it is called; ``allowed`` are functions of theirs that
    may be called. ``stack`` holds the calls that led there, the deepest first.
    """

    def __init__(self, others: Collection[tuple[str, str]], allowed: Collection[str] = ()):
        self.whose, self.allowed = lookup((*others, OURS)), {*NO_WORK, *allowed}
        self.found, self.stack = "", traceback.StackSummary()
        self.inside: FrameType | None = None

    def call(self, function: Callable, *args: Any, **options: Any) -> Any:
        before, collecting = sys.getprofile(), gc.isenabled()
        gc.disable()  # or what others left behind would be finalised meanwhile, and seem called
        sys.setprofile(self.event)
        try:
            return function(*args, **options)
        finally:
            sys.setprofile(before)
            if collecting:
                gc.enable()

    def event(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "return" and frame is self.inside:
            self.inside = None
        if event != "call" or self.inside is not None or self.found:
            return
        other = self.who(frame)
        if other is None:
            return
        self.inside = frame
        name = frame.f_code.co_name
        if name not in self.allowed and not name.startswith(NO_WORK_BEGINS):
            calls = traceback.walk_stack(frame)
            self.found = other
            self.stack = traceback.StackSummary.extract(calls, lookup_lines=False)

    def who(self, frame: FrameType) -> str | None:
        """The one whose code a frame runs, if it is one of the others."""
        return self.whose(str(frame.f_globals.get("__name__") or ""))


@cache
def lookup(others: tuple[tuple[str, str], ...]) -> Callable[[str], str | None]:
    """Says whose a module is. Every call in a student's function asks: each module is found once."""

    @cache
    def whose(module: str) -> str | None:
        if module.rpartition(".")[2] in PLUMBING:
            return None
        return next((name for of, name in others if f"{module}.".startswith(f"{of}.")), None)

    return whose
