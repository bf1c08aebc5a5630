# %% wrong | no bias crash | bias is None for a convolution without one, and None - mean raises a TypeError: take zeros for it.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, (bias - mean) * scale + beta

# %% wrong | epsilon forgotten | You divide by the root of the variance alone, without epsilon, which shows when the variance is small.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = np.zeros(kernel.shape[-1])
    scale = gamma / np.sqrt(variance)
    return kernel * scale, (bias - mean) * scale + beta

# %% wrong | epsilon outside the root | Epsilon belongs to the variance, under the root; you add it to the root.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = np.zeros_like(mean)
    scale = gamma / (np.sqrt(variance) + epsilon)
    return kernel * scale, (bias - mean) * scale + beta

# %% wrong | root forgotten | You divide by the variance itself, where the normalisation divides by its square root.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = 0
    scale = gamma / (variance + epsilon)
    return kernel * scale, (bias - mean) * scale + beta

# %% wrong | scale on the input channels | scale[:, None] lies along the kernel's channels C, but the normalisation has one number for each map F, the last axis.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = np.zeros(len(gamma))
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale[:, None], (bias - mean) * scale + beta

# %% wrong | mean not in the bias | The mean that is subtracted has to go into the new bias, and it is missing from yours.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = np.zeros(kernel.shape[3])
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, bias * scale + beta

# %% wrong | mean not scaled | The mean is subtracted before the division and the multiplication, so it has to be scaled like the bias.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = np.zeros(kernel.shape[3])
    scale = gamma / np.sqrt(variance + epsilon)
    new_bias = bias * scale - mean + beta
    return kernel * scale, new_bias

# %% wrong | old bias not scaled | The normalisation scales everything the convolution gives, its bias too, but you add the old bias unchanged.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    scale = gamma / np.sqrt(variance + epsilon)
    new_bias = beta - mean * scale
    if bias is not None:
        new_bias = new_bias + bias
    return kernel * scale, new_bias

# %% wrong | only beta without a bias | Where the convolution has no bias you return beta, but the mean is subtracted there all the same.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    scale = gamma / np.sqrt(variance + epsilon)
    if bias is None:
        return kernel * scale, beta
    return kernel * scale, (bias - mean) * scale + beta

# %% wrong | bias asked for its truth | `if not bias` asks whether a whole array is true, which NumPy refuses for more than one number; ask `bias is None`.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if not bias:
        bias = np.zeros(kernel.shape[3])
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, (bias - mean) * scale + beta

# %% wrong | kernel of the caller changed | kernel[..., f] *= works in place, so the caller's convolution is changed along with the new one.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    F = kernel.shape[-1]
    new_bias = np.zeros(F)
    for f in range(F):
        s = gamma[f] / np.sqrt(variance[f] + epsilon)
        kernel[..., f] *= s
        b = 0 if bias is None else bias[f]
        new_bias[f] = (b - mean[f]) * s + beta[f]
    return kernel, new_bias

# %% wrong | beta scaled too | beta is added at the very end, after gamma, so it must not be multiplied by the scale.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    b = bias if bias is not None else np.zeros(gamma.shape)
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, (b - mean + beta) * scale

# %% wrong | loop over the channels | Your loop runs over kernel.shape[2], the channels C, but the maps are the last axis, so some maps stay 0 or the index runs out.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    new_kernel = np.zeros(kernel.shape)
    new_bias = np.zeros(kernel.shape[3])
    for c in range(kernel.shape[2]):
        s = gamma[c] / (variance[c] + epsilon) ** 0.5
        new_kernel[:, :, :, c] = kernel[:, :, :, c] * s
        new_bias[c] = beta[c] - mean[c] * s
        if bias is not None:
            new_bias[c] += bias[c] * s
    return new_kernel, new_bias

# %% wrong | default epsilon written in | You write 0.001 into the formula and never use epsilon, so any other epsilon is ignored; and the mean is added where it should be subtracted.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    if bias is None:
        bias = np.zeros(len(beta))
    std = np.sqrt(variance + 0.001)
    return kernel * gamma / std, gamma * (bias + mean) / std + beta

# %% right | diagonal matrix | The normalisation is a 1 × 1 convolution with a diagonal kernel, and two convolutions in a row are a matrix product.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    D = np.diag(gamma * (variance + epsilon) ** -0.5)
    shift = -np.asarray(mean, dtype=float)
    if bias is not None:
        shift = shift + bias
    return kernel @ D, shift @ D + beta

# %% right | measured with test inputs | The normalisation is a straight line in each map, so its values at 0 and at 1 tell its slope, and its value at the old bias is the new bias.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    def norm(v):
        return (v - mean) / np.sqrt(variance + epsilon) * gamma + beta
    start = np.zeros(kernel.shape[-1]) if bias is None else bias
    slope = norm(1.0) - norm(0.0)
    return np.einsum("ijcf,f->ijcf", kernel, slope), norm(start)

# %% right | map by map in plain Python | One map after another, each with its own factor, put together with np.stack.
def fold_batch_norm(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    import math
    kernels, biases = [], []
    for f in range(kernel.shape[3]):
        factor = float(gamma[f]) / math.sqrt(float(variance[f]) + epsilon)
        old = 0.0 if bias is None else float(bias[f])
        kernels.append(kernel[..., f] * factor)
        biases.append(factor * old + float(beta[f]) - factor * float(mean[f]))
    return np.stack(kernels, axis=-1), np.array(biases)
