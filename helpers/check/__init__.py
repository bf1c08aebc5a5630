"""Live checks: `check.conv2d(conv2d)` says at once, and precisely, what is wrong.

Each name below is an exercise (`helpers/check/core.py`): call it with your function. Every check
prints one green line or raises one readable card. Keras is loaded at the first check.
"""

from contract.verdicts import CheckFailed, NotAttempted
from helpers.check.core import Exercise
from helpers.check.exercises.cnn import build_cnn
from helpers.check.exercises.confusion import confusion_matrix
from helpers.check.exercises.cross_entropy import softmax_cross_entropy
from helpers.check.exercises.depthwise import as_normal_kernel, depthwise_conv2d
from helpers.check.exercises.depthwise_backward import depthwise_backward
from helpers.check.exercises.depthwise_costs import depthwise_macs, depthwise_params
from helpers.check.exercises.factoring import compose, factor
from helpers.check.exercises.folding import fold_batch_norm
from helpers.check.exercises.grouped import channel_shuffle, grouped_conv2d
from helpers.check.exercises.inverted import inverted_residual_costs
from helpers.check.exercises.isolation import isolates_channels
from helpers.check.exercises.models import build_two_layer_model
from helpers.check.exercises.network_costs import count
from helpers.check.exercises.normal import conv2d
from helpers.check.exercises.normal_backward import conv2d_backward
from helpers.check.exercises.normal_costs import conv2d_macs, conv2d_params
from helpers.check.exercises.pointwise import pointwise_conv2d
from helpers.check.exercises.pooling import max_pool, max_pool_backward
from helpers.check.exercises.preprocessing import preprocess
from helpers.check.exercises.reading import reading
from helpers.check.exercises.receptive import receptive_field
from helpers.check.exercises.separable import separable_conv2d
from helpers.check.exercises.separable_cnn import build_separable_cnn
from helpers.check.exercises.separable_costs import separable_macs, separable_params
from helpers.check.exercises.sizes import output_length, same_padding
from helpers.check.exercises.sliding import slide
from helpers.check.exercises.squeezing import squeeze_excite
from helpers.check.exercises.training import train

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        output_length,
        same_padding,
        slide,
        conv2d,
        conv2d_params,
        conv2d_macs,
        build_two_layer_model,
        receptive_field,
        conv2d_backward,
        depthwise_conv2d,
        depthwise_params,
        depthwise_macs,
        as_normal_kernel,
        depthwise_backward,
        isolates_channels,
        pointwise_conv2d,
        separable_conv2d,
        separable_params,
        separable_macs,
        compose,
        factor,
        count,
        preprocess,
        max_pool,
        max_pool_backward,
        softmax_cross_entropy,
        build_cnn,
        reading,
        train,
        confusion_matrix,
        build_separable_cnn,
        fold_batch_norm,
        grouped_conv2d,
        channel_shuffle,
        inverted_residual_costs,
        squeeze_excite,
    )
}


def hint(name: str, part: str | None = None) -> None:
    """Print the next, larger hint for an exercise, or for one part of it.

    ValueError names the exercises there are, or the parts.
    """
    if name not in EXERCISES:
        raise ValueError(f"There is no exercise {name!r}; there are {', '.join(EXERCISES)}.")
    EXERCISES[name].hint(part)


__all__ = ["EXERCISES", "CheckFailed", "NotAttempted", "hint", *EXERCISES]
