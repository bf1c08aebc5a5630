# %% wrong | every equal number gets it | x == largest is true for each of several equal pixels, so all of them get the whole gradient and not just the first.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    N, h, w, C = dy.shape
    for i in range(h):
        for j in range(w):
            win = x[:, i*size:(i+1)*size, j*size:(j+1)*size]
            mask = win == win.max(axis=(1, 2), keepdims=True)
            dx[:, i*size:(i+1)*size, j*size:(j+1)*size] = mask * dy[:, i:i+1, j:j+1]
    return dx

# %% wrong | gradient shared out | You divide the gradient among equal pixels, but here the first of them gets all of it.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    N, h, w, C = dy.shape
    for i in range(h):
        for j in range(w):
            rows, cols = slice(i*size, (i+1)*size), slice(j*size, (j+1)*size)
            win = x[:, rows, cols]
            mask = (win == win.max(axis=(1, 2), keepdims=True)).astype(float)
            mask /= mask.sum(axis=(1, 2), keepdims=True)
            dx[:, rows, cols] = mask * dy[:, i:i+1, j:j+1]
    return dx

# %% wrong | last of the equals | With >= a later pixel that is just as large takes over, so the gradient goes to the last of the equals.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    N, h, w, C = dy.shape
    for n in range(N):
        for i in range(h):
            for j in range(w):
                for c in range(C):
                    best, where = -np.inf, None
                    for a in range(i*size, (i+1)*size):
                        for b in range(j*size, (j+1)*size):
                            if x[n, a, b, c] >= best:
                                best, where = x[n, a, b, c], (a, b)
                    dx[n, where[0], where[1], c] = dy[n, i, j, c]
    return dx

# %% wrong | column by column | Your outer loop runs over the columns of the window, so of equal pixels you find the first column by column and not row by row.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        bi, bj = i * size, j * size
        for b in range(j * size, j * size + size):
            for a in range(i * size, i * size + size):
                if x[n, a, b, c] > x[n, bi, bj, c]:
                    bi, bj = a, b
        dx[n, bi, bj, c] = dy[n, i, j, c]
    return dx

# %% wrong | two instead of size | The argmax over the window is split into row and column with divmod(k, 2), which is right only for windows of 2 × 2.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        win = x[n, i*size:(i+1)*size, j*size:(j+1)*size, c]
        a, b = divmod(int(win.argmax()), 2)
        dx[n, i*size + a, j*size + b, c] = dy[n, i, j, c]
    return dx

# %% wrong | whole numbers as x | zeros_like(x) has the type of x, so for an image of whole numbers the gradient 0.5 is stored as 0.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(*dy.shape):
        win = x[n, i*size:(i+1)*size, j*size:(j+1)*size, c]
        a, b = np.unravel_index(win.argmax(), win.shape)
        dx[n, i*size + a, j*size + b, c] = dy[n, i, j, c]
    return dx

# %% wrong | one place for all channels | You look for the largest in the sum of the channels, but each channel has its own largest pixel.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    N, h, w, C = dy.shape
    for n in range(N):
        for i in range(h):
            for j in range(w):
                win = x[n, i*size:(i+1)*size, j*size:(j+1)*size].sum(axis=-1)
                a, b = divmod(int(win.argmax()), size)
                dx[n, i*size+a, j*size+b, :] = dy[n, i, j, :]
    return dx

# %% wrong | cropped shape | Your dx is made of whole windows only, so the rows and columns at the end that fill no window are missing where they should be 0.
def max_pool_backward(dy, x, size=2):
    N, h, w, C = dy.shape
    win = x[:, :h*size, :w*size].reshape(N, h, size, w, size, C).transpose(0, 1, 3, 5, 2, 4)
    flat = win.reshape(N, h, w, C, size * size)
    hot = np.eye(size * size)[flat.argmax(axis=-1)] * dy[..., None]
    hot = hot.reshape(N, h, w, C, size, size).transpose(0, 1, 4, 2, 5, 3)
    return hot.reshape(N, h * size, w * size, C)

# %% wrong | row and column swapped | k // size is the row in the window and k % size the column; you have them the other way round.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        k = int(np.argmax(x[n, i*size:(i+1)*size, j*size:(j+1)*size, c]))
        row, col = k % size, k // size
        dx[n, i*size + row, j*size + col, c] = dy[n, i, j, c]
    return dx

# %% wrong | every pixel gets it | You enlarge dy with np.repeat, which hands the gradient to all pixels of the window, as if each of them were the largest.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    big = dy.repeat(size, axis=1).repeat(size, axis=2)
    dx[:, :big.shape[1], :big.shape[2]] = big
    return dx

# %% wrong | times the pixel | You multiply the gradient by the largest pixel itself, but the largest number passes through unchanged, so its derivative is 1.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        win = x[n, i*size:(i+1)*size, j*size:(j+1)*size, c]
        a, b = np.unravel_index(win.argmax(), win.shape)
        dx[n, i*size + a, j*size + b, c] = dy[n, i, j, c] * win[a, b]
    return dx

# %% wrong | windows of zeros get nothing | You demand that the largest pixel is above 0, as for a ReLU, so a window of zeros or of negative numbers passes nothing on.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*dy.shape):
        best, place = 0, None
        for a in range(size):
            for b in range(size):
                if x[n, i*size+a, j*size+b, c] > best:
                    best = x[n, i*size+a, j*size+b, c]
                    place = (i*size+a, j*size+b)
        if place:
            dx[n, place[0], place[1], c] = dy[n, i, j, c]
    return dx

# %% wrong | repeat against the whole image | The enlarged dy is as large as x only when windows fill the image, so with a rest the comparison crashes, and equal numbers all get the gradient as well.
def max_pool_backward(dy, x, size=2):
    N, H, W, C = x.shape
    y = x.reshape(N, H // size, size, W // size, size, C).max(axis=(2, 4))
    up = lambda t: np.repeat(np.repeat(t, size, axis=1), size, axis=2)
    return np.where(x == up(y), up(dy), 0.0)

# %% wrong | x itself becomes dx | You write zeros and gradients into x itself, so after the call the image of the caller is gone.
def max_pool_backward(dy, x, size=2):
    places = {}
    for n, i, j, c in np.ndindex(*dy.shape):
        win = x[n, i*size:(i+1)*size, j*size:(j+1)*size, c]
        a, b = np.unravel_index(win.argmax(), win.shape)
        places[n, i*size + a, j*size + b, c] = dy[n, i, j, c]
    x[...] = 0
    for place, value in places.items():
        x[place] = value
    return x

# %% right | flat indices | It works out the index of each window's first largest pixel in the flattened image and writes all gradients there at once.
def max_pool_backward(dy, x, size=2):
    N, H, W, C = x.shape
    _, h, w, _ = dy.shape
    index = np.arange(x.size).reshape(x.shape)
    def windows(t):
        t = t[:, :h * size, :w * size].reshape(N, h, size, w, size, C)
        return t.transpose(0, 1, 3, 5, 2, 4).reshape(N, h, w, C, size * size)
    best = windows(x).argmax(axis=-1)[..., None]
    where = np.take_along_axis(windows(index), best, axis=-1)[..., 0]
    dx = np.zeros(x.size)
    dx[where.ravel()] = np.asarray(dy).ravel()
    return dx.reshape(x.shape)

# %% right | offsets backwards with overwriting | It goes through the places of the window from last to first, and each pixel that equals the largest takes over, so that the first is left at the end.
def max_pool_backward(dy, x, size=2):
    _, h, w, _ = dy.shape
    places = [(a, b) for a in range(size) for b in range(size)]
    part = lambda t, a, b: t[:, a:h * size:size, b:w * size:size]
    top = np.max([part(x, a, b) for a, b in places], axis=0)
    winner = np.full(dy.shape, -1)
    for k in reversed(range(len(places))):
        winner[part(x, *places[k]) == top] = k
    dx = np.zeros(x.shape)
    for k, (a, b) in enumerate(places):
        part(dx, a, b)[...] = (winner == k) * dy
    return dx

# %% right | max of Python with a key | For each window Python's max, which keeps the first of equals, picks the place whose pixel is largest.
def max_pool_backward(dy, x, size=2):
    dx = np.zeros(x.shape, dtype=float)
    for n, i, j, c in np.ndindex(*dy.shape):
        spots = [(n, a, b, c) for a in range(i * size, i * size + size)
                 for b in range(j * size, j * size + size)]
        dx[max(spots, key=lambda s: x[s])] = dy[n, i, j, c]
    return dx
