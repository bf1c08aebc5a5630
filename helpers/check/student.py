"""Call a student's function: quietly, on copies, and with its own line when it fails."""

import copy
import linecache
import sysconfig
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from helpers.check.verdicts import Finding

HELPERS = str(Path(__file__).resolve().parents[1])
LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


class Problem(Exception):
    """The call gave nothing to compare: it failed, or it changed what it was given."""

    def __init__(self, finding: Finding):
        self.finding = finding


class Unattempted(Exception):
    """The stub is still there."""


def call(function: Callable, arguments: dict[str, Any]) -> Any:
    """What ``function(**arguments)`` returns; Problem or Unattempted where it returns nothing.

    The function gets copies, so that a change in place is seen and does no harm. Its warnings are
    dropped, because a line on stderr costs a right answer its mark in nbgrader.
    """
    given = copy.deepcopy(arguments)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            answer = function(**given)
    except NotImplementedError:
        raise Unattempted from None
    except Exception as error:
        raise Problem(crash(error, function, arguments)) from None
    for name, before in arguments.items():
        if isinstance(before, np.ndarray) and not np.array_equal(before, given[name]):
            raise Problem(
                Finding(
                    "mutated",
                    (
                        f"your function changes its input `{name}`.",
                        "  The caller still needs it as it was.",
                        f"  Look for an assignment into `{name}`, or `{name} += …`; work on a copy.",
                    ),
                )
            )
    return answer


def crash(error: Exception, function: Callable, arguments: dict[str, Any]) -> Finding:
    """The student's own exception, at the student's own line."""
    what = f"{type(error).__name__}: {error}".splitlines()[0][:100]
    lines = [f"your code stopped with {what}"]
    own = own_line(error)
    if own:
        lines.append(f"  in line {own[0]} of your cell:  {own[1]}")
    lines.append(f"  called as {signature(function, arguments)}")
    return Finding("crashed", tuple(lines))


def own_line(error: Exception) -> tuple[int, str] | None:
    """Line number and text of the deepest frame that is neither ours nor a library's."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith((HELPERS, *LIBRARIES)):
            text = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return frame.lineno or 0, text
    return None


def signature(function: Callable | str, arguments: dict[str, Any]) -> str:
    """The call as one would write it, arrays by their shapes."""
    name = function if isinstance(function, str) else getattr(function, "__name__", "your function")
    shown = []
    for key, value in arguments.items():
        is_array = isinstance(value, np.ndarray)
        shown.append(f"{key} {value.shape}" if is_array else f"{key}={value!r}")
    return f"{name}({', '.join(shown)})"
