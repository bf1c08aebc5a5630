# %% wrong | bias after both steps | You count a bias for the depthwise maps too; the layer has only one, at the end, for its filters.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    maps = in_channels * depth_multiplier
    depthwise = kh * kw * maps
    pointwise = maps * filters
    if use_bias:
        depthwise += maps
        pointwise += filters
    return depthwise + pointwise

# %% wrong | square kernel | You square the kernel's height; the kernel's width may be different.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    k = kernel_size[0]
    total = k ** 2 * in_channels * depth_multiplier + in_channels * depth_multiplier * filters
    return total + filters * use_bias

# %% wrong | multiplier only in the first step | The pointwise kernel has C*m rows, not C: the multiplier is missing in the second step.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    n = kernel_size[0] * kernel_size[1] * in_channels * depth_multiplier
    n += in_channels * filters
    if use_bias:
        n += filters
    return n

# %% wrong | multiplier only in the second step | The depthwise kernel has m kernels for each channel: the multiplier is missing in the first step.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    return kh * kw * in_channels + depth_multiplier * in_channels * filters + (filters if use_bias else 0)

# %% wrong | a normal convolution | This counts a normal convolution, kh*kw*C*F; a separable one has two smaller kernels that are added.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    h, w = kernel_size
    weights = h * w * in_channels * filters * depth_multiplier
    bias = filters if use_bias else 0
    return weights + bias

# %% wrong | if without parentheses | Without parentheses the `if` ... `else` covers the whole sum, so without a bias the result is 0.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    maps = in_channels * depth_multiplier
    return kh * kw * maps + maps * filters + filters if use_bias else 0

# %% wrong | a single bias | You count one number for the bias; there is one for each filter.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    a, b = kernel_size
    depthwise = a * b * in_channels * depth_multiplier
    pointwise = 1 * 1 * in_channels * depth_multiplier * filters
    return depthwise + pointwise + int(use_bias)

# %% wrong | sum of the kernel's sides | You add height and width of the kernel instead of multiplying them, which agrees only for 2 x 2.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    window = sum(kernel_size)
    maps = in_channels * depth_multiplier
    out = window * maps + maps * filters
    if use_bias:
        out = out + filters
    return out

# %% wrong | bias for each map | The bias is counted for each of the C*m maps between the steps; it belongs to the filters.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    maps = in_channels * depth_multiplier
    kernels = kernel_size[0] * kernel_size[1] * maps + maps * filters
    return kernels + maps if use_bias else kernels

# %% wrong | filters times multiplier | You multiply the filters by the multiplier, bias included, and leave the depthwise kernels at one for each channel; the multiplier belongs to the channels.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    out_maps = filters * depth_multiplier
    params = in_channels * kh * kw + in_channels * out_maps
    if use_bias:
        params += out_maps
    return params

# %% wrong | bias always counted | use_bias is never asked, the bias is always counted.
import math

def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    d = math.prod(kernel_size) * in_channels * depth_multiplier
    p = in_channels * depth_multiplier * filters + filters
    return d + p

# %% wrong | bias only with multiplier 1 | As soon as the multiplier is larger than 1 your second branch counts without the bias.
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    if depth_multiplier == 1:
        p = kh * kw * in_channels + in_channels * filters
        if use_bias:
            p += filters
    else:
        p = (kh * kw * in_channels + in_channels * filters) * depth_multiplier
    return p

# %% right | sizes of real arrays | builds the arrays without filling them and adds up their sizes
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    kh, kw = kernel_size
    arrays = [
        np.empty((kh, kw, in_channels, depth_multiplier)),
        np.empty((1, 1, in_channels * depth_multiplier, filters)),
        np.empty(filters if use_bias else 0),
    ]
    return sum(a.size for a in arrays)

# %% right | shapes from a generator | a generator yields the shapes and math.prod counts them
from math import prod


def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    def shapes():
        yield (*kernel_size, in_channels, depth_multiplier)
        yield (1, 1, depth_multiplier * in_channels, filters)
        if use_bias:
            yield (filters,)

    return sum(map(prod, shapes()))

# %% right | one filter at a time by recursion | every filter adds one row of weights and its bias to what the others have
def separable_params(kernel_size, in_channels, filters, depth_multiplier=1, use_bias=True):
    maps = depth_multiplier * in_channels
    if use_bias:
        return separable_params(kernel_size, in_channels, filters, depth_multiplier, False) + filters
    if in_channels == 1:
        return depth_multiplier * (kernel_size[0] * kernel_size[1] + filters)
    return maps * separable_params(kernel_size, 1, filters, 1, False)
