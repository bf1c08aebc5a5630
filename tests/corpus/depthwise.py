"""Assignment 2: the depthwise convolution, what it costs, its normal kernel, the way back, a test."""

from tests.corpus import Corpus

# ---------------------------------------------------------------- depthwise_conv2d

DEPTHWISE = Corpus("depthwise_conv2d")

LOOPS = """
def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid"):
    kh, kw, channels, m = kernel.shape
    if padding == "same":
        pads = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    images, height, width, _ = x.shape
    oh, ow = (height - kh) // stride + 1, (width - kw) // stride + 1
    y = np.zeros((images, oh, ow, channels * m))
    for i in range(oh):
        for j in range(ow):
            window = x[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
            for c in range(channels):
                for d in range(m):
                    y[:, i, j, c * m + d] = (window[..., c] * kernel[:, :, c, d]).sum(axis=(1, 2))
    return y if bias is None else y + bias
"""
EINSUM = """
def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid"):
    if padding == "same":
        pads = [(0, 0)]
        for n, k in zip(x.shape[1:3], kernel.shape[:2]):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, pads + [(0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    y = np.einsum("nijcab,abcm->nijcm", windows, kernel)
    y = y.reshape(*y.shape[:3], -1)
    if bias is not None:
        y = y + bias
    return y
"""
DEPTHWISE.right("map by map", LOOPS)
DEPTHWISE.right("windows and one einsum", EINSUM)
DEPTHWISE.right(
    "channel by channel, put together as a list",
    """
def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid"):
    maps = []
    for c in range(x.shape[-1]):
        for m in range(kernel.shape[-1]):
            maps.append(one_map(x[..., c], kernel[:, :, c, m], stride, padding))
    result = np.stack(maps, axis=-1)
    return (result if bias is None else result + bias).tolist()
""",
    before="""
def one_map(x, weights, stride, padding):
    kh, kw = weights.shape
    if padding == "same":
        both = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            total = max((int(np.ceil(n / stride)) - 1) * stride + k - n, 0)
            both.append((total // 2, total - total // 2))
        x = np.pad(x, [(0, 0)] + both)
    rows = range(0, x.shape[1] - kh + 1, stride)
    columns = range(0, x.shape[2] - kw + 1, stride)
    return np.stack([np.stack([(x[:, i:i+kh, j:j+kw] * weights).sum(axis=(1, 2)) for j in columns], axis=1) for i in rows], axis=1)
""",
)
DEPTHWISE.right(
    "a normal convolution with zeros in its kernel, float32, noisy",
    """
import warnings

def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid", debug=True):
    warnings.warn("wasteful, but right")
    if debug:
        print(x.shape, kernel.shape)
    kh, kw, c, m = kernel.shape
    full = np.zeros((kh, kw, c, c * m), "float32")
    for i in range(c):
        full[:, :, i, i * m : (i + 1) * m] = kernel[:, :, i]
    x = x.astype("float32")
    if padding == "same":
        down, right = (max((-(-n // stride) - 1) * stride + k - n, 0) for n, k in zip(x.shape[1:], (kh, kw)))
        x = np.pad(x, [(0, 0), (down // 2, down - down // 2), (right // 2, right - right // 2), (0, 0)])
    y = sum(
        x[:, a : x.shape[1] - kh + a + 1 : stride, b : x.shape[2] - kw + b + 1 : stride] @ full[a, b]
        for a in range(kh) for b in range(kw)
    )
    return y + np.float32(0 if bias is None else bias)
""",
)
DEPTHWISE.wrong(
    "channels summed",
    EINSUM,
    ('"nijcab,abcm->nijcm"', '"nijcab,abcm->nijm"'),
    ("y = y.reshape(*y.shape[:3], -1)", "bias = None"),
    says="this is a normal convolution",
)
DEPTHWISE.wrong(
    "channels and multiplier not joined",
    EINSUM,
    ("    y = y.reshape(*y.shape[:3], -1)\n    if bias is not None:\n        y = y + bias\n", ""),
    says="channels and multiplier are still two axes",
)
DEPTHWISE.wrong(
    "j*C + c for c*m + j",
    LOOPS,
    ("y[:, i, j, c * m + d]", "y[:, i, j, d * channels + c]"),
    says="the maps are in another order",
)
DEPTHWISE.wrong(
    "channels and multiplier of the kernel swapped",
    EINSUM,
    ("windows, kernel)", "windows, kernel.swapaxes(2, 3).reshape(kernel.shape))"),
    says="channels and multipliers are mixed up",
)
DEPTHWISE.wrong(
    "the first filter for all",
    LOOPS,
    ("kernel[:, :, c, d]", "kernel[:, :, c, 0]"),
    says="made with its first filter",
)
DEPTHWISE.wrong(
    "the multiplier ignored",
    LOOPS,
    ("kh, kw, channels, m = kernel.shape", "kh, kw, channels, _ = kernel.shape\n    m = 1"),
    says="one map for each channel",
)
DEPTHWISE.wrong(
    "the multiplier summed",
    EINSUM,
    ('"nijcab,abcm->nijcm"', '"nijcab,abcm->nijc"'),
    ("y = y.reshape(*y.shape[:3], -1)", "bias = None"),
    says="the m maps of a channel are added up",
)
DEPTHWISE.wrong(
    "one channel's filters for all",
    LOOPS,
    ("kernel[:, :, c, d]", "kernel[:, :, 0, d]"),
    says="with the first channel's filters",
)
DEPTHWISE.wrong(
    "always the first channel",
    LOOPS,
    ("window[..., c]", "window[..., 0]"),
    says="every filter looks at the first channel",
)
DEPTHWISE.wrong(
    "flipped kernel",
    LOOPS,
    ("kernel[:, :, c, d]", "kernel[::-1, ::-1, c, d]"),
    says="your kernel is flipped",
)
DEPTHWISE.wrong(
    "right for the first image only",
    LOOPS,
    ("y[:, i, j, c * m + d]", "y[0, i, j, c * m + d]"),
    ("sum(axis=(1, 2))", "sum(axis=(1, 2))[0]"),
    says="only the first image",
)
DEPTHWISE.wrong(
    "the bias by channel",
    LOOPS,
    ("y + bias", "y + np.repeat(bias[:channels], m)"),
    says="all m maps of a channel get the same bias",
)
DEPTHWISE.wrong(
    "the bias before the maps are joined",
    EINSUM,
    (
        "    y = y.reshape",
        "    if bias is not None:\n        y = y + bias.reshape(kernel.shape[3], -1).T\n        bias = None\n    y = y.reshape",
    ),
    says="the biases are in another order",
)
DEPTHWISE.wrong("bias forgotten", EINSUM, ("y = y + bias", "y = y"), says="the bias is not added")
DEPTHWISE.wrong(
    "stride ignored",
    EINSUM,
    ("    windows = windows[:, ::stride, ::stride]\n", ""),
    says="the stride has no effect",
)
DEPTHWISE.wrong(
    "stride on the columns only",
    EINSUM,
    ("[:, ::stride, ::stride]", "[:, :, ::stride]"),
    says="the stride works on the columns only",
)
DEPTHWISE.wrong(
    "the odd row of zeros at the top",
    EINSUM,
    ("(total // 2, total - total // 2)", "(total - total // 2, total // 2)"),
    says="Keras puts it last",
)
DEPTHWISE.wrong(
    "padding ignored",
    LOOPS,
    ('if padding == "same"', 'if padding == "SAME"'),
    says="the output without padding",
)
DEPTHWISE.wrong(
    "the other axes padded",
    EINSUM,
    ("x = np.pad(x, pads + [(0, 0)])", "x = np.pad(x, [(0, 0)] + pads)"),
    says=None,
)
DEPTHWISE.wrong(
    "a ReLU at the end",
    EINSUM,
    ("    return y\n", "    return np.maximum(y, 0)\n"),
    says="you apply a ReLU",
)
DEPTHWISE.wrong(
    "the input padded in place",
    LOOPS,
    ("    images, height", "    x[:, 0] = x[:, 0] * 1.5\n    images, height"),
    says="changes its input `x`",
)
DEPTHWISE.wrong(
    "numbers of the image's type",
    LOOPS,
    ("channels * m))", "channels * m), x.dtype)"),
    says="your results lose their decimals",
)
DEPTHWISE.wrong(
    "Keras does it",
    """
def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid"):
    layer = keras.layers.DepthwiseConv2D(kernel.shape[:2], depth_multiplier=kernel.shape[3], strides=stride, padding=padding, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([kernel])
    y = np.array(layer(x))
    return y if bias is None else y + bias
""",
    before="import keras",
    says="lets Keras do the work",
)
DEPTHWISE.wrong(
    "the numbers of the visible case",
    LOOPS,
    ("    kh, kw, channels, m = kernel.shape\n", "    kh, kw, channels, m = 3, 2, 3, 2\n"),
    says=None,
)
DEPTHWISE.wrong(
    "a NumPy scalar",
    LOOPS,
    ("return y if bias", "return y.sum() if bias"),
    says="you add up over everything",
)

DEPTHWISE.wrong(
    "stride only where there is padding",
    EINSUM,
    ("    windows = np", "    else:\n        stride = 1\n    windows = np"),
    says="the stride has no effect",
)

# ---------------------------------------------------------------- depthwise_params

PARAMS = Corpus("depthwise_params")
COUNTED = """
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    weights = kh * kw * in_channels * depth_multiplier
    biases = in_channels * depth_multiplier if use_bias else 0
    return weights + biases
"""
PARAMS.right("weights and biases", COUNTED)
PARAMS.right(
    "map by map",
    """
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    maps = 0
    for channel in range(in_channels):
        for filter in range(depth_multiplier):
            maps += 1
    return maps * (kernel_size[0] * kernel_size[1] + (1 if use_bias else 0))
""",
)
PARAMS.right(
    "math.prod",
    """
from math import prod

def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True, **options):
    return in_channels * depth_multiplier * (prod(kernel_size) + bool(use_bias))
""",
)
PARAMS.right(
    "NumPy's int",
    """
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kernel = np.empty((*kernel_size, in_channels, depth_multiplier))
    bias = np.empty(kernel.shape[2] * kernel.shape[3]) if use_bias else np.empty(0)
    return np.int32(kernel.size + bias.size)
""",
)
PARAMS.wrong(
    "a normal convolution's",
    COUNTED,
    ("kh * kw * in_channels *", "kh * kw * in_channels * in_channels *"),
    says="this is a normal convolution",
)
PARAMS.wrong(
    "multiplier forgotten",
    COUNTED,
    ("kh * kw * in_channels * depth_multiplier", "kh * kw * in_channels"),
    ("biases = in_channels * depth_multiplier", "biases = in_channels"),
    says="the depth multiplier is missing",
)
PARAMS.wrong(
    "channels forgotten",
    COUNTED,
    ("kh * kw * in_channels * ", "kh * kw * "),
    says="the filters of a single channel",
)
PARAMS.wrong(
    "multiplier added",
    COUNTED,
    ("kh * kw * in_channels * depth_multiplier", "kh * kw * (in_channels + depth_multiplier)"),
    says="you add the multiplier to the channels",
)
PARAMS.wrong(
    "a square kernel", COUNTED, ("kh * kw *", "kw * kw *"), says="take the kernel for a square one"
)
PARAMS.wrong(
    "bias forgotten", COUNTED, ("weights + biases", "weights"), says="leave out the biases"
)
PARAMS.wrong(
    "one bias",
    COUNTED,
    ("biases = in_channels * depth_multiplier", "biases = 1"),
    says="one bias for the whole layer",
)
PARAMS.wrong(
    "a bias for each channel",
    COUNTED,
    ("biases = in_channels * depth_multiplier", "biases = in_channels"),
    says="one bias for each channel",
)
PARAMS.wrong(
    "biases that are not there",
    COUNTED,
    (" if use_bias else 0", ""),
    says="biases that are not there",
)
PARAMS.wrong(
    "a float",
    COUNTED,
    ("return weights + biases", "return float(weights + biases)"),
    says="not an int",
)
PARAMS.wrong(
    "a pair", COUNTED, ("return weights + biases", "return weights, biases"), says="not an int"
)

# ---------------------------------------------------------------- depthwise_macs

MACS = Corpus("depthwise_macs")
WORK = """
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    (h, w), (kh, kw) = input_size, kernel_size
    if padding == "same":
        oh, ow = -(-h // stride), -(-w // stride)
    else:
        oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    return oh * ow * kh * kw * in_channels * depth_multiplier
"""
MACS.right("positions times weights", WORK)
MACS.right(
    "with depthwise_params of an earlier cell",
    """
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    positions = 1
    for n, k in zip(input_size, kernel_size):
        positions *= -(-n // stride) if padding == "same" else (n - k) // stride + 1
    return positions * depthwise_params(kernel_size, in_channels, depth_multiplier, use_bias=False)
""",
)
MACS.right(
    "counted window by window",
    """
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    last = [n if padding == "same" else n - k + 1 for n, k in zip(input_size, kernel_size)]
    windows = [(i, j) for i in range(0, last[0], stride) for j in range(0, last[1], stride)]
    return len(windows) * kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier
""",
)
MACS.right(
    "np.ceil",
    """
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    size = np.array(input_size) - (0 if padding == "same" else np.array(kernel_size) - 1)
    return int(np.ceil(size / stride).prod()) * int(np.prod(kernel_size)) * in_channels * depth_multiplier
""",
)
MACS.wrong(
    "at every input pixel",
    WORK,
    ("return oh * ow", "return h * w"),
    says="a window at every input pixel",
)
MACS.wrong(
    "stride ignored",
    WORK,
    ("-(-h // stride), -(-w // stride)", "h, w"),
    ("(h - kh) // stride + 1, (w - kw) // stride + 1", "h - kh + 1, w - kw + 1"),
    says="the work for stride 1",
)
MACS.wrong(
    "padding ignored",
    WORK,
    ('padding == "same"', 'padding == "full"'),
    says="the work without padding",
)
MACS.wrong(
    "one stop missing",
    WORK,
    ("(h - kh) // stride + 1, (w - kw) // stride + 1", "(h - kh) // stride, (w - kw) // stride"),
    says="one stop is missing",
)
MACS.wrong(
    "same rounded down",
    WORK,
    ("-(-h // stride), -(-w // stride)", "h // stride, w // stride"),
    says="round n / stride down",
)
MACS.wrong(
    "a normal convolution's",
    WORK,
    ("kh * kw * in_channels *", "kh * kw * in_channels**2 *"),
    says="this is a normal convolution",
)
MACS.wrong(
    "multiplier forgotten",
    WORK,
    (" * depth_multiplier", ""),
    says="the depth multiplier is missing",
)
MACS.wrong(
    "channels forgotten", WORK, (" * in_channels", ""), says="the filters of a single channel"
)
MACS.wrong(
    "the bias counted",
    WORK,
    ("kh * kw * in", "(kh * kw + 1) * in"),
    says="adding the bias as a multiply-add",
)
MACS.wrong(
    "two for each product",
    WORK,
    ("return oh", "return 2 * oh"),
    says="a product and its sum as two",
)
MACS.wrong(
    "stride on the rows only",
    WORK,
    ("-(-w // stride)", "w"),
    ("(w - kw) // stride + 1", "w - kw + 1"),
    says="the stride works on the rows only",
)
MACS.wrong(
    "height and width swapped",
    WORK,
    ("(h, w), (kh", "(w, h), (kh"),
    says="height and width are swapped",
)

MACS.wrong(
    "a shortcut for the plain case",
    WORK,
    (
        "    if padding",
        '    if stride == 1 and padding == "valid":\n        padding = "same"\n    if padding',
    ),
    says="a window at every input pixel",
)

# ---------------------------------------------------------------- as_normal_kernel

AS_NORMAL = Corpus("as_normal_kernel")
PLACED = """
def as_normal_kernel(kernel):
    kh, kw, channels, m = kernel.shape
    normal = np.zeros((kh, kw, channels, channels * m))
    for c in range(channels):
        for j in range(m):
            normal[:, :, c, c * m + j] = kernel[:, :, c, j]
    return normal
"""
AS_NORMAL.right("placed one by one", PLACED)
AS_NORMAL.right(
    "an einsum with the identity",
    """
def as_normal_kernel(kernel):
    kh, kw, c, m = kernel.shape
    return np.einsum("abcm,cd->abcdm", kernel, np.eye(c)).reshape(kh, kw, c, c * m)
""",
)
AS_NORMAL.right(
    "a mask, float32",
    """
def as_normal_kernel(kernel, dtype="float32"):
    kh, kw, c, m = kernel.shape
    flat = kernel.reshape(kh, kw, 1, c * m)
    mask = np.arange(c)[:, None] == np.arange(c * m)[None] // m
    return (flat * mask).astype(dtype)
""",
)
AS_NORMAL.right(
    "fed with ones, by a helper, as a list",
    """
def as_normal_kernel(kernel):
    columns = [column(kernel, f) for f in range(kernel.shape[2] * kernel.shape[3])]
    return np.moveaxis(np.array(columns), 0, -1).tolist()
""",
    before="""
def column(kernel, f):
    one = np.zeros(kernel.shape[:3])
    c, j = divmod(f, kernel.shape[3])
    one[:, :, c] = kernel[:, :, c, j]
    return one
""",
)
AS_NORMAL.wrong(
    "weights for every channel",
    PLACED,
    (
        "normal[:, :, c, c * m + j] = kernel[:, :, c, j]",
        "normal[:, :, :, c * m + j] = kernel[:, :, c, j][..., None]",
    ),
    says="every map sees every channel",
)
AS_NORMAL.wrong(
    "j*C + c for c*m + j",
    PLACED,
    ("c * m + j]", "j * channels + c]"),
    says="the maps are in another order",
)
AS_NORMAL.wrong(
    "the last filter only",
    PLACED,
    ("c * m + j]", "c * m + m - 1]"),
    says="of each channel's m filters only the last one",
)
AS_NORMAL.wrong(
    "the first filter for all",
    PLACED,
    ("kernel[:, :, c, j]", "kernel[:, :, c, 0]"),
    says="all m maps of a channel have its first filter",
)
AS_NORMAL.wrong(
    "multiplier ignored",
    """
def as_normal_kernel(kernel):
    kh, kw, c, m = kernel.shape
    normal = np.zeros((kh, kw, c, c))
    for i in range(c):
        normal[:, :, i, i] = kernel[:, :, i, 0]
    return normal
""",
    says="one map for each channel",
)
AS_NORMAL.wrong(
    "only reshaped",
    """
def as_normal_kernel(kernel):
    kh, kw, c, m = kernel.shape
    return kernel.reshape(kh, kw, 1, c * m)
""",
    says="the kernel is only reshaped",
)
AS_NORMAL.wrong(
    "channels and maps swapped",
    PLACED,
    ("    return normal", "    return normal.transpose(0, 1, 3, 2)"),
    says="channels and maps have changed places",
)
AS_NORMAL.wrong(
    "flipped",
    PLACED,
    ("kernel[:, :, c, j]", "kernel[::-1, ::-1, c, j]"),
    says="the kernel is flipped",
)
AS_NORMAL.wrong(
    "height and width swapped",
    PLACED,
    ("    return normal", "    return normal.transpose(1, 0, 2, 3)"),
    says="height and width of the kernel are swapped",
)
AS_NORMAL.wrong(
    "remainder for quotient",
    """
def as_normal_kernel(kernel):
    kh, kw, c, m = kernel.shape
    normal = np.zeros((kh, kw, c, c * m))
    for f in range(c * m):
        normal[:, :, f % c, f] = kernel[:, :, f // m, f % m]
    return normal
""",
    says="stand at channel f % C",
)
AS_NORMAL.wrong(
    "never filled",
    PLACED,
    ("normal[:, :, c, c * m + j] = kernel[:, :, c, j]", "normal[:, :, c, c * m + j]"),
    says="all zeros",
)
AS_NORMAL.wrong(
    "identity repeated",
    PLACED,
    ("np.zeros((kh, kw, channels, channels * m))", "np.ones((kh, kw, channels, channels * m))"),
    says="where a map does not see a channel",
)
AS_NORMAL.wrong(
    "out of range",
    PLACED,
    ("c * m + j]", "(c + 1) * m + j]"),
    says=None,
)

# ---------------------------------------------------------------- depthwise_backward

BACKWARD = Corpus("depthwise_backward")
GATHER = """
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, channels, m = kernel.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    parts = dy.reshape(*dy.shape[:3], channels, m)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            dx[:, rows, columns] += np.einsum("ncm,abcm->nabc", parts[:, i, j], kernel)
            dkernel += np.einsum("ncm,nabc->abcm", parts[:, i, j], x[:, rows, columns])
    dbias = dy.sum(axis=(0, 1, 2))
    return dx, dkernel, dbias
"""
BACKWARD.right("window by window", GATHER)
BACKWARD.right(
    "channel by channel",
    """
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, channels, m = kernel.shape
    _, oh, ow, _ = dy.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for c in range(channels):
        for d in range(m):
            g = dy[..., c * m + d]
            for a in range(kh):
                for b in range(kw):
                    for i in range(oh):
                        for j in range(ow):
                            dx[:, i * stride + a, j * stride + b, c] += g[:, i, j] * kernel[a, b, c, d]
                            dkernel[a, b, c, d] += (g[:, i, j] * x[:, i * stride + a, j * stride + b, c]).sum()
    return dx, dkernel, np.array([dy[..., f].sum() for f in range(channels * m)])
""",
)
BACKWARD.right(
    "tap by tap, as a list",
    """
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, c, m = kernel.shape
    n, oh, ow, _ = dy.shape
    split = dy.reshape(n, oh, ow, c, m)
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for a, b in np.ndindex(kh, kw):
        seen = np.s_[:, a : a + oh * stride : stride, b : b + ow * stride : stride]
        dx[seen] += (split * kernel[a, b]).sum(axis=-1)
        dkernel[a, b] = (split * x[seen][..., None]).sum(axis=(0, 1, 2))
    return [dx, dkernel, split.sum(axis=(0, 1, 2)).ravel()]
""",
)
BACKWARD.wrong(
    "whole numbers like x",
    GATHER,
    ("np.zeros(x.shape), np.zeros(kernel.shape)", "np.zeros_like(x), np.zeros_like(kernel)"),
    says="your gradients lose their decimals",
)
BACKWARD.right(
    "by the normal convolution's, float32, noisy",
    """
import warnings

def depthwise_backward(dy, x, kernel, stride=1, verbose=True):
    warnings.warn("the long way round")
    print(dy.shape)
    kh, kw, c, m = kernel.shape
    dx, dkernel = np.zeros(x.shape, "float32"), np.zeros(kernel.shape, "float32")
    for ch in range(c):
        g = dy[..., ch * m : (ch + 1) * m]
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                top, left = i * stride, j * stride
                dx[:, top : top + kh, left : left + kw, ch] += np.einsum("nm,abm->nab", g[:, i, j], kernel[:, :, ch])
                dkernel[:, :, ch] += np.einsum("nm,nab->abm", g[:, i, j], x[:, top : top + kh, left : left + kw, ch])
    return dx, dkernel, dy.sum((0, 1, 2)).astype("float32")
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
    "dx never filled",
    GATHER,
    (
        '            dx[:, rows, columns] += np.einsum("ncm,abcm->nabc", parts[:, i, j], kernel)\n',
        "",
    ),
    says="all zeros",
)
BACKWARD.wrong(
    "the order j*C + c",
    GATHER,
    (
        "dy.reshape(*dy.shape[:3], channels, m)",
        "dy.reshape(*dy.shape[:3], m, channels).swapaxes(3, 4)",
    ),
    says="you read dy in the order j·C + c",
)
BACKWARD.wrong(
    "the first multiplier in dx",
    GATHER,
    (
        '"ncm,abcm->nabc", parts[:, i, j], kernel',
        '"nc,abc->nabc", parts[:, i, j, :, 0], kernel[..., 0]',
    ),
    says="only the first of each channel's m maps is in dx",
)
BACKWARD.wrong(
    "channels mixed in dx",
    GATHER,
    (
        '"ncm,abcm->nabc", parts[:, i, j], kernel)',
        '"ncm,abcm->nab", parts[:, i, j], kernel)[..., None]',
    ),
    says="hears from the maps of all channels",
)
BACKWARD.wrong(
    "dkernel summed over the multipliers",
    GATHER,
    (
        '"ncm,nabc->abcm", parts[:, i, j], x[:, rows, columns])',
        '"ncm,nabc->abc", parts[:, i, j], x[:, rows, columns])[..., None]',
    ),
    says="dkernel is summed over the multipliers",
)
BACKWARD.wrong(
    "dbias for each channel",
    GATHER,
    ("dy.sum(axis=(0, 1, 2))", "parts.sum(axis=(0, 1, 2, 4))"),
    says="dbias is summed over the multipliers",
)
BACKWARD.wrong(
    "dbias in the order j*C + c",
    GATHER,
    ("dy.sum(axis=(0, 1, 2))", "parts.sum(axis=(0, 1, 2)).T.ravel()"),
    says="in the order j·C + c",
)
BACKWARD.wrong("dbias a mean", GATHER, ("dy.sum(axis", "dy.mean(axis"), says="dbias is a mean")
BACKWARD.wrong(
    "kernel flipped in dx",
    GATHER,
    ("parts[:, i, j], kernel)", "parts[:, i, j], kernel[::-1, ::-1])"),
    says="in dx your kernel lies the wrong way round",
)
BACKWARD.wrong(
    "dkernel flipped",
    GATHER,
    ("return dx, dkernel,", "return dx, dkernel[::-1, ::-1],"),
    says="dkernel is flipped",
)
BACKWARD.wrong(
    "kernel mirrored in dx",
    GATHER,
    ("parts[:, i, j], kernel)", "parts[:, i, j], kernel[:, ::-1])"),
    says="in dx your kernel is mirrored",
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
    "averaged over the batch",
    GATHER,
    ("return dx, dkernel,", "return dx, dkernel / x.shape[0],"),
    says="divided by the number of images",
)
BACKWARD.wrong(
    "the items swapped",
    GATHER,
    ("return dx, dkernel, dbias", "return dkernel, dx, dbias"),
    says="the items have changed places",
)
BACKWARD.wrong(
    "a dictionary",
    GATHER,
    ("return dx, dkernel, dbias", "return {'dx': dx, 'dkernel': dkernel, 'dbias': dbias}"),
    says="return the tuple (dx, dkernel, dbias)",
)

BACKWARD.wrong(
    "stride 1 by a shortcut that flips dkernel",
    GATHER,
    ("    dbias", "    if stride == 1:\n        dkernel = dkernel[::-1, ::-1]\n    dbias"),
    says="dkernel is flipped",
)
BACKWARD.wrong(
    "stride 1 by a shortcut that averages dx",
    GATHER,
    ("    dbias", "    if stride == 1:\n        dx = dx / len(x)\n    dbias"),
    says="dx is divided by the number of images",
)

# ---------------------------------------------------------------- isolates_channels

ISOLATES = Corpus("isolates_channels")
CHANGED = """
def isolates_channels(layer, channels):
    rng = np.random.default_rng(7)
    for c in range(channels):
        x = rng.normal(size=(2, 8, 9, channels))
        other = x.copy()
        other[..., c] = rng.normal(size=x.shape[:3])
        difference = np.abs(layer(other) - layer(x)).max(axis=(0, 1, 2))
        m = len(difference) // channels
        for f in range(len(difference)):
            if f // m != c and difference[f] > 0:
                return False
    return True
"""
ISOLATES.right("changed channel by channel", CHANGED)
ISOLATES.right(
    "the others changed",
    """
def isolates_channels(layer, channels):
    x = np.random.normal(size=(3, 9, 9, channels))
    y = np.array(layer(x))
    m = y.shape[-1] // channels
    for c in range(channels):
        noisy = np.random.normal(size=x.shape)
        noisy[..., c] = x[..., c]
        again = np.array(layer(noisy))
        if not np.allclose(again[..., c * m : (c + 1) * m], y[..., c * m : (c + 1) * m], rtol=0, atol=1e-12):
            return False
    return True
""",
)
ISOLATES.right(
    "a table of who hears whom",
    """
def isolates_channels(layer, channels):
    table = hears(layer, channels)
    m = table.shape[1] // channels
    allowed = np.repeat(np.eye(channels, dtype=bool), m, axis=1)
    print("table of influences", table.shape)
    return np.bool_(not (table & ~allowed).any())
""",
    before="""
def hears(layer, channels):
    rows = []
    for c in range(channels):
        x = np.random.default_rng(c).uniform(-1, 1, size=(4, 7, 7, channels))
        y = np.asarray(layer(x))
        x = x.copy()
        x[:, :, :, c] = np.random.default_rng(99 + c).uniform(-1, 1, size=(4, 7, 7))
        rows.append((np.asarray(layer(x)) != y).any(axis=(0, 1, 2)))
    return np.array(rows)
""",
)
ISOLATES.right(
    "asserts, and a try",
    """
import warnings

def isolates_channels(layer, channels, tries=3):
    warnings.warn("trying")
    rng = np.random.default_rng()
    try:
        for _ in range(tries):
            x = rng.standard_normal((1, 6, 10, channels))
            y = layer(x)
            for c in range(channels):
                z = x.copy()
                z[..., c] += rng.standard_normal((1, 6, 10))
                moved = layer(z) - y
                own = np.arange(y.shape[3]) // (y.shape[3] // channels) == c
                np.testing.assert_array_equal(moved[..., ~own], 0)
    except AssertionError:
        return False
    return True
""",
)
ISOLATES.wrong(
    "always True",
    "def isolates_channels(layer, channels):\n    return True\n",
    says="True of every layer",
)
ISOLATES.wrong(
    "always False",
    "def isolates_channels(layer, channels):\n    return False\n",
    says="False of every layer",
)
ISOLATES.wrong(
    "the wrong way round",
    CHANGED,
    (
        "                return False\n    return True",
        "                return True\n    return False",
    ),
    says="the other way round",
)
ISOLATES.wrong(
    "channel 0 only",
    CHANGED,
    ("for c in range(channels):", "for c in [0]:"),
    says="your test changes only channel 0 by itself",
)
ISOLATES.wrong(
    "return inside of the loop",
    CHANGED,
    (
        "                return False\n    return True",
        "                return False\n        return True",
    ),
    says="your test changes only channel 0 by itself",
)
ISOLATES.wrong(
    "the last channel left out",
    CHANGED,
    ("for c in range(channels):", "for c in range(channels - 1):"),
    says="never changes the last channel",
)
ISOLATES.wrong(
    "1 added everywhere",
    CHANGED,
    ("other[..., c] = rng.normal(size=x.shape[:3])", "other[..., c] += 1"),
    says="no edge detector sees",
)
ISOLATES.wrong(
    "images of ones",
    CHANGED,
    ("rng.normal(size=(2, 8, 9, channels))", "np.ones((2, 8, 9, channels))"),
    ("other[..., c] = rng.normal(size=x.shape[:3])", "other[..., c] += 1"),
    says="changes every pixel of a channel alike",
)
ISOLATES.wrong(
    "one pixel changed",
    CHANGED,
    ("other[..., c] = rng.normal(size=x.shape[:3])", "other[:, 3, 3, c] += 1"),
    says="changes only one pixel of a channel",
)
ISOLATES.wrong(
    "sums compared",
    CHANGED,
    (
        "np.abs(layer(other) - layer(x)).max(axis=(0, 1, 2))",
        "np.abs((layer(other) - layer(x)).sum(axis=(0, 1, 2)))",
    ),
    ("> 0:", "> 1e-9:"),
    says="plus and minus cancel",
)
ISOLATES.wrong("small leaks pass", CHANGED, ("> 0:", "> 0.1:"), says="lets a small leak pass")
ISOLATES.wrong(
    "one map for each channel",
    CHANGED,
    ("f // m != c", "f != c"),
    says="each channel makes one map",
)
ISOLATES.wrong(
    "the order j*C + c", CHANGED, ("f // m != c", "f % channels != c"), says="in the order j·C + c"
)
ISOLATES.wrong(
    "only how many",
    CHANGED,
    (
        "        for f in range(len(difference)):\n            if f // m != c and difference[f] > 0:\n                return False",
        "        if (difference > 0).sum() != m:\n            return False",
    ),
    says="counts the maps that change",
)
ISOLATES.wrong(
    "the others have to be 0",
    CHANGED,
    (
        "other = x.copy()\n        other[..., c] = rng.normal(size=x.shape[:3])",
        "other = np.zeros(x.shape)\n        other[..., c] = x[..., c]",
    ),
    ("np.abs(layer(other) - layer(x))", "np.abs(layer(other))"),
    says="wants the other maps to be 0",
)
ISOLATES.wrong(
    "one culprit",
    """
def isolates_channels(layer, channels):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2, 8, 9, channels))
    for c in range(channels):
        other = x.copy()
        other[..., c] = rng.normal(size=x.shape[:3])
        moved = np.abs(layer(other) - layer(x)).max(axis=(0, 1, 2)) > 0
        reached = moved.reshape(channels, -1).any(axis=1)
        if not reached[c] or reached.sum() == 2:
            return False
    return True
""",
    says="and none into those of several",
)
ISOLATES.wrong(
    "the same array changed",
    CHANGED,
    ("other = x.copy()", "other = x"),
    says="and some are the same",
)
ISOLATES.wrong(
    "close is enough",
    CHANGED,
    (
        "np.abs(layer(other) - layer(x)).max(axis=(0, 1, 2))",
        "(~np.isclose(layer(other), layer(x))).any(axis=(0, 1, 2))",
    ),
    says="of a channel leaks, in maps of numbers about 100",
)
ISOLATES.wrong(
    "a millionth is allowed",
    CHANGED,
    ("> 0:", "> 1e-6:"),
    says="does not see where a ten-millionth of a channel leaks.",
)
ISOLATES.wrong(
    "one channel lit after the other",
    CHANGED,
    ("rng.normal(size=(2, 8, 9, channels))", "np.zeros((2, 8, 9, channels))"),
    says="all channels are 0 but those that you change",
)
ISOLATES.wrong(
    "the others are ones",
    CHANGED,
    ("rng.normal(size=(2, 8, 9, channels))", "np.ones((2, 8, 9, channels))"),
    says="the channels that you do not change are even",
)
ISOLATES.wrong(
    "the last map of each channel",
    CHANGED,
    ("for f in range(len(difference)):", "for f in range(m - 1, len(difference), m):"),
    says="sees a leak only into the third",
)
ISOLATES.wrong(
    "the first map of each channel",
    CHANGED,
    ("for f in range(len(difference)):", "for f in range(0, len(difference), m):"),
    says="sees a leak only into the first",
)
ISOLATES.wrong(
    "a string", CHANGED, ("    return True", "    return 'isolated'"), says="not True or False"
)
ISOLATES.wrong(
    "too small an image",
    CHANGED,
    ("(2, 8, 9, channels)", "(2, 2, 2, channels)"),
    says="H and W from 4 up",
)

CORPORA = [DEPTHWISE, PARAMS, MACS, AS_NORMAL, BACKWARD, ISOLATES]
