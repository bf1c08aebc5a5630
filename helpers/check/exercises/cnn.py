"""The tutorial's network for MNIST: 1,199,882 parameters."""

from helpers.check import oracle
from helpers.check.answers import Truth
from helpers.check.core import Exercise, Misconception, Part
from helpers.check.exercises.models import TO_BUILD, Model, built_model, input_shape

SIZE = (28, 28, 1)


def mnist_cnn(
    size=SIZE,
    filters=(32, 64),
    padding="valid",
    hidden=("relu", "relu", "relu"),
    last="softmax",
    pool="MaxPooling2D",
    units=128,
    dropout=True,
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
    dropped = [[layers.Dropout(rate)] if dropout else [] for rate in (0.25, 0.5)]
    return keras.Sequential(
        [
            keras.Input(size),
            *convolutions,
            *pooled,
            *dropped[0],
            layers.Flatten(),
            layers.Dense(units, activation=hidden[2]),
            *dropped[1],
            layers.Dense(10, activation=last),
        ]
    )


def with_other(**choices):
    return lambda: mnist_cnn(**choices)


def drops(answer, case):
    """Whether two answers to one image differ in training, as they do where numbers are dropped."""
    model = built_model(answer, (None, *SIZE))
    images = oracle.keras().ops.ones((1, *input_shape(model, (None, *SIZE))[1:]))
    first, second = (oracle.to_numpy(model(images, training=True)) for _ in range(2))
    return bool((first != second).any())


build_cnn = Exercise(
    name="build_cnn",
    oracle=mnist_cnn,
    terms=TO_BUILD,
    parts={
        "model": Part(lambda rng: [{}], Model()),
        "dropout": Part(lambda rng: [{}], Truth(), drops),
    },
    misconceptions=(
        Misconception(
            "no dropout",
            with_other(dropout=False),
            "nothing is dropped in training.",
            "Dropout(0.25) after the pooling, Dropout(0.5) before the last layer.",
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
