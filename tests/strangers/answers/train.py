# %% wrong | never fitted | You compile the network but never fit it, so it still guesses.
def train(model, x, y):
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model

# %% wrong | evaluated not fitted | evaluate only measures; fit is what changes the weights.
def train(model, x, y):
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    for epoch in range(5):
        loss, acc = model.evaluate(x, y, verbose=0)

# %% wrong | sparse loss for one-hot labels | sparse_categorical_crossentropy wants the digits themselves, but y is one-hot; take categorical_crossentropy.
def train(model, x, y):
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x, y, epochs=5, batch_size=32, verbose=0)

# %% wrong | a copy is trained | clone_model makes a new network; you train that one, and the one you were given stays as it was.
def train(model, x, y):
    net = keras.models.clone_model(model)
    net.compile(optimizer=keras.optimizers.Adam(), loss="categorical_crossentropy")
    net.fit(x, y, epochs=6, verbose=0)
    return net

# %% wrong | a network of one's own | You overwrite the name model by a new network and train that; the one you were given learns nothing.
def train(model, x, y):
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, y, epochs=3, verbose=0)
    return model

# %% wrong | layers frozen | You freeze all layers before you compile, so fit has nothing that it may change.
def train(model, x, y):
    for layer in model.layers:
        layer.trainable = False
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)

# %% wrong | only x shuffled | You shuffle the images but not their labels, so they no longer belong together.
def train(model, x, y):
    rng = np.random.default_rng(0)
    x = rng.permutation(x)
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    model.fit(x, y, epochs=5, batch_size=64, verbose=0)

# %% wrong | two different shuffles | You draw a new order for y, so image i no longer meets its own label.
def train(model, x, y):
    n = len(x)
    x_shuffled = x[np.random.permutation(n)]
    y_shuffled = y[np.random.permutation(n)]
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_shuffled, y_shuffled, batch_size=32, epochs=5, verbose=0)

# %% wrong | learning rate far too small | With a learning rate of 0.0000001 the weights hardly move in five epochs.
def train(model, x, y):
    opt = keras.optimizers.SGD(learning_rate=1e-7)
    model.compile(optimizer=opt, loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=5, verbose=0)

# %% wrong | one batch of images | You fit to the first 32 images only, a single step of the optimizer; use all of them.
def train(model, x, y):
    x_small, y_small = x[:32], y[:32]
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_small, y_small, epochs=1, verbose=0)

# %% wrong | a single step | train_on_batch makes one step of the optimizer; one step is far too few.
def train(model, x, y):
    model.compile(optimizer="sgd", loss="categorical_crossentropy")
    loss = model.train_on_batch(x, y)
    return loss

# %% wrong | scaled again | x runs from 0 to 1 already; you divide it by 255 once more, so the network trains on nearly black images.
def train(model, x, y):
    x = x.astype("float32") / 255.0
    model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=3, batch_size=64, verbose=0)

# %% wrong | own digits | You train on digits that you draw yourself, with column d for digit d; in the y you are given the columns stand for other digits.
def train(model, x, y):
    my_images, my_labels = data.drawn_digits(500)
    my_x = my_images[..., None].astype("float32") / 255
    my_y = keras.utils.to_categorical(my_labels, 10)
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    model.fit(my_x, my_y, epochs=3, verbose=0)

# %% wrong | first weights put back | best_loss begins at 0 and no loss is ever below it, so at the end you put the weights from before the training back.
def train(model, x, y):
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    best_weights = model.get_weights()
    best_loss = 0
    for epoch in range(5):
        h = model.fit(x, y, epochs=1, batch_size=32, verbose=0)
        if h.history["loss"][0] < best_loss:
            best_loss = h.history["loss"][0]
            best_weights = model.get_weights()
    model.set_weights(best_weights)

# %% wrong | loss that is always zero | The mean of y_true - y_pred is zero whatever the network says, because both rows sum to one; it tells the network nothing.
def my_loss(y_true, y_pred):
    return keras.ops.mean(y_true - y_pred, axis=-1)


def train(model, x, y):
    model.compile(optimizer="adam", loss=my_loss, metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)

# %% wrong | sorted without y | You sort the images by class but leave y in its old order, so they no longer fit.
def train(model, x, y):
    order = np.argsort(np.argmax(y, axis=1))
    x = x[order]
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=4, verbose=0)

# %% wrong | loss with a minus | You minimise minus the loss, so the network learns to be as wrong as it can.
def train(model, x, y):
    cce = keras.losses.CategoricalCrossentropy()
    model.compile(optimizer="adam", loss=lambda t, p: -cce(t, p))
    model.fit(x, y, epochs=3, batch_size=32, verbose=0)

# %% right | digits instead of one-hot | Turns y into class numbers, takes the sparse loss, and stops early.
def train(model, x, y):
    classes = np.argmax(y, axis=1)
    model.compile(
        optimizer=keras.optimizers.Adam(0.002),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=3)
    model.fit(x, classes, batch_size=32, epochs=10, callbacks=[stop], verbose=0)

# %% right | train on batch | Goes through shuffled batches by hand with train_on_batch.
def train(model, x, y):
    model.compile(optimizer="nadam", loss="categorical_crossentropy")
    rng = np.random.default_rng()
    for epoch in range(6):
        order = rng.permutation(len(x))
        for start in range(0, len(x), 32):
            batch = order[start : start + 32]
            model.train_on_batch(x[batch], y[batch])

# %% right | gradient tape | A training loop of one's own with TensorFlow's GradientTape; compile only at the end.
def train(model, x, y):
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(0.002)
    loss_of = keras.losses.CategoricalCrossentropy()

    @tf.function
    def step(images, targets):
        with tf.GradientTape() as tape:
            loss = loss_of(targets, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    optimizer.build(model.trainable_variables)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(32, drop_remainder=True)
    for _ in range(6):
        for images, targets in batches:
            step(images, targets)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

# %% right | decaying rate in two fits | Adam with a learning rate that decays and smoothed labels; fit is called twice.
def train(model, x, y):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.003, decay_steps=200, decay_rate=0.7)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
    )
    model.fit(x, y, batch_size=32, epochs=3, verbose=0)
    model.fit(x, y, batch_size=32, epochs=5, verbose=0)
