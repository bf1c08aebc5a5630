"""A wrong array beside the right one: what was done to it is found, and nothing that was not."""

import numpy as np
import pytest

from helpers.check.diagnosis.likeness import confined, likeness

AXES = ("image", "row", "column", "filter")
RIGHT = np.random.default_rng(0).normal(size=(4, 5, 6, 3))
BIAS = np.array([1.0, 2.0, -1.5])
ROOM = 1e-9


def padded(y):
    return np.pad(y, ((0, 0), (0, 1), (1, 0), (0, 0)))


DONE = [
    (lambda y: y.transpose(0, 2, 1, 3), "another order: (image, column, row, filter)."),
    (lambda y: y.transpose(3, 0, 1, 2), "another order: (filter, image, row, column)."),
    (lambda y: y.reshape(4, 6, 5, 3), "only row and column have changed places in the shape."),
    (lambda y: y[None], "your numbers are right, and in their order; only the shape is another."),
    (lambda y: y.transpose(0, 2, 1, 3).reshape(y.shape), "order (image, column, row, filter), cut"),
    (lambda y: y[..., ::-1], "back to front along the filter axis."),
    (lambda y: y[:, ::-1, ::-1], "back to front along the row and column axis."),
    (lambda y: y[[1, 0, 2, 3]], "your image 0 is the right image 1; the others are there, too."),
    (lambda y: y[..., [0, 0, 2]], "your filter 1 is the right filter 0, which is there more than"),
    (
        lambda y: np.stack([y / 2, y / 2], 1),
        "added up over your axis 1 (of length 2), your numbers",
    ),
    (lambda y: y.sum(axis=1), "you add up over rows, which should stay."),
    (
        lambda y: y.mean(axis=(1, 2), keepdims=True),
        "you average over rows and columns, which should",
    ),
    (lambda y: y.sum(), "you add up over everything; no axis is left."),
    (lambda y: y[:, :-1], "yours lacks 1 row, at the end; all the others are right."),
    (lambda y: y[:, :, 2:], "yours lacks 2 columns, at the start; all the others are right."),
    (padded, "has 1 row too many, at the end and has 1 column too many, at the start; all"),
    (lambda y: y / 6, "all your numbers are 1/6 times the right ones."),
    (
        lambda y: y * [1, 2, 3],
        "your numbers are 1, 2, 3 times the right ones, from filter to filter.",
    ),
    (lambda y: y + 1, "all your numbers are too large by 1."),
    (lambda y: y - 0.25, "all your numbers are too small by 0.25."),
    (lambda y: np.add(y, [0, 1, -1]), "too large by 0, 1, -1, from filter to filter."),
    (lambda y: y - BIAS, "the bias is left out."),
    (lambda y: y + 5 * BIAS, "the bias is added 6 times."),
]


def test_a_row_of_numbers_has_no_factor_for_each_of_its_places():
    """One fits whatever the two rows are, and says nothing."""
    yours, right = np.random.default_rng(1).normal(size=(2, 5))
    assert likeness(yours, right, ("filter",), ROOM) is None


@pytest.mark.parametrize(("change", "said"), DONE)
def test_what_was_done_is_said(change, said):
    found = likeness(np.asarray(change(RIGHT)), RIGHT, AXES, ROOM, bias=BIAS)
    assert found and said in found.sentence


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ([1, 1, 1, 1, 1, 0], "your column 5 is 0; all other columns are right."),
        (
            [1, 0.5, 1, 1, 1, 1],
            "your column 1 is 1/2 times what it should be; all other columns are",
        ),
        ([0, 0, 1, 1, 1, 1], "your numbers are 0, 0, 1, 1, … times the right ones"),
    ],
)
def test_where_few_of_many_places_are_wrong_they_are_named(factors, said):
    yours = RIGHT * np.array(factors)[:, None]
    assert said in likeness(yours, RIGHT, AXES, ROOM).sentence


def test_of_many_places_some_can_be_wrong_in_the_same_way_or_in_several():
    right = np.random.default_rng(2).normal(size=(3, 8))
    for factors, said in (
        ([1, 1, 1, 1, 1, 1, 0, 0], "your filters 6 and 7 are 0; all others are right."),
        ([1, 1, 2, 1, 1, 1, 1, 0], "2 times what it should be; wrong are only the filters 2, 7."),
    ):
        assert said in likeness(right * factors, right, ("image", "filter"), ROOM).sentence
    raised = likeness(right + 0.5 * np.eye(8)[3], right, ("image", "filter"), ROOM)
    assert raised.sentence == "your filter 3 is too large by 0.5; all other filters are right."


@pytest.mark.parametrize(
    ("taken", "said", "row"),
    [
        (
            [0, 0, 0, 1, 1, 1],
            "your filter 1 gets bias[0]; bias[1] belongs",
            "bias[0], bias[1], bias[1]",
        ),
        (
            [5, 4, 3, 2, 1, 0],
            "your filter 0 gets bias[5]; bias[0] belongs",
            "bias[5], bias[4], bias[3]",
        ),
        (
            [0, 1, None, 3, 4, 5],
            "your filter 2 gets no bias; bias[2] belongs",
            "bias[1], none, bias[3]",
        ),
    ],
)
def test_a_bias_of_another_filter_is_named(taken, said, row):
    bias = np.array([0.3, -1.2, 0.8, 2.5, -0.6, 1.1])
    bare = np.random.default_rng(3).normal(size=(2, 4, 5, 6))
    yours = bare + [0 if j is None else bias[j] for j in taken]
    found = likeness(yours, bare + bias, AXES, ROOM, bias=bias)
    assert said in found.sentence and row in found.look


def test_the_order_of_slices_is_said_in_numbers():
    x = np.random.default_rng(4).normal(size=(2, 3, 4, 6))
    right = x[..., [0, 3, 1, 4, 2, 5]]
    found = likeness(x[..., [0, 2, 4, 1, 3, 3]], right, AXES, ROOM, x=x)
    assert (
        found.sentence
        == "your filters are the input's 0, 2, 4, 1, 3, 3; right is 0, 3, 1, 4, 2, 5."
    )
    found = likeness(right[..., [0, 0, 2, 1, 4, 5]], right, AXES, ROOM)
    assert "In order, your filters are the right 0, 0, 2, 1, 4, 5." in found.look


@pytest.mark.parametrize(
    "other",
    [
        np.random.default_rng(1).normal(size=RIGHT.shape),
        RIGHT**2,
        RIGHT.transpose(0, 2, 1, 3) + 1e-3 * RIGHT.transpose(0, 2, 1, 3) ** 2,
        padded(RIGHT) + 1e-6,
        np.full(RIGHT.shape, np.nan),
    ],
)
def test_nothing_is_said_that_is_not_so(other):
    assert likeness(other, RIGHT, AXES, ROOM, bias=BIAS) is None


def test_few_numbers_are_like_many_by_chance():
    assert likeness(np.ones((2, 3)), np.ones((3, 2)), ("row", "column"), ROOM) is None


def spoiled(where, value):
    y = RIGHT.copy()
    y[where] = value
    return y


def edges(y):
    mask = np.ones(y.shape, bool)
    mask[:, 1:-1, 1:-1] = False
    return mask


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (np.s_[1], 0, "yours is wrong in image 1 only, and 0 there; the rest is right."),
        (np.s_[:, -1], 0, "in the last row only, and 0 there"),
        (np.s_[1:], 7, "in every image but the first only; the rest"),
        (np.s_[:, :, 3:], 7, "in the columns from 3 on only"),
        (np.s_[:, 1::2], 7, "in every second row only"),
        (np.s_[0, :, :2], 7, "in the first image and the columns up to 1 only"),
        (edges(RIGHT), 7, "in rows and columns at the edges only"),
    ],
)
def test_where_the_wrong_numbers_are(where, value, said):
    assert said in confined(spoiled(where, value), RIGHT, AXES, ROOM).sentence


def test_a_few_wrong_numbers_in_some_channels_are_no_place():
    """One wrong number in each of two filters does not make these filters wrong."""
    yours = RIGHT.copy()
    yours[0, 2, 3, 0] = yours[3, 1, 4, 1] = 0
    assert confined(yours, RIGHT, AXES, ROOM) is None


def test_wrong_everywhere_is_no_place():
    assert confined(RIGHT + 1, RIGHT, AXES, ROOM) is None
    assert confined(spoiled(np.s_[[0, 2], 1], 7), RIGHT, AXES, ROOM).sentence.count("row 1") == 1
