"""Options that meet, and what is said of a wrong function that is no listed mistake."""

from itertools import combinations, product

import numpy as np
import pytest
from cards import card_of, flat

from helpers import check
from helpers.check import oracle
from helpers.check.covering import covering, together
from helpers.check.diagnosis.facts import facts
from helpers.check.exercises.pooling import route, windows

CHOICES = {"bias": (None, 1, -1), "stride": (1, 2, 4), "padding": ("valid", "same"), "d": (1, 2, 3)}


@pytest.mark.parametrize("seed", range(5))
def test_any_two_choices_meet_and_few_rows_are_enough(seed):
    rows = covering(np.random.default_rng(seed), CHOICES)
    for one, other in combinations(CHOICES, 2):
        met = {(row[one], row[other]) for row in rows}
        assert met == set(product(CHOICES[one], CHOICES[other])), (one, other)
    assert len(rows) <= 14 < 54 == np.prod([len(values) for values in CHOICES.values()])


def test_options_that_are_at_their_default_are_not_said():
    rows = together(np.random.default_rng(0), **CHOICES)
    assert all(len(row) > 1 for row in rows)
    assert not any(value == CHOICES[name][0] for row in rows for name, value in row.items())


def test_a_kernel_with_its_gaps_written_out_is_what_keras_dilates():
    """Where Keras takes a stride and a dilation together it would have to be this."""
    rng = np.random.default_rng(0)
    for h, w, dilation, padding in product((7, 8), (9, 12), (2, 3), ("valid", "same")):
        x, kernel = rng.normal(size=(2, h, w, 3)), rng.normal(size=(3, 2, 3, 4))
        dilated = oracle.conv2d(x, kernel, padding=padding, dilation=dilation)
        spread = oracle.conv2d(x, oracle.spread(kernel, dilation), padding=padding)
        np.testing.assert_allclose(spread, dilated, atol=1e-12)
        strided = oracle.conv2d(x, kernel, stride=2, dilation=dilation)
        np.testing.assert_allclose(
            strided, oracle.conv2d(x, kernel, dilation=dilation)[:, ::2, ::2], atol=1e-12
        )


def right_length(n, k, stride=1, padding="valid", dilation=1):
    return -(-n // stride) if padding == "same" else (n - (k - 1) * dilation - 1) // stride + 1


def short_where_it_divides(n, k, stride=1, padding="valid", dilation=1):
    right = right_length(n, k, stride, padding, dilation)
    return right - (padding == "valid" and stride > 1 and (n - k) % stride == 0)


def no_stride_where_dilated(n, k, stride=1, padding="valid", dilation=1):
    return right_length(n, k, stride if dilation == 1 else 1, padding, dilation)


def weights_and_a_bias_too_many(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    return kh * kw * in_channels * filters + (2 * filters if use_bias else 0)


def as_for_another_channel(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    return (kh * kw * (in_channels + 1) + use_bias) * filters


def in_bytes(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    with np.errstate(over="ignore"):
        out = [
            right_length(n, k, stride, padding)
            for n, k in zip(input_size, kernel_size, strict=True)
        ]
        return int(
            np.prod(
                np.array([*out, *kernel_size, in_channels, filters], dtype=np.int32), dtype=np.int32
            )
        )


@pytest.mark.parametrize(
    ("name", "function", "part", "says"),
    [
        ("output_length", no_stride_where_dilated, "dilation",
         "with dilation 3, the stride has no effect in your count."),
        ("output_length", short_where_it_divides, "stride",
         "the 1 is added before dividing: (n − reach + 1) // stride."),
        ("conv2d_params", weights_and_a_bias_too_many, "with bias",
         "of biases there are 13; you count 26."),
        ("conv2d_params", as_for_another_channel, "with bias",
         "a kernel of 3 × 2 with in_channels=1, filters=1 makes 6 weights; you count 12."),
        ("conv2d_macs", in_bytes, "stride 1",
         "where the right number is above 2,147,483,647, the last of 32 bits, yours"),
    ],
)  # fmt: skip
def test_a_mistake_that_nobody_listed_is_named_by_where_and_how(name, function, part, says):
    card = card_of(getattr(check, name), function, part=part)
    assert says in flat(card), str(card)


def bias_only_without_padding(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    from helpers.check.exercises.normal import convolve

    return convolve(x, kernel, bias if padding == "valid" else None, stride, padding, dilation)


def test_options_are_combined_and_a_single_mistake_is_paid_for_once():
    card = card_of(check.conv2d, bias_only_without_padding, part="dilation")
    said = flat(card)
    assert "where `padding` and `bias` come together, the bias is not added." in said, said
    for part in ("window", "bias", "stride", "padding"):
        check.conv2d(bias_only_without_padding, part=part)


def bias_never(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    return bias_only_without_padding(x, kernel, None, stride, padding, dilation)


def test_where_an_option_is_wrong_by_itself_its_combinations_are_not_asked():
    check.conv2d(bias_never, part="dilation")
    card_of(check.conv2d, bias_never, part="bias")


def convolve(x, kernel, **options):
    from helpers.check.exercises.normal import convolve

    return convolve(x, kernel, **options)


def patches_in_another_order(x, kernel, **options):
    kh, kw, channels, filters = kernel.shape
    taps = kernel.reshape(channels, kh, kw, filters).transpose(1, 2, 0, 3)
    return convolve(x, taps, **options)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (patches_in_another_order, "`kernel[2, 1, 0, 1]` meets `x["),
        (lambda x, kernel, **o: convolve(x, np.where(np.indices(kernel.shape)[0] < 2, kernel, 0), **o),
         "`kernel[2, 1, 2, 4]` is never used: with it alone, your output is all 0."),
        (lambda x, kernel, **o: convolve(x, np.concatenate([kernel[:2], 3 * kernel[2:]]), **o),
         "`kernel[2, 1, 2, 4]` counts 3 times."),
        (lambda x, kernel, **o: convolve(x, kernel, **o).cumsum(axis=2),
         "is a sum of several numbers of `x`"),
    ],
)  # fmt: skip
def test_a_weight_by_itself_shows_which_products_are_added(function, says):
    card = card_of(check.conv2d, function, part="window")
    assert says in flat(card), str(card)
    assert card.misconception == "other products"


def test_a_listed_mistake_that_is_made_in_some_calls_only_says_in_which():
    def when_above(x, kernel, bias=None):
        return convolve(x, kernel, bias=bias if bias is not None and bias.sum() > -1 else None)

    card = card_of(check.conv2d, when_above, part="bias")
    assert "where the bias sums to less than 0, the bias is not added." in flat(card), str(card)


@pytest.mark.parametrize(
    ("case", "true", "false"),
    [
        ({"n": 12, "k": 4, "stride": 3}, "`stride` divides `n`", "`k` is 3"),
        ({"x": np.zeros((1, 5, 4, 3), int)}, "`x` holds whole numbers", "there is one channel"),
        ({"padding": "same"}, '`padding` is "same"', "a bias is given"),
    ],
)
def test_what_can_be_said_of_a_call(case, true, false):
    said = facts(case)
    assert said[true] and not said[false]


def pooled(how):
    """Max pooling that takes what ``how`` takes of each window's numbers, row by row."""
    return lambda x, size=2: how(windows(x, size))


def by_absolute(numbers):
    at = np.abs(numbers).argmax(axis=-1)[..., None]
    return np.take_along_axis(numbers, at, axis=-1)[..., 0]


def spread_rows(x, size=2):
    """The rows of a window are as far apart as there are windows; the columns are neighbours."""
    n, height, width, channels = x.shape
    oh, ow = height // size, width // size
    whole = x[:, : oh * size, : ow * size].reshape(n, size, oh, ow, size, channels)
    return whole.max(axis=(1, 4))


@pytest.mark.parametrize(
    ("function", "part", "says"),
    [
        (pooled(lambda w: w[..., -1]), "window", "you keep pixel (1, 1) of each window, whatever"),
        (pooled(lambda w: w[..., -1]), "size", "you keep pixel (2, 2) of each window, whatever"),
        (pooled(lambda w: w[..., 1:3].max(-1)), "window", "look at pixels (0, 1) and (1, 0) only."),
        (pooled(lambda w: w[..., :3].max(-1)), "window", "you never look at pixel (1, 1)."),
        (pooled(by_absolute), "window", "you take the number with the largest absolute value of"),
        (pooled(lambda w: np.sort(w)[..., -2]), "window", "you take the second largest number of"),
        (
            spread_rows,
            "window",
            "(2, 3) is made of rows 2 and 5 and columns 6 and 7; right are rows 4",
        ),
    ],
)
def test_which_pixel_of_every_window_was_taken(function, part, says):
    card = card_of(check.max_pool, function, part=part)
    assert says in flat(card), str(card)
    assert card.misconception == "another pixel of the window"


def given_back(place, where=lambda numbers: numbers[..., 0] == numbers[..., 0]):
    """The gradient of each window goes to the pixel ``place(numbers)``, where ``where(numbers)``."""

    def function(dy, x, size=2):
        def share(numbers):
            at = place(numbers)[..., None]
            return (np.arange(size * size) == at) & where(numbers)[..., None]

        return route(dy, x, size, share)

    return function


@pytest.mark.parametrize(
    ("function", "part", "says"),
    [
        (given_back(lambda w: w.argmax(-1), lambda w: w.max(-1) > 0), "window",
         "a window that holds no number above 0 passes nothing back; all other windows are right."),
        (given_back(lambda w: w.argmax(-1), lambda w: w.min(-1) >= 0), "window",
         "a window that holds a negative number passes nothing back"),
        (given_back(lambda w: 3 - w.argmax(-1)), "window",
         "the pixel is counted from the window's end"),
        (given_back(lambda w: w.argmax(-1)[..., :1] + 0 * w.argmax(-1)), "window",
         "all channels give to the pixel that is the largest in channel 0."),
    ],
)  # fmt: skip
def test_which_windows_pass_their_gradient_back_wrongly(function, part, says):
    card = card_of(check.max_pool_backward, function, part=part)
    assert says in flat(card), str(card)
