"""When something was handed in: times that can be, and files that hold none."""

from datetime import UTC, datetime, timedelta

import pytest

from grading.submissions import stamps

DUE = datetime(2026, 1, 1, 23)
NOON = datetime(2026, 1, 2, 12)
TIMES = (NOON, NOON + timedelta(seconds=0.25), datetime(2025, 2, 1, 12))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-01-02 12:00:00.000000 UTC", ""),
        ("2025-02-01 12:00:00", ""),
        ("1999-12-31 23:59:59.000000 UTC", "is no time of handing in"),
        ("2024-06-01 12:00:00.000000 UTC", "is no time of handing in"),  # a year before it was due
        ("9999-01-01 00:00:00.000000 UTC", "is no time of handing in"),
        ("yesterday, I think", "holds no time"),
        ("\x1b[2J", "'�[2J', holds no time"),
        ("99999999999999999999-01-01", "holds no time"),
        ("2026" * 100, "holds no time"),
        ("", ""),
        ("1767355200", ""),  # seconds since 1970: 2026-01-02 12:00 UTC
        ("1767355200.25", ""),
        ("Fri Jan  2 12:00:00 2026", ""),
        ("176735520", "holds no time"),
    ],
)
def test_a_time_counts_where_it_can_be_one(text, why, tmp_path):
    (tmp_path / "timestamp.txt").write_text(text)
    stamp, left_out = stamps.of(tmp_path, DUE)
    assert bool(stamp) == bool(text and not why), stamp
    assert why in left_out and bool(why) == bool(left_out)
    assert not stamp or stamps.parse_utc(stamp) in TIMES


def test_a_time_in_another_encoding_is_read(tmp_path):
    for encoding in ("utf-16", "utf-8-sig"):
        (tmp_path / "timestamp.txt").write_text("2026-01-02 12:00:00.000000 UTC", encoding)
        assert stamps.of(tmp_path, DUE) == ("2026-01-02 12:00:00.000000 UTC", "")


def test_nothing_and_a_link_are_no_time(tmp_path):
    assert stamps.of(tmp_path, None) == ("", "")
    (tmp_path / "elsewhere").write_text("2026-01-02 12:00:00.000000 UTC")
    (tmp_path / "timestamp.txt").symlink_to("elsewhere")
    assert stamps.of(tmp_path, None) == ("", "")


def test_what_has_no_due_date_was_handed_in_before_tomorrow_and_after_nbgrader_was_made():
    now = datetime.now(UTC).replace(tzinfo=None)
    times = {now: True, now + timedelta(days=2): False, datetime(2014, 1, 1): False, DUE: True}
    assert {time: stamps.believable(time, None) for time in times} == times
