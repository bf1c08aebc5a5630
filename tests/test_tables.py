"""The class as tables: for people, for Canvas and for Moodle."""

import csv

import pytest
from nbgrader.api import Student

from grading.class_run.outcomes import STATUSES, UNGRADED, Cell, Outcome
from grading.reports import tables as exported

NAME = "01_normal_convolution"
OUTCOMES = [
    Outcome(
        "ada", NAME, "needs hand marking", "3 of 5 points.", 2.25,
        {"window": Cell("passed", 2.0, 2.0, 0.5), "bias": Cell("passed", 1.0, 1.0, 0.25),
         "words": Cell("by hand", 0.0, 2.0)}, recorded=True,
    ),
    Outcome("bela", NAME, "wrong", "0.5 of 5 points.", 1.0, {"window": Cell("wrong", 0.5, 2.0)}),
    Outcome("chen", NAME, "missing", "missing: nothing was handed in."),
    Outcome("=cmd|' /C calc'!A0", NAME, "unreadable", "@SUM(A1)"),
]  # fmt: skip
STUDENTS = {
    "ada": Student(
        id="ada", first_name="Ada", last_name="Lovelace", email="ada@example.org", lms_user_id="17"
    )
}


@pytest.fixture
def tables(tmp_path):
    paths = exported.write(OUTCOMES, STUDENTS, tmp_path / "results")
    assert [path.name for path in paths] == ["class.csv", "canvas.csv", "moodle.csv"]
    found = {}
    for path in paths:
        with path.open(newline="", encoding="utf-8") as file:
            found[path.stem] = list(csv.reader(file))
    assert sorted(p.suffix for p in (tmp_path / "results").iterdir()) == [".csv"] * 3
    return found


def test_the_class_has_a_row_for_everybody_and_a_column_for_every_cell(tables):
    head, ada, bela, chen, odd = tables["class"]
    assert head == ["student", "status", "points", "max_points", "late_penalty", "seconds", "sentence",
                    "window", "bias", "words"]  # fmt: skip
    # 2 + 1 + 0 of 2 + 1 + 2
    assert ada == [
        "ada",
        "needs hand marking",
        "3",
        "5",
        "0",
        "2.2",
        "3 of 5 points.",
        "2",
        "1",
        "0",
    ]
    assert bela[:4] == ["bela", "wrong", "0.5", "2"]
    assert bela[7:] == ["0.5", "", ""]
    assert chen == [
        "chen",
        "missing",
        "",
        "",
        "",
        "",
        "missing: nothing was handed in.",
        "",
        "",
        "",
    ]
    assert odd[1] == "unreadable"


def test_a_text_that_a_spreadsheet_would_run_is_text(tables):
    for rows in tables.values():
        assert not any(item.startswith(("=", "+", "@")) for row in rows for item in row)
    assert tables["class"][-1][0] == "'=cmd|' /C calc'!A0"


def test_canvas_takes_its_columns_and_the_points_possible(tables):
    head, possible, ada, bela, chen, _ = tables["canvas"]
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", NAME]
    assert possible == ["    Points Possible", "", "", "", "", "5"]
    assert ada == ["Lovelace, Ada", "17", "", "ada", "", "3"]
    assert bela == ["bela", "", "", "bela", "", "0.5"]
    assert chen[-1] == "", "a blank is asked about, a nought is not"


def test_moodle_takes_user_names_and_points(tables):
    head, ada, _, chen, _ = tables["moodle"]
    assert head == ["Username", "Full name", "Email address", NAME, "Feedback comments"]
    assert ada[:4] == ["ada", "Ada Lovelace", "ada@example.org", "3"]
    assert ada[4] == (
        "Every test passed. Your written answers are still to be read. Your feedback page says more."
    )
    assert chen == ["chen", "chen", "", "", "Nothing was handed in under the assignment's name."]


def test_a_student_is_told_a_sentence_whatever_the_status(tmp_path):
    """Moodle shows it to them: the bare word "tampered" accuses, and says nothing."""
    for status in STATUSES:
        outcome = Outcome("ada", NAME, status, "for the instructor", recorded=True)
        told = exported.moodle([outcome], {})[1][-1]
        assert len(told.split()) > 2 and told.endswith(".") and status not in told.split()
        assert ("feedback page" in told) == (status not in UNGRADED)
    late = Outcome("ada", NAME, "graded", cells={"x": Cell("passed", 9.0, 9.0)}, penalty=1.5)
    assert "1.5 points are off for being late." in exported.moodle([late], {})[1][-1]


def test_nobody_is_a_table_too(tmp_path):
    for path in exported.write([], {}, tmp_path):
        assert path.read_text(encoding="utf-8").count("\n") in (1, 2)
