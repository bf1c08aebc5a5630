# %% wrong | kernel without minus one | Each layer adds kernel - 1 pixels, for the first of its taps is already counted; you add the whole kernel.
def receptive_field(layers):
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        size += kernel * dilation * jump
        jump *= stride
    return size, jump

# %% wrong | stride before size | You multiply jump by the layer's own stride before you use it, but the taps of a layer lie as far apart as its inputs, so its stride counts only for the layers after it.
def receptive_field(layers):
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        size += (kernel - 1) * dilation * jump
    return size, jump

# %% wrong | dilation forgotten | You unpack the dilation but never use it, though it moves the taps of the kernel further apart.
def receptive_field(layers):
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size, jump

# %% wrong | strides added | Strides multiply and you add them: two layers of stride 1 make a jump of 2 in your count, where it should stay 1.
def receptive_field(layers):
    size = 1
    jump = 0
    for k, s, d in layers:
        size += (k - 1) * d * max(jump, 1)
        jump += s
    return size, max(jump, 1)

# %% wrong | dilation times kernel | A dilated kernel is (kernel - 1) · dilation + 1 long, for the gaps lie only between its taps; you take kernel · dilation.
def receptive_field(layers):
    size, jump = 1, 1
    for k, s, d in layers:
        effective = k * d
        size += (effective - 1) * jump
        jump *= s
    return size, jump

# %% wrong | dilation in the jump | You multiply the jump by the dilation too, but dilation spreads the taps of one output and does not move its neighbour.
def receptive_field(layers):
    size, jump = 1, 1
    for k, s, d in layers:
        size += (k - 1) * d * jump
        jump *= s * d
    return size, jump

# %% wrong | two results swapped | The numbers are right, but you return the jump first and the size second.
def receptive_field(layers):
    size, jump = 1, 1
    for k, s, d in layers:
        size += (k - 1) * d * jump
        jump *= s
    return jump, size

# %% wrong | only the last stride | Your jump is overwritten by each layer's stride, so it forgets the strides of all layers before.
def receptive_field(layers):
    size, jump = 1, 1
    for k, s, d in layers:
        size += (k - 1) * d * jump
        jump = s
    return size, jump

# %% wrong | from the output with forward steps | You go through the list from its end, but this way of counting, in which jump grows along the way, has to start at the input.
def receptive_field(layers):
    size, jump = 1, 1
    for k, s, d in reversed(layers):
        size += (k - 1) * d * jump
        jump *= s
    return size, jump

# %% wrong | no layers crash | You start from layers[0], which raises an IndexError for an empty list, where both numbers should be 1.
def receptive_field(layers):
    k, s, d = layers[0]
    size = (k - 1) * d + 1
    jump = s
    for k, s, d in layers[1:]:
        size += (k - 1) * d * jump
        jump *= s
    return size, jump

# %% wrong | backward without the shift | Going backward, n outputs see (n - 1) · stride + (kernel - 1) · dilation + 1 pixels; you multiply all n by the stride, which gives too many when the stride is above 1.
def receptive_field(layers):
    size = 1
    jump = 1
    for k, s, d in layers[::-1]:
        size = size * s + (k - 1) * d
        jump *= s
    return size, jump

# %% wrong | counts the pixels that are touched | You count the different pixels that are used, but with dilation there are gaps between them, and the length from the first to the last was asked for.
def receptive_field(layers):
    seen = {0}
    jump = 1
    for k, s, d in layers[::-1]:
        seen = {p * s + t * d for p in seen for t in range(k)}
        jump *= s
    return len(seen), jump

# %% wrong | stride and dilation swapped | A layer is (kernel, stride, dilation) and you unpack it as kernel, dilation, stride.
def receptive_field(layers):
    size, jump = 1, 1
    for k, d, s in layers:
        size += (k - 1) * d * jump
        jump *= s
    return size, jump

# %% wrong | kernels of one skipped | You skip layers with a kernel of 1 because they see no further, but such a layer can have a stride, and then the jump and all later layers change.
def receptive_field(layers):
    size, jump = 1, 1
    for k, s, d in layers:
        if k == 1:
            continue
        size += (k - 1) * d * jump
        jump *= s
    return size, jump

# %% right | recursion on the first layer | What the remaining layers see of this layer's outputs is found first, then turned into pixels of this layer's input.
def receptive_field(layers):
    if len(layers) == 0:
        return 1, 1
    (k, s, d), *rest = layers
    size, jump = receptive_field(rest)
    return (size - 1) * s + (k - 1) * d + 1, jump * s

# %% right | two neighbours followed back | It follows the pixels that output 0 and output 1 see back to the input, as sets, and measures them.
def receptive_field(layers):
    def back(position):
        seen = {position}
        for k, s, d in reversed(layers):
            seen = {p * s + t * d for p in seen for t in (0, k - 1)}
        return min(seen), max(seen)
    first, last = back(0)
    return last - first + 1, back(1)[0] - first

# %% right | cumulative products | The jumps before each layer are a cumulative product of strides, and the size is one plus a scalar product.
def receptive_field(layers):
    table = np.array(list(layers), dtype=int).reshape(-1, 3)
    jumps = np.concatenate([[1], np.cumprod(table[:, 1])])
    reach = (table[:, 0] - 1) * table[:, 2]
    return int(1 + reach @ jumps[:-1]), int(jumps[-1])
