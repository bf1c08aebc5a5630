# %% wrong | padding same | The convolutions pad their input, so the maps stay 28 x 28 and the first Dense layer has far too many weights; the task says no padding.
def build_cnn():
    model = keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        keras.layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
        keras.layers.Conv2D(64, (3, 3), padding="same", activation="relu"),
        keras.layers.MaxPooling2D((2, 2)),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ])
    return model

# %% wrong | first ReLU missing | The first convolution has no activation: Keras adds none by itself.
def build_cnn():
    from keras import layers
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | no ReLU after the 128 units | The Dense layer of 128 units has no ReLU, so it and the last layer are together one linear step.
def build_cnn():
    model = keras.models.Sequential()
    model.add(keras.Input(shape=(28, 28, 1)))
    model.add(keras.layers.Conv2D(32, kernel_size=(3, 3), activation='relu'))
    model.add(keras.layers.Conv2D(64, kernel_size=(3, 3), activation='relu'))
    model.add(keras.layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128))
    model.add(keras.layers.Dropout(0.5))
    model.add(keras.layers.Dense(10, activation='softmax'))
    return model

# %% wrong | no softmax | The last layer gives raw scores; the softmax that makes them probabilities is missing.
def build_cnn():
    L = keras.layers
    return keras.Sequential([
        L.Input((28, 28, 1)),
        L.Conv2D(32, 3, activation="relu"),
        L.Conv2D(64, 3, activation="relu"),
        L.MaxPool2D(),
        L.Dropout(0.25),
        L.Flatten(),
        L.Dense(128, activation="relu"),
        L.Dropout(0.5),
        L.Dense(10),
    ])

# %% wrong | softmax twice | There is a softmax in the last Dense layer and another one after it, which squeezes all probabilities together.
def build_cnn():
    layers = keras.layers
    inputs = keras.Input((28, 28, 1))
    h = layers.Conv2D(32, 3, activation="relu")(inputs)
    h = layers.Conv2D(64, 3, activation="relu")(h)
    h = layers.MaxPooling2D(2)(h)
    h = layers.Dropout(0.25)(h)
    h = layers.Flatten()(h)
    h = layers.Dense(128, activation="relu")(h)
    h = layers.Dropout(0.5)(h)
    h = layers.Dense(10, activation="softmax")(h)
    return keras.Model(inputs, layers.Softmax()(h))

# %% wrong | softmax over the batch | Your softmax runs along axis 0, over the images of the batch, and not over the ten classes.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10),
        layers.Softmax(axis=0),
    ])

# %% wrong | sigmoid at the end | The last activation is a sigmoid, so the ten numbers do not sum to one; the task wants a softmax.
def build_cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="sigmoid"),
    ])

# %% wrong | ReLU before the softmax | You put a ReLU on the ten units before the softmax, which makes all negative scores equal.
def build_cnn():
    net = keras.Sequential(name="tutorial")
    net.add(keras.layers.Input((28, 28, 1)))
    for filters in (32, 64):
        net.add(keras.layers.Conv2D(filters, 3))
        net.add(keras.layers.ReLU())
    net.add(keras.layers.MaxPooling2D())
    net.add(keras.layers.Dropout(1 / 4))
    net.add(keras.layers.Flatten())
    for units in (128, 10):
        net.add(keras.layers.Dense(units))
        net.add(keras.layers.ReLU())
        if units == 128:
            net.add(keras.layers.Dropout(1 / 2))
    net.add(keras.layers.Softmax())
    return net

# %% wrong | filters swapped | The first convolution has 64 filters and the second 32; it should be the other way round.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | average pooling | You pool with the average; the task asks for the maximum.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.AveragePooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | pooling after each convolution | You pool after both convolutions; the task has one pooling, after the second.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | dropout shares swapped | The shares are swapped: a quarter belongs after the pooling and a half after the 128 units.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.25),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | share to keep | Keras' Dropout takes the share to drop, not the share to keep: 0.75 drops three quarters.
def build_cnn():
    keep_prob_1, keep_prob_2 = 0.75, 0.5
    x_in = keras.layers.Input(shape=(28, 28, 1))
    x = keras.layers.Conv2D(32, (3, 3), activation="relu")(x_in)
    x = keras.layers.Conv2D(64, (3, 3), activation="relu")(x)
    x = keras.layers.MaxPooling2D((2, 2))(x)
    x = keras.layers.Dropout(keep_prob_1)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(128, activation="relu")(x)
    x = keras.layers.Dropout(keep_prob_2)(x)
    x_out = keras.layers.Dense(10, activation="softmax")(x)
    return keras.Model(x_in, x_out)

# %% wrong | dropout result thrown away | You call the second Dropout but do not use what it returns, so the network has only the first one.
def build_cnn():
    inp = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(32, 3, activation="relu")(inp)
    x = keras.layers.Conv2D(64, 3, activation="relu")(x)
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Dropout(0.25)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(128, activation="relu")(x)
    keras.layers.Dropout(0.5)(x)
    out = keras.layers.Dense(10, activation="softmax")(x)
    return keras.Model(inp, out)

# %% wrong | no dropout at all | Both dropout layers are missing.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | dropout before pooling | Your first dropout comes before the max pooling, which then mostly picks the numbers that were not dropped; it belongs after it.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Dropout(0.25),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | whole maps dropped | SpatialDropout2D drops whole maps at once; the task's dropout drops single numbers.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.SpatialDropout2D(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | dropout on the answers | Your second dropout sits after the softmax and drops answers; it belongs before the last Dense layer.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
        layers.Dropout(0.5),
    ])

# %% wrong | dropout always on | You pass training=True to the dropout layers whatever the network is told, so they also drop when it is asked and it answers differently each time.
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.features = keras.Sequential([
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
        ])
        self.dropout_1 = keras.layers.Dropout(0.25)
        self.flatten = keras.layers.Flatten()
        self.fc1 = keras.layers.Dense(128, activation="relu")
        self.dropout_2 = keras.layers.Dropout(0.5)
        self.fc2 = keras.layers.Dense(10, activation="softmax")

    def call(self, inputs):
        x = self.features(inputs)
        x = self.dropout_1(x, training=True)
        x = self.fc1(self.flatten(x))
        x = self.dropout_2(x, training=True)
        return self.fc2(x)


def build_cnn():
    net = Net()
    net(keras.ops.zeros((1, 28, 28, 1)))
    return net

# %% wrong | scaled inside as well | A Rescaling layer divides by 255 inside the network, though its input runs from 0 to 1 already; the task has no such layer.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Rescaling(1.0 / 255),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | GELU for ReLU | The activations are GELU; the task asks for ReLU.
def build_cnn():
    layers = keras.layers
    act = "gelu"
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation=act),
        layers.Conv2D(64, 3, activation=act),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation=act),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | leaky in one place | After the second convolution you use a leaky ReLU, which lets a part of the negative numbers through.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3),
        layers.LeakyReLU(),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | nothing returned | You build the network but never return it.
def build_cnn():
    model = keras.Sequential()
    model.add(keras.layers.Input((28, 28, 1)))
    model.add(keras.layers.Conv2D(32, 3, activation="relu"))
    model.add(keras.layers.Conv2D(64, 3, activation="relu"))
    model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dropout(0.5))
    model.add(keras.layers.Dense(10, activation="softmax"))

# %% wrong | half-finished | The 128 units and their dropout are missing: from Flatten you go straight to the ten units.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])

# %% wrong | no softmax and first dropout missing | Two things: the ten scores get no softmax, and there is no dropout after the pooling.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10),
    ])

# %% wrong | no biases in the convolutions | You switched the biases of the convolutions off, so 96 parameters are missing.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu", use_bias=False),
        layers.Conv2D(64, 3, activation="relu", use_bias=False),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])

# %% right | functional with separate activations | Functional, every activation in a layer or an operation of its own.
def build_cnn():
    layers = keras.layers
    picture = keras.Input(shape=(28, 28, 1))
    t = picture
    for n in (32, 64):
        t = keras.ops.relu(layers.Conv2D(n, 3)(t))
    t = layers.MaxPooling2D()(t)
    t = layers.Dropout(1 / 4)(t)
    t = layers.Flatten()(t)
    t = layers.Activation("relu")(layers.Dense(128)(t))
    t = layers.Dropout(1 / 2)(t)
    t = layers.Softmax()(layers.Dense(10)(t))
    return keras.Model(picture, t)

# %% right | subclassed model | A subclass of keras.Model, built by calling it once on zeros.
def build_cnn():
    class Tutorial(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv1 = keras.layers.Conv2D(32, 3)
            self.conv2 = keras.layers.Conv2D(64, 3)
            self.pool = keras.layers.MaxPooling2D(2)
            self.drop1 = keras.layers.Dropout(0.25)
            self.flat = keras.layers.Flatten()
            self.hidden = keras.layers.Dense(128)
            self.drop2 = keras.layers.Dropout(0.5)
            self.out = keras.layers.Dense(10)

        def call(self, x, training=False):
            x = keras.activations.relu(self.conv1(x))
            x = keras.activations.relu(self.conv2(x))
            x = self.drop1(self.pool(x), training=training)
            x = keras.activations.relu(self.hidden(self.flat(x)))
            x = self.drop2(x, training=training)
            return keras.activations.softmax(self.out(x))

    model = Tutorial()
    model(np.zeros((1, 28, 28, 1), dtype="float32"))
    return model

# %% right | two networks nested | A Sequential of two Sequentials, one for the features and one for the answer.
def build_cnn():
    layers = keras.layers
    features = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), padding="valid", activation="relu"),
        layers.Conv2D(64, (3, 3), padding="valid", activation="relu"),
        layers.MaxPooling2D((2, 2), strides=(2, 2)),
        layers.Dropout(0.25),
        layers.Flatten(),
    ], name="features")
    head = keras.Sequential([
        layers.Input((12 * 12 * 64,)),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ], name="head")
    return keras.Sequential([layers.Input((28, 28, 1)), features, head])

# %% right | dropout after Flatten | Drops after Flatten, where the same single numbers are dropped; a Reshape does the flattening.
def build_cnn():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation=keras.activations.relu),
        layers.Conv2D(64, 3, activation=keras.activations.relu),
        layers.MaxPool2D(),
        layers.Reshape((-1,)),
        layers.Dropout(0.25),
        layers.Dense(128, activation=keras.activations.relu),
        layers.Dropout(0.5),
        layers.Dense(10, activation=keras.activations.softmax),
    ])

# %% right | own Dense and Dropout layers | The fully connected and the dropout layers are written by hand as layers of one's own.
def build_cnn():
    class Connected(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, shape):
            self.w = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform", name="w")
            self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")

        def call(self, x):
            return keras.ops.matmul(x, self.w) + self.b

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    class Drop(keras.layers.Layer):
        def __init__(self, share, **kwargs):
            super().__init__(**kwargs)
            self.share = share
            self.seeds = keras.random.SeedGenerator()

        def call(self, x, training=False):
            if not training:
                return x
            kept = keras.random.uniform(keras.ops.shape(x), seed=self.seeds) >= self.share
            return x * keras.ops.cast(kept, x.dtype) / (1 - self.share)

        def get_config(self):
            return {**super().get_config(), "share": self.share}

    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        Drop(0.25),
        layers.Flatten(),
        Connected(128),
        layers.ReLU(),
        Drop(0.5),
        Connected(10),
        layers.Softmax(),
    ])
