"""The receptive field of a stack of layers: how far one output number sees.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from collections.abc import Callable
from math import prod
from typing import Any

from helpers.check import oracle
from helpers.check.answers import Counts
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.diagnosis import Diagnosis

Layers = list[tuple[int, int, int]]  # (kernel, stride, dilation), from the input on


def stacks(rng, *plain: Layers, strides=(1,), dilations=(1,)) -> list[Case]:
    """These, the plainest first, and three longer ones that are drawn; a 1 × 1 is in each of those."""
    drawn = []
    for length in (3, 4, 6):
        kernels = [1, *rng.permutation([2, 3, 4, 5, 7])][:length]
        drawn.append([one(rng, int(k), strides, dilations) for k in rng.permutation(kernels)])
    return [{"layers": layers} for layers in (*plain, *drawn)]


def one(rng, kernel, strides, dilations) -> tuple[int, int, int]:
    return kernel, int(rng.choice(strides)), int(rng.choice(dilations))


def kernel_cases(rng) -> list[Case]:
    return stacks(rng, [(3, 1, 1), (3, 1, 1)], [(5, 1, 1)], [(1, 1, 1), (4, 1, 1)], [])


def stride_cases(rng) -> list[Case]:
    plain = (
        [(3, 2, 1), (3, 1, 1)],
        [(3, 1, 1), (3, 2, 1)],
        [(1, 2, 1), (3, 1, 1)],
        [(2, 2, 1), (2, 2, 1), (2, 2, 1)],
    )
    return stacks(rng, *plain, strides=(2, 3))


def dilation_cases(rng) -> list[Case]:
    plain = [(3, 1, 2)], [(3, 1, 1), (3, 1, 2), (3, 1, 4)], [(1, 1, 3), (4, 1, 3)]
    return stacks(rng, *plain, dilations=(2, 3, 4))


def stride_and_dilation(rng) -> list[Case]:
    """In one layer, in neighbouring ones, and in twelve."""
    deep = [one(rng, int(k), (1, 2), (1, 2)) for k in rng.choice([1, 2, 3], size=12)]
    plain = [(3, 2, 2)], [(3, 2, 1), (3, 1, 2)], [(3, 2, 2), (3, 2, 3)], deep
    return stacks(rng, *plain, strides=(1, 2, 3), dilations=(1, 2, 3))


def walk(start=1, reach=lambda k, d: (k - 1) * d, step=lambda jump, s, d: jump * s, order=list):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(layers) -> tuple[int, int]:
        size, jump = start, 1
        for kernel, stride, dilation in order(layers):
            size += reach(kernel, dilation) * jump
            jump = step(jump, stride, dilation)
        return size, jump

    return wrong


def at_least_one(layers) -> tuple[int, int]:
    layers[0]
    return right(layers)


def own_stride_first(layers) -> tuple[int, int]:
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        size += (kernel - 1) * dilation * jump
    return size, jump


def without_strides(layers) -> list[tuple[int, int, int]]:
    return [(kernel, 1, dilation) for kernel, _, dilation in layers]


right = walk()


def first_wrong_layer(case: Case, answer: Any, ask: Callable[[Case], Any]) -> Diagnosis | None:
    """What the first layers by themselves should give, and give: one more layer at each step."""
    layers, before = case["layers"], (1, 1)
    for many in range(len(layers) + 1):
        wanted, yours = right(layers[:many]), pair(ask({"layers": layers[:many]}))
        if yours is None:
            return None
        if yours != wanted:
            return told(layers[:many], before, yours, wanted)
        before = wanted
    return None


def pair(answer: Any) -> tuple[int, int] | None:
    numbers = answer if isinstance(answer, tuple | list) and len(answer) == 2 else ()
    return tuple(map(int, numbers)) if numbers and all(int(n) == n for n in numbers) else None


def told(layers: Layers, before: tuple, yours: tuple, wanted: tuple) -> Diagnosis:
    if not layers:
        return Diagnosis(
            "no layers",
            f"without any layer a number sees itself alone: (1, 1). Yours is {yours}.",
            "That is where the count begins: size 1, jump 1.",
        )
    kernel, stride, dilation = layer = layers[-1]
    which = f"layer {len(layers)}, {layer}," if len(layers) > 1 else f"one layer, {layer},"
    if yours[0] != wanted[0]:
        return Diagnosis(
            "the size after a layer",
            f"{which} should make the size {wanted[0] - before[0]} larger; in your answer it grows by "
            f"{yours[0] - before[0]}.",
            f"It reads {kernel} cells, and from each to the next are {dilation} · {before[1]} pixels.",
        )
    return Diagnosis(
        "the jump after a layer",
        f"{which} should take the jump from {before[1]} to {wanted[1]}; in your answer it becomes "
        f"{yours[1]}.",
        f"Its windows start {stride} cells apart, and its cells lie {before[1]} pixels apart.",
    )


SEEN = Counts(("size", "jump"))

receptive_field = Exercise(
    name="receptive_field",
    oracle=oracle.receptive_field,
    parts={
        "kernels": Part(
            kernel_cases,
            SEEN,
            probe=first_wrong_layer,
            hints=(
                "Without any layer a number sees itself: size 1. What does one layer of 3 see?",
                "With stride 1 the windows of neighbouring numbers are one pixel apart. How much more "
                "do three of them see than one?",
                "With stride 1 and dilation 1 each layer adds kernel − 1 to the size; the jump stays 1.",
            ),
        ),
        "stride": Part(
            stride_cases,
            SEEN,
            probe=first_wrong_layer,
            hints=(
                "After a layer of stride 2 neighbouring numbers lie 2 pixels apart. And after two such?",
                "A layer reads `kernel` neighbours of the layer below. They lie `jump` pixels apart.",
                "First size += (kernel − 1) · jump, with the jump of the layers below; then jump *= stride.",
            ),
        ),
        "dilation": Part(
            dilation_cases,
            SEEN,
            probe=first_wrong_layer,
            together=stride_and_dilation,
            hints=(
                "A kernel of 3 with dilation 2 reads cells 0, 2 and 4. How many does it span?",
                "Dilation makes a window wider. It does not change where the windows begin.",
                "From the first cell that a layer reads to the last it is (kernel − 1) · dilation steps, "
                "each of `jump` pixels.",
            ),
        ),
    },
    misconceptions=(
        Misconception(
            "own stride first",
            own_stride_first,
            "a layer's own stride comes too early: it already stretches the layer's own kernel.",
            "A layer reads its input at the jump from before. Its stride is for the layers after it.",
        ),
        Misconception(
            "kernel for kernel minus 1",
            walk(reach=lambda k, d: k * d),
            "each layer adds its whole kernel.",
            "From the first of k cells to the last it is k − 1 steps.",
        ),
        Misconception(
            "stride ignored",
            lambda layers: right(without_strides(layers)),
            "the strides have no effect.",
            "After a layer of stride 2, neighbouring numbers lie 2 pixels apart.",
        ),
        Misconception(
            "stride in the jump only",
            lambda layers: (right(without_strides(layers))[0], right(layers)[1]),
            "your jump is right, and it has no effect on the size.",
            "One step in a later layer is `jump` pixels of the image.",
        ),
        Misconception(
            "strides added",
            walk(step=lambda jump, s, d: jump + s - 1),
            "you add strides that should be multiplied.",
            "A step of 2 in a layer whose cells lie 2 pixels apart is 4 pixels.",
        ),
        Misconception(
            "the last stride",
            walk(step=lambda jump, s, d: s),
            "your jump is the stride of one layer, not of all so far.",
            "A step of 2 in a layer whose cells lie 2 pixels apart is 4 pixels: multiply.",
        ),
        Misconception(
            "dilation ignored",
            walk(reach=lambda k, d: k - 1),
            "the dilations have no effect.",
            "Dilation 2 reads every second cell: a kernel of 3 spans 5.",
        ),
        Misconception(
            "dilation times kernel",
            walk(reach=lambda k, d: k * d - 1),
            "you let a dilated kernel span kernel · dilation cells.",
            "There are gaps between the cells that it reads, none after the last: k − 1 gaps.",
        ),
        Misconception(
            "dilation in the jump",
            walk(step=lambda jump, s, d: jump * s * d),
            "your dilations go into the jump.",
            "A dilated window still moves by its stride: dilation is for the size only.",
        ),
        Misconception(
            "begins at 0",
            walk(start=0),
            "your size is 1 too small.",
            "Without any layer a number sees one pixel, itself.",
        ),
        Misconception(
            "at least one layer",
            at_least_one,
            "your function needs at least one layer.",
            "Without any layer a number sees itself: size 1, jump 1. Begin with that.",
        ),
        Misconception(
            "from the output on",
            walk(order=lambda layers: layers[::-1]),
            "you go through the layers from the last to the first.",
            "They come from the input on: a stride counts for the layers after it, not before.",
        ),
        Misconception(
            "jump and size swapped",
            lambda layers: right(layers)[::-1],
            "size and jump have changed places.",
            "Return size, jump.",
        ),
        Misconception(
            "kernels multiplied",
            lambda layers: (prod(k for k, _, _ in layers), right(layers)[1]),
            "you multiply the kernels.",
            "Two layers of 3 see 5 pixels: the second window reaches 1 further on each side.",
        ),
    ),
    hints=(
        "Follow one output number back: which numbers of the layer below does it read? And those?",
        "Keep two numbers from layer to layer, starting at 1: the size, and the jump between neighbours.",
        "Each layer: size += (kernel − 1) · dilation · jump, and after that jump *= stride.",
    ),
)
