"""Networks as their papers print them: one row a block, plain data, no framework.

A row is a dictionary, read like a row of MobileNet's table 1:

    {"kind": "conv", "stride": 2, "kernel": (3, 3, 3, 32), "input": (224, 224, 3)}

==========  ==========================================================================
kind        "conv", "depthwise", "dense", "norm" or "pool"
kernel      its filter shape: conv (kh, kw, C, F), depthwise (kh, kw, C, m), dense (units in,
            units out), pool (kh, kw); a norm has none
input       the size of what comes in: (H, W, C), for a dense block (units in,)
stride      1 where a row does not say
padding     "same" where a row does not say, or "valid"
use_bias    False where a row does not say
==========  ==========================================================================

A norm learns a scale and a shift for each channel. Blocks without numbers of their own and
without products (ReLU, additions, softmax) have no row.
"""

Row = dict
Size = tuple[int, int, int]  # (H, W, C)

# Stride and filters of MobileNet's depthwise separable pairs. The paper's table prints s2 for the
# last depthwise block, but from 7 × 7 to 7 × 7: that is stride 1.
PAIRS = [(1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512)]
REPEATED = 5 * [(1, 512)]  # what "shallow" leaves out
LAST_PAIRS = [(2, 1024), (1, 1024)]


def mobilenet(
    width: float = 1.0, size: int = 224, shallow: bool = False, separable: bool = True
) -> list[Row]:
    """MobileNet for size × size images, arXiv 1704.04861, table 1; like the paper without norms.

    ``width`` is its width multiplier (table 6), ``size`` its resolution (table 7). ``shallow``
    leaves out the five blocks of 14 × 14 × 512 (table 5). ``separable=False`` has a normal
    convolution in place of each depthwise and pointwise one (table 4).
    """
    rows = conv(3, (size, size, 3), int(width * 32), stride=2)
    for stride, filters in PAIRS + (0 if shallow else 1) * REPEATED + LAST_PAIRS:
        replaced = separable_pair if separable else conv
        rows += replaced(3, output(rows[-1]), int(width * filters), stride)
    height, breadth, channels = output(rows[-1])
    return [
        *rows,
        {"kind": "pool", "kernel": (height, breadth), "input": (height, breadth, channels)},
        {"kind": "dense", "kernel": (channels, 1000), "input": (channels,)},
    ]


def xception() -> list[Row]:
    """Xception for 299 × 299 images, arXiv 1610.02357, figure 5, with the norms that it leaves out.

    22,855,952 parameters (its table 3). Rows come in the figure's order, each shortcut of 1 × 1
    before the blocks that it passes by.
    """
    rows = normed(conv(3, (299, 299, 3), 32, stride=2, padding="valid"))
    rows += normed(conv(3, output(rows[-1]), 64, padding="valid"))
    for filters in (128, 256, 728):
        rows += shrinking_module(output(rows[-1]), filters, filters)
    for _ in range(8 * 3):  # eight modules of three
        rows += normed(separable_pair(3, output(rows[-1]), 728))
    rows += shrinking_module(output(rows[-1]), 728, 1024)
    for filters in (1536, 2048):
        rows += normed(separable_pair(3, output(rows[-1]), filters))
    return [
        *rows,
        {"kind": "pool", "kernel": output(rows[-1])[:2], "input": output(rows[-1])},
        {"kind": "dense", "kernel": (2048, 1000), "input": (2048,), "use_bias": True},
    ]


def conv(k: int, size: Size, filters: int, stride: int = 1, **options) -> list[Row]:
    kernel = (k, k, size[2], filters)
    return [{"kind": "conv", **strided(stride), "kernel": kernel, "input": size, **options}]


def separable_pair(k: int, size: Size, filters: int, stride: int = 1) -> list[Row]:
    kernel = (k, k, size[2], 1)
    depthwise = {"kind": "depthwise", **strided(stride), "kernel": kernel, "input": size}
    return [depthwise, *conv(1, output(depthwise), filters)]


def normed(rows: list[Row]) -> list[Row]:
    return [*rows, {"kind": "norm", "input": output(rows[-1])}]


def shrinking_module(size: Size, inner: int, filters: int) -> list[Row]:
    """Two separable pairs and a pool of stride 2, and a shortcut of 1 × 1 past all three."""
    shortcut = normed(conv(1, size, filters, stride=2))
    first = normed(separable_pair(3, size, inner))
    second = normed(separable_pair(3, output(first[-1]), filters))
    pool = {"kind": "pool", **strided(2), "kernel": (3, 3), "input": output(second[-1])}
    return [*shortcut, *first, *second, pool]


def strided(stride: int) -> Row:
    """A row says its stride only where there is one."""
    return {"stride": stride} if stride > 1 else {}


def output(row: Row) -> Size:
    """The size (H, W, C) that a row hands on to the next one."""
    height, width, channels = row["input"]
    if row["kind"] == "norm":
        return height, width, channels
    stride, (kh, kw) = row.get("stride", 1), row["kernel"][:2]
    if row.get("padding") == "valid":
        height, width = (height - kh) // stride + 1, (width - kw) // stride + 1
    else:
        height, width = -(-height // stride), -(-width // stride)
    if row["kind"] == "conv":
        channels = row["kernel"][3]
    elif row["kind"] == "depthwise":
        channels *= row["kernel"][3]
    return height, width, channels
