# %% wrong | no ReLU in between | Between the two layers the ReLU is missing, and without it they are just one linear layer.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    s = s @ w1 + b1
    gate = 1 / (1 + np.exp(-(s @ w2 + b2)))
    return x * gate[:, None, None, :]

# %% wrong | ReLU and sigmoid exchanged | The sigmoid belongs at the end, so that the gates lie between 0 and 1, and the ReLU in the middle; you have them the other way round.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    h = 1 / (1 + np.exp(-(s @ w1 + b1)))
    gate = np.maximum(h @ w2 + b2, 0)
    return x * gate[:, None, None, :]

# %% wrong | first bias forgotten | b1 is never added before the ReLU.
def squeeze_excite(x, w1, b1, w2, b2):
    h = np.maximum(x.mean(axis=(1, 2)) @ w1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return x * gate[:, None, None]

# %% wrong | mean over the batch too | With axis=(0, 1, 2) all images share one mean, but each image should get gates of its own.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(0, 1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return x * gate

# %% wrong | sum instead of mean | You squeeze each map to its sum, which grows with the size of the image, where its mean is needed.
def squeeze_excite(x, w1, b1, w2, b2):
    s = np.einsum("nhwc->nc", x)
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return np.einsum("nhwc,nc->nhwc", x, gate)

# %% wrong | largest instead of mean | You squeeze each map to its largest pixel, but the squeeze is the mean over all its pixels.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.max(axis=2).max(axis=1)
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return x * gate[:, np.newaxis, np.newaxis, :]

# %% wrong | softmax for the gates | With a softmax the gates of all channels share a sum of 1, but each gate has its own sigmoid and can be open whatever the others do.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    z = h @ w2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    gate = e / e.sum(axis=1, keepdims=True)
    return x * gate[:, None, None, :]

# %% wrong | only the gates | You return the gates (N, C) and forget to multiply the maps by them.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    return 1 / (1 + np.exp(-(h @ w2 + b2)))

# %% wrong | gate lined up with the columns | x * gate lines up the gates' first axis, the images, with the columns W; they need two axes of length 1 in between.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return x * gate

# %% wrong | exp in numerator and denominator | exp(z) / (1 + exp(z)) becomes inf / inf, which is nan, for large scores; 1 / (1 + exp(-z)) does not.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    e = np.exp(h @ w2 + b2)
    gate = e / (1 + e)
    return x * gate[:, None, None, :]

# %% wrong | sign in the sigmoid | The sigmoid is 1 / (1 + exp(-z)); with exp(z) a high score closes the gate and a low one opens it.
def squeeze_excite(x, w1, b1, w2, b2):
    def sigmoid(z):
        return 1 / (1 + np.exp(z))
    s = x.mean(axis=(1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    return x * sigmoid(h @ w2 + b2)[:, None, None, :]

# %% wrong | input multiplied in place | x *= gate overwrites the caller's maps, and for whole numbers it even crashes.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2))
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    x *= gate[:, None, None, :]
    return x

# %% wrong | batch of one squeezed away | np.squeeze removes every axis of length 1, the batch axis too when there is one image only, and then the gates have an axis too few.
def squeeze_excite(x, w1, b1, w2, b2):
    s = np.squeeze(x.mean(axis=(1, 2), keepdims=True))
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2 + b2)))
    return x * gate[:, None, None, :]

# %% wrong | divided by height squared | The mean of a map is its sum divided by H · W; you divide by H · H, which is the same for square maps only, and b2 is added after the sigmoid.
def squeeze_excite(x, w1, b1, w2, b2):
    H = x.shape[1]
    s = x.sum(axis=(1, 2)) / H ** 2
    h = np.maximum(s @ w1 + b1, 0)
    gate = 1 / (1 + np.exp(-(h @ w2))) + b2
    return x * gate.reshape(-1, 1, 1, x.shape[3])

# %% right | image by image in plain Python | Loops over images and channels, every sum spelt out, with a sigmoid that never takes exp of a large number.
def squeeze_excite(x, w1, b1, w2, b2):
    import math
    def sigmoid(z):
        if z >= 0:
            return 1 / (1 + math.exp(-z))
        return math.exp(z) / (1 + math.exp(z))
    N, H, W, C = x.shape
    R = len(b1)
    out = np.zeros((N, H, W, C))
    for n in range(N):
        mean = [sum(float(x[n, i, j, c]) for i in range(H) for j in range(W)) / (H * W) for c in range(C)]
        hidden = [max(0.0, sum(mean[c] * float(w1[c, r]) for c in range(C)) + float(b1[r])) for r in range(R)]
        for c in range(C):
            score = sum(hidden[r] * float(w2[r, c]) for r in range(R)) + float(b2[c])
            out[n, :, :, c] = x[n, :, :, c] * sigmoid(score)
    return out

# %% right | axes kept with tanh | The axes of the mean are kept as length 1 all the way, and the sigmoid is written as (1 + tanh(z / 2)) / 2.
def squeeze_excite(x, w1, b1, w2, b2):
    s = x.mean(axis=(1, 2), keepdims=True)
    h = s @ w1 + b1
    h = h * (h > 0)
    return x * (0.5 + 0.5 * np.tanh((h @ w2 + b2) / 2))

# %% right | einsum all the way | einsum for the mean, both layers and the gating, and logaddexp for a sigmoid that cannot overflow.
def squeeze_excite(x, w1, b1, w2, b2):
    N, H, W, C = x.shape
    h = np.einsum("nhwc,cr->nr", x, w1) / (H * W) + b1
    z = np.einsum("nr,rc->nc", h.clip(min=0), w2) + b2
    return np.einsum("nhwc,nc->nhwc", x, np.exp(-np.logaddexp(0, -z)))
