# %% wrong | last stop missing | The ranges stop at H - kh and W - kw, so the last row and the last column of stops are never visited: there are H - kh + 1 and W - kw + 1 of them.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh, W - kw))
    for i in range(H - kh):
        for j in range(W - kw):
            out[i, j] = np.sum(image[i:i+kh, j:j+kw] * kernel)
    return out

# %% wrong | kernel turned round | You turn the kernel upside down and left to right first, as signal processing does, but here it is laid on the window as it is.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    flipped = kernel[::-1, ::-1]
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i:i+kh, j:j+kw] * flipped).sum()
    return out

# %% wrong | kernel height used twice | You read only the kernel's height and use it for the width too, which goes wrong as soon as the kernel is not square.
def slide(image, kernel):
    k = kernel.shape[0]
    oh = image.shape[0] - k + 1
    ow = image.shape[1] - k + 1
    out = np.zeros((oh, ow))
    for r in range(oh):
        for c in range(ow):
            out[r, c] = np.sum(image[r:r+k, c:c+k] * kernel)
    return out

# %% wrong | square image only | Both loops run over the number of rows of stops, so an image that is wider or taller than square comes out with the wrong number of columns.
def slide(image, kernel):
    kh, kw = kernel.shape
    n = len(image) - kh + 1
    result = []
    for i in range(n):
        row = []
        for j in range(n):
            row.append(float(np.sum(image[i:i+kh, j:j+kw] * kernel)))
        result.append(row)
    return np.array(result)

# %% wrong | average of the window | You take the mean of the products where their sum is asked for, so every number is too small by a factor kh · kw.
def slide(image, kernel):
    kh, kw = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(image, (kh, kw))
    return (windows * kernel).mean(axis=(2, 3))

# %% wrong | zeros round the image | You pad the image with zeros so that the result is as large as the image, but the exercise says no padding.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    padded = np.pad(image, ((kh // 2, kh - 1 - kh // 2), (kw // 2, kw - 1 - kw // 2)))
    out = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            out[i, j] = np.sum(padded[i:i+kh, j:j+kw] * kernel)
    return out

# %% wrong | whole numbers only | The result array holds integers, so whatever stands behind the point of a sum is cut off when you store it.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1), dtype=int)
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = np.sum(image[i:i+kh, j:j+kw] * kernel)
    return out

# %% wrong | matrix product | The @ multiplies window and kernel as matrices, rows times columns, where each pixel should be multiplied by the weight that lies on it.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = (image[i:i+kh, j:j+kw] @ kernel).sum()
    return out

# %% wrong | jumps by a whole kernel | The start of each window is multiplied by the kernel's size, so the windows lie side by side as in pooling, although the stride is 1.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H // kh, W // kw))
    for i in range(H // kh):
        for j in range(W // kw):
            out[i, j] = np.sum(image[i*kh:(i+1)*kh, j*kw:(j+1)*kw] * kernel)
    return out

# %% wrong | sum never reset | You set total to 0 once per row and not for each stop, so every number contains those to its left as well.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        total = 0.0
        for j in range(W - kw + 1):
            for a in range(kh):
                for b in range(kw):
                    total += image[i + a, j + b] * kernel[a, b]
            out[i, j] = total
    return out

# %% wrong | window changed in place | A slice is a view, so `window *= kernel` changes the image itself, and the next windows are cut from the changed pixels.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            window = image[i:i+kh, j:j+kw]
            window *= kernel
            out[i, j] = window.sum()
    return out

# %% wrong | rows and columns swapped | You take x from the first axis and y from the second but fill out[y, x], so the result comes out transposed.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((W - kw + 1, H - kh + 1))
    for x in range(H - kh + 1):
        for y in range(W - kw + 1):
            out[y, x] = np.sum(image[x:x+kh, y:y+kw] * kernel)
    return out

# %% wrong | summed over one axis | The sum runs over the last axis only, which leaves a number for every row of the window where there should be one for the window.
def slide(image, kernel):
    kh, kw = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(image, (kh, kw))
    return (windows * kernel).sum(axis=-1).astype(float)

# %% wrong | kernel of 3 by 3 taken for granted | The loops over the kernel always run to 3, so a smaller kernel raises an IndexError and of a larger one some weights are never used.
def slide(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            for a in range(3):
                for b in range(3):
                    out[i, j] += image[i + a, j + b] * kernel[a, b]
    return out

# %% right | plain lists | Pixel by pixel in plain Python, with the sum of a generator for each stop.
def slide(image, kernel):
    kh, kw = len(kernel), len(kernel[0])
    oh, ow = len(image) - kh + 1, len(image[0]) - kw + 1
    return np.array([[sum(float(image[i + a][j + b]) * float(kernel[a][b])
                          for a in range(kh) for b in range(kw))
                      for j in range(ow)] for i in range(oh)])

# %% right | one shifted image for each weight | Instead of visiting the stops it visits the weights: each one multiplies the whole image, shifted by its place in the kernel.
def slide(image, kernel):
    kh, kw = kernel.shape
    oh, ow = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    total = np.zeros((oh, ow))
    for (a, b), weight in np.ndenumerate(kernel):
        total = total + weight * image[a:a + oh, b:b + ow]
    return total

# %% right | strides and einsum | as_strided shows the image as an array of windows without copying, and einsum multiplies and adds up.
def slide(image, kernel):
    image = np.ascontiguousarray(image, dtype=float)
    kh, kw = kernel.shape
    sh, sw = image.strides
    windows = np.lib.stride_tricks.as_strided(
        image, (image.shape[0] - kh + 1, image.shape[1] - kw + 1, kh, kw), (sh, sw, sh, sw))
    return np.einsum("ijab,ab->ij", windows, kernel)
