"""The tutorial's network for MNIST: 1,199,882 parameters."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np

from helpers.check import oracle
from helpers.check.core import Exercise, Misconception, Part
from helpers.check.diagnosis import Diagnosis
from helpers.check.exercises.layers import looked_through
from helpers.check.exercises.models import (
    TO_BUILD,
    Model,
    built_model,
    diagnosed,
    input_shape,
    single,
)

SIZE = (28, 28, 1)


def mnist_cnn(
    size=SIZE,
    filters=(32, 64),
    padding="valid",
    hidden=("relu", "relu", "relu"),
    last="softmax",
    pool="MaxPooling2D",
    units=128,
    dropout=(0.25, 0.5),
    **options,
):
    """The tutorial's network, or one with some of the mistakes that people make."""
    keras = oracle.keras()
    layers = keras.layers
    convolutions = [
        layers.Conv2D(f, 3, padding=padding, activation=activation, **options)
        for f, activation in zip(filters, hidden, strict=False)
    ]
    pooled = [getattr(layers, pool)(2)] if pool else []
    first, second = ([layers.Dropout(rate)] if rate else [] for rate in dropout)
    return keras.Sequential(
        [
            keras.Input(size),
            *convolutions,
            *pooled,
            *first,
            layers.Flatten(),
            layers.Dense(units, activation=hidden[2]),
            *second,
            layers.Dense(10, activation=last),
        ]
    )


def with_other(**choices):
    """Such a network of ours, of which it need not be measured what it drops."""

    def wrong():
        model = mnist_cnn(**choices)
        KNOWN[model] = Shares(*map(Place.right, choices.get("dropout", (0.25, 0.5))))
        return model

    return wrong


CALLS, BATCH = 16, 100
"""So many images are looked at one by one, and so many at once.

One image shows which of 9,216 numbers before the 128 units are dropped, so the share over all calls
is off by 0.0011 (one standard deviation); of the 12,800 units of the batch it is off by 0.0044. A
right share is then refused, by TOLERANCE, less often than once in 10 million checks, and a share that
is off by 0.05 passes as seldom.
"""
TOLERANCE = 0.025
UNEVEN = 100
"""Of the sum of squares, which is 15 on average where numbers are dropped one by one, and over 100
then less often than once in 10^13; where whole maps or pixels are, it is under 100 less often than
once in 10^5.
"""
SMALL = 1e-3
"""What the scores are at most: of so small ones any last activation is as good as a straight line."""


@dataclass(frozen=True)
class Place:
    """What training makes of the numbers at one place of the network.

    ``share`` is dropped, all others are multiplied by ``kept``; that is nan where they are changed
    in several ways. ``single`` says whether they are dropped one by one.
    """

    share: float
    kept: float
    single: bool = True

    @classmethod
    def right(cls, share: float) -> "Place":
        return cls(share, 1 / (1 - share))

    def like(self, other: "Place") -> bool:
        return (
            abs(self.share - other.share) < TOLERANCE
            and abs(self.kept - other.kept) < 2 * TOLERANCE
            and self.single == other.single
        )


@dataclass(frozen=True)
class Shares:
    """What is dropped before the first Dense layer and before the last one, and what is not asked for.

    ``seen`` is False where nothing could be measured; the ``model`` is there to be looked through.
    """

    first: Place
    second: Place
    after: bool = False  # something is dropped behind the last layer
    always: bool = False  # and not only in training
    seen: bool = True
    model: Any = field(default=None, compare=False, repr=False)

    def like(self, other: "Shares") -> bool:
        flags = (self.after, self.always, self.seen) == (other.after, other.always, other.seen)
        return flags and self.first.like(other.first) and self.second.like(other.second)


NOTHING = Place(np.nan, np.nan)


@dataclass(frozen=True)
class Dropped:
    """What share is dropped of what the first Dense layer reads, and of what the last one reads."""

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Shares, right: Shares, slack: Any = None) -> tuple[str, ...]:
        if answer.like(right):
            return ()
        if not answer.seen:
            return (
                "what is dropped is not to be seen in the output.",
                "  Mend the model first: what comes out does not follow from what goes in.",
            )
        if np.isfinite([answer.first.kept, answer.second.kept]).all() and not answer.after:
            said = amount(answer.first, 0.25), amount(answer.second, 0.5)
            line = f"  Before the 128 units {said[0]}, before the 10 {said[1]}."
        else:
            line = "  It comes after the pooling and before the last layer, and nowhere else."
        return ("dropout is not where, or not as much, as asked.", line)


def amount(place: Place, asked: float) -> str:
    if abs(place.share - asked) < TOLERANCE:
        return f"{asked:.0%} are dropped, as asked"
    how = "too little" if place.share < asked else "too much"
    return "nothing is dropped" if place.share < 1e-3 else f"{how} is dropped"


KNOWN: WeakKeyDictionary[Any, Shares] = WeakKeyDictionary()
"""What our own models drop; of a student's nothing is known."""


def dropped(answer, case) -> Shares:
    model = built_model(single(answer), (None, *SIZE))
    return KNOWN.get(model) or measured(model)


def measured(model) -> Shares:
    """What is dropped, found from outside: by the slopes of the output in training.

    All hidden units are 1 whatever comes in, by their biases. Then the slope of the output along
    the weight between number i and unit j is number i, times what is made of unit j; so one image
    shows what training makes of each, and how they are built does not matter.
    """
    own = model.get_weights()
    try:
        weights = simple_weights(own)
        model.set_weights(weights)
        return looked_at(model, weights)
    except Unreadable:
        return Shares(NOTHING, NOTHING, seen=False, model=model)
    finally:
        model.set_weights(own)


class Unreadable(Exception):
    """There are no such layers, or the output does not depend on them."""


def simple_weights(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Random positive kernels, so that no ReLU cuts; hidden units of 1; small scores from them."""
    rng = np.random.default_rng(0)
    hidden, last = (weights[k].shape for k in dense_kernels(weights))
    simple = [np.zeros(w.shape, "float32") for w in weights]
    for w in simple:
        if w.ndim > 2:
            w[:] = rng.uniform(0.5, 1.5, w.shape) / np.prod(w.shape[:-1])
        elif w.shape == last:
            w[:, 0] = SMALL / len(w)
        elif w.shape == (hidden[1],):
            w[:] = 1
    return simple


def dense_kernels(weights: list) -> tuple[int, int]:
    """Where the kernels of the hidden Dense layer and of the last one are in the list."""
    flat = [k for k, w in enumerate(weights) if len(w.shape) == 2]
    last = [k for k in flat if weights[k].shape[1] == 10]
    hidden = [k for k in flat if weights[k].shape[1] != 10]
    if len(last) != 1 or len(hidden) != 1:
        raise Unreadable
    return hidden[0], last[0]


def looked_at(model, weights: list[np.ndarray]) -> Shares:
    rng = np.random.default_rng(1)
    size = input_shape(model, (None, *SIZE))[1:]
    images = rng.uniform(0.5, 1.5, (BATCH, *size)).astype("float32")
    usual = slopes(model, images[:1], False)
    if not all(np.isfinite(s).all() and np.abs(s).max() > 0 for s in usual):
        raise Unreadable
    again = slopes(model, images[:1], False)
    always = not all(
        np.allclose(a, b, rtol=1e-3, atol=0) for a, b in zip(usual, again, strict=True)
    )
    firsts, seconds = zip(*(factors(model, images[:1], usual) for _ in range(CALLS)), strict=True)
    second = place_of(np.stack(seconds))
    if np.isfinite(second.kept) and second.kept > 0:
        second = replace(second, share=share_of_units(model, images, usual[1], second.kept))
    return Shares(
        place_of(np.stack(firsts)),
        second,
        changes_after(model, weights, images),
        always,
        model=model,
    )


def slopes(model, images: np.ndarray, training: bool, units_only: bool = False) -> list[np.ndarray]:
    """Of the first output, summed over the images: along the hidden kernel, and along the last one."""
    import tensorflow as tf  # what Keras computes with here, and already loaded

    kernels = [model.weights[k].value for k in dense_kernels(model.weights)]
    kernels = kernels[1:] if units_only else kernels
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(kernels)
        output = tf.reduce_sum(model(tf.constant(images), training=training)[..., 0])
    found = tape.gradient(output, kernels)
    if any(gradient is None for gradient in found):
        raise Unreadable
    *hidden, last = (oracle.to_numpy(gradient) for gradient in found)
    return [*hidden, last[:, 0]]


def factors(model, image: np.ndarray, usual: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """By what training multiplies each number before the units, and each unit."""
    hidden, last = slopes(model, image, True)
    with np.errstate(all="ignore"):
        of_units = last / usual[1]
        unit = np.abs(hidden).sum(axis=0).argmax()
        of_numbers = hidden[:, unit] / usual[0][:, unit] / of_units[unit]
    return of_numbers, of_units


def place_of(made: np.ndarray) -> Place:
    """(calls, numbers): by what each was multiplied in each call."""
    if not np.isfinite(made).all():
        return NOTHING
    gone = np.abs(made) < 1e-6
    shares, share = gone.mean(axis=1), gone.mean()
    if share == 1:
        return Place(1.0, np.nan)
    kept = float(np.median(made[~gone]))
    one = np.abs(made[~gone] - kept).max() < 1e-2 * abs(kept)
    spread = np.sum((shares - share) ** 2) * made.shape[1] / max(share * (1 - share), 1e-12)
    return Place(float(share), kept if one else np.nan, bool(spread < UNEVEN))


def share_of_units(model, images: np.ndarray, usual: np.ndarray, kept: float) -> float:
    (total,) = slopes(model, images, True, units_only=True)
    return float(1 - np.mean(total / usual) / kept / len(images))


def changes_after(model, weights: list[np.ndarray], images: np.ndarray) -> bool:
    """Whether training changes outputs that depend on the last bias only."""
    lifted = [w + (np.arange(10) == 0) if w.shape == (10,) else w for w in weights]
    model.set_weights(lifted)
    made = [oracle.to_numpy(model(images, training=training)) for training in (True, False)]
    return bool(np.abs(made[0] - made[1]).max() > 20 * SMALL)


DROPOUT = (
    "Dropout(0.25) after the pooling, Dropout(0.5) before the last layer: is what they return used?"
)


def what_is_dropped(answer: Shares, case: Any) -> Diagnosis | None:
    """By what was measured, with the name of the layer where the walk sees one."""
    walked = looked_through(answer.model, mnist_cnn(), dropping=True)
    if answer.always:
        return Diagnosis(
            "dropout always on",
            "it drops numbers when it is asked, too, and not in training only.",
            "Who passes training=True? Leave that to Keras.",
        )
    if walked and walked.name == "order of layers":
        return replace(walked, sentence=f"dropout is not where it is asked: {walked.sentence}")
    return walked or measured_kind(answer)


def measured_kind(answer: Shares) -> Diagnosis | None:
    """What there is to say of a model whose layers are not to be seen."""
    if not answer.seen:
        return None
    if answer.after:
        return Diagnosis(
            "dropout of the answers",
            "training changes what comes out of the last layer: something is dropped there.",
            DROPOUT,
        )
    for where, place, asked in (
        ("before the 128 units", answer.first, 0.25),
        ("before the last layer", answer.second, 0.5),
    ):
        found = wrong_place(where, place, asked)
        if found:
            return found
    return None


def wrong_place(where: str, place: Place, asked: float) -> Diagnosis | None:
    if not np.isfinite(place.kept):
        return Diagnosis(
            "changed otherwise",
            f"{where} training does more than dropping {asked:.0%}: it changes numbers in many ways.",
            "Is there noise, or another dropout before it?",
        )
    if not place.single:
        return Diagnosis(
            "dropped in groups",
            f"{where} numbers are dropped in groups, as whole maps, and not one by one.",
            DROPOUT,
        )
    if abs(place.share - asked) >= TOLERANCE:
        return Diagnosis(
            "share that is dropped",
            f"{where} {place.share:.0%} of the numbers are dropped; {asked:.0%} is asked for.",
            "Dropout takes the share that is dropped, not the one that is kept.",
        )
    if abs(place.kept * (1 - asked) - 1) >= 2 * TOLERANCE:
        return Diagnosis(
            "kept numbers not raised",
            f"{where} what is kept is multiplied by {place.kept:.3g}, and should be by "
            f"{1 / (1 - asked):.3g}.",
            "Dropout divides by the share that it keeps.",
        )
    return None


build_cnn = Exercise(
    name="build_cnn",
    oracle=mnist_cnn,
    terms=TO_BUILD,
    parts={
        "model": Part(
            lambda rng: [{}],
            Model(),
            single,
            diagnose=lambda answer, case: diagnosed(answer, mnist_cnn(), dropping=False),
        ),
        "dropout": Part(lambda rng: [{}], Dropped(), dropped, diagnose=what_is_dropped),
    },
    misconceptions=(
        Misconception(
            "no dropout",
            with_other(dropout=(0, 0)),
            "nothing is dropped in training.",
            DROPOUT,
        ),
        Misconception(
            "no dropout after the pooling",
            with_other(dropout=(0, 0.5)),
            "after the pooling nothing is dropped.",
            DROPOUT,
        ),
        Misconception(
            "no dropout before the last layer",
            with_other(dropout=(0.25, 0)),
            "before the last layer nothing is dropped.",
            DROPOUT,
        ),
        Misconception(
            "dropout swapped",
            with_other(dropout=(0.5, 0.25)),
            "the two shares of dropout have changed places.",
            DROPOUT,
        ),
        Misconception(
            "no softmax",
            with_other(last=None),
            "the last layer gives scores, not probabilities.",
            'The last layer\'s activation is "softmax".',
        ),
        Misconception(
            "sigmoid",
            with_other(last="sigmoid"),
            "the last layer's activation is a sigmoid: ten separate yes or no.",
            '"softmax" makes ten probabilities that add up to 1.',
        ),
        Misconception(
            "no relu",
            with_other(hidden=(None, None, None)),
            "there is no ReLU anywhere: without one, all layers together are a single linear one.",
            'activation="relu" in both convolutions and in the first Dense layer.',
        ),
        Misconception(
            "no relu in the convolutions",
            with_other(hidden=(None, None, "relu")),
            "the convolutions have no ReLU.",
            'activation="relu" in both of them.',
        ),
        Misconception(
            "no relu in the first convolution",
            with_other(hidden=(None, "relu", "relu")),
            "the first convolution has no ReLU.",
            'activation="relu" in both convolutions and in the first Dense layer.',
        ),
        Misconception(
            "no relu in the second convolution",
            with_other(hidden=("relu", None, "relu")),
            "the second convolution has no ReLU.",
            'activation="relu" in both convolutions and in the first Dense layer.',
        ),
        Misconception(
            "no relu in the dense layer",
            with_other(hidden=("relu", "relu", None)),
            "the first Dense layer has no ReLU.",
            'activation="relu" there too.',
        ),
        Misconception(
            "average pooling",
            with_other(pool="AveragePooling2D"),
            "you pool by averages.",
            "MaxPooling2D keeps the largest of each 2 × 2.",
        ),
        Misconception(
            "no pooling",
            with_other(pool=None),
            "there is no pooling: Flatten gets 24 × 24 × 64 = 36,864 numbers.",
            "MaxPooling2D(2) makes 12 × 12 × 64 = 9,216 of them.",
        ),
        Misconception(
            "same padding",
            with_other(padding="same"),
            "the convolutions pad: 28 → 28 → 28.",
            'Leave padding at its default, "valid": 28 → 26 → 24.',
        ),
        Misconception(
            "filters swapped",
            with_other(filters=(64, 32)),
            "the two convolutions have changed places.",
            "First 32 filters, then 64.",
        ),
        Misconception(
            "one convolution",
            with_other(filters=(32,)),
            "there is only one convolution.",
            "A second one, with 64 filters, comes before the pooling.",
        ),
        Misconception(
            "colour input",
            with_other(size=(28, 28, 3)),
            "the model takes images of three channels.",
            "MNIST's are grey: (28, 28, 1).",
        ),
        Misconception(
            "no bias",
            with_other(use_bias=False),
            "the convolutions have no biases.",
            "Leave use_bias at its default, True.",
        ),
    ),
    hints=(
        "Go through the sizes first: 28 → 26 → 24, halved to 12, flattened to 12 · 12 · 64 = 9,216.",
        "Input, Conv2D, Conv2D, MaxPooling2D, Dropout, Flatten, Dense, Dropout, Dense.",
        "dropout: a quarter is dropped right after the pooling, a half right before the last Dense.",
        'Conv2D(32, 3, activation="relu") first; Dense(10, activation="softmax") last.',
    ),
)
