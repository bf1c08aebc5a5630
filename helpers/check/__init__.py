"""Live checks: `check.conv2d(conv2d)` says at once, and precisely, what is wrong.

Each name below is an exercise (`helpers/check/core.py`): call it with your function. Every check
prints one green line or raises one readable card. Keras is loaded at the first check.
"""

from helpers.check.core import Exercise
from helpers.check.exercises.models import build_two_layer_model
from helpers.check.exercises.normal import conv2d
from helpers.check.exercises.normal_backward import conv2d_backward
from helpers.check.exercises.normal_costs import conv2d_macs, conv2d_params
from helpers.check.exercises.sizes import output_length, same_padding
from helpers.check.verdicts import CheckFailed, NotAttempted

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        output_length,
        same_padding,
        conv2d,
        conv2d_params,
        conv2d_macs,
        build_two_layer_model,
        conv2d_backward,
    )
}


def hint(name: str) -> None:
    """Print the next, smaller hint for an exercise; ValueError names the exercises there are."""
    if name not in EXERCISES:
        raise ValueError(f"There is no exercise {name!r}; there are {', '.join(EXERCISES)}.")
    EXERCISES[name].hint()


__all__ = ["EXERCISES", "CheckFailed", "NotAttempted", "hint", *EXERCISES]
