# %% wrong | one svd for all channels | One SVD of all channels side by side gives every channel the same kernels; each channel may have its own.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    u, s, vt = np.linalg.svd(kernel.reshape(kh * kw, C * F), full_matrices=False)
    basis = (u[:, :m] * s[:m]).reshape(kh, kw, 1, m)
    depthwise = np.repeat(basis, C, axis=2)
    pointwise = vt[:m].reshape(m, C, F).transpose(1, 0, 2).reshape(1, 1, C * m, F)
    return depthwise, pointwise

# %% wrong | v not transposed | svd returns V already transposed, its first m rows are what you need; you took the first m columns.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        u, s, v = np.linalg.svd(kernel[:, :, c, :].reshape(kh * kw, F))
        d[:, :, c, :] = (u[:, :m] * s[:m]).reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = v[:, :m].T
    return d, p

# %% wrong | singular values forgotten | The singular values are in neither kernel, so the directions are right and the sizes wrong.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    dw = np.zeros((kh, kw, C, m))
    pw = np.zeros((1, 1, C * m, F))
    for c in range(C):
        U, S, Vt = np.linalg.svd(kernel[:, :, c].reshape(-1, F), full_matrices=False)
        dw[:, :, c] = U[:, :m].reshape(kh, kw, m)
        pw[0, 0, c * m : c * m + m] = Vt[:m]
    return dw, pw

# %% wrong | singular values in both | Both kernels carry the full singular values, so they are squared in the product; give each the root, or only one of them all.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    matrices = kernel.reshape(kh * kw, C, F).transpose(1, 0, 2)
    u, s, vt = np.linalg.svd(matrices, full_matrices=False)
    u = u[:, :, :m] * s[:, None, :m]
    vt = vt[:, :m] * s[:, :m, None]
    return u.transpose(1, 0, 2).reshape(kh, kw, C, m), vt.reshape(1, 1, C * m, F)

# %% wrong | smallest singular values | svd sorts the singular values from large to small; you keep the last m, the least important ones.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.empty((kh, kw, C, m))
    p = np.empty((C, m, F))
    for c in range(C):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, F), full_matrices=False)
        d[:, :, c] = (u[:, -m:] * s[-m:]).reshape(kh, kw, m)
        p[c] = vt[-m:]
    return d, p.reshape(1, 1, C * m, F)

# %% wrong | rows sorted by multiplier | The rows of the pointwise kernel are in the order j*C + c; the maps come in the order c*m + j.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, F), full_matrices=False)
        for j in range(m):
            d[:, :, c, j] = s[j] * u[:, j].reshape(kh, kw)
            p[0, 0, j * C + c] = vt[j]
    return d, p

# %% wrong | qr instead of svd | The first m columns of a QR decomposition describe the first m filters exactly and neglect the others; the closest matrix comes from the SVD.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        q, r = np.linalg.qr(kernel[:, :, c].reshape(kh * kw, F))
        d[:, :, c] = q[:, :m].reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = r[:m]
    return d, p

# %% wrong | centred like a pca | You subtract the mean filter before the SVD as in a PCA and never add it back, so the pair is built for another matrix.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        a = kernel[:, :, c].reshape(kh * kw, F)
        a = a - a.mean(axis=1, keepdims=True)
        u, s, vt = np.linalg.svd(a, full_matrices=False)
        root = np.sqrt(s[:m])
        d[:, :, c] = (u[:, :m] * root).reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = root[:, None] * vt[:m]
    return d, p

# %% wrong | three rounds from a random start | You improve both kernels in turn, which does move to the best pair, but three rounds from a random start stop before it.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    rng = np.random.default_rng(0)
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        a = kernel[:, :, c].reshape(kh * kw, F)
        right = rng.normal(size=(m, F))
        for _ in range(3):
            left = a @ np.linalg.pinv(right)
            right = np.linalg.pinv(left) @ a
        d[:, :, c] = left.reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = right
    return d, p

# %% wrong | small singular values dropped | You drop singular values below a tenth of the largest although the multiplier leaves room for them, so the pair is not the closest.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, F), full_matrices=False)
        s = np.where(s > 0.1 * s[0], s, 0)      # remove the noise
        d[:, :, c] = (u[:, :m] * s[:m]).reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = vt[:m]
    return d, p

# %% wrong | kernels have the type of the input | The two kernels take the type of the given kernel; if that holds whole numbers, the entries of the SVD are cut to zeros and ones.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    depthwise = np.zeros((kh, kw, C, m), dtype=kernel.dtype)
    pointwise = np.zeros((1, 1, C * m, F), dtype=kernel.dtype)
    for c in range(C):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, F), full_matrices=False)
        depthwise[:, :, c] = (u[:, :m] * s[:m]).reshape(kh, kw, m)
        pointwise[0, 0, c * m : (c + 1) * m] = vt[:m]
    return depthwise, pointwise

# %% wrong | reshape to channels first | reshape(C, kh*kw, F) does not bring the channels to the front, it regroups the numbers; the axis has to be moved first.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    u, s, vt = np.linalg.svd(kernel.reshape(C, kh * kw, F), full_matrices=False)
    d = (u[:, :, :m] * s[:, None, :m]).reshape(kh, kw, C, m)
    p = vt[:, :m, :].reshape(1, 1, C * m, F)
    return d, p

# %% wrong | the same kernel m times | Every one of the m maps gets the first component; map j needs component j, so nothing is gained by a larger multiplier.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, F), full_matrices=False)
        for j in range(m):
            d[:, :, c, j] = u[:, 0].reshape(kh, kw) * s[0] / m
            p[0, 0, c * m + j] = vt[0]
    return d, p

# %% wrong | eigenvectors from the wrong end | eigh sorts from small to large, so the first m eigenvectors are the least important ones; take the last m.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        a = kernel[:, :, c].reshape(kh * kw, F)
        values, vectors = np.linalg.eigh(a @ a.T)
        best = vectors[:, :m]
        d[:, :, c] = best.reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = best.T @ a
    return d, p

# %% wrong | channel normalised in place | You divide each channel by its norm to compare errors and do not undo it: the pair lacks the scale, and the caller's kernel is changed.
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    d = np.zeros((kh, kw, C, m))
    p = np.zeros((1, 1, C * m, F))
    for c in range(C):
        kernel[:, :, c] /= np.linalg.norm(kernel[:, :, c])
        u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, F), full_matrices=False)
        d[:, :, c] = (u[:, :m] * s[:m]).reshape(kh, kw, m)
        p[0, 0, c * m : (c + 1) * m] = vt[:m]
    return d, p

# %% right | eigenvectors | the last m eigenvectors of K^T K, then a projection, without any svd
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    m = depth_multiplier
    a = np.moveaxis(kernel.reshape(kh * kw, C, F), 1, 0)        # (C, kh*kw, F)
    _, v = np.linalg.eigh(np.swapaxes(a, 1, 2) @ a)
    v = v[:, :, -m:]                                           # (C, F, m)
    depthwise = np.moveaxis(a @ v, 0, 1).reshape(kh, kw, C, m)
    return depthwise, np.swapaxes(v, 1, 2).reshape(1, 1, C * m, F)

# %% right | batched svd of the transposed matrices | all channels at once, filters as rows, the scale in the pointwise kernel
def factor(kernel, depth_multiplier):
    kh, kw, channels, filters = kernel.shape
    m = depth_multiplier
    a = kernel.transpose(2, 3, 0, 1).reshape(channels, filters, kh * kw)
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    scaled = u[..., :m] * s[:, np.newaxis, :m]                 # (C, F, m)
    pointwise = scaled.transpose(0, 2, 1).reshape(1, 1, -1, filters)
    depthwise = vt[:, :m].reshape(channels, m, kh, kw).transpose(2, 3, 0, 1)
    return depthwise, pointwise

# %% right | qr and then svd | shrinks each channel's matrix by QR, and projects on the left vectors
def factor(kernel, depth_multiplier):
    kh, kw, C, F = kernel.shape
    pairs = []
    for c in range(C):
        q, r = np.linalg.qr(kernel[:, :, c].reshape(kh * kw, F))
        left = np.linalg.svd(r)[0][:, :depth_multiplier]
        pairs.append((q @ left, left.T @ r))
    depthwise = np.stack([a for a, _ in pairs], axis=1)
    pointwise = np.concatenate([b for _, b in pairs], axis=0)
    return depthwise.reshape(kh, kw, C, depth_multiplier), pointwise[None, None]
