"""Make the student versions from source/ with nbgrader, and verify them: `make release`.

The course is the folder that this is run in, as it is nbgrader's. A release is made beside the one
that there is, and takes its place when it is whole and gives nothing away.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from grading.boundary.cells import about, grade_id, is_test
from grading.class_run import gradebook
from grading.class_run.configuration import configuration
from grading.submissions import releases
from tools.notebooks import ROOT, NotebookError, assignments, read

# What only a teacher may see. nbgrader's own markers are the first to look for.
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


def main() -> None:
    course = Path.cwd()
    for source in assignments(course):
        read(source)  # a broken notebook is named before nbgrader starts
    for source in assignments(course):
        make(source, course)
        print(f"released {source.parent.name}", flush=True)


def make(source: Path, course: Path) -> None:
    """One assignment's release; NotebookError, where it is refused: then the one before is there still."""
    name = source.parent.name
    with tempfile.TemporaryDirectory(dir=course, prefix=".release-") as folder:
        tried, made = Path(folder, "tried"), Path(folder, "made")
        generate(name, tried, database=False, course=course)
        verify(source, tried)
        make_room(source, course)
        generate(name, made, course=course)
        verify(source, made)
        released = course / "release" / name
        released.parent.mkdir(exist_ok=True)
        if released.exists():
            os.replace(released, Path(folder, "before"))
        os.replace(made / name, released)
    releases.remember(course, name, read(released / source.name))


def generate(name: str, release: Path, database: bool = True, course: Path = ROOT) -> None:
    """Run nbgrader on one assignment; NotebookError with its last words where it fails."""
    with at(course):
        config = configuration()
        config.CourseDirectory.release_directory = str(release)
        config.GenerateAssignment.no_database = not database
        config.SaveCells.enabled = database
        api = NbGraderAPI(config=config)
        api.log_level = "ERROR"
        done = api.generate_assignment(name)
    if not done["success"]:
        said = done.get("error") or done.get("log") or "nothing"
        last = said.strip().splitlines()[-1]
        raise NotebookError(f"nbgrader could not make the release of {name}; it said: {last}")


@contextlib.contextmanager
def at(course: Path) -> Iterator[None]:
    """Inside the block, nbgrader works for this course, and finds alembic, which it starts by name."""
    before, path = os.getcwd(), os.environ["PATH"]
    os.chdir(course)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"
    try:
        yield
    finally:
        os.chdir(before)
        os.environ["PATH"] = path


def regenerate(folder: Path) -> None:
    """Every release, made anew in another folder and without a gradebook."""
    for source in assignments():
        generate(source.parent.name, folder, database=False)
        verify(source, folder)


# ---------------------------------------------------------------- what gives something away


def parts(source: Path) -> tuple[list[list[str]], set[str]]:
    """A source notebook's lines: those of each solution and hidden test, and those that may be seen."""
    regions: list[list[str]] = []
    visible: set[str] = set()
    for cell in read(source).cells:
        hidden = False
        for line in map(str.strip, cell.source.splitlines()):
            if "### END" in line:
                hidden = False
            elif "### BEGIN" in line:
                hidden = True
                regions.append([])
            elif not hidden:
                visible.add(line)
            elif len(line) > 12:
                regions[-1].append(line)
    return [region for region in regions if region], visible


def leaks(source: Path, released: Path) -> list[str]:
    """What stands in the released notebook and should not."""
    cells, (regions, visible) = read(released).cells, parts(source)
    marked = [marker for marker in MARKERS if any(marker in cell.source for cell in cells)]
    outputs = ["outputs" for cell in cells if cell.get("outputs")]
    shown = [{line.strip() for line in cell.source.splitlines()} for cell in cells]
    given = [line for lines in shown for region in regions for line in away(region, lines, visible)]
    return marked + list(dict.fromkeys(given)) + outputs[:1]


def away(region: list[str], lines: set[str], visible: set[str]) -> list[str]:
    """The lines of a solution that a cell gives away.

    A line may well stand in what the source shows, too, as an import does. But not most of a solution:
    then somebody has left a copy of it.
    """
    found = [line for line in region if line in lines]
    imports = all(line.startswith(("import ", "from ")) for line in found)
    most = len(found) > len(region) / 2 and not imports
    return found if most else [line for line in found if line not in visible]


def verify(source: Path, release: Path) -> None:
    released = release / source.parent.name / source.name
    found = leaks(source, released)
    if found:
        raise NotebookError(
            f"{source.parent.name}: a student would see {found[0]!r}. Nothing was released; the "
            "release from before is as it was."
        )
    others = [path.name for path in released.parent.iterdir() if path != released]
    if others:
        raise NotebookError(f"{released.parent.name}: {others[0]} does not belong in a release.")


# ---------------------------------------------------------------- where marks are already


def make_room(source: Path, course: Path) -> None:
    """Says what becomes of the marks that there are, and lets nbgrader add cells to graded work."""
    name, notebook = source.parent.name, read(source)
    with (
        at(course),
        contextlib.suppress(gradebook.NoGradebook),  # then nobody has a mark
        gradebook.opened(CourseDirectory(config=configuration())) as book,
    ):
        known = gradebook.cells_of(book, name)
        if known is None:
            return
        gone = sorted(known.keys() - {grade_id(cell) for cell in notebook.cells})
        if gone:
            raise NotebookError(
                f"{name}: {gone[0]} is gone, and there are marks in it. nbgrader takes out no cell of "
                "an assignment that is graded: put it back, worth 0 points."
            )
        print(f"{name}: {' '.join(plan(notebook, known))}", flush=True)
        gradebook.add_cells(book, name, notebook)


def plan(notebook: NotebookNode, known: dict[str, gradebook.Known]) -> Iterator[str]:
    """What the next run will do with submissions that are graded already."""
    new, points, text = [], [], []
    for cell in notebook.cells:
        name, worth = grade_id(cell), about(cell).get("points")
        if name and name not in known:
            new.append(name)
        elif name and known[name].points not in (None, worth):
            points.append(f"{name} ({known[name].points:g} → {worth:g})")
        elif name and is_test(cell) and cell.source.strip() != known[name].source.strip():
            text.append(name)
    yield "there are submissions that are graded."
    for what, names in (("new", new), ("other points", points), ("another test", text)):
        if names:
            yield f"{what}: {', '.join(names)};"
    if new or points or text:
        yield "the next `make grade` grades them all anew, and keeps marks given by hand."
    else:
        yield "nothing changes for them."


if __name__ == "__main__":
    try:
        main()
    except NotebookError as error:
        sys.exit(str(error))
