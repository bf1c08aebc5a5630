"""What stands in a worker for a module that holds tests or answers: it does nothing.

Checks and their answers are the examiner's; they are not where this runs. A student's cells may
call them all the same, as they did in the notebook.
"""

from contract.verdicts import CheckFailed, NotAttempted

__all__ = ["CheckFailed", "NotAttempted"]  # never raised here; a cell may name them


class Unheard:
    """Takes the place of every check, hint and picture, and of all that belongs to them."""

    def __call__(self, *args, **options) -> None: ...

    def __getattr__(self, name: str) -> "Unheard":
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def __getattr__(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    return Unheard()
