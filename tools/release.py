"""Make the student versions from source/ with nbgrader, and verify them: `make release`.

The course is the folder that this is run in, as it is nbgrader's.
"""

import os
import subprocess
import sys
from pathlib import Path

from grading.submissions import releases
from tools.notebooks import ROOT, NotebookError, assignments, read

# What only a teacher may see. nbgrader's own markers are the first to look for.
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


def generate(name: str, release: Path, *options: str, course: Path = ROOT) -> None:
    """Run nbgrader on one assignment; NotebookError with its last words where it fails."""
    program = Path(sys.executable).with_name("nbgrader")
    command = [str(program), "generate_assignment", name, "--force", *options]
    command += [f"--CourseDirectory.release_directory={release}"]
    # nbgrader starts alembic by name, from wherever PATH says.
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=course, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise NotebookError(f"nbgrader could not make the release of {name}; it said: {last}")


def secrets(source: Path) -> set[str]:
    """The lines of a source notebook that no student may get: solutions and hidden tests."""
    lines: set[str] = set()
    for cell in read(source).cells:
        hidden = False
        for line in cell.source.splitlines():
            if "### END" in line:
                hidden = False
            elif hidden and len(line.strip()) > 12:
                lines.add(line.strip())
            hidden = hidden or "### BEGIN" in line
    return lines


def leaks(source: Path, released: Path) -> list[str]:
    """What stands in the released notebook and should not."""
    given = "\n".join(cell.source for cell in read(released).cells)
    given_lines = {line.strip() for line in given.splitlines()}
    marked = [marker for marker in MARKERS if marker in given]
    outputs = ["outputs" for cell in read(released).cells if cell.get("outputs")]
    return marked + sorted(secrets(source) & given_lines) + outputs[:1]


def verify(source: Path, release: Path) -> None:
    released = release / source.parent.name / source.name
    found = leaks(source, released)
    if found:
        raise NotebookError(f"{released.name}: a student would see {found[0]!r}.")
    others = [path.name for path in released.parent.iterdir() if path != released]
    if others:
        raise NotebookError(f"{released.parent.name}: {others[0]} does not belong in a release.")


def regenerate(folder: Path) -> None:
    """Every release, made anew in another folder and without a gradebook."""
    for source in assignments():
        generate(source.parent.name, folder, "--no-db")
        verify(source, folder)


def main() -> None:
    course = Path.cwd()
    for source in assignments(course):
        read(source)  # a broken notebook is named before nbgrader starts
        generate(source.parent.name, course / "release", course=course)
        verify(source, course / "release")
        name = source.parent.name
        releases.remember(course, name, read(course / "release" / name / source.name))
        print(f"released {source.parent.name}")


if __name__ == "__main__":
    try:
        main()
    except NotebookError as error:
        sys.exit(str(error))
