"""Which room may know which: `docs/architecture.md` in a form that can fail."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
INSIDE = {"contract", "grading.boundary.values", "grading.boundary.protocol",
          "grading.boundary.settings"}  # fmt: skip
BOUNDARY = INSIDE | {"grading", "grading.plain", "grading.boundary"}
MAY_IMPORT = {
    "contract": set(),
    "grading/boundary/values": INSIDE,
    "grading/boundary/worker": INSIDE | {"grading", "grading.boundary.worker"},
    "grading/boundary": BOUNDARY,
    "grading/submissions": BOUNDARY | {"grading.submissions"},
    "grading/class_run": BOUNDARY | {"grading.submissions", "grading.class_run"},
    "grading/reports": BOUNDARY | {"grading.class_run"},
    "grading/example": {"grading.boundary", "grading.class_run", "grading.example"},
    "helpers": {"contract", "helpers"},
    "helpers/draw": {"helpers"},
    "helpers/data": {"helpers"},
}
"""For each room what its files may import of the project, themselves aside: rooms, or files."""
OURS = ("contract", "grading", "helpers", "tests", "tools")
MOST_FILES = 12


def files(room: str) -> list[Path]:
    """A room's own files; a room inside of it that is named above has rules of its own."""
    inner = [ROOT / other for other in MAY_IMPORT if other.startswith(f"{room}/")]
    found = sorted((ROOT / room).rglob("*.py"))
    return [path for path in found if not any(path.is_relative_to(other) for other in inner)]


def imported(path: Path) -> set[str]:
    """The project's modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names |= {whole(node.module, alias.name) for alias in node.names}
    return {name for name in names if name.partition(".")[0] in OURS}


def whole(module: str, name: str) -> str:
    """`from a import b` is the module a.b where there is one, else a."""
    path = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else module


def allowed(name: str, room: str) -> bool:
    if name == "grading":  # `importing`, that anybody there may use
        return "grading" in MAY_IMPORT[room]
    own = room.replace("/", ".")
    return any(f"{name}.".startswith(f"{one}.") for one in (MAY_IMPORT[room] - {"grading"}) | {own})


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_stands_below_it(room):
    assert files(room), room
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files(room)
        for name in sorted(imported(path))
        if not allowed(name, room)
    ]
    assert not wrong


@pytest.mark.parametrize("room", ["contract", "grading/boundary"])
def test_the_boundary_knows_nothing_of_this_course(room):
    """Not by a name in a text either: `helpers` is what a configuration may say, and nobody else."""
    for path in (ROOT / room).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"helpers|convolution|conv2d|mnist", text, re.IGNORECASE), path


def test_no_room_is_crowded():
    for folder in {
        path.parent
        for room in ("contract", "grading", "tools")
        for path in (ROOT / room).rglob("*.py")
    }:
        here = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(here) <= MOST_FILES, f"{folder.relative_to(ROOT)} has {len(here)}"


def test_every_room_says_what_it_is():
    folders = {path.parent for room in MAY_IMPORT for path in files(room)}
    for folder in folders:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), folder
