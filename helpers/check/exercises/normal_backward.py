"""The backward pass of a normal convolution, padding "valid"."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array, item
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.exercises.normal import conv2d, slide, tensors
from helpers.check.exercises.sizes import output_length


def gradients(dy, x, kernel, stride=1):
    """(dx, dkernel, dbias): each output hands its gradient to the window and the weights it used."""
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    kh, kw = kernel.shape[:2]
    for i, j in np.ndindex(dy.shape[1:3]):
        window = np.s_[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
        dx[window] += np.einsum("nf,abcf->nabc", dy[:, i, j], kernel)
        dkernel += np.einsum("nf,nabc->abcf", dy[:, i, j], x[window])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))


def backward_case(rng, stride=1) -> Case:
    case = tensors(rng, stride=stride)
    del case["stride"]
    y = slide(case["x"], case["kernel"], (stride, stride))
    options = {} if stride == 1 else {"stride": stride}
    return {"dy": rng.normal(size=y.shape), **case, **options}


def unstrided(rng) -> list[Case]:
    return [backward_case(rng), backward_case(rng), *whole_backward(rng)]


def whole_backward(rng) -> list[Case]:
    """Whole numbers in one of the three: the gradients have fractions all the same."""
    cases = [backward_case(rng) for _ in range(3)]
    for case, name in zip(cases, ("dy", "x", "kernel"), strict=True):
        case[name] = np.round(9 * case[name]).astype(int)
    return cases


def strided(rng) -> list[Case]:
    """Strides 2 and 3 do not divide: the last rows and columns lie under no window."""
    return [backward_case(rng, 2), backward_case(rng, 3), backward_case(rng, 4)]


def changed(dx=None, dkernel=None, dbias=None):
    """The mistake of changing one of the three gradients after the event."""
    changes = (dx, dkernel, dbias)

    def wrong(dy, x, kernel, stride=1):
        right = gradients(dy, x, kernel, stride)
        return tuple(
            change(r, dy, x, kernel, stride) if change else r
            for r, change in zip(right, changes, strict=True)
        )

    return wrong


def overwritten(dy, x, kernel, stride=1):
    dx, (kh, kw) = np.zeros(x.shape), kernel.shape[:2]
    for i, j in np.ndindex(dy.shape[1:3]):
        window = np.s_[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
        dx[window] = np.einsum("nf,abcf->nabc", dy[:, i, j], kernel)
    return dx, *gradients(dy, x, kernel, stride)[1:]


def last_window_only(dy, x, kernel, stride=1):
    last = np.zeros_like(dy)
    last[:, -1, -1] = dy[:, -1, -1]
    dx, _, dbias = gradients(dy, x, kernel, stride)
    return dx, gradients(last, x, kernel, stride)[1], dbias


def only_what_windows_reach(dx, dy, x, kernel, stride):
    (oh, ow), (kh, kw) = dy.shape[1:3], kernel.shape[:2]
    return dx[:, : (oh - 1) * stride + kh, : (ow - 1) * stride + kw]


def with_kernel(change):
    """The mistake of handing dy back through another kernel than the one that was used."""

    def wrong(dy, x, kernel, stride=1):
        right = gradients(dy, x, kernel, stride)
        return gradients(dy, x, change(kernel), stride)[0], *right[1:]

    return wrong


GRADIENTS = ("dx", "dkernel", "dbias")


def items_swapped(gradients) -> tuple[Misconception, ...]:
    """The mistake of returning the three in another order: one of them in the place of another."""

    def instead(place: int, other: int):
        def wrong(*args, **options):
            items = list(gradients(*args, **options))
            items[place] = items[other]
            return tuple(items)

        return wrong

    return tuple(
        Misconception(
            f"{GRADIENTS[other]} in the place of {GRADIENTS[place]}",
            instead(place, other),
            f"{GRADIENTS[other]} stands where {GRADIENTS[place]} should: the items have changed places.",
            "Return dx, dkernel, dbias.",
        )
        for place, other in itertools.permutations(range(3), 2)
    )


def in_whole_numbers(gradients) -> tuple[Misconception, ...]:
    """The mistake of filling arrays like x and like the kernel, which may hold whole numbers."""

    def cut(dy, x, kernel, stride=1):
        dx, dkernel, dbias = gradients(dy, x, kernel, stride)
        return dx.astype(x.dtype), dkernel.astype(kernel.dtype), dbias

    def stops(dy, x, kernel, stride=1):
        right = gradients(dy, x, kernel, stride)
        for like, gradient in zip((x, kernel), right, strict=False):
            filled = np.zeros_like(like)
            filled += gradient
        return right

    said = (
        "for whole numbers in x or in the kernel your gradients lose their decimals.",
        "Fill np.zeros(x.shape); np.zeros_like(x) has the type of x.",
    )
    return (
        Misconception("the type of x or of the kernel", cut, *said),
        Misconception("added to whole numbers", stops, *said),
    )


DX = Array(("image", "row", "column", "channel"), "dx")
DKERNEL = Array(("row", "column", "channel", "filter"), "dkernel")


def backward_parts(
    unstrided,
    strided,
    dkernel: Array,
    maps: str,
    sum_at: Sequence[Callable[..., str]],
    hints: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, Part]:
    """Each gradient by itself, the easiest first; the bias does not see the stride.

    ``maps`` is what the exercise calls the axis that has a bias; ``sum_at`` is for dx and dkernel,
    ``hints`` are by the names of the parts.
    """
    arrays = (DX, dkernel, Array((maps,), "dbias"))

    def part(index: int, cases) -> Part:
        write = (*sum_at, sums.dbias)[index]
        return Part(cases, arrays[index], item(index, GRADIENTS), sum_at=write)

    parts = {
        "dbias": part(2, unstrided),
        "dkernel": part(1, unstrided),
        "dx": part(0, unstrided),
        "dkernel with stride": part(1, strided),
        "dx with stride": part(0, strided),
    }
    return {name: replace(one, hints=(hints or {}).get(name, ())) for name, one in parts.items()}


HINTS = {
    "dbias": (
        "To which output numbers is bias f added?",
        "To all of filter f, in every image: each hands its dy on to the bias, whole.",
        "Sum dy over images, rows and columns: dy.sum(axis=(0, 1, 2)) is (F,).",
    ),
    "dkernel": (
        "At output (i, j), weight (a, b, c, f) is multiplied by one pixel. By which?",
        "Each output number adds dy · that pixel to the gradient of the weight: so use +=.",
        "At each (i, j) add dy[:, i, j], (N, F), times the window, (N, kh, kw, C), summed over the images.",
        'dkernel += np.einsum("nf,nabc->abcf", dy[:, i, j], x[:, i : i + kh, j : j + kw])',
    ),
    "dx": (
        "At output (i, j), by which weights is pixel (i + a, j + b) multiplied? By one in each filter.",
        "Each output number adds dy · its kernel to the window that it read. Windows overlap: use +=.",
        "All filters read this pixel, so sum over them: dy[:, i, j] is (N, F), the kernel (kh, kw, C, F).",
        'dx[:, i : i + kh, j : j + kw] += np.einsum("nf,abcf->nabc", dy[:, i, j], kernel)',
    ),
    "dkernel with stride": (
        "Which window did output (i, j) read when the stride was 2?",
        "It began at row i · stride and column j · stride. Nothing else changes.",
    ),
    "dx with stride": (
        "Which window did output (i, j) read when the stride was 2? Its share belongs there.",
        "dx is as large as x. Pixels that no window reached keep gradient 0.",
    ),
}


conv2d_backward = Exercise(
    name="conv2d_backward",
    oracle=oracle.conv2d_backward,
    builds_on=(output_length, conv2d),
    parts=backward_parts(unstrided, strided, DKERNEL, "filter", (sums.dx, sums.dkernel), HINTS),
    misconceptions=(
        Misconception(
            "kernel flipped",
            with_kernel(lambda k: k[::-1, ::-1]),
            "in dx your kernel lies the wrong way round, rows and columns.",
            "Handed out window by window, the kernel stays as it is; slid over a padded dy, it is flipped.",
        ),
        Misconception(
            "kernel mirrored",
            with_kernel(lambda k: k[:, ::-1]),
            "in dx your kernel is mirrored: its columns lie the wrong way round, its rows do not.",
            "Handed out window by window, the kernel stays as it is; slid over a padded dy, it is flipped.",
        ),
        Misconception(
            "kernel upside down",
            with_kernel(lambda k: k[::-1]),
            "in dx your kernel is upside down: its rows are in reverse order, its columns are not.",
            "Handed out window by window, the kernel stays as it is; slid over a padded dy, it is flipped.",
        ),
        Misconception(
            "channels and filters mixed up",
            with_kernel(lambda k: k.swapaxes(2, 3).reshape(k.shape)),
            "in dx the kernel's channels and filters are mixed up.",
            "dy has filters, dx has channels: sum over the filters; a reshape swaps no axes.",
        ),
        Misconception(
            "kernel reshaped to (F, C)",
            with_kernel(lambda k: k.reshape(*k.shape[:2], k.shape[3], k.shape[2]).swapaxes(2, 3)),
            "in dx the kernel's (C, F) numbers are read as (F, C).",
            "Its last two axes are (C, F) already; a reshape does not swap axes.",
        ),
        Misconception(
            "dx too small",
            changed(dx=only_what_windows_reach),
            "dx lacks the last rows and columns.",
            "Start from np.zeros(x.shape): where no window reaches, the gradient is 0.",
        ),
        Misconception(
            "overwritten",
            overwritten,
            "where windows overlap, dx keeps only the last one's share.",
            "Use += where you hand the gradient to the window.",
        ),
        Misconception(
            "dx averaged over the batch",
            changed(dx=lambda g, dy, x, k, s: g / len(x)),
            "dx is divided by the number of images.",
            "Each image has a gradient of its own: there is nothing to average.",
        ),
        Misconception(
            "dkernel flipped",
            changed(dkernel=lambda g, dy, x, k, s: g[::-1, ::-1]),
            "dkernel is flipped.",
            "The weight in row a met the pixels of row a of each window.",
        ),
        Misconception(
            "dkernel mirrored",
            changed(dkernel=lambda g, dy, x, k, s: g[:, ::-1]),
            "dkernel is mirrored.",
            "The weight in column b met the pixels of column b of each window.",
        ),
        Misconception(
            "dkernel upside down",
            changed(dkernel=lambda g, dy, x, k, s: g[::-1]),
            "dkernel is upside down.",
            "The weight in row a met the pixels of row a of each window.",
        ),
        Misconception(
            "dkernel averaged over the batch",
            changed(dkernel=lambda g, dy, x, k, s: g / len(x)),
            "dkernel is divided by the number of images.",
            "The loss is a sum over the batch here, so its gradient is a sum too.",
        ),
        Misconception(
            "dkernel averaged over positions",
            changed(dkernel=lambda g, dy, x, k, s: g / (dy.shape[1] * dy.shape[2])),
            "dkernel is divided by the number of output positions.",
            "Every position adds its share in full.",
        ),
        Misconception(
            "dkernel of the first image",
            lambda dy, x, kernel, stride=1: (
                gradients(dy, x, kernel, stride)[0],
                gradients(dy[:1], x[:1], kernel, stride)[1],
                dy.sum(axis=(0, 1, 2)),
            ),
            "only the first image of the batch is in dkernel.",
            "All images share the kernel: sum over them.",
        ),
        Misconception(
            "dkernel of the last window",
            last_window_only,
            "only the last window is in dkernel.",
            "Use += where you add a window's share.",
        ),
        Misconception(
            "dbias averaged",
            changed(dbias=lambda g, dy, x, k, s: dy.mean(axis=(0, 1, 2))),
            "dbias is a mean.",
            "The bias is added at every position of every image: sum dy over them.",
        ),
        Misconception(
            "dbias for each image",
            changed(dbias=lambda g, dy, x, k, s: dy.sum(axis=(1, 2))),
            "you keep one dbias for each image.",
            "All images share the bias: sum over the images too.",
        ),
        Misconception(
            "dbias for each position",
            changed(dbias=lambda g, dy, x, k, s: dy.sum(axis=0)),
            "you keep one dbias for each position.",
            "All positions share the bias: sum over rows and columns too.",
        ),
        Misconception(
            "dbias summed over everything",
            changed(dbias=lambda g, dy, x, k, s: dy.sum()),
            "you sum over the filters too.",
            "Each filter has a bias of its own: leave the last axis out of the sum.",
        ),
        Misconception(
            "dbias of the first image",
            changed(dbias=lambda g, dy, x, k, s: dy[0].sum(axis=(0, 1))),
            "only the first image is in dbias.",
            "Sum over the batch too.",
        ),
        Misconception(
            "dbias averaged over the batch",
            changed(dbias=lambda g, dy, x, k, s: dy.mean(axis=0).sum(axis=(0, 1))),
            "dbias is divided by the number of images.",
            "Sum over the batch; nothing is averaged.",
        ),
        Misconception(
            "stride ignored",
            lambda dy, x, kernel, stride=1: gradients(dy, x, kernel, 1),
            "the stride has no effect.",
            "Output (i, j) read the window that starts at (i · stride, j · stride).",
        ),
        *in_whole_numbers(gradients),
        *items_swapped(gradients),
    ),
    hints=(
        "Which pixels and which weights did output (i, j) use? Only these get a share of dy[:, i, j].",
        "dbias: sum dy. dkernel: add dy · window at each (i, j). dx: add dy · kernel into the window.",
        'np.einsum("nf,nabc->abcf", dy[:, i, j], block) is one window\'s share of dkernel.',
    ),
)
