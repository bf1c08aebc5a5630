"""Right answers in many styles: the solutions, and others, as different people would write them."""

import random
import re

from grading.example.task import Task

OTHER_ANSWERS = {
    "output_length": (
        """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    # count where the window can start
    last = n if padding == "same" else n - (k - 1) * dilation
    return len(range(0, last, stride))
""",
        """
def output_length(n, k, stride=1, padding="valid", dilation=1):
    span = 1 + dilation * (k - 1)
    count, start = 0, 0
    while (start < n) if padding == "same" else (start + span <= n):
        count += 1
        start += stride
    return count
""",
    ),
    "same_padding": (
        """
import math

def same_padding(n, k, stride=1, dilation=1):
    out = math.ceil(n / stride)
    p = max(0, (out - 1) * stride + (k - 1) * dilation + 1 - n)
    return (math.floor(p / 2), math.ceil(p / 2))
""",
    ),
    "slide": (
        """
def slide(image, kernel):
    out = []
    for i in range(len(image) - len(kernel) + 1):
        out.append([])
        for j in range(len(image[0]) - len(kernel[0]) + 1):
            s = 0
            for a in range(len(kernel)):
                for b in range(len(kernel[0])):
                    s += image[i + a][j + b] * kernel[a][b]
            out[-1].append(s)
    return np.array(out)
""",
    ),
    "receptive_field": (
        """
def receptive_field(layers):
    # backwards: what does one number need of the layer below?
    rf, apart = 1, 1
    for k, s, d in layers[::-1]:
        rf = (rf - 1) * s + (k - 1) * d + 1
        apart = apart * s
    return rf, apart
""",
    ),
    "conv2d": (
        """
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw = kernel.shape[0], kernel.shape[1]

    def zeros(n, k):
        out = -(-n // stride)
        p = max((out - 1) * stride + (k - 1) * dilation + 1 - n, 0)
        return p // 2, p - p // 2

    if padding == "same":
        x = np.pad(x, [(0, 0), zeros(x.shape[1], kh), zeros(x.shape[2], kw), (0, 0)])
    oh = (x.shape[1] - (kh - 1) * dilation - 1) // stride + 1
    ow = (x.shape[2] - (kw - 1) * dilation - 1) // stride + 1
    result = np.zeros((x.shape[0], oh, ow, kernel.shape[3]))
    # one shifted, thinned out image for each weight
    for a in range(kh):
        for b in range(kw):
            top, left = a * dilation, b * dilation
            part = x[:, top : top + (oh - 1) * stride + 1 : stride]
            part = part[:, :, left : left + (ow - 1) * stride + 1 : stride]
            result += part @ kernel[a, b]
    if bias is not None:
        result += bias
    return result
""",
    ),
    "conv2d_params": (
        """
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    weights = kernel_size[0] * kernel_size[1] * in_channels * filters
    if use_bias:
        weights += filters
    return weights
""",
    ),
    "conv2d_macs": (
        """
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "same":
        kh = kw = 1  # every pixel is a place for the window, before striding
    oh = (h - kh) // stride + 1
    ow = (w - kw) // stride + 1
    return oh * ow * kernel_size[0] * kernel_size[1] * in_channels * filters
""",
    ),
    "build_two_layer_model": (
        """
def build_two_layer_model():
    picture = keras.Input(shape=(224, 224, 3))
    y = keras.layers.Conv2D(filters=32, kernel_size=(3, 3))(picture)
    y = keras.layers.Conv2D(filters=64, kernel_size=(3, 3))(y)
    return keras.Model(inputs=picture, outputs=y)
""",
    ),
    "conv2d_backward": (
        """
def conv2d_backward(dy, x, kernel, stride=1):
    n, oh, ow, f = dy.shape
    dx = np.zeros(x.shape)
    dk = np.zeros(kernel.shape)
    db = np.zeros(f)
    for i in range(oh):
        for j in range(ow):
            for a in range(kernel.shape[0]):
                for b in range(kernel.shape[1]):
                    r, c = i * stride + a, j * stride + b
                    dx[:, r, c] += dy[:, i, j] @ kernel[a, b].T
                    dk[a, b] += x[:, r, c].T @ dy[:, i, j]
            db += dy[:, i, j].sum(axis=0)
    return dx, dk, db
""",
    ),
}
OTHER_NAMES = {
    "reach": ("extent", "span", "r_field"),
    "total": ("needed", "p", "how_many"),
    "positions": ("places", "spots", "n_pos"),
    "stops": ("steps", "outputs", "n_out"),
    "zeros": ("pads", "pad_widths"),
    "window": ("patch", "w"),
}
REMARKS = (
    "# done, all checks are green here",
    "# took me a while",
    "# see the lesson, third picture",
    "# same idea as on paper",
    "# TODO: make it faster",
    "# v2, the first one was wrong for stride 2",
)
WRITTEN = (
    "The output moves by one pixel too, because the weights are shared.",
    "Everything is shifted in the same way. Only at the border there are new values.",
    "I think it follows from the same kernel being used at each place.",
    "Not the same for a Dense layer: it has other weights for each pixel.",
)


def restyled(text: str, rng: random.Random) -> str:
    """The same answer as somebody else would write it."""
    styles = (renamed, lambda text, _: undocumented(text), remarked, stored, tabbed)
    for style in rng.sample(styles, rng.randint(1, 3)):
        text = style(text, rng)
    return text


def renamed(text: str, rng: random.Random) -> str:
    for name, others in OTHER_NAMES.items():
        other = rng.choice(others)
        if not re.search(rf"\b{other}\b|\.{name}\b|{name}=", text):
            text = re.sub(rf"\b{name}\b", other, text)
    return text


def undocumented(text: str) -> str:
    return re.sub(r'^ +""".*?"""\n', "", text, count=1, flags=re.MULTILINE | re.DOTALL)


def remarked(text: str, rng: random.Random) -> str:
    return f"{rng.choice(REMARKS)}\n{text}"


def stored(text: str, rng: random.Random) -> str:
    """The answer gets a name before it is returned."""
    *before, last = text.rstrip("\n").split("\n")
    if not last.startswith("    return "):
        return text
    name = rng.choice(("answer", "res", "ret"))
    return "\n".join([*before, last.replace("return", f"{name} =", 1), f"    return {name}"])


def tabbed(text: str, rng: random.Random) -> str:
    return re.sub(r"^(?: {4})+", lambda spaces: "\t" * (len(spaces[0]) // 4), text, flags=re.M)


def answers(about: Task, rng: random.Random) -> dict[str, str]:
    """A right answer to everything, written in somebody's own way."""
    written = {}
    for name, text in about.solutions.items():
        if name not in about.tests:
            written[name] = " ".join(rng.sample(WRITTEN, 2))
            continue
        others = OTHER_ANSWERS.get(name, ()) if rng.random() < 0.5 else ()
        written[name] = restyled(rng.choice(others).strip("\n") if others else text, rng)
    return written
