# %% wrong | one filter per channel | You compare map c with channel c, which is right only when m is 1; find m from the number of maps that come back.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 8, 8, channels))
    y = layer(x)
    for c in range(channels):
        x2 = x.copy()
        x2[..., c] = rng.normal(size=(2, 8, 8))
        moved = np.any(layer(x2) != y, axis=(0, 1, 2))
        for f in range(len(moved)):
            if moved[f] != (f == c):
                return False
    return True

# %% wrong | only channel 0 | You return inside the loop, so only channel 0 is ever tried.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(1)
    for c in range(channels):
        x = rng.normal(size=(2, 7, 8, channels))
        other = x.copy()
        other[..., c] = rng.normal(size=x.shape[:3])
        a, b = layer(x), layer(other)
        m = a.shape[-1] // channels
        moved = (a != b).any(axis=(0, 1, 2))
        expected = np.arange(a.shape[-1]) // m == c
        if (moved == expected).all():
            return True
        else:
            return False

# %% wrong | allclose | np.allclose lets differences of about 1e-5 of the value pass, and a leak can be smaller than that; ask whether the maps are exactly equal.
def isolates_channels(layer, channels):
    rng = np.random.default_rng()
    for c in range(channels):
        x = rng.normal(size=(2, 8, 9, channels))
        changed = x.copy()
        changed[..., c] = rng.normal(size=x.shape[:3])
        before, after = layer(x), layer(changed)
        m = before.shape[3] // channels
        for f in range(before.shape[3]):
            same = np.allclose(before[..., f], after[..., f])
            if same == (f // m == c):
                return False
    return True

# %% wrong | filters outside | You expect the maps c, c + C, c + 2C … to belong to channel c, but its maps lie next to each other, from c*m on.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(7)
    x = rng.normal(size=(3, 8, 8, channels))
    y = layer(x)
    for c in range(channels):
        z = np.array(x)
        z[..., c] += rng.normal(size=z.shape[:3])
        moved = np.abs(layer(z) - y).max(axis=(0, 1, 2)) > 0
        if moved.tolist() != [f % channels == c for f in range(y.shape[3])]:
            return False
    return True

# %% wrong | zeros must stay zeros | You expect the other maps to be zero when only one channel is lit, but a right layer with biases gives its bias there; compare two images instead.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(2)
    for c in range(channels):
        x = np.zeros((2, 8, 8, channels))
        x[..., c] = rng.normal(size=(2, 8, 8))
        y = layer(x)
        m = y.shape[-1] // channels
        own = y[..., c * m : (c + 1) * m]
        others = np.delete(y, np.s_[c * m : (c + 1) * m], axis=-1)
        if not own.any() or others.any():
            return False
    return True

# %% wrong | the other channels dark | All other channels are zero in your images, so a ReLU that is shut at zero, or a product of two channels, hides the leak; fill the others with random numbers.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(3)
    dark = layer(np.zeros((4, 8, 8, channels)))
    m = dark.shape[-1] // channels
    for c in range(channels):
        x = np.zeros((4, 8, 8, channels))
        x[..., c] = rng.normal(size=(4, 8, 8)) * 5
        moved = (layer(x) != dark).any(axis=(0, 1, 2))
        if moved.tolist() != [f // m == c for f in range(m * channels)]:
            return False
    return True

# %% wrong | constant added | You make a channel brighter by the same amount everywhere, and a filter whose numbers add up to 0, an edge detector for instance, does not notice that.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(4)
    x = rng.integers(-8, 9, size=(2, 8, 8, channels)).astype(float)
    y = layer(x)
    m = y.shape[3] // channels
    for c in range(channels):
        brighter = x.copy()
        brighter[..., c] += 16.0
        moved = (layer(brighter) != y).any(axis=(0, 1, 2))
        for f in range(y.shape[3]):
            if moved[f] and f // m != c:
                return False
            if not moved[f] and f // m == c:
                return False
    return True

# %% wrong | one pixel | You change a single pixel, and a layer with a large stride may never look at it, or its ReLU may be shut there; change all of them.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(1, 8, 8, channels))
    y = layer(x)
    m = y.shape[-1] // channels
    for c in range(channels):
        z = x.copy()
        z[0, 7, 7, c] += 1
        changed = np.where(np.any(layer(z) != y, axis=(0, 1, 2)))[0]
        if list(changed) != list(range(c * m, c * m + m)):
            return False
    return True

# %% wrong | own maps only | You look whether channel c moves its own maps, and never whether it moves those of the others, so every leak goes unseen.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(2, 8, 8, channels))
    y = layer(x)
    m = y.shape[3] // channels
    for c in range(channels):
        x2 = x.copy()
        x2[..., c] = rng.normal(size=(2, 8, 8))
        y2 = layer(x2)
        for j in range(m):
            if np.array_equal(y[..., c * m + j], y2[..., c * m + j]):
                return False
    return True

# %% wrong | next channel only | You look at the neighbour c + 1 only; a channel can leak into any other.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(8)
    x = rng.normal(size=(2, 8, 8, channels))
    y = layer(x)
    m = y.shape[-1] // channels
    for c in range(channels):
        x2 = x.copy()
        x2[..., c] = rng.normal(size=x.shape[:-1])
        diff = (layer(x2) != y).any(axis=(0, 1, 2)).reshape(channels, m)
        if not diff[c].all():
            return False
        if c + 1 < channels and diff[c + 1].any():
            return False
    return True

# %% wrong | first filter of each channel | You look at map c*m of every channel only, so a leak or a swap in the filters after it is missed.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(9)
    x = rng.normal(size=(2, 9, 8, channels))
    y = layer(x)
    m = y.shape[-1] // channels
    for c in range(channels):
        x2 = x.copy()
        x2[..., c] = rng.normal(size=x.shape[:3])
        moved = (layer(x2) != y).any(axis=(0, 1, 2))[::m]
        if moved.sum() != 1 or not moved[c]:
            return False
    return True

# %% wrong | no copy | `changed = x` is the same array and no copy, so both images are always equal, nothing ever moves, and every layer fails.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(10)
    for c in range(channels):
        x = rng.normal(size=(2, 8, 8, channels))
        changed = x
        changed[..., c] = rng.normal(size=(2, 8, 8))
        y, y2 = layer(x), layer(changed)
        m = y.shape[-1] // channels
        moved = np.abs(y2 - y).max(axis=(0, 1, 2)) > 0
        if any(moved[f] != (f // m == c) for f in range(y.shape[-1])):
            return False
    return True

# %% wrong | only bright images | All your numbers are positive, so a ReLU behind a filter with negative numbers never opens and a right layer seems to ignore its channel, or a leak stays hidden.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(11)
    for c in range(channels):
        x = rng.uniform(1, 2, size=(2, 8, 8, channels))
        x2 = x.copy()
        x2[..., c] = rng.uniform(1, 2, size=(2, 8, 8))
        y, y2 = layer(x), layer(x2)
        m = y.shape[-1] // channels
        moved = (y != y2).any(axis=(0, 1, 2))
        if moved.tolist() != [f // m == c for f in range(y.shape[-1])]:
            return False
    return True

# %% wrong | channels swapped | You expect the maps to swap when two channels swap, but every channel has filters of its own, so a right layer gives other maps.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(12)
    x = rng.normal(size=(1, 8, 8, channels))
    y = layer(x)
    m = y.shape[-1] // channels
    order = np.roll(np.arange(channels), 1)
    swapped = layer(x[..., order])
    expected = y.reshape(*y.shape[:3], channels, m)[..., order, :].reshape(y.shape)
    return bool(np.allclose(swapped, expected))

# %% wrong | counts the maps only | You look only at how many maps move and not which, so a layer with its maps in another order passes.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(13)
    for c in range(channels):
        x = rng.normal(size=(2, 8, 8, channels))
        y = layer(x)
        x[..., c] = rng.normal(size=(2, 8, 8))
        moved = (layer(x) != y).any(axis=(0, 1, 2))
        if moved.sum() != y.shape[-1] // channels:
            return False
    return True

# %% right | table of influences | Fills a table of which channel moves which map and compares it with the identity, each column repeated m times.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(2024)
    x = rng.normal(scale=3, size=(4, 9, 10, channels))
    y = np.array(layer(x.copy()))
    table = np.empty((channels, y.shape[-1]), dtype=bool)
    for c in range(channels):
        noise = np.zeros_like(x)
        noise[..., c] = rng.normal(scale=3, size=x.shape[:3])
        table[c] = (layer(x + noise) != y).any(axis=(0, 1, 2))
    wanted = np.repeat(np.eye(channels, dtype=bool), y.shape[-1] // channels, axis=1)
    return bool(np.array_equal(table, wanted))

# %% right | all the others at once | Changes everything except channel c and asks that its maps stand still, then only channel c and asks that each of them moves.
def isolates_channels(layer, channels):
    rng = np.random.default_rng(99)

    def holds(c):
        x = rng.normal(size=(3, 12, 11, channels))
        fresh = rng.normal(size=x.shape)
        is_c = np.arange(channels) == c
        y = layer(x)
        m = y.shape[3] // channels
        mine = np.s_[..., c * m : c * m + m]
        others_changed = layer(np.where(is_c, x, fresh))
        c_changed = layer(np.where(is_c, fresh, x))
        still = np.array_equal(others_changed[mine], y[mine])
        moves = (c_changed[mine] != y[mine]).any(axis=(0, 1, 2)).all()
        return still and bool(moves)

    return all(holds(c) for c in range(channels))

# %% right | sets of channels | For each map collects the set of channels it depends on, over several draws, and compares the sets.
from collections import defaultdict


def isolates_channels(layer, channels):
    depends = defaultdict(set)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x = rng.uniform(-4, 4, size=(2, 8, 8, channels))
        y = np.array(layer(x.copy()))
        maps = y.shape[-1]
        for c in range(channels):
            planes = [rng.uniform(-4, 4, size=x.shape[:3]) if d == c else x[..., d] for d in range(channels)]
            for f in np.flatnonzero((layer(np.stack(planes, axis=-1)) - y).any(axis=(0, 1, 2))):
                depends[int(f)].add(c)
    m = maps // channels
    return all(depends[f] == {f // m} for f in range(maps))
