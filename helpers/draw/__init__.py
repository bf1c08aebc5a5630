"""Pictures: one readable call each. Layouts are Keras': images (H, W, C), kernels (kh, kw, C, F).

Every function returns a Picture, which shows itself as the last line of a cell.
"""

from helpers.draw.grids import arrays, backward, im2col, receptive_field, stops, window
from helpers.draw.photos import images
from helpers.draw.picture import Picture
from helpers.draw.stepper import stepper
from helpers.draw.volumes import normal_convolution

__all__ = [
    "Picture",
    "arrays",
    "backward",
    "im2col",
    "images",
    "normal_convolution",
    "receptive_field",
    "stepper",
    "stops",
    "window",
]
