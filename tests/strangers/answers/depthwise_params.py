# %% wrong | no multiplier | You leave out the depth multiplier: every channel has m filters, and every map its bias.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    params = kh * kw * in_channels
    if use_bias:
        params += in_channels
    return params

# %% wrong | normal convolution | You count a normal convolution to C·m maps, whose filters have a number for every input channel; a depthwise filter sees one channel only.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    out_channels = in_channels * depth_multiplier
    weights = kernel_size[0] * kernel_size[1] * in_channels * out_channels
    return weights + (out_channels if use_bias else 0)

# %% wrong | bias per input channel | The kernel is right, but there is one bias for each of the C·m output maps, not for each input channel.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    h, w = kernel_size
    total = h * w * in_channels * depth_multiplier
    if use_bias:
        total = total + in_channels
    return total

# %% wrong | a single bias | Adding `use_bias` adds 1 in all, and there is one bias for each output map.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    return kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier + use_bias

# %% wrong | square kernel | You square the kernel's height, which is right for square kernels only.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    k = kernel_size[0]
    maps = in_channels * depth_multiplier
    return k ** 2 * maps + maps * int(use_bias)

# %% wrong | bias always counted | You never look at use_bias, so the biases are counted even when there are none.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    return (kh * kw + 1) * in_channels * depth_multiplier

# %% wrong | else swallows the sum | Python reads `a + b if use_bias else 0` as `(a + b) if use_bias else 0`, so without a bias you return 0; put brackets around the condition.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    maps = in_channels * depth_multiplier
    return kh * kw * maps + maps if use_bias else 0

# %% wrong | separable | You add the 1 × 1 convolution after it too; that is the separable convolution, and here only the depthwise part is asked.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    maps = in_channels * depth_multiplier
    depthwise = kh * kw * maps
    pointwise = in_channels * maps
    return depthwise + pointwise + (maps if use_bias else 0)

# %% wrong | one filter for all channels | You count m filters which all channels share, but every channel has m filters of its own.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kernel_numbers = int(np.prod(kernel_size)) * depth_multiplier
    bias_numbers = in_channels * depth_multiplier if use_bias else 0
    return kernel_numbers + bias_numbers

# %% wrong | multiplier forgotten without bias | With a bias you multiply by the depth multiplier, but in the branch without one you forgot it.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    if use_bias:
        return (kh * kw + 1) * in_channels * depth_multiplier
    return kh * kw * in_channels

# %% wrong | one bias per filter of a channel | You count m biases, but each of the C·m maps has its own.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    n = 1
    for size in (*kernel_size, in_channels, depth_multiplier):
        n *= size
    if use_bias:
        n += depth_multiplier
    return n

# %% wrong | sides added | The number of weights in a window is height times width, and you add the two; the second bracket is fine.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    per_map = sum(kernel_size) + (1 if use_bias else 0)
    return per_map * in_channels * depth_multiplier

# %% wrong | printed | You print the number and return nothing, so whoever calls the function gets None.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    n = kh * kw * in_channels * depth_multiplier
    if use_bias:
        n += in_channels * depth_multiplier
    print("parameters:", n)

# %% wrong | bytes | Your array holds whole numbers from 0 to 255 (uint8), so the product wraps around as soon as a layer has more numbers than that.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    shape = np.array([*kernel_size, in_channels, depth_multiplier], dtype=np.uint8)
    weights = np.multiply.reduce(shape, dtype=np.uint8)
    return int(weights) + (in_channels * depth_multiplier if use_bias else 0)

# %% wrong | multiplier added | The multiplier says how many maps each channel gives, so the maps are C times m, and you take C plus m - 1; it is right for one filter.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    maps = in_channels + (depth_multiplier - 1)
    params = kh * kw * maps
    return params + maps if use_bias else params

# %% right | builds the arrays | Makes the kernel and the bias and asks for their sizes.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    learned = [np.empty((*kernel_size, in_channels, depth_multiplier))]
    if use_bias:
        learned.append(np.empty(in_channels * depth_multiplier))
    return sum(a.size for a in learned)

# %% right | counts map by map | Adds up one map after the other with a generator and itertools.
from itertools import product

def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    def one_map():
        yield from (1 for _ in product(*map(range, kernel_size)))
        if use_bias:
            yield 1
    return sum(sum(one_map()) for _ in product(range(in_channels), range(depth_multiplier)))

# %% right | recursion over the channels | One channel costs its filters and biases, and the rest is the same layer with a channel less.
def depthwise_params(kernel_size, in_channels, depth_multiplier=1, use_bias=True):
    if in_channels > 1:
        half = in_channels // 2
        return depthwise_params(kernel_size, half, depth_multiplier, use_bias) + depthwise_params(
            kernel_size, in_channels - half, depth_multiplier, use_bias
        )
    height, width = kernel_size
    weights = depth_multiplier * height * width
    return in_channels * (weights + depth_multiplier) if use_bias else in_channels * weights
