"""Sizes along one axis: how many stops a window makes, and where the zeros go.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from math import ceil

import numpy as np

from helpers.check import oracle
from helpers.check.answers import Count, Counts
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.covering import together
from helpers.check.exercises import counting_probe
from helpers.check.exercises.sizes_probe import zeros


def stops(n, k, stride=1, padding="valid", dilation=1, ends=(0, 0), first=1, rounding=int):
    """The length formula with its pieces exposed, for mistakes to move."""
    reach = (k - 1) * dilation + 1
    if padding == "same":
        return ceil(n / stride)
    return rounding((n + sum(ends) - reach) / stride) + first


def grid(**choices) -> list[Case]:
    """Every combination of the choices, as keyword arguments."""
    cases: list[Case] = [{}]
    for name, values in choices.items():
        cases = [{**case, name: value} for case in cases for value in values]
    return cases


def sizes(**options):
    """Cases of (n, k) drawn anew for each seed, with every choice of the options."""

    def cases(rng) -> list[Case]:
        n = [int(v) for v in rng.choice(np.arange(14, 40), size=4, replace=False)]
        return grid(n=n, k=[3, 2, 5, 1], **options)  # the plainest first: it is shown

    return cases


def options_together(**options):
    """Every pair of options, with windows of several lengths on axes of several."""

    def cases(rng) -> list[Case]:
        found = []
        for row in together(rng, **options):
            n = [int(v) for v in rng.choice(np.arange(14, 40), size=4, replace=False)]
            found += [{"n": a, "k": k, **row} for a, k in zip(n, (3, 2, 5, 4), strict=True)]
        return found

    return cases


output_length = Exercise(
    name="output_length",
    oracle=oracle.output_length,
    parts={
        "valid": Part(
            sizes(),
            Count(),
            probe=counting_probe.length,
            hints=(
                "Draw 5 cells and a window of 3. At which cells can the window begin?",
                "The first stop begins at cell 0 and the last at cell n − k. How many is that?",
                "n − k + 1.",
            ),
        ),
        "stride": Part(
            sizes(stride=[2, 3, 4]),
            Count(),
            probe=counting_probe.length,
            hints=(
                "Without a stride the window can begin at cells 0 to n − k. At which of these does it stop?",
                "It stops at 0, stride, 2 · stride and so on, as long as that is at most n − k.",
                "(n − k) // stride moves, and one stop more than moves.",
            ),
        ),
        "same": Part(
            sizes(stride=[1, 2, 3], padding=["same"]),
            Count(),
            probe=counting_probe.length,
            hints=(
                'With "same" and stride 1 there are as many stops as cells, whatever k is.',
                "With a stride the window stops at every stride-th of these, the first included.",
                "n / stride, rounded up: -(-n // stride), or math.ceil(n / stride).",
            ),
        ),
        "dilation": Part(
            sizes(dilation=[2, 3], padding=["valid", "same"]),
            Count(),
            probe=counting_probe.length,
            together=options_together(
                stride=[1, 2, 3], padding=["valid", "same"], dilation=[1, 2, 3]
            ),
            hints=(
                "Draw a window of 3 taps that reads cells 0, 2 and 4. How many cells does it span?",
                "From the first of k taps to the last are k − 1 steps of `dilation` cells each.",
                'Put reach = (k − 1) * dilation + 1 in the place of k. Does it matter for "same"?',
            ),
        ),
    },
    misconceptions=(
        Misconception(
            "one stop missing",
            lambda n, k, stride=1, padding="valid", dilation=1: stops(
                n, k, stride, padding, dilation, first=0
            ),
            "one stop is missing, the first or the last one.",
            "The first one begins at cell 0, the last one where the window just fits.",
        ),
        Misconception(
            "stride ignored",
            lambda n, k, stride=1, padding="valid", dilation=1: stops(n, k, 1, padding, dilation),
            "this is the length for stride 1: the stride has no effect.",
            "With stride 2 the window makes about half as many stops.",
        ),
        Misconception(
            "rounded up",
            lambda n, k, stride=1, padding="valid", dilation=1: stops(
                n, k, stride, padding, dilation, rounding=ceil
            ),
            "at your last stop the window hangs over the edge.",
            'With padding "valid" the last window has to fit inside: round down.',
        ),
        Misconception(
            "padding ignored",
            lambda n, k, stride=1, padding="valid", dilation=1: stops(
                n, k, stride, "valid", dilation
            ),
            "this is the length without padding.",
            'With padding="same" and stride 1 the output is as long as the input.',
        ),
        Misconception(
            "divided before the window was taken off",
            lambda n, k, stride=1, padding="valid", dilation=1: (
                ceil(n / stride) if padding == "same" else n // stride - (k - 1) * dilation
            ),
            "you divide n by the stride before taking the window off.",
            "First ask how many cells are left when the window lies at its first stop.",
        ),
        Misconception(
            "same rounded down",
            lambda n, k, stride=1, padding="valid", dilation=1: (
                n // stride if padding == "same" else stops(n, k, stride, padding, dilation)
            ),
            'with padding="same" you round n / stride down.',
            "With padding the last step counts even where it is incomplete: round up.",
        ),
        Misconception(
            "dilation ignored",
            lambda n, k, stride=1, padding="valid", dilation=1: stops(n, k, stride, padding, 1),
            "the dilation has no effect.",
            "Draw 3 taps that read every second cell. How many cells do they span?",
        ),
        Misconception(
            "dilation times k",
            lambda n, k, stride=1, padding="valid", dilation=1: stops(
                n, k * dilation, stride, padding, 1
            ),
            "you let a dilated window cover k · dilation cells.",
            "There are gaps between the taps, none after the last: k taps have k − 1 gaps.",
        ),
    ),
    hints=(
        "Lay the window at the first stop. How many cells to the right of it are still free?",
        "Each move uses up `stride` of those free cells. Moves that do not fit do not count.",
        'Valid: (n − reach) // stride + 1, with reach = (k − 1)·dilation + 1. "same": ceil(n / stride).',
    ),
)


def total_padding(n, k, stride=1, dilation=1) -> int:
    return max((ceil(n / stride) - 1) * stride + (k - 1) * dilation + 1 - n, 0)


def split(total) -> tuple[int, int]:
    return total // 2, total - total // 2


PADS = Counts(("before", "after"))

same_padding = Exercise(
    name="same_padding",
    oracle=oracle.same_padding,
    parts={
        "stride 1": Part(
            sizes(),
            PADS,
            probe=zeros,
            hints=(
                "Without padding a window of k makes n − k + 1 stops. How many fewer is that than n?",
                "Each zero makes room for one more stop, so it takes k − 1 of them in all.",
                "before = (k − 1) // 2, and after is the rest, so that an odd zero comes last.",
            ),
        ),
        "stride": Part(
            sizes(stride=[2, 3, 4]),
            PADS,
            probe=zeros,
            hints=(
                "There are ceil(n / stride) stops. Where does the last one begin, and where does it end?",
                "It begins at (stops − 1) * stride and ends k cells further. How far is that beyond n?",
                "total = max((stops − 1) * stride + k − n, 0): where the window fits, nothing is added.",
            ),
        ),
        "dilation": Part(
            sizes(dilation=[2, 3]),
            PADS,
            probe=zeros,
            together=options_together(stride=[1, 2, 3, 4], dilation=[1, 2, 3]),
            hints=(
                "How many cells does a window of k taps span when they lie `dilation` cells apart?",
                "From the first tap to the last are k − 1 steps: reach = (k − 1) * dilation + 1.",
                "The number of stops does not change. Put reach in the place of k in the total.",
            ),
        ),
    },
    misconceptions=(
        Misconception(
            "surplus at the start",
            lambda n, k, stride=1, dilation=1: split(total_padding(n, k, stride, dilation))[::-1],
            "the odd zero is at the start; Keras puts it last.",
            "Swap the two halves: the smaller one comes before.",
        ),
        Misconception(
            "half the window on both sides",
            lambda n, k, stride=1, dilation=1: ((k - 1) * dilation // 2,) * 2,
            "you add half a window on both sides.",
            "An odd total has one more zero at the end; with a stride, see where the last stop ends.",
        ),
        Misconception(
            "stride ignored",
            lambda n, k, stride=1, dilation=1: split(total_padding(n, k, 1, dilation)),
            "these are the zeros for stride 1.",
            "With a stride the last stop lies at (ceil(n / stride) − 1)·stride.",
        ),
        Misconception(
            "negative padding",
            lambda n, k, stride=1, dilation=1: split(
                (ceil(n / stride) - 1) * stride + (k - 1) * dilation + 1 - n
            ),
            "your total can be negative, which would cut cells off.",
            "When the window fits without padding, the total is 0: use max(…, 0).",
        ),
        Misconception(
            "dilation ignored",
            lambda n, k, stride=1, dilation=1: split(total_padding(n, k, stride, 1)),
            "these are the zeros for dilation 1.",
            "A dilated window covers (k − 1)·dilation + 1 cells.",
        ),
        Misconception(
            "everything at the end",
            lambda n, k, stride=1, dilation=1: (0, total_padding(n, k, stride, dilation)),
            "you put all the zeros at the end.",
            "Split the total in two halves; only an odd one left over goes to the end.",
        ),
        Misconception(
            "everything at the start",
            lambda n, k, stride=1, dilation=1: (total_padding(n, k, stride, dilation), 0),
            "you put all the zeros at the start.",
            "Split the total in two halves; only an odd one left over goes to the end.",
        ),
        Misconception(
            "one stop too few",
            lambda n, k, stride=1, dilation=1: split(
                max((n // stride - 1) * stride + (k - 1) * dilation + 1 - n, 0)
            ),
            "you count one stop too few.",
            "Padding makes room for the last, incomplete step: round n / stride up.",
        ),
        Misconception(
            "dilation times k",
            lambda n, k, stride=1, dilation=1: split(
                max((ceil(n / stride) - 1) * stride + k * dilation - n, 0)
            ),
            "you let a dilated window cover k · dilation cells.",
            "There are gaps between the taps, none after the last: k taps have k − 1 gaps.",
        ),
    ),
    hints=(
        "How many stops must there be? Where does the last one start, and where does it end?",
        "What the last stop covers beyond cell n is the total; it is never below 0.",
        "total = max((ceil(n / stride) − 1)·stride + reach − n, 0); before = total // 2.",
    ),
)
