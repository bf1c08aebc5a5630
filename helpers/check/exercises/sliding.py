"""One window, one image, one channel: the first loop that a student writes.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.sizes import output_length

OTHER_SIZES = (
    ((4, 3), (4, 3)),  # the kernel as large as the image
    ((3, 4), (1, 1)),
    ((4, 6), (1, 3)),
    ((6, 4), (3, 1)),
    ((5, 5), (3, 3)),
)
"""Images and kernels that a loop can be wrong for and no other one."""


def drawn(rng, size, kernel_size) -> Case:
    return {"image": rng.normal(size=size), "kernel": rng.normal(size=kernel_size)}


def window_cases(rng) -> list[Case]:
    """No two sizes agree in the one that is shown; among the others are pixels of whole numbers."""
    size = int(rng.integers(6, 9)), int(rng.integers(10, 13))
    whole = drawn(rng, (6, 8), (2, 3))
    whole["image"] = np.round(9 * whole["image"]).astype(int)
    others = [drawn(rng, *sizes) for sizes in OTHER_SIZES]
    return [drawn(rng, size, (3, 2)), drawn(rng, (5, 9), (2, 4)), whole, *others]


def windows(image, kernel):
    """(oh, ow, kh, kw): what lies under the kernel at each stop."""
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


def slid(image, kernel):
    return (windows(image, kernel) * kernel).sum(axis=(2, 3))


def padded(image, kernel):
    kh, kw = kernel.shape
    zeros = [((k - 1) // 2, k // 2) for k in (kh, kw)]
    return slid(np.pad(image, zeros), kernel)


def rest_of_zeros(image, kernel):
    y = np.zeros(image.shape)
    right = slid(image, kernel)
    y[: right.shape[0], : right.shape[1]] = right
    return y


def last_never_reached(image, kernel):
    y = slid(image, kernel)
    y[-1], y[:, -1] = 0, 0
    return y


def sides_exchanged(image, kernel):
    kw, kh = kernel.shape
    stops = np.ndindex(image.shape[0] - kh + 1, image.shape[1] - kw + 1)
    y = [np.sum(image[i : i + kh, j : j + kw] * kernel) for i, j in stops]
    return np.reshape(y, (image.shape[0] - kh + 1, -1))


def only(*places):
    """The mistake of filling the output at these places only."""

    def wrong(image, kernel):
        right = slid(image, kernel)
        y = np.zeros(right.shape)
        y[places] = right[places]
        return y

    return wrong


def steps_of_a_window(image, kernel):
    kh, kw = kernel.shape
    return slid(image, kernel)[::kh, ::kw]


def products_stored(image, kernel):
    y = np.zeros(windows(image, kernel).shape[:2])
    y[0, 0] = image[: kernel.shape[0], : kernel.shape[1]] * kernel
    return slid(image, kernel)


def sums_of_matrix_products(image, kernel):
    return np.array([[np.sum(patch @ kernel) for patch in row] for row in windows(image, kernel)])


slide = Exercise(
    name="slide",
    oracle=oracle.slide,
    builds_on=(output_length,),
    parts={"window": Part(window_cases, Array(("row", "column")), sum_at=sums.slide)},
    misconceptions=(
        Misconception(
            "flipped kernel",
            lambda image, kernel: slid(image, kernel[::-1, ::-1]),
            "your kernel is flipped: this is the mathematician's convolution.",
            "Lay the kernel on the window as it is. Take out the [::-1, ::-1].",
        ),
        Misconception(
            "kernel upside down",
            lambda image, kernel: slid(image, kernel[::-1]),
            "your kernel is upside down: its rows are in reverse order.",
            "Row a of the kernel meets row a of the window.",
        ),
        Misconception(
            "kernel mirrored",
            lambda image, kernel: slid(image, kernel[:, ::-1]),
            "your kernel is mirrored: its columns are in reverse order.",
            "Column b of the kernel meets column b of the window.",
        ),
        Misconception(
            "kernel transposed",
            lambda image, kernel: slid(image, kernel.T),
            "your kernel is transposed: its rows and columns are swapped.",
            "kernel.shape is (kh, kw): rows first, as in the image.",
        ),
        Misconception(
            "height and width of the kernel exchanged",
            sides_exchanged,
            "the kernel's height and width have changed places.",
            "kernel.shape is (kh, kw): rows first, as in the image.",
        ),
        Misconception(
            "padded",
            padded,
            "your output is as large as the image: you put zeros around it.",
            "Here the window stays inside the image: along n cells it makes n − k + 1 stops.",
        ),
        Misconception(
            "as large as the image, the rest zeros",
            rest_of_zeros,
            "your output is as large as the image, and its last rows and columns are never filled.",
            "Make an array with one place for each stop: n − k + 1 of them along n cells.",
        ),
        Misconception(
            "one stop missing",
            lambda image, kernel: slid(image, kernel)[:-1, :-1],
            "the last stop is missing along both axes.",
            "The window starts at 0, 1, …, n − k: that makes n − k + 1 stops. range(n) ends at n − 1.",
        ),
        Misconception(
            "last stop never reached",
            last_never_reached,
            "the last row and the last column of your output are never filled.",
            "range(n) ends at n − 1: let the loops run over all of the output's rows and columns.",
        ),
        Misconception(
            "only the first row",
            only(0),
            "only the first row of your output is filled.",
            "Does `return` stand inside the loop over the rows? It belongs after both loops.",
        ),
        Misconception(
            "only the first number",
            only(0, 0),
            "only the first number of your output is filled.",
            "Does `return` stand inside a loop? It belongs after both loops.",
        ),
        Misconception(
            "as many columns as rows",
            lambda image, kernel: slid(image, kernel)[:, : windows(image, kernel).shape[0]],
            "your output has as many columns as rows.",
            "Height and width each have a length of their own.",
        ),
        Misconception(
            "a window's length at each step",
            steps_of_a_window,
            "your windows lie side by side.",
            "From one stop to the next the window moves by one cell, so that the windows overlap.",
        ),
        Misconception(
            "no sum",
            lambda image, kernel: windows(image, kernel) * kernel,
            "you keep all the products of a window.",
            "Add them up: each window makes one number.",
        ),
        Misconception(
            "products in place of their sum",
            products_stored,
            "you store all the products of a window where one number belongs.",
            "Add them up first: np.sum(window * kernel).",
        ),
        Misconception(
            "matrix product",
            sums_of_matrix_products,
            "`@` is the matrix product.",
            "Each pixel is multiplied by the weight on top of it: window * kernel, then the sum.",
        ),
        Misconception(
            "averaged",
            lambda image, kernel: slid(image, kernel) / kernel.size,
            "you take the mean of the products.",
            "The products are added up and not divided by anything.",
        ),
        Misconception(
            "kernel left out",
            lambda image, kernel: slid(image, np.ones(kernel.shape)),
            "you add up the pixels of each window without the kernel.",
            "First multiply each pixel by the weight on top of it.",
        ),
        Misconception(
            "sum never set back",
            lambda image, kernel: np.cumsum(slid(image, kernel)).reshape(
                windows(image, kernel).shape[:2]
            ),
            "your sum is not set back to 0 between windows.",
            "Start it at 0 for each window, inside the two outer loops.",
        ),
        Misconception(
            "the image's type",
            lambda image, kernel: slid(image, kernel).astype(image.dtype),
            "for an image of whole numbers your results lose their decimals.",
            "Fill np.zeros(shape); np.zeros_like(image) or dtype=image.dtype would hold ints here.",
        ),
        Misconception(
            "relu",
            lambda image, kernel: np.maximum(slid(image, kernel), 0),
            "your negative numbers have become 0.",
            "The sum is all there is to it: negative numbers stay.",
        ),
    ),
    hints=(
        "How many stops are there, down and across? Make an array of zeros with a place for each.",
        "Two loops, over the rows i and the columns j of the output. Where does window (i, j) start?",
        "The window is image[i : i + kh, j : j + kw]. Multiply it by the kernel, number by number.",
        "y[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)",
    ),
)
