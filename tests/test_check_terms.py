"""What a student's function may use: time, memory, NumPy; and what a card shows of a wrong answer."""

import functools
import gc
import signal
import sys
import sysconfig
import threading
import time
import types

import numpy as np
import pytest
from cards import card_of, flat

from contract import limits, rules
from contract.verdicts import UNBROKEN
from helpers import check, draw
from helpers.check import oracle, pictures, sums

resource = pytest.importorskip("resource")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.3)


# ---------------------------------------------------------------- time and memory


def never_ending(n, k):
    while True:
        n += 1


def asleep(n, k):
    time.sleep(60)


def stubborn(n, k):
    while True:
        try:
            time.sleep(0.01)
        except Exception:  # TooLong is none
            continue


@pytest.fixture(params=["timer", "thread"])
def clock(request, monkeypatch):
    """Both that there are: the system's timer, and the thread where there is none."""
    if request.param == "thread":
        monkeypatch.delattr(signal, "setitimer")


@pytest.mark.parametrize("function", [never_ending, asleep, stubborn])
def test_what_does_not_end_is_stopped_and_told(function, impatient, clock):
    handler = signal.getsignal(signal.SIGINT)
    card = card_of(check.output_length, function, part="valid")
    assert card.kind == "time" and "your code did not come to an end; it was stopped." in str(card)
    assert "called as" in str(card) and "Is there a loop" in str(card)
    assert signal.getsignal(signal.SIGINT) is handler, "the stop button works as before"


def test_the_stop_button_is_still_the_students(clock):
    def waiting(n, k):
        threading.Timer(0.1, limits.interrupt).start()
        time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        check.output_length(waiting, part="valid")


def test_outside_of_the_main_thread_there_is_no_limit(impatient):
    said = []

    def slow(n, k):
        time.sleep(0.02)
        return n - k + 1

    def run():
        check.output_length(slow, part="valid")
        said.append("passed")

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert said == ["passed"]


def test_too_much_memory_is_one_sentence_and_the_limit_is_gone_after(monkeypatch):
    monkeypatch.setattr(limits, "GIBIBYTES", 0.25)
    before = resource.getrlimit(resource.RLIMIT_AS)
    card = card_of(check.conv2d, lambda x, kernel: np.ones(2**27), part="window")  # 1 GiB
    assert card.kind == "memory" and "your code asks for far too much memory." in str(card)
    assert "Unable to allocate 1.00 GiB" in flat(card)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert np.ones(2**27).size == 2**27


# ---------------------------------------------------------------- NumPy and plain Python


def other_module(name: str, source: str) -> types.ModuleType:
    """A package that this machine need not have, as far as a rule can see."""
    module = types.ModuleType(name)
    file = f"{sysconfig.get_path('purelib')}/{name.replace('.', '/')}.py"
    exec(compile(source, file, "exec"), module.__dict__)
    return module


@pytest.mark.rules
def test_who_does_the_work_is_named_with_the_students_line():
    keras = oracle.keras()

    def by_layer(x, kernel):
        layer = keras.layers.Conv2D(kernel.shape[3], kernel.shape[:2], use_bias=False)
        layer.build(x.shape)
        return layer(x)

    def by_function(x, kernel):
        return keras.ops.conv(x, kernel, data_format="channels_last")

    def by_tensorflow(x, kernel):
        import tensorflow as tf

        return tf.nn.conv2d(tf.constant(x), kernel, 1, "VALID")

    for function, who, line in (
        (by_layer, "Keras", "layer.build(x.shape)"),
        (by_function, "Keras", 'return keras.ops.conv(x, kernel, data_format="channels_last")'),
        (by_tensorflow, "TensorFlow", 'return tf.nn.conv2d(tf.constant(x), kernel, 1, "VALID")'),
    ):
        card = card_of(check.conv2d, function, part="window")
        assert card.kind == "rule" and f"your function lets {who} do the work." in flat(card)
        assert f"of your cell: {line}" in flat(card)
        assert "Here NumPy and plain Python are to do it" in flat(card)
    card = card_of(check.conv2d, check.conv2d.oracle, part="window")
    assert "lets the course's own checks do the work." in flat(card)
    assert "of your cell" not in str(card), "no line of the student's calls it"


@pytest.mark.rules
def test_a_rule_sees_through_helpers_names_and_crashes():
    correlate = other_module("scipy.signal", "def correlate(x, k): return x").correlate

    def helper(x):
        return correlate(x, 1)

    def stopped(x, kernel):
        helper(x)
        raise ValueError("the wrong shape")

    for function in (lambda x, kernel: helper(x), stopped):
        card = card_of(check.conv2d, function, part="window")
        assert "lets SciPy do the work." in flat(card)
        assert "of your cell: return correlate(x, 1)" in flat(card)


@pytest.mark.rules
def test_what_is_no_work_is_allowed(capsys):
    import tensorflow as tf

    keras = oracle.keras()

    def to_tensor_and_back(x, kernel, bias=None):
        y = keras.ops.convert_to_tensor(x @ kernel[0, 0])
        y = keras.ops.convert_to_numpy(y) + (0 if bias is None else bias)
        return tf.constant(keras.ops.convert_to_tensor(y)).numpy()

    check.pointwise_conv2d(to_tensor_and_back)

    def depthwise_step(x, kernel, stride, padding):
        y = keras.ops.depthwise_conv(x.astype(float), kernel, stride, padding, "channels_last")
        return keras.ops.convert_to_numpy(y)

    def separable(x, depthwise, pointwise, bias=None, stride=1, padding="valid"):
        y = depthwise_step(x, depthwise, stride, padding) @ pointwise[0, 0]
        return y if bias is None else y + bias

    check.separable_conv2d(separable)  # assignment 3 gives this step, by Keras
    card = card_of(check.depthwise_conv2d, lambda x, k: depthwise_step(x, k, 1, "valid"))
    assert "lets Keras do the work" in flat(card), "in assignment 2 it is what is asked for"
    assert sys.getprofile() is None


@pytest.mark.rules
def test_what_is_supplied_for_an_earlier_exercise_is_not_the_students_doing():
    names = {"np": np, "output_length": lambda *a, **o: 1}
    exec(
        "def conv2d_macs(size, kernel, c, f, stride=1, padding='valid'):\n"
        "    p = [output_length(n, k, stride, padding) for n, k in zip(size, kernel)]\n"
        "    return int(np.prod(p)) * kernel[0] * kernel[1] * c * f\n",
        names,
    )
    check.conv2d_macs(names["conv2d_macs"])


class Called:
    """An answer that is an object, and calls an earlier one."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **options):
        return conv2d_macs(*args, **options)


def output_length(*args, **options):
    """Wrong: a right one is put in its place, wherever it is looked for."""
    return 1


def conv2d_macs(size, kernel, c, f, stride=1, padding="valid"):
    p = [output_length(n, k, stride, padding) for n, k in zip(size, kernel, strict=True)]
    return int(np.prod(p)) * kernel[0] * kernel[1] * c * f


@pytest.mark.parametrize(
    "wrapped",
    [lambda f: f, functools.lru_cache, functools.partial, Called],
    ids=["itself", "lru_cache", "partial", "an object"],
)
def test_a_right_version_of_an_earlier_answer_is_found_however_a_function_is_wrapped(
    wrapped, capsys
):
    check.conv2d_macs(wrapped(conv2d_macs))
    assert "with a right `output_length` in place of yours" in capsys.readouterr().out


# ---------------------------------------------------------------- the sum beside a wrong number


def written_sums():
    for name, exercise in check.EXERCISES.items():
        for part, declared in exercise.parts.items():
            if declared.sum_at:
                yield pytest.param(exercise, part, id=f"{name}-{part}")


@pytest.mark.parametrize(("exercise", "part"), written_sums())
def test_a_written_sum_is_the_right_number(exercise, part):
    """Computed as it stands there, at ten places of every case."""
    rng = np.random.default_rng(5)
    for case in exercise.cases(part, seed=3):
        right = exercise.right(case, part)
        for _ in range(10):
            at = tuple(int(rng.integers(n)) for n in right.shape)
            text = exercise.parts[part].sum_at(*at, **case).replace(UNBROKEN, " ")
            if "…" in text:  # a long sum: its first term, and of how many windows it is one
                text, _, windows = text.partition(" + … over ")
                over = sums.windows_over(
                    *at[1:3], case["dy"], case["kernel"], case.get("stride", 1)
                )
                assert windows == f"{len(over)} windows"
                assert np.isfinite(value(text, case))
            elif text.startswith("labels"):
                assert right[at] == (text == f"labels[{at[0]}] is {at[1]}")
            else:
                assert value(text, case) == pytest.approx(right[at], abs=1e-6), (at, text)


def value(text: str, case: dict) -> float:
    """What NumPy makes of a written sum; what is said after it is not part of it."""
    names = {"np": np, **case}
    expression, _, around = text.partition(", x with ")
    if around:
        top, bottom, left, right = [int(w) for w in around.split() if w.isdigit()][:4]
        names["padded"] = np.pad(case["x"], ((0, 0), (top, bottom), (left, right), (0, 0)))
    expression, _, first_step = expression.partition(", maps from")
    if first_step:
        options = {k: v for k, v in case.items() if k in ("stride", "padding")}
        step = check.depthwise_conv2d.oracle
        names["maps"] = step(case["x"], case["depthwise_kernel"], **options)
    if "gates" in expression:
        means = case["x"].mean(axis=(1, 2))
        scores = np.maximum(means @ case["w1"] + case["b1"], 0) @ case["w2"] + case["b2"]
        names["gates"] = 1 / (1 + np.exp(-scores))
    expression = expression.partition(", for ")[0].partition(" = ")[0].partition(", number ")[0]
    return float(eval(expression, names))


# ---------------------------------------------------------------- the picture beside a card


@pytest.mark.mpl_image_compare
def test_comparisons_look_as_they_did():
    right = np.arange(-6, 6.0).reshape(3, 4)
    return draw.comparison(right, right[::-1], at=(0, 0), what="image 0, filter 2").figure


def test_a_comparison_says_in_words_what_differs():
    right = np.array([[1.0, 2.0], [3.0, 4.0]])
    yours = np.array([[1.0, 2.0], [0.0, 4.0]])
    alt = draw.comparison(right, yours, at=(1, 0), what="filter 1").alt
    assert alt == (
        "filter 1: right and yours differ in 1 of 4 numbers, the first at row 1, column 0."
    )
    with pytest.raises(ValueError, match="Two arrays of one shape"):
        draw.comparison(right, yours[:1])


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would show."""
    import IPython
    import IPython.display

    pictures_shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", pictures_shown.append)
    return pictures_shown


def flipped(x, kernel):
    return check.conv2d.oracle(x, kernel[::-1, ::-1])


def test_the_visible_case_is_shown_and_a_hidden_one_is_not(shown):
    card_of(check.conv2d, flipped, part="window")
    assert [picture.alt for picture in shown] == [
        "image 0, filter 0: right and yours differ in 66 of 66 numbers, the first at row 0, column 0."
    ]
    hidden = card_of(check.conv2d, flipped, part="window", seed=4301)
    assert len(shown) == 1 and "The case that you see is right; this one is like it" in flat(hidden)


def test_a_picture_that_fails_costs_nothing(shown, monkeypatch):
    monkeypatch.setattr(pictures, "picture", lambda comparison: 1 / 0)
    assert "your kernel is flipped" in str(card_of(check.conv2d, flipped, part="window"))
    assert shown == []


@pytest.mark.rules
def test_what_others_left_behind_is_not_the_students_doing():
    """Python looks for garbage whenever it likes; finalising a layer is nobody's work."""
    keras = types.ModuleType("keras.layers")
    exec("class Layer:\n    def __del__(self): finalised.append(1)", keras.__dict__)
    keras.finalised = []
    watch = rules.Watch(rules.LIBRARIES)
    gc.collect()
    layer = keras.Layer()
    layer.itself = layer
    del layer
    assert watch.call(lambda: [[n] for n in range(50_000)])[-1] == [49_999]
    assert watch.found == "" and gc.isenabled()
    gc.collect()
    assert keras.finalised == [1]
