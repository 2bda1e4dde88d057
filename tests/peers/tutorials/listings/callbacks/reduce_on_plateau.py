"""A smaller rate on a plateau."""

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input((1,)),
    keras.layers.Dense(1, kernel_initializer="ones", trainable=False),
])
model.add(keras.layers.Dense(1, kernel_initializer="ones"))
model.compile(keras.optimizers.SGD(0.5), loss="mae")
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.2, patience=2, min_lr=0.001)
x = np.linspace(-1, 1, 6)[:, None]
history = model.fit(x, 0.3 * x, epochs=10, shuffle=False, verbose=0, callbacks=[reduce_lr])
print(history.history["loss"])
print(history.history["learning_rate"])
