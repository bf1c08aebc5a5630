"""Assignment 4: preprocessing, a network, a program read, a training, a budget, a table."""

from tests.corpus import Corpus

# ---------------------------------------------------------------- preprocess

PREPROCESS = Corpus("preprocess")
READY = """
def preprocess(images, labels):
    x = images.reshape(-1, 28, 28, 1).astype("float32") / 255
    y = np.zeros((len(labels), 10))
    y[np.arange(len(labels)), labels] = 1
    return x, y
"""
PREPROCESS.right("reshape, and ones put in place", READY)
PREPROCESS.right(
    "to_categorical",
    """
def preprocess(images, labels):
    x = np.expand_dims(images, -1).astype(np.float32) / 255.0
    return x, keras.utils.to_categorical(labels, num_classes=10)
""",
)
PREPROCESS.right(
    "rows of the identity, as a list",
    """
def preprocess(images, labels, verbose=True):
    print(images.shape)
    return [(images / 255)[..., None].astype("float32"), np.eye(10)[labels].tolist()]
""",
)
PREPROCESS.right(
    "loops and warnings",
    """
import warnings

def preprocess(images, labels):
    warnings.warn("slow")
    x = np.empty((len(images), 28, 28, 1), dtype=np.float32)
    for n, image in enumerate(images):
        x[n, :, :, 0] = scaled(image)
    y = [[int(label == digit) for digit in range(10)] for label in labels]
    return x, np.array(y)
""",
    before="""
def scaled(image):
    return np.float32(image) * np.float32(1 / 255)
""",
)
PREPROCESS.right(
    "Keras' layers and tensors",
    """
def preprocess(images, labels):
    x = keras.layers.Rescaling(1 / 255)(images[..., np.newaxis])
    return x, keras.ops.one_hot(labels, 10)
""",
)
PREPROCESS.wrong("not divided", READY, (" / 255", ""), says="the pixels are still 0..255")
PREPROCESS.wrong("divided by 256", READY, ("/ 255", "/ 256"), says="you divide by 256")
PREPROCESS.wrong(
    "divided by the brightest",
    READY,
    ("/ 255", "/ images.max()"),
    says="the brightest pixel there happens to be",
)
PREPROCESS.wrong(
    "bytes, divided without remainder",
    READY,
    ('.astype("float32") / 255', " // 255"),
    says="leaves whole numbers only",
)
PREPROCESS.wrong(
    "standardised",
    READY,
    ("    y = np", "    x = (x - x.mean()) / x.std()\n    y = np"),
    says="take the mean off",
)
PREPROCESS.wrong("-1 to 1", READY, ("/ 255", "/ 127.5 - 1"), says="the pixels are in −1..1")
PREPROCESS.wrong(
    "no axis of channels",
    READY,
    (".reshape(-1, 28, 28, 1)", ""),
    says="the axis of channels is missing",
)
PREPROCESS.wrong(
    "channels first",
    READY,
    ("(-1, 28, 28, 1)", "(-1, 1, 28, 28)"),
    says="the channel comes before rows and columns",
)
PREPROCESS.wrong("flat", READY, ("(-1, 28, 28, 1)", "(-1, 784)"), says="rows of 784 numbers")
PREPROCESS.wrong(
    "float64", READY, ('.astype("float32")', ""), says="the numbers are float64, not float32"
)
PREPROCESS.wrong(
    "float16", READY, ('"float32"', '"float16"'), says="the numbers are float16, not float32"
)
PREPROCESS.wrong(
    "labels as they are",
    READY,
    ("return x, y", "return x, labels"),
    says="the labels are still digits",
)
PREPROCESS.wrong(
    "too few columns",
    READY,
    ("(len(labels), 10)", "(len(labels), labels.max() + 1)"),
    says="only as many columns as the largest digit",
)
PREPROCESS.wrong(
    "off by one",
    READY,
    ("labels] = 1", "labels - 1] = 1"),
    says="the ones stand one place too far left",
)
PREPROCESS.wrong(
    "divided by twice as much", READY, ("/ 255", "/ 510"), says="you divide by 510: 153 becomes"
)
PREPROCESS.wrong(
    "in bytes with a sign",
    READY,
    ("images.reshape", 'images.astype("int8").reshape'),
    says="bytes above 127 become negative, all others are right",
)
PREPROCESS.wrong(
    "four grey levels",
    READY,
    ("images.reshape", "(images // 64 * 85).reshape"),
    says="your grey levels are cut",
)
PREPROCESS.wrong(
    "rows of one length",
    READY,
    (
        "    y = np.zeros",
        "    x = x / np.linalg.norm(x, axis=2, keepdims=True)\n    y = np.zeros",
    ),
    says="each row of an image is divided by its length",
)
PREPROCESS.wrong(
    "room for all of MNIST",
    READY,
    ("np.zeros((len(labels), 10))", "np.zeros((60_000, 10))"),
    says="y has 60,000 rows, however many labels there are",
)
PREPROCESS.wrong(
    "transposed", READY, ("return x, y", "return x, y.T"), says="each image has a column of its own"
)
PREPROCESS.wrong(
    "digits for ones",
    READY,
    ("labels] = 1", "labels] = labels"),
    says="the digit itself stands where 1 should stand",
)
PREPROCESS.wrong(
    "the items swapped",
    READY,
    ("return x, y", "return y, x"),
    says="the items of your tuple have changed places",
)
PREPROCESS.wrong(
    "only the images", READY, ("return x, y", "return x"), says="return the tuple (x, y)"
)
PREPROCESS.wrong(
    "divided in place",
    READY,
    ("    x = ", "    images //= 2\n    images *= 2\n    x = "),
    says="changes its input `images`",
)

# ---------------------------------------------------------------- build_cnn

CNN = Corpus("build_cnn")
TUTORIAL = """
def build_cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation='relu'),
        keras.layers.MaxPooling2D(2),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ])
"""
CNN.right("a list of layers", TUTORIAL)
CNN.right(
    "called one by one",
    """
def build_cnn():
    x = image = keras.Input(shape=(28, 28, 1), name="digit")
    for filters in (32, 64):
        x = keras.layers.Conv2D(filters, (3, 3))(x)
        x = keras.layers.Activation("relu")(x)
    x = keras.layers.MaxPool2D(pool_size=(2, 2))(x)
    x = keras.layers.Dropout(0.25)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(128)(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Dropout(0.5)(x)
    x = keras.layers.Dense(10)(x)
    return keras.Model(image, keras.layers.Softmax()(x))
""",
)
CNN.right(
    "add, compile and summary",
    """
def build_cnn(name="mine"):
    model = keras.models.Sequential(name=name)
    model.add(keras.layers.InputLayer(shape=(28, 28, 1)))
    model.add(keras.layers.Conv2D(32, kernel_size=3, activation="relu", kernel_initializer="he_uniform"))
    model.add(keras.layers.Conv2D(64, kernel_size=3, activation="relu"))
    model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Reshape((9216,)))
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dropout(0.5))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy")
    model.summary()
    return model
""",
)
CNN.right(
    "a model in a model",
    """
def build_cnn():
    seen = keras.Sequential([keras.Input((28, 28, 1)), *convolutions(), keras.layers.MaxPooling2D(2), keras.layers.Dropout(0.25)])
    head = [keras.layers.Flatten(), keras.layers.Dense(128, activation="relu"), keras.layers.Dropout(0.5), keras.layers.Dense(10, activation=keras.ops.softmax)]
    return keras.Sequential([keras.Input((28, 28, 1)), seen, *head])
""",
    before="""
def convolutions():
    return [keras.layers.Conv2D(32, 3, activation=keras.ops.relu), keras.layers.Conv2D(64, 3, activation=keras.ops.relu)]
""",
)
CNN.wrong(
    "no dropout",
    TUTORIAL,
    ("        keras.layers.Dropout(0.25),\n", ""),
    ("        keras.layers.Dropout(0.5),\n", ""),
    says="nothing is dropped in training",
)
CNN.wrong(
    "whole maps dropped",
    TUTORIAL,
    ("keras.layers.Dropout(0.25)", "keras.layers.SpatialDropout2D(0.25)"),
    says="there is a SpatialDropout2D of 25% where a Dropout of 25% is asked for",
)
CNN.wrong("no softmax", TUTORIAL, (', activation="softmax"', ""), says="scores, not probabilities")
CNN.wrong("a sigmoid", TUTORIAL, ("softmax", "sigmoid"), says="ten separate yes or no")
CNN.wrong(
    "no ReLU in the convolutions",
    TUTORIAL,
    ('32, 3, activation="relu"', "32, 3"),
    ("64, 3, activation='relu'", "64, 3"),
    says="the convolutions have no ReLU",
)
CNN.wrong(
    "no ReLU in the dense layer",
    TUTORIAL,
    ('128, activation="relu"', "128"),
    says="the first Dense layer has no ReLU",
)
CNN.wrong(
    "average pooling", TUTORIAL, ("MaxPooling2D", "AveragePooling2D"), says="you pool by averages"
)
CNN.wrong(
    "no pooling",
    TUTORIAL,
    ("        keras.layers.MaxPooling2D(2),\n", ""),
    says="there is no pooling",
)
CNN.wrong(
    "padded",
    TUTORIAL,
    ("(32, 3,", '(32, 3, padding="same",'),
    ("(64, 3,", '(64, 3, padding="same",'),
    says="the convolutions pad",
)
CNN.wrong(
    "filters swapped",
    TUTORIAL,
    ("(32, 3,", "(64 , 3,"),
    ("(64, 3,", "(32, 3,"),
    says="the two convolutions have changed places",
)
CNN.wrong(
    "one convolution",
    TUTORIAL,
    ("        keras.layers.Conv2D(64, 3, activation='relu'),\n", ""),
    says="there is only one convolution",
)
CNN.wrong(
    "colour images", TUTORIAL, ("(28, 28, 1)", "(28, 28, 3)"), says="images of three channels"
)
CNN.wrong("another hidden layer", TUTORIAL, ("(128,", "(64,"), says="Layer by layer")
CNN.wrong(
    "global pooling for Flatten",
    TUTORIAL,
    ("Flatten()", "GlobalAveragePooling2D()"),
    says="Layer by layer",
)
CNN.wrong(
    "no input",
    TUTORIAL,
    ("        keras.Input((28, 28, 1)),\n", ""),
    says="the model has no input yet",
)
CNN.wrong(
    "a tanh", TUTORIAL, ('128, activation="relu"', '128, activation="tanh"'), says="An activation?"
)
CNN.wrong("nothing returned", TUTORIAL, ("return keras", "keras"), says="`return` missing")

CNN.wrong(
    "one dropout",
    TUTORIAL,
    ("        keras.layers.Dropout(0.5),\n", ""),
    says="before the last layer nothing is dropped",
)
CNN.wrong(
    "the other dropout only",
    TUTORIAL,
    ("        keras.layers.Dropout(0.25),\n", ""),
    says="after the pooling nothing is dropped",
)
CNN.wrong(
    "the shares swapped",
    TUTORIAL,
    ("Dropout(0.25)", "Dropout(0.50)"),
    ("Dropout(0.5)", "Dropout(0.25)"),
    says="have changed places",
)
CNN.wrong(
    "dropout before the pooling",
    TUTORIAL,
    (
        "        keras.layers.MaxPooling2D(2),\n        keras.layers.Dropout(0.25),\n",
        "        keras.layers.Dropout(0.25),\n        keras.layers.MaxPooling2D(2),\n",
    ),
    says="dropout is not where",
)
CNN.wrong(
    "dropout of the answers",
    TUTORIAL,
    ("        keras.layers.Dropout(0.5),\n", ""),
    ('"softmax"),\n', '"softmax"),\n        keras.layers.Dropout(0.5),\n'),
    says=None,
)

# ---------------------------------------------------------------- reading

READING = Corpus("reading")
READ = "def reading():\n    return False, 'SGD', 3, 5386\n"
READING.right("the answers", READ)
READING.right(
    "worked out",
    """
def reading():
    first, second, third = (5 * 5 * 1 + 1) * 16, (3 * 3 * 16 + 1) * 32, (32 + 1) * 10
    return (False, "sgd", 3, first + second + third)
""",
)
READING.right(
    "a list, in capitals",
    """
def reading():
    answers = []
    for answer in (False, " SGD ", 3, 416 + 4640 + 330):
        answers.append(answer)
    return answers
""",
)
READING.right(
    "named first",
    """
def reading():
    normalised = 1 > 2
    optimizer = "Sgd"
    convolutions = len(["Conv2D", "Conv2D", "Conv2D"])
    parameters = sum([416, 4640, 330])
    print("I think so")
    return normalised, optimizer, convolutions, parameters
""",
)
READING.wrong("normalised", READ, ("False", "True"), says="is it ever divided?")
READING.wrong("the loss", READ, ("'SGD'", "'categorical_crossentropy'"), says="that is the loss")
READING.wrong("Adam", READ, ("'SGD'", "'Adam'"), says="Its name stands in compile")
READING.wrong(
    "the pointwise layer is none",
    READ,
    ("3, 5386", "2, 5386"),
    says="a 1 × 1 convolution is a convolution too",
)
READING.wrong("pooling counted", READ, ("3, 5386", "4, 5386"), says="pooling is no convolution")
READING.wrong(
    "all layers counted",
    READ,
    ("3, 5386", "6, 5386"),
    says="Count the layers whose name begins with Conv",
)
READING.wrong("no biases", READ, ("5386", "5328"), says="you left the biases out")
READING.wrong(
    "one channel deep",
    READ,
    ("5386", "26 * 16 + 10 * 32 + 2 * 10"),
    says="your kernels are one channel deep",
)
READING.wrong("no pointwise layer", READ, ("5386", "5056"), says="you left the 1 × 1 layer out")
READING.wrong(
    "a word for True", READ, ("False", "'no'"), says="is a str, where a bool is asked for"
)
READING.wrong("one left open", READ, ("5386", "None"), says="this one is not answered yet")
READING.wrong(
    "the optimizer itself",
    READ,
    ("'SGD'", "keras.optimizers.SGD()"),
    says="where a str is asked for",
)
READING.wrong("three answers", READ, (", 5386", ""), says="return the tuple")

# ---------------------------------------------------------------- train

TRAIN = Corpus("train")
ADAM = """
def train(model, x, y):
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=5, verbose=0)
"""
TRAIN.right("Adam", ADAM)
TRAIN.right(
    "the tutorial's optimizer",
    ADAM,
    ('optimizer="adam"', "optimizer=keras.optimizers.Adadelta(learning_rate=1.0)"),
)
TRAIN.right(
    "with progress bars, validation and a history",
    """
def train(model, x, y):
    model.compile("rmsprop", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])
    history = model.fit(x, y, epochs=4, validation_split=0.1)
    print(history.history)
    return history
""",
)
TRAIN.right(
    "batch by batch, with momentum",
    """
def train(model, x, y):
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "categorical_crossentropy")
    for epoch in range(6):
        for start in range(0, len(x), 50):
            model.train_on_batch(x[start:start + 50], y[start:start + 50])
    return model
""",
)
TRAIN.wrong(
    "never fitted",
    ADAM,
    ("    model.fit(x, y, batch_size=32, epochs=5, verbose=0)\n", ""),
    says="no weight of the network has changed",
)
TRAIN.wrong(
    "never compiled",
    ADAM,
    (
        '    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])\n',
        "",
    ),
    says="You must call",
)
TRAIN.wrong(
    "Adadelta as Keras has it",
    ADAM,
    ('"adam"', '"adadelta"'),
    says="Adadelta's default learning rate is 0.001",
)
TRAIN.wrong("far too large a rate", ADAM, ('"adam"', "keras.optimizers.SGD(500.0)"), says="rate")
TRAIN.wrong(
    "far too small a rate",
    ADAM,
    ('"adam"', "keras.optimizers.Adam(1e-7)"),
    says="Its last learning rate was 1e-07",
)
TRAIN.wrong(
    "a copy trained",
    ADAM,
    ("    model.compile", "    model = keras.models.clone_model(model)\n    model.compile"),
    says="Compile the model that you are given",
)
TRAIN.wrong(
    "the wrong labels",
    ADAM,
    ("(x, y,", "(x, np.roll(y, 1, axis=0),"),
    says="of new images, and should be on 50%",
)
TRAIN.wrong(
    "a loss for digits",
    ADAM,
    ("categorical_crossentropy", "sparse_categorical_crossentropy"),
    says="your code stopped with ",
)
TRAIN.wrong(
    "trained on ten images",
    ADAM,
    ("(x, y,", "(x[:10], y[:10],"),
    says="of new images, and should be on 50%",
)
TRAIN.wrong(
    "weights all zero",
    ADAM,
    (
        "    model.fit(x, y, batch_size=32, epochs=5, verbose=0)\n",
        "    model.set_weights([0 * w for w in model.get_weights()])\n",
    ),
    says="of new images, and should be on 50%",
)
TRAIN.wrong(
    "the wrong loss",
    ADAM,
    ("categorical_crossentropy", "no_such_loss"),
    says="no_such_loss",
)

# ---------------------------------------------------------------- build_separable_cnn

SEPARABLE = Corpus("build_separable_cnn")
SMALL = """
def build_separable_cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.SeparableConv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.SeparableConv2D(64, 3, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10, activation="softmax"),
    ])
"""
SEPARABLE.right("convolution, separable, separable", SMALL)
SEPARABLE.right(
    "normalised",
    SMALL,
    (
        "        keras.layers.Conv2D(16",
        "        keras.layers.BatchNormalization(),\n        keras.layers.Conv2D(16",
    ),
    (
        "        keras.layers.GlobalAveragePooling2D(),\n",
        "        keras.layers.BatchNormalization(),\n        keras.layers.GlobalAveragePooling2D(),\n",
    ),
)
SEPARABLE.right(
    "two convolutions and Flatten",
    """
def build_separable_cnn():
    x = image = keras.Input((28, 28, 1))
    for filters in (12, 24):
        x = keras.layers.Conv2D(filters, 3, activation="relu")(x)
        x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Flatten()(x)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(x))
""",
)
SEPARABLE.right(
    "depthwise and pointwise by name",
    """
def build_separable_cnn(verbose=True):
    layers = [keras.Input((28, 28, 1)), keras.layers.Conv2D(16, 3, strides=2, activation="relu")]
    for filters in (32, 64):
        layers += separable(filters)
    model = keras.Sequential([*layers, keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(10), keras.layers.Softmax()])
    model.summary()
    return model
""",
    before="""
def separable(filters):
    return [
        keras.layers.DepthwiseConv2D(3, padding="same"),
        keras.layers.Conv2D(filters, 1, activation="relu"),
        keras.layers.MaxPooling2D(2),
    ]
""",
)
SEPARABLE.wrong(
    "the tutorial's network",
    TUTORIAL,
    ("build_cnn", "build_separable_cnn"),
    says="10,000 are allowed",
)
SEPARABLE.wrong(
    "too many multiply-adds",
    SMALL,
    (
        "        keras.layers.MaxPooling2D(2),\n        keras.layers.SeparableConv2D(32",
        "        keras.layers.SeparableConv2D(32",
    ),
    says="400,000 are allowed",
)
SEPARABLE.wrong(
    "a Dense layer alone",
    """
def build_separable_cnn():
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
""",
    says="and a single Dense layer reaches",
)
SEPARABLE.wrong(
    "no softmax", SMALL, (', activation="softmax"', ""), says="its outputs are no probabilities"
)
SEPARABLE.wrong(
    "eleven classes", SMALL, ("Dense(10,", "Dense(11,"), says="the output shape is not right"
)
SEPARABLE.wrong(
    "an image of 32 × 32",
    SMALL,
    ("(28, 28, 1)", "(32, 32, 1)"),
    says="the input shape is not right",
)
SEPARABLE.wrong(
    "no input",
    SMALL,
    ("        keras.Input((28, 28, 1)),\n", ""),
    says="the model has no input yet",
)
SEPARABLE.wrong(
    "one filter",
    SMALL,
    ("Conv2D(16, 3", "Conv2D(1, 3"),
    ("SeparableConv2D(32, 3", "SeparableConv2D(1, 3"),
    ("SeparableConv2D(64, 3", "SeparableConv2D(2, 3"),
    says="Are there enough filters",
)
SEPARABLE.wrong("a sigmoid", SMALL, ("softmax", "sigmoid"), says="its outputs are no probabilities")
SEPARABLE.wrong(
    "Flatten before the end",
    SMALL,
    (
        "GlobalAveragePooling2D(),\n",
        "Flatten(),\n        keras.layers.Dense(64, activation='relu'),\n",
    ),
    says="10,000 are allowed",
)

# ---------------------------------------------------------------- confusion_matrix

CONFUSION = Corpus("confusion_matrix")
TABLE = """
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=int)
    for t, p in zip(y_true, y_pred):
        table[t, p] += 1
    return table
"""
CONFUSION.right("image by image", TABLE)
CONFUSION.right(
    "np.add.at",
    """
def confusion_matrix(y_true, y_pred, num_classes=10):
    table = np.zeros((num_classes, num_classes), dtype=np.int32)
    np.add.at(table, (y_true, y_pred), 1)
    return table
""",
)
CONFUSION.right(
    "one number for two, as a list",
    """
def confusion_matrix(y_true, y_pred, num_classes=10, **unused):
    places = y_true.astype(int) * num_classes + y_pred
    return np.bincount(places, minlength=num_classes ** 2).reshape(num_classes, num_classes).tolist()
""",
)
CONFUSION.right(
    "a product of one-hot rows, with a helper",
    """
import warnings

def confusion_matrix(y_true, y_pred, num_classes=10):
    warnings.warn("bytes overflow here: ints, please")
    print("counting")
    return one_hot(y_true, num_classes).T @ one_hot(y_pred, num_classes)
""",
    before="""
def one_hot(labels, classes):
    return np.eye(classes, dtype=int)[labels]
""",
)
CONFUSION.wrong(
    "transposed", TABLE, ("table[t, p]", "table[p, t]"), says="rows and columns have changed places"
)
CONFUSION.wrong(
    "each place once",
    TABLE,
    (
        "    for t, p in zip(y_true, y_pred):\n        table[t, p] += 1\n",
        "    table[y_true, y_pred] += 1\n",
    ),
    says="no place counts higher than 1",
)
CONFUSION.wrong(
    "only the right ones",
    TABLE,
    ("        table[t, p] += 1", "        if t == p:\n            table[t, p] += 1"),
    says="only right answers are counted",
)
CONFUSION.wrong(
    "only the mistakes",
    TABLE,
    ("        table[t, p] += 1", "        if t != p:\n            table[t, p] += 1"),
    says="the diagonal is empty",
)
CONFUSION.wrong(
    "shares",
    TABLE,
    ("return table", "return table / np.maximum(table.sum(axis=1, keepdims=True), 1)"),
    says="every row is divided by its sum",
)
CONFUSION.wrong(
    "always 10",
    TABLE,
    ("(num_classes, num_classes)", "(17, 17)"),
    ("return table", "return table[:10, :10]"),
    says="the table is always 10 × 10",
)
CONFUSION.wrong(
    "the classes that occur",
    TABLE,
    ("return table", "seen = np.union1d(y_true, y_pred)\n    return table[np.ix_(seen, seen)]"),
    says="classes that do not occur",
)
CONFUSION.wrong(
    "bytes overflow",
    """
def confusion_matrix(y_true, y_pred, num_classes=10):
    places = y_true * num_classes + y_pred
    return np.bincount(places, minlength=num_classes ** 2)[: num_classes ** 2].reshape(num_classes, num_classes)
""",
    says="does not fit into a byte",
)
CONFUSION.wrong(
    "the last image left out",
    TABLE,
    ("zip(y_true, y_pred)", "zip(y_true[:-1], y_pred[:-1])"),
    says="of 40 images you do not count the last one",
)
CONFUSION.wrong(
    "counted for all classes above",
    TABLE,
    ("table[t, p] += 1", "table[t:, p] += 1"),
    says="an image of class 3 taken for 5 is counted at 7 places",
)
CONFUSION.wrong(
    "the two always in order",
    TABLE,
    ("table[t, p] += 1", "table[min(t, p), max(t, p)] += 1"),
    says="an image of class 5 taken for 3 is counted at [3, 5]",
)
CONFUSION.wrong(
    "the same row many times",
    TABLE,
    ("np.zeros((num_classes, num_classes), dtype=int)", "[[0] * num_classes] * num_classes"),
    ("table[t, p]", "table[t][p]"),
    says="an image of class 3 taken for 5 adds 1 to every row, in column 5",
)
CONFUSION.wrong(
    "a table of 16 bits",
    TABLE,
    ("dtype=int)", "dtype=np.int16)"),
    says="32,767 images of a pair are counted rightly",
)
CONFUSION.wrong("floats", TABLE, (", dtype=int", ""), says="the numbers are float64, not ints")
CONFUSION.wrong(
    "zeros", TABLE, ("        table[t, p] += 1", "        table[t, p]"), says="all zeros"
)
CONFUSION.wrong(
    "the accuracy",
    TABLE,
    ("return table", "return table.trace() / table.sum()"),
    says="it should have 2",
)
CONFUSION.wrong(
    "the table printed", TABLE, ("return table", "print(table)"), says="`return` missing"
)
CONFUSION.wrong(
    "TensorFlow does it",
    """
import tensorflow as tf

def confusion_matrix(y_true, y_pred, num_classes=10):
    return tf.math.confusion_matrix(y_true, y_pred, num_classes).numpy()
""",
    says="lets TensorFlow do the work",
)

CONFUSION.wrong(
    "the default left to the labels",
    TABLE,
    (
        "num_classes=10):",
        "num_classes=None):\n    num_classes = num_classes or max(y_true.max(), y_pred.max()) + 1",
    ),
    says="classes that do not occur",
)

CORPORA = [PREPROCESS, CNN, READING, TRAIN, SEPARABLE, CONFUSION]
