"""A network within a budget: any architecture that keeps it, gives probabilities and can learn.

What the check's own training makes of some networks, by `python -m tools.bench.thresholds`:

==============================  ========================================================
right on 1,000 new digits       the lowest to the highest of 20 seeds; 80% is asked for
==============================  ========================================================
`three_convolutions` below      84.4% to 92.0%
... normalised (BatchNorm)      87.8% to 92.6%
two convolutions and Flatten    83.2% to 90.4%
12 hidden units, nothing else   66.6% to 71.3%
a single Dense layer            66.4% to 69.4%
==============================  ========================================================
"""

from collections import Counter
from dataclasses import dataclass, replace
from math import prod
from typing import Any, ClassVar

import numpy as np

from helpers.check import oracle
from helpers.check.core import Part
from helpers.check.diagnosis import Diagnosis
from helpers.check.exercises.layers import WITHOUT_EFFECT, Step, in_order, step_of, walked
from helpers.check.exercises.models import (
    TO_BUILD,
    built_model,
    differs,
    input_shape,
    output_shape,
    single,
)
from helpers.check.exercises.training import Task, TrainingExercise, digits
from helpers.check.work import counted, held, multiply_adds

PARAMETERS, MULTIPLY_ADDS = 10_000, 400_000
EPOCHS, BATCH, PEAK = 6, 16, 0.01
REACHED = 0.8
"""The share of right answers after so many epochs of the check's own training."""

TRAINED_UP_TO = 5
"""So many times the budget a network may have, and still be trained by the check."""

SIZE, CLASSES = (28, 28, 1), 10


def no_classifier(answer: Any) -> tuple[str, ...]:
    """What keeps a model from giving ten probabilities for an image."""
    taken = input_shape(built_model(answer, (None, *SIZE)), (None, *SIZE))
    wrong_shape = differs("input shape", taken, (None, *SIZE)) or differs(
        "output shape", output_shape(answer, taken), (None, CLASSES)
    )
    if wrong_shape:
        return wrong_shape
    images, _ = digits(50, seed=9001)
    output = oracle.to_numpy(answer(images, training=False))
    if (output >= 0).all() and np.allclose(output.sum(axis=1), 1, atol=1e-4):
        return ()
    return ("its outputs are no probabilities.", '  The last layer\'s activation is "softmax".')


def too_large(answer: Any, times: int = 1) -> tuple[str, ...]:
    """What costs more than so many times the budget."""
    for what, yours, allowed in (
        ("parameters", held(answer), PARAMETERS),
        ("multiply-adds", multiply_adds(answer, SIZE), MULTIPLY_ADDS),
    ):
        if yours > times * allowed:
            return (
                f"it has {yours:,} {what}; {allowed:,} are allowed.",
                "  model.summary() shows where. A Dense layer after Flatten? Too many filters?",
                "  Separable convolutions, a pooling early on, GlobalAveragePooling2D at the end?",
            )
    return ()


@dataclass(frozen=True)
class Budget:
    """Ten probabilities for an image, and no more parameters and multiply-adds than allowed."""

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: Any = None, slack: Any = None) -> tuple[str, ...]:
        return no_classifier(answer) or too_large(answer)


@dataclass(frozen=True)
class CanLearn:
    """The share of right answers that the check's own training makes of it.

    The budget is another part's question; only what would take too long is not trained.
    """

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: Any = None, slack: Any = None) -> tuple[str, ...]:
        model, task = answer
        lines = no_classifier(model) or too_large(model, times=TRAINED_UP_TO)
        if lines:
            return lines
        reached = after_training(model, task)
        if reached >= REACHED:
            return ()
        return (
            "it does not learn enough.",
            f"  trained for {EPOCHS} epochs it is right on {reached:.0%} of new images.",
            f"  {REACHED:.0%} is asked for, and a single Dense layer reaches some 68%.",
            "  Is there a ReLU after each convolution? Are there enough filters, and enough pixels?",
        )


def after_training(model: Any, task: Task, seed: int = 0) -> float:
    """From fresh weights, by Adam with a rate that rises to its peak and falls to 0; the same twice."""
    keras = oracle.keras()
    keras.utils.set_random_seed(seed)
    begin_anew(model)
    x, y = task.trained_on()
    steps = EPOCHS * len(x) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, int(0.7 * steps), warmup_target=PEAK, warmup_steps=int(0.3 * steps)
    )
    model.compile(keras.optimizers.Adam(rate), "categorical_crossentropy")
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return task.accuracy(model)


def begin_anew(model: Any) -> None:
    """Weights as Keras' own layers begin with, whatever the student put there."""
    random = oracle.keras().initializers.GlorotUniform()
    for weight in model.weights:
        if len(weight.shape) > 1:
            weight.assign(random(weight.shape))
        elif "int" not in str(weight.dtype):  # else it is the state of a random generator
            scales = weight.name in ("gamma", "moving_variance")
            weight.assign((np.ones if scales else np.zeros)(weight.shape))


# ---------------------------------------------------------------- what takes the budget


@dataclass(frozen=True)
class Taken:
    """What a layer holds, what work it does, and what it makes of an image."""

    step: Step
    parameters: int
    multiply_adds: int
    made: tuple[int, ...]

    @property
    def numbers(self) -> int:
        return prod(self.made)


def layer_by_layer(model: Any) -> list[Taken]:
    """Each layer's share, by sending an image through the line of layers; Unseen where it is none."""
    keras, found = oracle.keras(), []
    image = keras.ops.zeros((1, *SIZE))
    for operation in in_order(model):
        step = step_of(operation)
        if step.kind in WITHOUT_EFFECT:
            continue
        with counted(total := Counter()):
            image = operation(image)
        found.append(Taken(step, step.parameters, total["multiply-adds"], tuple(image.shape[1:])))
    return found


def over_budget(answer: Any, case: Any) -> Diagnosis | None:
    """Which layer takes most of what is too much, or what keeps it from being probabilities."""
    lines = no_classifier(answer)
    if lines:
        return of_its_end(answer, lines[0])
    said = too_large(answer)[0]
    trainable = sum(prod(weight.shape) for weight in answer.trainable_weights)
    if "parameters" in said and trainable <= PARAMETERS < answer.count_params():
        return Diagnosis(
            "frozen parameters",
            f"{said} All but {trainable:,} are frozen; frozen ones are parameters too.",
            "Smaller layers, or fewer: trainable = False does not make them less.",
        )
    return largest(answer, said)


def largest(answer: Any, said: str) -> Diagnosis:
    """The layer that takes most."""
    what = "parameters" if "parameters" in said else "multiply-adds"
    taken = layer_by_layer(answer)
    most, before = max(
        zip(taken, [prod(SIZE), *(one.numbers for one in taken)], strict=False),
        key=lambda pair: of(pair[0], what),
    )
    times = total_of(answer, what) / (PARAMETERS if what == "parameters" else MULTIPLY_ADDS)
    sentence = f"{said} That is {times:.2f} times as many. "
    sentence += f"The {most.step} takes {of(most, what):,} of them"
    if most.step.kind == "Dense":
        return Diagnosis(
            "a large Dense layer",
            f"{sentence}: it has a weight for each of the {before:,} numbers that come in, times "
            f"{most.made[-1]}.",
            "GlobalAveragePooling2D in place of Flatten hands on one number for each map.",
        )
    places = prod(most.made[:-1])
    if what == "multiply-adds":
        return Diagnosis(
            "much work in one layer",
            f"{sentence}: each of its weights works at {places:,} places.",
            "Pooling or strides before it leave fewer places; fewer filters, less work at each.",
        )
    return Diagnosis("many parameters in one layer", f"{sentence}.", advice(most.step))


def of(taken: Taken, what: str) -> int:
    return taken.parameters if what == "parameters" else taken.multiply_adds


def total_of(model: Any, what: str) -> int:
    return held(model) if what == "parameters" else multiply_adds(model, SIZE)


def advice(step: Step) -> str:
    if step.kind == "Conv2D":
        return "It is an ordinary convolution: a separable one, or fewer filters, has fewer."
    return "Fewer filters have fewer."


def of_its_end(answer: Any, said: str) -> Diagnosis | None:
    made = output_shape(answer, input_shape(answer, (None, *SIZE)))
    if said.startswith("its outputs"):
        taken = walked(answer)
        last = taken[-1].activations or next(
            (step.activations for step in reversed(taken) if step.kind == "Dense"), []
        )
        how = f"the last activation is {last[-1]}" if last else "there is no activation at the end"
        return Diagnosis(
            "no softmax",
            f"{said} {how.capitalize()}: the ten numbers are scores.",
            'The last layer\'s activation is "softmax".',
        )
    if said.startswith("the output shape") and isinstance(made, tuple):
        yours = " × ".join(map(str, made[1:]))
        return Diagnosis(
            "last layer missing",
            f"{said} It ends with {yours} numbers for an image, and there are {CLASSES} classes.",
            f'Dense({CLASSES}, activation="softmax") on a vector of numbers ends it.',
        )
    return None


# ---------------------------------------------------------------- why it does not learn

SEES = 12
"""Pixels along each side: what is averaged over the whole image has to have seen about so many."""


def why_not(answer: tuple[Any, Task], case: Any) -> Diagnosis | None:
    """By what is frozen, what a probe says, and what comes through each layer."""
    model, _ = answer
    if no_classifier(model) or too_large(model, times=TRAINED_UP_TO):
        return over_budget(model, case) if no_classifier(model) else by_size(model)
    return frozen(model) or linear(model) or by_layers(model)


def by_size(model: Any) -> Diagnosis:
    found = largest(model, too_large(model, times=TRAINED_UP_TO)[0])
    return replace(found, sentence=f"{found.sentence} It was not trained.")


def frozen(model: Any) -> Diagnosis | None:
    still = sum(prod(weight.shape) for weight in model.non_trainable_weights if is_kernel(weight))
    if not still:
        return None
    every = not model.trainable_weights
    many = "all its weights are" if every else f"{still:,} of its weights are"
    return Diagnosis(
        "frozen",
        f"{many} frozen, trainable = False: the check's training cannot change them.",
        "Leave trainable as it is.",
    )


def is_kernel(weight: Any) -> bool:
    """Not a norm's averages, and not the state of a random generator."""
    return len(weight.shape) > 1


def linear(model: Any) -> Diagnosis | None:
    """Whether the scores before the softmax of a sum of images are the sum of their scores."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 8, *SIZE)).astype("float32")
    own = model.get_weights()
    try:
        begin_anew(model)
        together, first, second, none = (scores(model, x) for x in (a + b, a, b, 0 * a))
    finally:
        model.set_weights(own)
    off, change = np.abs(together - first - second + none).max(), np.abs(together - none).max()
    if change < 1e-3 or off > 1e-3 * change:
        return None
    layers = sum(len(weight.shape) > 1 for weight in model.weights)
    if layers == 1:
        return Diagnosis(
            "one layer only",
            "a single layer with weights goes from the pixels to the ten classes: that is linear.",
            "Convolutions with a ReLU each, and pooling between them, come before the last layer.",
        )
    return Diagnosis(
        "no nonlinearity",
        "the whole network is linear up to its softmax: nothing in it is an activation like ReLU, so "
        "its layers together are no more than one.",
        'activation="relu" in each convolution.',
    )


def scores(model: Any, images: np.ndarray) -> np.ndarray:
    said = np.log(np.clip(oracle.to_numpy(model(images, training=False)), 1e-30, 1))
    return said - said.mean(axis=1, keepdims=True)


def by_layers(model: Any) -> Diagnosis | None:
    """What comes through each layer: too few numbers, or no place."""
    taken = layer_by_layer(model)
    return begins_at_zero(model) or narrow(taken) or nowhere(taken)


def begins_at_zero(model: Any) -> Diagnosis | None:
    kinds = [
        type(value).__name__
        for operation in in_order(model)
        for name, value in vars(operation).items()
        if name.endswith("_initializer") and "bias" not in name and value is not None
    ]
    if not kinds or set(kinds) != {"Zeros"}:
        return None
    return Diagnosis(
        "kernels begin at zero",
        "all kernels are told to begin at zero, where every slope is zero too; and begun otherwise, "
        "as the check does, it does not learn enough.",
        "Leave the initializers at their defaults.",
    )


def narrow(taken: list[Taken]) -> Diagnosis | None:
    """The layer that hands on the fewest numbers, where these are fewer than there are classes."""
    inner = taken[:-1]
    while inner and inner[-1].step.kind == "activation":
        inner = inner[:-1]
    least = min(inner, key=lambda one: one.numbers, default=None)
    channels = max((one.made[-1] for one in inner if len(one.made) == 3), default=0)
    if channels and channels < 4:
        many = "one channel" if channels == 1 else f"{channels} channels"
        return Diagnosis(
            "too few channels",
            f"none of its maps have more than {many}: too little is told of an image.",
            "More filters. A depthwise convolution alone makes no new ones; a pointwise one does.",
        )
    if least is None or least.numbers >= CLASSES:
        return None
    return Diagnosis(
        "bottleneck",
        f"the {least.step} hands on {least.numbers} numbers only, and there are {CLASSES} classes.",
        "More filters or units there.",
    )


def nowhere(taken: list[Taken]) -> Diagnosis | None:
    """Averages over the whole image of maps whose pixels have seen little of it."""
    seen, apart = 1, 1
    for one in taken:
        if one.step.kind.startswith("Global"):
            break
        side = (one.step.settings.get("kernel_size") or one.step.settings.get("pool_size") or (1,))[
            0
        ]
        seen += (side - 1) * apart
        apart *= (one.step.settings.get("strides") or (1,))[0]
    else:
        return None
    if seen >= SEES:
        return None
    return Diagnosis(
        "averaged too early",
        f"the {one.step} {averages(one.step.kind)} numbers of which each has seen {seen} × {seen} "
        "pixels, so where in the image something is gets lost.",
        "One more convolution and pooling before it, or Flatten where few numbers are left.",
    )


def averages(kind: str) -> str:
    return "takes the largest of" if "Max" in kind else "averages"


class Unseen(dict):
    """A call without arguments; what it is judged by is not told to the function."""

    def __init__(self, task: Task):
        super().__init__()
        self.task = task


def with_its_task(answer: Any, case: Unseen) -> tuple[Any, Task]:
    return single(answer), case.task


def three_convolutions():
    """3,898 parameters and 198,384 multiply-adds."""
    keras = oracle.keras()
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(SIZE),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.SeparableConv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.SeparableConv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


build_separable_cnn = TrainingExercise(
    name="build_separable_cnn",
    oracle=three_convolutions,
    terms=TO_BUILD,
    parts={
        "budget": Part(lambda rng: [{}], Budget(), single, diagnose=over_budget),
        "learns": Part(
            lambda rng: [Unseen(Task.drawn(rng))], CanLearn(), with_its_task, diagnose=why_not
        ),
    },
    misconceptions=(),
    hints=(
        "Most parameters sat in Dense(128) after Flatten. What makes one number of each map instead?",
        "Convolution, pooling, separable convolution, pooling, separable convolution, and a ReLU in each.",
        'GlobalAveragePooling2D, then Dense(10, activation="softmax"), ends it. 16, 32 and 64 filters do.',
    ),
)
