"""What a separable convolution costs: parameters and multiply-adds, counted by Keras' own layer."""

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


def separable_layer(filters, kernel_size, depth_multiplier, **options):
    options["depth_multiplier"] = depth_multiplier
    return oracle.keras().layers.SeparableConv2D(filters, kernel_size, **options)


def of_both_kernels(kernel_size, in_channels, filters, depth_multiplier=1) -> int:
    return weights(kernel_size, in_channels, filters, depth_multiplier)


WEIGHTS = counting_probe.params(of_both_kernels, lambda filters, **sizes: filters)
WORK = counting_probe.macs(of_both_kernels)


def params_by_keras(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True) -> int:
    layer = separable_layer(filters, kernel_size, depth_multiplier, use_bias=use_bias)
    layer.build((None, None, None, in_channels))
    return layer.count_params()


def macs_by_keras(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
) -> int:
    options = {"strides": stride, "padding": padding, "use_bias": False}
    layer = separable_layer(filters, kernel_size, depth_multiplier, **options)
    return products(layer, (*input_size, in_channels))


# ---------------------------------------------------------------- mistakes with the weights

# Each counts the weights of both kernels, of k = (kh, kw), C channels, F filters, multiplier m:
# the exercises share them, for each weight makes one multiply-add at an output position.

WEIGHT_MISTAKES = (
    (
        "normal convolution",
        lambda k, c, f, m: prod(k) * c * f,
        "this is what a normal convolution costs.",
        "Count the two steps one by one, then add.",
    ),
    (
        "only the depthwise step",
        lambda k, c, f, m: prod(k) * c * m,
        "the weights of the pointwise step are missing.",
        "It has one weight for each of the C·m maps, in each filter.",
    ),
    (
        "only the pointwise step",
        lambda k, c, f, m: c * m * f,
        "the weights of the depthwise step are missing.",
        "It has m kernels of kh × kw for each channel.",
    ),
    (
        "steps multiplied",
        lambda k, c, f, m: prod(k) * c * m * c * m * f,
        "you multiply the two steps.",
        "One is done after the other: add them.",
    ),
    (
        "pointwise kernels of kh × kw",
        lambda k, c, f, m: prod(k) * (c * m + c * m * f),
        "you count kernels of kh × kw in the pointwise step too.",
        "Pointwise kernels are 1 × 1.",
    ),
    (
        "depthwise kernels of 1 × 1",
        lambda k, c, f, m: c * m + c * m * f,
        "the size of the depthwise kernels is missing.",
        "Each has kh · kw weights.",
    ),
    (
        "one depthwise kernel for all channels",
        lambda k, c, f, m: prod(k) * m + c * m * f,
        "you count depthwise kernels that all channels share.",
        "Each channel has m kernels of its own.",
    ),
    (
        "multiplier forgotten",
        lambda k, c, f, m: prod(k) * c + c * f,
        "the depth multiplier is missing.",
        "With a multiplier of m each channel has m kernels, and C·m maps are mixed.",
    ),
    (
        "multiplier forgotten in the depthwise step",
        lambda k, c, f, m: prod(k) * c + c * m * f,
        "the depth multiplier is missing in the depthwise step.",
        "Each channel has m kernels of its own.",
    ),
    (
        "multiplier forgotten in the pointwise step",
        lambda k, c, f, m: prod(k) * c * m + c * f,
        "the depth multiplier is missing in the pointwise step.",
        "Every filter has a weight for each of the C·m maps, not only for the C channels.",
    ),
    (
        "one filter only",
        lambda k, c, f, m: prod(k) * c * m + c * m,
        "you count one filter.",
        "Each of the F filters has a weight for each of the C·m maps.",
    ),
    (
        "square kernel assumed",
        lambda k, c, f, m: k[0] ** 2 * c * m + c * m * f,
        "you take the kernel for a square one.",
        "kernel_size is (height, width): multiply the two.",
    ),
    (
        "square kernel of its width",
        lambda k, c, f, m: k[1] ** 2 * c * m + c * m * f,
        "you take the kernel for a square one.",
        "kernel_size is (height, width): multiply the two.",
    ),
)


def weights(k, c, f, m) -> int:
    return prod(k) * c * m + c * m * f


def params(weights=weights, biases=lambda k, c, f, m, use_bias: f * use_bias):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True) -> int:
        sizes = (kernel_size, in_channels, filters, depth_multiplier)
        return weights(*sizes) + biases(*sizes, int(use_bias))

    return wrong


def sizes(rng, *options: Case) -> list[Case]:
    return [{**layer_sizes(rng), **option} for option in options]


separable_params = Exercise(
    name="separable_params",
    oracle=params_by_keras,
    parts={
        "with bias": Part(
            lambda rng: sizes(rng, {}, {"depth_multiplier": 2}, {"depth_multiplier": 4}),
            Count(),
            probe=WEIGHTS,
        ),
        "without bias": Part(
            lambda rng: sizes(rng, {"use_bias": False}, {"depth_multiplier": 2, "use_bias": False}),
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
            "bias after the depthwise step too",
            params(biases=lambda k, c, f, m, use_bias: (c * m + f) * use_bias),
            "you count biases after the depthwise step too.",
            "Keras' layer adds one bias for each filter, at the end.",
        ),
        Misconception(
            "bias after the depthwise step only",
            params(biases=lambda k, c, f, m, use_bias: c * m * use_bias),
            "you count the biases after the depthwise step.",
            "Keras' layer adds one bias for each filter, at the end.",
        ),
        Misconception(
            "a bias per input channel",
            params(biases=lambda k, c, f, m, use_bias: c * use_bias),
            "you count a bias for each input channel.",
            "There is one for each filter.",
        ),
        Misconception(
            "bias forgotten",
            params(biases=lambda k, c, f, m, use_bias: 0),
            "you count the weights and leave out the biases.",
            "Each filter has one bias of its own.",
        ),
        Misconception(
            "a single bias",
            params(biases=lambda k, c, f, m, use_bias: use_bias),
            "you count one bias for the whole layer.",
            "Each filter has one.",
        ),
        Misconception(
            "a bias per map of each filter",
            params(biases=lambda k, c, f, m, use_bias: c * m * f * use_bias),
            "you count a bias for every weight of the pointwise kernel.",
            "A filter adds its bias once, after its sum.",
        ),
        Misconception(
            "bias always counted",
            params(biases=lambda k, c, f, m, use_bias: f),
            "you count biases that are not there.",
            "With use_bias=False a layer has none.",
        ),
    ),
    hints=(
        "Two kernels, one after the other. How many numbers are in the depthwise one?",
        "kh · kw · C · m. The pointwise one has a weight for each of those C·m maps, in each filter.",
        "kh · kw · C · m + C · m · F, and F more with biases.",
    ),
)


def macs(weights=weights, positions=output_size):
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(
        input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
    ) -> int:
        visited = positions(input_size, kernel_size, stride, padding)
        return prod(visited) * weights(kernel_size, in_channels, filters, depth_multiplier)

    return wrong


def each_step_at(depthwise, pointwise):
    """The mistake of counting one of the two steps at other positions."""

    def wrong(
        input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
    ) -> int:
        maps = in_channels * depth_multiplier
        at = (input_size, kernel_size, stride, padding)
        first = prod(depthwise(*at)) * prod(kernel_size) * maps
        return first + prod(pointwise(*at)) * maps * filters

    return wrong


def at_input(n, k, stride, padding):
    return n


def strided_again(n, k, stride, padding):
    return output_size(output_size(n, k, stride, padding), (1, 1), stride, padding)


separable_macs = Exercise(
    name="separable_macs",
    oracle=macs_by_keras,
    builds_on=(separable_params,),
    parts={
        "stride 1": Part(
            lambda rng: [
                macs_case(rng),
                macs_case(rng, depth_multiplier=2),
                macs_case(rng, depth_multiplier=4),
                huge(rng, depth_multiplier=2),
            ],
            Count(),
            probe=WORK,
        ),
        "stride and padding": Part(
            lambda rng: [
                macs_case(rng, stride=2),
                macs_case(rng, stride=3, padding="same"),
                macs_case(rng, depth_multiplier=2, padding="same"),
            ],
            Count(),
            probe=WORK,
            together=meeting(depth_multiplier=(1, 2, 3)),
        ),
    },
    misconceptions=(
        *position_mistakes(macs),
        *(
            Misconception(name, macs(weights), sentence, look)
            for name, weights, sentence, look in WEIGHT_MISTAKES
        ),
        Misconception(
            "pointwise step at every input pixel",
            each_step_at(output_size, at_input),
            "you count the pointwise step at every input pixel.",
            "It works on what the depthwise step hands on, which may be smaller.",
        ),
        Misconception(
            "depthwise step at every input pixel",
            each_step_at(at_input, output_size),
            "you count the depthwise step at every input pixel.",
            "Count output positions: the window stops only there.",
        ),
        Misconception(
            "stride in both steps",
            each_step_at(output_size, strided_again),
            "in your count both steps stride.",
            "The pointwise step visits every position that the depthwise one has left.",
        ),
        Misconception(
            "bias counted",
            macs(weights=lambda k, c, f, m: weights(k, c, f, m) + f),
            "you count adding the bias as a multiply-add.",
            "Nothing is multiplied there; papers leave it out, and so do we.",
        ),
    ),
    hints=(
        "At how many positions does each step work? Both at the same ones.",
        "At each of them, every weight of both kernels is used once.",
        "oh · ow · (kh · kw · C · m + C · m · F), with oh and ow from the length formula.",
    ),
)
