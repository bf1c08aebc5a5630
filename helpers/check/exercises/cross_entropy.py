"""Softmax with cross-entropy: how wrong a network is, and in which direction its scores should go.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from helpers.check import oracle
from helpers.check.answers import Array, Number, as_numbers, item
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.diagnosis import Diagnosis

NAMES = ("loss", "dlogits")
LOSS, DLOGITS = (item(index, NAMES) for index in range(2))


# ---------------------------------------------------------------- calls


def one_hot(rng, n: int, classes: int) -> np.ndarray:
    """The first class and the last occur, and one of them twice where there are three rows."""
    labels = rng.permutation([0, classes - 1, *rng.integers(0, classes, size=n)][:n])
    return np.eye(classes)[labels]


def scores(rng) -> list[Case]:
    """Of both signs; all of one sign; whole numbers; whole labels; one image of a network that is sure."""
    sizes = ((4, 7), (5, 3), (3, 5), (7, 4), (1, 6))
    cases = [{"logits": 2 * rng.normal(size=s), "y": one_hot(rng, *s)} for s in sizes]
    cases[1]["logits"] = -1 - np.abs(cases[1]["logits"])
    cases[2]["logits"] = np.rint(cases[2]["logits"]).astype(int)
    cases[3]["y"] = cases[3]["y"].astype(int)
    cases[4]["logits"] = 3 * np.abs(cases[4]["logits"]) * cases[4]["y"]  # sure, and right
    return cases


def large_scores(rng) -> list[Case]:
    """Hundreds apart, and thousands from 0: above it, below it, and in every row elsewhere."""
    cases = []
    for size, levels in (
        ((3, 5), 1000),
        ((4, 6), -9000),
        ((5, 4), rng.permutation(5) * 4000 - 8000),
    ):
        n, classes = size
        steps = np.array([rng.permutation(classes) for _ in range(n)])
        apart = 300 * steps + 10 * rng.random(size)
        cases.append(
            {"logits": apart + np.broadcast_to(levels, n)[:, None], "y": one_hot(rng, *size)}
        )
    return cases


# ---------------------------------------------------------------- the right answer, in pieces


def softmax(logits, axis=1):
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def losses(logits, y, axis=1):
    """(N,): of each row, log of the sum of powers minus the score of the right class."""
    z = logits - logits.max(axis=axis, keepdims=True)
    return (y * (np.log(np.exp(z).sum(axis=axis, keepdims=True)) - z)).sum(axis=1)


def loss_and_gradient(logits, y):
    return losses(logits, y).mean(), (softmax(logits) - y) / len(logits)


def rounding_of_loss(case: Case) -> float:
    return float(np.mean(1 + np.abs(case["logits"]).max(axis=1)))


def rounding_of_gradient(case: Case) -> np.ndarray:
    """A power is as many units of rounding off as its exponent is large."""
    logits = case["logits"]
    exponent = np.maximum(1, np.abs(logits).max(axis=1, keepdims=True) / 4)
    return (softmax(logits) * exponent + case["y"]) / len(logits)


# ---------------------------------------------------------------- mistakes


def changed(loss=None, gradient=None) -> Callable:
    """The mistake of working one of the two out otherwise."""

    def wrong(logits, y):
        right = loss_and_gradient(logits, y)
        changes = zip((loss, gradient), right, strict=True)
        return tuple(change(logits, y) if change else number for change, number in changes)

    return wrong


def of_true_class(numbers, y):
    return (numbers * y).sum(axis=1)


def maximum_on_one_side(logits, y):
    return (losses(logits, y) - logits.max(axis=1)).mean()


def binary(logits, y):
    """Each class by itself, as right or wrong."""
    of_wrong_ones = (1 - y) * np.log(np.maximum(1 - softmax(logits), 1e-300))
    return (losses(logits, y) - of_wrong_ones.sum(axis=1)).mean()


def on_the_way(logits, y):
    """How the loss changes with the probabilities, and not with the scores."""
    return -y / softmax(logits) / len(logits)


def true_class_only(logits, y):
    return (softmax(logits) - y) * y / len(logits)


MISTAKES = (
    Misconception(
        "a loss for each image",
        changed(losses),
        "your loss has a number for each image.",
        "The mean over the images is asked for.",
    ),
    Misconception(
        "losses summed",
        changed(lambda logits, y: losses(logits, y).sum()),
        "you add up the losses of the images.",
        "The mean is asked for: divide by N.",
    ),
    Misconception(
        "averaged over the classes too",
        changed(lambda logits, y: losses(logits, y).mean() / y.shape[1]),
        "your loss is divided by the number of classes, too.",
        "Each image has one loss: sum over the classes, mean over the images.",
    ),
    Misconception(
        "averaged over the classes",
        changed(lambda logits, y: losses(logits, y).sum() / y.shape[1]),
        "your loss is divided by the number of classes.",
        "Sum over the classes, mean over the images: divide by N, not by K.",
    ),
    Misconception(
        "loss below 0",
        changed(lambda logits, y: -losses(logits, y).mean()),
        "your loss has the wrong sign.",
        "The logarithm of a probability is below 0; the loss is minus that.",
    ),
    Misconception(
        "no logarithm",
        changed(lambda logits, y: of_true_class(softmax(logits), y).mean()),
        "your loss is the probability of the right class.",
        "Cross-entropy is minus its logarithm.",
    ),
    Misconception(
        "one minus the probability",
        changed(lambda logits, y: 1 - of_true_class(softmax(logits), y).mean()),
        "your loss is 1 minus the probability of the right class.",
        "Cross-entropy is minus the logarithm of that probability.",
    ),
    Misconception(
        "logarithm of the mean",
        changed(lambda logits, y: -np.log(of_true_class(softmax(logits), y).mean())),
        "you take the mean of the probabilities, and then the logarithm.",
        "The other way round: a logarithm for each image, then the mean.",
    ),
    Misconception(
        "another logarithm",
        changed(lambda logits, y: losses(logits, y).mean() / np.log(2)),
        "your logarithm has base 2.",
        "The natural one is asked for: np.log.",
    ),
    Misconception(
        "softmax over the images",
        lambda logits, y: (
            losses(logits, y, axis=0).mean(),
            (softmax(logits, axis=0) - y) / len(logits),
        ),
        "your softmax adds up to 1 over the images.",
        "Over the classes, axis 1: each image's probabilities add up to 1.",
    ),
    Misconception(
        "wrong classes in the loss",
        changed(binary),
        "the wrong classes are in your loss, too: that is binary cross-entropy.",
        "With softmax only the right class counts: minus the logarithm of its probability.",
    ),
    Misconception(
        "squared errors",
        changed(lambda logits, y: ((softmax(logits) - y) ** 2).sum(axis=1).mean()),
        "your loss is a squared error.",
        "Cross-entropy is minus the logarithm of the right class's probability.",
    ),
    Misconception(
        "maximum subtracted on one side",
        changed(maximum_on_one_side),
        "the largest logit is subtracted in the sum, and not from the score of the right class.",
        "log(sum(exp(z))) is max + log(sum(exp(z - max))).",
    ),
    Misconception(
        "gradient of the sum",
        changed(gradient=lambda logits, y: softmax(logits) - y),
        "your gradient is that of the sum of the losses.",
        "The loss is a mean over N images: divide by N.",
    ),
    Misconception(
        "gradient divided by N·K",
        changed(gradient=lambda logits, y: (softmax(logits) - y) / y.size),
        "your gradient is divided by N · K.",
        "The loss is a mean over the N images only.",
    ),
    Misconception(
        "gradient divided by K",
        changed(gradient=lambda logits, y: (softmax(logits) - y) / y.shape[1]),
        "your gradient is divided by the number of classes.",
        "The loss is a mean over the images: divide by N.",
    ),
    Misconception(
        "gradient turned round",
        changed(gradient=lambda logits, y: (y - softmax(logits)) / len(logits)),
        "your gradient has the wrong sign.",
        "Where the right class's score grows, the loss falls: its gradient is below 0.",
    ),
    Misconception(
        "y left out of the gradient",
        changed(gradient=lambda logits, y: softmax(logits) / len(logits)),
        "y is missing from your gradient.",
        "Each row of the gradient adds up to 0; each of yours adds up to 1/N.",
    ),
    Misconception(
        "gradient of the probabilities",
        changed(gradient=on_the_way),
        "your gradient says how the loss changes with the probabilities.",
        "Go one step further back: how does it change with the logits?",
    ),
    Misconception(
        "the right class only",
        changed(gradient=true_class_only),
        "only the right class has a gradient.",
        "A higher score of a wrong class makes the right one less likely: the loss grows with it.",
    ),
    Misconception(
        "logits for probabilities",
        changed(gradient=lambda logits, y: (logits - y) / len(logits)),
        "in your gradient the logits stand where the probabilities should.",
        "It is softmax(logits) that is compared with y.",
    ),
    Misconception(
        "the items swapped",
        lambda logits, y: loss_and_gradient(logits, y)[::-1],
        "the items of your tuple have changed places.",
        "Return (loss, dlogits).",
    ),
)


# ---------------------------------------------------------------- what is no number any more

SHIFT = "softmax(z) = softmax(z - c): subtract each row's largest logit before np.exp."
LOG_SUM = "log(softmax(z)) = z - log(sum(exp(z))): written like that no logarithm meets a 0."
OVERFLOW = Diagnosis(
    "overflow", "np.exp of a large logit is infinite: np.exp(710) already is.", SHIFT
)
UNDERFLOW = Diagnosis(
    "underflow",
    "np.exp of a logit far below 0 is 0; if that is so in a whole row, its sum is 0, too.",
    SHIFT,
)
ONE_MAXIMUM = Diagnosis(
    "one maximum for all rows",
    "where one row is thousands below another, all its powers are 0: is one number subtracted from all rows?",
    "Subtract each row's own largest logit: logits.max(axis=1, keepdims=True).",
)
TOO_LARGE = (
    (OVERFLOW, [[1000, 1000]], [[1, 0]]),
    (UNDERFLOW, [[-1000, -1000]], [[1, 0]]),
    (ONE_MAXIMUM, [[1000, 1000], [0, 0]], [[1, 0], [0, 1]]),
)
OF_LOSS = (
    (
        Diagnosis(
            "0 times the logarithm of 0",
            "where a wrong class has probability 0, its logarithm is infinite, and 0 times that is NaN.",
            LOG_SUM,
        ),
        [[0, -1000]],
        [[1, 0]],
    ),
    (
        Diagnosis(
            "logarithm of 0",
            "where the right class has probability 0, your loss is infinite: log(0).",
            LOG_SUM,
        ),
        [[0, -1000]],
        [[0, 1]],
    ),
)
OF_GRADIENT = (
    (
        Diagnosis(
            "gradient of the probabilities",
            "your gradient says how the loss changes with the probabilities. "
            "Where the right class has probability 0, you divide by it.",
            "Go one step further back: how does it change with the logits?",
        ),
        [[0, -1000]],
        [[0, 1]],
    ),
)


def no_number(index: int, answer, ask) -> Diagnosis | None:
    """Why there is a NaN in it, or an infinite number."""
    if np.all(np.isfinite(as_numbers(answer))):
        return None
    for known, logits, y in (*TOO_LARGE, *(OF_LOSS, OF_GRADIENT)[index]):
        if not np.all(np.isfinite(as_numbers(ask(small(logits, y))))):
            return known
    return None


def small(logits, y) -> Case:
    return {"logits": np.array(logits, dtype=float), "y": np.array(y, dtype=float)}


# ---------------------------------------------------------------- the smallest call that is wrong

SMALL = (
    ("[[0, 0]]", [[0, 0]], [[1, 0]]),
    ("[[log 3, 0]]", [[np.log(3), 0]], [[1, 0]]),
    ("[[log 3, 0]]", [[np.log(3), 0]], [[0, 1]]),
    ("[[0, 0, 0]]", [[0, 0, 0]], [[0, 1, 0]]),
    ("[[0, 0], [0, 0]]", [[0, 0], [0, 0]], [[1, 0], [0, 1]]),
    ("[[log 3, 0], [0, 0]]", [[np.log(3), 0], [0, 0]], [[1, 0], [1, 0]]),
    ("[[-1, -1]]", [[-1, -1]], [[0, 1]]),
    ("[[1000, 0]]", [[1000, 0]], [[1, 0]]),
    ("[[1000, 0]]", [[1000, 0]], [[0, 1]]),
    ("[[-1000, -1000]]", [[-1000, -1000]], [[1, 0]]),
    ("[[1000, 1000], [0, 0]]", [[1000, 1000], [0, 0]], [[1, 0], [0, 1]]),
)


def bounded(ask) -> Diagnosis | None:
    """Where a loss is the same for a probability that is far too small and for one far smaller."""
    found = [as_numbers(ask(small([[apart, 0]], [[0, 1]]))) for apart in (2000, 8000)]
    if any(loss is None or loss.shape or not 0 < loss < 2000 for loss in found):
        return None
    most = max(map(float, found))
    if not np.allclose(*found):
        return None
    return Diagnosis(
        "something added in the logarithm",
        f"your loss never gets above {most:.1f}, which is -log({np.exp(-most):.0e}): something keeps the "
        "probability from 0.",
        LOG_SUM,
    )


def smallest(index: int) -> Callable:
    """Asks for a few logits, the simplest first, until an answer is wrong."""

    def probe(case: Case, answer, ask) -> Diagnosis | None:
        found = no_number(index, answer, ask) or (bounded(ask) if index == 0 else None)
        if found:
            return found
        for written, logits, y in SMALL:
            asked = small(logits, y)
            yours, right = as_numbers(ask(asked)), loss_and_gradient(**asked)[index]
            if yours is None or yours.shape != np.shape(right):
                return None
            if not np.allclose(yours, right, rtol=1e-5, atol=1e-7):
                return Diagnosis(
                    "wrong for a few logits",
                    f"for logits {written} and y {y} your {NAMES[index]} is {shown(yours)}; "
                    f"it should be {shown(right)}.",
                    "Softmax makes 3/4 and 1/4 of log 3 and 0. Work it out by hand."
                    if "log" in written
                    else "Work this one out by hand.",
                )
        return None

    return probe


def shown(numbers) -> str:
    return " ".join(str(np.round(numbers, 4).tolist()).split())


@dataclass(frozen=True)
class Gradient(Array):
    """An array in which NaN does not speak for itself: `no_number` finds where it comes from."""

    def difference(self, answer, right, slack) -> tuple[str, ...]:
        lines = super().difference(answer, right, slack)
        return (lines[0] or super().plain(answer, right, slack), *lines[1:]) if lines else ()

    def plain(self, answer, right, slack) -> str:
        yours = as_numbers(answer)
        finite = yours is None or np.all(np.isfinite(yours))
        return super().plain(answer, right, slack) if finite else ""


def parts() -> Iterator[tuple[str, Part]]:
    """Loss and gradient, each with logits of the usual size and with large ones."""
    kinds = (Number("the loss"), Gradient(("image", "class"), "dlogits"))
    views, rounding = (LOSS, DLOGITS), (rounding_of_loss, rounding_of_gradient)
    for name, cases in (("", scores), (" of large logits", large_scores)):
        for index, word in enumerate(("loss", "gradient")):
            yield (
                f"{word}{name}",
                Part(cases, kinds[index], views[index], rounding[index], probe=smallest(index)),
            )


softmax_cross_entropy = Exercise(
    name="softmax_cross_entropy",
    oracle=oracle.softmax_cross_entropy,
    parts=dict(parts()),
    misconceptions=MISTAKES,
    hints=(
        "loss: softmax makes probabilities of each row. The loss is minus the logarithm of the right "
        "class's probability, and the mean of that over the images.",
        "gradient: how does the loss change with logits[n, k]? The derivative of log(sum(exp(z))) by z[k] "
        "is the probability of class k.",
        "of large logits: softmax(z) = softmax(z - max), and log(softmax(z)) = z - log(sum(exp(z))).",
        "z = logits - logits.max(axis=1, keepdims=True); the losses are np.log(np.exp(z).sum(axis=1)) - "
        "(y * z).sum(axis=1), the gradient (softmax - y) / N.",
    ),
)
