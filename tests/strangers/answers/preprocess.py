# %% wrong | no channel axis | The images still have shape (N, 28, 28): a convolution also wants the axis of the channels, here a last axis of length 1.
def preprocess(images, labels):
    x = images.astype("float32") / 255
    y = keras.utils.to_categorical(labels, 10)
    return x, y

# %% wrong | channels first | You put the channel axis second, (N, 1, 28, 28), but the task wants it last, (N, 28, 28, 1).
def preprocess(images, labels):
    n_samples = images.shape[0]
    x = images.reshape(n_samples, 1, 28, 28)
    x = x.astype(np.float32) / 255.0
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | classes guessed from the labels | to_categorical without num_classes makes only max(labels) + 1 columns, so a batch without nines gets fewer than ten.
def preprocess(images, labels):
    x = np.expand_dims(images, -1).astype("float32") / 255
    y = keras.utils.to_categorical(labels)
    return (x, y)

# %% wrong | unique classes as columns | You make one column for each digit that occurs, so when a digit is missing the columns shift and there are fewer than ten.
def preprocess(images, labels):
    x = (images / 255).astype(np.float32)[..., None]
    classes = np.unique(labels)
    y = (labels[:, None] == classes[None, :]).astype(np.float32)
    return x, y

# %% wrong | divided by the largest pixel | You divide by the brightest pixel of the batch and not by 255, so a dark batch comes out brighter than it is.
def preprocess(images, labels):
    x = images.astype('float32')
    x = x / x.max()
    x = x.reshape(-1, 28, 28, 1)
    y = np.eye(10)[labels]
    return x, y

# %% wrong | stretched per image | You stretch each image by itself from its own darkest to its own brightest pixel, so the same byte means different things in different images.
def preprocess(images, labels):
    result = []
    for img in images:
        img = img.astype("float32")
        lo, hi = img.min(), img.max()
        result.append((img - lo) / (hi - lo + 1e-8))
    x = np.array(result, dtype="float32").reshape(len(images), 28, 28, 1)
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | float64 left | Dividing bytes by 255 gives float64; you never make it float32.
def preprocess(images, labels):
    x = images[:, :, :, np.newaxis] / 255.0
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | not scaled | You changed the type and the shape but the values still run from 0 to 255.
def preprocess(images, labels):
    x = images.reshape((images.shape[0], 28, 28, 1)).astype("float32")
    y = keras.utils.to_categorical(labels, 10)
    return x, y

# %% wrong | scaled twice | You divide by 255 two times, so the values only reach 1/255.
def preprocess(images, labels):
    images = images.astype("float32") / 255
    # add channel
    images = np.expand_dims(images, axis=3)
    # normalise
    x = images / 255.0
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | written back into the bytes | You write the fractions back into the array of bytes, which cuts them to 0 or 1, and spoils the caller's images too.
def preprocess(images, labels):
    images[:] = images / 255
    x = images[..., np.newaxis].astype("float32")
    y = keras.utils.to_categorical(labels, 10)
    return x, y

# %% wrong | whole-number division | The double slash divides into whole numbers, so all grey levels become 0.
def preprocess(images, labels):
    x = images // 255
    x = x.astype("float32")
    x = x.reshape(x.shape + (1,))
    y = np.zeros((len(labels), 10))
    for i, d in enumerate(labels):
        y[i, d] = 1
    return x, y

# %% wrong | scaled to minus one to one | You scaled to -1..1; the task asks for 0..1.
def preprocess(images, labels):
    x = (images.astype("float32") - 127.5) / 127.5
    x = x[..., None]
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | divided by 256 | You divide by 256, so white becomes 0.996 and not 1.
def preprocess(images, labels):
    x = images[..., np.newaxis].astype(np.float32) / 256
    y = np.eye(10, dtype=np.float32)[labels]
    return x, y

# %% wrong | unit length with keras normalize | keras.utils.normalize makes each line of an image a vector of length 1; it does not bring 0..255 to 0..1.
def preprocess(images, labels):
    x = keras.utils.normalize(images, axis=1)
    x = x.reshape(-1, 28, 28, 1).astype("float32")
    y = keras.utils.to_categorical(labels, 10)
    return x, y

# %% wrong | labels moved by one | Your columns begin at digit 1, so a 0 lands in the last column and every other digit one column too far left.
def preprocess(images, labels):
    x = images[..., np.newaxis].astype("float32") / 255
    y = np.zeros((len(labels), 10), dtype="float32")
    for row in range(len(labels)):
        y[row, int(labels[row]) - 1] = 1.0
    return x, y

# %% wrong | size of MNIST hard-coded | You make room for 60,000 labels whatever you are given, so y is far longer than x.
def preprocess(images, labels):
    x = images.reshape(-1, 28, 28, 1).astype("float32") / 255
    y = np.zeros((60000, 10))
    y[np.arange(len(labels)), labels] = 1
    return x, y

# %% wrong | labels not one-hot | You return the digits as they are; the task wants a row of ten for each, with a single 1.
def preprocess(images, labels):
    x = images.astype("float32") / 255
    x = np.expand_dims(x, axis=-1)
    y = labels.astype("int32")
    return x, y

# %% wrong | transposed and reshaped | The transpose puts the images' axis last and the reshape then cuts the numbers anew, so each image is a mixture of many.
def preprocess(images, labels):
    x = images.T.reshape(-1, 28, 28, 1)
    x = x.astype("float32") / 255
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | images on their side | Your transpose also swaps rows and columns, so every digit is mirrored along its diagonal.
def preprocess(images, labels):
    # transpose so that channel is in the end
    x = np.transpose(images[None], (1, 3, 2, 0))
    x = x.astype("float32") / 255.
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% wrong | black and white | You cut the grey levels to 0 and 1 at a threshold; they should be kept, as fractions.
def preprocess(images, labels):
    x = np.where(images > 127, 1, 0).astype("float32")[:, :, :, None]
    y = np.eye(10)[labels]
    return x, y

# %% wrong | float16 and not scaled | Two things: the type is float16 where float32 is asked for, and the values are never divided by 255.
def preprocess(images, labels):
    x = np.float16(images).reshape(-1, 28, 28, 1)
    y = keras.utils.to_categorical(labels, num_classes=10).astype("float16")
    return x, y

# %% wrong | standardised | You subtract the mean and divide by the standard deviation of the batch, which leaves values below 0 and above 1.
def preprocess(images, labels):
    x = images.astype("float32")[..., None]
    x = (x - np.mean(x)) / (np.std(x) + 1e-7)
    y = keras.utils.to_categorical(labels, 10)
    return x, y

# %% wrong | signed bytes | Turning the bytes into int8 makes everything above 127 negative, so the bright strokes come out below 0.
def preprocess(images, labels):
    x = images.astype("int8")
    x = x[..., np.newaxis] / np.float32(255)
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x.astype("float32"), y

# %% wrong | caller's shape changed | What you return is right, but you set the shape of the caller's own array, so the images are (N, 28, 28, 1) outside as well.
def preprocess(images, labels):
    images.shape = (len(images), 28, 28, 1)
    x = images.astype("float32") / 255
    y = keras.utils.to_categorical(labels, num_classes=10)
    return x, y

# %% right | table of levels | Looks the 256 float32 levels up in a table, indexed by the bytes.
def preprocess(images, labels):
    levels = np.arange(256, dtype=np.float32) / np.float32(255)
    x = levels[images][:, :, :, None]
    y = np.eye(10, dtype=np.float32)[labels]
    return x, y

# %% right | divide with dtype | Lets the ufunc compute in float32 and compares labels with a range for the one-hot rows.
def preprocess(images, labels):
    x = np.divide(images.reshape(*images.shape, 1), 255, dtype=np.float32)
    y = (np.asarray(labels)[:, None] == np.arange(10)).astype("float32")
    return x, y

# %% right | filled into empty arrays | Makes zero arrays first and fills them in place.
def preprocess(images, labels):
    n = images.shape[0]
    x = np.zeros((n, 28, 28, 1), dtype=np.float32)
    x[..., 0] = images
    x /= 255
    y = np.zeros((n, 10), dtype=np.float32)
    y[np.arange(n), labels] = 1
    return x, y

# %% right | plain Python labels and one image at a time | Builds both lists with comprehensions and stacks them.
def preprocess(images, labels):
    def one_hot(digit):
        return [1.0 if digit == column else 0.0 for column in range(10)]

    x = np.stack([np.dstack([image]).astype("float32") / 255.0 for image in images])
    y = np.array([one_hot(int(label)) for label in labels], dtype="float32")
    return x, y

# %% right | put along axis | Scales in float64 and rounds to float32 at the end; the ones are put with put_along_axis.
def preprocess(images, labels):
    x = np.atleast_3d(np.moveaxis(images, 0, 0))
    x = (x.astype(float) / 255.0).astype(np.float32)[..., np.newaxis]
    y = np.zeros((len(labels), 10))
    np.put_along_axis(y, np.asarray(labels, dtype=int).reshape(-1, 1), 1, axis=1)
    return x, y
