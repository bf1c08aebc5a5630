"""What follows what in a network: boxes and arrows."""

from helpers.draw.canvas import (
    CELL,
    FAINT,
    HIGHLIGHT,
    INPUT,
    KERNEL,
    LARGE,
    NORMAL,
    OUTPUT,
    Canvas,
    tint,
)
from helpers.draw.picture import Picture, drawn

HEIGHT, APART, BELOW = 1.5, 0.9, 2.6  # cells: a box, the arrow between two, from row to row
MEANING = {
    "input": INPUT,
    "output": OUTPUT,
    "ReLU": HIGHLIGHT,
    "GELU": HIGHLIGHT,
    "norm": FAINT,
}


@drawn
def flow(**named) -> Picture:
    """The steps of each named block, from left to right, one block a row.

    Each is a sequence of short texts. A text that ends in input, output, ReLU, GELU or norm has a
    colour of its own; any other is a layer with weights. ValueError for no block or an empty one.
    """
    blocks = {name.replace("_", " "): list(steps) for name, steps in named.items()}
    if not blocks or not all(blocks.values()):
        raise ValueError(
            'Name the blocks, each a list of steps: flow(mobilenet=["input", "norm"]).'
        )
    canvas = Canvas()
    for row, (name, steps) in enumerate(blocks.items()):
        x, y = 0.0, BELOW * row
        canvas.words(-0.7, y + HEIGHT / 2, name, LARGE - 1, weight="bold", ha="right")
        for index, step in enumerate(steps):
            width = 0.62 * NORMAL * len(step) / 72 / CELL + 0.9
            if index:
                middle = y + HEIGHT / 2
                canvas.arrow((x, middle), (x + APART, middle))
                x += APART
            corners = [(x, y), (x + width, y), (x + width, y + HEIGHT), (x, y + HEIGHT)]
            colour = MEANING.get(step.split()[-1], KERNEL)
            canvas.polygon(corners, tint(colour, 0.3), line=colour, linewidth=1.4)
            canvas.words(x + width / 2, y + HEIGHT / 2, step)
            x += width
    return canvas.done(
        "; ".join(f"{name}: {', then '.join(s)}" for name, s in blocks.items()) + "."
    )
