"""nbgrader's cells: what is said of a cell in its metadata, and what of it matters to grading."""

import hashlib
import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading.boundary.settings import Settings


def about(cell: NotebookNode) -> dict[str, Any]:
    """A cell's nbgrader metadata, or {} where it has none that can be read."""
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def grade_id(cell: NotebookNode) -> str:
    return str(about(cell).get("grade_id") or "")


def is_test(cell: NotebookNode) -> bool:
    """A cell whose text is the assignment's: nobody answers in it."""
    return bool(about(cell).get("locked")) or (
        bool(about(cell).get("grade")) and not about(cell).get("solution")
    )


def visible(source: str) -> str:
    """A test cell as students have it: without its hidden tests."""
    lines, hidden = [], False
    for line in source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            hidden = True
        elif "END HIDDEN TESTS" in line:
            hidden = False
        elif not hidden:
            lines.append(line)
    return "\n".join(lines).strip()


# ---------------------------------------------------------------- for an examiner, and back


def code_cells(nb: NotebookNode) -> list[dict]:
    """What an examiner is told of a notebook."""
    return [
        {"id": cell["id"], "test": is_test(cell), "source": cell.source}
        for cell in nb.cells
        if cell.cell_type == "code"
    ]


def fingerprint(cells: list, settings: Settings) -> str:
    """The same for the same cells; a different one as soon as a letter of one differs."""
    text = json.dumps([cells, settings.of_results()], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def written(nb: NotebookNode, results: dict[str, dict]) -> None:
    """Puts what came out of each cell where nbgrader looks for it."""
    for number, cell in enumerate([c for c in nb.cells if c.cell_type == "code"], 1):
        cell.outputs = [
            nbformat.from_dict(output) for output in results.get(cell["id"], {}).get("outputs", [])
        ]
        cell.execution_count = number


def error_output(name: str, message: str, lines: Any = ()) -> dict:
    """An exception in nbformat's words."""
    lines = list(lines) or [f"{name}: {message}"]
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": lines}
