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
    assert sum(not a.right for a in answers) == 559 and sum(a.right for a in answers) == 119
    assert all(a.cause for a in answers)


def test_they_are_counted_apart_and_a_row_that_the_readme_lacks_is_a_problem(monkeypatch):
    one = "conv2d_params"
    monkeypatch.setattr(strangers, "exercises", lambda: [one])
    monkeypatch.setattr(tried, "in_processes", lambda function, items: list(map(function, items)))
    answers, named = strangers.answers_to(one), strangers.named()[one]
    wrong, right = (sum(a.right == side for a in answers) for side in (False, True))
    table, problems = proof.by_strangers()
    numbers = f"{wrong} | {wrong} | {len(named)} | {right} | {right} |"
    assert f"| 01_normal_convolution | {numbers}" in table and f"| all | {numbers}" in table
    assert problems == ["README.md does not have this table: put it there."]
    monkeypatch.setattr(strangers, "named", dict)
    assert f"Named: 0 of {wrong}." in proof.by_strangers()[1]
    monkeypatch.setattr(proof, "of_strangers", lambda e: {a.name: {} for a in answers})
    assert sum("is wrong, and passes." in said for said in proof.by_strangers()[1]) == wrong
