"""Penalties l1, l2 and both."""

import numpy as np
from steepest.keras import layers, regularizers

from steepest import keras

x, y = np.linspace(-1, 1, 24).reshape(8, 3), np.array([0, 0, 0, 1, 0, 1, 1, 1])
for penalty in (
    regularizers.l2(0.002),
    regularizers.l1(0.001),
    regularizers.l1_l2(l1=0.001, l2=0.001),
    "l2",
):
    model = keras.Sequential([
        keras.Input((3,)),
        layers.Dense(
            4,
            kernel_regularizer=penalty,
            activation="relu",
            kernel_initializer=keras.initializers.Constant(0.4),
        ),
        layers.Dense(
            1,
            activation="sigmoid",
            kernel_initializer="ones",
            bias_regularizer="l1",
            activity_regularizer=regularizers.L2(0.01),
        ),
    ])
    model.compile(optimizer="sgd", loss="binary_crossentropy")
    print(
        model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history["loss"],
        model.evaluate(x, y, verbose=0),
    )
