"""MNIST's images and labels, made ready for a network."""

import numpy as np

from contract import calling
from helpers.check import oracle, sums
from helpers.check.answers import Array, Kind, item
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.preprocessing_probe import AXES, Pixels, levels, one_hot

NAMES = ("x", "y")
IMAGE, LABEL = (item(index, NAMES) for index in range(2))


def by_keras(images, labels):
    """(N, 28, 28), (N,) uint8 -> (N, 28, 28, 1) float32 in 0..1, (N, 10) one-hot."""
    keras = oracle.keras()
    x = keras.layers.Rescaling(1 / 255, dtype="float32")(images[..., np.newaxis])
    return oracle.to_numpy(x), oracle.to_numpy(keras.ops.one_hot(labels.astype("int32"), 10))


def dim_images(rng) -> list[Case]:
    """Their brightest pixel is not 255, nor their darkest 0; no two have the same N.

    Of the digits 0 and 9 are not there: who has nine columns for them, or takes 1 off each label, has
    the images all the same.
    """
    return [
        {
            "images": rng.integers(20, 180, size=(n, 28, 28), dtype=np.uint8),
            "labels": (1 + rng.permutation(8)[:n]).astype(np.uint8),
        }
        for n in (3, 7)
    ]


def some_digits(rng) -> list[Case]:
    """Not every digit occurs: neither 9, nor 0, nor some in between; all ten do in the last call only."""
    kinds = ([1, 2, 5, 7], [4], [3, 8, 8, 6, 1], range(10))
    return [
        {
            "images": rng.integers(0, 256, size=(len(digits), 28, 28), dtype=np.uint8),
            "labels": rng.permutation(np.array(digits, dtype=np.uint8)),
        }
        for digits in kinds
    ]


def with_images(change):
    """The right labels, and images as someone with a mistake makes them."""
    return lambda images, labels: (
        change(images).astype("float32"),
        by_keras(images, labels)[1],
    )


def with_labels(change):
    return lambda images, labels: (by_keras(images, labels)[0], change(labels))


def scaled(images):
    return images[..., np.newaxis] / np.float32(255)


def spread_between_extremes(images):
    low, high = float(images.min()), float(images.max())
    return (images[..., np.newaxis] - low) / (high - low)


preprocess = Exercise(
    name="preprocess",
    oracle=by_keras,
    terms=calling.FREE,
    parts={
        "images": Part(dim_images, Pixels(AXES, "x"), IMAGE, sum_at=sums.pixel, probe=levels),
        "type": Part(
            dim_images,
            Kind(np.float32, "float32", 'images.astype("float32") comes before the division.'),
            IMAGE,
        ),
        "labels": Part(
            some_digits, Array(("image", "digit"), "y"), LABEL, sum_at=sums.one_hot, probe=one_hot
        ),
    },
    misconceptions=(
        Misconception(
            "not divided",
            with_images(lambda images: images[..., np.newaxis]),
            "the pixels are still 0..255.",
            "Divide by 255.",
        ),
        Misconception(
            "divided by 256",
            with_images(lambda images: images[..., np.newaxis] / 256),
            "you divide by 256: white becomes 0.996.",
            "A byte holds 256 values, and the largest is 255.",
        ),
        Misconception(
            "divided by the largest pixel",
            with_images(lambda images: images[..., np.newaxis] / images.max()),
            "you divide by the brightest pixel there happens to be.",
            "One and the same scale for all images, today's and tomorrow's: 255.",
        ),
        Misconception(
            "spread between the extremes",
            with_images(spread_between_extremes),
            "you spread what there is from 0 to 1.",
            "One and the same scale for all images, today's and tomorrow's: x / 255.",
        ),
        Misconception(
            "standardised",
            with_images(
                lambda images: (scaled(images) - scaled(images).mean()) / scaled(images).std()
            ),
            "you take the mean off and divide by the standard deviation.",
            "That is a normalisation too, but 0..1 was asked for: x / 255.",
        ),
        Misconception(
            "-1 to 1",
            with_images(lambda images: images[..., np.newaxis] / 127.5 - 1),
            "the pixels are in −1..1.",
            "0..1 was asked for: x / 255.",
        ),
        Misconception(
            "divided without remainder",
            with_images(lambda images: images[..., np.newaxis] // 255),
            "// leaves whole numbers only: all that is not white has become 0.",
            "Divide with /.",
        ),
        Misconception(
            "inverted",
            with_images(lambda images: 1 - scaled(images)),
            "black and white have changed places.",
            "Ink is 1, paper is 0, as they come.",
        ),
        Misconception(
            "no axis of channels",
            with_images(lambda images: images / 255),
            "the axis of channels is missing.",
            "Conv2D wants (N, 28, 28, 1), also where there is one channel: images[..., np.newaxis].",
        ),
        Misconception(
            "channels first",
            with_images(lambda images: scaled(images).transpose(0, 3, 1, 2)),
            "the channel comes before rows and columns.",
            "Keras' layout is (N, H, W, C).",
        ),
        Misconception(
            "flat images",
            with_images(lambda images: scaled(images).reshape(len(images), 784)),
            "the images are rows of 784 numbers.",
            "A convolution needs to know who is whose neighbour: (N, 28, 28, 1).",
        ),
        Misconception(
            "rows and columns swapped",
            with_images(lambda images: scaled(images).transpose(0, 2, 1, 3)),
            "rows and columns have changed places.",
            "Keep the order of the pixels: only add an axis at the end.",
        ),
        Misconception(
            "items swapped",
            lambda images, labels: by_keras(images, labels)[::-1],
            "the items of your tuple have changed places.",
            "Return x, y: the images first.",
        ),
        Misconception(
            "labels as they are",
            with_labels(lambda labels: labels),
            "the labels are still digits.",
            "One-hot: ten numbers each, 1 at the digit's place and 0 elsewhere.",
        ),
        Misconception(
            "labels in a column",
            with_labels(lambda labels: labels[:, np.newaxis]),
            "the labels are still digits, in a column.",
            "One-hot: ten numbers each, 1 at the digit's place and 0 elsewhere.",
        ),
        Misconception(
            "as many columns as the largest label",
            with_labels(lambda labels: np.eye(labels.max() + 1)[labels]),
            "there are only as many columns as the largest digit among these labels asks for.",
            "Always ten, whoever occurs: to_categorical(labels, 10).",
        ),
        Misconception(
            "a column for each digit that occurs",
            with_labels(lambda labels: (labels[:, np.newaxis] == np.unique(labels)).astype(float)),
            "there are columns only for the digits that occur among these labels.",
            "Always ten, whoever occurs: to_categorical(labels, 10).",
        ),
        Misconception(
            "off by one",
            with_labels(lambda labels: np.eye(10)[labels.astype(int) - 1]),
            "the ones stand one place too far left.",
            "The digit 0 has place 0.",
        ),
        Misconception(
            "digits in place of ones",
            with_labels(lambda labels: np.eye(10)[labels] * labels[:, np.newaxis]),
            "the digit itself stands where 1 should stand.",
            "The place says which digit it is; what stands there is 1.",
        ),
        Misconception(
            "one-hot transposed",
            with_labels(lambda labels: np.eye(10)[labels].T),
            "each image has a column of its own, where it should have a row.",
            "y is (N, 10).",
        ),
    ),
    hints=(
        "Print images.shape, images.dtype, images.min() and images.max() first. What has to change?",
        "A new axis at the end, float32, and one division. For the labels: row d of np.eye(10).",
        'x = images[..., np.newaxis].astype("float32") / 255; y = keras.utils.to_categorical(labels, 10).',
    ),
)
