"""Where the tests run: a process that holds them and the right answers, and no student code.

It runs a notebook's cells in their order: the student's in a worker, the test cells here,
unchanged, with stand-ins (`grading.remote`) for the names that the student defined.
"""

import ast
import contextlib
import io
import itertools
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any

from grading import importing, sandbox, wire
from grading.remote import BUILT_IN, GONE, Process, error_output
from grading.restore import visible
from helpers.check import limits, pictures
from helpers.check.verdicts import CheckFailed, NotAttempted

TEST = "<test cell>"
GIBIBYTES = 6
"""What a test may take: a model of a student's may be small, and what it computes without end."""


class Examiner:
    """Examines one submission after the other, each with a process of its own."""

    def __init__(self, box: sandbox.Sandbox):
        self.sandbox = box

    def examine(self, cells: list[dict], setup: str) -> Iterator[dict]:
        """For each cell {id, test, source}: its outputs, and what the test found.

        A cell that is ``done`` has been examined before; only what the student defines in it counts.
        """
        process, names = Process(self.sandbox), {}
        exec(setup, names)  # the course's own, from its configuration
        try:
            for cell in cells:
                begun = time.monotonic()
                if not cell["test"]:
                    outputs = process.run(cell["source"])
                    result = {"outputs": outputs, "found": stopped(outputs)}
                elif cell.get("done"):
                    continue
                else:
                    result = examined(cell["source"], names, process)
                yield {"id": cell["id"], "seconds": time.monotonic() - begun, **result}
        finally:
            process.close()
            forget_models()


def stopped(outputs: list[dict]) -> dict | None:
    """What there is to say of a student's cell: nothing, unless it had to be ended."""
    for output in outputs:
        if output.get("ename") in ("TooLong", "Ended"):
            too_long = output["ename"] == "TooLong" or output["evalue"] == GONE["time"][1]
            return {"kind": "time" if too_long else "crashed", "line": output["evalue"]}
    return None


def examined(source: str, names: dict[str, Any], process: Process) -> dict:
    """Run a test cell: its outputs, and what it found."""
    stand_ins = process.stand_ins([n for n in free_names(source) if n not in names])
    space = names | stand_ins
    seeded()
    printed, found, errors = io.StringIO(), {"kind": "passed"}, []
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            with limits.memory(GIBIBYTES):
                exec(compile(source, TEST, "exec"), space)
        except CheckFailed as failed:
            found = what(failed)
            lines = failed._render_traceback_()
            errors = [*picture(failed), error_output(type(failed).__name__, str(failed), lines)]
        except BaseException as error:  # a test cell of plain asserts, or one that is broken
            errors = [plain_error(error, source)]
            found = {"kind": kind_of(error), "line": errors[0]["traceback"][-1].strip()}
    names.update({n: v for n, v in space.items() if n not in stand_ins})
    text = printed.getvalue()
    streams = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    return {"outputs": streams + errors, "found": found}


def kind_of(error: BaseException) -> str:
    """What it means that a test cell ends with this and no card."""
    frames = traceback.extract_tb(error.__traceback__)
    absent = isinstance(error, NameError) and frames[-1].filename == TEST
    if absent or isinstance(error, NotImplementedError):  # or what it asks for is a stub
        return "not attempted"
    return "wrong" if isinstance(error, AssertionError) else "error"


def seeded() -> None:
    """Chance begins at the same place in every test cell, so that an answer earns one card."""
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.utils.set_random_seed(1)


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
    """The right output beside the student's, as the check shows it in a notebook, if it does."""
    if failed.comparison is None:
        return []
    try:
        data, about = pictures.picture(failed.comparison)._repr_mimebundle_()
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


def forget_models() -> None:
    """Keras keeps a name of every layer that was ever built, and their graphs."""
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.backend.clear_session(
            free_memory=False
        )  # no search for garbage each time: it is 0.2 s


# ---------------------------------------------------------------- the process


def run() -> None:
    """Serve the process that started this one: ``socket``, sandbox number, whether unsafe."""
    line = wire.Line(socket.socket(fileno=int(sys.argv[1])))
    box = sandbox.Sandbox(int(sys.argv[2]), unsafe=sys.argv[3] == "unsafe")
    examiner = Examiner(box)
    try:
        from helpers.check import oracle

        box.launch()
        with importing():
            oracle.keras()
        box.ready()
        send(line, {"ready": True})
        while True:
            job = wire.Unpacker().unpack(line.receive())
            for result in examiner.examine(job["cells"], job["setup"]):
                send(line, result)
            send(line, {"finished": True})
    except wire.Closed:  # whoever started us is done
        pass
    except sandbox.NoSandbox as reason:
        with contextlib.suppress(wire.Closed):
            send(line, {"refused": str(reason)})
    finally:
        box.stop()


def send(line: wire.Line, message: dict) -> None:
    line.send(wire.Packer().pack(message))
