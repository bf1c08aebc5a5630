"""Keras in float64: the answer that every check compares with.

Keras is imported at the first question, so that ``import helpers`` starts no framework.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import prod

import numpy as np

from helpers.packages import ENGINE, OtherEngine
from helpers.quiet import quiet

STANDARD = ("channels_last", "float32", "float32")
"""Keras as it comes: the layout of images, the type of numbers, and that of layers."""
LAST = {"data_format": "channels_last"}


@cache
def keras():
    """Keras, loaded without its start-up log, with the first operation already behind it."""
    with quiet():
        import keras

        if (engine := keras.config.backend()) != ENGINE:
            raise OtherEngine(engine)
        zeros = np.zeros((1, 1, 1, 1))
        keras.ops.conv(zeros, zeros, data_format="channels_last")
    return keras


@contextmanager
def settings() -> Iterator[None]:
    """Inside the block Keras is as it comes; what somebody has set comes back.

    A `keras.json` or a call in the notebook may say otherwise, of which no exercise speaks. Where
    Keras is not loaded yet, nobody has a model: then it is loaded only if the block needs it.
    """
    if "keras" not in sys.modules:
        yield
        return
    before = told()
    tell(*STANDARD)
    try:
        yield
    finally:
        tell(*before)


def told() -> tuple:
    config = keras().config
    return config.image_data_format(), config.floatx(), config.dtype_policy()


def tell(layout: str, numbers: str, layers) -> None:
    config = keras().config
    config.set_image_data_format(layout)
    config.set_floatx(numbers)
    config.set_dtype_policy(layers)


def to_numpy(tensor) -> np.ndarray:
    return np.asarray(keras().ops.convert_to_numpy(tensor))


def double(array):
    """A tensor, where Keras would make one of float32 by itself."""
    return keras().ops.convert_to_tensor(np.asarray(array, dtype=float), dtype="float64")


def floats(*arrays) -> list[np.ndarray]:
    return [np.asarray(array, dtype=float) for array in arrays]


def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1) -> np.ndarray:
    """(N, H, W, C), (kh, kw, C, F), (F,) -> (N, oh, ow, F), as `keras.ops.conv` computes it."""
    if (
        stride > 1 and dilation > 1
    ):  # which Keras refuses; the same kernel with its gaps written out
        kernel, dilation = spread(kernel, dilation), 1
    options = {"data_format": "channels_last", "dilation_rate": dilation}
    y = to_numpy(keras().ops.conv(*floats(x, kernel), stride, padding, **options))
    return y if bias is None else y + bias


def slide(image, kernel) -> np.ndarray:
    """(H, W), (kh, kw) -> (oh, ow): one channel, one image, one filter."""
    return conv2d(image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0]


def spread(kernel, dilation) -> np.ndarray:
    """The kernel with dilation - 1 zeros between its taps, along both sides."""
    kh, kw, *rest = kernel.shape
    wide = np.zeros(((kh - 1) * dilation + 1, (kw - 1) * dilation + 1, *rest))
    wide[::dilation, ::dilation] = kernel
    return wide


def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid") -> np.ndarray:
    """(N, H, W, C), (kh, kw, C, m), (C*m,) -> (N, oh, ow, C*m); channel c*m + j sees channel c."""
    layout = {"data_format": "channels_last"}
    y = to_numpy(keras().ops.depthwise_conv(*floats(x, kernel), stride, padding, **layout))
    return y if bias is None else y + bias


def pointwise_conv2d(x, kernel, bias=None) -> np.ndarray:
    """(N, H, W, C), (1, 1, C, F), (F,) -> (N, H, W, F)."""
    return conv2d(x, kernel, bias)


def separable_conv2d(
    x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"
) -> np.ndarray:
    """(N, H, W, C), (kh, kw, C, m), (1, 1, C*m, F), (F,) -> (N, oh, ow, F)."""
    layout = {"data_format": "channels_last"}
    arrays = floats(x, depthwise_kernel, pointwise_kernel)
    y = to_numpy(keras().ops.separable_conv(*arrays, stride, padding, **layout))
    return y if bias is None else y + bias


def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid") -> np.ndarray:
    """(N, H, W, C), (kh, kw, C/groups, F), (F,) -> (N, oh, ow, F): a normal one for each group."""
    images, kernels = (np.split(np.asarray(a), groups, axis=3) for a in (x, kernel))
    maps = [
        conv2d(image, part, stride=stride, padding=padding)
        for image, part in zip(images, kernels, strict=True)
    ]
    y = np.concatenate(maps, axis=3)
    return y if bias is None else y + bias


def channel_shuffle(x, groups) -> np.ndarray:
    """(N, H, W, C) -> the same: the first channel of each group, then the second of each, …

    Zhang, Zhou, Lin and Sun, "ShuffleNet" (arXiv 1707.01083), section 3.1.
    """
    size = x.shape[3] // groups
    return x[..., [group * size + place for place in range(size) for group in range(groups)]]


def squeeze_excite(x, w1, b1, w2, b2) -> np.ndarray:
    """(N, H, W, C), (C, R), (R,), (R, C), (C,) -> (N, H, W, C): each channel times its gate.

    Hu, Shen and Sun, "Squeeze-and-Excitation Networks" (arXiv 1709.01507), equations 2 to 4.
    """
    x, w1, b1, w2, b2 = floats(x, w1, b1, w2, b2)
    ops = keras().ops
    means = ops.mean(x, axis=(1, 2), keepdims=True)
    gates = ops.sigmoid(ops.relu(means @ w1 + b1) @ w2 + b2)
    return to_numpy(x * gates)


def normal_kernel(layer, kernel_size, in_channels) -> np.ndarray:
    """The (kh, kw, C, F) kernel of a normal convolution that does what a linear layer does.

    Weight (a, b, c) is what a window answers that is 1 at pixel (a, b) of channel c and 0
    elsewhere: ``layer`` is fed all of these windows as one batch.
    """
    taps = (*kernel_size, in_channels)
    windows = np.eye(prod(taps)).reshape(-1, *taps)
    return layer(windows).reshape(*taps, -1)


def as_normal_kernel(kernel) -> np.ndarray:
    """(kh, kw, C, m) -> (kh, kw, C, C*m): the normal kernel of a depthwise one."""
    return normal_kernel(lambda x: depthwise_conv2d(x, kernel), kernel.shape[:2], kernel.shape[2])


def compose(depthwise_kernel, pointwise_kernel) -> np.ndarray:
    """(kh, kw, C, m), (1, 1, C*m, F) -> (kh, kw, C, F): the normal kernel of a separable pair."""
    return normal_kernel(
        lambda x: separable_conv2d(x, depthwise_kernel, pointwise_kernel),
        depthwise_kernel.shape[:2],
        depthwise_kernel.shape[2],
    )


def factor(kernel, depth_multiplier) -> tuple[np.ndarray, np.ndarray]:
    """(kh, kw, C, F) -> (kh, kw, C, m), (1, 1, C*m, F): the closest separable pair there is.

    ``m`` is at most min(kh*kw, F). What the pair does to a channel is a (kh*kw, F) matrix of rank m,
    and the closest one keeps the m largest singular values (Eckart and Young, 1936).
    """
    kh, kw, channels, filters = kernel.shape
    taps = kernel.reshape(kh * kw, channels, filters).swapaxes(0, 1)
    u, s, vt = np.linalg.svd(taps, full_matrices=False)
    u, s, vt = u[:, :, :depth_multiplier], s[:, :depth_multiplier], vt[:, :depth_multiplier]
    depthwise = (u * s[:, None]).swapaxes(0, 1).reshape(kh, kw, channels, depth_multiplier)
    return depthwise, vt.reshape(1, 1, channels * depth_multiplier, filters)


def conv2d_backward(dy, x, kernel, stride=1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dkernel, dbias of ``sum(dy * conv2d(x, kernel, bias, stride))``, padding "valid".

    A layer that is linear in ``x`` and in ``kernel`` shows its derivative at every index when it is
    fed units: exact, for every backend, and without a gradient tape.
    """
    taps = kernel.shape[:3]
    units = np.eye(prod(taps)).reshape(*taps, -1)
    dkernel = np.einsum("nijp,nijf->pf", conv2d(x, units, stride=stride), dy)
    dx = image_gradient(lambda x: conv2d(x, kernel, stride=stride), dy, x)
    return dx, dkernel.reshape(kernel.shape), dy.sum(axis=(0, 1, 2))


def depthwise_backward(dy, x, kernel, stride=1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dkernel, dbias of ``sum(dy * depthwise_conv2d(x, kernel, bias, stride))``, "valid"."""
    *taps, channels, _ = kernel.shape
    units = np.eye(prod(taps)).reshape(*taps, 1, -1).repeat(channels, axis=2)
    responses = depthwise_conv2d(x, units, stride=stride)
    by_channel = (*dy.shape[:3], channels, -1)
    dkernel = np.einsum("nijcp,nijcm->pcm", responses.reshape(by_channel), dy.reshape(by_channel))
    dx = image_gradient(lambda x: depthwise_conv2d(x, kernel, stride=stride), dy, x)
    return dx, dkernel.reshape(kernel.shape), dy.sum(axis=(0, 1, 2))


def image_gradient(layer, dy, x) -> np.ndarray:
    """dx of ``sum(dy * layer(x))``: what each pixel alone makes of the output, weighted by dy."""
    pixels = np.eye(x[0].size).reshape(-1, *x.shape[1:])
    return np.tensordot(dy, layer(pixels), axes=((1, 2, 3), (1, 2, 3))).reshape(x.shape)


def max_pool(x, size=2) -> np.ndarray:
    """(N, H, W, C) -> (N, H // size, W // size, C), as `MaxPooling2D(size)` computes it."""
    return to_numpy(keras().ops.max_pool(double(x), size, size, **LAST))


def max_pool_backward(dy, x, size=2) -> np.ndarray:
    """dx of ``sum(dy * max_pool(x, size))``, by TensorFlow: of several largest the first gets it.

    On the CPU, since libraries for GPUs need not agree which of several that is.
    """
    ops, dy = keras().ops, double(dy)
    return gradient(lambda x: ops.sum(dy * ops.max_pool(x, size, size, **LAST)), x)


def softmax_cross_entropy(logits, y) -> tuple[float, np.ndarray]:
    """(N, K), (N, K) one-hot -> the mean loss, and its gradient (N, K) by TensorFlow."""
    ops, y = keras().ops, double(y)

    def loss(logits):
        return ops.mean(ops.categorical_crossentropy(y, logits, from_logits=True))

    return float(to_numpy(loss(double(logits)))), gradient(loss, logits)


def gradient(of, x) -> np.ndarray:
    """How a number changes with each number of ``x``, by TensorFlow's tape, on the CPU."""
    import tensorflow as tf  # Keras has loaded it

    with tf.device("CPU"), tf.GradientTape() as tape:
        x = double(x)
        tape.watch(x)
        made = of(x)
    return tape.gradient(made, x).numpy()


def fold_batch_norm(
    kernel, bias, gamma, beta, mean, variance, epsilon=1e-3
) -> tuple[np.ndarray, np.ndarray]:
    """(kh, kw, C, F), (F,) or None, four times (F,) -> kernel and bias of one layer that does the same.

    Convolution and normalisation, one after the other, are asked what they make of zeros and of units.
    """

    mean, variance, beta, gamma = map(double, (mean, variance, beta, gamma))
    options = {"axis": -1, "offset": beta, "scale": gamma, "epsilon": epsilon}

    def layers(x):
        y = double(conv2d(x, kernel, bias))
        return to_numpy(keras().ops.batch_normalization(y, mean, variance, **options))

    of_zeros = layers(np.zeros((1, *kernel.shape[:3])))
    units = normal_kernel(lambda x: layers(x) - of_zeros, kernel.shape[:2], kernel.shape[2])
    return units, of_zeros.reshape(-1)


def output_length(n, k, stride=1, padding="valid", dilation=1) -> int:
    """How long the output is when Keras slides k taps along n cells."""
    ones, taps = np.ones((1, n, 1, 1)), np.ones((k, 1, 1, 1))
    return conv2d(ones, taps, stride=stride, padding=padding, dilation=dilation).shape[1]


def same_padding(n, k, stride=1, dilation=1) -> tuple[int, int]:
    """(before, after): which cell of 1 … n the first window's taps start on, in Keras' own output.

    Tap t of the first stop reads cell ``t * dilation - before``. A one in the last tap alone shows
    it: ramp[cell] = cell + 1, and the tap nearest the end surely lies on the axis.
    """
    ramp = np.arange(1.0, n + 1).reshape(1, n, 1, 1)
    reach = (k - 1) * dilation + 1
    seen = (first_stop(ramp, k, tap, stride, dilation) for tap in range(k))
    tap, cell = next((tap, cell) for tap, cell in enumerate(seen) if cell > 0)
    before = tap * dilation - (cell - 1)
    stops = output_length(n, k, stride, "same", dilation)
    return before, max((stops - 1) * stride + reach - n - before, 0)


def first_stop(ramp, k, tap, stride, dilation) -> int:
    """What Keras' first "same" output is when only one tap has weight 1."""
    taps = np.zeros((k, 1, 1, 1))
    taps[tap] = 1
    y = conv2d(ramp, taps, stride=stride, padding="same", dilation=dilation)
    return round(float(y[0, 0, 0, 0]))


def receptive_field(layers) -> tuple[int, int]:
    """(size, jump) of a stack of (kernel, stride, dilation), from the input on; no padding.

    Two neighbouring output numbers are followed back, cell by cell, to the pixels that they come
    from: the size is what one spans, the jump is from one's first pixel to the other's.
    """
    one, other = {0}, {1}
    for kernel, stride, dilation in reversed(layers):
        one, other = (
            {cell * stride + tap * dilation for cell in cells for tap in range(kernel)}
            for cells in (one, other)
        )
    return max(one) - min(one) + 1, min(other) - min(one)
