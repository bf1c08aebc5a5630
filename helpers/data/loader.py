"""MNIST: 60,000 + 10,000 handwritten digits, or drawn ones where those cannot be had.

The first of these that works: the file that MNIST_NPZ names, Keras' cache, Keras' download, digits
drawn from fonts. What was found is printed. Nothing here waits longer than its time limits.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from helpers.data.digits import drawn_digits
from helpers.sentences import Sentence

Split = tuple[np.ndarray, np.ndarray]
SHAPES = {
    "x_train": (60_000, 28, 28),
    "y_train": (60_000,),
    "x_test": (10_000, 28, 28),
    "y_test": (10_000,),
}
# What `keras.datasets.mnist` downloads, and from where.
FILE, ORIGIN = "mnist.npz", "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
DRAWN_FILE = "drawn-digits-1.npz"  # count up when `digits.py` draws anything else

# Each runs in a process of its own, which is ended after so many seconds: from within, neither a
# name lookup nor a line that drips can be given a limit.
ANSWER, ANSWER_WITHIN = "import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=5)", 6
DOWNLOAD, DOWNLOAD_WITHIN = (
    "import socket; socket.setdefaulttimeout(10); import keras; keras.datasets.mnist.load_data()",
    120,
)
ADVICE = "Let MNIST_NPZ name a copy of Keras' mnist.npz, or unset it."


class DataError(Sentence):
    """What is wrong with the data that was asked for, and what to do next."""


def mnist() -> tuple[Split, Split]:
    """(x_train, y_train), (x_test, y_test): images (n, 28, 28) and labels (n,), all uint8.

    Says in one line what they are: genuine MNIST, or digits drawn from fonts where there is neither
    a copy in Keras' cache nor a network. The environment variable MNIST_NPZ names a file to take
    instead, with fewer images for a slow machine if you like; DataError where that is no such file.
    """
    named = os.environ.get("MNIST_NPZ")
    if named:
        train, test = from_file(Path(named).expanduser(), of_any_size=True)
        many = f"{len(train[0]):,} + {len(test[0]):,}"
        print(f"MNIST: {many} images from {Path(named).name}, which MNIST_NPZ names.")
        return train, test
    trouble = "" if is_genuine(cached(FILE)) else download()
    if trouble:
        print(f"No MNIST: {trouble}. In its place: 60,000 + 10,000 digits drawn from fonts.")
        return drawn()
    print("MNIST: 60,000 + 10,000 genuine handwritten digits.")
    return from_file(cached(FILE))


def from_file(path: Path, of_any_size: bool = False) -> tuple[Split, Split]:
    """The four arrays of an .npz file, or a DataError that says what it is instead.

    ``of_any_size``: as many images as there are labels, and not as many as MNIST has.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in SHAPES}
    except KeyError as error:
        raise DataError(f"{path} has other arrays than {', '.join(SHAPES)}. {ADVICE}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}. {ADVICE}") from error
    except Exception as error:  # NumPy and zipfile have many words for it
        raise DataError(f"{path} is damaged, or no .npz file. {ADVICE}") from error
    for name, shape in SHAPES.items():
        if of_any_size:
            shape = (np.size(arrays[name.replace("x", "y")]), *shape[1:])
        shaped, kind = arrays[name].shape, arrays[name].dtype
        if shaped != shape or kind != np.uint8:
            wrong = f"{name} in {path} is {shaped} {kind}, where {shape} uint8 is needed."
            raise DataError(f"{wrong} {ADVICE}")
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def cached(name: str) -> Path:
    """Where `keras.utils.get_file` keeps a data set."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
    if not os.access(home, os.W_OK):
        home = Path(tempfile.gettempdir(), ".keras")
    return home / "datasets" / name


def is_genuine(path: Path) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == SHA256
    except OSError:
        return False


def download() -> str:
    """Have Keras fill its cache; "" or why it could not."""
    if cached(FILE).exists():
        print(f"{cached(FILE)} is damaged: it has another hash than MNIST. Loading it again.")
    if not finishes(ANSWER, ANSWER_WITHIN, ORIGIN):
        return "no network leads to it"
    print("MNIST: downloading 11 MB, once.")
    if finishes(DOWNLOAD, DOWNLOAD_WITHIN) and is_genuine(cached(FILE)):
        return ""
    damaged = cached(FILE).exists()
    return "the download came through damaged" if damaged else "the download stopped on the way"


def finishes(code: str, within: float, *arguments: str) -> bool:
    """Whether a Python process runs this code to its end in so many seconds."""
    silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    try:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, timeout=within, **silent).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def drawn() -> tuple[Split, Split]:
    """Drawn digits in MNIST's shapes and types, kept beside Keras' data sets."""
    path = cached(DRAWN_FILE)
    try:
        return from_file(path)
    except DataError:
        print("Drawing them: some twenty seconds, once.")
    splits = drawn_digits(60_000, seed=1), drawn_digits(10_000, seed=2)
    keep(path, dict(zip(SHAPES, [*splits[0], *splits[1]], strict=True)))
    return splits


def keep(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write the file whole or not at all; without room for it, they are drawn again next time."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as file:
            np.savez_compressed(file, **arrays)
        half.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            half.unlink()
