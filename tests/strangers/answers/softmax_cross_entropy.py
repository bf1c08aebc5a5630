# %% wrong | exp of thousands | You take np.exp of the scores as they are, which overflows to inf for scores in the thousands and gives nan: subtract the largest of each row first.
def softmax_cross_entropy(logits, y):
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(np.sum(p * y, axis=1)).mean()
    return loss, (p - y) / len(logits)

# %% wrong | log of zero | The softmax is safe, but you then take the log of a probability that may have become 0, so the loss is infinite; take the log before the exp can vanish.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = np.mean(-np.log((p * y).sum(axis=1)))
    return loss, (p - y) / logits.shape[0]

# %% wrong | clipped probabilities | Adding 1e-7 inside the log avoids infinity but caps the loss at about 16, where scores that are thousands apart have a loss of thousands.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z)
    p = p / p.sum(axis=1, keepdims=True)
    loss = -np.sum(y * np.log(p + 1e-7)) / len(y)
    return loss, (p - y) / len(y)

# %% wrong | one largest for all rows | You subtract the largest score of the whole array, so a row that lies thousands lower becomes all zeros and divides 0 by 0.
def softmax_cross_entropy(logits, y):
    z = logits - np.max(logits)
    s = np.exp(z).sum(axis=1, keepdims=True)
    logp = z - np.log(s)
    loss = -(y * logp).sum(axis=1).mean()
    return loss, (np.exp(z) / s - y) / logits.shape[0]

# %% wrong | dlogits not divided | The loss is a mean over N images, so each image's share of the gradient has to be divided by N as well.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.mean(np.sum(y * logp, axis=1))
    return loss, np.exp(logp) - y

# %% wrong | minus forgotten | The loss is minus the log of the probability, and you return the log itself, which is negative.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = (y * logp).sum() / len(y)
    return loss, (np.exp(logp) - y) / len(y)

# %% wrong | mean over classes too | np.mean of the (N, K) products divides by N · K, but the loss is the mean of N images.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.mean(y * logp)
    return loss, (np.exp(logp) - y) / len(y)

# %% wrong | softmax down the columns | axis=0 turns each column into probabilities, over the images, where each row should add up to 1, over the classes.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=0)
    logp = z - np.log(np.exp(z).sum(axis=0))
    loss = -(y * logp).sum() / len(y)
    return loss, (np.exp(logp) - y) / len(y)

# %% wrong | gradient with the wrong sign | dlogits is p - y; with y - p, which would be the direction to step in, every number has the opposite sign.
def softmax_cross_entropy(logits, y):
    n = logits.shape[0]
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -(y * logp).sum() / n, (y - np.exp(logp)) / n

# %% wrong | keepdims forgotten | Without keepdims the largest scores are an array (N,), which NumPy lines up with the classes and not with the images.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1)
    e = np.exp(z)
    logp = z - np.log(e.sum(axis=1))
    loss = -(y * logp).sum() / len(y)
    return loss, (np.exp(logp) - y) / len(y)

# %% wrong | scores of the caller changed | logits -= ... works in place, so after the call the caller's scores have changed.
def softmax_cross_entropy(logits, y):
    logits -= logits.max(axis=1, keepdims=True)
    logsum = np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -np.mean(((logits - logsum) * y).sum(axis=1))
    return loss, (np.exp(logits - logsum) - y) / len(logits)

# %% wrong | derivative by the probability | -y / p is how the loss changes with the probabilities, and the way on through the softmax to the scores is missing.
def softmax_cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -(y * logp).sum(axis=1).mean()
    return loss, -y / np.exp(logp) / len(y)

# %% wrong | largest without its sign subtracted | You subtract the largest absolute value, so in a row of scores around -1000 everything becomes exp(-2000), which is 0.
def softmax_cross_entropy(logits, y):
    z = logits - np.abs(logits).max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.where(y == 1, logp, 0).sum() / len(logits)
    return loss, (np.exp(logp) - y) / len(logits)

# %% wrong | fancy index takes columns | logp[:, labels] takes these columns of every row, N × N numbers, and not the one number of each row.
def softmax_cross_entropy(logits, y):
    labels = np.argmax(y, axis=1)
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -logp[:, labels].mean()
    d = np.exp(logp)
    d[np.arange(len(labels)), labels] -= 1
    return loss, d / len(labels)

# %% right | row by row with math | Each row on its own, in plain Python with math.exp of differences to the row's largest score.
def softmax_cross_entropy(logits, y):
    import math
    N = len(logits)
    loss, grads = 0.0, []
    for scores, hot in zip(np.asarray(logits).tolist(), np.asarray(y).tolist()):
        top = max(scores)
        parts = [math.exp(s - top) for s in scores]
        total = math.fsum(parts)
        k = hot.index(max(hot))
        loss += (math.log(total) - (scores[k] - top)) / N
        grads.append([(e / total - h) / N for e, h in zip(parts, hot)])
    return loss, np.array(grads)

# %% right | logaddexp | np.logaddexp.reduce adds up exponentials without leaving the logs, so nothing can overflow.
def softmax_cross_entropy(logits, y):
    logits = np.asarray(logits, dtype=float)
    log_total = np.logaddexp.reduce(logits, axis=1)
    right_score = np.einsum("nk,nk->n", logits, y)
    loss = float(np.mean(log_total - right_score))
    return loss, (np.exp(logits - log_total[:, None]) - y) / len(logits)

# %% right | differences of all pairs | p_k is 1 / sum of exp(z_j - z_k), and the loss uses the differences to the right class with the largest taken out.
def softmax_cross_entropy(logits, y):
    z = np.array(logits, dtype=float)
    n = z.shape[0]
    with np.errstate(over="ignore"):
        p = 1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2)
    gap = z - z[np.arange(n), np.argmax(y, axis=1)][:, None]
    top = gap.max(axis=1)
    loss = (top + np.log(np.exp(gap - top[:, None]).sum(axis=1))).sum() / n
    return loss, (p - y) / n
