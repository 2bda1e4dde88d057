"""Training stopped at NaN."""

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(keras.optimizers.SGD(1e30), "mse")
x = np.full((4, 1), 1e5)
history = model.fit(x, -x, epochs=10, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])
print(len(history.epoch) < 10)
