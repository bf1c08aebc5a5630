"""What `docs/dialects.md` says of Keras and PyTorch, row by row.

NumPy stands between the two: a few lines compute a convolution channels first, straight from its
formula. Keras is compared with these always, PyTorch where it is installed.
"""

import importlib.util
import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.check import oracle

PAGE = (Path(__file__).resolve().parent.parent / "docs/dialects.md").read_text(encoding="utf-8")
CODE = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed: docs/dialects.md says how to run this test",
)
N, H, W, C, F, M, KH, KW = 2, 7, 10, 4, 6, 2, 3, 2


@pytest.fixture(scope="module")
def page():
    """The functions that the page gives its readers."""
    exec(compile(CODE, "docs/dialects.md", "exec"), names := {})
    return SimpleNamespace(**names)


@pytest.fixture(scope="module")
def keras():
    with oracle.settings():
        yield oracle.keras()


def numbers(*shape) -> np.ndarray:
    return np.random.default_rng(list(shape)).normal(size=shape)


X = numbers(N, H, W, C)


def first(x, w, stride=1, groups=1) -> np.ndarray:
    """(N, C, H, W), (F, C/groups, kh, kw) -> (N, F, oh, ow): the formula, product by product."""
    (n, channels, h, width), (filters, own, kh, kw) = x.shape, w.shape
    assert own == channels // groups
    y = np.zeros((n, filters, (h - kh) // stride + 1, (width - kw) // stride + 1))
    for f, i, j in np.ndindex(y.shape[1:]):
        begin = f // (filters // groups) * own
        window = x[
            :, begin : begin + own, i * stride : i * stride + kh, j * stride : j * stride + kw
        ]
        y[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3))
    return y


def first_transposed(x, w, stride=1) -> np.ndarray:
    """(N, C, h, w), (C, F, kh, kw) -> (N, F, H, W): each number adds its multiple of the kernel."""
    (n, _, h, width), (_, filters, kh, kw) = x.shape, w.shape
    y = np.zeros((n, filters, (h - 1) * stride + kh, (width - 1) * stride + kw))
    for i, j in product(range(h), range(width)):
        share = np.einsum("nc,cfab->nfab", x[:, :, i, j], w)
        y[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += share
    return y


def made(layer, x, *weights) -> np.ndarray:
    """What a Keras layer makes of x with these weights, which have to be of its own shapes."""
    layer.build(x.shape)
    layer.set_weights(weights)
    return oracle.to_numpy(layer(x))


def torch_made(layer, x, *weights) -> np.ndarray:
    import torch

    layer = layer.double()
    names = list(layer.state_dict())
    assert len(names) == len(weights)
    state = {
        name: torch.tensor(np.ascontiguousarray(weight))
        for name, weight in zip(names, weights, strict=True)
    }
    layer.load_state_dict(state)  # refuses another shape
    return layer(torch.tensor(np.ascontiguousarray(x))).detach().numpy()


def torch_layer(kind: str, *sizes, **options):
    import torch

    return getattr(torch.nn, kind)(*sizes, **options)


def same(one, other) -> None:
    np.testing.assert_allclose(one, other, atol=1e-12)


NORMAL = {  # kernel size, groups
    "normal": ((KH, KW), 1),
    "groups": ((KH, KW), 2),
    "pointwise": ((1, 1), 1),
}


@pytest.mark.parametrize("kind", NORMAL)
@pytest.mark.parametrize("stride", [1, 2])
class TestNormal:
    def sides(self, page, kind, stride):
        """Weights as Keras has them; the right answer, channels first."""
        size, groups = NORMAL[kind]
        w, bias = numbers(*size, C // groups, F), numbers(F)
        y = first(page.images(X), page.kernel(w), stride, groups) + bias[:, None, None]
        return size, groups, w, bias, y

    def test_keras(self, page, keras, kind, stride):
        size, groups, w, bias, y = self.sides(page, kind, stride)
        layer = keras.layers.Conv2D(F, size, strides=stride, groups=groups, dtype="float64")
        same(page.images(made(layer, X, w, bias)), y)

    @needs_torch
    def test_torch(self, page, kind, stride):
        size, groups, w, bias, y = self.sides(page, kind, stride)
        layer = torch_layer("Conv2d", C, F, size, stride=stride, groups=groups)
        same(torch_made(layer, page.images(X), page.kernel(w), bias), y)


class TestDepthwise:
    w, bias = numbers(KH, KW, C, M), numbers(C * M)

    def answer(self, page):
        y = first(page.images(X), page.depthwise_kernel(self.w), groups=C)
        return y + self.bias[:, None, None]

    def test_keras(self, page, keras):
        layer = keras.layers.DepthwiseConv2D((KH, KW), depth_multiplier=M, dtype="float64")
        same(page.images(made(layer, X, self.w, self.bias)), self.answer(page))

    def test_keras_channels_first(self, page, keras):
        layer = keras.layers.DepthwiseConv2D(
            (KH, KW), depth_multiplier=M, data_format="channels_first", dtype="float64"
        )
        same(made(layer, page.images(X), self.w, self.bias), self.answer(page))

    @needs_torch
    def test_torch(self, page):
        layer = torch_layer("Conv2d", C, C * M, (KH, KW), groups=C)
        kernel = page.depthwise_kernel(self.w)
        same(torch_made(layer, page.images(X), kernel, self.bias), self.answer(page))

    def test_the_order_of_the_maps(self, page):
        """Weights 10·c + j on ones of one pixel: map c·m + j shows which channel and filter."""
        w = np.array([[[[10 * c + j for j in range(M)] for c in range(C)]]])
        wanted = [0, 1, 10, 11, 20, 21, 30, 31]
        ones = np.ones((1, 1, 1, C))
        assert oracle.depthwise_conv2d(ones, w).ravel().tolist() == wanted
        assert (
            first(page.images(ones), page.depthwise_kernel(w), groups=C).ravel().tolist() == wanted
        )


class TestSeparable:
    depthwise, pointwise, bias = numbers(KH, KW, C, M), numbers(1, 1, C * M, F), numbers(F)

    def answer(self, page):
        between = first(page.images(X), page.depthwise_kernel(self.depthwise), groups=C)
        return first(between, page.kernel(self.pointwise)) + self.bias[:, None, None]

    def test_keras(self, page, keras):
        layer = keras.layers.SeparableConv2D(F, (KH, KW), depth_multiplier=M, dtype="float64")
        y = made(layer, X, self.depthwise, self.pointwise, self.bias)
        same(page.images(y), self.answer(page))

    @needs_torch
    def test_torch_needs_two_layers(self, page):
        import torch

        assert not hasattr(torch.nn, "SeparableConv2d")
        steps = torch.nn.Sequential(
            torch_layer("Conv2d", C, C * M, (KH, KW), groups=C, bias=False),
            torch_layer("Conv2d", C * M, F, 1),
        )
        weights = page.depthwise_kernel(self.depthwise), page.kernel(self.pointwise), self.bias
        same(torch_made(steps, page.images(X), *weights), self.answer(page))


@pytest.mark.parametrize("stride", [1, 2])
class TestTransposed:
    w, bias = numbers(KH, KW, F, C), numbers(F)

    def answer(self, page, stride):
        y = first_transposed(page.images(X), page.kernel(self.w), stride)
        return y + self.bias[:, None, None]

    def test_keras(self, page, keras, stride):
        layer = keras.layers.Conv2DTranspose(F, (KH, KW), strides=stride, dtype="float64")
        same(page.images(made(layer, X, self.w, self.bias)), self.answer(page, stride))

    @needs_torch
    def test_torch(self, page, stride):
        layer = torch_layer("ConvTranspose2d", C, F, (KH, KW), stride=stride)
        kernel = page.kernel(self.w)
        same(torch_made(layer, page.images(X), kernel, self.bias), self.answer(page, stride))


LENGTHS = [  # n, k, s, Keras' length, PyTorch's
    (4, 3, 2, 9, 9),  # 4*2 + 1 = 3*2 + 3
    (4, 3, 3, 12, 12),  # 4*3 = 3*3 + 3
    (4, 2, 3, 12, 11),  # 4*3, but 3*3 + 2
]


@pytest.mark.parametrize(("n", "k", "stride", "length", "other"), LENGTHS)
class TestTransposedLength:
    def test_keras(self, keras, n, k, stride, length, other):
        x = np.ones((1, n, n, 1))
        assert keras.layers.Conv2DTranspose(1, k, strides=stride)(x).shape[1] == length
        assert n * stride + max(k - stride, 0) == length

    @needs_torch
    def test_torch(self, n, k, stride, length, other):
        import torch

        layer = torch_layer("ConvTranspose2d", 1, 1, k, stride=stride)
        assert layer(torch.ones(1, 1, n, n)).shape[2] == other == (n - 1) * stride + k


class TestDense:
    w, bias = numbers(H * W * C, 5), numbers(5)

    def test_keras(self, page, keras):
        flat = oracle.to_numpy(keras.layers.Flatten(dtype="float64")(X))
        assert flat[0, :C].tolist() == X[0, 0, 0].tolist()  # all channels of the first pixel
        y = made(keras.layers.Dense(5, dtype="float64"), flat, self.w, self.bias)
        same(y, flat @ self.w + self.bias)

        rows = page.dense_after_flatten(self.w, H, W, C)
        same(y, page.images(X).reshape(N, -1) @ rows.T + self.bias)

    @needs_torch
    def test_torch(self, page):
        import torch

        x = page.images(X)
        flat = torch.nn.Flatten()(torch.tensor(np.ascontiguousarray(x))).numpy()
        assert flat[0, : H * W].tolist() == x[0, 0].ravel().tolist()  # all pixels of channel 0
        rows = page.dense_after_flatten(self.w, H, W, C)
        y = torch_made(torch_layer("Linear", H * W * C, 5), flat, rows, self.bias)
        same(y, X.reshape(N, -1) @ self.w + self.bias)


# ---------------------------------------------------------------- options


def zeros_touched(y, k) -> tuple[int, int, int]:
    """Ones under ones: stops, zeros under the first window, zeros under the last."""
    y = np.ravel(y)
    return len(y), k - round(y[0]), k - round(y[-1])


EVEN = [(28, 3, (28, 1, 1)), (28, 2, (28, 0, 1)), (28, 4, (28, 1, 2))]  # n, k: stops, zeros


@pytest.mark.parametrize(("n", "k", "wanted"), EVEN)
class TestSame:
    def test_keras(self, keras, n, k, wanted):
        y = keras.ops.conv(np.ones((1, n, 1)), np.ones((k, 1, 1)), padding="same")
        assert zeros_touched(oracle.to_numpy(y), k) == wanted

    @needs_torch
    @pytest.mark.filterwarnings("ignore:Using padding='same' with even")
    def test_torch(self, n, k, wanted):
        import torch

        y = torch.nn.functional.conv1d(torch.ones(1, 1, n), torch.ones(1, 1, k), padding="same")
        assert zeros_touched(y.numpy(), k) == wanted


class TestSameWithStride:
    n, k, stride = 28, 3, 2
    row, ones = np.arange(28.0), np.ones(3)
    at_the_end = (0 + 1 + 2, 26 + 27 + 0)  # first and last window
    on_both_sides = (0 + 0 + 1, 25 + 26 + 27)

    def test_keras(self, keras):
        x, w = self.row.reshape(1, -1, 1), self.ones.reshape(-1, 1, 1)
        y = oracle.to_numpy(keras.ops.conv(x, w, strides=2, padding="same")).ravel()
        assert (len(y), y[0], y[-1]) == (14, *self.at_the_end)

    def test_the_page_pads_as_keras_does(self, page, keras):
        x, w = numbers(N, 28, 27, C), numbers(3, 3, C, F)
        ours = first(page.same_padding(page.images(x), 3, 2), page.kernel(w), stride=2)
        same(ours, page.images(oracle.conv2d(x, w, stride=2, padding="same")))

    @needs_torch
    def test_torch(self):
        import torch

        x, w = torch.tensor(self.row).reshape(1, 1, -1), torch.ones(1, 1, 3).double()
        with pytest.raises(RuntimeError, match="not supported for strided"):
            torch.nn.functional.conv1d(x, w, stride=2, padding="same")
        y = torch.nn.functional.conv1d(x, w, stride=2, padding=1).numpy().ravel()
        assert (len(y), y[0], y[-1]) == (14, *self.on_both_sides)


class TestDefaults:
    def test_keras(self, page, keras):
        layer = keras.layers.Conv2D(F, 3)
        layer.build(X.shape)
        assert (layer.padding, layer.strides) == ("valid", (1, 1))
        assert not np.any(layer.get_weights()[1])
        with pytest.raises(ValueError, match="dilation"):
            keras.layers.Conv2D(F, 3, strides=2, dilation_rate=2)

    @needs_torch
    def test_torch(self):
        import torch

        layer = torch.nn.Conv2d(C, F, 3, stride=2, dilation=2)
        assert (layer.padding, torch.nn.Conv2d(C, F, 3).stride) == ((0, 0), (1, 1))
        assert layer(torch.ones(1, C, 9, 9)).shape == (1, F, 3, 3)  # (9 - 5)//2 + 1
        assert np.all(layer.bias.detach().numpy() != 0)


def test_neither_flips(page):
    """A bright pixel in the middle copies the kernel upside down; PyTorch is compared above."""
    dot = np.zeros((1, 3, 3, 1))
    dot[0, 1, 1] = 1
    stamp = np.arange(4.0).reshape(2, 2, 1, 1)
    flipped = [[3, 2], [1, 0]]
    assert oracle.conv2d(dot, stamp)[0, :, :, 0].tolist() == flipped
    assert first(page.images(dot), page.kernel(stamp))[0, 0].tolist() == flipped
