# %% wrong | stride not used | You count a window at every cell; with a stride the window stops at fewer places.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    h, w = input_size
    kh, kw = kernel_size
    if padding == "valid":
        h, w = h - kh + 1, w - kw + 1
    return h * w * kh * kw * in_channels * filters

# %% wrong | padding not used | You never look at padding; with "same" the window makes n/stride stops, rounded up, and that is more than with "valid".
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    oh = (input_size[0] - kernel_size[0]) // stride + 1
    ow = (input_size[1] - kernel_size[1]) // stride + 1
    return oh * ow * np.prod(kernel_size) * in_channels * filters

# %% wrong | one input channel only | You left in_channels out; every product runs over all input channels.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    oh = output_length(input_size[0], kernel_size[0], stride, padding)
    ow = output_length(input_size[1], kernel_size[1], stride, padding)
    return oh * ow * kernel_size[0] * kernel_size[1] * filters

# %% wrong | bias counted as well | You add one for the bias of each output; the task leaves the bias out.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    positions = 1
    for n, k in zip(input_size, kernel_size):
        if padding == "same":
            positions *= -(-n // stride)
        else:
            positions *= (n - k) // stride + 1
    kh, kw = kernel_size
    macs = positions * kh * kw * in_channels * filters
    return macs + positions * filters

# %% wrong | counts two operations | You count the multiplication and the addition apart; one multiply-add is both together.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = (-(-n // stride) for n in input_size)
    else:
        oh, ow = ((n - k) // stride + 1 for n, k in zip(input_size, kernel_size))
    flops = 2 * oh * ow * kh * kw * in_channels * filters
    return flops

# %% wrong | square image taken for granted | You computed the height of the output and squared it; image and kernel need not be square.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    n, k = input_size[0], kernel_size[0]
    if padding == "same":
        o = -(-n // stride)
    else:
        o = (n - k) // stride + 1
    return o * o * kernel_size[0] * kernel_size[1] * in_channels * filters

# %% wrong | input size for output size | You multiply by the size of the input; with "valid" the window makes fewer stops than there are cells.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    h, w = input_size
    kh, kw = kernel_size
    return -(-h // stride) * -(-w // stride) * kh * kw * in_channels * filters

# %% wrong | divided by the stride squared | You count all places for stride 1 and divide by stride²; the stops of each axis have to be rounded for themselves.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    kh, kw = kernel_size
    H, W = input_size
    if padding == "valid":
        H = H - kh + 1
        W = W - kw + 1
    macs = H * W * kh * kw * in_channels * filters
    return macs // stride ** 2

# %% wrong | same rounds down | With "same" there are n/stride stops rounded up; you rounded down, which loses the last stop where stride does not divide n.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    kh, kw = kernel_size
    if padding == "same":
        oh, ow = input_size[0] // stride, input_size[1] // stride
    else:
        oh, ow = (input_size[0] - kh) // stride + 1, (input_size[1] - kw) // stride + 1
    return oh * ow * kh * kw * in_channels * filters

# %% wrong | leaves out the zeros | You left out the products with the zeros of the padding; the task counts them.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    hits = []
    for n, k in zip(input_size, kernel_size):
        if padding == "same":
            out = -(-n // stride)
            before = max((out - 1) * stride + k - n, 0) // 2
        else:
            out, before = (n - k) // stride + 1, 0
        hits.append(sum(0 <= i * stride + t - before < n for i in range(out) for t in range(k)))
    return hits[0] * hits[1] * in_channels * filters

# %% wrong | additions one fewer | You counted the additions between the products, one fewer than there are products; the task counts one multiply-add for each product.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    kh, kw = kernel_size
    oh = -(-input_size[0] // stride) if padding == "same" else (input_size[0] - kh) // stride + 1
    ow = -(-input_size[1] // stride) if padding == "same" else (input_size[1] - kw) // stride + 1
    per_output = kh * kw * in_channels - 1
    return oh * ow * filters * per_output

# %% wrong | stride on one axis | You let only the rows step by the stride; the window steps so along the width as well.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    (h, w), (kh, kw) = input_size, kernel_size
    if padding == "same":
        places = -(-h // stride) * w
    else:
        places = ((h - kh) // stride + 1) * (w - kw + 1)
    return places * kh * kw * in_channels * filters

# %% wrong | symmetric padding for same | You pad half a kernel on both sides as in PyTorch; with an even kernel this makes a stop too many at stride 1.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    out = []
    for n, k in zip(input_size, kernel_size):
        p = k // 2 if padding == "same" else 0
        out.append((n + 2 * p - k) // stride + 1)
    return out[0] * out[1] * kernel_size[0] * kernel_size[1] * in_channels * filters

# %% wrong | parameters with their bias | You multiply the number of parameters by the stops, and that number contains the biases; call it with use_bias=False.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    oh = output_length(input_size[0], kernel_size[0], stride=stride, padding=padding)
    ow = output_length(input_size[1], kernel_size[1], stride=stride, padding=padding)
    return oh * ow * conv2d_params(kernel_size, in_channels, filters)

# %% wrong | same with stride 2 only | You halve the size whenever there is a stride; a stride of 3 or 4 makes fewer stops.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    kh, kw = kernel_size
    h, w = input_size
    if padding == "same":
        if stride > 1:
            h, w = (h + 1) // 2, (w + 1) // 2
    else:
        h = (h - kh) // stride + 1
        w = (w - kw) // stride + 1
    return h * w * kh * kw * in_channels * filters

# %% wrong | product overflows | You multiply in 32-bit integers; a large layer has more than 2 billion multiply-adds and the number runs over.
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    n = np.array(input_size, dtype=np.int32)
    k = np.array(kernel_size, dtype=np.int32)
    out = -(-n // stride) if padding == "same" else (n - k) // stride + 1
    factors = [*out, *k, np.int32(in_channels), np.int32(filters)]
    macs = np.int32(1)
    with np.errstate(over="ignore"):
        for f in factors:
            macs = macs * f
    return int(macs)

# %% right | counts stops by ranges | the stops are lengths of ranges, all multiplied with math.prod
import math

def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    cut = {"same": (1, 1), "valid": kernel_size}[padding]
    stops = [len(range(0, n - k + 1, stride)) for n, k in zip(input_size, cut)]
    return math.prod([*stops, *kernel_size, in_channels, filters])

# %% right | shape of a view | takes the shape of an empty image cut by slices, nothing is computed on it
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    cell = np.broadcast_to(np.int8(0), tuple(input_size))
    kh, kw = kernel_size
    if padding == "valid":
        cell = cell[kh - 1:, kw - 1:]
    starts = cell[::stride, ::stride]
    return int(starts.size) * int(np.broadcast_to(np.int8(0), (kh, kw, in_channels, filters)).size)

# %% right | recursion over the axes | one axis at a time, recursively
def conv2d_macs(input_size, kernel_size, in_channels, filters, stride=1, padding="valid"):
    if len(input_size) == 0:
        return in_channels * filters
    n, *more_n = input_size
    k, *more_k = kernel_size
    room = n - 1 if padding == "same" else n - k
    along = (room // stride + 1) * k
    return along * conv2d_macs(more_n, more_k, in_channels, filters, stride, padding)
