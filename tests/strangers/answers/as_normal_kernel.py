# %% wrong | filters outside | You put filter j of channel c at map j*C + c, but it belongs at c*m + j.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    out = np.zeros((kh, kw, C, C * m))
    for c in range(C):
        for j in range(m):
            out[:, :, c, j * C + c] = kernel[:, :, c, j]
    return out

# %% wrong | no zeros | You repeat every filter for all maps, so each map sees all the channels; a map of another channel needs zeros.
def as_normal_kernel(kernel):
    kh, kw, channels, multiplier = kernel.shape
    return np.tile(kernel, (1, 1, 1, channels))

# %% wrong | only the first filter | You copy filter 0 of each channel and leave the others at zero; with one filter per channel it is right.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    normal = np.zeros((kh, kw, C, C * m))
    for c in range(C):
        normal[:, :, c, c * m] = kernel[:, :, c, 0]
    return normal

# %% wrong | blocks overlap | The block of channel c starts at map c*m, and yours starts at c, so the blocks overlap as soon as there are several filters.
def as_normal_kernel(kernel):
    """(kh, kw, C, m) -> (kh, kw, C, C*m), zeros where a map does not see a channel."""
    kh, kw, channels, multiplier = kernel.shape
    normal = np.zeros((kh, kw, channels, channels * multiplier))
    for c in range(channels):
        normal[:, :, c, c : c + multiplier] = kernel[:, :, c]
    return normal

# %% wrong | whole numbers only | Your zeros are integers, so the fractions of the kernel are cut off when you write them in.
def as_normal_kernel(kernel):
    kh, kw, c, m = kernel.shape
    big = np.zeros((kh, kw, c, c * m), dtype=int)
    for ch in range(c):
        big[:, :, ch, ch * m:(ch + 1) * m] = kernel[:, :, ch, :]
    return big

# %% wrong | maps before channels | Your last two axes are (C*m, C); a kernel has the input channel first and then the map.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    normal = np.zeros((kh, kw, C * m, C))
    for c in range(C):
        normal[:, :, c * m : (c + 1) * m, c] = kernel[:, :, c]
    return normal

# %% wrong | torch layout | You return the layout of PyTorch, (maps, channels, kh, kw), but here the sizes come first: (kh, kw, C, C*m).
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    weight = np.zeros((C * m, C, kh, kw))
    for o in range(C * m):
        weight[o, o // m] = kernel[:, :, o // m, o % m]
    return weight

# %% wrong | kernel turned over | You flip the filters, but both layers read them in the same direction, so they stay as they are.
def as_normal_kernel(kernel):
    kh, kw, channels, multiplier = kernel.shape
    normal = np.zeros((kh, kw, channels, channels * multiplier))
    for c in range(channels):
        for j in range(multiplier):
            normal[..., c, c * multiplier + j] = np.flip(kernel[..., c, j])
    return normal

# %% wrong | channels and filters swapped | You unpack the last two sizes in the wrong order (first C, then m), which goes well only when they are equal.
def as_normal_kernel(kernel):
    kh, kw, m, C = kernel.shape
    normal = np.zeros((kh, kw, C, C * m))
    for c in range(C):
        for j in range(m):
            normal[:, :, c, c * m + j] = kernel[:, :, c, j]
    return normal

# %% wrong | block is the same array | `block = kernel` is no copy: setting its other channels to zero empties the kernel you were given, and only channel 0 is left.
def as_normal_kernel(kernel):
    C = kernel.shape[2]
    parts = []
    for c in range(C):
        block = kernel
        for other in range(C):
            if other != c:
                block[:, :, other] = 0
        parts.append(block.copy())
    return np.concatenate(parts, axis=3)

# %% wrong | three channels | You wrote 3 for the number of channels; take it from the kernel's shape.
def as_normal_kernel(kernel):
    kh, kw, _, m = kernel.shape
    normal = np.zeros((kh, kw, 3, 3 * m))
    for c in range(3):
        normal[:, :, c, c * m : c * m + m] = kernel[:, :, c]
    return normal

# %% wrong | shared among the channels | You divide by the number of channels as if the sum over them were a mean; the zeros add nothing, so the filters keep their size.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    mask = np.repeat(np.eye(C), m, axis=1)
    spread = np.tile(kernel, (1, 1, 1, C))
    return spread * mask / C

# %% wrong | mask in the other order | The mask marks every C-th map (tile), but the filters of one channel lie next to each other, so it should repeat each column m times.
def as_normal_kernel(kernel):
    channels, m = kernel.shape[2:]
    everywhere = np.concatenate([kernel] * channels, axis=-1)
    mask = np.tile(np.eye(channels), (1, m))
    return everywhere * mask

# %% wrong | square kernels | You take one size for both sides of the window, so a kernel that is not square gets cut or does not fit.
def as_normal_kernel(kernel):
    k, C, m = kernel.shape[0], kernel.shape[2], kernel.shape[3]
    normal = np.zeros((k, k, C, C * m))
    for a in range(k):
        for b in range(k):
            for c in range(C):
                for j in range(m):
                    normal[a, b, c, c * m + j] = kernel[a, b, c, j]
    return normal

# %% wrong | resize | `np.resize` fills the new shape with the old numbers over and over; the places where a map does not see a channel must be zero.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    return np.resize(kernel, (kh, kw, C, C * m))

# %% right | einsum with the identity | Multiplies with the identity matrix in one einsum and joins the last two axes.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    return np.einsum("abcm,cd->abcdm", kernel, np.eye(C)).reshape(kh, kw, C, C * m)

# %% right | fancy indices | Writes all the numbers with one pair of index arrays, map f belonging to channel f // m.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    f = np.arange(C * m)
    normal = np.zeros((kh, kw, C, C * m), dtype=kernel.dtype)
    normal[:, :, f // m, f] = kernel.reshape(kh, kw, C * m)
    return normal

# %% right | recursion on the diagonal | Puts the first channel in the corner and the kernel of the others below it.
def as_normal_kernel(kernel):
    kh, kw, C, m = kernel.shape
    if C == 1:
        return np.array(kernel, dtype=float)
    smaller = as_normal_kernel(kernel[:, :, 1:])
    top = np.concatenate([kernel[:, :, :1], np.zeros((kh, kw, 1, (C - 1) * m))], axis=3)
    bottom = np.concatenate([np.zeros((kh, kw, C - 1, m)), smaller], axis=3)
    return np.concatenate([top, bottom], axis=2)
