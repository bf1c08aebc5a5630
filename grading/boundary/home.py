"""What a worker may import of the course, and of the boundary itself, in a folder of its own."""

import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import contract
import grading
from grading.boundary.bubblewrap import NoSandbox

OURS = ("__init__.py", "boundary/__init__.py", "boundary/protocol.py", "boundary/settings.py",
        "boundary/values", "boundary/worker")  # fmt: skip


@cache
def home(importable: tuple[str, ...] = (), silent: tuple[str, ...] = (), root: str = "") -> Path:
    """The folder, filled: the ``importable`` modules without what is ``silent`` in them.

    Modules are looked for where this Python looks, and in ``root``, the course's folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copied(Path(contract.__file__).parent, folder / "contract")
    for path in OURS:
        copied(Path(grading.__file__).parent / path, folder / "grading" / path)
    left_out = [folder.joinpath(*name.split(".")) for name in silent]
    for name in importable:
        for place in places(name, root):
            copied(place, folder.joinpath(*name.split(".")[:-1], place.name), left_out)
    return folder


def places(name: str, root: str) -> Iterator[Path]:
    """The folder of a package, or the file of a module."""
    found = spec(name, root)
    if found is None or not (found.submodule_search_locations or found.origin):
        raise NoSandbox(
            f"nbgrader_config.py says that students may import {name}, and it is not there: install "
            "it, put it in the course's folder, or take it out of c.Examine.importable."
        )
    yield from map(Path, found.submodule_search_locations or [found.origin])


def spec(name: str, root: str):
    sys.path.insert(0, root)
    try:
        return find_spec(name)
    except ModuleNotFoundError:  # the package that it would be in
        return None
    finally:
        sys.path.remove(root)


def copied(source: Path, target: Path, left_out: list[Path] = ()) -> None:
    """A file, or a folder with all that is in it, but for what is left out and compiled files."""
    if target in left_out or target.with_suffix("") in left_out or source.name == "__pycache__":
        return
    if source.is_dir():
        for inside in source.iterdir():
            copied(inside, target / inside.name, left_out)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
