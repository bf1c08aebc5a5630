"""Keep the notebooks in one canonical form: `python -m tools.notebooks format|check|execute`.

The .ipynb files are the source of truth, edited in JupyterLab. What an editor leaves behind
(random cell ids, widths, timings, trust flags) is taken out again, so a diff shows what was taught.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_CELL_METADATA = ("nbgrader", "tags")
QUESTION = "**Predict"
"""In a text above code cells: what they print is the answer, and stays folded until they are run."""
# What JupyterLab and nbformat put where nobody has chosen a name.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}")


class NotebookError(Exception):
    """One sentence for the reader: which notebook, what is wrong, what to do next."""


def lessons() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def assignments(course: Path = ROOT) -> list[Path]:
    return sorted((course / "source").glob("*/*.ipynb"))


def read(path: Path) -> NotebookNode:
    """A notebook of format 4, or a NotebookError that says what the file is instead."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
        return notebook
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NotebookError(f"{path} is not UTF-8 text; save it again from JupyterLab.") from None
    except (nbformat.reader.NotJSONError, json.JSONDecodeError):
        raise NotebookError(
            f"{path} is not a notebook: its text is not JSON. "
            "Open it in a text editor and look for merge markers, or take it back from git."
        ) from None
    except (nbformat.ValidationError, AttributeError, KeyError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NotebookError(f"{path} is JSON, but not a valid notebook: {why}") from None


def canonical(notebook: NotebookNode, with_outputs: bool) -> str:
    """The notebook's one text form. Lessons keep their outputs, assignments have none."""
    notebook = nbformat.from_dict(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    taken: set[str] = set()
    count, asked = 0, False
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA and v}
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        cell.id = cell_id(cell, taken)
        if cell.cell_type == "code":
            ran = with_outputs and cell.execution_count is not None
            count += ran
            cell.execution_count = count if ran else None
            cell.outputs = [tidy(output, count) for output in merged(cell.outputs)] if ran else []
            if asked and cell.outputs:
                fold(cell)
        else:
            asked = QUESTION in cell.source
    return nbformat.writes(nbformat.from_dict(notebook)) + "\n"


def fold(cell: NotebookNode) -> None:
    """Hide what a cell put out until somebody runs it, or clicks on the three dots.

    JupyterLab shows the first line of the first output beside the dots, which is the answer: so
    an output that is empty comes first.
    """
    cell.metadata["jupyter"] = {"outputs_hidden": True}
    if cell.outputs[0].get("data") != {}:
        cell.outputs.insert(0, nbformat.v4.new_output("display_data"))


def cell_id(cell: NotebookNode, taken: set[str]) -> str:
    """A chosen id stays; a graded cell goes by its grade id; a random id becomes the first words."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")
    if not name or RANDOM_ID.fullmatch(name) or name in taken:
        words = re.findall(r"[a-z0-9]+", cell.source.lower())
        name = base = "-".join(words[:6])[:40].strip("-") or "empty"
        number = 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where a kernel flushes is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def tidy(output: NotebookNode, count: int) -> NotebookNode:
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def execute(path: Path) -> None:
    """Run a lesson top to bottom on this machine and store what it prints and draws."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = read(path)
    client = NotebookClient(notebook, timeout=600, kernel_name="python3")
    client.resources["metadata"] = {"path": str(path.parent)}
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(f"{path} stopped at a cell that fails:\n{error}") from None
    noisy = [
        c.id for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"
    ]
    if noisy:
        raise NotebookError(f"{path} writes to stderr in {noisy}: a stored lesson has no warnings.")
    path.write_text(canonical(notebook, with_outputs=True), encoding="utf-8")


def form(path: Path) -> str:
    return canonical(read(path), with_outputs=path.parent.name == "notebooks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=("format", "check", "execute"))
    parser.add_argument("paths", nargs="*", type=Path, help="default: every notebook of the course")
    options = parser.parse_args()
    if options.task == "execute":
        for path in options.paths or lessons():
            print(f"executing {path.name}", flush=True)
            execute(path.resolve())
        return
    paths = options.paths or lessons() + assignments()
    untidy = [path for path in paths if form(path) != path.read_text(encoding="utf-8")]
    if options.task == "format":
        for path in untidy:
            path.write_text(form(path), encoding="utf-8")
    elif untidy:
        names = ", ".join(path.name for path in untidy)
        raise NotebookError(f"Not in canonical form: {names}. Run `make format`.")


if __name__ == "__main__":
    try:
        main()
    except NotebookError as error:
        sys.exit(str(error))
