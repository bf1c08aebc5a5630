"""The sum that stands at one index of a right answer, as one writes it in NumPy.

A card shows it beside the first wrong number, so that it can be worked out by hand. Each function
takes the index and the arguments of the call: `x[0, 2:5, 4:6]` says which window it was.
"""

from contract.verdicts import UNBROKEN


def written(text: str) -> str:
    """The text in one piece: a card breaks no line inside of it."""
    return text.replace(" ", UNBROKEN)


def span(start: int, count: int, step: int = 1) -> str:
    """``count`` places from ``start``, as a slice."""
    end = start + (count - 1) * step + 1
    return f"{start}:{end}" + (f":{step}" if step > 1 else "")


def window(n, i, j, x, kernel, stride, padding, dilation=1) -> tuple[str, str]:
    """The pixels that output (i, j) of image n sees, and what to say of the zeros around them."""
    reach = [(k - 1) * dilation + 1 for k in kernel.shape[:2]]
    image, around = "x", ""
    if padding == "same":
        totals = [
            max((-(-size // stride) - 1) * stride + r - size, 0)
            for size, r in zip(x.shape[1:3], reach, strict=True)
        ]
        (top, bottom), (left, right) = ((t // 2, t - t // 2) for t in totals)
        image = "padded"
        around = f", x with {top} + {bottom} rows and {left} + {right} columns of 0 around it"
    kh, kw = kernel.shape[:2]
    rows, columns = span(i * stride, kh, dilation), span(j * stride, kw, dilation)
    return f"{image}[{n}, {rows}, {columns}", around


def plus(bias, f) -> str:
    return "" if bias is None else f" + bias[{f}]"


def normal(n, i, j, f, x, kernel, bias=None, stride=1, padding="valid", dilation=1) -> str:
    pixels, around = window(n, i, j, x, kernel, stride, padding, dilation)
    return written(f"({pixels}] * kernel[..., {f}]).sum(){plus(bias, f)}") + around


def slide(i, j, image, kernel) -> str:
    rows, columns = span(i, kernel.shape[0]), span(j, kernel.shape[1])
    return written(f"(image[{rows}, {columns}] * kernel).sum()")


def depthwise(n, i, j, f, x, kernel, bias=None, stride=1, padding="valid") -> str:
    c, m = divmod(f, kernel.shape[3])
    pixels, around = window(n, i, j, x, kernel, stride, padding)
    return written(f"({pixels}, {c}] * kernel[..., {c}, {m}]).sum(){plus(bias, f)}") + around


def grouped(n, i, j, f, x, kernel, groups, bias=None, stride=1, padding="valid") -> str:
    size = kernel.shape[2]
    first = f // (kernel.shape[3] // groups) * size
    pixels, around = window(n, i, j, x, kernel, stride, padding)
    channels = span(first, size)
    return written(f"({pixels}, {channels}] * kernel[..., {f}]).sum(){plus(bias, f)}") + around


def shuffled(n, i, j, channel, x, groups) -> str:
    place, group = divmod(channel, groups)
    number = group * (x.shape[3] // groups) + place
    return written(f"x[{n}, {i}, {j}, {number}]") + f", number {place} of group {group}"


def gated(n, i, j, channel, x, w1, b1, w2, b2) -> str:
    return written(f"x[{n}, {i}, {j}, {channel}] * gates[{n}, {channel}]")


def pointwise(n, i, j, f, x, kernel, bias=None) -> str:
    return written(f"x[{n}, {i}, {j}] @ kernel[0, 0, :, {f}]{plus(bias, f)}")


def separable(n, i, j, f, x, depthwise_kernel, pointwise_kernel, bias=None, **options) -> str:
    product = f"maps[{n}, {i}, {j}] @ pointwise_kernel[0, 0, :, {f}]{plus(bias, f)}"
    return written(product) + ", maps from the first step"


def as_normal_kernel(a, b, channel, f, kernel) -> str:
    c, m = divmod(f, kernel.shape[3])
    if c != channel:
        return f"0, for map {f} sees channel {c}"
    return written(f"kernel[{a}, {b}, {c}, {m}]")


def compose(a, b, c, f, depthwise_kernel, pointwise_kernel) -> str:
    m = depthwise_kernel.shape[3]
    rows = span(c * m, m)
    return written(f"depthwise_kernel[{a}, {b}, {c}] @ pointwise_kernel[0, 0, {rows}, {f}]")


def dbias(f, dy, x, kernel, stride=1) -> str:
    return written(f"dy[..., {f}].sum()")


def dkernel(a, b, c, f, dy, x, kernel, stride=1) -> str:
    oh, ow = dy.shape[1:3]
    pixels = f"x[:, {span(a, oh, stride)}, {span(b, ow, stride)}, {c}]"
    return written(f"({pixels} * dy[..., {f}]).sum()")


def depthwise_dkernel(a, b, c, m, dy, x, kernel, stride=1) -> str:
    return dkernel(a, b, c, c * kernel.shape[3] + m, dy, x, kernel, stride)


def windows_over(h, w, dy, kernel, stride) -> list[tuple[int, int]]:
    """The stops whose window covers pixel (h, w)."""
    (oh, ow), (kh, kw) = dy.shape[1:3], kernel.shape[:2]
    rows = [i for i in range(oh) if 0 <= h - i * stride < kh]
    columns = [j for j in range(ow) if 0 <= w - j * stride < kw]
    return [(i, j) for i in rows for j in columns]


def dx(n, h, w, c, dy, x, kernel, stride=1, maps=None) -> str:
    """``maps`` says which of dy's maps heard of channel c; all of them in a normal convolution."""
    over = windows_over(h, w, dy, kernel, stride)
    if not over:
        return "0, for no window covers this pixel"
    seen = f", {maps}" if maps else ""
    products = [
        written(f"dy[{n}, {i}, {j}{seen}] @ kernel[{h - i * stride}, {w - j * stride}, {c}]")
        for i, j in over
    ]
    if len(products) > 2:
        return f"{products[0]} + … over {len(products)} windows"
    return " + ".join(products)


def depthwise_dx(n, h, w, c, dy, x, kernel, stride=1) -> str:
    m = kernel.shape[3]
    return dx(n, h, w, c, dy, x, kernel, stride, maps=span(c * m, m))


def pixel(n, i, j, channel, images, labels) -> str:
    return written(f"images[{n}, {i}, {j}] / 255 = {images[n, i, j]} / 255")


def one_hot(n, digit, images, labels) -> str:
    return f"labels[{n}] is {labels[n]}"


def tally(t, p, y_true, y_pred, num_classes=10) -> str:
    return written(f"((y_true == {t}) & (y_pred == {p})).sum()")


def pooled_window(n, i, j, c, size) -> str:
    return f"x[{n}, {span(i * size, size)}, {span(j * size, size)}, {c}]"


def max_pool(n, i, j, c, x, size=2) -> str:
    return written(f"{pooled_window(n, i, j, c, size)}.max()")


def max_pool_dx(n, h, w, c, dy, x, size=2) -> str:
    """The pixel, beside the window that it is in."""
    i, j = h // size, w // size
    if i >= dy.shape[1] or j >= dy.shape[2]:
        return "0, for no window covers this pixel"
    window = x[n, i * size : (i + 1) * size, j * size : (j + 1) * size, c]
    place = divmod(int(window.argmax()), size)
    is_largest = place == (h - i * size, w - j * size)
    several = (
        "the first of the largest numbers" if (window == window.max()).sum() > 1 else "the largest"
    )
    whose = written(f"of {pooled_window(n, i, j, c, size)}")
    if is_largest:
        return written(f"dy[{n}, {i}, {j}, {c}]") + f", for the pixel is {several} {whose}"
    return f"0, for the pixel is not {several} {whose}"
