"""Which submissions can be graded: a status and a sentence for whatever lies in submitted/."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grading.example import mishaps
from grading.example.classes import broken_class
from grading.example.task import task
from grading.submissions import collecting, reading

ROOT = Path(__file__).resolve().parent.parent
NAME = "01_normal_convolution"
FILE = f"{NAME}.ipynb"


def about(name: str) -> dict:
    return {"nbgrader": {"grade_id": name, "solution": True}}


def notebook(*cells: str, name: str = "conv2d") -> nbformat.NotebookNode:
    cells = cells or ("x = 1",)
    return new_notebook(
        cells=[
            new_code_cell(source, id=f"cell-{number}", metadata=about(f"{name}{number or ''}"))
            for number, source in enumerate(cells)
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


def text(book: nbformat.NotebookNode | None = None) -> str:
    return nbformat.writes(book or notebook())


@pytest.fixture
def course(tmp_path):
    (tmp_path / "submitted").mkdir()
    return tmp_path


def submit(course: Path, data: str | bytes, path: str = f"ada/{NAME}/{FILE}") -> Path:
    file = course / "submitted" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def collected(course: Path, assignment: str) -> list[collecting.Submission]:
    """Every student's submission, as a class run opens them one by one."""
    released = course / "release" / assignment / f"{assignment}.ipynb"
    known = collecting.names_in(released)
    return [collecting.submission(h, assignment, course, known) for h in collecting.homes(course)]


def said(course: Path) -> tuple[str, str]:
    """The status and the sentence of the only submission."""
    (submission,) = collected(course, NAME)
    return submission.status, submission.sentence


# ---------------------------------------------------------------- where it is


def test_a_notebook_in_its_place_can_be_graded(course):
    path = submit(course, text())
    assert collected(course, NAME) == [collecting.Submission("ada", "", "", path)]


def test_nobody_handed_in_anything(course):
    assert collected(course, NAME) == []
    assert collected(course / "nowhere", NAME) == []


def test_students_come_in_order_and_folders_of_programs_are_none(course):
    for folder in ("noor", "ada", ".ipynb_checkpoints", "__MACOSX", ".git"):
        submit(course, text(), f"{folder}/{NAME}/{FILE}")
    submit(course, "a list of names", "README.txt")
    assert [s.student for s in collected(course, NAME)] == ["ada", "noor"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (f"ada/{NAME}/mine.ipynb", f"wrong file name: rename mine.ipynb to {FILE}."),
        (f"ada/{NAME}/{FILE}.txt", f"wrong file name: rename {FILE}.txt to {FILE}."),
        (f"ada/{NAME}/new/mine.ipynb", f"wrong file name: rename new/mine.ipynb to {FILE}."),
        (f"ada/{NAME}/new/{FILE}", f"wrong folder: move {NAME}/new/{FILE} to {NAME}/{FILE}."),
        (f"ada/{FILE}", f"wrong folder: move {FILE} to {NAME}/{FILE}."),
        ("ada/02_depthwise_convolution/x.ipynb",
         "missing: nothing was handed in for this assignment."),
        (f"ada/{NAME}/hand-in.zip", f"missing: the folder holds no {FILE}; unpack hand-in.zip."),
        (f"ada/{NAME}/notes.txt", f"missing: the folder holds no {FILE}."),
        (f"ada/{NAME}/.ipynb_checkpoints/x-checkpoint.ipynb",
         f"missing: the folder holds no {FILE}."),
        (f"ada/{NAME}", f"missing: {NAME} is a file; put the notebook in a folder of this name."),
        (f"ada/{NAME}/{FILE}/x.ipynb",
         f"missing: {FILE} is a folder; put the notebook itself in its place."),
        ("ada.ipynb", f"wrong folder: move ada.ipynb to ada/{NAME}/{FILE}."),
    ],
)  # fmt: skip
def test_what_is_somewhere_else(course, path, sentence):
    submit(course, text(), path)
    assert said(course) == ("missing", sentence)


def test_several_notebooks_and_none_of_the_name(course):
    for name in ("b.ipynb", "a.ipynb"):
        submit(course, text(), f"ada/{NAME}/{name}")
    sentence = f"wrong file name: rename the right one of a.ipynb, b.ipynb to {FILE}."
    assert said(course) == ("missing", sentence)


def test_empty_folders(course):
    (course / "submitted" / "ada").mkdir()
    assert said(course) == ("missing", "missing: nothing was handed in for this assignment.")
    (course / "submitted" / "ada" / NAME).mkdir()
    assert said(course) == ("missing", f"missing: the folder holds no {FILE}.")


# ---------------------------------------------------------------- links and names


def test_a_link_to_nothing_and_a_link_to_itself(course):
    path = submit(course, text())
    for target in ("gone.ipynb", FILE):
        path.unlink()
        path.symlink_to(target)
        status, sentence = said(course)
        assert status == "unreadable"
        assert sentence.endswith(f"{FILE} is a link to nothing; ask for the file itself.")


@pytest.mark.parametrize("target", ["../../noor/{0}/{0}.ipynb", "../../../source.ipynb"])
def test_a_link_out_of_the_students_folder_is_not_followed(course, target):
    submit(course, text(), f"noor/{NAME}/{FILE}")
    (course / "source.ipynb").write_text(text())
    path = course / "submitted" / "ada" / NAME / FILE
    path.parent.mkdir(parents=True)
    path.symlink_to(target.format(NAME))
    assert path.is_file()
    ada, noor = collected(course, NAME)
    assert ada.sentence == (
        f"unreadable: {NAME}/{FILE} is a link out of the student's folder and is not followed; "
        "ask for the file itself."
    )
    assert noor.status == ""


def test_a_link_within_the_students_folder_is_a_file_like_any_other(course):
    submit(course, text(), f"ada/{NAME}/final.ipynb")
    (course / "submitted" / "ada" / NAME / FILE).symlink_to("final.ipynb")
    assert said(course) == ("", "")


def test_a_folder_that_is_a_link(course):
    submit(course, text(), f"../elsewhere/{NAME}/{FILE}")
    (course / "submitted" / "ada").symlink_to("../elsewhere")
    assert said(course) == (
        "unreadable",
        "unreadable: the student's folder is a link; put the folder itself in its place.",
    )
    (course / "submitted" / "ada").unlink()
    (course / "submitted" / "ada").mkdir()
    (course / "submitted" / "ada" / NAME).symlink_to(f"../../elsewhere/{NAME}")
    assert "is a link out of the student's folder" in said(course)[1]


def test_what_lies_beside_the_notebook_costs_nothing(course):
    """It is not graded, nor copied, nor opened."""
    folder = submit(course, text()).parent
    (folder / "data.csv").symlink_to("/etc/hostname")
    (folder / "gone").symlink_to("nowhere")
    (folder / "timestamp.txt").mkdir()
    os.mkfifo(folder / "pipe")
    assert said(course) == ("", "")


def test_another_notebook_beside_it_is_named(course):
    path = submit(course, text())
    assert collecting.copies(path) == []
    submit(course, text(), f"ada/{NAME}/{NAME}-Copy1.ipynb")
    submit(course, text(), f"ada/{NAME}/.ipynb_checkpoints/{FILE}")
    assert collecting.copies(path) == [f"{NAME}-Copy1.ipynb"]


def test_a_pipe_in_place_of_the_notebook_holds_nobody_up(course):
    path = submit(course, text())
    path.unlink()
    os.mkfifo(path)
    assert said(course) == (
        "unreadable", f"unreadable: {FILE} is not a file; ask for the notebook itself."
    )  # fmt: skip


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_no_permission(course):
    path = submit(course, text())
    path.chmod(0)
    assert said(course)[1] == "unreadable: the file may not be read; change its permissions."
    path.parent.chmod(0)
    assert said(course)[0] == "missing"
    path.parent.chmod(0o755)


def test_a_file_that_fails_while_it_is_read(course, monkeypatch):
    submit(course, text())

    def fails(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(reading, "text_of", fails)
    sentence = "unreadable: permission denied; look at the folder's permissions."
    assert said(course) == ("unreadable", sentence)


@pytest.mark.parametrize("student", ["Jürgen Groß", "李 小龍", "o'neil, pat", "a+b", "x.y-z_1"])
def test_names_that_nbgrader_takes(course, student):
    submit(course, text(), f"{student}/{NAME}/{FILE}")
    (submission,) = collected(course, NAME)
    assert (submission.student, submission.status) == (student, "")


@pytest.mark.parametrize(
    "student", ["ada [2]", "what?", "a*", " ada", "two\nlines", b"gr\xfc\xdfe"]
)
def test_names_that_nbgrader_does_not_take(course, student):
    submit(course, text(), f"{os.fsdecode(student)}/{NAME}/{FILE}")
    (submission,) = collected(course, NAME)
    assert submission.status == "unreadable"
    assert "nbgrader cannot take the folder's name" in submission.sentence
    assert submission.student.isprintable() and submission.sentence.isprintable()
    submission.student.encode("utf-8")


# ---------------------------------------------------------------- what is in it


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", reading.NOTHING),
        (b" \n", reading.NOTHING),
        (b"\0" * 5000, reading.NOTHING),
        (b"<html>", "the file is a web page; ask for the notebook itself."),
        (b"\n<!DOCTYPE html>", "the file is a web page; ask for the notebook itself."),
        (b"#!/usr/bin/env python", "the file is a program; ask for the notebook itself."),
        (b"<<<<<<< HEAD\n{", reading.NOT_JSON),
        (b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n", reading.CONFLICT),
        (b'{"a": 1,}', reading.NOT_JSON),
        (b"{", reading.CUT_OFF),
        (b'{"cells": [{"source": "x = ', reading.CUT_OFF),
        (b'{"cells": [1', reading.CUT_OFF),
        ('{"cells": ["ü'.encode()[:-1], reading.CUT_OFF),
        ('{"cells": "grün"}'.encode("cp1252"), reading.NOT_UTF8),
        ('{"cells": ['.encode("utf-16"), reading.CUT_OFF),
        ("{}".encode("utf-16")[:-1], reading.CUT_OFF),
        (b"[" * 100_000, reading.TOO_DEEP),
        (b"[" * 100_000 + b"]" * 100_000, reading.TOO_DEEP),
        (b"1" * 5000, reading.TOO_LONG),
        (b"3", reading.NOT_VALID),
        (b"[]", reading.NOT_VALID),
        (b"{}", reading.NOT_VALID),
        (b'{"nbformat": 4, "cells": []}', reading.NOT_VALID),
        (b'{"nbformat": 4, "metadata": [], "cells": []}', reading.NOT_VALID),
        (b'{"nbformat": 4, "metadata": {}, "cells": 3}', reading.NOT_VALID),
        (b'{"nbformat": 4, "metadata": {}, "cells": [3]}', reading.NOT_VALID),
        (b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "x", "source": ""}]}',
         reading.NOT_VALID),
        (b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": [1]}]}',
         reading.NOT_VALID),
        (b'{"nbformat": 4, "nbformat_minor": "x", "metadata": {}, "cells": []}',
         reading.NOT_VALID),
        (b'{"nbformat": 1, "metadata": {}, "cells": []}', reading.NOT_VALID),
        (b'{"nbformat": 3, "metadata": {}, "worksheets": [{}]}', reading.NOT_VALID),
        (b'{"nbformat": 9, "metadata": {}, "cells": []}',
         "a notebook of a later kind (nbformat 9); ask for nbformat 4."),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}',
         "the notebook has no cells; ask for the file again."),
    ],
)  # fmt: skip
def test_what_is_no_notebook(course, data, why):
    submit(course, data)
    assert said(course) == ("unreadable", f"unreadable: {why}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_text_that_says_how_it_is_encoded_is_read(course, encoding):
    whole = text(notebook("print('ü')"))
    path = submit(course, whole.encode(encoding))
    assert [cell.source for cell in reading.read(path).cells] == ["print('ü')"]


def test_no_end_of_a_notebook_is_taken_for_a_whole_one(course):
    whole = text(notebook("print('ü')", "y = 2")).encode()
    assert whole.startswith(b"{") and whole.endswith(b"}")
    for end in range(2, len(whole), 7):
        submit(course, whole[:end])
        status, sentence = said(course)
        assert status == "unreadable" and sentence in (
            f"unreadable: {reading.CUT_OFF}", f"unreadable: {reading.NOT_JSON}"
        )  # fmt: skip


def test_a_file_without_end_is_not_read(course):
    path = submit(course, "{")
    os.truncate(path, 3 * 2**30)  # of nothing: it takes no space
    status, sentence = said(course)
    assert status == "unreadable"
    assert sentence == (
        "unreadable: the file has 3072 MB, and 200 are the most; ask for it with its outputs cleared."
    )


def test_nor_is_one_of_very_many_very_small_things(course):
    submit(course, b"[" + b"[]," * 10_000_000 + b"1]")
    sentence = (
        "unreadable: the file holds 20,000,001 values, and 20,000,000 are the most; "
        "ask for it with its outputs cleared."
    )
    assert said(course) == ("unreadable", sentence)


# ---------------------------------------------------------------- the notebook itself


def test_a_notebook_is_read_with_its_text_and_what_nbgrader_says_of_it(course):
    book = notebook("x = 1\ny = 2", "z")
    book.cells[0].metadata |= {"tags": ["mine"], "collapsed": True}
    book.cells[0].outputs = [new_output("stream", text="1")]
    book.cells.append(new_markdown_cell("# Größe", id="words"))
    read = reading.read(submit(course, text(book)))
    nbformat.validate(read)
    assert [cell.source for cell in read.cells] == ["x = 1\ny = 2", "z", "# Größe"]
    assert [cell.id for cell in read.cells] == ["cell-0", "cell-1", "words"]
    assert read.cells[0].metadata == about("conv2d") | {"tags": ["mine"]}
    assert read.cells[0].outputs == [] and read.cells[0].execution_count is None
    assert read.metadata.kernelspec.name == "python3"


def test_lines_in_a_list_are_one_text(course):
    whole = json.loads(text())
    whole["cells"][0]["source"] = ["a\n", "b"]
    assert reading.read(submit(course, json.dumps(whole))).cells[0].source == "a\nb"


def test_ids_that_are_lacking_or_there_twice_are_made_and_always_the_same(course):
    whole = json.loads(text(notebook("a", "b", "c", "d", "e")))
    for cell, name in zip(
        whole["cells"], ["one", "one", None, "no id!", "submitted-1"], strict=True
    ):
        cell["id"] = name
    path = submit(course, json.dumps(whole))
    ids = [cell.id for cell in reading.read(path).cells]
    assert ids == ["one", "submitted-1-again", "submitted-2", "submitted-3", "submitted-1"]
    assert [cell.id for cell in reading.read(path).cells] == ids
    nbformat.validate(reading.read(path))


def test_before_4_5_an_id_is_none(course):
    """nbformat throws them away too, when it brings a notebook up to date."""
    whole = json.loads(text()) | {"nbformat_minor": 4}
    assert reading.read(submit(course, json.dumps(whole))).cells[0].id == "submitted-0"


@pytest.mark.parametrize("version", [2, 3])
def test_worksheets_of_old(course, version):
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["What it\n", "costs"], "metadata": {}},
        {"cell_type": "code", "input": ["x = 1\n", "y"], "language": "python", "outputs": [{}],
         "metadata": about("conv2d"), "prompt_number": 3},
        {"cell_type": "markdown", "source": "words"},
    ]  # fmt: skip
    sheets = [{"cells": cells[:2]}, {"cells": cells[2:]}]
    whole = {"nbformat": version, "metadata": {"name": "x"}, "worksheets": sheets}
    read = reading.read(submit(course, json.dumps(whole)))
    nbformat.validate(read)
    assert [(cell.cell_type, cell.source) for cell in read.cells] == [
        ("markdown", "## What it costs"), ("code", "x = 1\ny"), ("markdown", "words"),
    ]  # fmt: skip
    assert read.cells[1].metadata.nbgrader.grade_id == "conv2d"


def test_an_old_notebook_reads_as_nbformat_reads_it(course):
    about_it = task(ROOT, NAME)
    old = mishaps.as_version_3(about_it.released)
    theirs = nbformat.reads(json.dumps(old), as_version=4)
    ours = reading.read(submit(course, json.dumps(old)))
    for mine, other, released in zip(
        ours.cells, theirs.cells, about_it.released.cells, strict=True
    ):
        assert mine.source == other.source == released.source
        assert mine.metadata.get("nbgrader") == released.metadata.get("nbgrader")


def test_half_a_letter_is_replaced(course):
    whole = text(notebook("x = 'HALF'", name="HALF")).replace("HALF", "\\ud83d")
    read = reading.read(submit(course, whole))
    assert read.cells[0].source == "x = '?'" and collecting.names(read) == {"?"}
    nbformat.writes(read).encode("utf-8")


@pytest.mark.parametrize(
    "said_of_it",
    [{}, {"kernelspec": None}, {"kernelspec": {"name": 3}}, {"kernelspec": "x"}, {"widgets": {}}],
)
def test_a_kernel_that_is_not_named(course, said_of_it):
    whole = json.loads(text()) | {"metadata": said_of_it}
    assert reading.read(submit(course, json.dumps(whole))).metadata == {}


@pytest.mark.parametrize("metadata", [None, {}, {"nbgrader": "x", "tags": 3}])
def test_metadata_that_says_nothing(course, metadata):
    whole = json.loads(text())
    whole["cells"][0] |= {"metadata": metadata}
    assert reading.read(submit(course, json.dumps(whole))).cells[0].metadata == {}


def test_fifty_megabytes_of_output_are_read_past(course):
    book = notebook()
    book.cells[0].outputs = [new_output("stream", text="loss 0.5\n" * (50 * 2**20 // 9 + 1))]
    path = submit(course, nbformat.v4.writes(book))
    assert path.stat().st_size > 50 * 2**20
    begun = time.monotonic()
    assert reading.read(path).cells[0].outputs == []
    assert time.monotonic() - begun < 20, "one or two seconds where nothing else runs"


# ---------------------------------------------------------------- whose it is


@pytest.fixture
def released(course):
    """A course that has released two assignments."""
    for name, cells in ((NAME, "conv2d"), ("02_depthwise_convolution", "depthwise")):
        file = course / "release" / name / f"{name}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(text(notebook("a", "b", name=cells)))
    return course


def test_the_notebook_of_another_assignment(released):
    submit(released, text(notebook("a", name="depthwise")))
    assert said(released) == (
        "missing",
        f"wrong notebook: this is 02_depthwise_convolution; ask for {FILE}.",
    )
    submit(released, text(notebook("a", name="other")))
    sentence = f"wrong notebook: no cell of it is of this assignment; ask for {FILE}."
    assert said(released) == ("missing", sentence)


def test_one_cell_of_the_assignment_or_no_names_at_all_will_do(released):
    book = notebook("a", "b", name="depthwise")
    book.cells[1].metadata = about("conv2d")
    submit(released, text(book))
    assert said(released) == ("", "")
    for cell in book.cells:
        cell.metadata = {}
    submit(released, text(book))
    assert said(released) == ("", "")


# ---------------------------------------------------------------- a whole class


def test_every_way_in_which_files_get_broken(tmp_path):
    for step in ("source", "release"):
        shutil.copytree(ROOT / step / NAME, tmp_path / step / NAME)
    made = broken_class(tmp_path, NAME, count=2 * len(mishaps.WAYS), share=0.5)
    found = {s.student: s for s in collected(tmp_path, NAME)}
    assert found.keys() == made.keys()
    for student, one in made.items():
        ungraded = one.status if one.status in ("missing", "unreadable") else ""
        assert found[student].status == ungraded, (one, found[student])
        assert bool(found[student].sentence) == bool(ungraded)
        if not ungraded:
            assert len(reading.read(found[student].path).cells) >= 40
    assert sorted(one.status == "needs hand marking" for one in made.values()).count(True) >= 30


# ---------------------------------------------------------------- more than an assignment has


def nested(depth: int) -> list:
    return [nested(depth - 1)] if depth else []


def raw(*cells: dict, **also) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | also)


def code(source: str = "x = 1", **also) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []} | also


OVER = (
    (raw(code(), nbformat_minor=1e999), reading.NOT_VALID),
    (raw({"cell_type": "heading", "level": 1e999, "source": "a"}), reading.NOT_VALID),
    (
        raw(*[code()] * 2001),
        "it has 2,001 cells, and 2,000 are the most; ask for the notebook without what is not an answer.",
    ),
    (
        raw(code(), code("x" * 500_001)),
        "cell 2 has 500,001 letters, and 500,000 are the most; "
        "ask for the notebook without what is not an answer.",
    ),
    (
        raw(code("\n" * 20_001)),
        "cell 1 has 20,001 lines, and 20,000 are the most; "
        "ask for the notebook without what is not an answer.",
    ),
    (
        raw(*[code("x" * 400_000)] * 11),
        "its cells have 4,400,000 letters, and 4,000,000 are the most; "
        "ask for the notebook without what is not an answer.",
    ),
)


@pytest.mark.parametrize(("data", "why"), OVER, ids=range(len(OVER)))
def test_more_than_an_assignment_has_is_named(course, data, why):
    submit(course, data)
    assert said(course) == ("unreadable", f"unreadable: {why}")


def test_as_much_as_is_allowed_is_read(course):
    submit(course, raw(*[code("x" * 1990)] * 1999, code("\n" * 20_000)))
    assert said(course) == ("", "")


def test_what_a_cell_says_of_itself_is_few_and_flat(course):
    deep = {"nbgrader": {"grade_id": nested(400), "points": 2, "x" * 500: "y" * 500}}
    path = submit(course, raw(code(metadata={"tags": nested(400)} | deep), code(metadata=deep)))
    first, _ = reading.read(path).cells
    assert first.metadata["tags"] == []
    assert first.metadata["nbgrader"] == {"grade_id": None, "points": 2, "x" * 200: "y" * 200}
    many = {"tags": ["t" * 300] * 5000, "nbgrader": {str(n): n for n in range(5000)}}
    (cell,) = reading.read(submit(course, raw(code(metadata=many)))).cells
    assert cell.metadata["tags"] == ["t" * 200] * 20 and len(cell.metadata["nbgrader"]) == 20


def test_folders_nested_deeply_beside_the_notebook_are_left_alone(course):
    path = submit(course, text())
    at = os.open(path.parent, os.O_RDONLY)
    for _ in range(1500):  # by steps: their path as a whole is longer than the system takes
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    try:
        assert said(course) == ("", "")
        assert sum(1 for _ in collecting.walked(path.parent)) == 1
    finally:  # pytest's own tidying would fail of it
        subprocess.run(["rm", "-rf", str(path.parent / "d")], check=True)


@pytest.mark.parametrize("name", ["😀" * 38, "x" * 151])
def test_a_name_that_is_too_long_for_the_files_that_begin_with_it(course, name):
    submit(course, text(), f"{name}/{NAME}/{FILE}")
    status, sentence = said(course)
    assert status == "unreadable" and "150 are the most; rename it." in sentence


def test_merge_markers_are_found_and_what_is_like_them_takes_no_longer(course):
    submit(course, "{\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n}")
    assert said(course)[1] == f"unreadable: {reading.CONFLICT}"
    submit(course, "<<<<<<< a\n=======\n" * 200_000)  # it was cubic: hours
    assert said(course)[1] == f"unreadable: {reading.NOT_JSON}"


def test_cells_without_ids_take_time_in_proportion():
    ids = list(reading.unlike([None] * 300_000))  # it was quadratic: an hour
    assert len(set(ids)) == 300_000
