"""What a submission says of itself, as people are told it: on a terminal, in a row, on a page."""

import csv
import io

import pytest

from grading.class_run import progress
from grading.class_run.outcomes import Cell, Outcome
from grading.plain import NAME, SENTENCE, SENTENCES, few, shown
from grading.reports import page, tables

ESCAPES = "\x1b[2J\x1b]0;title\x07\x9b31m"
FORGED = "fine.\r\n[2/2] ada: graded: 32 of 32 points."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain, ä, 畳み込み, 🙂", "plain, ä, 畳み込み, 🙂"),
        ("a\x1b[2Jb", "a�[2Jb"),
        ("one\r\ntwo\tthree\u2028four\xa0five", "one  two three four five"),
        ("abc\u202edef\u2066g", "abc�def�g"),
        ("half a letter \ud83d", "half a letter �"),
        ("x" * 10**6, "x" * (SENTENCE - 1) + "…"),
        ("x" * SENTENCE, "x" * SENTENCE),
    ],
)
def test_a_text_is_one_line_that_can_be_shown(text, said):
    assert shown(text) == said
    assert len(shown(text, NAME)) <= NAME


def test_of_many_sentences_few_are_told_and_the_rest_are_counted():
    told = few([f"number {n}" for n in range(100_000)])
    assert told[:2] == ["number 0", "number 1"] and len(told) == SENTENCES + 1
    assert told[-1] == "And 99,980 more."
    assert few(["one"]) == ["one"]


def hostile() -> Outcome:
    line = f"✗ depthwise, params: {ESCAPES}{FORGED}"
    cells = {"test": Cell("wrong", 0.0, 1.0, 0.1, "depthwise", "params", ESCAPES, line)}
    return Outcome(
        f"[/b]{ESCAPES}", "01", "tampered", f"{FORGED}{ESCAPES}", cells=cells,
        tampered=[f"{n} was tagged {ESCAPES}{'x' * 10**4}" for n in range(10**4)],
        mended=[FORGED] * 10**4, recorded=True,
    )  # fmt: skip


def test_no_place_that_shows_a_submission_obeys_it(tmp_path, monkeypatch, capsys):
    outcome = hostile()
    outcome.sentence = f"later: {FORGED}{ESCAPES}"  # whenever it is said
    with progress.Progress(1) as told:
        told.tell(outcome)
    row = capsys.readouterr().out
    assert row.count("\n") == 1 and row.startswith("[1/1] [/b]")
    page.write([outcome], tmp_path / "report.html", assignment="01")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(html) < 60_000  # 9,980 of each list are counted, not told
    tables.write([outcome], {}, tmp_path)
    written = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv")]
    for text in (row, html, *written):
        assert not set(text) & set("\x1b\x07\x9b\r"), "control characters"


def test_the_bar_takes_a_name_for_no_markup(monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", screen)
    with progress.Progress(1) as told:
        told.bar.console.file = screen
        told.bar.disable = False
        told.tell(Outcome("[/b] [red]x", "01", "graded", "all."))
    assert "[/b] [red]x: graded" in screen.getvalue()


@pytest.mark.parametrize("name", ["=1+1", "-1+1", "+1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_no_table_holds_a_formula(name, tmp_path):
    outcome = Outcome(name, "01", "missing", "-2+3")
    for path in tables.write([outcome], {}, tmp_path):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        said = [item for row in rows for item in row if name in item or "-2+3" in item]
        assert said and all(item.startswith("'") for item in said), path.name


def test_a_number_in_a_table_is_one():
    assert [tables.as_text(x) for x in ("-1.5", "0", "-1+1", -2)] == ["-1.5", "0", "'-1+1", -2]
