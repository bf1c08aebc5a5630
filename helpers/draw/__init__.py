"""Pictures: one readable call each. Layouts are Keras': images (H, W, C), kernels (kh, kw, C, F).

Every function returns a Picture, which shows itself as the last line of a cell.
"""

from helpers.draw.charts import bars, lines
from helpers.draw.comparisons import comparison
from helpers.draw.flows import flow
from helpers.draw.grids import arrays, backward, pooling, receptive_field, stops, window
from helpers.draw.matrices import connectivity, im2col, kernels, product
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
    "backward",
    "bars",
    "comparison",
    "confusion",
    "connectivity",
    "depthwise_convolution",
    "filters",
    "flow",
    "gallery",
    "im2col",
    "images",
    "kernels",
    "lines",
    "network",
    "normal_convolution",
    "pointwise_convolution",
    "pooling",
    "product",
    "receptive_field",
    "separable_convolution",
    "stepper",
    "stops",
    "window",
]
