"""What is said of a wrong function that is asked for more: single images, bytes, blocks, totals."""

import numpy as np
import pytest
from cards import card_of, flat

from helpers import check
from helpers.check import oracle
from helpers.check.diagnosis.facts import facts
from helpers.check.exercises import counting_probe
from helpers.check.exercises.confusion_probe import shrunk
from helpers.check.exercises.network_costs import block_by_keras, count_by_keras

# ---------------------------------------------------------------- confusion_matrix


def tally(place=lambda t, p: [(t, p)], chosen=slice(None), dtype=int):
    """A table that adds 1 at these places for each chosen image."""

    def confusion_matrix(y_true, y_pred, num_classes=10):
        table = np.zeros((num_classes, num_classes), dtype=dtype)
        for t, p in list(zip(y_true.tolist(), y_pred.tolist(), strict=True))[chosen]:
            for at in place(t, p):
                table[at] += 1
        return table

    return confusion_matrix


def after_a_larger_one(y_true, y_pred, num_classes=10):
    """An image is left out where the one before is of the class that it is taken for."""
    table = tally()(y_true, y_pred, num_classes)
    for before, t, p in zip(y_true[:-1], y_true[1:], y_pred[1:], strict=True):
        table[t, p] -= before == p
    return table


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (tally(lambda t, p: [(t, p), (p, t)]),
         "an image of class 3 taken for 5 is counted twice, at [3, 5] and [5, 3]."),
        (tally(lambda t, p: [(t, p)] * 2), "an image of class 3 taken for 5 is counted twice, at [3, 5]."),
        (tally(lambda t, p: [(slice(None), p)]), "an image of class 3 taken for 5 adds 1 to every row"),
        (tally(lambda t, p: [(t, p)] if p < t or p == t else []),
         "an image that is taken for a higher class is not counted."),
        (tally(lambda t, p: [(t - 1, p - 1)]), "So it is with each: −1 in the row, −1 in the column."),
        (tally(chosen=slice(-1)), "of 40 images you do not count the last one."),
        (tally(chosen=slice(1, None)), "of 40 images you do not count the first one."),
        (tally(chosen=slice(0, None, 2)),
         "of 6 different images, in any order, you count all but number 1, 3, 5."),
        (after_a_larger_one, "2 images are enough for a wrong table: y_true=["),
    ],
)  # fmt: skip
def test_one_image_shows_where_it_is_counted(function, says):
    card = card_of(check.confusion_matrix, function, part="counts")
    assert says in flat(card), str(card)


@pytest.mark.parametrize(("dtype", "last"), [("uint8", 255), ("int16", 32767)])
def test_the_same_image_again_and_again_shows_where_a_type_ends(dtype, last):
    card = card_of(check.confusion_matrix, tally(dtype=dtype), part="classes")
    assert f"{last:,} images of a pair are counted rightly, {last + 1:,} of the same" in flat(card)


def test_a_class_that_is_left_out_is_named():
    function = tally(lambda t, p: [(t, p)] if 2 not in (t, p) else [])
    asked = check.confusion_matrix.together("classes", 0)[0]
    found = check.confusion_matrix.parts["classes"].probe(
        asked, function(**asked), lambda case: function(**case)
    )
    assert found.sentence == "an image of the last class, or taken for it, is not counted."


def test_a_list_is_shortened_to_what_is_needed():
    assert shrunk(list(range(40)), lambda some: {3, 30} <= set(some)) == [3, 30]
    assert len(shrunk(list(range(70_000)), lambda some: len(some) == 70_000)) == 70_000


# ---------------------------------------------------------------- preprocess


def made(x=lambda images: images / 255, y=lambda labels: np.eye(10)[labels]):
    return lambda images, labels: (x(images)[..., np.newaxis].astype("float32"), y(labels))


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (made(lambda b: b / 255**2), "you divide by 255 twice: 153 becomes 0.002353; 153 / 255 ="),
        (made(lambda b: b / 510), "you divide by 510: 153 becomes 0.3;"),
        (made(lambda b: b / 255 - 0.5), "0 becomes −0.5 and 255 becomes 0.5; they should become 0 and 1."),
        (made(lambda b: (b > 99) * 1.0), "different bytes, your x has 2 different numbers."),
        (made(lambda b: b.astype("int8") / 255), "bytes above 127 become negative, all others are right:"),
        (made(lambda b: np.where(b < 50, 0, b / 255)),
         "bytes below 50 become wrong numbers, all others are right: 49"),
        (made(lambda b: np.sqrt(b / 255)), "each byte becomes the same number everywhere, but a wrong one:"),
        (made(lambda b: b / np.median(b)), "what becomes of a byte hangs on the other pixels:"),
        (made(lambda b: b / b.max(axis=2, keepdims=True)),
         "each row of an image is divided by its largest byte; all should be"),
        (made(lambda b: b / b.mean(axis=(1, 2), keepdims=True)),
         "each image is divided by its mean; all should be divided by 255."),
        (made(lambda b: b / np.linalg.norm(b, axis=1, keepdims=True)),
         "each column of an image is divided by its length, the root of its sum of squares;"),
        (made(lambda b: np.random.default_rng(0).permuted(b, axis=1) / 255),
         "your numbers are the right ones, at other places."),
    ],
)  # fmt: skip
def test_what_becomes_of_a_byte_is_read_off(function, says):
    card = card_of(check.preprocess, function, part="images")
    assert says in flat(card), str(card)


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (lambda labels: np.zeros((600, 10)) + np.eye(10)[labels][0],
         "y has 600 rows, however many labels there are."),
        (lambda labels: np.eye(12)[labels],
         "y has 12 columns, whatever the labels are; the digits 0 to 9 are ten."),
        (lambda labels: np.eye(10)[(labels + 2) % 10], "Yours are all 2 places too far right."),
        (lambda labels: 0.9 * np.eye(10)[labels],
         "in the row of the digit 1 stands 0.9 where 1 should stand."),
        (lambda labels: np.tri(10)[labels],
         "the row of the digit 1 has 2 numbers that are not 0; one is right."),
        (lambda labels: np.eye(10)[labels] * (labels > 1)[:, np.newaxis],
         "the row of the digit 1 is all zeros."),
    ],
)  # fmt: skip
def test_what_becomes_of_a_digit_is_read_off(y, says):
    card = card_of(check.preprocess, made(y=y), part="labels")
    assert says in flat(card), str(card)


def nine_columns(labels):
    y = np.zeros((len(labels), 9))
    y[np.arange(len(labels)), labels] = 1
    return y


def no_nine(labels):
    if 9 in labels:
        raise ValueError("9 is no digit")
    return np.eye(10)[labels]


def one_less(labels):
    y = np.zeros((len(labels), 10))
    y[np.arange(len(labels)), labels - 1] = 1  # where labels are bytes, 0 - 1 is 255
    return y


@pytest.mark.parametrize("y", [nine_columns, no_nine, one_less])
@pytest.mark.parametrize("seed", range(5))
def test_a_crash_with_the_labels_costs_the_images_nothing(y, seed):
    check.preprocess(made(y=y), part="images", seed=seed)
    check.preprocess(made(y=y), part="type", seed=seed)
    card_of(check.preprocess, made(y=y), part="labels", seed=seed)


# ---------------------------------------------------------------- count


def sums(one):
    """The right count of each block, of what `one` makes of it and of the block before."""

    def count(blocks):
        befores = [None, *blocks[:-1]]
        taken = [one(dict(block), before) for block, before in zip(blocks, befores, strict=True)]
        return count_by_keras([block for block in taken if block])

    return count


def with_kernel(block, change):
    return (
        {**block, "kernel": change(block["kernel"])} if len(block.get("kernel", ())) == 4 else block
    )


def keeps_the_stride(block, before):
    kept = before and before.get("stride") and block["kind"] in ("conv", "depthwise")
    return {"stride": before["stride"], **block} if kept else block


def pointwise_without_stride(block, before):
    at_once = block["kind"] == "conv" and block["kernel"][:2] == (1, 1)
    return {**block, "stride": 1} if at_once else block


def each_once(blocks):
    return count_by_keras(list({repr(block): block for block in blocks}.values()))


def depthwise_always_same(block, before):
    return {**block, "padding": "same"} if block["kind"] == "depthwise" else block


def rounded(blocks):
    parameters, _ = count_by_keras(blocks)
    products = np.float32(0)
    for block in blocks:
        products += np.float32(block_by_keras(**block)[1])
    return parameters, int(products)


def too_many(blocks):
    return tuple(n + (i == 0) * len([b for b in blocks if b["kind"] == "norm"]) * 3
                 for i, n in enumerate(count_by_keras(blocks)))  # fmt: skip


@pytest.mark.parametrize(
    ("function", "part", "says"),
    [
        (sums(keeps_the_stride), "stride and padding",
         "`stride` of one block is kept for the next: a conv block after one with stride=3"),
        (sums(pointwise_without_stride), "papers",
         "a conv block with a kernel of 1 × 1 and stride=2 is counted as if its stride were 1."),
        (each_once, "papers", "a depthwise block that comes twice is counted once."),
        (sums(depthwise_always_same), "stride and padding",
         "a depthwise block with padding='valid' is counted as if its padding were \"same\"."),
        (sums(lambda b, _: with_kernel(b, lambda k: (k[1], k[1], *k[2:]))), "multiply-adds",
         "a conv block is counted as if `kernel` were square, of the width."),
        (rounded, "papers", "your sums are rounded to seven digits:"),
        (too_many, "parameters", "a norm is counted wrongly: yours is 3 too large."),
        (sums(lambda b, _: b["kind"] != "conv" and b), "parameters", "a conv block is not counted."),
    ],
)  # fmt: skip
def test_the_smallest_list_of_blocks_shows_what_is_counted_wrongly(function, part, says):
    card = card_of(check.count, function, part=part)
    assert says in flat(card), str(card)


# ---------------------------------------------------------------- same_padding


def pads(total=lambda n, k, stride, dilation, right: right, share=lambda zeros: zeros // 2):
    def same_padding(n, k, stride=1, dilation=1):
        zeros = total(n, k, stride, dilation, sum(oracle.same_padding(n, k, stride, dilation)))
        return share(zeros), zeros - share(zeros)

    return same_padding


def doubled(n, k, stride=1, dilation=1):
    return (sum(oracle.same_padding(n, k, stride, dilation)),) * 2


def evened(n, k, stride=1, dilation=1):
    return (sum(oracle.same_padding(n, k, stride, dilation)) // 2,) * 2


def stretched(n, k, stride=1, dilation=1):
    return tuple(dilation * zeros for zeros in oracle.same_padding(n, k, stride))


@pytest.mark.parametrize(
    ("function", "part", "says"),
    [
        (doubled, "stride", "each side gets all of the zeros, so that there are twice as many."),
        (evened, "stride", "your two numbers are always the same: where the right total is odd"),
        (stretched, "dilation", "2 zeros are 1 + 1, and yours 0 + 2."),
        (pads(share=lambda zeros: round(zeros / 2)), "stride", "round() goes to the even number"),
        (pads(lambda n, k, s, d, right: right + s * (right > 0)), "stride",
         "your total, `before` + `after`, is too large by `stride`, wherever zeros are needed."),
        (pads(lambda n, k, s, d, right: right + s * (n % s == 0)), "stride",
         "where `stride` divides `n`, your total, `before` + `after`, is too large by `stride`."),
        (pads(lambda n, k, s, d, right: right or s - 1), "stride",
         "where zeros are needed your total is right; where none are, you add some."),
        (lambda n, k, stride=1, dilation=1: (k // 2, k // 2), "stride",
         "your zeros are the same whatever `n` and `stride` are."),
    ],
)  # fmt: skip
def test_the_total_of_zeros_and_its_halves_are_told_apart(function, part, says):
    card = card_of(check.same_padding, function, part=part)
    assert says in flat(card), str(card)


def test_of_two_numbers_the_total_is_a_fact():
    said = facts({"n": 12, "k": 4}, (1, 2))
    assert said["the right total is odd"] and not said["the right total is 0"]


# ---------------------------------------------------------------- counts taken apart


def stops(n, k, stride=1, padding="valid", dilation=1):
    reach = (k - 1) * dilation + 1
    return -(-n // stride) if padding == "same" else (n - reach) // stride + 1


def where(wanted, formula):
    """The right length, but where there is a stride and this padding."""

    def output_length(n, k, stride=1, padding="valid", dilation=1):
        if stride > 1 and padding == wanted:
            return formula(n, k, stride)
        return stops(n, k, stride, padding, dilation)

    return output_length


def gaps_of_dilation(n, k, stride=1, padding="valid", dilation=1):
    return stops(n, k, stride, padding, dilation + 1 if dilation > 1 else 1)


def one_zero_lost(n, k, stride=1, padding="valid", dilation=1):
    return stops(n, k, stride, padding, dilation) - (padding == "same" and k % 2 == 0)


@pytest.mark.parametrize(
    ("function", "part", "says"),
    [
        (where("same", lambda n, k, s: round(n / s)), "same", "you round n / stride to the nearest"),
        (where("same", lambda n, k, s: n // s + 1), "same", "you add 1 to n // stride always"),
        (where("valid", lambda n, k, s: (n - k + 1) // s), "stride", "the 1 is added before dividing"),
        (where("valid", lambda n, k, s: round((n - k) / s) + 1), "stride",
         "you round (n − reach) / stride to the nearest whole number"),
        (where("valid", lambda n, k, s: stops(n, k, s) + 2 * (n % 2 == 0)), "stride",
         "where n is 20, 21, 22, 23, 24, with k=3, stride=2, you count 11, 10, 12, 11, 13; right are "
         "9, 10, 10, 11, 11."),
        (gaps_of_dilation, "dilation", "3 taps with dilation 2 span 5 cells; in your count they span 7."),
        (one_zero_lost, "same", "20 cells make 20 stops, a window of 2 in your count 19."),
    ],
)  # fmt: skip
def test_stops_along_an_axis(function, part, says):
    card = card_of(check.output_length, function, part=part)
    assert says in flat(card), str(card)


def work(positions=lambda h, w, s: h * w, weights=lambda k, c, f: k[0] * k[1] * c * f, axis=stops):
    def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
        lengths = [
            axis(n, k, stride, padding) for n, k in zip(input_size, kernel_size, strict=True)
        ]
        return positions(*lengths, stride) * weights(kernel_size, in_channels, filters)

    return conv2d_macs


def at_the_end(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    return work()(input_size, kernel_size, in_channels, filters, 1, padding) // stride**2


def real_products(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    """Counted one by one: a tap on a zero of the padding makes none."""
    axes = []
    for n, k in zip(input_size, kernel_size, strict=True):
        count = stops(n, k, stride, padding)
        before = max((count - 1) * stride + k - n, 0) // 2 if padding == "same" else 0
        cells = (i * stride + a - before for i in range(count) for a in range(k))
        axes.append(sum(0 <= cell < n for cell in cells))
    return axes[0] * axes[1] * in_channels * filters


def nearest(n, k, stride, padding):
    return round(n / stride) if padding == "same" else stops(n, k, stride)


@pytest.mark.parametrize(
    ("function", "part", "says"),
    [
        (work(lambda h, w, s: h * h), "stride 1", "positions you count the height twice"),
        (work(lambda h, w, s: w), "stride 1", "positions you count the width only"),
        (work(weights=lambda k, c, f: (k[0] * k[1] * c - 1) * f), "stride 1",
         "makes 6 multiply-adds at one position; you count 5."),
        (at_the_end, "stride and padding", "divide by stride · stride at the end."),
        (real_products, "stride and padding", "you leave out the products with the zeros of the padding."),
        (work(axis=nearest), "stride and padding", "along both axes, you round n / stride to the nearest"),
    ],
)  # fmt: skip
def test_multiply_adds_are_positions_and_weights(function, part, says):
    card = card_of(check.conv2d_macs, function, part=part)
    assert says in flat(card), str(card)


def separable(
    first=lambda k, c, m: k[0] * k[1] * c * m, each=lambda c, m: c * m, biases=lambda f, m: f
):
    def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
        c, m = in_channels, depth_multiplier
        return first(kernel_size, c, m) + each(c, m) * filters + biases(filters, m) * use_bias

    return separable_params


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (separable(first=lambda k, c, m: (k[0] + k[1]) * c * m),
         "the depthwise step has 42 weights, 6 for each map; you count 35, 5 for each map."),
        (separable(first=lambda k, c, m: 0, each=lambda c, m: 6 * c * m),
         "all of your number grows with the filters"),
        (separable(each=lambda c, m: c * m + 1),
         "each filter of the pointwise step has 7 weights; you count 8."),
        (separable(biases=lambda f, m: 3 * f), "of biases there are 13; you count 39."),
    ],
)  # fmt: skip
def test_parameters_are_two_steps_and_biases(function, says):
    card = card_of(check.separable_params, function, part="with bias")
    assert says in flat(card), str(card)


def test_a_condition_that_takes_the_weights_with_it():
    def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
        return kernel_size[0] * kernel_size[1] * in_channels * filters + filters if use_bias else 0

    card = card_of(check.conv2d_params, conv2d_params, part="without bias")
    assert "with use_bias=False you count nothing at all" in flat(card), str(card)


@pytest.mark.parametrize(("stride", "padding"), [(1, "valid"), (2, "same"), (3, "valid")])
def test_the_stops_that_they_are_measured_by_are_keras(stride, padding):
    for n in (20, 27, 31):
        assert counting_probe.stops(n, 4, stride, padding) == oracle.output_length(
            n, 4, stride, padding
        )
