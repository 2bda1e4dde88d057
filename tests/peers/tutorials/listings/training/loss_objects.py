"""Losses given as objects."""

import numpy as np

from steepest import keras

x = np.linspace(-1, 1, 12).reshape(6, 2)
y = np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0])[:, None]
for loss in [
    keras.losses.BinaryCrossentropy(label_smoothing=0.1),
    keras.losses.MeanSquaredError(),
    keras.losses.Huber(delta=0.4),
    keras.losses.LogCosh(),
    keras.losses.MeanAbsoluteError(reduction="sum"),
]:
    model = keras.Sequential([
        keras.Input((2,)),
        keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones"),
    ])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.5), loss=loss)
    print(
        loss.name, model.fit(x, y, batch_size=3, epochs=2, shuffle=False, verbose=0).history["loss"]
    )
