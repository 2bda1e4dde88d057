"""Clipping by value and norm."""

import numpy as np

from steepest import keras

X, y = np.linspace(-2, 2, 12).reshape(6, 2), np.linspace(-30, 50, 6)
for optimizer in (
    keras.optimizers.SGD(learning_rate=0.1, clipvalue=1.0),
    keras.optimizers.SGD(learning_rate=0.1, clipnorm=1.0),
    keras.optimizers.Adam(learning_rate=0.1, global_clipnorm=0.5),
    keras.optimizers.SGD(0.1, momentum=0.9, clipvalue=0.5),
):
    model = keras.models.Sequential([
        keras.Input((2,)),
        keras.layers.Dense(1, kernel_initializer="zeros"),
    ])
    model.compile(loss="mse", optimizer=optimizer)
    print(
        model.fit(X, y, epochs=2, batch_size=3, shuffle=False, verbose=0).history["loss"],
        model.get_weights()[0].ravel(),
    )
