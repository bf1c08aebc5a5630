# %% wrong | bias averaged | You take the mean of dy for the bias; every output adds its share, so it is the sum.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dk = np.zeros(x.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            a, b = i * stride, j * stride
            dx[:, a:a + kh, b:b + kw] += np.einsum("nf,hwcf->nhwc", dy[:, i, j], kernel)
            dk += np.einsum("nhwc,nf->hwcf", x[:, a:a + kh, b:b + kw], dy[:, i, j])
    return dx, dk, dy.mean(axis=(0, 1, 2))

# %% wrong | bias keeps the columns | You sum dy over the batch and the rows only; the bias has no place, so sum over the columns as well.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw, _, _ = kernel.shape
    dx = np.zeros(x.shape)
    dkernel = np.zeros(kernel.shape)
    dbias = dy.sum(axis=0).sum(axis=0)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            g = dy[:, i, j]
            r, c = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dx[:, r, c] += np.tensordot(g, kernel, axes=(1, 3))
            dkernel += np.tensordot(x[:, r, c], g, axes=(0, 0))
    return dx, dkernel, dbias

# %% wrong | kernel not turned | You slide the kernel over the padded dy as it is; going backwards it has to be turned round in both directions.
def conv2d_backward(dy, x, kernel, stride=1):
    N, H, W, C = x.shape
    kh, kw, _, F = kernel.shape
    oh, ow = dy.shape[1:3]
    dbias = dy.sum((0, 1, 2))
    dkernel = np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            patch = x[:, a:a + (oh - 1) * stride + 1:stride, b:b + (ow - 1) * stride + 1:stride]
            dkernel[a, b] = np.tensordot(patch, dy, axes=([0, 1, 2], [0, 1, 2]))
    # spread dy out, pad it, convolve
    up = np.zeros((N, H + kh - 1, W + kw - 1, F))
    up[:, kh - 1:kh + (oh - 1) * stride:stride, kw - 1:kw + (ow - 1) * stride:stride] = dy
    dx = np.zeros(x.shape)
    for i in range(H):
        for j in range(W):
            dx[:, i, j] = np.tensordot(up[:, i:i + kh, j:j + kw], kernel, axes=([1, 2, 3], [0, 1, 3]))
    return dx, dkernel, dbias

# %% wrong | overwrites where windows overlap | You assign to dx with =, so each window wipes out what its neighbours put there; overlapping windows have to add up.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            y0, x0 = i * stride, j * stride
            dx[:, y0:y0 + kh, x0:x0 + kw] = np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
            dkernel += np.tensordot(x[:, y0:y0 + kh, x0:x0 + kw], dy[:, i, j], axes=(0, 0))
    dbias = dy.sum(axis=(0, 1, 2))
    return dx, dkernel, dbias

# %% wrong | stride not used | You never use the stride; the window of output i starts at i*stride.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    N, oh, ow, F = dy.shape
    dx = np.zeros(x.shape)
    dkernel = np.zeros(kernel.shape)
    for n in range(N):
        for i in range(oh):
            for j in range(ow):
                for f in range(F):
                    dx[n, i:i+kh, j:j+kw] += dy[n, i, j, f] * kernel[..., f]
                    dkernel[..., f] += dy[n, i, j, f] * x[n, i:i+kh, j:j+kw]
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | cells left over are missing | Where the last window does not reach the edge your dx is smaller than x; the cells that no window touched get a 0.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw, C, F = kernel.shape
    N, oh, ow, _ = dy.shape
    dx = np.zeros((N, (oh - 1) * stride + kh, (ow - 1) * stride + kw, C))
    dkernel = np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            rows = slice(a, a + (oh - 1) * stride + 1, stride)
            cols = slice(b, b + (ow - 1) * stride + 1, stride)
            dx[:, rows, cols] += dy @ kernel[a, b].T
            dkernel[a, b] = np.einsum("nijc,nijf->cf", x[:, rows, cols], dy)
    return dx, dkernel, np.einsum("nijf->f", dy)

# %% wrong | returned in another order | You return dkernel first; the order is dx, dkernel, dbias.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dW = np.zeros(kernel.shape)
    dX = np.zeros(x.shape)
    db = dy.sum(axis=(0, 1, 2))
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            s = np.s_[:, i * stride:i * stride + kh, j * stride:j * stride + kw]
            dW += np.tensordot(x[s], dy[:, i, j], axes=(0, 0))
            dX[s] += np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
    return dW, db, dX

# %% wrong | type taken from x | zeros_like takes the type of x; when the image holds whole numbers, dx cannot hold fractions.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx = np.zeros_like(x)
    dkernel = np.zeros(kernel.shape)
    for n in range(len(x)):
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                rows, cols = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
                dx[n, rows, cols] = dx[n, rows, cols] + kernel @ dy[n, i, j]
                dkernel += x[n, rows, cols][..., None] * dy[n, i, j]
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | divided by the batch | You divide by the number of images as in a mean loss; dy already is the derivative of the loss, so only sum.
def conv2d_backward(dy, x, kernel, stride=1):
    N = dy.shape[0]
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows = slice(i * stride, i * stride + kh)
            cols = slice(j * stride, j * stride + kw)
            dx[:, rows, cols] += np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
            dkernel += np.tensordot(x[:, rows, cols], dy[:, i, j], axes=(0, 0)) / N
    return dx, dkernel, dy.sum(axis=(0, 1, 2)) / N

# %% wrong | dy not spread out | For dkernel you lay dy on neighbouring cells of x; with a stride its values belong to cells that are stride apart.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    oh, ow = dy.shape[1:3]
    dkernel = np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            dkernel[a, b] = np.tensordot(x[:, a:a + oh, b:b + ow], dy, axes=([0, 1, 2], [0, 1, 2]))
    dx = np.zeros(x.shape)
    for i in range(oh):
        for j in range(ow):
            dx[:, i * stride:i * stride + kh, j * stride:j * stride + kw] += np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | reshape for transpose | You swap the last two axes of the kernel with reshape, which mixes up the numbers; swap axes with transpose or .T.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw, C, F = kernel.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    back = kernel.reshape(kh, kw, F, C)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows = slice(i * stride, i * stride + kh)
            cols = slice(j * stride, j * stride + kw)
            dx[:, rows, cols] += np.einsum("nf,hwfc->nhwc", dy[:, i, j], back)
            dkernel += np.einsum("nhwc,nf->hwcf", x[:, rows, cols], dy[:, i, j])
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | dkernel turned round | You turn dkernel round at the end, as for a true convolution; the kernel slid as it is, so its derivative stays as it is.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    N, oh, ow, F = dy.shape
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for a in range(kh):
        for b in range(kw):
            part = np.s_[:, a:a + (oh - 1) * stride + 1:stride, b:b + (ow - 1) * stride + 1:stride]
            dkernel[a, b] = np.einsum("nijc,nijf->cf", x[part], dy)
            dx[part] += dy @ kernel[a, b].T
    return dx, np.rot90(dkernel, 2), dy.sum(axis=(0, 1, 2))

# %% wrong | empties the image | dx = x makes no copy: you empty the caller's image, and dkernel is then computed from what is left of it.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx = x
    dx[:] = 0
    dkernel = np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows = slice(i * stride, i * stride + kh)
            cols = slice(j * stride, j * stride + kw)
            dx[:, rows, cols] += np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
            dkernel += np.tensordot(x[:, rows, cols], dy[:, i, j], axes=(0, 0))
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | writes over its input | Your three results are right, but you write dx into the memory of x, so the caller's image is gone afterwards; make a new array.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    oh, ow = dy.shape[1:3]
    dkernel = np.zeros(kernel.shape)
    for i in range(oh):
        for j in range(ow):
            dkernel += np.tensordot(x[:, i * stride:i * stride + kh, j * stride:j * stride + kw], dy[:, i, j], axes=(0, 0))
    dx = x            # x is not needed any more
    dx *= 0
    for i in range(oh):
        for j in range(ow):
            dx[:, i * stride:i * stride + kh, j * stride:j * stride + kw] += np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | stride forgotten in dx | dkernel uses the stride and dx does not; both have to look at the same window.
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw = kernel.shape[:2]
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            dkernel += np.tensordot(x[:, i * stride:i * stride + kh, j * stride:j * stride + kw], dy[:, i, j], axes=(0, 0))
            dx[:, i:i + kh, j:j + kw] += np.tensordot(dy[:, i, j], kernel, axes=(1, 3))
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% wrong | turned in one direction | You turn the kernel upside down but not left to right; for dx it has to be turned in both directions.
def conv2d_backward(dy, x, kernel, stride=1):
    N, H, W, C = x.shape
    kh, kw, _, F = kernel.shape
    _, oh, ow, _ = dy.shape
    spread = np.zeros((N, H + kh - 1, W + kw - 1, F))
    spread[:, kh - 1:kh + (oh - 1) * stride:stride, kw - 1:kw + (ow - 1) * stride:stride] = dy
    flipped = kernel[::-1]
    win = np.lib.stride_tricks.sliding_window_view(spread, (kh, kw), axis=(1, 2))
    dx = np.einsum("nhwfab,abcf->nhwc", win, flipped)
    wx = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    dkernel = np.einsum("nijcab,nijf->abcf", wx, dy)
    return dx, dkernel, dy.sum(axis=(0, 1, 2))

# %% right | adds with add.at | scatters with np.add.at and gathers with fancy indices
def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw, c, f = kernel.shape
    n, oh, ow, _ = dy.shape
    r = (np.arange(oh) * stride)[:, None, None, None] + np.arange(kh)[None, None, :, None]
    s = (np.arange(ow) * stride)[None, :, None, None] + np.arange(kw)[None, None, None, :]
    patches = x[:, r, s]                                      # n, oh, ow, kh, kw, c
    dkernel = np.einsum("nijabc,nijf->abcf", patches, dy)
    dx = np.zeros(x.shape)
    np.add.at(dx, (slice(None), r, s), np.einsum("nijf,abcf->nijabc", dy, kernel))
    return dx, dkernel, np.einsum("nijf->f", dy)

# %% right | full convolution with the turned kernel | spreads dy out by the stride, pads it and slides the turned kernel over it
def conv2d_backward(dy, x, kernel, stride=1):
    view = np.lib.stride_tricks.sliding_window_view
    N, H, W, C = x.shape
    kh, kw, _, F = kernel.shape
    _, oh, ow, _ = dy.shape
    spread = np.zeros((N, H - kh + 1, W - kw + 1, F))
    spread[:, ::stride, ::stride] = dy
    padded = np.pad(spread, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)))
    dx = np.einsum("nhwfab,abcf->nhwc", view(padded, (kh, kw), axis=(1, 2)), kernel[::-1, ::-1])
    dkernel = np.einsum("nabcij,nijf->abcf", view(x, spread.shape[1:3], axis=(1, 2)), spread)
    return dx, dkernel, spread.sum(axis=(0, 1, 2))

# %% right | one axis after the other | 0/1 matrices that say which cell each tap meets, and the chain rule as einsum
class Slide:
    def __init__(self, n, k, stops, stride):
        cell = stride * np.arange(stops)[:, None] + np.arange(k)
        self.meets = np.eye(n)[cell]            # stop, tap, cell

def conv2d_backward(dy, x, kernel, stride=1):
    (_, H, W, _), (kh, kw, *_), (_, oh, ow, _) = x.shape, kernel.shape, dy.shape
    R, S = Slide(H, kh, oh, stride).meets, Slide(W, kw, ow, stride).meets
    dx = np.einsum("nijf,iah,jbw,abcf->nhwc", dy, R, S, kernel, optimize=True)
    dkernel = np.einsum("nijf,iah,jbw,nhwc->abcf", dy, R, S, x, optimize=True)
    return dx, dkernel, np.ones(dy[..., 0].size) @ dy.reshape(-1, dy.shape[-1])

# %% right | one number at a time | loops over every number of the output, from a generator
from itertools import product

def conv2d_backward(dy, x, kernel, stride=1):
    kh, kw, _, _ = kernel.shape
    dx = 0.0 * x
    dkernel = 0.0 * kernel
    dbias = np.zeros(kernel.shape[3])
    for (n, i, j, f), g in np.ndenumerate(dy):
        dbias[f] += g
        for a, b in product(range(kh), range(kw)):
            cell = n, i * stride + a, j * stride + b
            dx[cell] += g * kernel[a, b, :, f]
            dkernel[a, b, :, f] += g * x[cell]
    return dx, dkernel, dbias
