"""A student's cell that does not run, or stops: what it is called, and what followed from it.

A test that finds no function because its cell has a typographic quote in it is told of the quote.
"""

import re
from dataclasses import dataclass

BESIDE = "files beside the notebook stay behind"
SYNTAX = ("SyntaxError", "IndentationError", "TabError")
QUOTES = dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‘’‚‛′´", "'")
SPACES = ("U+00A0", "U+2007", "U+202F", "U+2009", "U+3000", "U+200B", "U+FEFF")
DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *(?::[^=\n]+)?=(?!=)", re.MULTILINE)
IMPORTED = re.compile(r"^(?:from +[\w.]+ +)?import +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Trouble:
    """Why a cell did not run to its end: in one line, with the names that were to come of it."""

    cell: str
    kind: str  # "syntax": nothing of it ran; "raised": what needed a statement that stopped did not
    said: str  # "does not run: line 3: …"
    names: frozenset[str]


def trouble_of(cell: str, source: str, outputs: list[dict], at: int) -> Trouble | None:
    """What kept a student's cell from running to its end, by the first error that it showed."""
    errors = [output for output in outputs if output["output_type"] == "error"]
    if not errors:
        return None
    name, message = errors[0]["ename"], errors[0]["evalue"]
    kind = "syntax" if name in SYNTAX else "raised"
    does, words = ("does not run", in_words) if kind == "syntax" else ("stopped", of_an_error)
    where = f"line {at}: " if at else ""
    said = (words(name, message).splitlines() or [name])[0]
    return Trouble(cell, kind, f"{does}: {where}{said}", frozenset(names_of(source)))


def of_an_error(name: str, message: str) -> str:
    """What stopped a cell; where it is something that only the student's own machine has, that too."""
    missing = re.fullmatch(r"No module named '([^']+)'", message)
    if missing:
        return f"there is no {missing[1]} here: no package of the course, and {BESIDE}."
    said = f"{name}: {message}".strip(": ")
    return f"{said}: {BESIDE}." if name == "FileNotFoundError" else said


def names_of(source: str) -> set[str]:
    """The names that a cell would define, also where it is no Python."""
    found = {one or other for one, other in DEFINED.findall(source)}
    for names in IMPORTED.findall(source):
        for name in names.split(","):
            words = name.replace("(", "").split()
            found |= {words[-1].partition(".")[0]} if words else set()
    return found


def in_words(name: str, message: str) -> str:
    """What Python says of a line that it cannot read; what it is, where copying it has spoiled it."""
    message = re.sub(r" \(<?\S*,? ?line \d+\)$", "", message)
    if message == "incomplete input":
        return "the cell ends where something is still open: a bracket, a quote, or a block after a colon."
    found = re.match(r"invalid character '(.)'", message)
    quote = found[1] if found else ""
    if quote in QUOTES:
        return f"{quote} is a typographic quote, as a chat or a text editor makes them; type {QUOTES[quote]}."
    if any(space in message for space in SPACES):
        return (
            "there is a non-breaking space in it, as it comes from a web page or a chat; type the "
            "spaces of this line anew."
        )
    if message.startswith("Missing parentheses in call to"):
        return "print is a function in Python 3: print(…)."
    return f"{message}." if message else "it is no Python."
