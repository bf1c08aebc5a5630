"""Photographs, feature maps, and galleries of many small images."""

from collections.abc import Iterable

import numpy as np

from helpers.draw.canvas import (
    FAINT,
    HIGHLIGHT,
    INK,
    INPUT,
    NORMAL,
    SMALL,
    WIDEST,
    by,
    decimals,
    some,
)
from helpers.draw.picture import Picture, drawn

ACROSS = 4  # images in one row
SMALLEST, LARGEST = 0.5, 0.95  # inches: an image of a gallery
COLUMN = 2.5  # inches: larger photographs make heavy notebooks
SHADES = 49  # of a filter and of a map: together what the file keeps apart
GAP, TITLE, CAPTION, BAR = 0.2, 0.32, 0.34, 0.38  # inches: between images, above, below, colours


@drawn
def images(**named) -> Picture:
    """Images side by side, each under its name, with its shape and range below.

    (H, W, 3) in colour, numbers 0..1 or 0..255; (H, W) in grey, from the smallest number to the
    largest. Where there are negative numbers, orange is positive, blue negative and white 0, with
    a bar of colours. ValueError for any other shape.
    """
    from matplotlib.figure import Figure

    shown = {name.replace("_", " "): np.asarray(image) for name, image in named.items()}
    if not shown or any(not drawable(image) for image in shown.values()):
        raise ValueError("Name the images to draw, each (H, W) or (H, W, 3): images(photo=x).")
    across = min(len(shown), ACROSS)
    down = -(-len(shown) // across)
    column = min(WIDEST / across, COLUMN)
    tall = (column - GAP) * max(image.shape[0] / image.shape[1] for image in shown.values())
    row = TITLE + tall + CAPTION + (BAR if any(map(has_signs, shown.values())) else 0)
    figure = Figure(figsize=(column * across, row * down))
    for place, (name, image) in enumerate(shown.items()):
        left = column * (place % across) + GAP / 2
        top = row * (down - place // across) - TITLE
        draw_one(figure, (left, top, column - GAP), name, image)
    words = [f"{name}, {caption(image)}" for name, image in shown.items()]
    return Picture(figure, "Images side by side: " + "; ".join(words) + ".", photographic=True)


@drawn
def gallery(images, titles: Iterable = (), across: int = 10, alt: str | None = None) -> Picture:
    """Many small images (n, H, W) on one scale, ``across`` in a row, with or without titles.

    From 0 up: the more, the darker, as ink on paper. Where there are negative numbers, orange is
    positive, blue negative and white 0. ``alt`` stands in for the words that list the titles.
    ValueError for other shapes, or where there are not as many titles as images.
    """
    from matplotlib.figure import Figure

    images, titles = np.asarray(images), [str(title) for title in titles]
    if images.ndim != 3 or not images.size or images.dtype.kind not in "buif":
        raise ValueError(f"A gallery takes images (n, H, W), not an array of {images.shape}.")
    if titles and len(titles) != len(images):
        raise ValueError(f"There are {len(images)} images and {len(titles)} titles.")
    across = min(across, len(images))
    down = -(-len(images) // across)
    column = min(max(WIDEST / across, SMALLEST), LARGEST)
    words = max(title.count("\n") + 1 for title in titles) * 0.17 + 0.06 if titles else 0
    tall = (column - GAP / 2) * images.shape[1] / images.shape[2]
    row = tall + GAP / 2 + words
    figure = Figure(figsize=(column * across, row * down))
    limit = float(np.abs(images).max()) or 1.0
    signs = {"cmap": signed_colours(), "vmin": -limit, "vmax": limit}
    style = signs if images.min() < 0 else {"cmap": "gray_r", "vmin": 0, "vmax": limit}
    for place, image in enumerate(images):
        left = column * (place % across) + GAP / 4
        top = row * (down - place // across) - words - GAP / 4
        panel = panel_at(figure, left, top - tall, column - GAP / 2, tall)
        panel.imshow(image, **style)
        panel.spines[:].set_edgecolor(FAINT)
        if titles:
            panel.set_title(titles[place], fontsize=SMALL, color=INK, pad=2.5, linespacing=1.0)
    listed = f": {'; '.join(title.replace(chr(10), ' ') for title in titles)}" if titles else ""
    said = f"{some(len(images), 'image')} of {by(images.shape[1:])}{listed}."
    return Picture(figure, alt or said)


@drawn
def filters(kernels, maps, across: int = 8, alt: str | None = None) -> Picture:
    """Each filter (n, kh, kw) with its map (n, H, W) beside it, ``across`` pairs in a row.

    Filters as in `gallery`: orange is positive, blue negative, all on one scale. Maps from 0 up:
    the more, the darker. ValueError for other shapes, or where there are not as many of both.
    """
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    kernels, maps = np.asarray(kernels, dtype=float), np.asarray(maps, dtype=float)
    if kernels.ndim != 3 or maps.ndim != 3 or not len(kernels) == len(maps) > 0:
        raise ValueError(
            "As many filters (n, kh, kw) as maps (n, H, W), "
            f"not {by(kernels.shape)} and {by(maps.shape)}."
        )
    across = min(across, len(maps))
    down = -(-len(maps) // across)
    column = WIDEST / max(across, 8)
    small, large = 0.3 * column, 0.58 * column  # inches: a filter, and its map to the right of it
    row = large * maps.shape[1] / maps.shape[2] + GAP / 2
    figure = Figure(figsize=(column * across, row * down))
    limit, most = np.abs(kernels).max() or 1.0, maps.max() or 1.0
    signs, greys = signed_colours().resampled(SHADES), colormaps["gray_r"].resampled(SHADES)
    for place, (kernel, feature_map) in enumerate(zip(kernels, maps, strict=True)):
        left = column * (place % across) + GAP / 4
        top = row * (down - place // across) - GAP / 4
        for image, x, wide, style in (
            (kernel, left, small, {"cmap": signs, "vmin": -limit, "vmax": limit}),
            (feature_map, left + small, large, {"cmap": greys, "vmin": 0, "vmax": most}),
        ):
            tall = wide * image.shape[0] / image.shape[1]
            panel = panel_at(figure, x, top - tall, wide, tall)
            panel.imshow(image, **style)
            panel.spines[:].set_edgecolor(FAINT)
    said = f"{some(len(maps), 'filter')} of {by(kernels.shape[1:])}, each with its map beside it."
    return Picture(figure, alt or said)


def signed_colours():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signs", [INPUT, "white", HIGHLIGHT])


def drawable(image: np.ndarray) -> bool:
    shaped = image.ndim == 2 or image.shape[2:] == (3,)
    return shaped and image.size > 0 and image.dtype.kind in "buif"


def has_signs(image: np.ndarray) -> bool:
    return image.ndim == 2 and image.min() < 0


def draw_one(figure, place: tuple[float, float, float], name: str, image: np.ndarray) -> None:
    """One image at (left, top, width) inches."""
    left, top, width = place
    height = width * image.shape[0] / image.shape[1]
    panel = panel_at(figure, left, top - height, width, height)
    panel.set_title(name, fontsize=NORMAL + 1, color=INK, weight="bold")
    panel.set_xlabel(caption(image), fontsize=SMALL, color=INK)
    if image.ndim == 3:
        panel.imshow(np.clip(image / (255 if image.max() > 1 else 1), 0, 1))
    elif not has_signs(image):
        panel.imshow(image, cmap="gray")
    else:
        limit = float(np.abs(image).max())
        drawn = panel.imshow(image, cmap=signed_colours(), vmin=-limit, vmax=limit)
        bar = panel_at(figure, left + width / 6, top - height - CAPTION - 0.06, width * 2 / 3, 0.1)
        figure.colorbar(drawn, cax=bar, orientation="horizontal")
        bar.set_xticks([-limit, 0, limit], [f"−{short(limit)}", "0", short(limit)])
        bar.tick_params(labelsize=SMALL, length=2, pad=2, colors=INK)


def panel_at(figure, left: float, bottom: float, width: float, height: float):
    """Axes without ticks, placed in inches."""
    across, up = figure.get_size_inches()
    panel = figure.add_axes((left / across, bottom / up, width / across, height / up))
    panel.set_xticks([])
    panel.set_yticks([])
    return panel


def short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else decimals(value)


def caption(image: np.ndarray) -> str:
    return f"{by(image.shape)}, from {decimals(image.min())} to {decimals(image.max())}"
