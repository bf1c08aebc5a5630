"""nbgrader's gradebook, read for a whole class at once. Only nbgrader writes marks into it."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import api
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grading.boundary.cells import about, grade_id

# nbgrader opens its gradebook eight times for each submission. With a new engine each time SQLAlchemy
# would learn every question anew and look for every table: more than a third of what recording costs.
api.create_engine = cache(api.create_engine)
api.Base.metadata.create_all = cache(api.Base.metadata.create_all)


class NoGradebook(Exception):
    """There is nothing to grade into; the text says what to do."""


@dataclass(frozen=True)
class Mark:
    """A cell's points in the gradebook, and whether somebody still has to look at it."""

    points: float
    max_points: float
    waits: bool
    by_hand: bool  # somebody gave it


def opened(course: CourseDirectory) -> Gradebook:
    """The gradebook that nbgrader's configuration names; NoGradebook where there is none."""
    url = make_url(course.db_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise NoGradebook("There is no gradebook yet. Run `make release` first.")
    try:
        return Gradebook(course.db_url, course.course_id)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        where = url.render_as_string(hide_password=True)
        reason = str(error).strip().splitlines()[0]
        raise NoGradebook(f"The gradebook {where} cannot be opened: {reason}") from None


def with_hidden_tests(book: Gradebook, released: NotebookNode, assignment: str) -> NotebookNode:
    """The released notebook with its test cells as the gradebook has them."""
    try:
        notebook = book.find_notebook(assignment, assignment)
    except MissingEntry:
        raise NoGradebook(
            f"The gradebook does not know {assignment}. Run `make release` first."
        ) from None
    sources = {cell.name: cell.source for cell in notebook.source_cells}
    for cell in released.cells:
        if about(cell).get("locked") or not about(cell).get("solution"):
            cell.source = sources.get(grade_id(cell), cell.source)
    return released


def marks(
    book: Gradebook, assignment: str, student: str | None = None
) -> dict[str, dict[str, Mark]]:
    """For each student the marks that there are, by grade_id: one question for the whole class."""
    rows = (
        book.db.query(
            SubmittedAssignment.student_id,
            BaseCell.name,
            BaseCell.id,
            Grade.score,
            Grade.needs_manual_grade,
            Grade.manual_score,
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
    if student is not None:
        rows = rows.filter(SubmittedAssignment.student_id == student)
    (notebook,) = book.find_assignment(assignment).notebooks
    graded = (*notebook.grade_cells, *notebook.task_cells)
    most = {cell.id: cell.max_score for cell in graded}
    found: dict[str, dict[str, Mark]] = defaultdict(dict)
    for student, name, cell, score, waits, manual in rows:
        found[student][name] = Mark(score or 0.0, most.get(cell, 0.0), waits, manual is not None)
    return dict(found)


def penalties(book: Gradebook, assignment: str, student: str | None = None) -> dict[str, float]:
    """For each student the points that nbgrader took off for being late."""
    rows = (
        book.db.query(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
    )
    if student is not None:
        rows = rows.filter(SubmittedAssignment.student_id == student)
    return {who: penalty or 0.0 for who, penalty in rows}


def on_pages(book: Gradebook, assignment: str) -> dict[str, str]:
    """For each student a mark of all that a feedback page shows of the gradebook: points and comments."""
    queries = [
        book.db.query(SubmittedAssignment.student_id, kind.cell_id, *columns)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(kind, kind.notebook_id == SubmittedNotebook.id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == assignment)
        for kind, columns in (
            (Grade, (Grade.score, Grade.extra_credit)),
            (Comment, (Comment.auto_comment, Comment.manual_comment)),
        )
    ]
    found: dict[str, list[str]] = defaultdict(list)
    for student, *row in chain.from_iterable(queries):
        found[student].append(repr(row))
    late = penalties(book, assignment)
    return {
        student: sha256(repr([sorted(rows), late[student]]).encode()).hexdigest()[:16]
        for student, rows in found.items()
    }


# ---------------------------------------------------------------- an assignment that is released again


@dataclass(frozen=True)
class Known:
    """A cell as the gradebook has it: its text, and its points where it has any."""

    source: str
    points: float | None


def cells_of(book: Gradebook, assignment: str) -> dict[str, Known] | None:
    """The cells of an assignment by grade_id; None where nobody has a mark in it."""
    try:
        notebook = book.find_notebook(assignment, assignment)
    except MissingEntry:
        return None
    if not notebook.submissions:
        return None
    points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
    return {c.name: Known(c.source or "", points.get(c.name)) for c in notebook.source_cells}


def add_cells(book: Gradebook, assignment: str, source: NotebookNode) -> None:
    """Cells of ``source`` that the gradebook does not know, with a mark still to be given to everybody.

    `SaveCells` refuses to add a cell where there are submissions, for they have no mark in it.
    """
    notebook = book.find_notebook(assignment, assignment)
    known = {cell.name for cell in notebook.source_cells}
    for cell in source.cells:
        name, said = grade_id(cell), about(cell)
        if not name or name in known:
            continue
        where, worth = {"notebook": notebook}, {"cell_type": cell.cell_type}
        worth["max_score"] = float(said.get("points") or 0)
        marked, spoken = [], []
        if said.get("grade"):
            marked.append(GradeCell(name=name, **where, **worth))
        if said.get("solution"):
            spoken.append(SolutionCell(name=name, **where))
        if said.get("task"):
            marked.append(TaskCell(name=name, **where, **worth))
            spoken.append(marked[-1])
        text = {"source": cell.source, "cell_type": cell.cell_type}
        book.db.add_all([*marked, *spoken, SourceCell(name=name, **where, **text)])
        book.db.flush()
        for submitted in notebook.submissions:
            book.db.add_all(Grade(cell_id=one.id, notebook=submitted) for one in marked)
            book.db.add_all(Comment(cell_id=one.id, notebook=submitted) for one in spoken)
    book.db.commit()


def students(book: Gradebook) -> dict[str, Student]:
    return {student.id: student for student in book.students}
