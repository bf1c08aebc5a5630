"""What a marker sees besides text: pictures and tables of a cell, pictures in a written answer."""

import base64
import io
import json

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from grading.boundary.remote import PICTURES, as_outputs
from grading.boundary.values import visuals
from grading.submissions import bounds, reading
from grading.submissions.markdown import harmless, pictures_of
from grading.submissions.restoring import restored


def picture(kind: str = "PNG", size: tuple[int, int] = (6, 4), noise: bool = False) -> bytes:
    pixels = np.zeros((*size[::-1], 3), np.uint8)
    if noise:
        pixels[...] = np.random.default_rng(0).integers(0, 256, pixels.shape)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
NO_PICTURES = [
    SVG,
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    picture()[:20],
    b"<script>" * 9,
    bytes(50),
]


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_raster_image_is_known_by_what_is_in_it(kind):
    assert visuals.kind_of(picture(kind)) == f"image/{kind.lower()}"


@pytest.mark.parametrize("data", NO_PICTURES, ids=range(len(NO_PICTURES)))
def test_anything_else_is_no_picture(data):
    assert visuals.kind_of(data) == ""


def test_a_picture_has_a_largest_size():
    assert visuals.kind_of(picture(size=(4000, 4000))) == "image/png"
    assert visuals.kind_of(picture(size=(4001, 4000))) == "", "16,004,000 pixels"
    large = picture("JPEG", (1800, 1400), noise=True)
    assert len(large) > visuals.PICTURE_BYTES
    assert visuals.kind_of(large) == "" and visuals.kind_of(large, 10**7) == "image/jpeg"


def test_outputs_hold_pictures_and_tables_and_nothing_that_runs():
    replies = [
        {"output_type": "display_data", "text": "a figure", "picture": picture()},
        {"output_type": "execute_result", "text": "a frame", "rows": [[[True, "<b>", 1]], []]},
        {"output_type": "display_data", "text": "forged", "picture": SVG, "rows": [["<script>"]],
         "data": {"text/html": "<script>", "image/svg+xml": "<svg>"}},
    ]  # fmt: skip
    first, second, third = (output["data"] for output in as_outputs(replies))
    assert first == {"text/plain": "a figure", "image/png": text_of(picture())}
    assert (
        set(second) == {"text/plain", "text/html"} and "<th>&lt;b&gt;</th>" in second["text/html"]
    )
    assert third == {"text/plain": "forged"}


def test_of_a_whole_notebook_so_many_pictures_are_kept():
    one = {"output_type": "display_data", "text": "x", "picture": picture()}
    kept = as_outputs([one] * (PICTURES + 3))
    assert sum("image/png" in output["data"] for output in kept) == PICTURES
    assert kept[-1]["data"] == {"text/plain": "… no more pictures of this notebook are kept …"}
    assert "image/png" not in as_outputs([one], pictures=0)[0]["data"]


# ---------------------------------------------------------------- tables

FRAME = """<style>b {color: red}</style><script>alert(1)</script>
<div><table border="1" class="dataframe">
  <thead><tr style="x"><th></th><th colspan="2">size &amp; <b>share</b></th></tr></thead>
  <tbody><tr><th>0</th><td>28</td><td onclick="x">&lt;script&gt;</td></tr>
  <tr><td><table><tr><td>inner</td></tr></table></td></tr></tbody>
</table></div><table><tr><td>another</td></tr></table>"""


def test_a_table_crosses_as_its_cells():
    assert visuals.rows_of(FRAME) == [
        [[True, "", 1], [True, "size & share", 2]],
        [[True, "0", 1], [False, "28", 1], [False, "<script>", 1]],
        [[False, "", 1]],
    ]
    assert visuals.table(visuals.rows_of(FRAME)) == (
        '<table border="1" cellpadding="4" class="dataframe">\n'
        '<tr><th></th><th colspan="2">size &amp; share</th></tr>\n'
        "<tr><th>0</th><td>28</td><td>&lt;script&gt;</td></tr>\n"
        "<tr><td></td></tr>\n</table>"
    )


def test_a_table_has_a_largest_size():
    row = "<tr>" + "<td>" + "x" * 500 + "</td>" + "<td>1</td>" * 99 + "</tr>"
    rows = visuals.rows_of(f"<table>{row * 300}</table>")
    assert (len(rows), len(rows[0]), len(rows[0][0][1])) == (200, 50, 200)
    more = [[[False, "y" * 999, 1]] * 99] * 999
    assert visuals.table(more).count("<tr>") == 200
    assert visuals.table(more).count("y") == 200 * 50 * 200


@pytest.mark.parametrize(
    "rows",
    [
        None, [], "<table>", [[]] * 0, [["<td>"]], [[[True, "x"]]], [[[1, "x", 1]]], [[["", "x", 1]]],
        [[[True, "x", 10**9]]], [[[True, "x", 0]]], [[[True, b"x", 1]]], {"a": 1}, [[[True, "x", "1"]]],
    ],
)  # fmt: skip
def test_rows_that_somebody_made_up_are_no_table(rows):
    assert visuals.table(rows) == ""


@pytest.mark.parametrize(
    "html", ["<td>1</td>", "<tr><td>1", "", "<table>", "</table><td>", "<" * 9999]
)
def test_what_is_no_table_has_no_rows(html):
    assert visuals.rows_of(html) == []


# ---------------------------------------------------------------- written answers

ABOUT = {"grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}
RELEASED = new_notebook(
    cells=[
        new_markdown_cell("*Write here.*", id="why", metadata={
            "nbgrader": {"grade_id": "why", "points": 2, **ABOUT}}),
        new_code_cell("plot()", id="plot", metadata={
            "nbgrader": {"grade_id": "plot", "points": 2, **ABOUT}}),
        new_markdown_cell("A sentence.", id="text"),
    ]
)  # fmt: skip
LIVE = """<script>alert(1)</script> <img src=x onerror=alert(1)> ![x](/logout) ![a][b] ![b]
[go](javascript:alert(1)) &#60;b> $\\href{/logout}{x} \\style{background:url(/x)}{y}$

[b]: /logout"""


def pasted(**forms: bytes) -> dict:
    return {name: {"image/png": text_of(data)} for name, data in forms.items()}


def as_page(cell) -> str:
    html, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[cell]))
    return html.partition("<main>")[2]


def handed_in(kind, place: int, source: str, **more):
    """What becomes of the released notebook with a cell replaced by one of the student's."""
    notebook = nbformat.reads(nbformat.writes(RELEASED), 4)
    metadata = notebook.cells[place].metadata
    notebook.cells[place] = kind(source, id=notebook.cells[place].id, metadata=metadata, **more)
    right, _ = restored(notebook, RELEASED)
    return right.cells[place]


@pytest.mark.parametrize("kind", [new_markdown_cell, new_code_cell, nbformat.v4.new_raw_cell])
@pytest.mark.parametrize("place", [0, 2])
def test_whatever_kind_of_cell_a_text_was_its_page_runs_and_fetches_nothing(kind, place):
    cell = handed_in(kind, place, LIVE)
    assert cell.cell_type == "markdown"
    page = as_page(cell)
    assert "alert(1)" in page, "it is there to be read"
    for live in ("<script>alert", "<img", 'src="', "javascript:", "\\href", "\\style"):
        assert live not in page, live


def test_a_code_answer_is_as_it_was_written():
    source = "plt.imshow(x)  # <b> ![x](y)"
    assert handed_in(new_code_cell, 1, source).source == source


def test_a_students_own_cell_is_as_harmless():
    notebook = nbformat.reads(nbformat.writes(RELEASED), 4)
    notebook.cells.append(new_markdown_cell(LIVE, attachments=pasted(x=SVG)))
    own = restored(notebook, RELEASED)[0].cells[-1]
    assert "<script" not in own.source and "attachments" not in own


def test_a_pasted_picture_reaches_the_marker():
    source = "See ![mine](attachment:a.png) and ![ours](attachment:b.png)."
    cell = handed_in(
        new_markdown_cell, 0, source, attachments=pasted(**{"a.png": picture(), "b.png": SVG})
    )
    assert cell.source == "See ![mine](attachment:a.png) and !\\[ours](attachment:b.png)."
    page = as_page(cell)
    assert f'<img alt="mine" src="data:image/png;base64,{text_of(picture())}"' in page
    assert "![ours](attachment:b.png)" in page and page.count("<img") == 1


@pytest.mark.parametrize(
    "attachments",
    [
        {}, {"a.png": {}}, {"a.png": None}, {"a.png": {"image/png": "no base64!"}},
        {"a.png": {"image/png": 7}},
        {"a.png": {"image/svg+xml": text_of(SVG)}}, {"a.png": {"image/png": text_of(SVG)}}, [], None, "x",
    ],
)  # fmt: skip
def test_a_picture_that_is_none_is_text_and_the_page_opens(attachments):
    assert pictures_of(attachments) == {}
    assert harmless("![x](attachment:a.png)", {}) == "!\\[x](attachment:a.png)"


def test_pictures_are_bounded_and_what_is_over_becomes_text(tmp_path):
    large = picture("JPEG", (2400, 1800), noise=True)
    assert 2_500_000 < len(large) < bounds.PICTURE_BYTES
    forms = {f"{n}.jpg": {"image/jpeg": text_of(large)} for n in range(4)}
    texts = [" ".join(f"![{n}](attachment:{n}.jpg)" for n in range(4))] * 5
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": t, "attachments": forms} for t in texts
    ]
    path = tmp_path / "pictures.ipynb"
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    )
    notebook = reading.read(path)
    kept = [len(cell.get("attachments", {})) for cell in notebook.cells]
    size = len(text_of(large))
    assert sum(kept) == bounds.PICTURES_BYTES // size and kept[0] == 4 and kept[-1] == 0
    right, _ = restored(notebook, RELEASED)
    shown = "".join(cell.source for cell in right.cells)
    assert shown.count("![") == sum(kept) and shown.count("!\\[") == 20 - sum(kept)
