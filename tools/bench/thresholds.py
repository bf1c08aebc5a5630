"""Measure what the bounds of assignment 4 stand on: shares of right answers over many seeds.

Beside what should pass stand what should not: no learning to speak of, and a single Dense layer.
"""

import argparse
import statistics

from helpers.check import oracle
from helpers.check.exercises import separable_cnn, training


def fitted(optimizer, epochs: int, batch_size: int = 32):
    """A student's `train` with such an optimizer, made anew for each network."""

    def train(model, x, y):
        model.compile(optimizer(), "categorical_crossentropy")
        model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)

    return train


def recipes() -> dict:
    optimizers = oracle.keras().optimizers
    return {
        "Adam, 3 epochs": fitted(optimizers.Adam, 3),
        "Adam, 5 epochs": fitted(optimizers.Adam, 5),
        "Adam, 5 epochs, batch 128": fitted(optimizers.Adam, 5, 128),
        "Adadelta(1.0), 5 epochs": fitted(lambda: optimizers.Adadelta(1.0), 5),
        "SGD(0.1), 5 epochs": fitted(lambda: optimizers.SGD(0.1), 5),
        "Adadelta(), 5 epochs": fitted(optimizers.Adadelta, 5),
    }


def networks() -> dict:
    keras = oracle.keras()
    layers = keras.layers

    def ended(*steps):
        last = layers.Dense(10, activation="softmax")
        return keras.Sequential([keras.Input(separable_cnn.SIZE), *steps, last])

    def normalised():
        steps = []
        for filters in (32, 64):
            steps += [layers.SeparableConv2D(filters, 3), layers.BatchNormalization()]
            steps += [layers.ReLU(), layers.MaxPooling2D(2)]
        first = [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2)]
        return ended(*first, *steps, layers.GlobalAveragePooling2D())

    def flattened():
        return ended(
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.SeparableConv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.2),
            layers.Flatten(),
        )

    return {
        "three convolutions": separable_cnn.three_convolutions,
        "with normalisation": normalised,
        "two convolutions and Flatten": flattened,
        "12 hidden units": lambda: ended(layers.Flatten(), layers.Dense(12, activation="relu")),
        "a single Dense layer": lambda: ended(layers.Flatten()),
    }


def reached_by(train, seed: int) -> float:
    oracle.keras().utils.set_random_seed(seed)
    task = training.Task(seed)
    model = training.Untrained(seed, task).built()
    train(model, *task.trained_on())
    return task.accuracy(model)


def reached_with(build, seed: int) -> float:
    oracle.keras().utils.set_random_seed(seed)
    return separable_cnn.after_training(build(), training.Task(seed), seed)


def measure(title: str, bound: float, candidates: dict, reached, seeds: int) -> None:
    print(f"{title}: {bound:.0%} is asked for; {seeds} seeds")
    for name, candidate in candidates.items():
        shares = [reached(candidate, seed) for seed in range(seeds)]
        low, high = min(shares), max(shares)
        print(
            f"  {name:30} {low:.1%} to {high:.1%}, mean {statistics.mean(shares):.1%}", flush=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    measure("train", training.LEARNED, recipes(), reached_by, seeds)
    measure("build_separable_cnn", separable_cnn.REACHED, networks(), reached_with, seeds)


if __name__ == "__main__":
    main()
