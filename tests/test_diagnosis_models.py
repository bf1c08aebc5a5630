"""What a card says of a wrong network: each kind is found by looking, and right ones stay right."""

import time

import numpy as np
import pytest
from cards import card_of, flat

from helpers import check, quiet
from helpers.check.exercises import cnn, layers, reading, training
from helpers.check.exercises.models import two_convolutions

with quiet():
    import keras

L = keras.layers
PARTS = ("first", "second", "pool", "drop", "flat", "hidden", "drop2", "last")


def tutorial(**changed):
    """The tutorial's network with other layers at some places; None leaves a place out."""
    usual = {
        "first": lambda: L.Conv2D(32, 3, activation="relu"),
        "second": lambda: L.Conv2D(64, 3, activation="relu"),
        "pool": lambda: L.MaxPooling2D(2),
        "drop": lambda: L.Dropout(0.25),
        "flat": L.Flatten,
        "hidden": lambda: L.Dense(128, activation="relu"),
        "drop2": lambda: L.Dropout(0.5),
        "last": lambda: L.Dense(10, activation="softmax"),
    }
    steps = {**usual, **changed}

    def build():
        made = [steps[name]() for name in PARTS if steps[name]]
        flat_list = [one for some in made for one in (some if isinstance(some, list) else [some])]
        return keras.Sequential([keras.Input((28, 28, 1)), *flat_list])

    return build


class Drop(L.Layer):
    """Dropout of somebody's own; ``raised`` says whether what is kept makes up for it."""

    def __init__(self, share, raised=True):
        super().__init__()
        self.share, self.raised, self.seeds = share, raised, keras.random.SeedGenerator()

    def call(self, x, training=False):
        if not training:
            return x
        kept = keras.random.uniform(keras.ops.shape(x), seed=self.seeds) >= self.share
        return x * keras.ops.cast(kept, x.dtype) / ((1 - self.share) if self.raised else 1)


@pytest.mark.parametrize(
    "build",
    [
        tutorial(drop=lambda: Drop(0.25), drop2=lambda: Drop(0.5)),
        tutorial(drop=None, flat=lambda: [L.Reshape((-1,)), L.Dropout(0.25)]),
        tutorial(hidden=lambda: [L.Dense(128), L.Dropout(0.5), L.ReLU()], drop2=None),
        tutorial(first=lambda: keras.Sequential([L.Conv2D(32, 3), L.Activation("relu")])),
    ],
)
def test_a_right_network_passes_however_it_drops(build):
    assert cnn.measured(build()).like(cnn.measured(cnn.mnist_cnn()))
    check.build_cnn(build)


@pytest.mark.parametrize(
    ("build", "name", "words"),
    [
        (tutorial(drop=lambda: L.Dropout(0.2)), "share that is dropped", "drops 20%; 25% is asked"),
        (tutorial(drop=lambda: Drop(0.2)), "share that is dropped", "20% of the numbers are"),
        (tutorial(drop2=lambda: Drop(0.45)), "share that is dropped", "before the last layer"),
        (tutorial(drop=lambda: Drop(0.25, raised=False)), "kept numbers not raised", "1.33"),
        (
            tutorial(second=lambda: [L.Dropout(0.1), L.Conv2D(64, 3, activation="relu")]),
            "extra layer",
            "there is a Dropout of 10% between the first convolution and the second convolution",
        ),
        (
            tutorial(second=lambda: [Drop(0.1), L.Conv2D(64, 3, activation="relu")]),
            "changed otherwise",
            "training does more than dropping 25%",
        ),
        (
            tutorial(drop=lambda: L.SpatialDropout2D(0.25)),
            "another kind of layer",
            "SpatialDropout2D of 25% where a Dropout",
        ),
        (tutorial(drop2=lambda: L.AlphaDropout(0.5)), "another kind of layer", "AlphaDropout"),
        (tutorial(drop2=lambda: L.GaussianNoise(0.5)), "another kind of layer", "GaussianNoise"),
        (
            tutorial(drop=None, pool=lambda: [L.Dropout(0.25), L.MaxPooling2D(2)]),
            "order of layers",
            "dropout is not where it is asked: the Dropout of 25% stands between the second",
        ),
        (
            tutorial(last=lambda: [L.Dense(10, activation="softmax"), Drop(0.5)], drop2=None),
            "dropout of the answers",
            "training changes what comes out of the last layer",
        ),
    ],
)
def test_what_is_dropped_otherwise_is_caught_and_named(build, name, words):
    card = card_of(check.build_cnn, build, part="dropout")
    assert card.misconception == name and words in flat(card)


def test_dropped_in_groups_is_seen_without_looking_at_the_layers():
    shares = cnn.measured(tutorial(drop=lambda: L.SpatialDropout2D(0.25))())
    assert not shares.first.single and shares.second.single
    assert cnn.measured_kind(shares).name == "dropped in groups"


@pytest.mark.parametrize(
    ("build", "name", "words"),
    [
        (
            tutorial(first=lambda: L.Conv2D(32, 3, activation="relu6")),
            "another activation",
            "relu6",
        ),
        (
            tutorial(hidden=lambda: L.Dense(128, activation=lambda x: keras.ops.clip(x, 0, 20))),
            "another activation",
            "the Dense layer of 128 units is one of your own; relu is asked for",
        ),
        (
            tutorial(last=lambda: [L.Dense(10, activation="softmax"), L.Softmax()]),
            "activation twice",
            "the softmax comes twice after the Dense layer of 10 units",
        ),
        (tutorial(hidden=None), "missing layer", "the Dense layer of 128 units is missing"),
        (
            tutorial(second=lambda: L.Conv2D(64, 5, activation="relu")),
            "kernel size",
            "the second convolution has kernels of 5 × 5; 3 × 3 are asked for",
        ),
        (
            tutorial(first=lambda: [L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2)]),
            "extra layer",
            "there is a MaxPooling2D between the first convolution and the second convolution",
        ),
        (
            tutorial(hidden=lambda: L.Dense(64, activation="relu")),
            "other units",
            "has 64 units; 128",
        ),
    ],
)
def test_a_network_of_other_layers_is_told_which(build, name, words):
    card = card_of(check.build_cnn, build, part="model")
    assert card.misconception == name and words in flat(card)


def test_an_activation_may_be_a_layer_an_operation_or_an_argument():
    image = keras.Input((28, 28, 1))
    maps = keras.ops.relu(L.Conv2D(32, 3)(image))
    maps = L.MaxPooling2D(2)(L.ReLU()(L.Conv2D(64, 3)(maps)))
    hidden = L.Activation("relu")(L.Dense(128)(L.Flatten()(L.Dropout(0.25)(maps))))
    model = keras.Model(image, keras.ops.softmax(L.Dense(10)(L.Dropout(0.5)(hidden))))
    assert layers.compared(layers.walked(model), layers.walked(cnn.mnist_cnn())) == []


def two(*steps, size=(224, 224, 3), **options):
    return lambda: keras.Sequential([keras.Input(size, **options), *(step() for step in steps)])


FIRST, SECOND = (lambda: L.Conv2D(32, 3)), (lambda: L.Conv2D(64, 3))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (two(FIRST, lambda: L.Dropout(0.5), SECOND), "there is a Dropout of 50% between"),
        (two(FIRST, lambda: L.ReLU(6), SECOND), "the first convolution is relu up to 6; none is"),
        (two(SECOND), "the Conv2D of 32 filters is missing"),
        (two(FIRST, SECOND, size=(3, 224, 224)), "the image's channels come first"),
        (two(FIRST, SECOND, batch_size=1), "the batch is fixed at 1"),
        (two(FIRST, SECOND, size=(28, 28, 3)), "images of 28 × 28 × 3; they are 224 × 224 × 3"),
    ],
)
def test_two_convolutions_and_what_else(build, words):
    assert words in flat(card_of(check.build_two_layer_model, build))


def test_a_class_that_takes_one_channel_only_is_compared_with_one_that_takes_three():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = tutorial(drop=None, drop2=None)()

        def call(self, x):
            return L.Dropout(0.5)(self.inner(x), training=True)

    def build():
        net = Net()
        net(np.zeros((1, 28, 28, 1)))
        return net

    for part in ("model", "dropout"):
        assert card_of(check.build_cnn, build, part=part).kind in ("wrong", "type")


def test_a_check_takes_seconds():
    build = tutorial(first=lambda: L.Conv2D(32, 3, activation="gelu"), drop=lambda: Drop(0.2))
    card_of(check.build_cnn, build, part="model")  # what is known of our own models is kept
    start = time.monotonic()
    for part in ("model", "dropout"):
        card_of(check.build_cnn, build, part=part)
    assert time.monotonic() - start < 10  # 2 on an idle core


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("answer", "part", "words"),
    [
        (("sgd", False, 3, 5386), "normalised", "stands elsewhere in your tuple"),
        ((False, "sgd", 5386, 3), "parameters", "stands elsewhere in your tuple"),
        (("False", "sgd", 3, 5386), "normalised", "in quotes is a string"),
        ((True, "sgd", 3, 5386), "normalised", "still reaches 255"),
        ((False, "rmsprop", 3, 5386), "optimizer", "is an optimizer, but"),
        ((False, "learning rate", 3, 5386), "optimizer", "is a setting of the optimizer"),
        ((False, "accuracy", 3, 5386), "optimizer", "stands in the program, but is not"),
        ((False, "sgd", 58, 5386), "convolutions", "the number of filters"),
        ((False, "sgd", 3, 5328 + 3), "parameters", "one bias for each layer"),
        ((False, "sgd", 3, 5386 - 416), "parameters", "you left the first convolution out"),
        ((False, "sgd", 3, 5386 + 4640), "parameters", "the second convolution twice"),
        ((False, "sgd", 3, 5386 + 110), "parameters", "a Dense layer of 10 × 10 weights and its"),
        ((False, "sgd", 3, 2 * 5386), "parameters", "you counted the optimizer's numbers too"),
        ((False, "sgd", 3, 5130), "parameters", "kernels of 3 × 3 for the first convolution"),
    ],
)
def test_a_wrong_reading_is_told_what_it_read(answer, part, words):
    card = card_of(check.reading, lambda: answer, part=part)
    assert words in flat(card) and card.misconception


def test_a_number_that_several_mistakes_make_is_not_named():
    several = [
        number
        for number, found in reading.sums().items()
        if len({one for one in found if len(one) == 1}) > 1
    ]
    assert several and not any(map(reading.other_sum, several))
    assert reading.other_sum(10**7 + 1) is None


# ---------------------------------------------------------------- train


def fitted(loss="categorical_crossentropy", optimizer="adam", epochs=3, change=lambda x, y: (x, y)):
    def train(model, x, y):
        model.compile(optimizer() if callable(optimizer) else optimizer, loss)
        model.fit(*change(x, y), epochs=epochs, verbose=0)

    return train


def against(y_true, y_pred):
    return -keras.losses.categorical_crossentropy(y_true, y_pred)


def another(model, x, y):
    copy = keras.models.clone_model(model)
    fitted()(copy, x, y)
    return copy


def sgd(rate):
    return lambda: keras.optimizers.SGD(rate)


@pytest.mark.parametrize(
    ("train", "name"),
    [
        (lambda model, x, y: model.compile("adam", "mse"), "compiled and unchanged"),
        (lambda model, x, y: model.count_params(), "another network, or none"),
        (another, "another network trained"),
        (fitted("sparse_categorical_crossentropy"), "a loss for class numbers"),
        (fitted(change=lambda x, y: (x[::-1], y)), "images and labels out of step"),
        (fitted(change=lambda x, y: (x[:32], y[:32]), epochs=1), "few steps"),
        (fitted(optimizer=sgd(0.01), change=lambda x, y: (x[:64], y[:64])), "few steps"),
        (fitted(optimizer=sgd(1e-6), epochs=1), "learning rate too small"),
        (fitted(optimizer=sgd(500.0), epochs=1), "learning rate too large"),
        (fitted(optimizer=sgd(0.01), change=lambda x, y: (x / 255, y)), "scaled again"),
        (fitted(change=lambda x, y: (x, np.roll(y, 1, axis=1))), "classes in another order"),
        (fitted(loss=against), "loss with the wrong sign"),
        (
            fitted(loss=lambda y, p: 0 * keras.ops.sum(p, axis=-1) + 1e-9 * p[:, 0]),
            "a loss without slope",
        ),
    ],
)
def test_a_training_that_does_not_teach_is_told_why(train, name):
    assert card_of(check.train, train).misconception == name


def test_the_network_that_was_given_is_the_one_that_is_looked_at():
    """Mistakes of the list are tried on fresh networks, after the student's was."""
    case = check.train.cases("learns", 0)[0]
    answer = check.train.answer(fitted(epochs=1), case, "learns")
    check.train.answer(lambda model, x, y: model.count_params(), case, "learns")
    assert (
        training.why_unmoved(answer, case) is not None and answer.model is not case["model"].given
    )


# ---------------------------------------------------------------- build_separable_cnn


def small(*steps, frozen=False, last="softmax"):
    def build():
        end = [L.Dense(10, activation=last)]
        model = keras.Sequential([keras.Input((28, 28, 1)), *(step() for step in steps), *end])
        model.trainable = not frozen
        return model

    return build


def relu(filters, **options):
    return lambda: L.Conv2D(filters, 3, activation="relu", **options)


@pytest.mark.parametrize(
    ("build", "part", "words"),
    [
        (small(relu(8), L.Flatten), "budget", "The Dense layer of 10 units takes 54,090 of them"),
        (small(relu(32), relu(32), L.GlobalAveragePooling2D), "budget", "works at 576 places"),
        (small(L.Flatten), "learns", "a single layer with weights"),
        (
            small(
                lambda: L.Conv2D(8, 3),
                lambda: L.AveragePooling2D(2),
                lambda: L.Conv2D(8, 3),
                L.Flatten,
            ),
            "learns",
            "the whole network is linear",
        ),
        (small(relu(16), L.GlobalAveragePooling2D), "learns", "each has seen 3 × 3 pixels"),
        (
            small(relu(1), L.MaxPooling2D, relu(1), L.GlobalAveragePooling2D),
            "learns",
            "none of its maps have more than one channel",
        ),
        (
            small(relu(8), L.MaxPooling2D, L.Flatten, frozen=True),
            "budget",
            "are frozen; frozen ones",
        ),
        (
            small(relu(8), L.GlobalAveragePooling2D, frozen=True),
            "learns",
            "all its weights are frozen",
        ),
        (
            small(relu(8), L.GlobalAveragePooling2D, last=None),
            "budget",
            "the ten numbers are scores",
        ),
    ],
)
def test_a_small_network_is_told_what_takes_the_budget_or_the_learning(build, part, words):
    card = card_of(check.build_separable_cnn, build, part=part)
    assert words in flat(card) and card.misconception


def test_the_right_ones_have_nothing_to_be_told():
    right = two_convolutions()
    assert layers.looked_through(right, two_convolutions()) is None
