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
without products (ReLU, additions, softmax) have no row. A grouped convolution is a "conv" whose
kernel is (kh, kw, C / groups, F).
"""

Row = dict
Size = tuple[int, int, int]  # (H, W, C)

# Stride and filters of MobileNet's depthwise separable pairs. The paper's table prints s2 for the
# last depthwise block, but from 7 × 7 to 7 × 7: that is stride 1.
PAIRS = [(1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512)]
REPEATED = 5 * [(1, 512)]  # what "shallow" leaves out
LAST_PAIRS = [(2, 1024), (1, 1024)]
# MobileNetV2's table 2: expansion t, filters c, how often n, the first one's stride s.
INVERTED = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1)]  # fmt: skip
RESNET_STAGES = [(1, 3), (2, 4), (4, 6), (8, 3)]  # how many times as wide, how many blocks
CONVNEXT_TINY = [(96, 3), (192, 3), (384, 9), (768, 3)]  # channels, how many blocks


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
    return [*rows, *classifier(rows)]


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
    return [*rows, *classifier(rows, use_bias=True)]


def resnet50(groups: int = 1, width: int = 64) -> list[Row]:
    """ResNet-50 for 224 × 224 images, or with groups=32, width=128 ResNeXt-50 (32 × 4d).

    Both columns of table 1 in arXiv 1611.05431, which strides in the 3 × 3 layers; with the norms
    that it leaves out. 25,557,032 and 25,028,904 parameters (there 25.5 and 25.0 million).
    """
    rows = normed(conv(7, (224, 224, 3), 64, stride=2))
    rows.append({"kind": "pool", **strided(2), "kernel": (3, 3), "input": output(rows[-1])})
    for times, repeats in RESNET_STAGES:
        for number in range(repeats):
            size, stride = output(rows[-1]), 2 if number == 0 and times > 1 else 1
            if number == 0:  # the input has another shape than the output: a shortcut of 1 × 1
                rows += normed(conv(1, size, 256 * times, stride))
            rows += bottleneck(size, times * width, 256 * times, stride, groups)
    return [*rows, *classifier(rows, use_bias=True)]


def bottleneck(size: Size, width: int, filters: int, stride: int = 1, groups: int = 1) -> list[Row]:
    """A residual block of ResNet, or of ResNeXt with groups: 1 × 1, 3 × 3, 1 × 1, with norms."""
    rows = normed(conv(1, size, width))
    rows += normed(conv(3, output(rows[-1]), width, stride, groups))
    return rows + normed(conv(1, output(rows[-1]), filters))


def mobilenet_v2(size: int = 224) -> list[Row]:
    """MobileNetV2 for size × size images, arXiv 1801.04381, table 2; like the paper without norms.

    300,774,272 multiply-adds for images of 224 × 224 and 3,469,760 weights: the paper's 300 and 3.4
    million (cut off; the authors' own table of checkpoints says 3.47).
    """
    rows = conv(3, (size, size, 3), 32, stride=2)
    for expansion, filters, repeats, stride in INVERTED:
        for number in range(repeats):
            first = stride if number == 0 else 1
            rows += inverted_residual(output(rows[-1]), filters, expansion, first)
    rows += conv(1, output(rows[-1]), 1280)
    return [*rows, *classifier(rows)]


def inverted_residual(size: Size, filters: int, expansion: int = 6, stride: int = 1) -> list[Row]:
    """MobileNetV2's block: to expansion times the channels, each filtered by itself, and back.

    An expansion of 1 makes no layer (so it is in the authors' program).
    """
    rows = conv(1, size, expansion * size[2]) if expansion > 1 else []
    return rows + separable_pair(3, output(rows[-1]) if rows else size, filters, stride)


def convnext_tiny() -> list[Row]:
    """ConvNeXt-T for 224 × 224 images, arXiv 2201.03545, table 9, with biases and norms.

    Its 28,589,128 parameters (28.6 million there) are these and a scale for each channel of a
    block, which has no row.
    """
    rows, size = [], (224, 224, 3)
    for channels, blocks in CONVNEXT_TINY:
        if not rows:  # 4 × 4 pixels make the first position
            rows += normed(conv(4, size, channels, stride=4, use_bias=True))
        else:
            rows += [{"kind": "norm", "input": size}]
            rows += conv(2, size, channels, stride=2, use_bias=True)
        for _ in range(blocks):
            rows += convnext_block(output(rows[-1]))
        size = output(rows[-1])
    pool, dense = classifier(rows, use_bias=True)
    return [*rows, pool, {"kind": "norm", "input": (1, 1, size[2])}, dense]


def convnext_block(size: Size, k: int = 7) -> list[Row]:
    """Each channel filtered by itself, a norm, to four times the channels and back."""
    channels = size[2]
    kernel = (k, k, channels, 1)
    depthwise = {"kind": "depthwise", "kernel": kernel, "input": size, "use_bias": True}
    wide = conv(1, size, 4 * channels, use_bias=True)
    return [
        depthwise,
        {"kind": "norm", "input": size},
        *wide,
        *conv(1, output(wide[-1]), channels, use_bias=True),
    ]


def classifier(rows: list[Row], **options) -> list[Row]:
    """The mean of each channel, and 1000 classes."""
    size = output(rows[-1])
    return [
        {"kind": "pool", "kernel": size[:2], "input": size},
        {"kind": "dense", "kernel": (size[2], 1000), "input": (size[2],), **options},
    ]


def conv(
    k: int, size: Size, filters: int, stride: int = 1, groups: int = 1, **options
) -> list[Row]:
    kernel = (k, k, size[2] // groups, filters)
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
