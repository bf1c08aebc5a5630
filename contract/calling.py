"""Call a student's function: quietly, on copies, and with its own line when it fails."""

import copy
import dis
import inspect
import linecache
import os
import re
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial, singledispatch
from pathlib import Path
from typing import Any

import numpy as np

from contract import limits, rules
from contract.advice import advice
from contract.verdicts import UNBROKEN, Finding

LIBRARIES = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
NOT_THE_STUDENTS = {"<frozen ", "<__array_", *(path + os.sep for path in LIBRARIES)}
"""How the files begin whose lines no card shows; `not_the_students` adds to them."""
RIGHT_VERSION = "right_version"
ONE_LINE = 70  # characters: a longer list of a call is not written out
EMPTY_BODY = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


@dataclass(frozen=True)
class Terms:
    """What a student's function may use, NumPy alone or anything, and how long it may take."""

    others: tuple[tuple[str, str], ...] = rules.LIBRARIES  # who may not do the work; () is free
    may_call: tuple[str, ...] = ()  # functions of others that the task itself uses
    seconds: float | None = None  # limits.SECONDS, where nothing is said


FREE = Terms(others=())


def not_the_students(folder: Path) -> None:
    """What lies in this folder is not the student's code: no card shows its lines."""
    NOT_THE_STUDENTS.add(str(folder.resolve()) + os.sep)


not_the_students(Path(__file__).parent)


class Problem(Exception):
    """The call gave nothing to compare: it failed, or it changed what it was given."""

    def __init__(self, finding: Finding, stopped_by: str = "", within: Sequence[str] = ()):
        self.finding = finding
        self.stopped_by = stopped_by  # type and message of the exception, if there was one
        self.within = set(within)  # the functions that were running


class Unattempted(Exception):
    """A stub is still there; ``stub`` names it where it is not the function that was called."""

    def __init__(self, stub: str | None = None):
        self.stub = stub


@singledispatch
def call(
    function: Callable,
    arguments: dict[str, Any],
    positional: Sequence[str] = (),
    terms: Terms | None = None,
) -> Any:
    """What the function returns; Problem or Unattempted where there is nothing to compare.

    The function gets copies, so that a change in place is seen and does no harm. Its warnings are
    dropped, because a line on stderr costs a right answer its mark in nbgrader.

    A function that runs somewhere else registers how it is called (`grading.boundary.remote`), and
    reports in the same three ways; so do `expect` and `supplied`.
    """
    given = copy.deepcopy(arguments)
    first = [given[name] for name in positional]
    options = {name: value for name, value in given.items() if name not in positional}
    others, may_call = (terms.others, terms.may_call) if terms else ((), ())
    watch = rules.Watch(others, (*may_call, RIGHT_VERSION))
    try:
        with limited(terms), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            run = partial(watch.call, function) if others else function
            answer = run(*first, **options)
    except NotImplementedError as error:
        raise Unattempted(other_stub(error, function)) from None
    except limits.TooLong as error:
        raise Problem(never_ended(error, function, arguments), within=running(error)) from None
    except (Exception, SystemExit) as error:  # not KeyboardInterrupt: the student wants to stop
        if watch.found:
            raise Problem(others_work(watch, function, arguments)) from None
        what = describe_misfit(error, function, first, options) or describe(error)
        raise Problem(crash(what, error, function, arguments), what, running(error)) from None
    if answer is Ellipsis or (answer is None and is_stub(function)):
        raise Unattempted
    if watch.found:
        raise Problem(others_work(watch, function, arguments))
    for name, before in arguments.items():
        if not unchanged(before, given[name]):
            raise Problem(changed_input(name))
    return answer


@singledispatch
def expect(function: Callable, cases: Sequence[dict[str, Any]]) -> None:
    """Says that `call` will come with these very arguments, in this order, unless one is wrong.

    One that runs somewhere else can then be asked for all of them at once.
    """


@contextmanager
def limited(terms: Terms | None) -> Iterator[None]:
    """The limits of time and memory. A framework's own threads and devices need room: no limit."""
    if terms is None:
        yield
        return
    room = limits.memory(limits.GIBIBYTES) if terms.others and not terms.may_call else None
    with limits.time(terms.seconds or limits.SECONDS), room or nullcontext():
        yield


def unchanged(before: Any, after: Any) -> bool:
    """Whether an argument is what it was; other things than arrays and lists cannot be told."""
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after)
    return before == after if isinstance(before, list | tuple | dict) else True


def names_around(function: Callable) -> dict[str, Any]:
    """The names that a function's code finds, also where it is wrapped, or an object that is called."""
    for inside in ("__wrapped__", "func", "pyfunc"):  # functools' and NumPy's words for it
        function = getattr(function, inside, function)
    if not hasattr(function, "__globals__"):
        function = type(function).__call__
    return getattr(function, "__globals__", {})


@singledispatch
@contextmanager
def supplied(function: Callable, versions: dict[str, Callable]) -> Iterator[set[str] | None]:
    """Right versions of earlier exercises, under their names, where the student's code finds them.

    Only names that the student has are replaced, and only inside the block. Yields the names that
    are called in it; None where there was nothing to replace.
    """
    names, used = names_around(function), set()

    def stand_in(name: str, right: Callable) -> Callable:
        def right_version(*args, **options):  # RIGHT_VERSION: ours, and not the student's doing
            used.add(name)
            return right(*args, **options)

        return right_version

    own = {name: names[name] for name in versions if name in names}
    names.update({name: stand_in(name, versions[name]) for name in own})
    forget_answers(function)
    try:
        yield used if own else None
    finally:
        names.update(own)
        forget_answers(function)


def forget_answers(function: Callable) -> None:
    """Of an `lru_cache`: those that it has were given by the other version."""
    if isinstance(function, type(lru_cache(len))):
        function.cache_clear()


def is_stub(function: Callable) -> bool:
    """Whether the body is only `...` or `pass`: then nothing was forgotten, it was not begun."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    steps = list(dis.get_instructions(code))
    loaded = {step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")}
    return {step.opname for step in steps} <= EMPTY_BODY and loaded <= {None, Ellipsis}


def other_stub(error: NotImplementedError, function: Callable) -> str | None:
    """The name of the stub, where the function calls one instead of being one.

    Only where the function's own frame is in sight: a stand-in for it may run it elsewhere.
    """
    codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = getattr(function, "__code__", None)
    return codes[-1].co_name if own in codes and codes[-1] is not own else None


def changed_input(name: str) -> Finding:
    return Finding(
        "mutated",
        (
            f"your function changes its input `{name}`.",
            "  The caller still needs it as it was.",
            f"  Look for an assignment into `{name}`, or `{name} += …`; work on a copy.",
            f"  After `y = {name}` both are the same array: {name}.copy() makes another one.",
        ),
    )


def describe_misfit(
    error: BaseException, function: Callable, first: list, options: dict[str, Any]
) -> str | None:
    """Why the call itself failed, before any line of the function ran; else None."""
    if not isinstance(error, TypeError):
        return None
    try:
        inspect.signature(function).bind(*first, **options)
    except (TypeError, ValueError) as misfit:
        return f"TypeError: {misfit}."
    return None


def crash(
    what: str, error: BaseException, function: Callable, arguments: dict[str, Any]
) -> Finding:
    """The student's own exception, at the student's own line."""
    out_of_memory = isinstance(error, MemoryError)
    headline = "your code asks for far too much memory." if out_of_memory else ""
    lines = [headline or f"your code stopped with {what}", *line_of(frames(error))]
    lines += [] if out_of_memory else values_at(error)
    lines.append(f"  called as {signature(function, arguments)}")
    if out_of_memory:
        lines += [f"  {what}", "  Look at the shapes of the arrays that you make."]
    elif isinstance(error, TypeError) and not own_line(frames(error)):
        lines.append("  Look at the names and the order of your function's arguments.")
    elif said := advice(error):
        lines.append(f"  {said}")
    return Finding("memory" if out_of_memory else "crashed", tuple(lines))


def never_ended(error: BaseException, function: Callable, arguments: dict[str, Any]) -> Finding:
    lines = ["your code did not come to an end; it was stopped.", *line_of(frames(error))]
    lines.append(f"  called as {signature(function, arguments)}")
    lines.append("  Is there a loop whose condition never changes, or far more work than needed?")
    return Finding("time", tuple(lines))


def others_work(watch: rules.Watch, function: Callable, arguments: dict[str, Any]) -> Finding:
    return Finding(
        "rule",
        (
            f"your function lets {watch.found} do the work.",
            *line_of(watch.stack),
            f"  called as {signature(function, arguments)}",
            "  Here NumPy and plain Python are to do it, so that you see how it is done.",
        ),
    )


def describe(error: BaseException) -> str:
    """Type and first line of an exception, also of one that cannot say what it is."""
    try:
        message = str(error).partition("\n")[0][:100]
    except Exception:  # a student's own __str__
        message = ""
    return f"{type(error).__name__}: {message}" if message else f"{type(error).__name__}."


def running(error: BaseException) -> list[str]:
    """The functions that an exception came through."""
    return [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]


def frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where an exception came through, the deepest first."""
    return traceback.extract_tb(error.__traceback__)[::-1]


def line_of(stack: Iterable[traceback.FrameSummary]) -> list[str]:
    own = own_line(stack)
    return [f"  in line {own[0]} of your cell:  {own[1]}"] if own else []


def own_line(stack: Iterable[traceback.FrameSummary]) -> tuple[int, str] | None:
    """Line number and text of the deepest frame that is neither ours nor a library's."""
    for frame in stack:
        if frame.filename == rules.__file__:  # below this there is only who called the check
            return None
        if not frame.filename.startswith(tuple(NOT_THE_STUDENTS)):
            text = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return frame.lineno or 0, text
    return None


def values_at(error: BaseException) -> list[str]:
    """What the names in the line that stopped stand for: numbers, and arrays by their shapes."""
    stack = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    for frame, summary in zip(stack[::-1], frames(error), strict=True):
        own = own_line([summary])
        if own:
            names = dict.fromkeys(re.findall(r"(?<![\w.\"'])[A-Za-z_]\w*(?!\w*\()", own[1]))
            shown = [
                f"{n} {said}" for n in names if (said := shape_or_number(frame.f_locals.get(n)))
            ]
            return [f"  there: {', '.join(shown[:6])}"] if shown else []
        if summary.filename == rules.__file__:
            return []
    return []


def shape_or_number(value: Any) -> str:
    """An array by its shape, a number as it is; "" of all else, for it may be anything."""
    if type(value) is np.ndarray:
        return f"{value.shape}".replace(" ", UNBROKEN)
    if type(value) in (int, bool, np.int64) and abs(value) < 10**9:
        return f"= {value}".replace(" ", UNBROKEN)
    return ""


def signature(function: Callable | str, arguments: dict[str, Any]) -> str:
    """The call as one would write it, arrays by their shapes; spaces within an item do not break."""
    name = function if isinstance(function, str) else getattr(function, "__name__", "your function")
    shown = []
    for key, value in arguments.items():
        item = f"{key}={value!r}"
        if isinstance(value, np.ndarray):
            item = f"{key} {value.shape}" + (" of ints" if value.dtype.kind == "i" else "")
        elif isinstance(value, list) and len(value) > 2 and len(item) > ONE_LINE:
            item = f"{key} with {len(value)} items"
        shown.append(item.replace(" ", UNBROKEN))
    return f"{name}({', '.join(shown)})"
