"""A share of the rows held out."""

import numpy as np

from steepest import keras

x = np.random.RandomState(1).normal(size=(20, 3))
y = x @ np.array([1.0, -2.0, 0.5])
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", metrics=["mae"])
history = model.fit(x, y, batch_size=4, validation_split=0.2, epochs=2, shuffle=False, verbose=0)
for key, values in sorted(history.history.items()):
    print(key, values)
