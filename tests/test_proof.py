"""The proof, proved: each goal can be missed, and each check is what stops somebody."""

from dataclasses import replace

import numpy as np
import pytest

from contract import calling, limits, rules
from helpers import check
from helpers.check import answers as kinds
from helpers.check.exercises import cnn, models, separable_cnn, training
from tests.corpus import Answer, Corpus, answers
from tools import mutants, proof, tried

WRONG = Answer("conv2d", "a wrong one", "", right=False, says="flipped")
RIGHT = Answer("conv2d", "a right one", "", right=True)
GREEN = tried.Said({"kind": "passed"}, ("✓ conv2d",))
RED = tried.Said({"kind": "wrong"}, (), "✗ conv2d: it is flipped.")
STOPPED, PASSED = {"a": RED, "b": GREEN}, {"a": GREEN, "b": GREEN}
FOUND = [
    proof.Found(WRONG, STOPPED, STOPPED),
    proof.Found(RIGHT, PASSED, PASSED),
]


def test_a_proof_that_meets_its_goals(monkeypatch):
    monkeypatch.setattr(proof, "STOPS", ("wrong",))
    assert proof.missed(FOUND, ["a"]) == []
    assert proof.table(FOUND)[-1] == "| all | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (replace(FOUND[0], live=PASSED, graded=PASSED), "is wrong, and passes."),
        (replace(FOUND[1], live=STOPPED, graded=STOPPED), "is right, and fails."),
        (replace(FOUND[0], graded=PASSED), "nbgrader and the live check disagree."),
        (
            replace(FOUND[0], graded=STOPPED | {"a": replace(RED, found={"kind": "type"})}),
            "nbgrader and the live check disagree.",
        ),
        (
            replace(FOUND[1], graded=PASSED | {"b": replace(GREEN, green=())}),
            "nbgrader and the live check disagree.",
        ),
        (FOUND[0], "Nothing is stopped as 'memory'."),
        (replace(FOUND[0], answer=replace(WRONG, says="mirrored")), "Named: 0 of 1."),
        (replace(FOUND[0], live={"a": RED, "b": RED}), "Without a no wrong answer"),
    ],
)
def test_each_goal_can_be_missed(found, says):
    others = [f for f in FOUND if f.answer.right != found.answer.right]
    assert any(says in sentence for sentence in proof.missed([found, *others], ["a"]))


def test_every_exercise_has_eight_wrong_answers_and_four_right_ones():
    for exercise in check.EXERCISES:
        mine = [answer for answer in answers() if answer.exercise == exercise]
        assert sum(not answer.right for answer in mine) >= 8, exercise
        assert sum(answer.right for answer in mine) >= 4, exercise


def test_a_change_that_changes_nothing_is_refused():
    corpus = Corpus("conv2d")
    with pytest.raises(ValueError, match="stands 0 times"):
        corpus.wrong("typo", "y = x\n", ("z", "w"), says=None)
    corpus.right("one", "y = x\n")
    with pytest.raises(ValueError, match="two answers named 'one'"):
        corpus.right("one", "y = x\n")


# ---------------------------------------------------------------- without one of the checks

# What is taken away, how, and whose wrong answer then passes.
TAKEN_AWAY = [
    ("numbers that differ", kinds.Array, "off", lambda self, y, r, s: np.zeros(r.shape, bool),
     "conv2d", "flipped kernel"),
    ("numbers that are none", np, "isfinite", lambda a: np.ones(np.shape(a), bool), "conv2d", "NaN"),
    ("inputs that change", calling, "unchanged", lambda a, b: True,
     "conv2d", "the input changed in place"),
    ("lists that change", calling, "unchanged", lambda a, b: True, "count", "the list eaten up"),
    ("who does the work", rules.Watch, "who", lambda self, frame: None, "pointwise_conv2d", "Keras does it"),
    ("counts", kinds.Count, "difference", lambda *a, **o: (), "conv2d_params", "bias forgotten"),
    ("pairs of counts", kinds.Counts, "difference", lambda *a, **o: (),
     "same_padding", "the odd zero first"),
    ("types of numbers", kinds.Kind, "difference", lambda *a, **o: (), "preprocess", "float64"),
    ("true or false", kinds.Truth, "difference", lambda *a, **o: (),
     "isolates_channels", "always True"),
    ("what a model counts", models.Model, "difference", lambda *a, **o: (),
     "build_two_layer_model", "no biases"),
    ("what a model computes", models.Model, "computes_otherwise", lambda *a, **o: (),
     "build_two_layer_model", "a ReLU in both"),
    ("what a model drops", cnn.Dropped, "difference", lambda *a, **o: (), "build_cnn", "no dropout"),
    ("whether it learned", training.Learned, "difference", lambda *a, **o: (),
     "train", "never fitted"),
    ("what it costs", separable_cnn, "too_large", lambda *a, **o: (),
     "build_separable_cnn", "Flatten before the end"),
    ("whether it is a classifier", separable_cnn, "no_classifier", lambda *a, **o: (),
     "build_separable_cnn", "a sigmoid"),
]  # fmt: skip


@pytest.mark.rules
@pytest.mark.parametrize(
    ("place", "name", "instead", "exercise", "answer"),
    [row[1:] for row in TAKEN_AWAY],
    ids=[row[0] for row in TAKEN_AWAY],
)
def test_without_this_check_a_wrong_answer_passes(
    place, name, instead, exercise, answer, monkeypatch
):
    monkeypatch.setattr(limits, "SECONDS", 20)
    one = next(a for a in answers() if (a.exercise, a.name) == (exercise, answer))
    tests, names = tried.assignment_of(exercise).tests[exercise], tried.before(exercise)
    assert any(tried.said(one, tests, names).values()), "with it, it is caught"
    monkeypatch.setattr(place, name, instead)
    assert not any(tried.said(one, tests, names).values())


# ---------------------------------------------------------------- changes to the solutions


def test_every_kind_of_change_is_made():
    solution = (
        "def f(x, k, flag=True):\n"
        '    """Not this."""\n'
        "    total = 0\n"
        "    for i in range(len(x)):\n"
        "        if x[i] > 1 and flag:\n"
        "            continue\n"
        '        total += np.einsum("ab,bc->ac", x[1:i], k).sum(axis=(0, 1))\n'
        "    return -total if k is None else total\n"
    )
    now = {mutant.now for mutant in mutants.mutants(solution)}
    for line in (
        "total = 1",
        "for i in range(len(x) - 1):",
        "if x[i] >= 1 and flag:",
        "if x[i] > 1 or flag:",
        "if x[i] > 2 and flag:",
        "if False:",
        "break",
        "total = np.einsum('ab,bc->ac', x[1:i], k).sum(axis=(0, 1))",
        "total += np.einsum('ba,bc->ac', x[1:i], k).sum(axis=(0, 1))",
        "total += np.einsum('ab,bc->ac', x[:i], k).sum(axis=(0, 1))",
        "total += np.einsum('ab,bc->ac', x[1:i], k).sum(axis=(1, 0))",
        "total += np.einsum('ab,bc->ac', x[1:i], k).mean(axis=(0, 1))",
        "total += np.einsum('ab,bc->ac', x[1:i], k).sum()",
        "return total if k is None else total",
        "return -total if k is not None else total",
        "pass",
    ):
        assert line in now, line
    assert all('"""Not this."""' in mutant.code for mutant in mutants.mutants(solution))
    assert all("def f(x, k, flag=True)" in m.code for m in mutants.mutants(solution))
