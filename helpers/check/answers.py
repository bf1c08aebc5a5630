"""What kinds of answer there are, and how each says in what it differs from the right one.

``difference`` returns the lines of a card, the first of them its headline, or () where the
answer is right. It raises WrongType, with such lines, where the answer cannot be read at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from contract.verdicts import UNBROKEN

# Someone who works in float32 is right too. A sum rounds by a few eps of the sum of its absolute
# terms: half of eps per term at worst, about sqrt(terms) of that as a rule; 16 covers 1000 terms.
EPS = 16 * float(np.finfo(np.float32).eps)
# And so is someone who goes by way of a Fourier transform, where nothing is exactly 0: its errors are
# a few eps of float64 of the largest number there is.
FOURIER = 1000 * float(np.finfo(np.float64).eps)


class WrongType(Exception):
    """What was returned is not the kind of thing that was asked for."""

    def __init__(self, *lines: str):
        self.lines = lines


def present(answer: Any) -> Any:
    """The answer, or WrongType where there is none."""
    if answer is None:
        raise WrongType("it returned None. Is a `return` missing, or inside of a loop or an `if`?")
    return answer


class Answer(Protocol):
    agrees_by_chance: ClassVar[bool]  # whether two different mistakes may well give the same answer

    def difference(self, answer: Any, right: Any, slack: Any) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Array:
    """An array with named axes; lists and Keras tensors will do."""

    axes: tuple[str, ...]
    name: str = ""
    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: np.ndarray, slack: np.ndarray) -> tuple[str, ...]:
        yours = as_numbers(present(answer))
        if yours is None:
            raise WrongType(f"it returned {kind_of(answer)}, not an array of real numbers.")
        if yours.shape != right.shape:
            return self.wrong_shape(yours.shape, right.shape)
        if not np.all(np.isfinite(yours)):
            at = np.argwhere(~np.isfinite(yours))[0]
            return (self.plain(yours, right, slack), f"  first at {self.at(at)}")
        off = self.off(yours, right, slack)
        if not off.any():
            return ()
        at = tuple(np.argwhere(off)[0])
        values = f"yours {yours[at]:.4g}, right {right[at]:.4g}".replace(" ", UNBROKEN)
        differ = f"the shape is right, but {off.sum()} of {off.size} numbers differ."
        headline = self.plain(yours, right, slack) or differ
        return (headline, f"  first at {self.at(at)}: {values}")

    def off(self, yours: np.ndarray, right: np.ndarray, slack: Any) -> np.ndarray:
        """Where the two differ by more than rounding."""
        return np.abs(yours - right) > self.room(slack)

    def room(self, slack: Any) -> Any:
        """By how much numbers may differ, ``slack`` being sums of absolute values."""
        return EPS * slack + FOURIER * np.max(slack, initial=0) + np.finfo(float).tiny

    def first_off(self, answer: Any, right: np.ndarray, slack: Any) -> tuple[int, ...] | None:
        """The first index at which they differ, where the shape is right; else None."""
        yours = as_numbers(answer)
        if yours is None or yours.shape != right.shape or not np.all(np.isfinite(yours)):
            return None
        places = np.argwhere(self.off(yours, right, slack))
        return tuple(int(i) for i in places[0]) if len(places) else None

    def plain(self, answer: Any, right: np.ndarray, slack: Any) -> str:
        """What a wrong answer of the right shape shows by itself, whatever function made it, or ""."""
        yours = as_numbers(answer)
        if yours is None or yours.shape != right.shape:
            return ""
        if not np.all(np.isfinite(yours)):
            return "there are NaN or infinite numbers in the output."
        if not yours.any():
            return (
                f"{self.name or 'your output'} is all zeros. Is something computed and not stored?"
            )
        if np.all(yours == np.rint(yours)) and np.any(np.abs(right - np.rint(right)) > 1e-3):
            return "your numbers are whole: their decimals are cut off. Fill an array of np.zeros(shape)."
        if np.all(np.abs(yours - right) <= 0.01 * slack):
            return "your numbers have too few digits: stay with float64, or float32, all the way."
        return ""

    def wrong_shape(self, yours: tuple[int, ...], right: tuple[int, ...]) -> tuple[str, ...]:
        names = ", ".join(self.axes)
        lines = (
            f"{self.name or 'the output'} has the wrong shape.",
            f"  yours {yours}, right {right} = ({names})",
        )
        if len(yours) != len(right):
            return (*lines, f"  Yours has {len(yours)} axes, it should have {len(right)}.")
        wrong = [a for a, m, n in zip(self.axes, yours, right, strict=False) if m != n]
        return (*lines, f"  Look at the {', '.join(wrong)} {'axes' if len(wrong) > 1 else 'axis'}.")

    def at(self, index: Sequence[int]) -> str:
        places = [f"{axis} {i}" for axis, i in zip(self.axes, index, strict=False)]
        return f"{self.name}[{', '.join(places)}]"


def kind_of(answer: Any) -> str:
    """A type in a student's words: what is in an array matters more than that it is one."""
    if isinstance(answer, np.ndarray):
        return f"an array of {answer.dtype.name}"
    if isinstance(answer, list | tuple):
        return f"a {type(answer).__name__} that does not make one"
    return a(type(answer).__name__)


def wrapping(answer: Any, kind: str) -> str:
    """Advice, where it is one number in an array, as `np.vectorize` and tensors have it."""
    shape = getattr(answer, "shape", None)
    return (
        f" It is one number in an array: write {kind}(…) around it." if shape in ((), (1,)) else ""
    )


def a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' or noun == 'ndarray' else 'a'} {noun}"


def as_numbers(answer: Any) -> np.ndarray | None:
    """A float64 array of what was returned, or None where it is no array of real numbers."""
    try:
        array = np.asarray(answer)
        if array.dtype == object or array.dtype.kind not in "iuf":
            return None
        return array.astype(float)
    except Exception:  # whatever a student's object does when it is looked at
        return None


def items(answer: Any, names: Sequence[str]) -> tuple | list:
    """A tuple or list with one item a name, or WrongType."""
    is_array = isinstance(present(answer), np.ndarray) and answer.ndim > 0
    several = is_array or isinstance(answer, tuple | list)
    if several and len(answer) == len(names):
        return answer
    many = f" of {len(answer)}" if several else ""
    kind = "array" if is_array else type(answer).__name__
    raise WrongType(f"return the tuple ({', '.join(names)}); yours is {a(kind)}{many}.")


def item(index: int, names: Sequence[str]) -> Callable[[Any, dict], Any]:
    """The view of a Part that judges one item of a returned tuple and leaves the others alone."""
    return lambda answer, case: items(answer, names)[index]


@dataclass(frozen=True)
class Number:
    """One real number; ``slack`` is the sum of the absolute values that it is made of."""

    name: str
    agrees_by_chance: ClassVar[bool] = True

    def difference(self, answer: Any, right: float, slack: float) -> tuple[str, ...]:
        yours = as_numbers(present(answer))
        if yours is None:
            raise WrongType(f"it returned {kind_of(answer)} for {self.name}, not a number.")
        if yours.shape != np.shape(right):
            wrapped = wrapping(answer, "float") if yours.shape == (1,) else ""
            said = f"{self.name} is one number; yours is an array of shape {yours.shape}."
            return (f"{said}{wrapped}",)
        if np.all(np.isfinite(yours)) and np.allclose(yours, right, rtol=0, atol=EPS * slack):
            return ()
        return (f"{self.name}: yours is {yours:.6g}, right is {right:.6g}.",)


@dataclass(frozen=True)
class Count:
    """One whole number."""

    agrees_by_chance: ClassVar[bool] = True

    def difference(self, answer: Any, right: int, slack: Any = None) -> tuple[str, ...]:
        if isinstance(present(answer), bool | np.bool_) or not isinstance(answer, int | np.integer):
            kind = type(answer).__name__
            advice = " Use // where you divide, or int(…)." if kind.startswith("float") else ""
            advice = advice or wrapping(answer, "int")
            raise WrongType(f"it returned {a(kind)} ({answer!r:.40}), not an int.{advice}")
        if int(answer) != right:
            return (f"yours is {int(answer):,}, right is {right:,}.",)
        return ()


@dataclass(frozen=True)
class Counts:
    """A tuple of whole numbers with names."""

    names: tuple[str, ...]
    agrees_by_chance: ClassVar[bool] = True

    def difference(self, answer: Any, right: tuple[int, ...], slack: Any = None) -> tuple[str, ...]:
        for name, yours, wanted in zip(self.names, items(answer, self.names), right, strict=True):
            try:
                lines = Count().difference(yours, wanted)
            except WrongType as wrong:
                raise WrongType(f"`{name}`: {wrong.lines[0]}") from None
            if lines:
                return (f"`{name}`: {lines[0]}",)
        return ()


@dataclass(frozen=True)
class Truth:
    """True or False."""

    agrees_by_chance: ClassVar[bool] = True

    def difference(self, answer: Any, right: bool, slack: Any = None) -> tuple[str, ...]:
        if not isinstance(present(answer), bool | np.bool_):
            said = f"it returned {a(type(answer).__name__)} ({answer!r:.40}), not True or False."
            raise WrongType(said + wrapping(answer, "bool"))
        return () if bool(answer) == right else (f"yours is {bool(answer)}, right is {right}.",)


@dataclass(frozen=True)
class Kind:
    """An array of a certain type of numbers; which numbers is another part's question."""

    of: type[np.generic]  # np.float32, or a whole family of types: np.integer
    said: str
    look: str
    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: Any, slack: Any = None) -> tuple[str, ...]:
        if as_numbers(present(answer)) is None:
            raise WrongType(f"it returned {kind_of(answer)}, not an array of real numbers.")
        yours = np.asarray(answer).dtype
        if np.issubdtype(yours, self.of):
            return ()
        return (f"the numbers are {yours.name}, not {self.said}.", f"  {self.look}")
