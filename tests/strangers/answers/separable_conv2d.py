# %% wrong | stride and padding forgotten | stride and padding are arguments of your function, but you never hand them on to the depthwise step.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    y = depthwise_conv2d(x, depthwise_kernel)
    return pointwise_conv2d(y, pointwise_kernel, bias)

# %% wrong | stride in both steps | The stride is taken twice, once in the depthwise step and once more before the pointwise step.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    maps = depthwise_conv2d(x, depthwise_kernel, stride=stride, padding=padding)
    maps = maps[:, ::stride, ::stride, :]
    return pointwise_conv2d(maps, pointwise_kernel, bias)

# %% wrong | relu between the steps | There is a ReLU between the two steps, but the text says that nothing is between them.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    h = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    h = np.maximum(h, 0)
    out = h @ pointwise_kernel[0, 0]
    if bias is not None:
        out = out + bias
    return out

# %% wrong | bias twice | pointwise_conv2d already adds the bias and you add it again.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    maps = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    out = pointwise_conv2d(maps, pointwise_kernel, bias)
    if bias is not None:
        out += bias
    return out

# %% wrong | stride after same padding | You compute all positions and keep every stride-th; with padding "same" the border depends on the stride, so this takes the wrong positions.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    maps = depthwise_conv2d(x, depthwise_kernel, 1, padding)
    maps = maps[:, ::stride, ::stride]
    y = maps @ pointwise_kernel[0, 0]
    return y if bias is None else y + bias

# %% wrong | symmetric padding by hand | You pad k // 2 zeros on both sides as in PyTorch; Keras pads only as many as needed and the odd one at the end, which differs for even kernels and for strides.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    kh, kw, C, m = depthwise_kernel.shape
    if padding == "same":
        ph, pw = kh // 2, kw // 2
        x = np.pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    maps = depthwise_conv2d(x, depthwise_kernel, stride, "valid")
    return pointwise_conv2d(maps, pointwise_kernel, bias)

# %% wrong | maps sorted by multiplier | You read map j*C + c, but the maps of one channel lie side by side: map c*m + j.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    C, m = depthwise_kernel.shape[2:]
    F = pointwise_kernel.shape[-1]
    maps = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    out = np.zeros(maps.shape[:3] + (F,))
    for j in range(m):
        for c in range(C):
            out += maps[..., c * m + j, None] * pointwise_kernel[0, 0, j * C + c]
    if bias is not None:
        out += bias
    return out

# %% wrong | bias forgotten with same | In the branch for padding "same" the bias is forgotten.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    if padding == "valid":
        maps = depthwise_conv2d(x, depthwise_kernel, stride)
        return pointwise_conv2d(maps, pointwise_kernel, bias)
    maps = depthwise_conv2d(x, depthwise_kernel, stride, "same")
    return pointwise_conv2d(maps, pointwise_kernel)

# %% wrong | first map of each channel | You use only as many maps as there are channels, which leaves most maps out when the multiplier is larger than 1.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    maps = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    channels = x.shape[-1]
    y = 0
    for c in range(channels):
        y = y + maps[:, :, :, c : c + 1] * pointwise_kernel[0, 0, c]
    if bias is not None:
        y = y + bias
    return y

# %% wrong | pointwise first | You mix the pixels first and filter afterwards; a separable convolution has it the other way round.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    mixed = pointwise_conv2d(x, pointwise_kernel)
    y = depthwise_conv2d(mixed, depthwise_kernel, stride, padding)
    if bias is not None:
        y = y + bias
    return y

# %% wrong | stride only if valid | With padding "same" you leave the stride out, as if "same" meant that the size never changes.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    s = 1 if padding == "same" else stride
    maps = depthwise_conv2d(x, depthwise_kernel, s, padding)
    return pointwise_conv2d(maps, pointwise_kernel, bias)

# %% wrong | bias before the pointwise step | The bias is added to the depthwise maps; it belongs at the end, one number for each filter.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    maps = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    if bias is not None:
        maps = maps + bias
    return maps @ pointwise_kernel.reshape(maps.shape[-1], -1)

# %% wrong | padding from the height only | You compute the zeros of "same" from the kernel's height and use them for the width too, which is wrong for kernels or images that are not square.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    if padding == "same":
        k, n = depthwise_kernel.shape[0], x.shape[1]
        out = -(-n // stride)
        total = max((out - 1) * stride + k - n, 0)
        p = (total // 2, total - total // 2)
        x = np.pad(x, ((0, 0), p, p, (0, 0)))
    maps = depthwise_conv2d(x, depthwise_kernel, stride)
    return pointwise_conv2d(maps, pointwise_kernel, bias)

# %% wrong | maps summed for each channel | You add up the m maps of a channel before mixing and use only its first weight, but every map has a weight of its own.
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    kh, kw, C, m = depthwise_kernel.shape
    maps = depthwise_conv2d(x, depthwise_kernel, stride, padding)
    n, oh, ow, _ = maps.shape
    per_channel = maps.reshape(n, oh, ow, C, m).sum(axis=-1)
    y = per_channel @ pointwise_kernel[0, 0, ::m]
    return y if bias is None else y + bias

# %% wrong | stride not passed and kernel flipped | You flip the depthwise kernel as in the mathematical convolution, which layers do not do, and a stride is only used for "valid".
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    flipped = depthwise_kernel[::-1, ::-1]
    if padding == "same":
        maps = depthwise_conv2d(x, flipped, padding="same")
    else:
        maps = depthwise_conv2d(x, flipped, stride)
    return pointwise_conv2d(maps, pointwise_kernel, bias)

# %% right | channel by channel | each channel goes through both steps by itself and the parts are summed
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    C, m = depthwise_kernel.shape[2:]

    def parts():
        for c in range(C):
            alone = slice(c, c + 1)
            maps = depthwise_conv2d(x[..., alone], depthwise_kernel[:, :, alone], stride, padding)
            yield maps @ pointwise_kernel[0, 0, c * m : c * m + m]

    total = sum(parts())
    return total if bias is None else total + bias

# %% right | one normal convolution with windows | composes the kernels and takes one einsum over a view of all windows
def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    kh, kw, C, m = depthwise_kernel.shape
    weights = np.einsum("abcm,cmf->abcf", depthwise_kernel, pointwise_kernel.reshape(C, m, -1))
    if padding == "same":
        pads = [(0, 0)]
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, pads + [(0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]          # (N, oh, ow, C, kh, kw)
    y = np.einsum("nijcab,abcf->nijf", windows, weights)
    return y if bias is None else y + bias

# %% right | composed functions | both steps as small functions, folded with reduce
from functools import reduce


def separable_conv2d(x, depthwise_kernel, pointwise_kernel, bias=None, stride=1, padding="valid"):
    steps = [
        lambda a: depthwise_conv2d(a, depthwise_kernel, padding=padding, stride=stride),
        lambda a: np.tensordot(a, pointwise_kernel[0, 0], axes=1),
    ]
    if bias is not None:
        steps.append(lambda a: np.add(a, bias))
    return reduce(lambda a, step: step(a), steps, x)
