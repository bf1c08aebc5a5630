"""Classes that nobody taught: a believable one to try the grading on, and a broken one to test it.

Answers are the solutions in source/, written a little differently by everybody, with one of the
mistakes that people make or in one of the ways in which files get broken. The same seed makes the
same class. For each student it is said what was handed in, and how grading it has to end.
"""

import os
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading import restore
from grading.mishaps import (
    WAYS,
    Way,
    byte_order_mark,
    cut_off,
    forbidden,
    misnamed,
    place,
    put,
    whole,
)  # fmt: skip

NAMES = """
    ada amir anouk arjun aylin bela bo carmen chidi dana dmitri ela elif emre esi farid fatou finn
    freya gita goran hana hugo ida imani ines ivo jana jin jonas kaya kofi lars leila lin luca
    mai malik mara mateo mei mila nadia nia noor nuno olga omar otto pia priya quinn rafa rania
    rosa ruben saba sami selma sina sven taro tara tove uma umut vera viktor wanda wei xenia yara
    yusuf zara zeno zofia
""".split()  # noqa: SIM905


@dataclass(frozen=True)
class Made:
    """What a student handed in, and how grading it ends.

    ``status`` is one of `grading.outcomes.STATUSES`. ``points`` are those of the tests; written
    answers are marked by hand and count as none. They are None where nothing can be graded.
    """

    what: str
    status: str
    points: float | None
    misconceptions: tuple[str, ...] = ()  # that the checks name


# ---------------------------------------------------------------- the assignment


@dataclass(frozen=True)
class Task:
    """An assignment as its students have it, with the answers to its exercises."""

    name: str
    released: NotebookNode
    solutions: dict[str, str]  # the text of each cell that is to be written
    tests: dict[str, list[str]]  # the test cells of each exercise
    points: dict[str, float]  # of each test cell

    @property
    def finished(self) -> str:
        """The status of a submission in which nothing is wrong."""
        return "needs hand marking" if self.solutions.keys() - self.tests.keys() else "graded"

    def worth(self, exercises: Iterable[str] | None = None) -> float:
        """The points of some of the exercises, or of all."""
        names = self.tests if exercises is None else exercises
        return sum(self.points[test] for name in names for test in self.tests[name])

    def answered(self, answers: dict[str, str]) -> NotebookNode:
        """The notebook with these answers in it."""
        notebook = deepcopy(self.released)
        for cell in notebook.cells:
            cell.source = answers.get(restore.grade_id(cell), cell.source)
        return notebook


def task(course: Path, assignment: str) -> Task:
    """Read an assignment from a course's source/ and release/."""
    file = Path(assignment) / f"{assignment}.ipynb"
    source = nbformat.read(course / "source" / file, as_version=4)
    released = nbformat.read(course / "release" / file, as_version=4)
    solutions = {
        restore.grade_id(cell): solution(cell.source)
        for cell in source.cells
        if restore.about(cell).get("solution")
    }
    tests: dict[str, list[str]] = {}
    points: dict[str, float] = {}
    for cell in released.cells:
        if restore.is_test(cell):
            exercise = re.search(r"check\.(\w+)\(", cell.source)[1]
            tests.setdefault(exercise, []).append(restore.grade_id(cell))
            points[restore.grade_id(cell)] = float(cell.metadata.nbgrader.points)
    return Task(assignment, released, solutions, tests, points)


def solution(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if "### " not in line)


# ---------------------------------------------------------------- right answers, in many styles

OTHER_ANSWERS = {
    "output_length": (
        """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    # count where the window can start
    last = n if padding == "same" else n - (k - 1) * dilation
    return len(range(0, last, stride))
""",
        """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    span = 1 + dilation * (k - 1)
    count, start = 0, 0
    while (start < n) if padding == "same" else (start + span <= n):
        count += 1
        start += stride
    return count
""",
    ),
    "same_padding": (
        """
import math

def same_padding(n, k, stride=1, dilation=1):
    out = math.ceil(n / stride)
    p = max(0, (out - 1) * stride + (k - 1) * dilation + 1 - n)
    return (math.floor(p / 2), math.ceil(p / 2))
""",
    ),
    "conv2d": (
        """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw = kernel.shape[0], kernel.shape[1]

    def zeros(n, k):
        out = -(-n // stride)
        p = max((out - 1) * stride + (k - 1) * dilation + 1 - n, 0)
        return p // 2, p - p // 2

    if padding == "same":
        x = np.pad(x, [(0, 0), zeros(x.shape[1], kh), zeros(x.shape[2], kw), (0, 0)])
    oh = (x.shape[1] - (kh - 1) * dilation - 1) // stride + 1
    ow = (x.shape[2] - (kw - 1) * dilation - 1) // stride + 1
    result = np.zeros((x.shape[0], oh, ow, kernel.shape[3]))
    # one shifted, thinned out image for each weight
    for a in range(kh):
        for b in range(kw):
            top, left = a * dilation, b * dilation
            part = x[:, top : top + (oh - 1) * stride + 1 : stride]
            part = part[:, :, left : left + (ow - 1) * stride + 1 : stride]
            result += part @ kernel[a, b]
    if bias is not None:
        result += bias
    return result
""",
    ),
    "conv2d_params": (
        """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    weights = kernel_size[0] * kernel_size[1] * in_channels * filters
    if use_bias:
        weights += filters
    return weights
""",
    ),
    "conv2d_macs": (
        """
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "same":
        kh = kw = 1  # every pixel is a place for the window, before striding
    oh = (h - kh) // stride + 1
    ow = (w - kw) // stride + 1
    return oh * ow * kernel_size[0] * kernel_size[1] * in_channels * filters
""",
    ),
    "build_two_layer_model": (
        """
def build_two_layer_model():
    picture = keras.Input(shape=(224, 224, 3))
    y = keras.layers.Conv2D(filters=32, kernel_size=(3, 3))(picture)
    y = keras.layers.Conv2D(filters=64, kernel_size=(3, 3))(y)
    return keras.Model(inputs=picture, outputs=y)
""",
    ),
    "conv2d_backward": (
        """
def conv2d_backward(dy, x, kernel, stride=1):
    n, oh, ow, f = dy.shape
    dx = np.zeros(x.shape)
    dk = np.zeros(kernel.shape)
    db = np.zeros(f)
    for i in range(oh):
        for j in range(ow):
            for a in range(kernel.shape[0]):
                for b in range(kernel.shape[1]):
                    r, c = i * stride + a, j * stride + b
                    dx[:, r, c] += dy[:, i, j] @ kernel[a, b].T
                    dk[a, b] += x[:, r, c].T @ dy[:, i, j]
            db += dy[:, i, j].sum(axis=0)
    return dx, dk, db
""",
    ),
}
OTHER_NAMES = {
    "reach": ("extent", "span", "r_field"),
    "total": ("needed", "p", "how_many"),
    "positions": ("places", "spots", "n_pos"),
    "stops": ("steps", "outputs", "n_out"),
    "zeros": ("pads", "pad_widths"),
    "window": ("patch", "w"),
}
REMARKS = (
    "# done, all checks are green here",
    "# took me a while",
    "# see the lesson, third picture",
    "# same idea as on paper",
    "# TODO: make it faster",
    "# v2, the first one was wrong for stride 2",
)
WRITTEN = (
    "The output moves by one pixel too, because the weights are shared.",
    "Everything is shifted in the same way. Only at the border there are new values.",
    "I think it follows from the same kernel being used at each place.",
    "Not the same for a Dense layer: it has other weights for each pixel.",
)


def restyled(text: str, rng: random.Random) -> str:
    """The same answer as somebody else would write it."""
    styles = (renamed, lambda text, _: undocumented(text), remarked, stored, tabbed)
    for style in rng.sample(styles, rng.randint(1, 3)):
        text = style(text, rng)
    return text


def renamed(text: str, rng: random.Random) -> str:
    for name, others in OTHER_NAMES.items():
        other = rng.choice(others)
        if not re.search(rf"\b{other}\b|\.{name}\b|{name}=", text):
            text = re.sub(rf"\b{name}\b", other, text)
    return text


def undocumented(text: str) -> str:
    return re.sub(r'^ +""".*?"""\n', "", text, count=1, flags=re.MULTILINE)


def remarked(text: str, rng: random.Random) -> str:
    return f"{rng.choice(REMARKS)}\n{text}"


def stored(text: str, rng: random.Random) -> str:
    """The answer gets a name before it is returned."""
    *before, last = text.rstrip("\n").split("\n")
    if not last.startswith("    return "):
        return text
    name = rng.choice(("answer", "res", "ret"))
    return "\n".join([*before, last.replace("return", f"{name} =", 1), f"    return {name}"])


def tabbed(text: str, rng: random.Random) -> str:
    return re.sub(r"^(?: {4})+", lambda spaces: "\t" * (len(spaces[0]) // 4), text, flags=re.M)


def answers(about: Task, rng: random.Random) -> dict[str, str]:
    """A right answer to everything, written in somebody's own way."""
    written = {}
    for name, text in about.solutions.items():
        if name not in about.tests:
            written[name] = " ".join(rng.sample(WRITTEN, 2))
            continue
        others = OTHER_ANSWERS.get(name, ()) if rng.random() < 0.5 else ()
        written[name] = restyled(rng.choice(others).strip("\n") if others else text, rng)
    return written


# ---------------------------------------------------------------- the mistakes that people make


@dataclass(frozen=True)
class Mistake:
    """A solution with something changed, and what becomes of it.

    ``fails`` are the ends of the names of the test cells that find it, ``called`` is the
    misconception's name in the checks; empty where they have no name for it.
    """

    exercise: str
    changes: tuple[tuple[str, str], ...]
    fails: str
    called: str
    status: str = "wrong"

    def made_in(self, about: Task) -> str:
        text = about.solutions[self.exercise]
        for old, new in self.changes:
            if old not in text:
                raise ValueError(f"{old!r} is not in the solution of {self.exercise}.")
            text = text.replace(old, new)
        return text

    def costs(self, about: Task) -> float:
        return sum(about.points[f"{self.exercise}_{end}"] for end in self.fails.split())


# What several exercises have in common.
SAME = '    if padding == "same":\n        return -(-n // stride)\n'
PLACES = '-(-n // stride) if padding == "same" else (n - k) // stride + 1'
BIAS = "y if bias is None else y + bias"
HALVES = "total // 2, total - total // 2"
ADDED, OVERWRITTEN = "dx[:, rows, columns] +=", "dx[:, rows, columns] ="
FORGOTTEN = ((BIAS, "y"),)
EVERY_PIXEL = ((PLACES, "n"),)

# fmt: off
MISTAKES = {
    "01_normal_convolution": (
        Mistake("conv2d", (("columns], kernel,", "columns], kernel[::-1, ::-1],"),),
                "window bias stride padding dilation", "flipped kernel"),
        Mistake("output_length", (("// stride + 1", "// stride"),),
                "valid stride dilation", "one stop missing"),
        Mistake("conv2d", (("(w - reach[1]) // stride + 1", "w - reach[1] + 1"), ("j * stride", "j")),
                "stride padding", "stride on rows only"),
        Mistake("conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("conv2d", (('padding == "same"', "False"),), "padding dilation", "padding ignored"),
        Mistake("same_padding", ((HALVES, "total - total // 2, total // 2"),),
                "stride_1 stride dilation", "surplus at the start"),
        Mistake("conv2d_macs", EVERY_PIXEL,
                "stride_1 stride_and_padding", "counted at every input pixel"),
        Mistake("conv2d_backward", ((ADDED, OVERWRITTEN),), "dx dx_stride", "overwritten"),
        Mistake("output_length", ((SAME, ""),), "same dilation", "padding ignored"),
        Mistake("conv2d_params", ((" + int(use_bias)", ""),), "with_bias", "bias forgotten"),
        Mistake("conv2d", ((BIAS, "y + bias if bias else y"),), "bias", "", "crashed"),
        Mistake("build_two_layer_model",
                (("(32, 3)", '(32, 3, padding="same")'), ("(64, 3)", '(64, 3, padding="same")')),
                "check", "same padding"),
        Mistake("output_length", (("(n - reach) // stride + 1", "-(-(n - reach) // stride) + 1"),),
                "stride", "rounded up"),
        Mistake("conv2d_backward", (("i * stride", "i"), ("j * stride", "j")),
                "dkernel_stride dx_stride", "stride ignored"),
        Mistake("same_padding", ((HALVES, "0, total"),),
                "stride_1 stride dilation", "everything at the end"),
        Mistake("build_two_layer_model",
                (("(32, 3)", '(32, 3, activation="relu")'),
                 ("(64, 3)", '(64, 3, activation="relu")')),
                "check", "relu"),
        Mistake("output_length", (("(k - 1) * dilation + 1", "k"),), "dilation", "dilation ignored"),
        Mistake("conv2d_params", (("kh * kw", "kh * kh"),),
                "with_bias without_bias", "square kernel assumed"),
        Mistake("conv2d_backward", (("dy.sum", "dy.mean"),), "dbias", "dbias averaged"),
    ),
    "02_depthwise_convolution": (
        Mistake("depthwise_conv2d", (("->ncm", "->nmc"),),
                "window bias stride padding", "order j·C + c"),
        Mistake("depthwise_conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("depthwise_macs", EVERY_PIXEL,
                "stride_1 stride_and_padding", "counted at every input pixel"),
        Mistake("as_normal_kernel",
                ((":, :, c, c *", ":, :, :, c *"), ("kernel[:, :, c]", "kernel[:, :, c : c + 1]")),
                "kernel", "weights for every channel"),
        Mistake("depthwise_backward", ((ADDED, OVERWRITTEN),), "dx dx_stride", "overwritten"),
        Mistake("isolates_channels", (("in range(channels):", "in range(1):"),),
                "plain subtle order", "only channel 0 is changed"),
    ),
    "03_pointwise_convolution": (
        Mistake("pointwise_conv2d", (("kernel[0, 0]", "kernel[0, 0] / x.shape[3]"),),
                "pixels bias", "channels averaged"),
        Mistake("pointwise_conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("separable_conv2d", (("depthwise_kernel, stride,", "depthwise_kernel, 1,"),),
                "stride padding", "stride ignored"),
        Mistake("separable_params", (("* filters", "* filters + maps * use_bias"),),
                "with_bias", "bias after the depthwise step too"),
        Mistake("compose", (("reshape(channels, multiplier, -1)",
                             "reshape(multiplier, channels, -1).swapaxes(0, 1)"),),
                "multiplier", "order of the intermediate channels"),
        Mistake("factor", (("(u[:, :m] * s[:m])", "u[:, :m]"),),
                "exact closest", "singular values dropped"),
        Mistake("count", (("parameters += 2 * size[-1]", "parameters += 0"),),
                "parameters papers", "norms forgotten"),
    ),
    "04_mnist_cnn": (
        Mistake("preprocess", ((" / 255", ""),), "images", "not divided"),
        Mistake("confusion_matrix", (("(y_true, y_pred)", "(y_pred, y_true)"),),
                "counts classes", "transposed"),
        Mistake("build_cnn", (("            layers.Dropout(0.25),\n", ""),),
                "dropout", "no dropout after the pooling"),
        Mistake("preprocess", (("keras.utils.to_categorical(labels, num_classes=10)", "labels"),),
                "labels", "labels as they are"),
        Mistake("reading", (("5 * 5 * 1 + 1", "5 * 5 * 1"),), "parameters", ""),
        Mistake("confusion_matrix", ((", dtype=int", ""),), "type", ""),
    ),
}
# fmt: on

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
    for cell in filter(restore.is_test, notebook.cells):
        cell.metadata["tags"] = ["skip-execution"]
    return notebook, Made("hostile: test cells tagged to be skipped", "tampered", 0.0)


def emptied(about: Task, rng: random.Random) -> Handed:
    notebook = about.answered({})
    for cell in filter(restore.is_test, notebook.cells):
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
            cell = next(c for c in notebook.cells if restore.grade_id(c) == first)
            cell.source += f"\n# mine is {number}"
            put(course / "submitted" / student, assignment, notebook)
            class_of[student] = made
            continue
        how = next(ways)
        student = f"Jürgen Groß {number:03}" if how.hand_in is whole else student
        class_of[student] = broken(about, course / "submitted" / student, how, rng)
    return class_of
