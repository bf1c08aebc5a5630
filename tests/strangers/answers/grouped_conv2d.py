# %% wrong | bias forgotten | The bias is in the list of arguments but you never add it.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        pads = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            t = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((t // 2, t - t // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    oh = (x.shape[1] - kh) // stride + 1
    ow = (x.shape[2] - kw) // stride + 1
    out = np.zeros((x.shape[0], oh, ow, F))
    fg = F // groups
    for g in range(groups):
        k = kernel[..., g*fg:(g+1)*fg]
        for i in range(oh):
            for j in range(ow):
                win = x[:, i*stride:i*stride+kh, j*stride:j*stride+kw, g*cg:(g+1)*cg]
                out[:, i, j, g*fg:(g+1)*fg] = np.tensordot(win, k, axes=3)
    return out

# %% wrong | stride only in the size | You use the stride for the size of the result, but the windows still move on by one pixel.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        pads = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            t = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((t // 2, t - t // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    oh = (x.shape[1] - kh) // stride + 1
    ow = (x.shape[2] - kw) // stride + 1
    out = np.zeros((x.shape[0], oh, ow, F))
    fg = F // groups
    for g in range(groups):
        for i in range(oh):
            for j in range(ow):
                win = x[:, i:i+kh, j:j+kw, g*cg:(g+1)*cg]
                out[:, i, j, g*fg:(g+1)*fg] = np.tensordot(win, kernel[..., g*fg:(g+1)*fg], axes=3)
    return out if bias is None else out + bias

# %% wrong | padding ignored | padding="same" is never looked at, so the result is always that of "valid".
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    parts = []
    for xg, kg in zip(np.split(win, groups, axis=3), np.split(kernel, groups, axis=3)):
        parts.append(np.einsum("nijcab,abcf->nijf", xg, kg))
    out = np.concatenate(parts, axis=-1)
    if bias is not None:
        out = out + bias
    return out

# %% wrong | half a kernel on both sides | Padding k // 2 on both sides keeps the size only for odd kernels; with an even kernel the result becomes one too large.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        x = np.pad(x, ((0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    parts = []
    for xg, kg in zip(np.split(win, groups, axis=3), np.split(kernel, groups, axis=3)):
        parts.append(np.einsum("nijcab,abcf->nijf", xg, kg))
    out = np.concatenate(parts, axis=-1)
    return out if bias is None else out + bias

# %% wrong | same filters for all groups | Every group is convolved with the first F / groups filters; the slice of the kernel has to move on with the group.
def _pad(x, kh, kw, stride):
    pads = [(0, 0)]
    for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
        total = max((-(-n // stride) - 1) * stride + k - n, 0)
        pads.append((total // 2, total - total // 2))
    return np.pad(x, pads + [(0, 0)])

def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        x = _pad(x, kh, kw, stride)
    fg = F // groups
    oh, ow = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    outs = []
    for g in range(groups):
        o = np.zeros((len(x), oh, ow, fg))
        for i in range(oh):
            for j in range(ow):
                w = x[:, i*stride:i*stride+kh, j*stride:j*stride+kw, g*cg:(g+1)*cg]
                o[:, i, j] = np.einsum("nabc,abcf->nf", w, kernel[:, :, :, :fg])
        outs.append(o)
    out = np.concatenate(outs, axis=3)
    return out if bias is None else out + bias

# %% wrong | every groups-th channel | x[..., g::groups] takes every groups-th channel, but a group is a run of neighbouring channels.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    N, H, W, C = x.shape
    if padding == "same":
        oh, ow = -(-H // stride), -(-W // stride)
        ph, pw = max((oh-1)*stride + kh - H, 0), max((ow-1)*stride + kw - W, 0)
        x = np.pad(x, ((0, 0), (ph//2, ph-ph//2), (pw//2, pw-pw//2), (0, 0)))
    else:
        oh, ow = (H - kh) // stride + 1, (W - kw) // stride + 1
    fg = F // groups
    out = np.zeros((N, oh, ow, F))
    for g in range(groups):
        xg, kg = x[..., g::groups], kernel[..., g*fg:(g+1)*fg]
        for a in range(kh):
            for b in range(kw):
                out[..., g*fg:(g+1)*fg] += xg[:, a:a+oh*stride:stride, b:b+ow*stride:stride][:, :oh, :ow] @ kg[a, b]
    return out if bias is None else out + bias

# %% wrong | maps interleaved | Stacking the groups on a new last axis mixes the maps: first the first of every group, then the second; they should follow group by group.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    N, H, W, C = x.shape
    if padding == "same":
        oh, ow = -(-H // stride), -(-W // stride)
        ph, pw = max((oh-1)*stride + kh - H, 0), max((ow-1)*stride + kw - W, 0)
        x = np.pad(x, ((0, 0), (ph//2, ph-ph//2), (pw//2, pw-pw//2), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    parts = [np.einsum("nijcab,abcf->nijf", xg, kg)
             for xg, kg in zip(np.split(win, groups, axis=3), np.split(kernel, groups, axis=3))]
    out = np.stack(parts, axis=-1)
    out = out.reshape(out.shape[:3] + (F,))
    return out if bias is None else out + bias

# %% wrong | groups added up | You add the results of the groups to each other as a normal convolution does, but here each group has maps of its own.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    N, H, W, C = x.shape
    if padding == "same":
        oh, ow = -(-H // stride), -(-W // stride)
        ph, pw = max((oh-1)*stride + kh - H, 0), max((ow-1)*stride + kw - W, 0)
        x = np.pad(x, ((0, 0), (ph//2, ph-ph//2), (pw//2, pw-pw//2), (0, 0)))
    oh, ow = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    out = np.zeros((N, oh, ow, F))
    for g in range(groups):
        for i in range(oh):
            for j in range(ow):
                win = x[:, i*stride:i*stride+kh, j*stride:j*stride+kw, g*cg:(g+1)*cg]
                out[:, i, j] += np.tensordot(win, kernel, axes=3)
    return out if bias is None else out + bias

# %% wrong | groups taken for the group's size | You cut slices of length groups, but a group has C / groups channels; it fits only where the two numbers are equal.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        pads = []
        for n, k in ((x.shape[1], kh), (x.shape[2], kw)):
            t = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((t // 2, t - t // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    fg = F // groups
    out = np.zeros(win.shape[:3] + (F,))
    for g in range(groups):
        xg = win[:, :, :, g*groups:(g+1)*groups]
        out[..., g*fg:(g+1)*fg] = np.einsum("nijcab,abcf->nijf", xg, kernel[..., g*fg:(g+1)*fg])
    if bias is not None:
        out += bias
    return out

# %% wrong | as many filters as channels | You cut the filters in steps of C / groups, the channels of a group, but a group has F / groups filters.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    N, H, W, C = x.shape
    if padding == "same":
        th = max((-(-H // stride) - 1) * stride + kh - H, 0)
        tw = max((-(-W // stride) - 1) * stride + kw - W, 0)
        x = np.pad(x, ((0, 0), (th//2, th-th//2), (tw//2, tw-tw//2), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    out = np.concatenate([np.einsum("nijcab,abcf->nijf", win[:, :, :, s:s+cg], kernel[..., s:s+cg])
                          for s in range(0, C, cg)], axis=-1)
    return out if bias is None else out + bias

# %% wrong | no bias crash | The default bias is None, and adding None to an array raises a TypeError.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    N, H, W, C = x.shape
    if padding == "same":
        th = max((-(-H // stride) - 1) * stride + kh - H, 0)
        tw = max((-(-W // stride) - 1) * stride + kw - W, 0)
        x = np.pad(x, ((0, 0), (th//2, th-th//2), (tw//2, tw-tw//2), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    fg = F // groups
    parts = []
    for g in range(groups):
        parts.append(np.einsum("nijcab,abcf->nijf", win[:, :, :, g*cg:(g+1)*cg], kernel[..., g*fg:(g+1)*fg]))
    return np.concatenate(parts, axis=-1) + bias

# %% wrong | one bias for each group | You add bias[g], one number for a whole group, but the bias has one for each of the F maps.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    N, H, W, C = x.shape
    if padding == "same":
        th = max((-(-H // stride) - 1) * stride + kh - H, 0)
        tw = max((-(-W // stride) - 1) * stride + kw - W, 0)
        x = np.pad(x, ((0, 0), (th//2, th-th//2), (tw//2, tw-tw//2), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    fg = F // groups
    parts = []
    for g in range(groups):
        part = np.einsum("nijcab,abcf->nijf", win[:, :, :, g*cg:(g+1)*cg], kernel[..., g*fg:(g+1)*fg])
        if bias is not None:
            part = part + bias[g]
        parts.append(part)
    return np.concatenate(parts, axis=-1)

# %% wrong | same with stride forgotten | The padding for "same" is kernel - 1 whatever the stride is, so with a stride above 1 the windows can lie one pixel off.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        x = np.pad(x, ((0, 0), ((kh-1)//2, kh//2), ((kw-1)//2, kw//2), (0, 0)))
    oh, ow = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    fg = F // groups
    out = np.empty((x.shape[0], oh, ow, F))
    for f in range(F):
        g = f // fg
        for i in range(oh):
            for j in range(ow):
                win = x[:, i*stride:i*stride+kh, j*stride:j*stride+kw, g*cg:(g+1)*cg]
                out[:, i, j, f] = (win * kernel[..., f]).sum(axis=(1, 2, 3))
    return out if bias is None else out + bias

# %% wrong | kernel height and width swapped | You unpack the kernel as kw, kh, so a kernel that is not square lies on its side.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kw, kh, cg, F = kernel.shape
    N, H, W, C = x.shape
    top = left = bottom = right = 0
    if padding == "same":
        th = max((-(-H // stride) - 1) * stride + kh - H, 0)
        tw = max((-(-W // stride) - 1) * stride + kw - W, 0)
        top, left = th // 2, tw // 2
        bottom, right = th - top, tw - left
    x = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    oh, ow = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    out = np.zeros((N, oh, ow, F))
    fg = F // groups
    for f in range(F):
        c0 = f // fg * cg
        for i in range(oh):
            for j in range(ow):
                win = x[:, i*stride:i*stride+kh, j*stride:j*stride+kw, c0:c0+cg]
                out[:, i, j, f] = np.sum(win * kernel[:, :, :, f], axis=(1, 2, 3))
        if bias is not None:
            out[..., f] += bias[f]
    return out

# %% right | one large kernel with zeros | It spreads the kernel into one of a normal convolution, with zeros wherever a filter does not see a channel, and convolves once.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    full = np.zeros((kh, kw, cg * groups, F))
    for f in range(F):
        first = f // (F // groups) * cg
        full[:, :, first:first + cg, f] = kernel[:, :, :, f]
    if padding == "same":
        widths = [(0, 0), None, None, (0, 0)]
        for axis, k in ((1, kh), (2, kw)):
            n = x.shape[axis]
            over = n % stride or stride
            total = max(k - over, 0)
            widths[axis] = (total // 2, total - total // 2)
        x = np.pad(x, widths)
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    out = np.tensordot(windows, full, axes=([4, 5, 3], [0, 1, 2]))
    return out if bias is None else out + bias

# %% right | group axis and einsum | The channels and the filters get a group axis of their own, and one einsum for each weight of the window does all groups at once.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    N, H, W, C = x.shape
    kh, kw, cg, F = kernel.shape
    if padding == "same":
        oh, ow = (H + stride - 1) // stride, (W + stride - 1) // stride
        ph, pw = max((oh - 1) * stride + kh - H, 0), max((ow - 1) * stride + kw - W, 0)
    else:
        oh, ow = (H - kh) // stride + 1, (W - kw) // stride + 1
        ph = pw = 0
    big = np.zeros((N, H + ph, W + pw, groups, cg))
    big[:, ph // 2:ph // 2 + H, pw // 2:pw // 2 + W] = x.reshape(N, H, W, groups, cg)
    k = kernel.reshape(kh, kw, cg, groups, F // groups)
    out = np.zeros((N, oh, ow, groups, F // groups))
    for a, b in np.ndindex(kh, kw):
        part = big[:, a:a + (oh - 1) * stride + 1:stride, b:b + (ow - 1) * stride + 1:stride]
        out += np.einsum("nijgc,cgf->nijgf", part, k[a, b])
    out = out.reshape(N, oh, ow, F)
    if bias is not None:
        out += bias
    return out

# %% right | recursion over the groups | With one group it is a normal convolution; with more it does the first group and calls itself for the others.
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    kh, kw, cg, F = kernel.shape
    fg = F // groups
    if groups > 1:
        b1, b2 = (None, None) if bias is None else (bias[:fg], bias[fg:])
        first = grouped_conv2d(x[..., :cg], kernel[..., :fg], 1, b1, stride, padding)
        others = grouped_conv2d(x[..., cg:], kernel[..., fg:], groups - 1, b2, stride, padding)
        return np.concatenate([first, others], axis=-1)
    N, H, W, C = x.shape
    if padding == "same":
        oh, ow = -(-H // stride), -(-W // stride)
        top = max((oh - 1) * stride + kh - H, 0) // 2
        left = max((ow - 1) * stride + kw - W, 0) // 2
    else:
        oh, ow, top, left = (H - kh) // stride + 1, (W - kw) // stride + 1, 0, 0
    out = np.zeros((N, oh, ow, F)) + (0.0 if bias is None else bias)
    for i, j, a, b in np.ndindex(oh, ow, kh, kw):
        r, c = i * stride - top + a, j * stride - left + b
        if 0 <= r < H and 0 <= c < W:
            out[:, i, j] += x[:, r, c] @ kernel[a, b]
    return out
