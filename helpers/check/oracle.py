"""Keras in float64: the answer that every check compares with.

Keras is imported at the first question, so that ``import helpers`` starts no framework.
"""

from functools import cache

import numpy as np

from helpers.quiet import quiet


@cache
def keras():
    """Keras, loaded without its start-up log, with the first operation already behind it."""
    with quiet():
        import keras

        keras.ops.conv(np.zeros((1, 1, 1, 1)), np.zeros((1, 1, 1, 1)))
    return keras


def to_numpy(tensor) -> np.ndarray:
    return np.asarray(keras().ops.convert_to_numpy(tensor))


def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1) -> np.ndarray:
    """(N, H, W, C), (kh, kw, C, F), (F,) -> (N, oh, ow, F), as `keras.ops.conv` computes it."""
    x, kernel = np.asarray(x, dtype=float), np.asarray(kernel, dtype=float)
    y = to_numpy(
        keras().ops.conv(
            x,
            kernel,
            strides=stride,
            padding=padding,
            data_format="channels_last",
            dilation_rate=dilation,
        )
    )
    return y if bias is None else y + bias


def conv2d_backward(dy, x, kernel, stride=1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dkernel, dbias of ``sum(dy * conv2d(x, kernel, bias, stride))``, padding "valid".

    A convolution is linear in ``x`` and in ``kernel``: its gradients are read off by feeding it
    unit kernels and unit images. That holds for every backend and needs no gradient tape.
    """
    _, h, w, c = x.shape
    kh, kw, _, f = kernel.shape
    unit_kernels = np.eye(kh * kw * c).reshape(kh, kw, c, kh * kw * c)
    patches = conv2d(x, unit_kernels, stride=stride)
    dkernel = np.einsum("nijp,nijf->pf", patches, dy).reshape(kh, kw, c, f)
    unit_images = np.eye(h * w * c).reshape(h * w * c, h, w, c)
    responses = conv2d(unit_images, kernel, stride=stride)
    dx = np.einsum("pijf,nijf->np", responses, dy).reshape(x.shape)
    return dx, dkernel, dy.sum(axis=(0, 1, 2))


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
    tap = next(t for t in range(k) if first_stop(ramp, k, t, stride, dilation) > 0)
    before = tap * dilation - (first_stop(ramp, k, tap, stride, dilation) - 1)
    stops = output_length(n, k, stride, "same", dilation)
    return before, max((stops - 1) * stride + reach - n - before, 0)


def first_stop(ramp, k, tap, stride, dilation) -> int:
    """What Keras' first "same" output is when only one tap has weight 1."""
    taps = np.zeros((k, 1, 1, 1))
    taps[tap] = 1
    y = conv2d(ramp, taps, stride=stride, padding="same", dilation=dilation)
    return round(float(y[0, 0, 0, 0]))
