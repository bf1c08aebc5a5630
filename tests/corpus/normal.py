"""Assignment 1: sizes, the normal convolution, what it costs, a model, and the way back."""

from helpers import check
from tests.corpus import Corpus


def visible_answers(right: str) -> str:
    """What someone writes down who looks at the cards instead of at the question."""
    names: dict = {}
    exec(right, names)
    exercise = check.output_length
    cases = [case for part in exercise.parts for case in exercise.cases(part, seed=0)]
    usual = {"n": 0, "k": 0, "stride": 1, "padding": "valid", "dilation": 1}
    return repr({tuple({**usual, **c}.values()): names["output_length"](**c) for c in cases})


# ---------------------------------------------------------------- output_length

OUTPUT_LENGTH = Corpus("output_length")

FORMULA = """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    reach = (k - 1) * dilation + 1
    if padding == "same":
        return -(-n // stride)
    return (n - reach) // stride + 1
"""
WALK = """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    # walk along the cells, and count where the window may stop
    reach = dilation * (k - 1) + 1
    stops, start = 0, 0
    while start + reach <= n or (padding == "same" and start < n):
        stops += 1
        start += stride
    return stops
"""
OUTPUT_LENGTH.right("formula", FORMULA)
OUTPUT_LENGTH.right("walk along the cells", WALK)
OUTPUT_LENGTH.right(
    "a range's length, by NumPy's ints",
    """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    last = n if padding == "same" else n - dilation * (k - 1)
    return np.int64(len(range(0, last, stride)))
""",
)
OUTPUT_LENGTH.right(
    "ceil, with prints and warnings",
    """
import math
import sys
import warnings

def output_length(n, k, stride=1, padding="valid", dilation=1, verbose=True):
    warnings.warn("I am not sure about this")
    if verbose:
        print("n =", n, "k =", k)
        print("thinking", file=sys.stderr)
    if padding == "same":
        return math.ceil(n / stride)
    return math.ceil((n - (k - 1) * dilation) / stride)
""",
)
OUTPUT_LENGTH.wrong(
    "the last + 1 forgotten", FORMULA, ("stride + 1", "stride"), says="one stop is missing"
)
OUTPUT_LENGTH.wrong(
    "stride ignored",
    FORMULA,
    ("-(-n // stride)", "n"),
    ("(n - reach) // stride + 1", "n - reach + 1"),
    says="the stride has no effect",
)
OUTPUT_LENGTH.wrong(
    "rounded up",
    FORMULA,
    ("(n - reach) // stride + 1", "-(-(n - reach) // stride) + 1"),
    says="the window hangs over the edge",
)
OUTPUT_LENGTH.wrong(
    "padding ignored",
    FORMULA,
    ('    if padding == "same":\n        return -(-n // stride)\n', ""),
    says="the length without padding",
)
OUTPUT_LENGTH.wrong(
    "same rounded down", FORMULA, ("-(-n // stride)", "n // stride"), says="round n / stride down"
)
OUTPUT_LENGTH.wrong(
    "dilation ignored", FORMULA, ("(k - 1) * dilation + 1", "k"), says="the dilation has no effect"
)
OUTPUT_LENGTH.wrong(
    "a window of k times dilation",
    FORMULA,
    ("(k - 1) * dilation + 1", "k * dilation"),
    says="cover k · dilation cells",
)
OUTPUT_LENGTH.wrong(
    "divided first",
    FORMULA,
    ("(n - reach) // stride + 1", "n // stride - reach + 1"),
    says="before taking the window off",
)
OUTPUT_LENGTH.wrong(
    "true division",
    FORMULA,
    ("reach) // stride", "reach) / stride"),
    says="Use // where you divide",
)
OUTPUT_LENGTH.wrong(
    "no return at the end", FORMULA, ("return (n", "length = (n"), says="Is a `return` missing"
)
OUTPUT_LENGTH.wrong(
    "a loop that never ends", WALK, ("        start += stride\n", ""), says="did not come to an end"
)
OUTPUT_LENGTH.wrong(
    "the visible cases written down",
    """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    seen = VISIBLE
    return seen.get((n, k, stride, padding, dilation), 0)
""",
    ("VISIBLE", visible_answers(FORMULA)),
    says="your function knows the case that you see",
)

OUTPUT_LENGTH.wrong(
    "a shortcut for the plain case",
    FORMULA,
    (
        "    reach",
        '    if (stride, padding, dilation) == (1, "valid", 1):\n        return n - k\n    reach',
    ),
    says="one stop is missing",
)

# ---------------------------------------------------------------- same_padding

SAME_PADDING = Corpus("same_padding")

HALVES = """
def same_padding(n, k, stride=1, dilation=1):
    stops = -(-n // stride)
    reach = (k - 1) * dilation + 1
    total = max((stops - 1) * stride + reach - n, 0)
    before = total // 2
    return before, total - before
"""
SAME_PADDING.right("halves", HALVES)
SAME_PADDING.right(
    "one zero after the other",
    """
def same_padding(n, k, stride=1, dilation=1):
    before = after = 0
    end = (len(range(0, n, stride)) - 1) * stride + (k - 1) * dilation
    while n + before + after <= end:
        if after > before:
            before += 1
        else:
            after += 1
    return before, after
""",
)
SAME_PADDING.right(
    "a list from divmod",
    """
def same_padding(n, k, stride=1, dilation=1):
    left_over = n % stride or stride
    half, odd = divmod(max(dilation * (k - 1) + 1 - left_over, 0), 2)
    return [half, half + odd]
""",
)
SAME_PADDING.right(
    "an array, and output_length of another cell",
    """
def same_padding(n, k, stride=1, dilation=1):
    last = (length_when_padded(n, stride) - 1) * stride
    total = np.maximum(last + (k - 1) * dilation + 1 - n, 0)
    return np.array([np.floor(total / 2), np.ceil(total / 2)]).astype(int)
""",
    before="""
def length_when_padded(n, stride):
    return int(np.ceil(n / stride))
""",
)
SAME_PADDING.wrong(
    "the odd zero first",
    HALVES,
    ("before, total - before", "total - before, before"),
    says="the odd zero is at the start",
)
SAME_PADDING.wrong(
    "half the window",
    """
def same_padding(n, k, stride=1, dilation=1):
    half = (k - 1) * dilation // 2
    return half, half
""",
    says="half a window on both sides",
)
SAME_PADDING.wrong(
    "stride ignored",
    HALVES,
    ("(stops - 1) * stride + reach - n", "reach - 1"),
    says="the zeros for stride 1",
)
SAME_PADDING.wrong(
    "dilation ignored", HALVES, ("(k - 1) * dilation + 1", "k"), says="the zeros for dilation 1"
)
SAME_PADDING.wrong(
    "a total below zero",
    HALVES,
    ("max((stops - 1) * stride + reach - n, 0)", "(stops - 1) * stride + reach - n"),
    says="your total can be negative",
)
SAME_PADDING.wrong(
    "all at the end",
    HALVES,
    ("before, total - before", "0, total"),
    says="all the zeros at the end",
)
SAME_PADDING.wrong(
    "all at the start",
    HALVES,
    ("before, total - before", "total, 0"),
    says="all the zeros at the start",
)
SAME_PADDING.wrong(
    "only the total",
    HALVES,
    ("return before, total - before", "return total"),
    says="return the tuple",
)
SAME_PADDING.wrong(
    "true halves", HALVES, ("total // 2", "total / 2"), says="Use // where you divide"
)
SAME_PADDING.wrong(
    "stops rounded down",
    HALVES,
    ("-(-n // stride)", "n // stride"),
    says="one stop too few",
)
SAME_PADDING.wrong(
    "a window of k times dilation",
    HALVES,
    ("(k - 1) * dilation + 1", "k * dilation"),
    says="cover k · dilation cells",
)

SAME_PADDING.wrong(
    "a shortcut for the plain case",
    HALVES,
    ("    stops", "    if stride == dilation == 1:\n        return k // 2, k // 2\n    stops"),
    says="where the right total is odd, your total, `before` + `after`, is 1 too large",
)
SAME_PADDING.wrong(
    "rounded to the even number",
    HALVES,
    ("total // 2", "round(total / 2)"),
    says="your total is right, its halves are not: 3 zeros are 1 + 2, and yours 2 + 1",
)
SAME_PADDING.wrong(
    "a stop too many",
    HALVES,
    ("(stops - 1) * stride", "stops * stride"),
    says="your total, `before` + `after`, is too large by `stride`, wherever zeros are needed",
)
SAME_PADDING.wrong(
    "without a sign",
    HALVES,
    ("max((stops - 1) * stride + reach - n, 0)", "abs((stops - 1) * stride + reach - n)"),
    says="where zeros are needed your total is right; where none are, you add some",
)
SAME_PADDING.wrong(
    "as at other libraries",
    HALVES,
    ("return before, total - before", "return dilation * (k // 2), dilation * (k // 2)"),
    says="your zeros are the same whatever `n` and `stride` are",
)
SAME_PADDING.wrong(
    "half a window where nothing strides",
    HALVES,
    (
        "    stops",
        "    if stride == dilation == 1:\n        return (k - 1) // 2, (k - 1) // 2\n    stops",
    ),
    says="half a window on both sides",
)

# ---------------------------------------------------------------- slide

SLIDE = Corpus("slide")

PATCHES = """
def slide(image, kernel):
    kh, kw = kernel.shape
    oh, ow = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    y = np.zeros((oh, ow))
    for i in range(oh):
        for j in range(ow):
            patch = image[i : i + kh, j : j + kw]
            y[i, j] = np.sum(patch * kernel)
    return y
"""
FOUR_LOOPS = """
def slide(image, kernel):
    height, width = image.shape
    kh, kw = kernel.shape
    rows = []
    for i in range(height - kh + 1):
        row = []
        for j in range(width - kw + 1):
            total = 0
            for a in range(kh):
                for b in range(kw):
                    total += image[i + a, j + b] * kernel[a, b]
            row.append(total)
        rows.append(row)
    return rows
"""
SLIDE.right("patch by patch", PATCHES)
SLIDE.right("four loops, as lists", FOUR_LOOPS)
SLIDE.right(
    "one shifted image for each weight",
    """
def slide(image, kernel):
    oh, ow = (n - k + 1 for n, k in zip(image.shape, kernel.shape))
    return sum(
        weight * image[a : a + oh, b : b + ow] for (a, b), weight in np.ndenumerate(kernel)
    )
""",
)
SLIDE.right(
    "a view of all windows, in float32",
    """
def slide(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image.astype("float32"), kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel.astype("float32"))
""",
)
SLIDE.right(
    "with the earlier exercise, and one dot product for each stop",
    """
def slide(image, kernel):
    shape = [output_length(n, k) for n, k in zip(image.shape, kernel.shape)]
    y, weights = np.empty(shape), kernel.ravel()
    for i, j in np.ndindex(*shape):
        y[i, j] = weights @ image[i : i + kernel.shape[0], j : j + kernel.shape[1]].ravel()
    return y
""",
)
SLIDE.wrong(
    "flipped kernel",
    FOUR_LOOPS,
    ("kernel[a, b]", "kernel[kh - 1 - a, kw - 1 - b]"),
    says="your kernel is flipped",
)
SLIDE.wrong(
    "the image read backwards",
    FOUR_LOOPS,
    ("image[i + a, j + b]", "image[i + kh - 1 - a, j + b]"),
    says="your kernel is upside down",
)
SLIDE.wrong(
    "transposed",
    PATCHES,
    ("kh, kw = kernel.shape", "kernel = kernel.T\n    kh, kw = kernel.shape"),
    says="its rows and columns are swapped",
)
SLIDE.wrong(
    "height and width of the kernel exchanged",
    PATCHES,
    ("kh, kw = kernel.shape", "kw, kh = kernel.shape"),
    says="the kernel's height and width have changed places",
)
SLIDE.wrong(
    "padded to the size of the image",
    PATCHES,
    ("    kh, kw", "    shape = image.shape\n    kh, kw"),
    (
        "    oh, ow = image.shape[0] - kh + 1, image.shape[1] - kw + 1\n",
        "    zeros = [((k - 1) // 2, k // 2) for k in (kh, kw)]\n"
        "    image = np.pad(image, zeros)\n    oh, ow = shape\n",
    ),
    says="you put zeros around it",
)
SLIDE.wrong(
    "an output like the image",
    PATCHES,
    ("np.zeros((oh, ow))", "np.zeros(image.shape)"),
    says="its last rows and columns are never filled",
)
SLIDE.wrong(
    "the + 1 forgotten",
    PATCHES,
    ("image.shape[0] - kh + 1", "image.shape[0] - kh"),
    ("image.shape[1] - kw + 1", "image.shape[1] - kw"),
    says="the last stop is missing along both axes",
)
SLIDE.wrong(
    "loops one too short",
    PATCHES,
    ("range(oh)", "range(oh - 1)"),
    ("range(ow)", "range(ow - 1)"),
    says="the last row and the last column of your output are never filled",
)
SLIDE.wrong(
    "no + 1 for the rows",
    FOUR_LOOPS,
    ("height - kh + 1", "height - kh"),
    says="yours lacks 1 row, at the end",
)
SLIDE.wrong(
    "the products, and no sum",
    PATCHES,
    ("np.zeros((oh, ow))", "np.zeros((oh, ow, kh, kw))"),
    ("np.sum(patch * kernel)", "patch * kernel"),
    says="you keep all the products of a window",
)
SLIDE.wrong(
    "the products where their sum belongs",
    PATCHES,
    ("np.sum(patch * kernel)", "patch * kernel"),
    says="you store all the products of a window",
)
SLIDE.wrong(
    "a matrix product",
    PATCHES,
    ("patch * kernel", "patch @ kernel"),
    says="`@` is the matrix product",
)
SLIDE.wrong("a mean", PATCHES, ("np.sum", "np.mean"), says="you take the mean of the products")
SLIDE.wrong(
    "pixels alone",
    FOUR_LOOPS,
    ("image[i + a, j + b] * kernel[a, b]", "image[i + a, j + b]"),
    says="without the kernel",
)
SLIDE.wrong(
    "a total that is never set back",
    FOUR_LOOPS,
    ("    rows = []", "    rows, total = [], 0"),
    ("            total = 0\n", ""),
    says="your sum is not set back to 0",
)
SLIDE.wrong(
    "the last product only",
    FOUR_LOOPS,
    ("total += ", "total = "),
    says="is never used",
)
SLIDE.wrong(
    "an array like the image's",
    PATCHES,
    ("np.zeros((oh, ow))", "np.zeros((oh, ow), dtype=image.dtype)"),
    says="lose their decimals",
)
SLIDE.wrong(
    "square outputs only",
    PATCHES,
    ("image.shape[1] - kw + 1", "image.shape[0] - kh + 1"),
    says="as many columns as rows",
)
SLIDE.wrong(
    "a window's length at each step",
    FOUR_LOOPS,
    ("range(height - kh + 1)", "range(0, height - kh + 1, kh)"),
    ("range(width - kw + 1)", "range(0, width - kw + 1, kw)"),
    says="your windows lie side by side",
)
SLIDE.wrong(
    "return inside of the loop",
    PATCHES,
    ("    return y", "        return y"),
    says="only the first row of your output is filled",
)
SLIDE.wrong(
    "the kernel turned for good",
    PATCHES,
    ("    kh, kw", "    kernel[:] = kernel[::-1, ::-1]\n    kh, kw"),
    says="changes its input `kernel`",
)

# ---------------------------------------------------------------- conv2d

CONV2D = Corpus("conv2d")

LOOPS = """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, channels, filters = kernel.shape
    reach_h, reach_w = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        pads = []
        for n, reach in ((x.shape[1], reach_h), (x.shape[2], reach_w)):
            total = max((-(-n // stride) - 1) * stride + reach - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), pads[0], pads[1], (0, 0)))
    images, height, width, _ = x.shape
    oh = (height - reach_h) // stride + 1
    ow = (width - reach_w) // stride + 1
    y = np.zeros((images, oh, ow, filters))
    for n in range(images):
        for i in range(oh):
            for j in range(ow):
                for f in range(filters):
                    total = 0.0
                    for a in range(kh):
                        for b in range(kw):
                            for c in range(channels):
                                pixel = x[n, i * stride + a * dilation, j * stride + b * dilation, c]
                                total += pixel * kernel[a, b, c, f]
                    y[n, i, j, f] = total
    if bias is not None:
        y = y + bias
    return y
"""
WINDOWS = """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw = kernel.shape[:2]
    reach = [(k - 1) * dilation + 1 for k in (kh, kw)]
    if padding == "same":
        zeros = [(0, 0)]
        for size, r in zip(x.shape[1:3], reach):
            total = max((-(-size // stride) - 1) * stride + r - size, 0)
            zeros.append((total // 2, total - total // 2))
        x = np.pad(x, zeros + [(0, 0)])
    oh = (x.shape[1] - reach[0]) // stride + 1
    ow = (x.shape[2] - reach[1]) // stride + 1
    y = np.zeros((len(x), oh, ow, kernel.shape[3]))
    for i in range(oh):
        for j in range(ow):
            top, left = i * stride, j * stride
            window = x[:, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            y[:, i, j] = np.einsum("nabc,abcf->nf", window, kernel)
    return y if bias is None else y + bias
"""
CONV2D.right("seven loops", LOOPS)
CONV2D.right("window by window", WINDOWS)
CONV2D.right(
    "stride tricks and one einsum, as a list",
    """
from numpy.lib.stride_tricks import sliding_window_view

def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1, **unused):
    reach = tuple(dilation * (k - 1) + 1 for k in kernel.shape[:2])
    if padding.lower() == "same":
        widths = [max((int(np.ceil(s / stride)) - 1) * stride + r - s, 0) for s, r in zip(x.shape[1:], reach)]
        x = np.pad(x, [(0, 0)] + [(w // 2, -(-w // 2)) for w in widths] + [(0, 0)])
    views = sliding_window_view(x, reach, axis=(1, 2))[:, ::stride, ::stride, :, ::dilation, ::dilation]
    answer = np.einsum("nijcab,abcf->nijf", views, kernel, optimize=True)
    return (answer + (0 if bias is None else bias)).tolist()
""",
)
CONV2D.right(
    "im2col, with helpers in another cell",
    """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, c, f = kernel.shape
    if padding == "same":
        x = padded(x, kh, kw, stride, dilation)
    columns, (oh, ow) = patches(x, kh, kw, stride, dilation)
    result = columns @ kernel.reshape(kh * kw * c, f)
    result = result.reshape(x.shape[0], oh, ow, f)
    if bias is not None:
        result += bias
    return result
""",
    before="""
def padded(x, kh, kw, stride, dilation):
    def both(n, k):
        total = max(0, (int(np.ceil(n / stride)) - 1) * stride + (k - 1) * dilation + 1 - n)
        return total // 2, total - total // 2
    return np.pad(x, [(0, 0), both(x.shape[1], kh), both(x.shape[2], kw), (0, 0)])

def patches(x, kh, kw, stride, dilation):
    rows = range(0, x.shape[1] - (kh - 1) * dilation, stride)
    columns = range(0, x.shape[2] - (kw - 1) * dilation, stride)
    made = []
    for i in rows:
        for j in columns:
            made.append(x[:, i:i + (kh - 1) * dilation + 1:dilation, j:j + (kw - 1) * dilation + 1:dilation].reshape(len(x), -1))
    return np.stack(made, axis=1), (len(rows), len(columns))
""",
)
CONV2D.right(
    "tap by tap, in float32, returned as a Keras tensor",
    """
import warnings

def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    warnings.warn("float32 is good enough")
    x, kernel = x.astype("float32"), kernel.astype("float32")
    kh, kw = kernel.shape[:2]
    if padding == "same":
        oh, ow = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
        down = max((oh - 1) * stride + (kh - 1) * dilation + 1 - x.shape[1], 0)
        right = max((ow - 1) * stride + (kw - 1) * dilation + 1 - x.shape[2], 0)
        big = np.zeros((x.shape[0], x.shape[1] + down, x.shape[2] + right, x.shape[3]), "float32")
        big[:, down // 2 : down // 2 + x.shape[1], right // 2 : right // 2 + x.shape[2]] = x
        x = big
    else:
        oh = (x.shape[1] - (kh - 1) * dilation - 1) // stride + 1
        ow = (x.shape[2] - (kw - 1) * dilation - 1) // stride + 1
    y = 0
    for a in range(kh):
        for b in range(kw):
            seen = x[:, a * dilation :: stride, b * dilation :: stride][:, :oh, :ow]
            y = y + np.tensordot(seen, kernel[a, b], axes=1)
    if bias is not None:
        y = y + np.asarray(bias, "float32")
    return keras.ops.convert_to_tensor(y)
""",
)
CONV2D.right(
    "by the earlier exercises, channel by channel",
    """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, channels, filters = kernel.shape
    wide = np.zeros(((kh - 1) * dilation + 1, (kw - 1) * dilation + 1, channels, filters))
    wide[::dilation, ::dilation] = kernel
    if padding == "same":
        zeros = [same_padding(n, k, stride, dilation) for n, k in zip(x.shape[1:3], (kh, kw))]
        x = np.pad(x, [(0, 0), *zeros, (0, 0)])
    maps = [
        [sum(slide(image[:, :, c], wide[:, :, c, f]) for c in range(channels)) for f in range(filters)]
        for image in x
    ]
    y = np.array(maps).transpose(0, 2, 3, 1)[:, ::stride, ::stride]
    return y if bias is None else y + bias
""",
)
CONV2D.wrong(
    "flipped kernel",
    LOOPS,
    ("kernel[a, b, c, f]", "kernel[kh - 1 - a, kw - 1 - b, c, f]"),
    says="your kernel is flipped",
)
CONV2D.wrong(
    "height and width of the kernel swapped",
    LOOPS,
    ("kh, kw, channels, filters = kernel.shape", "kw, kh, channels, filters = kernel.shape"),
    ("kernel[a, b, c, f]", "kernel[b, a, c, f]"),
    says="your kernel is transposed",
)
CONV2D.wrong(
    "height and width of the image swapped",
    LOOPS,
    ("images, height, width, _ = x.shape", "images, width, height, _ = x.shape"),
    says=None,
)
CONV2D.wrong(
    "channels not summed",
    WINDOWS,
    ("kernel.shape[3]))", "*kernel.shape[2:]))"),
    ('"nabc,abcf->nf"', '"nabc,abcf->ncf"'),
    ("y + bias", "(y + bias)"),
    says="one map for each input channel",
)
CONV2D.wrong(
    "only the first channel",
    LOOPS,
    ("in range(channels)", "in range(1)"),
    says="only the first channel is in the sum",
)
CONV2D.wrong(
    "channels and filters mixed up by a reshape",
    WINDOWS,
    (
        '"nabc,abcf->nf", window, kernel)',
        '"nabc,abfc->nf", window, kernel.reshape(kh, kw, kernel.shape[3], -1))',
    ),
    says="its (C, F) numbers are read as (F, C)",
)
CONV2D.wrong(
    "right for one image only",
    WINDOWS,
    ("y[:, i, j] = ", "y[0, i, j] = "),
    (", kernel)\n", ", kernel)[0]\n"),
    says="only the first image",
)
CONV2D.wrong(
    "right for square images only",
    LOOPS,
    ("    ow = (width - reach_w) // stride + 1", "    ow = oh"),
    says="as many columns as rows",
)
CONV2D.wrong(
    "bias added at every tap",
    LOOPS,
    ("total = 0.0", "total = 0.0 if bias is None else kh * kw * bias[f]"),
    ("    if bias is not None:\n        y = y + bias\n", ""),
    says="once for every tap",
)
CONV2D.wrong(
    "bias forgotten",
    WINDOWS,
    ("y if bias is None else y + bias", "y"),
    says="the bias is not added",
)
CONV2D.wrong(
    "bias only where it is true",
    WINDOWS,
    ("y if bias is None else y + bias", "y + bias if bias else y"),
    says="The truth value of an array",
)
CONV2D.wrong(
    "stride ignored",
    WINDOWS,
    ("top, left = i * stride, j * stride", "top, left = i, j"),
    says="its windows are one pixel apart",
)
CONV2D.wrong(
    "stride on the rows only",
    WINDOWS,
    ("(x.shape[2] - reach[1]) // stride + 1", "x.shape[2] - reach[1] + 1"),
    ("j * stride", "j"),
    says="the stride works on the rows only",
)
CONV2D.wrong(
    "the odd row of zeros at the top",
    WINDOWS,
    ("(total // 2, total - total // 2)", "(total - total // 2, total // 2)"),
    says="Keras puts it last",
)
CONV2D.wrong(
    "padded for stride 1",
    WINDOWS,
    ("max((-(-size // stride) - 1) * stride + r - size, 0)", "r - 1"),
    says="you pad as if the stride were 1",
)
CONV2D.wrong(
    "all zeros before",
    WINDOWS,
    ("(total // 2, total - total // 2)", "(total, 0)"),
    says="all zeros on one side",
)
CONV2D.wrong(
    "all zeros after",
    WINDOWS,
    ("(total // 2, total - total // 2)", "(0, total)"),
    says="all zeros on one side",
)
CONV2D.wrong(
    "dilation off by one",
    WINDOWS,
    ("[(k - 1) * dilation + 1 for", "[(k - 1) * (dilation + 1) + 1 for"),
    ("top + reach[0] : dilation", "top + reach[0] : dilation + 1"),
    ("left + reach[1] : dilation", "left + reach[1] : dilation + 1"),
    says="your taps are one cell too far apart",
)
CONV2D.wrong(
    "dilation ignored",
    WINDOWS,
    ("[(k - 1) * dilation + 1 for", "[k for"),
    ("top + reach[0] : dilation", "top + reach[0]"),
    ("left + reach[1] : dilation", "left + reach[1]"),
    says="the dilation has no effect",
)
CONV2D.wrong(
    "the dilated image padded for dilation 1",
    WINDOWS,
    ("zip(x.shape[1:3], reach)", "zip(x.shape[1:3], (kh, kw))"),
    says="you pad as if the dilation were 1",
)
CONV2D.wrong(
    "the input changed in place",
    WINDOWS,
    ("    return y if", "    x *= 0\n    return y if"),
    says="your function changes its input `x`",
)
CONV2D.wrong(
    "the kernel flipped in place",
    WINDOWS,
    ("    oh = ", "    kernel[:] = kernel[::-1, ::-1].copy()\n    oh = "),
    says="your function changes its input `kernel`",
)
CONV2D.wrong(
    "results in the image's type",
    WINDOWS,
    ("kernel.shape[3]))", "kernel.shape[3]), dtype=x.dtype)"),
    says="your results lose their decimals",
)
CONV2D.wrong(
    "added up in float16",
    WINDOWS,
    (
        '"nabc,abcf->nf", window, kernel',
        '"nabc,abcf->nf", window.astype("f2"), kernel.astype("f2")',
    ),
    says="too few digits",
)
CONV2D.wrong(
    "sizes of the visible case built in",
    LOOPS,
    ("kh, kw, channels, filters = kernel.shape", "kh, kw, channels, filters = 3, 2, 3, 5"),
    says=None,
)
CONV2D.wrong(
    "a result kept from the first call",
    """
kept = {}

"""
    + WINDOWS.strip("\n")
    .replace(
        "    kh, kw = kernel", "    if 'y' in kept:\n        return kept['y']\n    kh, kw = kernel"
    )
    .replace(
        "    return y if bias",
        "    kept['y'] = y if bias is None else y + bias\n    return y if bias",
    ),
    says="the right answer to another call",
)
CONV2D.wrong(
    "a loop that never ends",
    LOOPS,
    ("        for i in range(oh):\n", "        i = 0\n        while i < oh:\n"),
    says="did not come to an end",
)
CONV2D.wrong(
    "more memory than there is",
    WINDOWS,
    (
        "y = np.zeros((len(x), oh, ow, kernel.shape[3]))",
        "y = np.ones((10**4, 10**4, oh, ow, kernel.shape[3]))",
    ),
    says="far too much memory",
)
CONV2D.wrong(
    "NaN",
    WINDOWS,
    (
        "y = np.zeros((len(x), oh, ow, kernel.shape[3]))",
        "y = np.full((len(x), oh, ow, kernel.shape[3]), np.nan)",
    ),
    ("y[:, i, j] = ", "y[:, i, j] += "),
    says="NaN or infinite numbers",
)
CONV2D.wrong("None", WINDOWS, ("return y if", "y if"), says="Is a `return` missing")
CONV2D.wrong(
    "a generator",
    WINDOWS,
    ("return y if bias is None else y + bias", "return (row for row in y)"),
    says="it returned a generator",
)
CONV2D.wrong(
    "an array of objects",
    WINDOWS,
    ("return y if bias is None else y + bias", "return np.array([None, *y], dtype=object)"),
    says="an array of object",
)
CONV2D.wrong(
    "Keras does it",
    """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    y = keras.ops.conv(x.astype(float), kernel, stride, padding, "channels_last", dilation)
    return y if bias is None else y + bias
""",
    says="lets Keras do the work",
)
CONV2D.wrong(
    "TensorFlow does it",
    """
import tensorflow as tf

def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    y = tf.nn.conv2d(x.astype(float), kernel, stride, padding.upper(), dilations=dilation).numpy()
    return y if bias is None else y + bias
""",
    says="lets TensorFlow do the work",
)
CONV2D.wrong(
    "the checks' own answer",
    """
def conv2d(*args, **options):
    return check.conv2d.oracle(*args, **options)
""",
    says="lets the course's own checks do the work",
)

CONV2D.wrong(
    "stride only where there is padding",
    WINDOWS,
    ("    oh = ", "    else:\n        stride = 1\n    oh = "),
    says="the stride has no effect",
)

# ---------------------------------------------------------------- conv2d_params

CONV2D_PARAMS = Corpus("conv2d_params")

PARAMS = """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    weights = kh * kw * in_channels * filters
    return weights + filters if use_bias else weights
"""
CONV2D_PARAMS.right("weights, then biases", PARAMS)
CONV2D_PARAMS.right(
    "filter by filter",
    """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    count = 0
    for f in range(filters):
        count += kernel_size[0] * kernel_size[1] * in_channels
        if use_bias:
            count += 1
    return count
""",
)
CONV2D_PARAMS.right(
    "np.prod",
    """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    return filters * (np.prod(kernel_size) * in_channels + use_bias)
""",
)
CONV2D_PARAMS.right(
    "the size of arrays",
    """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    print("counting", kernel_size)
    arrays = [np.zeros((*kernel_size, in_channels, filters)), np.zeros(filters if use_bias else 0)]
    return sum(a.size for a in arrays)
""",
)
CONV2D_PARAMS.wrong(
    "bias forgotten",
    PARAMS,
    ("weights + filters if use_bias else weights", "weights"),
    says="leave out the biases",
)
CONV2D_PARAMS.wrong(
    "a single bias",
    PARAMS,
    ("weights + filters if", "weights + 1 if"),
    says="one bias for the whole layer",
)
CONV2D_PARAMS.wrong(
    "a bias for each channel",
    PARAMS,
    ("weights + filters if", "weights + in_channels * filters if"),
    says="a bias for each channel of each filter",
)
CONV2D_PARAMS.wrong(
    "filters of one channel",
    PARAMS,
    (" * in_channels * filters", " * filters"),
    says="span a single channel",
)
CONV2D_PARAMS.wrong(
    "as many biases as channels in",
    PARAMS,
    ("weights + filters if", "weights + in_channels if"),
    says="channels and filters have changed places",
)
CONV2D_PARAMS.wrong(
    "a square kernel",
    PARAMS,
    ("kh * kw *", "kh * kh *"),
    says="you take the kernel for a square one",
)
CONV2D_PARAMS.wrong(
    "biases that are not there",
    PARAMS,
    ("weights + filters if use_bias else weights", "weights + filters"),
    says="biases that are not there",
)
CONV2D_PARAMS.wrong(
    "the sides added",
    PARAMS,
    ("kh * kw *", "(kh + kw) *"),
    says="add the kernel's height and width",
)
CONV2D_PARAMS.wrong(
    "a float",
    PARAMS,
    ("return weights", "weights = weights * 1.0\n    return weights"),
    says="not an int",
)
CONV2D_PARAMS.wrong(
    "printed, not returned",
    PARAMS,
    ("return weights +", "weights = weights +"),
    ("else weights\n", "else weights\n    print(weights)\n"),
    says="Is a `return` missing",
)
CONV2D_PARAMS.wrong(
    "the lesson's numbers",
    """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    return 112
""",
    says="the same answer, whatever it is given",
)

# ---------------------------------------------------------------- conv2d_macs

CONV2D_MACS = Corpus("conv2d_macs")

MACS = """
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    height, width = input_size
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = -(-height // stride), -(-width // stride)
    else:
        oh, ow = (height - kh) // stride + 1, (width - kw) // stride + 1
    return oh * ow * kh * kw * in_channels * filters
"""
CONV2D_MACS.right("output times kernel", MACS)
CONV2D_MACS.right(
    "with output_length of an earlier cell",
    """
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    positions = [output_length(n, k, stride, padding) for n, k in zip(input_size, kernel_size)]
    return int(np.prod(positions) * np.prod(kernel_size) * in_channels * filters)
""",
)
CONV2D_MACS.right(
    "window by window",
    """
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    (h, w), (kh, kw) = input_size, kernel_size
    work = 0
    for top in range(0, h if padding == "same" else h - kh + 1, stride):
        for left in range(0, w if padding == "same" else w - kw + 1, stride):
            work += kh * kw * in_channels * filters
    return work
""",
)
CONV2D_MACS.right(
    "math.ceil",
    """
from math import ceil

def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    taken_off = (0, 0) if padding == "same" else [k - 1 for k in kernel_size]
    oh, ow = (ceil((n - t) / stride) for n, t in zip(input_size, taken_off))
    return oh * ow * filters * in_channels * kernel_size[0] * kernel_size[1]
""",
)
CONV2D_MACS.wrong(
    "at every input pixel",
    MACS,
    ("return oh * ow", "return height * width"),
    says="a window at every input pixel",
)
CONV2D_MACS.wrong(
    "stride ignored",
    MACS,
    ("-(-height // stride), -(-width // stride)", "height, width"),
    ("(height - kh) // stride + 1, (width - kw) // stride + 1", "height - kh + 1, width - kw + 1"),
    says="the work for stride 1",
)
CONV2D_MACS.wrong(
    "padding ignored",
    MACS,
    (
        "-(-height // stride), -(-width // stride)",
        "(height - kh) // stride + 1, (width - kw) // stride + 1",
    ),
    says="the work without padding",
)
CONV2D_MACS.wrong(
    "one stop missing",
    MACS,
    (
        "(height - kh) // stride + 1, (width - kw) // stride + 1",
        "(height - kh) // stride, (width - kw) // stride",
    ),
    says="one stop is missing",
)
CONV2D_MACS.wrong(
    "rounded up",
    MACS,
    (
        "(height - kh) // stride + 1, (width - kw) // stride + 1",
        "-(-(height - kh) // stride) + 1, -(-(width - kw) // stride) + 1",
    ),
    says="the window hangs over the edge",
)
CONV2D_MACS.wrong(
    "same rounded down",
    MACS,
    ("-(-height // stride), -(-width // stride)", "height // stride, width // stride"),
    says="round n / stride down",
)
CONV2D_MACS.wrong(
    "channels forgotten", MACS, (" * in_channels", ""), says="you count one input channel"
)
CONV2D_MACS.wrong("one filter", MACS, (" * filters", ""), says="you count one filter")
CONV2D_MACS.wrong(
    "the bias counted",
    MACS,
    ("* kh * kw * in_channels * filters", "* (kh * kw * in_channels + 1) * filters"),
    says="adding the bias as a multiply-add",
)
CONV2D_MACS.wrong(
    "products and sums apart",
    MACS,
    ("return oh", "return 2 * oh"),
    says="a product and its sum as two",
)
CONV2D_MACS.wrong(
    "height and width of the image swapped",
    MACS,
    ("height, width = input_size", "width, height = input_size"),
    says="height and width are swapped",
)
CONV2D_MACS.wrong(
    "stride on the rows only",
    MACS,
    ("-(-width // stride)", "width"),
    ("(width - kw) // stride + 1", "width - kw + 1"),
    says="the stride works on the rows only",
)

CONV2D_MACS.wrong(
    "a shortcut for the plain case",
    MACS,
    (
        "    if padding",
        '    if stride == 1 and padding == "valid":\n        padding = "same"\n    if padding',
    ),
    says="a window at every input pixel",
)

# ---------------------------------------------------------------- build_two_layer_model

MODEL = Corpus("build_two_layer_model")

SEQUENTIAL = """
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(32, 3),
        keras.layers.Conv2D(64, 3),
    ])
"""
FUNCTIONAL = """
def build_two_layer_model():
    image = keras.Input(shape=(224, 224, 3))
    hidden = keras.layers.Conv2D(32, kernel_size=(3, 3))(image)
    return keras.Model(image, keras.layers.Conv2D(64, kernel_size=(3, 3))(hidden))
"""
MODEL.right("a list of layers", SEQUENTIAL)
MODEL.right("layers called one by one", FUNCTIONAL)
MODEL.right(
    "add, with names, an identity and a summary",
    """
def build_two_layer_model():
    model = keras.models.Sequential(name="mine")
    model.add(keras.layers.InputLayer(shape=(224, 224, 3)))
    for filters in (32, 64):
        model.add(keras.layers.Conv2D(filters, (3, 3), padding="valid", activation="linear"))
    model.add(keras.layers.Identity())
    model.compile("adam", "mse")
    model.summary()
    return model
""",
)
MODEL.right(
    "a model in a model",
    """
def build_two_layer_model():
    first = keras.Sequential([keras.Input((224, 224, 3)), keras.layers.Conv2D(32, 3, strides=(1, 1))])
    second = keras.layers.Conv2D(64, 3, use_bias=True, kernel_initializer="he_normal")
    return keras.Sequential([keras.Input((224, 224, 3)), first, second])
""",
)
MODEL.right(
    "a class of its own",
    """
class TwoLayers(keras.Model):
    def __init__(self):
        super().__init__()
        self.second = keras.layers.Conv2D(64, 3)
        self.first = keras.layers.Conv2D(32, 3)

    def call(self, x):
        return self.second(self.first(x))

def build_two_layer_model():
    model = TwoLayers()
    model.build((None, 224, 224, 3))
    return model
""",
)
MODEL.wrong(
    "no biases",
    SEQUENTIAL,
    ("(32, 3)", "(32, 3, use_bias=False)"),
    ("(64, 3)", "(64, 3, use_bias=False)"),
    says="the layers have no biases",
)
MODEL.wrong(
    "no bias in the first layer",
    SEQUENTIAL,
    ("(32, 3)", "(32, 3, use_bias=False)"),
    says="yours 864 + 18,496, right 896 + 18,496",
)
MODEL.wrong(
    "filters swapped",
    SEQUENTIAL,
    ("(32, 3)", "(6432, 3)"),
    ("(64, 3)", "(32, 3)"),
    ("(6432, 3)", "(64, 3)"),
    says="the two layers have changed places",
)
MODEL.wrong(
    "grey images", SEQUENTIAL, ("224, 3)", "224, 1)"), says="the model takes images of one channel"
)
MODEL.wrong(
    "channels first",
    SEQUENTIAL,
    ("(224, 224, 3)", "(3, 224, 224)"),
    says="the image's channels come first",
)
MODEL.wrong(
    "padded",
    SEQUENTIAL,
    ("(32, 3)", '(32, 3, padding="same")'),
    ("(64, 3)", '(64, 3, padding="same")'),
    says="the size stays 224",
)
MODEL.wrong(
    "a ReLU in both",
    SEQUENTIAL,
    ("(32, 3)", '(32, 3, activation="relu")'),
    ("(64, 3)", '(64, 3, activation="relu")'),
    says="the layers apply a ReLU",
)
MODEL.wrong(
    "a ReLU in the first",
    FUNCTIONAL,
    ("(32, kernel_size=(3, 3))", '(32, kernel_size=(3, 3), activation="relu")'),
    says="the first layer applies a ReLU",
)
MODEL.wrong(
    "kernels of 5",
    SEQUENTIAL,
    ("(32, 3)", "(32, 5)"),
    ("(64, 3)", "(64, 5)"),
    says="the kernels are 5 × 5",
)
MODEL.wrong(
    "stride 2",
    SEQUENTIAL,
    ("(32, 3)", "(32, 3, strides=2)"),
    ("(64, 3)", "(64, 3, strides=2)"),
    says="the layers have stride 2",
)
MODEL.wrong(
    "one layer",
    SEQUENTIAL,
    ("        keras.layers.Conv2D(64, 3),\n", ""),
    says="there is only the first layer",
)
MODEL.wrong(
    "separable layers",
    SEQUENTIAL,
    ("Conv2D(32", "SeparableConv2D(32"),
    ("Conv2D(64", "SeparableConv2D(64"),
    says="yours 155 + 2,400, right 896 + 18,496",
)
MODEL.wrong(
    "no input",
    SEQUENTIAL,
    ("        keras.Input((224, 224, 3)),\n", ""),
    says="the model has no input yet",
)
MODEL.wrong(
    "the list itself", SEQUENTIAL, ("keras.Sequential([", "list(["), says="not a Keras model"
)
MODEL.wrong(
    "nothing returned", SEQUENTIAL, ("return keras", "model = keras"), says="Is a `return` missing"
)

# ---------------------------------------------------------------- receptive_field

RECEPTIVE = Corpus("receptive_field")

GROW = """
def receptive_field(layers):
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size, jump
"""
BACK = """
def receptive_field(layers):
    # from one output number back to the pixels
    size, jump = 1, 1
    for kernel, stride, dilation in reversed(layers):
        size = (size - 1) * stride + (kernel - 1) * dilation + 1
        jump = jump * stride
    return size, jump
"""
RECEPTIVE.right("layer by layer", GROW)
RECEPTIVE.right("from the output back", BACK)
RECEPTIVE.right(
    "the pixels themselves",
    """
def pixels(at, layers):
    cells = {at}
    for kernel, stride, dilation in layers[::-1]:
        cells = {c * stride + t * dilation for c in cells for t in range(kernel)}
    return sorted(cells)

def receptive_field(layers):
    first, second = pixels(0, layers), pixels(1, layers)
    return first[-1] - first[0] + 1, second[0] - first[0]
""",
)
RECEPTIVE.right(
    "NumPy's products, as an array",
    """
def receptive_field(layers):
    kernels, strides, dilations = np.array(layers, dtype=int).reshape(-1, 3).T
    jumps = np.cumprod([1, *strides])
    return np.array([1 + np.sum((kernels - 1) * dilations * jumps[:-1]), jumps[-1]])
""",
)
RECEPTIVE.right(
    "one layer more each time, by recursion",
    """
def receptive_field(layers):
    if not layers:
        return [1, 1]
    size, jump = receptive_field(layers[:-1])
    kernel, stride, dilation = layers[-1]
    return [size + jump * dilation * (kernel - 1), jump * stride]
""",
)
RECEPTIVE.wrong(
    "the own stride first",
    GROW,
    (
        "        size += (kernel - 1) * dilation * jump\n        jump *= stride\n",
        "        jump *= stride\n        size += (kernel - 1) * dilation * jump\n",
    ),
    says="a layer's own stride comes too early",
)
RECEPTIVE.wrong(
    "the whole kernel", GROW, ("(kernel - 1)", "kernel"), says="each layer adds its whole kernel"
)
RECEPTIVE.wrong(
    "no stride", GROW, ("        jump *= stride\n", ""), says="the strides have no effect"
)
RECEPTIVE.wrong(
    "a jump that the size does not see",
    GROW,
    (" * dilation * jump", " * dilation"),
    says="it has no effect on the size",
)
RECEPTIVE.wrong(
    "strides added up",
    GROW,
    ("jump *= stride", "jump += stride - 1"),
    says="you add strides that should be multiplied",
)
RECEPTIVE.wrong(
    "the last stride alone",
    GROW,
    ("jump *= stride", "jump = stride"),
    says="the stride of one layer, not of all so far",
)
RECEPTIVE.wrong("no dilation", GROW, (" * dilation", ""), says="the dilations have no effect")
RECEPTIVE.wrong(
    "kernel times dilation",
    GROW,
    ("(kernel - 1) * dilation", "(kernel * dilation - 1)"),
    says="you let a dilated kernel span kernel · dilation cells",
)
RECEPTIVE.wrong(
    "dilation in the jump",
    GROW,
    ("jump *= stride", "jump *= stride * dilation"),
    says="your dilations go into the jump",
)
RECEPTIVE.wrong(
    "begins with nothing",
    GROW,
    ("size, jump = 1, 1", "size, jump = 0, 1"),
    says="your size is 1 too small",
)
RECEPTIVE.wrong(
    "from the last layer on",
    GROW,
    ("in layers:", "in reversed(layers):"),
    says="from the last to the first",
)
RECEPTIVE.wrong(
    "the two exchanged",
    GROW,
    ("return size, jump", "return jump, size"),
    says="have changed places",
)
RECEPTIVE.wrong(
    "the size alone",
    GROW,
    ("return size, jump", "return size"),
    says="return the tuple (size, jump)",
)
RECEPTIVE.wrong(
    "kernels multiplied",
    GROW,
    ("size += (kernel - 1) * dilation * jump", "size *= (kernel - 1) * dilation + 1"),
    says="you multiply the kernels",
)
RECEPTIVE.wrong(
    "the first layer taken for granted",
    GROW,
    ("size, jump = 1, 1", "size, jump = (layers[0][0] - 1) * layers[0][2] + 1, layers[0][1]"),
    ("in layers:", "in layers[1:]:"),
    says="your function needs at least one layer",
)
RECEPTIVE.wrong(
    "half a kernel on each side",
    GROW,
    ("(kernel - 1) * dilation", "2 * (kernel // 2) * dilation"),
    says="should make the size 3 larger; in your answer it grows by 4",
)
RECEPTIVE.wrong(
    "stride forgotten where the kernel is dilated",
    GROW,
    (
        "        size += (kernel - 1) * dilation * jump\n",
        "        size += (kernel - 1) * (dilation if dilation > 1 else jump)\n",
    ),
    says="should make the size 8 larger; in your answer it grows by 4",
)
RECEPTIVE.wrong(
    "gaps added once",
    GROW,
    ("(kernel - 1) * dilation", "(kernel + dilation - 2)"),
    says="should make the size 4 larger; in your answer it grows by 3",
)

# ---------------------------------------------------------------- conv2d_backward

BACKWARD = Corpus("conv2d_backward")

GATHER = """
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            dx[:, rows, columns] += np.einsum("nf,abcf->nabc", dy[:, i, j], kernel)
            dkernel += np.einsum("nf,nabc->abcf", dy[:, i, j], x[:, rows, columns])
    dbias = dy.sum(axis=(0, 1, 2))
    return dx, dkernel, dbias
"""
BACKWARD.right("window by window", GATHER)
BACKWARD.right(
    "loops over everything",
    """
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw, c, f = kernel.shape
    dx, dkernel, dbias = np.zeros(x.shape), np.zeros(kernel.shape), np.zeros(f)
    for n, i, j, g in np.ndindex(dy.shape):
        dbias[g] += dy[n, i, j, g]
        for a in range(kh):
            for b in range(kw):
                dx[n, i * stride + a, j * stride + b] += dy[n, i, j, g] * kernel[a, b, :, g]
                dkernel[a, b, :, g] += dy[n, i, j, g] * x[n, i * stride + a, j * stride + b]
    return dx, dkernel, dbias
""",
)
BACKWARD.right(
    "tap by tap, as a list",
    """
def conv2d_backward(dy, x, kernel, stride=1):
    _, oh, ow, _ = dy.shape
    dx, dkernel = x * 0.0, kernel * 0.0
    for a, b in np.ndindex(*kernel.shape[:2]):
        seen = (slice(None), slice(a, a + oh * stride, stride), slice(b, b + ow * stride, stride))
        dkernel[a, b] = np.tensordot(x[seen][:, :oh, :ow], dy, axes=([0, 1, 2], [0, 1, 2]))
        dx[seen] += dy @ kernel[a, b].T
    return [dx, dkernel, np.einsum("nijf->f", dy)]
""",
)
BACKWARD.right(
    "a convolution of the spread gradient, float32",
    """
from numpy.lib.stride_tricks import sliding_window_view

def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    n, h, w, c = x.shape
    spread = np.zeros((n, h + kh - 1, w + kw - 1, dy.shape[3]), "float32")
    spread[:, kh - 1 : kh - 1 + dy.shape[1] * stride : stride, kw - 1 : kw - 1 + dy.shape[2] * stride : stride][:, : dy.shape[1], : dy.shape[2]] = dy
    views = sliding_window_view(spread, (kh, kw), axis=(1, 2))
    dx = np.einsum("nijfab,abcf->nijc", views, kernel[::-1, ::-1])
    windows = sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    dkernel = np.einsum("nijcab,nijf->abcf", windows[:, : dy.shape[1], : dy.shape[2]], dy)
    print("done")
    return dx, dkernel.astype("float32"), dy.sum((0, 1, 2))
""",
)
BACKWARD.wrong(
    "= for +=",
    GATHER,
    ("dx[:, rows, columns] += ", "dx[:, rows, columns] = "),
    says="dx keeps only the last one's share",
)
BACKWARD.wrong(
    "dkernel = for +=",
    GATHER,
    ("dkernel += ", "dkernel = "),
    says="only the last window is in dkernel",
)
BACKWARD.wrong(
    "the body deleted",
    GATHER,
    ('            dx[:, rows, columns] += np.einsum("nf,abcf->nabc", dy[:, i, j], kernel)\n', ""),
    says="all zeros",
)
BACKWARD.wrong(
    "dkernel never filled",
    GATHER,
    ('            dkernel += np.einsum("nf,nabc->abcf", dy[:, i, j], x[:, rows, columns])\n', ""),
    says="all zeros",
)
BACKWARD.wrong(
    "whole numbers like x",
    GATHER,
    ("np.zeros(x.shape), np.zeros(kernel.shape)", "np.zeros_like(x), np.zeros_like(kernel)"),
    says="your gradients lose their decimals",
)
BACKWARD.wrong("dbias a mean", GATHER, ("dy.sum(axis", "dy.mean(axis"), says="dbias is a mean")
BACKWARD.wrong(
    "dbias for each image",
    GATHER,
    ("axis=(0, 1, 2)", "axis=(1, 2)"),
    says="one dbias for each image",
)
BACKWARD.wrong(
    "dbias for each position",
    GATHER,
    ("axis=(0, 1, 2)", "axis=0"),
    says="one dbias for each position",
)
BACKWARD.wrong(
    "dbias one number",
    GATHER,
    ("dy.sum(axis=(0, 1, 2))", "dy.sum()"),
    says="you sum over the filters too",
)
BACKWARD.wrong(
    "stride ignored",
    GATHER,
    ("slice(i * stride, i * stride + kh)", "slice(i, i + kh)"),
    ("slice(j * stride, j * stride + kw)", "slice(j, j + kw)"),
    says="the stride has no effect",
)
BACKWARD.wrong(
    "stride ignored in dkernel",
    GATHER,
    ("x[:, rows, columns])", "x[:, i : i + kh, j : j + kw])"),
    says="the stride has no effect",
)
BACKWARD.wrong(
    "stride ignored in dx",
    GATHER,
    ("dx[:, rows, columns]", "dx[:, i : i + kh, j : j + kw]"),
    says="the stride has no effect",
)
BACKWARD.wrong(
    "kernel flipped in dx",
    GATHER,
    ("dy[:, i, j], kernel)", "dy[:, i, j], kernel[::-1, ::-1])"),
    says="in dx your kernel lies the wrong way round",
)
BACKWARD.wrong(
    "dkernel flipped",
    GATHER,
    ("return dx, dkernel, dbias", "return dx, dkernel[::-1, ::-1], dbias"),
    says="dkernel is flipped",
)
BACKWARD.wrong(
    "dkernel mirrored",
    GATHER,
    ("return dx, dkernel, dbias", "return dx, dkernel[:, ::-1], dbias"),
    says="dkernel is mirrored",
)
BACKWARD.wrong(
    "dkernel upside down",
    GATHER,
    ("return dx, dkernel, dbias", "return dx, dkernel[::-1], dbias"),
    says="dkernel is upside down",
)
BACKWARD.wrong(
    "channels and filters mixed up",
    GATHER,
    (
        '"nf,abcf->nabc", dy[:, i, j], kernel',
        '"nf,abfc->nabc", dy[:, i, j], kernel.reshape(kh, kw, kernel.shape[3], -1)',
    ),
    says="numbers are read as (F, C)",
)
BACKWARD.wrong(
    "averaged over the batch",
    GATHER,
    ("return dx, dkernel, dbias", "return dx, dkernel / len(x), dbias"),
    says="divided by the number of images",
)
BACKWARD.wrong(
    "the items swapped",
    GATHER,
    ("return dx, dkernel, dbias", "return dkernel, dx, dbias"),
    says="the items have changed places",
)
BACKWARD.wrong(
    "two items",
    GATHER,
    ("return dx, dkernel, dbias", "return dx, dkernel"),
    says="return the tuple (dx, dkernel, dbias)",
)
BACKWARD.wrong(
    "dx too small",
    GATHER,
    (
        "return dx, dkernel, dbias",
        "return dx[:, : (i * stride) + kh, : (j * stride) + kw], dkernel, dbias",
    ),
    says="dx lacks the last rows and columns",
)
BACKWARD.wrong(
    "dx built up in dy",
    GATHER,
    ("    dbias", "    dy /= 2\n    dy *= 3\n    dbias"),
    says="changes its input `dy`",
)

BACKWARD.wrong(
    "stride 1 by a shortcut that flips dkernel",
    GATHER,
    ("    dbias", "    if stride == 1:\n        dkernel = dkernel[::-1, ::-1]\n    dbias"),
    says="dkernel is flipped",
)
BACKWARD.wrong(
    "stride 1 as a full convolution with the kernel unflipped",
    GATHER,
    (
        "    dbias",
        """    if stride == 1:
        wide = np.pad(dy, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)))
        views = np.lib.stride_tricks.sliding_window_view(wide, (kh, kw), axis=(1, 2))
        dx = np.einsum("nijfab,abcf->nijc", views, kernel)
    dbias""",
    ),
    says="in dx your kernel lies the wrong way round",
)

CORPORA = [
    OUTPUT_LENGTH, SAME_PADDING, SLIDE, CONV2D, CONV2D_PARAMS, CONV2D_MACS, MODEL, RECEPTIVE,
    BACKWARD,
]  # fmt: skip
