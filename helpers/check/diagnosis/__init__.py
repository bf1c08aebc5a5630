"""What is wrong with an answer, found by looking at the function and not by a list of mistakes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnosis:
    """A kind of mistake by its ``name``, for the class report; what a teacher would say; where to look.

    ``sentence`` is the card's headline and begins in lower case; both end with a full stop or a
    question mark. What they say was tried on the answer and is true of it.
    """

    name: str
    sentence: str
    look: str
