"""What all tests share."""

import os

import pytest
from this_course import SETTINGS

from contract import rules
from grading.boundary import bubblewrap
from grading.boundary.client import numbered
from grading.boundary.remote import WorkerClient
from grading.boundary.sandbox import Sandbox


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the long forms: a class of 300")


def pytest_collection_modifyitems(items):
    """Without a sandbox no test runs student code, and each says why; CI has to have one."""
    if bubblewrap.works() or os.environ.get("CI"):
        return
    for item in items:
        if "sandbox" in item.keywords or {"box", "process"} & set(item.fixturenames):
            item.add_marker(pytest.mark.skip(reason=f"bubblewrap: {bubblewrap.why_not()}"))


@pytest.fixture(autouse=True)
def anyone_may_do_the_work(request, monkeypatch):
    """Our own right and wrong answers run on Keras and on each other: no rule stops them.

    A test that is about the rule is marked with `rules`.
    """
    if "rules" not in request.keywords:
        monkeypatch.setattr(rules.Watch, "who", lambda self, frame: None)


@pytest.fixture(scope="session")
def box():
    """A sandbox with a number of its own: as root, a user whose processes are counted."""
    made = Sandbox(numbered(), SETTINGS)
    yield made
    made.stop()


@pytest.fixture
def process(box):
    """A submission's process in it."""
    made = WorkerClient(box)
    yield made
    made.close()
