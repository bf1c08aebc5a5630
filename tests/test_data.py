"""MNIST and what stands in for it: always there, soon, and said in plain words."""

import hashlib
import http.server
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest

from helpers import data
from helpers.data import digits, loader

ARRAYS = {name: np.zeros(shape, np.uint8) for name, shape in loader.SHAPES.items()}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, and no file named."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    return tmp_path / "datasets"


@pytest.fixture
def few(monkeypatch):
    """Twelve and four drawn digits, in place of 60,000 and 10,000."""
    shapes = {k: (12 if "train" in k else 4, *v[1:]) for k, v in loader.SHAPES.items()}
    monkeypatch.setattr(loader, "SHAPES", shapes)
    drawn = digits.drawn_digits
    counts = {60_000: 12, 10_000: 4}
    monkeypatch.setattr(loader, "drawn_digits", lambda count, seed: drawn(counts[count], seed))


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setattr(loader, "ORIGIN", "http://127.0.0.1:9/mnist.npz")


@pytest.fixture
def serve():
    """Answers every request with such bytes; None stalls. Ends with the test."""
    servers = []

    def start(body: bytes | None, claimed: int = 0) -> str:
        stop = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if body is None:
                    stop.wait(30)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(claimed or len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append((server, stop))
        return f"http://127.0.0.1:{server.server_port}/mnist.npz"

    yield start
    for server, stop in servers:
        stop.set()
        server.shutdown()
        server.server_close()


def fetching(url: str) -> str:
    """What `keras.datasets.mnist.load_data` does, from another address."""
    code = f"keras.utils.get_file('mnist.npz', {url!r}, file_hash={loader.SHA256!r})"
    return loader.DOWNLOAD.replace("keras.datasets.mnist.load_data()", code)


# ---------------------------------------------------------------- where it comes from


def test_the_download_is_keras_own(monkeypatch):
    """Address and hash stand in Keras' loader; should it change them, this says so."""
    import inspect

    import keras

    source = inspect.getsource(keras.datasets.mnist.load_data)
    assert loader.SHA256 in source and loader.ORIGIN.rpartition("/")[0] in source
    asked = {}

    def get_file(**options):
        asked.update(options)
        raise FileNotFoundError

    monkeypatch.setitem(keras.datasets.mnist.load_data.__globals__, "get_file", get_file)
    with pytest.raises(FileNotFoundError):
        keras.datasets.mnist.load_data()
    assert (asked["origin"], asked["file_hash"]) == (loader.ORIGIN, loader.SHA256)


def test_the_cache_is_keras_own(cache):
    file = cache / "any.npz"
    file.parent.mkdir()
    file.write_bytes(b"x")
    assert loader.cached("any.npz") == file
    code = "import keras; print(keras.utils.get_file('any.npz', 'http://127.0.0.1:9/'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == f"{file}\n"


def test_a_good_copy_in_the_cache_is_taken_without_a_network(cache, monkeypatch, offline, capsys):
    cache.mkdir()
    np.savez_compressed(cache / loader.FILE, **{k: v + 7 for k, v in ARRAYS.items()})
    digest = hashlib.sha256((cache / loader.FILE).read_bytes()).hexdigest()
    monkeypatch.setattr(loader, "SHA256", digest)
    (x_train, y_train), (x_test, _) = data.mnist()
    assert x_train.shape == (60_000, 28, 28) and y_train[0] == 7 and len(x_test) == 10_000
    assert capsys.readouterr().out == "MNIST: 60,000 + 10,000 genuine handwritten digits.\n"


def test_a_damaged_copy_is_named_and_replaced_by_drawn_digits(cache, offline, few, capsys):
    cache.mkdir()
    (cache / loader.FILE).write_bytes(b"half a file")
    (x_train, _), _ = data.mnist()
    said = capsys.readouterr().out
    assert "is damaged: it has another hash than MNIST. Loading it again." in said
    assert "No MNIST: no network leads to it. In its place: 60,000 + 10,000 digits drawn" in said
    assert x_train.max() == 255


@pytest.mark.parametrize("claimed", [0, 5000], ids=["other bytes", "cut short"])
def test_a_damaged_download_is_said(claimed, serve, few, monkeypatch, capsys):
    url = serve(b"x" * 1000, claimed)
    monkeypatch.setattr(loader, "ORIGIN", url)
    monkeypatch.setattr(loader, "DOWNLOAD", fetching(url))
    data.mnist()
    how = "stopped on the way" if claimed else "came through damaged"
    assert f"No MNIST: the download {how}." in capsys.readouterr().out


def test_a_stalled_network_takes_seconds_and_no_more(serve, few, monkeypatch, capsys):
    """A server that accepts and is silent; one whose answer never ends; a name that hangs."""
    monkeypatch.setattr(loader, "ORIGIN", serve(None))
    monkeypatch.setattr(loader, "ANSWER_WITHIN", 1)
    data.mnist()
    assert "no network leads to it" in capsys.readouterr().out
    monkeypatch.setattr(loader, "ORIGIN", serve(b"yes"))
    monkeypatch.setattr(loader, "DOWNLOAD", "import time; time.sleep(60)")
    monkeypatch.setattr(loader, "DOWNLOAD_WITHIN", 1)
    data.mnist()
    assert "the download stopped on the way" in capsys.readouterr().out


def test_the_process_that_asks_gives_up_by_itself(serve):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert not loader.finishes(loader.ANSWER, 8, address)
    assert loader.finishes(loader.ANSWER, 8, serve(b"here"))


# ---------------------------------------------------------------- a file of one's own


def test_a_named_file_is_taken(tmp_path, monkeypatch, capsys):
    path = tmp_path / "mine.npz"
    np.savez_compressed(path, **ARRAYS)
    monkeypatch.setenv("MNIST_NPZ", str(path))
    assert data.mnist()[1][0].shape == (10_000, 28, 28)
    assert "images from mine.npz, which MNIST_NPZ names." in capsys.readouterr().out


def test_a_named_file_may_have_fewer_images(tmp_path, monkeypatch, capsys):
    path = tmp_path / "small.npz"
    few = {name: array[: 7 if "train" in name else 3] for name, array in ARRAYS.items()}
    np.savez_compressed(path, **few)
    monkeypatch.setenv("MNIST_NPZ", str(path))
    (images, labels), (test_images, test_labels) = data.mnist()
    assert images.shape == (7, 28, 28) and labels.shape == (7,)
    assert test_images.shape == (3, 28, 28) and test_labels.shape == (3,)
    assert "MNIST: 7 + 3 images from small.npz" in capsys.readouterr().out


def missing(path):
    pass


def no_archive(path):
    path.write_text("hello")


def cut_short(path):
    np.savez_compressed(path, **ARRAYS)
    path.write_bytes(path.read_bytes()[:-500])


def other_arrays(path):
    np.savez_compressed(path, x=np.zeros(3))


def other_shape(path):
    np.savez_compressed(path, **{**ARRAYS, "x_test": np.zeros((10, 28, 28), np.uint8)})


def one_label(path):
    one = {"x_train": np.zeros((1, 28, 28), np.uint8), "y_train": np.uint8(3)}
    np.savez_compressed(path, **{**ARRAYS, **one})


def other_type(path):
    np.savez_compressed(path, **{**ARRAYS, "y_train": ARRAYS["y_train"].astype(int)})


def pickled(path):
    np.savez_compressed(path, **{**ARRAYS, "y_test": np.array([print], dtype=object)})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (missing, "cannot be read: No such file"),
        (no_archive, "is damaged, or no .npz file"),
        (cut_short, "is damaged, or no .npz file"),
        (other_arrays, "has other arrays than x_train, y_train, x_test, y_test"),
        (other_shape, r"x_test in .* is \(10, 28, 28\) uint8, where \(10000, 28, 28\) uint8"),
        (one_label, r"y_train in .* is \(\) uint8, where \(1,\) uint8"),
        (other_type, r"y_train in .* is \(60000,\) int64, where"),
        (pickled, "is damaged, or no .npz file"),
    ],
)
def test_a_bad_file_gets_one_sentence(make, words, tmp_path, monkeypatch):
    path = tmp_path / "mine.npz"
    make(path)
    monkeypatch.setenv("MNIST_NPZ", str(path))
    with pytest.raises(data.DataError, match=words) as caught:
        data.mnist()
    assert str(caught.value).endswith("Let MNIST_NPZ name a copy of Keras' mnist.npz, or unset it.")
    assert caught.value._render_traceback_() == [str(caught.value)]


# ---------------------------------------------------------------- drawn digits


def test_drawn_digits_are_kept_and_a_damaged_copy_is_drawn_again(cache, offline, few, capsys):
    first = data.mnist()
    assert "Drawing them" in capsys.readouterr().out
    again = data.mnist()
    assert "Drawing them" not in capsys.readouterr().out
    (cache / loader.DRAWN_FILE).write_bytes(b"PK")
    anew = data.mnist()
    assert "Drawing them" in capsys.readouterr().out
    for other in (again, anew):
        assert all(
            np.array_equal(a, b)
            for split, others in zip(first, other, strict=True)
            for a, b in zip(split, others, strict=True)
        )
    assert [path.name for path in cache.iterdir()] == [loader.DRAWN_FILE], (
        "no half of a file is left"
    )


def test_without_a_place_to_keep_them_they_are_drawn_all_the_same(
    tmp_path, few, offline, monkeypatch
):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setattr(loader, "cached", lambda name: blocked / "datasets" / name)
    (x_train, y_train), _ = data.mnist()
    assert x_train.shape == (12, 28, 28) and y_train.shape == (12,)


def test_drawn_digits_are_like_mnist():
    """Shapes and types; MNIST's mean is 33.3 and its spread 78.6; ink is centred, 20 pixels large."""
    images, labels = data.drawn_digits(3000, seed=5)
    assert images.shape == (3000, 28, 28) and images.dtype == labels.dtype == np.uint8
    assert 28 < images.mean() < 38 and 70 < images.std() < 85
    counts = np.bincount(labels, minlength=10)
    assert counts.min() > 240 and counts.max() < 360
    ink = images / 255
    for axis in (1, 2):
        profile = ink.sum(axis=axis)
        centre = profile @ np.arange(28) / profile.sum(axis=1)
        assert np.abs(np.median(centre) - 13.5) < 0.3
    tall = (images.max(axis=2) > 80).sum(axis=1)
    assert 18 <= np.median(tall) <= 21
    assert (ink.sum(axis=(1, 2)) > 10).mean() > 0.99, "an image without ink is no digit"


def test_drawn_digits_are_the_same_for_a_seed():
    first, again, other = (data.drawn_digits(50, seed) for seed in (3, 3, 4))
    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])
    with pytest.raises(ValueError, match="at least one digit, not 0"):
        data.drawn_digits(0)


LABELS = [9, 8, 1, 4, 9, 7, 0, 5]
SUMS = [21935, 15738, 12161, 22402]


def test_what_is_drawn_is_what_the_cached_file_is_named_for():
    """Drawing anything else asks for a new file name: a cache may hold what was drawn before."""
    images, labels = data.drawn_digits(200, seed=1)
    assert labels[:8].tolist() == LABELS
    # Rounding may differ in the last bit from machine to machine, the sums hardly.
    sums = images[:4].reshape(4, -1).astype(int).sum(axis=1)
    assert np.abs(sums - SUMS).max() <= 30, f"{loader.DRAWN_FILE} holds something else"


def test_a_spine_is_the_middle_of_a_stroke():
    """A bar 0.2 wide and 1 high: its spine is the line down its middle, but for the ends."""
    bar = np.array([[-0.5, -0.1], [0.5, -0.1], [0.5, 0.1], [-0.5, 0.1], [-0.5, -0.1]])
    depth = digits.depth([bar])
    assert abs(depth.max() - 0.1) < 0.01
    spine = digits.spine([bar])
    middle = spine[np.abs(spine[:, 0]) < 0.35]
    assert len(middle) and np.abs(middle[:, 1]).max() < 0.03
    ring = [np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])]
    hole = 0.6 * ring[0]
    assert digits.depth([*ring, hole])[digits.FINE // 2, digits.FINE // 2] < 0, "a hole is outside"
