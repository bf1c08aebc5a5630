"""A photograph that is on every machine: matplotlib ships it."""

import numpy as np


def photograph() -> np.ndarray:
    """A colour photograph, (H, W, 3) float64 in 0..1: Grace Hopper, as matplotlib ships her."""
    from matplotlib import cbook, image

    with cbook.get_sample_data("grace_hopper.jpg", asfileobj=True) as file:
        return image.imread(file, format="jpg") / 255.0


def grey(photo: np.ndarray) -> np.ndarray:
    """Luminance of a colour image, (H, W, 3) -> (H, W), with the weights of ITU-R BT.601."""
    return photo @ np.array([0.299, 0.587, 0.114])
