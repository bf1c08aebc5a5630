"""Squeeze and excite: a gate for each channel, made from the means of all channels.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

import numpy as np

from helpers.check import oracle, sums
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.grouped import CHANNELS
from helpers.check.exercises.squeezing_probe import step_by_step


def tensors(rng, images: int) -> Case:
    """No two sizes agree; of the two numbers between the layers the ReLU keeps one."""
    case = drawn(rng, images)
    first, second = inside(case)
    while first < 0.3 or second > -0.3:
        case = drawn(rng, images)
        first, second = inside(case)
    return case


def inside(case: Case) -> np.ndarray:
    """What the first layer makes of the first image."""
    return case["x"][0].mean(axis=(0, 1)) @ case["w1"] + case["b1"]


def drawn(rng, images: int) -> Case:
    h, w, c, r = int(rng.integers(3, 5)), int(rng.integers(6, 8)), 5, 2
    centre = rng.choice([-1.0, 1.0], size=(images, 1, 1, c)) * (1 + rng.random((images, 1, 1, c)))
    return {
        "x": rng.normal(size=(images, h, w, c)) + centre,
        "w1": rng.normal(size=(c, r)),
        "b1": 0.5 + rng.random(r),
        "w2": rng.normal(size=(r, c)),
        "b2": 0.5 + rng.random(c),
    }


def one_image(rng) -> list[Case]:
    """Then a single row, and one number between the two layers."""
    other = tensors(rng, 1)
    narrow = {"w1": other["w1"][:, :1], "b1": other["b1"][:1], "w2": other["w2"][:1]}
    return [tensors(rng, 1), tensors(rng, 1), {**other, **narrow, "x": other["x"][:, :1]}]


def several_images(rng) -> list[Case]:
    return [tensors(rng, 3), tensors(rng, 2)]


def far_from_zero(rng) -> list[Case]:
    """Gates that are 0 or 1, for an image and the same once more: only how large numbers are counts."""
    case = tensors(rng, 1)
    case["b2"] = rng.permutation([2000.0, -2000.0, 1500.0, -1500.0, 1000.0])
    return [{**case, "x": case["x"].repeat(2, axis=0)}]


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


def relu(z):
    return np.maximum(z, 0)


def gated(
    x, w1, b1, w2, b2,
    squeeze=lambda x: x.mean(axis=(1, 2), keepdims=True),
    inner=relu, gate=sigmoid, excite=lambda x, gates: x * gates,
):  # fmt: skip
    """The right answer with its pieces exposed, for mistakes to move."""
    return excite(x, gate(inner(squeeze(x) @ w1 + b1) @ w2 + b2))


def with_other(**pieces):
    return lambda x, w1, b1, w2, b2: gated(x, w1, b1, w2, b2, **pieces)


def softmax(z):
    raised = np.exp(z - z.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


squeeze_excite = Exercise(
    name="squeeze_excite",
    oracle=oracle.squeeze_excite,
    parts={
        name: Part(
            cases,
            CHANNELS,
            slack=lambda case: np.abs(case["x"]),
            sum_at=sums.gated,
            probe=step_by_step,
        )
        for name, cases in (
            ("one image", one_image),
            ("several images", several_images),
            ("far from zero", far_from_zero),
        )
    },
    misconceptions=(
        Misconception(
            "only the gates",
            lambda *args: gated(*args, excite=lambda x, gates: gates[:, 0, 0]),
            "you return the gates alone.",
            "Multiply every pixel of a channel by that channel's gate.",
        ),
        Misconception(
            "the gates on every pixel",
            with_other(excite=lambda x, gates: np.broadcast_to(gates, x.shape)),
            "every pixel holds its channel's gate.",
            "Multiply: x * gates.",
        ),
        Misconception(
            "gates added",
            with_other(excite=lambda x, gates: x + gates),
            "the gates are added to the channels.",
            "A gate is a factor: multiply.",
        ),
        Misconception(
            "a shortcut added",
            with_other(excite=lambda x, gates: x + x * gates),
            "the input is added once more.",
            "The block returns x times its gates, and nothing else.",
        ),
        Misconception(
            "no sigmoid",
            with_other(gate=lambda z: z),
            "the gates are not squeezed into 0 … 1: the sigmoid is missing.",
            "1 / (1 + np.exp(-z))",
        ),
        Misconception(
            "ReLU for the sigmoid",
            with_other(gate=relu),
            "your gates come from a ReLU.",
            "The second layer ends in a sigmoid: 1 / (1 + np.exp(-z)).",
        ),
        Misconception(
            "softmax for the sigmoid",
            with_other(gate=softmax),
            "your gates come from a softmax: they sum to 1.",
            "Each channel has a gate of its own; several may be open. That is a sigmoid.",
        ),
        Misconception(
            "tanh for the sigmoid",
            with_other(gate=np.tanh),
            "your gates come from tanh: they reach from −1 to 1.",
            "A sigmoid reaches from 0 to 1: 1 / (1 + np.exp(-z)).",
        ),
        Misconception(
            "sigmoid of minus z",
            with_other(gate=lambda z: sigmoid(-z)),
            "your gates are open where they should be closed: 1 − gate.",
            "The sigmoid is 1 / (1 + exp(−z)): look at the sign.",
        ),
        Misconception(
            "no ReLU",
            with_other(inner=lambda z: z),
            "the ReLU between the two layers is missing.",
            "np.maximum(…, 0) after the first layer.",
        ),
        Misconception(
            "sigmoid in both",
            with_other(inner=sigmoid),
            "there is a sigmoid between the two layers.",
            "The first layer ends in a ReLU.",
        ),
        Misconception(
            "ReLU and sigmoid exchanged",
            with_other(inner=sigmoid, gate=relu),
            "ReLU and sigmoid have changed places.",
            "The first layer ends in a ReLU, the second in a sigmoid.",
        ),
        Misconception(
            "summed",
            with_other(squeeze=lambda x: x.sum(axis=(1, 2), keepdims=True)),
            "you sum over the pixels.",
            "The squeeze is a mean: an image twice as large has the same one.",
        ),
        Misconception(
            "the largest pixel",
            with_other(squeeze=lambda x: x.max(axis=(1, 2), keepdims=True)),
            "you take each channel's largest pixel.",
            "The squeeze is a mean over all pixels.",
        ),
        Misconception(
            "mean over the rows only",
            with_other(squeeze=lambda x: x.mean(axis=1, keepdims=True)),
            "you average over the rows only: every column has a gate of its own.",
            "Average over rows and columns: axis=(1, 2).",
        ),
        Misconception(
            "mean over the columns only",
            with_other(squeeze=lambda x: x.mean(axis=2, keepdims=True)),
            "you average over the columns only: every row has a gate of its own.",
            "Average over rows and columns: axis=(1, 2).",
        ),
        Misconception(
            "nothing squeezed",
            with_other(squeeze=lambda x: x),
            "every pixel has gates of its own: nothing is squeezed.",
            "One mean for each channel, over rows and columns: axis=(1, 2).",
        ),
        Misconception(
            "mean over the images too",
            with_other(squeeze=lambda x: x.mean(axis=(0, 1, 2), keepdims=True)),
            "all images share their gates: you average over the images too.",
            "Each image is squeezed by itself: axis=(1, 2).",
        ),
        Misconception(
            "the first image's gates",
            with_other(squeeze=lambda x: x[:1].mean(axis=(1, 2), keepdims=True)),
            "every image gets the first one's gates.",
            "Each image is squeezed by itself.",
        ),
        Misconception(
            "first bias forgotten",
            lambda x, w1, b1, w2, b2: gated(x, w1, 0, w2, b2),
            "b1 is not added.",
            "Each layer is a matrix product and a bias: means @ w1 + b1.",
        ),
        Misconception(
            "second bias forgotten",
            lambda x, w1, b1, w2, b2: gated(x, w1, b1, w2, 0),
            "b2 is not added.",
            "Each layer is a matrix product and a bias: hidden @ w2 + b2.",
        ),
        Misconception(
            "no biases",
            lambda x, w1, b1, w2, b2: gated(x, w1, 0, w2, 0),
            "neither b1 nor b2 is added.",
            "Each layer is a matrix product and a bias.",
        ),
        Misconception(
            "weights exchanged",
            lambda x, w1, b1, w2, b2: gated(x, w2.T, b1, w1.T, b2),
            "w1 and w2 are transposed, and have changed places.",
            "w1 is (C, R) and comes first, w2 is (R, C): means @ w1, hidden @ w2.",
        ),
        Misconception(
            "weights read in another order",
            lambda x, w1, b1, w2, b2: gated(x, w2.reshape(w1.shape), b1, w1.reshape(w2.shape), b2),
            "w1 and w2 have changed places.",
            "w1 is (C, R) and comes first, w2 is (R, C).",
        ),
    ),
    hints=(
        "Squeeze: one mean for each channel of each image. Which two axes are averaged?",
        "Excite: two dense layers on these means, a ReLU after the first, a sigmoid after the second.",
        "means = x.mean(axis=(1, 2)); the gates are (N, C). Multiply by gates[:, None, None].",
    ),
)
