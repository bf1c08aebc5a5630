"""The checks of depthwise convolution: its oracle against other ways, right answers in every style."""

import warnings

import numpy as np
import pytest
from cards import card_of

from helpers import check
from helpers.check import oracle
from helpers.check.exercises.depthwise import blocks
from helpers.check.exercises.isolation_layers import (
    ordered_layers,
    plain_layers,
    subtle_layers,
    the_next,
)

RNG = np.random.default_rng(11)
X, KERNEL = RNG.normal(size=(2, 7, 10, 3)), RNG.normal(size=(3, 2, 3, 2))


# ---------------------------------------------------------------- forward


def padded(x, kernel_size, stride, padding):
    if padding == "valid":
        return x
    total = [
        max((-(-n // stride) - 1) * stride + k - n, 0)
        for n, k in zip(x.shape[1:3], kernel_size, strict=True)
    ]
    return np.pad(x, ((0, 0), *((t // 2, t - t // 2) for t in total), (0, 0)))


def loops(x, kernel, bias=None, stride=1, padding="valid"):
    """One number at a time, from the definition."""
    kh, kw, channels, m = kernel.shape
    x = padded(x, (kh, kw), stride, padding)
    oh, ow = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    y = np.zeros((len(x), oh, ow, channels * m))
    for n, i, j, c, k in np.ndindex(len(x), oh, ow, channels, m):
        window = x[n, i * stride : i * stride + kh, j * stride : j * stride + kw, c]
        y[n, i, j, c * m + k] = np.sum(window * kernel[:, :, c, k])
    return y if bias is None else y + bias


def patches(x, kernel, bias=None, stride=1, padding="valid"):
    kh, kw = kernel.shape[:2]
    x = padded(x, (kh, kw), stride, padding)
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))
    y = np.einsum("nijcab,abcm->nijcm", windows[:, ::stride, ::stride], kernel)
    y = y.reshape(*y.shape[:3], -1)
    return y if bias is None else y + bias


def by_channels(x, kernel, bias=None, stride=1, padding="valid"):
    """Lesson 1's convolution, a channel at a time."""
    maps = [
        oracle.conv2d(x[..., c : c + 1], kernel[:, :, c : c + 1], None, stride, padding)
        for c in range(x.shape[3])
    ]
    y = np.concatenate(maps, axis=3)
    return y if bias is None else y + bias


def in_float32(x, kernel, *args, **options):
    return patches(x.astype(np.float32), kernel.astype(np.float32), *args, **options).astype("f4")


def as_list(*args, **options):
    return patches(*args, **options).tolist()


def as_tensor(*args, **options):
    return oracle.keras().ops.convert_to_tensor(patches(*args, **options))


def noisy(*args, **options):
    warnings.warn("a warning is no mistake", stacklevel=1)
    print("nor is a print")
    return patches(*args, **options)


STYLES = [loops, patches, by_channels, in_float32, as_list, as_tensor, noisy]


@pytest.mark.parametrize("style", STYLES)
def test_right_answers_pass_in_every_style(style, capfd, recwarn):
    for seed in range(20 if style is patches else 3):
        check.depthwise_conv2d(style, seed=seed)
    said = [*recwarn, *capfd.readouterr().err]  # pytest keeps warnings from stderr
    assert not said, "stderr would cost the mark in nbgrader"


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_keras_agrees_with_the_definition_and_with_the_normal_kernel(stride, padding):
    options = {"stride": stride, "padding": padding}
    y = oracle.depthwise_conv2d(X, KERNEL, **options)
    np.testing.assert_allclose(y, loops(X, KERNEL, **options), atol=1e-12)
    normal = oracle.as_normal_kernel(KERNEL)
    np.testing.assert_allclose(oracle.conv2d(X, normal, **options), y, rtol=0, atol=1e-10)


@pytest.mark.parametrize("part", check.depthwise_conv2d.parts)
def test_depthwise_is_normal_with_blocks_and_grouped_on_the_adversarial_cases(part):
    keras = oracle.keras()
    for case in check.depthwise_conv2d.cases(part, 0):
        right = check.depthwise_conv2d.right(case, part)
        options = {name: case[name] for name in ("bias", "stride", "padding") if name in case}
        kernel = oracle.as_normal_kernel(case["kernel"])
        np.testing.assert_allclose(
            oracle.conv2d(case["x"], kernel, **options), right, rtol=0, atol=1e-10
        )
        kh, kw, channels, m = case["kernel"].shape
        grouped = keras.layers.Conv2D(
            channels * m,
            (kh, kw),
            strides=case.get("stride", 1),
            padding=case.get("padding", "valid"),
            groups=channels,
            use_bias=False,
            dtype="float64",
        )
        grouped.build(case["x"].shape)
        grouped.kernel.assign(case["kernel"].reshape(kh, kw, 1, channels * m))
        y = oracle.to_numpy(grouped(case["x"].astype(float))) + case.get("bias", 0)
        np.testing.assert_allclose(y, right, rtol=0, atol=1e-10)


def test_the_order_of_the_maps_is_keras_layers():
    keras = oracle.keras()
    layer = keras.layers.DepthwiseConv2D((3, 2), depth_multiplier=2, dtype="float64")
    layer.build(X.shape)
    bias = np.arange(6.0)
    layer.set_weights([KERNEL, bias])
    np.testing.assert_allclose(
        oracle.to_numpy(layer(X)), oracle.depthwise_conv2d(X, KERNEL, bias), atol=1e-12
    )


# ---------------------------------------------------------------- costs and kernels


def test_costs_are_the_tutorials_and_the_papers():
    params, macs = check.depthwise_params.oracle, check.depthwise_macs.oracle
    assert params((3, 3), 3, use_bias=False) == (3 * 3 * 1 + 0) * 3 == 27
    assert params((3, 2), 5, 4) == (3 * 2 + 1) * 5 * 4 == 140
    # MobileNet, table 3: the depthwise half of 52,283,392
    assert macs((14, 14), (3, 3), 512, padding="same") == 14 * 14 * 9 * 512 == 903_168
    assert macs((28, 30), (3, 2), 5, 2, stride=3) == 9 * 10 * 6 * 5 * 2  # (28-3)//3+1, (30-2)//3+1


@pytest.mark.parametrize("seed", [*range(20), 5331, 5332])
def test_the_multiply_adds_are_asked_for_where_no_stride_divides(seed):
    strided = 0
    for case in check.depthwise_macs.cases("stride and padding", seed):
        stride, same = case.get("stride", 1), case.get("padding") == "same"
        for n, k in zip(case["input_size"], case["kernel_size"], strict=True):
            assert stride == 1 or (n if same else n - k) % stride != 0, case
            strided += stride > 1
    assert strided == 2 * 2  # two of the cases have a stride, along two sides


def test_adding_the_kernels_sides_and_forgetting_the_bias_are_told_apart():
    """With a kernel of 3 x 2 the two are the same number: 3 + 2 + 1 = 3*2."""

    def bias_forgotten(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
        return kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier

    def sides_added(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
        return (sum(kernel_size) + use_bias) * in_channels * depth_multiplier

    for part in check.depthwise_params.parts:
        card = card_of(check.depthwise_params, sides_added, part=part)
        assert card.misconception == "kernel sides added"
    card = card_of(check.depthwise_params, bias_forgotten, part="with bias")
    assert card.misconception == "bias forgotten"


def test_the_normal_kernel_has_a_block_for_each_channel():
    kernel = np.arange(1.0, 13).reshape(2, 1, 3, 2)
    normal = oracle.as_normal_kernel(kernel)
    assert normal[0, 0].tolist() == [[1, 2, 0, 0, 0, 0], [0, 0, 3, 4, 0, 0], [0, 0, 0, 0, 5, 6]]
    np.testing.assert_array_equal(normal, blocks(kernel))
    check.as_normal_kernel(blocks)

    def by_identity(kernel):
        kh, kw, channels, m = kernel.shape
        spread = kernel[:, :, :, None, :] * np.eye(channels)[:, :, None]
        return spread.reshape(kh, kw, channels, channels * m).astype(np.float32)

    for seed in range(5):
        check.as_normal_kernel(by_identity, seed=seed)


# ---------------------------------------------------------------- backward


def backward(dy, x, kernel, stride=1):
    kh, kw, channels, m = kernel.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for i, j, c, k in np.ndindex(*dy.shape[1:3], channels, m):
        rows, columns = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
        share = dy[:, i, j, c * m + k]
        dx[:, rows, columns, c] += share[:, None, None] * kernel[:, :, c, k]
        dkernel[:, :, c, k] += np.tensordot(share, x[:, rows, columns, c], axes=1)
    return dx, dkernel, dy.sum(axis=(0, 1, 2))


def test_right_gradients_pass():
    for seed in range(3):
        check.depthwise_backward(backward, seed=seed)
    check.depthwise_backward(
        lambda *args, **options: [g.astype("f4") for g in backward(*args, **options)]
    )


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_backward_oracle_agrees_with_differences_at_every_index_and_with_the_tape(stride):
    import tensorflow as tf

    dy = RNG.normal(size=oracle.depthwise_conv2d(X, KERNEL, stride=stride).shape)
    dx, dkernel, dbias = oracle.depthwise_backward(dy, X, KERNEL, stride)
    with tf.GradientTape() as tape:
        x, kernel = tf.Variable(X), tf.Variable(KERNEL)
        y = tf.nn.depthwise_conv2d(x, kernel, (1, stride, stride, 1), "VALID")
        loss = tf.reduce_sum(dy * y)
    for ours, theirs in zip((dx, dkernel), tape.gradient(loss, (x, kernel)), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-11)
    np.testing.assert_allclose(dbias, dy.sum((0, 1, 2)), atol=1e-12)

    def loss_of(x, kernel):
        return np.sum(dy * patches(x, kernel, stride=stride))

    before = loss_of(X, KERNEL)
    for array, gradient in ((X, dx), (KERNEL, dkernel)):
        for at in np.ndindex(array.shape):  # it is linear: a step of 1 shows the derivative exactly
            nudged = array.copy()
            nudged[at] += 1
            pair = (nudged, KERNEL) if array is X else (X, nudged)
            assert loss_of(*pair) - before == pytest.approx(gradient[at], abs=1e-10)


# ---------------------------------------------------------------- the student's own test


def layers_of(seed):
    rng = np.random.default_rng(seed)
    return [*plain_layers(rng), *subtle_layers(rng), *ordered_layers(rng)]


@pytest.mark.parametrize("seed", range(5))
def test_the_oracle_tells_right_layers_from_buggy_ones(seed):
    for layer in layers_of(seed):
        right = layer.what.startswith("a depthwise convolution")
        assert check.isolates_channels.oracle(layer, layer.channels) == right, layer.what
    kinds = [layer.what.startswith("a depthwise convolution") for layer in layers_of(seed)]
    assert kinds.count(True) == 13 and kinds.count(False) == 32


@pytest.mark.parametrize("part", check.isolates_channels.parts)
def test_hidden_layers_come_in_an_order_of_their_own(part):
    """Else it would be enough to count the calls, and to answer by heart."""
    visible, first, second = (
        [case["layer"].what for case in check.isolates_channels.cases(part, seed)]
        for seed in (0, 1, 2)
    )
    assert sorted(visible) == sorted(first) == sorted(second)
    assert visible != first != second != visible


@pytest.mark.parametrize("part", check.isolates_channels.parts)
def test_every_part_has_both_kinds(part):
    cases = check.isolates_channels.cases(part, 0)
    assert {check.isolates_channels.right(case, part) for case in cases} == {True, False}


def by_nan(layer, channels):
    """Another right way: NaN spreads to whatever depends on it."""
    for c in range(channels):
        x = np.random.default_rng().normal(size=(1, 6, 6, channels))
        x[..., c] = np.nan
        reached = np.isnan(layer(x)).any(axis=(0, 1, 2))
        if reached.tolist() != [f // (len(reached) // channels) == c for f in range(len(reached))]:
            return False
    return True


def with_a_tolerance(layer, channels):
    rng = np.random.default_rng()
    for c in range(channels):
        x = rng.normal(size=(3, 9, 7, channels))
        other = x.copy()
        other[..., c] += rng.normal(size=x.shape[:3])
        before, after = layer(x), layer(other)
        m = before.shape[-1] // channels
        for f in range(before.shape[-1]):
            same = np.allclose(before[..., f], after[..., f], rtol=0, atol=1e-12)
            if same == (f // m == c):
                return np.False_
    return np.True_


def by_the_other_channels(layer, channels):
    """Changes all channels but one; that one's maps must stay."""
    rng = np.random.default_rng()
    for c in range(channels):
        x, other = rng.normal(size=(2, 2, 8, 8, channels))
        other[..., c] = x[..., c]
        before, after = layer(x), layer(other)
        m = before.shape[-1] // channels
        own = slice(c * m, c * m + m)
        if not np.array_equal(before[..., own], after[..., own]):
            return False
    return True


@pytest.mark.parametrize("style", [by_nan, with_a_tolerance, by_the_other_channels])
def test_right_property_tests_pass(style):
    for seed in range(5):
        check.isolates_channels(style, seed=seed)


def own_maps_change(layer, channels):
    """Wrong: looks at the channel's own maps, and never at the others."""
    x, other = np.random.default_rng(5).normal(size=(2, 2, 8, 9, channels))
    for c in range(channels):
        changed = x.copy()
        changed[..., c] = other[..., c]
        moved = (layer(changed) != layer(x)).any(axis=(0, 1, 2))
        m = len(moved) // channels
        if not moved[c * m : c * m + m].all():
            return False
    return True


def only_the_shape(layer, channels):
    """Wrong: only asks for a whole number of maps a channel."""
    return layer(np.ones((1, 8, 8, channels))).shape[-1] % channels == 0


@pytest.mark.parametrize("part", check.isolates_channels.parts)
@pytest.mark.parametrize("seed", range(3))
def test_a_test_that_never_looks_at_other_maps_is_not_blamed_for_something_else(part, seed):
    for style in (own_maps_change, only_the_shape):
        card = card_of(check.isolates_channels, style, part=part, seed=seed)
        unseen = (
            "a leak between some channels passes"  # as in "order", where some maps change order
        )
        assert card.misconception in (None, "always True", unseen), str(card)


def zeros(rng, channels):
    return np.zeros((2, 7, 8, channels))


def ones(rng, channels):
    return np.ones((2, 7, 8, channels))


def bright(rng, channels):
    return rng.uniform(1, 2, size=(2, 7, 8, channels))


def dim(rng, channels):
    return -bright(rng, channels)


def redrawn(x, c, images, rng):
    x[..., c] = (
        images(rng, x.shape[3])[..., c] if images in (bright, dim) else rng.normal(size=x.shape[:3])
    )


def brighter(x, c, images, rng):
    x[..., c] += 1


def pixel(x, c, images, rng):
    x[:, 3, 3, c] += [3, -3]


def everything(x, c, images, rng):
    x += rng.normal(size=x.shape)


def nothing(x, c, images, rng):
    pass


def within(tolerance):
    return lambda a, b: np.abs(a - b).max() <= tolerance


def same_mean(a, b):
    return abs(a.mean() - b.mean()) < 1e-6


def same_first(a, b):
    return np.array_equal(a[:, 0, 0], b[:, 0, 0])


def mostly_the_same(a, b):
    return (a == b).mean() > 0.5


def a_test(
    images=lambda rng, channels: rng.normal(size=(2, 7, 8, channels)),
    change=redrawn,
    which=None,
    equal=np.array_equal,
    seen=lambda f, c, m: True,
    moves=False,
    wants=lambda y: True,
):
    """A student's test, right but for what is given."""

    def isolates_channels(layer, channels):
        rng = np.random.default_rng(6)
        for c in which or range(channels):
            x = images(rng, channels)
            changed = x.copy()
            change(changed, c, images, rng)
            before, after = layer(x), layer(changed)
            m = before.shape[3] // channels
            for f in range(before.shape[3]):
                same = equal(before[..., f], after[..., f])
                if f // m != c and seen(f, c, m) and not same:
                    return False
                if f // m == c and moves and same:
                    return False
            if not wants(before):
                return False
        return True

    return isolates_channels


def once(layer, channels):
    return bool(np.isfinite(layer(np.ones((1, 8, 8, channels)))).all())


def with_one_pixel(row, column):
    """Wrong: changes one pixel of a channel, by a number of its own."""

    def isolates_channels(layer, channels):
        x = np.random.default_rng(5).normal(size=(2, 8, 9, channels))
        for c in range(channels):
            changed = x.copy()
            changed[:, row, column, c] += [3, -3]
            moved = (layer(changed) != layer(x)).any(axis=(0, 1, 2))
            m = len(moved) // channels
            if moved[np.arange(len(moved)) // m != c].any():
                return False
        return True

    return isolates_channels


@pytest.mark.parametrize(
    "pixel",
    [(0, 0), (-1, -1), (3, 4)],
)
def test_no_single_pixel_shows_every_leak(pixel):
    card = card_of(check.isolates_channels, with_one_pixel(*pixel), part="subtle")
    assert card.misconception == "one pixel"


# What a test does otherwise than it should, in which part it is seen, and what is said of it.
ODD_TESTS = [
    (a_test(images=zeros), "subtle", "in your images all channels are 0 but those that you change."),
    (a_test(images=ones), "subtle", "the channels that you do not change are even"),
    (a_test(images=ones, change=brighter), "subtle", "changes every pixel of a channel alike"),
    (a_test(change=brighter, moves=True), "subtle", "changes every pixel of a channel alike"),
    (a_test(change=pixel, moves=True), "subtle", "your test changes only one pixel of a channel."),
    (a_test(images=bright, moves=True), "subtle", "your images have no negative numbers."),
    (a_test(images=dim, moves=True), "subtle", "your images have no positive numbers."),
    (a_test(which=[1]), "plain", "your test changes only channel 1 by itself."),
    (a_test(change=everything), "plain", "no two of your images differ in one channel alone."),
    (a_test(change=nothing), "plain", "in one channel alone, and some are the same."),
    (once, "plain", "of every layer: the layer is called only once."),
    (a_test(equal=np.allclose), "subtle", "of a channel leaks, in maps of numbers about 100."),
    (a_test(equal=within(1e-6)), "subtle", "does not see where a ten-millionth of a channel leaks."),
    (a_test(equal=within(1e-4)), "subtle", "where a hundred-thousandth of a channel leaks."),
    (a_test(equal=same_mean), "subtle", "to one number what it takes from another."),
    (a_test(equal=same_first), "subtle", "a leak into the middle number of a map."),
    (a_test(equal=mostly_the_same), "subtle", "a leak into one number of a map."),
    (a_test(seen=lambda f, c, m: f % m == 0), "order", "sees a leak only into the first."),
    (a_test(seen=lambda f, c, m: f % m == m - 1), "order", "sees a leak only into the third."),
    (a_test(seen=lambda f, c, m: f // m == c + 1), "plain", "into other maps than the next channel's."),
    (a_test(seen=lambda f, c, m: f // m != 1), "subtle", "a leak into the maps of channel 1."),
    (own_maps_change, "order", "a leak of one channel into the maps of another."),
    (a_test(wants=lambda y: y.shape[1] > 3), "plain", "says False of a right layer of stride 2."),
    (a_test(wants=lambda y: y.min() < 0), "order", "says False of a right layer with a ReLU."),
]  # fmt: skip


@pytest.mark.parametrize(("test", "part", "said"), ODD_TESTS)
def test_what_a_test_does_is_said(test, part, said):
    card = card_of(check.isolates_channels, test, part=part)
    assert said in " ".join(str(card).split()), str(card)


@pytest.mark.parametrize("images", [zeros, ones, bright])
def test_what_images_have_in_common_is_not_blamed_where_others_would_not_help(images):
    """All of these look at some maps only, whatever images they make."""
    test = a_test(images=images, seen=lambda f, c, m: f // m != 1)
    card = card_of(check.isolates_channels, test, part="order")
    assert "a leak into the maps of channel 1." in " ".join(str(card).split()), str(card)


def test_a_test_of_very_many_calls_is_answered_soon():
    def slow(layer, channels):
        return all(a_test(equal=np.allclose)(layer, channels) for _ in range(20))

    assert (
        card_of(check.isolates_channels, slow, part="subtle").misconception == "a small leak passes"
    )


@pytest.mark.sandbox
def test_images_are_seen_where_the_test_runs_elsewhere(process):
    process.run(
        "import numpy as np\n"
        "def isolates_channels(layer, channels):\n"
        "    for c in range(channels):\n"
        "        x = np.zeros((2, 7, 8, channels))\n"
        "        y = layer(x)\n"
        "        x[..., c] = np.random.default_rng(c).normal(size=(2, 7, 8))\n"
        "        moved = (layer(x) != y).any(axis=(0, 1, 2))\n"
        "        if moved[np.arange(len(moved)) // (len(moved) // channels) != c].any():\n"
        "            return False\n"
        "    return True\n"
    )
    function = process.stand_ins(["isolates_channels"])["isolates_channels"]
    card = card_of(check.isolates_channels, function, part="subtle", seed=3)
    assert card.misconception == "the others are 0", str(card)


def test_the_card_names_the_layer():
    card = card_of(check.isolates_channels, lambda layer, channels: True, part="plain")
    assert "called as isolates_channels(layer=<a normal convolution>, channels=3)" in str(card)
    assert "your test says True of every layer." in str(card)
    wrong = card_of(check.isolates_channels, lambda layer, channels: "yes", part="plain")
    assert "it returned a str ('yes'), not True or False." in str(wrong) and wrong.kind == "type"


def test_a_layer_does_not_tell_what_it_is():
    def by_its_words(layer, channels):
        words = repr(layer) + str(vars(layer)) + str(dir(layer))
        return "leak" not in words and "depthwise" in words

    with pytest.raises(check.CheckFailed):
        check.isolates_channels(by_its_words, part="plain")


def test_adding_the_same_everywhere_does_not_pass_by_rounding():
    def plus_one(layer, channels):
        rng = np.random.default_rng()
        for c in range(channels):
            x = rng.normal(size=(2, 8, 9, channels))
            other = x + (np.arange(channels) == c)
            moved = (layer(other) != layer(x)).any(axis=(0, 1, 2))
            m = len(moved) // channels
            if moved[np.arange(len(moved)) // m != c].any():
                return False
        return True

    for seed in range(5):
        card = card_of(check.isolates_channels, plus_one, part="subtle", seed=seed)
        assert card.misconception == "all pixels alike"


def test_an_image_that_does_not_fit_gets_a_sentence():
    card = card_of(check.isolates_channels, lambda layer, channels: layer(np.ones((5, 5, 3))))
    assert "ValueError: I take (N, H, W, 3), H and W from 4 up, not (5, 5, 3)." in " ".join(
        str(card).split()
    )


def test_leaks_are_what_they_are_called():
    x = RNG.normal(size=(1, 4, 4, 3))
    assert np.array_equal(the_next(x)[..., 0], x[..., 1])
    layer = next(layer for layer in layers_of(0) if layer.what.startswith("a thousandth"))
    changed = x.copy()
    changed[..., 1] += 1
    moved = np.abs(layer(changed) - layer(x)).max(axis=(0, 1, 2))
    assert moved[0] == pytest.approx(0.001) and moved[2] == 0


def test_an_earlier_exercise_is_supplied():
    """A wrong same_padding of one's own costs depthwise_conv2d nothing."""
    names = {"np": np}
    exec("def same_padding(n, k, stride=1, dilation=1): return (9, 9)", names)
    exec(
        "def depthwise_conv2d(x, kernel, bias=None, stride=1, padding='valid'):\n"
        "    kh, kw = kernel.shape[:2]\n"
        "    if padding == 'same':\n"
        "        pads = [same_padding(n, k, stride) for n, k in zip(x.shape[1:3], (kh, kw))]\n"
        "        x = np.pad(x, ((0, 0), *pads, (0, 0)))\n"
        "    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))\n"
        "    y = np.einsum('nijcab,abcm->nijcm', windows[:, ::stride, ::stride], kernel)\n"
        "    return y.reshape(*y.shape[:3], -1)\n",
        names,
    )
    check.depthwise_conv2d(names["depthwise_conv2d"], part="padding")
