"""What a whole network costs, counted block by block; `helpers/networks.py` says what a block is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import prod

from contract.verdicts import UNBROKEN
from helpers import networks
from helpers.check import oracle
from helpers.check.answers import Count, Counts, item
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.network_costs_probe import smallest
from helpers.check.exercises.normal_costs import output_size, products

NAMES = ("parameters", "multiply_adds")


# ---------------------------------------------------------------- the oracle


def count_by_keras(blocks) -> tuple[int, int]:
    """(parameters, multiply-adds): a Keras layer a block, built and asked."""
    costs = [block_by_keras(**block) for block in blocks]
    return sum(parameters for parameters, _ in costs), sum(work for _, work in costs)


@cache  # networks repeat their blocks
def block_by_keras(kind, input, kernel=(), stride=1, padding="same", use_bias=False):
    if kind == "pool":
        return 0, 0
    layers = oracle.keras().layers
    if kind == "norm":
        norm = built(layers.BatchNormalization(), input)
        return sum(prod(weight.shape) for weight in norm.trainable_weights), 0
    if kind == "dense":
        options = {"units": kernel[1], "kernel_initializer": "zeros"}
        weights = built(layers.Dense(use_bias=False, **options), input).count_params()
        return built(layers.Dense(use_bias=use_bias, **options), input).count_params(), weights
    options = {"kernel_size": kernel[:2], "strides": stride, "padding": padding}
    if kind == "conv":  # zeros, for drawing millions of numbers takes time
        groups = input[2] // kernel[2]  # where each filter sees some of the channels only
        make, options = layers.Conv2D, {**options, "filters": kernel[3], "groups": groups}
        options["kernel_initializer"] = "zeros"
    else:
        make, options = layers.DepthwiseConv2D, {**options, "depth_multiplier": kernel[3]}
    parameters = built(make(use_bias=use_bias, **options), input).count_params()
    return parameters, products(make(use_bias=False, **options), input)


def built(layer, size):
    layer.build((None, *size))
    return layer


# ---------------------------------------------------------------- cases


@dataclass(frozen=True)
class NetworkExercise(Exercise):
    """Shows the blocks of a small network, and says how long a large one is."""

    def called_as(self, case: Case) -> str:
        blocks = case["blocks"]
        if len(blocks) > 2:
            return f"  called as {self.name}(blocks) with {len(blocks)} blocks"
        shown = ", ".join(map(repr, blocks))
        return f"  called as {self.name}([{unbroken(shown)}])"


def unbroken(row: str) -> str:
    """A row that is broken only between its items."""
    inside = re.sub(r"\([^)]*\)", lambda match: match[0].replace(" ", UNBROKEN), row)
    return inside.replace(": ", f":{UNBROKEN}")


def draw(rng, low: int, high: int, count: int) -> list[int]:
    """Different numbers, in rising order."""
    return sorted(int(v) for v in rng.choice(range(low, high), size=count, replace=False))


def conv(rng, **options) -> Case:
    (height, width), (channels, filters) = draw(rng, 20, 40, 2), draw(rng, 5, 19, 2)
    kernel = (3, 2, channels, filters)
    return {"kind": "conv", "kernel": kernel, "input": (height, width, channels), **options}


def depthwise(rng, multiplier=3, **options) -> Case:
    (height, width), (channels,) = draw(rng, 20, 40, 2), draw(rng, 5, 19, 1)
    kernel = (4, 3, channels, multiplier)
    return {"kind": "depthwise", "kernel": kernel, "input": (height, width, channels), **options}


def dense(rng, **options) -> Case:
    units = tuple(draw(rng, 20, 40, 2))
    return {"kind": "dense", "kernel": units, "input": units[:1], **options}


def norm(rng) -> Case:
    return {"kind": "norm", "input": (*draw(rng, 20, 40, 2), *draw(rng, 5, 19, 1))}


def pool(rng) -> Case:
    size = (*draw(rng, 20, 40, 2), *draw(rng, 5, 19, 1))
    return {"kind": "pool", "stride": 2, "kernel": (3, 2), "input": size}


def each_kind(rng, **options) -> list[Case]:
    made = [conv(rng, **options), depthwise(rng, **options), dense(rng), norm(rng), pool(rng)]
    return [*made, depthwise(rng, multiplier=1)]


def alone_and_together(blocks: Iterable[Case]) -> list[Case]:
    """A network of each block, for a card that shows little, then one of them all."""
    blocks = list(blocks)
    return [{"blocks": [block]} for block in blocks] + [{"blocks": blocks}]


def parameter_cases(rng) -> list[Case]:
    biased = [make(rng, use_bias=True) for make in (conv, depthwise, dense)]
    return alone_and_together(each_kind(rng) + biased)


def product_cases(rng) -> list[Case]:
    return alone_and_together([*each_kind(rng), conv(rng, use_bias=True)])


def stride_cases(rng) -> list[Case]:
    """Strides that leave one cell over, where "same" and "valid" differ."""
    blocks = [
        with_sides(conv(rng, stride=2), rng, 2),
        with_sides(depthwise(rng, stride=3), rng, 3),
        conv(rng, padding="valid"),
        with_sides(conv(rng, stride=3, padding="valid"), rng, 3),
        with_sides(depthwise(rng, stride=2, padding="valid"), rng, 2),
        depthwise(rng, use_bias=True),
    ]
    return alone_and_together(blocks)


def with_sides(block: Case, rng, stride) -> Case:
    """The same block at sides of one more than a multiple of the stride."""
    height, width = (stride * n + 1 for n in draw(rng, 8, 14, 2))
    return {**block, "input": (height, width, block["input"][2])}


def papers(rng) -> list[Case]:
    """MobileNet as printed, then narrower and on smaller images, and Xception."""
    width, size = float(rng.choice([0.75, 0.5, 0.25])), int(rng.choice([192, 160, 128]))
    return [
        {"blocks": networks.mobilenet()},
        {"blocks": networks.mobilenet(width, size)},
        {"blocks": networks.xception()},
    ]


# ---------------------------------------------------------------- mistakes


def weights(block) -> int:
    return prod(block["kernel"]) if block["kind"] in ("conv", "depthwise", "dense") else 0


def biases(block) -> int:
    if not block.get("use_bias", False):
        return 0
    return maps(block)


def maps(block) -> int:
    """How many numbers the block makes at a position: each may have a bias."""
    if block["kind"] == "depthwise":
        return block["kernel"][2] * block["kernel"][3]
    return block["kernel"][-1]


def norms(block) -> int:
    return 2 * block["input"][-1] if block["kind"] == "norm" else 0


def stops(block, padding=None, stride=None) -> int:
    """Output positions; a dense block has one."""
    if block["kind"] == "dense":
        return 1
    stride = stride or block.get("stride", 1)
    padding = padding or block.get("padding", "same")
    return prod(output_size(block["input"][:2], block.get("kernel", (1, 1))[:2], stride, padding))


def total(weights=weights, biases=biases, norms=norms, positions=stops, extra=lambda block: 0):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(blocks) -> tuple[int, int]:
        parameters = sum(weights(b) + biases(b) + norms(b) for b in blocks)
        return parameters, sum(positions(b) * weights(b) + extra(b) for b in blocks)

    return wrong


def only(kind, number):
    """A number for blocks of this kind, 0 for others."""
    return lambda block: number(block) if block["kind"] == kind else 0


def other_weights(kind, number):
    return lambda block: number(block) if block["kind"] == kind else weights(block)


def full_depthwise(block) -> int:
    """As many weights as a normal convolution with as many output maps has."""
    return prod(block["kernel"]) * block["kernel"][2]


def square(block) -> int:
    if block["kind"] not in ("conv", "depthwise"):
        return weights(block)
    return block["kernel"][0] ** 2 * prod(block["kernel"][2:])


def without_multiplier(block) -> int:
    return prod(block["kernel"][:3])


def stops_of_rounded(block) -> int:
    """Positions with n // stride for padding "same"."""
    if block["kind"] == "dense" or block.get("padding", "same") != "same":
        return stops(block)
    stride = block.get("stride", 1)
    return prod(n // stride for n in block["input"][:2])


def at_input(block) -> int:
    return prod(block["input"][:-1])


def stops_of_square_image(block) -> int:
    """As many along the width as along the height."""
    height, _, channels = block["input"] if len(block["input"]) == 3 else (1, 1, 1)
    return stops({**block, "input": (height, height, channels)})


count = NetworkExercise(
    name="count",
    oracle=count_by_keras,
    parts={
        "parameters": Part(
            parameter_cases, Count(), item(0, NAMES), probe=smallest(count_by_keras, 0)
        ),
        "multiply-adds": Part(
            product_cases, Count(), item(1, NAMES), probe=smallest(count_by_keras, 1)
        ),
        "stride and padding": Part(
            stride_cases, Count(), item(1, NAMES), probe=smallest(count_by_keras, 1)
        ),
        "papers": Part(papers, Counts(NAMES), probe=smallest(count_by_keras)),
    },
    misconceptions=(
        Misconception(
            "32 bits",
            lambda blocks: tuple((n + 2**31) % 2**32 - 2**31 for n in total()(blocks)),
            "your numbers do not fit into 32 bits, and have gone round.",
            "Count in Python's own ints, or in np.int64.",
        ),
        Misconception(
            "swapped",
            lambda blocks: total()(blocks)[::-1],
            "parameters and multiply-adds have changed places.",
            "Return (parameters, multiply_adds).",
        ),
        Misconception(
            "only the last block",
            lambda blocks: total()(blocks[-1:]),
            "only the last block is counted.",
            "Look for an = that should be +=.",
        ),
        Misconception(
            "only the first block",
            lambda blocks: total()(blocks[:1]),
            "only the first block is counted.",
            "Is a `return` inside the loop?",
        ),
        Misconception(
            "depthwise counted as normal",
            total(weights=other_weights("depthwise", full_depthwise)),
            "you count a depthwise block as a normal convolution.",
            "A depthwise kernel sees one channel: (kh, kw, C, m) holds all the weights there are.",
        ),
        Misconception(
            "multiplier forgotten",
            total(weights=other_weights("depthwise", without_multiplier)),
            "in a depthwise block the multiplier is missing.",
            "The last number of its kernel is how many kernels each channel has.",
        ),
        Misconception(
            "depthwise blocks forgotten",
            total(weights=other_weights("depthwise", lambda block: 0)),
            "depthwise blocks are missing.",
            'There are two kinds of convolution: "conv" and "depthwise".',
        ),
        Misconception(
            "dense blocks forgotten",
            total(weights=other_weights("dense", lambda block: 0)),
            "dense blocks are missing.",
            "A dense block has a weight for each pair of units, and uses each once.",
        ),
        Misconception(
            "square kernels assumed",
            total(weights=square),
            "you take the kernels for square ones.",
            "A kernel starts with (height, width): multiply the two.",
        ),
        Misconception(
            "bias forgotten",
            total(biases=lambda block: 0),
            "the biases are missing.",
            "A row with use_bias=True has one for each map that it makes.",
        ),
        Misconception(
            "bias where a row says nothing",
            total(biases=lambda block: biases({"use_bias": weights(block) > 0, **block})),
            "you count biases where a row says nothing of them.",
            'use_bias is False where it is not given: block.get("use_bias", False).',
        ),
        Misconception(
            "a bias for each multiplier",
            total(
                biases=lambda block: block["kernel"][-1] if block.get("use_bias", False) else 0,
            ),
            "in a depthwise block you count a bias for each multiplier.",
            "It makes C·m maps, and each has its own.",
        ),
        Misconception(
            "a bias for each channel",
            total(
                biases=lambda block: (
                    (block["kernel"][2] if block["kind"] == "depthwise" else block["kernel"][-1])
                    if block.get("use_bias", False)
                    else 0
                ),
            ),
            "in a depthwise block you count a bias for each channel.",
            "It makes C·m maps, and each has its own.",
        ),
        Misconception(
            "norms forgotten",
            total(norms=lambda block: 0),
            "the parameters of norms are missing.",
            "A norm learns a scale and a shift for each channel.",
        ),
        Misconception(
            "one parameter for each channel of a norm",
            total(norms=lambda block: norms(block) // 2),
            "a norm has two parameters for each channel.",
            "It learns a scale and a shift.",
        ),
        Misconception(
            "four parameters for each channel of a norm",
            total(norms=lambda block: 2 * norms(block)),
            "you count a norm's running mean and variance too.",
            "Those are measured, not learned: a scale and a shift remain for each channel.",
        ),
        Misconception(
            "a norm for every pixel",
            total(norms=lambda block: norms(block) and 2 * prod(block["input"])),
            "you count a norm's scale and shift at every pixel.",
            "All pixels of a channel share them.",
        ),
        Misconception(
            "products of norms counted",
            total(extra=only("norm", lambda block: prod(block["input"]))),
            "you count a norm's multiplications.",
            "The papers do not: they can be merged with the convolution before.",
        ),
        Misconception(
            "pools counted",
            total(weights=other_weights("pool", lambda block: prod(block["kernel"]))),
            "you count a pool's window as weights.",
            "A pool has nothing to learn and nothing to multiply.",
        ),
        Misconception(
            "work of pools counted",
            total(
                extra=only(
                    "pool",
                    lambda block: stops(block) * prod(block["kernel"]) * block["input"][2],
                )
            ),
            "you count a pool's comparisons or sums.",
            "A pool multiplies nothing.",
        ),
        Misconception(
            "bias counted as a multiply-add",
            total(extra=lambda block: stops(block) * biases(block)),
            "you count adding the bias as a multiply-add.",
            "Nothing is multiplied there; papers leave it out, and so do we.",
        ),
        Misconception(
            "multiply-adds counted twice",
            total(positions=lambda block: 2 * stops(block)),
            "you count multiplications and additions one by one.",
            "A multiply-add is one product together with its addition.",
        ),
        Misconception(
            "each weight used once",
            total(positions=lambda block: 1),
            "you count each weight once for the whole image.",
            "A convolution uses each of its weights at every output position.",
        ),
        Misconception(
            "counted at every input pixel",
            total(positions=at_input),
            "you count a window at every input pixel.",
            "Count output positions: a window stops only there.",
        ),
        Misconception(
            "stride ignored",
            total(positions=lambda block: stops(block, stride=1)),
            "this is the work for stride 1.",
            "A stride of 2 leaves about a quarter of the output positions.",
        ),
        Misconception(
            "valid where a row says nothing",
            total(positions=lambda block: stops({"padding": "valid", **block})),
            "you leave the padding out where a row says nothing of it.",
            'padding is "same" where it is not given: ceil(n / stride) stops along each axis.',
        ),
        Misconception(
            "always padded",
            total(positions=lambda block: stops(block, padding="same")),
            'you count every block as padding="same".',
            'With "valid" only windows that fit count: (n − k) // stride + 1.',
        ),
        Misconception(
            "same rounded down",
            total(positions=stops_of_rounded),
            'with padding="same" you round the size / stride down.',
            "Padding lets the last, incomplete step count: round up.",
        ),
        Misconception(
            "square images assumed",
            total(positions=stops_of_square_image),
            "you take the images for square ones.",
            "input is (height, width, channels): each axis has a length of its own.",
        ),
    ),
    hints=(
        "Go block by block: how many weights has this one, and how often is each of them used?",
        "prod(kernel) weights in a conv, depthwise or dense block, each used at every output position.",
        'Positions: ceil(n / stride) along each axis, or (n − k) // stride + 1 if "valid"; dense: one.',
    ),
)
