"""The notebook in a submitted file, whatever else is in it; a sentence where there is none.

`nbgrader autograde` reads these files too, so what it cannot read (another encoding than UTF-8, say)
is asked for again, not guessed at.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

MOST_BYTES, MOST_ITEMS = 200 * 2**20, 20_000_000
OURS = ("nbgrader", "tags")  # the metadata of a cell that `restoring` looks at
MERGE = re.compile(r"^<{7} .*^={7}$.*^>{7} ", re.MULTILINE | re.DOTALL)
MARKS = {
    b"\xef\xbb\xbf": "the file begins with a byte order mark; ask for it saved as UTF-8 without one.",
    b"\xff\xfe": "the file is UTF-16 text; ask for it saved as UTF-8.",
    b"\xfe\xff": "the file is UTF-16 text; ask for it saved as UTF-8.",
}
NOTHING = "the file is empty; ask for it again."
NOT_UTF8 = "the file is not UTF-8 text; ask for it saved again from JupyterLab."
CUT_OFF = "the file ends in the middle of the notebook; ask for the whole file."
CONFLICT = "the file holds git's merge markers; ask for it with the conflict resolved."
NOT_JSON = "not a notebook (its text is not JSON); ask for the file again."
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
    data = path.read_bytes() if size < MOST_BYTES else b""
    items = sum(data.count(sign) for sign in (b"[", b"{", b","))  # each takes some 60 bytes
    if size >= MOST_BYTES or items > MOST_ITEMS:
        raise Unreadable(f"the file has {size // 2**20} MB; ask for it with its outputs cleared.")
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable(NOTHING)
    for mark, why in MARKS.items():
        if data.startswith(mark):
            raise Unreadable(why)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_off = error.reason == "unexpected end of data"  # in the middle of a letter
        raise Unreadable(CUT_OFF if cut_off else NOT_UTF8) from None


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if MERGE.search(text):
            raise Unreadable(CONFLICT) from None
        ended = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        cut_off = ended and text.lstrip().startswith("{")
        raise Unreadable(CUT_OFF if cut_off else NOT_JSON) from None
    except (ValueError, RecursionError):  # a number of too many digits; lists too deep in lists
        raise Unreadable(NOT_JSON) from None


def upgraded(found: Any) -> NotebookNode:
    """A notebook of any version from its JSON: the cells' text and what nbgrader says of them.

    Nothing else of it is looked at, so nothing else can be wrong with it. Ids that are lacking are
    numbers: the same at every run.
    """
    version = found.get("nbformat") if isinstance(found, dict) else None
    if isinstance(version, int) and version > 4:
        raise Unreadable(f"a notebook of a later kind (nbformat {version}); ask for nbformat 4.")
    try:
        cells = [cell_of(cell) for cell in cells_of(found, version)]
        trusted = version == 4 and int(found.get("nbformat_minor", 0)) >= 5
        given = [cell.get("id") if trusted else None for cell in cells_of(found, version)]
        metadata = kernel(found["metadata"])
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise Unreadable(NOT_VALID) from None
    if not cells:
        raise Unreadable("the notebook has no cells; ask for the file again.")
    for cell, name in zip(cells, unlike(given), strict=True):
        cell["id"] = name
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return nbformat.from_dict(whole)


def cells_of(found: dict, version: Any) -> list[dict]:
    if version == 4:
        return list(found["cells"])
    if version in (2, 3):
        return [cell for sheet in found["worksheets"] for cell in sheet["cells"]]
    raise ValueError(version)


def cell_of(raw: dict) -> dict:
    """A cell with its text and the metadata that counts; before nbformat 4, code was an ``input``."""
    kind, source = raw["cell_type"], raw.get("source", raw.get("input", ""))
    source = plain("".join(source))
    if kind == "heading":
        hashes = "#" * min(int(raw.get("level", 1)), 6)
        kind, source = "markdown", f"{hashes} {' '.join(source.splitlines())}"
    if kind not in ("code", "markdown", "raw"):
        raise ValueError(kind)
    said = raw.get("metadata") or {}
    metadata = {key: plain(said[key]) for key in OURS if isinstance(said.get(key), (dict, list))}
    ran = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **ran}


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
    for number, name in enumerate(given):
        good = isinstance(name, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name)
        if not good or name in taken:
            name = f"submitted-{number}"
            while name in taken or name in given:
                name = f"{name}-again"
        taken.add(name)
        yield name
