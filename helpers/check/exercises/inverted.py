"""What an inverted residual costs: parameters and multiply-adds, counted by Keras' own layers."""

from math import prod

from helpers import networks
from helpers.check.answers import Count, Counts, item
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises import inverted_probe
from helpers.check.exercises.network_costs import NAMES, count_by_keras


def costs_by_keras(input_size, filters, expansion=6, stride=1) -> tuple[int, int]:
    """The block's layers, each with a norm; an expansion of 1 has no layer of its own."""
    rows = networks.inverted_residual(tuple(input_size), filters, expansion, stride)
    return count_by_keras([made for row in rows for made in networks.normed([row])])


# ---------------------------------------------------------------- cases


def case(rng, same_channels=False, **options) -> Case:
    """Odd sides; fewer channels than filters, or as many."""
    height, width = 2 * int(rng.integers(10, 15)) + 1, 2 * int(rng.integers(16, 20)) + 1
    channels, filters = sorted(int(v) for v in rng.choice([5, 7, 11, 13], size=2, replace=False))
    filters = channels if same_channels else filters
    return {"input_size": (height, width, channels), "filters": filters, **options}


def expansions(rng) -> list[Case]:
    return [case(rng), case(rng, expansion=2), case(rng, same_channels=True, expansion=3)]


def strides(rng) -> list[Case]:
    """Odd sides, where rounding shows, and once even ones, where only padding does."""
    even = case(rng, stride=2, expansion=3)
    height, width, channels = even["input_size"]
    even["input_size"] = (height + 1, width + 1, channels)
    return [case(rng, stride=2), case(rng, stride=2, expansion=4), even]


def ones(rng) -> list[Case]:
    return [case(rng, expansion=1), case(rng, expansion=1)]


# ---------------------------------------------------------------- mistakes


def parameters_of(c, wide, f, t) -> int:
    """Each layer's weights, and two numbers for each of its maps."""
    first = c * wide + 2 * wide if t > 1 else 0
    return first + 9 * wide + 2 * wide + wide * f + 2 * f


def work_of(c, wide, f, t, before, after, shortcut) -> int:
    """Each layer's weights, as often as there are positions before or after the stride."""
    return before * (c * wide if t > 1 else 0) + after * (9 * wide + wide * f)


def counted(parameters=parameters_of, work=work_of, wide=lambda c, f, t: c * t,
            side=lambda n, s: -(-n // s), sides=lambda h, w: (h, w)):  # fmt: skip
    """The right answer with its pieces exposed, for mistakes to move."""

    def wrong(input_size, filters, expansion=6, stride=1) -> tuple[int, int]:
        *image, channels = input_size
        sizes = channels, wide(channels, filters, expansion), filters, expansion
        image = sides(*image)
        positions = prod(image), prod(side(n, stride) for n in image)
        shortcut = stride == 1 and channels == filters
        return parameters(*sizes), work(*sizes, *positions, shortcut)

    return wrong


WIDE = "The depthwise layer has expansion · C channels: one kernel of 3 × 3 for each of them."
LAYERS = (
    (
        "no expansion layer",
        lambda c, w, f, t: (0, 9 * w, w * f),
        "the layer that expands is missing.",
        "It has C · wide weights, with wide = expansion · C; only an expansion of 1 does without it.",
    ),
    (
        "an expansion layer always",
        lambda c, w, f, t: (c * w, 9 * w, w * f),
        "you count a layer that expands where the expansion is 1.",
        "With expansion 1 there is nothing to expand: the block begins with the depthwise layer.",
    ),
    (
        "depthwise as normal",
        lambda c, w, f, t: (c * w * (t > 1), 9 * w * w, w * f),
        "you count the depthwise layer as a normal convolution.",
        WIDE,
    ),
    (
        "depthwise on the narrow side",
        lambda c, w, f, t: (c * w * (t > 1), 9 * c, w * f),
        "you count the depthwise layer with C channels.",
        WIDE,
    ),
    (
        "depthwise of 1 × 1",
        lambda c, w, f, t: (c * w * (t > 1), w, w * f),
        "the size of the depthwise kernels is missing.",
        "Each has 3 · 3 weights.",
    ),
    (
        "no projection",
        lambda c, w, f, t: (c * w * (t > 1), 9 * w, 0),
        "the layer that projects is missing.",
        "It mixes the expansion · C channels into `filters` maps.",
    ),
    (
        "projection from the narrow side",
        lambda c, w, f, t: (c * w * (t > 1), 9 * w, c * f),
        "you count a projection of C channels.",
        "It has a weight for each of the expansion · C channels, in each filter.",
    ),
    (
        "projection of 3 × 3",
        lambda c, w, f, t: (c * w * (t > 1), 9 * w, 9 * w * f),
        "you count kernels of 3 × 3 in the projection.",
        "Both other layers are 1 × 1; only the depthwise one is 3 × 3.",
    ),
    (
        "without the depthwise layer",
        lambda c, w, f, t: (c * w * (t > 1), 0, w * f),
        "the depthwise layer is missing.",
        WIDE,
    ),
)


def with_layers(layers):
    """The mistake of counting other weights, in the parameters and in the multiply-adds."""

    def parameters(c, w, f, t) -> int:
        first, *rest = layers(c, w, f, t)
        return first + (2 * w if first else 0) + sum(rest) + 2 * w + 2 * f

    def work(c, w, f, t, before, after, shortcut) -> int:
        first, *rest = layers(c, w, f, t)
        return before * first + after * sum(rest)

    return counted(parameters, work)


def weights_of(c, w, f, t) -> int:
    return (c * w if t > 1 else 0) + 9 * w + w * f


def normed(norms):
    return counted(lambda c, w, f, t: weights_of(c, w, f, t) + norms(c, w, f, t))


def positioned(first, rest):
    """The mistake of counting layers at other positions; each takes (before, after)."""
    return counted(
        work=lambda c, w, f, t, before, after, shortcut: (
            first(before, after) * (c * w if t > 1 else 0) + rest(before, after) * (9 * w + w * f)
        )
    )


TWO = (
    "A norm has a scale and a shift for each map of the layer before it: 2 · wide after the depthwise "
    "layer, 2 · filters at the end and, where there is a layer that expands, 2 · wide after that."
)

inverted_residual_costs = Exercise(
    name="inverted_residual_costs",
    oracle=costs_by_keras,
    parts={
        "parameters": Part(
            expansions, Count(), view=item(0, NAMES), probe=inverted_probe.parameters
        ),
        "multiply-adds": Part(
            expansions, Count(), view=item(1, NAMES), probe=inverted_probe.multiply_adds
        ),
        "stride": Part(strides, Count(), view=item(1, NAMES), probe=inverted_probe.strided),
        "expansion 1": Part(ones, Counts(NAMES)),
    },
    misconceptions=(
        *(
            Misconception(name, with_layers(layers), sentence, look)
            for name, layers, sentence, look in LAYERS
        ),
        Misconception(
            "norms forgotten",
            normed(lambda c, w, f, t: 0),
            "the norms are missing.",
            TWO,
        ),
        Misconception(
            "one number a norm",
            normed(lambda c, w, f, t: (2 * w if t > 1 else w) + f),
            "you count one number for each map of a norm.",
            TWO,
        ),
        Misconception(
            "four numbers a norm",
            normed(lambda c, w, f, t: 4 * ((2 * w if t > 1 else w) + f)),
            "you count four numbers for each map of a norm, as Keras stores them.",
            "Two of them are moving averages, which are not learned: a norm learns a scale and a shift.",
        ),
        Misconception(
            "no norm after the expansion",
            normed(lambda c, w, f, t: 2 * w + 2 * f),
            "the norm after the layer that expands is missing.",
            TWO,
        ),
        Misconception(
            "no norm after the projection",
            normed(lambda c, w, f, t: 4 * w if t > 1 else 2 * w),
            "the norm after the projection is missing.",
            "The projection has no ReLU, but it has a norm: 2 · filters.",
        ),
        Misconception(
            "a norm of the input",
            normed(lambda c, w, f, t: (2 * c if t > 1 else 0) + 2 * w + 2 * f),
            "the first norm has as many numbers as there are channels in the input.",
            TWO,
        ),
        Misconception(
            "biases counted",
            normed(lambda c, w, f, t: 3 * ((2 * w if t > 1 else w) + f)),
            "you count biases as well as norms.",
            "The layers have none: a norm's shift does the same.",
        ),
        Misconception(
            "a shortcut's additions",
            counted(
                work=lambda c, w, f, t, b, a, shortcut: (
                    work_of(c, w, f, t, b, a, shortcut) + (a * f if shortcut else 0)
                )
            ),
            "you count the shortcut's additions where there is one: stride 1, as many filters as channels.",
            "Nothing is multiplied there.",
        ),
        Misconception(
            "stride forgotten",
            positioned(lambda b, a: b, lambda b, a: b),
            "the stride has no effect in your count.",
            "The depthwise layer strides: it and the projection work at fewer positions.",
        ),
        Misconception(
            "the stride in the first layer",
            positioned(lambda b, a: a, lambda b, a: a),
            "you count the layer that expands at the output's positions.",
            "The depthwise layer strides, not the one before it: that one works at every input pixel.",
        ),
        Misconception(
            "the stride in the last layer",
            counted(
                work=lambda c, w, f, t, b, a, shortcut: (
                    b * ((c * w if t > 1 else 0) + 9 * w) + a * w * f
                )
            ),
            "you count the depthwise layer at every input pixel.",
            "It strides: it works at the output's positions, like the projection.",
        ),
        Misconception(
            "projection at every input pixel",
            counted(
                work=lambda c, w, f, t, b, a, shortcut: (
                    b * ((c * w if t > 1 else 0) + w * f) + a * 9 * w
                )
            ),
            "you count the projection at every input pixel.",
            "It works on what the depthwise layer hands on, which may be smaller.",
        ),
        Misconception(
            "rounded down",
            counted(side=lambda n, s: n // s),
            "you round the output's sides down.",
            'With padding "same" an incomplete step counts: n / stride, rounded up.',
        ),
        Misconception(
            "padding valid",
            counted(side=lambda n, s: (n - 3) // s + 1),
            'you count the positions of padding "valid".',
            'The block pads with "same": n / stride, rounded up.',
        ),
        Misconception(
            "the two exchanged",
            lambda *sizes, **options: counted()(*sizes, **options)[::-1],
            "your two numbers have changed places.",
            "return parameters, multiply_adds",
        ),
        Misconception(
            "as wide as high",
            counted(sides=lambda h, w: (h, h)),
            "you take the image for as wide as it is high.",
            "input_size is (height, width, channels): each side counts by itself.",
        ),
        Misconception(
            "as high as wide",
            counted(sides=lambda h, w: (w, w)),
            "you take the image for as high as it is wide.",
            "input_size is (height, width, channels): each side counts by itself.",
        ),
        Misconception(
            "expansion of the filters",
            counted(wide=lambda c, f, t: f * t),
            "you expand to expansion · filters channels.",
            "The input's channels are expanded: wide = expansion · C.",
        ),
    ),
    hints=(
        "How many channels are in the middle? Write down the three layers with their kernels.",
        "1 × 1 × C × wide, 3 × 3 × wide, 1 × 1 × wide × filters, with wide = expansion · C; each has a norm.",
        "The first layer works at H · W positions, the other two at those that the stride leaves.",
    ),
)
