"""What tests of checks share: run one, and read the card that it raises."""

import pytest

from helpers import check


def card_of(exercise, function, **options) -> check.CheckFailed:
    with pytest.raises(check.CheckFailed) as caught:
        exercise(function, **options)
    return caught.value


def flat(card) -> str:
    """A card's text with its line breaks taken out."""
    return " ".join(str(card).split())


def passes(exercise, function, seeds: int) -> None:
    for seed in range(seeds):
        exercise(function, seed=seed)
