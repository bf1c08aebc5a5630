"""What a student's test of a layer does: which images it makes, and which leaks it does not see.

It is handed layers that keep the images, and layers that are made up to leak in one way only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, permutations

import numpy as np

from helpers.check.core import Case
from helpers.check.diagnosis import Diagnosis
from helpers.check.exercises import isolation_layers as made
from helpers.check.exercises.isolation_layers import Layer

CHANNELS = 3
CALLS = 100
"""With more of them nothing is said of a test's images: to compare all of them takes too long."""
OWN = "c·m … c·m + m − 1"
ALL_OTHERS = f"Look at all maps but the channel's own, {OWN}: has any number of them changed?"
RANDOM = "Fill all channels with random numbers of both signs, as rng.normal gives."


def looked_at(layers: Callable) -> Callable:
    """The probe of a part that hands out these layers."""

    def probe(case: Case, answer: bool, ask: Callable) -> Diagnosis | None:
        test = Test(ask, layers(np.random.default_rng(0)))
        if test.always(answer):
            return one_answer(test, bool(answer))
        found = shown_by_images(test, case["layer"], answer)
        return found or (missed(test) if answer else refused(test))

    return probe


class Test:
    """A student's test, asked about layers of our choice."""

    def __init__(self, ask: Callable, layers: list[Layer]):
        self.ask, self.layers = ask, layers

    def says(self, layer: Layer) -> bool | None:
        answer = self.ask({"layer": layer, "channels": layer.channels})
        return bool(answer) if isinstance(answer, bool | np.bool_) else None

    def misses(self, leak: Callable, **options) -> bool:
        """Whether it says True of a layer with this leak."""
        return self.says(made.leaking("", np.random.default_rng(1), leak, **options)) is True

    def always(self, answer: bool) -> bool:
        return all(self.says(layer) is bool(answer) for layer in self.layers)

    def watched(self, layer: Layer) -> "Images":
        """The images that it makes for this layer, and what it says of it."""
        calls = []

        def apply(x):
            calls.append(x.copy())
            return layer.apply(x)

        said = self.says(Layer(layer.what, layer.channels, apply))
        return Images(calls, layer.channels, complete=said is True)

    def records(self) -> list["Images"]:
        """Its images for a layer of which it says True, for then it has made all of them.

        Where there is no such layer: those for all layers.
        """
        records = []
        for layer in (right_layer(), *self.layers):
            records.append(self.watched(layer))
            if records[-1].complete:
                return records[-1:]
        return records


def right_layer(channels=CHANNELS, **options) -> Layer:
    return made.apart("", np.random.default_rng(1), channels, **({"padding": "same"} | options))


def one_answer(test: Test, answer: bool) -> Diagnosis:
    """Of a test that says the same of every layer: what its images have to do with it."""
    records, sentence = test.records(), f"your test says {answer} of every layer"
    found = told_by_all(records)
    if found:
        return Diagnosis(f"always {answer}", f"{sentence}: {found.sentence}", found.look)
    said = ""
    if not any(images.calls for images in records):
        said = "Your test does not call the layer. "
    elif all(len(images.alone) == images.channels for images in records):
        said = "Your images are fine: channels are changed one by one. "
    look = (
        "Change one channel of a copy, x.copy(): have maps changed that are not its own?" if answer
        else f"Change channel c: maps {OWN} may change, the others may not."
    )  # fmt: skip
    return Diagnosis(f"always {answer}", f"{sentence}.", said + look)


# ---------------------------------------------------------------- the images that it makes

Pair = tuple[np.ndarray, np.ndarray]
"""Two images, (H, W, channels)."""


class Images:
    """All that a test fed a layer; ``complete`` where it did not stop on the way."""

    def __init__(self, calls: list[np.ndarray], channels: int, complete: bool):
        self.calls, self.channels, self.complete = calls, channels, complete

    @cached_property
    def different(self) -> list[tuple[frozenset, Pair]]:
        """The pairs of images that are not the same, and in which channels they differ."""
        calls = self.calls if len(self.calls) <= CALLS else []
        calls = [(x, y) for x, y in combinations(calls, 2) if x.shape == y.shape]
        pairs = [pair for x, y in calls for pair in zip(x, y, strict=True)]
        pairs += [pair for x in self.calls for pair in combinations(x[:12], 2)]
        found = [(frozenset(np.flatnonzero(differ(*pair)).tolist()), pair) for pair in pairs]
        return [(channels, pair) for channels, pair in found if channels]

    @cached_property
    def alone(self) -> dict[int, list[Pair]]:
        """For a channel the pairs that differ in it alone."""
        pairs = {}
        for channels, pair in self.different:
            if len(channels) == 1:
                pairs.setdefault(*channels, []).append(pair)
        return pairs

    @cached_property
    def kept(self) -> dict[int, list[Pair]]:
        """For a channel the pairs that differ in all others."""
        pairs, every = {}, frozenset(range(self.channels))
        for channels, pair in self.different:
            if len(every - channels) == 1:
                pairs.setdefault(*(every - channels), []).append(pair)
        return pairs

    def compared(self, holds: Callable[[np.ndarray, np.ndarray], bool]) -> bool:
        """Whether it holds of all pairs that show a leak."""
        pairs = [pair for group in (self.alone or self.kept).values() for pair in group]
        return bool(pairs) and all(holds(*pair) for pair in pairs)

    @property
    def largest(self) -> float:
        return max((float(np.nanmax(np.abs(x))) for x in self.calls), default=0) or 1.0


def differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """For each channel whether it is another one."""
    return ((a != b) & ~(np.isnan(a) & np.isnan(b))).any(axis=(0, 1))


def told_by_all(records: list[Images]) -> Diagnosis | None:
    """What is wrong with the channels that are changed, where it is the same in all of them."""
    said = {changed_channels(images) for images in records}
    return said.pop() if len(said) == 1 else None


def changed_channels(images: Images) -> Diagnosis | None:
    if not images.calls or len(images.calls) > CALLS:
        return None
    if not images.different:
        if len(images.calls) == 1:
            return Diagnosis(
                "one call",
                "the layer is called only once.",
                "It takes two outputs to see a change: of x, and of a copy with another channel.",
            )
        return Diagnosis(
            "no change",
            "no two of your images differ.",
            "After b = a both are the same array: a.copy() makes another one, to be changed.",
        )
    pairs = images.alone or images.kept
    if not pairs and any(np.array_equal(a, b) for a, b in combinations(images.calls, 2)):
        return Diagnosis(
            "no change",
            "no two of your images differ in one channel alone, and some are the same.",
            "After b = a both are the same array: a.copy() makes another one, to be changed.",
        )
    if not pairs:
        return Diagnosis(
            "no channel is changed alone",
            "no two of your images differ in one channel alone.",
            "Change one channel of a copy, and leave the others as they are.",
        )
    never = [c for c in range(images.channels) if c not in pairs]
    if not never or not images.complete:
        return None
    called = {n: f"channel {n}" for n in range(images.channels)}
    called[images.channels - 1] = "the last channel"
    by, then = ("changes", "by itself") if images.alone else ("keeps", "while all others change")
    left_out, only = called[never[0]], " and ".join(called[c] for c in sorted(pairs))
    name, sentence = (
        (f"{left_out} is left out", f"your test never {by} {left_out} {then}.") if len(never) == 1
        else (f"only {only} is changed", f"your test {by} only {only} {then}.")
    )  # fmt: skip
    look = "for c in range(channels), and return True behind the loop."
    return Diagnosis(name, sentence, f"A leak may come from any channel: {look}")


@dataclass(frozen=True)
class Kind:
    """What all images of a test may have in common.

    ``otherwise`` changes images so that it is no longer so, each channel by itself: where the test is
    right with these, it is what makes it wrong.
    """

    name: str
    holds: Callable[[Images], bool]
    otherwise: Callable[[np.ndarray, float], np.ndarray]
    sentence: str
    look: str


def shown_by_images(test: Test, layer: Layer, answer: bool) -> Diagnosis | None:
    records = test.records()
    found = told_by_all(records)
    if found or any(not 0 < len(images.calls) <= CALLS for images in records):
        return found
    scale = max(images.largest for images in records)
    for kind in KINDS:
        if not all(map(kind.holds, records)):
            continue
        change = partial(kind.otherwise, scale=scale)
        other = Layer("", layer.channels, lambda x, change=change: layer.apply(change(x)))
        if test.says(other) is (not answer):
            return Diagnosis(kind.name, kind.sentence, kind.look)
    return None


def mixed(x: np.ndarray, scale: float) -> np.ndarray:
    """Each number becomes a sum of all numbers of its channel; not by BLAS, which may round otherwise."""
    rng = np.random.default_rng(2)
    rows, columns = (rng.normal(size=(n, n)) / np.sqrt(n) for n in x.shape[1:3])
    return np.einsum("jw,nhwc->nhjc", columns, np.einsum("ih,nhwc->niwc", rows, x))


def with_light(x: np.ndarray, scale: float) -> np.ndarray:
    """The same random numbers added to all images, none of them negative."""
    return x + scale * np.random.default_rng(3).random(x.shape[1:])


def with_both_signs(x: np.ndarray, scale: float) -> np.ndarray:
    return x + 2 * scale * np.random.default_rng(4).normal(size=x.shape[1:])


def the_rest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """What is the same in both."""
    return a[..., ~differ(a, b)]


def is_even(difference: np.ndarray) -> bool:
    return bool(
        np.all(np.ptp(difference, axis=(0, 1)) <= 1e-12 * np.abs(difference).max(initial=0))
    )


KINDS = (
    Kind(
        "the others are 0",
        lambda images: images.compared(lambda a, b: not the_rest(a, b).any()),
        with_light,
        "in your images all channels are 0 but those that you change.",
        f"A ReLU may be shut there, and a product is 0. {RANDOM}",
    ),
    Kind(
        "the others are even",
        lambda images: images.compared(lambda a, b: is_even(the_rest(a, b))),
        with_light,
        "in your images the channels that you do not change are even: one number everywhere.",
        RANDOM,
    ),
    Kind(
        "one pixel",
        lambda images: images.compared(lambda a, b: (a != b).any(axis=2).sum() == 1),
        mixed,
        "your test changes only one pixel of a channel.",
        "A layer may not look at that one, or not show it: change the whole channel.",
    ),
    Kind(
        "all pixels alike",
        lambda images: images.compared(lambda a, b: is_even((b - a)[..., differ(a, b)])),
        mixed,
        "your test changes every pixel of a channel alike, which no edge detector sees.",
        "Fill the channel with other random numbers.",
    ),
    Kind(
        "no negative numbers",
        lambda images: all((x >= 0).all() for x in images.calls),
        with_both_signs,
        "your images have no negative numbers.",
        "A layer may treat those otherwise: use random numbers of both signs.",
    ),
    Kind(
        "no positive numbers",
        lambda images: all((x <= 0).all() for x in images.calls),
        with_both_signs,
        "your images have no positive numbers.",
        "A layer may treat those otherwise: use random numbers of both signs.",
    ),
)


# ---------------------------------------------------------------- leaks that it does not see


def missed(test: Test) -> Diagnosis | None:
    for name, look_for in (
        ("a leak between some channels passes", other_channels),
        ("a leak into some maps of a channel passes", several_maps),
        ("another order passes", another_order),
        ("a leak into some places passes", places),
        ("some ways to leak pass", ways),
        ("a small leak passes", small_leaks),
    ):
        found = look_for(test)
        if found:
            return Diagnosis(name, *found)
    return None


def other_channels(test: Test) -> tuple[str, str] | None:
    """From which channel into which map it does not see a leak."""
    pairs = set(permutations(range(CHANNELS), 2))
    missing = {pair for pair in pairs if test.misses(made.from_channel(*pair))}
    if not missing:
        return None
    for said, holds in (
        ("of one channel into the maps of another", lambda s, t: True),
        *((f"of channel {k}", lambda s, t, k=k: s == k) for k in range(CHANNELS)),
        *((f"into the maps of channel {k}", lambda s, t, k=k: t == k) for k in range(CHANNELS)),
        ("into maps behind the channel's own", lambda s, t: t > s),
        ("into maps in front of the channel's own", lambda s, t: t < s),
        ("into other maps than the next channel's", lambda s, t: t != s + 1),
        ("into other maps than the next channel's", lambda s, t: t != (s + 1) % CHANNELS),
        ("into other maps than those of the channel before", lambda s, t: t != s - 1),
        ("into other maps than those of the channel before", lambda s, t: t != (s - 1) % CHANNELS),
    ):
        if missing == {pair for pair in pairs if holds(*pair)}:
            return f"your test does not see a leak {said}.", ALL_OTHERS
    source, target = min(missing)
    return (
        f"your test does not see a leak of channel {source} into the map of channel {target}.",
        ALL_OTHERS,
    )


def several_maps(test: Test) -> tuple[str, str] | None:
    """Into which of a channel's several maps it does not see a leak."""
    names = ("first", "second", "third")
    seen = [
        name for j, name in enumerate(names)
        if not test.misses(made.the_next, multiplier=len(names), only=j)
    ]  # fmt: skip
    if len(seen) == len(names):
        return None
    only = f"only into the {' and the '.join(seen)}" if seen else "into none"
    return (
        f"of each channel's 3 maps, your test sees a leak {only}.",
        "With m = y.shape[3] // channels, each channel has m maps: look at all maps of all others.",
    )


def another_order(test: Test) -> tuple[str, str] | None:
    by_filter = np.arange(6).reshape(3, 2).T.ravel().tolist()
    for said, order, m in (
        ("maps 0 and 1 are swapped, one for each channel", [1, 0, 2], 1),
        ("maps 0 and 2 are swapped, with 2 maps a channel", [2, 1, 0, 3, 4, 5], 2),
        ("maps 1 and 3 are swapped, with 2 maps a channel", [0, 3, 2, 1, 4, 5], 2),
        ("map j·C + c comes from channel c", by_filter, 2),
    ):
        layer = made.reordered("", np.random.default_rng(1), order, multiplier=m)
        if test.says(layer) is True:
            return (
                f"your test says True of a layer in which {said}.",
                f"It matters which maps change: channel c may change {OWN}, and no others.",
            )
    return None


def into(*places: tuple[int, int, int]) -> Callable:
    """The leak of a whole channel, summed with random weights, into some places of other maps."""

    def leak(x):
        weights, leaked = np.random.default_rng(5).normal(size=x.shape[1:3]), np.zeros(x.shape)
        total = np.einsum("nhwc,hw->nc", made.the_next(x), weights)
        for row, column, sign in places:
            leaked[:, row, column] = sign * total
        return leaked

    return leak


def places(test: Test) -> tuple[str, str] | None:
    """Where in a map it does not see that a number changes."""
    corners = {"first": (0, 0, 1), "middle": (3, 3, 1), "last": (-1, -1, 1)}
    missing = [name for name, place in corners.items() if test.misses(into(place))]
    if len(missing) == len(corners):
        return (
            "your test does not see a leak into one number of a map.",
            "One number is a leak already: .any(), not .all(), over rows, columns and images.",
        )
    if missing:
        return (
            f"your test does not see a leak into the {missing[0]} number of a map.",
            "Compare whole maps, in all images.",
        )
    if test.misses(into((0, 0, 1), (-1, -1, -1))):
        return (
            "your test does not see a leak that adds to one number what it takes from another.",
            "Sums and means do not show it: take np.abs of the differences first.",
        )
    return None


def ways(test: Test) -> tuple[str, str] | None:
    """In which way a channel may leak without being seen."""
    for said, leak in (
        ("of positive numbers only", lambda x: made.relu(made.the_next(x))),
        ("of negative numbers only", lambda x: -made.relu(-made.the_next(x))),
        ("of edges only", made.inner_edges_of_the_next),
        ("that is multiplied by the map's own channel", made.product_with_the_next),
        ("of one corner only", made.corner_before(0, 0)),
        ("of one corner only", made.corner_before(-1, -1)),
    ):
        if test.misses(leak):
            return f"your test does not see a leak {said}.", RANDOM
    return None


def small_leaks(test: Test) -> tuple[str, str] | None:
    """How small a leak it does not see: by itself, or under large numbers."""
    for said, share in (
        ("a tenth", 1e-1), ("a thousandth", 1e-3),
        ("a hundred-thousandth", 1e-5), ("a ten-millionth", 1e-7),
    ):  # fmt: skip
        for where, bias in (("", 0.0), (", in maps of numbers about 100", 100.0)):
            if test.misses(lambda x, share=share: share * made.the_next(x), bias=bias):
                return (
                    f"your test does not see where {said} of a channel leaks{where}.",
                    "What is not touched stays the same to the last digit: allow no difference, "
                    "or 1e-12 at most. np.allclose allows 1e-5 of a number, np.array_equal none.",
                )
    return None


# ---------------------------------------------------------------- right layers that it refuses


def refused(test: Test) -> Diagnosis | None:
    """The simplest right layer of which it says False."""
    for said, layer, look in (
        (
            "a depthwise layer with one filter a channel and no bias",
            right_layer(),
            f"Channel c may change its own map, and no other. With m maps a channel: {OWN}.",
        ),
        (
            "a right layer with biases",
            right_layer(bias=1.0 + np.arange(CHANNELS)),
            "With a bias no map is 0: compare two outputs.",
        ),
        (
            "a right layer with 2 maps a channel",
            right_layer(multiplier=2),
            f"m = y.shape[3] // channels, and channel c may change maps {OWN}.",
        ),
        (
            "a right layer with 4 channels",
            right_layer(channels=4),
            "Take the number of channels from `channels`.",
        ),
        (
            "a right layer without padding",
            right_layer(padding="valid"),
            "Its maps are smaller than the image: take their size from y.shape.",
        ),
        (
            "a right layer of stride 2",
            right_layer(stride=2, padding="valid"),
            "It steps over pixels: change the whole channel, and take sizes from y.shape.",
        ),
        (
            "a right layer with a ReLU",
            right_layer(after=made.relu),
            "Where a ReLU is shut nothing changes: a map may stay as it is in places.",
        ),
        (
            "a right layer of weak weights",
            right_layer(after=lambda y: y / 1000),
            "Its own maps change little: ask whether they change at all, by !=.",
        ),
        (
            "a right layer in float32",
            right_layer(after=lambda y: y.astype(np.float32)),
            "Compare outputs of the layer with each other, not with numbers of your own.",
        ),
    ):
        if test.says(layer) is False:
            return Diagnosis(f"refuses {said}", f"your test says False of {said}.", look)
    return None
