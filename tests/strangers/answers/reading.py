# %% wrong | float taken for normalised | astype("float32") changes only the type; nothing divides the bytes by 255, so the input is not normalised.
def reading():
    normalised = True
    optimizer = "SGD"
    convolutions = 3
    parameters = 416 + 4640 + 330
    return normalised, optimizer, convolutions, parameters

# %% wrong | momentum as optimizer | Momentum is a setting of the optimizer; the optimizer itself is SGD.
def reading():
    return False, "momentum", 3, 5386

# %% wrong | loss as optimizer | categorical_crossentropy is the loss, not the optimizer.
def reading():
    return (False, "categorical_crossentropy", 3, 5386)

# %% wrong | Adam out of habit | The program says SGD; Adam is what other programs use.
def reading():
    p = (5*5*1+1)*16 + (3*3*16+1)*32 + (32+1)*10
    return False, "Adam", 3, p

# %% wrong | one by one not counted | The layer with kernel_size=1 is a convolution as well, so there are three.
def reading():
    convs = 2
    params = 416 + 4640 + 330
    return False, "SGD", convs, params

# %% wrong | filters counted | 16 + 32 + 10 are the filters; the question is how many convolution layers there are.
def reading():
    return False, "SGD", 16 + 32 + 10, 5386

# %% wrong | pooling counted as convolution | You counted the pooling layers too; they are no convolutions.
def reading():
    conv, pool, conv_2, conv_3, global_pool = 1, 1, 1, 1, 1
    return False, "SGD", conv + pool + conv_2 + conv_3 + global_pool, 5386

# %% wrong | biases forgotten | You counted the kernels only; each filter has a bias as well.
def reading():
    parameters = 5 * 5 * 16 + 3 * 3 * 16 * 32 + 1 * 1 * 32 * 10
    return False, "SGD", 3, parameters

# %% wrong | one bias for each layer | There is one bias for each filter, not one for each layer.
def reading():
    first = 25 * 1 * 16 + 1
    second = 9 * 16 * 32 + 1
    third = 1 * 32 * 10 + 1
    return False, "SGD", 3, first + second + third

# %% wrong | biases of the inputs | The biases belong to the filters that come out, but you counted one for each channel that goes in.
def reading():
    n = (25 * 16 + 1) * 1 + (9 * 32 + 1) * 16 + (1 * 10 + 1) * 32
    return False, "SGD", 3, n

# %% wrong | depth of the kernels forgotten | A kernel reaches through all channels of its input: the 3 x 3 kernels have 9 x 16 weights and the 1 x 1 kernels 32.
def reading():
    params = 0
    for size, filters in [(5, 16), (3, 32), (1, 10)]:
        params += (size * size + 1) * filters
    return False, "SGD", 3, params

# %% wrong | softmax taken for a Dense layer | The Softmax layer has no weights; you counted a Dense layer of 10 x 10 and its biases there.
def reading():
    return False, "SGD", 3, 416 + 4640 + 330 + (10 * 10 + 10)

# %% wrong | momentum counted as parameters | The optimizer's momentum keeps a number for each parameter, but those are no parameters of the network.
def reading():
    weights = 416 + 4640 + 330
    velocities = weights
    return False, "SGD", 3, weights + velocities

# %% wrong | kernel sizes mixed up | The first kernel is 5 x 5 and the second 3 x 3; you took 3 x 3 for both.
def reading():
    return False, "SGD", 3, (9 * 1 + 1) * 16 + (9 * 16 + 1) * 32 + (1 * 32 + 1) * 10

# %% wrong | False as a string | The first answer should be the value False; "False" in quotes is a string, and a true one in an if.
def reading():
    return "False", "SGD", 3, 5386

# %% wrong | order of the answers | The answers are right but in another order than asked: normalised comes first, then the optimizer.
def reading():
    return "SGD", False, 3, 5386

# %% wrong | last one not done | The fourth answer is still None.
def reading():
    return False, "SGD", 3, None

# %% wrong | normalised and biases | Two things: nothing divides the input by 255, and the 58 biases are missing from the sum.
def reading():
    return True, "SGD", 3, 400 + 4608 + 320

# %% right | loop over the layers | Computes the sum in a loop from channels in, kernel and channels out.
def reading():
    total, channels = 0, 1
    layers = [(16, 5), (32, 3), (10, 1)]
    for filters, k in layers:
        total += k * k * channels * filters
        total += filters
        channels = filters
    return False, "SGD", len(layers), total

# %% right | named tuple | Returns a named tuple.
from collections import namedtuple

Reading = namedtuple("Reading", "normalised optimizer convolutions parameters")


def reading():
    return Reading(parameters=5_386, convolutions=3, optimizer="SGD", normalised=False)

# %% right | name in lower case | Writes the optimizer's name as one would in compile, in small letters.
def reading():
    normalised = 1 > 255
    kernels = sum([25 * 16, 9 * 16 * 32, 32 * 10])
    biases = sum([16, 32, 10])
    return normalised, "sgd", 3, kernels + biases
