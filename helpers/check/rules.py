"""Who does the work: where NumPy and plain Python are asked for, calls to others are noticed.

The student's function is watched while it runs, so that it does not matter by what name, or through
how many functions of its own, it gets there. Turning an array into a tensor or back is no work.
"""

import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

OTHERS = {
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
    "jax": "JAX",
    "scipy": "SciPy",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "cv2": "OpenCV",
    "helpers.check": "the course's own checks",
}
NO_WORK = {
    *("convert_to_tensor", "convert_to_numpy", "constant", "numpy", "is_tensor"),
    *("__array__", "__getattr__", "__new__", "__init__", "dtype", "shape", "<module>"),
}
# Functions around functions, which say nothing of what is called.
WRAPPERS = {"error_handler", "wrapper", "op_dispatch_handler", "build_wrapper"}


class Watch:
    """Notes the first call that lets somebody else do the work: who, and by which function."""

    def __init__(self, allowed: Collection[str] = ()):
        self.allowed = {*NO_WORK, *allowed}
        self.found: tuple[str, str] | None = None
        self.inside: FrameType | None = None

    def call(self, function: Callable, *args: Any, **options: Any) -> Any:
        before = sys.getprofile()
        sys.setprofile(self.event)
        try:
            return function(*args, **options)
        finally:
            sys.setprofile(before)

    def event(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "return" and frame is self.inside:
            self.inside = None
        if event != "call" or self.inside is not None or self.found:
            return
        other, name = who(frame), frame.f_code.co_name
        if other is None or name in WRAPPERS:
            return
        self.inside = frame
        if name not in self.allowed:
            self.found = other, called(frame)


def who(frame: FrameType) -> str | None:
    """The one whose code a frame runs, if it is one of the others."""
    module = frame.f_globals.get("__name__") or ""
    if module.startswith("helpers."):
        return OTHERS["helpers.check"] if module.startswith("helpers.check.") else None
    return OTHERS.get(module.partition(".")[0])


def called(frame: FrameType) -> str:
    """What runs in a frame, by the name one knows it by: a function, or an object's class."""
    owner = frame.f_locals.get("self")
    return frame.f_code.co_name if owner is None else type(owner).__name__
