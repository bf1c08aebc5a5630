"""Classes that nobody taught: a believable one to try the grading on, and a broken one to test it.

Answers are the solutions in source/, written a little differently by everybody, with one of the
mistakes that people make or in one of the ways in which files get broken. The same seed makes the
same class. For each student it is said what was handed in, and how grading it has to end.
"""

import os
import random
import re
import shutil
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.boundary.cells import grade_id, is_test
from grading.example.answers import answers, remarked, undocumented
from grading.example.mishaps import (
    WAYS,
    Way,
    byte_order_mark,
    cut_off,
    forbidden,
    misnamed,
    place,
    put,
    whole,
)
from grading.example.mistakes import MISTAKES, Mistake
from grading.example.task import Made, Task, task

NAMES = """
    ada amir anouk arjun aylin bela bo carmen chidi dana dmitri ela elif emre esi farid fatou finn
    freya gita goran hana hugo ida imani ines ivo jana jin jonas kaya kofi lars leila lin luca
    mai malik mara mateo mei mila nadia nia noor nuno olga omar otto pia priya quinn rafa rania
    rosa ruben saba sami selma sina sven taro tara tove uma umut vera viktor wanda wei xenia yara
    yusuf zara zeno zofia
""".split()  # noqa: SIM905


# ---------------------------------------------------------------- a believable class

Handed = tuple[NotebookNode, Made]  # a notebook, and what it is


def right(about: Task, rng: random.Random) -> Handed:
    return about.answered(answers(about, rng)), Made("right", about.finished, about.worth())


def wrong(about: Task, rng: random.Random, mistakes: Iterator[Mistake]) -> Handed:
    """Right answers, but for one mistake or two in different exercises."""
    made = [next(mistakes)]
    if rng.random() < 0.4:
        made += [m for m in [next(mistakes)] if m.exercise != made[0].exercise]
    written = answers(about, rng) | {m.exercise: remarked(m.made_in(about), rng) for m in made}
    what = "wrong: " + ", ".join(f"{m.exercise}: {m.called or m.fails}" for m in made)
    status = "crashed" if any(m.status == "crashed" for m in made) else "wrong"
    points = about.worth() - sum(m.costs(about) for m in made)
    called = tuple(m.called for m in made if m.called)
    return about.answered(written), Made(what, status, points, called)


# --- much that is no mistake

PRINTED = """    print("called with", locals())
"""
WARNED = """    import sys
    import warnings

    warnings.warn("I am not sure about this one")
    print("debug", file=sys.stderr)
"""
SCRATCH = {
    "plots": """import matplotlib.pyplot as plt

plt.imshow(np.arange(12).reshape(3, 4))
plt.colorbar()
plt.show()""",
    "cells that stop": "print(undefined_name)",
    "magics": "%timeit -n 1 -r 1 np.zeros(3)\n!echo from the shell",
    "a very long output": "for number in range(100_000):\n    print('epoch', number, 'loss', 0.5)",
}


def noisy(about: Task, rng: random.Random, noises: Iterator[str]) -> Handed:
    """Right answers among prints, warnings, plots and cells that were tried and left."""
    noise, written = next(noises), answers(about, rng)
    if noise in ("prints", "warnings"):
        more = PRINTED if noise == "prints" else WARNED
        for name in about.tests:
            written[name] = at_the_start(about.solutions[name], more)
    notebook = about.answered(written)
    if noise in SCRATCH:
        for at in sorted(rng.sample(range(2, len(notebook.cells)), 3), reverse=True):
            notebook.cells.insert(at, new_code_cell(SCRATCH[noise], id=f"try-{at}"))
        notebook.cells.append(new_markdown_cell("Notes to myself: *tidy this up*", id="notes"))
    return notebook, Made(f"noisy: {noise}", about.finished, about.worth())


NOISES = ("prints", "warnings", *SCRATCH)


def at_the_start(text: str, more: str) -> str:
    """A function with more lines at the start of its body."""
    text = undocumented(text)
    return re.sub(r"^def .*?\):\n", lambda found: found[0] + more, text, count=1, flags=re.M | re.S)


# --- not everything


def partly(about: Task, rng: random.Random) -> Handed:
    """The first exercises, and nothing in words."""
    exercises = list(about.tests)
    done = exercises[: rng.randint(1, len(exercises) - 1)]
    written = {name: text for name, text in answers(about, rng).items() if name in done}
    what = f"partly: {len(done)} of {len(exercises)} exercises"
    return about.answered(written), Made(what, "wrong", about.worth(done))


def untouched(about: Task, rng: random.Random) -> Handed:
    return about.answered({}), Made("untouched", "wrong", 0.0)


def endless(about: Task, rng: random.Random) -> Handed:
    """A loop that waits for what never happens, where it holds up the fewest tests.

    Not where a model is built, which may take its time, nor where others' work depends on it.
    """
    texts = about.solutions
    alone = [n for n in about.tests if sum(f"{n}(" in text for text in texts.values()) == 1]
    quick = [name for name in alone if "keras" not in texts[name] and "model" not in texts[name]]
    name = min(quick, key=lambda exercise: len(about.tests[exercise]))
    loop = "    done = False\n    while not done:\n        pass\n"
    written = answers(about, rng) | {name: at_the_start(about.solutions[name], loop)}
    points = about.worth() - about.worth([name])
    return about.answered(written), Made(f"endless: {name}", "timed out", points)


# --- not in good faith


def skipping(about: Task, rng: random.Random) -> Handed:
    notebook = about.answered({})
    for cell in filter(is_test, notebook.cells):
        cell.metadata["tags"] = ["skip-execution"]
    return notebook, Made("hostile: test cells tagged to be skipped", "tampered", 0.0)


def emptied(about: Task, rng: random.Random) -> Handed:
    notebook = about.answered({})
    for cell in filter(is_test, notebook.cells):
        cell.source = "assert True"
    return notebook, Made("hostile: test cells rewritten", "tampered", 0.0)


def leaving(about: Task, rng: random.Random) -> Handed:
    name = next(iter(about.tests))
    leaves = at_the_start(about.solutions[name], "    import os\n\n    os._exit(0)\n")
    points = about.worth() - about.worth([name])
    made = Made("hostile: os._exit in a function", "crashed", points)
    return about.answered(answers(about, rng) | {name: leaves}), made


LIAR = """class Anything:
    def __eq__(self, other):
        return True

    def __array__(self, *args, **options):
        raise NotImplementedError

    __hash__ = None


"""


def lying(about: Task, rng: random.Random) -> Handed:
    """Every function returns an object that says it is equal to everything."""
    written = {
        name: at_the_start(about.solutions[name], "    return Anything()\n") for name in about.tests
    }
    first = next(iter(written))
    written[first] = LIAR + written[first]
    return about.answered(written), Made("hostile: an __eq__ that lies", "wrong", 0.0)


PEEKING = """from pathlib import Path

for place in (".", "..", "../..", "../../..", "/"):
    for file in Path(place).glob("*.db"):
        file.write_bytes(b"")
"""
DROPPING = """import ast

class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Expr(self, node):
        return ast.Pass() if "check" in ast.dump(node) else node

get_ipython().ast_transformers.append(NoAsserts())
"""


def peeking(about: Task, rng: random.Random) -> Handed:
    """No answers, but cells that look for the gradebook and take the checks out of every cell."""
    notebook = about.answered({})
    for at, text in enumerate((PEEKING, DROPPING), 2):
        notebook.cells.insert(at, new_code_cell(text, id=f"harmless-{at}"))
    return notebook, Made("hostile: drops checks, looks for a gradebook", "wrong", 0.0)


HOSTILE = (skipping, leaving, lying, emptied, peeking)


def broken(about: Task, home: Path, how: Way, rng: random.Random) -> Made:
    """A right notebook, handed in in a way that goes wrong."""
    how.hand_in(home, about.name, right(about, rng)[0])
    status = how.status
    if how.hand_in is forbidden and os.access(place(home, about.name), os.R_OK):
        status = ""  # the superuser may read everything
    graded = status in ("", "tampered")
    return Made(f"broken: {how.name}", status or about.finished, about.worth() if graded else None)


# ---------------------------------------------------------------- the two classes

SHARES = {
    "right": 9, "wrong": 9, "noisy": 3, "partly": 3, "untouched": 1, "endless": 1, "broken": 2,
    "hostile": 2,
}  # fmt: skip
"""Of thirty students. A smaller class has fewer of the last ones, a larger one more of all."""


def example_class(course: Path, assignment: str, count: int = 30, seed: int = 0) -> dict[str, Made]:
    """Write a believable class into submitted/; what each student handed in, and how it ends.

    The course has its source/ and release/. The same seed makes the same class.
    """
    rng = random.Random(f"{assignment} {seed}")
    about, makers = task(course, assignment), makers_of(assignment, rng)
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    rng.shuffle(kinds)
    class_of = {}
    for student, kind in zip(sorted(students(count, rng)), cycle(kinds), strict=False):
        home = course / "submitted" / student
        shutil.rmtree(home / assignment, ignore_errors=True)
        if kind == "broken":
            class_of[student] = broken(about, home, next(makers["broken"]), rng)
            continue
        notebook, class_of[student] = next(makers[kind])(about, rng)
        put(home, assignment, notebook)
    return class_of


def makers_of(assignment: str, rng: random.Random) -> dict[str, Iterator]:
    """For each kind of submission, who makes the next one; the first mistakes are the commonest."""
    table = MISTAKES[assignment]
    mistakes = cycle([m for most in range(1, len(table) + 1) for m in table[:most]])
    noises = cycle(rng.sample(NOISES, len(NOISES)))
    return {
        "right": cycle([right]),
        "wrong": cycle([partial(wrong, mistakes=mistakes)]),
        "noisy": cycle([partial(noisy, noises=noises)]),
        "partly": cycle([partly]),
        "untouched": cycle([untouched]),
        "endless": cycle([endless]),
        "broken": cycle([w for w in WAYS if w.hand_in in (misnamed, cut_off, byte_order_mark)]),
        "hostile": cycle(HOSTILE),
    }


def students(count: int, rng: random.Random) -> list[str]:
    """Short names that differ."""
    names = rng.sample(NAMES, len(NAMES))
    return [
        names[number % len(names)]
        + (f"-{number // len(names) + 1}" if number >= len(names) else "")
        for number in range(count)
    ]


def broken_class(
    course: Path, assignment: str, count: int = 300, share: float = 0.05, seed: int = 0
) -> dict[str, Made]:
    """Write a class in which a share of the files is broken, each in the next of WAYS.

    Everybody else's answers are right, and no two the same. ``points`` of what is graded are all.
    """
    rng = random.Random(f"{assignment} {seed}")
    about, class_of = task(course, assignment), {}
    odd = set(rng.sample(range(count), round(count * share)))
    ways = cycle(WAYS)
    for number in range(count):
        student = f"student-{number:03}"
        if number not in odd:
            notebook, made = right(about, rng)
            first = next(iter(about.tests))
            cell = next(c for c in notebook.cells if grade_id(c) == first)
            cell.source += f"\n# mine is {number}"
            put(course / "submitted" / student, assignment, notebook)
            class_of[student] = made
            continue
        how = next(ways)
        student = f"Jürgen Groß {number:03}" if how.hand_in is whole else student
        class_of[student] = broken(about, course / "submitted" / student, how, rng)
    return class_of
