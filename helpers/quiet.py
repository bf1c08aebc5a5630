"""Keep TensorFlow's start-up log out of the student's notebook."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from helpers.packages import MissingPackage


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what native code writes to stderr while the block runs.

    TensorFlow logs to file descriptor 2 before any of its settings is read, so neither
    ``warnings`` nor ``contextlib.redirect_stderr`` can catch those lines. A Python exception
    still reaches the reader: only the descriptor is muted, and only inside the block. A package
    that is not there is a MissingPackage: Keras finds out about its backend as late as this.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as devnull:
        os.dup2(devnull.fileno(), 2)
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingPackage((error.name or str(error)).partition(".")[0]) from None
    finally:
        os.dup2(kept, 2)
        os.close(kept)
