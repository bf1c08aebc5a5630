"""From two kernels to one and back: what a separable convolution can express, and how well.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import EPS, Array, WrongType, as_numbers, items
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.covering import covering
from helpers.check.exercises.separable import PAIR_MISTAKES, product

# ---------------------------------------------------------------- compose


def pair(rng, kernel_size, channels, multiplier, filters) -> Case:
    return {
        "depthwise_kernel": rng.normal(size=(*kernel_size, channels, multiplier)),
        "pointwise_kernel": rng.normal(size=(1, 1, channels * multiplier, filters)),
    }


def pairs_of_any_size(rng) -> list[Case]:
    """Every size is 1 in some of them; in some, one of the kernels holds whole numbers."""
    sizes = {"kh": (1, 3), "kw": (1, 2), "c": (1, 4), "m": (1, 2, 3), "f": (1, 5)}
    cases = []
    for row in covering(rng, {**sizes, "whole": (None, "depthwise_kernel", "pointwise_kernel")}):
        case = pair(rng, (row["kh"], row["kw"]), row["c"], row["m"], row["f"])
        if row["whole"]:
            case[row["whole"]] = np.round(9 * case[row["whole"]]).astype(int)
        cases.append(case)
    return cases


def composed_from(change):
    return lambda d, p: product(*change(d, p))


compose = Exercise(
    name="compose",
    oracle=oracle.compose,
    parts={
        "multiplier 1": Part(
            lambda rng: [pair(rng, (3, 2), 4, 1, 5), pair(rng, (2, 4), 3, 1, 7)],
            Array(("row", "column", "channel", "filter")),
            sum_at=sums.compose,
        ),
        "multiplier": Part(
            lambda rng: [pair(rng, (3, 2), 4, 2, 5), pair(rng, (2, 4), 5, 3, 7)],
            Array(("row", "column", "channel", "filter")),
            sum_at=sums.compose,
            together=pairs_of_any_size,
        ),
    },
    misconceptions=(
        *(
            Misconception(name, composed_from(change), sentence, look)
            for name, change, sentence, look in PAIR_MISTAKES
        ),
        Misconception(
            "channels summed",
            lambda d, p: product(d, p).sum(axis=2),
            "you sum over the channels.",
            "A normal kernel still has a weight for each channel: sum over the multipliers only.",
        ),
        Misconception(
            "multipliers not summed",
            lambda d, p: d.reshape(*d.shape[:2], -1)[..., None] * p,
            "you keep the m products of a channel apart.",
            "All m of them start from the same input channel: add them up.",
        ),
        Misconception(
            "added instead of multiplied",
            lambda d, p: product(d, np.ones_like(p)) + product(np.ones_like(d), p),
            "you add the two kernels' weights.",
            "The second step multiplies what the first has multiplied already.",
        ),
        Misconception(
            "multiplied number by number",
            lambda d, p: d * p,
            "a product number by number does for multiplier 1 only.",
            "With m of them each channel has m products: reshape to (C, m, F), and add them up.",
        ),
    ),
    hints=(
        "Follow one pixel of channel c at tap (a, b) to output f: by which weights is it multiplied?",
        "It takes m ways, one over each map c·m + j; their contributions are added.",
        'np.einsum("abcm,cmf->abcf", …), with the pointwise kernel reshaped to (C, m, F).',
    ),
)


# ---------------------------------------------------------------- factor

NAMES = ("depthwise_kernel", "pointwise_kernel")
DEPTHWISE = Array(("row", "column", "channel", "multiplier"), NAMES[0])
POINTWISE = Array(("1", "1", "channel · multiplier", "filter"), NAMES[1])


def shapes(case: Case) -> tuple[tuple[int, ...], ...]:
    kh, kw, channels, filters = case["kernel"].shape
    m = case["depth_multiplier"]
    return (kh, kw, channels, m), (1, 1, channels * m, filters)


def pair_of(answer: Any, case: Case) -> list[np.ndarray]:
    """Both kernels as arrays of the right shapes, or WrongType."""
    kernels = []
    swapped = shapes(case)[::-1]
    if tuple(np.shape(as_numbers(k)) for k in items(answer, NAMES)) == swapped != swapped[::-1]:
        raise WrongType("the items have changed places.", f"  Return {', '.join(NAMES)}.")
    for array, kernel, shape in zip(
        (DEPTHWISE, POINTWISE), items(answer, NAMES), shapes(case), strict=True
    ):
        numbers = as_numbers(kernel)
        if numbers is None:
            raise WrongType(f"{array.name} is not an array of real numbers.")
        if numbers.shape != shape:
            raise WrongType(*array.wrong_shape(numbers.shape, shape))
        if not np.all(np.isfinite(numbers)):
            raise WrongType(f"there are NaN or infinite numbers in {array.name}.")
        kernels.append(numbers)
    return kernels


def errors(answer: Any, case: Case) -> np.ndarray:
    """(C,): how far the pair is from each channel of the kernel, as a share of that channel's norm.

    The pair is judged by what it does. Signs, and which of the two kernels carries the scale, are
    free.
    """
    kernel = case["kernel"]
    off = kernel - oracle.compose(*pair_of(answer, case))
    size, of = (np.sqrt((array**2).sum(axis=(0, 1, 3))) for array in (off, kernel))
    with np.errstate(divide="ignore", invalid="ignore"):
        return size / of  # of a channel of zeros: NaN where it is met, infinite where it is not


@dataclass(frozen=True)
class Closest:
    """How far a pair is from the kernel in each channel; no pair can be closer than the best."""

    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: np.ndarray, right: np.ndarray, slack: float) -> tuple[str, ...]:
        off = np.abs(answer - right) > EPS * slack
        if not off.any():
            return ()
        c = int(np.argmax(off))
        return (
            f"a closer pair exists, in {off.sum()} of {off.size} channels.",
            f"  channel {c}: yours is off by {answer[c]:.2%} of the kernel's norm, "
            f"the best pair by {right[c]:.2%}",
            *(("  Zeros are off by 100%: they are closer than yours.",) if answer[c] > 1 else ()),
        )


@dataclass(frozen=True)
class RightShapes:
    """Two kernels of the right shapes; `pair_of` has said so already, if they were not."""

    agrees_by_chance: ClassVar[bool] = True

    def difference(self, answer: Any, right: Any, slack: Any = None) -> tuple[str, ...]:
        return ()


def kernel_case(rng, shape, multiplier) -> Case:
    return {"kernel": rng.normal(size=shape), "depth_multiplier": multiplier}


def kernels(rng) -> list[Case]:
    """Among them one with more filters than taps, where the singular values are as many as taps."""
    return [
        kernel_case(rng, (3, 2, 3, 5), 2),
        kernel_case(rng, (3, 2, 4, 5), 1),
        kernel_case(rng, (2, 2, 5, 7), 3),
    ]


def sizes(rng) -> list[Case]:
    """Among them a single channel, an axis that is easily lost."""
    return [*kernels(rng), kernel_case(rng, (3, 2, 1, 5), 2)]


def exact(rng) -> list[Case]:
    """Kernels that a pair with this multiplier can equal: made from one, or at full rank."""
    made = pair(rng, (3, 2), 3, 2, 5)
    return [
        {"kernel": product(**made), "depth_multiplier": 2},
        kernel_case(rng, (2, 4, 5, 3), 3),  # 3 filters: rank 3
        kernel_case(rng, (2, 2, 3, 7), 4),  # 2 · 2 taps: rank 4
    ]


def uncommon(rng) -> list[Case]:
    """A channel of zeros, one of lower rank, singular values that fall off, whole numbers."""
    silent = kernel_case(rng, (3, 2, 3, 5), 2)
    silent["kernel"][:, :, 1] = 0
    low = {"kernel": product(**pair(rng, (3, 2), 3, 1, 5)), "depth_multiplier": 2}
    u, _ = np.linalg.qr(rng.normal(size=(3, 6, 4)))
    v, _ = np.linalg.qr(rng.normal(size=(3, 5, 4)))
    falling = np.einsum("cpr,r,cfr->pcf", u, [1, 0.08, 0.006, 0.0005], v).reshape(3, 2, 3, 5)
    whole = kernel_case(rng, (3, 2, 2, 4), 2)
    whole["kernel"] = np.round(9 * whole["kernel"]).astype(int)
    return [silent, low, {"kernel": falling, "depth_multiplier": 3}, whole]


def channel_matrices(kernel):
    """(C, kh*kw, F)."""
    kh, kw, channels, filters = kernel.shape
    return kernel.reshape(kh * kw, channels, filters).swapaxes(0, 1)


def assembled(columns, rows, kernel_size):
    """(C, kh*kw, m), (C, m, F) -> the pair that has them."""
    channels, _, multiplier = columns.shape
    depthwise_kernel = columns.swapaxes(0, 1).reshape(*kernel_size, channels, multiplier)
    return depthwise_kernel, rows.reshape(1, 1, channels * multiplier, -1)


def nearest(kernel, m, taps=channel_matrices, kept=slice, scaled=lambda s: s, order=None):
    """The right answer with its pieces exposed, for mistakes to move."""
    u, s, vt = np.linalg.svd(taps(kernel), full_matrices=False)
    keep = kept(m)
    columns, rows = u[:, :, keep] * scaled(s[:, keep])[:, None], vt[:, keep]
    if order:
        columns, rows = order(columns, rows)
    return assembled(columns, rows, kernel.shape[:2])


def changed(**pieces):
    return lambda kernel, depth_multiplier: nearest(kernel, depth_multiplier, **pieces)


def only_the_largest(columns, rows):
    return np.concatenate([columns[..., :1], np.zeros_like(columns[..., 1:])], axis=2), rows


def rows_by_multiplier(columns, rows):
    return columns, rows.swapaxes(0, 1).reshape(rows.shape)


def columns_by_multiplier(columns, rows):
    """Filled as if the depthwise kernel's last two axes were (m, C)."""
    channels, taps, multiplier = columns.shape
    filled = columns.transpose(1, 2, 0).reshape(taps, channels, multiplier)
    return filled.swapaxes(0, 1), rows


def from_full_svd(choose):
    """The mistake of taking rows for columns in one of the two matrices of the SVD."""

    def wrong(kernel, depth_multiplier):
        u, s, vt = np.linalg.svd(channel_matrices(kernel))
        columns, rows = choose(u, vt, depth_multiplier)
        return assembled(columns * s[:, None, :depth_multiplier], rows, kernel.shape[:2])

    return wrong


def one_svd_of_stacked_channels(kernel, depth_multiplier):
    """One basis of filters for all channels: the kernel as a (kh*kw*C, F) matrix."""
    kh, kw, channels, filters = kernel.shape
    u, s, vt = np.linalg.svd(kernel.reshape(-1, filters), full_matrices=False)
    m = depth_multiplier
    depthwise_kernel = (u[:, :m] * s[:m]).reshape(kh, kw, channels, m)
    return depthwise_kernel, np.tile(vt[:m], (channels, 1))[None, None]


def one_svd_of_shared_taps(kernel, depth_multiplier):
    """One basis of taps for all channels: the kernel as a (kh*kw, C*F) matrix."""
    kh, kw, channels, filters = kernel.shape
    u, s, vt = np.linalg.svd(kernel.reshape(kh * kw, -1), full_matrices=False)
    m = depth_multiplier
    columns = np.repeat((u[:, :m] * s[:m])[None], channels, axis=0)
    rows = vt[:m].reshape(m, channels, filters).swapaxes(0, 1)
    return assembled(columns, rows, (kh, kw))


def fitted(columns, kernel):
    """The pair with these depthwise kernels and the best pointwise one for them."""
    rows = np.linalg.pinv(columns) @ channel_matrices(kernel)
    return assembled(columns, rows, kernel.shape[:2])


def first_filters(kernel, depth_multiplier):
    return fitted(channel_matrices(kernel)[:, :, :depth_multiplier], kernel)


def mean_of_filters(kernel, depth_multiplier, weigh=None):
    """The mean over the filters as every depthwise kernel."""
    taps = channel_matrices(kernel)
    columns = taps.mean(axis=2, keepdims=True).repeat(depth_multiplier, axis=2)
    if weigh:
        return weigh(columns, kernel)
    rows = np.full((len(taps), depth_multiplier, taps.shape[2]), 1 / depth_multiplier)
    return assembled(columns, rows, kernel.shape[:2])


def centred(kernel):
    taps = channel_matrices(kernel)
    return taps - taps.mean(axis=1, keepdims=True)


def rows_swapped_for_columns(kernel, depth_multiplier):
    depthwise_kernel, pointwise_kernel = nearest(kernel, depth_multiplier)
    kh, kw = kernel.shape[:2]
    swapped = depthwise_kernel.reshape(kw, kh, *depthwise_kernel.shape[2:]).swapaxes(0, 1)
    return swapped, pointwise_kernel


factor = Exercise(
    name="factor",
    oracle=oracle.factor,
    parts={
        "shapes": Part(sizes, RightShapes(), pair_of),
        "exact": Part(exact, Closest(), errors, slack=lambda case: 1.0),
        "closest": Part(kernels, Closest(), errors, slack=lambda case: 1.0, together=uncommon),
    },
    misconceptions=(
        Misconception(
            "singular values dropped",
            changed(scaled=np.ones_like),
            "the singular values are left out.",
            "The product is u · s · vt: multiply either u's columns or vt's rows by s.",
        ),
        Misconception(
            "singular values applied twice",
            changed(scaled=np.square),
            "the singular values are applied twice.",
            "Put s into one of the two kernels, or its square root into both.",
        ),
        Misconception(
            "singular values' square root in one kernel",
            changed(scaled=np.sqrt),
            "only the square root of the singular values is in your pair.",
            "With the square root it takes both: u · √s and √s · vt.",
        ),
        Misconception(
            "zeros",
            changed(scaled=np.zeros_like),
            "your pair composes to a kernel of zeros.",
            "Is one of the two arrays never filled, or filled for another channel?",
        ),
        Misconception(
            "smallest singular values",
            changed(kept=lambda m: slice(-m, None)),
            "you keep the smallest singular values.",
            "NumPy gives them from large to small: keep the first m.",
        ),
        Misconception(
            "only the largest singular value",
            changed(order=only_the_largest),
            "only the largest singular value is in your pair.",
            "A multiplier of m has room for m of them.",
        ),
        Misconception(
            "one decomposition, all channels stacked",
            one_svd_of_stacked_channels,
            "your channels share their pointwise weights.",
            "Each channel has m depthwise kernels and m rows of its own: one SVD per channel.",
        ),
        Misconception(
            "one decomposition, shared taps",
            one_svd_of_shared_taps,
            "your channels share their depthwise kernels.",
            "Each channel has m depthwise kernels and m rows of its own: one SVD per channel.",
        ),
        Misconception(
            "order of the pointwise rows",
            changed(order=rows_by_multiplier),
            "the pointwise kernel's rows are in another order: yours is j·C + c.",
            "Row c·m + j belongs to channel c: what one channel makes lies side by side.",
        ),
        Misconception(
            "multiplier and channels mixed up",
            changed(order=columns_by_multiplier),
            "the depthwise kernel's channels and multipliers are mixed up.",
            "Its last two axes are (C, m); a reshape does not swap axes.",
        ),
        Misconception(
            "channels mixed by a reshape",
            changed(taps=lambda k: k.reshape(k.shape[2], -1, k.shape[3])),
            "weights of different channels are mixed.",
            "kernel.reshape(C, …) moves no axis: take kernel[:, :, c], then reshape.",
        ),
        Misconception(
            "filters and taps mixed by a reshape",
            changed(
                taps=lambda k: (
                    channel_matrices(k).reshape(k.shape[2], k.shape[3], -1).swapaxes(1, 2)
                )
            ),
            "taps and filters are mixed.",
            "kernel[:, :, c] is (kh, kw, F): reshape it to (kh·kw, F).",
        ),
        Misconception(
            "columns of vt",
            from_full_svd(lambda u, vt, m: (u[:, :, :m], vt[:, :, :m].swapaxes(1, 2))),
            "you take columns of vt.",
            "NumPy returns v transposed already: its first m rows, vt[:m].",
        ),
        Misconception(
            "rows of u",
            from_full_svd(lambda u, vt, m: (u[:, :m].swapaxes(1, 2), vt[:, :m])),
            "you take rows of u.",
            "The depthwise kernels are its first m columns, u[:, :m].",
        ),
        Misconception(
            "mean over the filters",
            mean_of_filters,
            "your pair gives every filter the mean over the filters.",
            "The pointwise kernel can weigh each filter differently; the SVD finds how.",
        ),
        Misconception(
            "mean over the filters, weighed",
            lambda kernel, depth_multiplier: mean_of_filters(kernel, depth_multiplier, fitted),
            "your depthwise kernel is the mean over the filters.",
            "That is one direction, and not the best: the SVD finds the m best.",
        ),
        Misconception(
            "first filters",
            first_filters,
            "your depthwise kernels are the first filters.",
            "Those fit exactly, and the others as they may: the SVD finds what suits all best.",
        ),
        Misconception(
            "centred first",
            changed(taps=centred),
            "you take the mean off first, and it is lost.",
            "This is no principal component analysis: decompose the matrix as it is.",
        ),
        Misconception(
            "rows and columns of the depthwise kernel swapped",
            rows_swapped_for_columns,
            "the depthwise kernel's rows and columns are mixed up.",
            "A column of u has kh · kw numbers: reshape it to (kh, kw), in this order.",
        ),
    ),
    hints=(
        "Look at one channel, kernel[:, :, c] as (kh·kw, F). What can a pair with m = 1 make of it?",
        "A sum of m products column × row, so a matrix of rank m. The SVD gives the closest one.",
        "u, s, vt = np.linalg.svd(taps, full_matrices=False): u[:, :m] * s[:m] and vt[:m] for channel c.",
    ),
)
