"""Where the tests run: a process that holds them and the right answers, and no student code.

It runs a notebook's cells in their order: the student's in a worker, the test cells here,
unchanged, with stand-ins (`remote`) for the names that the student defined.
"""

import ast
import contextlib
import io
import itertools
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.lib.pretty import pretty

from contract import limits
from contract.verdicts import CheckFailed, NotAttempted
from grading import ends_with_parent, importing
from grading.boundary.bubblewrap import NoSandbox
from grading.boundary.cells import error_output, visible
from grading.boundary.protocol import Closed, Line
from grading.boundary.remote import BUILT_IN, GONE, WorkerClient
from grading.boundary.sandbox import Sandbox
from grading.boundary.settings import Settings
from grading.boundary.troubles import Trouble, trouble_of
from grading.boundary.values import models
from grading.boundary.values.packing import Packer, Unpacker

TEST = "<test cell>"
VALUE = 2000
"""Characters that are shown of the value that a test cell ends with."""
GIBIBYTES = 6
"""What a test may take: a model of a student's may be small, and what it computes without end."""


class Examiner:
    """Examines one submission after the other, each with a process of its own."""

    def __init__(self, sandbox: Sandbox, settings: Settings):
        self.sandbox = sandbox
        self.setup = compile(settings.setup, "<setup>", "exec")
        self.seeds = compile(settings.seeds, "<seeds>", "exec")

    def examine(self, cells: list[dict]) -> Iterator[dict]:
        """For each cell {id, test, source}: its outputs, and what the test found.

        A cell that is ``done`` has been examined before; only what the student defines in it counts.
        """
        worker, names, troubles = WorkerClient(self.sandbox), {}, []
        exec(self.setup, names)
        try:
            for cell in cells:
                begun = time.monotonic()
                if not cell["test"]:
                    outputs = worker.run(cell["source"])
                    found = stopped(outputs)
                    trouble = trouble_of(cell["id"], cell["source"], outputs, worker.stopped_at)
                    if trouble and not found:
                        troubles.append(trouble)
                        found = {"kind": trouble.kind, "line": trouble.said}
                    result = {"outputs": outputs, "found": found}
                elif cell.get("done"):
                    continue
                else:
                    exec(
                        self.seeds, {}
                    )  # chance begins at the same place: an answer earns one card
                    result = explained(examined(cell["source"], names, worker), troubles)
                yield {"id": cell["id"], "seconds": time.monotonic() - begun, **result}
        finally:
            worker.close()
            models.forget()


def stopped(outputs: list[dict]) -> dict | None:
    """What there is to say of a student's cell: nothing, unless it had to be ended."""
    for output in outputs:
        if output.get("ename") in ("TooLong", "Ended"):
            too_long = output["ename"] == "TooLong" or output["evalue"] == GONE["time"][1]
            return {"kind": "time" if too_long else "crashed", "line": output["evalue"]}
    return None


def explained(result: dict, troubles: Sequence[Trouble]) -> dict:
    """A test cell's result, where it failed for a name that is not there: with the reason for that."""
    found, absent = result["found"], result.pop("absent")
    if not absent:
        return result
    why = next((t for t in reversed(troubles) if absent in t.names), None)
    if why is None:
        found["line"] = f"`{absent}` is not defined. Is its cell empty, or further down?"
    else:
        found |= {"kind": "does not run", "line": f"your cell {why.cell} {why.said}"}
    result["outputs"][-1] = error_output("NotDefined", found["line"])
    return result


def examined(source: str, names: dict[str, Any], worker: WorkerClient) -> dict:
    """Run a test cell: its outputs, and what it found."""
    stand_ins = worker.stand_ins([n for n in free_names(source) if n not in names])
    space = names | stand_ins
    printed, found, errors, value = io.StringIO(), {"kind": "passed"}, [], []
    absent = ""
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            with limits.memory(GIBIBYTES):
                value = last_value(source, space)
        except CheckFailed as failed:
            found = what(failed)
            lines = failed._render_traceback_()
            errors = [*picture(failed), error_output(type(failed).__name__, str(failed), lines)]
        except BaseException as error:  # a test cell of plain asserts, or one that is broken
            errors = [plain_error(error, source)]
            found = {"kind": kind_of(error), "line": errors[0]["traceback"][-1].strip()}
            absent = name_of(error)
    names.update({n: v for n, v in space.items() if n not in stand_ins})
    text = printed.getvalue()
    streams = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    return {"outputs": streams + value + errors, "found": found, "absent": absent}


def last_value(source: str, space: dict[str, Any]) -> list[dict]:
    """Run a test cell; the value of its last line as a notebook shows it: a number is partial credit."""
    tree = ast.parse(source, TEST)
    ends = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, TEST, "exec"), space)
    value = None if ends is None else eval(compile(ast.Expression(ends.value), TEST, "eval"), space)
    if value is None or DisplayHook.semicolon_at_end_of_expression(source):
        return []
    text = pretty(value, max_seq_length=100)[:VALUE]
    data = {"text/plain": text}
    return [
        {"output_type": "execute_result", "execution_count": None, "data": data, "metadata": {}}
    ]


def kind_of(error: BaseException) -> str:
    """What it means that a test cell ends with this and no card."""
    if name_of(error) or isinstance(error, NotImplementedError):  # or what it asks for is a stub
        return "not attempted"
    return "wrong" if isinstance(error, AssertionError) else "error"


def name_of(error: BaseException) -> str:
    """The name that a test cell asks for in vain; "" where it is another error, or elsewhere."""
    frames = traceback.extract_tb(error.__traceback__)
    here = isinstance(error, NameError) and frames[-1].filename == TEST
    return error.name or "" if here else ""


def what(failed: CheckFailed) -> dict:
    kind = "not attempted" if isinstance(failed, NotAttempted) else failed.kind
    return {
        "kind": kind,
        "exercise": failed.exercise,
        "part": failed.part,
        "misconception": failed.misconception,
        "line": headline(failed.lines),
    }


def headline(lines: list[str]) -> str:
    """The first line of a card, unfolded."""
    rest = itertools.takewhile(lambda line: line.startswith("    "), lines[1:])
    return " ".join([lines[0], *map(str.strip, rest)])


def picture(failed: CheckFailed) -> list[dict]:
    """What the check shows beside its card in a notebook, if it does."""
    if failed.picture is None:
        return []
    try:
        data, about = failed.picture._repr_mimebundle_()
    except Exception:  # nothing that is drawn can fail a check
        return []
    return [{"output_type": "display_data", "data": data, "metadata": about}]


def plain_error(error: BaseException, source: str) -> dict:
    """An exception as a notebook shows it, with the test cell's line and nothing of ours."""
    lines, shown = source.splitlines(), visible(source).splitlines()
    at = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == TEST]
    line = lines[at[-1] - 1] if at and at[-1] <= len(lines) else ""
    where = [f"----> {at[-1]} {line}"] if line in shown and line else []
    said = traceback.format_exception_only(type(error), error)
    return error_output(type(error).__name__, str(error)[:2000], where + said)


def free_names(source: str) -> list[str]:
    """The names that a cell reads, in order; those of Python's own left out."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    read = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
    return [name for name in dict.fromkeys(read) if name not in BUILT_IN]


# ---------------------------------------------------------------- the process


def run() -> None:
    """Serve the process that started this one: ``socket``, sandbox number, the course's settings."""
    line, settings = Line(socket.socket(fileno=int(sys.argv[1]))), Settings.read(sys.argv[3])
    ends_with_parent()
    sys.path.insert(0, settings.root)  # the course's own modules before others of their names
    box = None
    try:
        box = Sandbox(int(sys.argv[2]), settings)
        box.launch()
        preload(settings)
        box.ready()
        examiner = Examiner(box, settings)
        send(line, {"ready": True})
        while True:
            job = Unpacker().unpack(line.receive())
            for result in examiner.examine(job["cells"]):
                send(line, result)
            send(line, {"finished": True})
    except Closed:  # whoever started us is done
        pass
    except NoSandbox as reason:
        with contextlib.suppress(Closed):
            send(line, {"refused": str(reason)})
    finally:
        if box is not None:
            box.stop()


def preload(settings: Settings) -> None:
    """What the course imports beforehand; NoSandbox, where its configuration is wrong."""
    for name in ("preload", "setup"):
        try:
            with importing():
                exec(
                    compile(getattr(settings, name), f"<{name}>", "exec"), {"__name__": "examiner"}
                )
        except Exception as error:
            raise NoSandbox(
                f"c.Examine.{name} in nbgrader_config.py stopped with {type(error).__name__}: {error}"
            ) from None


def send(line: Line, message: dict) -> None:
    line.send(Packer().pack(message))
