"""What is said of a wrong function that is asked for more: single images, bytes, blocks, totals."""

import numpy as np
import pytest
from cards import card_of, flat

from helpers import check
from helpers.check import oracle
from helpers.check.exercises.confusion_probe import shrunk
from helpers.check.exercises.network_costs import block_by_keras, count_by_keras
from helpers.check.facts import facts

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
