"""Which submissions can be graded, a sentence for each that cannot, and the notebook of one that can.

Whatever lies in submitted/ ends as a row: nothing that a student hands in raises, is followed out of
the student's own folder, or takes all the memory. `nbgrader autograde` reads these files
too, so what it cannot read (another encoding than UTF-8, say) is asked for again, not guessed at.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

MOST_BYTES, MOST_ITEMS = 200 * 2**20, 20_000_000
MOST_FILES = 5000  # that are looked at in one folder
NAME_LENGTH = 80  # characters of a file's name that are shown
PACKED = (".zip", ".gz", ".tgz", ".rar", ".7z")
OURS = ("nbgrader", "tags")  # the metadata of a cell that `grading.restore` looks at
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


@dataclass(frozen=True)
class Submission:
    """One student's notebook; where it cannot be graded, ``sentence`` says why and what to do."""

    student: str
    status: str  # "missing", "unreadable", or "" where it can be graded
    sentence: str
    path: Path


class Trouble(Exception):
    """Why a submission cannot be graded. Its text is what the instructor reads."""

    status = ""


class Missing(Trouble):
    status = "missing"


class Unreadable(Trouble):
    status = "unreadable"

    def __init__(self, why: str):
        super().__init__(f"unreadable: {why}")


def collected(course: Path, assignment: str) -> list[Submission]:
    """Every student's submission, in the students' order."""
    known = names_in(course / "release" / assignment / f"{assignment}.ipynb")
    homes = sorted(students(course / "submitted"))
    return [submission(home, assignment, course, known) for home in homes]


def students(submitted: Path) -> Iterator[Path]:
    """The students' folders. A notebook that lies beside them is a row too, so that it is found."""
    try:
        entries = list(submitted.iterdir())
    except OSError:
        return
    folders = {path.name for path in entries if os.path.isdir(path)}
    for path in entries:
        if path.name.startswith((".", "__MACOSX")):
            continue
        loose = path.suffix.lower() == ".ipynb" and path.stem not in folders
        if path.name in folders or path.is_symlink() or loose:
            yield path


def submission(home: Path, assignment: str, course: Path, known: set[str]) -> Submission:
    path = home / assignment / f"{assignment}.ipynb"
    status, sentence = "", ""
    try:
        check_name(home)
        find(home, assignment)
        check_files(home, path.parent)
        check_assignment(read(path), course, assignment, known)
    except Trouble as trouble:
        status, sentence = trouble.status, str(trouble)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        status, sentence = "unreadable", f"unreadable: {why}; look at the folder's permissions."
    student = home.stem if os.path.isfile(home) else home.name
    return Submission(shown(student), status, sentence, path)


# ---------------------------------------------------------------- where the notebook is


def check_name(home: Path) -> None:
    """nbgrader looks for a student by a pattern, in which some characters are no characters."""
    name = home.name
    if shown(name) != name or name != name.strip() or re.search(r"[*?\[\]]", name):
        raise Unreadable(
            f"nbgrader cannot take the folder's name, {shown(name)!r}; rename it to plain letters."
        )


def find(home: Path, assignment: str) -> None:
    """Trouble, unless the notebook is a file where it has to be."""
    folder, name = home / assignment, f"{assignment}.ipynb"
    path = folder / name
    if os.path.isfile(home):
        raise Missing(f"wrong folder: move {home.name} to {home.stem}/{assignment}/{name}.")
    if home.is_symlink():
        raise Unreadable("the student's folder is a link; put the folder itself in its place.")
    if not os.path.lexists(path):
        raise Missing(why_missing(home, folder, name))
    check_link(home, path)
    if path.is_dir():
        raise Missing(f"missing: {name} is a folder; put the notebook itself in its place.")
    if not path.is_file():
        raise Unreadable(f"{name} is not a file; ask for the notebook itself.")
    if not os.access(path, os.R_OK):
        raise Unreadable("the file may not be read; change its permissions.")


def why_missing(home: Path, folder: Path, name: str) -> str:
    """What is there in place of the notebook, and what to do about it."""
    if os.path.lexists(folder) and not folder.is_dir():
        return f"missing: {folder.name} is a file; put the notebook in a folder of this name."
    others = notebooks(folder)
    same = [other for other in others if other.name == name]
    if same:
        return f"wrong folder: move {within(same[0], home)} to {folder.name}/{name}."
    if len(others) == 1:
        return f"wrong file name: rename {within(others[0], folder)} to {name}."
    if others:
        some = ", ".join(within(other, folder) for other in others[:3])
        return f"wrong file name: rename the right one of {some} to {name}."
    misplaced = [other for other in notebooks(home) if other.name == name]
    if misplaced:
        return f"wrong folder: move {within(misplaced[0], home)} to {folder.name}/{name}."
    if folder.is_dir():
        packed = [path for path in files(folder) if path.suffix.lower() in PACKED]
        unpack = f"; unpack {within(packed[0], folder)}" if packed else ""
        return f"missing: the folder holds no {name}{unpack}."
    return "missing: nothing was handed in for this assignment."


def notebooks(folder: Path) -> list[Path]:
    """What looks like a notebook, "….ipynb.txt" of a browser's download too; Jupyter's copies not."""
    found = [path for path in files(folder) if ".ipynb" in path.name.lower()]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def files(folder: Path) -> Iterator[Path]:
    """The files in a folder and in the folders inside, links as they are."""
    every = (Path(at, name) for at, _, names in os.walk(folder) for name in sorted(names))
    return islice(every, MOST_FILES)


def check_files(home: Path, folder: Path) -> None:
    """nbgrader copies what lies beside the notebook, and would follow a link to anywhere."""
    for path in files(folder):
        check_link(home, path)
        if not path.is_file() or not os.access(path, os.R_OK):
            raise Unreadable(f"{within(path, folder)} cannot be copied; remove it.")


def check_link(home: Path, path: Path) -> None:
    """Trouble, where a path is a link to nothing, or leads out of the student's folder."""
    if not os.path.exists(path):
        raise Unreadable(f"{within(path, home)} is a link to nothing; ask for the file itself.")
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(home)):
        raise Unreadable(
            f"{within(path, home)} is a link out of the student's folder and is not followed; "
            "ask for the file itself."
        )


def within(path: Path, folder: Path) -> str:
    return shown(path.relative_to(folder).as_posix())


def shown(name: str) -> str:
    """A name as it can be printed and stored: no line breaks, no bytes that are not text."""
    plain = "".join(char if char.isprintable() else "�" for char in name)
    return plain if len(plain) <= NAME_LENGTH else plain[: NAME_LENGTH - 1] + "…"


# ---------------------------------------------------------------- what is in it


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


# ---------------------------------------------------------------- whose notebook it is


def check_assignment(
    notebook: NotebookNode, course: Path, assignment: str, known: set[str]
) -> None:
    """Missing, where each cell that nbgrader knows is of another assignment."""
    theirs = names(notebook)
    if not theirs or not known or theirs & known:
        return
    for path in sorted((course / "release").glob("*/*.ipynb")):
        if theirs & names_in(path):
            said = f"this is {path.stem}"
            break
    else:
        said = "no cell of it is of this assignment"
    raise Missing(f"wrong notebook: {said}; ask for {assignment}.ipynb.")


def names(notebook: NotebookNode) -> set[str]:
    said = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    return {str(about.get("grade_id")) for about in said if isinstance(about, dict)} - {"None", ""}


def names_in(path: Path) -> set[str]:
    """nbgrader's names of the cells in one of the course's own notebooks; none where it is not there."""
    try:
        return names(read(path))
    except (OSError, Trouble):
        return set()
