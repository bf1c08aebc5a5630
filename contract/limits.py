"""No call of a student's function may take for ever, or all the memory there is.

Both limits are far above what any sensible answer needs, and are there so that a sentence can say
what happened: a loop that never ends would otherwise only be a star beside a cell.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

try:
    import resource
except ModuleNotFoundError:  # Windows has none
    resource = None

SECONDS = 10
GIBIBYTES = 2
OWN_PAGES = "/proc/self/statm"
KNOWS_ITS_PAGES = os.path.exists(OWN_PAGES)  # Linux; elsewhere the system's own limit holds


class TooLong(BaseException):
    """Not an Exception, so that a student's `except Exception` does not catch it."""


@contextlib.contextmanager
def time(seconds: float) -> Iterator[None]:
    """TooLong is raised inside the block when it has run for so many seconds.

    Works in the main thread only, where a cell's code runs: only there can it be interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with (alarm if hasattr(signal, "setitimer") else watched)(seconds):
        yield


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """The system's own timer. It rings again, for code that swallowed what it raised."""

    def ring(number, frame):
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *outer)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def watched(seconds: float) -> Iterator[None]:
    """Where there is no such timer (Windows), a thread watches. It costs far more for each call."""
    before = signal.getsignal(signal.SIGINT)
    done, late = threading.Event(), threading.Event()

    def on_interrupt(number, frame):
        if late.is_set():
            raise TooLong
        if callable(before):  # the stop button
            before(number, frame)

    def watch():
        if not done.wait(seconds):
            late.set()
            interrupt()
        while not done.wait(1):  # code that swallowed it is asked again
            interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    signal.signal(signal.SIGINT, on_interrupt)
    watcher.start()
    try:
        try:
            yield
        finally:
            done.set()
            watcher.join()
    finally:
        signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    """As the stop button does; a real signal, where there are any, wakes a sleeping thread too."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def memory(gibibytes: float) -> Iterator[None]:
    """MemoryError is raised inside the block instead of taking so much more memory than before."""
    if resource is None or not KNOWS_ITS_PAGES:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = taken() + int(gibibytes * 2**30)
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    if soft != resource.RLIM_INFINITY:
        allowed = min(allowed, soft)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def taken() -> int:
    """Bytes of address space that are in use already. Every call of a student's function asks."""
    if not KNOWS_ITS_PAGES:
        return 0
    file = os.open(OWN_PAGES, os.O_RDONLY)  # a third of the time that a Path takes
    try:
        return int(os.read(file, 100).split()[0]) * resource.getpagesize()
    finally:
        os.close(file)
