"""Assignment 5: what came later: groups, the shuffle, the inverted residual's cost, squeeze and excite."""

from tests.corpus import Corpus

# ---------------------------------------------------------------- grouped_conv2d

GROUPED = Corpus("grouped_conv2d")
SPLIT = """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    c, f = x.shape[3] // groups, kernel.shape[3] // groups
    maps = []
    for g in range(groups):
        image = x[..., g * c : (g + 1) * c]
        filters = kernel[..., g * f : (g + 1) * f]
        maps.append(conv2d(image, filters, stride, padding))
    y = np.concatenate(maps, axis=3)
    if bias is not None:
        y = y + bias
    return y
"""
FILLED = """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    c, f = x.shape[3] // groups, kernel.shape[3] // groups
    oh, ow = conv2d(x[..., :c], kernel, stride, padding).shape[1:3]
    y = np.zeros((len(x), oh, ow, kernel.shape[3]))
    for m in range(kernel.shape[3]):
        first = m // f * c
        y[..., m] = conv2d(x[..., first : first + c], kernel[..., m : m + 1], stride, padding)[..., 0]
    return y if bias is None else y + bias
"""
BLOCKS = """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, c, f = kernel.shape
    normal = np.zeros((kh, kw, c * groups, f))
    for g in range(groups):
        maps = slice(g * f // groups, (g + 1) * f // groups)
        normal[:, :, g * c : (g + 1) * c, maps] = kernel[..., maps]
    y = conv2d(x, normal, stride, padding)
    return y if bias is None else y + bias
"""
GROUPED.right("slices in a loop", SPLIT)
GROUPED.right("map by map", FILLED)
GROUPED.right("a normal kernel with blocks of zeros", BLOCKS)
GROUPED.right(
    "einsum over the groups, as a list",
    """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, c, f = kernel.shape
    if padding == "same":
        pads = [(0, 0)]
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, [*pads, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))
    windows = windows[:, ::stride, ::stride].reshape(
        len(x), *windows[:, ::stride, ::stride].shape[1:3], groups, c, kh, kw
    )
    weights = kernel.reshape(kh, kw, c, groups, f // groups)
    y = np.einsum("nijgcab,abcgf->nijgf", windows, weights)
    y = y.reshape(*y.shape[:3], f)
    return (y if bias is None else y + bias).tolist()
""",
)
GROUPED.right(
    "float32, noisy, a bias for each group",
    """
import warnings

def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid", verbose=True):
    warnings.warn("slow")
    biases = np.zeros(kernel.shape[3]) if bias is None else bias
    print("groups", groups)
    parts = [np.array_split(np.asarray(a, "float32"), groups, axis=-1) for a in (x, kernel, biases)]
    return np.concatenate([conv2d(i, k, stride, padding) + b for i, k, b in zip(*parts)], -1)
""",
)
GROUPED.wrong(
    "every filter in every group",
    SPLIT,
    ("kernel[..., g * f : (g + 1) * f]", "kernel"),
    says="every group is convolved with all F filters",
)
GROUPED.wrong(
    "groups summed",
    SPLIT,
    ("np.concatenate(maps, axis=3)", "sum(maps)"),
    says="the groups' maps are added up",
)
GROUPED.wrong(
    "channels dealt out",
    SPLIT,
    ("x[..., g * c : (g + 1) * c]", "x[..., g::groups]"),
    says="the channels are dealt out to the groups in turn",
)
GROUPED.wrong(
    "filters dealt out",
    SPLIT,
    ("kernel[..., g * f : (g + 1) * f]", "kernel[..., g::groups]"),
    says="the filters are dealt out to the groups in turn",
)
GROUPED.wrong(
    "maps of the groups in turn",
    SPLIT,
    ("np.concatenate(maps, axis=3)", "np.stack(maps, axis=-1).reshape(*maps[0].shape[:3], -1)"),
    says="one of each group in turn",
)
GROUPED.wrong(
    "concatenated along the images",
    SPLIT,
    ("np.concatenate(maps, axis=3)", "np.concatenate(maps)"),
    says="the groups' maps are joined along the images",
)
GROUPED.wrong(
    "stacked",
    SPLIT,
    ("np.concatenate(maps, axis=3)", "np.stack(maps, axis=3)"),
    ("y = y + bias", "y = y + bias.reshape(groups, f)"),
    says="the groups are still an axis of their own",
)
GROUPED.wrong(
    "returned in the loop",
    SPLIT,
    (
        "        maps.append(conv2d(image, filters, stride, padding))\n",
        "        y = conv2d(image, filters, stride, padding)\n"
        "        return y if bias is None else y + bias[:f]\n",
    ),
    says="there are only the first group's maps",
)
GROUPED.wrong(
    "the first group's channels for all",
    SPLIT,
    ("x[..., g * c : (g + 1) * c]", "x[..., :c]"),
    says="every group sees the first group's channels",
)
GROUPED.wrong(
    "the first group's filters for all",
    SPLIT,
    ("kernel[..., g * f : (g + 1) * f]", "kernel[..., :f]"),
    says="every group has the first group's filters",
)
GROUPED.wrong(
    "remainder for quotient",
    FILLED,
    ("m // f * c", "m % groups * c"),
    says="filter f meets the channels of group f % groups",
)
GROUPED.wrong(
    "the kernel tiled without zeros",
    """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    y = conv2d(x, np.concatenate([kernel] * groups, axis=2), stride, padding)
    return y if bias is None else y + bias
""",
    says="every filter meets the channels of all groups",
)
GROUPED.wrong(
    "the image's type",
    FILLED,
    (
        "np.zeros((len(x), oh, ow, kernel.shape[3]))",
        "np.zeros((len(x), oh, ow, kernel.shape[3]), x.dtype)",
    ),
    says="for an image of whole numbers your results lose their decimals",
)
GROUPED.wrong(
    "bias forgotten",
    SPLIT,
    ("    if bias is not None:\n        y = y + bias\n", ""),
    says="the bias is not added",
)
GROUPED.wrong(
    "a bias for every group",
    SPLIT,
    ("y = y + bias", "y = y + groups * bias"),
    says="once for every group",
)
GROUPED.wrong(
    "the first biases over and over",
    SPLIT,
    ("y = y + bias", "y = y + np.tile(bias[:f], groups)"),
    says="every group gets the first group's biases",
)
GROUPED.wrong(
    "no stride, no padding",
    SPLIT,
    ("conv2d(image, filters, stride, padding)", "conv2d(image, filters)"),
    says="the stride has no effect",
)
GROUPED.wrong(
    "padding not handed on",
    SPLIT,
    ("conv2d(image, filters, stride, padding)", "conv2d(image, filters, stride)"),
    says="this is the output without padding",
)
GROUPED.wrong(
    "two groups, always",
    SPLIT,
    ("    c, f =", "    groups = 2\n    c, f ="),
    says=None,
)
GROUPED.wrong(
    "Keras does it",
    """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    import keras

    y = keras.ops.conv(x.astype(float), kernel.astype(float), stride, padding)
    return y if bias is None else y + bias
""",
    says="lets Keras do the work",
)

# ---------------------------------------------------------------- channel_shuffle

SHUFFLE = Corpus("channel_shuffle")
RESHAPED = """
def channel_shuffle(x, groups):
    n, h, w, c = x.shape
    y = x.reshape(n, h, w, groups, c // groups)
    y = np.swapaxes(y, 3, 4)
    return y.reshape(n, h, w, c)
"""
DEALT = """
def channel_shuffle(x, groups):
    size = x.shape[3] // groups
    y = np.zeros_like(x)
    for g in range(groups):
        for i in range(size):
            y[..., i * groups + g] = x[..., g * size + i]
    return y
"""
SHUFFLE.right("reshape, swap, reshape", RESHAPED)
SHUFFLE.right("channel by channel", DEALT)
SHUFFLE.right(
    "strided slices",
    """
def channel_shuffle(x, groups):
    y = np.empty(x.shape)
    for g, part in enumerate(np.split(x, groups, axis=3)):
        y[..., g::groups] = part
    return y
""",
)
SHUFFLE.right(
    "an index for every channel, as a list",
    """
def channel_shuffle(x, groups):
    order = np.arange(x.shape[3]).reshape(groups, -1).T.ravel()
    return x[..., order].tolist()
""",
)
SHUFFLE.right(
    "stacked",
    """
def channel_shuffle(x, groups):
    return np.stack(np.split(x, groups, axis=-1), axis=-1).reshape(x.shape)
""",
)
SHUFFLE.wrong(
    "no swap", RESHAPED, ("    y = np.swapaxes(y, 3, 4)\n", ""), says="no channel has moved"
)
SHUFFLE.wrong(
    "reshaped for swapped",
    RESHAPED,
    ("np.swapaxes(y, 3, 4)", "y.reshape(n, h, w, c // groups, groups)"),
    says="no channel has moved",
)
SHUFFLE.wrong(
    "the way back",
    RESHAPED,
    ("groups, c // groups)", "c // groups, groups)"),
    says="this is the way back",
)
SHUFFLE.wrong(
    "PyTorch's layout",
    """
def channel_shuffle(x, groups):
    n, h, w, c = x.shape
    y = x.reshape(n, groups, c // groups, h, w).transpose(0, 2, 1, 3, 4)
    return y.reshape(n, h, w, c)
""",
    says="numbers of different pixels are mixed",
)
SHUFFLE.wrong(
    "the axes not joined",
    RESHAPED,
    ("y.reshape(n, h, w, c)", "y"),
    says="still two axes",
)
SHUFFLE.wrong(
    "the groups from the end",
    DEALT,
    ("i * groups + g]", "i * groups + groups - 1 - g]"),
    says="the groups are taken in the opposite order",
)
SHUFFLE.wrong(
    "groups reversed",
    """
def channel_shuffle(x, groups):
    return np.concatenate(np.split(x, groups, axis=3)[::-1], axis=3)
""",
    says="the groups stand in the opposite order",
)
SHUFFLE.wrong(
    "rolled",
    """
def channel_shuffle(x, groups):
    return np.roll(x, x.shape[3] // groups, axis=3)
""",
    says="the groups have moved on by one",
)
SHUFFLE.wrong(
    "reversed",
    """
def channel_shuffle(x, groups):
    return x[:, :, :, ::-1]
""",
    says="the channels are reversed",
)
SHUFFLE.wrong(
    "shuffled at random",
    """
def channel_shuffle(x, groups):
    return x[..., np.random.permutation(x.shape[3])]
""",
    says="asked the same again, your function gives another answer",
)
SHUFFLE.wrong(
    "in place",
    """
def channel_shuffle(x, groups):
    size = x.shape[3] // groups
    before = x.copy()
    for g in range(groups):
        x[..., g::groups] = before[..., g * size : (g + 1) * size]
    return x
""",
    says="changes its input `x`",
)
SHUFFLE.wrong(
    "two groups, always",
    RESHAPED,
    ("    n, h, w, c = x.shape\n", "    n, h, w, c = x.shape\n    groups = 2\n"),
    says="the shuffle of two groups",
)

# ---------------------------------------------------------------- inverted_residual_costs

COSTS = Corpus("inverted_residual_costs")
STEPS = """
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    h, w, c = input_size
    t = expansion * c
    oh, ow = -(-h // stride), -(-w // stride)
    params, macs = 0, 0
    if expansion != 1:
        params += c * t + 2 * t
        macs += h * w * c * t
    params += 3 * 3 * t + 2 * t
    macs += oh * ow * 3 * 3 * t
    params += t * filters + 2 * filters
    macs += oh * ow * t * filters
    return params, macs
"""
LAYERS = """
import math

def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    height, width, channels = input_size
    wide = channels * expansion
    small = math.ceil(height / stride) * math.ceil(width / stride)
    layers = [(9 * wide, wide, small), (wide * filters, filters, small)]
    if expansion > 1:
        layers.insert(0, (channels * wide, wide, height * width))
    parameters = sum(weights + 2 * maps for weights, maps, positions in layers)
    return [parameters, sum(weights * positions for weights, maps, positions in layers)]
"""
COSTS.right("step by step", STEPS)
COSTS.right("a list of layers", LAYERS)
COSTS.right(
    "one formula",
    """
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    (h, w, c), t = input_size, expansion
    first = (t > 1) * c * t * c
    norms = (2 + 2 * (t > 1)) * t * c + 2 * filters
    rest = t * c * (9 + filters)
    at = ((h - 1) // stride + 1) * ((w - 1) // stride + 1)
    return first + rest + norms, h * w * first + at * rest
""",
)
COSTS.right(
    "NumPy's whole numbers, noisy",
    """
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    print("block", input_size)
    c = np.int64(input_size[2])
    wide = c * expansion
    out = int(np.prod(np.ceil(np.array(input_size[:2]) / stride)))
    kernels = [(1, 1, c, wide)] * (expansion > 1) + [(3, 3, wide), (1, 1, wide, filters)]
    sizes = [int(np.prod(k)) for k in kernels]
    at = [input_size[0] * input_size[1]] * (expansion > 1) + [out, out]
    macs = sum(s * a for s, a in zip(sizes, at))
    return sum(sizes) + 2 * sum(k[-1] for k in kernels), macs
""",
)
COSTS.wrong(
    "norms forgotten",
    LAYERS,
    ("weights + 2 * maps", "weights"),
    says="the norms are missing",
)
COSTS.wrong(
    "norms as Keras stores them",
    LAYERS,
    ("weights + 2 * maps", "weights + 4 * maps"),
    says="four numbers for each map of a norm",
)
COSTS.wrong(
    "biases",
    LAYERS,
    ("weights + 2 * maps", "weights + 3 * maps"),
    says="you count biases as well as norms",
)
COSTS.wrong(
    "no norm after the expansion",
    STEPS,
    ("params += c * t + 2 * t", "params += c * t"),
    says="the norm after the layer that expands is missing",
)
COSTS.wrong(
    "no norm after the projection",
    STEPS,
    ("params += t * filters + 2 * filters", "params += t * filters"),
    says="the norm after the projection is missing",
)
COSTS.wrong(
    "expanded always",
    STEPS,
    ("if expansion != 1:", "if True:"),
    says="where the expansion is 1",
)
COSTS.wrong(
    "never expanded",
    STEPS,
    ("if expansion != 1:", "if False:"),
    says="the layer that expands is missing",
)
COSTS.wrong(
    "depthwise as a normal convolution",
    LAYERS,
    ("(9 * wide, wide, small)", "(9 * wide * wide, wide, small)"),
    says="the depthwise layer as a normal convolution",
)
COSTS.wrong(
    "depthwise of C channels",
    LAYERS,
    ("(9 * wide, wide, small)", "(9 * channels, wide, small)"),
    says="the depthwise layer with C channels",
)
COSTS.wrong(
    "projection of C channels",
    LAYERS,
    ("(wide * filters, filters, small)", "(channels * filters, filters, small)"),
    says="a projection of C channels",
)
COSTS.wrong(
    "expansion of the filters",
    STEPS,
    ("t = expansion * c", "t = expansion * filters"),
    says="you expand to expansion · filters channels",
)
COSTS.wrong(
    "the shortcut counted",
    STEPS,
    (
        "    return params, macs",
        "    if stride == 1 and c == filters:\n        macs += oh * ow * filters\n    return params, macs",
    ),
    says="you count the shortcut's additions",
)
COSTS.wrong(
    "stride forgotten",
    STEPS,
    ("-(-h // stride), -(-w // stride)", "h, w"),
    says="the stride has no effect in your count",
)
COSTS.wrong(
    "everything after the stride",
    STEPS,
    ("macs += h * w * c * t", "macs += oh * ow * c * t"),
    says="you count the layer that expands at the output's positions",
)
COSTS.wrong(
    "depthwise before the stride",
    STEPS,
    ("macs += oh * ow * 3 * 3 * t", "macs += h * w * 3 * 3 * t"),
    says="you count the depthwise layer at every input pixel",
)
COSTS.wrong(
    "rounded down",
    STEPS,
    ("-(-h // stride), -(-w // stride)", "h // stride, w // stride"),
    says="you round the output's sides down",
)
COSTS.wrong(
    "the image taken for a square",
    STEPS,
    ("h, w, c = input_size", "h, w, c = input_size\n    w = h"),
    says="you take the image for as wide as it is high",
)
COSTS.wrong(
    "divided to a float",
    STEPS,
    ("-(-h // stride), -(-w // stride)", "np.ceil(h / stride), np.ceil(w / stride)"),
    says="not an int",
)
COSTS.wrong(
    "only the parameters",
    STEPS,
    ("    return params, macs", "    return params"),
    says="return the tuple (parameters, multiply_adds)",
)

# ---------------------------------------------------------------- squeeze_excite

SQUEEZE = Corpus("squeeze_excite")
PLAIN = """
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    z = np.maximum(s @ w1 + b1, 0)
    z = z @ w2 + b2
    gates = 1 / (1 + np.exp(-z))
    return x * gates[:, None, None, :]
"""
KEPT = """
def squeeze_excite(x, w1, b1, w2, b2):
    means = np.mean(x, axis=(1, 2), keepdims=True)
    hidden = means @ w1 + b1
    hidden[hidden < 0] = 0
    return x / (1 + np.exp(-(hidden @ w2 + b2)))
"""
ONE_BY_ONE = """
def squeeze_excite(x, w1, b1, w2, b2):
    y = np.zeros(x.shape)
    for n in range(len(x)):
        means = [x[n, :, :, c].mean() for c in range(x.shape[3])]
        inner = [max(0, b1[r] + sum(means * w1[:, r])) for r in range(len(b1))]
        for c in range(x.shape[3]):
            z = b2[c] + sum(inner[r] * w2[r, c] for r in range(len(b1)))
            y[n, :, :, c] = x[n, :, :, c] * (1 / (1 + np.exp(-z)))
    return y
"""
SQUEEZE.right("the means as a matrix", PLAIN)
SQUEEZE.right("the axes kept", KEPT)
SQUEEZE.right("image by image, channel by channel", ONE_BY_ONE)
SQUEEZE.right(
    "tanh in place of exp, as a list",
    """
def squeeze_excite(x, w1, b1, w2, b2):
    pixels = x.reshape(len(x), -1, x.shape[-1])
    inner = (pixels.sum(1) / pixels.shape[1] @ w1 + b1).clip(0)
    gates = 0.5 + 0.5 * np.tanh((inner @ w2 + b2) / 2)
    return np.einsum("nhwc,nc->nhwc", x, gates).tolist()
""",
)
SQUEEZE.right(
    "float32, noisy",
    """
import warnings

def squeeze_excite(x, w1, b1, w2, b2, verbose=False):
    warnings.warn("what is a gate?")
    print(x.shape)
    x = x.astype("float32")
    z = np.where(x.mean((1, 2)) @ w1 + b1 > 0, x.mean((1, 2)) @ w1 + b1, 0) @ w2 + b2
    return x * (1 / (1 + np.exp(-z.astype("float32")))).reshape(len(x), 1, 1, -1)
""",
)
SQUEEZE.wrong(
    "only the gates",
    PLAIN,
    ("return x * gates[:, None, None, :]", "return gates"),
    says="you return the gates alone",
)
SQUEEZE.wrong(
    "the gates added",
    PLAIN,
    ("x * gates", "x + gates"),
    says="the gates are added to the channels",
)
SQUEEZE.wrong(
    "a shortcut",
    PLAIN,
    ("return x * gates", "return x + x * gates"),
    says="the input is added once more",
)
SQUEEZE.wrong(
    "no sigmoid",
    PLAIN,
    ("1 / (1 + np.exp(-z))", "z"),
    says="the sigmoid is missing",
)
SQUEEZE.wrong(
    "a ReLU for the gates",
    PLAIN,
    ("1 / (1 + np.exp(-z))", "np.maximum(z, 0)"),
    says="your gates come from a ReLU",
)
SQUEEZE.wrong(
    "a softmax",
    PLAIN,
    (
        "1 / (1 + np.exp(-z))",
        "np.exp(z - z.max(1, keepdims=True))\n    gates /= gates.sum(1, keepdims=True)",
    ),
    says="your gates come from a softmax",
)
SQUEEZE.wrong(
    "exp(z)",
    PLAIN,
    ("np.exp(-z)", "np.exp(z)"),
    says="open where they should be closed",
)
SQUEEZE.wrong(
    "no ReLU",
    PLAIN,
    ("np.maximum(s @ w1 + b1, 0)", "s @ w1 + b1"),
    says="the ReLU between the two layers is missing",
)
SQUEEZE.wrong(
    "a sum for the mean",
    PLAIN,
    ("x.mean(axis=(1, 2))", "x.sum(axis=(1, 2))"),
    says="you sum over the pixels",
)
SQUEEZE.wrong(
    "the largest for the mean",
    PLAIN,
    ("x.mean(axis=(1, 2))", "x.max(axis=(1, 2))"),
    says="each channel's largest pixel",
)
SQUEEZE.wrong(
    "the mean of the rows",
    KEPT,
    ("axis=(1, 2)", "axis=1"),
    says="you average over the rows only",
)
SQUEEZE.wrong(
    "the mean of everything",
    KEPT,
    ("axis=(1, 2)", "axis=(0, 1, 2)"),
    says="all images share their gates",
)
SQUEEZE.wrong(
    "the first image's means",
    PLAIN,
    ("x.mean(axis=(1, 2))", "x[:1].mean(axis=(1, 2))"),
    says="every image gets the first one's gates",
)
SQUEEZE.wrong(
    "b1 forgotten",
    PLAIN,
    ("s @ w1 + b1", "s @ w1"),
    says="b1 is not added",
)
SQUEEZE.wrong(
    "b2 forgotten",
    PLAIN,
    ("z @ w2 + b2", "z @ w2"),
    says="b2 is not added",
)
SQUEEZE.wrong(
    "exp(z) / (1 + exp(z))",
    PLAIN,
    ("1 / (1 + np.exp(-z))", "np.exp(z) / (1 + np.exp(z))"),
    says="NaN or infinite numbers",
)
SQUEEZE.wrong(
    "squeezed too far",
    KEPT,
    ("np.mean(x, axis=(1, 2), keepdims=True)", "np.squeeze(x.mean(axis=(1, 2)))"),
    (
        "return x / (1 + np.exp(-(hidden @ w2 + b2)))",
        "gates = 1 / (1 + np.exp(-(hidden @ w2 + b2)))\n    return x * np.stack([[[g]] for g in gates])",
    ),
    says=None,
)
SQUEEZE.wrong(
    "every pixel for itself",
    PLAIN,
    ("s = x.mean(axis=(1, 2))", "s = x"),
    ("gates[:, None, None, :]", "gates"),
    says="every pixel has gates of its own",
)

CORPORA = (GROUPED, SHUFFLE, COSTS, SQUEEZE)
