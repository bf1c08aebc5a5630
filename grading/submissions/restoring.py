"""A submitted notebook restored: the assignment's cells in their order, with the student's answers.

Of a submission only sources count, and of a test cell not even that. Whatever else a notebook can
say of itself (tags, flags, ids, points, the kernel) is the assignment's. What was changed is named.
"""

import copy
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.boundary.cells import about, grade_id, is_test, visible
from grading.submissions.markdown import harmless, pictures_of
from grading.submissions.releases import Release, is_of_another, release_of

DEFINITION = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
FLAGS = ("grade", "solution", "locked", "task", "points", "cell_type")


@dataclass
class Changes:
    """What of a notebook had to be restored. ``tampered`` are changes that nobody makes by chance.

    ``noted`` is what explains a test that fails: it is told where one does.
    """

    tampered: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)


def restored(
    submitted: NotebookNode, released: NotebookNode, earlier: Sequence[Release] = ()
) -> tuple[NotebookNode, Changes]:
    """The notebook that is graded, and what was changed in the submitted one.

    ``released`` has the assignment's cells as nbgrader knows them, hidden tests and all. An answer
    to an ``earlier`` release is graded by today's tests; nothing was changed in it.
    """
    changes = Changes()
    is_earlier = is_of_another(submitted, release_of(released), earlier)
    if is_earlier:
        changes.mended.append("it answers an earlier release; it was graded by today's tests.")
    places = matched(submitted.cells, released.cells)
    notebook = copy.deepcopy(released)
    kernels = [n.metadata.get("kernelspec", {}).get("name") for n in (submitted, released)]
    if kernels[0] != kernels[1]:
        changes.mended.append(f"its kernel was {kernels[0] or 'not named'}; it is {kernels[1]}.")
    followers = extras(submitted.cells, set(places.values()), released.cells, changes)
    theirs = [
        submitted.cells[places[n]] if n in places else None for n in range(len(released.cells))
    ]
    apart = answers_apart(released.cells, theirs, places, followers)
    elsewhere = defined(submitted.cells)
    cells = list(own_cells(followers.get(-1, ())))
    for number, ours in enumerate(released.cells):
        cell = one_cell(copy.deepcopy(ours), theirs[number], changes, is_earlier, elsewhere)
        if number in apart:
            take(cell, apart[number])
            changes.mended.append(f"{grade_id(ours)} was answered in a cell of its own.")
        cells.append(cell)
        if number in places:
            cells += own_cells(followers.get(places[number], ()))
    if not is_earlier:
        tests = [number for number in places if is_test(released.cells[number])]
        if not in_order(places, tests):
            changes.tampered.append("its test cells stood in another order.")
        elif not in_order(places, places):
            changes.mended.append("its cells stood in another order.")
    changes.noted += replaced(cells, released.cells)
    notebook.cells = numbered(cells)
    return notebook, changes


def in_order(places: dict[int, int], numbers: Iterable[int]) -> bool:
    found = [places[number] for number in sorted(numbers)]
    return found == sorted(found)


def one_cell(
    ours: NotebookNode,
    theirs: NotebookNode | None,
    changes: Changes,
    is_earlier: bool,
    elsewhere: set[str],
) -> NotebookNode:
    """The assignment's cell, with the student's source where that is theirs to write.

    ``elsewhere`` are the names that the student's cells define: a stub that would be put back over
    one of them stays away.
    """
    name = grade_id(ours)
    if theirs is None:
        stub = defined([ours]) if not is_test(ours) else set()
        if stub and stub <= elsewhere:
            ours.source = "# answered in another cell"
            changes.mended.append(f"{name} was deleted; its answer is in another cell.")
        elif name and not is_earlier:
            changes.tampered.append(f"{name} was deleted.")
        return ours
    if not name:  # a cell that is not graded: the student may change it
        take(ours, theirs)
        return ours
    if not about(theirs):
        changes.mended.append(f"{name} had lost its metadata.")
    for said in misstated(about(ours), about(theirs)) if not is_earlier else ():
        changes.tampered.append(f"{name} was {said}.")
    if theirs.cell_type != ours.cell_type:
        changes.mended.append(f"{name} was a {theirs.cell_type} cell.")
    tags = theirs.metadata.get("tags")
    tags = [str(tag)[:40] for tag in tags] if isinstance(tags, list) else []
    if tags and tags != ours.metadata.get("tags", []):
        changes.tampered.append(f"{name} was tagged {', '.join(tags)}.")
    if not is_test(ours):
        take(ours, theirs)
    elif theirs.source.strip() != visible(ours.source) and not is_earlier:
        changes.tampered.append(f"the text of {name} was changed.")
    return ours


def defined(cells: list[NotebookNode]) -> set[str]:
    """The functions and classes that cells of code define."""
    code = (cell.source for cell in cells if cell.cell_type == "code")
    return {name for source in code for name in DEFINITION.findall(source)}


def replaced(cells: list[NotebookNode], released: list[NotebookNode]) -> Iterator[str]:
    """Answer cells that are as they were given, below another cell that has the answer."""
    blank = {cell.source.strip() for cell in released if defined([cell]) and not is_test(cell)}
    above: set[str] = set()
    for cell in cells:
        names = defined([cell])
        if cell.source.strip() in blank and names & above:
            name = min(names & above)
            yield f"the cell {cell['id']} is still blank, and replaces the {name} of a cell above it"
        above |= names


def is_blank(ours: NotebookNode, theirs: NotebookNode | None) -> bool:
    """Whether a written answer is still what the release has there."""
    written = about(ours).get("solution") and about(ours).get("grade") and ours.cell_type != "code"
    return bool(written and (theirs is None or theirs.source.strip() in ("", ours.source.strip())))


def answers_apart(
    released: list[NotebookNode],
    theirs: list[NotebookNode | None],
    places: dict[int, int],
    followers: dict[int, list[NotebookNode]],
) -> dict[int, NotebookNode]:
    """For each written answer that is blank, text of the student's own that stands next to it.

    It is taken from ``followers``, for it moves.
    """
    found: dict[int, NotebookNode] = {}
    for number, ours in enumerate(released):
        if not is_blank(ours, theirs[number]):
            continue
        for place in (places.get(number), places.get(number - 1, -1)):
            own = followers.get(place, [])
            texts = [cell for cell in own if prose(cell)]
            if texts:
                found[number] = new_markdown_cell(prose(texts[-1]))
                found[number].attachments = texts[-1].get("attachments", {})
                own[:] = [cell for cell in own if cell is not texts[-1]]
                break
    return found


def prose(cell: NotebookNode) -> str:
    """The text of a cell that is no code: Markdown, raw, or comments and nothing else."""
    lines = cell.source.strip().split("\n")
    if cell.cell_type != "code":
        return "\n".join(lines)
    comments = all(line.startswith("#") for line in lines if line.strip())
    return "\n".join(line.lstrip("# ") for line in lines) if comments else ""


def take(ours: NotebookNode, theirs: NotebookNode) -> None:
    """Puts a student's text into a cell; whatever they made it, it is what the cell is here."""
    if ours.cell_type == "code":
        ours.source = str(theirs.source)
        return
    pictures = pictures_of(theirs.get("attachments"))
    ours.source = harmless(str(theirs.source), pictures)
    ours.pop("attachments", None)
    if pictures:
        ours.attachments = nbformat.from_dict(pictures)


def misstated(ours: dict, said: dict) -> Iterator[str]:
    for flag in FLAGS:
        if flag in ours and said.get(flag) != ours[flag] and flag in said:
            yield f"marked {flag}={said[flag]!r:.20} in place of {ours[flag]!r}"


# ---------------------------------------------------------------- which cell is which


def matched(submitted: list[NotebookNode], released: list[NotebookNode]) -> dict[int, int]:
    """For each of the assignment's cells, where it is in the submission: by name, id or text."""
    places: dict[int, int] = {}
    taken: set[int] = set()
    ways = (grade_id, lambda cell: cell.get("id"), lambda cell: visible(cell.source), begins)
    for known_by in ways:
        where: dict[str, list[int]] = defaultdict(list)  # the last of them first
        for at in reversed(range(len(submitted))):
            if at not in taken:
                where[known_by(submitted[at])].append(at)
        for number, ours in enumerate(released):
            name = known_by(ours)
            if number not in places and name and where[name]:
                places[number] = where[name].pop()
                taken.add(places[number])
    for number, ours in enumerate(released):  # by its place: a written answer has no other sign
        at = places.get(number - 1, len(submitted)) + 1
        unknown = number not in places and at < len(submitted) and at not in taken
        if unknown and not is_test(ours) and submitted[at].cell_type == ours.cell_type:
            places[number] = at
            taken.add(at)
    return places


def begins(cell: NotebookNode) -> str:
    """The line of a function that a cell defines; a cell that lost its metadata is known by it."""
    lines = [line for line in cell.source.split("\n") if line.startswith("def ")]
    return lines[0].partition("(")[0] if lines else ""


def extras(
    cells: list[NotebookNode], known: set[int], released: list[NotebookNode], changes: Changes
) -> dict[int, list[NotebookNode]]:
    """The student's own cells, by the place of the known cell that they follow; -1 is the top.

    A second copy of a test cell tests nothing more, and is left out.
    """
    tests = {grade_id(cell) for cell in released if is_test(cell)} - {""}
    names = {grade_id(cell) for cell in released}
    followers: dict[int, list[NotebookNode]] = {}
    after = -1
    for at, cell in enumerate(cells):
        if at in known:
            after = at
        elif grade_id(cell) in tests:
            changes.tampered.append(f"there was a second {grade_id(cell)}.")
        else:
            name = grade_id(cell)
            if name:
                what = f"there was a second {name}" if name in names else f"{name[:60]} is not ours"
                changes.mended.append(f"{what}.")
            followers.setdefault(after, []).append(cell)
    return followers


def own_cells(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    """The student's own cells with nothing but their text: no flag of theirs means anything."""
    for cell in cells:
        if cell.cell_type in ("code", "markdown"):
            new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
            made = new(id="own")
            take(made, cell)
            yield made


def numbered(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with ids that differ, and are the same at every run."""
    ours = {cell["id"] for cell in cells}
    free = (
        name for number in range(len(cells) + len(ours)) if (name := f"own-{number}") not in ours
    )
    for cell in cells:
        if cell["id"] == "own":
            cell["id"] = next(free)
    return cells
