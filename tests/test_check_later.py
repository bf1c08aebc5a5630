"""The checks of lesson 5's blocks: right answers in every style, the oracle, and single cards."""

import numpy as np
import pytest
from cards import card_of, flat, passes

from helpers import check, networks
from helpers.check import oracle
from helpers.check.exercises import grouped, squeezing

RNG = np.random.default_rng(8)


def in_float32(function):
    def single(*args, **options):
        args = [a.astype("f4") if isinstance(a, np.ndarray) else a for a in args]
        options = {
            k: v.astype("f4") if isinstance(v, np.ndarray) else v for k, v in options.items()
        }
        return function(*args, **options)

    return single


def as_list(function):
    return lambda *args, **options: function(*args, **options).tolist()


# ---------------------------------------------------------------- groups


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"padding": "same"}])
def test_the_oracle_is_keras_grouped_layer(groups, options):
    layer = oracle.keras().layers.Conv2D(12, (3, 2), groups=groups, dtype="float64", **options)
    x = RNG.normal(size=(2, 7, 10, 6))
    layer.build(x.shape)
    kernel, bias = RNG.normal(size=(3, 2, 6 // groups, 12)), RNG.normal(size=12)
    layer.set_weights([kernel, bias])
    names = {"strides": "stride"}
    ours = {names.get(name, name): value for name, value in options.items()}
    y = oracle.grouped_conv2d(x, kernel, groups, bias, **ours)
    np.testing.assert_allclose(oracle.to_numpy(layer(x)), y, atol=1e-10)


def test_as_many_groups_as_channels_are_a_depthwise_convolution():
    x, kernel = RNG.normal(size=(2, 7, 10, 3)), RNG.normal(size=(3, 2, 3, 2))
    by_channel = kernel.reshape(3, 2, 1, 6)  # map c*m + j is channel c under its filter j
    y = oracle.grouped_conv2d(x, by_channel, 3)
    np.testing.assert_allclose(y, oracle.depthwise_conv2d(x, kernel), atol=1e-10)


def test_one_pixel_by_hand():
    x, ones = np.array([1.0, 2, 3, 4]).reshape(1, 1, 1, 4), np.ones((1, 1, 2, 2))
    assert oracle.grouped_conv2d(x, ones, 2).ravel().tolist() == [3, 7]  # 1 + 2, 3 + 4
    assert grouped.normal(ones, 2)[0, 0].tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]


@pytest.mark.parametrize("wrap", [in_float32, as_list], ids=lambda f: f.__name__)
def test_grouped_passes_in_every_type(wrap):
    passes(check.grouped_conv2d, wrap(grouped.grouped), seeds=10)


def test_a_card_writes_the_sum_of_the_right_group():
    card = card_of(
        check.grouped_conv2d, lambda *args, **options: 1 + grouped.grouped(*args, **options)
    )
    assert "right there: (x[0, 0:3, 0:2, 0:3] * kernel[..., 0]).sum()" in flat(card)


# ---------------------------------------------------------------- the shuffle


def test_the_shuffle_by_hand_and_back():
    x = np.arange(6).reshape(1, 1, 1, 6)
    assert oracle.channel_shuffle(x, 2).ravel().tolist() == [0, 3, 1, 4, 2, 5]
    assert oracle.channel_shuffle(x, 3).ravel().tolist() == [0, 2, 4, 1, 3, 5]
    for groups in (1, 2, 3, 6):  # C/groups groups undo it
        back = oracle.channel_shuffle(oracle.channel_shuffle(x, groups), 6 // groups)
        assert np.array_equal(back, x)


@pytest.mark.parametrize("wrap", [in_float32, as_list], ids=lambda f: f.__name__)
def test_shuffle_passes_in_every_type(wrap):
    passes(check.channel_shuffle, wrap(oracle.channel_shuffle), seeds=10)


# ---------------------------------------------------------------- what an inverted residual costs


def costs(input_size, filters, expansion=6, stride=1):
    h, w, c = input_size
    wide, out = expansion * c, -(-h // stride) * -(-w // stride)
    first = (c * wide, wide) if expansion > 1 else (0, 0)
    layers = [(*first, h * w), (9 * wide, wide, out), (wide * filters, filters, out)]
    return sum(n + 2 * m for n, m, _ in layers), sum(n * at for n, _, at in layers)


def test_costs_by_hand():
    assert check.inverted_residual_costs.oracle((4, 4, 2), 3) == (222, 2688)
    # 2*12 + 9*12 + 12*3 = 168 weights, norms 2*(12 + 12 + 3) = 54; 16 positions * 168
    assert check.inverted_residual_costs.oracle((5, 5, 2), 3, stride=2) == (222, 25 * 24 + 9 * 144)
    assert check.inverted_residual_costs.oracle((4, 4, 2), 3, expansion=1) == (18 + 6 + 10, 16 * 24)


def test_right_costs_pass():
    passes(check.inverted_residual_costs, costs, seeds=10)
    passes(check.inverted_residual_costs, lambda *a, **o: list(costs(*a, **o)), seeds=2)


def test_one_of_the_two_numbers_does_not_cost_the_other():
    check.inverted_residual_costs(lambda *a, **o: (costs(*a, **o)[0], None), part="parameters")
    check.inverted_residual_costs(lambda *a, **o: (None, costs(*a, **o)[1]), part="multiply-adds")


def counted(parameters, multiply_adds, stride=lambda h, w, s: -(-h // s) * -(-w // s)):
    """An answer that adds something to the right numbers, or strides otherwise."""

    def wrong(input_size, filters, expansion=6, stride_=1, **options):
        h, w, c = input_size
        s, wide = options.get("stride", stride_), expansion * c
        right = costs(input_size, filters, expansion, 1)
        at = stride(h, w, s)
        work = h * w * (c * wide if expansion > 1 else 0) + at * (9 * wide + wide * filters)
        return right[0] + parameters(c, wide, filters), work + at * multiply_adds(c, wide, filters)

    return wrong


def none(c, wide, filters):
    return 0


@pytest.mark.parametrize(
    ("wrong", "part", "says"),
    [
        (
            counted(lambda c, w, f: 16 * w, none),
            "parameters",
            "you count 29 · wide; 13 · wide is right",
        ),
        (
            counted(lambda c, w, f: c * f, none),
            "parameters",
            "you count C · filters, which no layer",
        ),
        (
            counted(lambda c, w, f: 3, none),
            "parameters",
            "you count 3 that belong to none of the layers",
        ),
        (
            counted(none, lambda c, w, f: 2 * w),
            "multiply-adds",
            "you count 11 · wide at each position",
        ),
        (
            counted(none, none, stride=lambda h, w, s: -(-h // s) * w),
            "stride",
            "you count the depthwise layer and the projection at positions strided along the height only",
        ),
        (
            lambda *a, **o: tuple(2 * n for n in costs(*a, **o)),
            "multiply-adds",
            "2 times the right number",
        ),
    ],
)
def test_a_count_that_nobody_foresaw_is_taken_apart(wrong, part, says):
    assert says in flat(card_of(check.inverted_residual_costs, wrong, part=part))


def test_all_blocks_of_mobilenet_v2():
    size, total = (112, 112, 32), [864 + 64, 112 * 112 * 864]  # the first layer and its norm
    for expansion, filters, repeats, stride in networks.INVERTED:
        for number in range(repeats):
            step = stride if number == 0 else 1
            total = np.add(total, costs(size, filters, expansion, step))
            size = (size[0] // step, size[1] // step, filters)
    total += [320 * 1280 + 2 * 1280 + 1280 * 1000 + 1000, 49 * 320 * 1280 + 1280 * 1000]
    assert total.tolist() == [3_504_872, 300_774_272]


# ---------------------------------------------------------------- squeeze and excite


def test_the_oracle_is_two_dense_layers_on_the_means():
    keras = oracle.keras()
    case = squeezing.tensors(RNG, 2)
    x = case["x"]
    inner = keras.layers.Dense(2, activation="relu", dtype="float64")
    outer = keras.layers.Dense(5, activation="sigmoid", dtype="float64")
    for layer, width, names in ((inner, 5, ("w1", "b1")), (outer, 2, ("w2", "b2"))):
        layer.build((None, width))
        layer.set_weights([case[name] for name in names])
    gates = oracle.to_numpy(outer(inner(x.mean(axis=(1, 2)))))
    np.testing.assert_allclose(oracle.squeeze_excite(**case), x * gates[:, None, None], atol=1e-12)


def test_without_weights_every_gate_is_a_half():
    x = RNG.normal(size=(2, 3, 4, 5))
    zeros = [np.zeros(shape) for shape in ((5, 2), 2, (2, 5), 5)]
    np.testing.assert_allclose(oracle.squeeze_excite(x, *zeros), x / 2)


@pytest.mark.parametrize("wrap", [in_float32, as_list], ids=lambda f: f.__name__)
def test_squeeze_excite_passes_in_every_type(wrap):
    passes(check.squeeze_excite, wrap(squeezing.gated), seeds=10)


def test_the_relu_matters_in_every_case_but_the_last_part():
    for part in ("one image", "several images"):
        for seed in range(20):
            for case in check.squeeze_excite.cases(part, seed):
                assert case["w1"].shape[1] == 1 or squeezing.inside(case).min() < -0.3


def other(squeeze=None, inner=None, gate=None, excite=None):
    pieces = {"squeeze": squeeze, "inner": inner, "gate": gate, "excite": excite}
    return squeezing.with_other(**{name: piece for name, piece in pieces.items() if piece})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (other(gate=lambda z: 2 * squeezing.sigmoid(z)), "every gate is 0.5 and the result x / 2"),
        (
            other(gate=lambda z: squeezing.sigmoid(2 * z)),
            "with `w2` all 0 the gates are the sigmoid of",
        ),
        (other(inner=lambda z: 2 * squeezing.relu(z)), "with `w1` all 0 only `b1` reaches"),
        (
            other(inner=lambda z: np.where(z > 0, z, z / 9)),
            "makes numbers below 0 your gates are wrong",
        ),
        (
            other(squeeze=lambda x: np.median(x, axis=(1, 2), keepdims=True)),
            "your squeeze is no mean",
        ),
        (
            other(squeeze=lambda x: x.mean(axis=(1, 2), keepdims=True)[..., ::-1]),
            "it goes wrong on the way from the image to the ReLU",
        ),
    ],
)
def test_gates_that_nobody_foresaw_are_asked_for_step_by_step(wrong, says):
    assert says in flat(card_of(check.squeeze_excite, wrong, part="one image"))


def test_a_sigmoid_that_overflows_is_told_from_other_nans():
    """exp(z) / (1 + exp(z)) is inf / inf for large z; a 0 / 0 is NaN with small numbers, too."""

    def excited(sigmoid):
        def function(x, w1, b1, w2, b2):
            hidden = np.maximum(x.mean(axis=(1, 2)) @ w1 + b1, 0)
            return x * sigmoid(hidden @ w2 + b2)[:, None, None, :]

        return function

    with np.errstate(all="ignore"):
        overflows = excited(lambda z: np.exp(z) / (1 + np.exp(z)))
        card = card_of(check.squeeze_excite, overflows, part="far from zero")
        assert "with smaller numbers in" in flat(card) and "inf / inf" in flat(card), str(card)
        card = card_of(
            check.squeeze_excite, excited(lambda z: z * 0 / (z * 0)), part="far from zero"
        )
        assert "there are NaN or infinite numbers in the output." in flat(card), str(card)
        assert "np.exp(710)" not in flat(card)


def test_the_norms_formula_is_true_of_a_block_without_a_layer_that_expands():
    def without_norms(input_size, filters, expansion=6, stride=1):
        h, w, c = input_size
        wide = expansion * c
        first = c * wide if expansion > 1 else 0
        after = -(-h // stride) * -(-w // stride)
        rest = 9 * wide + wide * filters
        return first + rest, h * w * first + after * rest

    card = card_of(check.inverted_residual_costs, without_norms, part="expansion 1")
    assert "where there is a layer that expands, 2 · wide after that." in flat(card), str(card)
