"""A submission restored, as a step of nbgrader's: it stands first in the list of `sanitize`."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from grading.plain import few
from grading.submissions import reading, releases, restoring, stamps


class Restore(NbGraderPreprocessor):
    """The assignment's cells, in their order, with nothing but the student's answers in them."""

    timestamps = Bool(
        True, help="whether timestamp.txt beside a notebook is the time of handing in"
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        course = CourseDirectory(parent=self)
        released = released_notebook(course, names)
        handed_in = nbformat.from_dict(reading.plain(nb))
        earlier = releases.known(Path(course.root), names["assignment"])
        right, changes = restoring.restored(handed_in, released, earlier)
        self.drop_stamp(names["assignment"], names["student"], course)
        for sentence in few(changes.tampered) + few(changes.mended):
            self.log.warning("%s: %s", names["student"], sentence)
        return right, resources

    def drop_stamp(self, assignment: str, student: str, course: CourseDirectory) -> None:
        """nbgrader has taken the time that lies beside the notebook; not every one is taken here."""
        with Gradebook(course.db_url, course.course_id) as book:
            try:
                handed_in = book.find_submission(assignment, student)
            except MissingEntry:
                return
            known = handed_in.timestamp
            if known is None or (self.timestamps and stamps.believable(known, handed_in.duedate)):
                return
            self.log.warning("%s: its timestamp.txt, %s, does not count.", student, known)
            handed_in.timestamp = None
            book.db.commit()


def released_notebook(course: CourseDirectory, names: dict) -> NotebookNode:
    """The notebook that the students were given."""
    folder = course.format_path(course.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; `make release` makes it again.")
    return nbformat.read(path, as_version=4)
