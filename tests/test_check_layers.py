"""The checks of assignment 4's layers by hand: pooling, softmax with its loss, a normalisation folded."""

import numpy as np
import pytest
from cards import card_of, flat, passes

from helpers import check
from helpers.check import oracle
from helpers.check.answers import Number, WrongType
from tools import tried

keras = oracle.keras()
layers = keras.layers
RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 7, 10, 3))
IMAGE = np.array([[1.0, 5, 2], [3, 4, 9]]).reshape(1, 2, 3, 1)  # as the task has it


# ---------------------------------------------------------------- the oracles


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pooling_is_keras_layer(size):
    layer = layers.MaxPooling2D(size, dtype="float64")
    assert np.array_equal(check.max_pool.oracle(X, size), layer(X))


def test_the_tasks_image_is_pooled_by_hand():
    assert check.max_pool.oracle(IMAGE).tolist() == [[[[5]]]]  # of 1, 5, 3, 4; 2 and 9 are left out
    dx = check.max_pool_backward.oracle(np.full((1, 1, 1, 1), 0.5), IMAGE)
    assert dx[0, :, :, 0].tolist() == [[0, 0.5, 0], [0, 0, 0]]


def test_the_gradient_of_pooling_is_a_difference():
    """Where x[n, h, w, c] grows by a little, sum(dy * y) grows by dx times that."""
    dy, step = RNG.normal(size=(2, 2, 3, 3)), 1e-6
    dx = check.max_pool_backward.oracle(dy, X, 3)
    for at in RNG.integers(0, X.shape, size=(40, 4)):
        moved = X.copy()
        moved[tuple(at)] += step
        before, after = (np.sum(dy * check.max_pool.oracle(x, 3)) for x in (X, moved))
        assert abs((after - before) / step - dx[tuple(at)]) < 1e-6


def test_of_equal_numbers_the_first_row_by_row_gets_the_gradient():
    x = np.array([[0.0, 2], [2, 2]]).reshape(1, 2, 2, 1)
    dx = check.max_pool_backward.oracle(np.ones((1, 1, 1, 1)), x)
    assert dx[0, :, :, 0].tolist() == [[0, 1], [0, 0]]
    zeros = check.max_pool_backward.oracle(np.ones((1, 1, 1, 1)), 0 * x)
    assert zeros[0, :, :, 0].tolist() == [[1, 0], [0, 0]]


def test_the_loss_is_worked_out_by_hand():
    """Softmax makes 3/4 and 1/4 of log 3 and 0."""
    loss, dlogits = check.softmax_cross_entropy.oracle(
        np.array([[np.log(3), 0.0]]), np.array([[1.0, 0]])
    )
    assert abs(loss - np.log(4 / 3)) < 1e-12 and round(loss, 3) == 0.288
    assert np.allclose(dlogits, [[-1 / 4, 1 / 4]])
    two = np.array([[np.log(3), 0], [0, 0]]), np.array([[0.0, 1], [1, 0]])
    loss, dlogits = check.softmax_cross_entropy.oracle(*two)
    assert abs(loss - (np.log(4) + np.log(2)) / 2) < 1e-12
    assert np.allclose(dlogits, [[3 / 8, -3 / 8], [-1 / 4, 1 / 4]])


def test_the_loss_is_exact_where_powers_are_not():
    logits, y = np.array([[3000.0, 0], [-5000, -5000]]), np.array([[0.0, 1], [1, 0]])
    loss, dlogits = check.softmax_cross_entropy.oracle(logits, y)
    assert abs(loss - (3000 + np.log(2)) / 2) < 1e-9
    assert np.allclose(dlogits, [[1 / 2, -1 / 2], [-1 / 4, 1 / 4]])


@pytest.mark.parametrize("use_bias", [True, False])
def test_folding_does_what_keras_two_layers_do(use_bias):
    """The oracle asks functions of Keras; here are its layers, and an image."""
    convolution = layers.Conv2D(5, (3, 2), use_bias=use_bias, dtype="float64")
    normalisation = layers.BatchNormalization(epsilon=0.02, dtype="float64")
    normalisation(convolution(X))
    for layer in (convolution, normalisation):
        layer.set_weights([1 + RNG.random(w.shape) for w in layer.get_weights()])
    bias = convolution.get_weights()[1] if use_bias else None
    learned = normalisation.get_weights()  # gamma, beta, moving mean, moving variance
    kernel, bias = check.fold_batch_norm.oracle(convolution.get_weights()[0], bias, *learned, 0.02)
    assert kernel.shape == (3, 2, 3, 5) and bias.shape == (5,)
    assert np.allclose(oracle.conv2d(X, kernel, bias), normalisation(convolution(X)), atol=1e-12)


def test_the_tasks_two_layers_are_folded_by_hand():
    one = np.ones(1)
    kernel, bias = check.fold_batch_norm.oracle(
        2 * np.ones((1, 1, 1, 1)), one, 3 * one, 4 * one, 5 * one, one / 4, 0.0
    )
    assert kernel.item() == pytest.approx(12)  # 2 * 3 / 0.5
    assert bias.item() == pytest.approx(-20)  # (1 - 5) * 3 / 0.5 + 4
    assert kernel.item() + bias.item() == pytest.approx((2 * 1 + 1 - 5) / 0.5 * 3 + 4)


# ---------------------------------------------------------------- right answers


def in_single(function):
    """Takes and gives float32."""

    def single(*args, **options):
        given = [a.astype("f4") if isinstance(a, np.ndarray) else a for a in args]
        answer = function(*given, **options)
        items = answer if isinstance(answer, tuple) else [answer]
        cast = [np.asarray(item, dtype="f4") for item in items]
        return tuple(cast) if isinstance(answer, tuple) else cast[0]

    return single


EXERCISES = ("max_pool", "max_pool_backward", "softmax_cross_entropy", "fold_batch_norm")


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_passes_in_double_and_single_precision(name):
    solution = tried.before(name)[name]
    passes(check.EXERCISES[name], solution, seeds=8)
    passes(check.EXERCISES[name], in_single(solution), seeds=8)


def test_a_pooling_that_is_wrong_is_paid_for_once():
    """max_pool_backward may call max_pool: then it is judged with a right one."""
    own = {}
    exec(
        "import numpy as np\n"
        "def max_pool(x, size=2):\n"
        "    return x[:, ::size, ::size]\n"
        "def max_pool_backward(dy, x, size=2):\n"
        "    larger = max_pool(x, size).repeat(size, axis=1).repeat(size, axis=2)\n"
        "    dx = np.zeros(x.shape)\n"
        "    h, w = larger.shape[1:3]\n"
        "    upsampled = dy.repeat(size, axis=1).repeat(size, axis=2)\n"
        "    dx[:, :h, :w] = (x[:, :h, :w] == larger) * upsampled\n"
        "    return dx\n",
        own,
    )
    check.max_pool_backward(own["max_pool_backward"], part="window")
    card = card_of(check.max_pool_backward, own["max_pool_backward"], part="ties")
    assert card.misconception == "each of several largest"
    assert "Judged with a right `max_pool` in place of yours." in flat(card)


# ---------------------------------------------------------------- what a card says


def stable(logits, y, of_loss=lambda loss: loss, of_gradient=lambda gradient: gradient):
    z = logits - logits.max(axis=1, keepdims=True)
    sums = np.exp(z).sum(axis=1)
    loss = (np.log(sums) - (y * z).sum(axis=1)).mean()
    return of_loss(loss), of_gradient((np.exp(z) / sums[:, None] - y) / len(y))


@pytest.mark.parametrize(
    ("of_loss", "says"),
    [
        (lambda loss: loss + 1, "for logits [[0, 0]] and y [[1, 0]] your loss is 1.6931;"),
        (lambda loss: loss * (loss > 0.3),
         "for logits [[log 3, 0]] and y [[1, 0]] your loss is 0.0; it should be 0.2877."),
        (lambda loss: np.array([loss]), "It is one number in an array: write float(…) around it."),
        (lambda loss: 0.5, "your function gives the same answer, whatever it is given."),
        (lambda loss: np.nan, "the loss: yours is nan, right is"),
        (lambda loss: "low", "it returned a str for the loss, not a number."),
    ],
)  # fmt: skip
def test_a_wrong_loss_is_shown_for_a_few_logits(of_loss, says):
    card = card_of(
        check.softmax_cross_entropy, lambda *args: stable(*args, of_loss=of_loss), part="loss"
    )
    assert says in flat(card), str(card)


@pytest.mark.parametrize(
    ("powers", "says"),
    [
        (lambda z: np.exp(z), "np.exp of a large logit is infinite"),
        (lambda z: np.exp(z - np.maximum(z.max(axis=1, keepdims=True), 0)),
         "np.exp of a logit far below 0 is 0"),
        (lambda z: np.exp(z - z.max()), "is one number subtracted from all rows?"),
    ],
)  # fmt: skip
def test_a_gradient_that_is_no_number_is_told_why(powers, says):
    def unstable(logits, y):
        p = powers(logits)
        return stable(logits, y)[0], (p / p.sum(axis=1, keepdims=True) - y) / len(y)

    card = card_of(check.softmax_cross_entropy, unstable, part="gradient of large logits")
    assert says in flat(card), str(card)
    check.softmax_cross_entropy(unstable, part="loss of large logits")
    check.softmax_cross_entropy(unstable, part="gradient")


@pytest.mark.parametrize(
    ("bias_of", "says"),
    [
        (lambda b, s, mean, beta: b * s - mean + beta, "the mean is not scaled."),
        (lambda b, s, mean, beta: (b - mean) * s + 2 * beta,
         "with `beta`, gamma 3 and a deviation of 2, your bias[0] is"),
        (lambda b, s, mean, beta: (b - mean) * s + beta + 1,
         "with gamma 3 and a deviation of 2 only, your bias[0] is 1; it should be 0."),
    ],
)  # fmt: skip
def test_a_wrong_bias_is_shown_for_one_argument(bias_of, says):
    def folded(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
        scale = gamma / np.sqrt(variance + epsilon)
        return kernel * scale, bias_of(0 if bias is None else bias, scale, mean, beta)

    card = card_of(check.fold_batch_norm, folded, part="bias")
    assert says in flat(card), str(card)


def test_what_a_pooling_answers_in_the_place_of_another_number_is_named():
    def second_largest(x, size=2):
        n, h, w, c = x.shape
        x = x[:, : h // size * size, : w // size * size]
        windows = x.reshape(n, h // size, size, w // size, size, c).transpose(0, 1, 3, 5, 2, 4)
        return np.sort(windows.reshape(n, h // size, w // size, c, -1), axis=-1)[..., -min(size, 2)]

    card = card_of(check.max_pool, second_largest, part="window")
    assert "you take the second largest number of each window." in flat(card), str(card)
    assert "Your output[0, 0, 0, 0] is `x[0, 0, 0, 0]`; it should be `x[0, 1, 1, 0]`." in flat(card)


def test_where_a_pooling_is_wrong_is_said_of_its_calls():
    def right_where_all_is_filled(x, size=2):
        y = oracle.max_pool(x, size)
        return y if x.shape[2] % size == 0 else y + 0.5

    card = card_of(check.max_pool, right_where_all_is_filled, part="remainder")
    assert "0.5" in flat(card), str(card)


def test_a_number_is_right_but_for_rounding():
    number = Number("the loss")
    assert number.difference(1.0000001, 1.0, 1.0) == ()
    assert (
        number.difference(np.float32(1), 1.0, 1.0) == () == number.difference(np.array(1.0), 1.0, 1)
    )
    assert number.difference(1.001, 1.0, 1.0) == ("the loss: yours is 1.001, right is 1.",)
    assert number.difference(np.inf, np.inf, 1.0), "nothing agrees with what is no number"
    with pytest.raises(WrongType, match="returned None"):
        number.difference(None, 1.0, 1.0)
