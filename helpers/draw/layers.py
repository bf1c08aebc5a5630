"""Layer above layer: which numbers one number is made of."""

from dataclasses import dataclass
from operator import index

from helpers.draw.canvas import FAINT, HIGHLIGHT, INPUT, NORMAL, OUTPUT, Canvas, some, tint
from helpers.draw.picture import Picture, drawn

APART = 2.1  # cells from a row to the next


@dataclass(frozen=True)
class Level:
    """The numbers of one layer that the last one is made of, along one axis."""

    name: str
    size: int  # pixels that each of them sees
    jump: int  # pixels between the windows of two neighbours
    read: frozenset[int]  # which of them a number of the next layer reads
    taps: tuple[int, ...]  # what their own windows read in the level below, from the first tap
    stride: int

    def left(self, cell: int) -> float:
        """Where a number is drawn: above the middle of the pixels that it sees."""
        return cell * self.jump + (self.size - 1) / 2


@drawn
def receptive_field(layers) -> Picture:
    """What one output number is made of in each layer below it, along one axis.

    ``layers`` from the input on, each (kernel, stride, dilation). Every number stands above the
    middle of the pixels that it sees. Under the input: how many pixels the first number of each
    layer sees. ValueError for no layer, or a number below 1.
    """
    levels = levels_of(checked(layers))
    canvas, pixels = Canvas(), levels[-1].size
    below = dict(zip(levels[1:], levels, strict=False))
    for row, level in enumerate(reversed(levels)):
        y = APART * row
        canvas.words(-0.6, y + 0.5, level.name, NORMAL, ha="right")
        colour = OUTPUT if row == 0 else INPUT
        for cell in range(max(level.read) + 1):
            x, used = level.left(cell), cell in level.read
            first = used and cell == 0 and level.taps
            fill = tint(HIGHLIGHT, 0.35) if first else tint(colour, 0.3)
            if used:
                canvas.square(x, y, fill, zorder=3)
            else:
                canvas.square(x, y, "white", line=FAINT, zorder=2)
            for tap in level.taps if used else ():
                child = below[level].left(cell * level.stride + tap) + 0.5
                ends = [(x + 0.5, y + 1), (child, y + APART)]
                canvas.line(ends, HIGHLIGHT if first else FAINT, linewidth=0.9, zorder=1)
        if level.jump > 1 and row:
            apart = f"{level.jump} pixels apart"
            canvas.words(pixels + 0.6, y + 0.5, apart, NORMAL, ha="left")
    y = APART * len(levels) - 0.4
    for level in levels[1:]:
        canvas.words(-0.6, y, f"{level.name} sees", NORMAL, ha="right")
        canvas.line([(0.06, y), (level.size - 0.06, y)], HIGHLIGHT, linewidth=1.6)
        for x in (0.06, level.size - 0.06):
            canvas.line([(x, y - 0.22), (x, y + 0.22)], HIGHLIGHT, linewidth=1.6)
        canvas.words(level.size + 0.6, y, f"{level.size} pixels", NORMAL, ha="left")
        y += 0.95
    return canvas.done(in_words(levels))


def checked(layers) -> list[tuple[int, int, int]]:
    try:
        rows = [tuple(map(index, layer)) for layer in layers]
    except TypeError:
        rows = []
    if not rows or any(len(row) != 3 or min(row) < 1 for row in rows):
        raise ValueError(
            "Layers are a list of (kernel, stride, dilation), whole numbers from 1 up, "
            f"not {layers!r}."
        )
    return rows


def levels_of(layers: list[tuple[int, int, int]]) -> list[Level]:
    """From the input up to the last layer, of which one number is drawn."""
    reads = [frozenset({0})]
    for kernel, stride, dilation in reversed(layers):
        reads.append(
            frozenset(c * stride + tap * dilation for c in reads[-1] for tap in range(kernel))
        )
    levels = [Level("input", 1, 1, reads.pop(), (), 1)]
    for depth, (kernel, stride, dilation) in enumerate(layers, 1):
        under = levels[-1]
        size = under.size + (kernel - 1) * dilation * under.jump
        taps = tuple(tap * dilation for tap in range(kernel))
        jump = under.jump * stride
        levels.append(Level(f"layer {depth}", size, jump, reads.pop(), taps, stride))
    return levels


def in_words(levels: list[Level]) -> str:
    each = [
        f"{level.name} sees {some(level.size, 'pixel')}"
        + (f", its neighbour as many, {level.jump} further" if level.jump > 1 else "")
        for level in levels[1:]
    ]
    made = [f"{len(level.read)} of {level.name}" for level in reversed(levels[1:-1])]
    made.append(some(len(levels[0].read), "pixel"))
    return (
        f"A number of {'; of '.join(each)}. One number of {levels[-1].name} is made of "
        f"{', these of '.join(made)}."
    )
