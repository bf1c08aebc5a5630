"""A test that the student writes: does a layer keep its channels apart?

Right layers and buggy ones are handed to it, and what it says of them is judged.
"""

import numpy as np

from contract import calling
from helpers.check.answers import Truth
from helpers.check.core import Exercise, Misconception, Part
from helpers.check.exercises.isolation_layers import ordered_layers, plain_layers, subtle_layers
from helpers.check.exercises.isolation_probe import looked_at


def part_of(layers) -> Part:
    def cases(rng):
        return [{"layer": layer, "channels": layer.channels} for layer in layers(rng)]

    return Part(cases, Truth(), probe=looked_at(layers))


# ---------------------------------------------------------------- tests, right and wrong


def gaussian(rng, channels):
    return rng.normal(size=(2, 7, 8, channels))


def another(x, c, rng):
    """The same images with other numbers in channel c."""
    changed = x.copy()
    changed[..., c] = rng.normal(size=x.shape[:3])
    return changed


def any_number(difference):
    """For each map, whether any number of it has changed."""
    return (difference != 0).any(axis=(0, 1, 2))


def own_maps(c, channels, maps):
    return np.arange(maps) // (maps // channels) == c


def verdict(changed, own) -> bool:
    """No map but the channel's own ones has changed."""
    return not (changed & ~own).any()


def tested(
    images=gaussian, change=another, changed=any_number, own=own_maps, verdict=verdict, which=range
):
    """A property test with its pieces exposed, for mistakes to move."""

    def isolates_channels(layer, channels):
        rng = np.random.default_rng(0)
        for c in which(channels):
            x = images(rng, channels)
            y = layer(x)
            difference = layer(change(x, c, rng)) - y
            if not verdict(changed(difference), own(c, channels, y.shape[-1])):
                return False
        return True

    return isolates_channels


def only_among(seen):
    """The verdict of looking at some of the other maps only; ``seen(own)`` says at which."""
    return lambda changed, own: not (changed & ~own & seen(own)).any()


def before(own):
    """The maps in front of the channel's own ones."""
    return np.arange(own.size) < own.argmax()


def all_but_one_other(changed, own) -> bool:
    """Whether it is not exactly one of the other channels whose maps have changed."""
    reached = (changed & ~own).reshape(-1, own.sum()).any(axis=1)
    return reached.sum() != 1


def others_are_zero(layer, channels):
    """Feeds one channel at a time and zeros in the others."""
    rng = np.random.default_rng(0)
    for c in range(channels):
        x = np.zeros((2, 7, 8, channels))
        x[..., c] = rng.normal(size=x.shape[:3])
        y = layer(x)
        if y[..., ~own_maps(c, channels, y.shape[-1])].any():
            return False
    return True


def right_test(layer, channels) -> bool:
    return tested()(layer, channels)


isolates_channels = Exercise(
    name="isolates_channels",
    oracle=right_test,
    terms=calling.FREE,  # the layers that it is handed are not its own
    parts={
        "plain": part_of(plain_layers),
        "subtle": part_of(subtle_layers),
        "order": part_of(ordered_layers),
    },
    misconceptions=(
        Misconception(
            "the opposite",
            lambda layer, channels: not right_test(layer, channels),
            "your test says True where it should say False, and the other way round.",
            "True means that the channels are kept apart.",
        ),
        Misconception(
            "only the next map is looked at",
            tested(verdict=only_among(lambda own: np.roll(own, own.sum()))),
            "your test looks at the maps of the next channel only.",
            "A leak may go into any map: look at all but the channel's own.",
        ),
        Misconception(
            "only the previous map is looked at",
            tested(verdict=only_among(lambda own: np.roll(own, -own.sum()))),
            "your test looks at the maps of the channel before only.",
            "A leak may go into any map: look at all but the channel's own.",
        ),
        Misconception(
            "only earlier maps are looked at",
            tested(verdict=only_among(before)),
            "your test looks only at maps in front of the channel's own.",
            "A leak may go into later maps too: look at all but the channel's own.",
        ),
        Misconception(
            "only later maps are looked at",
            tested(verdict=only_among(lambda own: ~before(own))),
            "your test looks only at maps behind the channel's own.",
            "A leak may go into earlier maps too: look at all but the channel's own.",
        ),
        Misconception(
            "any for all",
            tested(verdict=lambda changed, own: (~changed[~own]).any()),
            "your test is content when some other map has not changed.",
            "All of the others must stay as they were.",
        ),
        Misconception(
            "one leak only",
            tested(verdict=all_but_one_other),
            "your test sees a leak into the maps of one other channel, and none into those of several.",
            "One leak or many: ask whether any of the other maps has changed.",
        ),
        Misconception(
            "every number must change",
            tested(changed=lambda difference: (difference != 0).all(axis=(0, 1, 2))),
            "your test sees a leak only where every number of a map changes.",
            "One number is a leak already: use .any(), not .all().",
        ),
        Misconception(
            "signed differences summed",
            tested(changed=lambda difference: np.abs(difference.sum(axis=(0, 1, 2))) > 1e-9),
            "your test adds up differences, or compares means: plus and minus cancel.",
            "Take np.abs of the differences first, or ask whether any of them is not 0.",
        ),
        Misconception(
            "small leaks pass",
            tested(changed=lambda difference: (np.abs(difference) > 0.05).any(axis=(0, 1, 2))),
            "your test lets a small leak pass.",
            "What is not touched stays the same to the last digit; allow for rounding only.",
        ),
        Misconception(
            "others must be 0",
            others_are_zero,
            "your test wants the other maps to be 0, and a bias is not.",
            "Compare two outputs: the other maps must not change.",
        ),
        Misconception(
            "one map per channel assumed",
            tested(own=lambda c, channels, maps: np.arange(maps) == c),
            "your test takes it that each channel makes one map.",
            "There may be m of them: m = maps // channels, and channel c owns c·m … c·m + m − 1.",
        ),
        Misconception(
            "order j·C + c",
            tested(own=lambda c, channels, maps: np.arange(maps) % channels == c),
            "your test expects the maps in the order j·C + c.",
            "Channel c owns maps c·m … c·m + m − 1, side by side.",
        ),
        Misconception(
            "order ignored",
            tested(verdict=lambda changed, own: changed.sum() == own.sum()),
            "your test counts the maps that change, and does not look which they are.",
            "Channel c owns maps c·m … c·m + m − 1.",
        ),
    ),
    hints=(
        "Make a random x, and a copy in which one channel is different. What may differ between outputs?",
        "With m = maps // channels, only maps c·m … c·m + m − 1. Try every c.",
        "np.abs(layer(changed) - layer(x)).max(axis=(0, 1, 2)) says for each map how much it changed.",
    ),
)
