"""The checks of assignment 4: right answers in every style, networks of every build, and the bounds."""

import subprocess
import sys
from collections import Counter
from functools import cache

import numpy as np
import pytest
from cards import card_of, flat, passes

from helpers import check
from helpers.check import oracle, work
from helpers.check.exercises import cnn, reading, separable_cnn, training
from helpers.data import drawn_digits

keras = oracle.keras()
layers = keras.layers


# ---------------------------------------------------------------- preprocess


def by_eye(images, labels):
    return images.reshape(-1, 28, 28, 1).astype(np.float32) / 255.0, np.eye(10)[labels]


def by_loop(images, labels):
    x = np.zeros((len(images), 28, 28, 1), "float32")
    y = np.zeros((len(labels), 10))
    for n, (image, label) in enumerate(zip(images, labels, strict=True)):
        x[n, :, :, 0] = image / 255
        y[n, label] = 1
    return x, y


def by_tensors(images, labels):
    x = keras.ops.expand_dims(keras.ops.cast(images, "float32") / 255.0, -1)
    return [x, keras.ops.one_hot(keras.ops.cast(labels, "int32"), 10)]


@pytest.mark.parametrize("style", [by_eye, by_loop, by_tensors])
def test_preprocess_passes_in_every_style(style):
    passes(check.preprocess, style, seeds=10)


def test_the_preprocess_oracle_is_the_definition():
    images, labels = drawn_digits(20)
    x, y = check.preprocess.oracle(images, labels)
    assert x.dtype == np.float32 and x.shape == (20, 28, 28, 1)
    assert np.abs(x[..., 0] - images / 255).max() < 1e-7 and x.max() == 1
    assert np.array_equal(y.argmax(axis=1), labels) and np.array_equal(y.sum(axis=1), np.ones(20))


def test_double_precision_costs_the_type_alone():
    def double(images, labels):
        return images[..., np.newaxis] / 255, np.eye(10)[labels]

    check.preprocess(double, part="images")
    check.preprocess(double, part="labels")
    card = card_of(check.preprocess, double, part="type")
    assert "the numbers are float64, not float32." in str(card)


@pytest.mark.parametrize("seed", range(20))
def test_no_case_lets_a_scale_pass_by_luck(seed):
    """No image is white somewhere and black elsewhere; some digit never occurs among the labels."""
    for case in check.preprocess.cases("images", seed):
        assert case["images"].min() > 0 and case["images"].max() < 255
    few = [set(case["labels"].tolist()) for case in check.preprocess.cases("labels", seed)]
    assert few.count(set(range(10))) == 1
    assert all(digits.isdisjoint({0, 9}) for digits in few if len(digits) < 10)


# ---------------------------------------------------------------- build_cnn


def test_the_tutorials_network_has_its_number():
    assert cnn.mnist_cnn().count_params() == 320 + 18_496 + 1_179_776 + 1_290 == 1_199_882


def test_any_build_of_the_network_passes():
    def functional():
        image = keras.Input((28, 28, 1))
        maps = layers.ReLU()(layers.Conv2D(32, (3, 3))(image))
        maps = layers.MaxPooling2D()(layers.Conv2D(64, 3, activation="relu")(maps))
        flat_maps = layers.Reshape((9216,))(layers.Dropout(0.25)(maps))
        hidden = layers.Dropout(0.5)(layers.Dense(128, activation="relu")(flat_maps))
        return keras.Model(image, layers.Softmax()(layers.Dense(10)(hidden)))

    class Subclassed(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = [layers.Dense(10), layers.Dense(128, activation="relu")]
            self.convolutions = [layers.Conv2D(f, 3, activation="relu") for f in (32, 64)]
            self.pool = layers.MaxPooling2D(2)
            self.drop = [layers.Dropout(0.25), layers.Dropout(0.5)]

        def call(self, x, training=None):
            for convolution in self.convolutions:
                x = convolution(x)
            x = self.drop[0](keras.ops.reshape(self.pool(x), (-1, 9216)), training=training)
            x = self.drop[1](self.dense[1](x), training=training)
            return keras.ops.softmax(self.dense[0](x))

    def subclassed():
        model = Subclassed()
        model(np.zeros((1, 28, 28, 1)))
        return model

    for build in (functional, subclassed):
        check.build_cnn(build)


# ---------------------------------------------------------------- reading


def test_the_program_is_taken_at_its_word():
    # (5*5*1 + 1)*16 + (3*3*16 + 1)*32 + (1*1*32 + 1)*10 = 416 + 4,640 + 330
    assert reading.by_keras() == (False, "sgd", 3, 416 + 4640 + 330)


def test_an_answer_is_judged_alone_and_never_told():
    check.reading(lambda: (False, None, None, None), part="normalised")
    check.reading(lambda: (True, " SGD ", 0, 0), part="optimizer")
    wrong = card_of(check.reading, lambda: (False, "sgd", 3, 5387), part="parameters")
    assert wrong.misconception is None and "5386" not in str(wrong).replace(",", "")
    open_still = card_of(check.reading, lambda: (False, None, 3, 1), part="optimizer")
    assert "not answered yet" in str(open_still) and open_still.kind == "type"
    number = card_of(check.reading, lambda: (False, "sgd", "3", 1), part="convolutions")
    assert "'3' is a str, where an int is asked for." in flat(number)
    assert "True is a bool" in flat(
        card_of(check.reading, lambda: (False, "sgd", True, 1), part="convolutions")
    )


# ---------------------------------------------------------------- train


def trained_by(optimizer, epochs, batch_size=32, **options):
    def train(model, x, y):
        model.compile(optimizer(), "categorical_crossentropy")
        model.fit(x, y, epochs=epochs, batch_size=batch_size, **options)

    return train


@pytest.mark.parametrize(
    "train",
    [
        trained_by(lambda: "adam", 3, verbose=0),
        trained_by(lambda: keras.optimizers.Adadelta(1.0), 5),  # with its progress bar
        trained_by(lambda: keras.optimizers.SGD(0.1), 5, verbose=2),
    ],
)
def test_what_learns_passes_and_leaves_no_noise(train, capfd):
    check.train(train)
    said = capfd.readouterr()
    assert said.out.count("\n") == 1 and "✓ train, learns" in said.out and said.err == ""


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (lambda model, x, y: model.predict(x, verbose=0), "no weight of the network has changed."),
        (
            trained_by(keras.optimizers.Adadelta, 5, verbose=0),
            "Its last learning rate was 0.001.",
        ),
        (
            trained_by(lambda: keras.optimizers.SGD(1e30), 1, verbose=0),
            "there are NaN among its weights.",
        ),
        (lambda model, x, y: model.fit(x, y), "your code stopped with ValueError"),
        (
            lambda model, x, y: trained_by(lambda: "adam", 5, verbose=0)(model, x, y[::-1]),
            "and should be on 50%.",
        ),
    ],
)
def test_what_does_not_learn_is_told_why(train, words):
    assert words in flat(card_of(check.train, train))


def test_a_network_begins_alike_every_time():
    first, again, other = (
        training.Untrained(seed, training.Task(0)).built().get_weights() for seed in (3, 3, 4)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


# ---------------------------------------------------------------- build_separable_cnn


def test_multiply_adds_are_counted_however_a_network_is_put_together():
    # 26*26*9 * 16, then 11*11 * (9*16 + 16*32), then 3*3 * (9*32 + 32*64), and 64*10
    by_hand = 26 * 26 * 9 * 16 + 11 * 11 * (9 * 16 + 16 * 32) + 9 * (9 * 32 + 32 * 64) + 640
    assert (
        separable_cnn.multiply_adds(separable_cnn.three_convolutions(), (28, 28, 1))
        == by_hand
        == 198_384
    )
    shared = layers.Conv2D(1, 3, padding="same")  # used twice, counted twice: 2 * 28*28 * 9
    image = keras.Input((28, 28, 1))
    block = keras.Sequential([layers.Conv2D(4, 2, strides=2), layers.DepthwiseConv2D(3)])
    outputs = layers.Dense(10)(layers.Flatten()(block(shared(shared(image)))))
    model = keras.Model(image, outputs)
    # 14*14 * 4*4 for the block's first layer, 12*12 * 9*4 for its second, 12*12*4 * 10
    by_hand = 2 * 28 * 28 * 9 + 14 * 14 * 16 + 12 * 12 * 36 + 12 * 12 * 4 * 10
    assert separable_cnn.multiply_adds(model, (28, 28, 1)) == by_hand


def ended(*steps, last="softmax"):
    return lambda: keras.Sequential(
        [keras.Input((28, 28, 1)), *(step() for step in steps), layers.Dense(10, activation=last)]
    )


def pooled(*steps, **options):
    return ended(*steps, layers.GlobalAveragePooling2D, **options)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (cnn.mnist_cnn, "it has 1,199,882 parameters; 10,000 are allowed."),
        # 26*26 * 9*64 = 389,376, and 24*24 * 64*9 more
        (
            pooled(lambda: layers.Conv2D(64, 3), lambda: layers.DepthwiseConv2D(3)),
            "it has 721,792 multiply-adds; 400,000 are allowed.",
        ),
        (pooled(lambda: layers.Conv2D(8, 3), last=None), "its outputs are no probabilities."),
        (pooled(lambda: layers.Conv2D(8, 3), last="sigmoid"), "its outputs are no probabilities."),
        (ended(lambda: layers.Conv2D(1, 3)), "the output shape is not right."),
        (lambda: keras.Sequential([layers.Dense(10)]), "the model has no input yet."),
        (lambda: "a network", "a str, not a Keras model."),
    ],
)
def test_what_breaks_the_budget_is_told_where(build, words):
    assert words in flat(card_of(check.build_separable_cnn, build, part="budget"))


def test_one_dense_layer_keeps_the_budget_and_does_not_learn_enough():
    linear = ended(layers.Flatten)
    check.build_separable_cnn(linear, part="budget")
    card = card_of(check.build_separable_cnn, linear, part="learns")
    assert "trained for 6 epochs it is right on" in flat(card)


def test_the_same_network_earns_the_same_mark():
    reached = []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        reached.append(separable_cnn.after_training(ended(layers.Flatten)(), training.Task(0)))
    assert reached[0] == reached[1]


def test_all_products_are_counted_as_they_are_written():
    """Against the counts by hand, and NumPy's own of an einsum."""
    rng, counted = np.random.default_rng(0), Counter()
    a, b, k = rng.normal(size=(5, 7)), rng.normal(size=(7, 3)), rng.normal(size=(3, 3, 2, 4))
    image, keys = rng.normal(size=(1, 8, 8, 2)), rng.normal(size=(1, 6, 2, 5))
    ops, each = keras.ops, {}
    calls = {
        "matmul": lambda: ops.matmul(a, b),
        "dot": lambda: ops.dot(a, b),
        "inner": lambda: ops.inner(a, b.T),
        "tensordot": lambda: ops.tensordot(a, b, axes=1),
        "outer": lambda: ops.outer(a[0], b[0]),
        "vdot": lambda: ops.vdot(a, a),
        "einsum": lambda: ops.einsum("...ij,jk->...ik", a[None, None], b),
        "conv": lambda: ops.conv(image, k, padding="same"),
        "conv by name": lambda: ops.conv(inputs=image, kernel=k, strides=2),
        "depthwise_conv": lambda: ops.depthwise_conv(image, k[..., :1]),
        "separable_conv": lambda: ops.separable_conv(image, k[..., :1], k[:1, :1]),
        "conv_transpose": lambda: ops.conv_transpose(image, k.swapaxes(2, 3), strides=2),
        "attention": lambda: ops.dot_product_attention(keys, keys, keys),
        "multiply": lambda: ops.multiply(a, a),
        "one for each channel": lambda: ops.multiply(a, a[0]),
        "sums": lambda: ops.add(a, a),
    }
    for name, call in calls.items():
        with work.counted(counted):
            call()
        each[name] = counted.total() - sum(each.values())
    assert each == {
        "matmul": 5 * 7 * 3, "dot": 105, "inner": 105, "tensordot": 105, "einsum": 105,
        "outer": 7 * 3, "vdot": 35,
        "conv": 8 * 8 * 72, "conv by name": 3 * 3 * 72, "depthwise_conv": 6 * 6 * 18,
        "separable_conv": 6 * 6 * (18 + 8), "conv_transpose": 8 * 8 * 72,
        "attention": 6 * 6 * 2 * (5 + 5), "multiply": 35, "one for each channel": 0, "sums": 0,
    }  # fmt: skip


def held_in_constants():
    """A network of three convolutions whose kernels are no layer's, and so no parameters of one."""
    rng, x = np.random.default_rng(0), (image := keras.Input((28, 28, 1)))
    for shape in ((3, 3, 1, 32), (3, 3, 32, 48)):
        x = keras.ops.relu(keras.ops.conv(x, rng.normal(size=shape).astype("float32")))
    x = keras.ops.mean(x, axis=(1, 2))
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def test_constants_of_the_graph_are_held_and_their_work_is_done():
    model = held_in_constants()
    assert model.count_params() == 490  # 48 * 10 + 10
    assert work.held(model) == 490 + 9 * 32 + 9 * 32 * 48
    assert work.multiply_adds(model, (28, 28, 1)) == (
        26 * 26 * 9 * 32 + 24 * 24 * 9 * 32 * 48 + 48 * 10
    )
    card = card_of(check.build_separable_cnn, held_in_constants, part="budget")
    assert "it has 14,602 parameters; 10,000 are allowed." in flat(card)


def test_a_configuration_of_layers_holds_no_constants():
    assert work.held(separable_cnn.three_convolutions()) == 3_898
    assert work.held(cnn.mnist_cnn()) == 1_199_882


@cache
def learned_at_home() -> list[np.ndarray]:
    """Weights of `train`'s network that know drawn digits well, whatever they are called there."""
    x, y = training.digits(2500, seed=77)
    model = training.Untrained(1, training.Task(1)).built()
    trained_by(lambda: "adam", 12, verbose=0)(model, x, y)
    judged = training.digits(1000, seed=78)
    right = np.asarray(model(judged[0])).argmax(axis=1) == judged[1].argmax(axis=1)
    assert right.mean() > 0.65  # they do know them
    return model.get_weights()


@pytest.mark.parametrize("seed", [0, 7101])
def test_weights_that_were_learned_elsewhere_earn_nothing(seed):
    def train(model, x, y):
        model.set_weights(learned_at_home())

    card = card_of(check.train, train, seed=seed)
    assert "of new images, and should be on 50%" in flat(card)


def test_what_a_network_has_learned_before_does_not_count():
    """A frozen layer, fitted to the very digits that it is judged by, begins anew like any other."""
    task = training.Task.drawn(np.random.default_rng([0, *b"learns"]))
    x, y = task.judged_on()
    fitted = np.linalg.lstsq(x.reshape(len(x), -1), y - 0.1, rcond=None)[0]

    def build():
        model = ended(layers.Flatten)()
        model.layers[-1].set_weights([100 * fitted, np.zeros(10)])
        model.layers[-1].trainable = False
        assert task.accuracy(model) > 0.9
        return model

    check.build_separable_cnn(build, part="budget")
    card = card_of(check.build_separable_cnn, build, part="learns")
    assert "trained for 6 epochs it is right on" in flat(card)


def test_a_network_begins_as_its_layers_do():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, kernel_initializer="ones", bias_initializer="ones"),
            layers.BatchNormalization(gamma_initializer="zeros", beta_initializer="ones"),
            layers.Dropout(0.5),
        ]
    )
    before = {weight.path: np.asarray(weight) for weight in model.weights}
    separable_cnn.begin_anew(model)
    kernel, bias, gamma, beta, mean, variance = (np.asarray(w) for w in model.weights[:6])
    assert 0 < np.abs(kernel).max() <= np.sqrt(6 / (9 + 36)) and len(np.unique(kernel)) == 36
    assert (bias == 0).all() and (beta == 0).all() and (mean == 0).all()
    assert (gamma == 1).all() and (variance == 1).all()
    for weight in model.weights[6:]:  # the state of the dropout's generator
        assert np.array_equal(np.asarray(weight), before[weight.path])


def test_another_seed_means_other_digits_and_other_names_for_them():
    tasks = [training.Task(seed) for seed in (3, 4)]
    (x, y), (other, _) = (task.trained_on() for task in tasks)
    assert not np.array_equal(x, other) and not np.array_equal(x[:1000], tasks[0].judged_on()[0])
    drawn = training.digits(training.TRAINED_ON, 6)[1].argmax(axis=1)
    named = {digit: set(y.argmax(axis=1)[drawn == digit]) for digit in range(10)}
    assert sorted(name for names in named.values() for name in names) == list(range(10))
    assert any(names != {digit} for digit, names in named.items())


# ---------------------------------------------------------------- confusion_matrix


def by_bincount(y_true, y_pred, num_classes=10):
    places = np.asarray(y_true, int) * num_classes + y_pred
    return np.bincount(places, minlength=num_classes**2).reshape(num_classes, num_classes)


def by_two_loops(y_true, y_pred, num_classes=10):
    return [
        [int(((y_true == t) & (y_pred == p)).sum()) for p in range(num_classes)]
        for t in range(num_classes)
    ]


def by_add_at(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=np.int32)
    np.add.at(table, (y_true, y_pred), 1)
    return table


@pytest.mark.parametrize("style", [by_bincount, by_two_loops, by_add_at])
def test_confusion_matrix_passes_in_every_style(style):
    passes(check.confusion_matrix, style, seeds=10)


def test_confusion_matrix_counts():
    table = check.confusion_matrix.oracle(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert table.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_counts_in_floats_cost_the_type_alone():
    def floats(y_true, y_pred, num_classes=10):
        return by_bincount(y_true, y_pred, num_classes).astype(float)

    check.confusion_matrix(floats, part="counts")
    card = card_of(check.confusion_matrix, floats, part="type")
    assert "the numbers are float64, not ints." in str(card)


def test_the_programs_optimizer_is_known_by_its_kind_however_many_there_were():
    """Keras numbers them: after another SGD, the program's own is called SGD_1."""
    code = (
        "from helpers import check\n"
        "import keras\n"
        "keras.optimizers.SGD(), keras.optimizers.SGD()\n"
        "check.reading(lambda: (False, 'SGD', 3, 5386))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_models_of_lists_of_one_are_models_of_one():
    def in_lists(build):
        def built():
            model = build()
            return keras.Model(inputs=[model.inputs[0]], outputs=[model.outputs[0]])

        return built

    check.build_two_layer_model(in_lists(check.build_two_layer_model.oracle))
    check.build_cnn(in_lists(cnn.mnist_cnn))
    check.build_separable_cnn(in_lists(separable_cnn.three_convolutions), part="budget")


def test_a_recurrent_network_has_a_number_of_multiply_adds():
    def by_rows():
        steps = [layers.Reshape((28, 28)), layers.GRU(24), layers.Dense(10, activation="softmax")]
        return keras.Sequential([keras.Input((28, 28, 1)), *steps])

    # 28 times three gates of (28 + 24) * 24, and 24 * 10; Keras asks the cell once more, for its shape
    assert work.multiply_adds(by_rows(), (28, 28, 1)) == (28 + 1) * 3 * (28 + 24) * 24 + 240
    check.build_separable_cnn(by_rows, part="budget")


@pytest.mark.parametrize(
    "answers",
    [
        (np.False_, "SGD", np.int64(3), np.int32(5386)),
        (False, "keras.optimizers.SGD", 3, 5386),
        (False, "Stochastic gradient descent", 3, 5386),
        (False, "keras.optimizers.SGD()", 3, 5386),
    ],
)
def test_a_right_reading_is_right_in_other_words(answers):
    check.reading(lambda: answers)
