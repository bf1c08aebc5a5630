"""Assignment 4: pooling forward and backward, softmax with its loss, and a normalisation folded."""

from tests.corpus import Corpus

# ---------------------------------------------------------------- max_pool

POOL = Corpus("max_pool")
POOLED = """
def max_pool(x, size=2):
    n, h, w, c = x.shape
    y = np.zeros((n, h // size, w // size, c))
    for i in range(h // size):
        for j in range(w // size):
            y[:, i, j] = x[:, i * size:(i + 1) * size, j * size:(j + 1) * size].max(axis=(1, 2))
    return y
"""
POOL.right("window by window", POOLED)
POOL.right(
    "a reshape",
    """
def max_pool(x, size=2):
    n, h, w, c = x.shape
    x = x[:, :h - h % size, :w - w % size]
    return x.reshape(n, h // size, size, w // size, size, c).max(axis=4).max(axis=2)
""",
)
POOL.right(
    "strided slices, compared",
    """
def max_pool(x, size=2):
    h, w = x.shape[1] // size * size, x.shape[2] // size * size
    y = np.full((len(x), h // size, w // size, x.shape[3]), -np.inf)
    for a in range(size):
        for b in range(size):
            y = np.maximum(y, x[:, a:h:size, b:w:size])
    return y
""",
)
POOL.right(
    "number by number, as lists, with a helper",
    """
def max_pool(images, size=2, verbose=True):
    print("pooling", images.shape)
    n, h, w, c = images.shape
    return [[[[biggest(images, k, i, j, g, size) for g in range(c)] for j in range(w // size)]
             for i in range(h // size)] for k in range(n)]
""",
    before="""
def biggest(x, n, i, j, c, size):
    found = x[n, i * size, j * size, c]
    for a in range(size):
        for b in range(size):
            if x[n, i * size + a, j * size + b, c] > found:
                found = x[n, i * size + a, j * size + b, c]
    return found
""",
)
POOL.right(
    "every window there is, and a stride",
    """
def max_pool(x, size=2):
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(np.float32), (size, size), axis=(1, 2))
    return windows[:, ::size, ::size].max(axis=(-1, -2))
""",
)
POOL.wrong("averages", POOLED, (".max(", ".mean("), says="you take the average of each window")
POOL.wrong("sums", POOLED, (".max(", ".sum("), says="you add up each window")
POOL.wrong("the smallest", POOLED, (".max(", ".min("), says="you take the smallest number")
POOL.wrong(
    "the signs dropped",
    POOLED,
    ("    n, h", "    x = np.abs(x)\n    n, h"),
    says="you take the largest absolute value",
)
POOL.wrong(
    "the largest begun with 0",
    POOLED,
    (
        "y[:, i, j] = x[:, i * size:(i + 1) * size, j * size:(j + 1) * size].max(axis=(1, 2))",
        "for a in range(size):\n                for b in range(size):\n"
        "                    y[:, i, j] = np.maximum(y[:, i, j], x[:, i * size + a, j * size + b])",
    ),
    says="where a window holds only negative numbers, your answer is 0",
)
POOL.wrong(
    "windows one pixel apart",
    POOLED,
    ("i * size:(i + 1) * size", "i:i + size"),
    ("j * size:(j + 1) * size", "j:j + size"),
    says="its windows are one pixel apart",
)
POOL.wrong(
    "all windows",
    """
def max_pool(x, size=2):
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2)).max(axis=(4, 5))
""",
    says="your windows overlap",
)
POOL.wrong(
    "over the channels too",
    POOLED,
    ("axis=(1, 2))", "axis=(1, 2, 3))[:, None]"),
    says="all channels get the largest number of any of them",
)
POOL.wrong(
    "a reshape alone",
    """
def max_pool(x, size=2):
    n, h, w, c = x.shape
    x = x[:, :h // size * size, :w // size * size]
    return x.reshape(n, h // size, w // size, size * size, c).max(axis=3)
""",
    says="a reshape has mixed them",
)
POOL.wrong(
    "every second pixel",
    POOLED,
    (
        "x[:, i * size:(i + 1) * size, j * size:(j + 1) * size].max(axis=(1, 2))",
        "x[:, i * size, j * size]",
    ),
    says="you keep the first pixel of each window",
)
POOL.wrong(
    "always 2 × 2",
    POOLED,
    ("    n, h", "    size = 2\n    n, h"),
    says="your windows are always 2 × 2",
)
POOL.wrong(
    "begun windows too",
    POOLED,
    ("h // size, w // size", "-(-h // size), -(-w // size)"),
    ("range(h // size)", "range(-(-h // size))"),
    ("range(w // size)", "range(-(-w // size))"),
    says="you keep windows that the image does not fill",
)
POOL.wrong(
    "cut in front",
    POOLED,
    ("    n, h", "    x = x[:, x.shape[1] % size:, x.shape[2] % size:]\n    n, h"),
    says="you leave out the first rows and columns",
)
POOL.wrong(
    "a size that divides asked for",
    POOLED,
    ("    y = np", "    assert h % size == 0 and w % size == 0\n    y = np"),
    says="stopped with AssertionError",
)
POOL.wrong(
    "the last window over the rest",
    POOLED,
    ("i * size:(i + 1) * size", "i * size:(i + 1) * size if i < h // size - 1 else h"),
    ("j * size:(j + 1) * size", "j * size:(j + 1) * size if j < w // size - 1 else w"),
    says="your last windows reach to the end of the image",
)
POOL.wrong(
    "two lists of columns mixed up",
    POOLED,
    ("(n, h // size, w // size, c)", "(n, w // size, h // size, c)"),
    ("y[:, i, j]", "y[:, j, i]"),
    says="your axes are in another order",
)
POOL.wrong(
    "the image changed",
    POOLED,
    ("    y = np", "    x -= x.min()\n    y = np"),
    says="changes its input `x`",
)
POOL.wrong(
    "Keras does it",
    """
def max_pool(x, size=2):
    return keras.layers.MaxPooling2D(size)(x)
""",
    says="lets Keras do the work",
)
POOL.wrong(
    "one column short",
    POOLED,
    ("range(w // size)", "range(w // size - 1)"),
    says="your numbers are 1, 1, 1, 0 times the right ones, from column to column",
)
POOL.wrong("nothing returned", POOLED, ("    return y\n", ""), says="`return` missing")
POOL.wrong(
    "the number after the first of each window",
    POOLED,
    (
        "[:, i * size:(i + 1) * size, j * size:(j + 1) * size].max(axis=(1, 2))",
        "[:, i * size, (j + 1) * size - 1]",
    ),
    says="it should be `x[0, 1",
)

# ---------------------------------------------------------------- max_pool_backward

BACKWARD = Corpus("max_pool_backward")
ROUTED = """
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        window = x[n, i * size:i * size + size, j * size:j * size + size, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * size + a, j * size + b, c] += dy[n, i, j, c]
    return dx
"""
BACKWARD.right("window by window", ROUTED)
BACKWARD.right(
    "a mask, the first of it",
    """
def max_pool_backward(dy, x, size=2):
    dx = np.zeros_like(x, dtype=float)
    done = np.zeros(dy.shape, dtype=bool)
    y = max_pool(x, size)
    h, w = dy.shape[1] * size, dy.shape[2] * size
    for a in range(size):
        for b in range(size):
            winner = (x[:, a:h:size, b:w:size] == y) & ~done
            dx[:, a:h:size, b:w:size][winner] = dy[winner]
            done |= winner
    return dx
""",
)
BACKWARD.right(
    "argmax of a reshape",
    """
def max_pool_backward(dy, x, size=2):
    n, oh, ow, c = dy.shape
    blocks = x[:, :oh * size, :ow * size].reshape(n, oh, size, ow, size, c).transpose(0, 1, 3, 5, 2, 4)
    flat = blocks.reshape(n, oh, ow, c, size * size)
    shares = np.eye(size * size)[flat.argmax(axis=-1)] * dy[..., np.newaxis]
    shares = shares.reshape(n, oh, ow, c, size, size).transpose(0, 1, 4, 2, 5, 3)
    dx = np.zeros(x.shape)
    dx[:, :oh * size, :ow * size] = shares.reshape(n, oh * size, ow * size, c)
    return dx
""",
)
BACKWARD.right(
    "a search, with prints",
    """
import warnings

def max_pool_backward(dy, x, size=2, **unused):
    warnings.warn("slow")
    dx = x * 0.0
    print(dx.shape)
    for n in range(dy.shape[0]):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                for c in range(dy.shape[3]):
                    row, column = largest(x[n, :, :, c], i * size, j * size, size)
                    dx[n, row, column, c] = dy[n, i, j, c]
    return dx.tolist()
""",
    before="""
def largest(plane, top, left, size):
    best = (top, left)
    for row in range(top, top + size):
        for column in range(left, left + size):
            if plane[row, column] > plane[best]:
                best = (row, column)
    return best
""",
)
BACKWARD.right(
    "in single precision, the gradient upsampled",
    """
def max_pool_backward(dy, x, size=2):
    n, oh, ow, c = dy.shape
    dx = np.zeros(x.shape, dtype="float32")
    for i, j in np.ndindex(oh, ow):
        window = x[:, i * size:(i + 1) * size, j * size:(j + 1) * size].reshape(n, -1, c)
        place = window.argmax(axis=1)
        rows, columns = i * size + place // size, j * size + place % size
        dx[np.arange(n)[:, None], rows, columns, np.arange(c)] = dy[:, i, j]
    return dx
""",
)
MASKED = """
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape[1:3]):
        at = np.s_[:, i * size:(i + 1) * size, j * size:(j + 1) * size]
        mask = x[at] == x[at].max(axis=(1, 2), keepdims=True)
        dx[at] = mask * dy[:, i:i + 1, j:j + 1]
    return dx
"""
BACKWARD.wrong(
    "a mask of all largest",
    MASKED,
    says="where several numbers of a window are the largest, each of them",
)
BACKWARD.wrong(
    "shared among the largest",
    MASKED,
    ("mask * dy", "mask / mask.sum(axis=(1, 2), keepdims=True) * dy"),
    says="they share the gradient",
)
BACKWARD.wrong(
    "the last of the largest",
    ROUTED,
    (
        "        a, b = np.unravel_index(np.argmax(window), window.shape)\n",
        "        a, b = np.argwhere(window == window.max())[-1]\n",
    ),
    says="the last of them gets the gradient",
)
BACKWARD.wrong(
    "the first in the leftmost column",
    ROUTED,
    ("np.argmax(window), window.shape", "np.argmax(window.T), window.shape"),
    ("a, b =", "b, a ="),
    says="you look for the first of them column by column",
)
BACKWARD.wrong(
    "to every pixel",
    MASKED,
    ("mask * dy", "np.ones_like(x[at]) * dy"),
    says="every pixel of a window gets",
)
BACKWARD.wrong(
    "average pooling",
    MASKED,
    ("mask * dy", "np.ones(x[at].shape) / size ** 2 * dy"),
    says="that is average pooling",
)
BACKWARD.wrong(
    "the mask alone",
    MASKED,
    (" * dy[:, i:i + 1, j:j + 1]", ""),
    says="dx is 1 at the largest pixels",
)
BACKWARD.wrong(
    "the pixel itself",
    MASKED,
    ("mask * dy[:, i:i + 1, j:j + 1]", "mask * x[at]"),
    says="not their gradients",
)
BACKWARD.wrong(
    "one channel for all",
    MASKED,
    ("axis=(1, 2), keepdims", "axis=(1, 2, 3), keepdims"),
    says="of all channels only the one with the largest number",
)
BACKWARD.wrong(
    "one image for all",
    MASKED,
    ("axis=(1, 2), keepdims", "axis=(0, 1, 2), keepdims"),
    says="of all images only the one with the largest number",
)
BACKWARD.wrong(
    "the smallest", ROUTED, ("np.argmax", "np.argmin"), says="to the smallest number of each window"
)
BACKWARD.wrong(
    "the image's type",
    ROUTED,
    ("np.zeros(x.shape)", "np.zeros_like(x)"),
    says="your gradients lose their decimals",
)
BACKWARD.wrong(
    "always 2 × 2",
    ROUTED,
    ("    dx = np", "    size = 2\n    dx = np"),
    says="your windows are always 2 × 2",
)
BACKWARD.wrong(
    "as large as the windows",
    ROUTED,
    ("np.zeros(x.shape)", "np.zeros((len(x), dy.shape[1] * size, dy.shape[2] * size, x.shape[3]))"),
    says="dx lacks the rows and columns that fill no window",
)
BACKWARD.wrong(
    "a rest that does not fit",
    """
def max_pool_backward(dy, x, size=2):
    larger = dy.repeat(size, axis=1).repeat(size, axis=2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        window = x[n, i * size:i * size + size, j * size:j * size + size, c]
        dx[n, i * size + window.argmax() // size, j * size + window.argmax() % size, c] = 1
    return dx * larger
""",
    says="could not be broadcast",
)
BACKWARD.wrong(
    "row and column exchanged",
    ROUTED,
    ("a, b =", "b, a ="),
    says="it should be",
)
BACKWARD.wrong(
    "averaged over the batch",
    ROUTED,
    ("return dx", "return dx / len(x)"),
    says="dx is divided by the number of images",
)
BACKWARD.wrong("nothing returned", ROUTED, ("    return dx\n", ""), says="`return` missing")
BACKWARD.wrong(
    "TensorFlow does it",
    """
import tensorflow as tf

def max_pool_backward(dy, x, size=2):
    x = tf.constant(x, dtype="float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.nn.max_pool2d(x, size, size, "VALID") * dy)
    return tape.gradient(y, x)
""",
    says="lets TensorFlow do the work",
)

# ---------------------------------------------------------------- softmax_cross_entropy

ENTROPY = Corpus("softmax_cross_entropy")
STABLE = """
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    losses = np.log(e.sum(axis=1)) - (y * z).sum(axis=1)
    return losses.mean(), (p - y) / len(logits)
"""
ENTROPY.right("log of the sum", STABLE)
ENTROPY.right(
    "image by image, as lists",
    """
import math

def softmax_cross_entropy(logits, y):
    losses, gradient = [], []
    for row, truth in zip(logits.tolist(), y.tolist()):
        top = max(row)
        powers = [math.exp(z - top) for z in row]
        losses.append(top + math.log(sum(powers)) - row[truth.index(1)])
        gradient.append([(power / sum(powers) - t) / len(logits) for power, t in zip(powers, truth)])
    return sum(losses) / len(losses), gradient
""",
)
ENTROPY.right(
    "logaddexp",
    """
def softmax_cross_entropy(logits, y):
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, np.newaxis]
    dlogits = np.exp(log_p)
    dlogits[np.arange(len(y)), y.argmax(axis=1)] -= 1
    return -log_p[np.arange(len(y)), y.argmax(axis=1)].mean(), dlogits / y.shape[0]
""",
)
ENTROPY.right(
    "in single precision, with helpers",
    """
def softmax_cross_entropy(logits, y):
    print(logits.shape)
    log_p = log_softmax(logits.astype(np.float32))
    return [np.float32(np.mean(-np.sum(y * log_p, axis=-1))), (np.exp(log_p) - y) / np.float32(len(y))]
""",
    before="""
def log_softmax(z):
    z = z - z.max(axis=1)[:, None]
    return z - np.log(np.exp(z).sum(axis=1))[:, None]
""",
)
ENTROPY.wrong(
    "summed", STABLE, ("losses.mean()", "losses.sum()"), says="you add up the losses of the images"
)
ENTROPY.wrong(
    "a loss for each image",
    STABLE,
    ("losses.mean()", "losses"),
    says="your loss has a number for each image",
)
ENTROPY.wrong(
    "averaged over the classes",
    STABLE,
    ("losses.mean()", "losses.mean() / y.shape[1]"),
    says="divided by the number of classes, too",
)
ENTROPY.wrong(
    "the sign", STABLE, ("losses.mean()", "-losses.mean()"), says="your loss has the wrong sign"
)
ENTROPY.wrong(
    "base 2",
    STABLE,
    ("losses.mean()", "losses.mean() / np.log(2)"),
    says="your logarithm has base 2",
)
ENTROPY.wrong(
    "the right class's probability",
    STABLE,
    ("losses = np.log(e.sum(axis=1)) - (y * z).sum(axis=1)", "losses = 1 - (y * p).sum(axis=1)"),
    says="your loss is 1 minus the probability",
)
ENTROPY.wrong(
    "the logarithm of a probability",
    STABLE,
    ("np.log(e.sum(axis=1)) - (y * z).sum(axis=1)", "-np.log((y * p).sum(axis=1))"),
    says="your loss is infinite: log(0)",
)
ENTROPY.wrong(
    "all logarithms",
    STABLE,
    ("np.log(e.sum(axis=1)) - (y * z).sum(axis=1)", "-(y * np.log(p)).sum(axis=1)"),
    says="0 times that is NaN",
)
ENTROPY.wrong(
    "a little added",
    STABLE,
    ("np.log(e.sum(axis=1)) - (y * z).sum(axis=1)", "-(y * np.log(p + 1e-12)).sum(axis=1)"),
    says="your loss never gets above 27.6",
)
ENTROPY.wrong(
    "clipped",
    STABLE,
    (
        "np.log(e.sum(axis=1)) - (y * z).sum(axis=1)",
        "-(y * np.log(np.clip(p, 1e-7, 1))).sum(axis=1)",
    ),
    says="your loss never gets above 16.1",
)
ENTROPY.wrong(
    "no shift",
    STABLE,
    ("logits - logits.max(axis=1, keepdims=True)", "logits"),
    says="np.exp of a large logit is infinite",
)
ENTROPY.wrong(
    "no shift in the gradient",
    STABLE,
    ("    p = e / e", "    p = np.exp(logits) / np.exp(logits)"),
    says="np.exp of a large logit is infinite",
)
ENTROPY.wrong(
    "one maximum",
    STABLE,
    ("logits.max(axis=1, keepdims=True)", "logits.max()"),
    says="is one number subtracted from all rows?",
)
ENTROPY.wrong(
    "0 at most taken off",
    STABLE,
    ("logits.max(axis=1, keepdims=True)", "np.maximum(logits.max(axis=1, keepdims=True), 0)"),
    says="np.exp of a logit far below 0 is 0",
)
ENTROPY.wrong(
    "the maximum on one side",
    STABLE,
    ("(y * z)", "(y * logits)"),
    says="the largest logit is subtracted in the sum",
)
ENTROPY.wrong(
    "the margin",
    STABLE,
    ("np.log(e.sum(axis=1)) - (y * z).sum(axis=1)", "-(y * z).sum(axis=1)"),
    says="for logits [[0, 0]] and y [[1, 0]] your loss is 0.0; it should be 0.6931",
)
ENTROPY.wrong(
    "the winner for softmax",
    STABLE,
    ("    losses", "    p = (z == 0) / (z == 0).sum(axis=1, keepdims=True)\n    losses"),
    says="for logits [[log 3, 0]] and y [[1, 0]] your dlogits is [[0.0, 0.0]]",
)
ENTROPY.wrong(
    "over the images",
    STABLE,
    ("max(axis=1, keepdims=True)", "max(axis=0)"),
    ("e.sum(axis=1, keepdims=True)", "e.sum(axis=0)"),
    ("np.log(e.sum(axis=1)) - (y * z).sum(axis=1)", "-np.log((y * p).sum(axis=1))"),
    says="your softmax adds up to 1 over the images",
)
ENTROPY.wrong(
    "gradient of the sum", STABLE, (" / len(logits)", ""), says="your gradient is that of the sum"
)
ENTROPY.wrong(
    "divided by N·K",
    STABLE,
    (" / len(logits)", " / y.size"),
    says="your gradient is divided by N · K",
)
ENTROPY.wrong(
    "turned round", STABLE, ("(p - y)", "(y - p)"), says="your gradient has the wrong sign"
)
ENTROPY.wrong("y left out", STABLE, ("(p - y)", "p"), says="y is missing from your gradient")
ENTROPY.wrong(
    "only half of the way",
    STABLE,
    ("(p - y)", "(-y / p)"),
    says="how the loss changes with the probabilities",
)
ENTROPY.wrong(
    "softmax twice",
    STABLE,
    ("(p - y)", "(p - y) * p * (1 - p)"),
    says="for logits [[0, 0]] and y [[1, 0]] your dlogits is",
)
ENTROPY.wrong(
    "the right class only",
    STABLE,
    ("(p - y)", "y * (p - y)"),
    says="only the right class has a gradient",
)
ENTROPY.wrong(
    "the tuple turned round",
    STABLE,
    ("losses.mean(), (p - y) / len(logits)", "(p - y) / len(logits), losses.mean()"),
    says="the items of your tuple have changed places",
)
ENTROPY.wrong(
    "the loss alone",
    STABLE,
    (", (p - y) / len(logits)", ""),
    says="return the tuple (loss, dlogits)",
)
ENTROPY.wrong(
    "Keras does it",
    STABLE,
    ("losses.mean()", "float(keras.losses.CategoricalCrossentropy(from_logits=True)(y, logits))"),
    says="lets Keras do the work",
)

# ---------------------------------------------------------------- fold_batch_norm

FOLD = Corpus("fold_batch_norm")
FOLDED = """
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = 0
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, (bias - mean) * scale + beta
"""
FOLD.right("a scale", FOLDED)
FOLD.right(
    "asked what the two layers make of zeros",
    """
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    def norm(z):
        return gamma * (z - mean) / (variance + epsilon) ** 0.5 + beta

    of_zeros = norm(np.zeros(len(mean)) if bias is None else bias)
    return norm(kernel) - norm(0 * kernel), of_zeros
""",
)
FOLD.right(
    "filter by filter, as lists",
    """
import math

def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=0.001):
    new_kernel, new_bias = np.zeros(kernel.shape), []
    for f in range(kernel.shape[-1]):
        s = gamma[f] / math.sqrt(variance[f] + epsilon)
        new_kernel[..., f] = s * kernel[..., f]
        b = bias[f] if bias is not None else 0.0
        new_bias.append(s * b + beta[f] - s * mean[f])
    return [new_kernel.tolist(), new_bias]
""",
)
FOLD.right(
    "a matrix, in single precision",
    """
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3, name="folded"):
    scale = factor(gamma, variance, epsilon)
    matrix = kernel.reshape(-1, kernel.shape[-1]).astype("float32") @ np.diag(scale)
    shift = beta - scale * mean
    print(name)
    return matrix.reshape(kernel.shape), shift if bias is None else shift + scale * bias
""",
    before="""
def factor(gamma, variance, epsilon):
    return (gamma * (variance + epsilon) ** -0.5).astype("float32")
""",
)
FOLD.wrong("no epsilon", FOLDED, ("variance + epsilon", "variance"), says="epsilon is left out")
FOLD.wrong(
    "epsilon outside",
    FOLDED,
    ("np.sqrt(variance + epsilon)", "(np.sqrt(variance) + epsilon)"),
    says="epsilon is added to the standard deviation",
)
FOLD.wrong(
    "always a thousandth",
    FOLDED,
    ("variance + epsilon", "variance + 1e-3"),
    says="your epsilon is always 0.001",
)
FOLD.wrong(
    "the variance",
    FOLDED,
    ("np.sqrt(variance + epsilon)", "(variance + epsilon)"),
    says="divide by the variance",
)
FOLD.wrong("no gamma", FOLDED, ("gamma / np", "1 / np"), says="gamma is left out")
FOLD.wrong(
    "gamma only",
    FOLDED,
    ("scale = gamma / np.sqrt(variance + epsilon)", "scale = gamma"),
    says="do not divide by the standard deviation",
)
FOLD.wrong(
    "0 taken for no epsilon",
    FOLDED,
    ("variance + epsilon", "variance + (epsilon or 1e-3)"),
    says="where `epsilon` is 0, your epsilon is always 0.001",
)
FOLD.wrong(
    "epsilon in the bias only",
    FOLDED,
    ("kernel * scale", "kernel * gamma / np.sqrt(variance + 1e-3)"),
    says="your epsilon is always 0.001",
)
FOLD.wrong(
    "epsilon in the kernel only",
    FOLDED,
    ("    return", "    plain = gamma / np.sqrt(variance + 1e-3)\n    return"),
    ("(bias - mean) * scale", "(bias - mean) * plain"),
    says="your epsilon is always 0.001",
)
FOLD.wrong(
    "the kernel as it was", FOLDED, ("kernel * scale", "kernel"), says="the kernel is unchanged"
)
FOLD.wrong(
    "along the channels",
    FOLDED,
    ("kernel * scale", "kernel * scale[:, np.newaxis]"),
    says="you lay them along the channels",
)
FOLD.wrong(
    "in place",
    FOLDED,
    (
        "    return kernel * scale",
        "    folded = kernel.copy()\n    folded *= scale\n    return folded",
    ),
    says="for a kernel of whole numbers yours loses its decimals",
)
FOLD.wrong(
    "an array like the kernel",
    FOLDED,
    (
        "    return kernel * scale",
        "    folded = np.empty_like(kernel)\n    folded[:] = kernel * scale\n    return folded",
    ),
    says="for a kernel of whole numbers yours loses its decimals",
)
FOLD.wrong("the mean left out", FOLDED, ("(bias - mean)", "bias"), says="the mean is left out")
FOLD.wrong("the mean added", FOLDED, ("(bias - mean)", "(bias + mean)"), says="the mean is added")
FOLD.wrong("the bias left out", FOLDED, ("(bias - mean)", "-mean"), says="own bias is left out")
FOLD.wrong(
    "the bias not scaled",
    FOLDED,
    ("(bias - mean) * scale", "bias - mean * scale"),
    says="own bias is not scaled",
)
FOLD.wrong("beta left out", FOLDED, (" + beta", ""), says="beta is left out")
FOLD.wrong(
    "beta scaled",
    FOLDED,
    ("(bias - mean) * scale + beta", "(bias - mean + beta) * scale"),
    says="beta is scaled",
)
FOLD.wrong(
    "the mean not scaled",
    FOLDED,
    ("(bias - mean) * scale", "bias * scale - mean"),
    says="the mean is not scaled",
)
FOLD.wrong(
    "nothing scaled",
    FOLDED,
    ("(bias - mean) * scale", "(bias - mean)"),
    says="with `bias`, gamma 3 and a deviation of 2, your bias[0] is",
)
FOLD.wrong(
    "beta twice, the bias once",
    FOLDED,
    ("(bias - mean) * scale + beta", "bias + beta - mean * scale + beta"),
    says="with `bias`, gamma 3 and a deviation of 2, your bias[0] is",
)
FOLD.wrong(
    "the mean not divided",
    FOLDED,
    ("(bias - mean) * scale", "bias * scale - gamma * mean"),
    says="with `mean`, gamma 3 and a deviation of 2, your bias[0] is",
)
FOLD.wrong(
    "a bias always there",
    FOLDED,
    ("    if bias is None:\n        bias = 0\n", ""),
    says="unsupported operand type",
)
FOLD.wrong(
    "no bias, no shift",
    FOLDED,
    ("    if bias is None:\n        bias = 0\n", ""),
    ("    return", "    if bias is None:\n        return kernel * scale, beta\n    return"),
    says="the mean is left out",
)
FOLD.wrong(
    "the tuple turned round",
    FOLDED,
    (
        "kernel * scale, (bias - mean) * scale + beta",
        "(bias - mean) * scale + beta, kernel * scale",
    ),
    says="the items of your tuple have changed places",
)
FOLD.wrong(
    "the kernel alone",
    FOLDED,
    (", (bias - mean) * scale + beta", ""),
    says="return the tuple (kernel, bias)",
)
FOLD.wrong(
    "normalised by its own statistics",
    FOLDED,
    ("(bias - mean)", "(bias - np.mean(kernel, axis=(0, 1, 2)))"),
    says="your bias[0] is",
)

CORPORA = [POOL, BACKWARD, ENTROPY, FOLD]
