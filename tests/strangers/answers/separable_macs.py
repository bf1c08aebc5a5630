# %% wrong | input positions | You count a window for every pixel of the input; count the positions of the output.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    h, w = input_size
    kh, kw = kernel_size
    maps = in_channels * depth_multiplier
    return h * w * (kh * kw * maps + maps * filters)

# %% wrong | pointwise at full size | The depthwise step takes the stride, so the pointwise step sees the smaller maps; you count it at the input's size.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = -(-h // stride), -(-w // stride)
    else:
        oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    maps = in_channels * depth_multiplier
    depthwise = oh * ow * kh * kw * maps
    pointwise = h * w * maps * filters
    return depthwise + pointwise

# %% wrong | same rounds down | With padding "same" the size is rounded up, not down, when the stride does not divide it.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    (h, w), (kh, kw) = input_size, kernel_size
    if padding == "same":
        oh = h // stride
        ow = w // stride
    else:
        oh = (h - kh) // stride + 1
        ow = (w - kw) // stride + 1
    m = in_channels * depth_multiplier
    return oh * ow * m * (kh * kw + filters)

# %% wrong | valid divided at the end | (n - k + 1) // stride loses the last position when the stride does not divide; it is (n - k) // stride + 1.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    positions = 1
    for n, k in zip(input_size, kernel_size):
        if padding == "same":
            positions *= (n + stride - 1) // stride
        else:
            positions *= (n - k + 1) // stride
    maps = in_channels * depth_multiplier
    return positions * (kernel_size[0] * kernel_size[1] * maps + maps * filters)

# %% wrong | padding of PyTorch | You pad k // 2 on both sides; for a kernel of even size that gives one position too many compared with Keras.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    def out(n, k):
        p = k // 2 if padding == "same" else 0
        return (n + 2 * p - k) // stride + 1

    kh, kw = kernel_size
    oh, ow = out(input_size[0], kh), out(input_size[1], kw)
    c = in_channels * depth_multiplier
    return oh * ow * kh * kw * c + oh * ow * c * filters

# %% wrong | two operations each | You count a multiplication and an addition separately; one multiply-add counts once.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    if padding == "valid":
        oh = (input_size[0] - kernel_size[0]) // stride + 1
        ow = (input_size[1] - kernel_size[1]) // stride + 1
    else:
        oh = -(-input_size[0] // stride)
        ow = -(-input_size[1] // stride)
    maps = depth_multiplier * in_channels
    per_position = kernel_size[0] * kernel_size[1] * maps + maps * filters
    return 2 * oh * ow * per_position

# %% wrong | stride divides once | The stride shortens height and width, so it divides the positions twice; you divide only once.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "valid":
        h, w = h - kh + 1, w - kw + 1
    positions = h * w // stride
    maps = in_channels * depth_multiplier
    return positions * maps * (kh * kw + filters)

# %% wrong | height and width swapped | The kernel's width is taken from the image's height and the other way round, which shows as soon as something is not square.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    W, H = input_size
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = int(np.ceil(H / stride)), int(np.ceil(W / stride))
    else:
        oh, ow = (H - kh) // stride + 1, (W - kw) // stride + 1
    dw = oh * ow * kh * kw * in_channels * depth_multiplier
    pw = oh * ow * in_channels * depth_multiplier * filters
    return dw + pw

# %% wrong | zeros left out | You count only products with real pixels; the text says that the zeros of the padding count too.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    inside, positions = 1, 1
    for n, k in zip(input_size, kernel_size):
        if padding == "same":
            o = -(-n // stride)
            before = max((o - 1) * stride + k - n, 0) // 2
        else:
            o, before = (n - k) // stride + 1, 0
        count = 0
        for i in range(o):
            start = i * stride - before
            count += min(start + k, n) - max(start, 0)
        inside *= count
        positions *= o
    maps = in_channels * depth_multiplier
    return inside * maps + positions * maps * filters

# %% wrong | bias counted | You add one for each bias at every position, but the bias is left out.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    sizes = []
    for n, k in zip(input_size, kernel_size):
        sizes.append(-(-n // stride) if padding == "same" else (n - k) // stride + 1)
    return sizes[0] * sizes[1] * separable_params(kernel_size, in_channels, filters, depth_multiplier)


def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    maps = in_channels * depth_multiplier
    return kernel_size[0] * kernel_size[1] * maps + maps * filters + (filters if use_bias else 0)

# %% wrong | steps multiplied | The two steps come one after the other, so their costs are added; you multiply them.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = [-(-n // stride) for n in input_size]
    else:
        oh, ow = [(n - k) // stride + 1 for n, k in zip(input_size, kernel_size)]
    depthwise = kh * kw * in_channels * depth_multiplier
    pointwise = in_channels * depth_multiplier * filters
    return oh * ow * depthwise * pointwise

# %% wrong | same ignores the stride | With padding "same" you keep the input's size even when the stride is larger than 1.
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    H, W = input_size
    kh, kw = kernel_size
    if padding != "same":
        H = (H - kh) // stride + 1
        W = (W - kw) // stride + 1
    maps = in_channels * depth_multiplier
    return H * W * kh * kw * maps + H * W * maps * filters

# %% right | counting start positions | the lengths of two ranges are the output's size
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    starts = [
        len(range(0, n if padding == "same" else n - k + 1, stride))
        for n, k in zip(input_size, kernel_size)
    ]
    maps = in_channels * depth_multiplier
    per_window = [kernel_size[0] * kernel_size[1]] * maps + [maps] * filters
    return starts[0] * starts[1] * sum(per_window)

# %% right | really counting | walks over all positions in a loop and adds up what each of them costs
def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "valid":
        h, w = h - kh + 1, w - kw + 1
    macs, top = 0, 0
    while top < h:
        left = 0
        while left < w:
            macs += kh * kw * in_channels * depth_multiplier
            macs += filters * in_channels * depth_multiplier
            left += stride
        top += stride
    return macs

# %% right | divmod in a class | one axis is a small class, its length comes from divmod
class _Axis:
    def __init__(self, n, k, stride, padding):
        last = n - 1 if padding == "same" else n - k
        self.length = divmod(last, stride)[0] + 1


def separable_macs(
    input_size, kernel_size, in_channels, filters, depth_multiplier=1, stride=1, padding="valid"
):
    area = 1
    for n, k in zip(input_size, kernel_size):
        area *= _Axis(n, k, stride, padding).length
    taps = kernel_size[0] * kernel_size[1]
    return area * in_channels * depth_multiplier * (taps + filters)
