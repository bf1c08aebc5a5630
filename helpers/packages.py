"""One sentence, in place of a traceback, where this Python lacks what a notebook needs."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from helpers.sentences import Sentence

ENGINE = "tensorflow"


class MissingPackage(Sentence, ImportError):
    """A package that the course needs is not there; the text says what to do next."""

    def __init__(self, name: str):
        super().__init__(
            f"The package {name} is missing from {sys.prefix}, where this notebook runs. "
            "Run `make lab` in the course's folder: it installs what is missing. "
            "Then restart the kernel and run this cell again.",
            name=name,
        )


class OtherEngine(Sentence, ImportError):
    """Keras is told to compute with something else than the course is written for."""

    def __init__(self, engine: str, cure: str = f"set KERAS_BACKEND to {ENGINE}, or unset it"):
        super().__init__(
            f"Keras is to run on {engine} here, and this course needs {ENGINE}: {cure}. "
            "Then restart the kernel and run this cell again."
        )


def require(*names: str) -> None:
    """Raise MissingPackage for the first of these that cannot be imported; imports none."""
    for name in names:
        if find_spec(name) is None:
            raise MissingPackage(name)


def require_engine() -> None:
    """Raise OtherEngine where Keras is set to another backend; Keras is not imported for it.

    Keras asks the environment first, then its file (https://keras.io/api/utils/config_utils).
    """
    variable = os.environ.get("KERAS_BACKEND")
    if variable:
        if variable != ENGINE:
            raise OtherEngine(variable)
        return
    folder = os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()
    file = Path(folder) / "keras.json"
    try:
        engine = json.loads(file.read_text()).get("backend", ENGINE)
    except (OSError, ValueError, AttributeError):  # no such file, or Keras will not read it either
        return
    if engine != ENGINE:
        raise OtherEngine(engine, f'write "backend": "{ENGINE}" in {file}')
