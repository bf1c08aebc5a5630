"""The checks of pointwise and separable convolutions: right answers in every style, and the oracle."""

import numpy as np
import pytest
from cards import card_of, flat, passes

from helpers import check
from helpers.check import oracle
from helpers.check.answers import EPS
from helpers.check.exercises import factoring, separable
from helpers.check.trial import Trial

RNG = np.random.default_rng(5)
SIZES = {  # no two alike, with multipliers of 1 to 3
    "m = 1": ((2, 8, 11, 3), (3, 2, 3, 1), (1, 1, 3, 5)),
    "m = 2": ((4, 7, 10, 3), (3, 2, 3, 2), (1, 1, 6, 5)),
    "m = 3": ((1, 5, 9, 2), (2, 4, 2, 3), (1, 1, 6, 7)),
}
OPTIONS = [{}, {"stride": 2}, {"padding": "same"}, {"padding": "same", "stride": 3}]


def draw(*shapes):
    return [RNG.normal(size=shape) for shape in shapes]


def as_list(function):
    return lambda *args, **options: function(*args, **options).tolist()


def as_tensor(function):
    return lambda *args, **options: oracle.keras().ops.convert_to_tensor(function(*args, **options))


def in_float32(function):
    """Everything in single precision: what comes in, and so every sum."""

    def single(*args, **options):
        args = [a.astype("f4") if isinstance(a, np.ndarray) else a for a in args]
        options = {
            k: v.astype("f4") if isinstance(v, np.ndarray) else v for k, v in options.items()
        }
        return function(*args, **options)

    return single


# ---------------------------------------------------------------- pointwise


def by_matmul(x, kernel, bias=None):
    return x @ kernel[0, 0] + (0 if bias is None else bias)


def by_reshape(x, kernel, bias=None):
    y = x.reshape(-1, x.shape[-1]) @ kernel.reshape(kernel.shape[2:])
    return y.reshape(*x.shape[:-1], -1) + (0 if bias is None else bias)


def by_einsum(x, kernel, bias=None):
    y = np.einsum("nijc,abcf->nijf", x, kernel)
    return y if bias is None else y + bias


def by_tensordot(x, kernel, bias=None):
    y = np.tensordot(x, kernel, axes=([3], [2]))[:, :, :, 0, 0]
    return y if bias is None else np.add(y, bias)


def pixel_by_pixel(x, kernel, bias=None):
    y = np.zeros((*x.shape[:3], kernel.shape[3]))
    for n, i, j, f in np.ndindex(y.shape):
        y[n, i, j, f] = sum(x[n, i, j, c] * kernel[0, 0, c, f] for c in range(x.shape[3]))
        y[n, i, j, f] += 0 if bias is None else bias[f]
    return y


@pytest.mark.parametrize(
    "style",
    [by_matmul, by_reshape, by_einsum, by_tensordot, pixel_by_pixel],
    ids=lambda f: f.__name__,
)
def test_pointwise_passes_in_every_style(style):
    passes(check.pointwise_conv2d, style, 3 if style is pixel_by_pixel else 50)


@pytest.mark.parametrize("wrap", [as_list, as_tensor, in_float32], ids=lambda f: f.__name__)
def test_pointwise_passes_in_every_type(wrap):
    passes(check.pointwise_conv2d, wrap(by_matmul), 50)


def test_a_pointwise_convolution_is_a_dense_layer_on_the_channels():
    x, kernel, bias = draw((2, 4, 5, 3), (1, 1, 3, 7), (7,))
    dense = oracle.keras().layers.Dense(7, dtype="float64")
    dense.build(x.shape)
    dense.set_weights([kernel[0, 0], bias])
    y = oracle.pointwise_conv2d(x, kernel, bias)
    np.testing.assert_allclose(oracle.to_numpy(dense(x)), y, atol=1e-12)
    np.testing.assert_allclose(pixel_by_pixel(x, kernel, bias), y, atol=1e-12)


# ---------------------------------------------------------------- separable


def depthwise_loops(x, kernel, stride=1, padding="valid"):
    """Keras' definition, written out: channel c*m + j is channel c under its kernel j."""
    kh, kw, channels, multiplier = kernel.shape
    if padding == "same":
        pads = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    oh, ow = ((n - k) // stride + 1 for n, k in zip(x.shape[1:3], (kh, kw), strict=True))
    y = np.zeros((len(x), oh, ow, channels * multiplier), kernel.dtype)
    for i, j, c, q in np.ndindex(oh, ow, channels, multiplier):
        window = x[:, i * stride : i * stride + kh, j * stride : j * stride + kw, c]
        y[:, i, j, c * multiplier + q] = (window * kernel[:, :, c, q]).sum(axis=(1, 2))
    return y


def by_loops(x, d, p, bias=None, stride=1, padding="valid"):
    return by_matmul(depthwise_loops(x, d, stride, padding), p, bias)


def by_composed_kernel(x, d, p, bias=None, stride=1, padding="valid"):
    return oracle.conv2d(x, compose_by_loops(d, p), bias, stride, padding)


def by_keras_steps(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    ops = oracle.keras().ops
    maps = ops.depthwise_conv(x.astype(float), depthwise_kernel, stride, padding)
    return ops.conv(maps, pointwise_kernel) + (0 if bias is None else bias)


@pytest.mark.parametrize(
    "style", [by_loops, by_composed_kernel, by_keras_steps], ids=lambda f: f.__name__
)
def test_separable_passes_in_every_style(style):
    passes(check.separable_conv2d, style, 3 if style is by_loops else 20)


@pytest.mark.parametrize("wrap", [as_list, as_tensor, in_float32], ids=lambda f: f.__name__)
def test_separable_passes_in_every_type(wrap):
    passes(check.separable_conv2d, wrap(by_loops), 5)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shapes", SIZES.values(), ids=SIZES)
def test_keras_agrees_with_the_definition_and_with_the_one_normal_kernel(shapes, options):
    x, d, p = draw(*shapes)
    bias = RNG.normal(size=p.shape[3])
    y = oracle.separable_conv2d(x, d, p, bias, **options)
    np.testing.assert_allclose(by_loops(x, d, p, bias, **options), y, atol=1e-10)
    composed = oracle.compose(d, p)
    np.testing.assert_allclose(oracle.conv2d(x, composed, bias, **options), y, atol=1e-10)


def test_the_oracle_is_keras_own_layer():
    x, d, p = draw(*SIZES["m = 2"])
    bias = RNG.normal(size=5)
    layer = oracle.keras().layers.SeparableConv2D(
        5, (3, 2), depth_multiplier=2, strides=2, padding="same", dtype="float64"
    )
    layer.build(x.shape)
    layer.set_weights([d, p, bias])
    y = oracle.separable_conv2d(x, d, p, bias, 2, "same")
    np.testing.assert_allclose(oracle.to_numpy(layer(x)), y, atol=1e-12)


def test_the_pieces_that_mistakes_move_are_right_when_nothing_is_moved():
    for shapes in SIZES.values():
        x, d, p = draw(*shapes)
        right = oracle.separable_conv2d(x, d, p)
        np.testing.assert_allclose(separable.two_steps(x, d, p), right, atol=1e-12)
        np.testing.assert_allclose(separable.product(d, p), oracle.compose(d, p), atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_separable_cases_let_no_mix_up_go_unseen(seed):
    for part in check.separable_conv2d.parts:
        cases = check.separable_conv2d.cases(part, seed)
        assert {case["depthwise_kernel"].shape[3] for case in cases} >= {1, 2}
        for case in cases:
            (n, h, w, c), (kh, kw, _, m) = case["x"].shape, case["depthwise_kernel"].shape
            f = case["pointwise_kernel"].shape[3]
            assert len({n, h, w, c, f}) == 5 and kh != kw and c != m
    room = [
        np.subtract(case["x"].shape[1:3], case["depthwise_kernel"].shape[:2]) % case["stride"]
        for case in check.separable_conv2d.cases("stride", seed)
    ]
    assert np.all(np.array(room) != 0), "no stride divides"


def cells(*sources: str) -> dict:
    """The names that a student's cells leave behind."""
    names: dict = {"depthwise_conv2d": oracle.depthwise_conv2d}
    for source in sources:
        exec(source, names)
    return names


STEPS = """
def separable_conv2d(x, d, p, bias=None, stride=1, padding="valid"):
    return pointwise_conv2d(depthwise_conv2d(x, d, stride=stride, padding=padding), p, bias)
"""


@pytest.mark.parametrize(
    "pointwise",
    [
        "def pointwise_conv2d(x, kernel, bias=None): raise NotImplementedError",
        "def pointwise_conv2d(x, kernel, bias=None): return x @ kernel[0, 0]",
    ],
    ids=["stub", "no bias"],
)
def test_a_wrong_pointwise_convolution_costs_the_separable_one_nothing(pointwise, capsys):
    check.separable_conv2d(cells(pointwise, STEPS)["separable_conv2d"])
    assert "with a right `pointwise_conv2d` in place of yours" in capsys.readouterr().out


def test_a_mistake_of_its_own_is_named_with_the_earlier_one_supplied():
    stub = "def pointwise_conv2d(x, kernel, bias=None): raise NotImplementedError"
    own = cells(stub, STEPS.replace("padding=padding", 'padding="valid"'))["separable_conv2d"]
    assert card_of(check.separable_conv2d, own, part="padding").misconception == "padding ignored"


# ---------------------------------------------------------------- costs


def params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    maps = in_channels * depth_multiplier
    return kernel_size[0] * kernel_size[1] * maps + (maps + use_bias) * filters


def macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    positions = 1
    for n, k in zip(input_size, kernel_size, strict=True):
        positions *= -(-n // stride) if padding == "same" else (n - k) // stride + 1
    return positions * params(kernel_size, in_channels, filters, depth_multiplier, False)


def test_costs_pass():
    passes(check.separable_params, params, 20)
    passes(check.separable_params, lambda *a, **o: np.int64(params(*a, **o)), 3)
    passes(check.separable_macs, macs, 20)


def test_costs_are_the_tutorials_and_the_papers():
    params, macs = (check.EXERCISES[f"separable_{what}"].oracle for what in ("params", "macs"))
    assert params((3, 3), 3, 4) == 3 * 3 * 3 + (3 + 1) * 4 == 27 + 16 == 43
    assert params((3, 3), 3, 32) == 27 + (3 + 1) * 32 == 155
    assert params((3, 3), 32, 64) == 3 * 3 * 32 + (32 + 1) * 64 == 2_400
    assert 155 + 2_400 == 2_555
    # MobileNet, table 3: 14 * 14 * 512 * (9 + 512), then 384 channels, then 10 × 10 positions
    assert macs((14, 14), (3, 3), 512, 512, padding="same") == 52_283_392
    assert params((3, 3), 512, 512, use_bias=False) == 9 * 512 + 512 * 512 == 266_752
    assert macs((14, 14), (3, 3), 384, 384, padding="same") == 196 * 384 * 393 == 29_578_752
    assert params((3, 3), 384, 384, use_bias=False) == 384 * 393 == 150_912
    assert macs((10, 10), (3, 3), 384, 384, padding="same") == 100 * 384 * 393 == 15_091_200


WORK = """
def separable_macs(n, k, c, f, depth_multiplier=1, stride=1, padding="valid"):
    if padding == "same":
        oh, ow = (-(-side // stride) for side in n)
    else:
        oh, ow = ((side - tap) // stride + 1 for side, tap in zip(n, k))
    return oh * ow * separable_params(k, c, f, depth_multiplier, use_bias=False)
"""


def test_a_wrong_number_of_parameters_costs_the_multiply_adds_nothing(capsys):
    wrong = "def separable_params(k, c, f, m=1, use_bias=True): return c * m * f"
    check.separable_macs(cells(wrong, WORK)["separable_macs"])
    assert "with a right `separable_params` in place of yours" in capsys.readouterr().out


# ---------------------------------------------------------------- compose


def compose_by_loops(d, p):
    kh, kw, channels, multiplier = d.shape
    kernel = np.zeros((kh, kw, channels, p.shape[3]), np.result_type(d, p))
    for c, j in np.ndindex(channels, multiplier):
        kernel[:, :, c] += d[:, :, c, j, None] * p[0, 0, c * multiplier + j]
    return kernel


def compose_by_matrices(d, p):
    kh, kw, channels, multiplier = d.shape
    columns = d.transpose(2, 0, 1, 3).reshape(channels, kh * kw, multiplier)
    product = columns @ p.reshape(channels, multiplier, -1)
    return product.reshape(channels, kh, kw, -1).transpose(1, 2, 0, 3)


@pytest.mark.parametrize("style", [compose_by_loops, compose_by_matrices], ids=lambda f: f.__name__)
def test_compose_passes_in_every_style(style):
    passes(check.compose, style, 50)
    for wrap in (as_list, as_tensor, in_float32):
        passes(check.compose, wrap(style), 20)


# ---------------------------------------------------------------- factor


def factor_by_svd(kernel, depth_multiplier, share=0.5, dtype=float):
    """Channel by channel; ``share`` of the singular values' logarithm goes to the depthwise side."""
    kh, kw, channels, filters = kernel.shape
    m = depth_multiplier
    d, p = np.zeros((kh, kw, channels, m), dtype), np.zeros((1, 1, channels * m, filters), dtype)
    for c in range(channels):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(-1, filters).astype(dtype))
        d[:, :, c] = (u[:, :m] * s[:m] ** share).reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = s[:m, None] ** (1 - share) * vt[:m]
    return d, p


def factor_by_projection(kernel, depth_multiplier):
    """The eigenvectors of taps · tapsᵀ, and what the filters are in terms of them; signs are free."""
    kh, kw, channels, filters = kernel.shape
    taps = kernel.transpose(2, 0, 1, 3).reshape(channels, kh * kw, filters)
    basis = -np.linalg.eigh(taps @ taps.swapaxes(1, 2))[1][:, :, -depth_multiplier:]
    rows = (basis.swapaxes(1, 2) @ taps).reshape(1, 1, -1, filters)
    return basis.swapaxes(0, 1).reshape(kh, kw, channels, depth_multiplier), rows


def factor_then_mixed(kernel, depth_multiplier):
    """Any invertible m × m mixture between the two sides leaves the product as it is."""
    d, p = factor_by_svd(kernel, depth_multiplier)
    mixture = np.tri(depth_multiplier) + np.eye(depth_multiplier)
    rows = np.linalg.inv(mixture) @ p.reshape(kernel.shape[2], depth_multiplier, -1)
    return d @ mixture, rows.reshape(p.shape)


def factor_in_float32(kernel, depth_multiplier):
    return factor_by_svd(kernel, depth_multiplier, dtype=np.float32)


STYLES = {
    "square root on both sides": factor_by_svd,
    "all on the left": lambda k, m: factor_by_svd(k, m, share=1),
    "all on the right": lambda k, m: factor_by_svd(k, m, share=0),
    "projection": factor_by_projection,
    "mixed": factor_then_mixed,
    "float32": factor_in_float32,
    "lists": lambda k, m: [kernel.tolist() for kernel in factor_by_svd(k, m)],
    "tensors": lambda k, m: tuple(map(oracle.keras().ops.convert_to_tensor, factor_by_svd(k, m))),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_factor_is_judged_by_what_the_pair_does(style):
    passes(check.factor, style, 100)


@pytest.mark.parametrize("shape", [(3, 2, 3, 5), (2, 4, 5, 3), (2, 2, 5, 7)], ids=str)
def test_the_error_of_the_best_pair_is_the_tail_of_the_singular_values(shape):
    kernel = RNG.normal(size=shape)
    kh, kw, channels, filters = shape
    full = min(kh * kw, filters)
    for m in range(1, full + 1):
        off = kernel - oracle.compose(*oracle.factor(kernel, m))
        for c in range(channels):
            tail = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, filters), compute_uv=False)[m:]
            assert np.linalg.norm(off[:, :, c]) == pytest.approx(
                np.sqrt(np.sum(tail**2)), abs=1e-10
            )
    np.testing.assert_allclose(off, 0, atol=1e-10, err_msg="at full rank nothing is lost")


def test_a_pair_that_was_composed_is_found_again():
    d, p = draw((3, 2, 3, 2), (1, 1, 6, 5))
    kernel = oracle.compose(d, p)
    again = oracle.compose(*oracle.factor(kernel, 2))
    np.testing.assert_allclose(again, kernel, atol=1e-10)
    coarser = oracle.compose(*oracle.factor(kernel, 1))
    assert np.abs(coarser - kernel).max() > 0.1


def test_a_pair_that_is_only_nearly_the_best_is_not_right():
    """A tenth too large in one channel: the card says which, and by how much it is off."""

    def nudged(kernel, depth_multiplier):
        d, p = factor_by_svd(kernel, depth_multiplier)
        d[:, :, 1] *= 1.1
        return d, p

    card = card_of(check.factor, nudged, part="closest")
    case = check.factor.cases("closest", 0)[0]
    best = factoring.errors(oracle.factor(**case), case)[1]
    # 1.1 times the best approximation: what is kept, sqrt(1 - best²), is off by a tenth of it
    yours = np.sqrt(best**2 + 0.01 * (1 - best**2))
    assert "a closer pair exists, in 1 of 3 channels." in flat(card)
    assert f"channel 1: yours is off by {yours:.2%} of the kernel's norm" in flat(card)
    assert f"the best pair by {best:.2%}" in flat(card) and card.misconception is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda d, p: (d[..., :1], p),
            "yours (3, 2, 3, 1), right (3, 2, 3, 2) = (row, column, channel, multiplier)",
        ),
        (
            lambda d, p: (d, p[0, 0]),
            "yours (6, 5), right (1, 1, 6, 5) = (1, 1, channel · multiplier, filter)",
        ),
        (lambda d, p: (d, p[:, :, :3]), "Look at the channel · multiplier axis."),
        (
            lambda d, p: d,
            "return the tuple (depthwise_kernel, pointwise_kernel); yours is an array of 3.",
        ),
        (lambda d, p: (d, None), "pointwise_kernel is not an array of real numbers."),
        (lambda d, p: (d * np.nan, p), "there are NaN or infinite numbers in depthwise_kernel."),
        (lambda d, p: None, "Is a `return` missing"),
    ],
)
@pytest.mark.parametrize("part", check.factor.parts)
def test_a_pair_that_cannot_be_composed_gets_its_own_sentence(change, words, part):
    card = card_of(check.factor, lambda k, m: change(*factor_by_svd(k, m)), part=part)
    assert words in flat(card) and card.kind == "type"
    assert "factor(kernel (3, 2, 3, 5), depth_multiplier=2)" in flat(card)


def test_right_shapes_are_worth_their_points_alone():
    def zeros(kernel, depth_multiplier):
        return [np.zeros_like(part) for part in factor_by_svd(kernel, depth_multiplier)]

    check.factor(zeros, part="shapes")
    for part in ("exact", "closest"):
        assert "yours is off by 100.00%" in flat(card_of(check.factor, zeros, part=part))


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    "exercise",
    [check.pointwise_conv2d, check.separable_conv2d, check.compose, check.factor],
    ids=lambda exercise: exercise.name,
)
def test_mistakes_differ_by_far_more_than_rounding(exercise):
    """By a hundred times the tolerance somewhere."""
    for mistake in exercise.misconceptions:
        largest = max(
            distance(exercise, mistake, part, case)
            for part in exercise.parts
            if part != "shapes"
            for case in exercise.cases(part, 0)
        )
        assert largest > 100, mistake.name


def distance(exercise, mistake, part, case) -> float:
    """How many times the tolerance a mistake is off; another shape is endlessly far."""
    right, wrong = (
        exercise.right(case, part),
        Trial(exercise, mistake.wrong, part).mistaken(mistake, case),
    )
    if np.shape(right) != np.shape(wrong):
        return np.inf
    return np.abs(right - wrong).max() / (EPS * np.max(exercise.slack(case, part)))
