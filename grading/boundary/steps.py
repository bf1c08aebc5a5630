"""The boundary as a step of nbgrader's: `Examine` stands in its list where `Execute` stood."""

import atexit
from functools import cache
from typing import ClassVar

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, List, Unicode

from grading.boundary import bubblewrap
from grading.boundary.cells import code_cells, fingerprint, written
from grading.boundary.client import ExaminerClient
from grading.boundary.settings import Settings


class Examine(NbGraderPreprocessor):
    """Runs the student's cells in a worker and the test cells in an examiner; keeps what they say.

    A course plugs in here, in its nbgrader_config.py.
    """

    setup = Unicode("", help="run before each submission's tests: what they find defined").tag(
        config=True
    )
    preload = Unicode(
        "",
        help="run once in workers and examiners, which are its __name__: imports only, no framework "
        "may begin to work",
    ).tag(config=True)
    importable = List(
        Unicode(), help="the course's own packages and modules that a student's cells may import"
    ).tag(config=True)
    silent = List(
        Unicode(), help="modules in these that hold tests or answers: there, they do nothing"
    ).tag(config=True)
    seeds = Unicode(
        "", help="run before each test cell and each call that is free to use any library"
    ).tag(config=True)
    unsafe = Bool(False, help="grade without a sandbox, where every submission is trusted").tag(
        config=True
    )
    ready: ClassVar[dict[str, dict]] = {}
    """What the class run has examined already, by `fingerprint`."""

    def settings(self, unsafe: bool = False) -> Settings:
        """What the course says, in a form that travels."""
        return Settings(
            self.setup,
            self.preload,
            tuple(self.importable),
            tuple(self.silent),
            self.seeds,
            unsafe or self.unsafe,
            CourseDirectory(parent=self).root,
        )

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        cells, settings = code_cells(nb), self.settings()
        results = self.ready.get(fingerprint(cells, settings))
        if results is None:
            if not examiner.cache_info().currsize:
                for layer in bubblewrap.layers(self.unsafe):
                    self.log.info("%s %s: %s", "on " if layer.on else "OFF", layer.name, layer.what)
            results = examiner(settings).examine(cells)
        written(nb, results)
        return nb, resources


@cache
def examiner(settings: Settings) -> ExaminerClient:
    """The one that this process asks, when it is not a class run."""
    made = ExaminerClient(settings)
    atexit.register(made.close)
    return made
