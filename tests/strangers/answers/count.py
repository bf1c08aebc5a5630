# %% wrong | four numbers for a norm | You count four numbers for each channel of a norm, with the moving averages; learned are only scale and shift.
def count(blocks):
    params, macs = 0, 0
    for b in blocks:
        kind = b["kind"]
        if kind == "norm":
            params += 4 * b["input"][-1]
        elif kind == "dense":
            i, o = b["kernel"]
            params += i * o + (o if b.get("use_bias", False) else 0)
            macs += i * o
        elif kind in ("conv", "depthwise"):
            kh, kw, c, f = b["kernel"]
            h, w, _ = b["input"]
            s = b.get("stride", 1)
            if b.get("padding", "same") == "same":
                oh, ow = -(-h // s), -(-w // s)
            else:
                oh, ow = (h - kh) // s + 1, (w - kw) // s + 1
            n = kh * kw * c * f
            maps = f if kind == "conv" else c * f
            params += n + (maps if b.get("use_bias", False) else 0)
            macs += oh * ow * n
    return params, macs

# %% wrong | depthwise bias for m maps | A depthwise block has C*m maps and a bias for each; you count only m.
def count(blocks):
    parameters = 0
    multiply_adds = 0
    for block in blocks:
        kind = block["kind"]
        if kind == "pool":
            continue
        if kind == "norm":
            parameters += 2 * block["input"][2]
            continue
        kernel = block["kernel"]
        weights = int(np.prod(kernel))
        parameters += weights
        if block.get("use_bias", False):
            parameters += kernel[-1]
        positions = 1
        if kind != "dense":
            stride = block.get("stride", 1)
            for axis in (0, 1):
                n, k = block["input"][axis], kernel[axis]
                if block.get("padding", "same") == "valid":
                    positions *= (n - k) // stride + 1
                else:
                    positions *= (n + stride - 1) // stride
        multiply_adds += positions * weights
    return parameters, multiply_adds

# %% wrong | bias by default | Where a row does not say, there is no bias; your default for use_bias is True.
def count(blocks):
    p = m = 0
    for b in blocks:
        if b["kind"] == "norm":
            p += 2 * b["input"][-1]
        elif b["kind"] == "dense":
            p += b["kernel"][0] * b["kernel"][1] + b.get("use_bias", True) * b["kernel"][1]
            m += b["kernel"][0] * b["kernel"][1]
        elif b["kind"] != "pool":
            kh, kw, c, f = b["kernel"]
            out = c * f if b["kind"] == "depthwise" else f
            p += kh * kw * c * f + b.get("use_bias", True) * out
            s = b.get("stride", 1)
            h, w = b["input"][:2]
            if b.get("padding", "same") == "same":
                m += -(-h // s) * -(-w // s) * kh * kw * c * f
            else:
                m += ((h - kh) // s + 1) * ((w - kw) // s + 1) * kh * kw * c * f
    return p, m

# %% wrong | valid by default | Where a row does not say, the padding is "same"; your default is "valid" as in Keras.
def out_size(n, k, stride, padding):
    if padding == "same":
        return -(-n // stride)
    return (n - k) // stride + 1


def count(blocks):
    params = macs = 0
    for b in blocks:
        if b["kind"] == "norm":
            params += 2 * b["input"][-1]
            continue
        if b["kind"] == "pool":
            continue
        weights = 1
        for k in b["kernel"]:
            weights *= k
        params += weights
        if b.get("use_bias"):
            params += b["kernel"][2] * b["kernel"][3] if b["kind"] == "depthwise" else b["kernel"][-1]
        if b["kind"] == "dense":
            macs += weights
        else:
            s, pad = b.get("stride", 1), b.get("padding", "valid")
            oh = out_size(b["input"][0], b["kernel"][0], s, pad)
            ow = out_size(b["input"][1], b["kernel"][1], s, pad)
            macs += oh * ow * weights
    return params, macs

# %% wrong | same rounds down | With padding "same" the size is rounded up when the stride does not divide it; you round down.
def count(blocks):
    parameters = multiply_adds = 0
    for block in blocks:
        kind = block["kind"]
        bias = block.get("use_bias", False)
        if kind == "norm":
            parameters += 2 * block["input"][-1]
        elif kind == "dense":
            a, b = block["kernel"]
            parameters += a * b
            multiply_adds += a * b
            if bias:
                parameters += b
        elif kind == "conv" or kind == "depthwise":
            kh, kw, c, f = block["kernel"]
            h, w, _ = block["input"]
            stride = block.get("stride", 1)
            if block.get("padding", "same") == "valid":
                h, w = h - kh + stride, w - kw + stride
            weights = kh * kw * c * f
            parameters += weights
            if bias:
                parameters += f if kind == "conv" else c * f
            multiply_adds += (h // stride) * (w // stride) * weights
    return parameters, multiply_adds

# %% wrong | stride kept from the block before | A stride stays in force for all later blocks, because you do not set it back to 1 where a row does not say.
def count(blocks):
    params = macs = 0
    stride, padding = 1, "same"
    for block in blocks:
        kind = block["kind"]
        if "stride" in block:
            stride = block["stride"]
        if "padding" in block:
            padding = block["padding"]
        if kind == "norm":
            params += 2 * block["input"][-1]
        elif kind == "dense":
            w = block["kernel"][0] * block["kernel"][1]
            params += w
            macs += w
            if block.get("use_bias", False):
                params += block["kernel"][1]
        elif kind in ["conv", "depthwise"]:
            kh, kw, c, f = block["kernel"]
            params += kh * kw * c * f
            if block.get("use_bias", False):
                params += f if kind == "conv" else c * f
            h, w = block["input"][0], block["input"][1]
            if padding == "same":
                oh, ow = -(-h // stride), -(-w // stride)
            else:
                oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
            macs += oh * ow * kh * kw * c * f
    return params, macs

# %% wrong | options popped | `pop` takes the options out of the caller's blocks, so the second count of the same network comes out differently; use `get`.
def count(blocks):
    params = macs = 0
    for b in blocks:
        kind = b["kind"]
        stride = b.pop("stride", 1)
        padding = b.pop("padding", "same")
        use_bias = b.pop("use_bias", False)
        if kind == "norm":
            params += 2 * b["input"][-1]
            continue
        if kind == "pool":
            continue
        n = int(np.prod(b["kernel"]))
        params += n
        if use_bias:
            params += b["kernel"][-1] * (b["kernel"][2] if kind == "depthwise" else 1)
        if kind == "dense":
            macs += n
            continue
        oh, ow = [
            -(-size // stride) if padding == "same" else (size - k) // stride + 1
            for size, k in zip(b["input"][:2], b["kernel"][:2])
        ]
        macs += n * oh * ow
    return params, macs

# %% wrong | pool has weights | A pool learns nothing: its kernel is only a size, but you count its numbers like weights.
def count(blocks):
    params = macs = 0
    for b in blocks:
        if b["kind"] == "norm":
            params += 2 * b["input"][-1]
            continue
        k = b["kernel"]
        n = int(np.prod(k))
        params += n
        if b.get("use_bias", False):
            params += k[2] * k[3] if b["kind"] == "depthwise" else k[-1]
        if b["kind"] in ("conv", "depthwise"):
            h, w, _ = b["input"]
            s = b.get("stride", 1)
            if b.get("padding", "same") == "same":
                macs += -(-h // s) * -(-w // s) * n
            else:
                macs += ((h - k[0]) // s + 1) * ((w - k[1]) // s + 1) * n
        elif b["kind"] == "dense":
            macs += n
    return params, macs

# %% wrong | everything is square | Height and width are both taken from the height; images and kernels need not be square.
def count(blocks):
    parameters, multiply_adds = 0, 0
    for block in blocks:
        kind = block["kind"]
        n = block["input"][0]
        if kind == "norm":
            parameters += 2 * block["input"][-1]
        elif kind == "dense":
            units_in, units_out = block["kernel"]
            parameters += units_in * units_out + units_out * block.get("use_bias", False)
            multiply_adds += units_in * units_out
        elif kind != "pool":
            k, _, c, f = block["kernel"]
            weights = k ** 2 * c * f
            maps = {"conv": f, "depthwise": c * f}[kind]
            parameters += weights + maps * block.get("use_bias", False)
            stride = block.get("stride", 1)
            out = -(-n // stride) if block.get("padding", "same") == "same" else (n - k) // stride + 1
            multiply_adds += out ** 2 * weights
    return parameters, multiply_adds

# %% wrong | bias in the multiply-adds | You use the parameters with the bias for the multiply-adds too, but adding a bias does not count.
def count(blocks):
    total_params = total_macs = 0
    for block in blocks:
        if block["kind"] == "norm":
            total_params += 2 * block["input"][-1]
        if block["kind"] in ("norm", "pool"):
            continue
        kernel = block["kernel"]
        params = int(np.prod(kernel))
        if block.get("use_bias", False):
            params += kernel[-1] if block["kind"] != "depthwise" else kernel[-1] * kernel[-2]
        total_params += params
        if block["kind"] == "dense":
            total_macs += params
        else:
            (h, w, _), s = block["input"], block.get("stride", 1)
            if block.get("padding", "same") == "same":
                oh, ow = -(-h // s), -(-w // s)
            else:
                oh, ow = (h - kernel[0]) // s + 1, (w - kernel[1]) // s + 1
            total_macs += oh * ow * params
    return total_params, total_macs

# %% wrong | single precision sum | The totals are float32, which holds only about seven digits, so the numbers of a whole network come out rounded.
def count(blocks):
    totals = np.zeros(2, dtype=np.float32)
    for block in blocks:
        kind = block["kind"]
        if kind == "norm":
            totals[0] += 2 * block["input"][-1]
        elif kind in ("conv", "depthwise", "dense"):
            kernel = block["kernel"]
            weights = np.prod(kernel)
            outputs = kernel[-1] * kernel[-2] if kind == "depthwise" else kernel[-1]
            totals[0] += weights + (outputs if block.get("use_bias", False) else 0)
            area = 1
            if kind != "dense":
                stride = block.get("stride", 1)
                for n, k in zip(block["input"][:2], kernel[:2]):
                    area *= -(-n // stride) if block.get("padding", "same") == "same" else (n - k) // stride + 1
            totals[1] += weights * area
    return int(totals[0]), int(totals[1])

# %% wrong | no stride for 1 x 1 | You leave the stride out for kernels of 1 x 1, but they can skip pixels too, as in the shortcuts of Xception.
def count(blocks):
    params = macs = 0
    for b in blocks:
        kind = b["kind"]
        if kind == "norm":
            params += 2 * b["input"][-1]
        elif kind == "dense":
            w = b["kernel"][0] * b["kernel"][1]
            params += w + (b["kernel"][1] if b.get("use_bias", False) else 0)
            macs += w
        elif kind in ("conv", "depthwise"):
            kh, kw, c, f = b["kernel"]
            h, w, _ = b["input"]
            s = b.get("stride", 1)
            if (kh, kw) == (1, 1):        # pointwise: size does not change
                oh, ow = h, w
            elif b.get("padding", "same") == "same":
                oh, ow = -(-h // s), -(-w // s)
            else:
                oh, ow = (h - kh) // s + 1, (w - kw) // s + 1
            params += kh * kw * c * f
            if b.get("use_bias", False):
                params += f if kind == "conv" else c * f
            macs += oh * ow * kh * kw * c * f
    return params, macs

# %% wrong | equal blocks counted once | Blocks that look the same are kept only once in your dictionary, but a network that repeats a block pays for each of them.
def count(blocks):
    unique = {str(b): b for b in blocks}
    params = macs = 0
    for b in unique.values():
        kind, size = b["kind"], b["input"]
        if kind == "norm":
            params += 2 * size[-1]
        elif kind != "pool":
            kernel = b["kernel"]
            weights = int(np.prod(kernel))
            params += weights
            if b.get("use_bias", False):
                params += kernel[2] * kernel[3] if kind == "depthwise" else kernel[-1]
            if kind == "dense":
                macs += weights
            else:
                s = b.get("stride", 1)
                if b.get("padding", "same") == "same":
                    macs += weights * -(-size[0] // s) * -(-size[1] // s)
                else:
                    macs += weights * ((size[0] - kernel[0]) // s + 1) * ((size[1] - kernel[1]) // s + 1)
    return params, macs

# %% wrong | totals as default arguments | The list of totals is a default argument, made only once, so each call goes on from the totals of the call before.
def count(blocks, totals=[0, 0]):
    for b in blocks:
        kind = b["kind"]
        if kind == "norm":
            totals[0] += 2 * b["input"][-1]
        elif kind == "dense":
            totals[0] += b["kernel"][0] * b["kernel"][1]
            totals[1] += b["kernel"][0] * b["kernel"][1]
            if b.get("use_bias", False):
                totals[0] += b["kernel"][1]
        elif kind == "conv" or kind == "depthwise":
            kh, kw, c, f = b["kernel"]
            s = b.get("stride", 1)
            same = b.get("padding", "same") == "same"
            oh = -(-b["input"][0] // s) if same else (b["input"][0] - kh) // s + 1
            ow = -(-b["input"][1] // s) if same else (b["input"][1] - kw) // s + 1
            totals[0] += kh * kw * c * f
            totals[1] += oh * ow * kh * kw * c * f
            if b.get("use_bias", False):
                totals[0] += f if kind == "conv" else c * f
    return totals[0], totals[1]

# %% wrong | multiplier of depthwise and norm costs | You count a depthwise block as if its multiplier were 1, and a multiply-add for every number that goes through a norm.
def count(blocks):
    params = macs = 0
    for b in blocks:
        if b["kind"] == "norm":
            h, w, c = b["input"]
            params += 2 * c
            macs += h * w * c
        elif b["kind"] == "dense":
            i, o = b["kernel"]
            params += i * o + (o if b.get("use_bias", False) else 0)
            macs += i * o
        elif b["kind"] in ("conv", "depthwise"):
            kh, kw, c, f = b["kernel"]
            if b["kind"] == "depthwise":
                weights, maps = kh * kw * c, c
            else:
                weights, maps = kh * kw * c * f, f
            params += weights + (maps if b.get("use_bias", False) else 0)
            s, (h, w) = b.get("stride", 1), b["input"][:2]
            if b.get("padding", "same") == "valid":
                macs += weights * ((h - kh) // s + 1) * ((w - kw) // s + 1)
            else:
                macs += weights * -(-h // s) * -(-w // s)
    return params, macs

# %% right | table of functions | one small function for each kind, summed with zip
def count(blocks):
    def positions(block):
        stride, same = block.get("stride", 1), block.get("padding", "same") == "same"
        area = 1
        for n, k in zip(block["input"][:2], block["kernel"]):
            area *= len(range(0, n if same else n - k + 1, stride))
        return area

    def layer(block, outputs, area):
        weights = 1
        for k in block["kernel"]:
            weights *= k
        return weights + block.get("use_bias", False) * outputs, area * weights

    kinds = {
        "conv": lambda b: layer(b, b["kernel"][3], positions(b)),
        "depthwise": lambda b: layer(b, b["kernel"][2] * b["kernel"][3], positions(b)),
        "dense": lambda b: layer(b, b["kernel"][1], 1),
        "norm": lambda b: (2 * b["input"][-1], 0),
        "pool": lambda b: (0, 0),
    }
    pairs = [(0, 0)] + [kinds[b["kind"]](b) for b in blocks]
    parameters, multiply_adds = map(sum, zip(*pairs))
    return parameters, multiply_adds

# %% right | match and recursion | splits the list in halves and matches the kind of a single block
import math


def count(blocks):
    if not blocks:
        return 0, 0
    if len(blocks) > 1:
        half = len(blocks) // 2
        a, b = count(blocks[:half]), count(blocks[half:])
        return a[0] + b[0], a[1] + b[1]
    (block,) = blocks
    stride = block.get("stride", 1)
    crop = block.get("padding", "same") == "valid"
    match block:
        case {"kind": "pool"}:
            return 0, 0
        case {"kind": "norm", "input": (_, _, channels)}:
            return channels + channels, 0
        case {"kind": "dense", "kernel": (a, b)}:
            return (a + 1) * b if block.get("use_bias", False) else a * b, a * b
        case {"kind": kind, "kernel": (kh, kw, c, f), "input": (h, w, _)}:
            weights = math.prod((kh, kw, c, f))
            oh = (h - (kh if crop else 1)) // stride + 1
            ow = (w - (kw if crop else 1)) // stride + 1
            maps = f * (c if kind == "depthwise" else 1)
            return weights + (maps if block.get("use_bias", False) else 0), oh * ow * weights

# %% right | defaults merged and a class | each block becomes an object with two properties, the defaults are merged into a copy
class _Block:
    defaults = {"stride": 1, "padding": "same", "use_bias": False, "kernel": ()}

    def __init__(self, block):
        vars(self).update(self.defaults | block)
        self.learns = self.kind in ("conv", "depthwise", "dense")

    @property
    def weights(self):
        return int(np.prod(self.kernel, dtype=np.int64)) if self.learns else 0

    @property
    def parameters(self):
        if self.kind == "norm":
            return 2 * self.input[-1]
        bias = 0
        if self.learns and self.use_bias:
            bias = self.kernel[-1] * (self.kernel[2] if self.kind == "depthwise" else 1)
        return self.weights + bias

    @property
    def multiply_adds(self):
        sizes = () if self.kind == "dense" else zip(self.input[:2], self.kernel[:2])
        area = 1
        for n, k in sizes:
            padded = n + k - 1 if self.padding == "same" else n
            area *= (padded - k) // self.stride + 1
        return area * self.weights


def count(blocks):
    objects = [_Block(b) for b in blocks]
    return sum(o.parameters for o in objects), sum(o.multiply_adds for o in objects)
