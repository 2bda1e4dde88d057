"""Going on from an epoch."""

import numpy as np

from steepest import keras

x = np.linspace(-1, 1, 10)[:, None]
y = 3 * x + 1
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.1), "mse")
first = model.fit(x, y, epochs=3, batch_size=5, shuffle=False, verbose=0)
second = model.fit(
    x, y, epochs=6, initial_epoch=first.epoch[-1] + 1, batch_size=5, shuffle=False, verbose=0
)
print(first.epoch, second.epoch)
print(first.history["loss"], second.history["loss"])
print(int(model.optimizer.iterations))
