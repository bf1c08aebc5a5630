"""Right layers and buggy ones, for a student's test to tell apart.

A layer keeps its channels apart when output c*m + j depends on input channel c and on no other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.check import oracle
from helpers.check.exercises.depthwise import depthwise


@dataclass(frozen=True)
class Layer:
    """(N, H, W, channels) -> (N, oh, ow, channels*m), and in a few words what it is."""

    what: str
    channels: int
    apply: Callable[[np.ndarray], np.ndarray]

    def __call__(self, x) -> np.ndarray:
        x = np.asarray(x, dtype=float)
        if x.ndim != 4 or x.shape[3] != self.channels or min(x.shape[1:3]) < 4:
            raise ValueError(
                f"I take (N, H, W, {self.channels}), H and W from 4 up, not {x.shape}."
            )
        return self.apply(x)

    def __repr__(self) -> str:
        return f"<{self.what}>"

    def __deepcopy__(self, memo) -> Callable[[np.ndarray], np.ndarray]:
        """What a student's function is given: a bare function, for the name tells the answer."""

        def layer(x):
            return self(x)

        return layer


# ---------------------------------------------------------------- how they are made


def apart(what, rng, channels=3, multiplier=1, after=lambda y: y, **options) -> Layer:
    """A depthwise layer, and perhaps something that treats every number by itself."""
    kernel = rng.normal(size=(3, 2, channels, multiplier))
    return Layer(what, channels, lambda x: after(depthwise(x, kernel, **options)))


def leaking(
    what, rng, leak, channels=3, multiplier=1, bias=0.0, only=None, after=lambda y: y
) -> Layer:
    """A depthwise layer with padding "same", and ``leak(x)``, as large as x, added to its maps.

    ``only`` is the one of each channel's maps that it is added to.
    """
    kernel = rng.normal(size=(3, 2, channels, multiplier))
    reached = [only in (None, j) for _ in range(channels) for j in range(multiplier)]

    def apply(x):
        leaked = np.where(reached, np.repeat(leak(x), multiplier, axis=3), 0)
        return after(depthwise(x, kernel, padding="same") + bias + leaked)

    return Layer(what, channels, apply)


def reordered(what, rng, order, channels=3, multiplier=1) -> Layer:
    """A depthwise layer whose maps stand in another order."""
    return apart(what, rng, channels, multiplier, after=lambda y: y[..., order])


def normal(rng) -> Layer:
    kernel = rng.normal(size=(3, 2, 3, 3))
    return Layer("a normal convolution", 3, lambda x: oracle.conv2d(x, kernel))


def by_keras(rng) -> Layer:
    kernel = rng.normal(size=(3, 2, 3, 1))
    what = "a depthwise convolution by Keras"
    return Layer(what, 3, lambda x: oracle.depthwise_conv2d(x, kernel, padding="same"))


def from_channel(source, target, share=1.0):
    """A leak from one channel into another, by a share of its pixels."""

    def leak(x):
        leaked = np.zeros(x.shape)
        leaked[..., target] = share * x[..., source]
        return leaked

    return leak


def the_next(x):
    """Each channel's leak is the next channel, the last one's the first."""
    return np.roll(x, -1, axis=3)


def edges_of_the_next(x):
    """What a kernel whose weights sum to 0 makes of another channel: nothing where it is even.

    Rounded before and after: the leak adds up to 0, and not even its last digit moves when the
    same is added everywhere.
    """
    pixels = np.round(the_next(x), 6)
    return np.round(pixels - np.roll(pixels, 1, axis=2), 6)


def inner_edges_of_the_next(x):
    """The same without going round the image, so that the sum of the leak is not 0."""
    leaked = np.zeros(x.shape)
    leaked[:, :, 1:] = np.round(np.diff(the_next(x), axis=2), 6)
    return leaked


def product_with_the_next(x):
    """Nothing where either of the two channels is 0."""
    return x * the_next(x)


def edges_times_the_next(x):
    """Nothing where the map's own channel is even."""
    return (x - np.roll(x, 1, axis=2)) * the_next(x)


def at_most_half(x):
    return np.clip(the_next(x), -1, 1) / 2


def relu(y):
    return np.maximum(y, 0)


def shut_below_1(y):
    """A ReLU behind a bias of -1: what is below stays 0, whatever a small leak adds."""
    return relu(y - 1)


def corner_before(*corner):
    """Each channel's leak is a corner, (0, 0) or (-1, -1), of the one before it."""

    def leak(x):
        leaked = np.zeros(x.shape)
        leaked[:, *corner] = np.roll(x, 1, axis=3)[:, *corner]
        return leaked

    return leak


# ---------------------------------------------------------------- those that are handed out


def plain_layers(rng) -> list[Layer]:
    return [
        normal(rng),
        apart("a depthwise convolution", rng),
        leaking("each map has the mean of all channels", rng, lambda x: x.mean(3, keepdims=True)),
        apart("a depthwise convolution with biases", rng, bias=5 + rng.random(3)),
        leaking("the last channel leaks into the first map", rng, from_channel(2, 0)),
        apart("a depthwise convolution of stride 2", rng, stride=2),
        leaking("the first channel leaks into the last map", rng, from_channel(0, 2)),
        leaking("each channel leaks into the map before", rng, the_next),
        leaking("the middle channel leaks into the last map", rng, from_channel(1, 2)),
        by_keras(rng),
        leaking("the middle channel leaks into the first map", rng, from_channel(1, 0)),
    ]


def subtle_layers(rng) -> list[Layer]:
    return [
        leaking("a thousandth of channel 1 leaks into map 0", rng, from_channel(1, 0, 0.001)),
        apart("a depthwise convolution of weak weights", rng, after=lambda y: y / 1000),
        leaking("edges of the next channel leak", rng, edges_of_the_next),
        apart("a depthwise convolution and ReLU", rng, after=relu),
        leaking("the bottom right corner of the channel before leaks", rng, corner_before(-1, -1)),
        apart("a depthwise convolution in float32", rng, after=lambda y: y.astype(np.float32)),
        leaking("positive pixels leak", rng, lambda x: np.maximum(the_next(x), 0), channels=2),
        leaking("negative pixels leak", rng, lambda x: np.minimum(the_next(x), 0)),
        leaking("channel 3 leaks into map 1", rng, from_channel(3, 1), channels=4),
        leaking("channel 1 leaks into map 3", rng, from_channel(1, 3), channels=4),
        leaking("the top left corner of the channel before leaks", rng, corner_before(0, 0)),
        leaking("inner edges of the next channel leak", rng, inner_edges_of_the_next),
        apart("a depthwise convolution with large biases", rng, bias=100 + rng.random(3)),
        leaking("a ten-millionth of the next leaks", rng, lambda x: the_next(x) / 1e7, bias=100.0),
        leaking("the next channel leaks times the own", rng, product_with_the_next),
        apart("a depthwise convolution, -1 and ReLU", rng, after=shut_below_1),
        leaking("the next leaks where a ReLU is open", rng, at_most_half, after=shut_below_1),
        leaking("the next leaks at the own edges", rng, edges_times_the_next),
    ]


def ordered_layers(rng) -> list[Layer]:
    other_order = np.arange(6).reshape(3, 2).T.ravel()
    return [
        reordered("map j*C + c where c*m + j is meant", rng, other_order, multiplier=2),
        apart("a depthwise convolution with multiplier 2", rng, multiplier=2),
        reordered("maps 0 and 1 are swapped", rng, [1, 0], channels=2),
        apart("a depthwise convolution of 4 channels", rng, channels=4, padding="same"),
        apart("a depthwise convolution with multiplier 3", rng, channels=2, multiplier=3),
        leaking("with multiplier 2, channel 0 leaks", rng, from_channel(0, 1), multiplier=2),
        reordered("the maps are in reverse", rng, [3, 2, 1, 0], channels=4),
        leaking("with multiplier 2, channel 2 leaks", rng, from_channel(2, 0), multiplier=2),
        leaking("with multiplier 2, channel 1 leaks on", rng, from_channel(1, 2), multiplier=2),
        leaking("with multiplier 2, channel 1 leaks back", rng, from_channel(1, 0), multiplier=2),
        leaking("each channel's last map has the next", rng, the_next, multiplier=2, only=1),
        leaking("each channel's first map has the next", rng, the_next, multiplier=2, only=0),
        leaking("each channel's middle map has the next", rng, the_next, multiplier=3, only=1),
        reordered("first maps are swapped", rng, [2, 1, 0, 3, 4, 5], multiplier=2),
        reordered("last maps are swapped", rng, [0, 3, 2, 1, 4, 5], multiplier=2),
        apart("a depthwise convolution with multiplier 2 and ReLU", rng, multiplier=2, after=relu),
    ]
