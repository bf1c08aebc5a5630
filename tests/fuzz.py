"""Broken notebooks by the thousand: `python -m tests.fuzz --count 2000`.

Each is an answered notebook with some of its bytes, values or cells spoiled. All are handed in as one
class, with an honest student among them, and graded as any class is: every one ends as a row, nobody
else loses a point, and nothing takes time that its size does not explain (``--growth``).
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat

from grading.submissions import opening
from tools.notebooks import ROOT

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 10**400, 1e308, float("inf"), float("-inf"), float("nan"), "", "x",
    "\ud800", "\0", "\x1b[2J", "[/b]", "=1+1", "<script>alert(1)</script>", "⟦x⟧", "a\nb", "x" * 3000,
    [], {}, [[]], [None] * 40, ["a", 1, None], {"a": {"b": []}}, {"": ""}, {"nbgrader": {"grade_id": []}},
)  # fmt: skip
TOKENS = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"1e999", b"NaN", b"-", b"[" * 600, b"{\"a\":" * 300,
    b"<<<<<<< HEAD\n=======\n>>>>>>> x\n", b"\\ud83d", b"\\u0000", b"\"", b",,", b"}{", b"\r\n", b"//", b"'",
    b"0" * 5000, b"\n" * 5000, b"%%", b"null",
)  # fmt: skip


# ---------------------------------------------------------------- ways to spoil a notebook


def spoiled(notebook: str, rng: random.Random) -> bytes:
    """A notebook's text with one to four things wrong with it."""
    found: Any = json.loads(notebook)
    times = rng.choice((1, 1, 2, 4))
    if rng.random() < 0.6:
        for _ in range(times):
            found = rng.choice(IN_JSON)(found, rng)
        return as_bytes(found)
    data = as_bytes(found)
    for _ in range(times):
        data = rng.choice(IN_BYTES)(data, rng)
    return data


def as_bytes(found: Any) -> bytes:
    """As JSON, half letters and numbers without end in it as Python writes them."""
    return json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def places(tree: Any, found: list | None = None) -> list[tuple[Any, Any]]:
    """Every (container, key) in the tree."""
    found = [] if found is None else found
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(items):
        found.append((tree, key))
        if isinstance(value, dict | list):
            places(value, found)
    return found


def a_place(found: Any, rng: random.Random) -> tuple[Any, Any]:
    """Any, but as often at the top as deep in it: most values are lines of text."""
    every = places(found) if isinstance(found, dict | list) else []
    high = [place for place in every if not isinstance(place[0], list) or len(place[0]) > 1]
    return rng.choice(rng.choice((every, high)) or [([0], 0)])


def other_value(found: Any, rng: random.Random) -> Any:
    where, key = a_place(found, rng)
    where[key] = deepcopy(rng.choice(STRANGE))
    return found


def gone(found: Any, rng: random.Random) -> Any:
    where, key = a_place(found, rng)
    del where[key]
    return found


def moved(found: Any, rng: random.Random) -> Any:
    (where, key), (other, name) = a_place(found, rng), a_place(found, rng)
    value = deepcopy(where[key])
    if name in other if isinstance(other, dict) else name < len(other):
        other[name] = value
    return found


def repeated(found: Any, rng: random.Random) -> Any:
    lists = [
        where[key] for where, key in places(found) if isinstance(where[key], list) and where[key]
    ]
    if lists:
        one = rng.choice(lists)
        one.extend(deepcopy(one[-1:]) * rng.choice((1, 3, 50)))
    return found


def shuffled(found: Any, rng: random.Random) -> Any:
    cells = found.get("cells") if isinstance(found, dict) else None
    if isinstance(cells, list):
        rng.shuffle(cells)
    return found


def nested(found: Any, rng: random.Random) -> Any:
    where, key = a_place(found, rng)
    for _ in range(rng.choice((3, 60, 300))):
        where[key] = [where[key]] if rng.random() < 0.5 else {"a": where[key]}
    return found


def renamed(found: Any, rng: random.Random) -> Any:
    names = [(where, key) for where, key in places(found) if isinstance(where, dict)]
    if names:
        where, key = rng.choice(names)
        where[rng.choice(("", "source", "nbgrader", "cells", "id", "\ud800", "x"))] = where.pop(key)
    return found


def of_another_kind(found: Any, rng: random.Random) -> Any:
    cells = found.get("cells") if isinstance(found, dict) else None
    cells = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    if cells:
        kinds = ("code", "markdown", "raw", "heading", "html", "", None, 7)
        rng.choice(cells)["cell_type"] = rng.choice(kinds)
    return found


def of_another_format(found: Any, rng: random.Random) -> Any:
    if isinstance(found, dict):
        found["nbformat"] = rng.choice((1, 2, 3, 4, 5, "4", 4.0, None, [4]))
        found["nbformat_minor"] = rng.choice((0, 2, 4, 5, 99, -1, "5", 1e999))
    return found


def turned(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    at, many = rng.randrange(len(data)), rng.choice((1, 10, 1000))
    return data[:at] + data[at + many :] or b" "


def cut_off(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data) + 1)]


def again(data: bytes, rng: random.Random) -> bytes:
    at, many = rng.randrange(len(data)), rng.choice((1, 100, 5000))
    return data[:at] + data[at : at + many] * 2 + data[at + many :]


def with_a_token(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice(TOKENS) + data[at:]


def as_other_text(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-32", "latin-1", "cp1252", "utf-8-sig")), "replace"
    )


IN_JSON = (
    other_value, other_value, other_value, gone, moved, repeated, shuffled, nested, renamed,
    of_another_kind, of_another_format,
)  # fmt: skip
IN_BYTES = (turned, turned, cut, cut_off, again, with_a_token, with_a_token, as_other_text)


def every(notebook: str, count: int, seed: int = 0) -> Iterator[bytes]:
    rng = random.Random(seed)
    return (spoiled(notebook, rng) for _ in range(count))


# ---------------------------------------------------------------- how time grows with size


def cells_of(many: int, **cell: Any) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "source": "", **cell} for _ in range(many)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def deep(many: int) -> str:
    return '{"a": ' * many


GROWING: dict[str, Callable[[int], str]] = {
    "cells without ids": lambda n: cells_of(n // 80),
    "cells of one id": lambda n: cells_of(n // 80, id="submitted-1-again"),
    "cells of one name": lambda n: cells_of(n // 150, metadata={"nbgrader": {"grade_id": "words"}}),
    "empty lines": lambda n: cells_of(1, source="\n" * (n // 2)),
    "one long line": lambda n: cells_of(1, source="x" * n),
    "tags": lambda n: cells_of(1, metadata={"tags": ["x"] * (n // 5)}),
    "merge markers": lambda n: "<<<<<<< a\n=======\n" * (n // 18),
    "lists in lists": lambda n: "[" * n,
    "objects in objects": lambda n: deep(n // 6),
    "images": lambda n: cells_of(1, cell_type="markdown", source="![" * (n // 2)),
    "tags of HTML": lambda n: cells_of(1, cell_type="markdown", source="<a " * (n // 3)),
    "letters in disguise": lambda n: cells_of(1, cell_type="markdown", source="&#" * (n // 2)),
    "pictures": lambda n: cells_of(
        n // 2000, cell_type="markdown", attachments={"a": {"image/png": "iVBORw0KGgo" * 170}}
    ),
    "no JSON": lambda n: "x" * n,
}


def growth(
    kind: str, assignment: str, course: Path, released: str, sizes: tuple[int, ...]
) -> float:
    """How much longer a kind of file takes than its size explains: 1 where time grows as bytes do."""
    taken = []
    for size in sizes:
        folder = course / "submitted" / "grower" / assignment
        folder.mkdir(parents=True, exist_ok=True)
        text = GROWING[kind](size)
        (folder / f"{assignment}.ipynb").write_text(text)
        begun = time.process_time()
        opening.opened(folder.parent, assignment, course, released)
        taken.append((time.process_time() - begun) / len(text))
    return max(taken[1:]) / max(taken[0], 1e-10)


# ---------------------------------------------------------------- a class of them


def main() -> int:
    from tests.nbgrader_course import Course

    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--assignment", default="01_normal_convolution")
    parser.add_argument(
        "--growth", action="store_true", help="how time grows with size, and no class"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        if chosen.assignment == "words":
            course = Course.words(Path(folder))
        else:
            course = Course.released(Path(folder), chosen.assignment)
        return grown(course) if chosen.growth else graded(course, chosen.count, chosen.seed)


def grown(course: Any) -> int:
    released = nbformat.writes(course.untouched())
    worst = 0.0
    for kind in GROWING:
        sizes = (2**20, 2**22, 2**24)
        worst = max(worst, found := growth(kind, course.assignment, course.folder, released, sizes))
        print(f"{kind:22} {found:5.1f} times as long for each byte of 16 MB as of 1 MB", flush=True)
    return 1 if worst > 4 else 0  # it would be 16 where time grows as the square


def graded(course: Any, count: int, seed: int) -> int:
    right = nbformat.writes(course.answered())
    for number, data in enumerate(every(right, count, seed)):
        hand_in(course, f"spoiled{number:05}", data)
    for name in ("aaron", "spoiled01000_and_a_half", "zoe"):
        course.submit(name, right)
    shutil.copy(ROOT / "README.md", course.folder)
    begun = time.monotonic()
    done = course.grade("--no-feedback", seconds=24 * 3600)
    rows = course.rows()
    honest = {rows[name]["points"] for name in ("aaron", "zoe")}
    statuses = Counter(row["status"] for row in rows.values())
    print(f"{count} spoiled notebooks in {time.monotonic() - begun:.0f} s: {dict(statuses)}")
    print(f"the honest have {', '.join(honest)} points; make grade ended with {done.returncode}")
    lost = count + 3 - len(rows)
    wordless = [name for name, row in rows.items() if not row["sentence"]]
    unrecorded = [name for name, row in rows.items() if "did not record" in row["sentence"]]
    for what, names in (("without a sentence", wordless), ("not recorded", unrecorded)):
        print(f"{len(names)} {what}: {', '.join(names[:5])}")
    return 1 if done.returncode or lost or wordless or unrecorded or len(honest) > 1 else 0


def hand_in(course: Any, student: str, data: bytes) -> None:
    folder = course.folder / "submitted" / student / course.assignment
    folder.mkdir(parents=True)
    (folder / course.file).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
