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
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

import numpy as np

from contract import calling
from helpers.check import oracle
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.diagnosis import Diagnosis
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
    """What became of a network: the share of right answers, and whether its weights moved.

    All of it is seen in the network's weights, its optimizer's name and the last learning rate; that
    is what there is of a network that a student's function trained elsewhere, in grading.
    """

    accuracy: float
    moved: bool
    finite: bool
    rate: float | None
    optimizer: str
    model: Any = field(default=None, compare=False, repr=False)
    returned: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Learned:
    """More right answers than the bound, on images that were not trained on."""

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Trained, right: Any, slack: Any = None) -> tuple[str, ...]:
        if not answer.moved:
            return ("no weight of the network has changed.",)
        if not answer.finite:
            return ("there are NaN among its weights.",)
        if answer.accuracy >= LEARNED:
            return ()
        rate = [] if answer.rate is None else [f"  Its last learning rate was {answer.rate:.2g}."]
        if answer.optimizer == "Adadelta" and answer.rate is not None and answer.rate < 0.1:
            rate += [
                "  Adadelta's default learning rate is 0.001 in Keras 3: lesson 4 shows why 1.0."
            ]
        return (
            "it has not learned enough.",
            f"  It is right on {answer.accuracy:.0%} of new images, and should be on {LEARNED:.0%}.",
            *rate,
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
        model=model,
        returned=answer,
    )


# ---------------------------------------------------------------- why it has not learned

USUAL = {"SGD": (0.003, 2.0), "Adadelta": (0.05, 20.0), "Adagrad": (0.003, 1.0)}
ADAM = {"Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Lion"}
"""Whose steps move a weight by the learning rate, whatever the size of the slope."""
OF_ADAM = (5e-5, 0.05)
FEW_STEPS = 40
"""One epoch of 2,000 images in batches of 32 makes 63."""
GUESSING = float(np.log(10))


def why(answer: Trained, case: Case) -> Diagnosis | None:
    """By its weights before and after, and by what it says to the images that it was given."""
    if not answer.moved:
        return why_unmoved(answer, case)
    if not answer.finite:
        return Diagnosis(
            "learning rate too large" if too_large(answer) else "no numbers",
            "there are NaN among its weights: the steps were so large that the numbers overflowed."
            if too_large(answer)
            else "there are NaN among its weights.",
            "A smaller learning rate keeps them finite.",
        )
    return (
        in_other_words(answer, case)
        or wrong_rate(answer)
        or (uphill(answer, case) if answer.rate is not None else None)
        or (by_movement(answer, case) if answer.rate is not None else None)
        or begun(answer)
    )


def why_unmoved(answer: Trained, case: Case) -> Diagnosis:
    other = other_network(answer, case)
    if other is not None:
        return Diagnosis(
            "another network trained",
            "you train another network: the one that you were given is as it was, and the one that "
            f"you return is right on {other:.0%} of new images.",
            "Compile the model that you are given, then model.fit(x, y, …).",
        )
    if answer.rate is None:
        return Diagnosis(
            "another network, or none",
            "the network that you were given is as it was, and has no optimizer of Keras': if you train "
            "one, it is another one.",
            "Compile the model that you are given, then model.fit(x, y, …). A copy is another model.",
        )
    return Diagnosis(
        "compiled and unchanged",
        "it was compiled, and no weight has changed: nothing was fitted, its layers are frozen, or its "
        "first weights were put back.",
        "model.fit(x, y, …) is what changes weights; evaluate and predict only look.",
    )


def other_network(answer: Trained, case: Case) -> float | None:
    """What share a network is right on that was returned, where it is not the one that was given."""
    returned, given = answer.returned, answer.model.get_weights()
    if not isinstance(returned, oracle.keras().Model):
        return None
    theirs = returned.get_weights()
    alike = [w.shape for w in theirs] == [w.shape for w in given]
    if alike and all((a == b).all() for a, b in zip(theirs, given, strict=True)):
        return None
    return case["model"].task.accuracy(returned)


def said_to(model: Any, x: np.ndarray) -> np.ndarray:
    return oracle.to_numpy(model(x, training=False))


def share_right(said: np.ndarray, y: np.ndarray) -> float:
    return float((said.argmax(axis=1) == y.argmax(axis=1)).mean())


def in_other_words(answer: Trained, case: Case) -> Diagnosis | None:
    """Whether it knows the digits by other numbers, or in another range."""
    x, y = case["x"], case["y"]
    for name, changed, words in (
        ("scaled again", x / np.float32(255), "divided by 255 once more"),
        ("scaled up", x * np.float32(255), "multiplied by 255"),
        ("turned", 1 - x, "with black and white exchanged"),
    ):
        reached = share_right(said_to(answer.model, changed), y)
        if reached > max(0.3, 1.5 * answer.accuracy):
            return Diagnosis(
                name,
                f"it knows the images {words}: of these it is right on {reached:.0%}, and of x as it "
                f"is on {answer.accuracy:.0%}.",
                "x runs from 0 to 1 already: fit to it as it is.",
            )
    said = said_to(answer.model, x)
    reached = with_other_names(said, y)
    if reached > max(0.3, share_right(said, y) + 0.15):
        return Diagnosis(
            "classes in another order",
            f"it knows digits by other columns than those of y: with its outputs in another order it "
            f"would be right on {reached:.0%}.",
            "Which class a column of y stands for is not told: fit to the x and y that you are given.",
        )
    return None


def with_other_names(said: np.ndarray, y: np.ndarray) -> float:
    """The share that is right where each class is called as it is most often; no name twice."""
    counts = np.eye(10)[said.argmax(axis=1)].T @ y
    right = 0.0
    for _ in range(10):
        i, j = np.unravel_index(counts.argmax(), counts.shape)
        right += max(counts[i, j], 0)
        counts[i], counts[:, j] = -1, -1
    return float(right / len(y))


def usual_rates(optimizer: str) -> tuple[float, float] | None:
    return OF_ADAM if optimizer in ADAM else USUAL.get(optimizer)


def too_large(answer: Trained) -> bool:
    rates = usual_rates(answer.optimizer)
    return bool(rates and answer.rate is not None and answer.rate > rates[1])


def wrong_rate(answer: Trained) -> Diagnosis | None:
    rates = usual_rates(answer.optimizer)
    if not rates or answer.rate is None:
        return None
    if answer.rate > rates[1]:
        return Diagnosis(
            "learning rate too large",
            f"a learning rate of {answer.rate:.2g} is far too large for {answer.optimizer}: each step "
            "jumps over what it looks for.",
            f"Try one of {0.1 * rates[1]:.2g} or less.",
        )
    if answer.rate < rates[0]:
        return Diagnosis(
            "learning rate too small",
            f"its last learning rate, {answer.rate:.2g}, is far too small for {answer.optimizer}: the "
            "weights hardly move.",
            "Begin with a larger one; for Adam 0.001 is usual, for SGD 0.1, for Adadelta 1.0.",
        )
    return None


def uphill(answer: Trained, case: Case) -> Diagnosis | None:
    """A loss far above that of guessing, on the very images that it was given, at a usual rate."""
    said = said_to(answer.model, case["x"])
    of_right_class = np.clip((said * case["y"]).sum(axis=1), 1e-7, 1)
    loss = float(-np.log(of_right_class).mean())
    if loss < 3 * GUESSING or share_right(said, case["y"]) > 0.15:
        return None
    return Diagnosis(
        "loss with the wrong sign",
        f"it has learned to be wrong: its loss on the images that it was given is {loss:.1f}, and "
        f"guessing has {GUESSING:.1f}. Training went uphill.",
        "Does your loss grow where the network is wrong? fit makes it small.",
    )


def by_movement(answer: Trained, case: Case) -> Diagnosis | None:
    """By how far the weights have moved: in steps of the learning rate, and along the slope."""
    untrained = case["model"].built()
    moves = [
        a - b for a, b in zip(answer.model.get_weights(), untrained.get_weights(), strict=True)
    ]
    still = [not move.any() for move in moves]
    if any(still) and not all(still):
        return partly_frozen(still)
    if not any(w.any() for w in answer.model.get_weights()):
        return Diagnosis("all zero", "all its weights are 0.", "Who has set them?")
    return (
        no_slope(answer, moves)
        or nearly_black(answer, moves)
        or few_steps(answer, moves, untrained, case)
        or out_of_step(answer, moves, untrained, case)
    )


def partly_frozen(still: list[bool]) -> Diagnosis:
    layers = ("first convolution", "second convolution", "last layer")
    names = [name for k, name in enumerate(layers) if all(still[2 * k : 2 * k + 2])]
    where = " and the ".join(names) if names else "kernels or biases of a layer"
    return Diagnosis(
        "partly frozen", f"the weights of the {where} have not changed.", "Are they trainable?"
    )


def largest(moves: list[np.ndarray]) -> float:
    return max(float(np.abs(move).max()) for move in moves)


def no_slope(answer: Trained, moves: list[np.ndarray]) -> Diagnosis | None:
    if answer.optimizer not in ADAM or largest(moves) > 0.5 * answer.rate:
        return None
    return Diagnosis(
        "a loss without slope",
        f"no weight has moved as far as one step of {answer.optimizer} moves it: the loss does not "
        "change with the weights, so it tells the network nothing.",
        "Is your loss the same for right and wrong outputs? categorical_crossentropy is not.",
    )


def few_steps(answer: Trained, moves, untrained: Any, case: Case) -> Diagnosis | None:
    """Adam moves by the rate in each step; SGD by the rate times the slope."""
    if answer.optimizer in ADAM:
        steps = largest(moves) / answer.rate
    elif answer.optimizer == "SGD":
        along, steps = along_slope(answer, moves, untrained, case)
        steps = steps if along > 0.2 else FEW_STEPS
    else:
        return None
    if steps >= FEW_STEPS:
        return None
    many = max(1, round(steps))
    return Diagnosis(
        "few steps",
        f"its weights have moved as far as about {many} step{'s' * (many > 1)} of {answer.optimizer} "
        "would move them: far too few.",
        "One epoch of 2,000 images in batches of 32 makes 63 steps. All images, several epochs?",
    )


def along_slope(answer: Trained, moves, untrained: Any, case: Case) -> tuple[float, float]:
    """How straight the way was down the first slope, from -1 to 1, and how many steps it was long."""
    import tensorflow as tf  # what Keras computes with here, and already loaded

    kernels = [weight.value for weight in untrained.trainable_weights]
    with tf.GradientTape() as tape:
        said = untrained(tf.constant(case["x"]))
        loss = oracle.keras().losses.categorical_crossentropy(case["y"], said)
        mean = tf.reduce_mean(loss)
    slope = np.concatenate([np.ravel(g) for g in tape.gradient(mean, kernels)])
    way = -np.concatenate([np.ravel(move) for move in moves])
    along = float(way @ slope / (np.linalg.norm(way) * np.linalg.norm(slope)))
    return along, float(way @ slope / (slope @ slope) / answer.rate)


def nearly_black(answer: Trained, moves: list[np.ndarray]) -> Diagnosis | None:
    """A bias does not see the image; a kernel moves by as much as the image is bright."""
    biases = max(np.abs(move).max() for move in moves if move.ndim == 1)
    first = np.abs(moves[0]).max()
    if answer.optimizer in ADAM or first > 0.02 * biases:
        return None
    return Diagnosis(
        "scaled again",
        "its biases have moved and its first kernel hardly has: the images it was fitted to were "
        "nearly black.",
        "x runs from 0 to 1 already. Is it divided by 255 once more?",
    )


def out_of_step(answer: Trained, moves, untrained: Any, case: Case) -> Diagnosis | None:
    """Far moved, and still no better than guessing, on the images that it was given too."""
    before = np.sqrt(sum(float((w**2).sum()) for w in untrained.get_weights()))
    far = np.sqrt(sum(float((move**2).sum()) for move in moves)) > 0.1 * before
    said = said_to(answer.model, case["x"])
    if not far or share_right(said, case["y"]) > 0.17:
        return None
    return Diagnosis(
        "images and labels out of step",
        "the weights have moved far, and it still guesses, on the images that it was given too: "
        "as if these had not met their own labels.",
        "Is y[i] the label of x[i] in all that you fit to? Whoever reorders one reorders both.",
    )


def begun(answer: Trained) -> Diagnosis | None:
    if answer.accuracy < 0.2:
        return None
    return Diagnosis(
        "too little training",
        f"it has begun to learn, and is right on {answer.accuracy:.0%} of new images: not yet enough.",
        "More epochs, all images, a larger learning rate, another optimizer?",
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


def for_class_numbers(model, x, y):
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=1, verbose=0)


train = TrainingExercise(
    name="train",
    oracle=by_adam,
    terms=calling.Terms(others=(), seconds=60),
    parts={"learns": Part(two_thousand_digits, Learned(), trained, diagnose=why)},
    misconceptions=(
        Misconception(
            "a loss for class numbers",
            for_class_numbers,
            "sparse_categorical_crossentropy takes class numbers, and y is one-hot.",
            "For one-hot labels it is categorical_crossentropy.",
        ),
    ),
    hints=(
        "Two calls: model.compile says how to learn, model.fit learns.",
        "compile needs an optimizer and a loss. For one-hot labels that is categorical_crossentropy.",
        'model.compile("adam", "categorical_crossentropy"), then model.fit(x, y, epochs=5).',
    ),
)
