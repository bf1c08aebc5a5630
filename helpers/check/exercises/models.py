"""Keras models, judged by shapes, parameters and what they compute; never by a list of layers."""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, ClassVar

import numpy as np

from contract import calling
from helpers.check import oracle
from helpers.check.answers import EPS, WrongType, a, present
from helpers.check.core import Exercise, Misconception, Part
from helpers.check.diagnosis import Diagnosis
from helpers.check.exercises import layers

TO_BUILD = calling.Terms(others=(), seconds=60)


LARGE = 1000.0
"""So many times a usual image: then an activation that differs for large numbers only shows."""


@dataclass(frozen=True)
class Model:
    """A built Keras model that does the same as another one when both get the same weights.

    ``steady`` says that it does the same in training too, for there is nothing that drops.
    """

    steady: bool = False
    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: Any, slack: Any = None) -> tuple[str, ...]:
        taken = input_shape(built_model(answer, right.input_shape), right.input_shape)
        return (
            differs("input shape", taken, right.input_shape)
            or differs("output shape", output_shape(answer, taken), right.output_shape)
            or self.counts_otherwise(answer, right)
            or differs("shapes of the weights", sorted(shapes(answer)), sorted(shapes(right)))
            or self.computes_otherwise(answer, right)
        )

    def counts_otherwise(self, answer: Any, right: Any) -> tuple[str, ...]:
        lines = differs("number of parameters", answer.count_params(), right.count_params())
        if not lines:
            return ()
        return (*lines, f"  Layer by layer: yours {counts(answer)}, right {counts(right)}.")

    def computes_otherwise(self, answer: Any, right: Any) -> tuple[str, ...]:
        # Weights are scaled so that every layer keeps its input's size: sums are of order 1, and
        # of so many terms in float32.
        terms = max(prod(shape[:-1]) for shape in shapes(right))
        for large in (False, True):
            probe = probe_of(right, large)
            yours, wanted = outputs(answer, *probe), right_outputs(right, large)
            allowed = EPS * np.sqrt(terms) * max(1.0, float(np.abs(wanted).max()))
            if not np.all(np.abs(yours - wanted) <= allowed):
                return (
                    (OTHERWISE,) if not large else (OTHERWISE, "  It shows in large numbers only.")
                )
        if self.steady and not np.allclose(outputs(answer, *probe, training=True), yours):
            return (IN_TRAINING,)
        return ()


IN_TRAINING = "in training it computes something else: a layer drops or changes numbers there."
OTHERWISE = "all counts are right, but it computes something else. An activation?"


def single(answer: Any, case: Any = None) -> Any:
    """A model of one input and one output, also where both are given in lists of one."""
    keras = oracle.keras()
    listed = isinstance(answer, keras.Model) and isinstance(getattr(answer, "output", None), list)
    if not listed or len(answer.inputs) != 1 or len(answer.outputs) != 1:
        return answer
    return keras.Model(answer.inputs[0], answer.outputs[0])


def built_model(answer: Any, expected: tuple) -> Any:
    """The answer, where it is a Keras model that knows its input; else WrongType."""
    if not isinstance(present(answer), oracle.keras().Model):
        raise WrongType(f"it returned {a(type(answer).__name__)}, not a Keras model.")
    if not answer.built:
        start = f"  Start it with keras.Input({expected[1:]})."
        raise WrongType("the model has no input yet.", start)
    return answer


def input_shape(model: Any, expected: tuple) -> tuple:
    """What the model takes; a subclassed model does not say, and is given what it should take."""
    try:
        return model.input_shape
    except AttributeError:
        return expected


def output_shape(model: Any, taken: tuple) -> Any:
    """What the model makes of such an input, found by calling it on a symbol."""
    try:
        made = model(oracle.keras().Input(taken[1:]))
    except Exception as error:  # a class of somebody's own says too late what it does not take
        what = calling.describe(error)
        raise WrongType(f"what your function returned stopped with {what}") from None
    return [part.shape for part in made] if isinstance(made, list | tuple) else made.shape


def counts(model: Any) -> str:
    """The parameters of each layer that has any, as a sum: "896 + 18,496"."""
    numbers = [layer.count_params() for layer in model.layers]
    return " + ".join(f"{number:,}" for number in numbers if number)


def shapes(model: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.get_weights()]


def outputs(
    model: Any, weights: dict[tuple, np.ndarray], image: np.ndarray, training: bool = False
) -> np.ndarray:
    """The model's output with these weights, by shape, for layers may be made in any order.

    Its own weights are put back.
    """
    own = model.get_weights()
    try:
        model.set_weights([weights[shape] for shape in shapes(model)])
        return oracle.to_numpy(model(image, training=training))
    finally:
        model.set_weights(own)


@lru_cache(maxsize=64)
def probe_of(right: Any, large: bool = False) -> tuple[dict[tuple, np.ndarray], np.ndarray]:
    """Random weights by shape, and an image.

    Of a large image the last layer makes small numbers again where it is a Dense one, so that a
    softmax has something to compare.
    """
    rng = np.random.default_rng(0)
    weights = {
        shape: rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1])) for shape in shapes(right)
    }
    image = rng.normal(size=(1, *right.input_shape[1:])).astype("float32")
    if large:
        image = image * np.float32(LARGE)
        for shape in weights:
            if len(shape) == 2 and shape[1] == right.output_shape[-1]:
                weights[shape] = weights[shape] / LARGE
    return weights, image


@lru_cache(maxsize=64)
def right_outputs(right: Any, large: bool) -> np.ndarray:
    """What the right model makes of them: for a class, once."""
    return outputs(right, *probe_of(right, large))


def diagnosed(answer: Any, right: Any, dropping: bool | None = None) -> Diagnosis | None:
    """Which layer it is, by a walk through both models; what is wrong with the input comes first."""
    taken = input_shape(answer, right.input_shape)
    return of_input(taken, right.input_shape) or layers.looked_through(answer, right, dropping)


def of_input(taken: tuple, asked: tuple) -> Diagnosis | None:
    """What is wrong with the shape that a model takes."""
    if taken == asked:
        return None
    said = " × ".join(map(str, asked[1:]))
    look = f"Start it with keras.Input({asked[1:]})."
    if taken[1:] == asked[1:]:
        sentence = f"the batch is fixed at {taken[0]}; any number of images should do."
        return Diagnosis("batch fixed", sentence, look)
    if sorted(taken[1:], key=str) == sorted(asked[1:], key=str):
        sentence = f"the input's axes are in another order: it is {said}, the channels last."
        if taken[1] == asked[-1]:
            sentence = "the image's channels come first."
        return Diagnosis("order of the input's axes", sentence, look)
    if taken[1:-1] == asked[1:-1]:
        sentence = f"the model takes images of {taken[-1]} channels; they have {asked[-1]}."
        return Diagnosis("channels of the input", sentence, look)
    if len(taken) != len(asked):
        sentence = (
            f"an image has {len(asked) - 1} axes here, {said}; your input has {len(taken) - 1}."
        )
        return Diagnosis("axes of the input", sentence, look)
    yours = " × ".join(map(str, taken[1:]))
    sentence = f"the model takes images of {yours}; they are {said}."
    return Diagnosis("size of the input", sentence, look)


def differs(what: str, yours: Any, right: Any) -> tuple[str, ...]:
    if yours == right:
        return ()
    show = "{:,}".format if isinstance(right, int) else str
    return (f"the {what} is not right.", f"  yours {show(yours)}, right {show(right)}")


def two_convolutions(
    size=(224, 224, 3), filters=(32, 64), kernels=(3, 3), activations=(None, None), **options
):
    keras = oracle.keras()
    layers = [
        keras.layers.Conv2D(f, k, activation=a, **options)
        for f, k, a in zip(filters, kernels, activations, strict=False)
    ]
    return keras.Sequential([keras.Input(size), *layers])


def with_other(**choices):
    return lambda: two_convolutions(**choices)


build_two_layer_model = Exercise(
    name="build_two_layer_model",
    oracle=two_convolutions,
    terms=TO_BUILD,
    parts={
        "model": Part(
            lambda rng: [{}],
            Model(steady=True),
            single,
            diagnose=lambda answer, case: diagnosed(answer, two_convolutions()),
        )
    },
    misconceptions=(
        Misconception(
            "no bias",
            with_other(use_bias=False),
            "the layers have no biases.",
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
            "channels first",
            with_other(size=(3, 224, 224)),
            "the image's channels come first.",
            "Keras' layout is (height, width, channels): (224, 224, 3).",
        ),
        Misconception(
            "same padding",
            with_other(padding="same"),
            "the layers pad the image: the size stays 224.",
            'Leave padding at its default, "valid": 224 → 222 → 220.',
        ),
        Misconception(
            "relu",
            with_other(activations=("relu", "relu")),
            "the layers apply a ReLU.",
            "This model is two plain convolutions: leave activation out.",
        ),
        Misconception(
            "relu after the first layer",
            with_other(activations=("relu", None)),
            "the first layer applies a ReLU.",
            "This model is two plain convolutions: leave activation out.",
        ),
        Misconception(
            "relu after the second layer",
            with_other(activations=(None, "relu")),
            "the second layer applies a ReLU.",
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
            "the layers have stride 2.",
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
