"""A test that the student writes: does a layer keep its channels apart?

Right layers and buggy ones are handed to it. A layer keeps its channels apart when output c*m + j
depends on input channel c and on no other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from contract import calling
from helpers.check import oracle
from helpers.check.answers import Truth
from helpers.check.core import Exercise, Misconception, Part
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


# ---------------------------------------------------------------- layers


def apart(what, rng, channels=3, multiplier=1, after=lambda y: y, **options) -> Layer:
    """A depthwise layer, and perhaps something that treats every number by itself."""
    kernel = rng.normal(size=(3, 2, channels, multiplier))
    return Layer(what, channels, lambda x: after(depthwise(x, kernel, **options)))


def leaking(what, rng, leak, channels=3, multiplier=1) -> Layer:
    """A depthwise layer with padding "same", and ``leak(x)``, as large as x, added to its maps."""
    kernel = rng.normal(size=(3, 2, channels, multiplier))

    def apply(x):
        return depthwise(x, kernel, padding="same") + np.repeat(leak(x), multiplier, axis=3)

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


def corner_before(*corner):
    """Each channel's leak is a corner, (0, 0) or (-1, -1), of the one before it."""

    def leak(x):
        leaked = np.zeros(x.shape)
        leaked[:, *corner] = np.roll(x, 1, axis=3)[:, *corner]
        return leaked

    return leak


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
        apart("a depthwise convolution and ReLU", rng, after=lambda y: np.maximum(y, 0)),
        leaking("the bottom right corner of the channel before leaks", rng, corner_before(-1, -1)),
        apart("a depthwise convolution in float32", rng, after=lambda y: y.astype(np.float32)),
        leaking("positive pixels leak", rng, lambda x: np.maximum(the_next(x), 0), channels=2),
        leaking("negative pixels leak", rng, lambda x: np.minimum(the_next(x), 0)),
        leaking("channel 3 leaks into map 1", rng, from_channel(3, 1), channels=4),
        leaking("channel 1 leaks into map 3", rng, from_channel(1, 3), channels=4),
        leaking("the top left corner of the channel before leaks", rng, corner_before(0, 0)),
        leaking("inner edges of the next channel leak", rng, inner_edges_of_the_next),
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
    ]


def cases_of(layers):
    return lambda rng: [{"layer": layer, "channels": layer.channels} for layer in layers(rng)]


# ---------------------------------------------------------------- tests, right and wrong


def gaussian(rng, channels):
    return rng.normal(size=(2, 7, 8, channels))


def another(x, c, rng):
    """The same images with other numbers in channel c."""
    changed = x.copy()
    changed[..., c] = rng.normal(size=x.shape[:3])
    return changed


def plus_one(x, c, rng):
    """The same images with 1 added to every pixel of channel c."""
    return x + (np.arange(x.shape[3]) == c)


def any_number(difference):
    """For each map, whether any number of it has changed."""
    return (difference != 0).any(axis=(0, 1, 2))


def own_maps(c, channels, maps):
    return np.arange(maps) // (maps // channels) == c


def verdict(changed, own) -> bool:
    """No map but the channel's own ones has changed."""
    return not (changed & ~own).any()


def tested(
    images=gaussian, change=another, changed=any_number, own=own_maps, verdict=verdict, which=range
):
    """A property test with its pieces exposed, for mistakes to move."""

    def isolates_channels(layer, channels):
        rng = np.random.default_rng(0)
        for c in which(channels):
            x = images(rng, channels)
            y = layer(x)
            difference = layer(change(x, c, rng)) - y
            if not verdict(changed(difference), own(c, channels, y.shape[-1])):
                return False
        return True

    return isolates_channels


def nudged(pixel):
    """The change of one pixel of channel c."""

    def change(x, c, rng):
        changed = x.copy()
        changed[:, *pixel, c] += 1
        return changed

    return change


def only_among(seen):
    """The verdict of looking at some of the other maps only; ``seen(own)`` says at which."""
    return lambda changed, own: not (changed & ~own & seen(own)).any()


def before(own):
    """The maps in front of the channel's own ones."""
    return np.arange(own.size) < own.argmax()


def others_are_zero(layer, channels):
    """Feeds one channel at a time and zeros in the others."""
    rng = np.random.default_rng(0)
    for c in range(channels):
        x = np.zeros((2, 7, 8, channels))
        x[..., c] = rng.normal(size=x.shape[:3])
        y = layer(x)
        if y[..., ~own_maps(c, channels, y.shape[-1])].any():
            return False
    return True


def right_test(layer, channels) -> bool:
    return tested()(layer, channels)


isolates_channels = Exercise(
    name="isolates_channels",
    oracle=right_test,
    terms=calling.FREE,  # the layers that it is handed are not its own
    parts={
        "plain": Part(cases_of(plain_layers), Truth()),
        "subtle": Part(cases_of(subtle_layers), Truth()),
        "order": Part(cases_of(ordered_layers), Truth()),
    },
    misconceptions=(
        Misconception(
            "always True",
            lambda layer, channels: True,
            "your test says True of every layer.",
            "Change one channel of a copy, x.copy(): have maps changed that are not its own?",
        ),
        Misconception(
            "always False",
            lambda layer, channels: False,
            "your test says False of every layer.",
            "Change channel c: maps c·m … c·m + m − 1 may change, the others may not.",
        ),
        Misconception(
            "the opposite",
            lambda layer, channels: not right_test(layer, channels),
            "your test says True where it should say False, and the other way round.",
            "True means that the channels are kept apart.",
        ),
        Misconception(
            "only channel 0 is changed",
            tested(which=lambda channels: [0]),
            "your test changes channel 0 only.",
            "A leak may come from any channel: change one after the other.",
        ),
        Misconception(
            "only the last channel is changed",
            tested(which=lambda channels: [channels - 1]),
            "your test changes the last channel only. Is a `return True` inside the loop?",
            "A leak may come from any channel: change one after the other.",
        ),
        Misconception(
            "channel 0 is left out",
            tested(which=lambda channels: range(1, channels)),
            "your test never changes channel 0.",
            "A leak may come from any channel: for c in range(channels).",
        ),
        Misconception(
            "the last channel is left out",
            tested(which=lambda channels: range(channels - 1)),
            "your test never changes the last channel.",
            "A leak may come from any channel: for c in range(channels).",
        ),
        Misconception(
            "only the next map is looked at",
            tested(verdict=only_among(lambda own: np.roll(own, own.sum()))),
            "your test looks at the maps of the next channel only.",
            "A leak may go into any map: look at all but the channel's own.",
        ),
        Misconception(
            "only the previous map is looked at",
            tested(verdict=only_among(lambda own: np.roll(own, -own.sum()))),
            "your test looks at the maps of the channel before only.",
            "A leak may go into any map: look at all but the channel's own.",
        ),
        Misconception(
            "only earlier maps are looked at",
            tested(verdict=only_among(before)),
            "your test looks only at maps in front of the channel's own.",
            "A leak may go into later maps too: look at all but the channel's own.",
        ),
        Misconception(
            "only later maps are looked at",
            tested(verdict=only_among(lambda own: ~before(own))),
            "your test looks only at maps behind the channel's own.",
            "A leak may go into earlier maps too: look at all but the channel's own.",
        ),
        Misconception(
            "any for all",
            tested(verdict=lambda changed, own: (~changed[~own]).any()),
            "your test is content when some other map has not changed.",
            "All of the others must stay as they were.",
        ),
        Misconception(
            "every number must change",
            tested(changed=lambda difference: (difference != 0).all(axis=(0, 1, 2))),
            "your test sees a leak only where every number of a map changes.",
            "One number is a leak already: use .any(), not .all().",
        ),
        Misconception(
            "even images",
            tested(images=lambda rng, channels: np.ones((2, 7, 8, channels)), change=plus_one),
            "your test changes all pixels of a channel alike, and none of them is negative.",
            "Fill the channel with other random numbers of both signs, as rng.normal gives.",
        ),
        Misconception(
            "the same at every pixel",
            tested(change=plus_one),
            "your test changes every pixel of a channel alike, which no edge detector sees.",
            "Fill the channel with other random numbers.",
        ),
        Misconception(
            "positive images",
            tested(
                images=lambda rng, channels: 1 + np.abs(gaussian(rng, channels)),
                change=lambda x, c, rng: np.abs(another(x, c, rng)),
            ),
            "your images have no negative numbers.",
            "A layer may treat those otherwise: use random numbers of both signs.",
        ),
        *(
            Misconception(
                name,
                tested(change=nudged(pixel)),
                "your test changes, or compares, one place only: a leak elsewhere goes unseen.",
                "Change the whole channel, and compare whole maps.",
            )
            for name, pixel in (
                ("one pixel nudged", (2, 2)),
                ("the first pixel nudged", (0, 0)),
                ("the last pixel nudged", (-1, -1)),
            )
        ),
        Misconception(
            "signed differences summed",
            tested(changed=lambda difference: np.abs(difference.sum(axis=(0, 1, 2))) > 1e-9),
            "your test adds up differences, or compares means: plus and minus cancel.",
            "Take np.abs of the differences first, or ask whether any of them is not 0.",
        ),
        Misconception(
            "small leaks pass",
            tested(changed=lambda difference: (np.abs(difference) > 0.05).any(axis=(0, 1, 2))),
            "your test lets a small leak pass.",
            "What is not touched stays the same to the last digit; allow for rounding only.",
        ),
        Misconception(
            "others must be 0",
            others_are_zero,
            "your test wants the other maps to be 0, and a bias is not.",
            "Compare two outputs: the other maps must not change.",
        ),
        Misconception(
            "one map per channel assumed",
            tested(own=lambda c, channels, maps: np.arange(maps) == c),
            "your test takes it that each channel makes one map.",
            "There may be m of them: m = maps // channels, and channel c owns c·m … c·m + m − 1.",
        ),
        Misconception(
            "order j·C + c",
            tested(own=lambda c, channels, maps: np.arange(maps) % channels == c),
            "your test expects the maps in the order j·C + c.",
            "Channel c owns maps c·m … c·m + m − 1, side by side.",
        ),
        Misconception(
            "order ignored",
            tested(verdict=lambda changed, own: changed.sum() == own.sum()),
            "your test counts the maps that change, and does not look which they are.",
            "Channel c owns maps c·m … c·m + m − 1.",
        ),
    ),
    hints=(
        "Make a random x, and a copy in which one channel is different. What may differ between outputs?",
        "With m = maps // channels, only maps c·m … c·m + m − 1. Try every c.",
        "np.abs(layer(changed) - layer(x)).max(axis=(0, 1, 2)) says for each map how much it changed.",
    ),
)
