"""The tutorial's network for MNIST: 1,199,882 parameters."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from helpers.check import oracle
from helpers.check.core import Exercise, Misconception, Part
from helpers.check.exercises.models import TO_BUILD, Model, built_model, input_shape, single

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
    return lambda: mnist_cnn(**choices)


PROBED = 200
"""Images on which dropout is measured: by chance the shares are off by one or two hundredths."""

TOLERANCE = 0.08


@dataclass(frozen=True)
class Dropped:
    """What share is dropped of what the first Dense layer reads, and of what the last one reads."""

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: Any, slack: Any = None) -> tuple[str, ...]:
        if np.all(np.abs(np.subtract(answer, right)) < TOLERANCE):
            return ()
        first, second = answer
        if -TOLERANCE < first < 1 and -TOLERANCE < second < 1:
            line = f"  Before the 128 units {amount(first, 0.25)}, before the 10 {amount(second, 0.5)}."
        else:
            line = "  It comes after the pooling and before the last layer, and nowhere else."
        return ("dropout is not where, or not as much, as asked.", line)


def amount(share: float, asked: float) -> str:
    if abs(share - asked) < TOLERANCE:
        return f"{asked:.0%} are dropped, as asked"
    how = "nothing" if share < TOLERANCE else "too little" if share < asked else "too much"
    return f"{how} is dropped"


def dropped(answer, case) -> tuple[float, float]:
    """Both shares, found from outside: by what training makes of a network of simple weights.

    The convolutions answer 1 everywhere, hidden unit k is the mean of two of these ones, and output
    k shows hidden unit k. Then a unit is at its highest where both ones were kept, at half of that
    where one was, and how often it is which says what was dropped before it; how high it is says
    what was dropped after it, for what is kept is raised by 1 / (1 - share).
    """
    model = built_model(single(answer), (None, *SIZE))
    units = unit_values(model)
    full = units.max()
    if not np.isfinite(full) or full <= 0:
        return np.nan, np.nan
    half_to_whole = np.isclose(units, full / 2).sum() / np.isclose(units, full).sum()
    first = half_to_whole / (2 + half_to_whole)
    return float(first), float(1 - 1 / (full * (1 - first)))


def unit_values(model) -> np.ndarray:
    """(images, 9): the hidden units behind outputs 0 to 8 in training; output 9 stands for 0."""
    images = oracle.keras().ops.ones((PROBED, *input_shape(model, (None, *SIZE))[1:]))
    own = model.get_weights()
    try:
        model.set_weights(simple_weights(own))
        scores = as_scores(oracle.to_numpy(model(images, training=True)))
    finally:
        model.set_weights(own)
    return scores[:, :9] - scores[:, 9:]


def simple_weights(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Convolutions that answer 1 to white images: by their biases, or as means if they have none."""
    units = next((w.shape[0] for w in weights if w.ndim == 2 and w.shape[1] == 10), 0)
    of_convolutions = [w.ndim == 1 and w.size not in (units, 10) for w in weights]
    biased = any(of_convolutions)
    simple = [
        np.full(w.shape, float(is_bias))
        for w, is_bias in zip(weights, of_convolutions, strict=True)
    ]
    for w in simple:
        if w.ndim == 4 and not biased:
            w[:] = 1 / np.prod(w.shape[:-1])
        elif w.ndim == 2 and w.shape[1] == 10:
            w[range(9), range(9)] = 1
        elif w.ndim == 2:
            for k in range(9):
                w[2 * k : 2 * k + 2, k] = 0.5
    return simple


def as_scores(output: np.ndarray) -> np.ndarray:
    """What went into the last activation, whichever it was."""
    with np.errstate(all="ignore"):
        if np.allclose(output.sum(axis=1), 1):
            return np.log(output)
        return np.log(output / (1 - output)) if np.all((output > 0) & (output < 1)) else output


DROPOUT = "Dropout(0.25) after the pooling, Dropout(0.5) before the last layer."

build_cnn = Exercise(
    name="build_cnn",
    oracle=mnist_cnn,
    terms=TO_BUILD,
    parts={
        "model": Part(lambda rng: [{}], Model(), single),
        "dropout": Part(lambda rng: [{}], Dropped(), dropped),
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
        'Conv2D(32, 3, activation="relu") first; Dense(10, activation="softmax") last.',
    ),
)
