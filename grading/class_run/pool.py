"""Where the submissions of a class are examined: on every core of this machine, or on a Dask cluster."""

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

from grading.boundary.client import ExaminerClient
from grading.boundary.settings import Settings

OWN = threading.local()
CONNECT_SECONDS = 10


class NoCluster(Exception):
    """Nobody is there to examine; the text says where nobody is."""


def examine(cells: list[dict], settings: Settings) -> dict[str, dict]:
    """Examine one submission by this thread's own examiner, here or on a cluster's machine."""
    if not hasattr(OWN, "examiner"):
        OWN.examiner = ExaminerClient(settings)
    return OWN.examiner.examine(cells)


@contextlib.contextmanager
def examiners(scheduler: str = "", count: int | None = None) -> Iterator[Executor]:
    """Where submissions are examined: a thread and an examiner for each core, or a Dask cluster."""
    if scheduler:
        from distributed import Client

        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError):
            raise NoCluster(
                f"No Dask scheduler answers at {scheduler}. Start one there: dask scheduler."
            ) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            except TimeoutError:
                raise NoCluster(
                    f"The Dask scheduler at {scheduler} has no workers. Start some: "
                    f"dask worker {scheduler}."
                ) from None
            yield client.get_executor(pure=False, retries=3)
        return
    pool = ThreadPoolExecutor(count or os.cpu_count() or 1, initializer=gives_way)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def gives_way() -> None:
    """Whoever records the results goes first, else they pile up and a core is idle in the end.

    On Linux this thread and what it starts; elsewhere the whole process, which changes nothing.
    """
    if hasattr(os, "nice"):
        os.nice(5)
