"""Which submissions can be graded, and a sentence for each that cannot.

Whatever lies in submitted/ ends as a row: nothing that a student hands in raises, is followed out of
the student's own folder, or takes all the memory.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nbformat import NotebookNode

from grading.boundary.cells import grade_id
from grading.plain import NAME, shown
from grading.submissions import bounds
from grading.submissions.reading import Trouble, Unreadable, read

PACKED = (".zip", ".gz", ".tgz", ".rar", ".7z")


@dataclass(frozen=True)
class Submission:
    """One student's notebook; where it cannot be graded, ``sentence`` says why and what to do."""

    student: str
    status: str  # "missing", "unreadable", or "" where it can be graded
    sentence: str
    path: Path


class Missing(Trouble):
    status = "missing"


def homes(course: Path) -> list[Path]:
    """Where each student's submissions are, in the students' order; nothing of it is opened."""
    return sorted(students(course / "submitted"))


def student_of(home: Path) -> str:
    return shown(home.stem if os.path.isfile(home) else home.name, NAME)


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
        check_assignment(read(path), course, assignment, known)
    except Trouble as trouble:
        status, sentence = trouble.status, str(trouble)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        status, sentence = "unreadable", f"unreadable: {why}; look at the folder's permissions."
    return Submission(student_of(home), status, sentence, path)


# ---------------------------------------------------------------- where the notebook is


def check_name(home: Path) -> None:
    """nbgrader looks for a student by a pattern, in which some characters are no characters.

    And it writes the name into its table, where a spreadsheet would take some for a formula.
    """
    name, told = home.name, shown(home.name, NAME)
    if len(os.fsencode(name)) > bounds.NAME_BYTES:
        raise Unreadable(
            f"the folder's name, {told!r}, has {len(os.fsencode(name))} bytes, and "
            f"{bounds.NAME_BYTES} are the most; rename it."
        )
    if told != name or name != name.strip() or re.search(r"^[-+=@]|[*?\[\]]", name):
        raise Unreadable(
            f"nbgrader cannot take the folder's name, {told!r}; rename it to plain letters."
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
    """The files in a folder and in the folders inside, links as they are; so many, and so deep."""
    return islice(walked(folder), bounds.FILES)


def walked(folder: Path) -> Iterator[Path]:
    """As `os.walk`, which calls itself for each folder in a folder until Python has had enough."""
    waiting = [(folder, 0)]
    while waiting:
        at, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(at), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if not entry.is_dir():
                yield Path(entry.path)
            elif not entry.is_symlink() and depth < bounds.FOLDERS:
                waiting.append((Path(entry.path), depth + 1))


def copies(path: Path) -> list[str]:
    """The names of the other notebooks that lie beside this one: perhaps the answers are there."""
    others = [other for other in notebooks(path.parent) if other != path]
    return [within(other, path.parent) for other in others]


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
    return shown(path.relative_to(folder).as_posix(), NAME)


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
    return {grade_id(cell) for cell in notebook.cells} - {""}


def names_in(path: Path) -> set[str]:
    """nbgrader's names of the cells in one of the course's own notebooks; none where it is not there."""
    try:
        return names(read(path))
    except (OSError, Trouble):
        return set()
