"""What a Keras model holds and what it computes, whoever holds it: a layer, or a constant of its graph.

The work is counted where Keras hands it to TensorFlow, JAX or PyTorch, so that it does not matter
whether a layer or a function of `keras.ops` asked for it.
"""

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from helpers.check import oracle

FEW = 16
"""No kernel size, shape or list of axes has more numbers: a longer list is a constant that is held."""


# ---------------------------------------------------------------- multiply-adds


def multiply_adds(model: Any, size: tuple[int, ...]) -> int:
    """Of the model on one input of this size: each weight of a kernel at every output position.

    Additions of biases and products with one number for each channel (a norm's) do not count.
    """
    keras, total = oracle.keras(), Counter()
    with counted(total):
        model(keras.ops.zeros((1, *size)), training=False)
    return total["multiply-adds"]


@contextlib.contextmanager
def counted(total: Counter) -> Iterator[None]:
    """Inside the block each product of two arrays adds its work to ``total``."""
    from keras.src import backend  # what the functions of keras.ops and all layers call

    places = [
        (module, name, work)
        for module, works in ((backend.nn, CONVOLUTIONS), (backend.numpy, PRODUCTS))
        for name, work in works.items()
    ]
    originals = [getattr(module, name) for module, name, _ in places]
    inside = []  # one of them may call another: then the outer one has counted

    def watched(original: Callable, work: Callable) -> Callable:
        @functools.wraps(original)
        def function(*arrays, **options):
            inside.append(original)
            try:
                made = original(*arrays, **options)
            finally:
                inside.pop()
            if not inside:
                total["multiply-adds"] += work(made, *arrays, **options)
            return made

        return function

    for (module, name, work), original in zip(places, originals, strict=True):
        setattr(module, name, watched(original, work))
    try:
        yield
    finally:
        for (module, name, _), original in zip(places, originals, strict=True):
            setattr(module, name, original)


def shape(array: Any) -> tuple[int, ...]:
    return tuple(getattr(array, "shape", ()))


def positions(made: Any, data_format: str | None) -> int:
    """How many places a convolution's output has."""
    first = (data_format or oracle.keras().config.image_data_format()) == "channels_first"
    return prod(shape(made)[2:] if first else shape(made)[1:-1])


def convolution(made, inputs, *kernels, data_format=None, **options) -> int:
    kernels = [*kernels, *(options[name] for name in options if name.endswith("kernel"))]
    return positions(made, data_format) * sum(prod(shape(k)) for k in kernels if len(shape(k)) > 2)


def transposed(made, inputs, kernel, *more, data_format=None, **options) -> int:
    """Each weight works once for every number that comes in."""
    return positions(inputs, data_format) * prod(shape(kernel))


def attention(made, query, key, value, *more, **options) -> int:
    """Every query with every key, and every value with what came of that."""
    _, queries, heads, width = shape(query)
    return queries * shape(key)[1] * heads * (width + shape(value)[-1])


def matrices(made, x1, x2) -> int:
    return (
        prod(shape(made)) * shape(x1)[-1] if shape(x1) and shape(x2) else elementwise(made, x1, x2)
    )


def contracted(made, x1, x2, *axes, **options) -> int:
    """An index of both operands is in neither half of what is made: sizes say how long it is."""
    return round((prod(shape(x1)) * prod(shape(x2)) * prod(shape(made))) ** 0.5)


def einsum(made, subscripts, *operands, **options) -> int:
    """One product for every combination of the indices."""
    lengths: dict[str, int] = {}
    for letters, operand in zip(subscripts.partition("->")[0].split(","), operands, strict=True):
        before, dots, after = letters.strip().partition("...")
        sizes = shape(operand)
        lengths.update(zip(before, sizes, strict=False))
        lengths.update(zip(reversed(after), reversed(sizes), strict=False))
        if dots:
            rest = prod(sizes[len(before) : len(sizes) - len(after)])
            lengths[dots] = max(rest, lengths.get(dots, 1))
    return prod(lengths.values()) if len(operands) > 1 else 0


def elementwise(made, x1, x2) -> int:
    """Nothing where a number, or one for each channel, is all that one of them has."""
    vectors = [sum(length > 1 for length in shape(x)) < 2 for x in (x1, x2)]
    return 0 if any(vectors) else prod(shape(made))


CONVOLUTIONS = {
    "conv": convolution,
    "depthwise_conv": convolution,
    "separable_conv": convolution,
    "conv_transpose": transposed,
    "dot_product_attention": attention,
}
PRODUCTS = {
    "matmul": matrices,
    "dot": matrices,
    "inner": matrices,
    "tensordot": contracted,
    "outer": contracted,
    "vdot": lambda made, x1, x2: prod(shape(x1)),
    "correlate": lambda made, x1, x2, mode="valid": prod(shape(x1)) * prod(shape(x2)),
    "kron": lambda made, x1, x2: prod(shape(made)),
    "einsum": einsum,
    "multiply": elementwise,
    "divide": elementwise,
}


# ---------------------------------------------------------------- numbers that are held


def held(model: Any) -> int:
    """The numbers that a model holds: parameters, and constants of its graph."""
    return model.count_params() + constants(described(model))


def described(model: Any) -> Any:
    """The model's configuration; nothing where it has none, as a class of somebody's own."""
    try:
        return oracle.keras().saving.serialize_keras_object(model)
    except Exception:  # whatever somebody's own get_config does
        return None


def constants(tree: Any) -> int:
    """How many numbers stand in lists of more than a few, whatever they are for."""
    if isinstance(tree, dict):
        return sum(map(constants, tree.values()))
    if not isinstance(tree, list | tuple):
        return 0
    numbers = leaves(tree)
    return numbers if numbers > FEW else sum(map(constants, tree))


def leaves(tree: Any) -> int:
    """The numbers in a list and in the lists inside of it."""
    if isinstance(tree, list | tuple):
        return sum(map(leaves, tree))
    return int(isinstance(tree, int | float) and not isinstance(tree, bool))
