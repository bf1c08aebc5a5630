"""Train lesson 4's networks with several seeds, and the tutorial's own recipe beside them.

The code is the lesson's: its cells are taken by name, so what is measured is what is taught.
"""

import argparse
import contextlib
import io
import statistics
import time

import numpy as np

from helpers import data, draw, quiet
from tools.notebooks import ROOT, read

CELLS = ("normalise", "tutorial-network", "tutorial-recipe", "shifted", "train", "small-network")
RECIPE = "the tutorial's recipe, 12 epochs"


def lesson() -> dict:
    """The names that the lesson's cells define, on the data that `data.mnist` finds."""
    with quiet():
        import keras
    (images, labels), (test_images, test_labels) = data.mnist()
    names = {"np": np, "keras": keras, "images": images, "labels": labels, "draw": draw}
    names |= {"test_images": test_images, "test_labels": test_labels, "total": 1_199_882}
    code = {cell.id: cell.source for cell in read(ROOT / "notebooks/04_mnist_cnn.ipynb").cells}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in CELLS:
            exec(code[cell], names)
    return names


def trained(names: dict, build, training, seed: int) -> tuple[float, float]:
    """(seconds, share of right answers on the test images)."""
    names["keras"].utils.set_random_seed(seed)
    model = build()
    start = time.perf_counter()
    training(model)
    seconds = time.perf_counter() - start
    _, accuracy = model.evaluate(names["x_test"], names["y_test"], batch_size=500, verbose=0)
    return seconds, accuracy


def recipes(names: dict, recipe_epochs: int) -> dict:
    """What is trained, and how: (build, training)."""
    build, own, train = names["tutorial_cnn"], names["small_cnn"], names["train"]
    return {
        RECIPE: (build, lambda model: names["tutorial_recipe"](model, epochs=recipe_epochs)),
        "its network, 3 epochs": (build, lambda model: train(model, 3, peak=0.003)),
        "our own network, 3 epochs": (own, lambda model: train(model, 3, peak=0.01)),
    }


def line(name: str, runs: list[tuple[float, float]], whole: float) -> str:
    seconds = statistics.mean(run[0] for run in runs)
    right = [100 * run[1] for run in runs]
    spread = f" ± {statistics.stdev(right):.2f}" if len(right) > 1 else ""
    return (
        f"{name:32} {seconds:5.0f} s  {seconds / whole:5.3f} of the recipe's time  "
        f"{statistics.mean(right):.2f}{spread} % right, {min(right):.2f} to {max(right):.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="for the three-epoch trainings")
    parser.add_argument("--recipe-seeds", type=int, default=1, help="for the tutorial's recipe")
    parser.add_argument(
        "--recipe-epochs",
        type=int,
        default=12,
        help="where fewer are trained, the seconds are scaled to 12 and the accuracy is theirs",
    )
    options = parser.parse_args()
    names = lesson()
    todo, runs = recipes(names, options.recipe_epochs), {}
    for seed in range(max(options.seeds, options.recipe_seeds)):
        for name, (build, training) in todo.items():
            if seed < (options.recipe_seeds if name == RECIPE else options.seeds):
                seconds, accuracy = trained(names, build, training, seed)
                seconds *= 12 / options.recipe_epochs if name == RECIPE else 1
                runs.setdefault(name, []).append((seconds, accuracy))
                print(f"  seed {seed}: {name}: {seconds:.0f} s, {accuracy:.2%}", flush=True)
    whole = statistics.mean(run[0] for run in runs[RECIPE])
    for name, measured in runs.items():
        print(line(name, measured, whole))


if __name__ == "__main__":
    main()
