"""Train lesson 4's networks with several seeds: what each idea is worth, and what comes of all.

The code is the lesson's: its cells are taken by name, so what is measured is what is taught.
Ideas are compared on the validation images; the test images are for the networks of the last table.
"""

import argparse
import contextlib
import functools
import io
import json
import statistics
import time
from pathlib import Path

import numpy as np

from helpers import data, draw, quiet
from tools.notebooks import ROOT, read

CELLS = (
    "normalise",
    "split",
    "tutorial-network",
    "tutorial-recipe",
    "shifted",
    "train",
    "ideas",
    "another-second",
    "small-network",
    "test-images",
)
RECIPE = "the tutorial's recipe, 12 epochs"
NETWORK = "its network, 3 epochs"
OLD_DEFAULT = "the recipe with Adadelta()'s default, 12 epochs"
SEEDS = 5


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


def trainings(names: dict) -> dict:
    """What is trained, how, and with how many seeds: {name: (build, training, seeds)}."""
    build, own, train = names["tutorial_cnn"], names["small_cnn"], names["train"]
    recipe, another = names["tutorial_recipe"], names["with_second"]
    separable = names["keras"].layers.SeparableConv2D
    ideas = {
        idea: (build, functools.partial(train, epochs=3, **options), 3)
        for idea, options in names["ideas"].items()
    }
    all_ideas = functools.partial(train, epochs=3, peak=0.003)
    return {
        **ideas,
        NETWORK: (build, all_ideas, SEEDS),
        "its second convolution separable, 3 epochs": (
            lambda: another(build(), separable(64, 3, activation="relu")),
            all_ideas,
            SEEDS,
        ),
        "our own network, 3 epochs": (own, functools.partial(train, epochs=3, peak=0.01), SEEDS),
        RECIPE: (build, recipe, SEEDS),
        OLD_DEFAULT: (build, functools.partial(recipe, rate=0.001), 1),
    }


def trained(names: dict, build, training, seed: int, tested: bool) -> dict:
    """Seconds of training; the shares of validation and, for the last table, test images right."""
    names["keras"].utils.set_random_seed(seed)
    model = build()
    start = time.perf_counter()
    training(model)
    seconds = time.perf_counter() - start

    def right(x, y) -> float:
        return model.evaluate(x, y, batch_size=500, verbose=0)[1]

    run = {"seconds": seconds, "validation": right(names["x_val"], names["y_val"])}
    return run | ({"test": right(names["x_test"], names["y_test"])} if tested else {})


def row(name: str, runs: list[dict], whole: float | None) -> str:
    """One row of a Markdown table."""
    cells = [name, str(len(runs))]
    for images in ("validation", "test"):
        right = [100 * run[images] for run in runs if images in run]
        spread = f" ± {statistics.stdev(right):.2f}" if len(right) > 1 else ""
        cells.append(f"{statistics.mean(right):.2f}%{spread}" if right else "")
    seconds = statistics.mean(run["seconds"] for run in runs)
    cells += [f"{seconds:.0f}", f"{seconds / whole:.2f}" if whole else ""]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="at most so many of each")
    parser.add_argument("--only", nargs="*", default=[""], help="trainings whose name has this")
    parser.add_argument(
        "--results",
        type=Path,
        help="a file that keeps every run, so that a stopped one goes on; remove it to begin anew",
    )
    options = parser.parse_args()
    names = lesson()
    runs = kept(options.results)
    chosen = {
        name: training
        for name, training in trainings(names).items()
        if any(part in name for part in options.only)
    }
    for seed in range(options.seeds):
        for name, (build, training, seeds) in chosen.items():
            if seed < seeds and (name, seed) not in runs:
                tested = name not in names["ideas"]
                runs[name, seed] = run = trained(names, build, training, seed, tested)
                keep(options.results, {"name": name, "seed": seed, **run})
                said = f"{run['seconds']:.0f} s, validation {run['validation']:.2%}"
                print(f"  seed {seed}: {name}: {said}", flush=True)
    by_name = {
        name: [run for (of, _), run in sorted(runs.items()) if of == name] for name in chosen
    }
    recipe = by_name.get(RECIPE)
    whole = statistics.mean(run["seconds"] for run in recipe) if recipe else None
    print("| | seeds | validation | test | seconds | of the recipe's |\n|---|---|---|---|---|---|")
    for name, measured in by_name.items():
        if measured:
            print(row(name, measured, whole))


def kept(results: Path | None) -> dict[tuple[str, int], dict]:
    """Earlier runs by (name, seed); a file holds one on each line."""
    if not results or not results.exists():
        return {}
    runs = map(json.loads, results.read_text(encoding="utf-8").splitlines())
    return {(run.pop("name"), run.pop("seed")): run for run in runs}


def keep(results: Path | None, run: dict) -> None:
    if results:
        with results.open("a", encoding="utf-8") as file:
            print(json.dumps(run), file=file)


if __name__ == "__main__":
    main()
