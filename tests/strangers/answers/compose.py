# %% wrong | maps sorted by multiplier | You reshape the pointwise kernel to (m, C, F), but the maps of one channel lie side by side: row c*m + j.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    w = pointwise_kernel[0, 0].reshape(m, C, -1)
    return np.einsum("abcm,mcf->abcf", depthwise_kernel, w)

# %% wrong | plain product | The product of the two arrays is right for multiplier 1 only; with more maps you still have to sum over them.
def compose(depthwise_kernel, pointwise_kernel):
    return depthwise_kernel * pointwise_kernel

# %% wrong | last map only | In the loop each map overwrites the one before; add them up with +=.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    F = pointwise_kernel.shape[-1]
    kernel = np.zeros((kh, kw, C, F))
    for c in range(C):
        for j in range(m):
            for f in range(F):
                kernel[:, :, c, f] = depthwise_kernel[:, :, c, j] * pointwise_kernel[0, 0, c * m + j, f]
    return kernel

# %% wrong | mean over the maps | The maps of a channel are summed, you take their mean, which is too small by the factor m.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    p = pointwise_kernel.reshape(1, 1, C, m, -1)
    return (depthwise_kernel[..., None] * p).mean(axis=3)

# %% wrong | weights scrambled by reshape | You reshape to (C, F, m), which does not swap the last two axes but regroups the numbers.
def compose(depthwise_kernel, pointwise_kernel):
    C, m = depthwise_kernel.shape[2:]
    F = pointwise_kernel.shape[3]
    weights = pointwise_kernel.reshape(C, F, m)
    return np.einsum("ijcm,cfm->ijcf", depthwise_kernel, weights)

# %% wrong | kernel flipped | You turn the depthwise kernel around; layers correlate, so nothing is flipped.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    d = np.flip(depthwise_kernel, axis=(0, 1))
    out = np.zeros((kh, kw, C, pointwise_kernel.shape[-1]))
    for c in range(C):
        out[:, :, c] = d[:, :, c] @ pointwise_kernel[0, 0, c * m : (c + 1) * m]
    return out

# %% wrong | index c + j | Row c + j of the pointwise kernel is not the right one: map j of channel c is row c*m + j.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    F = pointwise_kernel.shape[-1]
    result = np.zeros((kh, kw, C, F))
    for c in range(C):
        for j in range(m):
            result[:, :, c, :] += depthwise_kernel[:, :, c, j, None] * pointwise_kernel[0, 0, c + j]
    return result

# %% wrong | result has the depthwise type | The result takes the type of the depthwise kernel; if that holds whole numbers, the fractions are cut off.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    k = np.zeros((kh, kw, C, pointwise_kernel.shape[3]), dtype=depthwise_kernel.dtype)
    for c in range(C):
        rows = pointwise_kernel[0, 0, c * m : (c + 1) * m]
        k[:, :, c] = depthwise_kernel[:, :, c].dot(rows)
    return k

# %% wrong | axes not moved back | Your matmul gives (C, kh*kw, F); reshaping does not bring the channel axis to its place, it has to be moved.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    F = pointwise_kernel.shape[-1]
    d = depthwise_kernel.reshape(kh * kw, C, m).transpose(1, 0, 2)
    p = pointwise_kernel.reshape(C, m, F)
    return (d @ p).reshape(kh, kw, C, F)

# %% wrong | two maps hard-coded | The maps 0 and 1 are written out by hand, further maps are left out.
def compose(depthwise_kernel, pointwise_kernel):
    C, m = depthwise_kernel.shape[2:]
    p = pointwise_kernel[0, 0]
    out = depthwise_kernel[..., 0, None] * p[0::m]
    if m > 1:
        out = out + depthwise_kernel[..., 1, None] * p[1::m]
    return out

# %% wrong | summed over the channels | You sum over all C*m maps, so the channels are gone: every channel gets the same kernel.
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    d = depthwise_kernel.reshape(kh, kw, C * m)
    k = d @ pointwise_kernel[0, 0]
    return np.repeat(k[:, :, None, :], C, axis=2)

# %% wrong | height and width swapped | The axes of height and width are swapped in the result, which goes unnoticed only if the kernel equals its transpose.
def compose(depthwise_kernel, pointwise_kernel):
    C, m = depthwise_kernel.shape[-2:]
    p = pointwise_kernel.reshape(C, m, pointwise_kernel.shape[-1])
    return np.einsum("yxcm,cmf->xycf", depthwise_kernel, p)

# %% right | block matrix | writes the depthwise maps into a block-diagonal matrix and multiplies once
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    F = pointwise_kernel.shape[-1]
    taps = depthwise_kernel.reshape(kh * kw, C, m)
    big = np.zeros((kh * kw, C, C, m))
    every = np.arange(C)
    big[:, every, every] = taps
    return (big.reshape(kh * kw * C, C * m) @ pointwise_kernel[0, 0]).reshape(kh, kw, C, F)

# %% right | reduceat | multiplies all maps by all weights and adds up m neighbours with reduceat
def compose(depthwise_kernel, pointwise_kernel):
    kh, kw, C, m = depthwise_kernel.shape
    products = depthwise_kernel.reshape(kh, kw, C * m, 1) * pointwise_kernel
    return np.add.reduceat(products, np.arange(0, C * m, m), axis=2)

# %% right | every m-th row | sums over the maps j with strided slices of the pointwise kernel
def compose(depthwise_kernel, pointwise_kernel):
    m = depthwise_kernel.shape[-1]
    return sum(
        depthwise_kernel[..., j : j + 1] * pointwise_kernel[:, :, j::m] for j in range(m)
    )
