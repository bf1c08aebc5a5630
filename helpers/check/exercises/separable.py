"""Separable convolution: a depthwise step, then a pointwise one.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from dataclasses import replace
from itertools import cycle

import numpy as np

from helpers.check import oracle, sums
from helpers.check.core import NUMPY_ONLY, Case, Exercise, Misconception, Part
from helpers.check.exercises.depthwise import depthwise
from helpers.check.exercises.normal import (
    Y,
    all_together,
    conv2d,
    padding_cases,
    tensors,
    wide,
    window_cases,
    with_options,
)
from helpers.check.exercises.pointwise import mix, pointwise_conv2d

MULTIPLIERS = (2, 1, 4, 3)  # in turn: never as many as there are channels


def separated(cases):
    """The same cases with two kernels in place of one, and another multiplier from case to case."""

    def with_two_kernels(rng) -> list[Case]:
        return [
            two_kernels(case, rng, m)
            for case, m in zip(cases(rng), cycle(MULTIPLIERS), strict=False)
        ]

    return with_two_kernels


def two_kernels(case: Case, rng, multiplier) -> Case:
    """No two of the sizes agree."""
    kh, kw, channels, _ = case["kernel"].shape
    filters = 5 if channels == 3 else 7
    return {
        "x": case["x"],
        "depthwise_kernel": rng.normal(size=(kh, kw, channels, multiplier)),
        "pointwise_kernel": rng.normal(size=(1, 1, channels * multiplier, filters)),
        **{name: value for name, value in case.items() if name not in ("x", "kernel")},
    }


def by_channel(pointwise_kernel, multiplier):
    """(1, 1, C*m, F) -> (C, m, F)."""
    return pointwise_kernel.reshape(-1, multiplier, pointwise_kernel.shape[3])


def product(depthwise_kernel, pointwise_kernel):
    """The normal kernel (kh, kw, C, F) that does what the pair does."""
    weights = by_channel(pointwise_kernel, depthwise_kernel.shape[3])
    return np.einsum("abcm,cmf->abcf", depthwise_kernel, weights)


# ---------------------------------------------------------------- mistakes with the two kernels

# Each as another pair than the one that was given: `separable_conv2d` and `compose` share them.


def other_order(d, p):
    m, f = d.shape[3], p.shape[3]
    return d, p.reshape(m, -1, f).swapaxes(0, 1).reshape(p.shape)


def mean_over_multipliers(d, p):
    return d / d.shape[3], p


PAIR_MISTAKES = (
    (
        "order of the intermediate channels",
        other_order,
        "the intermediate channels are in another order: yours is j·C + c.",
        "Number c·m + j comes from channel c: what one channel makes lies side by side.",
    ),
    (
        "multiplier and channels mixed up",
        lambda d, p: (d.swapaxes(2, 3).reshape(d.shape), p),
        "the depthwise kernel's channels and multipliers are mixed up.",
        "Its last two axes are (C, m); a reshape does not swap axes.",
    ),
    (
        "only the first multiplier",
        lambda d, p: (d[..., :1], p[:, :, :: d.shape[3]]),
        "only the first of each channel's m maps is used.",
        "The depthwise step makes C·m maps, and all of them go into every sum.",
    ),
    (
        "only the first multiplier, with the first rows",
        lambda d, p: (d[..., :1], p[:, :, : d.shape[2]]),
        "only the first of each channel's m maps is used, with the pointwise kernel's first C rows.",
        "The depthwise step makes C·m maps; row c·m + j belongs to map j of channel c.",
    ),
    (
        "only the last multiplier",
        lambda d, p: (d[..., -1:], p[:, :, d.shape[3] - 1 :: d.shape[3]]),
        "only the last of each channel's m maps is there.",
        "Look for an = that should be +=.",
    ),
    (
        "row c for every multiplier",
        lambda d, p: (d, p[:, :, : d.shape[2]].repeat(d.shape[3], axis=2)),
        "all m maps of channel c meet row c of the pointwise kernel.",
        "Map j of channel c has a row of its own: c·m + j.",
    ),
    (
        "row j for every channel",
        lambda d, p: (d, np.tile(p[:, :, : d.shape[3]], (1, 1, d.shape[2], 1))),
        "map j of every channel meets row j of the pointwise kernel.",
        "Map j of channel c has a row of its own: c·m + j.",
    ),
    (
        "averaged over the multipliers",
        mean_over_multipliers,
        "you average over the multipliers.",
        "A pointwise step sums over all C·m maps.",
    ),
    (
        "pointwise kernel mixed up",
        lambda d, p: (d, p.swapaxes(2, 3).reshape(p.shape)),
        "the pointwise kernel's channels and filters are mixed up.",
        "Its last two axes are (C·m, F); a reshape does not swap axes.",
    ),
    (
        "pointwise kernel reshaped to (F, C·m)",
        lambda d, p: (d, p.reshape(1, 1, *p.shape[:1:-1]).swapaxes(2, 3)),
        "the pointwise kernel's (C·m, F) numbers are read as (F, C·m).",
        "pointwise_kernel[0, 0] is the matrix already; a reshape does not swap axes.",
    ),
    (
        "flipped kernel",
        lambda d, p: (d[::-1, ::-1], p),
        "the depthwise kernel is flipped.",
        "Keras slides the kernel as it is. Take out the [::-1, ::-1].",
    ),
    (
        "kernel upside down",
        lambda d, p: (d[::-1], p),
        "the depthwise kernel stands on its head: its rows run the wrong way.",
        "Row a of the kernel stays row a.",
    ),
    (
        "kernel mirrored",
        lambda d, p: (d[:, ::-1], p),
        "the depthwise kernel is mirrored: its columns run the wrong way.",
        "Column b of the kernel stays column b.",
    ),
    (
        "height and width of the kernel swapped",
        lambda d, p: (d.swapaxes(0, 1), p),
        "the depthwise kernel is transposed: height and width are swapped.",
        "Its first axis is height (rows), its second is width (columns).",
    ),
)


# ---------------------------------------------------------------- mistakes with the two steps


def two_steps(x, d, p, bias=None, stride=1, padding="valid", between=lambda maps: maps):
    """The right answer with its pieces exposed, for mistakes to move."""
    return mix(between(depthwise(x, d, stride=stride, padding=padding)), p, bias)


def after_the_event(change):
    """The mistake of doing something more, or less, with the right answer."""
    return lambda x, d, p, **options: change(two_steps(x, d, p, **options), d, p, **options)


def bias_times(number):
    """The mistake of adding the bias several times: as often as ``number`` says of the kernels."""

    def wrong(x, d, p, bias=None, **options):
        return two_steps(x, d, p, None if bias is None else number(d, p) * bias, **options)

    return wrong


def of_the_composed_kernel(mistake: Misconception) -> Misconception:
    """A normal convolution's mistake, made with the normal kernel that does the same as the pair."""
    wrong = mistake.wrong
    return replace(mistake, wrong=lambda x, d, p, **options: wrong(x, product(d, p), **options))


def stride_in_both_steps(x, d, p, bias=None, stride=1, padding="valid"):
    return two_steps(x, d, p, bias, stride, padding)[:, ::stride, ::stride]


def in_two_steps(**other):
    """The mistake of treating some options as if they had these values."""
    return lambda x, d, p, **options: two_steps(
        x, d, p, **{**options, **{k: v for k, v in other.items() if k in options}}
    )


def in_two_kernels(change):
    return lambda x, d, p, **options: two_steps(x, *change(d, p), **options)


def bias_of(cases):
    """The same cases with a bias; all of its numbers are well away from zero."""

    def with_bias(rng) -> list[Case]:
        signs = cycle((1, -1))
        return [
            biased(case, rng, sign)
            for case, sign in zip(separated(cases)(rng), signs, strict=False)
        ]

    return with_bias


def biased(case: Case, rng, sign) -> Case:
    return {**case, "bias": sign * (1 + rng.random(case["pointwise_kernel"].shape[3]))}


def options_together(rng) -> list[Case]:
    """The bias has as many numbers as there are filters."""
    cases = separated(all_together())(rng)
    return [biased(c, rng, np.sign(c["bias"][0])) if "bias" in c else c for c in cases]


separable_conv2d = Exercise(
    name="separable_conv2d",
    oracle=oracle.separable_conv2d,
    terms=replace(
        NUMPY_ONLY, may_call=("depthwise_conv",)
    ),  # assignment 3 gives that step, by Keras
    builds_on=(pointwise_conv2d,),
    parts={
        "two steps": Part(separated(window_cases), Y, sum_at=sums.separable),
        "bias": Part(bias_of(lambda rng: [tensors(rng), wide(rng)]), Y, sum_at=sums.separable),
        "stride": Part(
            separated(with_options({"stride": 2}, {"stride": 3}, {"stride": 4})),
            Y,
            sum_at=sums.separable,
        ),
        "padding": Part(
            separated(padding_cases),
            Y,
            sum_at=sums.separable,
            together=options_together,
        ),
    },
    misconceptions=(
        *(
            Misconception(name, in_two_kernels(change), sentence, look)
            for name, change, sentence, look in PAIR_MISTAKES
        ),
        Misconception(
            "only the depthwise step",
            lambda x, d, p, bias=None, **options: depthwise(x, d, **options),
            "this is the depthwise step alone.",
            "Its C·m maps are what the pointwise step mixes into F.",
        ),
        Misconception(
            "relu between the steps",
            lambda x, d, p, **options: two_steps(
                x, d, p, between=lambda maps: np.maximum(maps, 0), **options
            ),
            "you apply a ReLU between the two steps.",
            "Keras' separable convolution has nothing in between.",
        ),
        Misconception(
            "relu at the end",
            after_the_event(lambda y, *args, **options: np.maximum(y, 0)),
            "you apply a ReLU at the end.",
            "Two convolutions and a bias, nothing else: negative numbers stay.",
        ),
        Misconception(
            "maps averaged",
            lambda x, d, p, **options: two_steps(x, d, p / p.shape[2], **options),
            "the pointwise step averages over the maps.",
            "It sums them, weighted by the pointwise kernel.",
        ),
        Misconception(
            "bias added twice",
            bias_times(lambda d, p: 2),
            "the bias is added twice.",
            "There is one bias, after the second step; the depthwise step has none.",
        ),
        Misconception(
            "bias once per map",
            bias_times(lambda d, p: p.shape[2]),
            "the bias is added once for each of the C·m maps.",
            "Add it once, after the sum.",
        ),
        Misconception(
            "bias once per channel",
            bias_times(lambda d, p: d.shape[2]),
            "the bias is added once for every input channel.",
            "Add it once, after the sum.",
        ),
        Misconception(
            "bias once per multiplier",
            bias_times(lambda d, p: d.shape[3]),
            "the bias is added once for every multiplier.",
            "Add it once, after the sum.",
        ),
        Misconception(
            "stride in both steps",
            stride_in_both_steps,
            "both steps stride.",
            "The depthwise step has left out the places already; the pointwise one visits the rest.",
        ),
        Misconception(
            "padding ignored",
            in_two_steps(padding="valid"),
            "this is the output without padding.",
            "Hand `padding` on to the depthwise step.",
        ),
        Misconception(
            "padded for stride 1",
            lambda x, d, p, bias=None, stride=1, padding="valid": two_steps(
                x, d, p, bias, 1, padding
            )[:, ::stride, ::stride],
            "you pad as if the stride were 1. Does only the pointwise step know the stride?",
            'Give it to the depthwise step: with padding="same" the zeros depend on it.',
        ),
        *map(
            of_the_composed_kernel,
            conv2d.mistakes(
                "only the first channel",
                "only the first image",
                "every image the first",
                "whole numbers only",
                "the image's type",
                "bias forgotten",
                "stride ignored",
                "windows at stride 1",
                "stride on rows only",
                "stride on columns only",
                "surplus at the start",
                "half a window on both sides",
                "edge pixels repeated",
                "all zeros before",
                "all zeros after",
            ),
        ),
    ),
    hints=(
        "Which of the two steps needs to know stride and padding, and how many maps does it hand on?",
        "The first step makes (N, oh, ow, C·m). The second mixes them: where does the bias belong?",
        "pointwise_conv2d(depthwise_conv2d(x, depthwise_kernel, stride, padding), pointwise_kernel, bias)",
    ),
)
