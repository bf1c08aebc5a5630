"""What a marker sees besides text: raster images, and tables as rows of plain text.

A worker sends a picture's bytes and a table's cells, never a page's code: HTML and SVG run. The
other end looks at both before anybody shows them, and writes the table's HTML itself.
"""

import base64
import binascii
import io
from html import escape
from html.parser import HTMLParser
from typing import Any

PICTURE_BYTES, PIXELS = 1_000_000, 16_000_000
"""Of one picture: some 4,000 pixels by 4,000 are the most that anybody looks at."""
ROWS, COLUMNS, TEXT = 200, 50, 200
"""Of a table, and characters of a cell."""
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}


# ---------------------------------------------------------------- pictures


def kind_of(picture: bytes, most: int = PICTURE_BYTES) -> str:
    """A raster image's MIME type; "" where it is none, or too large to be shown."""
    from PIL import Image  # whoever sends a picture has drawn it

    if len(picture) > most:
        return ""
    try:
        with Image.open(io.BytesIO(picture), formats=tuple(KINDS)) as image:  # its head, no more
            wide, high = image.size
            return KINDS[image.format] if wide * high <= PIXELS else ""
    except Exception:  # whatever is in a file that somebody made up
        return ""


def in_base64(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def from_base64(text: Any) -> bytes:
    """The bytes of a picture in a notebook, which may be a list of lines; none where it holds none."""
    text = "".join(text) if isinstance(text, list) else text
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (AttributeError, TypeError, ValueError, binascii.Error):
        return b""


# ---------------------------------------------------------------- tables


class Reader(HTMLParser):
    """Collects the cells of the first table: [row, ...], a row [[heading?, text, columns], ...]."""

    def __init__(self):
        super().__init__()
        self.rows: list[list[list]] = []
        self.depth, self.done, self.within = 0, False, False

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.depth += tag == "table"
        if self.done or self.depth != 1:
            return
        if tag == "tr":
            self.rows.append([])
        self.within = (tag in ("td", "th") and bool(self.rows)) or (self.within and tag != "tr")
        if tag in ("td", "th") and self.rows:
            wide = dict(attributes).get("colspan") or ""
            self.rows[-1].append([tag == "th", "", int(wide) if wide.isdecimal() else 1])

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag not in ("td", "th", "tr", "table")
        if tag == "table":
            self.depth -= 1
            self.done = self.done or self.depth == 0

    def handle_data(self, text: str) -> None:
        if self.within and not self.done and self.depth == 1:
            self.rows[-1][-1][1] += text


def rows_of(html: str) -> list[list[list]]:
    """The first table of a page, as plain data; [] where there is none."""
    reader = Reader()
    reader.feed(html)
    rows = [row[:COLUMNS] for row in reader.rows if row][:ROWS]
    return [[[head, text.strip()[:TEXT], span] for head, text, span in row] for row in rows]


def table(rows: Any) -> str:
    """A table's HTML, of rows as `rows_of` makes them; "" where somebody sent anything else."""
    if not (isinstance(rows, list) and rows and all(map(is_row, rows))):
        return ""
    lines = ["".join(map(cell, row[:COLUMNS])) for row in rows[:ROWS]]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table border="1" cellpadding="4" class="dataframe">\n{body}\n</table>'


def is_row(row: Any) -> bool:
    return isinstance(row, list) and all(
        isinstance(item, list)
        and [type(part) for part in item] == [bool, str, int]
        and 1 <= item[2] <= COLUMNS
        for item in row
    )


def cell(item: list) -> str:
    head, text, span = item
    tag = "th" if head else "td"
    wide = f' colspan="{span}"' if span > 1 else ""
    return f"<{tag}{wide}>{escape(text[:TEXT])}</{tag}>"
