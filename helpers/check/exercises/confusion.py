"""Which digit is taken for which: a table of a network's answers."""

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array, Kind
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.confusion_probe import counted


def by_keras(y_true, y_pred, num_classes=10):
    """(N,), (N,) -> (classes, classes): row t, column p counts images of t that were taken for p."""
    one_hot = oracle.keras().ops.one_hot
    truth, taken_for = (
        oracle.to_numpy(one_hot(np.asarray(y, dtype="int32"), num_classes))
        for y in (y_true, y_pred)
    )
    return np.rint(truth.T @ taken_for).astype(int)


def answers(rng, n: int, classes: int, kind: type = np.int64) -> Case:
    """Labels and guesses, right half of the time and otherwise never symmetric."""
    truth = rng.integers(0, classes - 1, size=n)  # the last class never occurs,
    other = rng.integers(1, classes - 1, size=n)  # and 0 is hardly ever guessed
    guess = np.where(rng.random(n) < 0.5, truth, other)
    truth[0] = guess[0] = classes - 2  # the largest that occurs does so for certain
    return {"y_true": truth.astype(kind), "y_pred": guess.astype(kind)}


def ten_classes(rng) -> list[Case]:
    return [answers(rng, 40, 10), answers(rng, 300, 10, np.uint8)]


def other_classes(rng) -> list[Case]:
    """17 classes: 16 * 17 + 16 does not fit into the bytes that MNIST's labels are."""
    return [{**answers(rng, 60, classes, np.uint8), "num_classes": classes} for classes in (17, 4)]


def crowded(rng) -> list[Case]:
    """More in every cell than a byte can count, in one more than two bytes; every class occurs."""
    counts = rng.integers(256, 300, size=(3, 3))
    counts[tuple(rng.integers(0, 3, size=2))] += 2**16
    pairs = np.repeat(np.arange(9), counts.ravel())
    rng.shuffle(pairs)
    return [{"y_true": pairs // 3, "y_pred": pairs % 3, "num_classes": 3}]


def occurring_classes_only(y_true, y_pred, num_classes=10):
    classes = np.union1d(y_true, y_pred)
    return by_keras(y_true, y_pred, num_classes)[np.ix_(classes, classes)]


def by_one_number(y_true, y_pred, num_classes=10):
    """Row and column in one number, in the labels' own type, where it may not fit."""
    places = (y_true * y_true.dtype.type(num_classes) + y_pred).astype(int)
    return np.bincount(places, minlength=num_classes**2).reshape(num_classes, -1)


def shares_of(axis):
    def wrong(y_true, y_pred, num_classes=10):
        table = by_keras(y_true, y_pred, num_classes)
        return table / np.maximum(table.sum(axis=axis, keepdims=True), 1)

    return wrong


def overwritten(y_true, y_pred, num_classes=10):
    """table[y_true, y_pred] += 1 adds once for each place, however often it is named."""
    return np.minimum(by_keras(y_true, y_pred, num_classes), 1)


def right_ones_only(y_true, y_pred, num_classes=10):
    return np.diag(np.diag(by_keras(y_true, y_pred, num_classes)))


def mistakes_only(y_true, y_pred, num_classes=10):
    table = by_keras(y_true, y_pred, num_classes)
    return table - np.diag(np.diag(table))


def ten_always(y_true, y_pred, num_classes=10):
    inside = (np.asarray(y_true) < 10) & (np.asarray(y_pred) < 10)
    return by_keras(np.asarray(y_true)[inside], np.asarray(y_pred)[inside])


COUNTS = Array(("truth", "prediction"))

confusion_matrix = Exercise(
    name="confusion_matrix",
    oracle=by_keras,
    parts={
        "counts": Part(ten_classes, COUNTS, sum_at=sums.tally, probe=counted),
        "classes": Part(other_classes, COUNTS, sum_at=sums.tally, probe=counted, together=crowded),
        "type": Part(
            ten_classes, Kind(np.integer, "ints", "Count in an array of ints: dtype=int.")
        ),
    },
    misconceptions=(
        Misconception(
            "transposed",
            lambda y_true, y_pred, num_classes=10: by_keras(y_true, y_pred, num_classes).T,
            "rows and columns have changed places.",
            "Rows are the truth, columns what it was taken for: table[true, pred].",
        ),
        Misconception(
            "each place counted once",
            overwritten,
            "no place counts higher than 1.",
            "table[y_true, y_pred] += 1 adds once to each place. Loop, or np.add.at.",
        ),
        Misconception(
            "only the right answers",
            right_ones_only,
            "only right answers are counted.",
            "Mistakes count too: they are what the table is for.",
        ),
        Misconception(
            "only the mistakes",
            mistakes_only,
            "the diagonal is empty: right answers are not counted.",
            "Count every image, the right ones on the diagonal.",
        ),
        Misconception(
            "shares of the rows",
            shares_of(1),
            "every row is divided by its sum.",
            "Counts were asked for: how many, not which share.",
        ),
        Misconception(
            "shares of the columns",
            shares_of(0),
            "every column is divided by its sum.",
            "Counts were asked for: how many, not which share.",
        ),
        Misconception(
            "only the classes that occur",
            occurring_classes_only,
            "classes that do not occur have no row and no column.",
            "The table is num_classes × num_classes, whoever occurs.",
        ),
        Misconception(
            "always ten classes",
            ten_always,
            "the table is always 10 × 10.",
            "It is num_classes × num_classes.",
        ),
        Misconception(
            "too small a type",
            by_one_number,
            "y_true * num_classes does not fit into a byte, and MNIST's labels are bytes.",
            "Turn the labels into ints first: y_true.astype(int).",
        ),
    ),
    hints=(
        "Start with a table of zeros, num_classes × num_classes, and go through the images.",
        "Image by image: for t, p in zip(y_true, y_pred), one more in row t, column p.",
        "table = np.zeros((num_classes, num_classes), dtype=int), then table[t, p] += 1.",
    ),
)
