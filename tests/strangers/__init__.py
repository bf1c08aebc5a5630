"""Answers written with fresh eyes: from the tasks alone, without sight of the checks or of `tests/corpus`.

A file an exercise, a cell an answer, in the percent format that editors know:

    # %% wrong | its name | the cause, as a kind teacher who sees the code would say it

They say how good the checks are at what nobody foresaw, so no check is written for one of them.
`named.json` has the headlines that a reader, who saw code, cause and card, found to name the cause;
a card that says something else since then counts as not named, until somebody reads it again.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.corpus import Answer

HERE = Path(__file__).parent
HEAD = re.compile(r"# %% (wrong|right) \| ([^|]+) \| ([^|\n]+)\n")


@dataclass(frozen=True)
class Stranger(Answer):
    """An answer with its cause in its author's words."""

    cause: str = ""


def exercises() -> list[str]:
    return sorted(path.stem for path in (HERE / "answers").glob("*.py"))


@cache
def answers_to(exercise: str) -> tuple[Stranger, ...]:
    """In the order of the file; ValueError where a head cannot be read or a name is there twice."""
    text = (HERE / "answers" / f"{exercise}.py").read_text(encoding="utf-8")
    _, *parts = HEAD.split(text)
    found = [
        Stranger(exercise, name.strip(), f"{code.strip()}\n", kind == "right", cause=cause.strip())
        for kind, name, cause, code in zip(*[iter(parts)] * 4, strict=True)
    ]
    if len(found) != text.count("# %% ") or len({a.name for a in found}) != len(found):
        raise ValueError(f"{exercise}.py: a head cannot be read, or a name is there twice.")
    return tuple(found)


@cache
def named() -> dict[str, dict[str, str]]:
    """By exercise and name, the headline that was found to name the cause."""
    return json.loads((HERE / "named.json").read_text(encoding="utf-8"))
