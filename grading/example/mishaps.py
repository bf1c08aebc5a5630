"""The ways in which real classes break their files: `WAYS`, each a few lines that hand one in."""

import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.boundary.cells import about, grade_id, is_test

Breaker = Callable[
    [Path, str, NotebookNode], None
]  # (student's folder, assignment, right notebook)


@dataclass(frozen=True)
class Way:
    """A way in which a file gets broken; ``status`` is empty where it is graded as if it were not."""

    name: str
    status: str
    hand_in: Breaker


WAYS: list[Way] = []


def way(name: str, status: str = "") -> Callable[[Breaker], Breaker]:
    def registered(hand_in: Breaker) -> Breaker:
        WAYS.append(Way(name, status, hand_in))
        return hand_in

    return registered


def place(home: Path, assignment: str) -> Path:
    """Where the notebook belongs, in a folder that is there."""
    path = home / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def text(notebook: NotebookNode) -> str:
    return nbformat.v4.writes(notebook) + "\n"


def put(home: Path, assignment: str, notebook: NotebookNode) -> Path:
    path = place(home, assignment)
    path.write_text(text(notebook), encoding="utf-8")
    return path


@way("wrong file name", "missing")
def misnamed(home: Path, assignment: str, notebook: NotebookNode) -> None:
    put(home, assignment, notebook).rename(home / assignment / f"{home.name}_homework.ipynb")


@way("a web page in place of JSON", "unreadable")
def web_page(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment).write_text("<!DOCTYPE html>\n<title>Log in to download</title>\n")


@way("an empty file", "unreadable")
def nothing(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment).touch()


@way("cut off", "unreadable")
def cut_off(home: Path, assignment: str, notebook: NotebookNode) -> None:
    whole = text(notebook).encode()
    place(home, assignment).write_bytes(whole[: len(whole) * 2 // 3])


@way("git's merge markers", "unreadable")
def conflict(home: Path, assignment: str, notebook: NotebookNode) -> None:
    *before, last, end = text(notebook).rstrip("\n").split("\n")
    sides = ["<<<<<<< HEAD", last, "=======", last, ">>>>>>> laptop"]
    place(home, assignment).write_text("\n".join([*before, *sides, end]), encoding="utf-8")


@way("Windows' code page 1252", "unreadable")
def code_page(home: Path, assignment: str, notebook: NotebookNode) -> None:
    notebook.cells[1].source += "\n# Übung, von Zoë"
    place(home, assignment).write_bytes(text(notebook).encode("cp1252", "replace"))


@way("UTF-16")
def utf_16(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment).write_bytes(text(notebook).encode("utf-16"))


@way("UTF-8 with a byte order mark")
def byte_order_mark(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment).write_bytes(text(notebook).encode("utf-8-sig"))


@way("an answer pasted twice")
def answer_twice(home: Path, assignment: str, notebook: NotebookNode) -> None:
    at = next(at for at, cell in enumerate(notebook.cells) if about(cell).get("solution"))
    notebook.cells.insert(at + 1, deepcopy(notebook.cells[at]))
    put(home, assignment, notebook)


@way("a test cell pasted twice", "tampered")
def test_twice(home: Path, assignment: str, notebook: NotebookNode) -> None:
    at = next(at for at, cell in enumerate(notebook.cells) if is_test(cell))
    notebook.cells.insert(at + 1, deepcopy(notebook.cells[at]))
    put(home, assignment, notebook)


@way("the cells' metadata stripped")
def stripped(home: Path, assignment: str, notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
    put(home, assignment, notebook)


@way("nbformat 3")
def version_3(home: Path, assignment: str, notebook: NotebookNode) -> None:
    put(home, assignment, notebook).write_text(json.dumps(as_version_3(notebook)))


def as_version_3(notebook: NotebookNode) -> dict:
    cells = []
    for cell in json.loads(json.dumps(notebook.cells)):
        del cell["id"]
        if cell["cell_type"] == "code":
            del cell["execution_count"]
            cell |= {"input": cell.pop("source"), "language": "python", "prompt_number": 1}
        cells.append(cell)
    sheets = [{"cells": cells, "metadata": {}}]
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}


@way("nbformat 4.0, whose cells have no ids")
def version_4_0(home: Path, assignment: str, notebook: NotebookNode) -> None:
    whole = json.loads(text(notebook)) | {"nbformat_minor": 0}
    for cell in whole["cells"]:
        del cell["id"]
    put(home, assignment, notebook).write_text(json.dumps(whole))


@way("50 MB of stored output")
def much_output(home: Path, assignment: str, notebook: NotebookNode) -> None:
    line = "epoch 1: loss 0.6931\n"
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code"][:5]:
        cell.outputs = [new_output("stream", text=line * (10 * 2**20 // len(line) + 1))]
    put(home, assignment, notebook)


@way("a kernel that is not there")
def other_kernel(home: Path, assignment: str, notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = {"name": "my-conda-env", "display_name": "Python (conda)"}
    put(home, assignment, notebook)


@way("a folder inside the folder", "missing")
def nested(home: Path, assignment: str, notebook: NotebookNode) -> None:
    inner = home / assignment / assignment
    inner.mkdir(parents=True)
    put(home, assignment, notebook).rename(inner / f"{assignment}.ipynb")


@way("a folder in place of the file", "missing")
def folder(home: Path, assignment: str, notebook: NotebookNode) -> None:
    path = put(home, assignment, notebook)
    path.rename(path.with_suffix(".tmp"))
    path.mkdir()
    path.with_suffix(".tmp").rename(path / "notebook.json")


@way("a link to nothing", "unreadable")
def dangling(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment).symlink_to("../../../Users/me/Desktop/homework.ipynb")


@way("a link out of submitted/", "unreadable")
def climbing(home: Path, assignment: str, notebook: NotebookNode) -> None:
    path = place(home, assignment)
    path.symlink_to(Path("../../..") / "source" / assignment / path.name)


@way("no permission to read it", "unreadable")
def forbidden(home: Path, assignment: str, notebook: NotebookNode) -> None:
    put(home, assignment, notebook).chmod(0)


@way("the student's folder empty", "missing")
def no_folder(home: Path, assignment: str, notebook: NotebookNode) -> None:
    home.mkdir(parents=True)


@way("the assignment's folder empty", "missing")
def empty_folder(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment)


@way("the notebook of another assignment", "missing")
def other_assignment(home: Path, assignment: str, notebook: NotebookNode) -> None:
    """As it was when only the numbers in the names of the cells were others."""
    for cell in notebook.cells:
        cell.id = f"other-{cell.id}"[:64]
        if grade_id(cell):
            cell.metadata.nbgrader.grade_id = f"other_{grade_id(cell)}"
    put(home, assignment, notebook)


@way("a name with a space and umlauts")
def whole(home: Path, assignment: str, notebook: NotebookNode) -> None:
    put(home, assignment, notebook)


@way("every cell pasted twice", "tampered")
def all_twice(home: Path, assignment: str, notebook: NotebookNode) -> None:
    notebook.cells += deepcopy(notebook.cells)
    put(home, assignment, notebook)


@way("the cells' metadata and ids stripped")
def bare(home: Path, assignment: str, notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = NotebookNode(), f"{number:08x}"
    put(home, assignment, notebook)


@way("only Jupyter's copy of it", "missing")
def checkpoint(home: Path, assignment: str, notebook: NotebookNode) -> None:
    path = put(home, assignment, notebook)
    (path.parent / ".ipynb_checkpoints").mkdir()
    path.rename(path.parent / ".ipynb_checkpoints" / f"{assignment}-checkpoint.ipynb")


@way("zipped", "missing")
def zipped(home: Path, assignment: str, notebook: NotebookNode) -> None:
    path = put(home, assignment, notebook)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.write(path, path.name)
    path.unlink()


@way("JSON that is no notebook", "unreadable")
def settings(home: Path, assignment: str, notebook: NotebookNode) -> None:
    place(home, assignment).write_text('{"theme": "dark", "cells": 3}\n')
