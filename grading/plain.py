"""Texts of a submission as people are told them: printable, on one line, and not too long.

Names, tags, sentences and cards' lines come from whoever handed in. On their way to a terminal, a
row, a table or a page they all pass here.
"""

from collections.abc import Sequence

NAME, SENTENCE, SENTENCES = 80, 400, 20
"""Characters of a name and of a sentence that are shown, and sentences of one kind."""


def shown(text: str, most: int = SENTENCE) -> str:
    """A text with nothing in it that a terminal would obey or that hides or turns what stands there."""
    text = str(text)
    plain = "".join(map(character, text[:most]))
    return plain if len(text) <= most else f"{plain[: most - 1]}…"


def character(one: str) -> str:
    if one.isprintable():
        return one
    return " " if one.isspace() else "\N{REPLACEMENT CHARACTER}"


def few(sentences: Sequence[str]) -> list[str]:
    """So many of the sentences as anyone reads; the last one says how many there are besides."""
    more = len(sentences) - SENTENCES
    kept = [shown(sentence) for sentence in sentences[:SENTENCES]]
    return [*kept, f"And {more:,} more."] if more > 0 else kept


class Told:
    """An object whose texts are told to people: whatever it is given is made plain."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, str):
            value = shown(value)
        elif isinstance(value, list):
            value = few(value)
        object.__setattr__(self, name, value)
