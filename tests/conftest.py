"""What all tests share."""

import pytest

from helpers.check import rules


@pytest.fixture(autouse=True)
def anyone_may_do_the_work(request, monkeypatch):
    """Our own right and wrong answers run on Keras and on each other: no rule stops them.

    A test that is about the rule is marked with `rules`.
    """
    if "rules" not in request.keywords:
        monkeypatch.setattr(rules, "who", lambda frame: None)
