"""Four questions about a program that someone else wrote; assignment 4 shows it.

Nobody wrote the answers down: Keras runs the program, up to its training, and is asked.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from contract import calling
from helpers.check import oracle
from helpers.check.answers import WrongType, a, item
from helpers.check.core import Exercise, Misconception, Part

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
class Reading:
    """One answer. A wrong one is told where to look, and not what stands there."""

    kind: type
    look: str
    agrees_by_chance: ClassVar[bool] = False

    def difference(self, answer: Any, right: Any, slack: Any = None) -> tuple[str, ...]:
        if answer is None:
            raise WrongType("this one is not answered yet.", f"  {self.look}")
        if isinstance(answer, np.bool_ | np.integer):  # NumPy's own True or 3
            answer = answer.item()
        if type(answer) is not self.kind:
            kind = a(type(answer).__name__)
            raise WrongType(
                f"{answer!r:.40} is {kind}, where {a(self.kind.__name__)} is asked for."
            )
        said = in_short(answer) if self.kind is str else answer
        return (
            () if said == right else (f"{answer!r:.40} is not what stands there.", f"  {self.look}")
        )


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
    return Part(lambda rng: [{}], Reading(kind, look), item(NAMES.index(name), NAMES))


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
        "Shapes: 28 → 24 → 12 → 10 → 10; channels: 1 → 16 → 32 → 10.",
        "(5·5·1 + 1)·16 for the first layer. The other two go the same way.",
    ),
)
