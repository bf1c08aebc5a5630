"""The same verdict through a worker as in the student's notebook: every answer of the corpus.

An answer runs twice: beside the checks, as in a notebook, and in a worker of its own. Each test cell
of its exercise, hidden tests included, has to find and to say the same, letter for letter.
"""

import atexit
import io
import multiprocessing
import re
from contextlib import redirect_stdout
from functools import cache
from typing import Any

import pytest

from contract import limits
from contract.verdicts import GREEN, CheckFailed
from grading.boundary import examiner
from grading.boundary.examiner import examined, what
from grading.boundary.remote import WorkerClient
from grading.boundary.sandbox import Sandbox
from tests.corpus import Answer, answers
from tests.this_course import SETTINGS
from tools import tried
from tools.proof import OWN_LINE

EXERCISES = list(dict.fromkeys(answer.exercise for answer in answers()))
LONG_FIRST = EXERCISES[::-1]  # networks are trained in the last ones
ENDLESS = "a loop that never ends"  # its time is cut short; all others have a student's time


def text_of(answer: Answer) -> str:
    return f"{answer.before}\n{answer.code}".strip("\n")


def seconds(answer: Answer) -> float:
    return 1 if answer.name == ENDLESS else limits.SECONDS


def said(found: dict, card: str, printed: str) -> dict[str, Any]:
    """What is compared. The line at which a loop is stopped is chance; all else is not."""
    card = re.sub(OWN_LINE, "", card) if found["kind"] == "time" else card
    return {**found, "card": card, "green": re.findall(f"{re.escape(GREEN)}.*", printed)}


def here(test: str, names: dict) -> dict[str, Any]:
    """What a test cell says in the process that the answer runs in."""
    found, card, printed = {"kind": "passed"}, "", io.StringIO()
    with redirect_stdout(printed):
        try:
            tried.run(test, names)
        except CheckFailed as failed:
            found, card = what(failed), str(failed)
    return said(found, card, printed.getvalue())


def there(test: str, names: dict, process: WorkerClient) -> dict[str, Any]:
    """What it says where the answer runs in another one."""
    result = examined(test, names, process)
    card, printed = "", ""
    for output in result["outputs"]:
        card += output.get("evalue", "")
        printed += output.get("text", "")
    return said(result["found"], card, printed)


def worker_of(answer: Answer) -> WorkerClient:
    """A worker that has run the cells that `tried.before` runs, and the answer's."""
    process = WorkerClient(box())
    limit = f"from contract import limits\nlimits.SECONDS = {limits.SECONDS}"
    for cell in (*tried.assignment_of(answer.exercise).given, limit, text_of(answer)):
        outputs = process.run(cell)
        stopped = [output["evalue"] for output in outputs if output["output_type"] == "error"]
        if stopped:
            raise RuntimeError(f"{answer.exercise}, {answer.name!r}: a cell stopped, {stopped}")
    return process


@cache
def box() -> Sandbox:
    """One for each process of the pool; it starts once."""
    made = Sandbox((multiprocessing.current_process()._identity or (0,))[0], SETTINGS)
    atexit.register(made.stop)
    return made


def both(exercise: str) -> dict[str, dict[str, tuple[dict, dict]]]:
    """By the answer and the test cell: what is said here and there."""
    tests, names, found = tried.assignment_of(exercise).tests[exercise], tried.before(exercise), {}
    examiner.picture = lambda failed: []  # drawn beside a card, and the same on both sides
    usual = limits.SECONDS
    for answer in tried.answers_to(exercise):
        limits.SECONDS = seconds(answer)
        found[answer.name] = compared(answer, tests, dict(names))
        limits.SECONDS = usual
    return found


def compared(answer: Answer, tests: dict[str, str], names: dict) -> dict[str, tuple[dict, dict]]:
    process, ours = worker_of(answer), {}
    exec(SETTINGS.setup, ours)
    with tried.unheard():
        tried.run(text_of(answer), names)
    pairs = {}
    for cell, test in tests.items():
        exec(SETTINGS.seeds, {})
        pairs[cell] = here(test, names), there(test, ours, process)
    process.close()
    return pairs


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, dict[str, tuple]]]:
    return dict(zip(LONG_FIRST, tried.in_processes(both, LONG_FIRST), strict=True))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_worker_makes_no_difference(exercise, found):
    differ = [
        f"{answer}, {cell}:\nhere  {pair[0]}\nthere {pair[1]}"
        for answer, cells in found[exercise].items()
        for cell, pair in cells.items()
        if pair[0] != pair[1]
    ]
    assert not differ, "\n".join(differ)


def test_every_answer_met_every_test_cell(found):
    met = {(e, a, cell) for e, by_name in found.items() for a in by_name for cell in by_name[a]}
    tests = {exercise: cells for a in tried.course() for exercise, cells in a.tests.items()}
    assert met == {(a.exercise, a.name, cell) for a in answers() for cell in tests[a.exercise]}
    kinds = {there["kind"] for cells in found.values() for a in cells.values()
             for _, there in a.values()}  # fmt: skip
    assert kinds == {"passed", "wrong", "crashed", "type", "mutated", "time", "memory", "rule"}


def test_right_answers_pass_and_wrong_ones_do_not(found):
    for answer in answers():
        kinds = {there["kind"] for _, there in found[answer.exercise][answer.name].values()}
        assert (kinds == {"passed"}) == answer.right, answer


# ---------------------------------------------------------------- what no answer of the corpus needs

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
def test_a_mistake_is_paid_for_once(answer, green, card, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 1 if answer.name == "no end" else limits.SECONDS)
    tests = tried.assignment_of("separable_macs").tests["separable_macs"]
    pairs = compared(answer, tests, dict(tried.before("separable_macs")))
    for ours, theirs in pairs.values():
        assert ours == theirs
        assert green in "".join(theirs["green"])
        assert card in " ".join(theirs["card"].split())
    assert len(pairs) == 2


@pytest.mark.rules
def test_a_mistake_that_stops_is_known_by_how_it_stops():
    code = "def compose(depthwise_kernel, pointwise_kernel):\n    return depthwise_kernel * pointwise_kernel"
    answer = Answer("compose", "number by number", code, right=False)
    tests = tried.assignment_of("compose").tests["compose"]
    ours, theirs = compared(answer, tests, dict(tried.before("compose")))["compose_multiplier"]
    assert ours == theirs
    assert theirs["misconception"] == "multiplied number by number" and theirs["kind"] == "crashed"
