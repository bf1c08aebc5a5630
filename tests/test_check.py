"""The checks, checked: right answers pass in every style, each mistake is called by its name."""

import subprocess
import sys

import cards
import numpy as np
import pytest
from cards import flat
from IPython.core.interactiveshell import InteractiveShell

from helpers import check
from helpers.check import oracle
from helpers.check.answers import EPS, Kind
from helpers.check.exercises.models import two_convolutions
from helpers.check.exercises.normal_backward import gradients
from helpers.check.trial import Trial
from tools import tried

# Their one case is the same under every seed, or takes seconds.
SEEDLESS = ("build_two_layer_model", "build_cnn", "reading", "train", "build_separable_cnn")
PARTS = [(name, part) for name, exercise in check.EXERCISES.items() for part in exercise.parts]
MISTAKES = [
    pytest.param(exercise, m, id=f"{name}-{m.name}")
    for name, exercise in check.EXERCISES.items()
    for m in exercise.misconceptions
]
RNG = np.random.default_rng(3)
X, KERNEL = RNG.normal(size=(2, 7, 10, 3)), RNG.normal(size=(3, 2, 3, 5))


def card_of(function, exercise=check.conv2d, **options) -> check.CheckFailed:
    return cards.card_of(exercise, function, **options)


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


def patches(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    """The same by sliding_window_view and one einsum."""
    reach = [(k - 1) * dilation + 1 for k in kernel.shape[:2]]
    if padding == "same":
        total = [
            max((-(-n // stride) - 1) * stride + r - n, 0)
            for n, r in zip(x.shape[1:3], reach, strict=True)
        ]
        x = np.pad(x, ((0, 0), *((t // 2, t - t // 2) for t in total), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(1, 2))
    windows = windows[:, ::stride, ::stride, :, ::dilation, ::dilation]
    y = np.einsum("nijcab,abcf->nijf", windows, kernel)
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


@pytest.mark.parametrize("style", [loops, patches, in_float32, as_list, as_tensor, noisy])
def test_right_answers_pass_in_every_style(style, capfd):
    for seed in range(20 if style is patches else 3):
        check.conv2d(style, seed=seed)
    assert capfd.readouterr().err == "", "stderr would cost the mark in nbgrader"


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_the_oracle_passes_its_own_check(name, part, capsys):
    exercise = check.EXERCISES[name]
    for seed in range(1 if name in SEEDLESS else 10):
        exercise(exercise.oracle, part=part, seed=seed)
    assert f"✓ {name}, {part}: right in" in capsys.readouterr().out


def test_without_options_a_part_needs_no_options():
    """A student whose signature has no stride yet, or other names, can pass the first part."""
    check.conv2d(lambda image, weights: loops(image, weights), part="window")
    card = card_of(lambda image, weights: loops(image, weights), part="stride")
    assert "unexpected keyword argument 'stride'" in flat(card) and card.kind == "crashed"
    assert "names and the order of your function's arguments" in str(card)


def test_float32_passes_backward_too():
    def in_single(dy, x, kernel, stride=1):
        return tuple(g.astype("f4") for g in gradients(dy, x, kernel, stride))

    for seed in range(5):
        check.conv2d_backward(in_single, seed=seed)


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


def test_one_channel_is_the_lessons_numbers():
    image, kernel = np.array([[1, 0, 2], [2, 1, 0]]), np.array([[1, -1]])
    # 1 - 0, 0 - 2; 2 - 1, 1 - 0
    assert oracle.slide(image, kernel).tolist() == [[1, -2], [1, 0 + 1]]


VGG16 = [3, 3, 2, 3, 3, 2, 3, 3, 3, 2, 3, 3, 3, 2, 3, 3, 3, 2]


def test_receptive_fields_by_hand():
    found = check.receptive_field.oracle
    assert found([]) == (1, 1)
    assert found([(3, 1, 1), (3, 1, 1), (3, 1, 1)]) == (7, 1)  # 1 + 2 + 2 + 2
    assert found([(3, 2, 1), (3, 1, 1)]) == (7, 2)  # 1 + 2 + 2*2
    assert found([(1, 2, 1), (3, 1, 1)]) == (5, 2)  # 1 + 0 + 2*2: pixels 0, 2, 4
    assert found([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == (15, 1)  # 1 + 2 + 2*2 + 2*4
    pooled = [(k, 2 if k == 2 else 1, 1) for k in VGG16]
    # 1 + 2*2 + 1, + 2*(2*2) + 2, + 4*(3*2) + 4, + 8*(3*2) + 8, + 16*(3*2) + 16
    assert found(pooled) == (6 + 10 + 28 + 56 + 112, 2**5)


@pytest.mark.parametrize("seed", range(4))
def test_receptive_fields_are_what_keras_reads(seed):
    """Each pixel by itself, through layers of ones: an output number is not 0 where it sees it."""
    for case in check.receptive_field.together("dilation", seed):
        layers = case["layers"]
        if len(layers) > 4:  # thousands of pixels
            continue
        size, jump = oracle.receptive_field(layers)
        y = np.eye(size + jump)[:, :, None, None]  # a batch of images, each with one bright pixel
        for kernel, stride, dilation in layers:
            y = oracle.conv2d(y, np.ones((kernel, 1, 1, 1)), stride=stride, dilation=dilation)
        seen = [np.flatnonzero(y[:, at, 0, 0]) for at in (0, 1)]
        assert y.shape[1] == 2 and seen[0][0] == 0
        assert (np.ptp(seen[0]) + 1, seen[1][0]) == (size, jump)


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
    """Under every seed alike: no seed is kinder to a mistake than another."""
    seeds = (0,) if exercise.name in SEEDLESS else (0, 1, 2, 7919)
    caught = [
        [part for part in exercise.parts if is_caught(exercise, mistake, part, seed)]
        for seed in seeds
    ]
    assert caught[0], "no case of this exercise shows the mistake"
    assert all(parts == caught[0] for parts in caught), f"by luck only: {caught}"


def is_caught(exercise, mistake, part, seed) -> bool:
    try:
        exercise(mistake.wrong, part=part, seed=seed)
    except check.CheckFailed as card:
        # A part that asks for the type of the numbers only has nothing else to say.
        type_only = isinstance(exercise.parts[part].answer, Kind)
        assert card.misconception == (None if type_only else mistake.name), str(card)
        assert (card.exercise, card.part) == (exercise.name, part)
        assert card.kind in ("wrong", "crashed")
        assert type_only or (mistake.sentence in flat(card) and mistake.look in flat(card))
        lines = str(card).splitlines()
        assert len(lines) <= 10 and max(map(len, lines)) <= 83, "`nbgrader validate` cuts at 83"
        return True
    return False


@pytest.mark.parametrize(
    "exercise", [check.slide, check.conv2d, check.conv2d_backward], ids=lambda e: e.name
)
def test_mistakes_differ_by_far_more_than_rounding(exercise):
    """Somewhere by 1000 times the tolerance, and no two mistakes are the same everywhere."""
    for mistake in exercise.misconceptions:
        largest = 0.0
        for part in exercise.parts:
            for case in exercise.cases(part, 0):
                right, wrong = (
                    exercise.right(case, part),
                    Trial(exercise, mistake.wrong, part).mistaken(mistake, case),
                )
                if np.shape(right) != np.shape(wrong):
                    largest = np.inf
                else:
                    slack = exercise.slack(case, part).max()
                    largest = max(largest, np.abs(right - wrong).max() / (EPS * slack))
        assert largest > 1000, mistake.name


def test_a_number_that_agrees_by_chance_is_no_diagnosis():
    """Along 10 cells 3 taps make 7 moves; somebody who always says 7 does not count moves."""
    case = check.output_length.cases("valid", 0)[0]
    moves = case["n"] - case["k"]
    card = card_of(lambda n, k: moves, check.output_length, part="valid")
    assert card.misconception == "one answer to all"
    said = str(card)
    assert "your function gives the same answer, whatever it is given." in said
    assert f"yours is {moves}, right is {moves + 1}." in said


def test_diagnosis_does_not_repeat_the_students_prints(capsys):
    def talks(n, k):
        print("called")
        return n - k

    card = card_of(talks, check.output_length, part="valid")
    assert card.misconception == "one stop missing"
    assert capsys.readouterr().out == "called\n"


def broken(result):
    return lambda *args, **options: result


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "Is a `return` missing"),
        ((i for i in ()), "returned a generator"),
        ("text", "returned a str"),
        (np.array([[None]]), "not an array of real numbers"),
        (np.zeros((2, 3)), "Yours has 2 axes, it should have 4."),
        (1j * np.ones(3), "an array of complex128, not an array of real numbers"),
        ([[1, 2], [3]], "a list that does not make one"),
    ],
)
def test_a_wrong_type_gets_its_own_sentence(result, words):
    card = card_of(broken(result), part="window")
    assert words in str(card)
    assert card.kind == ("wrong" if "axes" in words else "type")


def test_wrong_tables_as_lists_get_a_card_like_any_other():
    card = card_of(
        lambda y_true, y_pred, num_classes=10: [[len(y_true)] * num_classes] * num_classes,
        check.confusion_matrix,
    )
    assert card.kind == "wrong"


@pytest.mark.parametrize("vectorized", [np.vectorize, lambda f: lambda n, k: np.array([f(n, k)])])
def test_one_number_in_an_array_is_told_from_a_number(vectorized):
    card = card_of(vectorized(lambda n, k: n - k + 1), check.output_length, part="valid")
    said = " ".join(str(card).split())
    assert "It is one number in an array: write int(…) around it." in said
    assert card.kind == "type"


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
    assert (
        "where `x` and `kernel` hold nothing but zeros, your output[1, 2, 3, 4] is 1, not 0."
        in (" ".join(str(card).split()))
    )
    assert card.kind == "wrong"


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
    assert "return the tuple (before, after); yours is an int." in str(card)
    assert card.kind == "type"
    # An array of both is as good as the tuple.
    check.same_padding(lambda *a, **o: np.array(oracle.same_padding(*a, **o)), part="stride 1")
    check.output_length(lambda n, k: np.int64(n - k + 1), part="valid")


def test_one_wrong_gradient_does_not_cost_the_others():
    def wrong_dx(dy, x, kernel, stride=1):
        return (None, *gradients(dy, x, kernel, stride)[1:])

    check.conv2d_backward(wrong_dx, part="dkernel")
    check.conv2d_backward(wrong_dx, part="dbias")
    assert "Is a `return` missing" in str(card_of(wrong_dx, check.conv2d_backward, part="dx"))
    two = card_of(lambda *a, **o: (1, 2), check.conv2d_backward, part="dx")
    assert "return the tuple (dx, dkernel, dbias); yours is a tuple of 2." in flat(two)


def test_a_model_may_have_any_right_architecture():
    keras = oracle.keras()

    def functional():
        image = keras.Input((224, 224, 3))
        padded = keras.layers.Identity()(image)
        return keras.Model(image, keras.layers.Conv2D(64, 3)(keras.layers.Conv2D(32, 3)(padded)))

    class Subclassed(keras.Model):
        def __init__(self):
            super().__init__()
            self.second = keras.layers.Conv2D(64, 3)  # made before the first one, used after it
            self.first = keras.layers.Conv2D(32, 3)

        def call(self, image):
            return self.second(self.first(image))

    def subclassed():
        model = Subclassed()
        model(np.zeros((1, 224, 224, 3)))
        return model

    check.build_two_layer_model(functional)
    check.build_two_layer_model(subclassed)
    unbuilt = card_of(lambda: keras.Sequential([]), check.build_two_layer_model)
    assert "no input yet" in str(unbuilt)
    narrow = card_of(lambda: two_convolutions(filters=(16, 64)), check.build_two_layer_model)
    # 3*3*3*16 + 16 = 448 and 3*3*16*64 + 64 = 9,280
    assert "yours 448 + 9,280, right 896 + 18,496" in str(narrow)
    squashed = card_of(
        lambda: two_convolutions(activations=(None, "softmax")), check.build_two_layer_model
    )
    assert "computes something else. An activation?" in flat(squashed)
    assert "not a Keras model" in str(card_of(lambda: 3, check.build_two_layer_model))


# ---------------------------------------------------------------- one mistake is paid for once


def notebook(*cells: str) -> dict:
    """The names that a student's cells leave behind."""
    names: dict = {"np": np}
    for cell in cells:
        exec(cell, names)
    return names


OWN_PADDING = """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw = kernel.shape[:2]
    if padding == "same":
        zeros = [same_padding(n, k, stride, dilation) for n, k in zip(x.shape[1:3], (kh, kw))]
        x = np.pad(x, ((0, 0), *zeros, (0, 0)))
    down, across = (output_length(n, k, stride, "valid", dilation) for n, k in zip(x.shape[1:3], (kh, kw)))
    y = np.zeros((len(x), down, across, kernel.shape[3]))
    for i, j, a, b in np.ndindex(down, across, kh, kw):
        y[:, i, j] += x[:, i * stride + a * dilation, j * stride + b * dilation] @ KERNEL[a, b]
    return y if bias is None else y + bias
"""
LENGTH = """
def output_length(n, k, stride, padding, dilation):
    return (n - (k - 1) * dilation - 1) // stride + 1
"""
WRONG_PADDING = "def same_padding(n, k, stride=1, dilation=1): return (k // 2, k // 2)"
STUB_PADDING = "def same_padding(n, k, stride=1, dilation=1): raise NotImplementedError"


@pytest.mark.parametrize("padding", [WRONG_PADDING, STUB_PADDING])
def test_a_wrong_earlier_exercise_costs_the_later_one_nothing(padding, capsys):
    names = notebook(LENGTH, padding, OWN_PADDING.replace("KERNEL", "kernel"))
    own = names["same_padding"]
    check.conv2d(names["conv2d"])
    said = capsys.readouterr().out
    assert "window: right in all 3 cases." in said, "said only where it made a difference"
    wrong_one = "with a right `same_padding` in place of yours."  # the other one serves here
    assert f"padding: right in all 5 cases, {wrong_one}" in said
    assert names["same_padding"] is own, "the student's own name is back"


def test_a_wrong_loop_over_one_image_costs_the_convolution_nothing(capsys):
    by_slide = next(a for a in tried.answers_to("conv2d") if "slide(" in a.code)
    names = tried.before("conv2d")
    tried.run(by_slide.code + "\ndef slide(image, kernel): return np.zeros((2, 2))", names)
    check.conv2d(names["conv2d"], part="window")
    assert (
        "right in all 3 cases, with a right `slide` in place of yours." in capsys.readouterr().out
    )


def test_with_the_earlier_one_supplied_the_own_mistake_is_named():
    names = notebook(LENGTH, WRONG_PADDING, OWN_PADDING.replace("KERNEL", "kernel[::-1, ::-1]"))
    card = card_of(names["conv2d"], part="padding")
    assert card.misconception == "flipped kernel"
    assert flat(card).endswith("Judged with a right `same_padding` in place of yours.")


def test_right_versions_that_change_nothing_are_not_spoken_of():
    names = notebook(LENGTH, OWN_PADDING.replace("KERNEL", "kernel[::-1, ::-1]"))
    names["same_padding"] = check.same_padding.oracle
    card = card_of(names["conv2d"], part="padding")
    assert card.misconception == "flipped kernel" and "Judged with" not in str(card)


def test_a_branch_that_is_not_begun_is_said_with_its_call():
    def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
        if padding == "same":
            raise NotImplementedError
        return loops(x, kernel, bias, stride, padding, dilation)

    with pytest.raises(check.NotAttempted) as caught:
        check.conv2d(conv2d)
    first, called = str(caught.value).split("\n", 1)
    assert first == "○ conv2d, padding: this is not attempted yet; other calls are answered."
    assert called.strip().startswith("called as conv2d(") and "padding='same'" in called


@pytest.mark.parametrize(
    ("line", "there", "advice"),
    [
        ("y = x @ kernel[0]", "there: x (2, 8, 12, 3), kernel (3, 2, 3, 5)", ""),
        (
            "y = x[0, 99]",
            "there: x (2, 8, 12, 3)",
            "It has 8 places there, 0 to 7: the line asks for",
        ),
        (
            "y = x + kernel",
            "there: x (2, 8, 12, 3), kernel (3, 2, 3, 5)",
            "here 2 meets 3 and 8 meets 2",
        ),
        ("y = x.astype(int); y += kernel[0, 0, 0, 0]", "", "takes no decimals"),
        ("y = 1 if kernel else 0", "there: kernel (3, 2, 3, 5)", "neither true nor false"),
        ("y = x.reshape(7, -1, 5)", "there: x (2, 8, 12, 3)", "A reshape keeps all numbers"),
        ("n = 8; y = range(n / 2)", "there: n = 8", "use // where you divide"),
        ("a, b = x.shape", "there: x (2, 8, 12, 3)", "Count the names on the left"),
        (
            "y = x[0, 0, 0, 0, 0]",
            "there: x (2, 8, 12, 3)",
            "It has 4 axes, and the line indexes 5.",
        ),
    ],
)
def test_a_crash_shows_what_its_line_worked_with_and_advises(line, there, advice):
    names = {}
    tried.run(f"def conv2d(x, kernel):\n    {line}", names)
    card = card_of(names["conv2d"], part="window")
    assert card.kind == "crashed" and there in flat(card) and advice in flat(card), str(card)


def test_a_helper_that_only_shares_a_name_stays_the_students():
    """Their own output_length takes other arguments; with ours in its place the code would stop."""
    other = "def output_length(total, window): return total - window + 1"
    own = """
def conv2d(x, kernel):
    down = output_length(total=x.shape[1], window=len(kernel))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abcf->nijf", windows[:, :down], kernel)
"""
    check.conv2d(notebook(other, own)["conv2d"], part="window")
    flipped = notebook(other, own.replace(", kernel)\n", ", kernel[::-1, ::-1])\n"))["conv2d"]
    card = card_of(flipped, part="window")
    assert card.misconception == "flipped kernel" and "Judged with" not in str(card)


# ---------------------------------------------------------------- the student's view


def stub(*args, **options):
    raise NotImplementedError


def dots(*args, **options):
    """Only a docstring."""
    ...


def only_pass(*args, **options):
    pass


@pytest.mark.parametrize("exercise", check.EXERCISES.values(), ids=check.EXERCISES)
@pytest.mark.parametrize("untouched", [stub, dots, only_pass, None, ...])
def test_an_untouched_stub_is_not_a_mistake(exercise, untouched):
    with pytest.raises(check.NotAttempted) as caught:
        exercise(untouched)
    assert str(caught.value).startswith(f"○ {exercise.name}: not attempted yet.")
    assert "\n" not in str(caught.value) and caught.value.kind == "not attempted"


def test_a_forgotten_return_is_no_stub():
    def forgets(x, kernel):
        loops(x, kernel)

    assert "Is a `return` missing" in str(card_of(forgets, part="window"))


def test_a_stub_that_is_called_is_named():
    with pytest.raises(check.NotAttempted, match="conv2d: waits for `stub`, which is not attempt"):
        check.conv2d(lambda x, kernel: stub(x))


def test_a_stand_in_for_a_stub_is_not_attempted_either():
    """While grading, a test cell calls the student's function through an object."""

    class StandIn:
        def __call__(self, *args, **options):
            return stub(*args, **options)

    with pytest.raises(check.NotAttempted, match="conv2d: not attempted yet"):
        check.conv2d(StandIn())


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


class Mute(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError, "your code stopped with ValueError. in line"),
        (SystemExit, "your code stopped with SystemExit. in line"),
        (Mute, "your code stopped with Mute. in line"),
        (ValueError("one\ntwo"), "ValueError: one in line"),
    ],
)
def test_a_crash_of_any_kind_is_a_card(error, words):
    def raises(x, kernel):
        raise error

    card = card_of(raises, part="window")
    assert words in flat(card) and "raise error" in str(card) and card.kind == "crashed"


def test_endless_recursion_is_a_card_and_an_interrupt_is_not():
    def again(x, kernel):
        return again(x, kernel)

    assert "RecursionError" in str(card_of(again, part="window"))

    def interrupted(x, kernel):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check.conv2d(interrupted)


def test_the_deepest_line_shown_is_the_students_not_numpys():
    def inner(x):
        return np.concatenate([x, x[0]])

    card = card_of(lambda x, kernel: inner(x), part="window")
    assert "return np.concatenate([x, x[0]])" in str(card)


CELLS = """
from helpers import check
def output_length(n, k, **options):
    return 1 / 0
# --
check.output_length(output_length, part="valid")
# --
check.output_length(lambda n, k: n - k, part="valid")
# --
import warnings
def warns(n, k):
    warnings.warn("a warning is no mistake")
    return n - k + 1
check.output_length(warns, part="valid")
"""


def test_nbgrader_sees_the_card_and_no_stderr():
    """In a real kernel, Keras loading included: stderr text would cost a right answer its mark."""
    import nbformat
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS.split("# --")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, allow_errors=True, timeout=120, kernel_name="python3").execute()
    _, crashed, wrong, right = [cell.outputs for cell in notebook.cells]
    assert [output.output_type for output in crashed + wrong + right] == [
        "error",
        "error",
        "stream",
    ]
    assert crashed[0].traceback[1].strip() == "in line 3 of your cell:  return 1 / 0"
    assert "one stop is missing" in wrong[0].traceback[0]
    assert len(wrong[0].traceback) == 4 and wrong[0].ename == "CheckFailed"
    assert right[0].name == "stdout" and "right in all 16 cases." in right[0].text


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


def test_each_part_has_hints_of_its_own(capsys):
    for _ in range(2):
        check.hint("conv2d", part="padding")
    check.hint("conv2d")
    first, second, whole = capsys.readouterr().out.splitlines()
    assert first.startswith('conv2d, padding, hint 1 of 3: With "same", put zeros around')
    assert second.startswith("conv2d, padding, hint 2 of 3: ")
    assert whole.startswith("conv2d, hint 1 of 3: "), "the two are counted apart"
    check.hint("slide", part="window")  # one part: its hints are the exercise's
    assert capsys.readouterr().out.startswith("slide, window, hint 1 of 4: How many stops")
    with pytest.raises(ValueError, match="conv2d has no part 'strides'; it has window, bias"):
        check.hint("conv2d", part="strides")


def test_hints_on_the_whole_say_that_there_are_more(capsys):
    for _ in range(len(check.conv2d_macs.hints) + 1):
        check.hint("conv2d_macs")
    last = capsys.readouterr().out.splitlines()[-1]
    assert 'check.hint("conv2d_macs", part="stride and padding")' in last


@pytest.mark.parametrize("name", tried.course()[0].tests)
def test_no_part_of_assignment_1_is_without_hints(name):
    exercise = check.EXERCISES[name]
    for part in exercise.parts.values():
        assert part.hints or len(exercise.parts) == 1, "a hint on another part is none"


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


@pytest.mark.parametrize("seed", range(10))
def test_no_stride_divides(seed):
    parts = [(check.conv2d, "stride")]
    parts += [(check.conv2d_backward, part) for part in ("dkernel with stride", "dx with stride")]
    for exercise, part in parts:
        for case in exercise.cases(part, seed):
            room = np.subtract(case["x"].shape[1:3], case["kernel"].shape[:2])
            assert np.all(room % case["stride"] != 0), case["stride"]


@pytest.mark.parametrize("name", ["conv2d_macs", "depthwise_macs", "separable_macs"])
def test_no_rounding_of_a_size_passes_by_luck(name):
    exercise = check.EXERCISES[name]
    for seed in (*range(50), 4431, 4432, 5331, 5332):
        for case in exercise.cases("stride and padding", seed):
            stride, same = case.get("stride", 1), case.get("padding") == "same"
            room = np.subtract(case["input_size"], 0 if same else case["kernel_size"])
            assert stride == 1 or np.all(room % stride != 0), (seed, case)
    for mistake in exercise.mistakes("rounded up", "same rounded down"):
        for seed in range(20):
            assert is_caught(exercise, mistake, "stride and padding", seed)


def test_importing_the_helpers_starts_no_framework():
    code = "import sys; from helpers import check, data, draw\n"
    code += "print({'keras', 'tensorflow'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n" and done.stderr == ""


def test_an_answer_that_is_right_only_the_second_time_is_wrong():
    """It is asked again with a right `output_length`, which it never uses: nothing is excused."""
    names = {"oracle": oracle, "output_length": lambda *a, **o: 0, "calls": []}
    exec(
        "def conv2d(x, kernel):\n"
        "    calls.append(1)\n"
        "    return oracle.conv2d(x, kernel) + (len(calls) == 1)\n",
        names,
    )
    assert card_of(names["conv2d"], part="window").kind == "wrong"
