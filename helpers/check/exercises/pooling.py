"""Max pooling, forward and backward: the largest number of each window, and where its gradient goes.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from collections.abc import Callable

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.covering import covering
from helpers.check.exercises import pooling_probe
from helpers.check.exercises.pooling_probe import windows

AXES = ("image", "row", "column", "channel")


# ---------------------------------------------------------------- calls


def maps(rng, height: int, width: int, n=2, channels=3) -> np.ndarray:
    """What a ReLU could leave: nothing below 0; no two numbers agree."""
    return np.abs(rng.normal(size=(n, height, width, channels)))


def divided(rng) -> list[Case]:
    """Windows that fill the image; some hold negative numbers only, some whole ones."""
    signed = rng.normal(size=(2, 6, 8, 3))
    below = -1 - maps(rng, 4, 10, n=3, channels=2)
    whole = rng.permutation(1 * 8 * 6 * 5).reshape(1, 8, 6, 5) - 100
    return [{"x": x} for x in (signed, below, whole)]


def other_sizes(rng) -> list[Case]:
    """Windows of other sizes; they fill the image."""
    sizes = (3, 4, 1)
    return [
        {"x": maps(rng, height, width), "size": size}
        for size, (height, width) in zip(sizes, ((6, 12), (12, 8), (4, 5)), strict=True)
    ]


def left_over(rng) -> list[Case]:
    """Rows, columns or both that fill no window of 2 × 2."""
    return [{"x": maps(rng, *size)} for size in ((7, 9), (6, 11), (9, 4))]


def all_together(rng) -> list[Case]:
    """Sizes of one, rests of every length and images of one sign, each with each."""
    choices = {
        "size": (2, 3, 4), "rows": (1, 2), "columns": (1, 3), "row": (0, 1, -1), "column": (0, 1, -1),
        "n": (1, 2), "channels": (1, 3), "sign": (1, -1),
    }  # fmt: skip
    cases = []
    for row in covering(rng, choices):
        size = row["size"]
        height = row["rows"] * size + row["row"] % size
        width = row["columns"] * size + row["column"] % size
        x = row["sign"] * maps(rng, height, width, row["n"], row["channels"])
        cases.append({"x": x, **({} if size == 2 else {"size": size})})
    return cases


def backward(cases: Callable) -> Callable:
    """The same images, with a gradient for each window."""

    def with_gradients(rng) -> list[Case]:
        return [{"dy": rng.normal(size=pool(**case).shape), **case} for case in cases(rng)]

    return with_gradients


def tied(rng) -> list[Case]:
    """What a ReLU leaves: many windows of zeros only; and maps of few different numbers, below 0."""
    rectified = np.maximum(rng.normal(size=(2, 6, 8, 3)) - 0.7, 0)
    few = rng.integers(-3, 0, size=(3, 4, 10, 2)).astype(float)
    return [{"x": rectified}, {"x": few}]


# ---------------------------------------------------------------- the right answers, in pieces


def put_back(shares, x, size=2) -> np.ndarray:
    """(N, oh, ow, C, size * size) -> (N, H, W, C): `windows` turned round; 0 outside of them."""
    n, oh, ow, channels, _ = shares.shape
    blocks = shares.reshape(n, oh, ow, channels, size, size).transpose(0, 1, 4, 2, 5, 3)
    dx = np.zeros(x.shape)
    dx[:, : oh * size, : ow * size] = blocks.reshape(n, oh * size, ow * size, channels)
    return dx


def pool(x, size=2, how=np.max) -> np.ndarray:
    return how(windows(x, size), axis=-1)


def first_largest(numbers) -> np.ndarray:
    """1 at the first of the largest numbers along the last axis, 0 elsewhere."""
    return np.arange(numbers.shape[-1]) == numbers.argmax(axis=-1)[..., None]


def route(dy, x, size=2, share=first_largest) -> np.ndarray:
    """dx: each window's gradient, handed out as ``share`` of its numbers says."""
    return put_back(dy[..., None] * share(windows(x, size)), x, size)


# ---------------------------------------------------------------- mistakes, forward


def by(how) -> Callable:
    """The mistake of taking something else than the largest."""
    return lambda x, size=2: pool(x, size, how)


def overlapping(x, size=2):
    """Windows that move by one pixel, all of them."""
    seen = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return seen.max(axis=(4, 5))


def one_pixel_apart(x, size=2):
    oh, ow = x.shape[1] // size, x.shape[2] // size
    return overlapping(x, size)[:, :oh, :ow]


def along_one_axis(axis):
    def wrong(x, size=2):
        n, height, width, channels = x.shape
        if axis == 1:
            whole = x[:, : height // size * size]
            return whole.reshape(n, -1, size, width, channels).max(axis=2)
        whole = x[:, :, : width // size * size]
        return whole.reshape(n, height, -1, size, channels).max(axis=3)

    return wrong


def without_transpose(x, size=2):
    n, height, width, channels = x.shape
    whole = x[:, : height // size * size, : width // size * size]
    return whole.reshape(n, height // size, width // size, size, size, channels).max(axis=(3, 4))


def begun_windows_too(x, size=2):
    """As padding "same" has it: windows that the image does not fill count as well."""
    rest = [(0, -side % size) for side in x.shape[1:3]]
    return pool(np.pad(x.astype(float), ((0, 0), *rest, (0, 0)), constant_values=-np.inf), size)


def left_out_in_front(x, size=2):
    return pool(x[:, x.shape[1] % size :, x.shape[2] % size :], size)


def last_to_the_end(x, size=2):
    n, height, width, channels = x.shape
    y = np.zeros((n, height // size, width // size, channels))
    for i, j in np.ndindex(y.shape[1:3]):
        bottom = height if i == y.shape[1] - 1 else (i + 1) * size
        right = width if j == y.shape[2] - 1 else (j + 1) * size
        y[:, i, j] = x[:, i * size : bottom, j * size : right].max(axis=(1, 2))
    return y


WINDOW = Array(AXES)

max_pool = Exercise(
    name="max_pool",
    oracle=oracle.max_pool,
    parts={
        "window": Part(divided, WINDOW, sum_at=sums.max_pool, probe=pooling_probe.forward),
        "size": Part(other_sizes, WINDOW, sum_at=sums.max_pool, probe=pooling_probe.forward),
        "remainder": Part(
            left_over,
            WINDOW,
            sum_at=sums.max_pool,
            probe=pooling_probe.forward,
            together=all_together,
        ),
    },
    misconceptions=(
        Misconception(
            "averages",
            by(np.mean),
            "you take the average of each window.",
            "Max pooling keeps the largest number, and nothing of the others.",
        ),
        Misconception(
            "sums",
            by(np.sum),
            "you add up each window.",
            "Max pooling keeps the largest number, and nothing of the others.",
        ),
        Misconception(
            "the smallest",
            by(np.min),
            "you take the smallest number of each window.",
            "The largest is asked for.",
        ),
        Misconception(
            "the largest absolute value",
            by(lambda numbers, axis: np.abs(numbers).max(axis=axis)),
            "you take the largest absolute value of each window.",
            "Signs count: of −3 and 1 the larger number is 1.",
        ),
        Misconception(
            "never below 0",
            lambda x, size=2: np.maximum(pool(x, size), 0),
            "where a window holds only negative numbers, your answer is 0.",
            "Start from the window's own numbers, or from -np.inf, and not from 0.",
        ),
        Misconception(
            "overlapping windows",
            overlapping,
            "your windows overlap: they move by one pixel.",
            "They lie side by side: window (i, j) starts at (i · size, j · size).",
        ),
        Misconception(
            "windows one pixel apart",
            one_pixel_apart,
            "your output has the right size, but its windows are one pixel apart.",
            "Window (i, j) starts at (i · size, j · size).",
        ),
        Misconception(
            "over rows only",
            along_one_axis(1),
            "you pool over the rows only.",
            "A window is size × size: half as many columns stay as well, when size is 2.",
        ),
        Misconception(
            "over columns only",
            along_one_axis(2),
            "you pool over the columns only.",
            "A window is size × size: half as many rows stay as well, when size is 2.",
        ),
        Misconception(
            "over the channels too",
            lambda x, size=2: pool(x, size).max(axis=3),
            "you take the largest over the channels too.",
            "Each channel is pooled by itself: take the maximum over rows and columns only.",
        ),
        Misconception(
            "the same for all channels",
            lambda x, size=2: pool(x, size) * 0 + pool(x, size).max(axis=3, keepdims=True),
            "all channels get the largest number of any of them.",
            "Each channel is pooled by itself: take the maximum over rows and columns only.",
        ),
        Misconception(
            "the first pixel",
            lambda x, size=2: windows(x, size)[..., 0],
            "you keep the first pixel of each window.",
            "Look at all size × size of them, and keep the largest.",
        ),
        Misconception(
            "pixels mixed by a reshape",
            without_transpose,
            "your windows are not squares of pixels: a reshape has mixed them.",
            "Cut each axis in two, (N, H // size, size, W // size, size, C), and look at axes 2 and 4.",
        ),
        Misconception(
            "the first image for all",
            lambda x, size=2: np.repeat(pool(x, size)[:1], len(x), axis=0),
            "every output shows the first image of the batch.",
            "Look for an x[0] that should be x[n], or x[:, …].",
        ),
        Misconception(
            "the largest of the map",
            lambda x, size=2: x.max(axis=(1, 2)),
            "you keep one number of each map.",
            "That is global pooling. Here each window of size × size keeps one.",
        ),
        Misconception(
            "always 2 × 2",
            lambda x, size=2: pool(x, 2),
            "your windows are always 2 × 2.",
            "They are size × size.",
        ),
        Misconception(
            "begun windows too",
            begun_windows_too,
            "you keep windows that the image does not fill.",
            'That is padding "same". Here H // size rows and W // size columns of windows stay.',
        ),
        Misconception(
            "last windows to the end",
            last_to_the_end,
            "your last windows reach to the end of the image.",
            "All windows are size × size; rows and columns that are left over are left out.",
        ),
        Misconception(
            "left out in front",
            left_out_in_front,
            "you leave out the first rows and columns; the last are to be left out.",
            "The first window starts at pixel (0, 0); what is left over stands at the end.",
        ),
    ),
    hints=(
        "window: output [n, i, j, c] is the largest of four numbers. Which rows and columns are they in?",
        "size: window (i, j) starts at row i · size and column j · size, and is size × size.",
        "remainder: there are H // size windows in a column. Rows that no window reaches are not looked at.",
        "x[:, i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(1, 2)) is output [:, i, j].",
    ),
)


# ---------------------------------------------------------------- mistakes, backward


def shared_by(share) -> Callable:
    """The mistake of handing a window's gradient to other pixels."""
    return lambda dy, x, size=2: route(dy, x, size, share)


def all_largest(numbers):
    return numbers == numbers.max(axis=-1, keepdims=True)


def last_largest(numbers):
    return first_largest(numbers[..., ::-1])[..., ::-1]


def first_by_columns(numbers):
    size = round(numbers.shape[-1] ** 0.5)
    place = np.arange(size * size).reshape(size, size).T.ravel()
    return first_largest(numbers[..., place])[..., place]


def only_windows(dy, x, size=2):
    return route(dy, x, size)[:, : dy.shape[1] * size, : dy.shape[2] * size]


def windows_of_two(dy, x, size=2):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape[1:3]):
        at = np.s_[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        dx[at] = route(dy[:, i : i + 1, j : j + 1], x[at], 2)
    return dx


def one_pixel_apart_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape[1:3]):
        at = np.s_[:, i : i + size, j : j + size]
        dx[at] += route(dy[:, i : i + 1, j : j + 1], x[at], size)
    return dx


def one_winner_for_all(axis):
    """The mistake of comparing with the largest of all channels, or of all images."""

    def share(numbers):
        return first_largest(numbers) & (numbers == numbers.max(axis=(axis, -1), keepdims=True))

    return shared_by(share)


def added_to_whole_numbers(dy, x, size=2):
    filled = np.zeros_like(x)
    filled += route(dy, x, size)
    return filled


DX = Array(AXES, "dx")


def backward_part(cases, **options) -> Part:
    """Absolute values of x would have other largest ones: only dy's are taken."""

    def slack(case: Case) -> np.ndarray:
        return route(**{**case, "dy": np.abs(case["dy"])})

    probe = pooling_probe.backward
    return Part(backward(cases), DX, slack=slack, sum_at=sums.max_pool_dx, probe=probe, **options)


max_pool_backward = Exercise(
    name="max_pool_backward",
    oracle=oracle.max_pool_backward,
    builds_on=(max_pool,),
    parts={
        "window": backward_part(divided),
        "size": backward_part(other_sizes),
        "remainder": backward_part(left_over, together=backward(all_together)),
        "ties": backward_part(tied),
    },
    misconceptions=(
        Misconception(
            "each of several largest",
            shared_by(all_largest),
            "where several numbers of a window are the largest, each of them gets the gradient.",
            "The output is one of them: the first, row by row, gets it and the others get 0.",
        ),
        Misconception(
            "shared by several largest",
            shared_by(
                lambda numbers: all_largest(numbers) / all_largest(numbers).sum(-1)[..., None]
            ),
            "where several numbers of a window are the largest, they share the gradient.",
            "TensorFlow gives all of it to the first of them, row by row.",
        ),
        Misconception(
            "the last of several largest",
            shared_by(last_largest),
            "where several numbers of a window are the largest, the last of them gets the gradient.",
            "It goes to the first of them, row by row: np.argmax finds that one.",
        ),
        Misconception(
            "first column by column",
            shared_by(first_by_columns),
            "where several numbers are the largest, you look for the first of them column by column.",
            "Row by row: np.argmax reads a window like a text.",
        ),
        Misconception(
            "to every pixel",
            shared_by(np.ones_like),
            "every pixel of a window gets its gradient.",
            "The output is the largest number; it does not change with the others. Their gradient is 0.",
        ),
        Misconception(
            "spread over the window",
            shared_by(lambda numbers: np.full(numbers.shape, 1 / numbers.shape[-1])),
            "the gradient is spread over the window: that is average pooling.",
            "The output does not change with the smaller numbers: their gradient is 0.",
        ),
        Misconception(
            "to the first pixel",
            shared_by(lambda numbers: np.eye(numbers.shape[-1])[np.zeros(numbers.shape[:-1], int)]),
            "the gradient goes to the first pixel of each window.",
            "It goes to the pixel that was the largest.",
        ),
        Misconception(
            "to the smallest",
            shared_by(lambda numbers: first_largest(-numbers)),
            "the gradient goes to the smallest number of each window.",
            "It goes to the largest.",
        ),
        Misconception(
            "to the largest absolute value",
            shared_by(lambda numbers: first_largest(np.abs(numbers))),
            "the gradient goes to the largest absolute value of each window.",
            "Signs count: of −3 and 1 the larger number is 1.",
        ),
        Misconception(
            "pixels for gradients",
            lambda dy, x, size=2: route(pool(x, size), x, size),
            "dx holds the largest pixels, not their gradients.",
            "At the largest pixel of window (i, j) stands dy[:, i, j].",
        ),
        Misconception(
            "dy left out",
            lambda dy, x, size=2: route(np.ones_like(dy), x, size),
            "dx is 1 at the largest pixels: dy is left out.",
            "At the largest pixel of window (i, j) stands dy[:, i, j].",
        ),
        Misconception(
            "dx times x",
            lambda dy, x, size=2: route(dy, x, size) * x,
            "the gradient is multiplied by the pixel.",
            "Where x grows by a little, the output grows by as much: the factor is 1.",
        ),
        Misconception(
            "one channel only",
            one_winner_for_all(3),
            "of all channels only the one with the largest number gets a gradient.",
            "Each channel was pooled by itself: look for the largest in each.",
        ),
        Misconception(
            "one image only",
            one_winner_for_all(0),
            "of all images only the one with the largest number gets a gradient.",
            "Each image was pooled by itself: look for the largest in each.",
        ),
        Misconception(
            "averaged over the batch",
            lambda dy, x, size=2: route(dy, x, size) / len(x),
            "dx is divided by the number of images.",
            "Each image has a gradient of its own: there is nothing to average.",
        ),
        Misconception(
            "always 2 × 2",
            windows_of_two,
            "your windows are always 2 × 2.",
            "They are size × size.",
        ),
        Misconception(
            "windows one pixel apart",
            one_pixel_apart_backward,
            "your windows are one pixel apart.",
            "Window (i, j) starts at (i · size, j · size).",
        ),
        Misconception(
            "dx too small",
            only_windows,
            "dx lacks the rows and columns that fill no window.",
            "Start from np.zeros(x.shape): where no window reaches, the gradient is 0.",
        ),
        Misconception(
            "the image's type",
            lambda dy, x, size=2: route(dy, x, size).astype(x.dtype),
            "for an image of whole numbers your gradients lose their decimals.",
            "Fill np.zeros(x.shape); np.zeros_like(x) has the type of x.",
        ),
        Misconception(
            "added to whole numbers",
            added_to_whole_numbers,
            "for an image of whole numbers your gradients lose their decimals.",
            "Fill np.zeros(x.shape); np.zeros_like(x) has the type of x.",
        ),
    ),
    hints=(
        "window: the output is the largest of four pixels. Which of them can be moved a little without "
        "changing it?",
        "size: go through the windows as in max_pool; dy[n, i, j, c] belongs to one pixel of window (i, j).",
        "remainder: start from np.zeros(x.shape); pixels in no window keep their 0.",
        "ties: np.argmax finds the first of the largest numbers, row by row: "
        "a, b = divmod(window.argmax(), size).",
    ),
)
