"""A Keras model leaves as configuration and weights, and is built again from nothing else.

What is built is Keras' own layers only. A layer or a function of the student's never crosses: the
model is traced through it, so that Keras' layers inside of it remain.
"""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from contract import limits
from grading.boundary.values.packing import Model, Refused

CHARACTERS = 2**20
"""Of a configuration; the largest of the course has some 6,000."""
GIBIBYTES, SECONDS = 3, 30

# Keras' own classes that run somebody's code, open a file, or need another framework.
FORBIDDEN = {
    "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer",
    "StringLookup", "IntegerLookup", "TextVectorization", "HashedCrossing", "FeatureSpace",
}  # fmt: skip
ACTIVATIONS = (
    "linear", "relu", "softmax", "sigmoid", "tanh", "elu", "selu", "gelu", "silu", "softplus",
    "softsign", "relu6", "leaky_relu", "hard_sigmoid", "mish", "exponential", "log_softmax",
)  # fmt: skip
WHOLE = {"Sequential": "keras", "Functional": "keras.src.models.functional"}
# Values of a configuration that name no class.
VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__tuple__", "__ellipsis__", "__complex__"}


def keras() -> Any:
    """Keras, where it is loaded; nobody hands us a model before that."""
    return sys.modules.get("keras")


def is_model(value: Any) -> bool:
    return keras() is not None and isinstance(value, keras().Model)


def is_tensor(value: Any) -> bool:
    """Whether it holds numbers; a symbol, what `keras.Input` gives, holds none."""
    if keras() is None or not hasattr(value, "dtype"):
        return False
    symbol = keras().KerasTensor
    return not isinstance(value, symbol) and (
        keras().ops.is_tensor(value) or isinstance(value, keras().Variable)
    )


# ---------------------------------------------------------------- leaving


def departing(value: Any) -> Any:
    """What crosses of Keras: models as their description, tensors as arrays."""
    if is_model(value):
        return described(value)
    return np.asarray(keras().ops.convert_to_numpy(value)) if is_tensor(value) else value


def described(model: Any) -> Model:
    """The model as plain data; Refused, with a reason, where that cannot be."""
    whole = as_functional(model)
    in_keras_words(whole)
    kind = "Sequential" if isinstance(whole, keras().Sequential) else "Functional"
    try:
        config = json.dumps({"kind": kind, "config": whole.get_config()})
    except Exception as error:
        raise Refused(f"a model that Keras cannot describe ({type(error).__name__})") from None
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return Model(config, whole.get_weights())
    rate = float(keras().ops.convert_to_numpy(optimizer.learning_rate))
    return Model(config, whole.get_weights(), type(optimizer).__name__, rate)


def in_keras_words(model: Any) -> None:
    """Activations that are no functions of Keras', a lambda or `tf.nn.softmax`, become those they are."""
    for layer in model._flatten_layers():
        function = getattr(layer, "activation", None)
        if callable(function) and not is_of_keras(function):
            layer.activation = named_activation(function) or function


def is_of_keras(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("keras.")


def named_activation(function: Any) -> Any:
    """Keras' activation that computes the same as somebody's function; None where none does."""
    probe = np.random.default_rng(0).normal(scale=3, size=(4, 5, 6)).astype("float32")
    tensor = keras().ops.convert_to_tensor(probe)
    try:
        answer = np.asarray(keras().ops.convert_to_numpy(function(tensor)))
    except Exception:  # whatever it does
        return None
    for name in ACTIVATIONS:
        right = getattr(keras().activations, name)
        wanted = np.asarray(keras().ops.convert_to_numpy(right(tensor)))
        if answer.shape == wanted.shape and np.allclose(answer, wanted, atol=1e-6):
            return right
    return None


def is_own(layer: Any) -> bool:
    """Whether a layer is the student's: by its class, or by the function that it holds."""
    return not is_of_keras(type(layer)) or type(layer).__name__ == "Lambda"


def as_functional(model: Any) -> Any:
    """The same layers and weights without a class of the student's around or between them."""
    plain = isinstance(model, keras().Sequential) or type(model).__name__ == "Functional"
    if plain and not any(is_own(layer) for layer in model._flatten_layers(include_self=False)):
        return model
    if not model.built:
        return keras().Sequential()
    shape = input_shape(model)
    if shape is None:
        raise Refused("a model that does not say what it takes")
    try:
        symbol = keras().Input(shape[1:])
        with without_own_layers():
            made = model.call(symbol)
        whole = keras().Model(symbol, made)
    except Exception as error:
        raise Refused(
            f"a model with parts that are not Keras' own ({type(error).__name__})"
        ) from None
    if whole.count_params() != model.count_params():  # they would be constants over there
        raise Refused("a model with weights outside of Keras' own layers, or with unused ones")
    return whole


def input_shape(model: Any) -> tuple | None:
    with contextlib.suppress(AttributeError, ValueError):
        return tuple(model.input_shape)
    shapes = list((getattr(model, "_build_shapes_dict", None) or {}).values())
    return tuple(shapes[0]) if shapes else None


@contextlib.contextmanager
def without_own_layers() -> Iterator[None]:
    """Inside the block, a call of a student's layer is the calls that it makes itself."""
    layer = keras().layers.Layer
    original = layer.__call__

    def called(self, *args, **options):
        if not (is_own(self) and self.built):
            return original(self, *args, **options)
        same = named_activation(self.function) if hasattr(self, "function") else None
        return same(*args) if same else self.call(*args, **options)

    layer.__call__ = called
    try:
        yield
    finally:
        layer.__call__ = original


# ---------------------------------------------------------------- arriving


def arriving(model: Model) -> Any:
    """A Keras model of somebody's plain data; Refused where it asks for more than Keras' layers."""
    if len(model.config) > CHARACTERS:
        raise Refused("a model of more layers than anyone needs")
    try:
        import keras as _  # noqa: F401  the first model may come before anybody needed Keras
    except ModuleNotFoundError:
        raise Refused("a Keras model, and Keras is not installed here") from None
    try:
        tree = json.loads(model.config)
        kind = tree["kind"]
        asked = {"module": WHOLE[kind], "class_name": kind, "config": tree["config"]}
        permitted(asked)
        with limits.memory(GIBIBYTES), limits.time(SECONDS):
            built = keras().saving.deserialize_keras_object(asked, safe_mode=True)
            if model.weights:
                built.set_weights(model.weights)
    except Refused:
        raise
    except limits.TooLong:
        raise Refused("a model that takes too long to build") from None
    except Exception as error:  # a configuration that somebody made up
        raise Refused(f"a model that cannot be built again ({type(error).__name__})") from None
    with contextlib.suppress(Exception):
        settings = {"class_name": model.optimizer, "config": {"learning_rate": model.learning_rate}}
        if model.optimizer:
            built.compile(keras().optimizers.get(settings))
    return built


def permitted(tree: Any) -> None:
    """Refused, where a configuration names anything but Keras' own layers and what they hold."""
    if isinstance(tree, list):
        for item in tree:
            permitted(item)
    if not isinstance(tree, dict):
        return
    if "class_name" in tree and tree["class_name"] not in VALUES:
        named(str(tree.get("module") or "keras.layers"), str(tree["class_name"]))
        if tree.get("registered_name") not in (None, tree["class_name"]):
            raise Refused(f"a model with a part of its own, {tree['registered_name']!r:.60}")
    for value in tree.values():
        permitted(value)


def named(module: str, name: str) -> None:
    """Refused, unless this is a class of Keras that only describes a network."""
    found = getattr(sys.modules.get(module), name, None) if module.startswith("keras") else None
    if name in WHOLE and module.startswith("keras"):
        return
    k = keras()
    kinds = (
        k.Operation, k.initializers.Initializer, k.regularizers.Regularizer,
        k.constraints.Constraint, k.DTypePolicy,
    )  # fmt: skip
    if not isinstance(found, type) or not issubclass(found, kinds) or name in FORBIDDEN:
        raise Refused(f"a model with a part that is not built again: {module}.{name:.60}")


def forget() -> None:
    """Keras keeps a name of every layer that was ever built, and their graphs."""
    if keras() is not None:
        keras().backend.clear_session(free_memory=False)  # a search for garbage each time: 0.2 s
