"""The notebook in a submitted file, whatever else is in it; a sentence where there is none.

UTF-8, and what says that it is UTF-16 or UTF-32, is read; another encoding is not guessed at.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading.submissions import bounds
from grading.submissions.markdown import pictures_of

WORDS, LETTERS = 20, 200
"""Of what a cell says of itself, so many entries and tags, each so long, are looked at."""
KINDS = ("code", "markdown", "raw")
MERGE = ("<<<<<<< ", "=======", ">>>>>>> ")  # how lines begin, in this order, that git left there
BROKEN = (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What a part of a notebook raises that is of another kind than it should be."""
MARKS = {
    b"PK\x03\x04": "the file is a zip archive with another name; unpack it, and take the notebook in it.",
    b"\x1f\x8b": "the file is packed by gzip; unpack it.",
    b"%PDF": "the file is a PDF; ask for the notebook itself.",
    b"<!": "the file is a web page; ask for the notebook itself.",
    b"<html": "the file is a web page; ask for the notebook itself.",
    b"#!": "the file is a program; ask for the notebook itself.",
    b"\x89PNG": "the file is a picture; ask for the notebook itself.",
}
NOTHING = "the file is empty; ask for it again."
NOT_UTF8 = "the file is not UTF-8 text; ask for it saved again from JupyterLab."
CUT_OFF = "the file ends in the middle of the notebook; ask for the whole file."
CONFLICT = "the file holds git's merge markers; ask for it with the conflict resolved."
NOT_JSON = "not a notebook (its text is not JSON); ask for the file again."
TOO_DEEP = "not a notebook (lists in lists without end); ask for the file again."
TOO_LONG = "not a notebook (a number of thousands of digits is in it); ask for the file again."
NOT_VALID = "JSON, but not a valid notebook; ask for the file again."


class Trouble(Exception):
    """Why a submission cannot be graded. Its text is what the instructor reads."""

    status = ""


class Unreadable(Trouble):
    status = "unreadable"

    def __init__(self, why: str):
        super().__init__(f"unreadable: {why}")


def read(path: Path) -> NotebookNode:
    """A submitted notebook as of today: nbformat 4.5, every cell with an id, and no outputs.

    Unreadable, with a sentence, where it is none.
    """
    return upgraded(parsed(text_of(path)))


def text_of(path: Path) -> str:
    size = path.stat().st_size
    if size > bounds.FILE_BYTES:
        raise Unreadable(
            f"the file has {size // 2**20} MB, and {bounds.FILE_BYTES // 2**20} are the most; "
            "ask for it with its outputs cleared."
        )
    data = path.read_bytes()
    items = sum(data.count(sign) for sign in (b"[", b"{", b","))
    if items > bounds.ITEMS:
        raise Unreadable(
            f"the file holds {items:,} values, and {bounds.ITEMS:,} are the most; "
            "ask for it with its outputs cleared."
        )
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable(NOTHING)
    for mark, why in MARKS.items():
        if data.lstrip().lower().startswith(mark.lower()):
            raise Unreadable(why)
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        cut_off = error.reason in ("unexpected end of data", "truncated data")  # within a letter
        raise Unreadable(CUT_OFF if cut_off else NOT_UTF8) from None


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if is_merged(text):
            raise Unreadable(CONFLICT) from None
        ended = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        cut_off = ended and text.lstrip().startswith("{")
        raise Unreadable(CUT_OFF if cut_off else NOT_JSON) from None
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except ValueError:
        raise Unreadable(TOO_LONG) from None


def is_merged(text: str) -> bool:
    """Whether git's three markers of a conflict stand in it, one after the other."""
    lines = iter(text.splitlines())
    return all(any(line.startswith(mark) for line in lines) for mark in MERGE)


def upgraded(found: Any) -> NotebookNode:
    """A notebook of any version from its JSON: the cells' text and what nbgrader says of them.

    Nothing else of it is looked at, so nothing else can be wrong with it. Ids that are lacking are
    numbers: the same at every run.
    """
    version = found.get("nbformat") if isinstance(found, dict) else None
    if isinstance(version, int) and version > 4:
        raise Unreadable(f"a notebook of a later kind (nbformat {version}); ask for nbformat 4.")
    try:
        raw = cells_of(found, version)
        read = [(cell, given) for given in raw if (cell := readable(given)) is not None]
        trusted = version == 4 and int(found.get("nbformat_minor", 0)) >= 5
    except BROKEN:
        raise Unreadable(NOT_VALID) from None
    about_it = found.get("metadata")
    known = any(one.get("cell_type") in (*KINDS, "heading") for _, one in read)
    if not known and (raw or not isinstance(about_it, dict)):
        raise Unreadable(NOT_VALID)
    cells = [cell for cell, _ in read]
    given = [one.get("id") if trusted else None for _, one in read]
    metadata = kernel(about_it) if isinstance(about_it, dict) else {}
    check_size([cell["source"] for cell in cells])
    leave_few_pictures(cells)
    if not cells:
        raise Unreadable("the notebook has no cells; ask for the file again.")
    for cell, name in zip(cells, unlike(given), strict=True):
        cell["id"] = name
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return nbformat.from_dict(whole)


def readable(raw: Any) -> dict | None:
    """A cell, or None where it is none that anybody could read: the others are read all the same."""
    try:
        return cell_of(raw)
    except BROKEN:
        return None


def leave_few_pictures(cells: list[dict]) -> None:
    """Takes out what is pasted beyond what a page can hold."""
    left = bounds.PICTURES_BYTES
    for cell in cells:
        for name, forms in list(cell.get("attachments", {}).items()):
            left -= sum(map(len, forms.values()))
            if left < 0:
                del cell["attachments"][name]


def check_size(sources: list[str]) -> None:
    """Unreadable, where there is more in it than grading takes in bounded time."""
    over = ""
    for number, source in enumerate(sources, 1):
        if len(source) > bounds.CELL_BYTES:
            over = (
                f"cell {number} has {len(source):,} letters, and {bounds.CELL_BYTES:,} are the most"
            )
        elif source.count("\n") > bounds.CELL_LINES:
            lines = source.count("\n")
            over = f"cell {number} has {lines:,} lines, and {bounds.CELL_LINES:,} are the most"
    letters = sum(map(len, sources))
    if letters > bounds.TEXT_BYTES:
        over = f"its cells have {letters:,} letters, and {bounds.TEXT_BYTES:,} are the most"
    if len(sources) > bounds.CELLS:
        over = f"it has {len(sources):,} cells, and {bounds.CELLS:,} are the most"
    if over:
        raise Unreadable(f"{over}; ask for the notebook without what is not an answer.")


def cells_of(found: dict, version: Any) -> list[dict]:
    if version == 4:
        return list(found["cells"])
    if version in (2, 3):
        return [cell for sheet in found["worksheets"] for cell in sheet["cells"]]
    raise ValueError(version)


def cell_of(raw: dict) -> dict:
    """A cell with its text and the metadata that counts; before nbformat 4, code was an ``input``."""
    kind, source = raw["cell_type"], raw.get("source", raw.get("input", ""))
    source = plain("".join(source or ""))
    if kind == "heading":
        hashes = "#" * min(int(raw.get("level", 1)), 6)
        kind, source = "markdown", f"{hashes} {' '.join(source.splitlines())}"
    if kind not in KINDS:  # of some other program's; of ours it is known by its name
        kind = "raw"
    metadata = said_of_itself(raw.get("metadata") or {})
    if kind == "code":
        more = {"execution_count": None, "outputs": []}
    else:
        pictures = pictures_of(raw.get("attachments"))
        more = {"attachments": pictures} if pictures else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **more}


def said_of_itself(metadata: dict) -> dict:
    """A cell's tags and its nbgrader metadata, what `restoring` looks at: flat, few and short."""
    about, tags = metadata.get("nbgrader"), metadata.get("tags")
    found: dict[str, Any] = {}
    if isinstance(about, dict):
        few = list(about.items())[:WORDS]
        found["nbgrader"] = {plain(key)[:LETTERS]: short(value) for key, value in few}
    if isinstance(tags, list):
        found["tags"] = [short(tag) for tag in tags[:WORDS] if isinstance(tag, str)]
    return found


def short(value: Any) -> Any:
    """A text cut to so many letters; a number as it is; anything else is nothing."""
    if isinstance(value, str):
        return plain(value)[:LETTERS]
    return value if isinstance(value, int | float) else None


def plain(value: Any) -> Any:
    """The value with nothing in its strings that UTF-8 cannot store: JSON can spell half a letter."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return value


def kernel(metadata: dict) -> dict:
    """The kernel's name, the one thing that is looked at in a notebook's own metadata."""
    spec = metadata.get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    if not isinstance(name, str):
        return {}
    return {"kernelspec": {"name": plain(name), "display_name": plain(name)}}


def unlike(given: list[Any]) -> Iterator[str]:
    """The ids where they are ids and the first of their kind; numbers in place of the others."""
    taken: set[str] = set()
    all_given = {name for name in given if isinstance(name, str)}
    for number, name in enumerate(given):
        good = isinstance(name, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name)
        if not good or name in taken:
            name = f"submitted-{number}"
            while name in taken or name in all_given:
                name = f"{name}-again"
        taken.add(name)
        yield name
