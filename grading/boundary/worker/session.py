"""One submission, in its own process: its cells are run and its functions called, as it is asked."""

import contextlib
import io
import time
from typing import Any

import numpy as np

from contract import calling
from contract.verdicts import Finding
from grading.boundary.protocol import Closed, Line
from grading.boundary.values import models
from grading.boundary.values.exceptions import built_in
from grading.boundary.values.packing import (
    BYTES,
    Callback,
    Packer,
    Plain,
    Refused,
    Unpacker,
    opaque,
    packed,
)
from grading.boundary.worker.shell import Shell

OUTPUT = 20_000
"""Characters that one cell may print; more are dropped, and a line says so."""
TOGETHER_SECONDS, TOGETHER_BYTES = 1.0, 2**17
"""Calls that are asked for together are answered together, up to so much: the rest is asked for again."""

ALTERABLE = (list, tuple, dict, np.ndarray)


class Standing:
    """An argument that is no plain data: a copy of it is the thing itself."""

    def __init__(self, shown: str, thing: Any):
        self.shown, self.thing = shown, thing

    def __deepcopy__(self, memo) -> Any:
        return self.thing

    def __repr__(self) -> str:
        return self.shown


def standing(name: str, mark: str) -> str:
    """What a card shows of such an argument, until the examiner puts its own words there.

    ``mark`` is new in every call, so that no text of the student's looks like it by chance.
    """
    return f"⟦{name}:{mark}⟧"


class Session:
    """Runs a submission's cells and calls its functions, as it is asked to over its line."""

    def __init__(self, line: Line, shell: Shell, seeds: str = ""):
        self.line, self.shell = line, shell
        self.seeds = compile(seeds, "<seeds>", "exec")

    def serve(self) -> None:
        asked = {"run": self.run, "names": self.names, "calls": self.calls, "use": self.use}
        while True:
            try:
                request = self.receive()
            except Closed:
                return
            self.send(asked[request.pop("ask")](**request))

    def receive(self) -> Any:
        def special(value: Any) -> Any:
            if isinstance(value, Callback):
                return self.caller(value.number)
            return models.arriving(value)

        return Unpacker(special).unpack(self.line.receive())

    def send(self, message: dict) -> None:
        self.line.send(Packer(models.departing).pack(message))

    def caller(self, number: int) -> Any:
        """A function whose body is the examiner's: it asks there, and waits."""

        def layer(*args, **options):
            self.send({"callback": number, "args": list(args), "options": options})
            reply = self.receive()
            if "raised" in reply:
                raise built_in(*reply["raised"])
            return reply["returned"]

        return layer

    # ------------------------------------------------------------ what can be asked

    def run(self, source: str, seconds: float) -> dict:
        """Run a cell; its outputs, as text."""
        return {"outputs": self.shell.run(source, seconds, OUTPUT)}

    def names(self, names: list[str], seeded: bool = False) -> dict:
        """Of these names, those there are: what they stand for, or that it can be called.

        ``seeded``: a test cell begins, and chance with it.
        """
        if seeded:
            exec(self.seeds, {})
        found = {name: self.shell.user_ns[name] for name in names if name in self.shell.user_ns}
        return {
            "functions": [name for name, value in found.items() if callable(value)],
            "values": {n: self.or_its_name(v) for n, v in found.items() if not callable(v)},
        }

    def or_its_name(self, value: Any) -> Any:
        """The value, or what it is called where it cannot cross."""
        try:
            return crossing(value)
        except Exception:
            return opaque(type(value).__name__, "")

    def use(self, name: str, args: list, options: dict) -> dict:
        """Call a function just so: what it returns, or raises, and what it made of its arguments."""
        given = dict(enumerate(args)) | options
        before = {key: in_bytes(value) for key, value in given.items()}
        try:
            with self.quietly():
                returned = self.shell.user_ns[name](*args, **options)
            reply = {"returned": crossing(returned)}
        except BaseException as error:
            reply = {"raised": [type(error).__name__, calling.describe(error)]}
        changed = {key: value for key, value in given.items() if in_bytes(value) != before[key]}
        return reply | {"changed": changed}

    def calls(
        self,
        name: str,
        calls: list[dict],
        positional: list,
        terms: dict,
        versions: dict | None,
        mark: str,
    ) -> dict:
        """Call a function with one set of arguments after the other, until one has no answer."""
        terms = calling.Terms(
            tuple(map(tuple, terms["others"])), tuple(terms["may_call"]), terms["seconds"]
        )
        begun, replies, size = time.monotonic(), [], 0
        for arguments in calls:
            reply = self.call(name, arguments, positional, terms, versions, mark)
            replies.append(reply)
            if "answer" not in reply:
                break
            size += reply["answer"].bytes
            if size > TOGETHER_BYTES or time.monotonic() - begun > TOGETHER_SECONDS:
                break
        return {"replies": replies}

    def call(
        self,
        name: str,
        arguments: dict,
        positional: list,
        terms: calling.Terms,
        versions: dict | None,
        mark: str,
    ) -> dict:
        """Call a function as `contract.calling.call` does, and report as plainly."""
        function = self.shell.user_ns[name]
        given = {
            key: Standing(standing(key, mark), value) if is_standing(value) else value
            for key, value in arguments.items()
        }
        self.begin_chance(terms)
        used = None
        try:
            with self.quietly(), calling.supplied(function, versions or {}) as used:
                answer = calling.call(function, given, positional, terms)
            reply = {"answer": crossing(answer)}
        except calling.Unattempted as unattempted:
            reply = {"unattempted": unattempted.stub}
        except calling.Problem as problem:
            reply = {"problem": plain(problem)}
        except Refused as refused:
            lines = (f"it returned {refused}.", f"  called as {calling.signature(function, given)}")
            reply = {"problem": plain(calling.Problem(Finding("type", lines)))}
        except BaseException as error:  # one that even `except Exception` lets pass
            what = calling.describe(error)
            finding = calling.crash(what, error, function, given)
            reply = {"problem": plain(calling.Problem(finding, what))}
        reply["used"] = None if used is None else sorted(used)
        reply["given"] = {
            key: value.thing
            for key, value in given.items()
            if isinstance(value, Standing) and models.is_model(value.thing)
        }
        return reply

    def begin_chance(self, terms: calling.Terms) -> None:
        """Chance begins at the same place in every call, so that an answer earns one mark."""
        if not terms.others:
            exec(self.seeds, {})

    @contextlib.contextmanager
    def quietly(self) -> Any:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield


def crossing(value: Any) -> Plain:
    """What crosses of a value; Refused where it would fill a message, while that can be said."""
    plain = Packer(models.departing).plain(value)
    size = len(packed(plain))
    if size > BYTES - 2**20:
        raise Refused(f"{size / 2**20:,.0f} MB")
    return Plain(plain, size)


def is_standing(argument: Any) -> bool:
    return callable(argument) or models.is_model(argument)


def in_bytes(argument: Any) -> bytes:
    """An argument as it crosses, to see whether a function changed it; nothing where none could."""
    if not (isinstance(argument, ALTERABLE) or models.is_model(argument)):
        return b""
    with contextlib.suppress(Refused):
        return Packer(models.departing).pack(argument)
    return b""


def plain(problem: calling.Problem) -> dict:
    finding = problem.finding
    return {
        "kind": finding.kind,
        "lines": list(finding.lines),
        "stopped_by": problem.stopped_by,
        "within": sorted(problem.within),
    }
