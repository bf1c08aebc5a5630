"""What a normal convolution costs: parameters and multiply-adds, counted by Keras' own layer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from helpers.check import oracle
from helpers.check.answers import Count
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.covering import together
from helpers.check.exercises import counting_probe
from helpers.check.exercises.sizes import output_length


def layer_sizes(rng) -> Case:
    """Sizes of which no two agree: a kernel of 3 × 2, few channels, more filters."""
    c, f = sorted(int(v) for v in rng.choice([3, 5, 7, 11, 13], size=2, replace=False))
    return {"kernel_size": (3, 2), "in_channels": c, "filters": f}


def weights(kernel_size, in_channels, filters) -> int:
    return prod(kernel_size) * in_channels * filters


WEIGHTS = counting_probe.params(weights, lambda filters, **sizes: filters)
WORK = counting_probe.macs(weights)


def params_by_keras(kernel_size, in_channels, filters, use_bias=True) -> int:
    layer = oracle.keras().layers.Conv2D(filters, kernel_size, use_bias=use_bias)
    layer.build((None, None, None, in_channels))
    return layer.count_params()


def macs_by_keras(input_size, kernel_size, in_channels, filters, stride=1, padding="valid") -> int:
    layer = oracle.keras().layers.Conv2D(
        filters, kernel_size, strides=stride, padding=padding, use_bias=False
    )
    return products(layer, (*input_size, in_channels))


def products(layer, size) -> int:
    """Multiply-adds for one image (H, W, C) of a convolution without bias: each of its weights is
    used once at every output position.
    """
    _, oh, ow, _ = layer.compute_output_shape((1, *size))
    layer.build((None, *size))
    return oh * ow * layer.count_params()


# ---------------------------------------------------------------- parameters


def params(count):
    """The mistake of counting otherwise: ``count(k, c, f, b)``, b is 1 where there are biases."""
    return lambda kernel_size, in_channels, filters, use_bias=True: count(
        kernel_size, in_channels, filters, int(use_bias)
    )


conv2d_params = Exercise(
    name="conv2d_params",
    oracle=params_by_keras,
    parts={
        "with bias": Part(
            lambda rng: [layer_sizes(rng) for _ in range(3)],
            Count(),
            probe=WEIGHTS,
            hints=(
                "How many weights does one filter have? It spans all input channels.",
                "Each filter has one bias besides its kh · kw · in_channels weights.",
                "(kh · kw · in_channels + 1) · filters",
            ),
        ),
        "without bias": Part(
            lambda rng: [{**layer_sizes(rng), "use_bias": False} for _ in range(2)],
            Count(),
            probe=WEIGHTS,
            hints=(
                "How many numbers fewer does a layer without biases learn?",
                "One for each filter: leave out the + 1 when use_bias is False.",
            ),
        ),
    },
    misconceptions=(
        Misconception(
            "bias forgotten",
            params(lambda k, c, f, b: prod(k) * c * f),
            "you count the weights and leave out the biases.",
            "Each filter has one bias of its own.",
        ),
        Misconception(
            "a single bias",
            params(lambda k, c, f, b: prod(k) * c * f + b),
            "you count one bias for the whole layer.",
            "Each filter has one: put the + 1 inside the brackets.",
        ),
        Misconception(
            "a bias per input channel",
            params(lambda k, c, f, b: (prod(k) + b) * c * f),
            "you count a bias for each channel of each filter.",
            "A filter adds its bias once, after summing over its channels.",
        ),
        Misconception(
            "filters of one channel",
            params(lambda k, c, f, b: (prod(k) + b) * f),
            "you count filters that span a single channel.",
            "Every filter spans all input channels.",
        ),
        Misconception(
            "channels for filters",
            params(lambda k, c, f, b: (prod(k) * f + b) * c),
            "channels and filters have changed places.",
            "There are as many biases as filters.",
        ),
        Misconception(
            "square kernel assumed",
            params(lambda k, c, f, b: (k[0] ** 2 * c + b) * f),
            "you take the kernel for a square one.",
            "kernel_size is (height, width): multiply the two.",
        ),
        Misconception(
            "square kernel of its width",
            params(lambda k, c, f, b: (k[1] ** 2 * c + b) * f),
            "you take the kernel for a square one.",
            "kernel_size is (height, width): multiply the two.",
        ),
        Misconception(
            "kernel sides added",
            params(lambda k, c, f, b: (sum(k) * c + b) * f),
            "you add the kernel's height and width.",
            "A filter has kh rows of kw weights: multiply the two.",
        ),
        Misconception(
            "bias always counted",
            params(lambda k, c, f, b: (prod(k) * c + 1) * f),
            "you count biases that are not there.",
            "With use_bias=False a layer has none.",
        ),
    ),
    hints=(
        "Count one filter first: how many weights are in its block?",
        "Add its bias, if there is one. Then: how many filters are there?",
        "(kh · kw · in_channels + 1) · filters, and without the 1 when use_bias is False.",
    ),
)


# ---------------------------------------------------------------- multiply-adds


def macs_case(rng, fits=False, **options) -> Case:
    """Along no side does the stride divide, so that it matters which way one rounds; or it ``fits``."""
    sides = int(rng.integers(20, 30)), int(rng.integers(31, 40))
    case = {"input_size": sides, **layer_sizes(rng), **options}
    stride, same = case.get("stride", 1), case.get("padding") == "same"
    if stride > 1:
        pairs = zip(sides, case["kernel_size"], strict=True)
        case["input_size"] = tuple(
            n + next(i for i in range(stride) if ((n + i - k * (not same)) % stride == 0) == fits)
            for n, k in pairs
        )
    return case


def meeting(**more: Sequence[Any]) -> Callable:
    """Cases in which stride, padding and the kernel's sides meet, and whatever else a layer has."""
    choices = {"stride": (1, 2, 3, 5), "padding": ("valid", "same"), **more}
    kernels = {"kernel_size": ((3, 2), (2, 3), (1, 1), (4, 4))}
    return lambda rng: [
        macs_case(rng, fits=bool(n % 2), **row)
        for n, row in enumerate(together(rng, **choices, **kernels))
    ]


def huge(rng, **options) -> Case:
    """More multiply-adds than 32 bits can count, at so few positions that one may visit each."""
    size = int(rng.integers(100, 107)), int(rng.integers(107, 115))
    sizes = {"input_size": size, "kernel_size": (41, 40), "in_channels": 256, "filters": 64}
    return {**sizes, **options}


STRIDES_AND_PADDINGS: tuple[Case, ...] = (
    {"stride": 2},
    {"stride": 3, "padding": "same"},
    {"padding": "same"},
)


def output_size(input_size, kernel_size, stride=1, padding="valid") -> tuple[int, ...]:
    if padding == "same":
        return tuple(-(-n // stride) for n in input_size)
    return tuple((n - k) // stride + 1 for n, k in zip(input_size, kernel_size, strict=True))


def macs(weights=lambda k, c, f: prod(k) * c * f, positions=output_size):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(input_size, kernel_size, in_channels, filters, stride=1, padding="valid") -> int:
        visited = positions(input_size, kernel_size, stride, padding)
        return prod(visited) * weights(kernel_size, in_channels, filters)

    return wrong


# Every kind of convolution is counted at the same positions, and wrongly at the same other ones.
POSITION_MISTAKES = (
    (
        "counted at every input pixel",
        lambda n, k, stride, padding: n,
        "you count a window at every input pixel.",
        "Count output positions: the window stops only there.",
    ),
    (
        "stride ignored",
        lambda n, k, stride, padding: output_size(n, k, 1, padding),
        "this is the work for stride 1.",
        "A stride of 2 leaves about a quarter of the output positions.",
    ),
    (
        "height and width swapped",
        lambda n, k, stride, padding: output_size(n[::-1], k, stride, padding),
        "height and width are swapped.",
        "input_size and kernel_size are both (height, width).",
    ),
    (
        "stride on rows only",
        lambda n, k, stride, padding: (
            output_size(n, k, stride, padding)[0],
            output_size(n, k, 1, padding)[1],
        ),
        "the stride works on the rows only.",
        "One stride for both axes: it shortens the height and the width.",
    ),
    (
        "padding ignored",
        lambda n, k, stride, padding: output_size(n, k, stride),
        "this is the work without padding.",
        'With padding="same" there are ceil(n / stride) stops along each axis.',
    ),
)


def along_both_sides(stops):
    """Positions from a (mistaken) count of the stops along one side."""
    return lambda n, k, stride, padding: [
        stops(*side, stride, padding) for side in zip(n, k, strict=True)
    ]


def position_mistakes(macs) -> tuple[Misconception, ...]:
    """For a layer whose ``macs(positions=…)`` says what is counted at other positions."""
    rounding = output_length.mistakes("one stop missing", "rounded up", "same rounded down")
    return (
        *(
            Misconception(name, macs(positions=positions), sentence, look)
            for name, positions, sentence, look in POSITION_MISTAKES
        ),
        *(replace(m, wrong=macs(positions=along_both_sides(m.wrong))) for m in rounding),
        Misconception(
            "two operations each",
            lambda *args, **options: 2 * macs()(*args, **options),
            "you count a product and its sum as two.",
            "A multiply-add is one product together with its addition.",
        ),
    )


conv2d_macs = Exercise(
    name="conv2d_macs",
    oracle=macs_by_keras,
    builds_on=(output_length,),
    parts={
        "stride 1": Part(
            lambda rng: [*(macs_case(rng) for _ in range(3)), huge(rng, in_channels=16)],
            Count(),
            probe=WORK,
            hints=(
                "One output number is a sum of products. How many products are in it?",
                "There are oh · ow · filters output numbers, with oh = height − kh + 1.",
                "oh · ow · filters · kh · kw · in_channels",
            ),
        ),
        "stride and padding": Part(
            lambda rng: [macs_case(rng, **options) for options in STRIDES_AND_PADDINGS],
            Count(),
            together=meeting(),
            probe=WORK,
            hints=(
                "What changes is the number of output positions; each takes as many products as before.",
                "Call output_length for the height, and once more for the width.",
                '"valid": (n − k) // stride + 1 along each axis. "same": n / stride, rounded up.',
            ),
        ),
    },
    misconceptions=(
        *position_mistakes(macs),
        Misconception(
            "channels forgotten",
            macs(lambda k, c, f: prod(k) * f),
            "you count one input channel.",
            "Every output number sums over all input channels.",
        ),
        Misconception(
            "one filter only",
            macs(lambda k, c, f: prod(k) * c),
            "you count one filter.",
            "Every filter does this work for its own output map.",
        ),
        Misconception(
            "bias counted",
            macs(lambda k, c, f: (prod(k) * c + 1) * f),
            "you count adding the bias as a multiply-add.",
            "Nothing is multiplied there; papers leave it out, and so do we.",
        ),
    ),
    hints=(
        "How many multiply-adds does one single output number take?",
        "How many output numbers are there? Height, width and filters.",
        "oh · ow · kh · kw · in_channels · filters, with oh and ow from the length formula.",
    ),
)
