"""An examiner and its sandbox, kept warm: `ExaminerClient.examine` is all that anybody calls.

Whatever happens to the examiner costs the test cell that it happened in, and no other.
"""

import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time

import psutil

from grading.boundary.bubblewrap import NoSandbox
from grading.boundary.cells import error_output
from grading.boundary.protocol import Closed, Late, Line
from grading.boundary.remote import SUBMISSION_SECONDS
from grading.boundary.sandbox import ONE_THREAD, QUIET, SANDBOXES, START_SECONDS
from grading.boundary.settings import Settings
from grading.boundary.values.packing import Packer, Refused, Unpacker

GROWTH = 2**30
"""Bytes by which an examiner may grow before a new one takes its place."""
CELL_SECONDS = 300
WHOLE_SECONDS = SUBMISSION_SECONDS + CELL_SECONDS
"""For all that is done with a submission, whatever does it: its cells, its models built, our checks."""
DEATHS = 5
PATIENCE = 10  # seconds, in which it may end by itself


NUMBERS = itertools.count()


def numbered() -> int:
    """A number for each of a machine's sandboxes, and so, as root, a user for each."""
    return os.getpid() * SANDBOXES + next(NUMBERS) % SANDBOXES


class ExaminerClient:
    """Examines submissions one at a time. Starts at the first one, some seconds; `close` ends it."""

    program = "from grading.boundary import examiner; examiner.run()"

    def __init__(self, settings: Settings):
        self.number, self.settings = numbered(), settings
        self.process: subprocess.Popen | None = None

    def examine(self, cells: list[dict]) -> dict[str, dict]:
        """For each cell's id: its outputs, what its test found, and the seconds it took."""
        results: dict[str, dict] = {}
        until = time.monotonic() + WHOLE_SECONDS
        for _ in range(DEATHS):
            if time.monotonic() > until:
                break
            todo = [cell | {"done": cell["id"] in results} for cell in cells]
            try:
                self.begin()
                self.line.send(Packer().pack({"cells": todo}))
                if self.collect(results, until):
                    return results
            except (Closed, Late, Refused):
                pass
            self.close()
            lost = next((c for c in cells if c["test"] and c["id"] not in results), None)
            if lost is not None:
                results[lost["id"]] = ended("the examiner was ended while it looked at this.")
        over = time.monotonic() > until
        why = "the time for all of it was over" if over else "too much went wrong before"
        for cell in cells:
            results.setdefault(cell["id"], ended(f"it was not looked at: {why}."))
        return results

    def collect(self, results: dict[str, dict], until: float) -> bool:
        """Takes what the examiner sends until it is finished; False where it refuses to begin."""
        while True:
            deadline = min(until, time.monotonic() + CELL_SECONDS)
            message = Unpacker().unpack(self.line.receive(deadline))
            if "finished" in message:
                return True
            results.setdefault(message.pop("id"), message)

    def begin(self) -> None:
        if self.process is not None and self.process.poll() is None and self.size() < self.most:
            return
        self.close()
        ours, theirs = socket.socketpair()
        self.line = Line(ours)
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the process runs
        told = self.settings.text()
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.program, str(theirs.fileno()), str(self.number), told],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **ONE_THREAD, **QUIET, "NBGRADER_EXECUTION": "autograde"},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        theirs.close()
        try:
            greeting = Unpacker().unpack(self.line.receive(time.monotonic() + 2 * START_SECONDS))
        except (Closed, Late):
            greeting = {"refused": f"The examiner did not start: {self.last_words()}"}
        if "refused" in greeting:
            self.close()  # it would be taken for one that has begun
            raise NoSandbox(greeting["refused"])
        self.most = self.size() + GROWTH

    def size(self) -> int:
        try:
            return psutil.Process(self.process.pid).memory_info().rss
        except psutil.Error:
            return 0

    def last_words(self) -> str:
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it gave no reason."

    def close(self) -> None:
        if self.process is None:
            return
        self.line.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def ended(sentence: str) -> dict:
    output = error_output("Ended", sentence)
    return {"outputs": [output], "found": {"kind": "crashed", "line": sentence}, "seconds": 0.0}
