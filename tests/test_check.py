"""The checks, checked: right answers pass in every style, each mistake is called by its name."""

import subprocess
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import check
from helpers.check import oracle
from helpers.check.backward import gradients

PARTS = [(name, part) for name, exercise in check.EXERCISES.items() for part in exercise.parts]
MISTAKES = [
    pytest.param(exercise, m, id=f"{name}-{m.name}")
    for name, exercise in check.EXERCISES.items()
    for m in exercise.misconceptions
]
RNG = np.random.default_rng(3)
X, KERNEL = RNG.normal(size=(2, 7, 10, 3)), RNG.normal(size=(3, 2, 3, 5))


def card_of(function, exercise=check.conv2d, **options) -> check.CheckFailed:
    with pytest.raises(check.CheckFailed) as caught:
        exercise(function, **options)
    return caught.value


# ---------------------------------------------------------------- right answers


def loops(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, f = kernel.shape
    if padding == "same":
        pads = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            total = max((-(-n // stride) - 1) * stride + (k - 1) * dilation + 1 - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    oh = (x.shape[1] - (kh - 1) * dilation - 1) // stride + 1
    ow = (x.shape[2] - (kw - 1) * dilation - 1) // stride + 1
    y = np.zeros((len(x), oh, ow, f))
    for n, i, j, g in np.ndindex(y.shape):
        top, left = i * stride, j * stride
        block = x[n, top : top + (kh - 1) * dilation + 1 : dilation]
        block = block[:, left : left + (kw - 1) * dilation + 1 : dilation]
        y[n, i, j, g] = (block * kernel[..., g]).sum()
    return y if bias is None else y + bias


def in_float32(x, kernel, *args, **options):
    return loops(x.astype(np.float32), kernel.astype(np.float32), *args, **options).astype("f4")


def as_list(*args, **options):
    return loops(*args, **options).tolist()


def as_tensor(*args, **options):
    return oracle.keras().ops.convert_to_tensor(loops(*args, **options))


def noisy(*args, **options):
    import warnings

    warnings.warn("a warning is no mistake", stacklevel=1)
    print("nor is a print")
    return loops(*args, **options)


@pytest.mark.parametrize("style", [loops, in_float32, as_list, as_tensor, noisy])
def test_right_answers_pass_in_every_style(style, capfd):
    for seed in range(5):
        check.conv2d(style, seed=seed)
    assert capfd.readouterr().err == "", "stderr would cost the mark in nbgrader"


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_the_oracle_passes_its_own_check(name, part, capsys):
    exercise = check.EXERCISES[name]
    for seed in range(1 if name == "build_two_layer_model" else 10):
        exercise(exercise.oracle, part=part, seed=seed)
    assert f"✓ {name}, {part}: right in" in capsys.readouterr().out


def test_without_options_a_part_needs_no_options():
    """A student whose signature has no stride yet can pass the first part."""
    check.conv2d(lambda x, kernel: loops(x, kernel), part="window")


# ---------------------------------------------------------------- the oracle itself


def test_keras_agrees_with_the_definition():
    for options in ({}, {"stride": 3}, {"padding": "same", "stride": 2}, {"dilation": 2}):
        np.testing.assert_allclose(
            oracle.conv2d(X, KERNEL, **options), loops(X, KERNEL, **options), atol=1e-12
        )


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_backward_oracle_agrees_with_differences_and_with_the_tape(stride):
    import tensorflow as tf

    dy = RNG.normal(size=oracle.conv2d(X, KERNEL, stride=stride).shape)
    dx, dkernel, dbias = oracle.conv2d_backward(dy, X, KERNEL, stride)
    with tf.GradientTape() as tape:
        x, kernel = tf.Variable(X), tf.Variable(KERNEL)
        loss = tf.reduce_sum(dy * tf.nn.conv2d(x, kernel, stride, "VALID"))
    for ours, theirs in zip((dx, dkernel), tape.gradient(loss, (x, kernel)), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-11)
    np.testing.assert_allclose(dbias, dy.sum((0, 1, 2)), atol=1e-12)
    for ours, numpy_way in zip((dx, dkernel), gradients(dy, X, KERNEL, stride), strict=False):
        np.testing.assert_allclose(ours, numpy_way, atol=1e-11)
    at = (1, 2, 3, 1)  # a convolution is linear: a step of 1 shows the derivative exactly
    nudged = X.copy()
    nudged[at] += 1
    change = oracle.conv2d(nudged, KERNEL, stride=stride) - oracle.conv2d(X, KERNEL, stride=stride)
    assert np.sum(dy * change) == pytest.approx(dx[at], abs=1e-11)


def test_same_padding_is_where_keras_puts_it():
    assert oracle.same_padding(28, 3, 2) == (0, 1)  # (14 - 1)*2 + 3 - 28 = 1
    assert oracle.same_padding(224, 7, 2) == (2, 3)  # (112 - 1)*2 + 7 - 224 = 5
    assert oracle.same_padding(6, 3, 2) == (0, 1)  # (3 - 1)*2 + 3 - 6 = 1
    assert oracle.same_padding(28, 2, 1) == (0, 1)  # 27 + 2 - 28 = 1
    assert oracle.same_padding(28, 3, 1, dilation=2) == (2, 2)  # 27 + 5 - 28 = 4
    assert oracle.same_padding(10, 1, 3) == (0, 0)  # 3*3 + 1 - 10 = 0


def test_costs_are_the_papers():
    macs = check.EXERCISES["conv2d_macs"].oracle
    params = check.EXERCISES["conv2d_params"].oracle
    assert params((3, 3), 3, 4) == (3 * 3 * 3 + 1) * 4 == 112
    assert params((3, 3), 3, 32) + params((3, 3), 32, 64) == 896 + 18_496 == 19_392
    assert macs((14, 14), (3, 3), 512, 512, padding="same") == 462_422_016  # MobileNet, table 3


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_each_mistake_is_called_by_its_name(exercise, mistake):
    caught = []
    for part in exercise.parts:
        for seed in range(1 if exercise is check.build_two_layer_model else 4):
            try:
                exercise(mistake.wrong, part=part, seed=seed)
            except check.CheckFailed as card:
                assert card.misconception == mistake.name, str(card)
                assert mistake.sentence in str(card)
                prose = [line for line in str(card).splitlines() if "called as" not in line]
                assert max(map(len, prose)) < 110
                caught.append(part)
    assert caught, "no case of this exercise shows the mistake"


def broken(result):
    return lambda *args, **options: result


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "Is a `return` missing?"),
        ((i for i in ()), "returned a generator"),
        ("text", "returned a str"),
        (np.array([[None]]), "not an array of real numbers"),
        (np.zeros((2, 3)), "Yours has 2 axes, it should have 4."),
        (1j * np.ones(3), "not an array of real numbers"),
    ],
)
def test_a_wrong_type_gets_its_own_sentence(result, words):
    assert words in str(card_of(broken(result), part="window"))


def test_nan_is_named():
    card = card_of(lambda x, kernel: loops(x, kernel) * np.nan, part="window")
    assert "NaN" in str(card) and "[image 0, row 0, column 0, filter 0]" in str(card)


def test_an_unknown_mistake_shows_the_first_wrong_number():
    def off_at_one_place(x, kernel):
        y = loops(x, kernel)
        y[1, 2, 3, 4] += 1
        return y

    card = card_of(off_at_one_place, part="window")
    case = check.conv2d.cases("window", 0)[0]
    right = loops(**case)[1, 2, 3, 4]
    assert f"[image 1, row 2, column 3, filter 4]: yours {right + 1:.4g}, right {right:.4g}" in str(
        card
    )
    assert card.misconception is None and card.kind == "wrong"


def test_an_input_changed_in_place_is_seen():
    def in_place(x, kernel):
        y = loops(x, kernel)
        x += 1
        return y

    assert "changes its input `x`" in str(card_of(in_place, part="window"))


def test_whole_numbers_are_asked_for():
    card = card_of(lambda n, k: (n - k) / 1 + 1, check.output_length, part="valid")
    assert "returned a float" in str(card) and "Use //" in str(card)
    card = card_of(lambda *a, **o: 3, check.same_padding, part="stride")
    assert "not the tuple (before, after)" in str(card)
    check.output_length(lambda n, k: np.int64(n - k + 1), part="valid")


def test_one_wrong_gradient_does_not_cost_the_others():
    def wrong_dx(dy, x, kernel, stride=1):
        return (None, *gradients(dy, x, kernel, stride)[1:])

    check.conv2d_backward(wrong_dx, part="dkernel")
    check.conv2d_backward(wrong_dx, part="dbias")
    assert "Is a `return` missing?" in str(card_of(wrong_dx, check.conv2d_backward, part="dx"))
    two = card_of(lambda *a, **o: (1, 2), check.conv2d_backward, part="dx")
    assert "return the tuple (dx, dkernel, dbias); yours is a tuple of 2." in str(two)


def test_a_model_may_have_any_right_architecture():
    keras = oracle.keras()

    def functional():
        image = keras.Input((224, 224, 3))
        padded = keras.layers.Identity()(image)
        return keras.Model(image, keras.layers.Conv2D(64, 3)(keras.layers.Conv2D(32, 3)(padded)))

    check.build_two_layer_model(functional)
    unbuilt = card_of(lambda: keras.Sequential([]), check.build_two_layer_model)
    assert "no input yet" in str(unbuilt)
    assert "not a Keras model" in str(card_of(lambda: 3, check.build_two_layer_model))


# ---------------------------------------------------------------- the student's view


def stub(*args, **options):
    raise NotImplementedError


@pytest.mark.parametrize("exercise", check.EXERCISES.values(), ids=check.EXERCISES)
@pytest.mark.parametrize("untouched", [stub, None, ...])
def test_an_untouched_stub_is_not_a_mistake(exercise, untouched):
    with pytest.raises(check.NotAttempted) as caught:
        exercise(untouched)
    assert str(caught.value).startswith(f"○ {exercise.name}: not attempted yet.")


def test_a_crash_shows_the_students_own_line_and_no_tour(capsys):
    shell = InteractiveShell.instance()
    shell.run_cell("from helpers import check\ndef conv2d(x, kernel):\n    return x[99]\n")
    capsys.readouterr()
    shell.run_cell("check.conv2d(conv2d, part='window')")
    shown = capsys.readouterr()
    InteractiveShell.clear_instance()
    assert "your code stopped with IndexError" in shown.out
    assert "in line 3 of your cell:  return x[99]" in shown.out
    assert "x (2, " in shown.out  # the shapes it was called with
    assert "Traceback" not in shown.out and "core.py" not in shown.out
    assert shown.err == ""


def test_hints_get_smaller_and_then_repeat(capsys):
    for _ in range(4):
        check.hint("same_padding")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "same_padding, hint 1 of 3",
        "same_padding, hint 2 of 3",
        "same_padding, hint 3 of 3",
        "same_padding",
    ]
    with pytest.raises(ValueError, match="There is no exercise 'conv3d'; there are output_length"):
        check.hint("conv3d")


def test_an_unknown_part_names_the_parts():
    with pytest.raises(ValueError, match="has no part 'strides'; it has window, bias, stride"):
        check.conv2d(loops, part="strides")


def test_cases_are_the_same_for_a_seed_and_fresh_for_another():
    first, again, other = (check.conv2d.cases("stride", seed)[0]["x"] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)
    for seed in range(20):
        for part in check.conv2d.parts:
            case = check.conv2d.cases(part, seed)[0]
            n, h, w, c = case["x"].shape
            kh, kw, _, f = case["kernel"].shape
            assert len({n, h, w, c, f}) == 5 and kh != kw


def test_importing_the_helpers_starts_no_framework():
    code = "import sys; from helpers import check, data, draw\n"
    code += "print({'keras', 'tensorflow'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n" and done.stderr == ""
