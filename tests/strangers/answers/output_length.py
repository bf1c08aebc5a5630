# %% wrong | forgot the first stop | You counted how many moves the window makes; the stop it starts on is missing, so add 1.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-n // stride)
    span = (k - 1) * dilation + 1
    return (n - span) // stride

# %% wrong | rounds up in valid | With "valid" a last step that does not fit whole is dropped, so round down; rounding up lets the window hang over the edge.
import math

def output_length(n, k, stride=1, padding="valid", dilation=1):
    k_eff = (k - 1) * dilation + 1
    if padding == "valid":
        return math.ceil((n - k_eff) / stride) + 1
    else:
        return math.ceil(n / stride)

# %% wrong | true division | You divided with / and so return fractions of a stop; a count needs // in the "valid" case.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-n // stride)
    return (n - ((k - 1) * dilation + 1)) / stride + 1

# %% wrong | same means n | You took "same" to mean as many stops as cells; that holds for stride 1 only, with stride s it is n/s rounded up.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return n
    window = (k - 1) * dilation + 1
    return (n - window) // stride + 1

# %% wrong | same rounds down | With "same" the number of stops is n/stride rounded up, and you rounded down.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == 'same':
        out = n // stride
    elif padding == 'valid':
        reach = dilation * (k - 1) + 1
        out = (n - reach) // stride + 1
    return out

# %% wrong | reach is k times d | You took the reach of a dilated window as k*d; there are only k-1 gaps, so it is (k-1)*d+1.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    k = k * dilation
    if padding == "same":
        return (n + stride - 1) // stride
    return (n - k) // stride + 1

# %% wrong | counts the holes | You took dilation as the number of cells skipped between two taps; dilation 1 already means neighbours, so the gap is d-1 cells.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    reach = k
    if dilation > 1:
        reach = k + (k - 1) * dilation   # d empty cells between the taps
    if padding == "same":
        return -(-n // stride)
    return (n - reach) // stride + 1

# %% wrong | dilation not used | You accept the dilation and never use it; the window then reaches over (k-1)*d+1 cells, not k.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return int(np.ceil(n / stride))
    return int(np.floor((n - k) / stride)) + 1

# %% wrong | symmetric pad like torch | You put the same number of zeros on both sides, as in PyTorch; with an even reach one zero is missing and you lose a stop.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    p = 0
    if padding == "same":
        p = dilation * (k - 1) // 2
    return (n + 2 * p - dilation * (k - 1) - 1) // stride + 1

# %% wrong | stride lost with dilation | Your branch for dilation returns before the stride is used, so the two together go wrong.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-n // stride)
    if dilation != 1:
        reach = (k - 1) * dilation + 1
        return n - reach + 1
    return (n - k) // stride + 1

# %% wrong | rounds to nearest | round() goes to the nearest whole number, and you need always up: 9 cells with stride 4 make 3 stops, not 2.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    """How many stops a window of length k makes along n cells."""
    reach = (k - 1) * dilation + 1
    stops = {"valid": (n - reach) // stride + 1, "same": round(n / stride)}
    return stops[padding]

# %% wrong | plus one inside the division | You added the 1 before dividing by the stride; the first stop counts whole, so add it after dividing.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return (n - 1) // stride + 1
    l = (k - 1) * dilation + 1
    return (n - l + 1) // stride

# %% wrong | two zeros for every kernel | You always add two zeros for "same"; that is right for 3 taps without dilation only.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    pad = 2 if padding == "same" else 0
    reach = (k - 1) * dilation + 1
    return (n + pad - reach) // stride + 1

# %% wrong | same as floor plus one | You replaced rounding up by rounding down plus one, which gives one too many whenever stride divides n.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        if stride == 1:
            return n
        return n // stride + 1
    eff = k + (k - 1) * (dilation - 1)
    return (n - eff) // stride + 1

# %% wrong | loop stops one early | Your loop ends before the last place where the window still fits; a window starting at n - reach is inside.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return -(-n // stride)
    reach = (k - 1) * dilation + 1
    count = 0
    pos = 0
    while pos + reach < n:
        count += 1
        pos += stride
    return count

# %% wrong | pads for the undilated kernel | With "same" you add k-1 zeros and then slide a dilated window; the zeros must make up for the whole reach.
def output_length(n, k, stride=1, padding="valid", dilation=1):
    if padding == "same":
        n = n + k - 1
    reach = (k - 1) * dilation + 1
    return (n - reach) // stride + 1

# %% right | length of a range | counts the starts with len(range(...))
def output_length(n, k, stride=1, padding="valid", dilation=1):
    last = n if padding == "same" else n - (k - 1) * dilation
    return len(range(0, last, stride))

# %% right | generator of starts | enumerates the start positions with a generator and counts them
def output_length(n, k, stride=1, padding="valid", dilation=1):
    def taps(start):
        return [start + t * dilation for t in range(k)]

    def starts():
        s = 0
        while (s < n) if padding == "same" else (taps(s)[-1] < n):
            yield s
            s += stride

    return sum(1 for _ in starts())

# %% right | divmod and a table of functions | a dictionary of lambdas with divmod
def output_length(n, k, stride=1, padding="valid", dilation=1):
    def up(a, b):
        q, r = divmod(a, b)
        return q + (r > 0)

    rule = {
        "same": lambda: up(n, stride),
        "valid": lambda: up(n - dilation * (k - 1), stride),
    }
    return int(rule[padding]())
