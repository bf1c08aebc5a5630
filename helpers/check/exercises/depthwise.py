"""Depthwise convolution, and the normal kernel that does the same.

A depthwise kernel is a normal one with blocks of zeros, so that most mistakes are those of a normal
convolution. Every other one is the right answer with one thing changed.
"""

from dataclasses import replace

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.normal import (
    all_together,
    conv2d,
    convolve,
    padding_cases,
    tensors,
    wide,
    window_cases,
    with_options,
)
from helpers.check.exercises.sizes import output_length, same_padding

Y = Array(("image", "row", "column", "map"))
KERNEL = Array(("row", "column", "channel", "map"), "kernel")
MULTIPLIERS = (2, 3, 1)


def multiplied(cases):
    """The same cases with kernels (kh, kw, C, m), with another multiplier from case to case."""

    def with_multipliers(rng) -> list[Case]:
        return [
            {**case, "kernel": case["kernel"][..., : MULTIPLIERS[i % len(MULTIPLIERS)]]}
            for i, case in enumerate(cases(rng))
        ]

    return with_multipliers


def bias_cases(rng) -> list[Case]:
    """All numbers of the bias are well away from zero, and no two are the same."""
    cases = multiplied(lambda rng: [tensors(rng), wide(rng), tensors(rng)])(rng)
    return [with_bias(case, rng, sign) for case, sign in zip(cases, (1, -1, 1), strict=True)]


def with_bias(case: Case, rng, sign) -> Case:
    maps = case["kernel"].shape[2] * case["kernel"].shape[3]
    return {**case, "bias": sign * (1 + rng.random(maps))}


def options_together(rng) -> list[Case]:
    """The bias has as many numbers as there are maps."""
    cases = multiplied(all_together())(rng)
    return [with_bias(c, rng, np.sign(c["bias"][0])) if "bias" in c else c for c in cases]


def blocks(kernel):
    """(kh, kw, C, m) -> (kh, kw, C, C*m): weights where map c*m + j meets channel c, zeros elsewhere."""
    kh, kw, channels, multiplier = kernel.shape
    placed = np.einsum("abcj,cd->abcdj", kernel, np.eye(channels, dtype=kernel.dtype))
    return placed.reshape(kh, kw, channels, channels * multiplier)


def of_blocks(mistake: Misconception) -> Misconception:
    """A normal convolution's mistake, made with the normal kernel that does the same."""
    wrong = mistake.wrong
    return replace(mistake, wrong=lambda x, kernel, **options: wrong(x, blocks(kernel), **options))


def depthwise(x, kernel, bias=None, stride=1, padding="valid"):
    """The right answer: each channel by itself, so that not even a NaN gets into another."""
    channels = range(x.shape[3])
    options = {"stride": stride, "padding": padding}
    maps = [convolve(x[..., c : c + 1], kernel[:, :, c : c + 1], **options) for c in channels]
    y = np.concatenate(maps, axis=3)
    return y if bias is None else y + bias


def changed_kernel(change):
    """The mistake of using another kernel than the one that was given."""
    return lambda x, kernel, *args, **options: depthwise(x, change(kernel), *args, **options)


def by_channel(y, kernel):
    """(…, C*m) -> (…, C, m)."""
    return y.reshape(*y.shape[:-1], *kernel.shape[2:])


def changed_maps(change):
    """The mistake of doing something else with the maps (N, oh, ow, C, m), before any bias."""

    def wrong(x, kernel, bias=None, **options):
        y = change(by_channel(depthwise(x, kernel, **options), kernel))
        return y + bias if bias is not None and y.shape[-1:] == bias.shape else y

    return wrong


def flat(maps):
    """(N, oh, ow, C, m) -> (N, oh, ow, C*m)."""
    return maps.reshape(*maps.shape[:3], -1)


def changed_bias(change):
    return lambda x, kernel, bias=None, **options: depthwise(
        x, kernel, None if bias is None else change(bias, kernel), **options
    )


def other_order(array, kernel):
    """Numbers in the order j*C + c where c*m + j is meant."""
    return by_channel(array, kernel).swapaxes(-1, -2).reshape(array.shape)


ORDER = "Channel c makes maps c·m … c·m + m − 1, side by side: reshape (…, C, m) to (…, C·m)."

depthwise_conv2d = Exercise(
    name="depthwise_conv2d",
    oracle=oracle.depthwise_conv2d,
    builds_on=(output_length, same_padding),
    parts={
        "window": Part(multiplied(window_cases), Y, sum_at=sums.depthwise),
        "bias": Part(bias_cases, Y, sum_at=sums.depthwise),
        "stride": Part(
            multiplied(with_options({"stride": 2}, {"stride": 3}, {"stride": 4})),
            Y,
            sum_at=sums.depthwise,
        ),
        "padding": Part(
            multiplied(padding_cases),
            Y,
            sum_at=sums.depthwise,
            together=options_together,
        ),
    },
    misconceptions=(
        Misconception(
            "channels summed",
            changed_maps(lambda maps: maps.sum(axis=3)),
            "you sum over the channels: this is a normal convolution.",
            "A depthwise filter looks at one channel; leave the channels out of the sum.",
        ),
        Misconception(
            "channels and multiplier not joined",
            changed_maps(lambda maps: maps),
            "channels and multiplier are still two axes.",
            "Reshape (N, oh, ow, C, m) to (N, oh, ow, C·m).",
        ),
        Misconception(
            "order j·C + c",
            changed_maps(lambda maps: flat(maps.swapaxes(3, 4))),
            "the maps are in another order: yours is j·C + c.",
            ORDER,
        ),
        Misconception(
            "multiplier and channels mixed up",
            changed_kernel(lambda k: k.swapaxes(2, 3).reshape(k.shape)),
            "the kernel's channels and multipliers are mixed up.",
            "Its last two axes are (C, m); a reshape does not swap axes.",
        ),
        Misconception(
            "only the first multiplier",
            changed_maps(lambda maps: maps[..., 0]),
            "you make one map for each channel, with its first filter.",
            "Each channel has m filters, and each of them makes a map.",
        ),
        Misconception(
            "first filter repeated",
            changed_kernel(lambda k: np.repeat(k[..., :1], k.shape[3], axis=3)),
            "all m maps of a channel are made with its first filter.",
            "Map c·m + j is made with kernel[:, :, c, j].",
        ),
        Misconception(
            "multiplier summed",
            changed_maps(lambda maps: maps.sum(axis=4)),
            "the m maps of a channel are added up.",
            "They stay apart: C·m maps.",
        ),
        Misconception(
            "multiplier averaged",
            changed_maps(lambda maps: maps.mean(axis=4)),
            "the m maps of a channel are averaged.",
            "They stay apart: C·m maps.",
        ),
        Misconception(
            "the first channel's filters",
            changed_kernel(lambda k: np.repeat(k[:, :, :1], k.shape[2], axis=2)),
            "every channel is filtered with the first channel's filters.",
            "Channel c has filters of its own: kernel[:, :, c].",
        ),
        Misconception(
            "the first channel everywhere",
            lambda x, kernel, **options: depthwise(
                np.repeat(x[..., :1], x.shape[3], axis=3), kernel, **options
            ),
            "every filter looks at the first channel.",
            "The filters of channel c look at x[..., c].",
        ),
        Misconception(
            "only the first channel",
            changed_maps(lambda maps: maps[:, :, :, 0]),
            "there are only the first channel's maps.",
            "Every channel makes m maps: loop over the channels.",
        ),
        Misconception(
            "bias once per multiplier",
            changed_bias(lambda bias, kernel: kernel.shape[3] * bias),
            "the bias is added once for every multiplier.",
            "Each of the C·m maps has one number of its own in the bias.",
        ),
        Misconception(
            "bias in the other order",
            changed_bias(other_order),
            "the biases are in another order: yours is j·C + c.",
            "bias[c·m + j] belongs to map c·m + j.",
        ),
        Misconception(
            "bias read in the other order",
            changed_bias(lambda bias, k: bias.reshape(k.shape[3], k.shape[2]).T.ravel()),
            "the biases are in another order: map c·m + j gets number j·C + c.",
            "bias[c·m + j] belongs to map c·m + j.",
        ),
        Misconception(
            "one bias for each channel",
            changed_bias(lambda bias, k: np.repeat(bias[: k.shape[2]], k.shape[3])),
            "all m maps of a channel get the same bias.",
            "The bias has C·m numbers, one for each map.",
        ),
        Misconception(
            "the first C biases over and over",
            changed_bias(lambda bias, k: np.tile(bias[: k.shape[2]], k.shape[3])),
            "only the first C biases are used, over and over.",
            "The bias has C·m numbers, one for each map: bias[c·m + j] for map c·m + j.",
        ),
        *map(
            of_blocks,
            conv2d.mistakes(
                "flipped kernel",
                "kernel upside down",
                "kernel mirrored",
                "height and width of the kernel swapped",
                "channels averaged",
                "only the first image",
                "every image the first",
                "whole numbers only",
                "the image's type",
                "bias forgotten",
                "bias once per tap",
                "bias once per channel",
                "stride ignored",
                "windows at stride 1",
                "stride on rows only",
                "stride on columns only",
                "padding ignored",
                "surplus at the start",
                "padded for stride 1",
                "half a window on both sides",
                "edge pixels repeated",
                "all zeros before",
                "all zeros after",
                "as many columns as rows",
                "relu",
            ),
        ),
    ),
    hints=(
        "Take lesson 1's convolution and one channel: x[..., c] and kernel[:, :, c]. What comes out?",
        "For output (i, j) multiply the window (N, kh, kw, C) and the kernel; which axes are summed?",
        'np.einsum("nabc,abcm->ncm", window, kernel) is one position: (N, C, m), to be joined to C·m.',
    ),
)


# ---------------------------------------------------------------- as a normal kernel


def kernels(rng) -> list[Case]:
    """No two sizes agree, C·m included; the multiplier is 2, then 3, then 1."""
    shapes = ((3, 2, 5, 2), (2, 4, 5, 3), (3, 2, 4, 1))
    return [{"kernel": rng.normal(size=shape)} for shape in shapes]


def changed_blocks(change):
    """The mistake of doing something else with the right kernel as (kh, kw, C in, C, m)."""

    def wrong(kernel):
        right = blocks(kernel)
        return change(right.reshape(*right.shape[:3], *kernel.shape[2:]))

    return wrong


def joined(array):
    """(kh, kw, C in, C, m) -> (kh, kw, C in, C*m)."""
    return array.reshape(*array.shape[:3], -1)


def everywhere(kernel):
    """The weights of map c*m + j for every channel, not only for channel c."""
    kh, kw, channels, multiplier = kernel.shape
    columns = kernel.reshape(kh, kw, 1, channels * multiplier)
    return np.repeat(columns, channels, axis=2)


def remainder_for_quotient(kernel):
    """Map f's weights at channel f % C where f // m is meant."""
    kh, kw, channels, multiplier = kernel.shape
    placed = np.zeros((kh, kw, channels, channels * multiplier))
    for f in range(channels * multiplier):
        placed[:, :, f % channels, f] = kernel[:, :, f // multiplier, f % multiplier]
    return placed


as_normal_kernel = Exercise(
    name="as_normal_kernel",
    oracle=oracle.as_normal_kernel,
    parts={"kernel": Part(kernels, KERNEL, sum_at=sums.as_normal_kernel)},
    misconceptions=(
        Misconception(
            "weights for every channel",
            everywhere,
            "every map sees every channel.",
            "Map c·m + j sees channel c; for all other channels its weights are 0.",
        ),
        Misconception(
            "a row of weights for every map",
            lambda kernel: np.tile(kernel, (1, 1, 1, kernel.shape[2])),
            "each channel's weights stand in every map.",
            "Only the m maps of channel c have weights there; all others have 0.",
        ),
        Misconception(
            "kernel only reshaped",
            lambda kernel: everywhere(kernel)[:, :, :1],
            "the kernel is only reshaped: it has one channel.",
            "That is a grouped kernel. A normal one has C channels, with 0 for those not seen.",
        ),
        Misconception(
            "order j·C + c",
            changed_blocks(lambda b: joined(b.swapaxes(3, 4))),
            "the maps are in another order: yours is j·C + c.",
            "Map c·m + j: what one channel makes lies side by side.",
        ),
        Misconception(
            "remainder for quotient",
            remainder_for_quotient,
            "map f's weights stand at channel f % C.",
            "Map f is made from channel f // m, with its filter f % m.",
        ),
        Misconception(
            "channels and maps swapped",
            lambda kernel: blocks(kernel).swapaxes(2, 3),
            "channels and maps have changed places.",
            "The result is (kh, kw, C, C·m): channels in, then maps out.",
        ),
        Misconception(
            "only the first multiplier",
            changed_blocks(lambda b: b[..., 0]),
            "there is one map for each channel.",
            "Each channel has m filters, so there are C·m maps.",
        ),
        Misconception(
            "first filter repeated",
            changed_blocks(lambda b: joined(np.repeat(b[..., :1], b.shape[4], axis=4))),
            "all m maps of a channel have its first filter.",
            "Map c·m + j has kernel[:, :, c, j].",
        ),
        Misconception(
            "last filter only",
            changed_blocks(
                lambda b: joined(np.where(np.arange(b.shape[4]) == b.shape[4] - 1, b, 0))
            ),
            "of each channel's m filters only the last one is there.",
            "Look for an index that is overwritten: map c·m + j, for every j.",
        ),
        Misconception(
            "only the first channel",
            changed_blocks(lambda b: joined(np.where(np.arange(b.shape[3])[:, None] == 0, b, 0))),
            "only the first channel's weights are there.",
            "Loop over the channels: kernel[:, :, c] goes to channel c of maps c·m … c·m + m − 1.",
        ),
        Misconception(
            "multiplier and channels mixed up",
            lambda kernel: blocks(kernel.swapaxes(2, 3).reshape(kernel.shape)),
            "the kernel's channels and multipliers are mixed up.",
            "Its last two axes are (C, m); a reshape does not swap axes.",
        ),
        Misconception(
            "flipped kernel",
            lambda kernel: blocks(kernel[::-1, ::-1]),
            "the kernel is flipped.",
            "Neither kind of convolution flips in Keras: the weights stay where they are.",
        ),
        Misconception(
            "height and width of the kernel swapped",
            lambda kernel: blocks(kernel.swapaxes(0, 1)),
            "height and width of the kernel are swapped.",
            "Its first axis is height (rows), its second is width (columns).",
        ),
        Misconception(
            "ones elsewhere",
            lambda kernel: np.where(blocks(np.ones_like(kernel)) > 0, blocks(kernel), 1.0),
            "where a map does not see a channel, your weights are 1.",
            "A weight of 0 is what does not see: start from np.zeros.",
        ),
        Misconception(
            "blocks on the other diagonal",
            lambda kernel: blocks(kernel)[:, :, ::-1],
            "the blocks stand on the other diagonal.",
            "Channel c is row c: kernel[:, :, c] goes to [:, :, c, …].",
        ),
        Misconception(
            "shared among the channels",
            lambda kernel: everywhere(kernel) / kernel.shape[2],
            "every map takes a share of every channel.",
            "Map c·m + j sees channel c alone, with its weights as they are.",
        ),
    ),
    hints=(
        "Begin with np.zeros((kh, kw, C, C·m)). Which of these weights are not 0?",
        "Map c·m + j has kernel[:, :, c, j] for channel c.",
        "Loop over c and j, or multiply by np.eye(C) with one more axis, then reshape the last two.",
    ),
)
