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

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from helpers.check import oracle
from helpers.check.core import Part
from helpers.check.exercises.models import (
    TO_BUILD,
    built_model,
    differs,
    input_shape,
    output_shape,
    single,
)
from helpers.check.exercises.training import Task, TrainingExercise, digits
from helpers.check.work import held, multiply_adds

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
            f"trained for {EPOCHS} epochs it is right on {reached:.0%} of new images.",
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
        "budget": Part(lambda rng: [{}], Budget(), single),
        "learns": Part(lambda rng: [Unseen(Task.drawn(rng))], CanLearn(), with_its_task),
    },
    misconceptions=(),
    hints=(
        "Most parameters sat in Dense(128) after Flatten. What makes one number of each map instead?",
        "Convolution, pooling, separable convolution, pooling, separable convolution, and a ReLU in each.",
        'GlobalAveragePooling2D, then Dense(10, activation="softmax"), ends it. 16, 32 and 64 filters do.',
    ),
)
