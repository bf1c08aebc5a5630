"""What `from helpers import check, draw` gives a student's cells while they are graded: silence.

Checks, their cases and their answers are the examiner's; they are not where this runs. And nobody
looks at a picture there.
"""

OURS = {"limits", "rules", "student", "verdicts"}  # modules that hold no answer


class CheckFailed(AssertionError):
    """Never raised here; a cell may name it."""


NotAttempted = CheckFailed


class Unheard:
    """Takes the place of every check, hint and picture, and of all that belongs to them."""

    def __call__(self, *args, **options) -> None: ...

    def __getattr__(self, name: str) -> "Unheard":
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def __getattr__(name: str):
    if name in OURS or name.startswith("__"):
        raise AttributeError(name)
    return Unheard()
