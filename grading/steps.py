"""nbgrader's two steps that are ours: a notebook is put right, and then it is examined.

`nbgrader_config.py` names them, so that `nbgrader autograde`, formgrader's button and the class run
all grade in the same way.
"""

import atexit
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import ClassVar

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Unicode

from grading import restore, sandbox, submissions
from grading.desk import Desk

SETUP = "import numpy as np\nfrom helpers import check"


class PutRight(NbGraderPreprocessor):
    """The assignment's cells, in their order, with nothing but the student's answers in them."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        released = released_notebook(CourseDirectory(parent=self), names)
        handed_in = nbformat.from_dict(submissions.plain(nb))
        right, changes = restore.put_right(handed_in, released)
        for sentence in changes.tampered + changes.mended:
            self.log.warning("%s: %s", names["student"], sentence)
        return right, resources


def released_notebook(course: CourseDirectory, names: dict) -> NotebookNode:
    """The notebook that the students were given."""
    folder = course.format_path(course.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; `make release` makes it again.")
    return nbformat.read(path, as_version=4)


class Examine(NbGraderPreprocessor):
    """Runs the student's cells in a worker and the test cells in an examiner; keeps what they say."""

    setup = Unicode(SETUP, help="what the test cells find defined besides the student's names").tag(
        config=True
    )
    unsafe = Bool(False, help="grade without a sandbox, where every submission is trusted").tag(
        config=True
    )
    ready: ClassVar[dict[str, dict]] = {}
    """What the class run has examined already, by `fingerprint`."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        cells = code_cells(nb)
        results = self.ready.get(fingerprint(cells, self.setup))
        if results is None:
            if not desk.cache_info().currsize:
                for layer in sandbox.layers(self.unsafe):
                    self.log.info("%s %s: %s", "on " if layer.on else "OFF", layer.name, layer.what)
            results = desk(self.unsafe).examine(cells, self.setup)
        written(nb, results)
        return nb, resources


def code_cells(nb: NotebookNode) -> list[dict]:
    """What an examiner is told of a notebook."""
    return [
        {"id": cell["id"], "test": restore.is_test(cell), "source": cell.source}
        for cell in nb.cells
        if cell.cell_type == "code"
    ]


def fingerprint(cells: list[dict], setup: str) -> str:
    """The same for the same cells; a different one as soon as a letter of one differs."""
    text = json.dumps([cells, setup], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def written(nb: NotebookNode, results: dict[str, dict]) -> None:
    """Puts what came out of each cell where nbgrader looks for it."""
    for number, cell in enumerate([c for c in nb.cells if c.cell_type == "code"], 1):
        cell.outputs = [
            nbformat.from_dict(output) for output in results.get(cell["id"], {}).get("outputs", [])
        ]
        cell.execution_count = number


@cache
def desk(unsafe: bool) -> Desk:
    """The one that this process examines at, when it is not a class run."""
    made = Desk(unsafe=unsafe)
    atexit.register(made.close)
    return made
