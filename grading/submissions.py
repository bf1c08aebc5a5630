"""Which submissions nbgrader can grade, and one sentence for each that it cannot."""

import json
from dataclasses import dataclass
from pathlib import Path

import nbformat


@dataclass(frozen=True)
class Submission:
    """One student's folder; ``trouble`` says why it cannot be graded, or is empty."""

    student: str
    trouble: str = ""


def collected(course: Path, assignment: str) -> list[Submission]:
    """Every folder in submitted/, in the students' order."""
    students = sorted(path for path in (course / "submitted").glob("*") if path.is_dir())
    return [Submission(path.name, trouble(path / assignment, assignment)) for path in students]


def trouble(folder: Path, assignment: str) -> str:
    """What is wrong with a submission, and what to do about it."""
    notebook = folder / f"{assignment}.ipynb"
    if not folder.is_dir():
        return "missing: nothing was handed in for this assignment."
    if not notebook.is_file():
        others = sorted(path.name for path in folder.rglob("*.ipynb"))
        if others:
            return f"wrong file name: rename {others[0]} to {notebook.name}."
        return f"missing: the folder holds no {notebook.name}."
    return unreadable(notebook)


def unreadable(notebook: Path) -> str:
    try:
        nbformat.validate(nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4))
    except UnicodeDecodeError:
        return "unreadable: the file is not UTF-8 text; ask for it saved again from JupyterLab."
    except (nbformat.reader.NotJSONError, json.JSONDecodeError):
        return "unreadable: not a notebook (its text is not JSON); ask for the file again."
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError):
        return "unreadable: JSON, but not a valid notebook; ask for the file again."
    return ""
