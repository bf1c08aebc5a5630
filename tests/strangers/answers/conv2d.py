# %% wrong | flips the kernel | You turn the kernel round as in mathematics; the task slides it as it is.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kernel = kernel[::-1, ::-1]
    kh, kw, _, f = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)))
    oh, ow = (x.shape[1] - rh) // stride + 1, (x.shape[2] - rw) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, f))
    for i in range(oh):
        for j in range(ow):
            patch = x[:, i * stride:i * stride + rh:dilation, j * stride:j * stride + rw:dilation]
            y[:, i, j] = np.tensordot(patch, kernel, 3)
    if bias is not None:
        y += bias
    return y

# %% wrong | result as whole numbers | You make the result in the type of x; when x holds whole numbers, the fractions are cut off.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, c, f = kernel.shape
    rh = (kh - 1) * dilation + 1
    rw = (kw - 1) * dilation + 1
    if padding == "same":
        th = max((-(-x.shape[1] // stride) - 1) * stride + rh - x.shape[1], 0)
        tw = max((-(-x.shape[2] // stride) - 1) * stride + rw - x.shape[2], 0)
        x = np.pad(x, ((0, 0), (th // 2, th - th // 2), (tw // 2, tw - tw // 2), (0, 0)))
    oh = (x.shape[1] - rh) // stride + 1
    ow = (x.shape[2] - rw) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, f), dtype=x.dtype)
    for i in range(oh):
        for j in range(ow):
            p = x[:, i * stride:i * stride + rh:dilation, j * stride:j * stride + rw:dilation, :]
            r = np.tensordot(p, kernel, axes=([1, 2, 3], [0, 1, 2]))
            y[:, i, j, :] = r if bias is None else r + bias
    return y

# %% wrong | only the window | You stopped after the first step: bias, stride, padding and dilation are accepted and never used.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    N, H, W, C = x.shape
    kh, kw, C, F = kernel.shape
    out = np.zeros((N, H - kh + 1, W - kw + 1, F))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            for f in range(F):
                out[:, i, j, f] = (x[:, i:i+kh, j:j+kw, :] * kernel[:, :, :, f]).sum(axis=(1, 2, 3))
    # TODO bias, stride, padding, dilation
    return out

# %% wrong | bias at every tap | You add the bias in the loop over the taps, so it comes in kh × kw times; it belongs after the sum, once.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, [(0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)])
    n, H, W, _ = x.shape
    oh, ow = (H - rh) // stride + 1, (W - rw) // stride + 1
    y = np.zeros((n, oh, ow, F))
    for a in range(kh):
        for b in range(kw):
            top, left = a * dilation, b * dilation
            y += x[:, top:top + (oh - 1) * stride + 1:stride, left:left + (ow - 1) * stride + 1:stride] @ kernel[a, b]
            if bias is not None:
                y += bias
    return y

# %% wrong | bias only if positive | You add the bias only when its sum is above zero; biases may be negative, so ask whether it is None.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        ph = same_padding(x.shape[1], kh, stride, dilation)
        pw = same_padding(x.shape[2], kw, stride, dilation)
        x = np.pad(x, ((0, 0), ph, pw, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (rh, rw), axis=(1, 2))
    windows = windows[:, ::stride, ::stride, :, ::dilation, ::dilation]
    y = np.einsum("nijcab,abcf->nijf", windows, kernel)
    if bias is not None and np.sum(bias) > 0:
        y = y + bias
    return y

# %% wrong | symmetric padding | You pad half the reach on both sides; where the number of zeros is odd or the stride is above 1, Keras pads otherwise.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, cin, cout = kernel.shape
    ekh, ekw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        ph, pw = ekh // 2, ekw // 2
        x = np.pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)), mode="constant")
    n, h, w, _ = x.shape
    oh, ow = (h - ekh) // stride + 1, (w - ekw) // stride + 1
    out = np.empty((n, oh, ow, cout))
    for r in range(oh):
        for c in range(ow):
            patch = x[:, r*stride:r*stride+ekh:dilation, c*stride:c*stride+ekw:dilation, :].reshape(n, -1)
            out[:, r, c, :] = patch @ kernel.reshape(-1, cout)
    return out if bias is None else out + bias

# %% wrong | convolves and then thins out | You compute with stride 1 and keep each s-th result; with "same" the zeros depend on the stride, so your windows start on other cells.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, f = kernel.shape
    rh, rw = (kh - 1) * dilation, (kw - 1) * dilation
    if padding == "same":
        x = np.pad(x, ((0, 0), (rh // 2, rh - rh // 2), (rw // 2, rw - rw // 2), (0, 0)))
    h, w = x.shape[1] - rh, x.shape[2] - rw
    full = sum(
        x[:, a * dilation:a * dilation + h, b * dilation:b * dilation + w] @ kernel[a, b]
        for a in range(kh) for b in range(kw)
    )
    y = full[:, ::stride, ::stride]
    return y if bias is None else y + bias

# %% wrong | square output | You use one size for both directions of the output; image and kernel can be wider than they are high, so compute height and width apart.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)))
    size = (min(x.shape[1:3]) - max(rh, rw)) // stride + 1
    y = np.zeros((len(x), size, size, F))
    for i in range(size):
        for j in range(size):
            y[:, i, j] = np.tensordot(x[:, i * stride:i * stride + rh:dilation, j * stride:j * stride + rw:dilation], kernel, axes=3)
    if bias is not None:
        y = y + bias
    return y

# %% wrong | window does not jump | You make the output smaller for the stride but move the window one cell at a time; it has to start at i*stride.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    reach_h = (kh - 1) * dilation + 1
    reach_w = (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation),
                       same_padding(x.shape[2], kw, stride, dilation), (0, 0)))
    N, H, W, C = x.shape
    out_h = (H - reach_h) // stride + 1
    out_w = (W - reach_w) // stride + 1
    y = np.zeros((N, out_h, out_w, F))
    for i in range(out_h):
        for j in range(out_w):
            window = x[:, i:i + reach_h:dilation, j:j + reach_w:dilation, :]
            y[:, i, j, :] = np.tensordot(window, kernel, axes=([1, 2, 3], [0, 1, 2]))
    if bias is not None:
        y += bias
    return y

# %% wrong | padding ignores dilation | With "same" you pad for the kernel as written and then slide the dilated one; the zeros must make up for the dilated reach.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, filters = kernel.shape
    if padding == "same":
        pads = []
        for n, k in zip(x.shape[1:3], (kh, kw)):
            t = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads.append((t // 2, t - t // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    # dilated kernel with zeros between the taps
    big = np.zeros(((kh - 1) * dilation + 1, (kw - 1) * dilation + 1, *kernel.shape[2:]))
    big[::dilation, ::dilation] = kernel
    bh, bw = big.shape[:2]
    oh, ow = (x.shape[1] - bh) // stride + 1, (x.shape[2] - bw) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, filters))
    for i in range(oh):
        for j in range(ow):
            y[:, i, j] = np.tensordot(x[:, i*stride:i*stride+bh, j*stride:j*stride+bw], big, axes=3)
    return y + (0 if bias is None else bias)

# %% wrong | odd zero first | Where the zeros cannot be shared evenly you put the extra one before; Keras puts it at the end.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    def zeros(n, r):
        total = max(((n + stride - 1) // stride - 1) * stride + r - n, 0)
        return (total + 1) // 2, total // 2
    if padding == "same":
        x = np.pad(x, ((0, 0), zeros(x.shape[1], rh), zeros(x.shape[2], rw), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (rh, rw), axis=(1, 2))[:, ::stride, ::stride, :, ::dilation, ::dilation]
    y = np.einsum("nhwcij,ijcf->nhwf", win, kernel)
    if bias is not None:
        y += bias
    return y

# %% wrong | loses the batch axis | squeeze() throws away every axis of length 1, so a single image comes back without its batch axis (and one filter without its channel).
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)))
    rows = range(0, x.shape[1] - rh + 1, stride)
    cols = range(0, x.shape[2] - rw + 1, stride)
    y = np.array([[np.tensordot(x[:, r:r + rh:dilation, c:c + rw:dilation], kernel, 3) for c in cols] for r in rows])
    y = y.transpose(2, 0, 1, 3)
    if bias is not None:
        y = y + bias
    return y.squeeze()

# %% wrong | early return without bias | Your branch for dilation returns before the bias is added.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    if dilation > 1:
        kh, kw, c, f = kernel.shape
        spread = np.zeros((kh + (kh - 1) * (dilation - 1), kw + (kw - 1) * (dilation - 1), c, f))
        spread[::dilation, ::dilation] = kernel
        return conv2d(x, spread, stride=stride, padding=padding)
    kh, kw, _, filters = kernel.shape
    if padding == "same":
        pads = []
        for n, k in zip(x.shape[1:3], (kh, kw)):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            pads += [(total // 2, total - total // 2)]
        x = np.pad(x, [(0, 0)] + pads + [(0, 0)])
    oh, ow = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, filters))
    for i in range(oh):
        for j in range(ow):
            y[:, i, j] = np.tensordot(x[:, i*stride:i*stride+kh, j*stride:j*stride+kw], kernel, axes=3)
    if bias is not None:
        y = y + bias
    return y

# %% wrong | patches in another order | You flatten the patches as channel, row, column and the kernel as row, column, channel; the numbers that meet do not belong together.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, C, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (rh, rw), axis=(1, 2))
    win = win[:, ::stride, ::stride, :, ::dilation, ::dilation]
    n, oh, ow = win.shape[:3]
    cols = win.reshape(n * oh * ow, -1)
    y = (cols @ kernel.reshape(-1, F)).reshape(n, oh, ow, F)
    return y if bias is None else y + bias

# %% wrong | repeats the edge | You pad with copies of the edge; padding="same" adds zeros.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)), mode="edge")
    oh, ow = (x.shape[1] - rh) // stride + 1, (x.shape[2] - rw) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, F))
    for i in range(kh):
        for j in range(kw):
            part = x[:, i * dilation:, j * dilation:][:, ::stride, ::stride][:, :oh, :ow]
            y += np.einsum("nhwc,cf->nhwf", part, kernel[i, j])
    return y if bias is None else y + bias

# %% wrong | first image only | You compute the first image and copy its result for the whole batch.
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, _, F = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], kh, stride, dilation), same_padding(x.shape[2], kw, stride, dilation), (0, 0)))
    oh, ow = (x.shape[1] - rh) // stride + 1, (x.shape[2] - rw) // stride + 1
    y = np.zeros((x.shape[0], oh, ow, F))
    for i in range(oh):
        for j in range(ow):
            for f in range(F):
                y[:, i, j, f] = np.sum(x[0, i*stride:i*stride+rh:dilation, j*stride:j*stride+rw:dilation] * kernel[..., f])
    if bias is not None:
        y += bias
    return y

# %% right | windows and einsum | sliding_window_view and one einsum
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    x = np.asarray(x, dtype=float)
    reach = tuple((np.array(kernel.shape[:2]) - 1) * dilation + 1)
    if padding == "same":
        both = []
        for n, r in zip(x.shape[1:3], reach):
            t = max(r - (n % stride or stride), 0)
            both.append((int(t) // 2, int(t) - int(t) // 2))
        x = np.pad(x, [(0, 0), *both, (0, 0)])
    v = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(1, 2))
    v = v[:, ::stride, ::stride, :, ::dilation, ::dilation]
    out = np.einsum("nxycij,ijcf->nxyf", v, kernel, optimize=True)
    return out + (np.zeros(kernel.shape[-1]) if bias is None else bias)

# %% right | spectrum | multiplies in the Fourier domain and picks the stops from it
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    kh, kw, c, f = kernel.shape
    rh, rw = (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    n, h, w, _ = x.shape
    k = np.zeros((rh, rw, c, f))
    k[::dilation, ::dilation] = kernel
    size = (h + rh - 1, w + rw - 1)
    X = np.fft.rfft2(x, size, axes=(1, 2))
    K = np.fft.rfft2(k[::-1, ::-1], size, axes=(0, 1))
    full = np.fft.irfft2(np.einsum("nxyc,xycf->nxyf", X, K), size, axes=(1, 2))
    # full[i] is the window whose last cell is cell i of the image
    if padding == "same":
        oh, ow = -(-h // stride), -(-w // stride)
        top = max((oh - 1) * stride + rh - h, 0) // 2
        left = max((ow - 1) * stride + rw - w, 0) // 2
    else:
        oh, ow = (h - rh) // stride + 1, (w - rw) // stride + 1
        top = left = 0
    rows = rh - 1 - top + stride * np.arange(oh)
    cols = rw - 1 - left + stride * np.arange(ow)
    y = full[:, rows][:, :, cols]
    return y if bias is None else y + bias

# %% right | cells and a generator | plain loops over the taps from a generator, no padding: taps outside are skipped
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    def axis(n, k):
        reach = dilation * (k - 1) + 1
        if padding == "same":
            stops = -(-n // stride)
            shift = max((stops - 1) * stride + reach - n, 0) // 2
        else:
            stops, shift = (n - reach) // stride + 1, 0
        for i in range(stops):
            yield i, [(t, i * stride + t * dilation - shift) for t in range(k) if 0 <= i * stride + t * dilation - shift < n]

    rows, cols = list(axis(x.shape[1], kernel.shape[0])), list(axis(x.shape[2], kernel.shape[1]))
    y = np.zeros((x.shape[0], len(rows), len(cols), kernel.shape[3]))
    for i, vertical in rows:
        for j, horizontal in cols:
            for a, r in vertical:
                for b, s in horizontal:
                    y[:, i, j] += x[:, r, s] @ kernel[a, b]
    if bias is not None:
        y += np.reshape(bias, (1, 1, 1, -1))
    return y

# %% right | selection matrices | the slide is a 0/1 matrix for each axis and each tap, applied with einsum
def conv2d(x, kernel, bias=None, stride=1, padding="valid", dilation=1):
    def selectors(n, k):
        reach = (k - 1) * dilation + 1
        stops = -(-n // stride) if padding == "same" else (n - reach) // stride + 1
        before = max((stops - 1) * stride + reach - n, 0) // 2 if padding == "same" else 0
        cell = np.arange(stops)[None, :] * stride + np.arange(k)[:, None] * dilation - before
        return (cell[..., None] == np.arange(n)).astype(float)   # tap, stop, cell

    R = selectors(x.shape[1], kernel.shape[0])
    S = selectors(x.shape[2], kernel.shape[1])
    y = np.einsum("aih,bjw,nhwc,abcf->nijf", R, S, x, kernel, optimize=True)
    return y + bias if bias is not None else y
