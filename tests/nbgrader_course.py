"""A course of a test's own: released, handed in, graded by nbgrader, and read back."""

import atexit
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from html import unescape
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT / "tests" / "second_course"
BIN = Path(sys.executable).parent


def run(
    folder: Path, module: str, *arguments: str, seconds: float = 500
) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds
    )


@cache
def release_of(assignment: str) -> Path:
    """A course with this one assignment, released once for all tests of a process, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="released-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if assignment == "words":
        shutil.copytree(SECOND, folder, dirs_exist_ok=True)
    else:
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        shutil.copytree(ROOT / "source" / assignment, folder / "source" / assignment)
    Course(folder, assignment).release()
    return folder


class Course:
    """One assignment of a course that lies in a folder, and what becomes of it there."""

    def __init__(self, folder: Path, assignment: str):
        self.folder, self.assignment = folder, assignment
        self.file = f"{assignment}.ipynb"

    @classmethod
    def released(cls, folder: Path, assignment: str, source=None) -> "Course":
        """This course with one of its assignments, or with ``source`` in its place, released."""
        course = cls(folder, assignment)
        if source is None:
            shutil.copytree(release_of(assignment), folder, dirs_exist_ok=True)
            return course
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        (folder / "source" / assignment).mkdir(parents=True)
        nbformat.write(source, folder / "source" / assignment / course.file)
        course.release()
        return course

    @classmethod
    def words(cls, folder: Path) -> "Course":
        """The second course, released: where Keras has no part in what is tested, for it is quick."""
        shutil.copytree(release_of("words"), folder, dirs_exist_ok=True)
        return cls(folder, "words")

    def release(self) -> None:
        made = self.nbgrader("generate_assignment")
        assert made.returncode == 0, made.stderr

    def nbgrader(self, step: str) -> subprocess.CompletedProcess:
        return run(self.folder, "nbgrader", step, self.assignment)

    def read(self, *folders: str):
        return nbformat.read(self.folder.joinpath(*folders, self.assignment, self.file), 4)

    def untouched(self):
        return self.read("release")

    def answered(self, **answers: str):
        """The released notebook with its solutions filled in; ``answers`` replace some of them."""
        released = self.untouched()
        solutions = {cell.id: cell.source for cell in self.read("source").cells} | answers
        for cell in released.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = solutions[cell.id]
        return released

    def submit(self, student: str, notebook, file: str = "") -> None:
        folder = self.folder / "submitted" / student / self.assignment
        folder.mkdir(parents=True)
        text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
        (folder / (file or self.file)).write_text(text, encoding="utf-8")

    def grade(self, *options: str, seconds: float = 500) -> subprocess.CompletedProcess:
        """By one examiner: a few submissions cost less than the start of another one."""
        command = ("grading", self.assignment, "--examiners", "1", *options)
        return run(self.folder, *command, seconds=seconds)

    def results(self, student: str) -> dict[str, dict]:
        """What the class run keeps of a student's cells, by their ids; {} where there is nothing."""
        kept = self.folder / "results" / self.assignment / f"{student}.json"
        return json.loads(kept.read_text(encoding="utf-8"))["results"] if kept.exists() else {}

    def rows(self) -> dict[str, dict[str, str]]:
        """The class table, by student."""
        table = self.folder / "results" / self.assignment / "class.csv"
        with table.open(encoding="utf-8") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def marks(self) -> tuple[dict[str, float], set[float]]:
        """Each student's marks, and how many points there were."""
        with (self.folder / "grades.csv").open() as file:
            rows = list(csv.DictReader(file))
        marks = {row["student_id"]: float(row["score"] or 0) for row in rows}
        return marks, {float(row["max_score"]) for row in rows}

    def points(self, student: str) -> dict[str, tuple[float, float]]:
        """Each test cell's points in the gradebook, and how many there were."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission(self.assignment, student)
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            return {grade.name: (grade.score, grade.max_score) for grade in grades}

    def cards(self, student: str) -> dict[str, str]:
        """What each cell of a graded notebook stopped with; "" where it did not."""
        cells = [cell for cell in self.read("autograded", student).cells if "outputs" in cell]
        return {
            cell.id: next((o.evalue for o in cell.outputs if o.output_type == "error"), "")
            for cell in cells
        }

    def feedback(self, student: str) -> str:
        path = self.folder / "feedback" / student / self.assignment / f"{self.assignment}.html"
        return unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))

    def errors(self, student: str) -> list[str]:
        """What each test cell of a graded notebook stopped with; "" where it did not."""
        cells = self.read("autograded", student).cells
        tests = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade") and "outputs" in c]
        return [next((o.ename for o in c.outputs if o.output_type == "error"), "") for c in tests]
