# %% wrong | weights as in PyTorch | You transposed the kernel, as if it were (F, C) like in PyTorch; here its last two axes are already (C, F).
def pointwise_conv2d(x, kernel, bias=None):
    w = kernel[0, 0].T
    out = x @ w
    if bias is not None:
        out = out + bias
    return out

# %% wrong | if bias | `if bias:` asks whether an array is true, which NumPy refuses for more than one element; ask `bias is not None`.
def pointwise_conv2d(x, kernel, bias=None):
    y = np.einsum("nhwc,cf->nhwf", x, kernel[0, 0])
    if bias:
        y = y + bias
    return y

# %% wrong | bias in the channel loop | The bias is added inside the loop over the input channels, so it is counted C times instead of once.
def pointwise_conv2d(x, kernel, bias=None):
    N, H, W, C = x.shape
    F = kernel.shape[-1]
    if bias is None:
        bias = np.zeros(F)
    y = np.zeros((N, H, W, F))
    for c in range(C):
        y += x[..., c, None] * kernel[0, 0, c] + bias
    return y

# %% wrong | squeeze the kernel | `squeeze` also removes the channel or filter axis when it has length 1, so the result loses its last axis for one filter and fails for one channel.
def pointwise_conv2d(x, kernel, bias=None):
    w = kernel.squeeze()
    y = np.dot(x, w)
    return y if bias is None else y + bias

# %% wrong | height and width swapped back | After flattening the pixels you put them back as (W, H), which scrambles every image that is not square.
def pointwise_conv2d(x, kernel, bias=None):
    n, h, w, c = x.shape
    f = kernel.shape[3]
    flat = x.reshape(-1, c)
    res = flat.dot(kernel.reshape(c, f))
    if bias is not None:
        res += bias
    return res.reshape(n, w, h, f)

# %% wrong | result has the type of x | The result array has the type of x, so when x holds whole numbers the products are cut down to whole numbers.
def pointwise_conv2d(x, kernel, bias=None):
    y = np.zeros(x.shape[:3] + (kernel.shape[-1],), dtype=x.dtype)
    for f in range(kernel.shape[-1]):
        y[..., f] = (x * kernel[0, 0, :, f]).sum(axis=-1)
        if bias is not None:
            y[..., f] = y[..., f] + bias[f]
    return y

# %% wrong | bias channels first | The bias is reshaped to (1, F, 1, 1) as for channels first, so it is added along the height instead of along the filters.
def pointwise_conv2d(x, kernel, bias=None):
    out = np.tensordot(x, kernel[0, 0], axes=([3], [0]))
    if bias is not None:
        out = out + bias.reshape(1, -1, 1, 1)
    return out

# %% wrong | reshape instead of transpose | To get channels first you used `reshape`, which does not move axes but regroups the numbers, so pixels and channels get mixed up.
def pointwise_conv2d(x, kernel, bias=None):
    n, h, w, c = x.shape
    cols = x.reshape(n, c, h * w)               # channels first
    y = kernel[0, 0].T @ cols                   # (n, f, h*w)
    y = y.transpose(0, 2, 1).reshape(n, h, w, -1)
    if bias is not None:
        y = y + bias
    return y

# %% wrong | rgb only | The three channels are written out by hand, so the answer is right only for images of exactly three channels.
def pointwise_conv2d(x, kernel, bias=None):
    r, g, b = x[..., 0:1], x[..., 1:2], x[..., 2:3]
    wr, wg, wb = kernel[0, 0, 0], kernel[0, 0, 1], kernel[0, 0, 2]
    y = r * wr + g * wg + b * wb
    if bias is not None:
        y = y + bias
    return y

# %% wrong | mean over channels | You take the mean over the channels; a convolution takes the sum.
def pointwise_conv2d(x, kernel, bias=None):
    y = (x[..., :, np.newaxis] * kernel[0, 0]).mean(axis=-2)
    if bias is not None:
        y += bias
    return y

# %% wrong | relu at the end | There is a ReLU at the end that nobody asked for, so all negative results become 0.
def pointwise_conv2d(x, kernel, bias=None):
    z = x @ kernel[0, 0]
    if bias is not None:
        z = z + bias
    return np.maximum(z, 0)

# %% wrong | only the first image | You compute only the first image x[0], the others of the batch are lost or become copies of it.
def pointwise_conv2d(x, kernel, bias=None):
    image = x[0]
    h, w, c = image.shape
    f = kernel.shape[-1]
    out = np.zeros((x.shape[0], h, w, f))
    for i in range(h):
        for j in range(w):
            out[:, i, j, :] = image[i, j] @ kernel[0, 0]
    if bias is not None:
        out = out + bias
    return out

# %% wrong | bias needs to be positive | You add the bias only where its sum is positive, so a bias with a negative sum, or one that sums to zero, is silently left out.
def pointwise_conv2d(x, kernel, bias=None):
    y = x @ kernel[0, 0]
    if bias is not None and bias.sum() > 0:
        y = y + bias
    return y

# %% wrong | bias as the running sum | `total = bias` makes no copy: every pixel goes on adding to the same array, so the sums grow from pixel to pixel and the caller's bias is changed.
def pointwise_conv2d(x, kernel, bias=None):
    N, H, W, C = x.shape
    F = kernel.shape[-1]
    y = np.zeros((N, H, W, F))
    for n in range(N):
        for i in range(H):
            for j in range(W):
                total = np.zeros(F) if bias is None else bias
                for c in range(C):
                    total += x[n, i, j, c] * kernel[0, 0, c]
                y[n, i, j] = total
    return y

# %% right | matmul with the whole kernel | matmul broadcasts the leading axes (1, 1) of the kernel over images and rows
def pointwise_conv2d(x, kernel, bias=None):
    y = np.matmul(x, kernel)
    return y + (0 if bias is None else bias)

# %% right | bias as one more channel | the bias becomes the weights of a channel of ones
def pointwise_conv2d(x, kernel, bias=None):
    C, F = kernel.shape[2:]
    b = np.zeros(F) if bias is None else np.asarray(bias)
    ones = np.ones(x.shape[:-1] + (1,))
    extended = np.concatenate([x, ones], axis=-1)
    weights = np.vstack([kernel.reshape(C, F), b.reshape(1, F)])
    return np.einsum("...c,cf->...f", extended, weights)

# %% right | class and generator | a callable class that yields one map per filter and stacks them
class _Pixelwise:
    def __init__(self, kernel, bias):
        self.kernel, self.bias = kernel, bias

    def maps(self, x):
        for f in range(self.kernel.shape[-1]):
            m = np.inner(x, self.kernel[0, 0, :, f])
            yield m if self.bias is None else m + self.bias[f]

    def __call__(self, x):
        return np.stack(list(self.maps(x)), axis=-1)


def pointwise_conv2d(x, kernel, bias=None):
    return _Pixelwise(kernel, bias)(x)
