"""A count taken apart: the stops along one axis, the weights at one position, the biases.

A layer's multiply-adds are its output positions times its weights; an image that is as large as the
kernel has one position, and one that is one cell wide has one axis.
"""

from collections.abc import Callable, Mapping
from math import ceil, prod
from typing import Any

from helpers.check.diagnosis import Diagnosis

Case = dict[str, Any]
Ask = Callable[[Case], Any]
LENGTHS = range(20, 32)
"""Of the axes that are asked about."""


def whole(answer: Any) -> int | None:
    """A count as a plain int, or None."""
    try:
        return int(answer) if int(answer) == answer else None
    except Exception:  # it may be anything
        return None


# ---------------------------------------------------------------- stops along an axis


def stops(n: int, k: int, stride: int = 1, padding: str = "valid", dilation: int = 1) -> int:
    """How many stops there are: the right number."""
    if padding == "same":
        return ceil(n / stride)
    return (n - (k - 1) * dilation - 1) // stride + 1


def length(case: Case, answer: Any, ask: Ask) -> Diagnosis | None:
    """What is wrong with the stops along one axis, in the options of this call."""
    options = {name: case[name] for name in ("stride", "padding", "dilation") if name in case}
    k = case["k"]
    pairs, few = first_wrong(options, k, lambda **axis: whole(ask(axis)))
    return (along(pairs, k, few) or in_a_row(pairs, k, few)) if pairs else None


def first_wrong(options: Case, k: int, count: Callable[..., int | None]) -> tuple["Pairs", Case]:
    """Your numbers and the right ones, by n, with as few options as are wrong; {} where none are.

    The window by itself comes first, then its dilation, then padding, then the stride.
    """
    dilated = {name: v for name, v in options.items() if name == "dilation"}
    padded = {name: v for name, v in options.items() if name != "stride"}
    for few in ({}, dilated, padded, options):
        pairs = {n: (count(n=n, k=k, **few), stops(n, k, **few)) for n in LENGTHS}
        if any(yours is None for yours, _ in pairs.values()):
            return {}, few
        if any(yours != right for yours, right in pairs.values()):
            return pairs, few
    return {}, options


def along(pairs: "Pairs", k: int, options: Case) -> Diagnosis | None:
    """What is wrong along an axis, where there is a rule."""
    return (by_stride if options.get("stride", 1) > 1 else at_stride_1)(pairs, k, options)


Pairs = Mapping[int, tuple[int, int]]


def at_stride_1(pairs: Pairs, k: int, options: Case) -> Diagnosis | None:
    """Each step is one cell: what is missing is the same for every length, or there is no rule."""
    missing = {right - yours for yours, right in pairs.values()}
    n, (yours, right) = next((n, pair) for n, pair in pairs.items() if pair[0] != pair[1])
    dilation = options.get("dilation", 1)
    reach = (k - 1) * dilation + 1
    if options.get("padding") == "same":
        window = f"window of {k}" + (f" with dilation {dilation}" if dilation > 1 else "")
        return Diagnosis(
            "same at stride 1",
            f'with padding="same" and stride 1 the output is as long as the input: {n} cells make {n} '
            f"stops, a {window} in your count {yours}.",
            f"It spans {reach} cells: how many zeros does that need, in front and behind together?",
        )
    if dilation > 1 and len(missing) == 1:
        return Diagnosis(
            "reach",
            f"{k} taps with dilation {dilation} span {reach} cells; in your count they span "
            f"{reach + missing.pop()}.",
            f"Between two taps lie {dilation - 1} (dilation − 1), before the first and after the last none.",
        )
    return Diagnosis(
        "stops at stride 1",
        f"along {n} cells a window of {k} has {right} stops at stride 1; you count {yours}.",
        "Its first stop begins at cell 0, its last one at cell n − k: both count.",
    )


def by_stride(pairs: Pairs, k: int, options: Case) -> Diagnosis | None:
    """By the formula that makes all of your numbers."""
    stride, same, dilation = (
        options["stride"],
        options.get("padding") == "same",
        options.get("dilation", 1),
    )
    reach = (k - 1) * dilation + 1
    for said, formula in SAME if same else VALID:
        if all(formula(n, stride, reach) == yours for n, (yours, _) in pairs.items()):
            said = f"with dilation {dilation}, {said}" if dilation > 1 else said
            return Diagnosis("rounding", said, RIGHT_SAME if same else RIGHT_VALID)
    return None


def in_a_row(pairs: Pairs, k: int, options: Case) -> Diagnosis:
    """Some of your numbers beside the right ones, from n to n."""
    few = list(pairs)[: 2 * options.get("stride", 1) + 1]
    called = ", ".join(f"{name}={value!r}" for name, value in {"k": k, **options}.items())
    yours, right = (", ".join(str(pairs[n][side]) for n in few) for side in (0, 1))
    return Diagnosis(
        "rounding",
        f"where n is {', '.join(map(str, few))}, with {called}, you count {yours}; right are {right}.",
        RIGHT_SAME if options.get("padding") == "same" else RIGHT_VALID,
    )


RIGHT_SAME = (
    'With padding="same" the last step may be incomplete and counts: n / stride, rounded up.'
)
RIGHT_VALID = "(n − reach) // stride steps, and the first stop: 1 more, added after dividing."
Formula = Callable[[int, int, int], int]
SAME: tuple[tuple[str, Formula], ...] = (
    ("you round n / stride down; an incomplete step counts, too.", lambda n, s, r: n // s),
    (
        "you round n / stride to the nearest whole number.",
        lambda n, s, r: round(n / s),
    ),
    (
        "you add 1 to n // stride always, also where the stride divides n and nothing is left over.",
        lambda n, s, r: n // s + 1,
    ),
    ("with a stride you leave the padding out.", lambda n, s, r: (n - r) // s + 1),
    ("with padding the stride has no effect in your count.", lambda n, s, r: n),
    (
        "you halve: n / 2, rounded up, whatever the stride is.",
        lambda n, s, r: ceil(n / 2),
    ),
    (
        "your zeros are those for stride 1; with a stride it takes others.",
        lambda n, s, r: (n + r - 1 - r) // s + 1,
    ),
    (
        "you put half a window of zeros at both ends, whatever is needed.",
        lambda n, s, r: (n + 2 * (r // 2) - r) // s + 1,
    ),
)
VALID: tuple[tuple[str, Formula], ...] = (
    ("the 1 is added before dividing: (n − reach + 1) // stride.", lambda n, s, r: (n - r + 1) // s),
    ("the first stop is missing: (n − reach) // stride are the steps.", lambda n, s, r: (n - r) // s),
    (
        "you round (n − reach) / stride up: your last window hangs over the edge.",
        lambda n, s, r: ceil((n - r) / s) + 1,
    ),
    (
        "you round (n − reach) / stride to the nearest whole number; what does not fit is no step.",
        lambda n, s, r: round((n - r) / s) + 1,
    ),
    ("the stride has no effect in your count.", lambda n, s, r: n - r + 1),
    ("you count as with padding: n / stride, rounded up.", lambda n, s, r: ceil(n / s)),
    ("you divide n by the stride and take the window off afterwards.", lambda n, s, r: n // s - r + 1),
)  # fmt: skip


# ---------------------------------------------------------------- weights at one position


def macs(weights: Callable[..., int]) -> Callable[[Case, Any, Ask], Diagnosis | None]:
    """The probe of a count of multiply-adds; ``weights`` takes a layer's sizes by their names."""

    def probe(case: Case, answer: Any, ask: Ask) -> Diagnosis | None:
        sizes = {k: v for k, v in case.items() if k not in ("input_size", "stride", "padding")}

        def at_one_position(**sizes: Any) -> int | None:
            return whole(ask({"input_size": sizes["kernel_size"], **sizes}))

        return (
            of_weights(sizes, at_one_position, weights, "multiply-adds at one position")
            or of_both_axes(case, ask, weights)
            or of_positions(case, ask, weights)
        )

    return probe


def of_positions(case: Case, ask: Ask, weights: Callable[..., int]) -> Diagnosis | None:
    """Each axis by itself: along the other one a kernel of one stops once."""
    found = []
    for axis, name in enumerate(("height", "width")):
        for other in dict.fromkeys(
            (1, case.get("stride", 1))
        ):  # there rounding may go wrong, or here
            found += [(name, d)] if (d := of_axis(axis, other, case, ask, weights)) else []
    if not found:
        return None
    name, first = found[0]
    where = "along both axes" if any(n != name for n, _ in found) else f"along the {name}"
    return Diagnosis(first.name, f"{where}, {first.sentence}", first.look)


def of_axis(
    axis: int, other: int, case: Case, ask: Ask, weights: Callable[..., int]
) -> Diagnosis | None:
    """What is wrong along one axis of an image that is ``other`` cells wide along the other one."""
    options = {name: case[name] for name in ("stride", "padding") if name in case}
    small = {k: 1 for k in ("in_channels", "filters", "depth_multiplier") if k in case}

    def count(n: int, k: int, **options: Any) -> int | None:
        image = (n, other if "stride" in options else 1)[:: 1 - 2 * axis]
        sizes = {"kernel_size": (k, 1)[:: 1 - 2 * axis], **small}
        made = whole(ask({"input_size": image, **sizes, **options}))
        return None if made is None or made % weights(**sizes) else made // weights(**sizes)

    pairs, few = first_wrong(options, case["kernel_size"][axis], count)
    zero = not any(yours for yours, _ in pairs.values())  # no stop along the other axis
    return None if zero else along(pairs, case["kernel_size"][axis], few)


def of_both_axes(case: Case, ask: Ask, weights: Callable[..., int]) -> Diagnosis | None:
    """What is wrong with the two axes together: one of them for both, or divided at the end."""
    sizes = {k: v for k, v in case.items() if k not in ("input_size", "stride", "padding")}
    each, yours = weights(**sizes), whole(ask(case))
    if yours is None:
        return None
    options = {name: case[name] for name in ("stride", "padding") if name in case}
    stride = options.get("stride", 1)
    at_1 = {k: v for k, v in options.items() if k != "stride"}
    sides = list(zip(case["input_size"], case["kernel_size"], strict=True))
    down, across = (stops(n, k, **options) for n, k in sides)
    all_of_them = prod(stops(n, k, **at_1) for n, k in sides)
    if stride > 1 and yours in (
        all_of_them * each // stride**2,
        -(all_of_them * each // -(stride**2)),
    ):
        return Diagnosis("both axes", AT_THE_END, EACH)
    for said, positions in (
        (f"of {down} · {across} positions you count the height twice, {down} · {down}.", down**2),
        (
            f"of {down} · {across} positions you count the width twice, {across} · {across}.",
            across**2,
        ),
        (f"of {down} · {across} positions you count the height only, {down}.", down),
        (f"of {down} · {across} positions you count the width only, {across}.", across),
        (AT_THE_END, all_of_them // stride**2),
        ("the stride divides once; it thins out the rows and the columns.", all_of_them // stride),
    ):
        if positions != down * across and positions * each == yours:
            return Diagnosis("both axes", said, EACH)
    taps = prod(case["kernel_size"]) * down * across
    missing = taps - prod(real_taps(n, k, **options) for n, k in sides)
    per_channel = "depth_multiplier" if "depth_multiplier" in weights_names(weights) else "filters"
    maps = sizes["in_channels"] * sizes.get(per_channel, 1)
    if missing and down * across * each - yours == missing * maps:
        return Diagnosis(
            "zeros left out",
            "you leave out the products with the zeros of the padding.",
            "A window multiplies them like all others: each position makes all of its products.",
        )
    return None


EACH = "Count each axis by itself, then multiply the two."
AT_THE_END = "you count the positions of stride 1 and divide by stride · stride at the end."


def real_taps(n: int, k: int, stride: int = 1, padding: str = "valid") -> int:
    """How many taps of all stops along an axis lie on cells, and not on zeros."""
    total = max((stops(n, k, stride, padding) - 1) * stride + k - n, 0) if padding == "same" else 0
    starts = (i * stride - total // 2 for i in range(stops(n, k, stride, padding)))
    return sum(min(start + k, n) - max(start, 0) for start in starts)


def of_weights(
    sizes: Case, count: Callable[..., int | None], weights: Callable[..., int], what: str
) -> Diagnosis | None:
    """One size after the other, the others 1: the kernel by itself, its channels, its maps."""
    if count(**sizes) in (None, weights(**sizes)):
        return None
    if {"filters", "depth_multiplier"} <= weights_names(weights):
        return of_two_steps({"depth_multiplier": 1, **sizes}, count, what)
    small = {k: 1 for k in sizes if k != "kernel_size"}
    for name in (None, *small):
        asked = {
            **small,
            "kernel_size": sizes["kernel_size"],
            **({name: sizes[name]} if name else {}),
        }
        yours, right = count(**asked), weights(**asked)
        if yours is not None and yours != right:
            k = " × ".join(map(str, sizes["kernel_size"]))
            said = ", ".join(f"{n}={asked[n]}" for n in small)
            return Diagnosis(
                "weights",
                f"a kernel of {k} with {said} makes {right} {what}; you count {yours}.",
                "Count one kernel first, then its channels, then how many such there are.",
            )
    return None


def weights_names(weights: Callable[..., int]) -> set[str]:
    return set(weights.__code__.co_varnames[: weights.__code__.co_argcount])


def of_two_steps(sizes: Case, count: Callable[..., int | None], what: str) -> Diagnosis | None:
    """A separable layer's two steps: only the pointwise one grows with the filters."""
    made = {f: count(**{**sizes, "filters": f}) for f in (1, 2, 5)}
    if None in made.values():
        return None
    each = made[2] - made[1]
    if made[5] - made[1] != 4 * each:
        return None
    kernel, maps = prod(sizes["kernel_size"]), sizes["in_channels"] * sizes["depth_multiplier"]
    first = made[1] - each
    k = " × ".join(map(str, sizes["kernel_size"]))
    given = f"with {sizes['in_channels']} channels and a multiplier of {sizes['depth_multiplier']}"
    if first == 0 and each:
        return Diagnosis(
            "steps",
            "all of your number grows with the filters; the depthwise step does not: add the two steps.",
            f"Its {kernel * maps} weights, {k} for each of {maps} maps, are there once.",
        )
    if first != kernel * maps:
        kernels = f", {first // maps} for each map" if first % maps == 0 else ""
        return Diagnosis(
            "depthwise step",
            f"{given} the depthwise step has {kernel * maps} {what}, {kernel} for each map; you count "
            f"{first}{kernels}.",
            f"A kernel of {k} has {kernel} weights, and there is one for each of the C·m maps.",
        )
    if each != maps:
        return Diagnosis(
            "pointwise step",
            f"{given} each filter of the pointwise step has {maps} {what}; you count {each}.",
            "It has one weight for each of the C·m maps.",
        )
    return None


# ---------------------------------------------------------------- parameters


def params(
    weights: Callable[..., int], biases: Callable[..., int]
) -> Callable[[Case, Any, Ask], Diagnosis | None]:
    """The probe of a count of parameters: the weights by themselves, then the biases by themselves."""

    def probe(case: Case, answer: Any, ask: Ask) -> Diagnosis | None:
        sizes = {k: v for k, v in case.items() if k != "use_bias"}
        bare, full = (whole(ask({**sizes, "use_bias": b})) for b in (False, True))
        if None in (bare, full):
            return None
        if bare == 0:
            return Diagnosis(
                "nothing without biases",
                "with use_bias=False you count nothing at all; the weights are there all the same.",
                "Does your `if` take the whole sum with it? Put brackets around what it is about.",
            )
        if full == weights(**sizes) + biases(**sizes) and bare != weights(**sizes):
            return Diagnosis(
                "without biases",
                f"with biases your number is right; without them {weights(**sizes)} remain, and you "
                f"count {bare}.",
                "With use_bias=False only the biases fall away, and all weights stay.",
            )
        found = of_weights(
            sizes, lambda **s: whole(ask({**s, "use_bias": False})), weights, "weights"
        )
        right = biases(**sizes)
        if found or full - bare == right or not case.get("use_bias", True):
            return found
        return Diagnosis(
            "biases",
            f"of biases there are {right}; you count {full - bare}.",
            "One for each map that comes out, and none with use_bias=False.",
        )

    return probe
