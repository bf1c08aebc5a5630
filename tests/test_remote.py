"""Stand-ins: whatever a student's function is, does or returns, a test cell gets plain data or a card."""

import base64
import io
import time

import numpy as np
import pytest
from PIL import Image
from this_course import SETTINGS

from contract import calling, limits
from contract.calling import signature
from contract.verdicts import UNBROKEN
from grading.boundary import remote
from grading.boundary.examiner import examined, free_names, stopped
from grading.boundary.remote import WorkerClient, as_outputs
from helpers import check

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.rules,
]
STUB = "def {name}(*given, **options):\n    raise NotImplementedError"
RIGHT = "def conv2d_params(kernel_size, in_channels, filters, use_bias=True):\n" + (
    "    return (kernel_size[0] * kernel_size[1] * in_channels + use_bias) * filters\n"
)
CHECK = 'check.conv2d_params(conv2d_params, part="with bias")'


def examine(process: WorkerClient, test: str, names: dict | None = None) -> dict:
    names = {} if names is None else names
    if not names:
        exec(SETTINGS.setup, names)
    return examined(test, names, process)


def kind(process: WorkerClient, test: str) -> str:
    return examine(process, test)["found"]["kind"]


def card(process: WorkerClient, test: str = CHECK) -> str:
    """What a test cell says where it does not pass, in one line."""
    errors = [o["evalue"] for o in examine(process, test)["outputs"] if o["output_type"] == "error"]
    return " ".join(" ".join(errors).split())


def answers(process: WorkerClient, body: str, before: str = "") -> None:
    """A function of the student's with this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    assert process.run(f"{before}\ndef conv2d_params(*given, **options):\n{lines}") == []


@pytest.fixture
def hurry(monkeypatch):
    """A second in place of all the times that a call may take; in the worker by a cell."""
    for place, name in ((limits, "SECONDS"), (remote, "GRACE"), (remote, "CELL_SECONDS")):
        monkeypatch.setattr(place, name, 1)
    return "from contract import limits\nlimits.SECONDS = 1"


# ---------------------------------------------------------------- what comes back


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        ("(n for n in (1, 2))", "it returned a generator"),
        ("lambda: 5", "it returned a function"),
        ("int", "it returned a type"),
        ("__import__('os')", "it returned a module"),
        ("{5}", "it returned a set"),
        ("object()", "it returned an object"),
        ("open('/dev/null')", "it returned a TextIOWrapper"),
        ("'5'", "it returned a str"),
        ("{}.get(0)", "it returned None"),
        ("[5]", "it returned a list"),
        ("float('nan')", "nan"),
        ("10**5000", "it returned an integer of more digits"),
        ("[0] * 10**6", "it returned more items than anyone needs"),
        ("itself", "it returned nested more deeply than anyone needs"),
        ("__import__('numpy').zeros(2**24)", "it returned an array of 128 MB"),
        ("[__import__('numpy').zeros(2**22)] * 3", "it returned 96 MB"),
        ("Strange()", "it returned a Strange"),
        ("Hostile()", "your code stopped with SystemExit"),
    ],
)
def test_whatever_is_returned_the_card_says_what_it_is(returned, says, process):
    before = """
class Strange:
    __eq__ = __hash__ = __repr__ = __reduce__ = None

class Hostile:
    def __getattribute__(self, name):
        raise SystemExit
itself = []
itself.append(itself)
"""
    answers(process, f"return {returned}", before)
    assert says in card(process)
    assert kind(process, CHECK) in ("type", "wrong", "crashed")
    process.run(RIGHT)
    assert kind(process, CHECK) == "passed", "and the next one is judged as if nothing had been"


def test_numbers_of_any_type_are_right(process):
    for made in ("int", "np.int64", "np.uint16", "np.int32"):
        process.run(f"import numpy as np\n{RIGHT}\nown = conv2d_params")
        process.run(
            f"def conv2d_params(*given, **options):\n    return {made}(own(*given, **options))"
        )
        assert kind(process, CHECK) == "passed", made


# ---------------------------------------------------------------- how it stops


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise ValueError('no')", "your code stopped with ValueError: no in line 3"),
        ("raise SystemExit(3)", "your code stopped with SystemExit: 3"),
        ("exit()", "your code stopped with"),
        ("raise KeyboardInterrupt", "your code stopped with KeyboardInterrupt"),
        ("raise GeneratorExit", "your code stopped with GeneratorExit"),
        ("raise Own", "your code stopped with Own"),
        ("raise Silent", "your code stopped with Silent. in line"),
        ("raise Worse", "your code stopped with SystemExit"),
        ("return conv2d_params(*given)", "your code stopped with RecursionError"),
        ("raise ExceptionGroup('g', [ValueError(1)])", "your code stopped with ExceptionGroup"),
        ("1 / 0", "your code stopped with ZeroDivisionError: division by zero"),
        ("assert False", "your code stopped with AssertionError."),
        ("return bytearray(9 * 2**30)", "your code asks for far too much memory."),
    ],
)
def test_a_function_that_stops_says_how(body, says, process):
    before = """
class Own(BaseException):
    pass

class Silent(Exception):
    def __str__(self):
        raise ValueError

class Worse(Exception):
    def __str__(self):
        raise SystemExit
"""
    answers(process, body, before.strip("\n"))
    assert says in card(process).replace("line 13", "line 3").replace("line 12", "line 3")
    assert process.line is not None and process.forks == 1, "its process goes on"


ENDS = [
    "import os; os._exit(0)",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "import ctypes; ctypes.string_at(0)",
    "import os; os.closerange(3, 256)",
    "import os; [send(fd) for fd in range(3, 256)]",
]


@pytest.mark.parametrize("body", ENDS)
def test_a_function_that_ends_its_process_costs_its_own_test(body, process):
    process.run("def square(n):\n    return n**2")
    forges = """
def send(fd):
    try:
        os.write(fd, b"\\xff" * 100)
    except OSError:
        pass
import os
"""
    answers(process, body, forges)
    assert kind(process, CHECK) in ("crashed", "type")
    assert kind(process, "assert square(3) == 9") == "passed"
    process.run(RIGHT)
    assert kind(process, CHECK) == "passed"
    assert process.forks == 3, "the calls were made together first, and then one by one"


def test_a_cell_that_ends_its_process_is_run_once(process):
    process.run("x = 1")
    outputs = process.run("x = 2\nimport os\nos._exit(0)")
    assert [o["evalue"] for o in outputs] == ["your code ended the process that it ran in."]
    assert stopped(outputs)["kind"] == "crashed"
    assert kind(process, "assert x == 1") == "passed"


def test_ending_one_process_after_the_other_comes_to_an_end(process, monkeypatch):
    monkeypatch.setattr(remote, "FORKS", 3)
    answers(process, "import os; os._exit(0)")
    assert [kind(process, CHECK) for _ in range(3)] == ["crashed"] * 3
    assert "it is called no more" in card(process)
    assert process.forks == 3


def test_a_notebook_that_has_used_up_its_time_is_told_so(process):
    process.run(RIGHT)
    process.deadline = time.monotonic() - 1
    found = examine(process, CHECK)["found"]
    assert found["kind"] == "time" and "your notebook has used up its time" in found["line"]


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time; time.sleep(1000)",
        "while True:\n    try:\n        time.sleep(1000)\n    except BaseException: pass",
        "import signal; signal.pthread_sigmask(0, range(1, 65))\nwhile True: pass",
        "import os, time\nif os.fork(): time.sleep(1000)\nreturn 1",
    ],
    ids=["loop", "sleep", "stubborn", "deaf", "two"],
)
def test_a_function_that_never_ends_is_ended(body, process, hurry):
    answers(process, body, hurry)
    assert kind(process, CHECK) in ("time", "type", "wrong", "crashed")
    if "fork" not in body:
        assert "did not come to an end" in card(process)
    assert kind(process, "assert 'a' == 'a'") == "passed"


def test_a_cell_that_never_ends_is_ended(process, hurry):
    outputs = process.run("while True: pass")
    assert stopped(outputs)["kind"] == "time"
    outputs = process.run(
        "import signal\nsignal.pthread_sigmask(0, range(1, 65))\nwhile True: pass"
    )
    assert stopped(outputs) == {"kind": "time", "line": remote.GONE["time"][1]}
    assert process.run("print(1)")[0]["text"] == "1\n"


def test_a_flood_of_text_costs_nothing(process):
    process.run(RIGHT + "\nown = conv2d_params")
    answers(process, "print('x' * 10**7)\nreturn own(*given, **options)")
    assert kind(process, CHECK) == "passed"
    assert "x" * 100 not in str(examine(process, CHECK)["outputs"])


# ---------------------------------------------------------------- many calls at once


@pytest.fixture
def asked(process, monkeypatch) -> list[int]:
    """How many calls each message asked for."""
    numbers, ask = [], process.ask

    def counted(message, seconds):
        if message["ask"] == "calls":
            numbers.append(len(message["calls"]))
        return ask(message, seconds)

    monkeypatch.setattr(process, "ask", counted)
    return numbers


def cases() -> int:
    return len(check.conv2d_params.cases("with bias", 0))


def test_the_calls_of_a_part_are_made_together(process, asked):
    process.run(RIGHT)
    assert kind(process, CHECK) == "passed"
    assert cases() > 2 and asked == [cases()]
    process.run("def conv2d_params(**options): return {}['nothing']")
    assert kind(process, CHECK) == "crashed"
    assert asked[1:] == [cases()], "and the first that has no answer is the last"


@pytest.mark.parametrize("most", ["BYTES = 0", "SECONDS = -1"])
def test_answers_that_are_large_or_slow_are_asked_for_bit_by_bit(most, process, asked):
    process.run(f"from grading.boundary.worker import session\nsession.TOGETHER_{most}\n{RIGHT}")
    assert kind(process, CHECK) == "passed"
    assert asked == [*range(cases(), 0, -1)]


@pytest.mark.parametrize("end", ["os._exit(0)", "return {i: i for i in range(3000)}"])
def test_what_ends_a_message_is_found_again_one_by_one(end, process, asked):
    """A process that ends; two answers that are too much for one message and are not for two."""
    process.run(f"{RIGHT}\nown, calls, os = conv2d_params, [], __import__('os')")
    answers(process, f"calls.append(1)\nif len(calls) > 1: {end}\nreturn own(*given, **options)")
    second = check.conv2d_params.cases("with bias", 0)[1]
    called = signature("conv2d_params", second).replace(UNBROKEN, " ")
    assert f"called as {called}" in card(process)
    assert asked == [cases(), 1, 1]


def test_a_worker_that_answers_more_or_less_than_was_asked_is_not_believed(process, monkeypatch):
    process.run(RIGHT)
    nonsense = [{"problem": {"kind": []}}], [{"problem": {"kind": {}, "lines": 3, "within": 4}}]
    for replies in ([], [7], [{"answer": 8}] * 99, {"answer": 8}, None, *nonsense):
        monkeypatch.setattr(process, "ask", lambda message, seconds, r=replies: {
            "replies": r, "functions": ["conv2d_params"], "values": 7
        })  # fmt: skip
        assert kind(process, CHECK) in ("wrong", "not attempted", "crashed")


# ---------------------------------------------------------------- test cells of plain Python


@pytest.mark.parametrize(
    "error",
    [
        "ValueError", "TypeError", "ZeroDivisionError", "IndexError", "OSError", "RuntimeError",
        "AssertionError", "NameError", "RecursionError", "StopIteration", "FileNotFoundError",
    ],
)  # fmt: skip
def test_an_exception_of_pythons_own_is_caught_as_itself(error, process):
    process.run(f"def square(n):\n    raise {error}('n is {{}}'.format(n))")
    caught = f"""
try:
    square(-1)
except {error} as error:
    assert type(error) is {error} and str(error) == "n is -1"
else:
    raise AssertionError("nothing was raised")
"""
    assert kind(process, caught) == "passed"


@pytest.mark.parametrize(
    "raised", ["Own('no')", "SystemExit('no')", "UnicodeDecodeError('a', b'', 0, 1, '')"]
)
def test_any_other_exception_is_a_runtime_error(raised, process):
    process.run(f"class Own(Exception): pass\ndef square(n):\n    raise {raised}")
    caught = "try:\n    square(1)\nexcept RuntimeError:\n    pass\nelse:\n    raise AssertionError"
    assert kind(process, caught) == "passed"


@pytest.mark.parametrize(
    ("student", "test", "found"),
    [
        ("def squares(n): return [i**2 for i in range(1, n + 1)]",
         "assert squares(3) == [1, 4, 9]", "passed"),
        ("def squares(n): return [i**2 for i in range(n)]", "assert squares(3) == [1, 4, 9]", "wrong"),
        ("def squares(n): return rubbish", "assert squares(3) == [1, 4, 9]", "error"),
        ("def squares(n): raise NotImplementedError", "assert squares(3) == 0", "not attempted"),
        ("", "assert squares(3) == [1, 4, 9]", "not attempted"),
        ("def squares(n, *, by=1): return (n * by,)", "assert squares(3, by=2) == (6,)", "passed"),
        ("answer = 42", "assert answer == 42 and type(answer) is int", "passed"),
        ("answer = 41", "assert answer == 42", "wrong"),
        ("flag = True", "assert flag is True", "passed"),
        ("nothing = None", "assert nothing is None", "passed"),
        ("pair = {1: ('a', 2.5), 'b': [None]}", "assert pair == {1: ('a', 2.5), 'b': [None]}", "passed"),
        ("import numpy as np\nx = np.eye(2, dtype='f4')",
         "assert x.dtype == np.float32 and x.trace() == 2", "passed"),
        ("import numpy as np\ny = np.float32(0.5)", "assert isinstance(y, np.floating)", "passed"),
        ("class Point: pass\np = Point()", "assert type(p).__name__ == 'Point'", "passed"),
        ("def apply(f, x): return f(x) + 1", "assert apply(lambda x: 2 * x, 5) == 11", "passed"),
        ("def apply(f, x): return f(x)",
         "def bad(x): raise ValueError('ours')\ntry: apply(bad, 1)\n"
         "except ValueError as e: assert str(e) == 'ours'\nelse: assert False", "passed"),
        ("def change(x): x[0] = 9", "x = np.zeros(2)\nchange(x)\nassert x[0] == 0", "wrong"),
        ("len = 5\nnp = 6\ncheck = 7", "assert len([1]) == 1 and np.pi > 3 and check.EXERCISES", "passed"),
    ],
)  # fmt: skip
def test_asserts_see_what_the_student_defined(student, test, found, process):
    process.run(student)
    assert kind(process, test) == found


CHANGES = """
def change(*args, **options):
    args[0][0] = 9
    args[1].append({"new": [1]})
    args[1][0][1] = "b"
    args[2]["list"].sort()
    del args[2]["gone"]
    args[3][0].clear()
    options["more"].extend("xy")
    raise ValueError("too late")
def leave(*args, **options):
    return len(args)
"""


@pytest.mark.parametrize("function", ["change", "leave"])
def test_what_a_function_makes_of_its_arguments_is_seen_as_in_one_process(function, process):
    """The same test cell, here with the function itself and there with its stand-in."""
    test = f"""
array, row, items, inner = np.zeros(3), [1, 2], [[0, "a"]], [5]
table, more = {{"list": [3, 1], "gone": 0}}, []
items.append(row)
given = (array, items, table, (inner, row))
try:
    {function}(*given, more=more)
except ValueError as error:
    assert str(error) == "too late"
assert given[0] is array and given[1] is items and items[1] is row and given[3][0] is inner
found = (array.tolist(), items, table, inner, row, more)
"""
    names = {"np": np}
    exec(CHANGES, names)
    exec(test, names)
    process.run(CHANGES)
    assert kind(process, f"{test}\nassert found == {names['found']!r}") == "passed"
    changed = names["found"][0][0] == 9 and names["found"][5] == ["x", "y"]
    assert changed == (function == "change")


def test_a_worker_that_lies_about_arguments_changes_no_more_than_it_could(process, monkeypatch):
    def said(changed):
        monkeypatch.setattr(process, "ask", lambda *_: {"returned": 1, "changed": changed})

    array, items = np.zeros(3), [1, 2]
    for changed in ({0: np.ones((9, 9)), 1: "no list", 7: [1], "x": 2}, [1], None, {0: None}):
        said(changed)
        process.use("f", [array, items], {})
    assert array.tolist() == [0, 0, 0] and items == [1, 2]


@pytest.mark.parametrize(
    ("last", "shown"),
    [
        ("2.5", ["2.5"]), ("answer / 4", ["10.5"]), ("min(answer, 3)", ["3"]),
        ("'good'", ["'good'"]), ("[answer, 1]", ["[42, 1]"]), ("1.5;", []), ("None", []),
        ("0.5  # of 1", ["0.5"]), ("share = 0.5", []), ("if answer:\n    0.5", []),
        ("'x' * 10**6", ["'" + 1999 * "x"]),
    ],
)  # fmt: skip
def test_the_value_of_a_test_cells_last_line_is_shown(last, shown, process):
    """nbgrader takes a number there for partial credit."""
    process.run("answer = 42")
    result = examine(process, f"assert answer == 42\n{last}")
    assert [output["data"]["text/plain"] for output in result["outputs"]] == shown
    assert result["found"]["kind"] == "passed"


def test_what_a_test_cell_defines_is_there_for_the_next_and_a_stand_in_is_not(process):
    names: dict = {}
    exec(SETTINGS.setup, names)
    process.run("x = 1\ndef f(): return 1")
    assert examine(process, "limit = x + f()", names)["found"]["kind"] == "passed"
    process.run("x = 5\nlimit = 100\ndef f(): return 5")
    found = examine(process, "assert (limit, x, f()) == (2, 5, 5)", names)["found"]
    assert found["kind"] == "passed"


def test_what_a_test_cell_prints_and_where_it_stops_is_shown(process):
    process.run("answer = 41")
    result = examine(process, "print('so far')\nassert answer == 42, 'not quite'")
    stream, error = result["outputs"]
    assert stream["text"] == "so far\n"
    assert (error["ename"], error["evalue"]) == ("AssertionError", "not quite")
    assert error["traceback"][0] == "----> 2 assert answer == 42, 'not quite'"
    hidden = "### BEGIN HIDDEN TESTS\nassert answer == 4711\n### END HIDDEN TESTS"
    result = examine(process, f"assert answer == 41\n{hidden}")
    assert result["found"]["kind"] == "wrong" and "4711" not in str(result), (
        "no line of a hidden one"
    )


def test_a_broken_test_cell_is_an_error_of_its_own(process):
    assert kind(process, "assert (") == "error"
    assert kind(process, "1 / 0") == "error"
    assert kind(process, "raise SystemExit") == "error"


def test_free_names_are_those_that_are_read():
    names = free_names("assert f(x)[i] == len(y)\nfor i in z: print(i)")
    assert sorted(names) == ["f", "i", "x", "y", "z"], "each once, and none of Python's own"
    assert free_names("def (") == []


# ---------------------------------------------------------------- functions that are handed over


def test_a_function_of_ours_is_called_no_more_than_so_often(process, monkeypatch):
    monkeypatch.setattr(remote, "CALLBACKS", 50)
    process.run("def apply(f, n): return sum(f(i) for i in range(n))")
    assert kind(process, "assert apply(lambda x: x, 10) == 45") == "passed"
    assert kind(process, "apply(lambda x: x, 1000)") == "error"
    assert kind(process, "assert apply(lambda x: x, 10) == 45") == "passed"


def test_a_function_of_ours_takes_no_giants(process):
    process.run("import numpy as np\ndef apply(f): return f(np.zeros(2**20))")
    caught = (
        "try:\n    apply(lambda x: 1)\nexcept MemoryError as e:\n    assert 'too large' in str(e)\n"
    )
    assert kind(process, caught + "else:\n    assert False") == "passed"


def test_only_the_functions_that_were_handed_over_can_be_called():
    process = WorkerClient.__new__(WorkerClient)
    process.callbacks = [lambda x: x + 1]
    assert process.called_back({"callback": 0, "args": [1], "options": {}}) == {"returned": 2}
    for forged in (
        {"callback": 1},
        {"callback": -1},
        {"callback": "0"},
        {"callback": 0, "args": 5},
    ):
        with pytest.raises(remote.Refused):
            process.called_back({"args": [], "options": {}} | forged)


# ---------------------------------------------------------------- what a cell shows


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("print('a')\nprint('b', end='')", [("stream", "a\nb")]),
        ("import sys\nprint('a', file=sys.stderr)", [("stream", "a\n")]),
        ("6 * 7", [("execute_result", "42")]),
        ("6 * 7;", []),
        ("None", []),
        ("x = 5", []),
        ("import numpy as np\nnp.arange(3)", [("execute_result", "array([0, 1, 2])")]),
        ("from IPython.display import display, HTML\ndisplay(5)", [("display_data", "5")]),
        ("display(HTML('<script>alert(1)</script>'))",
         [("display_data", "<IPython.core.display.HTML object>")]),
        ("from helpers import draw\ndraw.stops(n=10, k=3)", []),
        ("!echo a", [("stream", "a")]),
        ("%%html\n<script>", [("display_data", "<IPython.core.display.HTML object>")]),
    ],
)  # fmt: skip
def test_a_cell_shows_text_and_nothing_that_runs(source, shown, process):
    process.run("from IPython.display import display, HTML")
    outputs = process.run(source)
    texts = [
        (o["output_type"], o.get("text") or o.get("data", {}).get("text/plain")) for o in outputs
    ]
    if source.startswith("!"):
        assert "a" in str(texts)
    else:
        assert texts == shown
    assert all(set(o.get("data", {})) <= {"text/plain"} for o in outputs)


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
FRAME = """
class Frame:
    def _repr_html_(self): return "<script>alert(1)</script><table><tr><td><b>7</b></td></tr></table>"
    def __repr__(self): return "a frame"
"""


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        (PLOT, ["text/plain image/png"]),
        (f"{PLOT}\nplt.show()\nprint('after')\nplt.plot([3]);",
         ["text/plain image/png", "after", "text/plain image/png"]),
        (f"%matplotlib inline\n{PLOT}\nplt.close()", []),
        ("%matplotlib agg\nx = 1", []),
        ("from PIL import Image\nImage.new('RGB', (3, 3))", ["text/plain image/png"]),
        (f"{FRAME}\nFrame()", ["text/plain text/html"]),
        (f"{FRAME}\ndisplay(Frame(), Frame())", ["text/plain text/html"] * 2),
        ("from IPython.display import SVG\nSVG('<svg></svg>')", ["text/plain"]),
        ("import numpy as np, io\nfrom PIL import Image\nfrom IPython.display import Image as Shown\n"
         "f = io.BytesIO()\nImage.fromarray(np.random.default_rng(0).integers(0, 256, (700, 700, 3))"
         ".astype('u1')).save(f, 'PNG')\nShown(f.getvalue())", ["text/plain"]),
    ],
)  # fmt: skip
def test_figures_and_tables_are_shown_as_in_a_notebook(source, kinds, process):
    outputs = process.run(source)
    found = [o["text"].strip() if "text" in o else " ".join(o["data"]) for o in outputs]
    assert found == kinds, outputs
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
            assert image.format == "PNG" and image.size >= (3, 3)
        assert "script" not in data.get("text/html", "")
        if "text/html" in data:
            assert "<td>7</td>" in data["text/html"] and data["text/plain"] == "a frame"


def test_an_error_is_shown_with_the_students_line(process):
    (output,) = process.run("def f():\n    return 1 / 0\n\nf()")
    assert (output["ename"], output["evalue"]) == ("ZeroDivisionError", "division by zero")
    text = "\n".join(output["traceback"])
    assert "return 1 / 0" in text and "\x1b" not in text


@pytest.mark.parametrize(
    "source", ["raise SystemExit", "exit()", "raise KeyboardInterrupt", "def ("]
)
def test_a_cell_that_stops_does_not_stop_the_next(source, process):
    process.run(source)
    assert process.run("print(1)")[0]["text"] == "1\n"
    assert process.forks == 1


def test_outputs_that_somebody_made_up_are_left_out():
    assert (
        as_outputs([None, 5, [], {}, {"output_type": "stream", "text": 5}, {"output_type": "x"}])
        == []
    )
    html = {"output_type": "display_data", "text": "a", "data": {"text/html": "<script>"}}
    assert as_outputs([html]) == [
        {"output_type": "display_data", "data": {"text/plain": "a"}, "metadata": {}}
    ]
    (error,) = as_outputs(
        [{"output_type": "error", "ename": 5, "evalue": [], "traceback": [1, "a"]}]
    )
    assert error == {"output_type": "error", "ename": "", "evalue": "", "traceback": ["a"]}
    many = as_outputs([{"output_type": "stream", "text": "x" * 10**5}] * 100)
    assert len(str(many)) < remote.SHOWN + 1000 and many[-1]["text"] == "… and more …\n"


# ---------------------------------------------------------------- a check from afar


def test_an_array_that_is_wrong_is_shown_beside_the_right_one(process):
    process.run(
        "import numpy as np\ndef pointwise_conv2d(x, kernel, bias=None):\n    return x @ kernel[0, 0] + 1"
    )
    result = examine(process, 'check.pointwise_conv2d(pointwise_conv2d, part="pixels")')
    assert result["found"]["kind"] == "wrong" and result["found"]["exercise"] == "pointwise_conv2d"
    assert [o["output_type"] for o in result["outputs"]] == ["display_data", "error"]


def test_the_rule_holds_over_there_too(process):
    process.run(
        "import keras, numpy as np\ndef pointwise_conv2d(x, kernel, bias=None):\n"
        "    return np.asarray(keras.ops.conv(x, kernel))"
    )
    found = examine(process, 'check.pointwise_conv2d(pointwise_conv2d, part="pixels")')["found"]
    assert found["kind"] == "rule" and "Keras" in found["line"]


def test_an_input_that_is_changed_over_there_is_seen(process):
    process.run(
        "def pointwise_conv2d(x, kernel, bias=None):\n    x *= 2\n    return x @ kernel[0, 0]"
    )
    test = 'check.pointwise_conv2d(pointwise_conv2d, part="pixels")'
    assert kind(process, test) == "mutated"
    process.run("def pointwise_conv2d(x, kernel, bias=None):\n    return x @ kernel[0, 0]")
    assert kind(process, test) == "passed", "the examiner's own case is what it was"
    assert np.__name__ == "numpy"


def test_chance_begins_at_the_same_place_in_every_test_cell(process):
    """Where the student's function draws, and not here only: the same answer earns the same mark."""
    process.run(
        "import random\nimport numpy as np\ndef draw():\n    return random.random(), np.random.rand()"
    )
    first, second = (examine(process, "print(draw(), draw())")["outputs"] for _ in range(2))
    assert first == second
    one, other = first[0]["text"].strip().split(") (")
    assert one.strip("()") != other.strip("()"), "within a cell it goes on"


def test_an_argument_is_shown_in_our_words_and_no_text_of_the_students_is(process):
    process.run("def apply(layer, x):\n    raise ValueError('⟦layer⟧ ⟦x⟧')")
    with pytest.raises(calling.Problem) as stopped:
        arguments = {"layer": abs, "x": 2}
        calling.call(process.stand_ins(["apply"])["apply"], arguments, ["layer", "x"])
    said = " ".join(stopped.value.finding.lines).replace(UNBROKEN, " ")
    assert "ValueError: ⟦layer⟧ ⟦x⟧" in said and "apply(layer=<built-in function abs>, x=2)" in said
