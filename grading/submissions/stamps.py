"""When something was handed in, as `timestamp.txt` beside the notebook says.

Whoever collects writes that file (`nbgrader collect`, `nbgrader zip_collect` where the archive's
names have the time), and then it is true. In a folder that came from the student as it is, it is
the student's, and nothing here can tell: `c.Restore.timestamps = False` leaves it out.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.utils import parse_utc

from grading.plain import shown
from grading.submissions import bounds

FIRST = datetime(2015, 1, 1)
"""Before there was nbgrader nothing was handed in to it."""
EPOCH = re.compile(r"1\d{9}(\.\d+)?")
DAY, YEAR = timedelta(days=1), timedelta(days=366)


def of(folder: Path, due: datetime | None) -> tuple[str, str]:
    """The stamp in a folder as nbgrader's exchange writes it, "" where there is none; why it is left out."""
    path = folder / "timestamp.txt"
    if not path.is_file() or path.is_symlink() or path.stat().st_size == 0:
        return "", ""
    if path.stat().st_size > bounds.STAMP_BYTES:
        return "", "its timestamp.txt holds no time, and does not count."
    text = text_of(path.read_bytes())
    try:
        stamp = parsed(text)
    except (ValueError, OverflowError, OSError):
        return "", f"its timestamp.txt, {shown(text, 40)!r}, holds no time, and does not count."
    if not believable(stamp, due):
        return (
            "",
            f"its timestamp.txt, {shown(text, 40)!r}, is no time of handing in, and does not count.",
        )
    return f"{stamp:%Y-%m-%d %H:%M:%S.%f} UTC", ""


def text_of(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace").strip()


def parsed(text: str) -> datetime:
    """A date and time as nbgrader writes it, or seconds since 1970; in UTC."""
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC).replace(tzinfo=None)
    return parse_utc(text)


def believable(stamp: datetime, due: datetime | None) -> bool:
    """Whether something can have been handed in then; both in UTC, as the gradebook has them."""
    soon = datetime.now(UTC).replace(tzinfo=None) + DAY
    return FIRST < stamp < soon and (due is None or abs(stamp - due) < YEAR)
