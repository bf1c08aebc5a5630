# %% wrong | one bias for all | You add a single bias; every filter has its own, so add filters.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    return kh * kw * in_channels * filters + use_bias

# %% wrong | bias per input channel | You count a bias for each input channel; there is one for each filter.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    weights = kernel_size[0] * kernel_size[1] * in_channels * filters
    bias = in_channels if use_bias else 0
    return weights + bias

# %% wrong | kernel without depth | Your kernel is one channel deep; each filter has kh × kw weights for every input channel.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    n = kh * kw * filters
    if use_bias:
        n += filters
    return n

# %% wrong | square kernel taken for granted | You squared the height; a kernel may be wider than it is high.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    k = kernel_size[0]
    return (k ** 2 * in_channels + (1 if use_bias else 0)) * filters

# %% wrong | bias always there | You never look at use_bias, so the biases are counted even when there are none.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    return (np.prod(kernel_size) * in_channels + 1) * filters

# %% wrong | bias the wrong way round | Your condition is the wrong way round: the biases are added when use_bias is False.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    total = kh * kw * in_channels * filters
    if use_bias:
        return total
    return total + filters

# %% wrong | bias per kernel slice | You give each channel's slice of a filter a bias of its own; the whole filter has only one.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    h, w = kernel_size
    one_slice = h * w + int(use_bias)
    return one_slice * in_channels * filters

# %% wrong | three channels fixed | You wrote 3 for the colours of a photo; later layers have other numbers of input channels.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    return kh * kw * 3 * filters + (filters if use_bias else 0)

# %% wrong | sum of the sides | A kernel of kh × kw has kh times kw weights, and you added the sides.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    return sum(kernel_size) * in_channels * filters + filters * int(use_bias)

# %% wrong | printed and not returned | You print the number and do not return it, so the caller gets None.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    p = kh * kw * in_channels * filters
    if use_bias == True:
        p = p + filters
    print(p)

# %% wrong | separable convolution | You counted a depthwise separable convolution; in a normal one every filter has its own weights for every channel.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    depthwise = kh * kw * in_channels
    pointwise = in_channels * filters
    return depthwise + pointwise + (filters if use_bias else 0)

# %% wrong | conditional without brackets | Without brackets the condition governs the whole sum, so without bias you return 0 in place of the weights.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    return kh * kw * in_channels * filters + filters if use_bias else 0

# %% wrong | takes the bias off the weights | Without bias you subtract the filters from a number that did not contain them yet.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    params = 1
    for k in kernel_size:
        params *= k
    params *= in_channels * filters
    if use_bias:
        params += filters
    else:
        params -= filters
    return params

# %% wrong | filters and channels swapped in the bias | You multiply the bias by the input side: (kh*kw*filters + 1) * in_channels; each filter has the bias, so filters stands outside the bracket.
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    per_unit = kh * kw * filters
    if use_bias:
        per_unit = per_unit + 1
    return per_unit * in_channels

# %% right | builds the arrays | makes the arrays and asks for their size
def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    shapes = [(*kernel_size, in_channels, filters)] + [(filters,)] * bool(use_bias)
    return sum(int(np.empty(s, dtype=np.int8).size) for s in shapes)

# %% right | reduce over the shape | functools.reduce with operator.mul
from functools import reduce
from operator import mul

def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    weights_of_one_filter = reduce(mul, kernel_size, in_channels)
    return reduce(mul, [filters], weights_of_one_filter + (1 if use_bias else 0))

# %% right | a dense layer per patch | counts it as a dense layer on the patch, with the bias as one more input, in a small class
class DenseOnPatch:
    def __init__(self, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs

    def __len__(self):
        return self.inputs * self.outputs

def conv2d_params(kernel_size, in_channels, filters, use_bias=True):
    kh, kw = kernel_size
    always_one = 0 if not use_bias else 1
    return len(DenseOnPatch(kh * kw * in_channels + always_one, filters))
