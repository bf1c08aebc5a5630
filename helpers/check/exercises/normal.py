"""Normal convolution: the forward and backward pass, and what a layer costs.

Every mistake below is the right answer with one thing changed, so that the change is what you read.
"""

import numpy as np

from helpers.check import oracle, sums
from helpers.check.answers import Array
from helpers.check.core import Case, Exercise, Misconception, Part
from helpers.check.covering import covering, together
from helpers.check.exercises import sliding
from helpers.check.exercises.sizes import output_length, same_padding, split, total_padding

Y = Array(("image", "row", "column", "filter"))


def tensors(rng, any_size=False, **options) -> Case:
    """An image batch and a kernel in which no two sizes agree, so that no mix-up goes unseen.

    Where there is a stride, neither axis divides by it: rounding shows, and so does odd padding.
    With ``any_size`` it may.
    """
    n, h, w = int(rng.choice([2, 4])), int(rng.integers(7, 9)), int(rng.integers(10, 13))
    stride = options.get("stride", 1)
    while stride > 1 and not any_size and 0 in ((h - 3) % stride, (w - 2) % stride):
        h, w = int(rng.integers(7, 9)), int(rng.integers(10, 13))
    x = rng.normal(size=(n, h, w, 4))[..., :3]
    kernel = rng.normal(size=(3, 2, 3, 5))
    return {"x": np.ascontiguousarray(x), "kernel": kernel, **options}


def bias_of(case: Case, rng, sign=1) -> Case:
    return {**case, "bias": sign * (1 + rng.random(case["kernel"].shape[-1]))}


def wide(rng, **options) -> Case:
    """Other sizes than usual, for answers that have the usual ones built in."""
    return {"x": rng.normal(size=(1, 5, 9, 2)), "kernel": rng.normal(size=(2, 4, 2, 3)), **options}


def window_cases(rng) -> list[Case]:
    """Among them whole pixels with a fractional kernel, as photographs have them."""
    whole = tensors(rng)
    whole["x"] = np.round(9 * whole["x"]).astype(int)
    other = wide(rng)
    return [tensors(rng), other, whole]


def sizes_of_one(rng) -> list[Case]:
    """Every size is 1 in some of them, and the kernel as large as the image in others."""
    sizes = {
        "n": (1, 2),
        "h": (1, 3),
        "w": (1, 4),
        "c": (1, 2),
        "f": (1, 3),
        "kh": "1h",
        "kw": "1w",
    }
    cases = []
    for row in covering(rng, sizes):
        kernel = [row.get(row[side], 1) for side in ("kh", "kw")]
        x = rng.normal(size=[row[name] for name in "nhwc"])
        cases.append({"x": x, "kernel": rng.normal(size=[*kernel, row["c"], row["f"]])})
    return cases


def bias_cases(rng) -> list[Case]:
    """All of a bias above zero; then below; then with a sum of zero."""
    above = [bias_of(tensors(rng), rng), bias_of(wide(rng), rng)]
    balanced = bias_of(tensors(rng), rng)
    balanced["bias"][-1] -= balanced["bias"].sum()
    return [*above, bias_of(tensors(rng), rng, sign=-1), balanced]


OPTIONS = {"bias": (None, 1, -1), "stride": (1, 2, 4), "padding": ("valid", "same")}


def all_together(options=OPTIONS):
    """Cases in which options meet, in pairs at least; sizes of one; a kernel of whole numbers."""

    def cases(rng) -> list[Case]:
        whole = tensors(rng)
        whole["kernel"] = np.round(9 * whole["kernel"]).astype(int)
        made = [whole, *sizes_of_one(rng)]
        for row in together(rng, **options):
            sign = row.pop("bias", None)
            case = tensors(rng, any_size=True, **row)
            made.append(bias_of(case, rng, sign) if sign else case)
        return made

    return cases


def with_options(*options: Case):
    """One drawn case for each set of options, and the last set once more at other sizes."""
    return lambda rng: [*(tensors(rng, **option) for option in options), wide(rng, **options[-1])]


def one_row(rng, **options) -> Case:
    """A kernel of a single row, for which padding "same" has nothing to add above or below."""
    return {"x": rng.normal(size=(1, 6, 9, 3)), "kernel": rng.normal(size=(1, 4, 3, 2)), **options}


def padding_cases(rng) -> list[Case]:
    options = [{"padding": "same"}, {"padding": "same", "stride": 2}]
    options.append({"padding": "same", "stride": 3})
    return [*with_options(*options)(rng), one_row(rng, padding="same")]


def pad_same(x, kernel, stride=1, dilation=1, halves=split):
    """Zeros around the two middle axes, split as ``halves`` says."""
    pads = [
        halves(total_padding(n, k, stride, dilation))
        for n, k in zip(x.shape[1:3], kernel.shape[:2], strict=True)
    ]
    return np.pad(x, ((0, 0), *pads, (0, 0)))


def slide(x, kernel, stride=(1, 1), dilation=1):
    """A normal convolution without padding, one tap at a time; ``stride`` per axis."""
    kh, kw = kernel.shape[:2]
    oh = (x.shape[1] - (kh - 1) * dilation - 1) // stride[0] + 1
    ow = (x.shape[2] - (kw - 1) * dilation - 1) // stride[1] + 1
    y = np.zeros((len(x), oh, ow, kernel.shape[3]))
    for a, b in np.ndindex(kh, kw):
        rows = slice(a * dilation, a * dilation + oh * stride[0], stride[0])
        columns = slice(b * dilation, b * dilation + ow * stride[1], stride[1])
        y += x[:, rows, columns][:, :oh, :ow] @ kernel[a, b]
    return y


def convolve(x, kernel, bias=None, stride=1, padding="valid", dilation=1, halves=split):
    """The right answer with its pieces exposed, for mistakes to move."""
    if padding == "same":
        x = pad_same(x, kernel, stride, dilation, halves)
    y = slide(x, kernel, (stride, stride), dilation)
    return y if bias is None else y + bias


def changed_kernel(change):
    """The mistake of convolving with another kernel than the one that was given."""
    return lambda x, kernel, *args, **options: convolve(x, change(kernel), *args, **options)


def changed(**other):
    """The mistake of treating some arguments as if they had these values."""
    return lambda x, kernel, **options: convolve(
        x, kernel, **{**options, **{k: v for k, v in other.items() if k in options}}
    )


def swap_kernel_axes(x, kernel, **options):
    return convolve(x, kernel.transpose(1, 0, 2, 3), **options)


def edge_padding(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    if padding == "same":
        zeros = pad_same(x, kernel, stride, dilation)
        marked = pad_same(np.ones_like(x[:1, :, :, :1]), kernel, stride, dilation)[0, :, :, 0] > 0
        before = np.argwhere(marked)[0]
        after = [s - b - n for s, b, n in zip(zeros.shape[1:3], before, x.shape[1:3], strict=True)]
        pads = ((0, 0), *zip(before, after, strict=True), (0, 0))
        x = np.pad(x, pads, mode="edge")
    return convolve(x, kernel, bias, stride, dilation=dilation)


def half_window_padding(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    if padding == "same":
        half = [((k - 1) * dilation // 2,) * 2 for k in kernel.shape[:2]]
        x = np.pad(x, ((0, 0), *half, (0, 0)))
    return convolve(x, kernel, bias, stride, dilation=dilation)


def first_channel(x, kernel, **options):
    return convolve(x[..., :1], kernel[:, :, :1], **options)


def every_image_the_first(x, kernel, **options):
    return np.repeat(convolve(x, kernel, **options)[:1], len(x), axis=0)


def first_image_only(x, kernel, **options):
    y = convolve(x, kernel, **options)
    return np.concatenate([y[:1], np.zeros_like(y[1:])])


def channels_kept_apart(x, kernel, bias=None, **options):
    """(N, oh, ow, C, F): what is there before the sum over the channels."""
    channels = range(kernel.shape[2])
    maps = [convolve(x[..., c : c + 1], kernel[:, :, c : c + 1], **options) for c in channels]
    y = np.stack(maps, axis=3)
    return y if bias is None else y + bias


def in_the_type_of_the_image(x, kernel, **options):
    return convolve(x, kernel, **options).astype(x.dtype)


def bias_per_tap(x, kernel, bias=None, **options):
    taps = kernel.shape[0] * kernel.shape[1]
    return convolve(x, kernel, None if bias is None else taps * bias, **options)


def bias_per_channel(x, kernel, bias=None, **options):
    return convolve(x, kernel, None if bias is None else kernel.shape[2] * bias, **options)


def strided_on_one_axis(axis):
    def wrong(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
        if padding == "same":
            x = pad_same(x, kernel, stride, dilation)
        y = slide(x, kernel, (stride, 1) if axis == 0 else (1, stride), dilation)
        return y if bias is None else y + bias

    return wrong


def windows_at_stride_one(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    oh, ow = convolve(x, kernel, None, stride, padding, dilation).shape[1:3]
    if padding == "same":
        x = pad_same(x, kernel, stride, dilation)
    return convolve(x, kernel, bias, dilation=dilation)[:, :oh, :ow]


def padded_for_dilation_one(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    if padding == "same":
        x = pad_same(x, kernel, stride)
    return convolve(x, kernel, bias, stride, dilation=dilation)


def padded_on_one_side(halves):
    return lambda x, kernel, **options: convolve(x, kernel, halves=halves, **options)


def as_many_columns_as_rows(x, kernel, **options):
    y = convolve(x, kernel, **options)
    return y[:, :, : y.shape[1]]


def padded_for_stride_one(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    if padding == "same":
        x = pad_same(x, kernel, 1, dilation)
    return convolve(x, kernel, bias, stride, dilation=dilation)


conv2d = Exercise(
    name="conv2d",
    oracle=oracle.conv2d,
    builds_on=(output_length, same_padding, sliding.slide),
    parts={
        "window": Part(
            window_cases,
            Y,
            sum_at=sums.normal,
            hints=(
                "What is the shape of the output? Make an array of zeros of that shape first.",
                "Output (i, j) of all images comes from x[:, i : i + kh, j : j + kw, :]. Which of its axes "
                "does the sum run over?",
                "Height, width and channels: the images and the filters stay.",
                "y[:, i, j] = np.tensordot(block, kernel, axes=3), for each (i, j).",
            ),
        ),
        "bias": Part(
            bias_cases,
            Y,
            sum_at=sums.normal,
            hints=(
                "There is one bias for each filter. Along which axis of the output are the filters?",
                "Add it once, at the very end: (N, oh, ow, F) + (F,) broadcasts over the last axis.",
                "`if bias:` asks whether a whole array is true. Write `if bias is not None:`.",
            ),
        ),
        "stride": Part(
            with_options({"stride": 2}, {"stride": 3}, {"stride": 4}),
            Y,
            sum_at=sums.normal,
            hints=(
                "Fewer stops, the same windows. How many are there? See output_length.",
                "Output row i is still row i of your array. Which row of the image does its window begin at?",
                "top, left = i * stride, j * stride; the block is x[:, top : top + kh, left : left + kw].",
            ),
        ),
        "padding": Part(
            padding_cases,
            Y,
            sum_at=sums.normal,
            hints=(
                'With "same", put zeros around the images first. All that follows stays as it is.',
                "same_padding says how many zeros. Height and width each need numbers of their own.",
                "np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0))) leaves images and channels alone.",
            ),
        ),
        "dilation": Part(
            with_options({"dilation": 2}, {"dilation": 2, "padding": "same"}),
            Y,
            sum_at=sums.normal,
            together=all_together({**OPTIONS, "dilation": (1, 2, 3)}),
            hints=(
                "How many cells do kh taps span when they lie `dilation` cells apart?",
                "That reach takes the place of kh in the number of stops, and in the padding.",
                "A slice can take every second cell: x[:, top : top + reach : dilation] has kh rows.",
            ),
        ),
    },
    misconceptions=(
        Misconception(
            "flipped kernel",
            changed_kernel(lambda k: k[::-1, ::-1]),
            "your kernel is flipped: this is the mathematician's convolution.",
            "Keras slides the kernel as it is (cross-correlation). Take out the [::-1, ::-1].",
        ),
        Misconception(
            "kernel upside down",
            changed_kernel(lambda k: k[::-1]),
            "your kernel is upside down: its rows are in reverse order.",
            "Row a of the kernel meets row a of the window.",
        ),
        Misconception(
            "kernel mirrored",
            changed_kernel(lambda k: k[:, ::-1]),
            "your kernel is mirrored: its columns are in reverse order.",
            "Column b of the kernel meets column b of the window.",
        ),
        Misconception(
            "height and width of the kernel swapped",
            swap_kernel_axes,
            "your kernel is transposed: height and width are swapped.",
            "Its first axis is height (rows), its second is width (columns).",
        ),
        Misconception(
            "channels and filters mixed up",
            changed_kernel(lambda k: k.swapaxes(2, 3).reshape(k.shape)),
            "the kernel's channels and filters are mixed up.",
            "Its last two axes are (channels in, filters); a reshape does not swap axes.",
        ),
        Misconception(
            "kernel reshaped to (F, C)",
            changed_kernel(
                lambda k: k.reshape(*k.shape[:2], k.shape[3], k.shape[2]).swapaxes(2, 3)
            ),
            "your kernel's weights have changed places: its (C, F) numbers are read as (F, C).",
            "Its last two axes are (C, F) already; a reshape does not swap axes.",
        ),
        Misconception(
            "only the first channel",
            first_channel,
            "only the first channel is in the sum.",
            "Each filter spans all channels: sum over height, width and channels.",
        ),
        Misconception(
            "channels not summed",
            channels_kept_apart,
            "you keep one map for each input channel.",
            "A filter spans all channels and makes one map: sum over the channels.",
        ),
        Misconception(
            "channels averaged",
            lambda x, kernel, bias=None, **options: convolve(
                x, kernel / x.shape[3], bias, **options
            ),
            "you average over the channels.",
            "The channels are summed, like the taps.",
        ),
        Misconception(
            "only the first image",
            first_image_only,
            "only the first image of the batch is convolved.",
            "The first axis counts images: treat all of them.",
        ),
        Misconception(
            "every image the first",
            every_image_the_first,
            "every output shows the first image of the batch.",
            "Look for an x[0] that should be x[n], or x[:, …].",
        ),
        Misconception(
            "whole numbers only",
            lambda x, kernel, **options: np.trunc(convolve(x, kernel, **options)),
            "your results are cut down to whole numbers.",
            "What is the dtype of the array that you fill? np.zeros makes floats.",
        ),
        Misconception(
            "the image's type",
            in_the_type_of_the_image,
            "for an image of whole numbers your results lose their decimals.",
            "Fill np.zeros(shape); np.zeros_like(x) or dtype=x.dtype would hold ints here.",
        ),
        Misconception(
            "bias forgotten",
            changed(bias=None),
            "the bias is not added.",
            "Add it once to every output number; (F,) broadcasts over the last axis.",
        ),
        Misconception(
            "bias once per tap",
            bias_per_tap,
            "the bias is added once for every tap of the kernel.",
            "Add it once, after the sum.",
        ),
        Misconception(
            "bias once per channel",
            bias_per_channel,
            "the bias is added once for every input channel.",
            "Add it once, after the sum over the channels.",
        ),
        Misconception(
            "stride ignored",
            changed(stride=1),
            "this is the output for stride 1: the stride has no effect.",
            "Output row i looks at input rows from i · stride.",
        ),
        Misconception(
            "windows at stride 1",
            windows_at_stride_one,
            "your output has the right size, but its windows are one pixel apart.",
            "Window (i, j) starts at (i · stride, j · stride).",
        ),
        Misconception(
            "stride on rows only",
            strided_on_one_axis(0),
            "the stride works on the rows only.",
            "Columns need it too: column j starts at j · stride.",
        ),
        Misconception(
            "stride on columns only",
            strided_on_one_axis(1),
            "the stride works on the columns only.",
            "Rows need it too: row i starts at i · stride.",
        ),
        Misconception(
            "padding ignored",
            changed(padding="valid"),
            "this is the output without padding.",
            'When padding is "same", put zeros around the image first.',
        ),
        Misconception(
            "surplus at the start",
            lambda *args, **options: convolve(*args, **options, halves=lambda t: split(t)[::-1]),
            "your odd row or column of zeros comes first; Keras puts it last.",
            "before = total // 2, and the rest goes after.",
        ),
        Misconception(
            "padded for stride 1",
            padded_for_stride_one,
            "you pad as if the stride were 1.",
            "The total of zeros depends on the stride: see same_padding.",
        ),
        *(
            Misconception(
                name,
                padded_on_one_side(halves),
                "you put all zeros on one side.",
                "Half of them comes before, half after; only an odd one left over goes last.",
            )
            for name, halves in (
                ("all zeros before", lambda total: (total, 0)),
                ("all zeros after", lambda total: (0, total)),
            )
        ),
        Misconception(
            "padded for dilation 1",
            padded_for_dilation_one,
            "you pad as if the dilation were 1.",
            "A dilated window covers (k − 1)·dilation + 1 cells: that much has to fit.",
        ),
        Misconception(
            "as many columns as rows",
            as_many_columns_as_rows,
            "your output has as many columns as rows.",
            "Height and width each have a length of their own.",
        ),
        Misconception(
            "relu",
            lambda x, kernel, **options: np.maximum(convolve(x, kernel, **options), 0),
            "you apply a ReLU.",
            "A convolution is only the weighted sum and the bias: negative numbers stay.",
        ),
        Misconception(
            "half a window on both sides",
            half_window_padding,
            "you pad half a window on every side, whatever stride or even k.",
            "Work out the total that the last stop needs, then split it.",
        ),
        Misconception(
            "edge pixels repeated",
            edge_padding,
            "you pad with copies of the edge pixels.",
            "Keras pads with zeros.",
        ),
        Misconception(
            "dilation ignored",
            changed(dilation=1),
            "this is the output for dilation 1: the dilation has no effect.",
            "Tap a looks at row i · stride + a · dilation.",
        ),
        Misconception(
            "dilation one too large",
            lambda x, kernel, dilation=1, **options: convolve(
                x, kernel, dilation=dilation + 1, **options
            ),
            "your taps are one cell too far apart.",
            "Dilation 1 means side by side; with 2 there is one cell between two taps.",
        ),
    ),
    hints=(
        "Work out the output's height and width first, and make an array of zeros of that shape.",
        "For output (i, j) take the block x[:, top:top+kh, left:left+kw, :] and multiply it by the kernel.",
        "np.tensordot(block, kernel, axes=3) sums over height, width and channels: (N, F). Loop over (i, j).",
    ),
)
