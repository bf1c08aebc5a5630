"""Pictures: one readable call each. Layouts are Keras': images (H, W, C), kernels (kh, kw, C, F).

Every function returns a Picture, which shows itself as the last line of a cell.
"""

from helpers.draw.blocks import bottleneck, groups, squeeze_excite
from helpers.draw.charts import bars, lines
from helpers.draw.comparisons import comparison
from helpers.draw.flows import flow
from helpers.draw.gradients import backward, kernel_gradient, transposed
from helpers.draw.grids import arrays, pooling, stops, window
from helpers.draw.layers import receptive_field
from helpers.draw.matrices import as_matrix, connectivity, im2col, kernels, product
from helpers.draw.networks import network
from helpers.draw.photos import filters, gallery, images
from helpers.draw.picture import Picture
from helpers.draw.stepper import stepper
from helpers.draw.tallies import confusion
from helpers.draw.volumes import (
    depthwise_convolution,
    normal_convolution,
    pointwise_convolution,
    separable_convolution,
)

__all__ = [
    "Picture",
    "arrays",
    "as_matrix",
    "backward",
    "bars",
    "bottleneck",
    "comparison",
    "confusion",
    "connectivity",
    "depthwise_convolution",
    "filters",
    "flow",
    "gallery",
    "groups",
    "im2col",
    "images",
    "kernel_gradient",
    "kernels",
    "lines",
    "network",
    "normal_convolution",
    "pointwise_convolution",
    "pooling",
    "product",
    "receptive_field",
    "separable_convolution",
    "squeeze_excite",
    "stepper",
    "stops",
    "transposed",
    "window",
]
