"""A model that crosses computes the same over there; one that somebody made up is refused."""

import json

import numpy as np
import pytest

from grading.boundary.values import models, packing
from grading.boundary.values.packing import Model, Refused
from helpers import quiet

with quiet():
    import keras
    import tensorflow as tf

L, SIZE = keras.layers, (9, 8, 3)


def over(model):
    """The model as it is built on the other side."""
    data = packing.Packer(models.departing).pack(model)
    return packing.Unpacker(models.arriving).unpack(data)


def start(*layers, size=SIZE):
    return keras.Sequential([keras.Input(size), *layers])


def conv(filters, **options):
    """Biases that are not 0, so that forgetting them would be seen."""
    return L.Conv2D(filters, 3, bias_initializer="normal", **options)


# ---------------------------------------------------------------- what a student writes


class Two(keras.Model):
    def __init__(self, last=None):
        super().__init__()
        self.last = conv(2, activation=last)  # made first, called last
        self.first, self.dropped = conv(4, activation="relu"), L.Dropout(0.5)

    def call(self, x, training=False):
        return self.last(self.dropped(self.first(x), training=training))


class Nested(keras.Model):
    def __init__(self):
        super().__init__()
        self.two, self.end = Two("tanh"), start(L.GlobalAveragePooling2D(), size=(5, 4, 2))

    def call(self, x):
        return self.end(self.two(x))


class Scale(L.Layer):
    """A layer of the student's without a weight."""

    def call(self, x):
        return keras.ops.relu(x) * 3


class Block(L.Layer):
    """A layer of the student's around Keras' own."""

    def __init__(self):
        super().__init__()
        self.inner = conv(4)

    def call(self, x):
        return self.inner(x)


class Weighted(L.Layer):
    """A layer of the student's with a weight of its own."""

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 4), name="w")

    def call(self, x):
        return keras.ops.matmul(x, self.w)


class Straight(keras.Sequential):
    pass


class Drawn(keras.Model):
    def __init__(self):
        symbol = keras.Input(SIZE)
        super().__init__(symbol, conv(4)(symbol))


def called(model):
    model(np.zeros((1, *SIZE), "float32"))
    return model


def built(model):
    model.build((None, *SIZE))
    return model


def residual():
    symbol = keras.Input(SIZE)
    return keras.Model(symbol, L.Add()([symbol, conv(3, padding="same")(symbol)]))


def operations():
    symbol = keras.Input(SIZE)
    return keras.Model(symbol, keras.ops.relu(conv(3, padding="same")(symbol)) - symbol * 2)


def shared():
    """One layer, called twice: its weights count once."""
    symbol, layer = keras.Input(SIZE), conv(3)
    return keras.Model(symbol, layer(layer(symbol)))


def of_models():
    symbol = keras.Input(SIZE)
    return keras.Model(symbol, start(conv(2), size=(7, 6, 4))(start(conv(4))(symbol)))


def everything():
    return start(
        L.SeparableConv2D(6, 3, depth_multiplier=2, depthwise_regularizer="l2", padding="same"),
        L.BatchNormalization(),
        L.DepthwiseConv2D(3, strides=2, depthwise_constraint="max_norm"),
        L.LeakyReLU(0.1),
        L.MaxPooling2D(2, padding="same"),
        L.RandomFlip(seed=3),
        L.Rescaling(1 / 255, offset=1),
        L.Dropout(0.25),
        L.Flatten(),
        L.Dense(5, activation="softmax", kernel_initializer="he_normal"),
    )


STUDENTS = {
    "Sequential": lambda: start(conv(4, activation="relu"), conv(2)),
    "every layer of the course": everything,
    "Functional": residual,
    "Functional of operations": operations,
    "one layer twice": shared,
    "models in a model": of_models,
    "TensorFlow's activation": lambda: start(conv(4, activation=tf.nn.softmax)),
    "Keras' operation for an activation": lambda: start(conv(4, activation=keras.ops.relu)),
    "a layer for an activation": lambda: start(conv(4, activation=L.LeakyReLU(0.3))),
    "float64": lambda: start(conv(4, dtype="float64")),
    "subclassed and called": lambda: called(Two()),
    "subclassed and built": lambda: built(Two()),
    "subclassed in a subclassed one": lambda: called(Nested()),
    "Sequential's subclass": lambda: Straight([keras.Input(SIZE), conv(4)]),
    "Functional's subclass": Drawn,
    "an own layer": lambda: start(conv(4), Scale()),
    "an own layer around Keras'": lambda: start(Block(), L.Conv2D(2, 1)),
}


@pytest.mark.filterwarnings("ignore:`build..` was called")
@pytest.mark.parametrize("made", STUDENTS.values(), ids=STUDENTS)
def test_a_model_computes_the_same_over_there(made):
    model = made()
    came = over(model)
    assert type(came).__module__.startswith("keras.")
    assert came.built and came.count_params() == model.count_params()
    weights, theirs = (sorted(m.get_weights(), key=lambda w: w.sum()) for m in (model, came))
    assert [w.shape for w in weights] == [w.shape for w in theirs]
    assert all(np.array_equal(w, t) for w, t in zip(weights, theirs, strict=True))
    x = np.random.default_rng(0).normal(size=(2, *SIZE)).astype("float32")
    right, answer = (np.asarray(m(x, training=False)) for m in (model, came))
    assert right.shape == answer.shape and right.std() > 0
    np.testing.assert_allclose(answer, right, atol=1e-6)


def test_dropout_still_drops():
    came, x = over(start(L.Dropout(0.5))), np.ones((50, *SIZE), "float32")
    assert 0.4 < (np.asarray(came(x, training=True)) == 0).mean() < 0.6
    assert (np.asarray(came(x, training=False)) == 1).all()


@pytest.mark.parametrize("model", [keras.Sequential([conv(4)]), Two()], ids=["Sequential", "own"])
def test_a_model_without_an_input_has_none_over_there(model):
    came = over(model)
    assert isinstance(came, keras.Model) and not came.built


def test_how_it_was_compiled_crosses():
    model = start(conv(4))
    assert getattr(over(model), "optimizer", None) is None
    model.compile(keras.optimizers.SGD(0.25), "mse")
    came = over(model).optimizer
    assert type(came) is keras.optimizers.SGD and float(came.learning_rate) == 0.25
    falling = keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.5)
    model.compile(keras.optimizers.Adadelta(falling), "mse")
    assert float(over(model).optimizer.learning_rate) == 0.5


def test_an_optimizer_of_the_students_own_does_not_cross():
    class Own(keras.optimizers.SGD):
        pass

    model = start(conv(4))
    model.compile(Own(0.25), "mse")
    assert getattr(over(model), "optimizer", None) is None


def test_tensors_cross_as_arrays_and_symbols_as_what_they_are_called():
    def cross(value):
        return packing.Unpacker(models.arriving).unpack(
            packing.Packer(models.departing).pack(value)
        )

    for value in (
        keras.ops.arange(3, dtype="int32"),
        tf.constant([0, 1, 2]),
        tf.Variable([0, 1, 2]),
        keras.Variable([0, 1, 2], dtype="int32"),
    ):
        came = cross(value)
        assert type(came) is np.ndarray and came.dtype == np.int32 and came.tolist() == [0, 1, 2]
    assert type(cross(keras.Input(SIZE))).__name__ == "KerasTensor"
    assert type(cross(conv(4))).__name__ == "Conv2D"


# ---------------------------------------------------------------- what does not leave


class Tuned(Two):
    """Adds a number that no layer of Keras' holds."""

    def __init__(self):
        super().__init__()
        self.shift = self.add_weight(shape=(2,), name="shift")

    def call(self, x, training=False):
        return super().call(x, training) + self.shift


class Pair(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = conv(2)

    def call(self, given):
        return self.inner(given[0]) + self.inner(given[1])


class InTensorFlow(L.Layer):
    def call(self, x):
        return tf.nn.relu(x)


def paired():
    model = Pair()
    model([np.zeros((1, *SIZE), "float32")] * 2)
    return model


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: start(Weighted()), "weights outside of Keras' own layers"),
        (lambda: called(Tuned()), "weights outside of Keras' own layers"),
        (lambda: start(InTensorFlow()), "parts that are not Keras' own"),
        (lambda: start(L.Lambda(lambda x: tf.cumsum(x, axis=1))), "parts that are not Keras' own"),
        (paired, "parts that are not Keras' own"),
        (lambda: start(conv(4, activation=lambda x: x * 2)), "a model that cannot be built again"),
    ],
    ids=["own weights", "a weight of the model", "TensorFlow", "Lambda", "two inputs", "lambda"],
)
@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_what_cannot_be_built_again_says_why(made, says):
    with pytest.raises(Refused, match=says):
        over(made())


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [conv(4, activation=lambda x: tf.nn.relu(x))],
        lambda: [conv(4, activation=lambda x: keras.ops.maximum(x, 0))],
        lambda: [conv(4), L.Lambda(lambda x: x * keras.ops.cast(x > 0, "float32"))],
        lambda: [conv(4), L.Lambda(lambda x: tf.nn.relu(x))],
        lambda: [conv(4), L.Lambda(lambda x: x * 2 + 1)],
        lambda: [L.Lambda(lambda x: x), conv(4, activation="tanh")],
        lambda: [conv(4, activation=tf.nn.softmax)],
    ],
)
@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_a_function_of_the_students_own_is_judged_by_what_it_computes(layers):
    model = start(*layers())
    x = np.random.default_rng(0).normal(size=(2, *SIZE)).astype("float32")
    right = np.asarray(model(x))
    came = over(model)
    assert np.allclose(np.asarray(came(x)), right, atol=1e-6)
    assert "Lambda" not in {type(layer).__name__ for layer in came._flatten_layers()}


# ---------------------------------------------------------------- what somebody made up


def described(*layers, kind="Sequential", **more) -> str:
    given = {"class_name": "InputLayer", "config": {"batch_shape": [None, *SIZE]}}
    config = {"name": "made_up", "layers": [given, *layers]}
    return json.dumps({"kind": kind, "config": config | more})


def layer(kind, module="keras.layers", registered=None, **config) -> dict:
    return {"module": module, "class_name": kind, "config": config, "registered_name": registered}


def refusal(config: str, weights=()) -> str:
    with pytest.raises(Refused) as caught:
        models.arriving(Model(config, list(weights)))
    return str(caught.value)


def test_a_made_up_model_that_is_honest_is_built():
    came = models.arriving(Model(described(layer("Conv2D", filters=4, kernel_size=[3, 3])), []))
    assert came.output_shape == (None, 7, 6, 4)


FUNCTION = {"module": "builtins", "class_name": "function", "config": "eval",
            "registered_name": "function"}  # fmt: skip
LAMBDA = {"class_name": "__lambda__", "config": {"value": "YQ=="}}


@pytest.mark.parametrize(
    "part",
    [
        layer("Lambda", function={"class_name": "__lambda__", "config": {"value": "YQ=="}}),
        layer("Lambda", module="keras.src.layers.core.lambda_layer"),
        layer("TFSMLayer", filepath="/etc"),
        layer("TFSMLayer", module="keras.src.export.tfsm_layer", filepath="/etc"),
        layer("TorchModuleWrapper", module="keras.src.utils.torch_utils"),
        layer("StringLookup", vocabulary="/etc/passwd"),
        layer("TextVectorization", vocabulary="/etc/passwd"),
        layer("eval", module="builtins"),
        layer("system", module="os", command="true"),
        layer("Popen", module="subprocess", args=["true"]),
        layer("get_file", module="keras.utils", fname="x", origin="http://localhost"),
        layer("load_model", module="keras.saving", filepath="/tmp/x.keras"),
        layer("Callback", module="keras.callbacks"),
        layer("deserialize_keras_object", module="keras.saving"),
        layer("Conv2D", registered="mine>Conv2D", filters=4, kernel_size=[3, 3]),
        layer("Conv2D", filters=4, kernel_size=[3, 3], activation=FUNCTION),
        layer("Dense", units=4, kernel_initializer=LAMBDA),
        layer("Dense", units=4, activation={"a": [{"b": layer("Lambda")}]}),
        layer("TimeDistributed", layer=layer("TFSMLayer", filepath="/etc")),
        layer("NoSuchLayer"),
        layer("Scale", module=__name__),
        layer("__builtins__", module="keras"),
        layer("Sequential", module="keras", layers=[layer("Lambda")]),
        layer(["Conv2D"]),
        {"class_name": "Conv2D"},
    ],
    ids=lambda part: str(part.get("class_name")),
)
def test_a_part_that_does_more_than_describe_is_refused(part):
    assert refusal(described(part)).startswith("a model")
    if part.get("class_name") not in ("TimeDistributed", ["Conv2D"]) and "config" in part:
        assert "part" in refusal(described(part)), "it is seen before anything is built"


def test_code_that_a_model_brings_never_runs(monkeypatch):
    ran = []
    monkeypatch.setattr("os.system", ran.append)
    monkeypatch.setattr(keras.saving, "load_model", ran.append)
    for part in (layer("system", module="os"), layer("load_model", module="keras.saving")):
        refusal(described({**part, "config": {"command": "true"}}))
    assert ran == []


@pytest.mark.parametrize(
    "config",
    [
        "", "{", "[]", "5", "null", '"text"', '{"kind": "Sequential"}', '{"config": {}}',
        '{"kind": "Lambda", "config": {}}', '{"kind": ["Sequential"], "config": {}}',
        '{"kind": "Functional", "config": {"layers": 5}}',
        '{"kind": "Functional", "config": {"layers": [], "input_layers": [["no", 0, 0]]}}',
        '{"kind": "Sequential", "config": {"layers": [1, null, "x"]}}',
        "[" * 100_000, '{"kind": "Sequential", "config": ' + '{"a": ' * 900 + "1" + "}" * 901,
    ],
    ids=lambda config: config[:40],
)  # fmt: skip
def test_what_is_no_configuration_is_refused(config):
    assert refusal(config).startswith("a model")


def test_a_giant_is_refused():
    assert "more layers" in refusal(" " * (models.CHARACTERS + 1))
    dense = layer("Dense", units=10**9)
    assert "a model that" in refusal(described(layer("Flatten"), dense))


def test_building_one_does_not_take_for_ever(monkeypatch):
    monkeypatch.setattr(models, "SECONDS", 0.2)
    many = [layer("Conv2D", filters=3, kernel_size=[1, 1], name=f"l{n}") for n in range(3000)]
    assert "takes too long" in refusal(described(*many))  # 3000 layers in 0.2 s


@pytest.mark.parametrize(
    "weights",
    [
        [np.ones((3, 3, 3, 4))],
        [np.ones((3, 3, 3, 4)), np.ones(5)],
        [np.ones((3, 3, 3, 5)), np.ones(5)],
        [np.array("text"), np.ones(4)],
        [np.array([None] * 4), np.ones(4)],
        [np.ones((3, 3, 3, 4)), np.ones(4), np.ones(4)],
    ],
    ids=range(6),
)
def test_weights_that_do_not_fit_are_refused(weights):
    config = described(layer("Conv2D", filters=4, kernel_size=[3, 3]))
    assert "cannot be built again" in refusal(config, weights)


def test_a_made_up_optimizer_is_left_out():
    config = described(layer("Conv2D", filters=4, kernel_size=[3, 3]))
    for name in ("Adam>mine", "eval", "NoSuch", "os.system"):
        assert getattr(models.arriving(Model(config, [], name, 0.1)), "optimizer", None) is None
