"""The layers of a model beside those of the right one: which is missing, which is too much, which differs.

Both are walked from the input to the output, through models within models and classes of a student's
own; an activation is compared apart from the layer that has it, so that it may be a layer itself.
Nothing is said of a model that is no line of layers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from helpers.check import oracle
from helpers.check.diagnosis import Diagnosis

SETTINGS = {
    "Conv2D": (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "dilation_rate",
        "groups",
        "use_bias",
    ),
    "SeparableConv2D": ("filters", "kernel_size", "strides", "padding", "use_bias"),
    "DepthwiseConv2D": ("kernel_size", "strides", "padding", "use_bias"),
    "Dense": ("units", "use_bias"),
    "MaxPooling2D": ("pool_size", "strides", "padding"),
    "AveragePooling2D": ("pool_size", "strides", "padding"),
    "Dropout": ("rate",),
    "SpatialDropout2D": ("rate",),
    "AlphaDropout": ("rate",),
    "GaussianDropout": ("rate",),
    "Rescaling": ("scale", "offset"),
}
FAMILIES = (
    {"Conv2D", "SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose", "Conv1D"},
    {"MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D"},
    {"Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"},
    {"Flatten", "GlobalMaxPooling2D", "GlobalAveragePooling2D"},
)
"""Kinds that are taken for one another."""

DROPPING = FAMILIES[2] | {"SpatialDropout1D", "SpatialDropout3D"}
WITHOUT_EFFECT = {"InputLayer", "Identity", "ActivityRegularization"}
KEPT_SIGNS = {"relu", "linear"}  # which come to the same when they come twice
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


class Unseen(Exception):
    """The model is no line of layers, or cannot be looked into."""


@dataclass
class Step:
    """A layer that does something, and the activations between it and the next one with weights."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    activations: list[str] = field(default_factory=list)
    parameters: int = 0

    @property
    def dropping(self) -> bool:
        return self.kind in DROPPING

    def __str__(self) -> str:
        if "filters" in self.settings:
            return f"{self.kind} of {self.settings['filters']} filters"
        if "units" in self.settings:
            return f"{self.kind} layer of {self.settings['units']:,} units"
        if "rate" in self.settings:
            return f"{self.kind} of {self.settings['rate']:.0%}"
        if self.kind == "Rescaling":
            return f"Rescaling by {self.settings['scale']:.3g}"
        return self.kind


# ---------------------------------------------------------------- the walk


def walked(model: Any) -> tuple[Step, ...]:
    """The steps from the input to the output; Unseen where there is no single line of them."""
    found = [Step("start")]
    for operation in in_order(model):
        if is_own(operation):
            raise Unseen  # what it does is not known, and it may be what else seems to be missing
        step = step_of(operation)
        if step.kind in WITHOUT_EFFECT:
            continue
        if step.kind == "activation":
            holder(found).activations += step.activations
        else:
            found.append(step)
    return tuple(found)


def is_own(operation: Any) -> bool:
    """Whether it is somebody's own class, or holds a function of somebody's."""
    kind = type(operation)
    return not kind.__module__.startswith("keras.") or kind.__name__ == "Lambda"


def step_of(operation: Any) -> Step:
    """A layer or operation by itself."""
    kind = kind_of(operation)
    settings = {name: plain(getattr(operation, name)) for name in SETTINGS.get(kind, ())}
    count = operation.count_params() if hasattr(operation, "count_params") else 0
    return Step(kind, settings, activations_of(operation, kind), count)


def holder(found: list[Step]) -> Step:
    """Which step an activation belongs to: pooling, dropping and flattening change nothing of that."""
    inert = FAMILIES[1] | DROPPING | {"Flatten"}
    return next((step for step in reversed(found) if step.kind not in inert), found[0])


def in_order(model: Any) -> Iterator[Any]:
    """Layers and operations in the order in which an image goes through them."""
    keras = oracle.keras()
    if isinstance(model, keras.Sequential):
        operations = list(model.layers)
    else:
        operations = of_graph(model if hasattr(model, "_nodes_by_depth") else traced(model))
    for operation in operations:
        if isinstance(operation, keras.Model):
            yield from in_order(operation)
        else:
            yield operation


def of_graph(model: Any) -> list[Any]:
    levels = [nodes for _, nodes in sorted(model._nodes_by_depth.items(), reverse=True)]
    if any(len(nodes) > 1 for nodes in levels):
        raise Unseen
    if any(len(node.input_tensors) > 1 for nodes in levels for node in nodes):
        raise Unseen
    return [node.operation for nodes in levels for node in nodes]


def traced(model: Any) -> Any:
    """A class of somebody's own, as what it does with an image."""
    try:
        shapes = list((getattr(model, "_build_shapes_dict", None) or {}).values())
        symbol = oracle.keras().Input(tuple(shapes[0])[1:])
        return oracle.keras().Model(symbol, model.call(symbol))
    except Exception:  # whatever it does with a symbol
        raise Unseen from None


def kind_of(operation: Any) -> str:
    name = type(operation).__name__
    if name in ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax") or named_operation(
        operation
    ):
        return "activation"
    if name == "Reshape":
        made = getattr(operation, "output", None)
        return "Flatten" if made is not None and len(made.shape) == 2 else name
    return name


def named_operation(operation: Any) -> str:
    """The name of Keras' activation that an operation of `keras.ops` computes; "" of others."""
    if isinstance(operation, oracle.keras().layers.Layer):
        return ""
    name = {"LeakyRelu": "leaky_relu", "HardSigmoid": "hard_sigmoid"}.get(
        type(operation).__name__, type(operation).__name__.lower()
    )
    return name if hasattr(oracle.keras().activations, name) else ""


def activations_of(operation: Any, kind: str) -> list[str]:
    kind_name = type(operation).__name__
    if kind_name == "Softmax":
        axis = getattr(operation, "axis", -1)
        return ["softmax" if axis in (-1, 1) else f"softmax along axis {axis}"]
    if kind_name == "ReLU":
        return [of_relu(operation)]
    if kind_name == "LeakyReLU":
        return ["leaky_relu"]
    if named_operation(operation):
        return [named_operation(operation)]
    if kind == "activation" and kind_name != "Activation":
        return [kind_name.lower()]
    function = getattr(operation, "activation", None)
    name = activation_name(function) if function is not None else "linear"
    return [] if name == "linear" else [name]


def of_relu(layer: Any) -> str:
    if layer.max_value is not None:
        return f"relu up to {float(layer.max_value):g}"
    if layer.negative_slope:
        return "leaky_relu"
    return f"relu from {float(layer.threshold):g}" if layer.threshold else "relu"


def activation_name(function: Any) -> str:
    if isinstance(function, oracle.keras().layers.Layer):
        found = activations_of(function, kind_of(function))
        return found[0] if found else "linear"
    module, name = getattr(function, "__module__", ""), getattr(function, "__name__", "")
    if str(module).startswith("keras.") and hasattr(oracle.keras().activations, name):
        return name
    return computed_by(function) or "one of your own"


def computed_by(function: Any) -> str:
    """The name of Keras' activation that computes the same as somebody's function."""
    keras = oracle.keras()
    probe = np.random.default_rng(0).normal(size=(4, 6)) * [[1], [3], [30], [1000]]
    probe = probe.astype("float32")

    def made(one: Any) -> np.ndarray:
        return oracle.to_numpy(one(keras.ops.convert_to_tensor(probe)))

    for name in ("linear", "relu", "softmax", "sigmoid", "tanh", "relu6", "leaky_relu", "gelu"):
        if np.allclose(made(function), made(getattr(keras.activations, name)), atol=1e-5):
            return name
    return ""


def plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


# ---------------------------------------------------------------- side by side


@dataclass(frozen=True)
class Difference:
    """One thing that the walk found, and whether it is about what is dropped in training."""

    name: str
    sentence: str
    look: str
    dropping: bool = False


Pairs = list[tuple[int | None, int | None]]


def aligned(yours: Sequence[Step], right: Sequence[Step]) -> Pairs:
    """Which of yours stands for which of the right ones, at the least cost; None for no partner."""
    costs = {(0, 0): (0.0, [])}
    for i in range(len(yours) + 1):
        for j in range(len(right) + 1):
            ways = []
            if i:
                ways.append(extended(costs[i - 1, j], alone(yours[i - 1]), (i - 1, None)))
            if j:
                ways.append(extended(costs[i, j - 1], alone(right[j - 1]), (None, j - 1)))
            if i and j:
                apart = distance(yours[i - 1], right[j - 1])
                ways.append(extended(costs[i - 1, j - 1], apart, (i - 1, j - 1)))
            if ways:
                costs[i, j] = min(ways, key=lambda way: way[0])
    return costs[len(yours), len(right)][1]


def extended(way: tuple, cost: float, pair: tuple) -> tuple:
    return way[0] + cost, [*way[1], pair]


def alone(step: Step) -> float:
    """What a step without a partner costs: of a Dropout and its neighbour, it is the Dropout that moved."""
    return 0.8 if step.dropping else 1


def distance(a: Step, b: Step) -> float:
    if a.kind == b.kind:
        return min(0.3 * len(differing(a, b)), 1.3)
    return 1.2 if any({a.kind, b.kind} <= family for family in FAMILIES) else 9


def differing(a: Step, b: Step) -> list[str]:
    return [name for name, value in a.settings.items() if value != b.settings.get(name)]


def compared(yours: Sequence[Step], right: Sequence[Step]) -> list[Difference]:
    """All differences, in the order of the layers."""
    pairs = aligned(yours, right)
    return [
        *changed_places(yours, right, pairs),
        *too_many_or_few(yours, right, pairs),
        *of_another_kind(yours, right, pairs),
        *set_otherwise(yours, right, pairs),
        *activated_otherwise(yours, right, pairs),
    ]


def changed_places(yours, right, pairs: Pairs) -> Iterator[Difference]:
    """Two layers of one kind, each with the other's main number."""
    same = [(i, j) for i, j in pairs if None not in (i, j) and yours[i].kind == right[j].kind]
    for (i, j), (k, m) in pairwise(same):
        for name in ("filters", "units", "rate"):
            mine = yours[i].settings.get(name), yours[k].settings.get(name)
            asked = right[j].settings.get(name), right[m].settings.get(name)
            if mine == asked[::-1] and mine != asked:
                yield Difference(
                    "changed places",
                    f"the {yours[i]} and the {yours[k]} have changed places",
                    f"First the {right[j]}, then the {right[m]}.",
                    yours[i].dropping,
                )


def too_many_or_few(yours, right, pairs: Pairs) -> Iterator[Difference]:
    """Layers without a partner: those that stand elsewhere first, then missing and extra ones."""
    extra = [i for i, j in pairs if j is None]
    missing = [j for i, j in pairs if i is None]
    for j in list(missing):
        same = [i for i in extra if yours[i].kind == right[j].kind]
        if same:
            i = same[0]
            extra.remove(i)
            missing.remove(j)
            yield Difference(
                "order of layers",
                f"the {yours[i]} stands {place(yours, i)}; it belongs {place(right, j)}",
                "Put the layers in the order of the task.",
                yours[i].dropping,
            )
    for j in missing:
        yield Difference(
            "missing layer",
            f"the {right[j]} is missing: it belongs {place(right, j)}{bypassed(yours, j, pairs)}",
            "Is it in the model, and is what it returns handed to the next layer?",
            right[j].dropping,
        )
    for i in extra:
        yield Difference(
            "extra layer",
            f"there is {article(yours[i])} {yours[i]} {place(yours, i)} that was not asked for",
            "The model is made of the layers of the task only.",
            yours[i].dropping,
        )


def bypassed(yours, j: int, pairs: Pairs) -> str:
    """Who reads the image, where the first layer is missing."""
    at = pairs.index((None, j))
    following = next((i for i, _ in pairs[at:] if i is not None), None)
    return f"; the {yours[following]} reads the image itself" if following == 1 else ""


def of_another_kind(yours, right, pairs: Pairs) -> Iterator[Difference]:
    for i, j in pairs:
        if None not in (i, j) and yours[i].kind != right[j].kind:
            yield Difference(
                "another kind of layer",
                f"there is {article(yours[i])} {yours[i]} where a {right[j]} is asked for",
                f"keras.layers.{right[j].kind} is the one of the task.",
                right[j].dropping,
            )


SAID = {
    "filters": ("other filters", "{have} {yours} filters; {right} are asked for"),
    "units": ("other units", "{have} {yours} units; {right} are asked for"),
    "kernel_size": ("kernel size", "{have} kernels of {yours}; {right} are asked for"),
    "strides": ("strides", "{have} strides of {yours}; {right} are asked for"),
    "padding": ("padding", '{have} padding "{yours}"; "{right}" is asked for'),
    "pool_size": ("pool size", "{have} windows of {yours}; {right} are asked for"),
    "rate": ("share that is dropped", "{drop} {yours}; {right} is asked for"),
}


def set_otherwise(yours, right, pairs: Pairs) -> Iterator[Difference]:
    """Settings of the same kind of layer; those that several share are said once."""
    found: dict[tuple, list[Step]] = {}
    pairs = [(yours[i], right[j]) for i, j in pairs if None not in (i, j)]
    swapped = [name for name in ("filters", "units", "rate") if is_swap(pairs, name)]
    for mine, asked in pairs:
        for name in differing(mine, asked) if mine.kind == asked.kind else ():
            if name not in swapped and not (name == "strides" and follows(mine, asked)):
                key = name, mine.settings[name], asked.settings[name], mine.dropping
                found.setdefault(key, []).append(mine)
    for (name, mine, asked, dropping), steps in found.items():
        said = setting(name, mine, asked, len(steps) > 1)
        subject = " and the ".join(called(step, yours, name) for step in steps)
        yield Difference(said[0], f"the {subject} {said[1]}", said[2], dropping)


def is_swap(pairs: list[tuple[Step, Step]], name: str) -> bool:
    values = [
        (a.settings[name], b.settings[name])
        for a, b in pairs
        if name in a.settings and name in b.settings
    ]
    return any((a, b) == (d, c) and a != b for (a, b), (c, d) in pairwise(values))


def follows(mine: Step, asked: Step) -> bool:
    """A pooling's strides are its window's, unless somebody says otherwise."""
    windows = mine.settings.get("pool_size"), asked.settings.get("pool_size")
    return windows[0] != windows[1] and mine.settings["strides"] == windows[0]


def setting(name: str, mine: Any, asked: Any, several: bool) -> tuple[str, str, str]:
    words = {"have": "have" if several else "has", "drop": "drop" if several else "drops"}
    if name == "use_bias":
        said = ("no biases; one for each output is asked for", "biases; none are asked for")[mine]
        return "biases", f"{words['have']} {said}", "use_bias says whether there are any."
    title, sentence = SAID.get(name, (name, f"{{have}} {name} {{yours}}; {{right}} is asked for"))
    said = sentence.format(yours=shown(name, mine), right=shown(name, asked), **words)
    return title, said, f"It is the layer's `{name}`."


def shown(name: str, value: Any) -> str:
    if name == "rate":
        return f"{value:.4g}" if value > 1 else f"{100 * value:.3g}%"
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def called(step: Step, yours: Sequence[Step], setting: str = "") -> str:
    """ "second convolution", "Dense layer of 128 units": as short as it is clear."""
    alike = [other for other in yours if other.kind == step.kind]
    number = next(k for k, other in enumerate(alike) if other is step)
    kind = {"Conv2D": "convolution", "Dense": "Dense layer", "start": "image"}.get(
        step.kind, step.kind
    )
    if step.kind == "Dense" and setting != "units":
        return str(step)
    return kind if len(alike) == 1 else f"{ORDINALS[min(number, 8)]} {kind}"


def activated_otherwise(yours, right, pairs: Pairs) -> Iterator[Difference]:
    """Activations after the same layer; what several layers have in common is said once."""
    found: dict[tuple, list[str]] = {}
    for i, j in pairs:
        mine = once(yours[i].activations) if i is not None else []
        if i is not None and j is not None:
            asked = once(right[j].activations)
        else:
            asked = mine if i is None or yours[i].kind in SETTINGS else []
        if mine != asked:
            found.setdefault((*mine, None, *asked), []).append(called(yours[i], yours))
    for key, places in found.items():
        cut = key.index(None)
        where = " and the ".join(places)
        yield activation(where, list(key[:cut]), list(key[cut + 1 :]), len(places) > 1)


def once(names: Iterable[str]) -> list[str]:
    """Without repetitions that change nothing."""
    kept: list[str] = []
    for name in names:
        if not (kept and kept[-1] == name and name in KEPT_SIGNS):
            kept.append(name)
    return kept


def activation(where: str, mine: list[str], asked: list[str], several: bool) -> Difference:
    look = f"It is {asked[0]} there." if asked else "Leave activation out there."
    wanted = f"{asked[0]} is asked for" if asked else "none is asked for"
    if not mine:
        have = "have" if several else "has"
        sentence = f"the {where} {have} no activation; {wanted}"
        return Difference("missing activation", sentence, look)
    if len(mine) > 1 and len(set(mine)) == 1:
        times = "twice" if len(mine) == 2 else f"{len(mine)} times"
        sentence = f"the {mine[0]} comes {times} after the {where}"
        return Difference("activation twice", sentence, "Once is enough.")
    if len(mine) == 1:
        name = "another activation" if asked else "extra activation"
        return Difference(name, f"the activation of the {where} is {mine[0]}; {wanted}", look)
    sentence = f"after the {where} comes {' and then '.join(mine)}; only {wanted}"
    return Difference("extra activation", sentence.replace("only none", "none"), look)


def article(step: Step) -> str:
    return "an" if str(step)[0] in "AEIOU" else "a"


def place(steps: Sequence[Step], at: int) -> str:
    """Where a step stands, by its neighbours."""
    if at == len(steps) - 1:
        return "at the end"
    if at <= 1:
        return "before all others"
    return f"between the {called(steps[at - 1], steps)} and the {called(steps[at + 1], steps)}"


# ---------------------------------------------------------------- what is said of it


def looked_through(model: Any, right: Any, dropping: bool | None = None) -> Diagnosis | None:
    """What the walk finds, of dropping or of all else; None where it finds nothing or sees nothing."""
    try:
        found = compared(walked(model), walked(right))
    except Unseen:
        return None
    found = [one for one in found if dropping is None or one.dropping == dropping]
    return joined(found)


def joined(found: Sequence[Difference]) -> Diagnosis | None:
    if not found:
        return None
    shown = found[:3]
    more = f", and {len(found) - 3} more things" if len(found) > 3 else ""
    sentence = "; and ".join(one.sentence for one in shown) + more
    return Diagnosis(found[0].name, f"{sentence}.", found[0].look)
