# %% wrong | odd zero at the front | When the number of zeros is odd you put the extra one before; Keras puts it at the end.
def same_padding(n, k, stride=1, dilation=1):
    stops = -(-n // stride)
    reach = (k - 1) * dilation + 1
    total = max((stops - 1) * stride + reach - n, 0)
    return total - total // 2, total // 2

# %% wrong | both sides equal | You return total // 2 twice, so with an odd number of zeros one of them gets lost.
def same_padding(n, k, stride=1, dilation=1):
    reach = (k - 1) * dilation + 1
    stops = (n + stride - 1) // stride
    total = max(0, (stops - 1) * stride + reach - n)
    p = total // 2
    return (p, p)

# %% wrong | half the kernel as in torch | You take half the kernel on each side; this ignores n and the stride, and adds one zero too many for an even kernel.
def same_padding(n, k, stride=1, dilation=1):
    pad = k // 2
    return pad * dilation, pad * dilation

# %% wrong | stride left out | You pad as for stride 1; with a larger stride the last window starts earlier and fewer zeros are needed.
def same_padding(n, k, stride=1, dilation=1):
    total = (k - 1) * dilation
    before = total // 2
    after = total - before
    return before, after

# %% wrong | negative zeros | When the stride is larger than the window your total falls below zero; no fewer than 0 zeros can be added.
def same_padding(n, k, stride=1, dilation=1):
    out = -(-n // stride)
    need = (out - 1) * stride + (k - 1) * dilation + 1
    total = need - n
    return total // 2, total - total // 2

# %% wrong | dilation left out | You used k where the dilated reach (k-1)*d+1 belongs, so a dilated window gets too few zeros.
import math

def same_padding(n, k, stride=1, dilation=1):
    o = math.ceil(n / stride)
    p = max((o - 1) * stride + k - n, 0)
    return math.floor(p / 2), math.ceil(p / 2)

# %% wrong | stops rounded down | You make room for n // stride stops; the task rounds n/stride up, so the last stop has no room.
def same_padding(n, k, stride=1, dilation=1):
    stops = n // stride
    reach = (k - 1) * dilation + 1
    total = max((stops - 1) * stride + reach - n, 0)
    return total // 2, total - total // 2

# %% wrong | whole total on each side | You give all the zeros to each side, which doubles them; the total has to be shared.
def same_padding(n, k, stride=1, dilation=1):
    stops = -(-n // stride)
    total = max((stops - 1) * stride + (k - 1) * dilation + 1 - n, 0)
    return total, total

# %% wrong | halves with a fraction | You divided by 2 with /, so an odd number of zeros becomes one and a half on each side.
def same_padding(n, k, stride=1, dilation=1):
    stops = np.ceil(n / stride)
    reach = (k - 1) * dilation + 1
    total = max((stops - 1) * stride + reach - n, 0)
    return total / 2, total / 2

# %% wrong | dilation in one branch only | You use the dilated reach where stride divides n, and the plain k where a rest is left; both need the reach.
def same_padding(n, k, stride=1, dilation=1):
    k_eff = (k - 1) * dilation + 1
    if n % stride == 0:
        total = max(k_eff - stride, 0)
    else:
        total = max(k - n % stride, 0)
    return total // 2, total - total // 2

# %% wrong | counts a stop too many | n stops are n-1 steps apart; you count a whole stride for each stop and so get stride zeros too many.
def same_padding(n, k, stride=1, dilation=1):
    reach = (k - 1) * dilation + 1
    stops = -(-n // stride)
    total = max(stops * stride + reach - n, 0)
    return total // 2, total - total // 2

# %% wrong | reach without the last tap | You took (k-1)*d as the reach; the window also covers the cell of its first tap, so one zero is missing.
def same_padding(n, k, stride=1, dilation=1):
    reach = (k - 1) * dilation
    stops = -(-n // stride)
    total = max((stops - 1) * stride + reach - n, 0)
    return total // 2, total - total // 2

# %% wrong | halves times dilation | You split the zeros first and stretch each half by the dilation afterwards; the total has to be computed with the dilated reach and split then.
def same_padding(n, k, stride=1, dilation=1):
    stops = -(-n // stride)
    total = max((stops - 1) * stride + k - n, 0)
    before = total // 2
    after = total - before
    return before * dilation, after * dilation

# %% wrong | round goes up sometimes | round(1.5) is 2, so with 3 zeros you put two of them before; round down with // instead.
def same_padding(n, k, stride=1, dilation=1):
    out = -(-n // stride)
    total = max((out - 1) * stride + dilation * (k - 1) + 1 - n, 0)
    before = round(total / 2)
    return before, total - before

# %% wrong | modulo forgets the zero rest | Your formula takes n % stride as the part of the last step; when stride divides n that part is a whole stride, not 0.
def same_padding(n, k, stride=1, dilation=1):
    reach = (k - 1) * dilation + 1
    if stride == 1:
        total = reach - 1
    else:
        total = max(reach - n % stride, 0)
    return total // 2, total - total // 2

# %% wrong | absolute value for too many | Where the windows leave cells over you turn the negative number into zeros with abs; in that case no zeros are added.
def same_padding(n, k, stride=1, dilation=1):
    stops = -(-n // stride)
    last_end = (stops - 1) * stride + (k - 1) * dilation + 1
    total = abs(last_end - n)
    return total // 2, total - total // 2

# %% right | adds zeros one at a time | a loop that adds zeros, end first, until all stops fit
def same_padding(n, k, stride=1, dilation=1):
    pads = [0, 0]
    side = 1
    last_start = [i for i in range(0, n, stride)][-1]
    while n + sum(pads) <= last_start + (k - 1) * dilation:
        pads[side] += 1
        side = 1 - side
    return pads[0], pads[1]

# %% right | rest of the division | uses the rest of n by stride as TensorFlow's documentation does, no ceil
def same_padding(n, k, stride=1, dilation=1):
    rest = n % stride or stride
    missing = (k - 1) * dilation + 1 - rest
    missing *= missing > 0
    return missing >> 1, (missing + 1) >> 1

# %% right | split with array_split | the two sides come from the lengths of np.array_split
def same_padding(n, k, stride=1, dilation=1):
    last_tap = (n - 1) // stride * stride + (k - 1) * dilation
    extra = range(n, last_tap + 1)          # cells that do not exist: these are the zeros
    after, before = (len(part) for part in np.array_split(np.array(extra, dtype=int), 2))
    return before, after
