"""Photographs and feature maps."""

import numpy as np

from helpers.draw.canvas import INK, NORMAL, SMALL
from helpers.draw.picture import Picture

WIDTH = 8.4  # inches: a notebook's column


def images(**named) -> Picture:
    """Images side by side, each under its name.

    (H, W, 3) in 0..1 in colour, (H, W) in grey; where there are negative numbers, orange is
    positive and blue negative, with white at 0.
    """
    from matplotlib.figure import Figure

    shown = {name: np.asarray(image) for name, image in named.items()}
    if not shown or any(a.ndim != 2 and a.shape[2:] != (3,) for a in shown.values()):
        raise ValueError("Name the images to draw, each (H, W) or (H, W, 3): images(photo=x).")
    column = min(WIDTH / len(shown), 3.4)
    tallest = max(a.shape[0] / a.shape[1] for a in shown.values())
    figure = Figure(figsize=(column * len(shown), (column - 0.3) * tallest + 0.75))
    axes = figure.subplots(1, len(shown), squeeze=False)[0]
    figure.subplots_adjust(
        0.01, 0.42 / figure.get_figheight(), 0.99, 1 - 0.34 / figure.get_figheight()
    )
    for panel, (name, image) in zip(axes, shown.items(), strict=True):
        draw_one(panel, image)
        panel.set_title(name.replace("_", " "), fontsize=NORMAL + 1, color=INK, weight="bold")
        panel.set_xlabel(caption(image), fontsize=SMALL, color=INK)
        panel.set_xticks([])
        panel.set_yticks([])
    words = [f"{name.replace('_', ' ')}, {caption(image)}" for name, image in shown.items()]
    return Picture(figure, "Images side by side: " + "; ".join(words) + ".")


def draw_one(panel, image: np.ndarray) -> None:
    if image.ndim == 3:
        panel.imshow(np.clip(image, 0, 1))
    elif image.min() < 0:
        limit = float(np.abs(image).max())
        panel.imshow(image, cmap="PuOr_r", vmin=-limit, vmax=limit)
    else:
        panel.imshow(image, cmap="gray")


def caption(image: np.ndarray) -> str:
    size = " × ".join(map(str, image.shape))
    return f"{size}, from {image.min():.2f} to {image.max():.2f}".replace("-", "−")
