"""Work on one submission that can be ended: in a process of its own, with an end to time and memory.

No student code runs here, but what a student handed in is read, written into nbgrader's notebook
and shown. Whatever goes wrong in that is the submission's own, and nobody else's.
"""

import sys
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing import get_context
from typing import Any

from pebble import ProcessExpired, ProcessPool

from grading import ends_with_parent

try:
    import resource
except ModuleNotFoundError:  # Windows has none
    resource = None

BYTES = 6 * 2**30
"""Of addresses, libraries included, that such a process may have."""


class Ended(Exception):
    """The work did not come to its end; the text says why, and begins with "it"."""


class Bounded:
    """A few processes that do one piece of work after the other, none for more than ``seconds``.

    A piece that takes longer, or more memory, or that fails, costs itself alone.
    """

    def __init__(self, processes: int, seconds: float):
        # From a server that has imported nbgrader once: this process has threads, and is not forked.
        context = get_context("forkserver")
        context.set_forkserver_preload(["grading.class_run.recording", "nbgrader.converters"])
        self.seconds = seconds
        self.pool = ProcessPool(processes, initializer=begin, context=context)

    def submit(self, function: Callable, *arguments: Any) -> Future:
        return self.pool.schedule(function, args=arguments, timeout=self.seconds)

    def result(self, future: Future) -> Any:
        """What came of it; Ended where nothing did."""
        try:
            return future.result()
        except TimeoutError:
            raise Ended(f"it took longer than {self.seconds:g} seconds") from None
        except MemoryError:
            raise Ended("it took more memory than it may") from None
        except ProcessExpired:
            raise Ended("it ended the process that worked on it") from None
        except Exception as error:
            said = str(error).strip().splitlines() or [""]
            raise Ended(f"it stopped with {type(error).__name__}: {said[0][:200]}") from None

    def __enter__(self) -> "Bounded":
        return self

    def __exit__(self, *error: object) -> None:
        self.pool.stop() if error[0] else self.pool.close()
        self.pool.join()


def begin() -> None:
    """Where this process's limits are set."""
    ends_with_parent()
    if resource is not None and sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = BYTES if hard == resource.RLIM_INFINITY else min(BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
