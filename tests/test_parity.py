"""The same verdict through a worker as in the student's notebook, where no answer of the corpus looks.

`tools.proof` compares all answers of the corpus, each by itself. These are built on another answer.
"""

import pytest
from this_course import SETTINGS

from contract import limits
from grading.boundary.examiner import examined
from grading.boundary.remote import WorkerClient
from tests.corpus import Answer
from tools import tried
from tools.tried import Said


def pairs(answer: Answer, process: WorkerClient) -> dict[str, tuple[Said, Said]]:
    """For each test cell of its exercise what is said here, beside the checks, and there."""
    assignment = tried.assignment_of(answer.exercise)
    tests, ours = assignment.tests[answer.exercise], {}
    limit = f"from contract import limits\nlimits.SECONDS = {limits.SECONDS}"
    for cell in (*assignment.given, limit, f"{answer.before or '#'}\n{answer.code}"):
        assert "error" not in {output["output_type"] for output in process.run(cell)}
    exec(SETTINGS.setup, ours)
    here = tried.said(answer, tests, tried.before(answer.exercise))
    return {cell: (here[cell], there(test, ours, process)) for cell, test in tests.items()}


def there(test: str, names: dict, process: WorkerClient) -> Said:
    exec(SETTINGS.seeds, {})
    result = examined(test, names, process)
    texts = [
        "".join(output.get(key, "") for output in result["outputs"]) for key in ("text", "evalue")
    ]
    return Said.of(result["found"], *texts)


WRONG_PARAMS = """
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    return {}
"""
BUILT_ON_IT = """
def separable_macs(size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1,
                   padding="valid"):
    places = 1
    for n, k in zip(size, kernel_size):
        places *= -(-n // stride) if padding == "same" else (n - k) // stride + {}
    return places * separable_params(kernel_size, in_channels, filters, depth_multiplier, False)
"""


def macs(name: str, wrong: str, last: str) -> Answer:
    code, before = BUILT_ON_IT.format(last), WRONG_PARAMS.format(wrong)
    return Answer("separable_macs", name, code, right=False, before=before)


@pytest.mark.rules
@pytest.mark.parametrize(
    ("answer", "green", "card"),
    [
        (macs("right", "1", "1"), "with a right `separable_params` in place of yours", ""),
        (macs("right, and the other stops", "1 / 0", "1"), "with a right `separable_params`", ""),
        (macs("wrong", "1", "2"), "", "Judged with a right `separable_params` in place of yours."),
        (macs("no end", "[0 for _ in iter(int, 1)]", "1"), "with a right `separable_params`", ""),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_mistake_is_paid_for_once(answer, green, card, monkeypatch, process):
    monkeypatch.setattr(limits, "SECONDS", 1 if answer.name == "no end" else limits.SECONDS)
    found = pairs(answer, process)
    for here, there in found.values():
        assert here == there
        assert green in "".join(there.green)
        assert card in " ".join(there.card.split())
    assert len(found) == 2


@pytest.mark.rules
def test_a_mistake_that_stops_is_known_by_how_it_stops(process):
    code = "def compose(depthwise_kernel, pointwise_kernel):\n    return depthwise_kernel * pointwise_kernel"
    answer = Answer("compose", "number by number", code, right=False)
    here, there = pairs(answer, process)["compose_multiplier"]
    assert here == there
    assert there.found["misconception"] == "multiplied number by number"
    assert there.found["kind"] == "crashed"
