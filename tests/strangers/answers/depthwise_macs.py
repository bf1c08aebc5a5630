# %% wrong | no multiplier | You leave the depth multiplier out: every channel is filtered m times.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = -(-h // stride), -(-w // stride)
    else:
        oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    return oh * ow * kh * kw * in_channels

# %% wrong | normal convolution | You count a normal convolution, where each of the C·m maps is a sum over all C channels; here each is a sum over one.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    out = []
    for n, k in zip(input_size, kernel_size):
        out.append(int(np.ceil(n / stride)) if padding == "same" else (n - k) // stride + 1)
    maps = in_channels * depth_multiplier
    return out[0] * out[1] * maps * kernel_size[0] * kernel_size[1] * in_channels

# %% wrong | bias counted | You add one for the bias of every output number, and the task leaves the bias out.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    (h, w), (kh, kw) = input_size, kernel_size
    if padding == "valid":
        oh = (h - kh) // stride + 1
        ow = (w - kw) // stride + 1
    else:
        oh = (h + stride - 1) // stride
        ow = (w + stride - 1) // stride
    return oh * ow * (kh * kw + 1) * in_channels * depth_multiplier

# %% wrong | flops | You count the multiplication and the addition separately; one multiply-add is one.
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    positions = 1
    for n, k in zip(input_size, kernel_size):
        positions *= -(-n // stride) if padding == "same" else (n - k) // stride + 1
    return 2 * positions * kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier

# %% wrong | zeros left out | You count only the products with real pixels, but the task counts the zeros of the padding too.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    total = 1
    for n, k in zip(input_size, kernel_size):
        if padding == "same":
            out = -(-n // stride)
            before = max((out - 1) * stride + k - n, 0) // 2
        else:
            out = (n - k) // stride + 1
            before = 0
        touched = 0
        for i in range(out):
            start = i * stride - before
            touched += sum(1 for p in range(start, start + k) if 0 <= p < n)
        total *= touched
    return total * in_channels * depth_multiplier

# %% wrong | same rounded down | With "same" the output has n / stride positions rounded up, and you round down, which shows when the stride does not divide the size.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = input_size[0] // stride, input_size[1] // stride
    else:
        oh, ow = (input_size[0] - kh) // stride + 1, (input_size[1] - kw) // stride + 1
    return oh * ow * kh * kw * in_channels * depth_multiplier

# %% wrong | python's round | `round(n / stride)` is not rounding up: round(2.5) is 2, and 7 / 3 goes down too.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    def length(n, k):
        if padding == "same":
            return round(n / stride)
        return (n - k) // stride + 1

    oh, ow = (length(n, k) for n, k in zip(input_size, kernel_size))
    return oh * ow * kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier

# %% wrong | plus one inside | The + 1 for the first position belongs after the division by the stride, and you add it before.
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "same":
        oh = -(-h // stride)
        ow = -(-w // stride)
    else:
        oh = (h - kh + 1) // stride
        ow = (w - kw + 1) // stride
    macs_per_map = oh * ow * kh * kw
    return macs_per_map * in_channels * depth_multiplier

# %% wrong | divided at the end | You count the positions for stride 1 and divide by stride squared, but a stride thins rows and columns one by one, and whole positions only.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    kh, kw = kernel_size
    if padding == "same":
        positions = input_size[0] * input_size[1]
    else:
        positions = (input_size[0] - kh + 1) * (input_size[1] - kw + 1)
    positions = positions // stride ** 2
    return positions * kh * kw * in_channels * depth_multiplier

# %% wrong | SAME in capitals | You compare with "SAME" in capitals, so the padding "same" is never recognised and counted as "valid".
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    kh, kw = kernel_size
    if padding == "SAME":
        oh, ow = [int(np.ceil(n / stride)) for n in input_size]
    else:
        oh, ow = [(n - k) // stride + 1 for n, k in zip(input_size, kernel_size)]
    return oh * ow * kh * kw * in_channels * depth_multiplier

# %% wrong | torch padding | You take k//2 zeros on either side as PyTorch does; with an even kernel this gives a position more than "same" has.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    sizes = []
    for n, k in zip(input_size, kernel_size):
        p = k // 2 if padding == "same" else 0
        sizes.append((n + 2 * p - k) // stride + 1)
    oh, ow = sizes
    return oh * ow * kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier

# %% wrong | kernel turned | You take the kernel's width from the image's height and the other way round; with square kernels nobody sees it.
def depthwise_macs(input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"):
    height, width = input_size
    kw, kh = kernel_size
    if padding == "same":
        oh, ow = -(-height // stride), -(-width // stride)
    else:
        oh, ow = (height - kh) // stride + 1, (width - kw) // stride + 1
    return oh * ow * kh * kw * in_channels * depth_multiplier

# %% wrong | positions of the input | You count a window at every pixel of the input, but the windows sit at the output's positions; look at padding and stride.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    h, w = input_size
    kh, kw = kernel_size
    return h * w * kh * kw * in_channels * depth_multiplier

# %% wrong | 32 bits | A product of 32-bit integers wraps around above two thousand million, which a large layer passes; Python's own integers do not.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    n, k = np.array(input_size), np.array(kernel_size)
    if padding == "same":
        out = -(-n // stride)
    else:
        out = (n - k) // stride + 1
    factors = np.concatenate([out, k, [in_channels, depth_multiplier]]).astype(np.int32)
    return int(np.prod(factors, dtype=np.int32))

# %% wrong | valid rounded up | For "valid" you round the division up, so you count a last window that would reach over the edge.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    import math
    (h, w), (kh, kw) = input_size, kernel_size
    if padding == "same":
        oh, ow = math.ceil(h / stride), math.ceil(w / stride)
    else:
        oh, ow = math.ceil((h - kh) / stride) + 1, math.ceil((w - kw) / stride) + 1
    return oh * ow * kh * kw * in_channels * depth_multiplier

# %% right | lengths of ranges | Lets Python count the positions with len(range(...)).
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    starts = [
        range(0, n if padding == "same" else n - k + 1, stride)
        for n, k in zip(input_size, kernel_size)
    ]
    kh, kw = kernel_size
    return len(starts[0]) * len(starts[1]) * kh * kw * in_channels * depth_multiplier

# %% right | from the padded size | Adds the zeros first and uses the one formula of "valid" for both.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    from functools import reduce
    from operator import mul

    def padded(n, k):
        rest = n % stride or stride
        return n + max(k - rest, 0)

    if padding == "same":
        input_size = tuple(map(padded, input_size, kernel_size))
    steps = [divmod(n - k, stride)[0] + 1 for n, k in zip(input_size, kernel_size)]
    return reduce(mul, [*steps, *kernel_size, in_channels, depth_multiplier])

# %% right | runs over an index grid | Builds an array of the window starts for each direction and takes its size.
def depthwise_macs(
    input_size, kernel_size, in_channels, depth_multiplier=1, stride=1, padding="valid"
):
    class Axis:
        def __init__(self, n, k):
            last = n if padding == "same" else n - (k - 1)
            self.starts = np.arange(last)[::stride]
            self.k = k

        def cost(self):
            return self.starts.size * self.k

    rows, columns = (Axis(n, k) for n, k in zip(input_size, kernel_size))
    return rows.cost() * columns.cost() * (in_channels * depth_multiplier)
