"""The backward pass of a depthwise convolution, padding "valid".

Most mistakes are those of a normal convolution's backward pass, made with the kernel of blocks that
does the same.
"""

from dataclasses import replace

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array
from helpers.check.core import Case, Exercise, Misconception
from helpers.check.exercises import normal_backward
from helpers.check.exercises.depthwise import blocks, by_channel, depthwise, depthwise_conv2d
from helpers.check.exercises.normal import tensors
from helpers.check.exercises.normal_backward import (
    backward_parts,
    conv2d_backward,
    in_whole_numbers,
    items_swapped,
)
from helpers.check.exercises.sizes import output_length

DKERNEL = Array(("row", "column", "channel", "multiplier"), "dkernel")


def gradients(dy, x, kernel, stride=1):
    """(dx, dkernel, dbias): of a normal convolution with the same kernel, the weights that exist."""
    return existing(normal_backward.gradients(dy, x, blocks(kernel), stride), kernel)


def existing(answer, kernel):
    """The gradients of a normal convolution with only those weights that a depthwise one has."""
    dx, dblocks, dbias = answer
    return dx, np.einsum("abccj->abcj", by_channel(dblocks, kernel)), dbias


def of_blocks(mistake: Misconception) -> Misconception:
    """A normal convolution's mistake, made with the normal kernel that does the same."""

    def wrong(dy, x, kernel, stride=1):
        return existing(mistake.wrong(dy, x, blocks(kernel), stride), kernel)

    return replace(mistake, wrong=wrong)


def backward_case(rng, multiplier=5, stride=1) -> Case:
    case = tensors(rng, stride=stride)
    x, kernel = case["x"], case["kernel"][..., :multiplier]
    dy = rng.normal(size=depthwise(x, kernel, stride=stride).shape)
    return {"dy": dy, "x": x, "kernel": kernel, **({} if stride == 1 else {"stride": stride})}


def unstrided(rng) -> list[Case]:
    """Five maps a channel, which is neither the number of images nor of channels; then one."""
    cases = [backward_case(rng), backward_case(rng, multiplier=1)]
    whole = [backward_case(rng, multiplier=2) for _ in range(3)]
    for case, name in zip(whole, ("dy", "x", "kernel"), strict=True):
        case[name] = np.round(9 * case[name]).astype(int)
    return cases + whole


def strided(rng) -> list[Case]:
    """Strides 2 and 3 do not divide: the last rows and columns lie under no window."""
    return [backward_case(rng, stride=2), backward_case(rng, stride=3), backward_case(rng, 2, 4)]


def changed(index, change):
    """The mistake of changing one of the three gradients after the event."""

    def wrong(dy, x, kernel, stride=1):
        answer = list(gradients(dy, x, kernel, stride))
        answer[index] = change(answer[index], kernel)
        return tuple(answer)

    return wrong


def with_dy(change):
    """The mistake of reading dy's maps otherwise; ``change`` takes and gives (N, oh, ow, C, m)."""

    def wrong(dy, x, kernel, stride=1):
        other = change(by_channel(dy, kernel)).reshape(dy.shape)
        return *gradients(other, x, kernel, stride)[:2], dy.sum(axis=(0, 1, 2))

    return wrong


def transposed(maps):
    """Maps in the order j*C + c where c*m + j is meant."""
    *positions, channels, multiplier = maps.shape
    return maps.reshape(*positions, multiplier, channels).swapaxes(-1, -2)


depthwise_backward = Exercise(
    name="depthwise_backward",
    oracle=oracle.depthwise_backward,
    builds_on=(output_length, depthwise_conv2d),
    parts=backward_parts(
        unstrided, strided, DKERNEL, "map", (sums.depthwise_dx, sums.depthwise_dkernel)
    ),
    misconceptions=(
        Misconception(
            "maps in the order j·C + c",
            with_dy(transposed),
            "you read dy in the order j·C + c.",
            "dy[…, c·m + j] is map j of channel c: reshape its last axis to (C, m).",
        ),
        Misconception(
            "dx of the first multiplier",
            lambda dy, x, kernel, stride=1: (
                gradients(by_channel(dy, kernel)[..., 0], x, kernel[..., :1], stride)[0],
                *gradients(dy, x, kernel, stride)[1:],
            ),
            "only the first of each channel's m maps is in dx.",
            "A pixel was read by all m filters of its channel: sum over them.",
        ),
        Misconception(
            "dx averaged over the multipliers",
            changed(0, lambda dx, kernel: dx / kernel.shape[3]),
            "dx is divided by the multiplier.",
            "A pixel hears from all m maps of its channel: a sum, not a mean.",
        ),
        Misconception(
            "dx mixed over the channels",
            changed(0, lambda dx, kernel: np.repeat(dx.sum(-1, keepdims=True), dx.shape[-1], -1)),
            "in dx every channel hears from the maps of all channels.",
            "Channel c was read by its own filters only: keep c in both.",
        ),
        Misconception(
            "multiplier and channels mixed up",
            changed(1, lambda g, k: g.swapaxes(2, 3).reshape(g.shape)),
            "dkernel's channels and multipliers are mixed up.",
            "Its last two axes are (C, m); a reshape does not swap axes.",
        ),
        Misconception(
            "dkernel summed over the channels",
            changed(1, lambda g, k: np.repeat(g.sum(2, keepdims=True), g.shape[2], 2)),
            "dkernel is summed over the channels.",
            "Each channel has filters of its own, so each has gradients of its own.",
        ),
        Misconception(
            "dkernel summed over the multipliers",
            changed(1, lambda g, k: np.repeat(g.sum(3, keepdims=True), g.shape[3], 3)),
            "dkernel is summed over the multipliers.",
            "Filter j of channel c hears from map c·m + j only.",
        ),
        Misconception(
            "dkernel of the first multiplier",
            changed(1, lambda g, k: np.repeat(g[..., :1], g.shape[3], 3)),
            "every filter of a channel has the first one's gradient.",
            "Filter j of channel c hears from map c·m + j only.",
        ),
        Misconception(
            "dbias for each channel",
            changed(2, lambda g, kernel: by_channel(g, kernel).sum(-1)),
            "dbias is summed over the multipliers.",
            "Each of the C·m maps has a bias of its own.",
        ),
        *map(
            of_blocks,
            conv2d_backward.mistakes(
                "kernel flipped",
                "dx too small",
                "overwritten",
                "dx averaged over the batch",
                "dkernel flipped",
                "dkernel averaged over the batch",
                "dkernel averaged over positions",
                "dkernel of the first image",
                "dkernel of the last window",
                "dbias averaged",
                "dbias for each image",
                "dbias for each position",
                "dbias summed over everything",
                "dbias of the first image",
                "dbias averaged over the batch",
                "stride ignored",
                "kernel mirrored",
                "kernel upside down",
                "dkernel mirrored",
                "dkernel upside down",
            ),
        ),
        Misconception(
            "dbias in the order j·C + c",
            changed(2, lambda g, kernel: by_channel(g, kernel).T.ravel()),
            "dbias is in the order j·C + c.",
            "dbias[c·m + j] belongs to map j of channel c, as in dy.",
        ),
        *in_whole_numbers(gradients),
        *items_swapped(gradients),
    ),
    hints=(
        "It is lesson 1's backward pass in every channel. Which letters are summed over, which stay?",
        "dy.reshape(N, oh, ow, C, m) has the maps of each channel side by side, as the kernel has.",
        'With g = dy[:, i, j] as (N, C, m): "ncm,nabc->abcm" for dkernel, "ncm,abcm->nabc" for dx.',
    ),
)
