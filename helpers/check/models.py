"""Keras models, judged by shapes, parameters and what they compute; never by a list of layers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.check import oracle
from helpers.check.answers import EPS
from helpers.check.core import Exercise, Misconception, Part


@dataclass(frozen=True)
class Model:
    """A built Keras model that does the same as another one when both get the same weights."""

    def difference(self, answer: Any, right: Any, slack: Any = None) -> tuple[str, ...]:
        if answer is None:
            return ("it returned None. Is a `return` missing?",)
        if not isinstance(answer, oracle.keras().Model):
            return (f"it returned a {type(answer).__name__}, not a Keras model.",)
        if not answer.built:
            return ("the model has no input yet.", "  Start it with keras.Input((224, 224, 3)).")
        return (
            differs("input shape", answer.input_shape, right.input_shape)
            or differs("output shape", answer.output_shape, right.output_shape)
            or differs("number of parameters", answer.count_params(), right.count_params())
            or differs("shapes of the weights", shapes(answer), shapes(right))
            or self.computes_otherwise(answer, right)
        )

    def computes_otherwise(self, answer: Any, right: Any) -> tuple[str, ...]:
        rng = np.random.default_rng(0)
        weights = [rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1])) for shape in shapes(right)]
        image = rng.normal(size=(1, *right.input_shape[1:]))
        yours, wanted = (outputs(model, weights, image) for model in (answer, right))
        # Weights are scaled so that every layer keeps its input's size: sums are of order 1, and
        # of at most 3 * 3 * 32 terms in float32.
        off = np.abs(yours - wanted) > EPS * np.sqrt(3 * 3 * 32)
        if not off.any():
            return ()
        return (
            "shapes and parameters are right, but the model computes something else.",
            "  With the same weights and image its output differs from two plain convolutions.",
        )


def shapes(model: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.get_weights()]


def outputs(model: Any, weights: list[np.ndarray], image: np.ndarray) -> np.ndarray:
    """The model's output with these weights; its own weights are put back."""
    own = model.get_weights()
    try:
        model.set_weights(weights)
        return oracle.to_numpy(model(image, training=False))
    finally:
        model.set_weights(own)


def differs(what: str, yours: Any, right: Any) -> tuple[str, ...]:
    if yours == right:
        return ()
    show = "{:,}".format if isinstance(right, int) else str
    return (f"the {what} is not right.", f"  yours {show(yours)}, right {show(right)}")


def two_convolutions(size=(224, 224, 3), filters=(32, 64), kernels=(3, 3), **options):
    keras = oracle.keras()
    layers = [keras.layers.Conv2D(f, k, **options) for f, k in zip(filters, kernels, strict=True)]
    return keras.Sequential([keras.Input(size), *layers])


def with_other(**choices):
    return lambda: two_convolutions(**choices)


build_two_layer_model = Exercise(
    name="build_two_layer_model",
    oracle=two_convolutions,
    parts={"model": Part(lambda rng: [{}], Model())},
    misconceptions=(
        Misconception(
            "no bias",
            with_other(use_bias=False),
            "the layers have no biases: 864 + 18,432 = 19,296 parameters.",
            "Leave use_bias at its default, True.",
        ),
        Misconception(
            "filters swapped",
            with_other(filters=(64, 32)),
            "the two layers have changed places.",
            "First 32 filters, then 64.",
        ),
        Misconception(
            "grey input",
            with_other(size=(224, 224, 1)),
            "the model takes images of one channel.",
            "A colour image is (224, 224, 3).",
        ),
        Misconception(
            "same padding",
            with_other(padding="same"),
            "the layers pad the image: the size stays 224.",
            'Leave padding at its default, "valid": 224 → 222 → 220.',
        ),
        Misconception(
            "relu",
            with_other(activation="relu"),
            "the layers apply a ReLU.",
            "This model is two plain convolutions: leave activation out.",
        ),
        Misconception(
            "kernels of 5",
            with_other(kernels=(5, 5)),
            "the kernels are 5 × 5.",
            "kernel_size is 3.",
        ),
        Misconception(
            "stride 2",
            with_other(strides=2),
            "the layers move by 2 pixels: the output is a quarter as high and wide.",
            "Leave strides at its default, 1.",
        ),
        Misconception(
            "first layer only",
            with_other(filters=(32,), kernels=(3,)),
            "there is only the first layer.",
            "Add the second one, with 64 filters.",
        ),
    ),
    hints=(
        "A keras.Sequential takes a list: the input first, then the layers in order.",
        "keras.Input((224, 224, 3)) says what comes in; keras.layers.Conv2D(filters, kernel_size) convolves.",
        "The layers are Conv2D(32, 3) and Conv2D(64, 3). Everything else stays at its default.",
    ),
)
