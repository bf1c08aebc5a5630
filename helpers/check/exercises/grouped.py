"""Convolution in groups of channels, and the shuffle that lets the groups hear of each other.

A grouped kernel is a normal one with blocks of zeros, so that many mistakes are those of a normal
convolution. Every other one is the right answer with one thing changed.
"""

from dataclasses import replace
from itertools import cycle

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.normal import (
    Y,
    all_together,
    conv2d,
    convolve,
    padding_cases,
    tensors,
    wide,
    window_cases,
    with_options,
)

GROUPS = (2, 3, 1, 4)  # in turn


def in_groups(cases, turns=GROUPS):
    """The same cases with several groups of these channels and filters, another number each time."""

    def grouped(rng) -> list[Case]:
        return [several(case, rng, g) for case, g in zip(cases(rng), cycle(turns), strict=False)]

    return grouped


def several(case: Case, rng, groups: int) -> Case:
    """Each group has the channels and the filters of the case: no two sizes agree."""
    *image, channels = case["x"].shape
    *kernel, filters = case["kernel"].shape
    made = {
        "x": like(case["x"], rng, (*image, groups * channels)),
        "kernel": like(case["kernel"], rng, (*kernel, groups * filters)),
        "groups": groups,
        **{name: value for name, value in case.items() if name not in ("x", "kernel", "bias")},
    }
    if "bias" in case:
        made["bias"] = np.sign(case["bias"][0]) * (1 + rng.random(groups * filters))
    return made


def like(array, rng, shape):
    """Numbers of the same kind: whole ones stay whole."""
    made = rng.normal(size=shape)
    return np.round(9 * made).astype(int) if array.dtype.kind == "i" else made


def group_cases(rng) -> list[Case]:
    """Among them as many groups as channels, which is a depthwise convolution."""
    depthwise = wide(rng)
    depthwise = {**depthwise, "x": depthwise["x"][..., :1], "kernel": depthwise["kernel"][:, :, :1]}
    return [
        *in_groups(window_cases, (2, 3, 2))(rng),
        several(depthwise, rng, 4),
        several(wide(rng), rng, 1),
    ]


def bias_cases(rng) -> list[Case]:
    signed = [{**case, "bias": np.array([sign])} for case, sign in
              ((tensors(rng), 1), (wide(rng), -1), (tensors(rng), 1))]  # fmt: skip
    return in_groups(lambda rng: signed)(rng)


def option_cases(rng) -> list[Case]:
    strided = with_options({"stride": 2}, {"stride": 3})
    return in_groups(lambda rng: [*strided(rng), *padding_cases(rng)])(rng)


def parts_of(array, groups):
    return np.split(array, groups, axis=3)


def grouped(x, kernel, groups, bias=None, images=parts_of, kernels=parts_of, join=None, **options):
    """The right answer with its pieces exposed, for mistakes to move."""
    pairs = zip(images(x, groups), kernels(kernel, groups), strict=True)
    maps = [convolve(image, part, **options) for image, part in pairs]
    y = (join or (lambda maps: np.concatenate(maps, axis=3)))(maps)
    return y if bias is None or y.shape[3] != len(bias) else y + bias


def with_other(**pieces):
    return lambda x, kernel, groups, bias=None, **options: grouped(
        x, kernel, groups, bias, **pieces, **options
    )


def every_other(array, groups):
    """Channel after channel dealt out to the groups in turn."""
    return [array[..., group::groups] for group in range(groups)]


def alike(kernel, groups):
    """The mask (C, F) of who sees whom."""
    return np.kron(
        np.eye(groups, dtype=int), np.ones((kernel.shape[2], kernel.shape[3] // groups), dtype=int)
    )


def normal(kernel, groups):
    """(kh, kw, C/groups, F) -> (kh, kw, C, F): zeros where a map does not see a channel."""
    return np.tile(kernel, (1, 1, groups, 1)) * alike(kernel, groups)


def of_the_normal_kernel(mistake: Misconception) -> Misconception:
    """A normal convolution's mistake, made with the normal kernel that does the same."""
    wrong = mistake.wrong
    return replace(
        mistake,
        wrong=lambda x, kernel, groups, **options: wrong(x, normal(kernel, groups), **options),
    )


def other_bias(change):
    return lambda x, kernel, groups, bias=None, **options: grouped(
        x, kernel, groups, None if bias is None else change(bias, groups), **options
    )


def interleaved(maps):
    """Map after map of each group in turn."""
    return np.stack(maps, axis=4).reshape(*maps[0].shape[:3], -1)


def only_one(place):
    """Zeros where the maps of the other groups belong."""

    def join(maps):
        kept = [m if n == place % len(maps) else np.zeros_like(m) for n, m in enumerate(maps)]
        return np.concatenate(kept, axis=3)

    return join


def every_filter(x, kernel, groups, bias=None, **options):
    """All filters in every group: groups times as many maps."""
    maps = [convolve(image, kernel, **options) for image in parts_of(x, groups)]
    return np.concatenate(maps, axis=3)


def remainder_for_quotient(x, kernel, groups, bias=None, **options):
    """Map f's filter on group f % groups."""
    images = parts_of(x, groups)
    maps = [
        convolve(images[f % groups], kernel[..., f : f + 1], **options)
        for f in range(kernel.shape[3])
    ]
    y = np.concatenate(maps, axis=3)
    return y if bias is None else y + bias


SPLIT = (
    "Group j has channels j·C/groups … (j + 1)·C/groups − 1, side by side, and F/groups filters."
)

grouped_conv2d = Exercise(
    name="grouped_conv2d",
    oracle=oracle.grouped_conv2d,
    parts={
        "groups": Part(group_cases, Y, sum_at=sums.grouped),
        "bias": Part(bias_cases, Y, sum_at=sums.grouped),
        "stride and padding": Part(
            option_cases, Y, sum_at=sums.grouped, together=in_groups(all_together())
        ),
    },
    misconceptions=(
        Misconception(
            "every filter in every group",
            every_filter,
            "every group is convolved with all F filters.",
            "The filters are split, too: F/groups of them belong to each group.",
        ),
        Misconception(
            "groups summed",
            with_other(join=lambda maps: np.sum(maps, axis=0)),
            "the groups' maps are added up.",
            "They stay apart: np.concatenate(maps, axis=3) has F of them.",
        ),
        Misconception(
            "filters see every group",
            lambda x, kernel, groups, **options: convolve(
                x, np.tile(kernel, (1, 1, groups, 1)), **options
            ),
            "every filter meets the channels of all groups.",
            "Filter f sees the C/groups channels of its own group, and no others.",
        ),
        Misconception(
            "channels dealt out",
            with_other(images=every_other),
            "the channels are dealt out to the groups in turn.",
            SPLIT,
        ),
        Misconception(
            "filters dealt out",
            with_other(kernels=every_other),
            "the filters are dealt out to the groups in turn.",
            SPLIT,
        ),
        Misconception(
            "channels and filters dealt out",
            with_other(images=every_other, kernels=every_other),
            "channels and filters are dealt out to the groups in turn.",
            SPLIT,
        ),
        Misconception(
            "remainder for quotient",
            remainder_for_quotient,
            "filter f meets the channels of group f % groups.",
            SPLIT,
        ),
        Misconception(
            "maps in another order",
            with_other(join=interleaved),
            "the maps are in another order: one of each group in turn.",
            "All maps of group 0 come first, then those of group 1.",
        ),
        Misconception(
            "groups not joined",
            with_other(join=lambda maps: np.stack(maps, axis=3)),
            "the groups are still an axis of their own.",
            "Put their maps side by side: np.concatenate(maps, axis=3).",
        ),
        Misconception(
            "groups stacked first",
            with_other(join=np.stack),
            "the groups are still an axis of their own.",
            "Put their maps side by side: np.concatenate(maps, axis=3).",
        ),
        Misconception(
            "joined along the images",
            with_other(join=np.concatenate),
            "the groups' maps are joined along the images.",
            "np.concatenate joins along the first axis unless you say axis=3.",
        ),
        Misconception(
            "only the first group",
            with_other(join=lambda maps: maps[0]),
            "there are only the first group's maps.",
            "Each group makes F/groups maps. Is a `return` inside of the loop?",
        ),
        Misconception(
            "only the last group",
            with_other(join=lambda maps: maps[-1]),
            "there are only the last group's maps.",
            "Each group makes F/groups maps: keep those of every one.",
        ),
        Misconception(
            "the other groups empty",
            with_other(join=only_one(0)),
            "only the first group's maps are filled.",
            "Group j makes maps j·F/groups … (j + 1)·F/groups − 1.",
        ),
        Misconception(
            "the first group's channels",
            with_other(images=lambda x, groups: parts_of(x, groups)[:1] * groups),
            "every group sees the first group's channels.",
            SPLIT,
        ),
        Misconception(
            "the first group's filters",
            with_other(kernels=lambda k, groups: parts_of(k, groups)[:1] * groups),
            "every group has the first group's filters.",
            SPLIT,
        ),
        Misconception(
            "channels from the end",
            with_other(images=lambda x, groups: parts_of(x, groups)[::-1]),
            "the groups' channels come in the opposite order.",
            SPLIT,
        ),
        Misconception(
            "averaged over the groups",
            lambda x, kernel, groups, bias=None, **options: grouped(
                x, kernel / groups, groups, bias, **options
            ),
            "you divide by the number of groups.",
            "Nothing is averaged: each filter sums over its own group's channels.",
        ),
        Misconception(
            "bias once per group",
            other_bias(lambda bias, groups: groups * bias),
            "the bias is added once for every group.",
            "Each map has one number of its own in the bias: add it once, at the end.",
        ),
        Misconception(
            "the first biases over and over",
            other_bias(lambda bias, groups: np.tile(bias[: len(bias) // groups], groups)),
            "every group gets the first group's biases.",
            "bias[f] belongs to map f: split it like the filters, or add it at the end.",
        ),
        *map(
            of_the_normal_kernel,
            conv2d.mistakes(
                "flipped kernel",
                "kernel upside down",
                "kernel mirrored",
                "height and width of the kernel swapped",
                "only the first image",
                "every image the first",
                "whole numbers only",
                "the image's type",
                "bias forgotten",
                "bias once per tap",
                "bias once per channel",
                "stride ignored",
                "windows at stride 1",
                "padding ignored",
                "padded for stride 1",
                "relu",
            ),
        ),
    ),
    hints=(
        "How many channels has a group, and how many filters? Both split the same way: into `groups` parts.",
        "np.split(x, groups, axis=3), and the kernel likewise: each pair is a normal convolution.",
        "Convolve each pair with conv2d, join the maps with np.concatenate(maps, axis=3), then add the bias.",
    ),
)


# ---------------------------------------------------------------- the shuffle

CHANNELS = Array(("image", "row", "column", "channel"))


def shuffle_cases(rng) -> list[Case]:
    """Two, three and four groups, never as many as there are channels in one; then the two ends."""
    cases = []
    for groups, size in ((2, 3), (3, 2), (4, 3), (3, 5), (1, 4), (5, 1)):
        n, h, w = int(rng.integers(1, 3)), int(rng.integers(3, 5)), int(rng.integers(6, 8))
        cases.append({"x": rng.normal(size=(n, h, w, groups * size)), "groups": groups})
    return cases


def moved(x, groups, order):
    """The channels as (groups, size), then ``order`` of these two axes and what was done to them."""
    split = x.reshape(*x.shape[:3], groups, -1)
    return order(split).reshape(x.shape)


def shuffled(change):
    """The mistake of doing something else with (N, H, W, groups, size)."""
    return lambda x, groups: moved(x, groups, change)


def pixels_mixed(x, groups):
    """As PyTorch's layout has it: the channels first."""
    n, h, w, c = x.shape
    return x.reshape(n, groups, c // groups, h, w).swapaxes(1, 2).reshape(x.shape)


ORDER = (
    "First number 0 of every group, then number 1 of every group: (groups, size) read by columns."
)

channel_shuffle = Exercise(
    name="channel_shuffle",
    oracle=oracle.channel_shuffle,
    parts={"order": Part(shuffle_cases, CHANNELS, sum_at=sums.shuffled)},
    misconceptions=(
        Misconception(
            "nothing moved",
            lambda x, groups: x,
            "no channel has moved.",
            "A reshape moves nothing, whatever its shape: swap two axes with np.swapaxes or np.transpose.",
        ),
        Misconception(
            "the way back",
            lambda x, groups: moved(x, x.shape[3] // groups, lambda s: s.swapaxes(3, 4)),
            "this is the way back: it undoes the shuffle.",
            "Reshape to (…, groups, C/groups) first, not to (…, C/groups, groups).",
        ),
        Misconception(
            "pixels mixed",
            pixels_mixed,
            "numbers of different pixels are mixed.",
            "Keras has the channels last: reshape only the last axis, to (N, H, W, groups, C/groups).",
        ),
        Misconception(
            "groups in the opposite order",
            shuffled(lambda s: s[:, :, :, ::-1]),
            "the groups stand in the opposite order, and inside of them nothing has moved.",
            ORDER,
        ),
        Misconception(
            "shuffled from the end",
            shuffled(lambda s: s[:, :, :, ::-1].swapaxes(3, 4)),
            "the groups are taken in the opposite order.",
            ORDER,
        ),
        Misconception(
            "channels reversed",
            lambda x, groups: x[..., ::-1],
            "the channels are reversed.",
            ORDER,
        ),
        Misconception(
            "moved on by one group",
            lambda x, groups: np.roll(x, x.shape[3] // groups, axis=3),
            "the groups have moved on by one, and inside of them nothing has changed.",
            ORDER,
        ),
        Misconception(
            "always two groups",
            lambda x, groups: moved(x, 2, lambda s: s.swapaxes(3, 4)),
            "this is the shuffle of two groups, however many there are.",
            "Does the number of groups come from `groups`?",
        ),
        Misconception(
            "axes not joined",
            lambda x, groups: x.reshape(*x.shape[:3], groups, -1).swapaxes(3, 4),
            "groups and channels are still two axes.",
            "Reshape at the end: the result has the shape of x.",
        ),
        Misconception(
            "rows and columns swapped",
            lambda x, groups: oracle.channel_shuffle(x, groups).swapaxes(1, 2),
            "rows and columns of the output are swapped.",
            "Every pixel stays where it is; only its channels move.",
        ),
    ),
    hints=(
        "Write the channels of one pixel as a table, one row a group. How is it read afterwards?",
        "Reshape x to (N, H, W, groups, C/groups), and exchange the last two axes.",
        "x.reshape(n, h, w, groups, -1).swapaxes(3, 4).reshape(n, h, w, c)",
    ),
)
