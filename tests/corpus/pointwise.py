"""Assignment 3: pointwise and separable convolution, one kernel for two and back, whole networks."""

from tests.corpus import Corpus

# ---------------------------------------------------------------- pointwise_conv2d

POINTWISE = Corpus("pointwise_conv2d")
MATMUL = """
def pointwise_conv2d(x, kernel, bias=None):
    y = x @ kernel[0, 0]
    if bias is not None:
        y = y + bias
    return y
"""
FLAT = """
def pointwise_conv2d(x, kernel, bias=None):
    n, h, w, c = x.shape
    weights = kernel.reshape(c, -1)
    y = (x.reshape(-1, c) @ weights).reshape(n, h, w, -1)
    return y if bias is None else y + bias
"""
POINTWISE.right("a matrix product", MATMUL)
POINTWISE.right("pixels in a long list", FLAT)
POINTWISE.right(
    "einsum, as a list",
    """
def pointwise_conv2d(x, kernel, bias=None):
    return (np.einsum("nhwc,cf->nhwf", x, np.squeeze(kernel, (0, 1))) + (0 if bias is None else bias)).tolist()
""",
)
POINTWISE.right(
    "loops, float32, noisy",
    """
import warnings

def pointwise_conv2d(x, kernel, bias=None, verbose=True):
    warnings.warn("slow")
    print("mixing", x.shape)
    y = np.zeros((*x.shape[:3], kernel.shape[3]), "float32")
    for f in range(kernel.shape[3]):
        for c in range(kernel.shape[2]):
            y[..., f] += (x[..., c] * kernel[0, 0, c, f]).astype("float32")
        if bias is not None:
            y[..., f] += bias[f]
    return y
""",
)
POINTWISE.right(
    "tensordot in a helper, as a Keras tensor",
    """
def pointwise_conv2d(x, kernel, bias=None):
    y = mixed(x, kernel)
    y = y if bias is None else np.add(y, bias)
    return keras.ops.convert_to_tensor(y)
""",
    before="""
def mixed(x, kernel):
    return np.tensordot(x, kernel, axes=(3, 2))[:, :, :, 0, 0]
""",
)
POINTWISE.right(
    "the kernel as it is: NumPy stretches its 1 × 1", MATMUL, ("x @ kernel[0, 0]", "x @ kernel")
)
POINTWISE.wrong(
    "the kernel reshaped to (F, C)",
    FLAT,
    ("kernel.reshape(c, -1)", "kernel.reshape(-1, c).T"),
    says="its (C, F) numbers are read as (F, C)",
)
POINTWISE.wrong(
    "the channels first",
    FLAT,
    ("x.reshape(-1, c)", "x.reshape(c, -1).T"),
    says="numbers of different pixels are mixed",
)
POINTWISE.wrong(
    "the filters first",
    FLAT,
    ("(x.reshape(-1, c) @ weights)", "(weights.T @ x.reshape(-1, c).T)"),
    says="most stand in the wrong place",
)
POINTWISE.wrong(
    "channels averaged",
    MATMUL,
    ("x @ kernel[0, 0]", "x @ kernel[0, 0] / x.shape[3]"),
    says="you average over the channels",
)
POINTWISE.wrong(
    "channels not summed",
    MATMUL,
    ("x @ kernel[0, 0]", "x[..., None] * kernel[0, 0]"),
    says="one map for each input channel",
)
POINTWISE.wrong(
    "bias forgotten",
    MATMUL,
    ("    if bias is not None:\n        y = y + bias\n", ""),
    says="the bias is not added",
)
POINTWISE.wrong(
    "bias for each channel",
    MATMUL,
    ("y + bias", "y + x.shape[3] * bias"),
    says="once for every input channel",
)
POINTWISE.wrong(
    "only the first channel",
    MATMUL,
    ("x @ kernel[0, 0]", "x[..., :1] * kernel[0, 0, 0]"),
    says="only the first channel is in the sum",
)
POINTWISE.wrong(
    "rows and columns swapped",
    FLAT,
    (".reshape(n, h, w, -1)", ".reshape(n, h, w, -1).swapaxes(1, 2)"),
    says="rows and columns of the output are swapped",
)
POINTWISE.wrong(
    "the first image for all",
    MATMUL,
    ("x @ kernel", "x[:1].repeat(len(x), 0) @ kernel"),
    says="every output shows the first image",
)
POINTWISE.wrong("a ReLU", MATMUL, ("    return y", "    return y.clip(0)"), says="you apply a ReLU")
POINTWISE.wrong(
    "bias added in place",
    MATMUL,
    ("y = x @ kernel[0, 0]", "x /= 2\n    y = 2 * x @ kernel[0, 0]"),
    says="changes its input `x`",
)
POINTWISE.wrong(
    "rounded",
    MATMUL,
    ("    return y", "    return y.astype(int)"),
    says="cut down to whole numbers",
)
POINTWISE.wrong(
    "Keras does it",
    """
def pointwise_conv2d(x, kernel, bias=None):
    x, kernel = x.astype(float), kernel.astype(float)
    y = np.asarray(keras.ops.conv(x, kernel, data_format="channels_last"))
    return y if bias is None else y + bias
""",
    says="lets Keras do the work",
)

POINTWISE.wrong(
    "numbers of the image's type",
    MATMUL,
    ("y = x @ kernel[0, 0]", "y = (x @ kernel[0, 0]).astype(x.dtype)"),
    says="your results lose their decimals",
)

# ---------------------------------------------------------------- separable_conv2d

SEPARABLE = Corpus("separable_conv2d")
TWO_STEPS = """
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    maps = depthwise_conv2d(x, depthwise_kernel, stride=stride, padding=padding)
    y = maps @ pointwise_kernel[0, 0]
    return y if bias is None else y + bias
"""
BY_HAND = """
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    kh, kw, channels, m = depthwise_kernel.shape
    if padding == "same":
        pads = [(0, 0)]
        for n, k in zip(x.shape[1:3], (kh, kw)):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, pads + [(0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    maps = np.einsum("nijcab,abcm->nijcm", windows, depthwise_kernel)
    maps = maps.reshape(*maps.shape[:3], channels * m)
    y = maps @ pointwise_kernel[0, 0]
    return y if bias is None else y + bias
"""
SEPARABLE.right("the given step and a matrix product", TWO_STEPS)
SEPARABLE.right("both steps by hand", BY_HAND)
SEPARABLE.right(
    "with pointwise_conv2d of an earlier cell",
    """
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    between = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    return pointwise_conv2d(between, pointwise_kernel, bias)
""",
)
SEPARABLE.right(
    "one kernel for both, as a list",
    """
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid", **more):
    print("composing")
    kh, kw, c, m = depthwise_kernel.shape
    kernel = np.einsum("abcm,cmf->abcf", depthwise_kernel, pointwise_kernel.reshape(c, m, -1))
    if padding == "same":
        down, right = (max((-(-n // stride) - 1) * stride + k - n, 0) for n, k in zip(x.shape[1:], (kh, kw)))
        x = np.pad(x, [(0, 0), (down // 2, down - down // 2), (right // 2, right - right // 2), (0, 0)])
    y = 0
    for a in range(kh):
        for b in range(kw):
            y = y + x[:, a : x.shape[1] - kh + 1 + a : stride, b : x.shape[2] - kw + 1 + b : stride] @ kernel[a, b]
    return (y + (bias if bias is not None else 0)).tolist()
""",
)
SEPARABLE.wrong(
    "the depthwise step alone",
    TWO_STEPS,
    ("maps @ pointwise_kernel[0, 0]", "maps"),
    ("y if bias is None else y + bias", "y"),
    says="this is the depthwise step alone",
)
SEPARABLE.wrong(
    "a ReLU between",
    TWO_STEPS,
    ("y = maps @", "y = np.maximum(maps, 0) @"),
    says="a ReLU between the two steps",
)
SEPARABLE.wrong(
    "the bias after both steps",
    TWO_STEPS,
    ("y + bias", "y + 2 * bias"),
    says="the bias is added twice",
)
SEPARABLE.wrong(
    "a bias for each map",
    TWO_STEPS,
    ("y + bias", "y + maps.shape[3] * bias"),
    says="once for each of the C·m maps",
)
SEPARABLE.wrong(
    "bias in the depthwise step",
    TWO_STEPS,
    (
        "    y = maps",
        "    if bias is not None:\n        maps = maps + bias\n        bias = None\n    y = maps",
    ),
    says=None,
)
SEPARABLE.wrong(
    "stride in both steps",
    TWO_STEPS,
    ("    y = maps", "    maps = maps[:, ::stride, ::stride]\n    y = maps"),
    says="both steps stride",
)
SEPARABLE.wrong(
    "stride not handed on",
    TWO_STEPS,
    ("stride=stride", "stride=1"),
    says="the stride has no effect",
)
SEPARABLE.wrong(
    "stride in the second step only",
    TWO_STEPS,
    ("stride=stride", "stride=1"),
    ("maps @", "maps[:, ::stride, ::stride] @"),
    says="Does only the pointwise step know the stride?",
)
SEPARABLE.wrong(
    "padding not handed on",
    TWO_STEPS,
    ("padding=padding", 'padding="valid"'),
    says="the output without padding",
)
SEPARABLE.wrong(
    "maps in the order j*C + c",
    BY_HAND,
    ("maps = maps.reshape(", "maps = maps.swapaxes(3, 4).reshape("),
    says="the intermediate channels are in another order",
)
SEPARABLE.wrong(
    "only the first multiplier",
    BY_HAND,
    (
        "maps = maps.reshape(*maps.shape[:3], channels * m)",
        "maps, pointwise_kernel = maps[..., 0], pointwise_kernel[:, :, ::m]",
    ),
    says="only the first of each channel's m maps",
)
SEPARABLE.wrong(
    "maps averaged",
    TWO_STEPS,
    ("    return", "    y = y / maps.shape[3]\n    return"),
    says="the pointwise step averages over the maps",
)
SEPARABLE.wrong(
    "pointwise kernel reshaped",
    TWO_STEPS,
    ("pointwise_kernel[0, 0]", "pointwise_kernel.reshape(-1, maps.shape[3]).T"),
    says="numbers are read as (F, C·m)",
)
SEPARABLE.wrong(
    "depthwise kernel flipped",
    TWO_STEPS,
    ("(x, depthwise_kernel, stride=", "(x, depthwise_kernel[::-1, ::-1].copy(), stride="),
    says="the depthwise kernel is flipped",
)
SEPARABLE.wrong(
    "a normal convolution first",
    BY_HAND,
    ('"nijcab,abcm->nijcm"', '"nijcab,abcm->nijm"'),
    ("    maps = maps.reshape(*maps.shape[:3], channels * m)\n", ""),
    says=None,
)
SEPARABLE.wrong(
    "bias forgotten",
    TWO_STEPS,
    ("y if bias is None else y + bias", "y"),
    says="the bias is not added",
)
SEPARABLE.wrong(
    "Keras does both",
    """
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    y = keras.ops.separable_conv(x, depthwise_kernel, pointwise_kernel, stride, padding, "channels_last")
    y = keras.ops.convert_to_numpy(y)
    return y if bias is None else y + bias
""",
    says="lets Keras do the work",
)

SEPARABLE.wrong(
    "numbers of the image's type",
    TWO_STEPS,
    ("y = maps @ pointwise_kernel[0, 0]", "y = (maps @ pointwise_kernel[0, 0]).astype(x.dtype)"),
    says="your results lose their decimals",
)
SEPARABLE.wrong(
    "stride only where there is padding",
    TWO_STEPS,
    ("    maps", '    stride = stride if padding == "same" else 1\n    maps'),
    says="the stride has no effect",
)

# ---------------------------------------------------------------- separable_params

PARAMS = Corpus("separable_params")
COUNTED = """
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    depthwise = kh * kw * in_channels * depth_multiplier
    pointwise = in_channels * depth_multiplier * filters
    return depthwise + pointwise + (filters if use_bias else 0)
"""
PARAMS.right("step by step", COUNTED)
PARAMS.right(
    "map by map",
    """
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    maps, count = in_channels * depth_multiplier, 0
    for _ in range(maps):
        count += kernel_size[0] * kernel_size[1]
    for _ in range(filters):
        count += maps + int(use_bias)
    return count
""",
)
PARAMS.right(
    "sizes of arrays",
    """
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True, name="mine"):
    shapes = [(*kernel_size, in_channels, depth_multiplier), (1, 1, in_channels * depth_multiplier, filters)]
    shapes += [(filters,)] if use_bias else []
    return sum(np.prod(shape) for shape in shapes)
""",
)
PARAMS.right(
    "factored out",
    """
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    print("hello")
    return in_channels * depth_multiplier * (kernel_size[0] * kernel_size[1] + filters) + use_bias * filters
""",
)
PARAMS.wrong(
    "a normal convolution's",
    COUNTED,
    ("    return depthwise + pointwise +", "    return kh * kw * in_channels * filters +"),
    says="what a normal convolution costs",
)
PARAMS.wrong(
    "only the depthwise step",
    COUNTED,
    ("depthwise + pointwise +", "depthwise +"),
    says="the weights of the pointwise step are missing",
)
PARAMS.wrong(
    "only the pointwise step",
    COUNTED,
    ("depthwise + pointwise +", "pointwise +"),
    says="the weights of the depthwise step are missing",
)
PARAMS.wrong(
    "steps multiplied",
    COUNTED,
    ("depthwise + pointwise +", "depthwise * pointwise +"),
    says="you multiply the two steps",
)
PARAMS.wrong(
    "multiplier forgotten in the second step",
    COUNTED,
    ("in_channels * depth_multiplier * filters", "in_channels * filters"),
    says="missing in the pointwise step",
)
PARAMS.wrong(
    "multiplier forgotten",
    COUNTED,
    ("kh * kw * in_channels * depth_multiplier", "kh * kw * in_channels"),
    ("in_channels * depth_multiplier * filters", "in_channels * filters"),
    says="the depth multiplier is missing",
)
PARAMS.wrong(
    "biases in both steps",
    COUNTED,
    ("(filters if", "(filters + in_channels * depth_multiplier if"),
    says="biases after the depthwise step too",
)
PARAMS.wrong(
    "bias forgotten", COUNTED, (" + (filters if use_bias else 0)", ""), says="leave out the biases"
)
PARAMS.wrong("one bias", COUNTED, ("(filters if", "(1 if"), says="one bias for the whole layer")
PARAMS.wrong(
    "biases that are not there",
    COUNTED,
    ("(filters if use_bias else 0)", "filters"),
    says="biases that are not there",
)
PARAMS.wrong("a square kernel", COUNTED, ("kh * kw * in", "kh * kh * in"), says="a square one")
PARAMS.wrong("a float", COUNTED, ("return depthwise", "return 1.0 * depthwise"), says="not an int")

# ---------------------------------------------------------------- separable_macs

MACS = Corpus("separable_macs")
WORK = """
def separable_macs(input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"):
    (h, w), (kh, kw) = input_size, kernel_size
    if padding == "same":
        oh, ow = -(-h // stride), -(-w // stride)
    else:
        oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    maps = in_channels * depth_multiplier
    depthwise = oh * ow * kh * kw * maps
    pointwise = oh * ow * maps * filters
    return depthwise + pointwise
"""
MACS.right("step by step", WORK)
MACS.right(
    "with separable_params of an earlier cell",
    """
def separable_macs(input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"):
    positions = [-(-n // stride) if padding == "same" else (n - k) // stride + 1 for n, k in zip(input_size, kernel_size)]
    return positions[0] * positions[1] * separable_params(kernel_size, in_channels, filters, depth_multiplier, False)
""",
)
MACS.right(
    "window by window",
    """
def separable_macs(input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"):
    last = [n if padding == "same" else n - k + 1 for n, k in zip(input_size, kernel_size)]
    work = 0
    for i in range(0, last[0], stride):
        for j in range(0, last[1], stride):
            for map in range(in_channels * depth_multiplier):
                work += kernel_size[0] * kernel_size[1] + filters
    return work
""",
)
MACS.right(
    "np.ceil and np.prod",
    """
def separable_macs(input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"):
    reach = np.ones(2) if padding == "same" else np.array(kernel_size)
    positions = np.prod(np.ceil((np.array(input_size) - reach + 1) / stride))
    return int(positions * in_channels * depth_multiplier * (np.prod(kernel_size) + filters))
""",
)
MACS.wrong(
    "at every input pixel",
    WORK,
    ("    maps = in", "    oh, ow = h, w\n    maps = in"),
    says="a window at every input pixel",
)
MACS.wrong(
    "the pointwise step at every input pixel",
    WORK,
    ("pointwise = oh * ow", "pointwise = h * w"),
    says="the pointwise step at every input pixel",
)
MACS.wrong(
    "stride ignored",
    WORK,
    ("-(-h // stride), -(-w // stride)", "h, w"),
    ("(h - kh) // stride + 1, (w - kw) // stride + 1", "h - kh + 1, w - kw + 1"),
    says="the work for stride 1",
)
MACS.wrong("padding ignored", WORK, ('padding == "same"', "False"), says="the work without padding")
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
    "only the depthwise step",
    WORK,
    ("depthwise + pointwise", "depthwise"),
    says="the weights of the pointwise step are missing",
)
MACS.wrong(
    "only the pointwise step",
    WORK,
    ("return depthwise + pointwise", "return pointwise"),
    says="the weights of the depthwise step are missing",
)
MACS.wrong(
    "steps multiplied",
    WORK,
    ("return depthwise + pointwise", "return oh * ow * kh * kw * maps * maps * filters"),
    says="you multiply the two steps",
)
MACS.wrong(
    "kernels in the second step too",
    WORK,
    ("pointwise = oh * ow", "pointwise = kh * kw * oh * ow"),
    says="kernels of kh × kw in the pointwise step too",
)
MACS.wrong(
    "multiplier forgotten",
    WORK,
    ("in_channels * depth_multiplier", "in_channels"),
    says="the depth multiplier is missing",
)
MACS.wrong(
    "the bias counted",
    WORK,
    ("maps * filters", "(maps + 1) * filters"),
    says="adding the bias as a multiply-add",
)
MACS.wrong(
    "two for each product",
    WORK,
    ("return depthwise + pointwise", "return 2 * (depthwise + pointwise)"),
    says="a product and its sum as two",
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

# ---------------------------------------------------------------- compose

COMPOSE = Corpus("compose")
SUMMED = """
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, channels, m = depthwise_kernel.shape
    kernel = np.zeros((kh, kw, channels, pointwise_kernel.shape[3]))
    for c in range(channels):
        for j in range(m):
            taps, weights = depthwise_kernel[:, :, c, j], pointwise_kernel[0, 0, c * m + j]
            kernel[:, :, c] += taps[..., None] * weights
    return kernel
"""
COMPOSE.right("map by map", SUMMED)
COMPOSE.right(
    "einsum",
    """
def compose(depthwise_kernel, pointwise_kernel):
    c, m = depthwise_kernel.shape[2:]
    return np.einsum("abcm,cmf->abcf", depthwise_kernel, pointwise_kernel.reshape(c, m, -1))
""",
)
COMPOSE.right(
    "matrix products, float32",
    """
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, c, m = depthwise_kernel.shape
    print("composing", c, "channels")
    rows = pointwise_kernel.astype("f4").reshape(c, m, -1)
    columns = depthwise_kernel.astype("f4").reshape(kh * kw, c, m).transpose(1, 0, 2)
    return (columns @ rows).transpose(1, 0, 2).reshape(kh, kw, c, -1)
""",
)
COMPOSE.right(
    "four loops, as a list, with a helper",
    """
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, c, m = depthwise_kernel.shape
    f = pointwise_kernel.shape[-1]
    return [[[[weight(depthwise_kernel, pointwise_kernel, a, b, i, g) for g in range(f)] for i in range(c)] for b in range(kw)] for a in range(kh)]
""",
    before="""
def weight(d, p, a, b, c, f):
    m = d.shape[3]
    return sum(d[a, b, c, j] * p[0, 0, c * m + j, f] for j in range(m))
""",
)
COMPOSE.wrong(
    "= for +=",
    SUMMED,
    ("kernel[:, :, c] += ", "kernel[:, :, c] = "),
    says="only the last of each channel's m maps",
)
COMPOSE.wrong(
    "the order j*C + c",
    SUMMED,
    ("c * m + j]", "j * channels + c]"),
    says="the intermediate channels are in another order",
)
COMPOSE.wrong(
    "row c for every multiplier",
    SUMMED,
    ("c * m + j]", "c]"),
    says="meet row c of the pointwise kernel",
)
COMPOSE.wrong(
    "row j for every channel",
    SUMMED,
    ("c * m + j]", "j]"),
    says="meets row j of the pointwise kernel",
)
COMPOSE.wrong(
    "only the first multiplier",
    SUMMED,
    ("in range(m)", "in range(1)"),
    says="only the first of each channel's m maps",
)
COMPOSE.wrong(
    "multipliers averaged",
    SUMMED,
    ("    return kernel", "    return kernel / m"),
    says="you average over the multipliers",
)
COMPOSE.wrong(
    "kernels added",
    SUMMED,
    ("taps[..., None] * weights", "taps[..., None] + weights"),
    says="you add the two kernels' weights",
)
COMPOSE.wrong(
    "flipped",
    SUMMED,
    ("    return kernel", "    return kernel[::-1, ::-1]"),
    says="the depthwise kernel is flipped",
)
COMPOSE.wrong(
    "channels summed",
    SUMMED,
    ("    return kernel", "    return kernel.sum(axis=2)"),
    says="you sum over the channels",
)
COMPOSE.wrong(
    "the lesson's product for multiplier 1",
    "def compose(depthwise_kernel, pointwise_kernel):\n    return depthwise_kernel * pointwise_kernel\n",
    says="a product number by number",
)
COMPOSE.wrong(
    "a product along the last axis",
    "def compose(depthwise_kernel, pointwise_kernel):\n    kh, kw, c, m = depthwise_kernel.shape\n    return depthwise_kernel.reshape(kh, kw, c * m) @ pointwise_kernel[0, 0]\n",
    says="you sum over the channels",
)
COMPOSE.wrong(
    "never filled",
    SUMMED,
    ("            kernel[:, :, c] += taps[..., None] * weights\n", ""),
    says="all zeros",
)
COMPOSE.wrong(
    "height and width swapped",
    SUMMED,
    ("    return kernel", "    return kernel.swapaxes(0, 1)"),
    says="height and width are swapped",
)
COMPOSE.wrong(
    "the kernel changed in place",
    SUMMED,
    ("    return kernel", "    depthwise_kernel *= 2\n    return kernel"),
    says="changes its input `depthwise_kernel`",
)

COMPOSE.wrong(
    "axes of length 1 squeezed away",
    """
def compose(depthwise_kernel, pointwise_kernel):
    c, m = depthwise_kernel.shape[2:]
    taps, weights = np.squeeze(depthwise_kernel), np.squeeze(pointwise_kernel)
    return np.einsum("abcm,cmf->abcf", taps, weights.reshape(c, m, -1))
""",
    says=None,
)

# ---------------------------------------------------------------- factor

FACTOR = Corpus("factor")
SVD = """
def factor(kernel, depth_multiplier):
    kh, kw, channels, filters = kernel.shape
    m = depth_multiplier
    depthwise = np.zeros((kh, kw, channels, m))
    pointwise = np.zeros((1, 1, channels * m, filters))
    for c in range(channels):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, filters), full_matrices=False)
        depthwise[:, :, c] = (u[:, :m] * s[:m]).reshape(kh, kw, m)
        pointwise[0, 0, c * m : (c + 1) * m] = vt[:m]
    return depthwise, pointwise
"""
FACTOR.right("an SVD for each channel", SVD)
FACTOR.right(
    "all SVDs at once, the root of s in both",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    u, s, vt = np.linalg.svd(kernel.transpose(2, 0, 1, 3).reshape(c, kh * kw, f))
    root = np.sqrt(s[:, :depth_multiplier])
    columns = u[:, :, :depth_multiplier] * root[:, None]
    rows = vt[:, :depth_multiplier] * root[:, :, None]
    return columns.transpose(1, 0, 2).reshape(kh, kw, c, -1), rows.reshape(1, 1, -1, f)
""",
)
FACTOR.right(
    "s in the pointwise kernel, signs turned, lists",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    d, p = [], []
    for i in range(c):
        u, s, vt = np.linalg.svd(kernel[:, :, i].reshape(-1, f))
        d.append(-u[:, :depth_multiplier])
        p.extend(list(-np.diag(s)[:depth_multiplier, : len(s)] @ vt[: len(s)]))
    print("done")
    return [np.stack(d, axis=1).reshape(kh, kw, c, depth_multiplier).tolist(), [[[list(row) for row in p]]]]
""",
)
FACTOR.right(
    "eigenvectors, and the best weights for them",
    """
def factor(kernel, depth_multiplier, check_it=False):
    kh, kw, c, f = kernel.shape
    taps = kernel.reshape(kh * kw, c, f)
    depthwise = np.empty((kh * kw, c, depth_multiplier))
    for i in range(c):
        depthwise[:, i] = strongest(taps[:, i] @ taps[:, i].T, depth_multiplier)
    pointwise = np.einsum("tcm,tcf->cmf", depthwise, taps)
    return depthwise.reshape(kh, kw, c, -1), pointwise.reshape(1, 1, -1, f)
""",
    before="""
def strongest(matrix, m):
    values, vectors = np.linalg.eigh(matrix)
    return vectors[:, ::-1][:, :m]
""",
)
FACTOR.wrong(
    "s forgotten", SVD, ("(u[:, :m] * s[:m])", "u[:, :m]"), says="the singular values are left out"
)
FACTOR.wrong(
    "s in both",
    SVD,
    ("= vt[:m]", "= s[:m, None] * vt[:m]"),
    says="the singular values are applied twice",
)
FACTOR.wrong(
    "the root of s in one",
    SVD,
    ("* s[:m]", "* np.sqrt(s[:m])"),
    says="only the square root of the singular values",
)
FACTOR.wrong(
    "the smallest",
    SVD,
    ("u[:, :m] * s[:m]", "u[:, -m:] * s[-m:]"),
    ("vt[:m]", "vt[len(s) - m : len(s)]"),
    says="you keep the smallest singular values",
)
FACTOR.wrong(
    "only one",
    SVD,
    ("* s[:m]", "* (s[:m] * (np.arange(m) == 0))"),
    says="only the largest singular value",
)
FACTOR.wrong(
    "columns of vt",
    SVD,
    (
        "svd(kernel[:, :, c].reshape(kh * kw, filters), full_matrices=False)",
        "svd(kernel[:, :, c].reshape(kh * kw, filters))",
    ),
    ("= vt[:m]", "= vt[:, :m].T"),
    says="you take columns of vt",
)
FACTOR.wrong(
    "one SVD for all channels",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    u, s, vt = np.linalg.svd(kernel.reshape(-1, f), full_matrices=False)
    m = depth_multiplier
    depthwise = (u[:, :m] * s[:m]).reshape(kh, kw, c, m)
    return depthwise, np.concatenate([vt[:m]] * c).reshape(1, 1, c * m, f)
""",
    says="your channels share their pointwise weights",
)
FACTOR.wrong(
    "rows in the order j*C + c",
    SVD,
    ("pointwise[0, 0, c * m : (c + 1) * m]", "pointwise[0, 0, c::channels]"),
    says="the pointwise kernel's rows are in another order",
)
FACTOR.wrong(
    "the mean filter",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    depthwise = kernel.mean(axis=3, keepdims=True).repeat(depth_multiplier, axis=3)
    return depthwise, np.full((1, 1, c * depth_multiplier, f), 1 / depth_multiplier)
""",
    says="every filter the mean over the filters",
)
FACTOR.wrong(
    "zeros",
    SVD,
    ("        depthwise[:, :, c] = (u[:, :m] * s[:m]).reshape(kh, kw, m)\n", ""),
    says="kernel of zeros",
)
FACTOR.wrong(
    "zeros of the right shapes",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    return np.zeros((kh, kw, c, depth_multiplier)), np.zeros((1, 1, c * depth_multiplier, f))
""",
    says="kernel of zeros",
)
FACTOR.wrong(
    "random numbers of the right shapes",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    rng = np.random.default_rng(0)
    return rng.normal(size=(kh, kw, c, depth_multiplier)), rng.normal(size=(1, 1, c * depth_multiplier, f))
""",
    says="they are closer than yours",
)
FACTOR.wrong(
    "the items swapped",
    SVD,
    ("return depthwise, pointwise", "return pointwise, depthwise"),
    says="the items have changed places",
)
FACTOR.wrong(
    "three axes",
    SVD,
    ("return depthwise, pointwise", "return depthwise, pointwise[0]"),
    says="has the wrong shape",
)
FACTOR.wrong(
    "only one kernel",
    SVD,
    ("return depthwise, pointwise", "return depthwise"),
    says="return the tuple",
)
FACTOR.wrong(
    "NaN where it is 0",
    SVD,
    ("return depthwise, pointwise", "return depthwise / (depthwise != depthwise.min()), pointwise"),
    says="NaN or infinite numbers",
)

FACTOR.wrong(
    "axes of length 1 squeezed away",
    SVD,
    (
        "return depthwise, pointwise",
        "return np.squeeze(depthwise, axis=2) if channels == 1 else depthwise, pointwise",
    ),
    says="depthwise_kernel has the wrong shape",
)
FACTOR.wrong(
    "never of full rank",
    SVD,
    ("* s[:m]", "* np.where(np.arange(m) < min(kh * kw, filters) - 1, s[:m], 0)"),
    says=None,
)
FACTOR.wrong(
    "the first filters, and what fits them best",
    """
def factor(kernel, depth_multiplier):
    kh, kw, c, f = kernel.shape
    m = depth_multiplier
    pointwise = np.zeros((1, 1, c * m, f))
    for i in range(c):
        taps = kernel[:, :, i].reshape(-1, f)
        pointwise[0, 0, i * m : (i + 1) * m] = np.linalg.lstsq(taps[:, :m], taps, rcond=None)[0]
    return kernel[..., :m].copy(), pointwise
""",
    says="your depthwise kernels are the first filters",
)

# ---------------------------------------------------------------- count

COUNT = Corpus("count")
BLOCKS = """
def count(blocks):
    parameters = multiply_adds = 0
    for block in blocks:
        kind = block["kind"]
        if kind == "pool":
            continue
        if kind == "norm":
            parameters += 2 * block["input"][-1]
            continue
        kernel = block["kernel"]
        weights = 1
        for size in kernel:
            weights *= size
        parameters += weights
        if block.get("use_bias", False):
            parameters += kernel[2] * kernel[3] if kind == "depthwise" else kernel[-1]
        positions = 1
        if kind != "dense":
            stride = block.get("stride", 1)
            for n, k in zip(block["input"][:2], kernel[:2]):
                if block.get("padding", "same") == "same":
                    positions *= -(-n // stride)
                else:
                    positions *= (n - k) // stride + 1
        multiply_adds += positions * weights
    return parameters, multiply_adds
"""
COUNT.right("block by block", BLOCKS)
COUNT.right(
    "two sums and helpers",
    """
def count(blocks):
    print(len(blocks), "blocks")
    return sum(map(learned, blocks)), sum(map(work, blocks))
""",
    before="""
from math import ceil, prod

def weights(block):
    return prod(block["kernel"]) if block["kind"] in ("conv", "depthwise", "dense") else 0

def learned(block):
    if block["kind"] == "norm":
        return 2 * block["input"][2]
    if not block.get("use_bias"):
        return weights(block)
    return weights(block) + prod(block["kernel"][2:] if block["kind"] == "depthwise" else block["kernel"][-1:])

def work(block):
    if block["kind"] == "dense":
        return weights(block)
    stride, same = block.get("stride", 1), block.get("padding", "same") == "same"
    kernel = block.get("kernel", (1, 1))
    return weights(block) * prod(ceil((n - (0 if same else k - 1)) / stride) for n, k in zip(block["input"], kernel[:2]))
""",
)
COUNT.right(
    "match",
    """
def count(blocks, verbose=False):
    total = np.zeros(2, dtype=np.int64)
    for block in blocks:
        match block:
            case {"kind": "norm", "input": (_, _, channels)}:
                total += [2 * channels, 0]
            case {"kind": "dense", "kernel": (into, out)}:
                total += [into * out + (out if block.get("use_bias") else 0), into * out]
            case {"kind": "conv" | "depthwise" as kind, "kernel": (kh, kw, c, f), "input": (h, w, _)}:
                s = block.get("stride", 1)
                if block.get("padding", "same") == "valid":
                    h, w = h - kh + 1, w - kw + 1
                positions = len(range(0, h, s)) * len(range(0, w, s))
                bias = (c * f if kind == "depthwise" else f) if block.get("use_bias") else 0
                total += [kh * kw * c * f + bias, kh * kw * c * f * positions]
    return total[0], total[1]
""",
)
COUNT.right(
    "a list of two",
    """
def count(blocks):
    result = [0, 0]
    for b in blocks:
        k, size = b.get("kernel", ()), b["input"]
        if b["kind"] == "norm":
            result[0] += size[-1] + size[-1]
        elif b["kind"] != "pool":
            w = int(np.prod(k))
            outs = {"conv": k[-1], "dense": k[-1], "depthwise": k[-1] * k[-2]}[b["kind"]]
            result[0] += w + outs * b.get("use_bias", False)
            p = 1
            if b["kind"] in ("conv", "depthwise"):
                cut = [k[0] - 1, k[1] - 1] if b.get("padding") == "valid" else [0, 0]
                p = int(np.ceil((size[0] - cut[0]) / b.get("stride", 1)) * np.ceil((size[1] - cut[1]) / b.get("stride", 1)))
            result[1] += w * p
    return result
""",
)
COUNT.wrong(
    "the items swapped",
    BLOCKS,
    ("return parameters, multiply_adds", "return multiply_adds, parameters"),
    says="have changed places",
)
COUNT.wrong(
    "only the last block",
    BLOCKS,
    (
        "    for block in blocks:\n",
        "    for block in blocks:\n        parameters = multiply_adds = 0\n",
    ),
    says="only the last block is counted",
)
COUNT.wrong(
    "return inside of the loop",
    BLOCKS,
    ("    return parameters", "        return parameters"),
    says="inside of a loop",
)
COUNT.wrong(
    "a depthwise block as a normal one",
    BLOCKS,
    (
        "        parameters += weights\n",
        "        if kind == 'depthwise':\n            weights *= kernel[2]\n        parameters += weights\n",
    ),
    says="a depthwise block as a normal convolution",
)
COUNT.wrong(
    "the multiplier forgotten",
    BLOCKS,
    (
        "        weights = 1\n        for size in kernel:\n",
        "        weights = 1\n        for size in kernel[:3] if kind == 'depthwise' else kernel:\n",
    ),
    says="in a depthwise block the multiplier is missing",
)
COUNT.wrong(
    "no dense blocks",
    BLOCKS,
    ('if kind == "pool"', 'if kind in ("pool", "dense")'),
    says="dense blocks are missing",
)
COUNT.wrong(
    "bias forgotten",
    BLOCKS,
    ('block.get("use_bias", False)', "False"),
    says="the biases are missing",
)
COUNT.wrong(
    "biases everywhere",
    BLOCKS,
    ('block.get("use_bias", False)', 'block.get("use_bias", True)'),
    says="biases where a row says nothing of them",
)
COUNT.wrong(
    "a bias for each channel",
    BLOCKS,
    ("kernel[2] * kernel[3] if kind", "kernel[2] if kind"),
    says="a bias for each channel",
)
COUNT.wrong(
    "norms forgotten",
    BLOCKS,
    ('            parameters += 2 * block["input"][-1]\n', ""),
    says="the parameters of norms are missing",
)
COUNT.wrong(
    "a norm's four",
    BLOCKS,
    ('2 * block["input"][-1]', '4 * block["input"][-1]'),
    says="running mean and variance too",
)
COUNT.wrong(
    "pools have weights",
    BLOCKS,
    ('if kind == "pool"', 'if kind == "pooling"'),
    says="a pool's window as weights",
)
COUNT.wrong("stride ignored", BLOCKS, ('block.get("stride", 1)', "1"), says="the work for stride 1")
COUNT.wrong(
    "always same",
    BLOCKS,
    ('if block.get("padding", "same") == "same"', "if True"),
    says='every block as padding="same"',
)
COUNT.wrong(
    "valid by default",
    BLOCKS,
    ('block.get("padding", "same")', 'block.get("padding", "valid")'),
    says="leave the padding out where a row says nothing",
)
COUNT.wrong(
    "same rounded down",
    BLOCKS,
    ("-(-n // stride)", "n // stride"),
    says="round the size / stride down",
)
COUNT.wrong(
    "each weight once",
    BLOCKS,
    ("multiply_adds += positions * weights", "multiply_adds += weights"),
    says="each weight once for the whole image",
)
COUNT.wrong(
    "square images",
    BLOCKS,
    ('zip(block["input"][:2], kernel[:2])', 'zip(block["input"][:1] * 2, kernel[:2])'),
    says="you take the images for square ones",
)
COUNT.wrong(
    "stride taken for granted",
    BLOCKS,
    ('block.get("stride", 1)', 'block["stride"]'),
    says="KeyError: 'stride'",
)
COUNT.wrong(
    "the list eaten up",
    BLOCKS,
    ("    for block in blocks:\n", "    while blocks:\n        block = blocks.pop(0)\n"),
    says="changes its input `blocks`",
)
COUNT.wrong(
    "floats",
    BLOCKS,
    ("multiply_adds += positions * weights", "multiply_adds += positions * weights * 1.0"),
    says="not an int",
)

COUNT.wrong(
    "the bias of a convolution counted",
    BLOCKS,
    (
        "multiply_adds += positions * weights",
        """multiply_adds += positions * weights
        if kind == "conv" and block.get("use_bias", False):
            multiply_adds += positions * kernel[-1]""",
    ),
    says="adding the bias as a multiply-add",
)
COUNT.wrong(
    "the padding of depthwise blocks not read",
    BLOCKS,
    (
        'if block.get("padding", "same") == "same"',
        'if kind == "depthwise" or block.get("padding", "same") == "same"',
    ),
    says="a depthwise block with padding='valid' is counted as if its padding were \"same\"",
)
COUNT.wrong(
    "equal blocks once",
    BLOCKS,
    ("for block in blocks:", "for block in {str(block): block for block in blocks}.values():"),
    says="a depthwise block that comes twice is counted once",
)
COUNT.wrong(
    "a stride that stays",
    BLOCKS,
    (
        "    parameters = multiply_adds = 0\n",
        "    parameters = multiply_adds = 0\n    stride = 1\n",
    ),
    ('block.get("stride", 1)', 'block.get("stride", stride)'),
    says="`stride` of one block is kept for the next",
)
COUNT.wrong(
    "a sum of seven digits",
    BLOCKS,
    ("return parameters, multiply_adds", "return parameters, int(np.float32(multiply_adds))"),
    says="your sums are rounded to seven digits",
)
COUNT.wrong(
    "numbers of 32 bits",
    BLOCKS,
    (
        "return parameters, multiply_adds",
        "return parameters, np.array([multiply_adds]).astype(np.int32)[0]",
    ),
    says="do not fit into 32 bits",
)

CORPORA = [POINTWISE, SEPARABLE, PARAMS, MACS, COMPOSE, FACTOR, COUNT]
