# %% wrong | mean for the bias | The bias is added at every position of every image, so its derivative is the sum of dy, and you take the mean.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, oh, ow, _ = dy.shape
    d = dy.reshape(N, oh, ow, C, m)
    dx = np.zeros(x.shape)
    dk = np.zeros(kernel.shape)
    for i in range(oh):
        for j in range(ow):
            r, s = i * stride, j * stride
            dx[:, r:r + kh, s:s + kw] += np.einsum("ncm,abcm->nabc", d[:, i, j], kernel)
            dk += np.einsum("ncm,nabc->abcm", d[:, i, j], x[:, r:r + kh, s:s + kw])
    return dx, dk, dy.mean(axis=(0, 1, 2))

# %% wrong | bias over the batch only | You sum dy over the images only; the bias also acts at every row and column, so sum over those axes too.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    n, oh, ow, maps = dy.shape
    g = dy.reshape(n, oh, ow, kernel.shape[2], kernel.shape[3])
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            rows = slice(a, a + (oh - 1) * stride + 1, stride)
            cols = slice(b, b + (ow - 1) * stride + 1, stride)
            dx[:, rows, cols] += (g * kernel[a, b]).sum(-1)
            dkernel[a, b] = np.einsum("nhwc,nhwcm->cm", x[:, rows, cols], g)
    dbias = dy.sum(axis=0)
    return dx, dkernel, dbias

# %% wrong | kernel averaged over the batch | You divide the kernel's derivative by the number of images; whether the loss is a mean is already in dy.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    by_channel = dy.reshape(*dy.shape[:3], *kernel.shape[2:])
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            dx[:, rows, columns] += np.einsum("ncm,abcm->nabc", by_channel[:, i, j], kernel)
            dkernel += np.einsum("ncm,nabc->abcm", by_channel[:, i, j], x[:, rows, columns])
    return dx, dkernel / len(x), dy.sum(axis=(0, 1, 2))

# %% wrong | dy split as filters first | You split the maps as (m, C), but map c*m + j has the channel outside, so the split is (C, m).
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, oh, ow, _ = dy.shape
    g = dy.reshape(N, oh, ow, m, C)
    dx = np.zeros(x.shape)
    dkernel = np.zeros(kernel.shape)
    for i in range(oh):
        for j in range(ow):
            sl = np.s_[:, i * stride:i * stride + kh, j * stride:j * stride + kw]
            dx[sl] += np.einsum("nmc,abcm->nabc", g[:, i, j], kernel)
            dkernel += np.einsum("nmc,nabc->abcm", g[:, i, j], x[sl])
    return dx, dkernel, dy.sum((0, 1, 2))

# %% wrong | kernel flipped in the scatter | You add the flipped kernel at each window; the flip belongs to the other way, a convolution of the padded dy, and here the kernel stays as it is.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    turned = kernel[::-1, ::-1]
    g = dy.reshape(*dy.shape[:3], C, m)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            top, left = i * stride, j * stride
            dx[:, top:top + kh, left:left + kw] += np.einsum("ncm,abcm->nabc", g[:, i, j], turned)
            dkernel += np.einsum("ncm,nabc->abcm", g[:, i, j], x[:, top:top + kh, left:left + kw])
    return dx, dkernel, np.sum(dy, axis=(0, 1, 2))

# %% wrong | windows overwrite | A pixel lies in several windows and gets something from each, but you write `=` where you need `+=`, so only the last one stays.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    dx, dk = np.zeros(x.shape), np.zeros(kernel.shape)
    g = dy.reshape(dy.shape[0], dy.shape[1], dy.shape[2], C, m)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            h0, w0 = i * stride, j * stride
            dx[:, h0:h0 + kh, w0:w0 + kw, :] = np.einsum("ncm,abcm->nabc", g[:, i, j], kernel)
            dk += np.einsum("ncm,nabc->abcm", g[:, i, j], x[:, h0:h0 + kh, w0:w0 + kw, :])
    db = dy.sum(axis=(0, 1, 2))
    return dx, dk, db

# %% wrong | stride ignored | Your windows always move by one pixel: output (i, j) looks at the window that starts at (i*stride, j*stride).
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    by_channel = dy.reshape(*dy.shape[:3], *kernel.shape[2:])
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            dx[:, i : i + kh, j : j + kw] += np.einsum("ncm,abcm->nabc", by_channel[:, i, j], kernel)
            dkernel += np.einsum("ncm,nabc->abcm", by_channel[:, i, j], x[:, i : i + kh, j : j + kw])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | dx only as far as the windows | Your dx ends where the last window ends; with a stride the image can have rows and columns beyond it, and their derivative is zero, but they must be there.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, oh, ow, _ = dy.shape
    g = dy.reshape(N, oh, ow, C, m)
    dx = np.zeros((N, (oh - 1) * stride + kh, (ow - 1) * stride + kw, C))
    dkernel = np.zeros(kernel.shape)
    for i in range(oh):
        for j in range(ow):
            win = np.s_[:, i * stride:i * stride + kh, j * stride:j * stride + kw]
            dx[win] += np.einsum("ncm,abcm->nabc", g[:, i, j], kernel)
            dkernel += np.einsum("ncm,nabc->abcm", g[:, i, j], x[win])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | type of the image | You make dx with the type of x, so with an integer image its fractions are cut off; make it with np.zeros(x.shape).
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    dx = np.zeros_like(x)
    dkernel = np.zeros(kernel.shape)
    g = dy.reshape(*dy.shape[:3], C, m)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows, cols = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dx[:, rows, cols] = dx[:, rows, cols] + np.einsum("ncm,abcm->nabc", g[:, i, j], kernel)
            dkernel = dkernel + np.einsum("ncm,nabc->abcm", g[:, i, j], x[:, rows, cols])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | results in another order | The three are right, but the order is dx, dkernel, dbias, and you return dkernel, dbias, dx.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    parts = dy.reshape(*dy.shape[:3], *kernel.shape[2:])
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            r, c = i * stride, j * stride
            dx[:, r : r + kh, c : c + kw] += np.einsum("ncm,abcm->nabc", parts[:, i, j], kernel)
            dkernel += np.einsum("ncm,nabc->abcm", parts[:, i, j], x[:, r : r + kh, c : c + kw])
    return dkernel, dy.sum(axis=(0, 1, 2)), dx

# %% wrong | only the first filter goes back | In dx you follow filter 0 of each channel only; a pixel acts on all m maps of its channel, so add over the filters.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, oh, ow, _ = dy.shape
    dx = np.zeros(x.shape)
    dkernel = np.zeros(kernel.shape)
    for i in range(oh):
        for j in range(ow):
            for c in range(C):
                win = x[:, i * stride:i * stride + kh, j * stride:j * stride + kw, c]
                for f in range(m):
                    d = dy[:, i, j, c * m + f][:, None, None]
                    dkernel[:, :, c, f] += (win * d).sum(axis=0)
                d0 = dy[:, i, j, c * m][:, None, None]
                dx[:, i * stride:i * stride + kh, j * stride:j * stride + kw, c] += d0 * kernel[:, :, c, 0]
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | channels mixed in dx | You sum over the channels in dx as for a normal convolution, so every channel gets the same derivative; keep the channel's letter in the result.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    g = dy.reshape(*dy.shape[:3], C, m)
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            win = (slice(None), slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw))
            dx[win] += np.einsum("ncm,abcm->nab", g[:, i, j], kernel)[..., None]
            dkernel += np.einsum("ncm,nabc->abcm", g[:, i, j], x[win])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | last position missing | Your loops stop one window too early: the last start is h - kh itself, so the range must end at h - kh + 1.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, h, w, _ = x.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    g = dy.reshape(*dy.shape[:3], C, m)
    for i, top in enumerate(range(0, h - kh, stride)):
        for j, left in enumerate(range(0, w - kw, stride)):
            d = g[:, i, j]
            dx[:, top:top + kh, left:left + kw] += np.einsum("ncm,abcm->nabc", d, kernel)
            dkernel += np.einsum("ncm,nabc->abcm", d, x[:, top:top + kh, left:left + kw])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | dy blown up by repeating | For a stride you repeat each number of dy; between the outputs belong zeros, for nothing looked at the windows in between.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, h, w, _ = x.shape
    wide = dy.repeat(stride, axis=1).repeat(stride, axis=2)[:, : h - kh + 1, : w - kw + 1]
    oh, ow = wide.shape[1:3]
    g = wide.reshape(N, oh, ow, C, m)
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            dx[:, a:a + oh, b:b + ow] += (g * kernel[a, b]).sum(axis=4)
            dkernel[a, b] = (x[:, a:a + oh, b:b + ow, :, None] * g).sum(axis=(0, 1, 2))
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | full convolution with the stride forgotten | You pad dy and correlate it with the flipped kernel, which is right for stride 1; with a stride dy must first be spread out with zeros between its numbers.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, oh, ow, _ = dy.shape
    g = dy.reshape(N, oh, ow, C, m)
    dkernel = np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            seen = x[:, a : a + stride * (oh - 1) + 1 : stride, b : b + stride * (ow - 1) + 1 : stride]
            dkernel[a, b] = np.einsum("nijc,nijcm->cm", seen, g)
    H, W = x.shape[1:3]
    padded = np.pad(g, ((0, 0), (kh - 1, H - oh), (kw - 1, W - ow), (0, 0), (0, 0)))
    flipped = kernel[::-1, ::-1]
    dx = np.zeros(x.shape)
    for i in range(H):
        for j in range(W):
            dx[:, i, j] = np.einsum("nabcm,abcm->nc", padded[:, i : i + kh, j : j + kw], flipped)
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | one bias per channel | You add the m filters of a channel together in dbias, but every map c*m + j has its own bias, so it has C·m numbers.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    g = dy.reshape(*dy.shape[:3], C, m)
    dx = np.zeros(x.shape)
    dkernel = np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            block = np.s_[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
            dx[block] += np.einsum("ncm,abcm->nabc", g[:, i, j], kernel)
            dkernel += np.einsum("ncm,nabc->abcm", g[:, i, j], x[block])
    dbias = g.sum(axis=(0, 1, 2, 4))
    return dx, dkernel, dbias

# %% right | through the normal matrix | Builds the windows with as_strided, does the sums as batched matrix products and scatters with np.add.at.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, oh, ow, _ = dy.shape
    rows = (np.arange(oh) * stride)[:, None, None, None] + np.arange(kh)[:, None]
    cols = (np.arange(ow) * stride)[:, None, None] + np.arange(kw)
    windows = x[:, rows, cols]  # N, oh, ow, kh, kw, C
    by_channel = dy.reshape(N * oh * ow, C, m).transpose(1, 0, 2)  # C, P, m
    flat = windows.reshape(N * oh * ow, kh * kw, C).transpose(2, 1, 0)  # C, kh*kw, P
    dkernel = (flat @ by_channel).reshape(C, kh, kw, m).transpose(1, 2, 0, 3)
    weights = kernel.reshape(kh * kw, C, m).transpose(1, 2, 0)  # C, m, kh*kw
    back = (by_channel @ weights).transpose(1, 2, 0).reshape(N, oh, ow, kh, kw, C)
    dx = np.zeros(x.shape)
    np.add.at(dx, (slice(None), rows, cols), back)
    return dx, dkernel, np.ones(N * oh * ow) @ dy.reshape(-1, C * m)

# %% right | fourier | Spreads dy with zeros to the size of the image and gets both derivatives from spectra.
def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    N, H, W, _ = x.shape
    spread = np.zeros((N, H, W, C * m))
    spread[:, : (dy.shape[1] - 1) * stride + 1 : stride, : (dy.shape[2] - 1) * stride + 1 : stride] = dy
    D = np.fft.fft2(spread.reshape(N, H, W, C, m), axes=(1, 2))
    K = np.fft.fft2(kernel, s=(H, W), axes=(0, 1))
    X = np.fft.fft2(x, axes=(1, 2))
    dx = np.fft.ifft2((D * K).sum(axis=-1), axes=(1, 2)).real
    dkernel = np.fft.ifft2((X[..., None] * D.conj()).sum(axis=0), axes=(0, 1)).real[:kh, :kw]
    return dx, dkernel, spread.sum(axis=(0, 1, 2))

# %% right | one channel, one filter at a time | A small class for the taps of the kernel, plain loops over channels and filters.
class Taps:
    def __init__(self, shape, out, stride):
        self.shape, self.out, self.stride = shape, out, stride

    def __iter__(self):
        for a, b in np.ndindex(*self.shape):
            yield (a, b), tuple(
                slice(start, start + (o - 1) * self.stride + 1, self.stride)
                for start, o in zip((a, b), self.out)
            )


def depthwise_backward(dy, x, kernel, stride=1):
    kh, kw, C, m = kernel.shape
    dx = np.zeros(x.shape)
    dkernel = np.empty(kernel.shape)
    for f in range(C * m):
        c, j = divmod(f, m)
        for (a, b), (rows, cols) in Taps((kh, kw), dy.shape[1:3], stride):
            dx[:, rows, cols, c] += kernel[a, b, c, j] * dy[..., f]
            dkernel[a, b, c, j] = np.vdot(x[:, rows, cols, c], dy[..., f])
    return dx, dkernel, np.array([dy[..., f].sum() for f in range(C * m)])
