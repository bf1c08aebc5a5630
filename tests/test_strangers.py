"""Answers that were written without sight of the checks: the wrong ones are stopped, the right ones pass."""

import pytest

from tests import strangers
from tools import proof, tried

TRAINED = {"train", "build_separable_cnn", "build_cnn"}
"""`python -m tools.proof --strangers` has these too, in minutes."""


@pytest.mark.parametrize("exercise", sorted(set(strangers.exercises()) - TRAINED))
def test_what_strangers_wrote_is_judged_rightly(exercise):
    answers = strangers.answers_to(exercise)
    said = tried.live(exercise, answers)
    passing = {name for name, cells in said.items() if not any(cells.values())}
    right = {answer.name for answer in answers if answer.right}
    assert passing == right
    named = strangers.named().get(exercise, {})
    assert named == {name: proof.headline(said[name]) for name in named}, "to be read again"


def test_there_are_enough_of_them():
    answers = [a for exercise in strangers.exercises() for a in strangers.answers_to(exercise)]
    assert sum(not a.right for a in answers) == 419 and sum(a.right for a in answers) == 89
    assert all(a.cause for a in answers)
