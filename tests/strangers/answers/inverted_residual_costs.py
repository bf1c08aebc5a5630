# %% wrong | expand always counted | With expansion=1 there is no expand layer, but you count its weights, its norm and its multiply-adds all the same.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    params = C * E + 2 * E + 9 * E + 2 * E + E * filters + 2 * filters
    madds = H * W * C * E + oh * ow * (9 * E + E * filters)
    return params, madds

# %% wrong | output rounded down | With padding "same" the output has H / stride rows rounded up, and // rounds down, which shows for an odd size.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = H // stride, W // stride
    params = 11 * E + E * filters + 2 * filters
    madds = oh * ow * E * (9 + filters)
    if expansion != 1:
        params += C * E + 2 * E
        madds += H * W * C * E
    return params, madds

# %% wrong | norms forgotten | Only the weights of the convolutions are counted; each norm learns a scale and a shift for every map as well.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    expand = C * E if expansion > 1 else 0
    return expand + 9 * E + E * filters, H * W * expand + oh * ow * (9 * E + E * filters)

# %% wrong | four numbers for each norm | You count the moving mean and variance too, but they are not learnt: a norm learns two numbers for each map.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    params = 9 * E + 4 * E + E * filters + 4 * filters
    madds = oh * ow * (9 * E + E * filters)
    if expansion > 1:
        params += C * E + 4 * E
        madds += H * W * C * E
    return params, madds

# %% wrong | biases counted | You give every convolution a bias for each map, but no layer has one, as the norms' shifts do their work.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    params = (9 + 1 + 2) * E + (E + 1 + 2) * filters
    madds = oh * ow * (9 * E + E * filters)
    if expansion > 1:
        params += (C + 1 + 2) * E
        madds += H * W * C * E
    return params, madds

# %% wrong | depthwise as a normal layer | The depthwise layer has one 3 × 3 filter for each channel, 9 · E weights; 9 · E · E is what a normal convolution has.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    layers = [(9 * E * E, E, oh * ow), (E * filters, filters, oh * ow)]
    if expansion > 1:
        layers.insert(0, (C * E, E, H * W))
    return sum(w + 2 * m for w, m, _ in layers), sum(w * p for w, _, p in layers)

# %% wrong | all at the output | You multiply all weights by the number of output positions, but the expand layer works at every input pixel, before the stride.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = (H + stride - 1) // stride, (W + stride - 1) // stride
    weights = 9 * E + E * filters
    norms = 2 * E + 2 * filters
    if expansion != 1:
        weights += C * E
        norms += 2 * E
    return weights + norms, oh * ow * weights

# %% wrong | depthwise at the input | The depthwise layer is the one with the stride, so it works at the output positions; you let it work at every input pixel.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    out = -(-H // stride) * -(-W // stride)
    params = 9 * E + 2 * E + E * filters + 2 * filters
    madds = H * W * 9 * E + out * E * filters
    if expansion > 1:
        params += C * E + 2 * E
        madds += H * W * C * E
    return params, madds

# %% wrong | stride forgotten | The stride is never used, so every layer is counted at the full size of the input.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    weights = [C * E, 9 * E, E * filters]
    norms = [2 * E, 2 * E, 2 * filters]
    if expansion == 1:
        weights, norms = weights[1:], norms[1:]
    return sum(weights) + sum(norms), H * W * sum(weights)

# %% wrong | norms multiply too | You multiply all parameters by the positions, the norms' as well, but as in the papers the norms have no multiply-adds.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    out = -(-H // stride) * -(-W // stride)
    expand = C * E + 2 * E if expansion > 1 else 0
    rest = 9 * E + 2 * E + E * filters + 2 * filters
    return expand + rest, expand * H * W + rest * out

# %% wrong | shortcut counted | You add the addition of the shortcut, where stride is 1 and filters equals C, but by the exercise it has no multiply-adds.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    params, madds = 0, 0
    if expansion > 1:
        params += C * E + 2 * E
        madds += H * W * C * E
    params += 11 * E
    madds += oh * ow * 9 * E
    params += E * filters + 2 * filters
    madds += oh * ow * E * filters
    if stride == 1 and filters == C:
        madds += H * W * C
    return params, madds

# %% wrong | square image | You take the height for the width too, so a rectangular input gets the wrong number of positions.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    n, _, C = input_size
    m = -(-n // stride)
    E = expansion * C
    params = 11 * E + (E + 2) * filters
    madds = m * m * (9 * E + E * filters)
    if expansion > 1:
        params += (C + 2) * E
        madds += n * n * C * E
    return params, madds

# %% wrong | norm of the missing layer | With expansion=1 you leave out the expand layer's weights but keep its norm, and a layer that is not there has none.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = -(-H // stride), -(-W // stride)
    norms = 2 * (E + E + filters)
    expand = 0 if expansion == 1 else C * E
    params = expand + 9 * E + E * filters + norms
    return params, H * W * expand + oh * ow * (9 * E + E * filters)

# %% wrong | output size of valid | (H - 3) // stride + 1 is the output size without padding, but the depthwise layer has padding "same"; and the two results are returned in the wrong order.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    E = expansion * C
    oh, ow = (H - 3) // stride + 1, (W - 3) // stride + 1
    params = 11 * E + (E + 2) * filters
    madds = oh * ow * (9 * E + E * filters)
    if expansion > 1:
        params += (C + 2) * E
        madds += H * W * C * E
    return madds, params

# %% right | table of layers | Each layer is a row of weights, maps and positions, and the two results are scalar products of the columns.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    wide = expansion * C
    out = len(range(0, H, stride)) * len(range(0, W, stride))
    table = np.array([[C * wide, wide, H * W], [9 * wide, wide, out], [wide * filters, filters, out]], dtype=object)
    table = table[1:] if expansion == 1 else table
    weights, maps, places = table.T
    return int((weights + 2 * maps).sum()), int((weights * places).sum())

# %% right | counted position by position | It walks over the pixels and counts the multiply-adds at each, those of the depthwise and project layers only where the stride stops.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    H, W, C = input_size
    wide = C if expansion == 1 else C * expansion
    madds = 0
    for i in range(H):
        for j in range(W):
            if expansion != 1:
                madds += C * wide
            if i % stride == 0 and j % stride == 0:
                madds += (9 + filters) * wide
    params = (11 + filters) * wide + 2 * filters
    if expansion != 1:
        params += (C + 2) * wide
    return params, madds

# %% right | generator of layers | A generator yields what each layer learns and does, and zip and sum add up the two columns.
def inverted_residual_costs(input_size, filters, expansion=6, stride=1):
    import math
    def layers():
        h, w, c = input_size
        if expansion != 1:
            yield c * c * expansion + 2 * c * expansion, h * w * c * c * expansion
            c = c * expansion
        h, w = math.ceil(h / stride), math.ceil(w / stride)
        yield (3 * 3 + 2) * c, h * w * 3 * 3 * c
        yield (c + 2) * filters, h * w * c * filters
    params, madds = zip(*layers())
    return sum(params), sum(madds)
