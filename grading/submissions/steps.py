"""A submission restored, as a step of nbgrader's: it stands first in the list of `sanitize`."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from grading.plain import few
from grading.submissions import reading, releases, restoring


class Restore(NbGraderPreprocessor):
    """The assignment's cells, in their order, with nothing but the student's answers in them."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        course = CourseDirectory(parent=self)
        released = released_notebook(course, names)
        handed_in = nbformat.from_dict(reading.plain(nb))
        earlier = releases.known(Path(course.root), names["assignment"])
        right, changes = restoring.restored(handed_in, released, earlier)
        for sentence in few(changes.tampered) + few(changes.mended):
            self.log.warning("%s: %s", names["student"], sentence)
        return right, resources


def released_notebook(course: CourseDirectory, names: dict) -> NotebookNode:
    """The notebook that the students were given."""
    folder = course.format_path(course.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; `make release` makes it again.")
    return nbformat.read(path, as_version=4)
