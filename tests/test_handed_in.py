"""What students really hand in, a class of it graded in one run: honest marks in full, troubles named.

Each is the first assignment, answered, with what users of such courses report. A sample of them is
executed in a real kernel, too, where the checks have to say the same.
"""

import json
import re
from dataclasses import dataclass, field

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader_course import ROOT, Course

NAME = "01_normal_convolution"
ALL = 37  # of 40 points: three are for a reader
WITHOUT_CONV2D = 27
"""The points that do not hang on `conv2d`."""


@dataclass(frozen=True)
class HandedIn:
    points: int
    says: str = ""  # in the row
    page: str = ""  # on the student's page, in place of what is in the row
    status: str = "needs hand marking"
    setup: str = ""  # in front of the setup cell
    before: str = ""  # in front of `conv2d`
    change: tuple[str, str] | None = None  # in `conv2d`
    away: dict[str, str] = field(default_factory=dict)  # answers that stand in another cell


KINDS = {
    "as it should be": HandedIn(ALL),
    # ------------------------------------------------ the notebook's front end
    "matplotlib inline": HandedIn(ALL, setup="%matplotlib inline"),
    "matplotlib notebook": HandedIn(ALL, setup="%matplotlib notebook"),
    "another magic": HandedIn(ALL, setup="%clear\n%store -r\n%autosave 60"),
    "the kernel": HandedIn(
        ALL, setup="import getpass\ngetpass.getuser()\nget_ipython().kernel.do_shutdown(False)"
    ),
    "a window": HandedIn(
        ALL, before="import matplotlib as m\nm.use('TkAgg')\n%pylab\nplt.plot([1])\nfrom builtins import *"
    ),
    "a module that the notebook writes": HandedIn(
        ALL,
        setup="get_ipython().run_cell_magic('writefile', 'ours.py', 'rows = 3')",
        before="from ours import rows",
    ),
    "timed, not run": HandedIn(
        WITHOUT_CONV2D, "`conv2d` is not defined", "`conv2d` is not defined", status="wrong",
        before="%%timeit"
    ),
    # ------------------------------------------------ packages and files that are not there
    "a package": HandedIn(ALL, "the cell setup stopped: line 1: there is no seaborn here",
                          "No module named 'seaborn'",
                          setup="import seaborn as sns"),
    "Colab": HandedIn(ALL, "line 1: there is no google.colab here", "No module named 'google",
                      setup="from google.colab import drive\ndrive.mount('/content/drive')"),
    "a file of its own": HandedIn(
        WITHOUT_CONV2D, "the cell conv2d stopped: line 1: there is no mytools here", status="crashed",
        page="your code stopped with NameError", before="from mytools import pad",
        change=("    kh, kw, _, filters = kernel.shape\n",
                "    pad(x)\n    kh, kw, _, filters = kernel.shape\n"),
    ),
    "a table of its own": HandedIn(
        ALL, "line 2: FileNotFoundError", "mine.csv not found",
        before="import numpy as np\nmine = np.loadtxt('mine.csv')"
    ),
    # ------------------------------------------------ cells that are no Python
    "a missing colon": HandedIn(
        WITHOUT_CONV2D, "the cell conv2d does not run: line 1: expected ':'",
        "your cell conv2d does not run: line 1: expected ':'", "crashed",
        change=("dilation=1):", "dilation=1)"),
    ),
    "typographic quotes": HandedIn(
        WITHOUT_CONV2D, "is a typographic quote", "is a typographic quote", "crashed",
        change=('"valid"', "“valid”"),
    ),
    "a space that is none": HandedIn(
        WITHOUT_CONV2D, "there is a non-breaking space in it", "type the spaces of this line anew",
        "crashed", change=("    kh, kw, _", "\xa0\xa0\xa0\xa0kh, kw, _"),
    ),
    "Python 2": HandedIn(
        WITHOUT_CONV2D, "print is a function in Python 3", "print is a function", "crashed",
        setup="%clear\n%store -r",
        change=("    kh, kw, _", "    print 'here'\n    kh, kw, _"),
    ),
    # ------------------------------------------------ answers elsewhere
    "an answer in the setup cell": HandedIn(ALL, away={"conv2d": "setup"}),
    "an answer in the cell before": HandedIn(ALL, away={"conv2d_macs": "conv2d_params"}),
    # ------------------------------------------------ Keras' own settings
    "mixed precision": HandedIn(
        ALL, setup="import keras\nkeras.mixed_precision.set_global_policy('mixed_float16')"
    ),
    "channels first": HandedIn(
        ALL, setup="import keras\nkeras.config.set_image_data_format('channels_first')"
    ),
}  # fmt: skip


def cell_of(notebook, name: str):
    return next(cell for cell in notebook.cells if cell.id == name)


def made(course: Course, kind: HandedIn):
    notebook = course.answered()
    for name, text in (("setup", kind.setup), ("conv2d", kind.before)):
        cell = cell_of(notebook, name)
        cell.source = f"{text}\n{cell.source}" if text else cell.source
    if kind.change:
        cell = cell_of(notebook, "conv2d")
        assert kind.change[0] in cell.source
        cell.source = cell.source.replace(*kind.change)
    for name, to in kind.away.items():
        answer = cell_of(notebook, name)
        cell_of(notebook, to).source += f"\n\n{answer.source}"
        notebook.cells.remove(answer)
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course.released(tmp_path_factory.mktemp("handed"), NAME)
    for number, kind in enumerate(KINDS.values()):
        course.submit(f"s{number:02}", made(course, kind))
    # What no single text of a cell says.
    apart = course.answered()
    written = [
        c
        for c in apart.cells
        if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("grade")
    ]
    blank = next(c for c in course.untouched().cells if c.id == written[0].id)
    written[0].source = blank.source
    apart.cells.insert(
        apart.cells.index(written[0]) + 1, new_markdown_cell("All of it *moves*.", id="x")
    )
    course.submit("written_apart", apart)
    emptied = course.answered(conv2d="")
    course.submit("emptied", emptied)
    course.submit("in_a_copy", course.untouched())
    beside = course.folder / "submitted" / "in_a_copy" / NAME / f"{NAME}-Copy1.ipynb"
    nbformat.write(course.answered(), beside)
    marked = course.folder / "submitted" / "with_a_mark" / NAME
    marked.mkdir(parents=True)
    whole = nbformat.writes(course.answered()).replace("\n", "\r\n")
    (marked / f"{NAME}.ipynb").write_bytes(whole.encode("utf-8-sig"))
    blank_below = course.answered()
    cell = cell_of(blank_below, "conv2d")
    blank_below.cells.insert(blank_below.cells.index(cell), new_code_cell(cell.source, id="own"))
    cell.source = cell_of(course.untouched(), "conv2d").source
    course.submit("blank_below", blank_below)
    loose = json.loads(nbformat.writes(course.answered()))
    del loose["metadata"]
    loose["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "source": None})
    loose["cells"].append({"cell_type": "sql", "metadata": {}, "source": "select"})
    loose["cells"].append(7)
    course.submit("loose", json.dumps(loose))
    stamped = course.folder / "submitted" / "s00" / NAME / "timestamp.txt"
    stamped.write_text("last Tuesday, around noon")
    packed = course.folder / "submitted" / "packed" / NAME
    packed.mkdir(parents=True)
    (packed / f"{NAME}.ipynb").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    done = course.grade("--examiners", "2")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return course


@pytest.mark.sandbox
@pytest.mark.parametrize("number", range(len(KINDS)), ids=list(KINDS))
def test_honest_marks_are_given_in_full_and_every_trouble_is_named(number, course):
    kind, row = list(KINDS.values())[number], course.rows()[f"s{number:02}"]
    assert (row["status"], row["points"]) == (kind.status, str(kind.points)), row["sentence"]
    assert kind.says in row["sentence"] and "tampered" not in row["sentence"]
    page = re.sub(r"\s+", " ", course.feedback(f"s{number:02}"))
    assert bool(kind.page) == bool(kind.says) and kind.page in page


@pytest.mark.sandbox
def test_what_no_cell_says_of_itself_is_seen_too(course):
    rows = course.rows()
    assert rows["written_apart"]["status"] == "needs hand marking"
    (answer,) = [c for c in course.read("autograded", "written_apart").cells
                 if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("grade")]  # fmt: skip
    assert answer.source == "All of it *moves*."
    assert (rows["emptied"]["status"], rows["emptied"]["points"]) == ("wrong", str(WITHOUT_CONV2D))
    assert "`conv2d` is not defined. Is its cell empty" in course.feedback("emptied")
    assert (rows["loose"]["status"], rows["loose"]["points"]) == ("needs hand marking", str(ALL))
    assert rows["blank_below"]["points"] == str(WITHOUT_CONV2D)
    assert "conv2d is still blank, and replaces the conv2d of a" in rows["blank_below"]["sentence"]
    assert rows["with_a_mark"]["points"] == str(ALL)
    assert (
        f"beside it lies {NAME}-Copy1.ipynb, which is not graded" in rows["in_a_copy"]["sentence"]
    )
    assert rows["packed"]["sentence"].startswith("unreadable: the file is a zip archive")
    report = (course.folder / "results" / NAME / "report.html").read_text(encoding="utf-8")
    assert "timestamp.txt" in report and "last Tuesday" in report
    assert "is a typographic quote" in report and "there is no seaborn here" in report


AT_HOME = ("Python 2", "another magic", "mixed precision", "channels first")
"""Not those with a package that is not here either: grading goes on with the next line, a cell stops."""
UP_TO = "build_two_layer_model_check"


@pytest.mark.sandbox
@pytest.mark.parametrize("name", AT_HOME)
def test_a_real_kernel_says_the_same(name, course):
    """Up to the model: what passes there passes in grading, and what fails fails in the same way."""
    notebook = made(course, KINDS[name])
    last = next(n for n, cell in enumerate(notebook.cells) if cell.id == UP_TO)
    notebook.cells = notebook.cells[: last + 1]
    NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(ROOT)}}
    ).execute()
    graded = course.results(f"s{list(KINDS).index(name):02}")
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert len(tests) > 10
    for cell in tests:
        assert stopped_by(cell.outputs) == stopped_by(graded[cell.id]["outputs"]), cell.id


def stopped_by(outputs: list) -> list[str]:
    """Python's word for it; grading has a sentence of its own for a name that is not there."""
    names = [output["ename"] for output in outputs if output["output_type"] == "error"]
    return [{"NotDefined": "NameError"}.get(name, name) for name in names]
