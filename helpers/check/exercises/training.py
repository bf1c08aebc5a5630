"""Does it learn? Judged on drawn digits that were not trained on, never on time or on luck.

How right a trained network is depends on chance. So a bound lies well under what every one of 20
seeds reached, and well over what no learning reaches: `python -m tools.bench.thresholds` measures both.

==========================  ===================================================
`train` on 2,000 digits     right, the lowest to the highest of 20 seeds
==========================  ===================================================
Adam, 3 / 5 epochs          62.6% to 67.2% / 65.5% to 70.2%
... 5 epochs of batch 128   54.6% to 64.1%
Adadelta(1.0), SGD(0.1)     64.4% to 74.6%, 58.3% to 72.7%, 5 epochs each
Adadelta() as Keras has it  5.4% to 14.1%, 5 epochs
==========================  ===================================================
"""

import contextlib
import io
import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from contract import calling
from helpers.check import oracle
from helpers.check.core import Case, Exercise, Part
from helpers.data import drawn_digits

TRAINED_ON, JUDGED_ON = 2000, 1000  # images
LEARNED = 0.5
"""The share of right answers that `train` has to reach."""


@cache
def digits(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(count, 28, 28, 1) float32 in 0..1 and (count, 10) one-hot."""
    images, labels = drawn_digits(count, seed)
    return images[..., np.newaxis] / np.float32(255), np.eye(10, dtype="float32")[labels]


@dataclass(frozen=True)
class Task:
    """Digits to train on and others to be judged on. Only the seed tells which.

    It also tells which class each digit is: weights that somebody learned elsewhere know nothing.
    """

    seed: int

    def trained_on(self) -> tuple[np.ndarray, np.ndarray]:
        return self.renumbered(TRAINED_ON, 2 * self.seed)

    def judged_on(self) -> tuple[np.ndarray, np.ndarray]:
        return self.renumbered(JUDGED_ON, 2 * self.seed + 1)

    def renumbered(self, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        x, y = digits(count, seed)
        return x, y[:, np.random.default_rng(self.seed).permutation(10)]

    def accuracy(self, model: Any) -> float:
        """The share of right answers on digits that were not trained on."""
        x, y = self.judged_on()
        halves = [oracle.to_numpy(model(half, training=False)) for half in np.split(x, 2)]
        return float((np.concatenate(halves).argmax(axis=1) == y.argmax(axis=1)).mean())

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Task":
        return cls(int(rng.integers(10**6)))


class Untrained:
    """A small network. Each call of the student's function is given a fresh one."""

    def __init__(self, seed: int, task: Task):
        self.seed, self.task, self.given = seed, task, None

    def __repr__(self) -> str:
        return "an untrained network"

    def __deepcopy__(self, memo) -> Any:
        self.given = self.built()
        return self.given

    def built(self) -> Any:
        """(28, 28, 1) -> 13 × 13 × 8 -> 6 × 6 × 16 -> 10: always with the same first weights."""
        keras = oracle.keras()
        seeds = itertools.count(self.seed)

        def first_weights():
            return keras.initializers.GlorotUniform(seed=next(seeds))

        layers = [
            keras.layers.Conv2D(
                filters, 3, strides=2, activation="relu", kernel_initializer=first_weights()
            )
            for filters in (8, 16)
        ]
        last = keras.layers.Dense(10, activation="softmax", kernel_initializer=first_weights())
        return keras.Sequential([keras.Input((28, 28, 1)), *layers, keras.layers.Flatten(), last])


@dataclass(frozen=True)
class Trained:
    """What became of a network: the share of right answers, and whether its weights moved."""

    accuracy: float
    moved: bool
    finite: bool
    rate: float | None
    optimizer: str


@dataclass(frozen=True)
class Learned:
    """More right answers than the bound, on images that were not trained on."""

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Trained, right: Any, slack: Any = None) -> tuple[str, ...]:
        if not answer.moved:
            return (
                "no weight of the network has changed.",
                "  Compile the model that you are given, then model.fit(x, y, …).",
            )
        if not answer.finite:
            return (
                "there are NaN among its weights.",
                "  A smaller learning rate keeps them finite.",
            )
        if answer.accuracy >= LEARNED:
            return ()
        rate = [] if answer.rate is None else [f"  Its last learning rate was {answer.rate:.2g}."]
        if answer.optimizer == "Adadelta" and answer.rate is not None and answer.rate < 0.1:
            rate += [
                "  Adadelta's default learning rate is 0.001 in Keras 3: lesson 4 shows why 1.0."
            ]
        return (
            f"it is right on {answer.accuracy:.0%} of new images, and should be on {LEARNED:.0%}.",
            *rate,
            "  A larger or smaller learning rate, another optimizer, or more epochs?",
        )


def trained(answer: Any, case: Case) -> Trained:
    """Looks at the network that the student's function was given; what it returned is its own."""
    model, untrained = case["model"].given, case["model"].built()
    before, after = untrained.get_weights(), model.get_weights()
    optimizer = getattr(model, "optimizer", None)
    finite = all(np.isfinite(w).all() for w in after)
    return Trained(
        accuracy=case["model"].task.accuracy(model) if finite else 0.0,
        moved=any((a != b).any() for a, b in zip(before, after, strict=True)),
        finite=finite,
        rate=None if optimizer is None else float(oracle.to_numpy(optimizer.learning_rate)),
        optimizer=type(optimizer).__name__,
    )


def two_thousand_digits(rng) -> list[Case]:
    task = Task.drawn(rng)
    x, y = task.trained_on()
    return [{"model": Untrained(int(rng.integers(10**6)), task), "x": x, "y": y}]


@dataclass(frozen=True)
class TrainingExercise(Exercise):
    """Lets no progress bar into the student's notebook, and has no right answer to compare with.

    Chance begins at the same place every time, so that the same answer earns the same mark.
    """

    def answer(self, function, case, part, terms=None):
        oracle.keras().utils.set_random_seed(1)
        with contextlib.redirect_stdout(io.StringIO()):
            return super().answer(function, case, part, terms)

    def right(self, case, part):
        return None

    def slack(self, case, part):
        return None


def by_adam(model, x, y):
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, y, epochs=5, verbose=0)


train = TrainingExercise(
    name="train",
    oracle=by_adam,
    terms=calling.Terms(others=(), seconds=60),
    parts={"learns": Part(two_thousand_digits, Learned(), trained)},
    misconceptions=(),
    hints=(
        "Two calls: model.compile says how to learn, model.fit learns.",
        "compile needs an optimizer and a loss. For one-hot labels that is categorical_crossentropy.",
        'model.compile("adam", "categorical_crossentropy"), then model.fit(x, y, epochs=5).',
    ),
)
