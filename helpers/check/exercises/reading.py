"""Four questions about a program that someone else wrote; assignment 4 shows it.

Nobody wrote the answers down: Keras runs the program, up to its training, and is asked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from math import prod
from typing import Any, ClassVar

import numpy as np

from contract import calling
from helpers.check import oracle
from helpers.check.answers import WrongType, a, items
from helpers.check.core import Exercise, Misconception, Part
from helpers.check.diagnosis import Diagnosis

NAMES = ("normalised", "optimizer", "convolutions", "parameters")
PROGRAM = """\
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.reshape(60000, 28, 28, 1).astype("float32")
y_train = keras.utils.to_categorical(y_train, 10)

model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(16, kernel_size=5, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(32, kernel_size=3, activation="relu"),
        keras.layers.Conv2D(10, kernel_size=1),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Softmax(),
    ]
)
model.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=64, epochs=20)
"""


@cache
def run_program() -> dict[str, Any]:
    """What the program leaves behind when its images are white, two of them, and it does not fit."""
    keras = oracle.keras()

    class White:
        """Stands where the program says `keras`, and hands it white images."""

        def __getattr__(self, name):
            return getattr(keras, name)

        class datasets:
            class mnist:
                @staticmethod
                def load_data():
                    images = np.full((2, 28, 28), 255, dtype=np.uint8)
                    return (images, np.arange(2)), (images, np.arange(2))

    names = {"keras": White()}
    steps = PROGRAM.replace("60000", "2").partition("model.fit")[0]
    exec(steps, names)  # our own text, above
    return names


def by_keras():
    """(normalised, optimizer, convolutions, parameters): what the program does."""
    ran = run_program()
    model, convolution = ran["model"], oracle.keras().layers.Conv2D
    return (
        bool(ran["x_train"].max() <= 1),
        type(model.optimizer).__name__.lower(),  # its own name counts: sgd_1 is the second one
        sum(isinstance(layer, convolution) for layer in model.layers),
        model.count_params(),
    )


@dataclass(frozen=True)
class Said:
    """One item of an answer; the others are there to see whether two have changed places."""

    index: int
    items: tuple

    @property
    def item(self) -> Any:
        value = self.items[self.index]
        return value.item() if isinstance(value, np.bool_ | np.integer) else value  # NumPy's own


@dataclass(frozen=True)
class Reading:
    """One answer. A wrong one is told where to look, and not what stands there."""

    kind: type
    look: str
    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Said, right: Said, slack: Any = None) -> tuple[str, ...]:
        said = answer.item
        if said is None:
            raise WrongType("this one is not answered yet.", f"  {self.look}")
        if type(said) is not self.kind:
            kind = a(type(said).__name__)
            return (f"{said!r:.40} is {kind}, where {a(self.kind.__name__)} is asked for.",)
        if same(said, right.item):
            return ()
        return (f"{said!r:.40} is not what stands there.", f"  {self.look}")


def same(said: Any, right: Any) -> bool:
    if type(said) is not type(right):
        return False
    return (in_short(said) if isinstance(said, str) else said) == right


def in_short(name: str) -> str:
    """A name as the program has it: without its module, its brackets, or written out."""
    name = name.partition("(")[0].rpartition(".")[2].lower().strip()
    return {"stochastic gradient descent": "sgd"}.get(name, name)


def with_answer(name, change):
    """Three right answers, and the one of someone with a mistake."""

    def wrong():
        answers = dict(zip(NAMES, by_keras(), strict=True))
        return tuple({**answers, name: change(answers[name])}.values())

    return wrong


def part(name: str, kind: type, look: str) -> Part:
    index = NAMES.index(name)

    def said(answer: Any, case: Any) -> Said:
        return Said(index, tuple(items(answer, NAMES)))

    return Part(lambda rng: [{}], Reading(kind, look), said, diagnose=mistaken)


# ---------------------------------------------------------------- what a wrong one comes from


def mistaken(answer: Said, case: Any) -> Diagnosis | None:
    """By the program itself: what else of it makes this answer."""
    said, right = answer.item, by_keras()
    if in_another_order(answer, right):
        return Diagnosis(
            "order of the answers",
            "the right answer to this one stands elsewhere in your tuple.",
            f"The order is ({', '.join(NAMES)}).",
        )
    if type(said) is not type(right[answer.index]):
        return of_another_type(said, type(right[answer.index]))
    look_closer = {
        "normalised": lambda said: NOT_DIVIDED,
        "optimizer": another_word,
        "convolutions": other_count,
        "parameters": other_sum,
    }
    return look_closer[NAMES[answer.index]](said)


def in_another_order(answer: Said, right: tuple) -> bool:
    """Whether the right item is there, at a place where it is wrong."""
    wrong = [k for k, wanted in enumerate(right) if not same(Said(k, answer.items).item, wanted)]
    return any(same(Said(k, answer.items).item, right[answer.index]) for k in wrong)


def of_another_type(said: Any, wanted: type) -> Diagnosis | None:
    if isinstance(said, str) and wanted is bool:
        if said.strip().lower() not in ("true", "false"):
            return Diagnosis(
                "a string for a bool",
                f"{said!r:.40} is a word; the answer is one of the values True and False.",
                "Write it without quotes.",
            )
        return Diagnosis(
            "a string for a bool",
            f"{said!r:.40} in quotes is a string, and any string but the empty one counts as true.",
            "Write the value, without quotes.",
        )
    if isinstance(said, str) and wanted is int:
        return Diagnosis(
            "a string for a number",
            f"{said!r:.40} is a string, not a number.",
            "Leave the quotes out.",
        )
    return None


NOT_DIVIDED = Diagnosis(
    "type taken for range",
    "nothing brings the images to 0..1: what goes into fit still reaches 255.",
    'reshape changes the shape, astype("float32") the type; neither changes a value.',
)


def another_word(said: str) -> Diagnosis | None:
    """Whether the word stands in the program, and as what."""
    word = in_short(said)
    optimizers = {name.lower() for name in dir(oracle.keras().optimizers) if name[0].isupper()}
    if word in optimizers:
        return Diagnosis(
            "another optimizer",
            f"{said!r:.40} is an optimizer, but the program compiles with another one.",
            "Its name stands after keras.optimizers.",
        )
    compiled = PROGRAM.partition("compile(")[2].partition("model.fit")[0]
    settings = re.search(r"optimizers\.\w+\((.*?)\)", compiled)[1]
    name = said.strip().lower().replace(" ", "_")
    if name in re.findall(r"(\w+)=", settings):
        return Diagnosis(
            "a setting of the optimizer",
            f"{said.strip():.40} is a setting of the optimizer, not the optimizer.",
            "What is it an argument of?",
        )
    if name in re.findall(r"\w+", PROGRAM.lower()):
        return Diagnosis(
            "another part of the program",
            f"{said!r:.40} stands in the program, but is not the optimizer.",
            "The optimizer is what compile is given under that name.",
        )
    return None


def other_count(said: int) -> Diagnosis | None:
    """What else there are so many of."""
    layers = run_program()["model"].layers
    convolutions = of_convolutions()
    pooling = [layer for layer in layers if "Pool" in type(layer).__name__]
    counts = {
        "pooling counted": (len(convolutions) + len(pooling), "you counted the pooling layers too"),
        "all layers counted": (len(layers), "that is the number of all layers"),
        "filters counted": (sum(c.filters for c in convolutions), "that is the number of filters"),
        "one activation too many": (
            len(convolutions) + 1,
            "you counted a layer too many that is no convolution",
        ),
        "one filter count": (convolutions[-1].filters, "that is the number of one layer's filters"),
    }
    fitting = [(name, words) for name, (count, words) in counts.items() if count == said]
    if len(fitting) != 1:
        return None
    name, words = fitting[0]
    return Diagnosis(name, f"{words}; asked is how many layers convolve.", "Pooling has no kernel.")


def of_convolutions() -> list:
    return [layer for layer in run_program()["model"].layers if hasattr(layer, "filters")]


# ---------------------------------------------------------------- a wrong number of parameters


@dataclass(frozen=True)
class Term:
    """A layer's numbers, as somebody takes them."""

    side: int  # the kernel's height
    width: int
    channels: int
    filters: int
    places: int  # that its kernel is laid on


def terms() -> list[Term]:
    return [
        Term(
            *layer.kernel_size, layer.input.shape[-1], layer.filters, prod(layer.output.shape[1:-1])
        )
        for layer in of_convolutions()
    ]


WEIGHTS: dict[str, Callable[[Term], int]] = {
    "": lambda t: t.side * t.width * t.channels * t.filters,
    "your kernels are one channel deep": lambda t: t.side * t.width * t.filters,
    "your kernels have one side only, where they have a height and a width": lambda t: (
        t.side * t.channels * t.filters
    ),
    "you counted one filter for each layer": lambda t: t.side * t.width * t.channels,
    "your kernels have no height and width": lambda t: t.channels * t.filters,
    "you added channels and filters where they multiply": lambda t: (
        t.side * t.width * (t.channels + t.filters)
    ),
    "you counted each weight at all places that its kernel is laid on": lambda t: (
        t.side * t.width * t.channels * t.filters * t.places
    ),
}
BIAS: dict[str, Callable[[Term], int]] = {
    "": lambda t: t.filters,
    "you left the biases out": lambda t: 0,
    "you counted one bias for each layer, and there is one for each filter": lambda t: 1,
    "you counted a bias for each channel that comes in, and there is one for each filter": lambda t: (
        t.channels
    ),
    "you counted each bias twice": lambda t: 2 * t.filters,
    "you counted a bias for each pair of channel and filter": lambda t: t.channels * t.filters,
    "you counted a bias for each weight": lambda t: t.side * t.width * t.channels * t.filters,
}


def layer_name(k: int) -> str:
    return ("first", "second", "third")[k]


def taken() -> dict[str, list[Term]]:
    """The layers, as they are and with one kind of number mixed up."""
    found = {"": terms()}
    right = found[""]
    for k, term in enumerate(right):
        name = layer_name(k)
        found[f"you left the {name} convolution out"] = [*right[:k], *right[k + 1 :]]
        found[f"you counted the {name} convolution twice"] = [*right, term]
        for side in {other.side for other in right} - {term.side}:
            mixed = replace(term, side=side, width=side)
            found[f"you took kernels of {side} × {side} for the {name} convolution"] = with_at(
                k, mixed
            )
        for channels in {n for t in right for n in (t.channels, t.filters)} - {term.channels}:
            mixed = replace(term, channels=channels)
            found[f"you let {channels} channels come into the {name} convolution"] = with_at(
                k, mixed
            )
        for filters in {t.filters for t in right} - {term.filters}:
            mixed = replace(term, filters=filters)
            found[f"you gave the {name} convolution {filters} filters"] = with_at(k, mixed)
    for side in {term.side for term in right}:
        same_side = [replace(term, side=side, width=side) for term in right]
        found[f"you took kernels of {side} × {side} for all convolutions"] = same_side
    return found


def with_at(k: int, term: Term) -> list[Term]:
    right = terms()
    return [*right[:k], term, *right[k + 1 :]]


def added() -> dict[str, int]:
    """What the layers without weights, or the training, would add if they were counted."""
    n = of_convolutions()[-1].filters
    total = run_program()["model"].count_params()
    return {
        "": 0,
        f"you counted a Dense layer of {n} × {n} weights and its biases, and there is none": n * n
        + n,
        f"you counted a Dense layer of {n} × {n} weights, and there is none": n * n,
        f"you counted {n} parameters for a layer that has none": n,
        "you counted the optimizer's numbers too: it keeps one for each parameter, and they are no "
        "parameters of the network": total,
        "you counted two numbers of the optimizer for each parameter": 2 * total,
    }


LIKELY = [name for name, bias in BIAS.items() if bias(Term(3, 3, 5, 7, 1)) == 0]


@cache
def sums() -> dict[int, list[frozenset[str]]]:
    """All sums that one mistake makes, or one beside biases that are none, with these mistakes.

    Of more than that there are so many that any number is one of them.
    """
    found: dict[int, list[frozenset[str]]] = {}
    some = product(taken().items(), WEIGHTS.items(), BIAS.items(), added().items())
    for (which, layers), (weights, weigh), (biases, bias), (more, extra) in some:
        mistakes = frozenset({which, weights, biases, more} - {""})
        if len(mistakes) == 1 or (len(mistakes) == 2 and biases in LIKELY):
            total = sum(weigh(term) + bias(term) for term in layers) + extra
            found.setdefault(total, []).append(mistakes)
    return found


def other_sum(said: int) -> Diagnosis | None:
    """The fewest mistakes that make this sum, where they are the only ones."""
    fitting = sums().get(said, [])
    fewest = min(map(len, fitting), default=0)
    fitting = list(dict.fromkeys(f for f in fitting if len(f) == fewest))
    if len(fitting) != 1 or said == run_program()["model"].count_params():
        return None
    sentence = ", and ".join(sorted(fitting[0]))
    look = (
        "Each map: kernel × kernel × channels in, and a bias. Layers without weights add nothing."
    )
    name = "a wrong term" if fewest == 1 else "two wrong terms"
    return Diagnosis(name, f"{sentence}.", look)


BIASES = 16 + 32 + 10
POINTWISE = 32 * 10 + 10

reading = Exercise(
    name="reading",
    oracle=by_keras,
    terms=calling.FREE,
    parts={
        "normalised": part(
            "normalised", bool, "Follow x_train from its first line to fit: is it ever divided?"
        ),
        "optimizer": part("optimizer", str, "Its name stands in compile."),
        "convolutions": part("convolutions", int, "Count the layers whose name begins with Conv."),
        "parameters": part(
            "parameters", int, "Each map: kernel × kernel × channels in, and a bias. Add up."
        ),
    },
    misconceptions=(
        Misconception(
            "the pointwise layer is none",
            with_answer("convolutions", lambda right: right - 1),
            "a 1 × 1 convolution is a convolution too.",
            "Lesson 3: its window is one pixel.",
        ),
        Misconception(
            "pooling is one",
            with_answer("convolutions", lambda right: right + 1),
            "pooling is no convolution: it has no kernel, and learns nothing.",
            "Count the layers whose name begins with Conv.",
        ),
        Misconception(
            "biases left out",
            with_answer("parameters", lambda right: right - BIASES),
            "you left the biases out.",
            "Every map has one, unless use_bias=False says otherwise.",
        ),
        Misconception(
            "pointwise layer left out",
            with_answer("parameters", lambda right: right - POINTWISE),
            "you left the 1 × 1 layer out.",
            "It has a weight for each pair of maps, and a bias for each map it makes.",
        ),
        Misconception(
            "channels in left out",
            with_answer("parameters", lambda right: 26 * 16 + 10 * 32 + 2 * 10),
            "your kernels are one channel deep.",
            "Each filter spans all channels that come in: 16 in the second layer, 32 in the third.",
        ),
        Misconception(
            "the loss",
            with_answer("optimizer", lambda right: "categorical_crossentropy"),
            "that is the loss: what is made small, not who makes it small.",
            "The optimizer is the next line.",
        ),
    ),
    hints=(
        "Read it line by line, and say for each line what comes out of it.",
        "normalised: how large is the largest number of x_train when fit begins?",
        "optimizer: it is what compile is given under that name; what is in its brackets are its settings.",
        "convolutions: which layers have a kernel that slides? A kernel of 1 × 1 slides as well.",
        "parameters: shapes 28 → 24 → 12 → 10 → 10; channels: 1 → 16 → 32 → 10.",
        "(5·5·1 + 1)·16 for the first layer. The other two go the same way.",
    ),
)
