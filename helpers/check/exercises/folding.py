"""A normalisation folded into the convolution before it: one layer that does what both did.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

from collections.abc import Callable

import numpy as np

from helpers.check import oracle
from helpers.check.answers import Array, as_numbers, item
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.covering import covering
from helpers.check.diagnosis import Diagnosis

NAMES = ("kernel", "bias")
KERNEL, BIAS = (item(index, NAMES) for index in range(2))
EPSILON = 1e-3


# ---------------------------------------------------------------- calls


def layers(rng, shape=(3, 2, 4, 5), bias=True, sign=0, **options) -> Case:
    """A convolution, and what a normalisation after it has learned and seen.

    Some variances are as small as epsilon, so that it shows; gammas have both signs.
    """
    filters = shape[-1]
    variance = rng.permutation(np.geomspace(5e-4, 2, filters)) if filters > 1 else np.array([2e-3])
    offsets = rng.normal(size=(4, filters))
    offsets = sign * np.abs(offsets) if sign else offsets
    return {
        "kernel": rng.normal(size=shape),
        "bias": offsets[0] if bias else None,
        "gamma": offsets[1] + np.sign(offsets[1]) / 2,
        "beta": offsets[2],
        "mean": offsets[3],
        "variance": variance,
        **options,
    }


SHAPES = ((3, 2, 4, 5), (2, 5, 3, 4), (1, 1, 6, 3))


def usual(rng) -> list[Case]:
    return [layers(rng, shape) for shape in SHAPES]


def with_whole_kernel(rng) -> list[Case]:
    """And a kernel of whole numbers, as edge detectors have it: the folded one has fractions."""
    whole = layers(rng)
    whole["kernel"] = np.rint(3 * whole["kernel"]).astype(int)
    return [*usual(rng), whole]


def with_whole_bias(rng) -> list[Case]:
    """And a bias of whole numbers."""
    whole = layers(rng)
    whole["bias"] = np.arange(1, 6)
    return [*usual(rng), whole]


def other_epsilons(rng) -> list[Case]:
    """Also 0, which is allowed where no variance is."""
    epsilons = (0.1, 1e-5, 0.0)
    return [
        layers(rng, shape, epsilon=epsilon) for shape, epsilon in zip(SHAPES, epsilons, strict=True)
    ]


def without_bias(rng) -> list[Case]:
    """As `Conv2D(…, use_bias=False)` has none: the normalisation's shift is one."""
    return [layers(rng, shape, bias=False) for shape in SHAPES]


def all_together(rng) -> list[Case]:
    """A bias or none, epsilons, signs and sizes of one, each with each; and a channel without variance."""
    choices = {
        "bias": (True, False), "epsilon": (EPSILON, 0.1, 1e-5), "sign": (0, 1, -1),
        "kh": (1, 3), "kw": (1, 2), "channels": (1, 4), "filters": (1, 5),
    }  # fmt: skip
    cases = []
    for row in covering(rng, choices):
        epsilon = {} if row["epsilon"] == EPSILON else {"epsilon": row["epsilon"]}
        shape = (row["kh"], row["kw"], row["channels"], row["filters"])
        cases.append(layers(rng, shape, row["bias"], row["sign"], **epsilon))
    for dead in (layers(rng), layers(rng, bias=False)):
        dead["variance"] = dead["variance"] * (dead["variance"] > 1e-3)
        cases.append(dead)
    return cases


# ---------------------------------------------------------------- the right answer, in pieces


def scale_of(gamma, variance, epsilon=EPSILON):
    return gamma / np.sqrt(variance + epsilon)


def fold(kernel, bias, gamma, beta, mean, variance, epsilon=EPSILON):
    scale = scale_of(gamma, variance, epsilon)
    return kernel * scale, ((0 if bias is None else bias) - mean) * scale + beta


def rounding_of_bias(case: Case) -> np.ndarray:
    scale = np.abs(scale_of(case["gamma"], case["variance"], epsilon_of(case)))
    bias = 0 if case["bias"] is None else np.abs(case["bias"])
    return (bias + np.abs(case["mean"])) * scale + np.abs(case["beta"])


# ---------------------------------------------------------------- mistakes


def with_scale(scale) -> Callable:
    """The mistake of another factor, in the kernel and in the bias."""

    def wrong(kernel, bias, gamma, beta, mean, variance, epsilon=EPSILON):
        factor = scale(gamma, variance, epsilon)
        return kernel * factor, ((0 if bias is None else bias) - mean) * factor + beta

    return wrong


def changed(kernel=None, bias=None) -> Callable:
    """The mistake of working one of the two out otherwise; ``s`` is the right factor."""

    def wrong(k, b, gamma, beta, mean, variance, epsilon=EPSILON):
        right_kernel, right_bias = fold(k, b, gamma, beta, mean, variance, epsilon)
        s, b = scale_of(gamma, variance, epsilon), (0 if b is None else b)
        return (
            kernel(k, s) if kernel else right_kernel,
            bias(b, s, gamma, beta, mean) if bias else right_bias,
        )

    return wrong


def gamma_and_beta_exchanged(kernel, bias, gamma, beta, mean, variance, epsilon=EPSILON):
    return fold(kernel, bias, beta, gamma, mean, variance, epsilon)


def standard_deviation_given(kernel, bias, gamma, beta, mean, variance, epsilon=EPSILON):
    return fold(kernel, bias, gamma, beta, mean, variance**2, epsilon)


def without_epsilon(gamma, variance, epsilon):
    with np.errstate(all="ignore"):
        return gamma / np.sqrt(variance)


def of_its_type(k, s):
    return (k * s).astype(k.dtype)


def stops_at_whole_numbers(k, s):
    scaled = k.copy()
    scaled *= s
    return scaled


MISTAKES = (
    Misconception(
        "epsilon left out",
        with_scale(without_epsilon),
        "epsilon is left out.",
        "It is added to the variance, before the root is taken.",
    ),
    Misconception(
        "epsilon outside of the root",
        with_scale(lambda gamma, variance, epsilon: gamma / (np.sqrt(variance) + epsilon)),
        "epsilon is added to the standard deviation.",
        "It is added to the variance, before the root is taken.",
    ),
    Misconception(
        "always 0.001",
        with_scale(lambda gamma, variance, epsilon: scale_of(gamma, variance)),
        "your epsilon is always 0.001.",
        "0.001 is only its default: use the argument.",
    ),
    Misconception(
        "divided by the variance",
        with_scale(lambda gamma, variance, epsilon: gamma / (variance + epsilon)),
        "you divide by the variance.",
        "By the standard deviation: its square root.",
    ),
    Misconception(
        "multiplied by the deviation",
        with_scale(lambda gamma, variance, epsilon: gamma * np.sqrt(variance + epsilon)),
        "you multiply by the standard deviation.",
        "A normalisation divides by it.",
    ),
    Misconception(
        "gamma left out",
        with_scale(lambda gamma, variance, epsilon: scale_of(1, variance, epsilon)),
        "gamma is left out.",
        "The normalised map is multiplied by gamma: the factor is gamma / sqrt(variance + epsilon).",
    ),
    Misconception(
        "gamma only",
        with_scale(lambda gamma, variance, epsilon: gamma),
        "you multiply by gamma, and do not divide by the standard deviation.",
        "The factor of a map is gamma / sqrt(variance + epsilon).",
    ),
    Misconception(
        "kernel unchanged",
        changed(kernel=lambda k, s: k),
        "the kernel is unchanged.",
        "To multiply a map by a number, multiply its filter by it.",
    ),
    Misconception(
        "factors in another order",
        changed(kernel=lambda k, s: k * s[::-1]),
        "each filter has another filter's factor.",
        "The last axis of the kernel counts filters, as the axis of gamma does.",
    ),
    Misconception(
        "scaled by channel",
        changed(kernel=lambda k, s: k * s[:, None]),
        "there is a factor for each filter, and you lay them along the channels.",
        "(F,) broadcasts along the last axis: kernel * scale.",
    ),
    Misconception(
        "the kernel's type",
        changed(kernel=of_its_type),
        "for a kernel of whole numbers yours loses its decimals.",
        "kernel * scale makes a new array of floats; one like the kernel holds ints here.",
    ),
    Misconception(
        "scaled in place",
        changed(kernel=stops_at_whole_numbers),
        "for a kernel of whole numbers yours loses its decimals.",
        "kernel * scale makes a new array of floats; one like the kernel holds ints here.",
    ),
    Misconception(
        "bias not scaled",
        changed(bias=lambda b, s, gamma, beta, mean: b - mean * s + beta),
        "the convolution's own bias is not scaled.",
        "It is in the map that is normalised: subtract the mean, then scale.",
    ),
    Misconception(
        "mean not scaled",
        changed(bias=lambda b, s, gamma, beta, mean: b * s - mean + beta),
        "the mean is not scaled.",
        "It is subtracted before the map is scaled: scale it, too.",
    ),
    Misconception(
        "mean left out",
        changed(bias=lambda b, s, gamma, beta, mean: b * s + beta),
        "the mean is left out.",
        "The normalisation subtracts the mean from each map: bias - mean.",
    ),
    Misconception(
        "mean added",
        changed(bias=lambda b, s, gamma, beta, mean: (b + mean) * s + beta),
        "the mean is added.",
        "The normalisation subtracts it: bias - mean.",
    ),
    Misconception(
        "bias left out",
        changed(bias=lambda b, s, gamma, beta, mean: beta - mean * s),
        "the convolution's own bias is left out.",
        "It is in the map that is normalised: (bias - mean) * scale + beta.",
    ),
    Misconception(
        "beta left out",
        changed(bias=lambda b, s, gamma, beta, mean: (b - mean) * s),
        "beta is left out.",
        "It is added at the end.",
    ),
    Misconception(
        "beta scaled",
        changed(bias=lambda b, s, gamma, beta, mean: (b - mean + beta) * s),
        "beta is scaled.",
        "It is added after the scaling.",
    ),
    Misconception(
        "gamma and beta exchanged",
        gamma_and_beta_exchanged,
        "gamma and beta have changed places.",
        "gamma is the factor, beta is added.",
    ),
    Misconception(
        "the variance taken for a deviation",
        standard_deviation_given,
        "you square the variance, which is a square already.",
        "sqrt(variance + epsilon) is the standard deviation.",
    ),
    Misconception(
        "the items swapped",
        lambda *args, **options: fold(*args, **options)[::-1],
        "the items of your tuple have changed places.",
        "Return (kernel, bias).",
    ),
)


# ---------------------------------------------------------------- one at a time


ALWAYS = next(m for m in MISTAKES if m.name == "always 0.001")


def one_at_a_time(index: int) -> Callable:
    """Finds the argument that is used wrongly: first with a scale of 3/2, then with one thing more."""

    def probe(case: Case, answer, ask) -> Diagnosis | Misconception | None:
        filters = case["kernel"].shape[-1]
        idle = {"bias": 0, "beta": 0, "mean": 0, "gamma": 3, "variance": 4 - epsilon_of(case)}
        idle = {name: np.full(filters, float(number)) for name, number in idle.items()}
        base = {**case, **idle}
        usual = ("gamma 3", "a deviation of 2")
        said = {name: f"with `{name}`, {' and '.join(usual)}," for name in ("bias", "beta", "mean")}
        said |= {
            "gamma": f"with `gamma` and {usual[1]},",
            "variance": f"with {usual[0]} and `variance`,",
        }
        tried = {f"with {' and '.join(usual)} only,": base}
        tried |= {said[name]: {**base, name: case[name]} for name in idle if case[name] is not None}
        found = (wrong_at(asked, index, ask, words) for words, asked in tried.items())
        return next(filter(None, found), None)

    return probe


def epsilon_of(case: Case) -> float:
    return case.get("epsilon", EPSILON)


def wrong_at(case: Case, index: int, ask, said: str) -> Diagnosis | Misconception | None:
    yours, right = as_numbers(ask(case)), fold(**case)[index]
    if yours is None or yours.shape != right.shape:
        return None
    off = ~np.isclose(yours, right, rtol=1e-5, atol=1e-6)
    if not off.any():
        return None
    if np.allclose(yours, fold(**{**case, "epsilon": EPSILON})[index], rtol=1e-5, atol=1e-6):
        return ALWAYS
    at = tuple(int(i) for i in np.argwhere(off)[0])
    names = ("bias", "gamma", "beta", "mean", "variance")
    numbers = {"epsilon": epsilon_of(case), **{name: case[name][at[-1]] for name in names}}
    if index == 0:
        numbers["the weight"] = case["kernel"][at]
    place = f"{NAMES[index]}[{', '.join(map(str, at))}]"
    return Diagnosis(
        "one argument by itself",
        f"{said} your {place} is {yours[at]:.4g}; it should be {right[at]:.4g}.",
        f"There: {', '.join(f'{name} {number:.4g}' for name, number in numbers.items())}.",
    )


FOLDED_KERNEL = Array(("row", "column", "channel", "filter"), "kernel")
FOLDED_BIAS = Array(("filter",), "bias")

fold_batch_norm = Exercise(
    name="fold_batch_norm",
    oracle=oracle.fold_batch_norm,
    parts={
        "kernel": Part(with_whole_kernel, FOLDED_KERNEL, KERNEL, probe=one_at_a_time(0)),
        "bias": Part(with_whole_bias, FOLDED_BIAS, BIAS, rounding_of_bias, probe=one_at_a_time(1)),
        "epsilon": Part(other_epsilons, FOLDED_KERNEL, KERNEL, probe=one_at_a_time(0)),
        "no bias": Part(
            without_bias,
            FOLDED_BIAS,
            BIAS,
            rounding_of_bias,
            probe=one_at_a_time(1),
            together=all_together,
        ),
    },
    misconceptions=MISTAKES,
    hints=(
        "kernel: after training a normalisation multiplies each map by one number and adds another. "
        "Which number of the convolution multiplies a whole map?",
        "bias: feed both layers zeros. The convolution answers bias; what does the normalisation make of it?",
        "epsilon: it stands under the root, with the variance: sqrt(variance + epsilon).",
        "no bias: None counts as 0.",
        "scale = gamma / np.sqrt(variance + epsilon); the kernel is kernel * scale, the bias "
        "(bias - mean) * scale + beta.",
    ),
)
