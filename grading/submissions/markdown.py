"""A student's Markdown, harmless where it is marked: formgrader and feedback pages are HTML.

Whatever becomes Markdown passes here, for every way of grading.
"""

import re
from typing import Any

from grading.boundary.values import visuals
from grading.submissions import bounds

# Tags, links that are code, letters in disguise, which could spell either, and what of TeX loads or
# styles. A space of no width makes it plain text that looks the same.
RUN_BY_BROWSERS = re.compile(
    r"(<(?=[a-z/!?])|(?:java|vb)script(?=\\?:)|&(?=#|colon|tab|newline)"
    r"|\\(?=(?:href|style|class|cssid|require|includegraphics)\b))",
    re.IGNORECASE,
)
IMAGE = re.compile(r"!\[(?P<alt>[^\[\]]*)\]\(attachment:(?P<name>[^()\s]+)\)|!\[")
PICTURES = 10
"""That are pasted into a cell."""


def harmless(text: str, pictures: dict[str, dict]) -> str:
    """The text with nothing in it that a browser would run or fetch.

    An image is shown where it is one of the cell's own ``pictures``; any other would be asked for,
    wherever it lies, as whoever marks (an address can log out or delete), and becomes text.
    """
    text = RUN_BY_BROWSERS.sub("\\1\N{ZERO WIDTH SPACE}", text)
    return IMAGE.sub(lambda found: image(found, pictures), text)


def image(found: re.Match, pictures: dict[str, dict]) -> str:
    return found[0] if found["name"] in pictures else f"!\\{found[0][1:]}"


def pictures_of(attachments: Any) -> dict[str, dict[str, str]]:
    """What is pasted into a cell: its raster images, in nbformat's words, up to so many and so large."""
    found: dict[str, dict[str, str]] = {}
    if not isinstance(attachments, dict):
        return found
    for name, forms in list(attachments.items())[: 2 * PICTURES]:
        for data in forms.values() if isinstance(forms, dict) else ():
            picture = visuals.from_base64(data)
            kind = visuals.kind_of(picture, bounds.PICTURE_BYTES) if picture else ""
            if kind and len(found) < PICTURES:
                found[str(name)] = {kind: visuals.in_base64(picture)}
    return found
