"""Answers as students write them, right and wrong: what the checks are tried on.

An answer is the text of a notebook cell. A wrong one is most often a right one with one thing
changed, and is written down as that change:

    CONV2D.wrong("flipped kernel", LOOPS, ("kernel[a, b]", "kernel[-1 - a, -1 - b]"),
                 says="your kernel is flipped")

``says`` is what the card has to say for the mistake to be named; None where no card names it. The
checks' own table of misconceptions is not used here, so that each can find fault with the other.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """One cell that answers an exercise; ``before`` is the text of a cell above it."""

    exercise: str
    name: str
    code: str
    right: bool
    says: str | None = None
    before: str = ""


@dataclass
class Corpus:
    """The answers to one exercise."""

    exercise: str
    answers: list[Answer] = field(default_factory=list)

    def right(self, name: str, code: str, *changes: tuple[str, str], before: str = "") -> None:
        self.add(name, changed(code, changes), right=True, before=before)

    def wrong(
        self, name: str, code: str, *changes: tuple[str, str], says: str | None, before: str = ""
    ) -> None:
        self.add(name, changed(code, changes), right=False, says=says, before=before)

    def add(self, name: str, code: str, **options) -> None:
        if any(answer.name == name for answer in self.answers):
            raise ValueError(f"{self.exercise} has two answers named {name!r}.")
        self.answers.append(Answer(self.exercise, name, code.strip("\n") + "\n", **options))


def changed(code: str, changes) -> str:
    """The code with each change made once; ValueError where its place is not to be found once."""
    for old, new in changes:
        if code.count(old) != 1:
            raise ValueError(f"{old!r} stands {code.count(old)} times in:\n{code}")
        code = code.replace(old, new)
    return code


def answers() -> list[Answer]:
    """All of them, in the order of the lessons."""
    from tests.corpus import depthwise, later, layers, mnist, normal, pointwise

    modules = (normal, depthwise, pointwise, mnist, layers, later)
    corpora = [corpus for module in modules for corpus in module.CORPORA]
    return [answer for corpus in corpora for answer in corpus.answers]
