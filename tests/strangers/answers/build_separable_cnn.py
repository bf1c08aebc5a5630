# %% wrong | ordinary convolutions | The second and third convolution are ordinary ones: they alone have more than 23,000 parameters and cost far more than 400,000 multiply-adds.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | a single Dense layer | Within the budget, but one Dense layer alone reaches about two thirds; convolutions are needed for 80%.
def build_separable_cnn():
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model

# %% wrong | no pooling in between | Few parameters, but without pooling every weight works at all 784 positions, so the multiply-adds go over the budget.
def build_separable_cnn():
    return keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
        keras.layers.SeparableConv2D(32, 3, padding="same", activation="relu"),
        keras.layers.SeparableConv2D(64, 3, padding="same", activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10, activation="softmax"),
    ])

# %% wrong | a little too wide | The parameters fit, but with 32 and 64 filters the pointwise step alone costs 247,808 and the sum is 477,984 multiply-adds, over 400,000.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | big Dense layer at the end | The convolutions are cheap, but Flatten makes 3,872 numbers and the Dense layer behind it has 38,730 parameters.
def build_separable_cnn():
    layers = keras.layers
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(16, 3, activation="relu")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(32, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)

# %% wrong | no softmax | The ten numbers are raw scores; they become probabilities only with a softmax.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10),
    ])

# %% wrong | no activations | Without activations, and with average pooling, the whole network is linear and can tell digits hardly apart.
def build_separable_cnn():
    L = keras.layers
    return keras.Sequential([
        L.Input((28, 28, 1)),
        L.Conv2D(16, 3),
        L.AveragePooling2D(2),
        L.SeparableConv2D(32, 3),
        L.AveragePooling2D(2),
        L.SeparableConv2D(64, 3),
        L.GlobalAveragePooling2D(),
        L.Dense(10, activation="softmax"),
    ])

# %% wrong | averaged too early | After one convolution you average over the whole image, so the network only knows how often a stroke occurs and not where.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.SeparableConv2D(16, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | depthwise without pointwise | Depthwise convolutions never mix or add channels: from one channel you get one, and the answer hangs on a single number.
def build_separable_cnn():
    return keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.DepthwiseConv2D(3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.DepthwiseConv2D(3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.DepthwiseConv2D(3, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10, activation="softmax"),
    ])

# %% wrong | frozen parameters not counted | You freeze the large layers so that they do not show as trainable, but frozen weights are parameters too and do their multiply-adds.
def build_separable_cnn():
    layers = keras.layers
    big = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
    ])
    big.trainable = False
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        big,
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | constant instead of weights | The random 784 x 128 matrix is a constant in the network; it counts like weights, 100,352 of them.
class Projection(keras.layers.Layer):
    def call(self, x):
        matrix = np.random.default_rng(1).normal(0, 0.05, (784, 128)).astype("float32")
        flat = keras.ops.reshape(x, (-1, 784))
        return keras.ops.relu(keras.ops.matmul(flat, matrix))


def build_separable_cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        Projection(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ])

# %% wrong | kernels start at zero | All kernels start at zero, so behind the first ReLU everything and every gradient is zero and nothing is learnt.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu", kernel_initializer="zeros"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(32, 3, activation="relu", depthwise_initializer="zeros", pointwise_initializer="zeros"),
        layers.MaxPooling2D(2),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax", kernel_initializer="zeros"),
    ])

# %% wrong | last layer missing | The network ends with 64 numbers; the Dense layer to ten classes is missing.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Softmax(),
    ])

# %% wrong | everything frozen | The whole network is set to trainable = False, so the check's training cannot change it.
def build_separable_cnn():
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ])
    model.trainable = False  # the check trains it itself
    return model

# %% wrong | too deep at the end | The multiply-adds fit, but the pointwise step from 64 to 128 filters brings the parameters to 13,434, over 10,000.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(64, 3, padding="same", activation="relu"),
        layers.SeparableConv2D(128, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ])

# %% right | depthwise and pointwise by hand | Functional, each separable step written as a depthwise convolution and a 1 x 1 convolution.
def separable(x, filters):
    x = keras.layers.DepthwiseConv2D(3, use_bias=False)(x)
    return keras.layers.Conv2D(filters, 1, activation="relu")(x)


def build_separable_cnn():
    image = keras.Input((28, 28, 1))
    h = keras.layers.Conv2D(16, 3, activation="relu")(image)
    h = keras.layers.MaxPooling2D(2)(h)
    h = separable(h, 32)
    h = keras.layers.MaxPooling2D(2)(h)
    h = separable(h, 64)
    h = keras.layers.GlobalAveragePooling2D()(h)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(h))

# %% right | small ordinary convolutions | No separable convolution at all, but few filters and early pooling keep it within the budget.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])

# %% right | a separable layer of one's own | A layer of one's own with its two kernels and a bias, used twice.
class MySeparable(keras.layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, shape):
        channels = shape[-1]
        self.depth = self.add_weight(shape=(3, 3, channels, 1), initializer="glorot_uniform", name="depth")
        self.point = self.add_weight(shape=(1, 1, channels, self.filters), initializer="glorot_uniform", name="point")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, x):
        x = keras.ops.depthwise_conv(x, self.depth, padding="valid")
        x = keras.ops.conv(x, self.point, padding="valid")
        return keras.ops.relu(x + self.bias)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        MySeparable(32),
        layers.MaxPooling2D(2),
        MySeparable(64),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])

# %% right | rows and columns apart | Separates height and width: a 3 x 1 convolution, then a 1 x 3 convolution, after one with strides.
def build_separable_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(12, 5, strides=2, activation="relu"),
        layers.Conv2D(24, (3, 1), activation="relu"),
        layers.Conv2D(24, (1, 3), activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10),
        layers.Softmax(),
    ])
