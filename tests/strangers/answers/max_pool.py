# %% wrong | starts from zero | The largest number starts at 0, so a window with only negative numbers comes out as 0.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    out = np.zeros((N, H // size, W // size, C))
    for i in range(H // size):
        for j in range(W // size):
            for a in range(size):
                for b in range(size):
                    out[:, i, j] = np.maximum(out[:, i, j], x[:, i*size+a, j*size+b])
    return out

# %% wrong | rest not cut off | The reshape works only when H and W are multiples of size: rows and columns that fill no window have to be cut off first.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    return x.reshape(N, H // size, size, W // size, size, C).max(axis=(2, 4))

# %% wrong | always two | You compare four shifted images with a step of 2, which is right for size 2 only and never looks at size.
def max_pool(x, size=2):
    h, w = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    x = x[:, :h, :w]
    return np.maximum(np.maximum(x[:, ::2, ::2], x[:, 1::2, ::2]),
                      np.maximum(x[:, ::2, 1::2], x[:, 1::2, 1::2]))

# %% wrong | part windows kept | range(0, H, size) also starts a window in the rows and columns at the end that do not fill one, so the result is larger than H // size.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    rows = []
    for i in range(0, H, size):
        rows.append(np.stack([x[:, i:i+size, j:j+size].max(axis=(1, 2)) for j in range(0, W, size)], axis=1))
    return np.stack(rows, axis=1)

# %% wrong | channels mixed | max() without an axis looks at all channels and images of the window at once and gives all of them the same number.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    out = np.zeros((N, H // size, W // size, C))
    for i in range(H // size):
        for j in range(W // size):
            out[:, i, j, :] = x[:, i*size:(i+1)*size, j*size:(j+1)*size, :].max()
    return out

# %% wrong | windows overlap | You move each window by one pixel and not by size, so the windows overlap and cover only the upper left of the image.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    out = np.zeros((N, H // size, W // size, C))
    for i in range(H // size):
        for j in range(W // size):
            out[:, i, j] = x[:, i:i+size, j:j+size].max(axis=(1, 2))
    return out

# %% wrong | window axes in front | In the reshape size stands before H // size, so one of your windows gathers pixels from all over the image and not size neighbours.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    h, w = H // size, W // size
    x = x[:, :h*size, :w*size]
    return x.reshape(N, size, h, size, w, C).max(axis=(1, 3))

# %% wrong | minus zero slice | x[:, :-rest] cuts off the rest when there is one, but with a rest of 0 it means x[:, :0] and nothing of the image is left.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    x = x[:, :-(H % size), :-(W % size)]
    return x.reshape(N, H // size, size, W // size, size, C).max(axis=(2, 4))

# %% wrong | rest cut at the wrong end | You cut off the first rows and columns where the last ones are to be left out, so with a rest all windows are shifted.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    x = x[:, H % size:, W % size:]
    return x.reshape(N, H // size, size, W // size, size, C).max(axis=(2, 4))

# %% wrong | first image only | You pool x[0] and put a batch axis of one around it, so all other images are lost.
def max_pool(x, size=2):
    img = x[0]
    h, w = img.shape[0] // size, img.shape[1] // size
    out = [[img[i*size:(i+1)*size, j*size:(j+1)*size].max(axis=(0, 1)) for j in range(w)] for i in range(h)]
    return np.array(out)[None]

# %% wrong | largest without its sign | You look for the largest absolute value, so a strongly negative number wins over a small positive one.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    h, w = H // size, W // size
    t = x[:, :h*size, :w*size].reshape(N, h, size, w, size, C).transpose(0, 1, 3, 5, 2, 4)
    t = t.reshape(N, h, w, C, size * size)
    best = np.abs(t).argmax(axis=-1)
    return np.take_along_axis(t, best[..., None], axis=-1)[..., 0]

# %% wrong | axes of length one lost | np.squeeze removes every axis of length 1, so with a batch of one, a single channel or a single window the result no longer has four axes.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    h, w = H // size, W // size
    x = x[:, :h*size, :w*size, :]
    return np.squeeze(x.reshape(N, h, size, w, size, C).max(axis=(2, 4), keepdims=True))

# %% wrong | height used for width | The number of windows is taken from the height for both directions, so a rectangular image is pooled with too many or too few columns.
def max_pool(x, size=2):
    n = x.shape[1] // size
    out = np.zeros((x.shape[0], n, n, x.shape[3]))
    for i in range(n):
        for j in range(n):
            out[:, i, j] = np.amax(x[:, size*i:size*i+size, size*j:size*j+size], axis=(1, 2))
    return out

# %% wrong | largest of the diagonal | Both indices inside the window are the same a, so you look only at the pixels on the window's diagonal.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    h, w = H // size, W // size
    parts = []
    for a in range(size):
        parts.append(x[:, a:h*size:size, a:w*size:size])
    return np.max(parts, axis=0)

# %% right | shifted images | For each place in the window it takes every size-th pixel from there, and reduces the stack of these images to their largest.
def max_pool(x, size=2):
    h, w = x.shape[1] // size, x.shape[2] // size
    views = [x[:, a:h * size:size, b:w * size:size] for a in range(size) for b in range(size)]
    best = views[0]
    for view in views[1:]:
        best = np.where(view > best, view, best)
    return best.copy()

# %% right | reduceat | np.maximum.reduceat reduces the rows in runs of size, then the columns.
def max_pool(x, size=2):
    for axis in (1, 2):
        n = x.shape[axis] // size
        x = np.take(x, np.arange(n * size), axis=axis)
        x = np.maximum.reduceat(x, np.arange(0, n * size, size), axis=axis)
    return x

# %% right | every pixel looks up its window | Plain loops over the pixels: each tells the window it lies in about itself, if there is such a window.
def max_pool(x, size=2):
    N, H, W, C = x.shape
    h, w = H // size, W // size
    best = {}
    for n, i, j, c in np.ndindex(N, H, W, C):
        if i // size < h and j // size < w:
            key = (n, i // size, j // size, c)
            value = x[n, i, j, c]
            if key not in best or value > best[key]:
                best[key] = value
    out = np.empty((N, h, w, C), dtype=x.dtype)
    for key, value in best.items():
        out[key] = value
    return out
