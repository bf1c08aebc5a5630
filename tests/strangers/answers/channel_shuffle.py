# %% wrong | nothing shuffled | You reshape to groups and straight back, without swapping the two axes in between, so every channel stays where it was.
def channel_shuffle(x, groups):
    N, H, W, C = x.shape
    x = x.reshape(N, H, W, groups, C // groups)
    return x.reshape(N, H, W, C)

# %% wrong | shuffled back | You reshape to (C / groups, groups) before you swap, which undoes a shuffle: 0 1 2 3 4 5 comes out as 0 2 4 1 3 5.
def channel_shuffle(x, groups):
    N, H, W, C = x.shape
    return x.reshape(N, H, W, C // groups, groups).swapaxes(3, 4).reshape(N, H, W, C)

# %% wrong | wrong axes swapped | You swap axes 2 and 3, which mixes the columns with the groups; the groups are axis 3 and their channels axis 4.
def channel_shuffle(x, groups):
    N, H, W, C = x.shape
    t = x.reshape(N, H, W, groups, C // groups)
    t = np.swapaxes(t, 2, 3)
    return t.reshape(N, H, W, C)

# %% wrong | always two groups | You interleave the first half with the second, which is right for two groups and ignores the argument groups.
def channel_shuffle(x, groups):
    C = x.shape[-1]
    out = np.empty_like(x)
    out[..., 0::2] = x[..., :C // 2]
    out[..., 1::2] = x[..., C // 2:]
    return out

# %% wrong | by chance | You shuffle the channels like cards, but the order is fixed: one channel of each group in turn.
def channel_shuffle(x, groups):
    rng = np.random.default_rng(groups)
    order = rng.permutation(x.shape[3])
    return x[:, :, :, order]

# %% wrong | groups in reverse | You put the groups in reverse order, each still in one piece, where one channel of each group should follow another.
def channel_shuffle(x, groups):
    parts = np.split(x, groups, axis=3)
    return np.concatenate(parts[::-1], axis=3)

# %% wrong | five axes left | The swap is right, but you forget to bring the result back to (N, H, W, C).
def channel_shuffle(x, groups):
    N, H, W, C = x.shape
    return x.reshape(N, H, W, groups, C // groups).transpose(0, 1, 2, 4, 3)

# %% wrong | overwritten while reading | out is another name for x and no copy, so channels are overwritten before they are read, and the caller's x changes.
def channel_shuffle(x, groups):
    out = x
    C = x.shape[-1]
    per = C // groups
    for i in range(C):
        g, k = i // per, i % per
        out[..., k * groups + g] = x[..., i]
    return out

# %% wrong | channels looked for in front | You treat axis 1 as the channels, as in PyTorch, but here they are the last axis.
def channel_shuffle(x, groups):
    N, C, H, W = x.shape
    t = x.reshape(N, groups, C // groups, H, W)
    return t.transpose(0, 2, 1, 3, 4).reshape(N, C, H, W)

# %% wrong | height and width exchanged | You unpack the shape as N, W, H, C, so the result of a rectangular image has height and width exchanged and its pixels end up in other places.
def channel_shuffle(x, groups):
    N, W, H, C = x.shape
    t = x.reshape(N, H, W, groups, C // groups)
    return t.transpose(0, 1, 2, 4, 3).reshape(N, H, W, C)

# %% wrong | pixels mixed in | .T reverses all axes, so the reshape after it takes numbers from other pixels and images.
def channel_shuffle(x, groups):
    N, H, W, C = x.shape
    return x.reshape(-1, groups, C // groups).T.reshape(N, H, W, C)

# %% wrong | last channel missing | range(C - 1) stops one too early, so the last channel is never filled and stays 0.
def channel_shuffle(x, groups):
    C = x.shape[3]
    per = C // groups
    out = np.zeros(x.shape)
    for i in range(C - 1):
        out[..., i] = x[..., (i % groups) * per + i // groups]
    return out

# %% wrong | step of groups between channels | From group to group you step on by groups channels and not by C / groups, so the order is right only where both are the same.
def channel_shuffle(x, groups):
    C = x.shape[-1]
    per = C // groups
    order = []
    for k in range(per):
        for g in range(groups):
            order.append((g * groups + k) % C)
    return x[..., order]

# %% wrong | rolled round | np.roll pushes all channels on by one group, but their order stays the same and nothing is mixed.
def channel_shuffle(x, groups):
    return np.roll(x, x.shape[-1] // groups, axis=-1)

# %% right | order in Fortran's way | Flattening the (groups, C / groups) table of channel numbers column by column is the new order.
def channel_shuffle(x, groups):
    order = np.arange(x.shape[-1]).reshape(groups, -1).ravel(order="F")
    return x[..., order]

# %% right | stacked groups | The groups are split and stacked on a new last axis, so that one channel of each stands next to the other.
def channel_shuffle(x, groups):
    return np.stack(np.split(x, groups, axis=-1), axis=-1).reshape(x.shape)

# %% right | permutation matrix | A matrix of zeros and ones, multiplied with the channels, puts each in its new place.
def channel_shuffle(x, groups):
    C = x.shape[-1]
    P = np.zeros((C, C), dtype=x.dtype)
    for old in range(C):
        g, k = divmod(old, C // groups)
        P[old, k * groups + g] = 1
    return np.einsum("nhwc,cd->nhwd", x, P)
