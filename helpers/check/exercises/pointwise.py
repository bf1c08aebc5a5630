"""Pointwise convolution: at every pixel the same weighted sums over the channels.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

import numpy as np

from helpers.check import oracle, sums
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.normal import (
    Y,
    bias_cases,
    bias_of,
    conv2d,
    sizes_of_one,
    tensors,
    window_cases,
)


def small_and_whole(rng) -> list[Case]:
    """Sizes of one, with and without a bias, and a kernel of whole numbers."""
    whole = tensors(rng)
    whole["kernel"] = np.round(9 * whole["kernel"]).astype(int)
    signs = rng.permutation([1, -1] * 4)
    small = sizes_of_one(rng)
    biased = [
        bias_of(case, rng, sign) for case, sign in zip(sizes_of_one(rng), signs, strict=False)
    ]
    return [whole, *small, *biased]


def of_one_tap(cases):
    """The same cases, with kernels of 1 × 1."""

    def smaller(rng) -> list[Case]:
        return [{**case, "kernel": case["kernel"][:1, :1]} for case in cases(rng)]

    return smaller


def mix(x, kernel, bias=None):
    """The right answer: a matrix product along the last axis."""
    y = x @ kernel[0, 0]
    return y if bias is None else y + bias


def changed_matrix(change):
    """The mistake of mixing the channels by another (C, F) matrix than the one that was given."""
    return lambda x, kernel, bias=None: mix(x, change(kernel[0, 0])[None, None], bias)


def pixels_by_reshape(x, kernel, bias=None):
    channels = x.shape[3]
    return mix(x.reshape(channels, -1).T.reshape(x.shape), kernel, bias)


def output_by_reshape(x, kernel, bias=None):
    """(F, N*H*W), laid out as (N, H, W, F) without moving the axis of the filters."""
    maps = np.moveaxis(mix(x, kernel), -1, 0)
    y = maps.reshape(*x.shape[:3], -1)
    return y if bias is None else y + bias


pointwise_conv2d = Exercise(
    name="pointwise_conv2d",
    oracle=oracle.pointwise_conv2d,
    parts={
        "pixels": Part(of_one_tap(window_cases), Y, sum_at=sums.pointwise),
        "bias": Part(
            of_one_tap(bias_cases), Y, sum_at=sums.pointwise, together=of_one_tap(small_and_whole)
        ),
    },
    misconceptions=(
        *conv2d.mistakes(
            "kernel reshaped to (F, C)",
            "channels and filters mixed up",
            "channels not summed",
            "channels averaged",
            "only the first image",
            "every image the first",
            "whole numbers only",
            "the image's type",
            "bias forgotten",
            "bias once per channel",
            "relu",
        ),
        Misconception(
            "only the first channel",
            lambda x, kernel, bias=None: mix(x[..., :1], kernel[:, :, :1], bias),
            "only the first channel is in the sum.",
            "Each filter has a weight for every channel of the pixel: sum over all of them.",
        ),
        Misconception(
            "pixels mixed by a reshape",
            pixels_by_reshape,
            "numbers of different pixels are mixed.",
            "x.reshape(C, -1) moves no axis. The channels are last: x.reshape(-1, C).",
        ),
        Misconception(
            "output mixed by a reshape",
            output_by_reshape,
            "your output's numbers are right, but most stand in the wrong place.",
            "(F, N·H·W) has the filters first: transpose it before you reshape.",
        ),
        Misconception(
            "rows and columns swapped",
            lambda x, kernel, bias=None: mix(x.swapaxes(1, 2), kernel, bias),
            "rows and columns of the output are swapped.",
            "Every pixel stays where it is: (N, H, W, C) becomes (N, H, W, F).",
        ),
        Misconception(
            "first filter only",
            changed_matrix(lambda k: k[:, :1]),
            "there is only the first filter's map.",
            "Each column of the (C, F) matrix is a filter with a map of its own.",
        ),
        Misconception(
            "filters summed",
            lambda x, kernel, bias=None: mix(x, kernel, bias).sum(axis=-1, keepdims=True),
            "the maps of all filters are added up.",
            "Sum over the channels only; the filters stay apart.",
        ),
        Misconception(
            "bias times the number of filters",
            lambda x, kernel, bias=None: mix(
                x, kernel, None if bias is None else kernel.shape[-1] * bias
            ),
            "the bias is added once for every filter.",
            "Each filter adds its own bias, once.",
        ),
    ),
    hints=(
        "Look at one pixel: it holds C numbers, and each filter makes one weighted sum of them.",
        "All F sums at once are a vector times a matrix: (C,) @ (C, F). Which part of the kernel is it?",
        "x @ kernel[0, 0] does it for every pixel: @ works on the last axis. Then add the bias.",
    ),
)
