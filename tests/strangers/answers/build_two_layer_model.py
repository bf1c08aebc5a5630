# %% wrong | padding same | You set padding="same", so the images stay 224 × 224; the task says no padding.
def build_two_layer_model():
    model = keras.Sequential()
    model.add(keras.Input(shape=(224, 224, 3)))
    model.add(keras.layers.Conv2D(32, (3, 3), padding="same"))
    model.add(keras.layers.Conv2D(64, (3, 3), padding="same"))
    return model

# %% wrong | relu by habit | You gave the layers a ReLU; the task says no activation.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input(shape=(224, 224, 3)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation="relu"),
    ])

# %% wrong | filters swapped | You put the 64 filters first; the first layer has 32 and the second 64.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(64, 3),
        keras.layers.Conv2D(32, 3),
    ])

# %% wrong | no bias | You switched the biases off; 896 and 18,496 count one bias for each filter.
def build_two_layer_model():
    inp = keras.Input((224, 224, 3))
    h = keras.layers.Conv2D(32, 3, use_bias=False)(inp)
    h = keras.layers.Conv2D(64, 3, use_bias=False)(h)
    return keras.Model(inp, h)

# %% wrong | channels first | You put the channels first as in PyTorch; Keras reads your input as 3 pixels high and 224 channels deep.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((3, 224, 224)),
        keras.layers.Conv2D(32, 3),
        keras.layers.Conv2D(64, 3, padding="same"),
    ])

# %% wrong | forgot to return | You build the model and do not return it, so the caller gets None.
def build_two_layer_model():
    model = keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(32, 3),
        keras.layers.Conv2D(64, 3),
    ])
    model.summary()

# %% wrong | no input shape | You never say how large the images are, so Keras has not made any weights yet; start with keras.Input.
def build_two_layer_model():
    model = keras.Sequential()
    model.add(keras.layers.Conv2D(32, 3))
    model.add(keras.layers.Conv2D(64, 3))
    return model

# %% wrong | both layers on the input | Your second layer reads the input again in place of the first layer's result.
def build_two_layer_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = keras.layers.Conv2D(32, 3)(inputs)
    outputs = keras.layers.Conv2D(64, 3)(inputs)
    return keras.Model(inputs=inputs, outputs=outputs)

# %% wrong | pooling in between | You put a pooling layer between the two, as many networks have; the model of the lesson is two convolutions only.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(32, (3, 3)),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, (3, 3)),
    ])

# %% wrong | classifier at the end | You added a head that sorts into ten classes; the model ends with the second convolution.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(32, 3),
        keras.layers.Conv2D(64, 3),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10),
    ])

# %% wrong | separable layers | You used SeparableConv2D, which has far fewer parameters; the lesson's layers are normal convolutions.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.SeparableConv2D(32, 3),
        keras.layers.SeparableConv2D(64, 3),
    ])

# %% wrong | stride read as kernel size | The third number of Conv2D is the stride; you wrote the sides of the kernel as two numbers, so the window is moved 3 cells at a time.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(32, 3, 3),
        keras.layers.Conv2D(64, 3, 3),
    ])

# %% wrong | scaled to one first | You divide the image by 255 inside the model; the parameters and the shape stay right, but the model computes something else than two convolutions.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Rescaling(1.0 / 255),
        keras.layers.Conv2D(32, 3),
        keras.layers.Conv2D(64, 3),
    ])

# %% wrong | relu only in between | There is a ReLU between your two layers; the parameters stay the same, but the task says no activation.
def build_two_layer_model():
    inputs = keras.Input((224, 224, 3))
    x = keras.layers.Conv2D(32, 3)(inputs)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Conv2D(64, 3)(x)
    return keras.Model(inputs, x)

# %% wrong | one image only | You fixed the batch at one image; the task wants None there, so that any number of images can be given.
def build_two_layer_model():
    inputs = keras.Input(batch_shape=(1, 224, 224, 3))
    x = keras.layers.Conv2D(32, 3)(inputs)
    x = keras.layers.Conv2D(64, 3)(x)
    return keras.Model(inputs, x)

# %% wrong | kernel of nine by one | You made the kernels of the second layer 9 × 1; that has as many weights as 3 × 3 and another shape of output.
def build_two_layer_model():
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        keras.layers.Conv2D(32, (3, 3)),
        keras.layers.Conv2D(64, (9, 1)),
    ])

# %% right | folded with reduce | functional model, the layers applied with functools.reduce
from functools import reduce

def build_two_layer_model():
    image = keras.Input(shape=(224, 224, 3), name="image")
    layers = [keras.layers.Conv2D(2 ** p, kernel_size=[3, 3], activation="linear", padding="valid") for p in (5, 6)]
    return keras.Model(image, reduce(lambda t, layer: layer(t), layers, image))

# %% right | built later | a Sequential without Input that is built with build()
def build_two_layer_model():
    model = keras.Sequential(name="two_layers")
    for filters in (32, 64):
        model.add(keras.layers.Conv2D(filters, 3, kernel_initializer="he_normal", bias_initializer="ones"))
    model.build((None, 224, 224, 3))
    return model

# %% right | model within a model | each layer is a small model of its own, nested in a functional model
def build_two_layer_model():
    def block(shape, filters):
        i = keras.Input(shape)
        return keras.Model(i, keras.layers.Conv2D(filters, 3)(i))

    inputs = keras.Input((224, 224, 3))
    outputs = block((222, 222, 32), 64)(block((224, 224, 3), 32)(inputs))
    return keras.Model(inputs, outputs)

# %% right | subclass of Sequential | a subclass of Sequential that sets itself up
class TwoLayers(keras.Sequential):
    def __init__(self):
        super().__init__()
        self.add(keras.layers.InputLayer(shape=(224, 224, 3)))
        self.add(keras.layers.Convolution2D(filters=32, kernel_size=3, strides=(1, 1)))
        self.add(keras.layers.Convolution2D(filters=64, kernel_size=3, dilation_rate=1))

def build_two_layer_model():
    return TwoLayers()
