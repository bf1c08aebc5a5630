"""What a depthwise convolution costs: parameters and multiply-adds, counted by Keras' own layer."""

from math import prod

from helpers.check import oracle
from helpers.check.answers import Count
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises import counting_probe
from helpers.check.exercises.normal_costs import (
    huge,
    layer_sizes,
    macs_case,
    meeting,
    output_size,
    position_mistakes,
    products,
)
from helpers.check.exercises.sizes import output_length


def depthwise_layer(kernel_size, depth_multiplier, **options):
    options["depth_multiplier"] = depth_multiplier
    return oracle.keras().layers.DepthwiseConv2D(kernel_size, **options)


def of_kernel(kernel_size, in_channels, depth_multiplier=1) -> int:
    return prod(kernel_size) * in_channels * depth_multiplier


WEIGHTS = counting_probe.params(
    of_kernel, lambda in_channels, depth_multiplier=1, **sizes: in_channels * depth_multiplier
)
WORK = counting_probe.macs(of_kernel)


def params_by_keras(kernel_size, in_channels, depth_multiplier=1, use_bias=True) -> int:
    layer = depthwise_layer(kernel_size, depth_multiplier, use_bias=use_bias)
    layer.build((None, None, None, in_channels))
    return layer.count_params()


def macs_by_keras(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
) -> int:
    options = {"strides": stride, "padding": padding, "use_bias": False}
    layer = depthwise_layer(kernel_size, depth_multiplier, **options)
    return products(layer, (*input_size, in_channels))


def without_filters(case: Case, **options) -> Case:
    """The same sizes for a layer whose number of filters is not a choice."""
    return {**{name: value for name, value in case.items() if name != "filters"}, **options}


# ---------------------------------------------------------------- mistakes with the weights

# Each counts the weights for k = (kh, kw), C channels and multiplier m. Both exercises share them,
# for each weight makes one multiply-add at an output position.

WEIGHT_MISTAKES = (
    (
        "normal convolution",
        lambda k, c, m: prod(k) * c * c * m,
        "this is a normal convolution from C channels to C·m maps.",
        "A depthwise filter spans one channel, not all of them.",
    ),
    (
        "multiplier forgotten",
        lambda k, c, m: prod(k) * c,
        "the depth multiplier is missing.",
        "Each channel has m filters.",
    ),
    (
        "channels forgotten",
        lambda k, c, m: prod(k) * m,
        "you count the filters of a single channel.",
        "Each of the C channels has m filters of its own.",
    ),
    (
        "multiplier added",
        lambda k, c, m: prod(k) * (c + m),
        "you add the multiplier to the channels.",
        "Each channel has m filters: C times m of them.",
    ),
    (
        "square kernel assumed",
        lambda k, c, m: k[0] ** 2 * c * m,
        "you take the kernel for a square one.",
        "kernel_size is (height, width): multiply the two.",
    ),
    (
        "square kernel of its width",
        lambda k, c, m: k[1] ** 2 * c * m,
        "you take the kernel for a square one.",
        "kernel_size is (height, width): multiply the two.",
    ),
    (
        "kernel sides added",
        lambda k, c, m: sum(k) * c * m,
        "you add the kernel's height and width.",
        "A filter has kh rows of kw weights: multiply the two.",
    ),
)


def weights(k, c, m) -> int:
    return prod(k) * c * m


def params(weights=weights, biases=lambda k, c, m, use_bias: c * m * use_bias):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(kernel_size, in_channels, depth_multiplier=1, use_bias=True) -> int:
        sizes = (kernel_size, in_channels, depth_multiplier)
        return weights(*sizes) + biases(*sizes, int(use_bias))

    return wrong


def sizes(*options: Case):
    return lambda rng: [without_filters(layer_sizes(rng), **option) for option in options]


depthwise_params = Exercise(
    name="depthwise_params",
    oracle=params_by_keras,
    parts={
        "with bias": Part(
            sizes(
                {"depth_multiplier": 2},
                {},
                {"depth_multiplier": 4},
                {"depth_multiplier": 3, "kernel_size": (5, 4)},  # 3 + 2 + 1 is 3·2
            ),
            Count(),
            probe=WEIGHTS,
        ),
        "without bias": Part(
            sizes(
                {"depth_multiplier": 2, "use_bias": False},
                {"use_bias": False},
                {"depth_multiplier": 4, "use_bias": False},
            ),
            Count(),
            probe=WEIGHTS,
        ),
    },
    misconceptions=(
        *(
            Misconception(name, params(weights), sentence, look)
            for name, weights, sentence, look in WEIGHT_MISTAKES
        ),
        Misconception(
            "bias forgotten",
            params(biases=lambda k, c, m, use_bias: 0),
            "you count the weights and leave out the biases.",
            "Each of the C·m maps has one.",
        ),
        Misconception(
            "a single bias",
            params(biases=lambda k, c, m, use_bias: use_bias),
            "you count one bias for the whole layer.",
            "Each of the C·m maps has one.",
        ),
        Misconception(
            "a bias per channel",
            params(biases=lambda k, c, m, use_bias: c * use_bias),
            "you count one bias for each channel.",
            "Each channel makes m maps, and each of them has a bias: C·m.",
        ),
        Misconception(
            "a bias per multiplier",
            params(biases=lambda k, c, m, use_bias: m * use_bias),
            "you count m biases.",
            "Each of the C·m maps has one.",
        ),
        Misconception(
            "a bias per weight",
            params(biases=lambda k, c, m, use_bias: prod(k) * c * m * use_bias),
            "you count a bias for each weight.",
            "A filter adds its bias once, after its sum.",
        ),
        Misconception(
            "bias always counted",
            params(biases=lambda k, c, m, use_bias: c * m),
            "you count biases that are not there.",
            "With use_bias=False a layer has none.",
        ),
    ),
    hints=(
        "Count one filter first: how many weights does it have when it sees one channel?",
        "Add its bias, if there is one. Then: how many filters are there?",
        "(kh · kw + 1) · C · m, and without the 1 when use_bias is False.",
    ),
)


def macs(weights=weights, positions=output_size):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(
        input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
    ) -> int:
        visited = positions(input_size, kernel_size, stride, padding)
        return prod(visited) * weights(kernel_size, in_channels, depth_multiplier)

    return wrong


def work(*options: Case):
    return lambda rng: [without_filters(macs_case(rng, **option)) for option in options]


depthwise_macs = Exercise(
    name="depthwise_macs",
    oracle=macs_by_keras,
    builds_on=(output_length, depthwise_params),
    parts={
        "stride 1": Part(
            lambda rng: [
                *work(
                    {"depth_multiplier": 2}, {}, {"depth_multiplier": 4}, {"depth_multiplier": 3}
                )(rng),
                without_filters(huge(rng, depth_multiplier=2)),
            ],
            Count(),
            probe=WORK,
        ),
        "stride and padding": Part(
            work(
                {"stride": 2},
                {"stride": 3, "padding": "same"},
                {"depth_multiplier": 2, "padding": "same"},
            ),
            Count(),
            probe=WORK,
            together=lambda rng: [
                without_filters(case) for case in meeting(depth_multiplier=(1, 2, 3))(rng)
            ],
        ),
    },
    misconceptions=(
        *position_mistakes(macs),
        *(
            Misconception(name, macs(weights), sentence, look)
            for name, weights, sentence, look in WEIGHT_MISTAKES
        ),
        Misconception(
            "bias counted",
            macs(weights=lambda k, c, m: weights(k, c, m) + c * m),
            "you count adding the bias as a multiply-add.",
            "Nothing is multiplied there; papers leave it out, and so do we.",
        ),
    ),
    hints=(
        "How many multiply-adds does one output number take, when its filter sees one channel?",
        "How many output numbers are there? Height, width, and C·m maps.",
        "oh · ow · kh · kw · C · m, with oh and ow from the length formula.",
    ),
)
