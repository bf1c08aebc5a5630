"""The class on a page: what it counts, that it escapes everything, and that it needs nothing else."""

import random
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grading.boundary.bubblewrap import Layer
from grading.class_run.outcomes import STATUSES, Cell, Outcome, status_of
from grading.reports import page as report

NAME = "01_normal_convolution"
TESTS = {  # grade_id: (exercise, part, points)
    "output_length_valid": ("output_length", "valid", 1),
    "output_length_stride": ("output_length", "stride", 1),
    "output_length_same": ("output_length", "same", 1),
    "same_padding_stride_1": ("same_padding", "stride 1", 1),
    "same_padding_stride": ("same_padding", "stride", 1),
    "conv2d_window": ("conv2d", "window", 4),
    "conv2d_bias": ("conv2d", "bias", 1),
    "conv2d_stride": ("conv2d", "stride", 2),
    "conv2d_padding": ("conv2d", "padding", 2),
    "conv2d_params_with_bias": ("conv2d_params", "with bias", 1),
    "conv2d_params_without_bias": ("conv2d_params", "without bias", 1),
    "build_two_layer_model_check": ("build_two_layer_model", "check", 3),
    "conv2d_backward_dbias": ("conv2d_backward", "dbias", 1),
    "conv2d_backward_dkernel": ("conv2d_backward", "dkernel", 2),
    "conv2d_backward_dx": ("conv2d_backward", "dx", 3),
}
WRITTEN, MOST_WRITTEN = "moved_by_one_pixel", 3
FLIPPED = "your kernel is flipped: this is the mathematician's convolution."
NAMES = [
    "ada", "bela", "chen", "dora", "emre", "fatou", "goran", "hana", "ines", "jonas", "kofi",
    "lena", "mateo", "nadia", "omar", "petra", "quentin", "rosa", "sven", "tariq", "uma",
    "vera", "wanda", "xaver", "yuki", "zoe", "amara", "bruno", "clara", "diego",
]  # fmt: skip
LAYERS = (
    Layer("process", True, "student code never runs where the tests and the marks are"),
    Layer("namespaces", True, "no network, no other process, a system to read only"),
)


# ---------------------------------------------------------------- a class


def cell(name: str, kind: str = "passed", said: str = "", misconception=None, seconds=0.2) -> Cell:
    """As a class run has it: a test that passed does not name its part."""
    exercise, part, points = TESTS[name]
    if kind == "passed":
        return Cell("passed", points, points, seconds, exercise)
    line = f"✗ {exercise}, {part}: {said}" if said else ""
    return Cell(kind, 0.0, points, seconds, exercise, part, misconception, line)


def student(name: str, *, hand: str = "marked", tampered=(), mended=(), **found: Cell) -> Outcome:
    """Every test passed but those that are named."""
    cells = {test: found.get(test) or cell(test) for test in TESTS}
    cells[WRITTEN] = Cell(hand, 2.0 if hand == "marked" else 0.0, MOST_WRITTEN)
    seconds = sum(one.seconds for one in cells.values())
    status = status_of([one.kind for one in cells.values()], list(tampered))
    outcome = Outcome(name, NAME, status, "", seconds, cells, recorded=True)
    outcome.tampered, outcome.mended = list(tampered), list(mended)
    outcome.sentence = f"{outcome.points:g} of {outcome.max_points:g} points."
    return outcome


def absent(name: str, status: str, sentence: str) -> Outcome:
    return Outcome(name, NAME, status, sentence)


def flipped(**also: Cell) -> dict[str, Cell]:
    parts = ("conv2d_window", "conv2d_bias")
    return {part: cell(part, "wrong", FLIPPED, "flipped kernel") for part in parts} | also


def untouched() -> dict[str, Cell]:
    return {name: cell(name, "not attempted") for name in TESTS}


def mistaken(rng: random.Random) -> dict[str, Cell]:
    """One to three of the mistakes that people make."""
    mistakes: list[dict[str, Cell]] = [
        flipped(),
        {"conv2d_bias": cell("conv2d_bias", "wrong", "the bias is missing.", "no bias")},
        {
            test: cell(test, "wrong", 'padding="same" pads as much on both sides', "even padding")
            for test in ("conv2d_padding", "same_padding_stride")
        },
        {
            "conv2d_params_with_bias": cell(
                "conv2d_params_with_bias", "wrong", "one bias for each weight.", "bias per weight"
            )
        },
        {"conv2d_backward_dx": cell("conv2d_backward_dx", "wrong", "yours differs in 40 numbers.")},
        {"conv2d_stride": cell("conv2d_stride", "type", "your function returned None.")},
        {test: cell(test, "not attempted") for test in TESTS if test.startswith("conv2d_backward")},
    ]
    weights = (5, 3, 4, 2, 4, 1, 5)
    found: dict[str, Cell] = {}
    for mistake in rng.choices(mistakes, weights, k=rng.randint(1, 3)):
        found |= mistake
    return found


def stopped(rng: random.Random) -> dict[str, Cell]:
    kind, said = rng.choice([
        ("crashed", "your code stopped with IndexError: index 7 is out of bounds for axis 0"),
        ("crashed", "your code stopped with NameError: name 'numpy' is not defined."),
        ("crashed", "your code ended the process that it ran in."),
        ("memory", "your code asks for far too much memory."),
    ])  # fmt: skip
    return {test: cell(test, kind, said) for test in ("conv2d_window", "conv2d_stride")}


def endless() -> dict[str, Cell]:
    said = "your code did not come to an end; it was stopped."
    return {"conv2d_window": cell("conv2d_window", "time", said, seconds=10.1)}


def whole_class(count: int = 30, seed: int = 1) -> list[Outcome]:
    """A class with all eight statuses in it."""
    rng = random.Random(seed)
    changes = ["the text of conv2d_window was changed.", "conv2d_bias was deleted."]
    kernel = ["its kernel was python310; it is python3."]

    def graded(name: str, **how) -> Outcome:
        outcome = student(name, **how)
        for one in outcome.cells.values():
            one.seconds = round(one.seconds * rng.uniform(0.5, 1.6), 3)
        outcome.seconds = sum(one.seconds for one in outcome.cells.values())
        return outcome

    makers = [
        lambda name: graded(name, hand="by hand"),
        lambda name: graded(name, hand="by hand", **mistaken(rng)),
        lambda name: graded(name, hand="by hand", **mistaken(rng)),
        lambda name: graded(name),
        lambda name: graded(name, hand="by hand", **mistaken(rng)),
        lambda name: graded(name, hand="not attempted", **stopped(rng)),
        lambda name: graded(name, hand="by hand", mended=kernel),
        lambda name: graded(name, hand="by hand", **mistaken(rng)),
        lambda name: graded(name, hand="by hand", tampered=changes, **flipped()),
        lambda name: graded(name, hand="not attempted", **endless()),
        lambda name: absent(name, "missing", "missing: nothing was handed in."),
        lambda name: graded(name, hand="by hand", **mistaken(rng)),
        lambda name: absent(
            name, "unreadable", "the file is cut off; ask for it again."
        ),
        lambda name: graded(name, hand="not attempted", **untouched()),
        lambda name: graded(name, hand="by hand"),
    ]  # fmt: skip
    names = [
        NAMES[n % 30] + (f"-{n // 30 + 1}" if n >= 30 else "") for n in range(count)
    ]  # fmt: skip
    return sorted(
        (makers[n % len(makers)](name) for n, name in enumerate(names)), key=lambda o: o.student
    )


# ---------------------------------------------------------------- the page, read


class Page(HTMLParser):
    """Its tags with their attributes, its text outside of style and script, and the two apart."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text, self.code = "", {"style": "", "script": ""}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.text += " "
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in self.code:
            self.code[self.open[-1]] += data
        else:
            self.text += data

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def written_page(folder, outcomes, **more) -> str:
    path = folder / "results" / "report.html"
    report.write(outcomes, path, **{"assignment": NAME, "layers": LAYERS, "seconds": 48.2, **more})
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]
    return path.read_text(encoding="utf-8")


def plain(text: str) -> str:
    return " ".join(Page(text).text.split())


# ---------------------------------------------------------------- numbers


def test_a_class_in_numbers(tmp_path):
    outcomes = [
        student("ada"),  # 25 + 2
        student("bela", hand="by hand"),  # 25
        student("chen", hand="by hand", **flipped()),  # 25 - 4 - 1 = 20
        absent("dora", "missing", "missing: nothing was handed in."),
    ]
    text = plain(written_page(tmp_path, outcomes))
    assert "4 students, graded in 48 s." in text
    # mean (27 + 25 + 20) / 3 = 24, median 25; who handed in nothing is in neither
    assert "handed in 3 of 4" in text
    assert "with points 3 mean 24 of 28 median 25 of 28 to mark by hand 2" in text
    for status, count in zip(STATUSES, (1, 0, 0, 0, 0, 1, 1, 1), strict=True):
        assert f"{count} {status} · {STATUSES[status]}" in text


def test_what_the_gradebook_did_not_take_has_no_points(tmp_path):
    lost = student("bela")
    lost.recorded, lost.sentence = False, "nbgrader did not record it: the database is locked."
    text = plain(written_page(tmp_path, [student("ada"), lost]))
    assert "with points 1 mean 27 of 28" in text
    assert "Not in the gradebook · 1 student" in text
    assert lost.sentence in text


@pytest.mark.parametrize(
    ("most", "step", "bars"),
    [(0, 1, 1), (3, 1, 4), (19, 1, 20), (20, 2, 11), (35, 2, 18), (100, 10, 11), (900, 50, 19)],
)
def test_the_distribution_has_bars_of_a_round_number_of_points(most, step, bars):
    found = report.distribution([], most)
    assert len(found) == bars
    assert (found[0].low, found[0].high, found[-1].high) == (0, step, bars * step)


def test_every_student_is_in_one_bar():
    # 35 points in twos: 0 and 1.5 | 2 | 34, 35, and 36 with a bonus; less than 0 is in the first
    found = report.distribution([0, 1.5, 2, 34, 35, 36, -1], 35)
    assert [bar.count for bar in found] == [3, 1] + [0] * 15 + [3]


def test_numbers_as_they_are_read():
    assert [report.few(value) for value in (20.0, 24.25, 0.04, 1234)] == ["20", "24.2", "0", "1234"]
    assert [report.percent(value) for value in (0, 2 / 3, 299 / 300, 1)] == [
        "0%", "66%", "99%", "100%",
    ]  # fmt: skip
    seconds = (0.234, 9.96, 59.4, 59.6, 125, 3600, 4510)
    said = ["0.2 s", "10 s", "59 s", "1 min", "2 min 5 s", "1 h 0 min", "1 h 15 min"]
    assert [report.duration(value) for value in seconds] == said


# ---------------------------------------------------------------- exercises and mistakes


def shares(outcomes: list[Outcome]) -> dict[tuple[str, str], tuple[int, ...]]:
    """(passed, wrong, stopped, not attempted)"""
    return {(s.exercise, s.part): tuple(s.counts.values()) for s in report.exercises(outcomes)}


def test_an_exercise_and_its_parts_in_shares_of_the_class():
    found = shares([
        student("ada"),
        student("bela", **flipped()),
        student("chen", conv2d_stride=cell("conv2d_stride", "memory"), **flipped()),
        student("dora", **endless()),
        student("emre", **untouched()),
        student("fatou", conv2d_stride=cell("conv2d_stride", "not attempted")),
        absent("goran", "missing", ""),
    ])  # fmt: skip
    assert found["conv2d", "window"] == (2, 2, 1, 1)
    assert found["conv2d", "bias"] == (3, 2, 0, 1)
    assert found["conv2d", "stride"] == (3, 0, 1, 2)
    # ada; bela wrong, fatou begun; chen memory, dora time; emre
    assert found["conv2d", ""] == (1, 2, 2, 1)
    assert found["output_length", ""] == (5, 0, 0, 1)


def test_exercises_stand_in_the_assignments_order_and_one_part_is_the_exercise():
    found = list(shares([student("ada")]))
    assert [part for exercise, part in found if exercise == "output_length"] == [
        "", "valid", "stride", "same",
    ]  # fmt: skip
    whole = [exercise for exercise, part in found if not part]
    assert whole == list(dict.fromkeys(exercise for exercise, _, _ in TESTS.values()))
    assert [part for exercise, part in found if exercise == "build_two_layer_model"] == [""]


def test_a_test_that_everybody_passed_is_known_by_its_name():
    found = report.names_of([student("ada")])
    assert found["conv2d_backward_dx"] == ("conv2d_backward", "dx")
    assert found["conv2d_params_with_bias"] == ("conv2d_params", "with bias")
    assert found["conv2d_window"] == ("conv2d", "window")
    assert WRITTEN not in found
    own = Outcome("ada", NAME, "graded", cells={"my_own_test": Cell("passed", 1, 1)})
    assert report.names_of([own]) == {"my_own_test": ("my_own_test", "")}


def test_the_hardest_parts_come_first_and_what_all_passed_is_not_hard():
    outcomes = [student("ada", **flipped()), student("bela", **endless()), student("chen")]
    found = [(s.exercise, s.part, s.passed) for s in report.hardest(outcomes)]
    assert found == [("conv2d", "window", 1 / 3), ("conv2d", "bias", 2 / 3)]
    assert report.hardest([student("chen")]) == []


def test_mistakes_are_counted_in_students_most_of_them_first():
    no_bias = {"conv2d_bias": cell("conv2d_bias", "wrong", "what folded", "no bias at all")}
    outcomes = [
        student("ada", **no_bias),
        student("bela", **flipped()),  # in two parts, and counted once
        student("chen", **flipped()),
        student("dora", conv2d_stride=cell("conv2d_stride", "wrong", "it differs.")),
    ]
    assert report.misconceptions(outcomes) == [
        report.Mistake("conv2d", "flipped kernel", FLIPPED, ("bela", "chen")),
        report.Mistake("conv2d", "no bias at all", "what folded …", ("ada",)),
    ]
    assert report.answers(outcomes)["unnamed"] == [("dora", ["conv2d stride: it differs."])]


def test_a_sentence_begins_with_a_capital_and_code_stays_as_it_is():
    assert report.capital(FLIPPED).startswith("Your kernel is")
    assert report.capital("padding=1 is wrong.") == "padding=1 is wrong."


# ---------------------------------------------------------------- what waits, what is slow or odd


def test_written_answers_that_wait_and_those_that_do_not(tmp_path):
    outcomes = [
        student("ada", hand="by hand"),
        student("bela", hand="by hand"),
        student("chen"),
        student("dora", hand="not attempted"),
    ]
    assert report.written(outcomes) == [
        report.Question("moved by one pixel", MOST_WRITTEN, ("ada", "bela"), (2.0,), 1)
    ]
    text = plain(written_page(tmp_path, outcomes))
    assert "2 waiting, 1 marked (mean 2), 1 left empty. ada, bela" in text


def test_the_slowest_come_first():
    slow = {"conv2d_bias": cell("conv2d_bias", seconds=7.0)}
    outcomes = [
        student("ada"),
        student("bela", **slow),
        student("chen"),
        absent("d", "missing", ""),
    ]
    found = report.times(outcomes)
    # 15 tests of 0.2 s are 3 s; with one of 7 s, 14 * 0.2 + 7 = 9.8 s; together 15.8 s
    assert found.median == pytest.approx(3.0)
    assert found.total == pytest.approx(15.8)
    assert found.students[0] == ("bela", pytest.approx(9.8))
    assert found.cells[0] == ("bela", "conv2d bias", 7.0)
    assert len(found.cells) == report.SLOWEST
    assert report.times([absent("dora", "missing", "")]) is None


def test_what_is_out_of_the_ordinary_and_whose():
    said = "your code stopped with ValueError: no."
    gone = "your code ended the process that it ran in."
    raised = {name: cell(name, "crashed", said) for name in ("conv2d_bias", "conv2d_stride")}
    outcomes = [
        student("ada", tampered=["conv2d_bias was deleted."]),
        student("bela", **endless()),
        student("chen", conv2d_window=cell("conv2d_window", "crashed", gone)),
        student("dora", **raised),
        student("emre", conv2d_window=cell("conv2d_window", "error")),
        student("fatou", mended=["its kernel was r; it is python3."]),
        replace(student("goran"), stopped={"own-1": "time", "own-2": "crashed"}),
    ]
    endless_said = "your code did not come to an end; it was stopped."
    assert report.odd(outcomes) == {
        "unrecorded": [],
        "tampered": [("ada", ["conv2d_bias was deleted."])],
        "late": [
            ("bela", [f"conv2d window: {endless_said}"]),
            ("goran", ["the cell own-1: it did not come to an end; it was stopped."]),
        ],
        "ended": [
            ("chen", [f"conv2d window: {gone}"]),
            ("emre", ["conv2d window: The test itself raised an error."]),
            ("goran", ["the cell own-2: it ended the process that it ran in."]),
        ],
        "exceptions": [("dora", [f"conv2d bias, conv2d stride: {said}"])],
        "mended": [("fatou", ["its kernel was r; it is python3."])],
    }


def test_a_sandbox_with_a_layer_off_is_told_at_the_top(tmp_path):
    off = Layer("system calls", False, "none that reaches out")
    text = plain(written_page(tmp_path, [student("ada")], layers=[*LAYERS, off]))
    assert "For all that is done with one submission" in text and "there are 20 min;" in text
    warning = "Off on this machine: system calls (none that reaches out)."
    assert text.index(warning) < text.index("handed in")
    assert "Off on this machine" not in plain(written_page(tmp_path, [student("ada")]))


# ---------------------------------------------------------------- the page


def test_every_student_is_a_row_that_sorts_by_numbers_and_by_the_order_of_the_statuses(tmp_path):
    outcomes = whole_class()
    assert {outcome.status for outcome in outcomes} == set(STATUSES)
    text = written_page(tmp_path, outcomes)
    rows = re.findall(r'<tr id="s\d+">.*?</tr>', text)
    assert len(rows) == 30
    for row, outcome in zip(rows, outcomes, strict=True):
        name, status, points, seconds = re.findall(r'data-key="([^"]*)"', row)
        assert (name, list(STATUSES)[int(status)]) == (outcome.student, outcome.status)
        assert float(points) == (outcome.points if outcome.cells else -1)
        assert float(seconds) == (outcome.seconds if outcome.cells else -1)
        assert outcome.sentence in row


def test_the_parts_of_the_page_stand_in_their_order_and_links_lead_somewhere(tmp_path):
    page = Page(written_page(tmp_path, whole_class()))
    sections = [about["id"] for tag, about in page.tags if tag == "section"]
    assert sections == ["numbers", "points", "exercises", "mistakes", "written", "slow", "odd",
                        "students"]  # fmt: skip
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.attributes("href")} <= set(ids)
    pictures = [about for _, about in page.tags if about.get("role") == "img"]
    assert all(about["aria-label"] for about in pictures)


@pytest.mark.parametrize("count", [0, 1, 2, 300])
def test_classes_of_any_size_and_classes_in_which_nothing_can_be_graded(tmp_path, count):
    assert not Page(written_page(tmp_path, whole_class(count))).open
    nobody = [absent(f"s{number}", "missing", "missing: nothing.") for number in range(count)]
    text = plain(written_page(tmp_path, nobody, layers=(), seconds=None))
    assert ("Nobody has points yet." if count else "Nobody is in the class yet") in text


def test_what_a_student_wrote_is_text_and_nothing_else(tmp_path):
    hostile = "</td><script>alert(1)</script>\"' onclick=x <img src=//e.org/a> {{ 7 * 7 }} &amp;"
    flip = replace(cell("conv2d_window", "wrong", hostile, hostile), line=hostile)
    lie = replace(cell("conv2d_bias", "crashed"), line=hostile, part=hostile)
    outcomes = [
        student(hostile, hand="by hand", tampered=[hostile], mended=[hostile], conv2d_window=flip),
        student(hostile + "2", hand="by hand", conv2d_bias=lie),
        absent(hostile + "3", "unreadable", hostile),
    ]
    outcomes[0].sentence = hostile
    outcomes[1].stopped = {hostile: "time"}
    text = written_page(tmp_path, outcomes, assignment=hostile, layers=[Layer(hostile, False, "")])
    page, harmless = Page(text), Page(written_page(tmp_path, whole_class()))
    assert page.text.count(hostile) >= 12
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in harmless.tags}
    known = {name for _, attributes in harmless.tags for name in attributes}
    assert {name for _, attributes in page.tags for name in attributes} <= known
    assert page.code == harmless.code
    assert text.count("<script") == 1


def test_text_that_no_page_can_show_is_shown_as_such(tmp_path):
    name = "a\x00b\ud800c\u202ed"  # nothing, half a letter, and what turns the writing round
    text = written_page(tmp_path, [student(name)])
    assert "a�b�c�d" in text
    assert not {"\x00", "\ud800", "\u202e"} & set(text)


def test_the_page_asks_for_nothing_and_lets_only_its_own_script_run(tmp_path):
    text = written_page(tmp_path, whole_class())
    page = Page(text)
    assert "://" not in text
    assert "url(" not in text and "@import" not in text
    assert not page.attributes("src")
    assert not {tag for tag, _ in page.tags} & {"link", "img", "iframe", "object", "base"}
    assert all(link.startswith("#") for link in page.attributes("href"))
    policy = page.attributes("content")[0]
    assert policy == report.policy()
    assert policy.startswith("default-src 'none'; ")
    assert page.code["script"] == report.SORT


def test_the_same_outcomes_make_the_same_bytes(tmp_path):
    assert written_page(tmp_path, whole_class()) == written_page(tmp_path, whole_class())


def test_nothing_of_this_machine_is_on_the_page(tmp_path):
    text = written_page(tmp_path, whole_class())
    for folder in (tmp_path, report.__file__.rpartition("/")[0]):
        assert str(folder) not in text


def test_the_page_before_stays_whole_when_the_next_cannot_be_written(tmp_path, monkeypatch):
    before = written_page(tmp_path, [student("ada")])
    monkeypatch.setattr(report.os, "replace", lambda *names: (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError):
        report.write([], tmp_path / "results" / "report.html", assignment=NAME)
    assert (tmp_path / "results" / "report.html").read_text(encoding="utf-8") == before
